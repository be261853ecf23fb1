//! Control flow: blocks, conditions, loops, `match`.

use tree_sitter::Node;

use super::super::Role;
use super::{Lowering, first_child, is_extra, parts};
use crate::facts::{Arm, ExprId, ExprKind, ScopeKind};
use crate::language::fields::Fields;

impl Lowering<'_, '_> {
    /// A block with a scope of its own; its value is its tail.
    pub(super) fn block(&mut self, node: Node) -> Option<ExprId> {
        self.b.open_scope(ScopeKind::Block);
        let value = self.statements(node);
        self.b.close_scope();
        value
    }

    /// `if … else if … else …`: one of the branches' values.
    pub(super) fn conditional(&mut self, node: Node) -> Option<ExprId> {
        self.b.enter_branch();
        let value = self.conditional_value(node);
        self.b.leave_branch();
        value
    }

    fn conditional_value(&mut self, node: Node) -> Option<ExprId> {
        let mut values = Vec::new();
        let mut branch = Some(node);
        let mut otherwise = None;
        while let Some(current) = branch.take() {
            self.b.open_scope(ScopeKind::Block);
            if let Some(condition) = current.field("condition") {
                self.condition(condition);
            }
            if let Some(consequence) = current.field("consequence") {
                values.extend(self.block(consequence));
            }
            self.b.close_scope();
            let alternative = current.field("alternative").and_then(first_child);
            match alternative {
                Some(next) if self.b.role(next) == Role::Conditional => branch = Some(next),
                other => otherwise = other,
            }
        }
        // Without `else` it is a statement.
        values.extend(self.block(otherwise?));
        match values.as_slice() {
            [] => None,
            [value] => Some(*value),
            _ => Some(self.b.push(node, ExprKind::Either(values))),
        }
    }

    /// A condition; `let` patterns in it are bound in the innermost scope.
    pub(super) fn condition(&mut self, node: Node) -> Option<ExprId> {
        match node.kind() {
            "let_chain" => {
                let mut cursor = node.walk();
                for part in node.named_children(&mut cursor) {
                    self.condition(part);
                }
                None
            }
            "let_condition" => {
                let value = self.expr(node.field("value")?);
                if let Some(pattern) = node.field("pattern") {
                    let mut selected = Vec::new();
                    self.pattern_values(pattern, &mut selected);
                    self.compare_all(value, &selected);
                    self.bind_pattern(pattern, value, None, node.end_byte() as u32);
                }
                None
            }
            _ => self.value(node),
        }
    }

    pub(super) fn while_loop(&mut self, node: Node) -> Option<ExprId> {
        self.b.open_scope(ScopeKind::Block);
        if let Some(condition) = node.field("condition") {
            self.condition(condition);
        }
        if let Some(body) = node.field("body") {
            self.b.enter_branch();
            self.block(body);
            self.b.leave_branch();
        }
        self.b.close_scope();
        None
    }

    /// `loop { … break x; }` is one of the values it is left with.
    pub(super) fn endless_loop(&mut self, node: Node) -> Option<ExprId> {
        self.breaks.push(Vec::new());
        if let Some(body) = node.field("body") {
            self.block(body);
        }
        let values = self.breaks.pop().unwrap_or_default();
        match values.as_slice() {
            [] => None,
            [value] => Some(*value),
            _ => Some(self.b.push(node, ExprKind::Either(values))),
        }
    }

    /// `break x`; only `loop` can be left with a value.
    pub(super) fn break_with(&mut self, node: Node) -> Option<ExprId> {
        let mut cursor = node.walk();
        let value = node
            .named_children(&mut cursor)
            .find(|child| !is_extra(*child) && child.kind() != "label")?;
        let value = self.value(value)?;
        if let Some(breaks) = self.breaks.last_mut() {
            breaks.push(value);
        }
        None
    }

    pub(super) fn for_loop(&mut self, node: Node) -> Option<ExprId> {
        let over = self.expr(node.field("value")?);
        let body = node.field("body")?;
        self.b.open_scope(ScopeKind::Block);
        if let Some(pattern) = node.field("pattern") {
            let element = self.b.push(pattern, ExprKind::Element(over));
            self.bind_pattern(pattern, element, None, body.start_byte() as u32);
        }
        self.b.enter_branch();
        self.block(body);
        self.b.leave_branch();
        self.b.close_scope();
        None
    }

    pub(super) fn match_expression(&mut self, node: Node) -> ExprId {
        let Some(subject) = node.field("value") else {
            return self.b.unknown(node);
        };
        let subject = self.expr(subject);
        let mut arms = Vec::new();
        if let Some(body) = node.field("body") {
            self.b.enter_branch();
            let mut cursor = body.walk();
            for arm in body.named_children(&mut cursor) {
                if !is_extra(arm) {
                    self.b.open_scope(ScopeKind::Block);
                    arms.extend(self.arm(arm, subject));
                    self.b.close_scope();
                }
            }
            self.b.leave_branch();
        }
        self.b.push(node, ExprKind::Match { subject, arms })
    }

    /// An arm; `None` if it never gives the `match` a value.
    fn arm(&mut self, node: Node, subject: ExprId) -> Option<Arm> {
        let pattern = node.field("pattern")?;
        let mut patterns = Vec::new();
        if let Some(inner) = parts(pattern).first().copied() {
            let selects_all = self.pattern_values(inner, &mut patterns);
            self.compare_all(subject, &patterns);
            if selects_all {
                patterns.clear();
            }
            if self.are_texts(&patterns) {
                self.b.narrow(subject, patterns.clone());
            }
            self.bind_pattern(inner, subject, None, pattern.end_byte() as u32);
        }
        if let Some(guard) = pattern.field("condition") {
            self.condition(guard);
        }
        let body = node.field("value")?;
        let value = match self.value(body) {
            Some(value) => value,
            None if self.diverges(body) => return None,
            None => self.b.unknown(body),
        };
        Some(Arm { patterns, value })
    }

    /// Records that a value is compared with those that select a pattern.
    fn compare_all(&mut self, subject: ExprId, selected: &[ExprId]) {
        for value in selected {
            let at = self.b.expr(*value).span;
            self.b.compare(subject, *value, at);
        }
    }

    /// Whether a pattern selects texts: then the subject is one of them.
    fn are_texts(&self, selected: &[ExprId]) -> bool {
        let is_text = |id: &ExprId| matches!(self.b.expr(*id).kind, ExprKind::Text(_));
        !selected.is_empty() && selected.iter().all(is_text)
    }

    /// Whether control never comes out of an expression.
    fn diverges(&self, node: Node) -> bool {
        match self.b.role(node) {
            Role::Return | Role::Macro => true,
            _ => matches!(node.kind(), "break_expression" | "continue_expression"),
        }
    }
}
