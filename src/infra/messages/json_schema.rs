//! JSON Schema: the objects of a file, in JSON or YAML.

use super::{MAX_FIELDS, MAX_MESSAGES, Message, first_sentence};
use crate::analysis::SchemaField;
use crate::infra::Malformed;
use crate::infra::tree::{Content, NodeId, Tree};
use crate::infra::yaml;

/// Schemas inside each other that are looked into.
const DEEPEST: u32 = 16;
/// Where a file keeps schemas beside its own.
const DEFINITIONS: [&str; 2] = ["$defs", "definitions"];

/// Reads a file whose own schema is called `name` if it has no title.
///
/// # Errors
/// If it is not understood, and where.
pub fn parse(text: &str, name: &str) -> Result<Vec<Message>, Malformed> {
    let tree = yaml::parse(text).map_err(Malformed::whole)?;
    let Some(root) = tree.root() else {
        return Ok(Vec::new());
    };
    let mut messages = Vec::new();
    messages.extend(message(&tree, root, root, name));
    for key in DEFINITIONS {
        if let Some(node) = tree.get(root, key).and_then(|id| tree.node(id))
            && let Content::Table(entries) = &node.content
        {
            let defined = entries.iter().take(MAX_MESSAGES);
            messages.extend(defined.filter_map(|(name, at)| message(&tree, root, *at, name)));
        }
    }
    Ok(messages)
}

/// The message that a schema describes, if it is an object with properties.
pub(super) fn message(tree: &Tree, root: NodeId, at: NodeId, name: &str) -> Option<Message> {
    let mut fields = Vec::new();
    collect(tree, root, at, 0, &mut fields);
    if fields.is_empty() {
        return None;
    }
    let text = |key| tree.get(at, key).and_then(|id| tree.text(id));
    // A title is a name unless it is a sentence.
    let title = text("title").filter(|t| !t.contains(char::is_whitespace));
    let line = tree.node(at).map_or(1, |node| node.line);
    Some(Message {
        name: title.map_or(name, |t| t.as_str()).to_owned(),
        line,
        end_line: line,
        version: text("version").map(ToString::to_string),
        description: text("description").and_then(|d| first_sentence(d)),
        fields,
    })
}

fn collect(tree: &Tree, root: NodeId, at: NodeId, depth: u32, fields: &mut Vec<SchemaField>) {
    if depth > DEEPEST {
        return;
    }
    let at = referred(tree, root, at);
    let list = |key| match tree.get(at, key).and_then(|id| tree.node(id)) {
        Some(node) => match &node.content {
            Content::List(items) => items.as_slice(),
            _ => &[],
        },
        None => &[],
    };
    for part in list("allOf") {
        collect(tree, root, *part, depth + 1, fields);
    }
    let required: Vec<_> = list("required")
        .iter()
        .filter_map(|id| tree.text(*id))
        .collect();
    let Some(Content::Table(entries)) = tree
        .get(at, "properties")
        .and_then(|id| tree.node(id))
        .map(|node| &node.content)
    else {
        return;
    };
    for (name, property) in entries {
        if fields.len() < MAX_FIELDS && !fields.iter().any(|f| f.name == *name) {
            fields.push(SchemaField {
                name: name.to_string(),
                ty: type_of(tree, *property),
                required: required.contains(&name),
            });
        }
    }
}

/// What `$ref: '#/…'` stands for in the same file; anything else is itself.
pub(super) fn referred(tree: &Tree, root: NodeId, at: NodeId) -> NodeId {
    let reference = tree.get(at, "$ref").and_then(|id| tree.text(id));
    let Some(way) = reference.and_then(|r| r.strip_prefix("#/")) else {
        return at;
    };
    let step = |node: Option<NodeId>, key: &str| tree.get(node?, &key.replace("~1", "/"));
    way.split('/').fold(Some(root), step).unwrap_or(at)
}

fn type_of(tree: &Tree, at: NodeId) -> Option<String> {
    if let Some(reference) = tree.get(at, "$ref").and_then(|id| tree.text(id)) {
        return reference.rsplit(['/', '#']).next().map(str::to_owned);
    }
    let ty = tree.get(at, "type")?;
    match &tree.node(ty)?.content {
        Content::Scalar(name) if name == "array" => {
            let items = tree.get(at, "items").and_then(|items| type_of(tree, items));
            Some(format!("array<{}>", items.unwrap_or_else(|| "any".into())))
        }
        Content::Scalar(name) => Some(name.to_string()),
        Content::List(types) => {
            let types = types.iter().filter_map(|ty| tree.text(*ty));
            let types: Vec<&str> = types.map(|t| t.as_str()).collect();
            Some(types.join(" | "))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn properties_references_and_parts() {
        let text = r##"{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "allOf": [{"$ref": "#/$defs/Base"}],
  "properties": {"total": {"type": "number"}, "items": {"type": "array", "items": {"$ref": "#/$defs/Item"}}},
  "required": ["total"],
  "$defs": {"Base": {"properties": {"id": {"type": "string"}}, "required": ["id"]}, "Item": {"type": "string"}}
}"##;
        let messages = parse(text, "OrderPlaced").expect("valid");
        let first = messages.first().expect("the file's own");
        let fields: Vec<(&str, &str, bool)> = first
            .fields
            .iter()
            .map(|f| (f.name.as_str(), f.ty.as_deref().unwrap_or(""), f.required))
            .collect();
        assert_eq!(first.name, "OrderPlaced");
        assert_eq!(
            fields,
            [
                ("id", "string", true),
                ("total", "number", true),
                ("items", "array<Item>", false)
            ]
        );
        assert_eq!(messages.len(), 2);
    }
}
