use tree_sitter::Node;

use super::Builder;

/// Lowers a whole file.
pub(super) fn lower(_b: &mut Builder, _root: Node) {}
