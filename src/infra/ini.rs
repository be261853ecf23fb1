//! INI files and Java properties: `key = value` lines, possibly in sections.

use smol_str::SmolStr;

use super::tree::{Content, NodeId, Tree};

/// A section that is being read.
struct Section {
    name: SmolStr,
    line: u32,
    entries: Vec<(SmolStr, NodeId)>,
}

/// Reads a file; every text is one.
#[must_use]
pub fn parse(text: &str) -> Tree {
    let mut tree = Tree::default();
    // What stands before the first section has no name.
    let mut sections = vec![Section {
        name: SmolStr::default(),
        line: 1,
        entries: Vec::new(),
    }];
    for (line, number) in text.lines().zip(1..) {
        let line = line.trim();
        if line.starts_with(['#', ';', '!']) {
            continue;
        }
        if let Some(name) = line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) {
            sections.push(Section {
                name: SmolStr::new(name.trim()),
                line: number,
                entries: Vec::new(),
            });
        } else if let (Some((key, value)), Some(section)) =
            (line.split_once(['=', ':']), sections.last_mut())
        {
            let value = Content::Scalar(SmolStr::new(unquoted(value.trim())));
            let id = tree.push(number, value);
            section.entries.push((SmolStr::new(key.trim()), id));
        }
    }
    let mut sections = sections.into_iter();
    let mut top = sections.next().map_or_else(Vec::new, |s| s.entries);
    for section in sections {
        let id = tree.push(section.line, Content::Table(section.entries));
        top.push((section.name, id));
    }
    let root = tree.push(1, Content::Table(top));
    tree.add_document(root);
    tree
}

fn unquoted(value: &str) -> &str {
    for quote in ['"', '\''] {
        let inside = value
            .strip_prefix(quote)
            .and_then(|v| v.strip_suffix(quote));
        if let Some(inside) = inside {
            return inside;
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn sections_are_tables_and_keys_before_them_stand_at_the_top() {
        let tree = parse("a.b: 1\n# no\n[kafka]\ntopic = \"orders\"\n; no\n[empty]\n");
        let root = tree.root().expect("root");
        let found = |key: &str| tree.find(root, key).and_then(|id| tree.text(id).cloned());
        assert_eq!(found("kafka.topic").as_deref(), Some("orders"));
        assert_eq!(found("a.b").as_deref(), Some("1"));
        assert_eq!(tree.entries(root).len(), 3);
    }
}
