//! Types, lowered to the same expressions values are made of.

use tree_sitter::Node;

use super::{Lowering, Role, parts};
use crate::facts::{ExprId, ExprKind, SmolStr};
use crate::language::fields::Fields;
use crate::language::jvm::names::{Member, qualified};

/// Types that stand for their argument wherever a value of them is used.
const HOLDERS: [&str; 6] = [
    "Optional",
    "CompletableFuture",
    "CompletionStage",
    "Future",
    "Supplier",
    "Provider",
];

/// Types whose values are many of their argument.
const MANY: [&str; 7] = [
    "List",
    "Set",
    "Collection",
    "Iterable",
    "Stream",
    "ArrayList",
    "Queue",
];

/// Types that say nothing of where a value comes from.
const PLAIN: [&str; 14] = [
    "String",
    "Object",
    "CharSequence",
    "Integer",
    "Long",
    "Short",
    "Byte",
    "Boolean",
    "Double",
    "Float",
    "Character",
    "Number",
    "Void",
    "UUID",
];

impl Lowering<'_, '_> {
    /// A declared type; `None` where it says nothing (`var`, `void`).
    pub(super) fn ty(&mut self, node: Node) -> Option<ExprId> {
        self.deeper(|l| l.type_inner(node)).flatten()
    }

    fn type_inner(&mut self, node: Node) -> Option<ExprId> {
        Some(match node.kind() {
            "type_identifier" | "identifier" => {
                let name = self.b.name(node);
                if name == "var" {
                    return None;
                }
                if PLAIN.contains(&name.as_str()) && self.is_of_platform(&name) {
                    return Some(self.b.unknown(node));
                }
                self.classes.resolve(self.b, node, &name)
            }
            "scoped_type_identifier" | "scoped_identifier" => self.path(node),
            "generic_type" => return self.generic(node),
            "array_type" => {
                let element = node.field("element")?;
                // Bytes are a payload, not many numbers.
                if element.kind() == "integral_type" {
                    return Some(self.b.unknown(node));
                }
                let element = self.ty(element)?;
                self.b.push(node, ExprKind::List(vec![element]))
            }
            "annotated_type" => return self.ty(parts(node).into_iter().next_back()?),
            "wildcard" => return parts(node).into_iter().find_map(|bound| self.ty(bound)),
            "void_type" => return None,
            _ => self.b.unknown(node),
        })
    }

    fn generic(&mut self, node: Node) -> Option<ExprId> {
        let children = parts(node);
        let name = *children.first()?;
        let arguments = children.iter().find(|c| c.kind() == "type_arguments");
        let args = arguments.map_or_else(Vec::new, |list| self.type_arguments(*list));
        let text = self.b.text(name);
        if HOLDERS.contains(&text) && !args.is_empty() {
            return args.first().copied();
        }
        if MANY.contains(&text) && self.is_of_platform(text) && !args.is_empty() {
            return Some(self.b.push(node, ExprKind::List(args)));
        }
        let base = self.ty(name)?;
        Some(self.b.push(node, ExprKind::Generic { base, args }))
    }

    /// Whether a name is the platform's as far as the file's imports tell.
    pub(super) fn is_of_platform(&self, name: &str) -> bool {
        let Some(binding) = self.b.lookup(name) else {
            return self.classes.class_with(self.b, name).is_none();
        };
        match self.b.expr(binding.value).kind {
            ExprKind::Import(import) => self.b.facts().import(import).module.starts_with("java"),
            _ => false,
        }
    }

    pub(super) fn type_arguments(&mut self, list: Node) -> Vec<ExprId> {
        let types = parts(list).into_iter();
        let mut args = Vec::new();
        for ty in types {
            let arg = self.ty(ty).unwrap_or_else(|| self.b.unknown(ty));
            args.push(arg);
        }
        args
    }

    /// The type parameters of a declaration, bound to what they must be.
    pub(super) fn type_parameters(&mut self, node: Node) -> Vec<SmolStr> {
        let Some(list) = node.field("type_parameters") else {
            return Vec::new();
        };
        let mut names = Vec::new();
        for parameter in parts(list) {
            let children = parts(parameter);
            let Some(name) = children.iter().find(|c| c.kind() == "type_identifier") else {
                continue;
            };
            let name = self.b.name(*name);
            let bound = children.iter().find(|c| c.kind() == "type_bound");
            let bound = bound.and_then(|b| parts(*b).into_iter().next());
            if let Some(bound) = bound.and_then(|ty| self.ty(ty)) {
                let scope = self.b.scope();
                self.b.bind_type_parameter(scope, &name, bound);
                self.classes.add(&name, Member::Static);
            }
            names.push(name);
        }
        names
    }

    /// `a.b.C`, `Outer.Inner`: a name that is qualified by a package needs no import.
    pub(super) fn path(&mut self, node: Node) -> ExprId {
        let text = self.b.text(node);
        if let Some(imported) = self.qualified(node, text) {
            return imported;
        }
        if self.b.role(node) != Role::Path {
            let name = self.b.name(node);
            return self.classes.resolve(self.b, node, &name);
        }
        let children = parts(node);
        let (Some(first), Some(last)) = (children.first(), children.last()) else {
            return self.b.unknown(node);
        };
        let object = match self.deeper(|l| l.ty(*first)) {
            Some(Some(object)) => object,
            _ => self.b.unknown(*first),
        };
        let name = self.b.name(*last);
        self.b.member(*last, object, &name)
    }

    /// `com.acme.Outer.Inner` as what it names.
    pub(super) fn qualified(&mut self, node: Node, text: &str) -> Option<ExprId> {
        let (package, names) = qualified(text)?;
        let first = text.split('.').next().unwrap_or("");
        if self.classes.is_bound(self.b, first) {
            return None;
        }
        let mut names = names.split('.');
        let name = SmolStr::new(names.next()?.trim());
        let what = crate::facts::Imported::Named(name);
        let mut value = self.b.import(node, package, what);
        for name in names {
            value = self.b.member(node, value, name.trim());
        }
        Some(value)
    }
}
