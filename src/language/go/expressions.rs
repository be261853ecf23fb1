//! Expressions.

use smol_str::SmolStr;
use tree_sitter::Node;

use super::{Lowering, types};
use crate::facts::{Arg, Entry, ExprId, ExprKind};
use crate::language::Role;
use crate::language::fields::Fields;

/// Functions of the language whose result no name or receiver comes from.
const WITHOUT_RESULT: [&str; 12] = [
    "panic", "len", "cap", "delete", "close", "copy", "print", "println", "recover", "clear",
    "complex", "real",
];

impl Lowering<'_, '_> {
    /// Lowers an expression; what is not understood is still searched for calls.
    pub(super) fn expr(&mut self, node: Node) -> ExprId {
        match self.deeper(|lowering| lowering.expr_inner(node)) {
            Some(id) => id,
            None => self.b.unknown(node),
        }
    }

    fn expr_inner(&mut self, node: Node) -> ExprId {
        let kind = match self.b.role(node) {
            Role::Call => return self.call(node),
            Role::Member => return self.member(node),
            Role::Index => return self.index(node),
            Role::Name => ExprKind::Name(self.b.name(node)),
            Role::Path => return self.ty(node),
            Role::Text => ExprKind::Text(self.text_of(node)),
            Role::Number => ExprKind::Number(self.b.name(node)),
            Role::True => ExprKind::Bool(true),
            Role::False => ExprKind::Bool(false),
            Role::Null => ExprKind::Null,
            Role::Object => return self.composite(node),
            Role::Lambda => return self.closure(node),
            Role::Binary => return self.binary(node),
            Role::Spread => match self.parts(node).first() {
                Some(inner) => ExprKind::Spread(self.expr(*inner)),
                None => return self.b.unknown(node),
            },
            Role::Generic => return self.instantiation(node),
            Role::Transparent => return self.transparent(node),
            _ => return self.other(node),
        };
        self.b.push(node, kind)
    }

    fn other(&mut self, node: Node) -> ExprId {
        match node.kind() {
            "unary_expression" => self.unary(node),
            "iota" => self.iota(node),
            "slice_type" | "array_type" | "map_type" | "channel_type" | "pointer_type"
            | "function_type" | "struct_type" | "interface_type" => self.ty(node),
            _ => {
                self.statements(node);
                self.b.unknown(node)
            }
        }
    }

    /// Parentheses, conversions, assertions, slices: the value is that of the operand.
    fn transparent(&mut self, node: Node) -> ExprId {
        if node.kind() == "type_conversion_expression"
            && let Some(generic) = node.field("type")
            && generic.kind() == "generic_type"
        {
            return self.generic_call(node, generic);
        }
        let operand = node
            .field("operand")
            .or_else(|| self.parts(node).first().copied());
        match operand {
            Some(operand) => self.expr(operand),
            None => self.b.unknown(node),
        }
    }

    /// `f[T](x)`, which reads like the conversion to a generic type, and
    /// `list[i](x)`, which reads the same.
    fn generic_call(&mut self, node: Node, generic: Node) -> ExprId {
        let whole = self.ty(generic);
        let ExprKind::Generic { base, args } = self.b.expr(whole).kind.clone() else {
            return whole;
        };
        let is_variable = |name: &SmolStr| {
            let binding = self.b.lookup(name).map(|b| &self.b.expr(b.value).kind);
            !matches!(binding, None | Some(ExprKind::Class(_)))
        };
        let index = match args.as_slice() {
            [only] => match &self.b.expr(*only).kind {
                ExprKind::Name(name) if is_variable(name) => Some(*only),
                _ => None,
            },
            _ => None,
        };
        let (callee, type_args) = match index {
            Some(index) => {
                let object = base;
                (
                    self.b.push(generic, ExprKind::Index { object, index }),
                    Vec::new(),
                )
            }
            None => (base, args),
        };
        let operand = node.field("operand");
        let args = operand.into_iter().map(|value| Arg {
            name: None,
            value: self.expr(value),
        });
        let args = args.collect();
        self.b.push(
            node,
            ExprKind::Call {
                callee,
                args,
                type_args,
                constructs: false,
            },
        )
    }

    /// `f[A, B]` as a value.
    fn instantiation(&mut self, node: Node) -> ExprId {
        if node.kind() == "generic_type" {
            return self.ty(node);
        }
        let base = node.field("type");
        let Some(base_node) = base else {
            return self.b.unknown(node);
        };
        let args: Vec<Node> = self
            .parts(node)
            .into_iter()
            .filter(|part| Some(*part) != base)
            .collect();
        let base = self.ty(base_node);
        let args = args.into_iter().map(|arg| self.ty(arg)).collect();
        self.b.push(node, ExprKind::Generic { base, args })
    }

    fn member(&mut self, node: Node) -> ExprId {
        let (Some(object), Some(field)) = (node.field("operand"), node.field("field")) else {
            return self.b.unknown(node);
        };
        let object = self.expr(object);
        let name = self.b.name(field);
        let at = self.b.span(field);
        self.b.push(node, ExprKind::Member { object, name, at })
    }

    fn index(&mut self, node: Node) -> ExprId {
        let (Some(object), Some(index)) = (node.field("operand"), node.field("index")) else {
            return self.b.unknown(node);
        };
        let object = self.expr(object);
        let index = self.expr(index);
        self.b.push(node, ExprKind::Index { object, index })
    }

    fn unary(&mut self, node: Node) -> ExprId {
        let Some(operand) = node.field("operand") else {
            return self.b.unknown(node);
        };
        let value = self.expr(operand);
        match self.b.field_text(node, "operator") {
            "&" | "*" => value,
            "<-" => self.b.push(node, ExprKind::Element(value)),
            "-" if self.b.role(operand) == Role::Number => {
                let number = format!("-{}", self.b.text(operand));
                self.b.push(node, ExprKind::Number(number.into()))
            }
            _ => self.b.unknown(node),
        }
    }

    fn binary(&mut self, node: Node) -> ExprId {
        let (Some(left), Some(right)) = (node.field("left"), node.field("right")) else {
            self.statements(node);
            return self.b.unknown(node);
        };
        let left = self.expr(left);
        let right = self.expr(right);
        if self.b.field_text(node, "operator") != "+" {
            return self.b.unknown(node);
        }
        if let Some(sum) = self.sum(left, right) {
            return self.b.push(node, ExprKind::Number(sum));
        }
        // Flattened, so that a long chain is one list and not a deep tree.
        let mut parts = match &self.b.expr(left).kind {
            ExprKind::Concat(parts) => parts.clone(),
            _ => vec![left],
        };
        parts.push(right);
        self.b.push(node, ExprKind::Concat(parts))
    }

    /// `iota + 1`
    fn sum(&self, left: ExprId, right: ExprId) -> Option<SmolStr> {
        let number = |id| match &self.b.expr(id).kind {
            ExprKind::Number(n) => n.parse::<i64>().ok(),
            _ => None,
        };
        let sum = number(left)?.checked_add(number(right)?)?;
        Some(SmolStr::new(sum.to_string()))
    }

    // --- calls --------------------------------------------------------------

    fn call(&mut self, node: Node) -> ExprId {
        let (Some(function), Some(list)) = (node.field("function"), node.field("arguments")) else {
            self.statements(node);
            return self.b.unknown(node);
        };
        if self.b.role(function) == Role::Name
            && let Some(value) = self.predeclared(node, function, list)
        {
            return value;
        }
        let mut type_args = self.type_arguments(node.field("type_arguments"));
        let mut callee = match self.instantiated(function) {
            Some((function, argument)) => {
                type_args.push(self.ty(argument));
                self.expr(function)
            }
            None => self.expr(function),
        };
        if let ExprKind::Generic { base, args } = &self.b.expr(callee).kind {
            type_args.extend(args.iter().copied());
            callee = *base;
        }
        let args = self.arguments(list);
        self.b.push(
            node,
            ExprKind::Call {
                callee,
                args,
                type_args,
                constructs: false,
            },
        )
    }

    /// `pkg.F[*T](…)` reads like the element `*T` of a list; it is one only of a
    /// variable.
    fn instantiated<'t>(&self, node: Node<'t>) -> Option<(Node<'t>, Node<'t>)> {
        if node.kind() != "index_expression" {
            return None;
        }
        let operand = node.field("operand")?;
        let index = node.field("index")?;
        let root = match self.b.role(operand) {
            Role::Member => operand.field("operand")?,
            _ => operand,
        };
        let binding = self.b.lookup(self.b.text(root));
        let kind = binding.map(|b| &self.b.expr(b.value).kind);
        let of_package = match self.b.role(operand) {
            Role::Member => matches!(kind, Some(ExprKind::Import(_))),
            Role::Name => matches!(kind, Some(ExprKind::Function(_)) | None),
            _ => false,
        };
        of_package.then_some((operand, index))
    }

    fn arguments(&mut self, list: Node) -> Vec<Arg> {
        let nodes = self.parts(list);
        nodes
            .into_iter()
            .map(|value| Arg {
                name: None,
                value: self.expr(value),
            })
            .collect()
    }

    /// Calls of the language's own functions and conversions to its types.
    fn predeclared(&mut self, node: Node, function: Node, list: Node) -> Option<ExprId> {
        let name = self.b.text(function);
        if self.b.lookup(name).is_some() {
            return None;
        }
        let arguments = self.parts(list);
        match name {
            "new" => {
                let ty = arguments.first().map(|ty| self.ty(*ty));
                let entries = Vec::<Entry>::new();
                Some(self.b.push(node, ExprKind::Object { ty, entries }))
            }
            "make" => Some(self.made(node, &arguments)),
            "append" => Some(self.appended(node, &arguments)),
            _ if types::is_predeclared(name) => match arguments.as_slice() {
                [single] => Some(self.expr(*single)),
                _ => None,
            },
            _ if WITHOUT_RESULT.contains(&name) => {
                self.arguments(list);
                Some(self.b.unknown(node))
            }
            _ => None,
        }
    }

    /// An empty map; of an empty slice or a channel nothing is known.
    fn made(&mut self, node: Node, arguments: &[Node]) -> ExprId {
        for argument in arguments.iter().skip(1) {
            self.expr(*argument);
        }
        match arguments.first() {
            Some(ty) if ty.kind() == "map_type" => self.b.push(
                node,
                ExprKind::Object {
                    ty: None,
                    entries: Vec::new(),
                },
            ),
            _ => self.b.unknown(node),
        }
    }

    /// `append(list, a, b)`
    fn appended(&mut self, node: Node, arguments: &[Node]) -> ExprId {
        let mut elements = Vec::new();
        for (i, argument) in arguments.iter().enumerate() {
            let value = self.expr(*argument);
            elements.push(match i {
                0 => self.b.push(*argument, ExprKind::Spread(value)),
                _ => value,
            });
        }
        self.b.push(node, ExprKind::List(elements))
    }
}
