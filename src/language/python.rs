//! Lowers Python.
//!
//! A binding counts from the end of the value that is assigned, so that
//! `x = wrap(x)` wraps the `x` before it.

mod classes;
mod conditions;
mod expressions;
mod functions;
mod imports;
mod operators;
mod patterns;
mod strings;
mod targets;
mod types;

use tree_sitter::Node;

use super::{Builder, Role};
use crate::facts::{ExprKind, ScopeId, ScopeKind, Span};
use crate::language::fields::Fields;
use expressions::expression;
use targets::{Names, Place};

/// Lowers a whole file.
pub(super) fn lower(b: &mut Builder, root: Node) {
    statements(b, root);
}

/// The named children of a node that mean something.
fn parts<'t>(b: &Builder, node: Node<'t>) -> Vec<Node<'t>> {
    let mut cursor = node.walk();
    node.named_children(&mut cursor)
        .filter(|child| b.role(*child) != Role::Skip)
        .collect()
}

/// The place behind a node, from where on what is bound by it counts.
fn behind(b: &Builder, node: Node) -> Span {
    let end = node.end_position();
    Span {
        start: node.end_byte() as u32,
        end: node.end_byte() as u32,
        line: end.row as u32 + 1,
        column: end.column as u32 + 1,
        end_line: b.span(node).end_line,
    }
}

/// Every statement, clause and expression directly in a node.
fn statements(b: &mut Builder, node: Node) {
    for child in parts(b, node) {
        statement(b, child);
    }
}

/// A statement, or a part of one that needs no treatment of its own: then
/// whatever is in it is lowered.
fn statement(b: &mut Builder, node: Node) {
    b.deeper(|b| match b.role(node) {
        Role::Skip => {}
        Role::Import => imports::import(b, node),
        Role::Decorated => decorated(b, node),
        Role::Function => functions::function(b, node, node, Vec::new()),
        Role::Class => classes::class(b, node, node, Vec::new()),
        Role::Alias => classes::alias(b, node),
        Role::Assignment => {
            targets::assignment(b, node);
        }
        Role::Augmented => {
            targets::augmented(b, node);
        }
        Role::Return => returned(b, node),
        Role::Loop => b.branching(|b| for_loop(b, node)),
        Role::Match => conditions::match_statement(b, node),
        Role::Other => clause(b, node),
        _ => {
            expression(b, node);
        }
    });
}

fn clause(b: &mut Builder, node: Node) {
    match node.kind() {
        "global_statement" => share_names(b, node, |_, _| Some(ScopeId(0))),
        "nonlocal_statement" => share_names(b, node, nonlocal_scope),
        "except_clause" => except(b, node),
        "if_statement" => conditions::branches(b, node),
        "while_statement" | "try_statement" => conditions::alternatives(b, node),
        _ => statements(b, node),
    }
}

fn decorated(b: &mut Builder, node: Node) {
    let mut decorators = Vec::new();
    for child in parts(b, node) {
        match b.role(child) {
            Role::Function => {
                functions::function(b, child, node, std::mem::take(&mut decorators));
            }
            Role::Class => classes::class(b, child, node, std::mem::take(&mut decorators)),
            _ => decorators.extend(parts(b, child).first().map(|inner| expression(b, *inner))),
        }
    }
}

fn returned(b: &mut Builder, node: Node) {
    if let Some(value) = parts(b, node).first() {
        let value = expression(b, *value);
        b.returns(value);
    }
}

fn for_loop(b: &mut Builder, node: Node) {
    let (left, right) = (node.field("left"), node.field("right"));
    if let (Some(left), Some(right)) = (left, right) {
        let iterated = expression(b, right);
        let element = b.push(left, ExprKind::Element(iterated));
        if node.child(0).is_some_and(|first| first.kind() == "async") {
            // What it waits for is handed over: an operator, and thereby a call.
            let callee = b.member(right, iterated, "async for");
            b.call(node, callee, vec![element]);
        }
        let place = Place {
            names: Names::Loop,
            at: behind(b, right),
            whole: b.span(left),
        };
        targets::bind(b, left, element, place);
    }
    for field in ["body", "alternative"] {
        if let Some(block) = node.field(field) {
            statements(b, block);
        }
    }
}

/// `global` and `nonlocal`: assignments to these names go to an outer scope.
fn share_names(b: &mut Builder, node: Node, scope: fn(&Builder, &str) -> Option<ScopeId>) {
    for child in parts(b, node) {
        let name = b.text(child);
        if let Some(scope) = scope(b, name) {
            b.share_name(name, scope);
        }
    }
}

/// The nearest function around the current one that has the name, else the nearest one.
fn nonlocal_scope(b: &Builder, name: &str) -> Option<ScopeId> {
    let mut nearest = None;
    let mut next = b.facts().scope(b.scope()).parent;
    while let Some(id) = next {
        let scope = b.facts().scope(id);
        if matches!(scope.kind, ScopeKind::Function(_)) {
            if scope.names.contains_key(name) {
                return Some(id);
            }
            nearest = nearest.or(Some(id));
        }
        next = scope.parent;
    }
    nearest
}

/// `except E as e`: the name has the type of the exception, and no value.
fn except(b: &mut Builder, node: Node) {
    let alias = node.field("alias");
    for child in parts(b, node) {
        if Some(child) == alias {
            continue;
        }
        if b.role(child) == Role::With {
            let inner = parts(b, child);
            if let Some(exception) = inner.first() {
                caught(b, *exception, child.field("alias"));
            }
        } else if let Some(alias) = alias.filter(|_| child.kind() != "block") {
            caught(b, child, Some(alias));
        } else {
            statement(b, child);
        }
    }
}

fn caught(b: &mut Builder, exception: Node, alias: Option<Node>) {
    let ty = types::type_of(b, exception).expr;
    if let Some(alias) = alias {
        let value = b.unknown(alias);
        let name = b.name(alias);
        let at = behind(b, alias);
        b.assign_local(&name, value, Some(ty), at);
    }
}
