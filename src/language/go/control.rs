//! `if`, `for`, `switch` and `select`, with the names they bind.

use tree_sitter::Node;

use super::Lowering;
use crate::facts::{ExprId, ExprKind, ScopeKind};
use crate::language::fields::Fields;

impl Lowering<'_, '_> {
    /// `if x := f(); x { … } else { … }`
    pub(super) fn conditional(&mut self, node: Node) {
        self.b.open_scope(ScopeKind::Block);
        if let Some(initializer) = node.field("initializer") {
            self.statement(initializer);
        }
        if let Some(condition) = node.field("condition") {
            self.expr(condition);
        }
        let consequence = node.field("consequence");
        let alternative = node.field("alternative");
        for branch in consequence.into_iter().chain(alternative) {
            match alternative {
                Some(_) => self.branch(branch),
                None => self.statement(branch),
            }
        }
        self.b.close_scope();
    }

    pub(super) fn for_loop(&mut self, node: Node) {
        self.b.open_scope(ScopeKind::Block);
        let body = node.field("body");
        for part in self.parts(node) {
            match part.kind() {
                _ if Some(part) == body => {}
                "range_clause" => self.range(part),
                _ => self.statement(part),
            }
        }
        if let Some(body) = body {
            self.statement(body);
        }
        self.b.close_scope();
    }

    /// One of two statements: what is assigned in the other counts as well.
    fn branch(&mut self, node: Node) {
        self.b.enter_branch();
        self.statement(node);
        self.b.leave_branch();
    }

    /// `for k, v := range x`: one name is an element (a message of a channel, a
    /// key of a map), two are a key and its value.
    fn range(&mut self, node: Node) {
        let left = self.listed(node, "left");
        let Some(right) = node.field("right") else {
            return;
        };
        let over = self.expr(right);
        let element = self.b.push(right, ExprKind::Element(over));
        let mut cursor = node.walk();
        let declares = node.children(&mut cursor).any(|c| c.kind() == ":=");
        let pair = left.len() > 1;
        for (i, target) in left.into_iter().enumerate() {
            let value = if pair {
                let index = i as u32;
                self.b.push(target, ExprKind::Part { of: element, index })
            } else {
                element
            };
            self.assign(target, value, None, declares, node);
        }
    }

    pub(super) fn switch(&mut self, node: Node) {
        self.b.open_scope(ScopeKind::Block);
        if let Some(initializer) = node.field("initializer") {
            self.statement(initializer);
        }
        let subject = node.field("value").map(|v| self.expr(v));
        let alias = self.listed(node, "alias").first().copied();
        for case in self.parts(node) {
            match case.kind() {
                "expression_case" => self.case(case, subject),
                "type_case" => self.type_case(case, alias, subject),
                "default_case" => self.default_case(case, alias, subject),
                _ => {}
            }
        }
        self.b.close_scope();
    }

    /// In a case the subject is one of the values in front of it.
    fn case(&mut self, node: Node, subject: Option<ExprId>) {
        let nodes = self.listed(node, "value");
        let values: Vec<ExprId> = nodes.iter().map(|value| self.expr(*value)).collect();
        self.b.open_scope(ScopeKind::Block);
        if let Some(subject) = subject {
            self.b.narrow(subject, values);
        }
        let list = node.field("value");
        self.clause(node, list);
        self.b.close_scope();
    }

    /// In a case of one type the name is a value of it.
    fn type_case(&mut self, node: Node, alias: Option<Node>, subject: Option<ExprId>) {
        self.b.open_scope(ScopeKind::Block);
        let types = self.field_parts(node, "type");
        let lowered: Vec<ExprId> = types.iter().map(|ty| self.ty(*ty)).collect();
        if let Some(alias) = alias {
            let name = self.b.name(alias);
            match (lowered.as_slice(), subject) {
                ([single], _) => self.b.bind_typed(&name, None, Some(*single), node),
                (_, Some(subject)) => {
                    self.b
                        .bind_from(&name, subject, None, node.start_byte() as u32)
                }
                _ => {}
            }
        }
        self.b.enter_branch();
        for part in self.parts(node) {
            if !types.contains(&part) {
                self.statement(part);
            }
        }
        self.b.leave_branch();
        self.b.close_scope();
    }

    fn default_case(&mut self, node: Node, alias: Option<Node>, subject: Option<ExprId>) {
        self.b.open_scope(ScopeKind::Block);
        if let (Some(alias), Some(subject)) = (alias, subject) {
            let name = self.b.name(alias);
            self.b
                .bind_from(&name, subject, None, node.start_byte() as u32);
        }
        self.clause(node, None);
        self.b.close_scope();
    }

    /// The statements of a case.
    fn clause(&mut self, node: Node, head: Option<Node>) {
        self.b.enter_branch();
        for part in self.parts(node) {
            if Some(part) != head {
                self.statement(part);
            }
        }
        self.b.leave_branch();
    }

    /// `case msg := <-ch: …`
    pub(super) fn communication(&mut self, node: Node) {
        self.b.open_scope(ScopeKind::Block);
        self.statements(node);
        self.b.close_scope();
    }
}
