//! Statements: declarations, blocks, loops, `using`, `return`.

use tree_sitter::Node;

use super::super::Role;
use super::{Lowering, child_of_kind, has_token, parts};
use crate::facts::{ExprKind, ScopeKind};
use crate::language::fields::Fields;

impl Lowering<'_, '_> {
    /// Lowers a declaration or statement, or an expression whose value nobody takes.
    pub(super) fn statement(&mut self, node: Node) {
        self.deeper(|l| l.one_statement(node));
    }

    fn one_statement(&mut self, node: Node) {
        match self.role(node) {
            // Usings are read before anything else.
            Role::Skip | Role::Import | Role::Attribute => {}
            Role::Module => self.namespace(node),
            Role::Class | Role::Struct | Role::Interface => self.class(node),
            Role::Enum => self.enumeration(node),
            Role::Alias => self.delegate(node),
            Role::Field | Role::Method => self.member(node),
            Role::Declaration => self.declaration(node),
            Role::Function => self.local_function(node),
            Role::Return => self.returns(node),
            Role::Block => self.block(node),
            Role::Loop => self.each(node),
            Role::With => self.using_statement(node),
            Role::Match if node.kind() == "switch_statement" => self.switch_statement(node),
            Role::Other if !is_expression(node) => self.other_statement(node),
            _ => {
                self.expr(node);
            }
        }
    }

    fn other_statement(&mut self, node: Node) {
        match node.kind() {
            "variable_declaration" => self.variables(node),
            "catch_clause" => {
                self.b.open_scope(ScopeKind::Block);
                if let Some(declaration) = child_of_kind(node, "catch_declaration") {
                    let ty = self.declared_type(declaration);
                    let name = self.field_name(declaration);
                    self.b.bind_typed(&name, None, ty, declaration);
                }
                for part in parts(node) {
                    if part.kind() != "catch_declaration" {
                        self.statement(part);
                    }
                }
                self.b.close_scope();
            }
            "for_statement" => {
                self.b.open_scope(ScopeKind::Block);
                self.statements(node);
                self.b.close_scope();
            }
            // A label is no name.
            "labeled_statement" => {
                if let Some(inner) = parts(node).pop() {
                    self.statement(inner);
                }
            }
            // The condition of `#if` is no code; both branches are.
            "preproc_if" | "preproc_elif" => {
                let condition = node.field("condition");
                for part in parts(node) {
                    if Some(part) != condition {
                        self.statement(part);
                    }
                }
            }
            _ => self.statements(node),
        }
    }

    pub(super) fn block(&mut self, node: Node) {
        self.b.open_scope(ScopeKind::Block);
        self.statements(node);
        self.b.close_scope();
    }

    fn declaration(&mut self, node: Node) {
        if let Some(variables) = child_of_kind(node, "variable_declaration") {
            self.variables(variables);
        }
    }

    /// `var a = 1, b;`, `var (a, b) = f();`
    fn variables(&mut self, node: Node) {
        let declared = node.field("type");
        for declarator in parts(node) {
            if declarator.kind() != "variable_declarator" {
                continue;
            }
            let value = initializer(declarator).map(|value| self.typed_value(value, declared));
            if let Some(tuple) = child_of_kind(declarator, "tuple_pattern") {
                if let Some(value) = value {
                    self.bind_elements(tuple, value, true);
                }
                continue;
            }
            let ty = self.declared_type(node);
            let name = self.field_name(declarator);
            if name != "_" {
                self.b.bind_typed(&name, value, ty, declarator);
            }
        }
    }

    fn returns(&mut self, node: Node) {
        if let Some(value) = parts(node).into_iter().next() {
            let value = self.expr(value);
            // What an iterator yields is an element of what it returns.
            if node.kind() == "yield_statement" {
                let list = self.b.push(node, ExprKind::List(vec![value]));
                self.b.returns(list);
            } else {
                self.b.returns(value);
            }
        }
    }

    /// `foreach (var x in xs)`, `await foreach (…)`
    fn each(&mut self, node: Node) {
        self.b.open_scope(ScopeKind::Block);
        let over = node.field("right").map(|right| self.expr(right));
        if let (Some(over), Some(left)) = (over, node.field("left")) {
            let element = self.b.push(left, ExprKind::Element(over));
            if left.kind() == "tuple_pattern" {
                self.bind_elements(left, element, true);
            } else if self.role(left) == Role::Name {
                let ty = self.declared_type(node);
                let name = self.name(left);
                self.b.bind_typed(&name, Some(element), ty, left);
            }
        }
        if let Some(body) = node.field("body") {
            self.statement(body);
        }
        self.b.close_scope();
    }

    /// `using (var x = …) { … }`
    fn using_statement(&mut self, node: Node) {
        self.b.open_scope(ScopeKind::Block);
        self.statements(node);
        self.b.close_scope();
    }
}

/// What a declarator or parameter is initialised with.
pub(super) fn initializer(node: Node) -> Option<Node> {
    if !has_token(node, "=") {
        return None;
    }
    let mut cursor = node.walk();
    let mut behind = false;
    for child in node.children(&mut cursor) {
        if behind && ((child.is_named() && !child.is_extra()) || child.kind() == "this") {
            return Some(child);
        }
        behind |= child.kind() == "=";
    }
    None
}

/// Whether a node without a role is an expression all the same.
fn is_expression(node: Node) -> bool {
    matches!(
        node.kind(),
        "this" | "base" | "typeof_expression" | "default_expression" | "prefix_unary_expression"
    )
}
