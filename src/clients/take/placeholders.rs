//! Texts of annotations that a framework fills in: `${setting:default}` and
//! `#{object.name}`.

use super::{Node, Site};
use crate::clients::access::Access;
use crate::infra::placeholders::{self, Part};
use crate::project::{Found, Piece, Text, Trail, Value};

impl Site<'_, '_> {
    /// The texts of an access, filled in: a setting by its default, else as the
    /// variable it is; an object of the project by what stands for its name.
    pub(super) fn placeholders(&self, access: &Access) -> Vec<Node> {
        let mut nodes = Vec::new();
        for (text, trail) in self.texts(std::slice::from_ref(access)) {
            match text.as_plain().as_deref().and_then(object_asked) {
                Some(object) => nodes.extend(self.object_named(object, trail)),
                None => nodes.push(text_node(filled(&text), trail)),
            }
        }
        nodes
    }

    /// `#{orders.name}`: what the provider of that name makes.
    fn object_named(&self, object: &str, trail: Trail) -> Vec<Node> {
        let made = self.ev.provided_as(object, &self.at);
        let names: Vec<Node> = made
            .into_iter()
            .map(|f| Node::new(f, None))
            .flat_map(|node| self.name_of(&node, 0))
            .map(|(text, trail)| text_node(text, trail))
            .collect();
        let is_known = |n: &Node| matches!(&n.found.value, Value::Text(t) if t.is_partly_known());
        if !names.iter().any(is_known) {
            // What is named at run time goes by the name of its provider.
            return vec![text_node(Text::hole(format!("#{object}")), trail)];
        }
        names
    }
}

fn text_node(text: Text, trail: Trail) -> Node {
    Node::new(
        Found {
            value: Value::Text(text),
            trail,
        },
        None,
    )
}

/// The object an expression begins with: `#{orders.name}`, `#{@orders.getName()}`.
fn object_asked(text: &str) -> Option<&str> {
    let inside = text.trim().strip_prefix("#{")?.strip_suffix('}')?;
    let inside = inside.trim().trim_start_matches('@');
    let end = inside
        .find(|c: char| !c.is_alphanumeric() && c != '_')
        .unwrap_or(inside.len());
    (end > 0).then_some(&inside[..end])
}

/// `${name:default}` is the default, `${name}` the variable.
fn filled(text: &Text) -> Text {
    let mut out = Text::default();
    for piece in &text.pieces {
        let Piece::Plain(plain) = piece else {
            out.push(piece.clone());
            continue;
        };
        for part in placeholders::parts(plain, false) {
            out.push(match part {
                Part::Plain(text) => Piece::Plain(text),
                Part::Reference {
                    default: Some(default),
                    ..
                } => Piece::Plain(default),
                Part::Reference { name, .. } => Piece::Variable(name),
            });
        }
    }
    out
}
