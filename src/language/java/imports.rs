//! Imports: a class, a static member, everything of a package or class.

use tree_sitter::Node;

use super::{Lowering, parts};
use crate::facts::Imported;

impl Lowering<'_, '_> {
    pub(super) fn import(&mut self, node: Node) {
        let parts = parts(node);
        let Some(path) = parts.first() else {
            return;
        };
        if parts.iter().any(|p| p.kind() == "asterisk") {
            let module = self.b.text(*path);
            self.b.import(node, module, Imported::All);
            return;
        }
        let text: String = self.b.text(*path).split_whitespace().collect();
        let Some((module, name)) = text.rsplit_once('.') else {
            return;
        };
        let value = self.b.import(node, module, Imported::Named(name.into()));
        let at = self.b.span(node);
        self.b.bind(name, value, at);
    }
}
