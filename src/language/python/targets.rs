//! What is assigned to: names, attributes, items, and tuples of them.

use tree_sitter::Node;

use super::expressions::{expression, subscript};
use super::types::{self, Type};
use super::{behind, classes, parts, statement, strings};
use crate::facts::{Arg, ClassId, ExprId, ExprKind, Span};
use crate::language::fields::Fields;
use crate::language::{Builder, Role};

/// Which scope the names of a target belong to.
#[derive(Clone, Copy)]
pub(super) enum Names {
    /// The innermost function, class or module.
    Function,
    /// The same; a loop's variable is another one than that of the loop before.
    Loop,
    /// The comprehension, which is the innermost scope.
    Comprehension,
}

/// Where a target is bound.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub names: Names,
    /// From where on the binding counts.
    pub at: Span,
    /// The assignment as a whole, for those that are calls.
    pub whole: Span,
}

/// `a = b`, `a: T = b`, `a: T`, `a = b = c`; gives what is assigned.
pub(super) fn assignment(b: &mut Builder, node: Node) -> ExprId {
    // `Payload: TypeAlias = Started | Ended`
    let is_alias = node.field("type").is_some_and(|ty| {
        let name = b.text(ty);
        name.rsplit('.').next() == Some("TypeAlias")
    });
    if is_alias && node.field("right").is_some() {
        super::classes::alias(b, node);
        return b.unknown(node);
    }
    let value = node.field("right").map(|right| expression(b, right));
    let ty = node.field("type").map(|ty| types::type_of(b, ty));
    let place = Place {
        names: Names::Function,
        at: behind(b, node),
        whole: b.span(node),
    };
    if let Some(target) = node.field("left") {
        match (value, ty) {
            (Some(value), None) => bind(b, target, value, place),
            (value, Some(ty)) => annotated(b, target, value, ty, place),
            (None, None) => statement(b, target),
        }
    }
    match value {
        Some(value) => value,
        None => b.unknown(node),
    }
}

fn annotated(b: &mut Builder, target: Node, value: Option<ExprId>, ty: Type, place: Place) {
    match b.role(target) {
        Role::Name => {
            let class = classes::innermost(b);
            let value = value.map(|value| match class {
                Some(class) => classes::member_value(b, class, target, value),
                None => value,
            });
            let name = b.name(target);
            match value {
                Some(value) => b.assign_local(&name, value, Some(ty.expr), place.at),
                None => b.bind_typed(&name, None, Some(ty.expr), target),
            }
            if let Some(class) = class {
                classes::declare(b, class, target, value, Some(ty));
            }
        }
        Role::Member => {
            let own = own_class(b, target);
            if let Some((class, attribute)) = own {
                let (name, at) = (b.name(attribute), b.span(attribute));
                b.type_field(class, &name, ty.expr, at);
            }
            match value {
                Some(value) => set_attribute(b, target, value, place),
                None if own.is_none() => {
                    expression(b, target);
                }
                None => {}
            }
        }
        _ => match value {
            Some(value) => bind(b, target, value, place),
            None => statement(b, target),
        },
    }
}

/// Binds a target to a value.
pub(super) fn bind(b: &mut Builder, target: Node, value: ExprId, place: Place) {
    b.deeper(|b| match b.role(target) {
        Role::Name => bind_name(b, target, value, place),
        Role::Member => set_attribute(b, target, value, place),
        Role::Index => set_item(b, target, value, place),
        Role::List => unpack(b, target, value, place),
        Role::Spread | Role::Transparent | Role::Other => {
            for part in parts(b, target) {
                bind(b, part, value, place);
            }
        }
        _ => {
            expression(b, target);
        }
    });
}

fn bind_name(b: &mut Builder, target: Node, value: ExprId, place: Place) {
    let name = b.name(target);
    match place.names {
        Names::Comprehension => b.bind(&name, value, place.at),
        Names::Loop if classes::innermost(b).is_none() => b.bind(&name, value, place.at),
        Names::Function | Names::Loop => match classes::innermost(b) {
            Some(class) => {
                let value = classes::member_value(b, class, target, value);
                b.assign_local(&name, value, None, place.at);
                classes::declare(b, class, target, Some(value), None);
            }
            None => b.assign_local(&name, value, None, place.at),
        },
    }
}

/// `object.name = value`: a field of the own class, else a call of a setter.
fn set_attribute(b: &mut Builder, target: Node, value: ExprId, place: Place) {
    if let Some((class, attribute)) = own_class(b, target) {
        let (name, at) = (b.name(attribute), b.span(attribute));
        b.assign_field(class, &name, value, at);
        return;
    }
    let (Some(object), Some(attribute)) = (target.field("object"), target.field("attribute"))
    else {
        return statement(b, target);
    };
    let object = expression(b, object);
    let setter = format!("{}=", b.text(attribute));
    let callee = b.member(attribute, object, &setter);
    hand_over(b, callee, vec![value], place.whole);
}

/// The class whose field `self.name` or `cls.name` is, and the name's node.
fn own_class<'t>(b: &Builder, target: Node<'t>) -> Option<(ClassId, Node<'t>)> {
    let object = target.field("object")?;
    let attribute = target.field("attribute")?;
    if b.role(object) != Role::Name {
        return None;
    }
    let receiver = b.expr(b.lookup(b.text(object))?.value);
    let class = match receiver.kind {
        ExprKind::This => b.facts().class_of_scope(receiver.scope)?,
        ExprKind::Class(class) => class,
        _ => return None,
    };
    Some((class, attribute))
}

/// `object[index] = value`
fn set_item(b: &mut Builder, target: Node, value: ExprId, place: Place) {
    let Some(object) = target.field("value") else {
        return statement(b, target);
    };
    let object = expression(b, object);
    let index = subscript(b, target);
    let callee = b.member(target, object, "[]=");
    hand_over(b, callee, vec![index, value], place.whole);
}

fn hand_over(b: &mut Builder, callee: ExprId, args: Vec<ExprId>, span: Span) {
    let args = args
        .into_iter()
        .map(|value| Arg { name: None, value })
        .collect();
    b.push_at(
        span,
        ExprKind::Call {
            callee,
            args,
            type_args: Vec::new(),
            constructs: false,
        },
    );
}

/// `a, b = …`: pair by pair if both sides are written out, else by index.
fn unpack(b: &mut Builder, target: Node, value: ExprId, place: Place) {
    let targets = parts(b, target);
    let starred = targets
        .iter()
        .position(|target| b.role(*target) == Role::Spread);
    if starred.is_none()
        && let ExprKind::List(values) = &b.expr(value).kind
        && values.len() == targets.len()
        && !values
            .iter()
            .any(|value| matches!(b.expr(*value).kind, ExprKind::Spread(_)))
    {
        for (target, value) in targets.into_iter().zip(values.clone()) {
            bind(b, target, value, place);
        }
        return;
    }
    if let Some(items) = enumerated(b, value)
        && let [count, item] = targets.as_slice()
    {
        let number = strings::element(b, *count, value, 0);
        bind(b, *count, number, place);
        let item_value = b.push(*item, ExprKind::Element(items));
        bind(b, *item, item_value, place);
        return;
    }
    let count = targets.len();
    for (i, target) in targets.into_iter().enumerate() {
        let part = match starred {
            Some(star) if i == star => {
                let rest = b.push(target, ExprKind::Spread(value));
                b.push(target, ExprKind::List(vec![rest]))
            }
            Some(star) if i > star => {
                let number = format!("-{}", count - i).into();
                let index = b.push(target, ExprKind::Number(number));
                let object = value;
                b.push(target, ExprKind::Index { object, index })
            }
            _ => strings::element(b, target, value, i),
        };
        bind(b, target, part, place);
    }
}

/// What `enumerate` runs over, if the value is an element of it.
fn enumerated(b: &Builder, value: ExprId) -> Option<ExprId> {
    let ExprKind::Element(iterated) = b.expr(value).kind else {
        return None;
    };
    let ExprKind::Call { callee, args, .. } = &b.expr(iterated).kind else {
        return None;
    };
    match &b.expr(*callee).kind {
        ExprKind::Name(name) if name == "enumerate" => args.first().map(|arg| arg.value),
        _ => None,
    }
}

/// `x += y`: hands `y` over to `x`; on a text, `x` is the two together.
/// Other operators, and adding a number, are arithmetic.
pub(super) fn augmented(b: &mut Builder, node: Node) -> ExprId {
    let (Some(left), Some(operator), Some(right)) = (
        node.field("left"),
        node.field("operator"),
        node.field("right"),
    ) else {
        return b.unknown(node);
    };
    let object = expression(b, left);
    let value = expression(b, right);
    let kind = b.expr(value).kind.clone();
    if !matches!(b.text(operator), "+=" | "-=" | "|=") || matches!(kind, ExprKind::Number(_)) {
        return b.unknown(node);
    }
    let callee = b.member(operator, object, b.text(operator));
    let call = b.call(node, callee, vec![value]);
    if matches!(kind, ExprKind::Text(_) | ExprKind::Concat(_))
        && b.role(left) == Role::Name
        && b.text(operator) == "+="
    {
        let text = b.push(node, ExprKind::Concat(vec![object, value]));
        let at = behind(b, node);
        b.assign_local(b.text(left), text, None, at);
        return text;
    }
    call
}

/// The name a definition is bound to.
pub(super) fn bind_definition(b: &mut Builder, name: Node, value: ExprId) {
    let at = b.span(name);
    b.assign_local(b.text(name), value, None, at);
}
