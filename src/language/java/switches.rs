//! `switch`, as a statement and as a value, and `instanceof`.

use tree_sitter::Node;

use super::{Lowering, parts};
use crate::facts::{Arm, ExprId, ExprKind, ScopeKind};
use crate::language::fields::Fields;

/// A case: the values that select it, whether it is for all the rest.
struct Label {
    values: Vec<ExprId>,
}

impl Lowering<'_, '_> {
    fn subject(&mut self, node: Node) -> Option<ExprId> {
        let condition = node.field("condition")?;
        Some(self.expr(condition))
    }

    /// `switch (subject) { case A: … }`: inside a case the subject is its value.
    pub(super) fn switch_statement(&mut self, node: Node) {
        let (Some(subject), Some(body)) = (self.subject(node), node.field("body")) else {
            return;
        };
        for case in parts(body) {
            self.b.open_scope(ScopeKind::Block);
            let label = self.labels(case, subject);
            if !label.values.is_empty() {
                self.b.narrow(subject, label.values);
            }
            for inner in parts(case) {
                if inner.kind() != "switch_label" {
                    self.statement(inner);
                }
            }
            self.b.close_scope();
        }
    }

    /// `switch (subject) { case A -> x; default -> { yield y; } }` as a value.
    pub(super) fn switch_value(&mut self, node: Node) -> ExprId {
        let (Some(subject), Some(body)) = (self.subject(node), node.field("body")) else {
            return self.b.unknown(node);
        };
        let mut arms = Vec::new();
        for case in parts(body) {
            self.b.open_scope(ScopeKind::Block);
            let label = self.labels(case, subject);
            self.yields.push(Vec::new());
            for inner in parts(case) {
                match inner.kind() {
                    "switch_label" => {}
                    "expression_statement" => {
                        if let Some(value) = parts(inner).into_iter().next() {
                            let value = self.expr(value);
                            self.yielded(value);
                        }
                    }
                    _ => self.statement(inner),
                }
            }
            let mut values = self.yields.pop().unwrap_or_default();
            self.b.close_scope();
            let value = match values.len() {
                0 => continue,
                1 => values.remove(0),
                _ => self.b.push(case, ExprKind::Either(values)),
            };
            arms.push(Arm {
                patterns: label.values,
                value,
            });
        }
        self.b.push(node, ExprKind::Match { subject, arms })
    }

    pub(super) fn yields(&mut self, node: Node) {
        if let Some(value) = parts(node).into_iter().next() {
            let value = self.expr(value);
            self.yielded(value);
        }
    }

    fn yielded(&mut self, value: ExprId) {
        if let Some(values) = self.yields.last_mut() {
            values.push(value);
        }
    }

    /// The labels of a case; patterns bind their names in the innermost scope.
    fn labels(&mut self, case: Node, subject: ExprId) -> Label {
        let mut values = Vec::new();
        for label in parts(case) {
            if label.kind() != "switch_label" {
                continue;
            }
            for part in parts(label) {
                match part.kind() {
                    "pattern" => self.pattern(part),
                    "guard" => self.statements(part),
                    "identifier" => values.push(self.constant(part, subject)),
                    _ => values.push(self.expr(part)),
                }
            }
        }
        Label { values }
    }

    /// A bare name in a case: a constant in sight, else one of the subject's enum,
    /// which is spelled like its text.
    fn constant(&mut self, node: Node, subject: ExprId) -> ExprId {
        let name = self.b.name(node);
        if self.classes.is_bound(self.b, &name) {
            return self.expr(node);
        }
        self.b.member(node, subject, &name)
    }

    /// `x instanceof T t`, `case T t`, `case R(T a, var b)`: binds the names.
    pub(super) fn pattern(&mut self, node: Node) {
        match node.kind() {
            "type_pattern" | "record_pattern_component" => {
                let children = parts(node);
                let (Some(ty), Some(name)) = (children.first(), children.get(1)) else {
                    return;
                };
                self.bind_pattern(Some(*ty), *name);
            }
            _ => {
                for child in parts(node) {
                    self.deeper(|l| l.pattern(child));
                }
            }
        }
    }

    fn bind_pattern(&mut self, ty: Option<Node>, name: Node) {
        if name.kind() != "identifier" {
            return;
        }
        let ty = ty.and_then(|ty| self.ty(ty));
        let text = self.b.name(name);
        self.b.bind_typed(&text, None, ty, name);
    }

    /// `x instanceof T t`
    pub(super) fn instance_of(&mut self, node: Node) -> ExprId {
        if let Some(left) = node.field("left") {
            self.expr(left);
        }
        if let Some(name) = node.field("name") {
            self.bind_pattern(node.field("right"), name);
        }
        if let Some(pattern) = node.field("pattern") {
            self.pattern(pattern);
        }
        self.b.unknown(node)
    }
}
