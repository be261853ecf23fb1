//! Destructuring: every name in a pattern is bound to the part it stands for.

use smol_str::{SmolStr, format_smolstr};
use tree_sitter::Node;

use super::expressions::{expr, property_name};
use crate::facts::{ExprId, ExprKind};
use crate::language::Builder;
use crate::language::fields::Fields;

/// Binds the names of a declared pattern.
pub(super) fn bind(b: &mut Builder, pattern: Node, value: ExprId) {
    walk(b, pattern, value, true);
}

/// Assigns to the names of a pattern that may be declared further out.
pub(super) fn assign(b: &mut Builder, pattern: Node, value: ExprId) {
    walk(b, pattern, value, false);
}

fn walk(b: &mut Builder, pattern: Node, value: ExprId, declares: bool) {
    match pattern.kind() {
        "identifier" | "shorthand_property_identifier_pattern" => {
            let name = b.name(pattern);
            let at = b.span(pattern);
            if declares {
                b.bind(&name, value, at);
            } else {
                b.assign(&name, value, at);
            }
        }
        "object_pattern" => {
            let mut cursor = pattern.walk();
            let parts: Vec<Node> = pattern.named_children(&mut cursor).collect();
            for part in parts {
                object_part(b, part, value, declares);
            }
        }
        "array_pattern" => {
            let mut cursor = pattern.walk();
            let parts: Vec<Node> = pattern.named_children(&mut cursor).collect();
            for (i, part) in parts.into_iter().enumerate() {
                let index = b.push(part, ExprKind::Number(format_smolstr!("{i}")));
                let element = b.push(
                    part,
                    ExprKind::Index {
                        object: value,
                        index,
                    },
                );
                walk(b, part, element, declares);
            }
        }
        "assignment_pattern" | "object_assignment_pattern" => {
            let either = with_default(b, pattern, value);
            if let Some(left) = pattern.field("left") {
                walk(b, left, either, declares);
            }
        }
        "rest_pattern" => {
            if let Some(inner) = pattern.named_child(0) {
                walk(b, inner, value, declares);
            }
        }
        _ => {}
    }
}

fn object_part(b: &mut Builder, part: Node, value: ExprId, declares: bool) {
    match part.kind() {
        "shorthand_property_identifier_pattern" => {
            let name = b.name(part);
            let member = b.member(part, value, &name);
            walk(b, part, member, declares);
        }
        "object_assignment_pattern" => {
            let Some(left) = part.field("left") else {
                return;
            };
            let name = b.name(left);
            let member = b.member(left, value, &name);
            let either = with_default(b, part, member);
            walk(b, left, either, declares);
        }
        "pair_pattern" => {
            let (Some(key), Some(target)) = (part.field("key"), part.field("value")) else {
                return;
            };
            let name: SmolStr = property_name(b, key).unwrap_or_default();
            let member = b.member(key, value, &name);
            walk(b, target, member, declares);
        }
        _ => walk(b, part, value, declares),
    }
}

/// The value, or the pattern's default where the value is missing.
fn with_default(b: &mut Builder, pattern: Node, value: ExprId) -> ExprId {
    match pattern.field("right") {
        Some(right) => {
            let default = expr(b, right);
            b.fallback(pattern, value, default)
        }
        None => value,
    }
}
