//! Statements.

use tree_sitter::Node;

use super::{Lowering, Role, child, is_type, parts};
use crate::facts::{ExprKind, Imported, ScopeKind, SmolStr};

impl Lowering<'_, '_> {
    pub(super) fn statements(&mut self, node: Node) {
        for part in parts(node) {
            self.statement(part);
        }
    }

    pub(super) fn statement(&mut self, node: Node) {
        self.deeper(|l| l.statement_inner(node));
    }

    fn statement_inner(&mut self, node: Node) {
        match self.b.role(node) {
            Role::Skip => {}
            Role::Import => self.import(node),
            Role::Class | Role::Module => self.class(node),
            Role::Function => self.function(node, false),
            Role::Field => self.property(node, None),
            Role::Return => {
                if let Some(value) = parts(node).into_iter().next_back() {
                    let value = self.expr(value);
                    self.b.returns(value);
                }
            }
            Role::Loop => self.each(node),
            Role::Block => self.block(node),
            Role::With => self.caught(node),
            Role::Assignment => self.assignment(node),
            Role::Other => self.statements(node),
            _ => {
                self.expr(node);
            }
        }
    }

    fn block(&mut self, node: Node) {
        self.b.open_scope(ScopeKind::Block);
        self.statements(node);
        self.b.close_scope();
    }

    /// `import a.b.C`, `import a.b.C as D`, `import a.b.*`
    fn import(&mut self, node: Node) {
        let text: String = self
            .b
            .text(node)
            .split("//")
            .next()
            .unwrap_or("")
            .to_owned();
        let text = text
            .trim()
            .trim_start_matches("import")
            .trim()
            .trim_end_matches(';');
        let (path, alias) = match text.split_once(" as ") {
            Some((path, alias)) => (path.trim(), Some(alias.trim())),
            None => (text, None),
        };
        if let Some(module) = path.strip_suffix(".*") {
            self.b.import(node, module, Imported::All);
            return;
        }
        let Some((module, name)) = path.rsplit_once('.') else {
            return;
        };
        let what = Imported::Named(SmolStr::new(name));
        let value = self.b.import(node, module, what);
        let at = self.b.span(node);
        self.b.bind(alias.unwrap_or(name), value, at);
    }

    /// `for (x in xs)`
    fn each(&mut self, node: Node) {
        self.b.open_scope(ScopeKind::Block);
        let mut name = None;
        for part in parts(node) {
            match part.kind() {
                "variable_declaration" => name = child(part, "identifier"),
                "block" => self.statement(part),
                "multi_variable_declaration" | "annotation" | "label" => {}
                _ if name.is_some() => {
                    let over = self.expr(part);
                    let element = self.b.push(part, ExprKind::Element(over));
                    if let Some(name) = name.take() {
                        let text = self.b.name(name);
                        self.b.bind_typed(&text, Some(element), None, name);
                    }
                }
                _ => self.statement(part),
            }
        }
        self.b.close_scope();
    }

    /// `catch (e: T) { … }`
    fn caught(&mut self, node: Node) {
        self.b.open_scope(ScopeKind::Block);
        let ty = parts(node)
            .into_iter()
            .find(|c| is_type(*c))
            .and_then(|t| self.ty(t));
        if let Some(name) = child(node, "identifier") {
            let text = self.b.name(name);
            self.b.bind_typed(&text, None, ty, name);
        }
        if let Some(block) = child(node, "block") {
            self.statements(block);
        }
        self.b.close_scope();
    }
}
