//! Parameters, bodies, local functions and lambdas.

use smol_str::SmolStr;
use tree_sitter::Node;

use super::statements::initializer;
use super::{Lowering, has_token, parts};
use crate::facts::{ExprId, ExprKind, FunctionId, FunctionKind, Param};
use crate::language::fields::Fields;

impl Lowering<'_, '_> {
    /// Type parameters, parameters and return type.
    pub(super) fn function_head(&mut self, node: Node, function: FunctionId) {
        let type_params = self.type_parameters(node);
        self.b.function_mut(function).type_params = type_params;
        if let Some(parameters) = node.field("parameters") {
            self.parameters(parameters, function);
        }
        let returned = node
            .field("returns")
            .or_else(|| node.field("type"))
            .filter(|ty| self.b.text(*ty) != "void");
        let return_type = returned.map(|ty| self.ty(ty));
        self.b.function_mut(function).return_type = return_type;
    }

    pub(super) fn parameters(&mut self, list: Node, function: FunctionId) {
        let mut rest: Option<ExprId> = None;
        for child in parts(list) {
            match child.kind() {
                "parameter" => self.parameter(child, function),
                // `params string[] xs` has no node of its own.
                "identifier" => {
                    let name = self.name(child);
                    self.push_parameter(child, function, &name, rest.take(), None, Vec::new());
                    if let Some(last) = self.b.function_mut(function).params.last_mut() {
                        last.rest = true;
                    }
                }
                "attribute_list" => {}
                _ => rest = Some(self.ty(child)),
            }
        }
    }

    fn parameter(&mut self, node: Node, function: FunctionId) {
        let decorators = self.attributes(node);
        let ty = self.declared_type(node);
        let default = initializer(node).map(|value| self.expr(value));
        let name = self.field_name(node);
        let extends = self.has_modifier(node, "this") || has_token(node, "this");
        if extends && self.b.function_mut(function).params.is_empty() {
            self.b.function_mut(function).extends = true;
        }
        self.push_parameter(node, function, &name, ty, default, decorators);
    }

    fn push_parameter(
        &mut self,
        node: Node,
        function: FunctionId,
        name: &str,
        ty: Option<ExprId>,
        default: Option<ExprId>,
        decorators: Vec<ExprId>,
    ) {
        let index = self.b.function_mut(function).params.len() as u32;
        let value = self.b.push(node, ExprKind::Param { function, index });
        self.b.bind_typed(name, Some(value), ty, node);
        self.b.function_mut(function).params.push(Param {
            name: SmolStr::new(name),
            ty,
            default,
            decorators,
            rest: false,
        });
    }

    /// `{ … }` or `=> x`.
    pub(super) fn body(&mut self, body: Node) {
        match body.kind() {
            "block" => self.statements(body),
            "arrow_expression_clause" => {
                if let Some(value) = parts(body).into_iter().next() {
                    let value = self.expr(value);
                    self.b.returns(value);
                }
            }
            _ => {
                let value = self.expr(body);
                self.b.returns(value);
            }
        }
    }

    pub(super) fn local_function(&mut self, node: Node) {
        let decorators = self.attributes(node);
        let name = self.field_name(node);
        let function = self.b.open_function(node, &name, FunctionKind::Function);
        self.b.function_mut(function).decorators = decorators;
        self.function_head(node, function);
        if let Some(body) = node.field("body") {
            self.body(body);
        }
        self.b.close_function();
        let value = self.b.push(node, ExprKind::Function(function));
        let at = self.b.span(node);
        self.b.bind(&name, value, at);
    }

    /// `x => f(x)`, `async (a, b) => { … }`, `delegate (A a) { … }`
    pub(super) fn lambda(&mut self, node: Node) -> ExprId {
        let function = self.b.open_function(node, "", FunctionKind::Lambda);
        if let Some(parameters) = node.field("parameters") {
            if parameters.kind() == "implicit_parameter" {
                let name = self.name(parameters);
                self.push_parameter(parameters, function, &name, None, None, Vec::new());
            } else {
                self.parameters(parameters, function);
            }
        }
        let body = node
            .field("body")
            .or_else(|| super::child_of_kind(node, "block"));
        if let Some(body) = body {
            self.body(body);
        }
        self.b.close_function();
        self.b.push(node, ExprKind::Function(function))
    }
}
