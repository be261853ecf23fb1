//! Functions, methods, arrow functions and their parameters.

use smol_str::SmolStr;
use tree_sitter::Node;

use super::expressions::expr;
use super::{children, classes, doc, patterns, types};
use crate::facts::{ExprKind, Field, FunctionId, FunctionKind, Param};
use crate::language::fields::Fields;
use crate::language::{Builder, Role};

/// `function f() {}`
pub(super) fn declaration(b: &mut Builder, node: Node) {
    declaration_value(b, node);
}

/// `function f() {}`, giving what its name is bound to.
pub(super) fn declaration_value(b: &mut Builder, node: Node) -> Option<FunctionId> {
    let name = node.field("name").map(|n| b.name(n));
    let id = function(
        b,
        node,
        name.as_deref().unwrap_or(""),
        FunctionKind::Function,
    );
    if let Some(name) = name {
        let value = b.push(node, ExprKind::Function(id));
        let at = b.span(node);
        b.bind(&name, value, at);
    }
    Some(id)
}

/// Any function with `parameters` (or one `parameter`) and a `body`.
pub(super) fn function(b: &mut Builder, node: Node, name: &str, kind: FunctionKind) -> FunctionId {
    let id = b.open_function(node, name, kind);
    let type_params = types::parameters(b, node);
    let documentation = doc(b, node);
    let function = b.function_mut(id);
    function.type_params = type_params;
    function.doc = documentation;
    if let Some(list) = node.field("parameters") {
        let mut cursor = list.walk();
        let params: Vec<Node> = list
            .named_children(&mut cursor)
            .filter(|p| !matches!(p.kind(), "comment" | "this_type"))
            .collect();
        let params = params.into_iter().filter(|p| !is_this_parameter(b, *p));
        for (index, param) in params.collect::<Vec<_>>().into_iter().enumerate() {
            parameter(b, id, param, index as u32);
        }
    } else if let Some(param) = node.field("parameter") {
        parameter(b, id, param, 0);
    }
    if let Some(ty) = node.field("return_type") {
        let ty = types::annotation(b, ty);
        b.function_mut(id).return_type = ty;
    }
    if let Some(body) = node.field("body") {
        if b.role(body) == Role::Block {
            children(b, body);
        } else {
            let value = expr(b, body);
            b.returns(value);
        }
    }
    b.close_function();
    id
}

/// TypeScript's `this: T` is a type, not a parameter.
fn is_this_parameter(b: &Builder, param: Node) -> bool {
    param
        .field("pattern")
        .is_some_and(|pattern| b.role(pattern) == Role::This)
}

fn parameter(b: &mut Builder, function: FunctionId, node: Node, index: u32) {
    let value = b.push(node, ExprKind::Param { function, index });
    let typed = matches!(node.kind(), "required_parameter" | "optional_parameter");
    let mut pattern = if typed {
        node.field("pattern")
    } else {
        Some(node)
    };
    let mut default = if typed { node.field("value") } else { None };
    if let Some(p) = pattern.filter(|p| p.kind() == "assignment_pattern") {
        default = p.field("right");
        pattern = p.field("left");
    }
    let rest = pattern.is_some_and(|p| p.kind() == "rest_pattern");
    let ty = node.field("type").and_then(|ty| types::annotation(b, ty));
    let default = default.map(|d| expr(b, d));
    let decorators = classes::decorators(b, node);
    let mut name = SmolStr::default();
    if let Some(pattern) = pattern {
        let named = if rest {
            pattern.named_child(0)
        } else {
            Some(pattern)
        };
        match named {
            Some(n) if b.role(n) == Role::Name => {
                name = b.name(n);
                b.bind_typed(&name, Some(value), ty, n);
            }
            Some(n) => patterns::bind(b, n, value),
            None => {}
        }
    }
    if typed && is_property(node) {
        property(b, node, &name, value, ty, &decorators);
    }
    b.function_mut(function).params.push(Param {
        name,
        ty,
        default,
        decorators,
        rest,
    });
}

/// `constructor(private readonly bus: Bus)` declares a field.
fn is_property(node: Node) -> bool {
    let mut cursor = node.walk();
    node.children(&mut cursor).any(|c| {
        matches!(
            c.kind(),
            "accessibility_modifier" | "readonly" | "override_modifier"
        )
    })
}

fn property(
    b: &mut Builder,
    node: Node,
    name: &SmolStr,
    value: crate::facts::ExprId,
    ty: Option<crate::facts::ExprId>,
    decorators: &[crate::facts::ExprId],
) {
    let Some(class) = b.current_class() else {
        return;
    };
    let span = b.span(node);
    b.declare_field(
        class,
        Field {
            name: name.clone(),
            ty,
            values: vec![value],
            is_static: false,
            optional: node.kind() == "optional_parameter",
            wire_name: None,
            decorators: decorators.to_vec(),
            declared: true,
            span,
        },
    );
}
