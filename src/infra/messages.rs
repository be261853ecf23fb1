//! Messages that schema files describe, one file a format.

pub mod asyncapi;
pub mod avro;
pub mod json_schema;
pub mod protobuf;

use crate::analysis::SchemaField;

/// Fields beyond which nobody reads on.
const MAX_FIELDS: usize = 500;
/// Messages of one file that are kept.
const MAX_MESSAGES: usize = 2_000;

/// A message as its file describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Without its package.
    pub name: String,
    /// 1-based, where it begins.
    pub line: u32,
    pub end_line: u32,
    pub version: Option<String>,
    /// First sentence of its documentation.
    pub description: Option<String>,
    pub fields: Vec<SchemaField>,
}

/// The first sentence of a text, on one line.
#[must_use]
fn first_sentence(text: &str) -> Option<String> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let end = text.find(". ").map_or(text.len(), |at| at + 1);
    let sentence = text.get(..end)?.to_owned();
    (!sentence.is_empty()).then_some(sentence)
}
