//! Avro: the records of a schema in JSON.

use super::{MAX_FIELDS, MAX_MESSAGES, Message, first_sentence};
use crate::analysis::SchemaField;
use crate::infra::Malformed;
use crate::infra::tree::{Content, NodeId, Tree};
use crate::infra::yaml;

/// Types inside each other that are looked into.
const DEEPEST: u32 = 32;

/// Reads a file.
///
/// # Errors
/// If it is not understood, and where.
pub fn parse(text: &str) -> Result<Vec<Message>, Malformed> {
    let tree = yaml::parse(text).map_err(Malformed::whole)?;
    let mut messages = Vec::new();
    if let Some(root) = tree.root() {
        records(&tree, root, 0, &mut messages);
    }
    Ok(messages)
}

fn records(tree: &Tree, at: NodeId, depth: u32, messages: &mut Vec<Message>) {
    if depth > DEEPEST || messages.len() >= MAX_MESSAGES {
        return;
    }
    match tree.node(at).map(|node| &node.content) {
        Some(Content::List(types)) => {
            for ty in types {
                records(tree, *ty, depth + 1, messages);
            }
        }
        Some(Content::Table(_)) => {
            let text = |key| tree.get(at, key).and_then(|id| tree.text(id));
            let fields = tree.get(at, "fields").map(|id| tree.node(id));
            if let (Some(name), Some(Some(node))) = (text("name"), fields)
                && let Content::List(fields) = &node.content
                && text("type").is_some_and(|t| t == "record" || t == "error")
            {
                let line = tree.node(at).map_or(1, |node| node.line);
                messages.push(Message {
                    name: name.rsplit('.').next().unwrap_or(name).to_owned(),
                    line,
                    end_line: line,
                    version: None,
                    description: text("doc").and_then(|doc| first_sentence(doc)),
                    fields: fields
                        .iter()
                        .take(MAX_FIELDS)
                        .filter_map(|field| shown(tree, *field))
                        .collect(),
                });
                for field in fields {
                    if let Some(ty) = tree.get(*field, "type") {
                        records(tree, ty, depth + 1, messages);
                    }
                }
            }
            for key in ["type", "items", "values", "types"] {
                if let Some(inner) = tree.get(at, key) {
                    records(tree, inner, depth + 1, messages);
                }
            }
        }
        _ => {}
    }
}

fn shown(tree: &Tree, field: NodeId) -> Option<SchemaField> {
    let name = tree.text(tree.get(field, "name")?)?;
    let ty = tree.get(field, "type").map(|ty| type_of(tree, ty, 0));
    let optional = ty
        .as_deref()
        .is_some_and(|ty| ty.split(" | ").any(|t| t == "null"));
    Some(SchemaField {
        name: name.to_string(),
        ty,
        required: !optional && tree.get(field, "default").is_none(),
    })
}

fn type_of(tree: &Tree, at: NodeId, depth: u32) -> String {
    if depth > DEEPEST {
        return "…".to_owned();
    }
    let inner = |key| {
        tree.get(at, key)
            .map_or_else(String::new, |id| type_of(tree, id, depth + 1))
    };
    match tree.node(at).map(|node| &node.content) {
        Some(Content::Scalar(name)) => name.rsplit('.').next().unwrap_or(name).to_owned(),
        Some(Content::List(types)) => {
            let types = types.iter().map(|ty| type_of(tree, *ty, depth + 1));
            types.collect::<Vec<_>>().join(" | ")
        }
        Some(Content::Null) => "null".to_owned(),
        Some(Content::Table(_)) => {
            let text = |key| tree.get(at, key).and_then(|id| tree.text(id));
            match (text("type").map(|t| t.as_str()), text("logicalType")) {
                (_, Some(logical)) => logical.to_string(),
                (Some("array"), _) => format!("array<{}>", inner("items")),
                (Some("map"), _) => format!("map<{}>", inner("values")),
                (Some("record" | "enum" | "fixed" | "error"), _) => inner("name"),
                _ => inner("type"),
            }
        }
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn records_inside_records_are_messages_too() {
        let text = r#"{
  "type": "record", "name": "shop.Placed", "doc": "An order. Placed.",
  "fields": [
    {"name": "id", "type": "string"},
    {"name": "note", "type": ["null", "string"], "default": null},
    {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
    {"name": "items", "type": {"type": "array", "items": {
      "type": "record", "name": "Item", "fields": [{"name": "count", "type": "int"}]}}}
  ]
}"#;
        let messages = parse(text).expect("valid");
        let shown: Vec<String> = messages
            .iter()
            .map(|m| {
                let fields = m.fields.iter().map(|f| {
                    let mark = if f.required { "" } else { "?" };
                    format!("{}{mark}: {}", f.name, f.ty.as_deref().unwrap_or(""))
                });
                let fields: Vec<String> = fields.collect();
                format!("{} {} {}", m.name, m.line, fields.join("; "))
            })
            .collect();
        assert_eq!(
            shown,
            [
                "Placed 1 id: string; note?: null | string; at: timestamp-millis; items: array<Item>",
                "Item 7 count: int",
            ]
        );
    }
}
