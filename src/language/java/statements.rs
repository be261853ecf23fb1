//! Statements.

use tree_sitter::Node;

use super::{Lowering, Role, parts};
use crate::facts::{ExprKind, ScopeKind};
use crate::language::fields::Fields;

impl Lowering<'_, '_> {
    /// Lowers every child as a statement.
    pub(super) fn statements(&mut self, node: Node) {
        for child in parts(node) {
            self.statement(child);
        }
    }

    /// Lowers a statement, or an expression whose value nobody takes.
    pub(super) fn statement(&mut self, node: Node) {
        self.deeper(|l| l.statement_inner(node));
    }

    fn statement_inner(&mut self, node: Node) {
        match self.b.role(node) {
            Role::Skip => {}
            Role::Import => self.import(node),
            Role::Class | Role::Struct | Role::Interface | Role::Enum => self.class(node),
            Role::Method => self.method(node),
            Role::Declaration => self.declaration(node),
            Role::Return => {
                if let Some(value) = parts(node).into_iter().next() {
                    let value = self.expr(value);
                    self.b.returns(value);
                }
            }
            Role::Loop => self.each(node),
            Role::With | Role::Block => self.block(node),
            Role::Match => self.switch_statement(node),
            Role::Other => match node.kind() {
                "yield_statement" => self.yields(node),
                "catch_clause" => self.block(node),
                "catch_formal_parameter" => self.caught(node),
                "resource" => self.resource(node),
                "unary_expression" | "update_expression" => {
                    self.expr(node);
                }
                _ => self.statements(node),
            },
            _ => {
                self.expr(node);
            }
        }
    }

    fn block(&mut self, node: Node) {
        self.b.open_scope(ScopeKind::Block);
        self.statements(node);
        self.b.close_scope();
    }

    /// `T a = x, b = y;`
    fn declaration(&mut self, node: Node) {
        let ty = node.field("type").and_then(|ty| self.ty(ty));
        for declarator in parts(node) {
            if declarator.kind() != "variable_declarator" {
                continue;
            }
            let value = declarator.field("value");
            let value = value.map(|value| self.expr(value));
            if let Some(name) = declarator.field("name") {
                let text = self.b.name(name);
                self.b.bind_typed(&text, value, ty, name);
            }
        }
    }

    /// `for (T x : xs)`
    fn each(&mut self, node: Node) {
        self.b.open_scope(ScopeKind::Block);
        let ty = node.field("type").and_then(|ty| self.ty(ty));
        let over = node.field("value").map(|v| self.expr(v));
        if let (Some(over), Some(name)) = (over, node.field("name")) {
            let element = self.b.push(name, ExprKind::Element(over));
            let text = self.b.name(name);
            self.b.bind_typed(&text, Some(element), ty, name);
        }
        if let Some(body) = node.field("body") {
            self.statement(body);
        }
        self.b.close_scope();
    }

    /// `try (T x = …)`
    fn resource(&mut self, node: Node) {
        let Some(name) = node.field("name") else {
            self.others(node);
            return;
        };
        let ty = node.field("type").and_then(|ty| self.ty(ty));
        let value = node.field("value").map(|v| self.expr(v));
        let text = self.b.name(name);
        self.b.bind_typed(&text, value, ty, name);
    }

    /// `catch (A | B e)`
    fn caught(&mut self, node: Node) {
        let types = parts(node).into_iter().find(|c| c.kind() == "catch_type");
        let ty = types
            .and_then(|t| parts(t).into_iter().next())
            .and_then(|t| self.ty(t));
        if let Some(name) = node.field("name") {
            let text = self.b.name(name);
            self.b.bind_typed(&text, None, ty, name);
        }
    }
}
