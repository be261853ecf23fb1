//! Chains of binary operators.

use tree_sitter::Node;

use super::expressions::{expression, operands, spread_whole};
use super::strings;
use crate::facts::{ExprId, ExprKind};
use crate::language::fields::Fields;
use crate::language::{Builder, Role};

/// Operators that bind to the left nest as deep as the chain is long, so the
/// chain is walked in a loop.
pub(super) fn binary(b: &mut Builder, node: Node) -> ExprId {
    let mut chain = Vec::new();
    let mut innermost = node;
    while b.role(innermost) == Role::Binary
        && let Some(left) = innermost.field("left")
    {
        chain.push(innermost);
        innermost = left;
    }
    if chain.is_empty() {
        return operands(b, node);
    }
    let first = expression(b, innermost);
    spread_whole(b, node, first, |b, first| fold(b, first, chain))
}

/// The value of a chain of operators; `chain` has the last one first.
fn fold(b: &mut Builder, first: ExprId, chain: Vec<Node>) -> ExprId {
    let mut value = first;
    // The operator whose operands `value` collects, if this chain made it.
    let mut collects = "";
    for link in chain.into_iter().rev() {
        let operator = b.field_text(link, "operator");
        let Some(right) = link.field("right") else {
            continue;
        };
        let operand = expression(b, right);
        let more = operator == collects;
        value = match operator {
            "or" | "and" if more => collect(b, link, value, operand),
            "or" => b.fallback(link, value, operand),
            "and" => b.push(link, ExprKind::Either(vec![value, operand])),
            // Adding to a number is arithmetic.
            "+" if is_number(b, value) || is_number(b, operand) => b.unknown(link),
            "+" if more => collect(b, link, value, operand),
            "+" => sum(b, link, value, operand),
            // Only paths are divided by texts.
            "/" if is_text(b, operand) => path(b, link, value, operand),
            "%" => match strings::interpolated(b, link, value, right, operand) {
                Some(text) => text,
                // A template that has a name.
                None if is_named(b, value) => {
                    let callee = b.member(link, value, "%");
                    b.call(link, callee, vec![operand])
                }
                None => b.unknown(link),
            },
            _ => b.unknown(link),
        };
        collects = match b.expr(value).kind {
            ExprKind::Unknown(_) => "",
            _ => operator,
        };
    }
    value
}

fn is_named(b: &Builder, id: ExprId) -> bool {
    matches!(b.expr(id).kind, ExprKind::Name(_) | ExprKind::Member { .. })
}

fn is_number(b: &Builder, id: ExprId) -> bool {
    matches!(b.expr(id).kind, ExprKind::Number(_))
}

fn is_text(b: &Builder, id: ExprId) -> bool {
    matches!(b.expr(id).kind, ExprKind::Text(_) | ExprKind::Concat(_))
}

/// `folder / "name"`
fn path(b: &mut Builder, link: Node, left: ExprId, right: ExprId) -> ExprId {
    let slash = b.push(link, ExprKind::Text("/".into()));
    b.push(link, ExprKind::Concat(vec![left, slash, right]))
}

/// `left + right`: a list if one of them is written as a list.
fn sum(b: &mut Builder, link: Node, left: ExprId, right: ExprId) -> ExprId {
    let is_list = |id| matches!(b.expr(id).kind, ExprKind::List(_));
    if !is_list(left) && !is_list(right) {
        return b.push(link, ExprKind::Concat(vec![left, right]));
    }
    let mut elements = elements(b, link, left);
    elements.extend(self::elements(b, link, right));
    b.push(link, ExprKind::List(elements))
}

/// The elements of a list literal; of anything else, all of them as one spread.
fn elements(b: &mut Builder, link: Node, id: ExprId) -> Vec<ExprId> {
    match &b.expr(id).kind {
        ExprKind::List(elements) => elements.clone(),
        _ => vec![b.push(link, ExprKind::Spread(id))],
    }
}

/// Adds an operand to what a chain of the same operator collects.
fn collect(b: &mut Builder, link: Node, value: ExprId, operand: ExprId) -> ExprId {
    let more = match b.expr(value).kind {
        ExprKind::List(_) => elements(b, link, operand),
        _ => vec![operand],
    };
    let span = b.span(link);
    let expr = b.expr_mut(value);
    expr.span = span;
    if let ExprKind::Concat(all) | ExprKind::Either(all) | ExprKind::List(all) = &mut expr.kind {
        all.extend(more);
    }
    value
}
