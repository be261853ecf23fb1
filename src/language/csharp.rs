//! C#: syntax tree to facts.
//!
//! What only says how a value is awaited or held (`await`, casts, `Task<T>`,
//! `T?`) is left out: the facts speak of the value itself.

mod assignments;
mod attributes;
mod classes;
mod creations;
mod expressions;
mod functions;
mod identifiers;
mod members;
mod namespaces;
mod patterns;
mod statements;
mod strings;
mod types;

use rustc_hash::FxHashMap;
use smol_str::SmolStr;
use tree_sitter::Node;

use super::{Builder, Role};
use crate::facts::{ClassId, ExprId};
use crate::language::fields::Fields;

/// Lowers a whole file.
pub(super) fn lower(b: &mut Builder, root: Node) {
    let mut lowering = Lowering {
        b,
        classes: Vec::new(),
        namespace: String::new(),
        namespaces: Vec::new(),
    };
    lowering.usings(root);
    lowering.statements(root);
}

/// The state of lowering one C# file.
struct Lowering<'b, 's> {
    b: &'b mut Builder<'s>,
    /// The classes around the code being lowered, innermost last.
    classes: Vec<Around>,
    /// The namespace around the code being lowered, dotted; empty for the global one.
    namespace: String,
    /// The namespaces of the file, whose names are visible without a `using`.
    namespaces: Vec<String>,
}

/// A class around the code being lowered, and the names its body declares:
/// members are visible in methods without `this`.
struct Around {
    id: ClassId,
    members: FxHashMap<SmolStr, Declared>,
    type_params: Vec<SmolStr>,
}

/// How a name that a class body declares is reached.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Declared {
    /// Through `this`.
    Instance,
    /// Through the class: a static, a constant.
    Static,
    /// A nested type.
    Nested,
    /// A property named like its type: which is meant depends on the use.
    LikeItsType,
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

    /// An identifier as a name: `@event` is `event`.
    fn name(&self, node: Node) -> SmolStr {
        let text = self.b.text(node);
        SmolStr::new(text.strip_prefix('@').unwrap_or(text))
    }

    /// The name of a declaration.
    fn field_name(&self, node: Node) -> SmolStr {
        node.field("name")
            .map_or_else(SmolStr::default, |name| self.name(name))
    }

    fn has_modifier(&self, node: Node, modifier: &str) -> bool {
        let mut cursor = node.walk();
        node.named_children(&mut cursor)
            .any(|child| child.kind() == "modifier" && self.b.text(child) == modifier)
    }

    /// Lowers the children of a node as declarations or statements, in order.
    fn statements(&mut self, parent: Node) {
        for child in parts(parent) {
            self.statement(child);
        }
    }

    /// The expression of a node, whatever it is.
    fn expr(&mut self, node: Node) -> ExprId {
        match self.deeper(|l| l.chain(node)) {
            Some(value) => value,
            None => self.b.unknown(node),
        }
    }

    fn role(&self, node: Node) -> Role {
        self.b.role(node)
    }
}

/// The children that mean something: named ones, `this` and `base`.
fn parts(node: Node) -> Vec<Node> {
    let mut cursor = node.walk();
    node.children(&mut cursor)
        .filter(|child| {
            (child.is_named() && !child.is_extra() && child.kind() != "modifier")
                || matches!(child.kind(), "this" | "base")
        })
        .collect()
}

/// The first child of a kind.
fn child_of_kind<'t>(node: Node<'t>, kind: &str) -> Option<Node<'t>> {
    let mut cursor = node.walk();
    node.named_children(&mut cursor).find(|c| c.kind() == kind)
}

/// Whether a token stands directly in a node.
fn has_token(node: Node, token: &str) -> bool {
    let mut cursor = node.walk();
    node.children(&mut cursor).any(|c| c.kind() == token)
}
