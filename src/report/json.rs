//! The JSON contract and its schema.

use crate::analysis::Analysis;

use super::escape::json_text;

/// The analysis as pretty-printed JSON with a newline at its end.
///
/// [`seconds`](crate::analysis::Stats::seconds) is 0, so that the same tree
/// gives the same bytes.
#[must_use]
pub fn render(analysis: &Analysis) -> String {
    let mut document = analysis.clone();
    document.stats.seconds = 0.0;
    pretty(&document)
}

/// The JSON Schema of the contract, as committed in `schema/msgmap.schema.json`.
#[must_use]
pub fn json_schema() -> String {
    pretty(&schemars::schema_for!(Analysis))
}

/// Any of our documents as JSON text, harmless on a terminal too.
pub(super) fn pretty(document: &impl serde::Serialize) -> String {
    let text = serde_json::to_string_pretty(document)
        .expect("our types have string keys and no failing serializer");
    let mut text = json_text(&text);
    text.push('\n');
    text
}
