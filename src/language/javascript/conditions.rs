//! Conditions: what is compared with what, and what a name is known to be inside
//! of a branch.

use tree_sitter::Node;

use super::expressions::expr;
use super::statement;
use crate::facts::{ExprId, ExprKind, ScopeKind};
use crate::language::fields::Fields;
use crate::language::{Builder, Role};

/// `switch (subject) { case A: … }`: inside a case the subject is its value.
pub(super) fn switch(b: &mut Builder, node: Node) {
    let (Some(subject), Some(body)) = (node.field("value"), node.field("body")) else {
        super::children(b, node);
        return;
    };
    let subject = expr(b, subject);
    // `switch (true) { case x === "a": … }` compares in its labels.
    let compares = !matches!(b.expr(subject).kind, ExprKind::Bool(_));
    let mut cursor = body.walk();
    let cases: Vec<Node> = body.named_children(&mut cursor).collect();
    // Cases without a body fall through to the next one that has one.
    let mut values = Vec::new();
    for case in cases {
        let value = case.field("value");
        if let Some(value) = value {
            let label = expr(b, value);
            if compares {
                let at = b.span(case);
                b.compare(subject, label, at);
            }
            values.push(label);
        }
        let mut cursor = case.walk();
        let statements: Vec<Node> = case
            .named_children(&mut cursor)
            .filter(|n| Some(n.id()) != value.map(|v| v.id()) && n.kind() != "comment")
            .collect();
        if statements.is_empty() {
            continue;
        }
        b.open_scope(ScopeKind::Block);
        if case.kind() == "switch_case" {
            b.narrow(subject, std::mem::take(&mut values));
        }
        values.clear();
        b.branching(|b| {
            for inner in statements {
                statement(b, inner);
            }
        });
        b.close_scope();
    }
}

/// `if (condition) … else …`: in the first branch what the condition compares
/// with a text is that text.
pub(super) fn branches(b: &mut Builder, node: Node) {
    let mut branch = Some(node);
    while let Some(current) = branch.take() {
        let consequence = current.field("consequence");
        let known = current.field("condition").and_then(|condition| {
            let opened = b.open_condition();
            expr(b, condition);
            b.close_condition(opened, consequence.is_some_and(leaves));
            selected(b, condition)
        });
        if let Some(consequence) = consequence {
            b.open_scope(ScopeKind::Block);
            if let Some((subject, values)) = known {
                b.narrow(subject, values);
            }
            b.branching(|b| statement(b, consequence));
            b.close_scope();
        }
        let Some(alternative) = current.field("alternative") else {
            return;
        };
        let mut cursor = alternative.walk();
        let inner = alternative.named_children(&mut cursor).next();
        match inner {
            Some(next) if next.kind() == "if_statement" => branch = Some(next),
            Some(_) => b.branching(|b| super::children(b, alternative)),
            None => {}
        }
    }
}

/// Lowers the parts of a statement that need not all run.
pub(super) fn alternatives(b: &mut Builder, node: Node) {
    let mut cursor = node.walk();
    let parts: Vec<Node> = node.named_children(&mut cursor).collect();
    for part in parts {
        b.branching(|b| statement(b, part));
    }
}

/// Whether control never comes out of a statement.
fn leaves(node: Node) -> bool {
    match node.kind() {
        "return_statement" | "throw_statement" | "continue_statement" | "break_statement" => true,
        "statement_block" => {
            let mut cursor = node.walk();
            let last = node
                .named_children(&mut cursor)
                .filter(|n| n.kind() != "comment")
                .last();
            last.is_some_and(|last| last.kind() != "statement_block" && leaves(last))
        }
        _ => false,
    }
}

/// `a === b`: which side is looked at, and which says what it can be.
pub(super) fn compare(b: &mut Builder, node: Node, operator: &str, left: ExprId, right: ExprId) {
    let is_value = |id| is_choice(b, id);
    let (subject, value) = if is_value(left) && !is_value(right) {
        (right, left)
    } else {
        (left, right)
    };
    let at = b.span(node);
    match operator {
        "===" | "==" => b.compare(subject, value, at),
        _ => b.compare_unequal(subject, value, at),
    }
}

/// `["a", "b"].includes(x)`: x compared with each.
pub(super) fn compare_members(b: &mut Builder, node: Node, callee: ExprId, subject: ExprId) {
    let at = b.span(node);
    for value in listed(b, callee) {
        b.compare(subject, value, at);
    }
}

/// The elements of the list a callee `[…].includes` is a method of.
fn listed(b: &Builder, callee: ExprId) -> Vec<ExprId> {
    match &b.expr(callee).kind {
        ExprKind::Member { object, name, .. } if name == "includes" => {
            match &b.expr(*object).kind {
                ExprKind::List(items) => items.clone(),
                _ => Vec::new(),
            }
        }
        _ => Vec::new(),
    }
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
    let span = b.span(node);
    match node.kind() {
        "binary_expression" => match b.field_text(node, "operator") {
            "===" | "==" => {
                let compared = b.facts().comparisons.iter().rev();
                let found = compared.take_while(|c| c.at.start >= span.start);
                let found = found.filter(|c| c.at == span).last()?;
                is_choice(b, found.value).then(|| (found.subject, vec![found.value]))
            }
            operator @ ("||" | "&&") => {
                let side = |field| selected(b, node.field(field)?);
                let (left, right) = (side("left"), side("right"));
                if operator == "&&" {
                    return left.or(right);
                }
                let ((subject, mut values), (other, more)) = (left?, right?);
                values.extend(more);
                b.facts()
                    .is_same(subject, other)
                    .then_some((subject, values))
            }
            _ => None,
        },
        "call_expression" => {
            let compared = b.facts().comparisons.iter().rev();
            let found: Vec<_> = compared
                .take_while(|c| c.at.start >= span.start)
                .filter(|c| c.at == span)
                .collect();
            let subject = found.first()?.subject;
            let all = found.iter().all(|c| is_choice(b, c.value));
            all.then(|| (subject, found.iter().rev().map(|c| c.value).collect()))
        }
        _ => None,
    }
}
