//! Functions, lambdas and their parameters.

use tree_sitter::Node;

use super::{Lowering, Role, child, has_word, is_type, parts};
use crate::facts::{ExprId, ExprKind, FunctionId, FunctionKind, Param, SmolStr};

impl Lowering<'_, '_> {
    /// `fun name(…)`: of a class, an object or the file; `static` members are
    /// those of objects and companions.
    pub(super) fn function(&mut self, node: Node, is_static: bool) {
        let name = SmolStr::new(self.b.field_text(node, "name"));
        let in_class = self.b.current_class().is_some() && self.b.current_function().is_none();
        let decorators = self.annotations(node);
        let kind = if in_class {
            FunctionKind::Method
        } else {
            FunctionKind::Function
        };
        let id = self.b.open_function(node, &name, kind);
        let mut after = false;
        let mut receiver = None;
        let mut returned = None;
        for part in parts(node) {
            match part.kind() {
                "function_value_parameters" => after = true,
                _ if is_type(part) && after => returned = Some(part),
                _ if is_type(part) => receiver = Some(part),
                _ => {}
            }
        }
        if let Some(receiver) = receiver {
            self.receiver(id, receiver);
        }
        if let Some(list) = child(node, "function_value_parameters") {
            self.parameters(id, list);
        }
        let return_type = returned.and_then(|ty| self.ty(ty));
        let function = self.b.function_mut(id);
        function.decorators = decorators;
        function.is_static = is_static;
        function.return_type = return_type;
        if let Some(body) = child(node, "function_body") {
            self.body(body);
        }
        self.b.close_function();
        if !in_class {
            let value = self.b.push(node, ExprKind::Function(id));
            let at = self.b.span(node);
            self.b.bind(&name, value, at);
        }
    }

    /// `fun Bus.send(…)`: the receiver is the first parameter, called `this`.
    fn receiver(&mut self, function: FunctionId, ty: Node) {
        let value = self.b.push(ty, ExprKind::Param { function, index: 0 });
        let lowered = self.ty(ty);
        self.b.bind_typed("this", Some(value), lowered, ty);
        let f = self.b.function_mut(function);
        f.extends = true;
        f.params.push(Param {
            name: SmolStr::new_static("this"),
            ty: lowered,
            default: None,
            decorators: Vec::new(),
            rest: false,
        });
    }

    pub(super) fn body(&mut self, body: Node) {
        match child(body, "block") {
            Some(block) => {
                self.deeper(|l| l.statements(block));
            }
            None => {
                if let Some(value) = parts(body).into_iter().next() {
                    let value = self.expr(value);
                    self.b.returns(value);
                }
            }
        }
    }

    /// Parameters; a default stands behind the parameter it is for.
    pub(super) fn parameters(&mut self, function: FunctionId, list: Node) {
        let mut decorators = Vec::new();
        let mut rest = false;
        for part in parts(list) {
            match part.kind() {
                "parameter_modifiers" => {
                    decorators = self.annotations_in(part);
                    rest = has_word(self.b, part, "vararg") || self.b.text(part).contains("vararg");
                }
                "parameter" => {
                    let decorators = std::mem::take(&mut decorators);
                    self.parameter(function, part, decorators, std::mem::take(&mut rest));
                }
                _ => {
                    let default = self.expr(part);
                    if let Some(last) = self.b.function_mut(function).params.last_mut() {
                        last.default = Some(default);
                    }
                }
            }
        }
    }

    fn parameter(&mut self, function: FunctionId, node: Node, decorators: Vec<ExprId>, rest: bool) {
        let Some(name) = child(node, "identifier") else {
            return;
        };
        let ty = parts(node)
            .into_iter()
            .find(|c| is_type(*c))
            .and_then(|t| self.ty(t));
        let text = self.b.name(name);
        self.declare_parameter(function, name, &text, ty, decorators, rest);
    }

    pub(super) fn declare_parameter(
        &mut self,
        function: FunctionId,
        node: Node,
        name: &str,
        ty: Option<ExprId>,
        decorators: Vec<ExprId>,
        rest: bool,
    ) -> ExprId {
        let index = self.b.function_mut(function).params.len() as u32;
        let value = self.b.push(node, ExprKind::Param { function, index });
        self.b.bind_typed(name, Some(value), ty, node);
        self.b.function_mut(function).params.push(Param {
            name: SmolStr::new(name),
            ty,
            default: None,
            decorators,
            rest,
        });
        value
    }

    /// `{ a, b -> … }`; without parameters there is `it`. `it` can be known, and
    /// so can be what bare calls inside are of.
    pub(super) fn lambda(
        &mut self,
        node: Node,
        it: Option<ExprId>,
        receiver: Option<ExprId>,
    ) -> FunctionId {
        let id = self.b.open_function(node, "", FunctionKind::Lambda);
        let scope = self.b.scope();
        let list = child(node, "lambda_parameters");
        let names: Vec<Node> = list.map_or_else(Vec::new, parts);
        if names.is_empty() {
            let value = self.declare_parameter(id, node, "it", None, Vec::new(), false);
            self.b
                .bind_from("it", it.unwrap_or(value), None, node.start_byte() as u32);
        }
        for part in names {
            let Some(name) = child(part, "identifier") else {
                continue;
            };
            let ty = parts(part)
                .into_iter()
                .find(|c| is_type(*c))
                .and_then(|t| self.ty(t));
            let text = self.b.name(name);
            let value = self.declare_parameter(id, name, &text, ty, Vec::new(), false);
            self.b
                .bind_from(&text, it.unwrap_or(value), ty, name.start_byte() as u32);
        }
        if let Some(receiver) = receiver {
            self.receivers.push((scope, receiver));
        }
        let statements: Vec<Node> = parts(node)
            .into_iter()
            .filter(|c| c.kind() != "lambda_parameters")
            .collect();
        let last = statements.len().saturating_sub(1);
        for (i, statement) in statements.into_iter().enumerate() {
            let is_value = i == last && !self.is_statement(statement);
            if is_value {
                let value = self.expr(statement);
                self.b.returns(value);
            } else {
                self.statement(statement);
            }
        }
        if receiver.is_some() {
            self.receivers.pop();
        }
        self.b.close_function();
        id
    }

    fn is_statement(&self, node: Node) -> bool {
        matches!(
            self.b.role(node),
            Role::Assignment
                | Role::Loop
                | Role::Field
                | Role::Function
                | Role::Class
                | Role::Return
        )
    }
}
