//! Imports and dotted names.

use tree_sitter::Node;

use super::behind;
use crate::facts::{ExprId, ExprKind, Imported};
use crate::language::Builder;
use crate::language::fields::Fields;

pub(super) fn import(b: &mut Builder, node: Node) {
    match node.field("module_name") {
        Some(module) => import_from(b, node, &spelled(b, module)),
        None => import_modules(b, node),
    }
}

/// `import a.b.c`, `import a.b as x`.
fn import_modules(b: &mut Builder, node: Node) {
    for (name, alias) in names(node) {
        let module = spelled(b, name);
        let value = b.import(name, &module, Imported::Module);
        if let Some(alias) = alias {
            bind(b, alias, b.text(alias), value);
        } else if let Some((package, _)) = module.split_once('.') {
            // Only the outermost package is bound; the rest is read through it.
            let value = b.import(name, package, Imported::Module);
            bind(b, name, package, value);
        } else {
            bind(b, name, &module, value);
        }
    }
}

fn import_from(b: &mut Builder, node: Node, module: &str) {
    let mut cursor = node.walk();
    if let Some(all) = node
        .named_children(&mut cursor)
        .find(|child| child.kind() == "wildcard_import")
    {
        b.import(all, module, Imported::All);
    }
    for (name, alias) in names(node) {
        let imported = spelled(b, name);
        let value = b.import(name, module, Imported::Named(imported.as_str().into()));
        match alias {
            Some(alias) => bind(b, alias, b.text(alias), value),
            None => bind(b, name, &imported, value),
        }
    }
}

/// The imported names of a statement, with what they are called here.
fn names(node: Node) -> Vec<(Node, Option<Node>)> {
    let mut cursor = node.walk();
    node.children_by_field_name("name", &mut cursor)
        .map(|child| match child.field("name") {
            Some(name) => (name, child.field("alias")),
            None => (child, None),
        })
        .collect()
}

fn bind(b: &mut Builder, node: Node, name: &str, value: ExprId) {
    let at = behind(b, node);
    b.assign_local(name, value, None, at);
}

/// A module as written, without the spaces Python allows around the dots.
fn spelled(b: &Builder, node: Node) -> String {
    b.text(node)
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '\\')
        .collect()
}

/// `a.b.c` where the grammar has a name of its own for it.
pub(super) fn dotted(b: &mut Builder, node: Node) -> ExprId {
    let mut cursor = node.walk();
    let names: Vec<Node> = node.named_children(&mut cursor).collect();
    let mut names = names.into_iter();
    let Some(first) = names.next() else {
        return b.unknown(node);
    };
    let name = b.name(first);
    let mut value = b.push(first, ExprKind::Name(name));
    for name in names {
        let text = b.text(name);
        value = b.member(name, value, text);
    }
    value
}
