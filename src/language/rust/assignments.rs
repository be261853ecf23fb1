//! Assignments, and `return`.

use smol_str::format_smolstr;
use tree_sitter::Node;

use super::super::Role;
use super::{Lowering, first_child, nth_child};
use crate::facts::{ExprId, ExprKind};
use crate::language::fields::Fields;

impl Lowering<'_, '_> {
    /// `x = v`, `self.x = v`, `a.x = v`, `m[k] = v`.
    pub(super) fn assignment(&mut self, node: Node) -> Option<ExprId> {
        let right = node.field("right")?;
        let value = self.expr(right);
        let left = node.field("left")?;
        self.assign(node, left, value);
        None
    }

    fn assign(&mut self, node: Node, left: Node, value: ExprId) {
        let mut left = left;
        while self.b.role(left) == Role::Transparent
            && let Some(inner) = self.link_below(left)
        {
            left = inner;
        }
        match self.b.role(left) {
            Role::Name => {
                // From here on, so that the right side still sees the value before.
                let mut at = self.b.span(node);
                at.start = at.end;
                let name = self.name(left);
                self.b.assign(&name, value, at);
            }
            Role::Member => self.assign_member(node, left, value),
            Role::Index => {
                let Some(map) = first_child(left) else {
                    return;
                };
                let object = self.expr(map);
                let key = nth_child(left, 1).map(|key| self.expr(key));
                let callee = self.b.member(left, object, "[]=");
                self.b
                    .call(node, callee, key.into_iter().chain([value]).collect());
            }
            _ if self.destructures(left) => {
                self.bind_pattern(left, value, None, node.end_byte() as u32);
            }
            // `*x.lock() = v`: the place is found by calls.
            _ => drop(self.value(left)),
        }
    }

    /// Whether the left side of an assignment is a pattern: `(a, b) = f()`, `Some(x) = f()`.
    fn destructures(&self, left: Node) -> bool {
        let constructor = left.field("function");
        match self.b.role(left) {
            Role::List | Role::Object => true,
            Role::Call => constructor.is_some_and(|function| {
                let name = self.b.text(function).rsplit("::").next().unwrap_or("");
                name.starts_with(char::is_uppercase)
            }),
            _ => false,
        }
    }

    fn assign_member(&mut self, node: Node, left: Node, value: ExprId) {
        let (Some(object), Some(field)) = (left.field("value"), left.field("field")) else {
            return;
        };
        let name = self.name(field);
        let object = self.expr(object);
        if self.b.expr(object).kind == ExprKind::This
            && let Some(class) = self.b.current_class()
        {
            let at = self.b.span(left);
            self.b.assign_field(class, &name, value, at);
            return;
        }
        let callee = self.b.member(field, object, &format_smolstr!("{name}="));
        self.b.call(node, callee, vec![value]);
    }

    /// `x += v`: a text that grows; other operators make nothing a name comes from.
    pub(super) fn augmented(&mut self, node: Node) -> Option<ExprId> {
        let right = self.expr(node.field("right")?);
        let left = node.field("left")?;
        let before = self.expr(left);
        if self.b.field_text(node, "operator") == "+=" && self.b.role(left) == Role::Name {
            let value = self.b.push(node, ExprKind::Concat(vec![before, right]));
            self.assign(node, left, value);
        }
        None
    }

    pub(super) fn return_expression(&mut self, node: Node) -> Option<ExprId> {
        if let Some(value) = first_child(node)
            && let Some(value) = self.value(value)
        {
            self.b.returns(value);
        }
        None
    }
}
