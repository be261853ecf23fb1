//! TOML.

use smol_str::SmolStr;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::tree::{Content, NodeId, Tree};

/// Reads a file.
///
/// # Errors
/// A message if it is not TOML.
pub fn parse(text: &str) -> Result<Tree, String> {
    let document = DeTable::parse(text).map_err(|e| e.message().to_owned())?;
    let lines = Lines::of(text);
    let mut tree = Tree::default();
    let root = table(&mut tree, &lines, document.get_ref(), 1);
    tree.add_document(root);
    Ok(tree)
}

/// The parser bounds the depth, and with it the recursion.
fn table(tree: &mut Tree, lines: &Lines, table: &DeTable, line: u32) -> NodeId {
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    let entries = entries
        .into_iter()
        .map(|(key, entry)| (SmolStr::new(key.get_ref()), value(tree, lines, entry)))
        .collect();
    tree.push(line, Content::Table(entries))
}

fn value(tree: &mut Tree, lines: &Lines, spanned: &Spanned<DeValue>) -> NodeId {
    let line = lines.of_byte(spanned.span().start);
    let content = match spanned.get_ref() {
        DeValue::String(text) => Content::Scalar(SmolStr::new(text)),
        DeValue::Integer(number) => Content::Scalar(SmolStr::new(number.as_str())),
        DeValue::Float(number) => Content::Scalar(SmolStr::new(number.as_str())),
        DeValue::Boolean(value) => Content::Scalar(SmolStr::new(value.to_string())),
        DeValue::Datetime(time) => Content::Scalar(SmolStr::new(time.to_string())),
        DeValue::Array(items) => {
            Content::List(items.iter().map(|item| value(tree, lines, item)).collect())
        }
        DeValue::Table(inner) => return table(tree, lines, inner, line),
    };
    tree.push(line, content)
}

/// Where lines begin.
struct Lines(Vec<usize>);

impl Lines {
    fn of(text: &str) -> Self {
        Self(memchr::memchr_iter(b'\n', text.as_bytes()).collect())
    }

    fn of_byte(&self, byte: usize) -> u32 {
        self.0.partition_point(|end| *end < byte) as u32 + 1
    }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn tables_and_dotted_keys_are_one_tree() {
        let text = "name = 'x'\n[kafka]\ntopics.orders = \"orders\"\nlist = [\n  'a',\n  'b' ]\n";
        let tree = parse(text).expect("valid");
        let root = tree.root().expect("root");
        let id = tree.find(root, "kafka.topics.orders").expect("found");
        assert_eq!(tree.text(id).map(|t| t.as_str()), Some("orders"));
        assert_eq!(tree.node(id).map(|n| n.line), Some(3));
        let list = tree.find(root, "kafka.list").expect("found");
        let second = tree.items(list)[1];
        assert_eq!(tree.node(second).map(|n| n.line), Some(6));
        assert!(parse("a = ").is_err());
    }
}
