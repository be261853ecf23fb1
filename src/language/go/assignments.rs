//! Assignments, short declarations, sends and receives.

use smol_str::SmolStr;
use tree_sitter::Node;

use super::Lowering;
use crate::facts::{ClassId, ExprId, ExprKind};
use crate::language::Role;
use crate::language::fields::Fields;

impl Lowering<'_, '_> {
    /// `a, b := x, y` and `a, b = x, y`
    pub(super) fn assignment(&mut self, node: Node) {
        let left = self.listed(node, "left");
        let right = self.listed(node, "right");
        let declares = self.b.role(node) == Role::Let;
        let operator = self.b.field_text(node, "operator");
        if !declares && operator != "=" {
            return self.augmented(left, right, operator, node);
        }
        let asserted = self.asserted_type(&right);
        let values = self.values_for(&right, left.len());
        for (i, (target, value)) in left.into_iter().zip(values).enumerate() {
            let ty = asserted.filter(|_| i == 0);
            self.assign(target, value, ty, declares, node);
        }
    }

    /// `s += x` puts `x` behind `s`; of the other operators nothing is known.
    fn augmented(&mut self, left: Vec<Node>, right: Vec<Node>, operator: &str, node: Node) {
        let before = left.first().map(|l| self.expr(*l));
        let added = right.first().map(|r| self.expr(*r));
        if let (Some(before), Some(added), Some(target), "+=") =
            (before, added, left.first(), operator)
        {
            let joined = self.b.push(node, ExprKind::Concat(vec![before, added]));
            self.assign(*target, joined, None, false, node);
        }
    }

    /// The type in `x.(T)`, which is what the name it is assigned to holds.
    fn asserted_type(&mut self, right: &[Node]) -> Option<ExprId> {
        match right {
            [single] if single.kind() == "type_assertion_expression" => {
                let ty = single.field("type")?;
                Some(self.ty(ty))
            }
            _ => None,
        }
    }

    /// As many values as there are names: a call can give several at once, and
    /// what is asked whether it succeeded gives its value first.
    pub(super) fn values_for(&mut self, right: &[Node], count: usize) -> Vec<ExprId> {
        let [single] = right else {
            return right.iter().map(|value| self.expr(*value)).collect();
        };
        let value = self.expr(*single);
        if count < 2 {
            return vec![value];
        }
        let is_call = matches!(self.b.expr(value).kind, ExprKind::Call { .. });
        (0..count as u32)
            .map(|index| match index {
                _ if is_call => self.b.push(*single, ExprKind::Part { of: value, index }),
                0 => value,
                _ => self
                    .b
                    .push(*single, ExprKind::Unknown(SmolStr::new_static("ok"))),
            })
            .collect()
    }

    pub(super) fn assign(
        &mut self,
        target: Node,
        value: ExprId,
        ty: Option<ExprId>,
        declares: bool,
        node: Node,
    ) {
        match self.b.role(target) {
            Role::Name => {
                let name = self.b.name(target);
                if name == "_" {
                    return;
                }
                let at = node.end_byte() as u32;
                if declares {
                    // What is assigned to an earlier name of the same scope is
                    // a value of its own all the same: `err`, most of the time.
                    return self.b.bind_from(&name, value, ty, at);
                }
                let mut span = self.b.span(node);
                span.start = at;
                self.b.assign(&name, value, span);
            }
            Role::Member => self.assign_member(target, value),
            Role::Index => self.assign_index(target, value),
            Role::Transparent => {
                if let [inner] = self.parts(target).as_slice() {
                    self.assign(*inner, value, ty, declares, node);
                }
            }
            // `*p = v`
            _ => {
                if let Some(operand) = target.field("operand") {
                    self.assign(operand, value, ty, false, node);
                }
            }
        }
    }

    /// `r.x = v` is a field of the class; `a.x = v` a call of the setter `x=`.
    fn assign_member(&mut self, target: Node, value: ExprId) {
        let (Some(object), Some(field)) = (target.field("operand"), target.field("field")) else {
            return;
        };
        let name = self.b.name(field);
        let at = self.b.span(field);
        if let Some(class) = self.class_of(object) {
            self.b.assign_field(class, &name, value, at);
        }
        let object = self.expr(object);
        let callee = self.b.member(field, object, &format!("{name}="));
        self.b.call(target, callee, vec![value]);
    }

    /// The class of this file that a name is of: a receiver, a variable with a
    /// declared type or one made by a literal.
    fn class_of(&self, object: Node) -> Option<ClassId> {
        if self.b.role(object) != Role::Name {
            return None;
        }
        let binding = self.b.lookup(self.b.text(object))?;
        let ty = match &self.b.expr(binding.value).kind {
            ExprKind::This => return self.b.current_class(),
            ExprKind::Object { ty: Some(ty), .. } => Some(*ty),
            _ => binding.ty,
        };
        match &self.b.expr(ty?).kind {
            ExprKind::Name(name) => self.types.get(name).copied(),
            _ => None,
        }
    }

    /// `m[key] = v` is a call of `[]=`.
    fn assign_index(&mut self, target: Node, value: ExprId) {
        let (Some(object), Some(index)) = (target.field("operand"), target.field("index")) else {
            return;
        };
        let at = index;
        let object = self.expr(object);
        let key = self.expr(index);
        let callee = self.b.member(at, object, "[]=");
        self.b.call(target, callee, vec![key, value]);
    }

    /// `channel <- message` is a call of the channel's member `<-`.
    pub(super) fn send(&mut self, node: Node) {
        let (Some(channel), Some(value)) = (node.field("channel"), node.field("value")) else {
            return self.statements(node);
        };
        let object = self.expr(channel);
        let at = self.b.span(channel);
        let value = self.expr(value);
        let name = SmolStr::new_static("<-");
        let callee = self.b.push(node, ExprKind::Member { object, name, at });
        self.b.call(node, callee, vec![value]);
    }

    /// `msg, ok := <-channel` in a `select`.
    pub(super) fn receive(&mut self, node: Node) {
        let left = self.listed(node, "left");
        let right = self.listed(node, "right");
        let values = self.values_for(&right, left.len());
        let mut cursor = node.walk();
        let declares = node.children(&mut cursor).any(|c| c.kind() == ":=");
        for (target, value) in left.into_iter().zip(values) {
            self.assign(target, value, None, declares, node);
        }
    }
}
