//! Types, lowered to the same expressions values are made of.

use tree_sitter::Node;

use super::{Lowering, is_type, parts};
use crate::facts::{ExprId, ExprKind, Imported, SmolStr};
use crate::language::jvm::names::qualified;

/// Types that say nothing of where a value comes from.
const PLAIN: [&str; 14] = [
    "String",
    "Any",
    "CharSequence",
    "Int",
    "Long",
    "Short",
    "Byte",
    "Boolean",
    "Double",
    "Float",
    "Char",
    "Unit",
    "Nothing",
    "ByteArray",
];

/// Types whose values are many of their argument.
const MANY: [&str; 8] = [
    "List",
    "Set",
    "Collection",
    "Iterable",
    "Sequence",
    "Array",
    "MutableList",
    "MutableSet",
];

impl Lowering<'_, '_> {
    /// A declared type.
    pub(super) fn ty(&mut self, node: Node) -> Option<ExprId> {
        self.deeper(|l| l.type_inner(node)).flatten()
    }

    fn type_inner(&mut self, node: Node) -> Option<ExprId> {
        match node.kind() {
            "user_type" => {}
            "nullable_type" | "non_nullable_type" | "parenthesized_type" | "type_projection" => {
                return parts(node)
                    .into_iter()
                    .find(|c| is_type(*c))
                    .and_then(|t| self.ty(t));
            }
            _ => return Some(self.b.unknown(node)),
        }
        let children = parts(node);
        let names: Vec<Node> = children
            .iter()
            .copied()
            .filter(|c| c.kind() == "identifier")
            .collect();
        let first = *names.first()?;
        let args: Vec<ExprId> = children
            .iter()
            .filter(|c| c.kind() == "type_arguments")
            .flat_map(|list| parts(*list))
            .filter_map(|ty| self.ty(ty))
            .collect();
        let text = self.b.text(first);
        if names.len() == 1 && self.b.lookup(text).is_none() {
            if PLAIN.contains(&text) {
                return Some(self.b.unknown(node));
            }
            if MANY.contains(&text) && !args.is_empty() {
                return Some(self.b.push(node, ExprKind::List(args)));
            }
        }
        let path: Vec<&str> = names.iter().map(|n| self.b.text(*n)).collect();
        let mut base = match self.imported(node, &path.join(".")) {
            Some(imported) => imported,
            None => {
                let mut base = self.classes.resolve(self.b, first, text);
                for name in names.iter().skip(1) {
                    let text = self.b.name(*name);
                    base = self.b.member(*name, base, &text);
                }
                base
            }
        };
        if !args.is_empty() {
            base = self.b.push(node, ExprKind::Generic { base, args });
        }
        Some(base)
    }

    /// `com.acme.Outer.Inner` as what it names.
    pub(super) fn imported(&mut self, node: Node, text: &str) -> Option<ExprId> {
        let (package, names) = qualified(text)?;
        let first = text.split('.').next().unwrap_or("");
        if self.classes.is_bound(self.b, first) {
            return None;
        }
        let mut names = names.split('.');
        let what = Imported::Named(SmolStr::new(names.next()?));
        let mut value = self.b.import(node, package, what);
        for name in names {
            value = self.b.member(node, value, name);
        }
        Some(value)
    }
}
