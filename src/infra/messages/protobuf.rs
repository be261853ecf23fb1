//! Protocol Buffers: the messages of a `.proto` file.

use prost_types::field_descriptor_proto::{Label, Type};
use prost_types::source_code_info::Location;
use prost_types::{DescriptorProto, FieldDescriptorProto};
use rustc_hash::FxHashMap;

use super::{MAX_FIELDS, MAX_MESSAGES, Message, first_sentence};
use crate::analysis::SchemaField;
use crate::infra::Malformed;

/// Messages inside each other that are looked into; the parser has a bound of its own.
const DEEPEST: usize = 16;
/// Numbers of the fields of descriptors, of which the paths of places are made.
const MESSAGE: i32 = 4;
const NESTED: i32 = 3;

/// Reads a file.
///
/// # Errors
/// If it is not understood, and where.
pub fn parse(text: &str) -> Result<Vec<Message>, Malformed> {
    let file = protox_parse::parse("file.proto", text).map_err(|error| Malformed {
        line: error.span().map(|span| line_of(text, span.start)),
        message: error.to_string(),
    })?;
    let places = file.source_code_info.iter().flat_map(|info| &info.location);
    let places: FxHashMap<&[i32], &Location> =
        places.map(|place| (place.path.as_slice(), place)).collect();
    let mut messages = Vec::new();
    for (i, message) in file.message_type.iter().enumerate() {
        let path = vec![MESSAGE, i as i32];
        add(message, path, &places, &mut messages);
    }
    Ok(messages)
}

fn line_of(text: &str, byte: usize) -> u32 {
    let before = text.as_bytes().get(..byte).unwrap_or_default();
    memchr::memchr_iter(b'\n', before).count() as u32 + 1
}

fn add(
    message: &DescriptorProto,
    path: Vec<i32>,
    places: &FxHashMap<&[i32], &Location>,
    messages: &mut Vec<Message>,
) {
    if messages.len() >= MAX_MESSAGES || path.len() > 2 * DEEPEST {
        return;
    }
    let place = places.get(path.as_slice());
    let span = place.map_or(&[][..], |place| place.span.as_slice());
    let line = span.first().map_or(1, |line| *line as u32 + 1);
    let end_line = match span {
        [_, _, end, _] => *end as u32 + 1,
        _ => line,
    };
    let comment = place.and_then(|place| place.leading_comments.as_deref());
    // Maps are written as fields, and kept as messages that nobody wrote.
    let is_entry = |m: &DescriptorProto| m.options.as_ref().is_some_and(|o| o.map_entry());
    if is_entry(message) {
        return;
    }
    messages.push(Message {
        name: message.name().to_owned(),
        line,
        end_line,
        version: None,
        description: comment.and_then(first_sentence),
        fields: message
            .field
            .iter()
            .take(MAX_FIELDS)
            .map(|field| shown(field, message))
            .collect(),
    });
    for (i, nested) in message.nested_type.iter().enumerate() {
        let mut path = path.clone();
        path.extend([NESTED, i as i32]);
        add(nested, path, places, messages);
    }
}

fn shown(field: &FieldDescriptorProto, message: &DescriptorProto) -> SchemaField {
    let name = field.type_name().trim_start_matches('.');
    let entry = message.nested_type.iter().find(|nested| {
        nested.options.as_ref().is_some_and(|o| o.map_entry())
            && name.rsplit('.').next() == Some(nested.name())
    });
    let ty = match entry.map(|entry| entry.field.as_slice()) {
        Some([key, value]) => format!("map<{}, {}>", type_of(key), type_of(value)),
        _ if field.label.is_some_and(|l| l == Label::Repeated as i32) => {
            format!("repeated {}", type_of(field))
        }
        _ => type_of(field),
    };
    SchemaField {
        name: field.name().to_owned(),
        ty: Some(ty),
        // Any field can be missing on the wire, unless the old syntax asks for it.
        required: field.label.is_some_and(|l| l == Label::Required as i32),
    }
}

fn type_of(field: &FieldDescriptorProto) -> String {
    let name = match field.r#type.and_then(|n| Type::try_from(n).ok()) {
        None | Some(Type::Message | Type::Enum | Type::Group) => {
            return field.type_name().trim_start_matches('.').to_owned();
        }
        Some(scalar) => scalar.as_str_name(),
    };
    name.trim_start_matches("TYPE_").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn messages_with_their_lines_and_fields() {
        let text = "syntax = \"proto3\";\npackage shop;\n// An order. It is paid.\nmessage Order {\n  string id = 1;\n  repeated Item items = 2;\n  map<string, int32> tags = 3;\n  message Item {\n    int64 count = 1;\n  }\n}\n";
        let messages = parse(text).expect("valid");
        let shown: Vec<String> = messages
            .iter()
            .map(|m| {
                let fields = m.fields.iter().map(|f| {
                    let ty = f.ty.as_deref().unwrap_or("");
                    format!("{}: {ty}", f.name)
                });
                let fields: Vec<String> = fields.collect();
                format!("{} {}-{} {}", m.name, m.line, m.end_line, fields.join("; "))
            })
            .collect();
        assert_eq!(
            shown,
            [
                "Order 4-11 id: string; items: repeated Item; tags: map<string, int32>",
                "Item 8-10 count: int64"
            ]
        );
        let described = messages.first().and_then(|m| m.description.clone());
        assert_eq!(described.as_deref(), Some("An order."));
    }

    #[test]
    fn what_is_no_proto_says_where() {
        let error = parse("syntax = \"proto3\";\nmessage {\n").expect_err("malformed");
        assert_eq!(error.line, Some(2));
    }
}
