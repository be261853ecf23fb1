//! Annotations: calls by their names, with their elements as keywords.

use tree_sitter::Node;

use super::{Lowering, Role, modifiers, parts};
use crate::facts::{Arg, ExprId, ExprKind};
use crate::language::fields::Fields;

impl Lowering<'_, '_> {
    /// The annotations of a declaration.
    pub(super) fn annotations(&mut self, node: Node) -> Vec<ExprId> {
        modifiers(node).map_or_else(Vec::new, |list| self.annotations_in(list))
    }

    /// The annotations among the children of a node.
    pub(super) fn annotations_in(&mut self, node: Node) -> Vec<ExprId> {
        let mut annotations = Vec::new();
        for child in parts(node) {
            if self.b.role(child) == Role::Attribute {
                annotations.push(self.annotation(child));
            }
        }
        annotations
    }

    /// `@Name`, `@Name("x")`, `@Name(key = "x", keys = {A, B})`
    pub(super) fn annotation(&mut self, node: Node) -> ExprId {
        let Some(name) = node.field("name") else {
            return self.b.unknown(node);
        };
        let callee = self.path(name);
        let Some(list) = node.field("arguments") else {
            return callee;
        };
        let mut args = Vec::new();
        for part in parts(list) {
            let (name, value) = match part.kind() {
                "element_value_pair" => (
                    part.field("key").map(|key| self.b.name(key)),
                    part.field("value"),
                ),
                _ => (None, Some(part)),
            };
            if let Some(value) = value {
                let value = self.expr(value);
                args.push(Arg { name, value });
            }
        }
        self.b.push(
            node,
            ExprKind::Call {
                callee,
                args,
                type_args: Vec::new(),
                constructs: false,
            },
        )
    }
}
