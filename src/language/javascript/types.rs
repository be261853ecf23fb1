//! Type expressions, lowered to the same expressions values are made of.

use smol_str::SmolStr;
use tree_sitter::Node;

use super::{classes, expressions::expr};
use crate::facts::{ExprId, ExprKind};
use crate::language::fields::Fields;
use crate::language::{Builder, Role};

/// Types that stand for their argument wherever a value of them is used.
const WRAPPERS: [&str; 6] = [
    "Promise",
    "Awaited",
    "Readonly",
    "Partial",
    "Required",
    "NonNullable",
];

/// The type behind the colon of an annotation.
pub(super) fn annotation(b: &mut Builder, node: Node) -> Option<ExprId> {
    if node.kind() == "type_annotation" {
        let ty = node.named_child(0)?;
        return lower(b, ty);
    }
    lower(b, node)
}

/// The types of a list of type arguments.
pub(super) fn arguments(b: &mut Builder, node: Option<Node>) -> Vec<ExprId> {
    let Some(node) = node else {
        return Vec::new();
    };
    let mut cursor = node.walk();
    let types: Vec<Node> = node.named_children(&mut cursor).collect();
    types.into_iter().filter_map(|ty| lower(b, ty)).collect()
}

/// Names of declared type parameters.
pub(super) fn parameters(b: &Builder, node: Node) -> Vec<SmolStr> {
    let Some(list) = node.field("type_parameters") else {
        return Vec::new();
    };
    let mut cursor = list.walk();
    list.named_children(&mut cursor)
        .filter_map(|parameter| parameter.field("name"))
        .map(|name| b.name(name))
        .collect()
}

/// A type; `None` where nothing can be known of it (`null`, `void`).
pub(super) fn lower(b: &mut Builder, node: Node) -> Option<ExprId> {
    b.deeper(|b| lower_inner(b, node)).flatten()
}

fn lower_inner(b: &mut Builder, node: Node) -> Option<ExprId> {
    let id = match node.kind() {
        "type_identifier" | "identifier" => {
            let name = b.name(node);
            b.push(node, ExprKind::Name(name))
        }
        "nested_type_identifier" | "nested_identifier" | "member_expression" => {
            let object = node.field("module").or_else(|| node.field("object"))?;
            let name = node.field("name").or_else(|| node.field("property"))?;
            let object = lower(b, object)?;
            let text = b.name(name);
            b.member(name, object, &text)
        }
        "generic_type" => return generic(b, node),
        "union_type" | "intersection_type" => {
            let mut cursor = node.walk();
            let parts: Vec<Node> = node.named_children(&mut cursor).collect();
            let mut options: Vec<ExprId> = parts
                .into_iter()
                .filter_map(|part| lower(b, part))
                .collect();
            match options.len() {
                0 => return None,
                1 => options.remove(0),
                _ if node.kind() == "intersection_type" => b.intersection(node, options),
                _ => b.push(node, ExprKind::Either(options)),
            }
        }
        "parenthesized_type" | "readonly_type" => return lower(b, node.named_child(0)?),
        "array_type" => {
            let element = lower(b, node.named_child(0)?)?;
            let base = b.push(node, ExprKind::Name(SmolStr::new_static("Array")));
            b.push(
                node,
                ExprKind::Generic {
                    base,
                    args: vec![element],
                },
            )
        }
        "literal_type" => {
            let literal = node.named_child(0)?;
            if matches!(b.role(literal), Role::Null) {
                return None;
            }
            expr(b, literal)
        }
        "type_query" => expr(b, node.named_child(0)?),
        "object_type" => classes::object_type(b, node),
        "predefined_type"
            if matches!(
                b.text(node),
                "void" | "undefined" | "null" | "any" | "unknown"
            ) =>
        {
            return None;
        }
        _ => b.unknown(node),
    };
    Some(id)
}

fn generic(b: &mut Builder, node: Node) -> Option<ExprId> {
    let name = node.field("name")?;
    let args = arguments(b, node.field("type_arguments"));
    if WRAPPERS.contains(&b.text(name)) {
        return args.first().copied();
    }
    let base = lower(b, name)?;
    Some(b.push(node, ExprKind::Generic { base, args }))
}
