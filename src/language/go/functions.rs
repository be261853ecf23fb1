//! Functions, methods, closures, parameters and results.

use smol_str::SmolStr;
use tree_sitter::Node;

use super::Lowering;
use crate::facts::{ExprId, ExprKind, FunctionId, FunctionKind, Param};
use crate::language::fields::Fields;

impl Lowering<'_, '_> {
    /// `func f() {}`
    pub(super) fn function(&mut self, node: Node) {
        let name = self.b.field_text(node, "name").to_owned();
        let id = self.open(node, &name, FunctionKind::Function);
        self.body(node, id);
        self.b.close_function();
        let value = self.b.push(node, ExprKind::Function(id));
        let span = self.b.span(node);
        if name != "_" {
            self.b.bind(&name, value, span);
        }
    }

    /// `func (r *T) m() {}`: a method of `T`, in which `r` is `this`.
    pub(super) fn method(&mut self, node: Node) {
        let receiver = node
            .field("receiver")
            .and_then(|list| self.parts(list).first().copied());
        let Some(receiver_type) = receiver.and_then(|r| r.field("type")) else {
            return self.statements(node);
        };
        let class = self.receiver_class(receiver_type);
        let name = self.b.field_text(node, "name").to_owned();
        self.b.resume_class(class);
        let id = self.open(node, &name, FunctionKind::Method);
        self.bind_receiver(receiver, receiver_type);
        self.body(node, id);
        self.b.close_function();
        self.b.leave_class();
        self.b.push(node, ExprKind::Function(id));
    }

    fn bind_receiver(&mut self, receiver: Option<Node>, ty: Node) {
        if let Some(name) = receiver.and_then(|r| r.field("name")) {
            let this = self.b.push(name, ExprKind::This);
            let text = self.b.name(name);
            let span = self.b.span(name);
            self.b.bind(&text, this, span);
        }
        // `func (r *T[K]) m()` names the type parameters of `T`.
        let mut generic = ty;
        while matches!(generic.kind(), "pointer_type" | "parenthesized_type") {
            let Some(inner) = self.parts(generic).first().copied() else {
                return;
            };
            generic = inner;
        }
        if let Some(arguments) = generic.field("type_arguments") {
            for argument in self.parts(arguments) {
                let name = self.b.name(argument);
                let value = self.b.push(argument, ExprKind::Unknown(name.clone()));
                let span = self.b.span(argument);
                self.b.bind(&name, value, span);
            }
        }
    }

    /// A method an interface asks for.
    pub(super) fn signature(&mut self, node: Node) {
        let name = self.b.field_text(node, "name").to_owned();
        let id = self.open(node, &name, FunctionKind::Method);
        self.b.close_function();
        self.b.push(node, ExprKind::Function(id));
    }

    /// `func() {}` as a value.
    pub(super) fn closure(&mut self, node: Node) -> ExprId {
        let id = self.open(node, "", FunctionKind::Lambda);
        self.body(node, id);
        self.b.close_function();
        self.b.push(node, ExprKind::Function(id))
    }

    /// Opens a function with its parameters and results.
    fn open(&mut self, node: Node, name: &str, kind: FunctionKind) -> FunctionId {
        let id = self.b.open_function(node, name, kind);
        let type_parameters = self.type_parameters(node);
        self.bind_type_parameters(&type_parameters);
        let doc = self.doc(node);
        let function = self.b.function_mut(id);
        function.doc = doc;
        function.type_params = type_parameters.into_iter().map(|(name, _)| name).collect();
        if let Some(list) = node.field("parameters") {
            for declaration in self.parts(list) {
                self.parameters(declaration, id);
            }
        }
        let result = node.field("result");
        let return_type = result.and_then(|result| self.results(result));
        self.b.function_mut(id).return_type = return_type;
        id
    }

    /// `a, b T`, `rest ...T`, or a type alone.
    fn parameters(&mut self, node: Node, function: FunctionId) {
        let Some(ty) = node.field("type") else {
            return;
        };
        let rest = node.kind() == "variadic_parameter_declaration";
        let names = self.field_parts(node, "name");
        let ty = self.ty(ty);
        let ty = if rest {
            self.b.push(node, ExprKind::List(vec![ty]))
        } else {
            ty
        };
        if names.is_empty() {
            return self.parameter(function, SmolStr::default(), ty, rest);
        }
        for name in names {
            let index = self.b.function_mut(function).params.len() as u32;
            let value = self.b.push(name, ExprKind::Param { function, index });
            let text = self.b.name(name);
            if text != "_" {
                self.b.bind_typed(&text, Some(value), Some(ty), name);
            }
            self.parameter(function, text, ty, rest);
        }
    }

    fn parameter(&mut self, function: FunctionId, name: SmolStr, ty: ExprId, rest: bool) {
        self.b.function_mut(function).params.push(Param {
            name,
            ty: Some(ty),
            default: None,
            decorators: Vec::new(),
            rest,
        });
    }

    /// The type of what a function gives; several are a list.
    fn results(&mut self, node: Node) -> Option<ExprId> {
        if node.kind() != "parameter_list" {
            return Some(self.ty(node));
        }
        let mut types = Vec::new();
        for declaration in self.parts(node) {
            let Some(ty) = declaration.field("type") else {
                continue;
            };
            let ty = self.ty(ty);
            let names = self.field_parts(declaration, "name");
            types.extend(std::iter::repeat_n(ty, names.len().max(1)));
            for name in names {
                let text = self.b.name(name);
                if text != "_" {
                    self.b.bind_typed(&text, None, Some(ty), name);
                }
            }
        }
        match types.as_slice() {
            [] => None,
            [single] => Some(*single),
            _ => Some(self.b.push(node, ExprKind::List(types))),
        }
    }

    fn body(&mut self, node: Node, id: FunctionId) {
        let Some(body) = node.field("body") else {
            return;
        };
        self.statements(body);
        // What a deferred closure does to named results counts too.
        debug_assert_eq!(self.b.current_function(), Some(id));
    }

    /// `return a, b` gives a list; a bare `return` what the named results hold.
    pub(super) fn returned(&mut self, node: Node) {
        let values: Vec<Node> = self
            .parts(node)
            .into_iter()
            .flat_map(|list| self.parts(list))
            .collect();
        let mut values: Vec<ExprId> = values.into_iter().map(|v| self.expr(v)).collect();
        if values.is_empty() {
            values = self.named_results(node);
        }
        match values.as_slice() {
            [] => {}
            [single] => self.b.returns(*single),
            _ => {
                let list = self.b.push(node, ExprKind::List(values));
                self.b.returns(list);
            }
        }
    }

    fn named_results(&mut self, node: Node) -> Vec<ExprId> {
        let mut function = Some(node);
        while let Some(f) = function {
            if f.field("body").is_some() && f.field("parameters").is_some() {
                break;
            }
            function = f.parent();
        }
        let result = function.and_then(|f| f.field("result"));
        let Some(list) = result.filter(|r| r.kind() == "parameter_list") else {
            return Vec::new();
        };
        let declarations = self.parts(list);
        let names: Vec<Node> = declarations
            .into_iter()
            .flat_map(|d| self.field_parts(d, "name"))
            .collect();
        names
            .into_iter()
            .map(|name| {
                let text = self.b.name(name);
                self.b.push(node, ExprKind::Name(text))
            })
            .collect()
    }
}
