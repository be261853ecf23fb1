//! Expressions.

use smol_str::SmolStr;
use tree_sitter::Node;

use super::modules::commonjs_export;
use super::strings::{unescape, unquote};
use super::{children, classes, conditions, functions, patterns, types};
use crate::facts::{Arg, Entry, ExprId, ExprKind, FunctionKind, Imported, Key};
use crate::language::fields::Fields;
use crate::language::{Builder, Role};

/// Lowers an expression; what is not understood is still searched for calls.
pub(super) fn expr(b: &mut Builder, node: Node) -> ExprId {
    match b.deeper(|b| lower(b, node)) {
        Some(id) => id,
        None => b.unknown(node),
    }
}

fn lower(b: &mut Builder, node: Node) -> ExprId {
    let kind = match b.role(node) {
        Role::Call => return call(b, node),
        Role::New => return construction(b, node),
        Role::Member => return member(b, node),
        Role::Index => return index(b, node),
        Role::Name => ExprKind::Name(b.name(node)),
        Role::Null => ExprKind::Null,
        Role::True => ExprKind::Bool(true),
        Role::False => ExprKind::Bool(false),
        Role::Number => ExprKind::Number(b.name(node)),
        Role::This => ExprKind::This,
        Role::Super => ExprKind::Super,
        Role::Text => ExprKind::Text(unescape(unquote(b.text(node)))),
        Role::Template => template(b, node),
        Role::Object => object(b, node),
        Role::List => ExprKind::List(elements(b, node)),
        Role::Lambda => {
            // A function expression can have a name of its own.
            let name = node.field("name").map(|n| b.name(n));
            let name = name.as_deref().unwrap_or("");
            ExprKind::Function(functions::function(b, node, name, FunctionKind::Lambda))
        }
        Role::Function => match functions::declaration_value(b, node) {
            Some(id) => ExprKind::Function(id),
            None => return b.unknown(node),
        },
        Role::Class => ExprKind::Class(classes::class(b, node, false)),
        Role::Conditional => conditional(b, node),
        Role::Binary => return binary(b, node),
        Role::Transparent => return transparent(b, node),
        Role::Assignment => return assignment(b, node),
        Role::Augmented => return augmented(b, node),
        Role::Yield => return yielded(b, node),
        Role::Spread => match node.named_child(0) {
            Some(inner) => ExprKind::Spread(expr(b, inner)),
            None => return b.unknown(node),
        },
        _ => {
            children(b, node);
            return b.unknown(node);
        }
    };
    b.push(node, kind)
}

/// The name of a property key, if it can be read off.
pub(super) fn property_name(b: &Builder, key: Node) -> Option<SmolStr> {
    match key.kind() {
        "string" => Some(unescape(unquote(b.text(key)))),
        "computed_property_name" => {
            let inner = key.named_child(0)?;
            (b.role(inner) == Role::Text).then(|| unescape(unquote(b.text(inner))))
        }
        "private_property_identifier" => Some(SmolStr::new(b.text(key).trim_start_matches('#'))),
        _ => Some(b.name(key)),
    }
}

fn arguments(b: &mut Builder, list: Option<Node>) -> Vec<Arg> {
    let Some(list) = list else {
        return Vec::new();
    };
    if b.role(list) == Role::Template {
        // A tagged template: the text is the argument.
        let value = expr(b, list);
        return vec![Arg { name: None, value }];
    }
    elements(b, list)
        .into_iter()
        .map(|value| Arg { name: None, value })
        .collect()
}

fn elements(b: &mut Builder, list: Node) -> Vec<ExprId> {
    let mut cursor = list.walk();
    let nodes: Vec<Node> = list
        .named_children(&mut cursor)
        .filter(|n| n.kind() != "comment")
        .collect();
    nodes.into_iter().map(|n| expr(b, n)).collect()
}

fn call(b: &mut Builder, node: Node) -> ExprId {
    let Some(function) = node.field("function") else {
        children(b, node);
        return b.unknown(node);
    };
    if let Some(module) = required_module(b, node, function) {
        return b.import(node, &module, Imported::Module);
    }
    // The grammar takes `await (x)` for a call.
    if b.text(function) == "await"
        && let Some(arguments) = node.field("arguments")
    {
        return transparent(b, arguments);
    }
    let callee = expr(b, function);
    let type_args = types::arguments(b, node.field("type_arguments"));
    let args = arguments(b, node.field("arguments"));
    if let [only] = args.as_slice() {
        conditions::compare_members(b, node, callee, only.value);
    }
    if b.text(function) == "Object.assign" && is_object(b, &args) {
        return merged(b, node, &args);
    }
    b.push(
        node,
        ExprKind::Call {
            callee,
            args,
            type_args,
            constructs: false,
        },
    )
}

fn is_object(b: &Builder, args: &[Arg]) -> bool {
    let first = args.first().map(|arg| &b.expr(arg.value).kind);
    matches!(first, Some(ExprKind::Object { .. }))
}

/// `Object.assign({}, a, b)`: `{ ...a, ...b }`.
fn merged(b: &mut Builder, node: Node, args: &[Arg]) -> ExprId {
    let entries = args
        .iter()
        .map(|arg| Entry {
            key: Key::Spread,
            value: arg.value,
            span: b.expr(arg.value).span,
        })
        .collect();
    b.push(node, ExprKind::Object { ty: None, entries })
}

/// `require("m")` and `import("m")` with a literal.
fn required_module(b: &Builder, node: Node, function: Node) -> Option<SmolStr> {
    if !matches!(b.text(function), "require" | "import") {
        return None;
    }
    let argument = node.field("arguments")?.named_child(0)?;
    (b.role(argument) == Role::Text).then(|| unescape(unquote(b.text(argument))))
}

fn construction(b: &mut Builder, node: Node) -> ExprId {
    let Some(constructor) = node.field("constructor") else {
        children(b, node);
        return b.unknown(node);
    };
    let callee = expr(b, constructor);
    let type_args = types::arguments(b, node.field("type_arguments"));
    let args = arguments(b, node.field("arguments"));
    b.push(
        node,
        ExprKind::Call {
            callee,
            args,
            type_args,
            constructs: true,
        },
    )
}

fn member(b: &mut Builder, node: Node) -> ExprId {
    let (Some(object), Some(property)) = (node.field("object"), node.field("property")) else {
        return b.unknown(node);
    };
    let object = expr(b, object);
    let name = property_name(b, property).unwrap_or_default();
    let at = b.span(property);
    b.push(node, ExprKind::Member { object, name, at })
}

fn index(b: &mut Builder, node: Node) -> ExprId {
    let (Some(object), Some(index)) = (node.field("object"), node.field("index")) else {
        return b.unknown(node);
    };
    let at = b.span(index);
    let object = expr(b, object);
    let index = expr(b, index);
    // `object["name"]` is a member by another spelling.
    let kind = match &b.expr(index).kind {
        ExprKind::Text(name) => ExprKind::Member {
            object,
            name: name.clone(),
            at,
        },
        _ => ExprKind::Index { object, index },
    };
    b.push(node, kind)
}

fn template(b: &mut Builder, node: Node) -> ExprKind {
    let mut cursor = node.walk();
    let nodes: Vec<Node> = node.named_children(&mut cursor).collect();
    let mut parts = Vec::new();
    for part in nodes {
        match part.kind() {
            "template_substitution" => {
                if let Some(inner) = part.named_child(0) {
                    parts.push(expr(b, inner));
                }
            }
            _ => {
                let text = unescape(b.text(part));
                parts.push(b.push(part, ExprKind::Text(text)));
            }
        }
    }
    match parts.as_slice() {
        [] => ExprKind::Text(SmolStr::default()),
        [only] if matches!(b.expr(*only).kind, ExprKind::Text(_)) => b.expr(*only).kind.clone(),
        _ => ExprKind::Concat(parts),
    }
}

fn object(b: &mut Builder, node: Node) -> ExprKind {
    let mut cursor = node.walk();
    let nodes: Vec<Node> = node.named_children(&mut cursor).collect();
    let mut entries = Vec::new();
    for part in nodes {
        let span = b.span(part);
        let entry = match part.kind() {
            "pair" => pair(b, part),
            "shorthand_property_identifier" => {
                let name = b.name(part);
                let value = b.push(part, ExprKind::Name(name.clone()));
                Some((Key::Name(name), value))
            }
            "spread_element" => part
                .named_child(0)
                .map(|inner| (Key::Spread, expr(b, inner))),
            "method_definition" => {
                let name = part
                    .field("name")
                    .and_then(|n| property_name(b, n))
                    .unwrap_or_default();
                let id = functions::function(b, part, &name, FunctionKind::Lambda);
                let mut value = b.push(part, ExprKind::Function(id));
                // A getter is read like a field.
                if super::modules::has_token(part, "get") {
                    value = b.call(part, value, Vec::new());
                }
                Some((Key::Name(name), value))
            }
            _ => None,
        };
        if let Some((key, value)) = entry {
            entries.push(Entry { key, value, span });
        }
    }
    ExprKind::Object { ty: None, entries }
}

fn pair(b: &mut Builder, node: Node) -> Option<(Key, ExprId)> {
    let key = node.field("key")?;
    let value = node.field("value")?;
    let name = property_name(b, key);
    let key = match (name, key.named_child(0)) {
        (Some(name), _) => Key::Name(name),
        (None, Some(inner)) => Key::Computed(expr(b, inner)),
        (None, None) => return None,
    };
    Some((key, expr(b, value)))
}

fn conditional(b: &mut Builder, node: Node) -> ExprKind {
    if let Some(condition) = node.field("condition") {
        expr(b, condition);
    }
    let options = ["consequence", "alternative"]
        .into_iter()
        .filter_map(|field| node.field(field))
        .collect::<Vec<_>>();
    ExprKind::Either(options.into_iter().map(|o| expr(b, o)).collect())
}

fn binary(b: &mut Builder, node: Node) -> ExprId {
    let (Some(left), Some(right)) = (node.field("left"), node.field("right")) else {
        children(b, node);
        return b.unknown(node);
    };
    let operator = b.field_text(node, "operator");
    let left = expr(b, left);
    let right = expr(b, right);
    match operator {
        "+" => {
            // Flattened, so that a long chain is one list and not a deep tree.
            let mut parts = match &b.expr(left).kind {
                ExprKind::Concat(parts) => parts.clone(),
                _ => vec![left],
            };
            parts.push(right);
            b.push(node, ExprKind::Concat(parts))
        }
        "??" | "||" => b.fallback(node, left, right),
        "&&" => b.push(node, ExprKind::Either(vec![left, right])),
        "===" | "==" | "!==" | "!=" => {
            conditions::compare(b, node, operator, left, right);
            b.unknown(node)
        }
        _ => b.unknown(node),
    }
}

/// `yield x` is an element of what the function returns, `yield* x` is
/// elements; what is sent back is not known.
fn yielded(b: &mut Builder, node: Node) -> ExprId {
    if let Some(value) = node.named_child(0) {
        let value = expr(b, value);
        let mut cursor = node.walk();
        let all = node.children(&mut cursor).any(|child| child.kind() == "*");
        let value = if all {
            value
        } else {
            b.push(node, ExprKind::List(vec![value]))
        };
        b.returns(value);
    }
    b.unknown(node)
}

/// Parentheses, `await`, `as`, `!`: the value is that of the operand.
fn transparent(b: &mut Builder, node: Node) -> ExprId {
    let mut cursor = node.walk();
    let inner = node
        .named_children(&mut cursor)
        .find(|n| n.kind() != "comment");
    match inner {
        Some(inner) => expr(b, inner),
        None => b.unknown(node),
    }
}

fn assignment(b: &mut Builder, node: Node) -> ExprId {
    let (Some(left), Some(right)) = (node.field("left"), node.field("right")) else {
        return b.unknown(node);
    };
    let value = expr(b, right);
    match b.role(left) {
        Role::Member => assign_member(b, left, value),
        Role::Index => assign_index(b, left, value),
        _ => patterns::assign(b, left, value),
    }
    value
}

/// `this.x = v` is a field of the class; `a.x = v` a call of the setter `x=`.
fn assign_member(b: &mut Builder, left: Node, value: ExprId) {
    if commonjs_export(b, left, value) {
        return;
    }
    let (Some(object), Some(property)) = (left.field("object"), left.field("property")) else {
        return;
    };
    let name = property_name(b, property).unwrap_or_default();
    let at = b.span(property);
    if let (Role::This, Some(class)) = (b.role(object), b.current_class()) {
        b.assign_field(class, &name, value, at);
        return;
    }
    // `Registry.instance = v` inside `class Registry`.
    let named = b.text(object);
    let own = b
        .current_class()
        .filter(|class| b.role(object) == Role::Name && b.class(*class).name == named);
    if let Some(class) = own {
        b.assign_field(class, &name, value, at);
        return;
    }
    let object = expr(b, object);
    let callee = b.member(property, object, &format!("{name}="));
    b.call(left, callee, vec![value]);
}

/// `map[key] = v` is a call of `[]=`.
fn assign_index(b: &mut Builder, left: Node, value: ExprId) {
    let (Some(object), Some(index)) = (left.field("object"), left.field("index")) else {
        return;
    };
    let object = expr(b, object);
    let key = expr(b, index);
    let callee = b.member(index, object, "[]=");
    b.call(left, callee, vec![key, value]);
}

/// `a += b`, `a ??= b`
fn augmented(b: &mut Builder, node: Node) -> ExprId {
    let (Some(left), Some(right)) = (node.field("left"), node.field("right")) else {
        return b.unknown(node);
    };
    let value = expr(b, right);
    if matches!(b.field_text(node, "operator"), "??=" | "||=") {
        match b.role(left) {
            Role::Member => assign_member(b, left, value),
            Role::Index => {
                assign_index(b, left, value);
                let before = expr(b, left);
                return b.push(node, ExprKind::Either(vec![before, value]));
            }
            _ => patterns::assign(b, left, value),
        }
        return value;
    }
    let before = expr(b, left);
    // Adding to a number is arithmetic.
    let is_number = matches!(
        b.expr(value).kind,
        ExprKind::Number(_) | ExprKind::Unknown(_)
    );
    if b.field_text(node, "operator") != "+=" || b.role(left) != Role::Name || is_number {
        return b.unknown(node);
    }
    let text = b.push(node, ExprKind::Concat(vec![before, value]));
    patterns::assign(b, left, text);
    text
}
