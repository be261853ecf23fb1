//! YAML, and JSON, which is YAML written in its flow style.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::Spanned;
use smol_str::SmolStr;

use super::tree::{Content, NodeId, Tree};

/// Reads all documents of a file.
///
/// # Errors
/// A message if it is not YAML; anchors and aliases are bounded by the parser.
pub fn parse(text: &str) -> Result<Tree, String> {
    // `on` is a key like any other.
    let options = serde_saphyr::options! { strict_booleans: true };
    let documents: Vec<Spanned<Raw>> = serde_saphyr::from_multiple_with_options(text, options)
        .map_err(|e| first_line(&e.to_string()))?;
    let mut tree = Tree::default();
    for document in documents {
        let root = add(&mut tree, document);
        tree.add_document(root);
    }
    Ok(tree)
}

fn first_line(message: &str) -> String {
    message.lines().next().unwrap_or_default().to_owned()
}

/// The parser bounds the depth, and with it the recursion.
fn add(tree: &mut Tree, raw: Spanned<Raw>) -> NodeId {
    let line = u32::try_from(raw.defined.line()).unwrap_or(1).max(1);
    let content = match raw.value {
        Raw::Null => Content::Null,
        Raw::Scalar(text) => Content::Scalar(text),
        Raw::List(items) => Content::List(items.into_iter().map(|i| add(tree, i)).collect()),
        Raw::Table(entries) => Content::Table(
            entries
                .into_iter()
                .map(|(key, value)| (key, add(tree, value)))
                .collect(),
        ),
    };
    tree.push(line, content)
}

/// Any value.
enum Raw {
    Null,
    Scalar(SmolStr),
    List(Vec<Spanned<Raw>>),
    Table(Vec<(SmolStr, Spanned<Raw>)>),
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Any)
    }
}

struct Any;

impl<'de> Visitor<'de> for Any {
    type Value = Raw;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Raw, E> {
        Ok(Raw::Scalar(SmolStr::new_static(if value {
            "true"
        } else {
            "false"
        })))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Raw, E> {
        Ok(Raw::Scalar(SmolStr::new(value.to_string())))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Raw, E> {
        Ok(Raw::Scalar(SmolStr::new(value.to_string())))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Raw, E> {
        Ok(Raw::Scalar(SmolStr::new(value.to_string())))
    }

    fn visit_str<E>(self, value: &str) -> Result<Raw, E> {
        Ok(Raw::Scalar(SmolStr::new(value)))
    }

    fn visit_unit<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_none<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Raw, D::Error> {
        Raw::deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut all: A) -> Result<Raw, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = all.next_element()? {
            items.push(item);
        }
        Ok(Raw::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut all: A) -> Result<Raw, A::Error> {
        let mut entries = Vec::new();
        while let Some(key) = all.next_key::<Raw>()? {
            let value = all.next_value()?;
            if let Raw::Scalar(key) = key {
                entries.push((key, value));
            }
        }
        Ok(Raw::Table(entries))
    }
}

#[cfg(test)]
mod tests {
    use super::parse;
    use crate::infra::tree::Tree;

    fn at(tree: &Tree, key: &str) -> Option<(String, u32)> {
        let id = tree.find(tree.root()?, key)?;
        Some((tree.text(id)?.to_string(), tree.node(id)?.line))
    }

    #[test]
    fn values_have_their_lines_and_merges_their_own() {
        let text =
            "x: &x\n  topic: orders\n  n: 3\nservice:\n  <<: *x\n  on: true\n  1: one\n  none:\n";
        let tree = parse(text).expect("valid");
        assert_eq!(at(&tree, "x.topic"), Some(("orders".into(), 2)));
        assert_eq!(at(&tree, "service.topic"), Some(("orders".into(), 2)));
        assert_eq!(at(&tree, "service.on"), Some(("true".into(), 6)));
        assert_eq!(at(&tree, "service.1"), Some(("one".into(), 7)));
        assert_eq!(at(&tree, "service.none"), None);
    }

    #[test]
    fn json_with_tabs_is_read_too() {
        let text =
            "{\n\t\"kafka\": {\n\t\t\"topics\": [\"a\", \"b\"],\n\t\t\"url\": \"a\\/b\"\n\t}\n}\n";
        let tree = parse(text).expect("valid");
        assert_eq!(at(&tree, "kafka.url"), Some(("a/b".into(), 4)));
        let topics = tree.find(tree.root().expect("root"), "kafka.topics");
        assert_eq!(tree.items(topics.expect("topics")).len(), 2);
    }

    #[test]
    fn a_bomb_of_aliases_is_an_error_and_so_is_half_a_file() {
        let mut text = String::from("a: &a [x,x,x,x,x,x,x,x,x]\n");
        for (previous, next) in "abcdefgh".chars().zip("bcdefghi".chars()) {
            text += &format!(
                "{next}: &{next} [{}]\n",
                vec![format!("*{previous}"); 9].join(",")
            );
        }
        assert!(parse(&text).is_err());
        assert!(parse("a: [1, 2\nb: {").is_err());
    }

    #[test]
    fn deep_nesting_ends() {
        let deep = "[".repeat(100_000);
        assert!(parse(&deep).is_err());
    }
}
