//! `use`, `extern crate` and modules.

use smol_str::SmolStr;
use tree_sitter::Node;

use super::attributes::Lead;
use super::{Lowering, is_extra};
use crate::facts::{ExprKind, Imported, ScopeKind};
use crate::language::fields::Fields;

impl<'s> Lowering<'_, 's> {
    pub(super) fn import(&mut self, node: Node) {
        if let Some(tree) = node.field("argument") {
            self.use_tree(tree, &[]);
        } else if let Some(name) = node.field("name") {
            let alias = node.field("alias");
            let path = [self.b.text(name)];
            let alias = alias.map(|alias| self.b.text(alias));
            self.use_path(node, &path, alias);
        }
    }

    /// One branch of a `use` tree behind the segments of `prefix`.
    fn use_tree(&mut self, node: Node, prefix: &[&'s str]) {
        self.deeper(|l| match node.kind() {
            "use_list" => {
                let mut cursor = node.walk();
                for branch in node.named_children(&mut cursor) {
                    if !is_extra(branch) {
                        l.use_tree(branch, prefix);
                    }
                }
            }
            "scoped_use_list" => {
                let path = l.segments(prefix, node.field("path"));
                if let Some(list) = node.field("list") {
                    l.use_tree(list, &path);
                }
            }
            "use_wildcard" => {
                let path = l.segments(prefix, super::first_child(node));
                l.use_all(node, &path);
            }
            "use_as_clause" => {
                let path = l.segments(prefix, node.field("path"));
                let alias = l.b.field_text(node, "alias");
                l.use_path(node, &path, Some(alias));
            }
            _ => {
                let path = l.segments(prefix, Some(node));
                l.use_path(node, &path, None);
            }
        });
    }

    fn segments(&self, prefix: &[&'s str], path: Option<Node>) -> Vec<&'s str> {
        let text = path.map_or("", |path| self.b.text(path));
        let own = text
            .split("::")
            .map(|segment| {
                let segment = segment.trim();
                segment.strip_prefix("r#").unwrap_or(segment)
            })
            .filter(|segment| !segment.is_empty());
        prefix.iter().copied().chain(own).collect()
    }

    fn use_all(&mut self, node: Node, path: &[&str]) {
        let module = self.module_path(path);
        // `use super::*` in an inline module: this file, which is visible anyway.
        if module != "self" && !module.is_empty() {
            self.b.import(node, &module, Imported::All);
        }
    }

    fn use_path(&mut self, node: Node, path: &[&str], alias: Option<&str>) {
        let (path, names_module) = match path {
            [module @ .., "self"] if !module.is_empty() => (module, true),
            _ => (path, path.len() == 1),
        };
        let Some((last, before)) = path.split_last() else {
            return;
        };
        let value = if names_module || matches!(*last, "crate" | "super") {
            let module = self.module_path(path);
            self.b.import(node, &module, Imported::Module)
        } else {
            let module = self.module_path(before);
            self.b
                .import(node, &module, Imported::Named(SmolStr::new(last)))
        };
        let name = alias.unwrap_or(last);
        if name != "_" {
            let at = self.b.span(node);
            self.b.bind(name, value, at);
        }
    }

    /// The path of a module as written. Inside `mod x { … }`, `self` and `super`
    /// are said relative to the file, since that is what modules are found by.
    pub(super) fn module_path(&self, path: &[&str]) -> String {
        let inline = self.modules.len();
        let supers = path
            .iter()
            .take_while(|segment| **segment == "super")
            .count();
        let (start, rest) = match path.split_first() {
            Some((&"self", rest)) if inline > 0 => (self.inline_path(inline), rest),
            Some((&"super", _)) if inline > 0 && supers <= inline => {
                (self.inline_path(inline - supers), &path[supers..])
            }
            Some((&"super", _)) if inline > 0 => {
                let outside = vec!["super"; supers - inline];
                (outside.join("::"), &path[supers..])
            }
            _ => return path.join("::"),
        };
        std::iter::once(start.as_str())
            .chain(rest.iter().copied())
            .collect::<Vec<_>>()
            .join("::")
    }

    /// The path of the outermost `depth` inline modules.
    fn inline_path(&self, depth: usize) -> String {
        std::iter::once("self")
            .chain(self.modules.iter().take(depth).map(SmolStr::as_str))
            .collect::<Vec<_>>()
            .join("::")
    }

    /// `mod x;` is an import, `mod x { … }` an object of what stands in it.
    pub(super) fn module(&mut self, node: Node, lead: &Lead) {
        if lead.is_test(self) {
            self.mark_test(node, lead);
        }
        let Some(name) = node.field("name") else {
            return;
        };
        let at = self.b.span(node);
        let name = self.name(name);
        let Some(body) = node.field("body") else {
            let path = self.module_path(&["self", &name]);
            let value = self.b.import(node, &path, Imported::Module);
            self.b.bind(&name, value, at);
            return;
        };
        let scope = self.b.open_scope(ScopeKind::Block);
        self.modules.push(name.clone());
        self.deeper(|l| l.statements(body));
        self.modules.pop();
        self.b.close_scope();
        let entries = self.b.scope_entries(scope);
        let value = self.b.push(node, ExprKind::Object { ty: None, entries });
        self.b.bind(&name, value, at);
    }
}
