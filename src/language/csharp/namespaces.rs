//! Namespaces and `using` directives.
//!
//! A name that the file does not declare is looked up in the namespaces around
//! the use, then in the used ones: all of them are imports of everything.

use tree_sitter::Node;

use super::{Lowering, has_token, parts};
use crate::facts::{Export, ExprId, ExprKind, Imported};
use crate::language::fields::Fields;

impl Lowering<'_, '_> {
    /// The namespaces of the file and what it uses, before anything else: a
    /// `using` holds for the whole file, and its namespace is asked first.
    pub(super) fn usings(&mut self, root: Node) {
        let mut directives = Vec::new();
        self.find_usings(root, "", &mut directives, 0);
        for namespace in std::mem::take(&mut self.namespaces) {
            let mut around = namespace.as_str();
            loop {
                self.glob(root, around);
                match around.rsplit_once('.') {
                    Some((outer, _)) => around = outer,
                    None => break,
                }
            }
        }
        // Types outside of any namespace are visible everywhere.
        self.glob(root, "");
        for directive in directives {
            self.using(directive);
        }
    }

    fn find_usings<'t>(
        &mut self,
        node: Node<'t>,
        around: &str,
        found: &mut Vec<Node<'t>>,
        depth: u8,
    ) {
        const DEEPEST: u8 = 16;
        if depth > DEEPEST {
            return;
        }
        for child in parts(node) {
            match child.kind() {
                "using_directive" => found.push(child),
                "namespace_declaration" | "file_scoped_namespace_declaration" => {
                    let namespace = self.joined(around, child);
                    if let Some(body) = child.field("body") {
                        self.find_usings(body, &namespace, found, depth + 1);
                    }
                    if !self.namespaces.contains(&namespace) {
                        self.namespaces.push(namespace);
                    }
                }
                kind if kind.starts_with("preproc_") => {
                    self.find_usings(child, around, found, depth + 1);
                }
                _ => {}
            }
        }
    }

    fn joined(&self, around: &str, namespace: Node) -> String {
        let name = self.b.field_text(namespace, "name");
        let name: String = name.split_whitespace().collect();
        match around {
            "" => name,
            _ => format!("{around}.{name}"),
        }
    }

    /// An import of everything in a namespace, or of the statics of a type.
    fn glob(&mut self, node: Node, module: &str) {
        let known = self.b.facts().globs.iter();
        let mut known = known.map(|id| &self.b.facts().import(*id).module);
        if !known.any(|m| m == module) {
            self.b.import(node, module, Imported::All);
        }
    }

    /// `using A.B;`, `global using static A.B.C;`, `using X = A.B.C;`
    fn using(&mut self, node: Node) {
        let alias = node.field("name");
        let Some(target) = parts(node).into_iter().find(|n| Some(*n) != alias) else {
            return;
        };
        let path = dotted(self.b.text(target));
        let Some(alias) = alias.filter(|_| has_token(node, "=")) else {
            self.glob(node, &path);
            return;
        };
        let value = self.imported(target, &path);
        let (name, at) = (self.name(alias), self.b.span(alias));
        self.b.bind(&name, value, at);
    }

    /// A type or namespace by its whole path.
    pub(super) fn imported(&mut self, node: Node, path: &str) -> ExprId {
        match path.rsplit_once('.') {
            Some((module, name)) => self.b.import(node, module, Imported::Named(name.into())),
            None => self.b.import(node, path, Imported::Module),
        }
    }

    /// `namespace A.B { … }`, `namespace A.B;`
    pub(super) fn namespace(&mut self, node: Node) {
        let inner = self.joined(&self.namespace.clone(), node);
        match node.field("body") {
            Some(body) => {
                let outer = std::mem::replace(&mut self.namespace, inner);
                self.statements(body);
                self.namespace = outer;
            }
            // It holds for the rest of the file.
            None => self.namespace = inner,
        }
    }

    /// Offers a type under its full name, by which other files find it.
    pub(super) fn offer(&mut self, name: &str, value: ExprId) {
        let name = match self.namespace.as_str() {
            "" => name.to_owned(),
            namespace => format!("{namespace}.{name}"),
        };
        self.b.facts_mut().exports.push(Export {
            name: name.into(),
            value,
        });
    }

    /// The type of this name wherever its parts stand (`partial`).
    pub(super) fn whole_type(&mut self, node: Node, name: &str) -> ExprId {
        let module = self.namespace.clone();
        self.b.import(node, &module, Imported::Named(name.into()))
    }

    /// `A.B.C`, `global::A.B`: a path in a type or expression.
    pub(super) fn path(&mut self, node: Node) -> ExprId {
        if node.kind() == "alias_qualified_name" {
            let alias = self.b.field_text(node, "alias");
            let name = self.b.field_text(node, "name");
            return match alias {
                "global" => self.b.import(node, name, Imported::Module),
                _ => {
                    let object = self.b.push(node, ExprKind::Name(alias.into()));
                    self.b.member(node, object, name)
                }
            };
        }
        let (Some(qualifier), Some(name)) = (node.field("qualifier"), node.field("name")) else {
            return self.b.unknown(node);
        };
        let object = self.ty(qualifier);
        self.member_named(node, object, name)
    }
}

/// A path without its spaces and type arguments, `global::` left out.
fn dotted(text: &str) -> String {
    let text = text.strip_prefix("global::").unwrap_or(text);
    let text = text.split('<').next().unwrap_or(text);
    text.split_whitespace().collect()
}
