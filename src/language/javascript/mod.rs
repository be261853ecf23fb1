//! JavaScript, TypeScript and TSX: one lowering, three grammars that share their node kinds.

mod classes;
mod conditions;
mod expressions;
mod functions;
mod modules;
mod patterns;
mod strings;
mod types;

use tree_sitter::Node;

use super::{Builder, Role};
use crate::facts::{ExprKind, FunctionKind, ScopeKind};
use crate::language::fields::Fields;

/// Lowers a whole file.
pub(super) fn lower(b: &mut Builder, root: Node) {
    children(b, root);
}

/// Lowers every named child as a statement.
fn children(b: &mut Builder, node: Node) {
    let mut cursor = node.walk();
    let nodes: Vec<Node> = node.named_children(&mut cursor).collect();
    for child in nodes {
        statement(b, child);
    }
}

/// Lowers a statement, or an expression whose value nobody takes.
fn statement(b: &mut Builder, node: Node) {
    b.deeper(|b| match b.role(node) {
        Role::Skip => {}
        Role::Import => modules::import(b, node),
        Role::Export => modules::export(b, node),
        Role::Declaration => declaration(b, node),
        Role::Function => functions::declaration(b, node),
        Role::Class => {
            classes::class(b, node, true);
        }
        Role::Interface => classes::interface(b, node),
        Role::Enum => classes::enumeration(b, node),
        Role::Alias => classes::alias(b, node),
        Role::Return => {
            let mut cursor = node.walk();
            let value = node.named_children(&mut cursor).next();
            if let Some(value) = value {
                let value = expressions::expr(b, value);
                b.returns(value);
            }
        }
        Role::Loop => b.branching(|b| each(b, node)),
        Role::Match => conditions::switch(b, node),
        Role::Conditional if node.kind() == "if_statement" => conditions::branches(b, node),
        Role::Block => {
            b.open_scope(ScopeKind::Block);
            children(b, node);
            b.close_scope();
        }
        Role::Other => match node.kind() {
            "while_statement" | "do_statement" | "try_statement" => {
                conditions::alternatives(b, node);
            }
            "internal_module" => modules::namespace(b, node),
            _ => children(b, node),
        },
        _ => {
            expressions::expr(b, node);
        }
    });
}

/// `const a = 1, { b } = c;`
fn declaration(b: &mut Builder, node: Node) {
    let mut cursor = node.walk();
    let declarators: Vec<Node> = node
        .named_children(&mut cursor)
        .filter(|child| child.kind() == "variable_declarator")
        .collect();
    for declarator in declarators {
        let Some(pattern) = declarator.field("name") else {
            continue;
        };
        let value = declarator.field("value").map(|value| {
            // `const f = () => …` is a function by another spelling.
            if b.role(value) == Role::Lambda && b.role(pattern) == Role::Name {
                let name = b.name(pattern);
                let id = functions::function(b, value, &name, FunctionKind::Lambda);
                return b.push(value, ExprKind::Function(id));
            }
            expressions::expr(b, value)
        });
        let ty = declarator
            .field("type")
            .and_then(|ty| types::annotation(b, ty));
        if b.role(pattern) == Role::Name {
            let name = b.name(pattern);
            b.bind_typed(&name, value, ty, pattern);
        } else if let Some(value) = value {
            patterns::bind(b, pattern, value);
        }
    }
}

/// `for (const x of xs)`, `for (const key in object)`
fn each(b: &mut Builder, node: Node) {
    b.open_scope(ScopeKind::Block);
    let over = node.field("right").map(|right| expressions::expr(b, right));
    if let (Some(over), Some(left)) = (over, node.field("left")) {
        let of = node
            .field("operator")
            .is_some_and(|operator| operator.kind() == "of");
        // `in` goes through the keys.
        let over = match of {
            true => over,
            false => {
                let object = b.push(left, ExprKind::Name("Object".into()));
                let keys = b.member(left, object, "keys");
                b.call(left, keys, vec![over])
            }
        };
        let value = b.push(left, ExprKind::Element(over));
        let mut cursor = node.walk();
        if node.children(&mut cursor).any(|c| c.kind() == "await") {
            // What it waits for is handed over: an operator, and thereby a call.
            let callee = b.member(left, over, "async for");
            b.call(left, callee, vec![value]);
        }
        patterns::bind(b, left, value);
    }
    if let Some(body) = node.field("body") {
        statement(b, body);
    }
    b.close_scope();
}

/// First sentence of the `/** … */` before a declaration.
fn doc(b: &Builder, node: Node) -> Option<crate::facts::SmolStr> {
    let declared = match node.parent() {
        Some(parent) if b.role(parent) == Role::Export => parent,
        _ => node,
    };
    let comment = declared.prev_sibling()?;
    if comment.kind() != "comment" {
        return None;
    }
    let body = b.text(comment).strip_prefix("/**")?.strip_suffix("*/")?;
    super::first_sentence(
        body.lines()
            .map(|line| line.trim().trim_start_matches('*').trim())
            .take_while(|line| !line.starts_with('@')),
    )
}
