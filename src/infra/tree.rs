//! A settings file as a tree of keys, whatever its format, with the line of each value.

use smol_str::SmolStr;

/// Index of a [`Node`] in its [`Tree`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(pub u32);

/// What stands in a settings file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tree {
    nodes: Vec<Node>,
    /// The roots; YAML can have several documents in one file.
    documents: Vec<NodeId>,
}

/// A value with its line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// 1-based.
    pub line: u32,
    pub content: Content,
}

/// What a [`Node`] is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    Null,
    /// A text, number, boolean or date, as text.
    Scalar(SmolStr),
    List(Vec<NodeId>),
    /// In the order of the file.
    Table(Vec<(SmolStr, NodeId)>),
}

/// Parts of a dotted key beyond which it is none.
const MAX_PARTS: usize = 12;

impl Tree {
    /// Adds a value; what it consists of has been added before.
    pub fn push(&mut self, line: u32, content: Content) -> NodeId {
        self.nodes.push(Node { line, content });
        NodeId(self.nodes.len() as u32 - 1)
    }

    /// Adds a root.
    pub fn add_document(&mut self, root: NodeId) {
        self.documents.push(root);
    }

    /// The entry of a table of exactly this name.
    #[must_use]
    pub fn exact(&self, table: NodeId, key: &str) -> Option<NodeId> {
        let mut entries = self.entries(table).iter();
        entries.find(|(k, _)| k == key).map(|(_, value)| *value)
    }

    /// The line of a value.
    #[must_use]
    pub fn line(&self, id: NodeId) -> u32 {
        self.node(id).map_or(1, |n| n.line)
    }

    /// What stands in a table's block begins where its name does.
    pub fn begin(&mut self, id: NodeId, line: u32) {
        if let Some(node) = self.nodes.get_mut(id.0 as usize)
            && !matches!(node.content, Content::Scalar(_))
        {
            node.line = line;
        }
    }

    /// Puts something else in a value's place.
    pub fn set(&mut self, id: NodeId, content: Content) {
        if let Some(node) = self.nodes.get_mut(id.0 as usize) {
            node.content = content;
        }
    }

    /// How many values there are.
    #[must_use]
    pub fn len(&self) -> u32 {
        self.nodes.len() as u32
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Puts what another tree holds in a value's place, all of it on one line.
    pub fn graft(&mut self, other: &Self, line: u32, at: NodeId) {
        let offset = self.nodes.len() as u32;
        let moved = |id: &NodeId| NodeId(id.0 + offset);
        for node in &other.nodes {
            let content = match &node.content {
                Content::List(items) => Content::List(items.iter().map(moved).collect()),
                Content::Table(entries) => {
                    let entries = entries.iter().map(|(key, id)| (key.clone(), moved(id)));
                    Content::Table(entries.collect())
                }
                same => same.clone(),
            };
            self.push(line, content);
        }
        let root = other
            .root()
            .as_ref()
            .map(moved)
            .and_then(|id| self.node(id));
        if let (Some(root), Some(node)) = (root.cloned(), self.nodes.get_mut(at.0 as usize)) {
            node.content = root.content;
        }
    }

    /// The roots of all documents.
    #[must_use]
    pub fn documents(&self) -> &[NodeId] {
        &self.documents
    }

    /// The root of the first document.
    #[must_use]
    pub fn root(&self) -> Option<NodeId> {
        self.documents.first().copied()
    }

    #[must_use]
    pub fn node(&self, id: NodeId) -> Option<&Node> {
        self.nodes.get(id.0 as usize)
    }

    /// The entry of a table: the one of that name, else the one that differs
    /// only in case and separators (`topic-name`, `topicName`, `TOPIC_NAME`).
    #[must_use]
    pub fn get(&self, table: NodeId, key: &str) -> Option<NodeId> {
        let Content::Table(entries) = &self.node(table)?.content else {
            return None;
        };
        if let Some((_, value)) = entries.iter().find(|(k, _)| k == key) {
            return Some(*value);
        }
        let mut alike = entries.iter().filter(|(k, _)| fold(k).eq(fold(key)));
        alike.next().map(|(_, value)| *value)
    }

    /// What a dotted key leads to; a table may have a dotted key as it is.
    #[must_use]
    pub fn find(&self, from: NodeId, key: &str) -> Option<NodeId> {
        let parts: Vec<&str> = key.split(['.', ':']).collect();
        if parts.len() > MAX_PARTS || key.is_empty() {
            return None;
        }
        self.find_parts(from, key, &parts)
    }

    fn find_parts(&self, from: NodeId, key: &str, parts: &[&str]) -> Option<NodeId> {
        for taken in (1..=parts.len()).rev() {
            let (first, rest) = parts.split_at(taken);
            let length = first.iter().map(|p| p.len() + 1).sum::<usize>() - 1;
            let (Some(head), Some(next)) = (key.get(..length), self.get(from, key.get(..length)?))
            else {
                continue;
            };
            if rest.is_empty() {
                return Some(next);
            }
            let tail = key.get(head.len() + 1..)?;
            if let Some(found) = self.find_parts(next, tail, rest) {
                return Some(found);
            }
        }
        None
    }

    /// The text of a scalar.
    #[must_use]
    pub fn text(&self, id: NodeId) -> Option<&SmolStr> {
        match &self.node(id)?.content {
            Content::Scalar(text) => Some(text),
            _ => None,
        }
    }

    /// The entries of a table; empty for anything else.
    #[must_use]
    pub fn entries(&self, id: NodeId) -> &[(SmolStr, NodeId)] {
        match self.node(id).map(|n| &n.content) {
            Some(Content::Table(entries)) => entries,
            _ => &[],
        }
    }

    /// The elements of a list; empty for anything else.
    #[must_use]
    pub fn items(&self, id: NodeId) -> &[NodeId] {
        match self.node(id).map(|n| &n.content) {
            Some(Content::List(items)) => items,
            _ => &[],
        }
    }
}

/// A key without what spellings differ in. Settings are asked for often, so that
/// nothing is allocated for it.
fn fold(key: &str) -> impl Iterator<Item = char> + '_ {
    let letters = key.chars().filter(|c| !matches!(c, '-' | '_'));
    letters.flat_map(char::to_lowercase)
}

#[cfg(test)]
mod tests {
    use super::super::yaml;

    #[test]
    fn dotted_keys_lead_through_tables_and_flat_keys() {
        let text = "a:\n  b.c:\n    d: one\n  Topic-Name: two\n";
        let tree = yaml::parse(text).expect("valid");
        let root = tree.root().expect("a document");
        let text = |key: &str| Some(tree.text(tree.find(root, key)?)?.to_string());
        assert_eq!(text("a.b.c.d").as_deref(), Some("one"));
        assert_eq!(text("a:topicName").as_deref(), Some("two"));
        assert_eq!(text("a.b.d"), None);
        assert_eq!(text(""), None);
    }
}
