//! What tells a message from the others of its channel: a field that by
//! convention says so, or the variant of an enum.

use super::{Node, Site};
use crate::facts::ExprKind;
use crate::project::{At, Piece, Value};

impl Site<'_, '_> {
    /// The text that tells a message from the others.
    pub(super) fn discriminator(&self, node: &Node) -> Vec<Node> {
        let fields = &self.model.client.discriminators;
        match &node.found.value {
            Value::Variant { class, name } => {
                return vec![Node::text(self.ev.variant_text(*class, name))];
            }
            Value::Object(object) => {
                if let Some(text) = self.variant_made(object) {
                    return vec![text];
                }
            }
            // Which field it is shows where callers make the message.
            Value::Param(_) => {
                let first = fields.first();
                return first.map_or_else(Vec::new, |name| self.field(node, name));
            }
            Value::Text(text) => {
                return match text.pieces.first() {
                    Some(Piece::Plain(json)) => fields
                        .iter()
                        .find_map(|field| text_of_field(json, field))
                        .map_or_else(Vec::new, |text| vec![Node::text(text)]),
                    _ => Vec::new(),
                };
            }
            _ => {}
        }
        fields
            .iter()
            .map(|name| self.field(node, name))
            .find(|found| !found.is_empty())
            .unwrap_or_default()
    }

    /// The wire name of the variant that a struct literal makes.
    fn variant_made(&self, object: &At) -> Option<Node> {
        let facts = self.ev.project.facts(object.file);
        let ExprKind::Object { ty: Some(ty), .. } = facts.expr(object.expr).kind else {
            return None;
        };
        let ty = At {
            expr: ty,
            ..object.clone()
        };
        self.ev.eval(&ty).into_iter().find_map(|f| match f.value {
            Value::Variant { class, name } => Some(Node::text(self.ev.variant_text(class, &name))),
            _ => None,
        })
    }
}

/// The text of a field of JSON that is written as text: `{"type":"ping"}`.
fn text_of_field<'t>(json: &'t str, field: &str) -> Option<&'t str> {
    let body = json.trim_start().strip_prefix('{')?;
    let (_, behind) = body.split_once(&format!("\"{field}\""))?;
    let value = behind.trim_start().strip_prefix(':')?.trim_start();
    let (text, _) = value.strip_prefix('"')?.split_once('"')?;
    (!text.is_empty()).then_some(text)
}
