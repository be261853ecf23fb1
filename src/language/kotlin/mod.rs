//! Kotlin: syntax tree to facts.

mod calls;
mod classes;
mod expressions;
mod functions;
mod statements;
mod types;

use tree_sitter::Node;

use super::jvm::names::Enclosing;
use super::{Builder, Role};
use crate::facts::{ExprId, ScopeId};

/// Lowers a whole file.
pub(super) fn lower(b: &mut Builder, root: Node) {
    let mut lowering = Lowering {
        b,
        classes: Enclosing::default(),
        receivers: Vec::new(),
    };
    lowering.statements(root);
}

/// The state of lowering one Kotlin file.
struct Lowering<'b, 's> {
    b: &'b mut Builder<'s>,
    classes: Enclosing,
    /// What `apply`, `run` and `with` make the receiver of bare calls, with the
    /// scope of their lambda, innermost last.
    receivers: Vec<(ScopeId, ExprId)>,
}

impl Lowering<'_, '_> {
    /// Like [`Builder::deeper`], with this state.
    fn deeper<T>(&mut self, f: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if !self.b.enter() {
            return None;
        }
        let result = f(self);
        self.b.leave();
        Some(result)
    }
}

/// The children that are no comments: named ones, and the literals that are not.
fn parts(node: Node) -> Vec<Node> {
    let mut cursor = node.walk();
    node.children(&mut cursor)
        .filter(|c| {
            (c.is_named() && !c.is_extra()) || matches!(c.kind(), "true" | "false" | "null")
        })
        .collect()
}

fn child<'t>(node: Node<'t>, kind: &str) -> Option<Node<'t>> {
    let mut cursor = node.walk();
    node.children(&mut cursor).find(|c| c.kind() == kind)
}

/// Whether a word stands among the modifiers or directly in a declaration.
fn has_word(b: &Builder, node: Node, word: &str) -> bool {
    let mut cursor = node.walk();
    node.children(&mut cursor).any(|c| {
        c.kind() == word
            || (c.kind() == "modifiers" && b.text(c).split_whitespace().any(|w| w == word))
    })
}

fn is_type(node: Node) -> bool {
    matches!(
        node.kind(),
        "user_type"
            | "nullable_type"
            | "parenthesized_type"
            | "function_type"
            | "non_nullable_type"
    )
}
