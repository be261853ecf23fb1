//! What makes objects: `new`, initialisers, lists, anonymous objects.
//!
//! `new X(a) { B = c }` is an object whose type is the construction `X(a)`: its
//! entries are what the initialiser sets, its call has the arguments.

use tree_sitter::Node;

use super::super::Role;
use super::{Lowering, child_of_kind, parts};
use crate::facts::{Entry, ExprId, ExprKind, Key};
use crate::language::fields::Fields;

impl Lowering<'_, '_> {
    /// A value where the type is declared beside it, for `new()`.
    pub(super) fn typed_value(&mut self, node: Node, declared: Option<Node>) -> ExprId {
        let made = match (node.kind(), declared) {
            ("implicit_object_creation_expression", Some(_)) => {
                self.deeper(|l| l.creation(node, declared))
            }
            _ => Some(self.expr(node)),
        };
        made.unwrap_or_else(|| self.b.unknown(node))
    }

    /// `new X(…) { … }`, `new(…) { … }`; the type of the latter is that of what
    /// it is assigned to.
    pub(super) fn creation(&mut self, node: Node, declared: Option<Node>) -> ExprId {
        let ty = node
            .field("type")
            .or(declared.filter(|ty| ty.kind() != "implicit_type"))
            .map(bare);
        let (callee, type_args) = match ty {
            Some(ty) if self.role(ty) == Role::Generic => {
                let name = parts(ty).into_iter().next().unwrap_or(ty);
                (self.type_name(name), self.type_arguments(ty))
            }
            Some(ty) => (self.ty(ty), Vec::new()),
            None => (self.b.unknown(node), Vec::new()),
        };
        let arguments = child_of_kind(node, "argument_list");
        let initializer = child_of_kind(node, "initializer_expression");
        let args = self.arguments(arguments);
        let items = initializer.map(|initializer| (initializer, parts(initializer)));
        if let Some((initializer, items)) = &items
            && self.is_list(items)
        {
            return self.list(*initializer);
        }
        let call = self.b.push(
            node,
            ExprKind::Call {
                callee,
                args,
                type_args,
                constructs: true,
            },
        );
        match items {
            None => call,
            Some((_, items)) => {
                let entries = self.entries(items);
                let ty = Some(call);
                self.b.push(node, ExprKind::Object { ty, entries })
            }
        }
    }

    /// Whether an initialiser lists elements: no assignments and no pairs.
    fn is_list(&self, items: &[Node]) -> bool {
        !items.is_empty()
            && items.iter().all(|item| {
                self.role(*item) != Role::Assignment && item.kind() != "initializer_expression"
            })
    }

    fn entries(&mut self, items: Vec<Node>) -> Vec<Entry> {
        items
            .into_iter()
            .filter_map(|item| self.entry(item))
            .collect()
    }

    /// `A = b`, `["k"] = v`, `{ "k", v }`
    fn entry(&mut self, node: Node) -> Option<Entry> {
        let span = self.b.span(node);
        let (key, value) = match self.role(node) {
            Role::Assignment => {
                let left = node.field("left")?;
                let right = node.field("right")?;
                let key = match self.role(left) {
                    Role::Name => Key::Name(self.name(left)),
                    _ => self.computed_key(left),
                };
                (key, self.entry_value(right))
            }
            _ if node.kind() == "initializer_expression" => {
                let pair = parts(node);
                let (key, value) = (pair.first()?, pair.get(1)?);
                (self.key(*key), self.entry_value(*value))
            }
            _ => {
                self.expr(node);
                return None;
            }
        };
        Some(Entry { key, value, span })
    }

    /// `[key]` on the left of an assignment.
    fn computed_key(&mut self, left: Node) -> Key {
        let mut inner = parts(left).into_iter().next().unwrap_or(left);
        if inner.kind() == "argument" {
            inner = parts(inner).into_iter().next().unwrap_or(inner);
        }
        self.key(inner)
    }

    fn key(&mut self, node: Node) -> Key {
        match self.role(node) {
            Role::Text => Key::Name(self.decoded(node)),
            _ => Key::Computed(self.expr(node)),
        }
    }

    /// `A = { B = c }` sets members of what A holds.
    fn entry_value(&mut self, node: Node) -> ExprId {
        if node.kind() != "initializer_expression" {
            return self.expr(node);
        }
        let items = parts(node);
        if self.is_list(&items) {
            return self.expr(node);
        }
        let made = self.deeper(|l| l.entries(items)).unwrap_or_default();
        let kind = ExprKind::Object {
            ty: None,
            entries: made,
        };
        self.b.push(node, kind)
    }

    /// `new { a.Id, Name = x }`, `order with { Id = x }`
    pub(super) fn object(&mut self, node: Node) -> ExprId {
        let mut entries = Vec::new();
        if node.kind() == "with_expression" {
            for part in parts(node) {
                let span = self.b.span(part);
                if part.kind() != "with_initializer" {
                    let value = self.expr(part);
                    let key = Key::Spread;
                    entries.push(Entry { key, value, span });
                } else if let [name, value] = parts(part).as_slice() {
                    let key = Key::Name(self.name(*name));
                    let value = self.expr(*value);
                    entries.push(Entry { key, value, span });
                }
            }
            return self.b.push(node, ExprKind::Object { ty: None, entries });
        }
        let mut named = None;
        for part in parts(node) {
            let names = part
                .next_sibling()
                .is_some_and(|next| next.kind() == "=" && self.role(part) == Role::Name);
            if names {
                named = Some(self.name(part));
                continue;
            }
            let name = named.take().or_else(|| self.projected_name(part));
            let span = self.b.span(part);
            let value = self.expr(part);
            if let Some(name) = name {
                let key = Key::Name(name);
                entries.push(Entry { key, value, span });
            }
        }
        self.b.push(node, ExprKind::Object { ty: None, entries })
    }

    /// The member `a.Id` gives its name to.
    fn projected_name(&self, node: Node) -> Option<smol_str::SmolStr> {
        match self.role(node) {
            Role::Name => Some(self.name(node)),
            Role::Member => node.field("name").map(|name| self.name(name)),
            _ => None,
        }
    }

    /// `new[] { a }`, `[a, ..b]`, `(a, b)`, `{ a, b }`
    pub(super) fn list(&mut self, node: Node) -> ExprId {
        let items = match node.kind() {
            "array_creation_expression" | "implicit_array_creation_expression" => {
                child_of_kind(node, "initializer_expression").map(parts)
            }
            _ => Some(parts(node)),
        };
        let mut elements = Vec::new();
        for item in items.unwrap_or_default() {
            if item.kind() == "argument" {
                elements.extend(self.argument(item).map(|arg| arg.value));
            } else {
                elements.push(self.expr(item));
            }
        }
        self.b.push(node, ExprKind::List(elements))
    }
}

/// The type that is made, `?` left out.
fn bare(ty: Node) -> Node {
    match ty.kind() {
        "nullable_type" => ty.field("type").unwrap_or(ty),
        _ => ty,
    }
}
