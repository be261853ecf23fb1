//! Java: syntax tree to facts.

mod annotations;
mod classes;
mod expressions;
mod functions;
mod imports;
mod literals;
mod members;
mod statements;
mod switches;
mod types;

use tree_sitter::Node;

use super::jvm::names::Enclosing;
use super::{Builder, Role};
use crate::facts::{ExprId, SmolStr};

/// Lowers a whole file.
pub(super) fn lower(b: &mut Builder, root: Node) {
    let mut lowering = Lowering {
        b,
        classes: Enclosing::default(),
        yields: Vec::new(),
    };
    lowering.statements(root);
}

/// The state of lowering one Java file.
struct Lowering<'b, 's> {
    b: &'b mut Builder<'s>,
    classes: Enclosing,
    /// What the switches around the code yield so far, innermost last.
    yields: Vec<Vec<ExprId>>,
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

    fn field_name(&self, node: Node, field: &'static str) -> SmolStr {
        SmolStr::new(self.b.field_text(node, field))
    }

    /// First sentence of the `/** … */` before a declaration.
    fn doc(&self, node: Node) -> Option<SmolStr> {
        let comment = node.prev_sibling()?;
        if comment.kind() != "block_comment" {
            return None;
        }
        let text = self.b.text(comment);
        let body = text.strip_prefix("/**")?.strip_suffix("*/")?;
        super::first_sentence(
            body.lines()
                .map(|line| line.trim().trim_start_matches('*').trim())
                .take_while(|line| !line.starts_with('@')),
        )
    }
}

/// The named children that are no comments.
fn parts(node: Node) -> Vec<Node> {
    let mut cursor = node.walk();
    node.named_children(&mut cursor)
        .filter(|child| !child.is_extra())
        .collect()
}

/// The modifiers of a declaration.
fn modifiers(node: Node) -> Option<Node> {
    let mut cursor = node.walk();
    node.children(&mut cursor)
        .find(|child| child.kind() == "modifiers")
}

/// Whether a declaration has a modifier such as `static`.
fn has_modifier(node: Node, modifier: &str) -> bool {
    modifiers(node).is_some_and(|list| {
        let mut cursor = list.walk();
        list.children(&mut cursor).any(|m| m.kind() == modifier)
    })
}
