//! Conditions: what is compared with what, and what a name is known to be inside
//! of a branch.

use tree_sitter::Node;

use super::expressions::expression;
use super::{parts, patterns, statement, statements};
use crate::facts::{ExprId, ExprKind, ScopeKind};
use crate::language::fields::Fields;
use crate::language::{Builder, Role};

/// `if … elif … else …`: in a branch what its condition compares with a text is
/// that text.
pub(super) fn branches(b: &mut Builder, node: Node) {
    conditional_block(b, node);
    let mut cursor = node.walk();
    let alternatives: Vec<Node> = node
        .children_by_field_name("alternative", &mut cursor)
        .collect();
    for alternative in alternatives {
        if alternative.kind() == "elif_clause" {
            conditional_block(b, alternative);
        } else {
            b.branching(|b| statements(b, alternative));
        }
    }
}

fn conditional_block(b: &mut Builder, node: Node) {
    let block = node.field("consequence");
    let known = node.field("condition").and_then(|condition| {
        let opened = b.open_condition();
        expression(b, condition);
        b.close_condition(opened, block.is_some_and(|block| leaves(b, block)));
        selected(b, condition)
    });
    if let Some(block) = block {
        b.branching(|b| inside(b, known, |b| statement(b, block)));
    }
}

/// Lowers a block in which an expression is known to be one of some values.
/// Blocks are no scopes in Python: outside of functions names must stay where
/// they are.
fn inside(b: &mut Builder, known: Option<(ExprId, Vec<ExprId>)>, lower: impl FnOnce(&mut Builder)) {
    match known {
        Some((subject, values)) if b.current_function().is_some() => {
            b.open_scope(ScopeKind::Block);
            b.narrow(subject, values);
            lower(b);
            b.close_scope();
        }
        _ => lower(b),
    }
}

/// Lowers the parts of a statement that need not all run.
pub(super) fn alternatives(b: &mut Builder, node: Node) {
    for part in parts(b, node) {
        b.branching(|b| statement(b, part));
    }
}

/// Whether control never comes out of a block.
fn leaves(b: &Builder, block: Node) -> bool {
    parts(b, block).last().is_some_and(|last| {
        matches!(
            last.kind(),
            "return_statement" | "raise_statement" | "continue_statement" | "break_statement"
        )
    }) || {
        // `continue` and `break` mean nothing to the facts, and are left out of the parts.
        let mut cursor = block.walk();
        let last = block.named_children(&mut cursor).last();
        last.is_some_and(|last| matches!(last.kind(), "continue_statement" | "break_statement"))
    }
}

/// `a == b`, `a != b`, `a in (b, c)`; None for any other comparison.
pub(super) fn comparison(b: &mut Builder, node: Node) -> Option<ExprId> {
    let operands = parts(b, node);
    let [left, right] = operands.as_slice() else {
        return None;
    };
    let mut cursor = node.walk();
    let operator: String = node
        .children_by_field_name("operators", &mut cursor)
        .map(|operator| b.text(operator))
        .collect();
    let left = expression(b, *left);
    let right = expression(b, *right);
    let at = b.span(node);
    let (subject, value) = if is_choice(b, left) && !is_choice(b, right) {
        (right, left)
    } else {
        (left, right)
    };
    match operator.as_str() {
        "==" => b.compare(subject, value, at),
        "!=" => b.compare_unequal(subject, value, at),
        "in" => {
            if let ExprKind::List(items) = b.expr(right).kind.clone() {
                for item in items {
                    b.compare(left, item, at);
                }
            }
        }
        _ => {}
    }
    Some(b.unknown(node))
}

/// A text, or a constant of something that is written like an enum.
fn is_choice(b: &Builder, id: ExprId) -> bool {
    match &b.expr(id).kind {
        ExprKind::Text(_) => true,
        ExprKind::Member { object, .. } => match &b.expr(*object).kind {
            ExprKind::Name(name) | ExprKind::Member { name, .. } => {
                name.starts_with(char::is_uppercase)
            }
            _ => false,
        },
        _ => false,
    }
}

/// What a condition that holds says an expression is.
fn selected(b: &Builder, node: Node) -> Option<(ExprId, Vec<ExprId>)> {
    let mut node = node;
    while b.role(node) == Role::Transparent {
        node = node.named_child(0)?;
    }
    match node.kind() {
        "comparison_operator" => {
            let span = b.span(node);
            let compared = b.facts().comparisons.iter().rev();
            let mut found: Vec<_> = compared
                .take_while(|c| c.at.start >= span.start)
                .filter(|c| c.at == span)
                .collect();
            found.reverse();
            let subject = found.first()?.subject;
            let all = found.iter().all(|c| is_choice(b, c.value));
            all.then(|| (subject, found.iter().map(|c| c.value).collect()))
        }
        "boolean_operator" => {
            let side = |field| selected(b, node.field(field)?);
            let (left, right) = (side("left"), side("right"));
            if b.field_text(node, "operator") == "and" {
                return left.or(right);
            }
            let ((subject, mut values), (other, more)) = (left?, right?);
            values.extend(more);
            b.facts()
                .is_same(subject, other)
                .then_some((subject, values))
        }
        _ => None,
    }
}

/// `match subject: case pattern: …`
pub(super) fn match_statement(b: &mut Builder, node: Node) {
    let mut subjects = Vec::new();
    for child in parts(b, node) {
        if child.kind() != "block" {
            subjects.push(expression(b, child));
            continue;
        }
        let subject = match subjects.as_slice() {
            [single] => Some(*single),
            _ => None,
        };
        for case in parts(b, child) {
            case_clause(b, case, subject);
        }
    }
}

fn case_clause(b: &mut Builder, node: Node, subject: Option<ExprId>) {
    let mut cursor = node.walk();
    let children: Vec<Node> = node.named_children(&mut cursor).collect();
    let mut chosen = Vec::new();
    for child in children {
        if child.kind() == "case_pattern" {
            patterns::capture(b, child, subject);
            if let Some(subject) = subject {
                patterns::choices(b, child, subject, &mut chosen);
            }
            let at = b.span(child);
            for (subject, value) in &chosen {
                b.compare(*subject, *value, at);
            }
        } else {
            let known = narrowing(&chosen);
            b.branching(|b| inside(b, known, |b| statement(b, child)));
        }
    }
}

/// What a case says its subject is, if it is about one thing.
fn narrowing(chosen: &[(ExprId, ExprId)]) -> Option<(ExprId, Vec<ExprId>)> {
    let (subject, _) = chosen.first()?;
    chosen
        .iter()
        .all(|(s, _)| s == subject)
        .then(|| (*subject, chosen.iter().map(|(_, v)| *v).collect()))
}
