//! Types: structs, interfaces, named types, and what methods belong to them.

use smol_str::SmolStr;
use tree_sitter::Node;

use super::{Lowering, tags};
use crate::facts::{Arg, ClassId, ClassKind, ExprId, ExprKind, Field, Imported};
use crate::language::Role;
use crate::language::fields::Fields;

impl Lowering<'_, '_> {
    /// `type ( … )`
    pub(super) fn type_declaration(&mut self, node: Node) {
        for spec in self.parts(node) {
            self.type_spec(spec);
        }
    }

    /// `type T …` and `type T = …`
    pub(super) fn type_spec(&mut self, node: Node) {
        let (Some(name), Some(ty)) = (node.field("name"), node.field("type")) else {
            return;
        };
        let name = self.b.name(name);
        let kind = match self.b.role(ty) {
            Role::Struct => ClassKind::Struct,
            Role::Interface if self.has_methods(ty) => ClassKind::Interface,
            _ => ClassKind::Alias,
        };
        // A single declaration carries its comment above the `type`.
        let documented = match node.parent() {
            Some(parent) if node.prev_named_sibling().is_none() => parent,
            _ => node,
        };
        let doc = self.doc(node).or_else(|| self.doc(documented));
        let id = self.b.open_class(node, &name, kind);
        if self.b.current_function().is_none() {
            self.types.entry(name.clone()).or_insert(id);
        }
        let parameters = self.type_parameters(node);
        self.bind_type_parameters(&parameters);
        let class = self.b.class_mut(id);
        class.doc = doc;
        class.type_params = parameters.into_iter().map(|(name, _)| name).collect();
        match kind {
            ClassKind::Struct => self.fields(ty, id),
            ClassKind::Interface => self.interface_members(ty, id),
            _ => {
                let base = self.ty(ty);
                self.b.class_mut(id).bases.push(base);
            }
        }
        self.b.close_class();
        let span = self.b.span(node);
        let value = self.b.push(node, ExprKind::Class(id));
        self.b.bind(&name, value, span);
    }

    /// A type parameter stands for its bound; without one nothing is known of it.
    pub(super) fn bind_type_parameters(&mut self, parameters: &[(SmolStr, ExprId)]) {
        let scope = self.b.scope();
        for (name, bound) in parameters {
            self.b.bind_type_parameter(scope, name, *bound);
        }
    }

    pub(super) fn anonymous_struct(&mut self, node: Node) -> ClassId {
        let id = self.b.open_class(node, "", ClassKind::Struct);
        self.fields(node, id);
        self.b.close_class();
        id
    }

    /// An interface written where a type is wanted; `None` if anything satisfies it.
    pub(super) fn anonymous_interface(&mut self, node: Node) -> Option<ClassId> {
        if !self.has_methods(node) {
            return None;
        }
        let id = self.b.open_class(node, "", ClassKind::Interface);
        self.interface_members(node, id);
        self.b.close_class();
        Some(id)
    }

    /// Whether an interface asks for anything; a list of types is a constraint.
    fn has_methods(&self, node: Node) -> bool {
        self.parts(node)
            .iter()
            .any(|part| part.kind() == "method_elem" || self.is_embedded(*part))
    }

    fn is_embedded(&self, part: Node) -> bool {
        part.kind() == "type_elem"
            && matches!(self.parts(part).as_slice(), [single]
                if matches!(single.kind(), "type_identifier" | "qualified_type" | "generic_type")
                    && !super::types::is_predeclared(self.b.text(*single)))
    }

    fn interface_members(&mut self, node: Node, class: ClassId) {
        for part in self.parts(node) {
            if part.kind() == "method_elem" {
                self.signature(part);
            } else if self.is_embedded(part) {
                let base = self.ty(part);
                self.b.class_mut(class).bases.push(base);
            }
        }
    }

    fn fields(&mut self, node: Node, class: ClassId) {
        let lists = self.parts(node);
        for list in lists {
            for field in self.parts(list) {
                if self.b.role(field) == Role::Field {
                    self.field(field, class);
                }
            }
        }
    }

    /// `a, b T` or an embedded `T`, whose members are the struct's own.
    fn field(&mut self, node: Node, class: ClassId) {
        let Some(ty_node) = node.field("type") else {
            return;
        };
        let ty = self.ty(ty_node);
        let tag = node.field("tag");
        let tag = tag.map_or_else(SmolStr::default, |tag| self.text_of(tag));
        let mut names: Vec<SmolStr> = self
            .field_parts(node, "name")
            .into_iter()
            .map(|name| self.b.name(name))
            .collect();
        if names.is_empty() {
            names.push(self.type_name(ty_node));
            self.b.class_mut(class).bases.push(ty);
        }
        let optional = tags::has_option(&tag, "json", "omitempty")
            || ty_node.kind() == "pointer_type"
            || node.child(0).is_some_and(|first| first.kind() == "*");
        let decorators = match node.field("tag") {
            Some(node) => self.tag_decorators(node, &tag),
            None => Vec::new(),
        };
        for name in names {
            self.b.declare_field(
                class,
                Field {
                    name,
                    ty: Some(ty),
                    values: Vec::new(),
                    is_static: false,
                    optional,
                    wire_name: tags::name(&tag, "json").map(SmolStr::new),
                    decorators: decorators.clone(),
                    declared: true,
                    span: self.b.span(node),
                },
            );
        }
    }

    /// Each key of a tag as a decorator of the package `tag`: its value is the
    /// argument, the other keys are keyword arguments. What a key means is for
    /// the library that reads it to say.
    fn tag_decorators(&mut self, node: Node, tag: &str) -> Vec<ExprId> {
        let pairs: Vec<(SmolStr, SmolStr)> = tags::pairs(tag)
            .map(|(key, value)| (SmolStr::new(key), SmolStr::new(value)))
            .collect();
        // What a field is called in JSON is its name on the wire.
        let own = pairs.iter().filter(|(key, _)| key != "json").cloned();
        let mut decorators = Vec::new();
        for (key, value) in own.collect::<Vec<_>>() {
            let package = self.b.import(node, tags::PACKAGE, Imported::Module);
            let callee = self.b.member(node, package, &key);
            let first = value.split(',').next().unwrap_or("").into();
            let mut args = vec![Arg {
                name: None,
                value: self.b.push(node, ExprKind::Text(first)),
            }];
            for (other, value) in pairs.iter().filter(|(other, _)| *other != key) {
                args.push(Arg {
                    name: Some(other.clone()),
                    value: self.b.push(node, ExprKind::Text(value.clone())),
                });
            }
            decorators.push(self.b.push(
                node,
                ExprKind::Call {
                    callee,
                    args,
                    type_args: Vec::new(),
                    constructs: false,
                },
            ));
        }
        decorators
    }

    /// The class a method with this receiver type belongs to: the type of this
    /// file, or an addition to one of another file of the package.
    pub(super) fn receiver_class(&mut self, receiver: Node) -> ClassId {
        let name = self.type_name(receiver);
        if let Some(class) = self.types.get(&name).or_else(|| self.extensions.get(&name)) {
            return *class;
        }
        let target = self.b.push(receiver, ExprKind::Name(name.clone()));
        let id = self.b.open_class(receiver, "", ClassKind::Extension);
        self.b.class_mut(id).target = Some(target);
        self.b.close_class();
        self.extensions.insert(name, id);
        id
    }
}
