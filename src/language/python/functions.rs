//! Functions, methods and lambdas.

use smol_str::SmolStr;
use tree_sitter::Node;

use super::expressions::expression;
use super::targets::{self, Names, Place};
use super::{classes, parts, statements, strings, types};
use crate::facts::{ExprId, ExprKind, FunctionId, FunctionKind, Param};
use crate::language::fields::Fields;
use crate::language::{Builder, Role};

/// Longest documentation kept, in characters.
const MAX_DOC: usize = 200;

/// Methods that are given their class without a decorator that says so.
const CLASS_METHODS: [&str; 3] = ["__new__", "__init_subclass__", "__class_getitem__"];

/// What the first parameter of a function stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Receiver {
    None,
    Instance,
    Class,
}

/// A parameter, with what is lowered outside of the function.
struct Parameter<'t> {
    /// The name, or the pattern it is taken apart by.
    target: Node<'t>,
    ty: Option<ExprId>,
    default: Option<ExprId>,
    rest: bool,
}

/// A function declaration; `whole` is the declaration with its decorators.
pub(super) fn function(b: &mut Builder, node: Node, whole: Node, decorators: Vec<ExprId>) {
    let Some(name) = node.field("name") else {
        return statements(b, node);
    };
    let class = classes::innermost(b);
    let mut parameters = match node.field("parameters") {
        Some(list) => parameters(b, list),
        None => Vec::new(),
    };
    let return_type = node
        .field("return_type")
        .map(|ty| types::type_of(b, ty).expr);
    let receiver = match class {
        Some(_) => receiver(b, b.text(name), &decorators),
        None => Receiver::None,
    };
    let kind = match class {
        Some(_) => method_kind(b, b.text(name), &decorators),
        None => FunctionKind::Function,
    };
    let id = b.open_function(whole, b.text(name), kind);
    if receiver != Receiver::None && parameters.first().is_some_and(|first| !first.rest) {
        let own = parameters.remove(0);
        let value = b.push(own.target, ExprKind::This);
        b.bind_typed(b.text(own.target), Some(value), None, own.target);
    }
    bind_parameters(b, id, parameters);
    let body = node.field("body");
    let doc = body.and_then(|body| documentation(b, body));
    let type_params = type_parameters(b, node.field("type_parameters"));
    let function = b.function_mut(id);
    function.is_static = class.is_some() && receiver != Receiver::Instance;
    function.return_type = return_type;
    function.decorators = decorators;
    function.type_params = type_params;
    function.doc = doc;
    if let Some(body) = body {
        statements(b, body);
    }
    b.close_function();
    let value = b.push(whole, ExprKind::Function(id));
    targets::bind_definition(b, name, value);
}

/// `yield value`: an element of what the call of the function gives; of a
/// function made a context manager, what `with` gives.
pub(super) fn yielded(b: &mut Builder, node: Node) -> ExprId {
    let value = match parts(b, node).first() {
        Some(value) => expression(b, *value),
        None => return b.unknown(node),
    };
    let is_whole = node.child(1).is_some_and(|word| word.kind() == "from");
    let given = if is_whole || is_context_manager(b) {
        value
    } else {
        b.push(node, ExprKind::List(vec![value]))
    };
    b.returns(given);
    b.unknown(node)
}

/// Whether the function being lowered becomes a context manager.
fn is_context_manager(b: &mut Builder) -> bool {
    let Some(id) = b.current_function() else {
        return false;
    };
    let decorators = b.function_mut(id).decorators.clone();
    decorators.iter().any(|d| {
        matches!(
            last_name(b, *d),
            Some("contextmanager" | "asynccontextmanager")
        )
    })
}

pub(super) fn lambda(b: &mut Builder, node: Node) -> ExprId {
    let parameters = match node.field("parameters") {
        Some(list) => parameters(b, list),
        None => Vec::new(),
    };
    let id = b.open_function(node, "", FunctionKind::Lambda);
    bind_parameters(b, id, parameters);
    if let Some(body) = node.field("body") {
        let value = expression(b, body);
        b.returns(value);
    }
    b.close_function();
    b.push(node, ExprKind::Function(id))
}

fn receiver(b: &Builder, name: &str, decorators: &[ExprId]) -> Receiver {
    let decorated = |with: &str| decorators.iter().any(|d| last_name(b, *d) == Some(with));
    if decorated("staticmethod") {
        Receiver::None
    } else if decorated("classmethod") || CLASS_METHODS.contains(&name) {
        Receiver::Class
    } else {
        Receiver::Instance
    }
}

fn method_kind(b: &Builder, name: &str, decorators: &[ExprId]) -> FunctionKind {
    let getter = |d: &ExprId| {
        matches!(
            last_name(b, *d),
            Some("property" | "cached_property" | "abstractproperty")
        )
    };
    if name == "__init__" {
        FunctionKind::Constructor
    } else if decorators.iter().any(getter) {
        FunctionKind::Getter
    } else {
        FunctionKind::Method
    }
}

/// The last part of `a.b.c`, of a type with arguments, or of a call of it.
pub(super) fn last_name<'b>(b: &'b Builder, id: ExprId) -> Option<&'b str> {
    match &b.expr(id).kind {
        ExprKind::Name(name) | ExprKind::Member { name, .. } => Some(name),
        ExprKind::Generic { base: inner, .. } | ExprKind::Call { callee: inner, .. } => {
            match &b.expr(*inner).kind {
                ExprKind::Name(name) | ExprKind::Member { name, .. } => Some(name),
                _ => None,
            }
        }
        _ => None,
    }
}

fn parameters<'t>(b: &mut Builder, list: Node<'t>) -> Vec<Parameter<'t>> {
    parts(b, list)
        .into_iter()
        .filter_map(|node| parameter(b, node))
        .collect()
}

/// Types and defaults belong to the scope around the function.
fn parameter<'t>(b: &mut Builder, node: Node<'t>) -> Option<Parameter<'t>> {
    if matches!(node.kind(), "keyword_separator" | "positional_separator") {
        return None;
    }
    let ty = node.field("type").map(|ty| types::type_of(b, ty).expr);
    let default = node.field("value").map(|value| expression(b, value));
    let named = match node.kind() {
        "typed_parameter" => node.named_child(0)?,
        _ => node.field("name").unwrap_or(node),
    };
    let rest = b.role(named) == Role::Spread;
    let target = if rest { named.named_child(0)? } else { named };
    Some(Parameter {
        target,
        ty,
        default,
        rest,
    })
}

fn bind_parameters(b: &mut Builder, function: FunctionId, parameters: Vec<Parameter>) {
    for (index, parameter) in parameters.into_iter().enumerate() {
        let Parameter {
            target,
            ty,
            default,
            rest,
        } = parameter;
        let index = index as u32;
        let value = b.push(target, ExprKind::Param { function, index });
        let mut name = SmolStr::default();
        if b.role(target) == Role::Name {
            name = b.name(target);
            b.bind_typed(&name, Some(value), ty, target);
        } else {
            let place = Place {
                names: Names::Function,
                at: b.span(target),
                whole: b.span(target),
            };
            targets::bind(b, target, value, place);
        }
        b.function_mut(function).params.push(Param {
            name,
            ty,
            default,
            decorators: Vec::new(),
            rest,
        });
    }
}

/// The names of `[T, *Ts, U: Bound]`.
pub(super) fn type_parameters(b: &Builder, list: Option<Node>) -> Vec<SmolStr> {
    let Some(list) = list else {
        return Vec::new();
    };
    parts(b, list)
        .into_iter()
        .filter_map(|parameter| {
            let text = b.text(parameter).trim_start_matches('*');
            let name = text.split([':', '=']).next()?.trim();
            (!name.is_empty()).then(|| SmolStr::new(name))
        })
        .collect()
}

/// The first sentence of the string a body begins with.
pub(super) fn documentation(b: &Builder, body: Node) -> Option<SmolStr> {
    let first = *parts(b, body).first()?;
    let string = *parts(b, first).first()?;
    if first.kind() != "expression_statement" {
        return None;
    }
    let text = strings::plain(b, string)?;
    let paragraph: Vec<&str> = text
        .trim()
        .lines()
        .map(str::trim)
        .take_while(|line| !line.is_empty())
        .collect();
    let paragraph = paragraph.join(" ");
    let sentence = match paragraph.find(". ") {
        Some(end) => paragraph.get(..=end)?,
        None => &paragraph,
    };
    let sentence: String = sentence.chars().take(MAX_DOC).collect();
    (!sentence.is_empty()).then(|| sentence.into())
}
