//! What the body of a class declares: fields, and the names bare uses mean.

use rustc_hash::FxHashMap;
use tree_sitter::Node;

use super::{Lowering, Role, has_modifier, parts};
use crate::facts::{ClassId, ExprId, ExprKind, Field, SmolStr};
use crate::language::fields::Fields;
use crate::language::jvm::names::Member;

impl Lowering<'_, '_> {
    /// The names a body declares, and whether an instance is needed to reach them.
    pub(super) fn declared_names(&self, body: Node, interface: bool) -> FxHashMap<SmolStr, Member> {
        let mut names = FxHashMap::default();
        let mut pending = vec![body];
        while let Some(node) = pending.pop() {
            for child in parts(node) {
                let kind = if has_modifier(child, "static") {
                    Member::Static
                } else {
                    Member::Instance
                };
                match self.b.role(child) {
                    Role::Field => {
                        let kind = if interface { Member::Static } else { kind };
                        for declarator in parts(child) {
                            if declarator.kind() == "variable_declarator" {
                                names.insert(self.field_name(declarator, "name"), kind);
                            }
                        }
                    }
                    // Of overloads, one that needs an instance decides.
                    Role::Method => {
                        let name = self.field_name(child, "name");
                        let known = names.entry(name).or_insert(kind);
                        if kind == Member::Instance {
                            *known = kind;
                        }
                    }
                    Role::Class | Role::Struct | Role::Interface | Role::Enum => {
                        names.insert(self.field_name(child, "name"), Member::Static);
                    }
                    _ => match child.kind() {
                        "enum_constant" => {
                            names.insert(self.field_name(child, "name"), Member::Static);
                        }
                        "enum_body_declarations" => pending.push(child),
                        _ => {}
                    },
                }
            }
        }
        names
    }

    /// `private final T a = x, b;`, constants of interfaces, elements of annotations.
    pub(super) fn field(&mut self, class: ClassId, node: Node, interface: bool) {
        let decorators = self.annotations(node);
        let ty = node.field("type").and_then(|ty| self.ty(ty));
        let is_static = interface || has_modifier(node, "static");
        if node.kind() == "annotation_type_element_declaration" {
            let name = self.field_name(node, "name");
            let value = node.field("value").map(|v| self.expr(v));
            self.declare(class, node, name, ty, value, decorators, false);
            return;
        }
        for declarator in parts(node) {
            if declarator.kind() != "variable_declarator" {
                continue;
            }
            let name = self.field_name(declarator, "name");
            let value = declarator.field("value");
            let value = value.map(|value| self.expr(value));
            self.declare(
                class,
                declarator,
                name,
                ty,
                value,
                decorators.clone(),
                is_static,
            );
        }
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "the parts of a field, named by its type"
    )]
    pub(super) fn declare(
        &mut self,
        class: ClassId,
        node: Node,
        name: SmolStr,
        ty: Option<ExprId>,
        value: Option<ExprId>,
        decorators: Vec<ExprId>,
        is_static: bool,
    ) {
        let span = self.b.span(node);
        self.b.declare_field(
            class,
            Field {
                name,
                ty,
                // `= null` says nothing that a type does not say better.
                values: value
                    .filter(|v| !matches!(self.b.expr(*v).kind, ExprKind::Null))
                    .into_iter()
                    .collect(),
                is_static,
                optional: false,
                wire_name: None,
                decorators,
                declared: true,
                span,
            },
        );
    }
}
