//! Classes, interfaces, enums and type aliases.

use smol_str::SmolStr;
use tree_sitter::Node;

use super::expressions::{expr, property_name};
use super::modules::has_token;
use super::{children, doc, functions, types};
use crate::facts::{ClassId, ClassKind, ExprId, ExprKind, Field, FunctionKind};
use crate::language::fields::Fields;
use crate::language::{Builder, Role};

/// The decorators written in a node.
pub(super) fn decorators(b: &mut Builder, node: Node) -> Vec<ExprId> {
    let mut cursor = node.walk();
    let nodes: Vec<Node> = node
        .named_children(&mut cursor)
        .filter(|child| child.kind() == "decorator")
        .collect();
    nodes.into_iter().filter_map(|d| decorator(b, d)).collect()
}

fn decorator(b: &mut Builder, node: Node) -> Option<ExprId> {
    node.named_child(0).map(|inner| expr(b, inner))
}

/// A class declaration (its name is bound) or expression.
pub(super) fn class(b: &mut Builder, node: Node, binds: bool) -> ClassId {
    let decorators = decorators(b, node);
    let name = node.field("name").map(|n| b.name(n));
    let id = b.open_class(node, name.as_deref().unwrap_or(""), ClassKind::Class);
    let type_params = types::parameters(b, node);
    let documentation = doc(b, node);
    let bases = heritage(b, node);
    let class = b.class_mut(id);
    class.is_abstract = node.kind() == "abstract_class_declaration";
    class.decorators = decorators;
    class.type_params = type_params;
    class.doc = documentation;
    class.bases = bases;
    if let Some(body) = node.field("body") {
        members(b, id, body);
    }
    b.close_class();
    if let (true, Some(name)) = (binds, name) {
        let value = b.push(node, ExprKind::Class(id));
        let at = b.span(node);
        b.bind(&name, value, at);
    }
    id
}

/// Superclass first, then interfaces.
fn heritage(b: &mut Builder, node: Node) -> Vec<ExprId> {
    let mut bases = Vec::new();
    let mut cursor = node.walk();
    let clauses: Vec<Node> = node
        .named_children(&mut cursor)
        .filter(|c| matches!(c.kind(), "class_heritage" | "extends_type_clause"))
        .collect();
    for clause in clauses {
        let mut cursor = clause.walk();
        let parts: Vec<Node> = clause.named_children(&mut cursor).collect();
        for part in parts {
            match part.kind() {
                "extends_clause" => bases.extend(extends(b, part)),
                "implements_clause" => bases.extend(types::arguments(b, Some(part))),
                // JavaScript has the expression itself here; an interface, types.
                _ if clause.kind() == "extends_type_clause" => {
                    bases.extend(types::lower(b, part));
                }
                _ => bases.push(expr(b, part)),
            }
        }
    }
    bases
}

/// `extends Base<T>`
fn extends(b: &mut Builder, clause: Node) -> Option<ExprId> {
    let base = expr(b, clause.field("value")?);
    let args = types::arguments(b, clause.field("type_arguments"));
    Some(if args.is_empty() {
        base
    } else {
        b.push(clause, ExprKind::Generic { base, args })
    })
}

fn members(b: &mut Builder, class: ClassId, body: Node) {
    let mut cursor = body.walk();
    let nodes: Vec<Node> = body.named_children(&mut cursor).collect();
    let mut pending = Vec::new();
    for node in nodes {
        match node.kind() {
            "decorator" => pending.extend(decorator(b, node)),
            "method_definition" | "method_signature" | "abstract_method_signature" => {
                method(b, node, std::mem::take(&mut pending));
            }
            "public_field_definition" | "field_definition" | "property_signature" => {
                field(b, class, node, std::mem::take(&mut pending));
            }
            "class_static_block" => children(b, node),
            _ => {}
        }
    }
}

fn method(b: &mut Builder, node: Node, mut pending: Vec<ExprId>) {
    let name = node
        .field("name")
        .and_then(|n| property_name(b, n))
        .unwrap_or_default();
    let kind = if name == "constructor" {
        FunctionKind::Constructor
    } else if has_token(node, "get") {
        FunctionKind::Getter
    } else {
        FunctionKind::Method
    };
    pending.extend(decorators(b, node));
    let id = functions::function(b, node, &name, kind);
    let function = b.function_mut(id);
    function.is_static = has_token(node, "static");
    function.decorators = pending;
}

fn field(b: &mut Builder, class: ClassId, node: Node, mut pending: Vec<ExprId>) {
    let Some(name) = node
        .field("name")
        .or_else(|| node.field("property"))
        .and_then(|n| property_name(b, n))
    else {
        return;
    };
    pending.extend(decorators(b, node));
    let ty = node.field("type").and_then(|ty| types::annotation(b, ty));
    let values = node
        .field("value")
        .map(|value| field_value(b, &name, value))
        .into_iter()
        .collect();
    let field = Field {
        name,
        ty,
        values,
        is_static: has_token(node, "static"),
        optional: has_token(node, "?"),
        wire_name: None,
        decorators: pending,
        declared: true,
        span: b.span(node),
    };
    b.declare_field(class, field);
}

/// A field that holds a function is a method in all but spelling.
fn field_value(b: &mut Builder, name: &SmolStr, value: Node) -> ExprId {
    if b.role(value) != Role::Lambda {
        return expr(b, value);
    }
    let id = functions::function(b, value, name, FunctionKind::Method);
    b.push(value, ExprKind::Function(id))
}

/// `interface X extends Y { … }`
pub(super) fn interface(b: &mut Builder, node: Node) {
    let Some(name) = node.field("name").map(|n| b.name(n)) else {
        return;
    };
    let id = b.open_class(node, &name, ClassKind::Interface);
    let type_params = types::parameters(b, node);
    let documentation = doc(b, node);
    let bases = heritage(b, node);
    let class = b.class_mut(id);
    class.type_params = type_params;
    class.doc = documentation;
    class.bases = bases;
    if let Some(body) = node.field("body") {
        members(b, id, body);
    }
    b.close_class();
    bind_class(b, node, &name, id);
}

/// `{ a: string }` used as a type.
pub(super) fn object_type(b: &mut Builder, node: Node) -> ExprId {
    let id = b.open_class(node, "", ClassKind::Interface);
    members(b, id, node);
    b.close_class();
    b.push(node, ExprKind::Class(id))
}

/// `type A = B`
pub(super) fn alias(b: &mut Builder, node: Node) {
    let (Some(name), Some(value)) = (node.field("name").map(|n| b.name(n)), node.field("value"))
    else {
        return;
    };
    // An alias of an object type is an interface by another spelling.
    let is_object = value.kind() == "object_type";
    let kind = if is_object {
        ClassKind::Interface
    } else {
        ClassKind::Alias
    };
    let id = b.open_class(node, &name, kind);
    let type_params = types::parameters(b, node);
    let documentation = doc(b, node);
    if is_object {
        members(b, id, value);
    } else {
        let base = types::lower(b, value);
        b.class_mut(id).bases.extend(base);
    }
    let class = b.class_mut(id);
    class.type_params = type_params;
    class.doc = documentation;
    b.close_class();
    bind_class(b, node, &name, id);
}

/// `enum E { A = "a", B }`
pub(super) fn enumeration(b: &mut Builder, node: Node) {
    let Some(name) = node.field("name").map(|n| b.name(n)) else {
        return;
    };
    let id = b.open_class(node, &name, ClassKind::Enum);
    if let Some(body) = node.field("body") {
        let mut cursor = body.walk();
        let variants: Vec<Node> = body.named_children(&mut cursor).collect();
        for variant in variants {
            let (key, value) = match variant.kind() {
                "enum_assignment" => (variant.field("name"), variant.field("value")),
                "comment" => continue,
                _ => (Some(variant), None),
            };
            let Some(key) = key.and_then(|k| property_name(b, k)) else {
                continue;
            };
            let values = value.map(|v| expr(b, v)).into_iter().collect();
            let span = b.span(variant);
            b.declare_field(
                id,
                Field {
                    name: key,
                    ty: None,
                    values,
                    is_static: true,
                    optional: false,
                    wire_name: None,
                    decorators: Vec::new(),
                    declared: true,
                    span,
                },
            );
        }
    }
    b.close_class();
    bind_class(b, node, &name, id);
}

fn bind_class(b: &mut Builder, node: Node, name: &str, id: ClassId) {
    let value = b.push(node, ExprKind::Class(id));
    let at = b.span(node);
    b.bind(name, value, at);
}
