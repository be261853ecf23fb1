//! Methods, constructors, lambdas and their parameters.

use tree_sitter::Node;

use super::{Lowering, has_modifier, parts};
use crate::facts::{ExprId, ExprKind, FunctionId, FunctionKind, Param, SmolStr};
use crate::language::fields::Fields;

impl Lowering<'_, '_> {
    /// A method of a class; a function where no class is around (scripts).
    pub(super) fn method(&mut self, node: Node) {
        let name = self.field_name(node, "name");
        let in_class = self.b.current_class().is_some();
        let kind = if in_class {
            FunctionKind::Method
        } else {
            FunctionKind::Function
        };
        let id = self.declared(node, &name, kind);
        if !in_class {
            let value = self.b.push(node, ExprKind::Function(id));
            let at = self.b.span(node);
            self.b.bind(&name, value, at);
        }
    }

    pub(super) fn constructor(&mut self, node: Node) {
        self.declared(node, "", FunctionKind::Constructor);
    }

    fn declared(&mut self, node: Node, name: &str, kind: FunctionKind) -> FunctionId {
        let decorators = self.annotations(node);
        let doc = self.doc(node);
        let id = self.b.open_function(node, name, kind);
        let type_params = self.type_parameters(node);
        let return_type = node.field("type").and_then(|ty| self.ty(ty));
        let function = self.b.function_mut(id);
        function.decorators = decorators;
        function.doc = doc;
        function.type_params = type_params;
        function.return_type = return_type;
        function.is_static = has_modifier(node, "static");
        if let Some(list) = node.field("parameters") {
            self.parameters(id, list);
        }
        if let Some(body) = node.field("body") {
            self.deeper(|l| l.statements(body));
        }
        self.b.close_function();
        id
    }

    /// The parameters of a method, or of a lambda with or without types.
    pub(super) fn parameters(&mut self, function: FunctionId, list: Node) {
        if list.kind() == "identifier" {
            self.parameter(function, list, list);
            return;
        }
        for child in parts(list) {
            match child.kind() {
                "identifier" | "underscore_pattern" => self.parameter(function, child, child),
                "formal_parameter" => {
                    let name = child.field("name").unwrap_or(child);
                    self.parameter(function, child, name);
                }
                "spread_parameter" => {
                    let declarator = parts(child).into_iter().next_back().unwrap_or(child);
                    let name = declarator.field("name").unwrap_or(declarator);
                    self.parameter(function, child, name);
                }
                _ => {}
            }
        }
    }

    fn parameter(&mut self, function: FunctionId, node: Node, name: Node) {
        let decorators = self.annotations(node);
        let ty = match node.kind() {
            "formal_parameter" => node.field("type"),
            "spread_parameter" => parts(node).into_iter().find(|c| is_type(*c)),
            _ => None,
        };
        let ty = ty.and_then(|ty| self.ty(ty));
        let index = self.b.function_mut(function).params.len() as u32;
        let value = self.b.push(node, ExprKind::Param { function, index });
        let rest = node.kind() == "spread_parameter";
        let name_text = self.b.name(name);
        self.b.bind_typed(&name_text, Some(value), ty, name);
        self.b.function_mut(function).params.push(Param {
            name: name_text,
            ty,
            default: None,
            decorators,
            rest,
        });
    }

    /// `x -> …`, `(a, b) -> { … }`
    pub(super) fn lambda(&mut self, node: Node) -> ExprKind {
        let id = self.b.open_function(node, "", FunctionKind::Lambda);
        if let Some(list) = node.field("parameters") {
            self.parameters(id, list);
        }
        if let Some(body) = node.field("body") {
            if body.kind() == "block" {
                self.deeper(|l| l.statements(body));
            } else {
                let value = self.expr(body);
                self.b.returns(value);
            }
        }
        self.b.close_function();
        ExprKind::Function(id)
    }

    /// Names and types of the parameters of a record.
    pub(super) fn components(&mut self, list: Node) -> Vec<(SmolStr, Option<ExprId>, Vec<ExprId>)> {
        let mut components = Vec::new();
        for child in parts(list) {
            if child.kind() != "formal_parameter" {
                continue;
            }
            let ty = child.field("type").and_then(|ty| self.ty(ty));
            let decorators = self.annotations(child);
            components.push((self.field_name(child, "name"), ty, decorators));
        }
        components
    }
}

/// Whether a child of a parameter is its type.
fn is_type(node: Node) -> bool {
    !matches!(
        node.kind(),
        "modifiers" | "variable_declarator" | "annotation" | "marker_annotation" | "..."
    )
}
