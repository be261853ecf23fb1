//! Classes, their fields, and type aliases.

use smol_str::SmolStr;
use tree_sitter::Node;

use super::expressions::expression;
use super::functions::{documentation, last_name, type_parameters};
use super::types::{self, Type};
use super::{parts, statements, targets};
use crate::facts::{Arg, ClassId, ClassKind, ExprId, ExprKind, Field, ScopeKind};
use crate::language::fields::Fields;
use crate::language::{Builder, Role};

/// A class declaration; `whole` is the declaration with its decorators.
pub(super) fn class(b: &mut Builder, node: Node, whole: Node, decorators: Vec<ExprId>) {
    let Some(name) = node.field("name") else {
        return statements(b, node);
    };
    let bases = bases(b, node);
    let kind = match bases.iter().any(|base| is_enum(b, *base)) {
        true => ClassKind::Enum,
        false => ClassKind::Class,
    };
    let mut type_params = type_parameters(b, node.field("type_parameters"));
    if type_params.is_empty() {
        type_params = type_variables(b, &bases);
    }
    let is_abstract = bases
        .iter()
        .any(|base| matches!(last_name(b, *base), Some("ABC" | "Protocol")));
    let body = node.field("body");
    let doc = body.and_then(|body| documentation(b, body));
    let id = b.open_class(whole, b.text(name), kind);
    let class = b.class_mut(id);
    class.is_abstract = is_abstract;
    class.bases = bases;
    class.type_params = type_params;
    class.decorators = decorators;
    class.doc = doc;
    if let Some(body) = body {
        statements(b, body);
    }
    b.close_class();
    let value = b.push(whole, ExprKind::Class(id));
    targets::bind_definition(b, name, value);
}

/// `type A = B`
pub(super) fn alias(b: &mut Builder, node: Node) {
    let (Some(left), Some(right)) = (node.field("left"), node.field("right")) else {
        return statements(b, node);
    };
    let aliased = types::type_of(b, right).expr;
    // `A` or `A[T]`, inside of a node for any type.
    let named = left.named_child(0).unwrap_or(left);
    let (name, list) = match named.kind() {
        "generic_type" => (named.named_child(0).unwrap_or(named), named.named_child(1)),
        _ => (named, None),
    };
    let type_params = type_parameters(b, list);
    let id = b.open_class(node, b.text(name), ClassKind::Alias);
    let class = b.class_mut(id);
    class.bases = vec![aliased];
    class.type_params = type_params;
    b.close_class();
    let value = b.push(node, ExprKind::Class(id));
    targets::bind_definition(b, name, value);
}

/// The base classes; keyword arguments (`metaclass=…`) are none, but may hold calls.
fn bases(b: &mut Builder, node: Node) -> Vec<ExprId> {
    let Some(list) = node.field("superclasses") else {
        return Vec::new();
    };
    let mut bases = Vec::new();
    for part in parts(b, list) {
        if part.kind() == "keyword_argument" {
            if let Some(value) = part.field("value") {
                expression(b, value);
            }
        } else if b.role(part) == Role::Spread {
            expression(b, part);
        } else {
            bases.push(types::type_of(b, part).expr);
        }
    }
    bases
}

/// The enumerations of the standard library and those made after them.
fn is_enum(b: &Builder, base: ExprId) -> bool {
    matches!(
        last_name(b, base),
        Some("Enum" | "IntEnum" | "Flag" | "IntFlag" | "IntegerChoices")
    ) || is_text_enum(b, base)
}

/// Enumerations in which `auto()` is the name in lower case.
fn is_text_enum(b: &Builder, base: ExprId) -> bool {
    matches!(last_name(b, base), Some("StrEnum" | "TextChoices"))
}

/// The type parameters of `Generic[T]` or `Protocol[T]`.
fn type_variables(b: &Builder, bases: &[ExprId]) -> Vec<SmolStr> {
    let mut names = Vec::new();
    for base in bases {
        if let ExprKind::Generic { args, .. } = &b.expr(*base).kind
            && matches!(last_name(b, *base), Some("Generic" | "Protocol"))
        {
            names.extend(args.iter().filter_map(|arg| match &b.expr(*arg).kind {
                ExprKind::Name(name) => Some(name.clone()),
                _ => None,
            }));
        }
    }
    names
}

/// The class in whose body the walk stands, outside of its methods.
pub(super) fn innermost(b: &Builder) -> Option<ClassId> {
    match b.facts().scope(b.scope()).kind {
        ScopeKind::Class(class) => Some(class),
        _ => None,
    }
}

/// What a member of a class is worth: that of an enumeration may be the first
/// of a tuple, or made from its name.
pub(super) fn member_value(b: &mut Builder, class: ClassId, name: Node, value: ExprId) -> ExprId {
    let class = b.facts().class(class);
    if class.kind != ClassKind::Enum {
        return value;
    }
    let named = class.bases.iter().any(|base| is_text_enum(b, *base));
    match &b.expr(value).kind {
        ExprKind::List(values) => values.first().copied().unwrap_or(value),
        ExprKind::Call { .. } if named && last_name(b, value) == Some("auto") => {
            let text = b.text(name).to_lowercase();
            b.push(name, ExprKind::Text(text.into()))
        }
        _ => value,
    }
}

/// Declares a field written in a class body.
pub(super) fn declare(
    b: &mut Builder,
    class: ClassId,
    name: Node,
    value: Option<ExprId>,
    ty: Option<Type>,
) {
    let field = Field {
        name: b.name(name),
        ty: ty.map(|ty| ty.expr),
        values: value.into_iter().collect(),
        is_static: ty.is_none_or(|ty| ty.of_class),
        optional: ty.is_some_and(|ty| {
            !ty.of_class && (ty.optional || value.is_some_and(|value| is_default(b, value)))
        }),
        wire_name: None,
        decorators: Vec::new(),
        declared: true,
        span: b.span(name),
    };
    b.declare_field(class, field);
}

/// Whether a field with this value may be left out: `field(…)` of dataclasses,
/// and the functions made after it, say so in their arguments.
fn is_default(b: &Builder, value: ExprId) -> bool {
    let ellipsis = |id| matches!(&b.expr(id).kind, ExprKind::Unknown(text) if text == "...");
    let gives = |arg: &Arg| match arg.name.as_deref() {
        None => !ellipsis(arg.value),
        Some(name) => matches!(name, "default" | "default_factory") && !ellipsis(arg.value),
    };
    match &b.expr(value).kind {
        ExprKind::Call { args, .. } if matches!(last_name(b, value), Some("field" | "Field")) => {
            args.iter().any(gives)
        }
        _ => !ellipsis(value),
    }
}
