//! Patterns: `is`, `switch`, and tuples taken apart.

use smol_str::format_smolstr;
use tree_sitter::Node;

use super::super::Role;
use super::{Lowering, parts};
use crate::facts::{Arm, ExprId, ExprKind, ScopeKind};
use crate::language::fields::Fields;

impl Lowering<'_, '_> {
    /// `x is Order o`: true or false, but it binds a name.
    pub(super) fn is_pattern(&mut self, node: Node) -> ExprId {
        let subject = node.field("expression").map(|subject| self.expr(subject));
        if let (Some(pattern), Some(subject)) = (node.field("pattern"), subject) {
            self.bind_pattern(pattern, subject);
        }
        self.b.unknown(node)
    }

    /// Binds the names a pattern declares. What is declared of a type is known
    /// by that type.
    fn bind_pattern(&mut self, pattern: Node, subject: ExprId) {
        self.deeper(|l| l.bind_parts(pattern, subject));
    }

    fn bind_parts(&mut self, pattern: Node, subject: ExprId) {
        let name = pattern.field("name");
        match pattern.kind() {
            "declaration_pattern" | "recursive_pattern" | "list_pattern" => {
                let ty = self.declared_type(pattern);
                for clause in parts(pattern) {
                    if clause.kind().ends_with("_pattern_clause") {
                        self.subpatterns(clause, subject);
                    }
                }
                let Some(name) = name else {
                    return;
                };
                let text = self.name(name);
                match ty {
                    Some(ty) => self.b.bind_said(&text, subject, ty, name),
                    None => self.b.bind_typed(&text, Some(subject), None, name),
                }
            }
            "var_pattern" => {
                if let Some(name) = name {
                    let text = self.name(name);
                    self.b.bind_typed(&text, Some(subject), None, name);
                }
            }
            _ => {
                for part in parts(pattern) {
                    if part.kind().ends_with("_pattern") {
                        self.bind_pattern(part, subject);
                    }
                }
            }
        }
    }

    /// `{ Name: pattern, Id: var id }`
    fn subpatterns(&mut self, clause: Node, subject: ExprId) {
        for subpattern in parts(clause) {
            let inner = parts(subpattern);
            if let [member, .., pattern] = inner.as_slice() {
                let name = self.name(*member);
                let value = self.b.member(*member, subject, &name);
                self.bind_pattern(*pattern, value);
            } else if let [pattern] = inner.as_slice() {
                let unknown = self.b.unknown(*pattern);
                self.bind_pattern(*pattern, unknown);
            }
        }
    }

    /// The values that select a pattern, added to `values`; true if any value does.
    fn pattern_values(&mut self, pattern: Node, values: &mut Vec<ExprId>) -> bool {
        match pattern.kind() {
            "discard" | "var_pattern" => true,
            "or_pattern" => {
                let mut all = false;
                for side in ["left", "right"] {
                    if let Some(side) = pattern.field(side) {
                        all |= self.pattern_values(side, values);
                    }
                }
                all
            }
            "declaration_pattern" | "recursive_pattern" | "type_pattern" => {
                let value = match pattern.field("type") {
                    Some(ty) => self.ty(ty),
                    None => self.b.unknown(pattern),
                };
                values.push(value);
                false
            }
            "negated_pattern" | "relational_pattern" | "and_pattern" | "list_pattern" => {
                let unknown = self.b.unknown(pattern);
                values.push(unknown);
                false
            }
            _ => {
                let value = self.expr(pattern);
                values.push(value);
                false
            }
        }
    }

    /// `subject switch { A a => x, "b" => y, _ => z }`
    pub(super) fn switch_expression(&mut self, node: Node) -> ExprId {
        let children = parts(node);
        let Some((subject, arms)) = children.split_first() else {
            return self.b.unknown(node);
        };
        let subject = self.expr(*subject);
        let mut lowered = Vec::new();
        for arm in arms {
            if arm.kind() == "switch_expression_arm" {
                self.b.open_scope(ScopeKind::Block);
                lowered.extend(self.arm(*arm, subject));
                self.b.close_scope();
            }
        }
        self.b.push(
            node,
            ExprKind::Match {
                subject,
                arms: lowered,
            },
        )
    }

    fn arm(&mut self, node: Node, subject: ExprId) -> Option<Arm> {
        let children = parts(node);
        let (pattern, value) = (children.first()?, children.last()?);
        let mut patterns = Vec::new();
        if self.pattern_values(*pattern, &mut patterns) {
            patterns.clear();
        }
        self.bind_pattern(*pattern, subject);
        for guard in &children[1..children.len().saturating_sub(1).max(1)] {
            self.statements(*guard);
        }
        let value_id = self.expr(*value);
        // An arm that throws never gives the switch a value.
        (value.kind() != "throw_expression").then_some(Arm {
            patterns,
            value: value_id,
        })
    }

    /// `switch (subject) { case A: … }`: inside a case the subject is its value.
    pub(super) fn switch_statement(&mut self, node: Node) {
        let (Some(subject), Some(body)) = (node.field("value"), node.field("body")) else {
            return self.statements(node);
        };
        let subject = self.expr(subject);
        // Cases without a body fall through to the next one that has one.
        let mut values = Vec::new();
        let mut open = false;
        for section in parts(body) {
            let children = parts(section);
            let is_pattern = |n: &Node| n.kind().ends_with("_pattern") || n.kind() == "discard";
            let is_default = super::has_token(section, "default");
            let first = children.first().copied().filter(|_| !is_default);
            let mut selects_all = is_default;
            self.b.open_scope(ScopeKind::Block);
            if let Some(first) = first {
                if is_pattern(&first) {
                    selects_all |= self.pattern_values(first, &mut values);
                    self.bind_pattern(first, subject);
                } else {
                    let value = self.expr(first);
                    values.push(value);
                }
            }
            let statements = &children[usize::from(first.is_some()).min(children.len())..];
            if statements.is_empty() {
                open |= selects_all;
                self.b.close_scope();
                continue;
            }
            let narrowed = std::mem::take(&mut values);
            if !selects_all && !open {
                self.b.narrow(subject, narrowed);
            }
            open = false;
            for statement in statements {
                self.statement(*statement);
            }
            self.b.close_scope();
        }
    }

    /// `var (a, b) = …`, `(a, b) = …`
    pub(super) fn bind_elements(&mut self, pattern: Node, value: ExprId, declares: bool) {
        // A literal on the right is taken apart here and now.
        let known = match &self.b.expr(value).kind {
            ExprKind::List(items) => items.clone(),
            _ => Vec::new(),
        };
        for (i, part) in parts(pattern).into_iter().enumerate() {
            let inner = match part.kind() {
                "argument" => parts(part).into_iter().next().unwrap_or(part),
                _ => part,
            };
            let element = match known.get(i) {
                Some(element) => *element,
                None => {
                    let index = self.b.push(inner, ExprKind::Number(format_smolstr!("{i}")));
                    let object = value;
                    self.b.push(inner, ExprKind::Index { object, index })
                }
            };
            self.bind_element(inner, element, declares);
        }
    }

    fn bind_element(&mut self, node: Node, element: ExprId, declares: bool) {
        match node.kind() {
            "tuple_pattern" | "tuple_expression" => {
                self.deeper(|l| l.bind_elements(node, element, declares));
            }
            "declaration_expression" => {
                let ty = self.declared_type(node);
                let name = self.field_name(node);
                self.b.bind_typed(&name, Some(element), ty, node);
            }
            _ if self.role(node) == Role::Name && declares => {
                let (name, at) = (self.name(node), self.b.span(node));
                self.b.bind(&name, element, at);
            }
            _ if self.role(node) == Role::Name => self.assign_name(node, node, element),
            _ => {}
        }
    }
}
