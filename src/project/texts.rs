//! Values where text is wanted: concatenation, templates, holes.

use smol_str::SmolStr;

use super::evaluate::Evaluator;
use super::value::{At, Found, Piece, Text, Value};
use crate::facts::ExprId;

impl Evaluator<'_> {
    pub(super) fn concat(&self, at: &At, parts: &[ExprId]) -> Vec<Found> {
        const MOST: usize = 16;
        let mut results = vec![(Text::default(), None)];
        for part in parts {
            let at = At {
                expr: *part,
                ..at.clone()
            };
            let values = self.eval(&at);
            let mut next = Vec::new();
            for (text, trail) in &results {
                for value in &values {
                    if next.len() >= MOST {
                        break;
                    }
                    let mut text = text.clone();
                    text.extend(&self.as_text(&value.value, &at));
                    next.push((text, value.trail.clone().or_else(|| trail.clone())));
                }
            }
            results = next;
        }
        results
            .into_iter()
            .map(|(text, trail)| Found {
                value: Value::Text(text),
                trail,
            })
            .collect()
    }

    /// A value where text is wanted; what is no text is a hole.
    #[must_use]
    pub fn as_text(&self, value: &Value, at: &At) -> Text {
        let hole = |text: &str| Text::hole(SmolStr::new(text));
        match value {
            Value::Text(text) => text.clone(),
            Value::Number(number) => Text::plain(number.clone()),
            Value::Bool(b) => Text::plain(if *b { "true" } else { "false" }),
            Value::Variant { class, name } => Text::plain(self.variant_text(*class, name)),
            Value::Param(param) => Text {
                pieces: vec![Piece::Param(param.clone())],
            },
            Value::Unknown(text) => hole(text),
            _ => hole(&self.project.facts(at.file).render(at.expr)),
        }
    }
}
