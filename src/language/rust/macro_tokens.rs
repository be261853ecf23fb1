//! The tokens of a macro call: pieces between commas, arms with `=>`.

use tree_sitter::Node;

use super::first_child;

/// `head => body` in the input of a macro.
pub(super) struct MacroArm<'t> {
    pub(super) head: Vec<Node<'t>>,
    pub(super) body: Vec<Node<'t>>,
}

pub(super) fn tokens_of(node: Node) -> Option<Node> {
    let mut cursor = node.walk();
    node.named_children(&mut cursor)
        .find(|child| child.kind() == "token_tree")
}

/// The expression a parsed piece consists of.
pub(super) fn expression_of(root: Node) -> Option<Node> {
    let statement = first_child(root)?;
    if statement.kind() == "expression_statement" {
        first_child(statement)
    } else {
        // `m!(…);` is a declaration to the grammar.
        Some(statement).filter(|node| node.kind() == "macro_invocation")
    }
}

pub(super) fn opens_with(tokens: Node, delimiter: &str) -> bool {
    tokens.kind() == "token_tree" && tokens.child(0).is_some_and(|c| c.kind() == delimiter)
}

/// The tokens between the delimiters, without comments.
pub(super) fn inside(tokens: Node) -> Vec<Node> {
    let mut cursor = tokens.walk();
    let mut inner: Vec<Node> = tokens
        .children(&mut cursor)
        .skip(1)
        .filter(|token| !token.is_extra())
        .collect();
    inner.pop();
    inner
}

/// The tokens between commas.
pub(super) fn pieces(tokens: Node) -> Vec<Vec<Node>> {
    inside(tokens)
        .split(|token| token.kind() == ",")
        .filter(|piece| !piece.is_empty())
        .map(<[Node]>::to_vec)
        .collect()
}

pub(super) fn has_arms(tokens: Node) -> bool {
    let mut cursor = tokens.walk();
    tokens
        .children(&mut cursor)
        .any(|token| token.kind() == "=>")
}

pub(super) fn arms(tokens: Node) -> Vec<MacroArm> {
    let mut arms = Vec::new();
    let inner = inside(tokens);
    let mut rest = inner.as_slice();
    while let Some(arrow) = rest.iter().position(|token| token.kind() == "=>") {
        let head = rest.get(..arrow).unwrap_or(&[]);
        let behind = rest.get(arrow + 1..).unwrap_or(&[]);
        let end = match behind.first() {
            Some(first) if opens_with(*first, "{") => 1,
            _ => behind
                .iter()
                .position(|token| token.kind() == ",")
                .unwrap_or(behind.len()),
        };
        let (body, after) = behind.split_at(end);
        arms.push(MacroArm {
            head: head.to_vec(),
            body: body.to_vec(),
        });
        rest = match after.split_first() {
            Some((comma, after)) if comma.kind() == "," => after,
            _ => after,
        };
    }
    arms
}

/// Whether tokens are a template of code (`quote! { fn #name() }`) and not code.
pub(super) fn is_template(tokens: Node) -> bool {
    let mut pending = vec![tokens];
    while let Some(tree) = pending.pop() {
        let mut behind_hash = false;
        let mut cursor = tree.walk();
        for token in tree.children(&mut cursor) {
            if behind_hash && (token.kind() == "identifier" || opens_with(token, "(")) {
                return true;
            }
            if token.kind() == "token_tree" {
                pending.push(token);
            }
            behind_hash = token.kind() == "#";
        }
    }
    false
}
