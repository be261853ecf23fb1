//! Expressions: chains of members and calls, operators, lambdas.

use smol_str::SmolStr;
use tree_sitter::Node;

use super::super::Role;
use super::{Lowering, child_of_kind, parts};
use crate::facts::{Arg, ExprId, ExprKind, SmolStr as Name};
use crate::language::fields::Fields;

impl Lowering<'_, '_> {
    /// Chains such as `a.B(c).D(e)` are as long as generated code makes them, so
    /// they are followed down to what they start with, then built up in a loop.
    pub(super) fn chain(&mut self, node: Node) -> ExprId {
        let mut links = Vec::new();
        let mut start = node;
        while let Some(inner) = self.link_below(start) {
            links.push(start);
            start = inner;
        }
        let is_receiver = links
            .last()
            .is_some_and(|link| self.role(*link) == Role::Member);
        let mut value = self.start(start, is_receiver);
        while let Some(link) = links.pop() {
            value = self.link(link, value);
        }
        value
    }

    /// The expression that a link of a chain is applied to.
    fn link_below<'t>(&self, node: Node<'t>) -> Option<Node<'t>> {
        match self.role(node) {
            Role::Call => match self.name_of(node) {
                Some(_) => None,
                None => node.field("function"),
            },
            Role::Member => match node.kind() {
                "conditional_access_expression" => node.field("condition"),
                _ => node.field("expression"),
            },
            Role::Index => node.field("expression"),
            Role::Transparent => match node.kind() {
                "cast_expression" => node.field("value"),
                "as_expression" => node.field("left"),
                "postfix_unary_expression" if !self.b.text(node).ends_with('!') => None,
                _ => parts(node).into_iter().next(),
            },
            _ => None,
        }
    }

    /// Applies a link of a chain to the value below it.
    fn link(&mut self, node: Node, below: ExprId) -> ExprId {
        match self.role(node) {
            Role::Call => self.call(node, below),
            Role::Member if node.kind() == "conditional_access_expression" => {
                self.conditional_access(node, below)
            }
            Role::Member => match node.field("name") {
                // The empty text has a name of its own.
                Some(_) if matches!(self.b.text(node), "string.Empty" | "String.Empty") => {
                    self.b.push(node, ExprKind::Text(SmolStr::default()))
                }
                Some(name) => self.member_named(node, below, name),
                None => below,
            },
            Role::Index => match node.field("subscript") {
                Some(subscript) => self.index(node, below, subscript),
                None => below,
            },
            Role::Transparent => {
                let said = match node.kind() {
                    "cast_expression" => node.field("type"),
                    "as_expression" => node.field("right"),
                    _ => None,
                };
                let ty = said.map(|ty| self.ty(ty));
                self.b.cast(node, below, ty)
            }
            _ => below,
        }
    }

    /// `object.Name`, `object.Name<T>`
    pub(super) fn member_named(&mut self, node: Node, object: ExprId, name: Node) -> ExprId {
        let plain = match self.role(name) {
            Role::Generic => parts(name).into_iter().next().unwrap_or(name),
            _ => name,
        };
        let kind = ExprKind::Member {
            object,
            name: self.name(plain),
            at: self.b.span(plain),
        };
        let member = self.b.push(node, kind);
        // The call around it takes the type arguments.
        let is_callee = node
            .parent()
            .is_some_and(|parent| parent.field("function") == Some(node));
        if plain == name || is_callee {
            return member;
        }
        let args = self.type_arguments(name);
        if args.is_empty() {
            return member;
        }
        self.b.push(node, ExprKind::Generic { base: member, args })
    }

    /// `a?.B`, `a?[0]`
    fn conditional_access(&mut self, node: Node, object: ExprId) -> ExprId {
        let Some(bound) = parts(node)
            .into_iter()
            .find(|part| part.kind().ends_with("_binding_expression"))
        else {
            return object;
        };
        match bound.field("name") {
            Some(name) => {
                let plain = match self.role(name) {
                    Role::Generic => parts(name).into_iter().next().unwrap_or(name),
                    _ => name,
                };
                let kind = ExprKind::Member {
                    object,
                    name: self.name(plain),
                    at: self.b.span(plain),
                };
                self.b.push(node, kind)
            }
            None => self.index(node, object, bound),
        }
    }

    fn index(&mut self, node: Node, object: ExprId, subscript: Node) -> ExprId {
        let mut indices = Vec::new();
        for argument in parts(subscript) {
            indices.extend(self.argument(argument).map(|arg| arg.value));
        }
        match indices.first() {
            Some(index) => self.b.push(
                node,
                ExprKind::Index {
                    object,
                    index: *index,
                },
            ),
            None => object,
        }
    }

    fn call(&mut self, node: Node, callee: ExprId) -> ExprId {
        let function = node.field("function");
        // The class of an object goes by the same name in every language.
        if let ExprKind::Member { object, name, .. } = &self.b.expr(callee).kind
            && name == "GetType"
            && node.field("arguments").is_none_or(|a| parts(a).is_empty())
        {
            let object = *object;
            return self.b.member(node, object, "constructor");
        }
        let type_args = match function.and_then(|f| self.generic_name(f)) {
            Some(generic) => self.type_arguments(generic),
            None => Vec::new(),
        };
        let args = self.arguments(node.field("arguments"));
        if function.is_some_and(|f| matches!(self.b.text(f), "string.Format" | "String.Format"))
            && let Some(text) = self.formatted(node, &args)
        {
            return text;
        }
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

    /// The generic name a callee ends in: `Publish<T>` of `bus.Publish<T>`.
    fn generic_name<'t>(&self, function: Node<'t>) -> Option<Node<'t>> {
        let name = match function.kind() {
            "member_access_expression" => function.field("name")?,
            "conditional_access_expression" => {
                child_of_kind(function, "member_binding_expression")?.field("name")?
            }
            _ => function,
        };
        (self.role(name) == Role::Generic).then_some(name)
    }

    pub(super) fn arguments(&mut self, list: Option<Node>) -> Vec<Arg> {
        let mut args = Vec::new();
        for argument in list.map(parts).unwrap_or_default() {
            args.extend(self.argument(argument));
        }
        args
    }

    /// `x`, `name: x`, `ref x`, `out var x`
    pub(super) fn argument(&mut self, node: Node) -> Option<Arg> {
        let name = node.field("name");
        let value = parts(node).into_iter().find(|part| Some(*part) != name)?;
        let value = match value.kind() {
            "declaration_expression" => self.out_variable(value),
            _ => self.expr(value),
        };
        let name = name.map(|name| self.name(name));
        Some(Arg { name, value })
    }

    /// `out var x`: bound from here on; its type is all that is known.
    fn out_variable(&mut self, node: Node) -> ExprId {
        let ty = self.declared_type(node);
        let name = self.field_name(node);
        self.b.bind_typed(&name, None, ty, node);
        self.b.unknown(node)
    }

    /// The name `nameof(a.B)` is, if the call is one.
    fn name_of(&self, call: Node) -> Option<Name> {
        let function = call.field("function")?;
        if self.b.text(function) != "nameof" {
            return None;
        }
        let arguments = call.field("arguments")?;
        let text = self.b.text(parts(arguments).into_iter().next()?);
        let path = text.split('<').next()?;
        let name = path.rsplit('.').next()?.trim();
        Some(SmolStr::new(name.trim_start_matches('@')))
    }

    /// What a chain starts with.
    fn start(&mut self, node: Node, is_receiver: bool) -> ExprId {
        match self.role(node) {
            Role::Name => self.identifier(node, is_receiver),
            Role::Path => self.path(node),
            Role::Generic => self.generic_callee(node),
            Role::Text => self.text_literal(node),
            Role::Template => self.template(node),
            Role::Number => {
                let number = number(self.b.text(node));
                self.b.push(node, ExprKind::Number(number))
            }
            Role::True => {
                let value = self.b.text(node) == "true";
                self.b.push(node, ExprKind::Bool(value))
            }
            Role::Null => self.b.push(node, ExprKind::Null),
            Role::Call => match self.name_of(node) {
                Some(name) => self.b.push(node, ExprKind::Text(name)),
                None => self.b.unknown(node),
            },
            Role::New => self.creation(node, None),
            Role::Object => self.object(node),
            Role::List => self.list(node),
            Role::Spread => match parts(node).first() {
                Some(inner) => {
                    let inner = self.expr(*inner);
                    self.b.push(node, ExprKind::Spread(inner))
                }
                None => self.b.unknown(node),
            },
            Role::Lambda => self.lambda(node),
            Role::Binary => self.binary(node),
            Role::Conditional => self.conditional(node),
            Role::Match if node.kind() == "switch_expression" => self.switch_expression(node),
            Role::Assignment => self.assignment(node),
            Role::Let => self.is_pattern(node),
            _ => self.other(node),
        }
    }

    /// `F<T>` as a value or a callee.
    fn generic_callee(&mut self, node: Node) -> ExprId {
        let is_callee = node
            .parent()
            .is_some_and(|parent| parent.field("function") == Some(node));
        match parts(node).into_iter().next() {
            Some(name) if is_callee => self.identifier(name, false),
            _ => self.ty(node),
        }
    }

    fn other(&mut self, node: Node) -> ExprId {
        match node.kind() {
            "this" => self.b.push(node, ExprKind::This),
            "base" => self.b.push(node, ExprKind::Super),
            // The type itself.
            "typeof_expression" => match node.field("type") {
                Some(ty) => self.ty(ty),
                None => self.b.unknown(node),
            },
            "default_expression" => self.b.push(node, ExprKind::Null),
            "prefix_unary_expression" => self.unary(node),
            "element_binding_expression" => self.list(node),
            _ => {
                self.statements(node);
                self.b.unknown(node)
            }
        }
    }

    /// `-1` is a number; of other operators only the operand is looked into.
    fn unary(&mut self, node: Node) -> ExprId {
        let Some(operand) = parts(node).into_iter().next() else {
            return self.b.unknown(node);
        };
        if self.role(operand) == Role::Number && self.b.text(node).starts_with('-') {
            let text = number(self.b.text(operand));
            return self
                .b
                .push(node, ExprKind::Number(SmolStr::new(format!("-{text}"))));
        }
        self.expr(operand);
        self.b.unknown(node)
    }

    /// `a + b + c` is one concatenation, `a ?? b` one of two values; of other
    /// operators only the operands are looked into.
    fn binary(&mut self, node: Node) -> ExprId {
        let mut steps = Vec::new();
        let mut start = node;
        while self.role(start) == Role::Binary {
            steps.push((start.field("right"), self.b.field_text(start, "operator")));
            match start.field("left") {
                Some(left) => start = left,
                None => break,
            }
        }
        let concatenates = steps.iter().all(|(_, operator)| *operator == "+");
        let chooses = steps.iter().all(|(_, operator)| *operator == "??");
        let mut parts = vec![self.expr(start)];
        for (right, _) in steps.into_iter().rev() {
            if let Some(right) = right {
                parts.push(self.expr(right));
            }
        }
        match (concatenates, chooses) {
            (true, _) => self.b.push(node, ExprKind::Concat(parts)),
            (_, true) => self.b.push(node, ExprKind::Either(parts)),
            _ => self.b.unknown(node),
        }
    }

    fn conditional(&mut self, node: Node) -> ExprId {
        if let Some(condition) = node.field("condition") {
            self.expr(condition);
        }
        let options = ["consequence", "alternative"]
            .into_iter()
            .filter_map(|field| node.field(field))
            .map(|option| self.expr(option))
            .collect();
        self.b.push(node, ExprKind::Either(options))
    }
}

/// A number without its suffix and separators: `1_000L` is 1000.
fn number(text: &str) -> SmolStr {
    let plain: String = text.chars().filter(|c| *c != '_').collect();
    let is_plain = !plain.starts_with("0x") && !plain.starts_with("0X");
    let plain = if is_plain {
        plain.trim_end_matches(|c: char| c.is_ascii_alphabetic())
    } else {
        &plain
    };
    SmolStr::new(plain)
}
