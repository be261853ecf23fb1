//! Assignments to names, members, elements and tuples; `event += handler`.

use tree_sitter::Node;

use super::super::Role;
use super::{Lowering, parts};
use crate::facts::{ExprId, ExprKind};
use crate::language::fields::Fields;
use smol_str::{SmolStr, format_smolstr};

impl Lowering<'_, '_> {
    pub(super) fn assignment(&mut self, node: Node) -> ExprId {
        let (Some(left), Some(right)) = (node.field("left"), node.field("right")) else {
            return self.b.unknown(node);
        };
        let operator = self.b.field_text(node, "operator");
        let value = match self.declared_of(left) {
            Some(ty) if right.kind() == "implicit_object_creation_expression" => {
                self.constructed(right, ty)
            }
            _ => self.expr(right),
        };
        match operator {
            "=" | "??=" => {
                self.assign(node, left, value);
                value
            }
            "+=" if self.is_handler(right) => self.subscribe(node, left, value),
            _ => {
                self.expr(left);
                self.b.unknown(node)
            }
        }
    }

    /// The declared type of a field that is assigned to.
    fn declared_of(&self, left: Node) -> Option<ExprId> {
        let name = self.name(left);
        let class = self.own_member(&name)?;
        let fields = &self.b.class(class).fields;
        fields.iter().find(|field| field.name == name)?.ty
    }

    /// `new(…)` of a type lowered elsewhere.
    fn constructed(&mut self, node: Node, callee: ExprId) -> ExprId {
        let args = self.arguments(super::child_of_kind(node, "argument_list"));
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

    /// Whether what is added is a function rather than a number or a text.
    fn is_handler(&self, right: Node) -> bool {
        match self.role(right) {
            Role::Lambda | Role::Name | Role::Member | Role::New | Role::Generic => true,
            Role::Transparent => parts(right)
                .first()
                .is_some_and(|inner| self.role(*inner) == Role::Lambda),
            _ => false,
        }
    }

    /// `consumer.Received += handler` is a call of the member `+=`.
    fn subscribe(&mut self, node: Node, left: Node, handler: ExprId) -> ExprId {
        let event = self.expr(left);
        let at = match self.b.expr(event).kind {
            ExprKind::Member { at, .. } => at,
            _ => self.b.span(left),
        };
        let callee = self.b.push_at(
            at,
            ExprKind::Member {
                object: event,
                name: SmolStr::new_static("+="),
                at,
            },
        );
        self.b.call(node, callee, vec![handler])
    }

    fn assign(&mut self, node: Node, left: Node, value: ExprId) {
        match self.role(left) {
            Role::Name => self.assign_name(node, left, value),
            Role::Member => self.assign_member(node, left, value),
            Role::Index => self.assign_index(node, left, value),
            Role::List => self.bind_elements(left, value, false),
            _ => {
                self.expr(left);
            }
        }
    }

    pub(super) fn assign_name(&mut self, node: Node, left: Node, value: ExprId) {
        let name = self.name(left);
        if name == "_" {
            return;
        }
        if let Some(class) = self.own_member(&name) {
            let at = self.b.span(left);
            self.b.assign_field(class, &name, value, at);
            return;
        }
        if self.b.lookup(&name).is_some() {
            // From here on, so that the right side still sees the value before.
            let mut at = self.b.span(node);
            at.start = at.end;
            self.b.assign(&name, value, at);
            return;
        }
        // A member that a base class declares.
        let this = self.b.push(left, ExprKind::This);
        let callee = self.b.member(left, this, &format!("{name}="));
        self.b.call(node, callee, vec![value]);
    }

    /// `this.x = v` is a field of the class; `a.X = v` a call of the setter `X=`.
    fn assign_member(&mut self, node: Node, left: Node, value: ExprId) {
        let object = left.field("expression").or_else(|| left.field("condition"));
        let (Some(object), Some(name)) = (object, left.field("name")) else {
            return;
        };
        let (text, at) = (self.name(name), self.b.span(name));
        let innermost = self.classes.last().map(|class| class.id);
        if let Some(class) = innermost
            && (object.kind() == "this" || self.b.class(class).name == self.name(object))
        {
            self.b.assign_field(class, &text, value, at);
            return;
        }
        let object = self.expr(object);
        let callee = self.b.push_at(
            at,
            ExprKind::Member {
                object,
                name: format_smolstr!("{text}="),
                at,
            },
        );
        self.b.call(node, callee, vec![value]);
    }

    /// `map[key] = v` is a call of `[]=`.
    fn assign_index(&mut self, node: Node, left: Node, value: ExprId) {
        let Some(object) = left.field("expression") else {
            return;
        };
        let object = self.expr(object);
        let mut args = Vec::new();
        for argument in left.field("subscript").map(parts).unwrap_or_default() {
            args.extend(self.argument(argument).map(|arg| arg.value));
        }
        args.push(value);
        let callee = self.b.member(left, object, "[]=");
        self.b.call(node, callee, args);
    }
}
