//! What stands before an item: attributes and documentation.

use smol_str::SmolStr;
use tree_sitter::Node;

use super::super::Role;
use super::{Lowering, first_child};
use crate::facts::{Arg, ExprId, ExprKind, Span};
use crate::language::fields::Fields;

/// Attributes of the compiler and its tools that say nothing about what code does.
const BUILT_IN: [&str; 22] = [
    "allow",
    "warn",
    "deny",
    "expect",
    "forbid",
    "cfg",
    "cfg_attr",
    "inline",
    "cold",
    "must_use",
    "doc",
    "repr",
    "track_caller",
    "non_exhaustive",
    "deprecated",
    "default",
    "path",
    "macro_use",
    "macro_export",
    "automatically_derived",
    "rustfmt",
    "test",
];

/// The attributes and doc comments before an item.
#[derive(Default)]
pub(super) struct Lead<'t> {
    attributes: Vec<Node<'t>>,
    docs: Vec<Node<'t>>,
}

impl<'t> Lead<'t> {
    /// Takes a node that leads the next item; false if it is none.
    pub(super) fn take(&mut self, lowering: &Lowering, node: Node<'t>) -> bool {
        match node.kind() {
            "attribute_item" => self.attributes.push(node),
            "line_comment" | "block_comment" => {
                if node.field("outer").is_some() {
                    self.docs.push(node);
                }
            }
            _ => return lowering.b.role(node) == Role::Attribute,
        }
        true
    }

    /// Whether the attributes make the item test code.
    pub(super) fn is_test(&self, lowering: &Lowering) -> bool {
        self.attributes.iter().any(|node| is_test(lowering, *node))
    }

    /// First sentence of the documentation.
    pub(super) fn doc(&self, lowering: &Lowering) -> Option<SmolStr> {
        let mut text = String::new();
        for doc in &self.docs {
            for line in lowering.b.field_text(*doc, "doc").lines() {
                let line = line.trim().trim_start_matches('*').trim();
                if line.is_empty() && !text.is_empty() {
                    return Some(first_sentence(&text));
                }
                if !text.is_empty() {
                    text.push(' ');
                }
                text.push_str(line);
            }
        }
        let text = text.trim();
        (!text.is_empty()).then(|| first_sentence(text))
    }
}

fn first_sentence(text: &str) -> SmolStr {
    let end = text.find(". ").map_or(text.len(), |dot| dot + 1);
    SmolStr::new(text.get(..end).unwrap_or(text))
}

/// `#![cfg(test)]` at the top of a file.
pub(super) fn is_test_file(lowering: &Lowering, root: Node) -> bool {
    let mut cursor = root.walk();
    root.named_children(&mut cursor)
        .take_while(|child| child.is_extra() || child.kind() == "inner_attribute_item")
        .any(|child| child.kind() == "inner_attribute_item" && is_test(lowering, child))
}

/// `#[test]`, `#[tokio::test]`, `#[rstest]`, `#[cfg(test)]`, `#[cfg(all(test, …))]`.
fn is_test(lowering: &Lowering, item: Node) -> bool {
    let Some(attribute) = attribute_of(item) else {
        return false;
    };
    let path = first_child(attribute).map_or("", |path| lowering.b.text(path));
    match path.rsplit("::").next().unwrap_or("") {
        "test" | "rstest" | "bench" | "test_case" => true,
        "cfg" => attribute
            .field("arguments")
            .is_some_and(|arguments| requires_test(lowering, arguments)),
        _ => false,
    }
}

/// Whether a `cfg` predicate names `test`, other than in `not(…)`.
fn requires_test(lowering: &Lowering, tokens: Node) -> bool {
    let mut pending = vec![tokens];
    while let Some(tree) = pending.pop() {
        let mut negated = false;
        let mut cursor = tree.walk();
        for token in tree.children(&mut cursor) {
            match token.kind() {
                "token_tree" if !negated => pending.push(token),
                "identifier" if lowering.b.text(token) == "test" => return true,
                // `feature = "testing"`: helpers that only tests switch on.
                "string_literal" if !negated && is_test_feature(lowering.b.text(token)) => {
                    return true;
                }
                _ => {}
            }
            negated = lowering.b.text(token) == "not";
        }
    }
    false
}

/// Whether a word of a feature's name is `test`, `tests`, `testing`, `testsuite`.
fn is_test_feature(literal: &str) -> bool {
    let name = literal.trim_matches('"');
    name.split(['-', '_']).any(|word| {
        matches!(
            word,
            "test" | "tests" | "testing" | "testsuite" | "testutils"
        )
    })
}

fn attribute_of(item: Node) -> Option<Node> {
    first_child(item).filter(|child| child.kind() == "attribute")
}

impl Lowering<'_, '_> {
    /// Records an item as test code.
    pub(super) fn mark_test(&mut self, node: Node, lead: &Lead) {
        let span = self.span_with(node, lead);
        self.b.facts_mut().test_ranges.push((span.start, span.end));
    }

    /// The span of an item, its attributes included.
    pub(super) fn span_with(&self, node: Node, lead: &Lead) -> Span {
        let mut span = self.b.span(node);
        if let Some(first) = lead.attributes.first() {
            let first = self.b.span(*first);
            (span.start, span.line, span.column) = (first.start, first.line, first.column);
        }
        span
    }

    /// The attributes as decorators: a name, or a call with named arguments.
    pub(super) fn decorators(&mut self, lead: &Lead) -> Vec<ExprId> {
        let mut decorators = Vec::new();
        for item in &lead.attributes {
            if let Some(attribute) = attribute_of(*item) {
                decorators.extend(self.decorator(attribute));
            }
        }
        decorators
    }

    fn decorator(&mut self, node: Node) -> Option<ExprId> {
        let path = first_child(node)?;
        let start = self.b.text(path).split("::").next().unwrap_or("");
        if BUILT_IN.contains(&start) {
            return None;
        }
        let callee = self.expr(path);
        if let Some(tokens) = node.field("arguments") {
            let args = self.attribute_args(tokens);
            return Some(self.decorator_call(node, callee, args));
        }
        if let Some(value) = node.field("value") {
            let value = self.expr(value);
            let args = vec![Arg { name: None, value }];
            return Some(self.decorator_call(node, callee, args));
        }
        Some(callee)
    }

    fn decorator_call(&mut self, node: Node, callee: ExprId, args: Vec<Arg>) -> ExprId {
        self.b.push(
            node,
            ExprKind::Call {
                callee,
                args,
                type_args: Vec::new(),
                constructs: false,
            },
        )
    }

    /// `(name = "x", rename(serialize = "y"), flag)`
    fn attribute_args(&mut self, tokens: Node) -> Vec<Arg> {
        self.deeper(|l| {
            let mut args = Vec::new();
            for piece in super::macro_tokens::pieces(tokens) {
                args.extend(l.attribute_arg(&piece));
            }
            args
        })
        .unwrap_or_default()
    }

    fn attribute_arg(&mut self, piece: &[Node]) -> Option<Arg> {
        let [name, rest @ ..] = piece else {
            return None;
        };
        if let [inner] = rest
            && inner.kind() == "token_tree"
            && self.b.role(*name) == Role::Name
        {
            let callee = self.expr(*name);
            let args = self.attribute_args(*inner);
            let value = self.decorator_call(*name, callee, args);
            return Some(Arg { name: None, value });
        }
        self.piece_arg(piece)
    }

    /// The text an attribute gives: `#[serde(rename = "x")]`.
    pub(super) fn attribute_text(
        &self,
        decorators: &[ExprId],
        attribute: &str,
        key: &str,
    ) -> Option<SmolStr> {
        decorators
            .iter()
            .filter_map(|id| self.named_call(*id, attribute))
            .flatten()
            .find_map(|arg| {
                if arg.name.as_deref() == Some(key) {
                    return self.text_of(arg.value);
                }
                // `rename(serialize = "x", deserialize = "y")`
                self.named_call(arg.value, key)?
                    .iter()
                    .find(|arg| arg.name.as_deref() == Some("serialize"))
                    .and_then(|arg| self.text_of(arg.value))
            })
    }

    fn named_call(&self, id: ExprId, name: &str) -> Option<&[Arg]> {
        match &self.b.expr(id).kind {
            ExprKind::Call { callee, args, .. }
                if self.b.expr(*callee).kind == ExprKind::Name(SmolStr::new(name)) =>
            {
                Some(args)
            }
            _ => None,
        }
    }

    fn text_of(&self, id: ExprId) -> Option<SmolStr> {
        match &self.b.expr(id).kind {
            ExprKind::Text(text) => Some(text.clone()),
            _ => None,
        }
    }
}
