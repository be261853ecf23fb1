//! Patterns of `case`: what they capture, and the values they select.

use tree_sitter::Node;

use super::expressions::expression;
use super::{behind, imports};
use crate::facts::{ExprId, ExprKind};
use crate::language::{Builder, Role};

/// Binds what a pattern captures: the subject, if the pattern stands for the
/// whole of it, else something unknown.
pub(super) fn capture(b: &mut Builder, pattern: Node, subject: Option<ExprId>) {
    b.deeper(|b| {
        let mut cursor = pattern.walk();
        let children: Vec<Node> = pattern.named_children(&mut cursor).collect();
        match pattern.kind() {
            "case_pattern" => {
                for child in children {
                    capture(b, child, subject);
                }
            }
            "as_pattern" => {
                if let [inner, name] = children.as_slice() {
                    capture(b, *inner, subject);
                    let ty = matched_class(b, *inner);
                    bind_capture(b, *name, subject, ty);
                }
            }
            "dotted_name" | "splat_pattern" => {
                if let [name] = children.as_slice() {
                    bind_capture(b, *name, subject, None);
                }
            }
            // The first child names the class or the attribute.
            "class_pattern" | "keyword_pattern" => {
                for child in children.into_iter().skip(1) {
                    capture(b, child, None);
                }
            }
            _ => {
                for child in children {
                    capture(b, child, None);
                }
            }
        }
    });
}

fn bind_capture(b: &mut Builder, name: Node, subject: Option<ExprId>, ty: Option<ExprId>) {
    let value = subject.unwrap_or_else(|| b.unknown(name));
    let at = behind(b, name);
    let name = b.name(name);
    b.assign_local(&name, value, ty, at);
}

/// The class of `case Class(...) as x`.
fn matched_class(b: &mut Builder, pattern: Node) -> Option<ExprId> {
    let class = match pattern.kind() {
        "class_pattern" => pattern.named_child(0)?,
        "case_pattern" => pattern.named_child(0)?.named_child(0)?,
        _ => return None,
    };
    (class.kind() == "dotted_name").then(|| imports::dotted(b, class))
}

/// The values that select a pattern, with what is compared with them: the
/// subject, or for `{"type": "start"}` an entry of it.
pub(super) fn choices(
    b: &mut Builder,
    pattern: Node,
    subject: ExprId,
    found: &mut Vec<(ExprId, ExprId)>,
) {
    b.deeper(|b| {
        let mut cursor = pattern.walk();
        let children: Vec<Node> = pattern.named_children(&mut cursor).collect();
        match pattern.kind() {
            "case_pattern" | "union_pattern" => {
                for child in children {
                    choices(b, child, subject, found);
                }
            }
            "as_pattern" => {
                if let Some(inner) = children.first() {
                    choices(b, *inner, subject, found);
                }
            }
            "dict_pattern" => entries(b, pattern, subject, found),
            // `Kind.START` is compared with; `kind` alone captures.
            "dotted_name" if children.len() > 1 => {
                let value = imports::dotted(b, pattern);
                found.push((subject, value));
            }
            _ if matches!(b.role(pattern), Role::Text | Role::Template | Role::Number) => {
                let value = expression(b, pattern);
                found.push((subject, value));
            }
            _ => {}
        }
    });
}

/// `{"type": "start", …}`
fn entries(b: &mut Builder, pattern: Node, subject: ExprId, found: &mut Vec<(ExprId, ExprId)>) {
    let mut cursor = pattern.walk();
    let mut key = None;
    let mut pairs = Vec::new();
    for (i, child) in pattern.children(&mut cursor).enumerate() {
        match pattern.field_name_for_child(i as u32) {
            Some("key") => key = Some(child),
            Some("value") => pairs.extend(key.take().map(|key| (key, child))),
            _ => {}
        }
    }
    for (key, value) in pairs {
        let index = expression(b, key);
        if matches!(b.expr(index).kind, ExprKind::Text(_)) {
            let entry = b.push(
                key,
                ExprKind::Index {
                    object: subject,
                    index,
                },
            );
            choices(b, value, entry, found);
        }
    }
}
