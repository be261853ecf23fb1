//! Expressions.

use tree_sitter::Node;

use super::strings;
use super::targets::{self, Names, Place};
use super::{behind, conditions, functions, operators, parts, statement, statements, types};
use crate::facts::{Arg, Entry, ExprId, ExprKind, Imported, Key, ScopeKind};
use crate::language::fields::Fields;
use crate::language::{Builder, Role};

/// Lowers an expression and every call in it.
pub(super) fn expression(b: &mut Builder, node: Node) -> ExprId {
    match b.deeper(|b| shallow(b, node)) {
        Some(id) => id,
        None => b.unknown(node),
    }
}

fn shallow(b: &mut Builder, node: Node) -> ExprId {
    match b.role(node) {
        Role::Name => {
            let name = b.name(node);
            b.push(node, ExprKind::Name(name))
        }
        Role::Number => {
            let text = b.name(node);
            b.push(node, ExprKind::Number(text))
        }
        Role::True => b.push(node, ExprKind::Bool(true)),
        Role::False => b.push(node, ExprKind::Bool(false)),
        Role::Null => b.push(node, ExprKind::Null),
        Role::Text | Role::Template => strings::string(b, node),
        Role::Member => member(b, node),
        Role::Index => index(b, node),
        Role::Call => call(b, node),
        Role::Object => object(b, node),
        Role::List => {
            let elements = each(b, node);
            b.push(node, ExprKind::List(elements))
        }
        Role::Spread => {
            let value = inner(b, node);
            b.push(node, ExprKind::Spread(value))
        }
        Role::Transparent => inner(b, node),
        Role::Binary => operators::binary(b, node),
        Role::Conditional => conditional(b, node),
        Role::Lambda => functions::lambda(b, node),
        Role::Comprehension => comprehension(b, node),
        Role::Let => walrus(b, node),
        Role::With => context(b, node),
        Role::Yield => functions::yielded(b, node),
        Role::Assignment => targets::assignment(b, node),
        Role::Augmented => targets::augmented(b, node),
        Role::Other => operands(b, node),
        // A statement in the middle of an expression: half-written code.
        Role::Import
        | Role::Decorated
        | Role::Function
        | Role::Class
        | Role::Alias
        | Role::Return
        | Role::Loop
        | Role::Match => {
            statement(b, node);
            b.unknown(node)
        }
        _ => b.unknown(node),
    }
}

/// Lowers each part of a node.
fn each(b: &mut Builder, node: Node) -> Vec<ExprId> {
    parts(b, node)
        .into_iter()
        .map(|part| expression(b, part))
        .collect()
}

/// The value of a node that only wraps another one.
fn inner(b: &mut Builder, node: Node) -> ExprId {
    match each(b, node).first() {
        Some(first) => *first,
        None => b.unknown(node),
    }
}

/// Something no name can come from; its operands may hold calls.
pub(super) fn operands(b: &mut Builder, node: Node) -> ExprId {
    if node.kind() == "unary_operator"
        && let Some(argument) = node.field("argument")
        && b.role(argument) == Role::Number
        && b.field_text(node, "operator") == "-"
    {
        let number = format!("-{}", b.text(argument));
        return b.push(node, ExprKind::Number(number.into()));
    }
    if node.kind() == "comparison_operator"
        && let Some(compared) = conditions::comparison(b, node)
    {
        return compared;
    }
    statements(b, node);
    b.unknown(node)
}

fn member(b: &mut Builder, node: Node) -> ExprId {
    let (Some(object), Some(attribute)) = (node.field("object"), node.field("attribute")) else {
        return operands(b, node);
    };
    let object = expression(b, object);
    spread_whole(b, node, object, |b, object| {
        let kind = ExprKind::Member {
            object,
            name: b.name(attribute),
            at: b.span(attribute),
        };
        b.push(node, kind)
    })
}

/// The grammar reads `*a.b()` as `(*a.b)()`: the star is taken off what the
/// rest is built upon, and put before the whole.
pub(super) fn spread_whole(
    b: &mut Builder,
    node: Node,
    innermost: ExprId,
    build: impl FnOnce(&mut Builder, ExprId) -> ExprId,
) -> ExprId {
    let ExprKind::Spread(starred) = b.expr(innermost).kind else {
        return build(b, innermost);
    };
    let whole = build(b, starred);
    let start = b.expr(starred).span;
    let span = &mut b.expr_mut(whole).span;
    (span.start, span.line, span.column) = (start.start, start.line, start.column);
    b.push(node, ExprKind::Spread(whole))
}

fn index(b: &mut Builder, node: Node) -> ExprId {
    let Some(value) = node.field("value") else {
        return operands(b, node);
    };
    let object = expression(b, value);
    spread_whole(b, node, object, |b, object| {
        let index = subscript(b, node);
        if functions::last_name(b, object) == Some("Literal") {
            let values = match &b.expr(index).kind {
                ExprKind::List(values) => values.clone(),
                _ => vec![index],
            };
            return b.push(node, ExprKind::Either(values));
        }
        b.push(node, ExprKind::Index { object, index })
    })
}

/// What stands in the brackets: several subscripts are a tuple.
pub(super) fn subscript(b: &mut Builder, node: Node) -> ExprId {
    let mut cursor = node.walk();
    let nodes: Vec<Node> = node
        .children_by_field_name("subscript", &mut cursor)
        .filter(Node::is_named)
        .collect();
    let values: Vec<ExprId> = nodes.into_iter().map(|part| expression(b, part)).collect();
    match values.as_slice() {
        [single] => *single,
        _ => b.push(node, ExprKind::List(values)),
    }
}

fn call(b: &mut Builder, node: Node) -> ExprId {
    let (Some(function), Some(list)) = (node.field("function"), node.field("arguments")) else {
        return operands(b, node);
    };
    if b.role(function) == Role::Name && b.text(function) == "super" {
        arguments(b, list);
        return b.push(node, ExprKind::Super);
    }
    let callee = expression(b, function);
    spread_whole(b, node, callee, |b, callee| call_of(b, node, callee, list))
}

fn call_of(b: &mut Builder, node: Node, callee: ExprId, list: Node) -> ExprId {
    if is_cast(b, callee)
        && let [ty, value] = parts(b, list).as_slice()
    {
        types::type_of(b, *ty);
        return expression(b, *value);
    }
    let args = arguments(b, list);
    if let Some(text) = strings::formatted(b, node, callee, &args) {
        return text;
    }
    b.push(
        node,
        ExprKind::Call {
            callee,
            args,
            type_args: Vec::new(),
            constructs: false,
        },
    )
}

fn arguments(b: &mut Builder, list: Node) -> Vec<Arg> {
    if b.role(list) == Role::Comprehension {
        let value = expression(b, list);
        return vec![Arg { name: None, value }];
    }
    parts(b, list)
        .into_iter()
        .map(|part| {
            let keyword = part
                .field("name")
                .zip(part.field("value"))
                .filter(|_| part.kind() == "keyword_argument");
            match keyword {
                Some((name, value)) => Arg {
                    name: Some(b.name(name)),
                    value: expression(b, value),
                },
                None => Arg {
                    name: None,
                    value: expression(b, part),
                },
            }
        })
        .collect()
}

/// Whether a callee is `typing.cast`: the value is that of its last argument.
fn is_cast(b: &Builder, callee: ExprId) -> bool {
    let import = |name: &str| match b.expr(b.lookup(name)?.value).kind {
        ExprKind::Import(id) => Some(b.facts().import(id)),
        _ => None,
    };
    let (found, named) = match &b.expr(callee).kind {
        ExprKind::Name(name) => (import(name), true),
        ExprKind::Member { object, name, .. } if name == "cast" => match &b.expr(*object).kind {
            ExprKind::Name(module) => (import(module), false),
            _ => return false,
        },
        _ => return false,
    };
    found.is_some_and(|import| {
        matches!(import.module.as_str(), "typing" | "typing_extensions")
            && match &import.what {
                Imported::Named(name) => named && name == "cast",
                _ => !named,
            }
    })
}

fn object(b: &mut Builder, node: Node) -> ExprId {
    let mut entries = Vec::new();
    for part in parts(b, node) {
        if b.role(part) == Role::Spread {
            entries.push(Entry {
                key: Key::Spread,
                value: inner(b, part),
                span: b.span(part),
            });
        } else if let Some(entry) = pair(b, part) {
            entries.push(entry);
        } else {
            statement(b, part);
        }
    }
    b.push(node, ExprKind::Object { ty: None, entries })
}

fn pair(b: &mut Builder, node: Node) -> Option<Entry> {
    let key = expression(b, node.field("key")?);
    let value = node.field("value")?;
    let key = match &b.expr(key).kind {
        ExprKind::Text(text) => Key::Name(text.clone()),
        _ => Key::Computed(key),
    };
    Some(Entry {
        key,
        value: expression(b, value),
        span: b.span(node),
    })
}

fn conditional(b: &mut Builder, node: Node) -> ExprId {
    let values = each(b, node);
    match values.as_slice() {
        [then, _, otherwise] => b.push(node, ExprKind::Either(vec![*then, *otherwise])),
        _ => b.unknown(node),
    }
}

/// `name := value`
fn walrus(b: &mut Builder, node: Node) -> ExprId {
    let (Some(name), Some(value)) = (node.field("name"), node.field("value")) else {
        return operands(b, node);
    };
    let value = expression(b, value);
    let at = behind(b, node);
    let name = b.name(name);
    b.assign_local(&name, value, None, at);
    value
}

/// `value as target` of a `with`: the target is what the context manager
/// gives, and most give themselves.
fn context(b: &mut Builder, node: Node) -> ExprId {
    let Some(value) = parts(b, node).first().map(|first| expression(b, *first)) else {
        return b.unknown(node);
    };
    if let Some(target) = node.field("alias") {
        let place = Place {
            names: Names::Function,
            at: behind(b, node),
            whole: b.span(node),
        };
        targets::bind(b, target, value, place);
    }
    value
}

fn comprehension(b: &mut Builder, node: Node) -> ExprId {
    let Some(body) = node.field("body") else {
        return operands(b, node);
    };
    let clauses: Vec<Node> = parts(b, node)
        .into_iter()
        .filter(|part| *part != body)
        .collect();
    // The first iterated value is read outside: `[x for x in x]`.
    let mut outermost = clauses.first().map(|clause| iterated(b, *clause));
    b.open_scope(ScopeKind::Block);
    for clause in clauses {
        let Some(left) = clause.field("left") else {
            statements(b, clause);
            continue;
        };
        let iterated = outermost.take().unwrap_or_else(|| iterated(b, clause));
        let element = b.push(left, ExprKind::Element(iterated));
        let place = Place {
            names: Names::Comprehension,
            // The body stands before the clause that binds its names.
            at: b.span(node),
            whole: b.span(left),
        };
        targets::bind(b, left, element, place);
    }
    let kind = if body.kind() == "pair" {
        let entries = pair(b, body).into_iter().collect();
        ExprKind::Object { ty: None, entries }
    } else {
        ExprKind::List(vec![expression(b, body)])
    };
    b.close_scope();
    b.push(node, kind)
}

/// What a `for` clause of a comprehension runs over.
fn iterated(b: &mut Builder, clause: Node) -> ExprId {
    let mut cursor = clause.walk();
    let nodes: Vec<Node> = clause
        .children_by_field_name("right", &mut cursor)
        .filter(Node::is_named)
        .collect();
    let values: Vec<ExprId> = nodes.into_iter().map(|part| expression(b, part)).collect();
    match values.as_slice() {
        [single] => *single,
        _ => b.push(clause, ExprKind::List(values)),
    }
}
