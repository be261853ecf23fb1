//! YAML with tags, which CloudFormation writes its functions in, and JSON.
//!
//! `!Ref Orders` is the table `{Ref: Orders}`, as the long form has it. An alias
//! is the very node of its anchor, so that aliases of aliases take no memory.

use std::borrow::Cow;
use std::collections::HashMap;

use granit_parser::{Event, Parser, Tag};
use smol_str::SmolStr;

use super::Malformed;
use super::tree::{Content, NodeId, Tree};

/// Levels beyond which a file is hostile.
const MAX_DEPTH: usize = 64;

/// A list or table that is being read.
struct Open {
    line: u32,
    anchor: usize,
    tag: Option<SmolStr>,
    /// A table's key that waits for its value.
    key: Option<Key>,
    content: Content,
}

enum Key {
    Name(SmolStr, u32),
    /// `<<`
    Merge,
    /// A key that is no text.
    Other,
}

/// Reads all documents of a file.
///
/// # Errors
/// The line and what is wrong if it is no YAML, or nested too deeply.
pub fn parse(text: &str) -> Result<Tree, Malformed> {
    let mut reader = Reader::default();
    let mut parser = Parser::new_from_str(text);
    while let Some(next) = parser.next_event() {
        let (event, span) = next.map_err(|error| Malformed {
            line: Some(line(error.marker().line())),
            message: error.info().to_owned(),
        })?;
        reader.event(event, line(span.start.line()))?;
    }
    Ok(reader.tree)
}

/// Texts that are JSON, as policies are written in templates, become what they say.
pub fn read_embedded(tree: &mut Tree) {
    for number in 0..tree.len() {
        let id = NodeId(number);
        let Some(node) = tree.node(id) else {
            continue;
        };
        let Content::Scalar(text) = &node.content else {
            continue;
        };
        let trimmed = text.trim();
        if !(trimmed.starts_with('{') && trimmed.ends_with('}') && trimmed.contains('"')) {
            continue;
        }
        if let Ok(inside) = parse(trimmed) {
            let line = node.line;
            tree.graft(&inside, line, id);
        }
    }
}

fn line(line: usize) -> u32 {
    u32::try_from(line).unwrap_or(u32::MAX).max(1)
}

#[derive(Default)]
struct Reader {
    tree: Tree,
    open: Vec<Open>,
    anchors: HashMap<usize, NodeId>,
}

impl Reader {
    fn event(&mut self, event: Event, line: u32) -> Result<(), Malformed> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let is_plain = style == granit_parser::ScalarStyle::Plain;
                let null = is_plain && matches!(text.as_ref(), "" | "~" | "null" | "Null" | "NULL");
                let content = if null {
                    Content::Null
                } else {
                    Content::Scalar(SmolStr::new(text))
                };
                let node = self.tree.push(line, content);
                self.done(node, line, anchor, own(tag));
            }
            Event::SequenceStart(_, anchor, tag) => {
                self.start(line, anchor, own(tag), Content::List(Vec::new()))?;
            }
            Event::MappingStart(_, anchor, tag) => {
                self.start(line, anchor, own(tag), Content::Table(Vec::new()))?;
            }
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some(open) = self.open.pop() {
                    let node = self.tree.push(open.line, open.content);
                    self.done(node, open.line, open.anchor, open.tag);
                }
            }
            Event::Alias(anchor) => {
                let known = self.anchors.get(&anchor).copied();
                let node = known.unwrap_or_else(|| self.tree.push(line, Content::Null));
                self.placed(node, line, false);
            }
            _ => {}
        }
        Ok(())
    }

    fn start(
        &mut self,
        line: u32,
        anchor: usize,
        tag: Option<SmolStr>,
        content: Content,
    ) -> Result<(), Malformed> {
        if self.open.len() >= MAX_DEPTH {
            return Err(Malformed {
                line: Some(line),
                message: "nested too deeply; left out".into(),
            });
        }
        self.open.push(Open {
            line,
            anchor,
            tag,
            key: None,
            content,
        });
        Ok(())
    }

    /// A value is complete: it goes into what is open around it.
    fn done(&mut self, node: NodeId, line: u32, anchor: usize, tag: Option<SmolStr>) {
        let node = match tag {
            Some(tag) => self.tree.push(line, Content::Table(vec![(tag, node)])),
            None => node,
        };
        if anchor != 0 {
            self.anchors.insert(anchor, node);
        }
        self.placed(node, line, true);
    }

    /// Puts a value into what is open; an alias's own place is elsewhere.
    fn placed(&mut self, node: NodeId, line: u32, is_own: bool) {
        let Some(open) = self.open.last_mut() else {
            self.tree.add_document(node);
            return;
        };
        match &mut open.content {
            Content::List(items) => items.push(node),
            Content::Table(entries) => match open.key.take() {
                None => {
                    open.key = Some(match self.tree.text(node) {
                        Some(text) if text == "<<" => Key::Merge,
                        Some(text) => Key::Name(text.clone(), line),
                        None => Key::Other,
                    });
                }
                Some(Key::Name(name, line)) => {
                    entries.push((name, node));
                    if is_own {
                        self.tree.begin(node, line);
                    }
                }
                Some(Key::Merge) => {
                    let merged = std::iter::once(&node).chain(self.tree.items(node));
                    let merged = merged.flat_map(|n| self.tree.entries(*n));
                    // What stands in the table itself is found first.
                    entries.extend(merged.cloned());
                }
                Some(Key::Other) => {}
            },
            Content::Null | Content::Scalar(_) => {}
        }
    }
}

/// What a tag of a template's own is written as in the long form.
fn own(tag: Option<Cow<Tag>>) -> Option<SmolStr> {
    let tag = tag?;
    if !tag.is_custom() || tag.handle() != "!" {
        return None;
    }
    Some(match tag.suffix() {
        name @ ("Ref" | "Condition") => SmolStr::new(name),
        name => SmolStr::new(format!("Fn::{name}")),
    })
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
    fn tags_are_tables_and_merges_come_last() {
        let text = "x: &x\n  a: one\n  b: two\ny:\n  <<: *x\n  a: !Ref Q\n  c: !GetAtt Q.Arn\n  d: !Sub\n    - \"${A}\"\n    - A: b\n  e: ~\n  f: \"\"\n";
        let tree = parse(text).expect("valid");
        assert_eq!(at(&tree, "x.a"), Some(("one".into(), 2)));
        assert_eq!(at(&tree, "y.b"), Some(("two".into(), 3)));
        assert_eq!(at(&tree, "y.c.Fn::GetAtt"), Some(("Q.Arn".into(), 7)));
        assert_eq!(at(&tree, "y.e"), None);
        assert_eq!(at(&tree, "y.f"), Some((String::new(), 12)));
        let tree = parse("{\n\t\"a\": {\"Ref\": \"B\"}\n}").expect("valid");
        assert_eq!(at(&tree, "a.Ref"), Some(("B".into(), 2)));
    }

    #[test]
    fn hostile_files_end() {
        let mut bomb = String::from("a: &a [x,x,x,x,x,x,x,x,x]\n");
        for (previous, next) in "abcdefgh".chars().zip("bcdefghi".chars()) {
            let all = vec![format!("*{previous}"); 9].join(",");
            bomb += &format!("{next}: &{next} [{all}]\n");
        }
        assert!(parse(&bomb).is_ok());
        assert!(parse(&"[".repeat(100_000)).is_err());
        let broken = parse("a: 1\nb: [1, 2\nc: {").expect_err("broken");
        assert!(broken.line.is_some_and(|line| line > 1));
    }
}
