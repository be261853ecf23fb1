//! Expressions.

use tree_sitter::Node;

use super::{Lowering, Role, parts};
use crate::facts::{Arg, ExprId, ExprKind, SmolStr};
use crate::language::fields::Fields;
use crate::language::jvm::collections;

impl Lowering<'_, '_> {
    /// Lowers an expression; what is not understood is still searched for calls.
    pub(super) fn expr(&mut self, node: Node) -> ExprId {
        match self.deeper(|l| l.expr_inner(node)) {
            Some(id) => id,
            None => self.b.unknown(node),
        }
    }

    fn expr_inner(&mut self, node: Node) -> ExprId {
        let kind = match self.b.role(node) {
            Role::Call => return self.call(node),
            Role::New => return self.construction(node),
            Role::Member => return self.member(node),
            Role::Index => return self.index(node),
            Role::Name => {
                let name = self.b.name(node);
                return self.classes.resolve(self.b, node, &name);
            }
            Role::Path => return self.path(node),
            Role::Text => self.text(node),
            Role::Number => self.number(node),
            Role::True => ExprKind::Bool(true),
            Role::False => ExprKind::Bool(false),
            Role::Null => ExprKind::Null,
            Role::This => ExprKind::This,
            Role::Super => ExprKind::Super,
            Role::List => return self.list(node),
            Role::Lambda => self.lambda(node),
            Role::Transparent => return self.transparent(node),
            Role::Conditional => self.conditional(node),
            Role::Binary => return self.binary(node),
            Role::Assignment => return self.assignment(node),
            Role::Match => return self.switch_value(node),
            Role::Let => return self.instance_of(node),
            Role::Attribute => return self.annotation(node),
            Role::Generic => return self.ty(node).unwrap_or_else(|| self.b.unknown(node)),
            _ if node.kind() == "unary_expression" => return self.unary(node),
            _ => {
                self.others(node);
                return self.b.unknown(node);
            }
        };
        self.b.push(node, kind)
    }

    /// What stands in something that is not understood.
    pub(super) fn others(&mut self, node: Node) {
        for child in parts(node) {
            self.statement(child);
        }
    }

    pub(super) fn arguments(&mut self, node: Node) -> Vec<Arg> {
        let list = node.field("arguments");
        let values = list.map_or_else(Vec::new, parts);
        values
            .into_iter()
            .map(|value| Arg {
                name: None,
                value: self.expr(value),
            })
            .collect()
    }

    fn call(&mut self, node: Node) -> ExprId {
        if node.kind() == "explicit_constructor_invocation" {
            return self.delegation(node);
        }
        let Some(name) = node.field("name") else {
            self.others(node);
            return self.b.unknown(node);
        };
        let text = self.b.name(name);
        let receiver = node.field("object").map(|o| self.expr(o));
        let callee = match receiver {
            Some(object) => self.b.member(name, object, &text),
            None => self.classes.resolve(self.b, name, &text),
        };
        let type_args = node.field("type_arguments");
        let type_args = type_args.map_or_else(Vec::new, |list| self.type_arguments(list));
        let args = self.arguments(node);
        if receiver.is_none()
            && let Some(class) = self.imported_from(&text)
            && let Some(makes) = collections::function(&class, &text)
            && let Some(kind) = collections::literal(self.b, node, makes, &args)
        {
            return self.b.push(node, kind);
        }
        if let Some(receiver) = receiver {
            if let Some(literal) = self.literal(node, receiver, &text, &args) {
                return literal;
            }
            if collections::writes(&text)
                && let Some(collection) = collections::behind(self.b, receiver)
            {
                collections::put(self.b, node, collection, &text, &args);
            }
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

    /// The class of the platform that a static import takes a name from.
    fn imported_from(&self, name: &str) -> Option<SmolStr> {
        let ExprKind::Import(import) = self.b.expr(self.b.lookup(name)?.value).kind else {
            return None;
        };
        let module = &self.b.facts().import(import).module;
        let class = module.strip_prefix("java.util.")?;
        Some(SmolStr::new(class))
    }

    /// `List.of(a, b)` is a list.
    fn literal(
        &mut self,
        node: Node,
        receiver: ExprId,
        name: &str,
        args: &[Arg],
    ) -> Option<ExprId> {
        let ExprKind::Name(class) = &self.b.expr(receiver).kind else {
            return None;
        };
        let class: SmolStr = class.clone();
        let makes = collections::function(&class, name)?;
        if !self.is_of_platform(&class) {
            return None;
        }
        let kind = collections::literal(self.b, node, makes, args)?;
        Some(self.b.push(node, kind))
    }

    /// `this(…)`, `super(…)` at the head of a constructor.
    fn delegation(&mut self, node: Node) -> ExprId {
        let callee = node.field("constructor");
        let callee = match callee {
            Some(callee) => self.expr(callee),
            None => self.b.unknown(node),
        };
        let args = self.arguments(node);
        self.b.push(
            node,
            ExprKind::Call {
                callee,
                args,
                type_args: Vec::new(),
                constructs: true,
            },
        )
    }

    /// `new X<>(…)`, with or without a body.
    fn construction(&mut self, node: Node) -> ExprId {
        let Some(ty) = node.field("type") else {
            self.others(node);
            return self.b.unknown(node);
        };
        let body = parts(node).into_iter().find(|c| c.kind() == "class_body");
        let args = self.arguments(node);
        let (base, type_args) = self.constructed(ty);
        let callee = match body {
            Some(body) => self.anonymous(node, base, body),
            None => {
                if let Some(literal) = self.collection(node, base, &args) {
                    return literal;
                }
                base
            }
        };
        self.b.push(
            node,
            ExprKind::Call {
                callee,
                args,
                type_args,
                constructs: true,
            },
        )
    }

    /// The class that is constructed, with its type arguments.
    fn constructed(&mut self, ty: Node) -> (ExprId, Vec<ExprId>) {
        let mut name = ty;
        let mut args = Vec::new();
        if ty.kind() == "generic_type" {
            for part in parts(ty) {
                match part.kind() {
                    "type_arguments" => args = self.type_arguments(part),
                    _ => name = part,
                }
            }
        }
        (self.path(name), args)
    }

    /// `new HashMap<>()` is a map that is written into later.
    fn collection(&mut self, node: Node, class: ExprId, args: &[Arg]) -> Option<ExprId> {
        let name = match &self.b.expr(class).kind {
            ExprKind::Name(name) => name.clone(),
            _ => return None,
        };
        let makes = collections::construction(&name)?;
        if !self.is_of_platform(&name) {
            return None;
        }
        // A collection can be made of another, or with a capacity.
        let copied = args.first().map(|a| a.value).filter(|value| {
            !matches!(
                self.b.expr(*value).kind,
                ExprKind::Number(_) | ExprKind::Class(_)
            )
        });
        let mut kind = collections::empty(makes, args)?;
        if let Some(copied) = copied {
            let span = self.b.span(node);
            match &mut kind {
                ExprKind::List(values) => {
                    values.push(self.b.push(node, ExprKind::Spread(copied)));
                }
                ExprKind::Object { entries, .. } => entries.push(crate::facts::Entry {
                    key: crate::facts::Key::Spread,
                    value: copied,
                    span,
                }),
                _ => {}
            }
        }
        Some(self.b.push(node, kind))
    }

    /// `a.b`, `a::b`, `X::new`, `X.class`
    fn member(&mut self, node: Node) -> ExprId {
        if node.kind() == "method_reference" {
            return self.reference(node);
        }
        if let Some(imported) = self.qualified(node, self.b.text(node)) {
            return imported;
        }
        let (Some(object), Some(field)) = (node.field("object"), node.field("field")) else {
            return self.b.unknown(node);
        };
        let object = self.expr(object);
        // `Outer.this`
        if field.kind() == "this" {
            return self.b.push(node, ExprKind::This);
        }
        let name = self.b.name(field);
        self.b.member(field, object, &name)
    }

    fn reference(&mut self, node: Node) -> ExprId {
        let children = parts(node);
        let Some(object) = children.first() else {
            return self.b.unknown(node);
        };
        let receiver = match self.b.role(*object) {
            Role::Generic => self.ty(*object).unwrap_or_else(|| self.b.unknown(*object)),
            _ => self.expr(*object),
        };
        match children.last() {
            Some(name) if children.len() > 1 && name.kind() == "identifier" => {
                let text = self.b.name(*name);
                self.b.member(*name, receiver, &text)
            }
            // `X::new`
            _ => receiver,
        }
    }

    fn index(&mut self, node: Node) -> ExprId {
        let (Some(array), Some(index)) = (node.field("array"), node.field("index")) else {
            return self.b.unknown(node);
        };
        let object = self.expr(array);
        let index = self.expr(index);
        self.b.push(node, ExprKind::Index { object, index })
    }

    /// Parentheses, casts and `X.class`: the value is that of what is inside.
    fn transparent(&mut self, node: Node) -> ExprId {
        if node.kind() == "class_literal" {
            let ty = parts(node).into_iter().next().and_then(|ty| self.ty(ty));
            return ty.unwrap_or_else(|| self.b.unknown(node));
        }
        let inner = node
            .field("value")
            .or_else(|| parts(node).into_iter().next());
        let Some(inner) = inner else {
            return self.b.unknown(node);
        };
        let value = self.expr(inner);
        let ty = node.field("type").and_then(|ty| self.ty(ty));
        self.b.cast(node, value, ty)
    }

    fn conditional(&mut self, node: Node) -> ExprKind {
        if let Some(condition) = node.field("condition") {
            self.expr(condition);
        }
        let options = ["consequence", "alternative"].into_iter();
        let options: Vec<Node> = options.filter_map(|field| node.field(field)).collect();
        ExprKind::Either(options.into_iter().map(|o| self.expr(o)).collect())
    }

    fn binary(&mut self, node: Node) -> ExprId {
        let (Some(left), Some(right)) = (node.field("left"), node.field("right")) else {
            self.others(node);
            return self.b.unknown(node);
        };
        let operator = self.b.field_text(node, "operator");
        let left = self.expr(left);
        let right = self.expr(right);
        if operator != "+" {
            return self.b.unknown(node);
        }
        // Flattened, so that a long chain is one list and not a deep tree.
        let mut parts = match &self.b.expr(left).kind {
            ExprKind::Concat(parts) => parts.clone(),
            _ => vec![left],
        };
        parts.push(right);
        self.b.push(node, ExprKind::Concat(parts))
    }

    fn assignment(&mut self, node: Node) -> ExprId {
        let (Some(left), Some(right)) = (node.field("left"), node.field("right")) else {
            return self.b.unknown(node);
        };
        let value = self.expr(right);
        if self.b.field_text(node, "operator") != "=" {
            self.expr(left);
            return self.b.unknown(node);
        }
        match left.kind() {
            "identifier" => self.assign_name(left, value),
            "field_access" => self.assign_member(left, value),
            _ => self.assign_index(left, value),
        }
        value
    }

    /// A field of a class around, or a local.
    fn assign_name(&mut self, node: Node, value: ExprId) {
        let name = self.b.name(node);
        let at = self.b.span(node);
        match self.classes.class_with(self.b, &name) {
            Some(class) => self.b.assign_field(class, &name, value, at),
            None => self.b.assign(&name, value, at),
        }
    }

    /// `this.x = v` is a field of the class; `a.x = v` a call of the setter `x=`.
    fn assign_member(&mut self, left: Node, value: ExprId) {
        let (Some(object), Some(field)) = (left.field("object"), left.field("field")) else {
            return;
        };
        let name = self.b.name(field);
        let at = self.b.span(field);
        if let Some(class) = self.b.current_class() {
            let own = self.b.role(object) == Role::This
                || self.b.text(object) == self.b.class(class).name;
            if own {
                self.b.assign_field(class, &name, value, at);
                return;
            }
        }
        let object = self.expr(object);
        let callee = self.b.member(field, object, &format!("{name}="));
        self.b.call(left, callee, vec![value]);
    }

    /// `a[i] = v`
    fn assign_index(&mut self, left: Node, value: ExprId) {
        let (Some(array), Some(index)) = (left.field("array"), left.field("index")) else {
            return;
        };
        let object = self.expr(array);
        let index = self.expr(index);
        let callee = self.b.member(left, object, "[]=");
        self.b.call(left, callee, vec![index, value]);
    }
}
