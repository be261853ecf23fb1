//! Patterns: the names they bind and the values they select.

use smol_str::{SmolStr, format_smolstr};
use tree_sitter::Node;

use super::super::Role;
use super::{Lowering, first_child, parts};
use crate::facts::{ExprId, ExprKind};
use crate::language::fields::Fields;

impl Lowering<'_, '_> {
    /// The name of a pattern that is only a name.
    pub(super) fn plain_name(&self, pattern: Node) -> Option<SmolStr> {
        match pattern.kind() {
            "identifier" => Some(self.name(pattern)),
            "mut_pattern" | "ref_pattern" => {
                let inner = last_child(pattern)?;
                (inner.kind() == "identifier").then(|| self.name(inner))
            }
            _ => None,
        }
    }

    /// Binds the names of a pattern to the parts of a value, visible from byte
    /// `at` on. Also takes the left side of a destructuring assignment.
    pub(super) fn bind_pattern(
        &mut self,
        pattern: Node,
        value: ExprId,
        ty: Option<ExprId>,
        at: u32,
    ) {
        self.deeper(|l| l.bind_parts(pattern, value, ty, at));
    }

    fn bind_parts(&mut self, pattern: Node, value: ExprId, ty: Option<ExprId>, at: u32) {
        match pattern.kind() {
            "identifier" | "shorthand_field_identifier" => {
                let name = self.name(pattern);
                if binds(&name) {
                    self.b.bind_from(&name, value, ty, at);
                }
            }
            "mut_pattern"
            | "ref_pattern"
            | "reference_pattern"
            | "reference_expression"
            | "parenthesized_expression" => {
                if let Some(inner) = last_child(pattern) {
                    self.bind_pattern(inner, value, ty, at);
                }
            }
            "captured_pattern" | "or_pattern" => {
                for part in parts(pattern) {
                    self.bind_pattern(part, value, ty, at);
                }
            }
            "tuple_pattern" | "slice_pattern" | "tuple_expression" | "array_expression" => {
                self.bind_elements(&parts(pattern), value, ty, at);
            }
            "tuple_struct_pattern" => {
                let constructor = pattern.field("type");
                let inner: Vec<Node> = parts(pattern)
                    .into_iter()
                    .filter(|part| Some(*part) != constructor)
                    .collect();
                self.bind_variant(constructor, &inner, value, ty, at);
            }
            "call_expression" => {
                let constructor = pattern.field("function");
                let inner = pattern.field("arguments").map(parts).unwrap_or_default();
                self.bind_variant(constructor, &inner, value, ty, at);
            }
            "struct_pattern" => {
                for field in parts(pattern) {
                    self.bind_field(field, value, at);
                }
            }
            _ => {}
        }
    }

    fn bind_elements(&mut self, elements: &[Node], value: ExprId, ty: Option<ExprId>, at: u32) {
        // A literal on the right is taken apart here and now.
        let known = self.list_of(Some(value));
        let types = self.list_of(ty);
        let mut behind_rest = false;
        for (i, element) in elements.iter().enumerate() {
            if element.kind() == "remaining_field_pattern" {
                behind_rest = true;
                continue;
            }
            let part = match known.get(i) {
                Some(part) if !behind_rest => *part,
                _ if behind_rest => self.b.unknown(*element),
                _ => self.index(*element, value, i),
            };
            let ty = types.get(i).copied().filter(|_| !behind_rest);
            self.bind_pattern(*element, part, ty, at);
        }
    }

    fn list_of(&self, id: Option<ExprId>) -> Vec<ExprId> {
        match id.map(|id| &self.b.expr(id).kind) {
            Some(ExprKind::List(items)) => items.clone(),
            _ => Vec::new(),
        }
    }

    fn index(&mut self, node: Node, object: ExprId, i: usize) -> ExprId {
        let index = self.b.push(node, ExprKind::Number(format_smolstr!("{i}")));
        self.b.push(node, ExprKind::Index { object, index })
    }

    /// `Some(x)` is x; of other variants and tuple structs, x is the n-th part.
    fn bind_variant(
        &mut self,
        constructor: Option<Node>,
        inner: &[Node],
        value: ExprId,
        ty: Option<ExprId>,
        at: u32,
    ) {
        let path = constructor;
        let constructor = constructor.map_or("", |node| self.b.text(node));
        if let ("Some" | "Ok", [only]) = (constructor, inner) {
            self.bind_pattern(*only, value, ty, at);
            return;
        }
        // `Ok(x)` is the value; what `Err(e)` holds is no part of it.
        if let ("Err", [only]) = (constructor, inner) {
            let error = self.b.unknown(*only);
            self.bind_pattern(*only, error, None, at);
            return;
        }
        let ty = match inner {
            [_] => ty.and_then(|ty| self.newtype_argument(constructor, ty)),
            _ => None,
        };
        if let (Some(ty), [only]) = (ty, inner) {
            let value = self.value_of_type(*only, ty, at);
            self.bind_pattern(*only, value, Some(ty), at);
            return;
        }
        for (i, part) in inner.iter().enumerate() {
            let value = self.index(*part, value, i);
            // The type of `x` in `Backend::Redis(x)` is that of the variant's payload.
            let carried = match path {
                Some(path) if i == 0 && path.kind() == "scoped_identifier" => {
                    let variant = self.expr(path);
                    Some(self.index(*part, variant, 0))
                }
                _ => None,
            };
            self.bind_pattern(*part, value, ty.or(carried), at);
        }
    }

    /// A value of which only the type is known; to be taken apart, it has a name
    /// that nobody else can write.
    fn value_of_type(&mut self, node: Node, ty: ExprId, at: u32) -> ExprId {
        let value = self.b.unknown(node);
        if self.plain_name(node).is_some() {
            return value;
        }
        let name = format_smolstr!("{}.{}", self.b.text(node), node.start_byte());
        self.b.bind_from(&name, value, Some(ty), at);
        self.b.push(node, ExprKind::Name(name))
    }

    /// In `State(app): State<App>` the type of `app` is `App`.
    fn newtype_argument(&self, constructor: &str, ty: ExprId) -> Option<ExprId> {
        let ExprKind::Generic { base, args } = &self.b.expr(ty).kind else {
            return None;
        };
        let name = match &self.b.expr(*base).kind {
            ExprKind::Name(name) | ExprKind::Member { name, .. } => name,
            _ => return None,
        };
        let [only] = args.as_slice() else {
            return None;
        };
        (constructor.rsplit("::").next() == Some(name.as_str())).then_some(*only)
    }

    fn bind_field(&mut self, node: Node, value: ExprId, at: u32) {
        if node.kind() != "field_pattern" {
            return;
        }
        let Some(name) = node.field("name") else {
            return;
        };
        let field = self.name(name);
        let member = self.b.member(name, value, &field);
        let inner = node.field("pattern").unwrap_or(name);
        self.bind_pattern(inner, member, None, at);
    }

    /// The values that select a pattern, added to `values`; true if any value does.
    pub(super) fn pattern_values(&mut self, pattern: Node, values: &mut Vec<ExprId>) -> bool {
        self.deeper(|l| l.collect_values(pattern, values))
            .unwrap_or(true)
    }

    fn collect_values(&mut self, pattern: Node, values: &mut Vec<ExprId>) -> bool {
        match pattern.kind() {
            "identifier" if binds(self.b.text(pattern)) => true,
            "or_pattern" => {
                let mut all = false;
                for part in parts(pattern) {
                    all |= self.pattern_values(part, values);
                }
                all
            }
            "captured_pattern" | "mut_pattern" | "ref_pattern" | "reference_pattern" => {
                last_child(pattern).is_none_or(|inner| self.pattern_values(inner, values))
            }
            "tuple_struct_pattern" | "struct_pattern" => {
                let Some(ty) = pattern.field("type") else {
                    return true;
                };
                if matches!(self.b.text(ty), "Some" | "Ok") {
                    return last_child(pattern)
                        .is_none_or(|inner| self.pattern_values(inner, values));
                }
                let path = self.expr(ty);
                values.push(path);
                false
            }
            "tuple_pattern" => {
                let items = parts(pattern)
                    .into_iter()
                    .map(|part| {
                        let mut one = Vec::new();
                        self.pattern_values(part, &mut one);
                        match one.as_slice() {
                            [value] => *value,
                            _ => self.b.unknown(part),
                        }
                    })
                    .collect();
                let list = self.b.push(pattern, ExprKind::List(items));
                values.push(list);
                false
            }
            _ if selects(self.b.role(pattern)) => {
                let value = self.expr(pattern);
                values.push(value);
                false
            }
            "_" | "remaining_field_pattern" => true,
            _ => {
                let unknown = self.b.unknown(pattern);
                values.push(unknown);
                false
            }
        }
    }
}

/// Patterns that are expressions as they stand.
fn selects(role: Role) -> bool {
    matches!(
        role,
        Role::Name | Role::Path | Role::Text | Role::Number | Role::True
    )
}

/// Whether a name in a pattern is a new variable: constants and variants are
/// written with a capital.
fn binds(name: &str) -> bool {
    name != "_" && !name.starts_with(char::is_uppercase)
}

fn last_child(node: Node) -> Option<Node> {
    parts(node).pop().or_else(|| first_child(node))
}
