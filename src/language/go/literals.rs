//! Composite literals: structs, maps, slices, with the types they may leave out
//! inside.

use smol_str::{SmolStr, format_smolstr};
use tree_sitter::Node;

use super::{LiteralField, Lowering};
use crate::facts::{ClassId, ClassKind, Entry, ExprId, ExprKind, Key};
use crate::language::Role;
use crate::language::fields::Fields;

impl Lowering<'_, '_> {
    /// `T{ … }`
    pub(super) fn composite(&mut self, node: Node) -> ExprId {
        let (Some(ty), Some(body)) = (node.field("type"), node.field("body")) else {
            return self.b.unknown(node);
        };
        self.literal(node, ty, body)
    }

    fn literal(&mut self, node: Node, ty: Node, body: Node) -> ExprId {
        match ty.kind() {
            "slice_type" | "array_type" | "implicit_length_array_type" => {
                let element = ty.field("element");
                self.list(node, element, body)
            }
            "map_type" => {
                let value = ty.field("value");
                self.map(node, value, body)
            }
            // `[]*T{{…}}` leaves out `&T`.
            "pointer_type" => match self.parts(ty).as_slice() {
                [inner] => self.literal(node, *inner, body),
                _ => self.b.unknown(node),
            },
            _ => self.structure(node, ty, body),
        }
    }

    /// A value inside of a literal: an expression, or a literal whose type is
    /// that of the elements.
    fn element(&mut self, node: Node, ty: Option<Node>) -> ExprId {
        let Some(inner) = self.parts(node).first().copied() else {
            return self.b.unknown(node);
        };
        match (inner.kind(), ty) {
            ("literal_value", Some(ty)) => self
                .deeper(|lowering| lowering.literal(inner, ty, inner))
                .unwrap_or_else(|| self.b.unknown(node)),
            ("literal_value", None) => self
                .deeper(|lowering| lowering.map(inner, None, inner))
                .unwrap_or_else(|| self.b.unknown(node)),
            _ => self.expr(inner),
        }
    }

    fn list(&mut self, node: Node, element: Option<Node>, body: Node) -> ExprId {
        let mut elements = Vec::new();
        for part in self.parts(body) {
            // `[…]T{Index: value}`
            let value = part.field("value").unwrap_or(part);
            elements.push(self.element(value, element));
        }
        self.b.push(node, ExprKind::List(elements))
    }

    fn map(&mut self, node: Node, value: Option<Node>, body: Node) -> ExprId {
        let mut entries = Vec::new();
        for part in self.parts(body) {
            let (Some(key), Some(of)) = (part.field("key"), part.field("value")) else {
                self.element(part, value);
                continue;
            };
            let key = self.element(key, None);
            let key = match &self.b.expr(key).kind {
                ExprKind::Text(text) => Key::Name(text.clone()),
                _ => Key::Computed(key),
            };
            entries.push(Entry {
                key,
                value: self.element(of, value),
                span: self.b.span(part),
            });
        }
        self.b.push(node, ExprKind::Object { ty: None, entries })
    }

    /// A struct, or a value of a named type that may be one.
    fn structure(&mut self, node: Node, ty: Node, body: Node) -> ExprId {
        let class = self.types.get(self.b.text(ty)).copied();
        let named = class.filter(|class| self.b.class(*class).kind == ClassKind::Alias);
        let parts = self.parts(body);
        let keyed = parts.iter().all(|part| part.kind() == "keyed_element");
        // `type Topics []string`
        if named.is_some() && !keyed {
            return self.list(node, None, body);
        }
        let is_map = named.is_some();
        let ty = self.ty(ty);
        let mut entries = Vec::new();
        for (i, part) in parts.into_iter().enumerate() {
            let key = match part.field("key") {
                Some(key) => self.field_key(key, is_map),
                None => Key::Name(self.field_at(class, i)),
            };
            let value = part.field("value").unwrap_or(part);
            let value = self.element(value, None);
            let span = self.b.span(part);
            if let (Some(class), Key::Name(field)) = (class.filter(|_| !is_map), &key) {
                self.literals.push(LiteralField {
                    class,
                    field: field.clone(),
                    value,
                    span,
                });
            }
            entries.push(Entry { key, value, span });
        }
        let ty = Some(ty).filter(|_| !is_map);
        self.b.push(node, ExprKind::Object { ty, entries })
    }

    /// `Name:` is a field of a struct; of a map it is a constant.
    fn field_key(&mut self, node: Node, is_map: bool) -> Key {
        let inner = self.parts(node).first().copied().unwrap_or(node);
        if self.b.role(inner) == Role::Name && !is_map {
            return Key::Name(self.b.name(inner));
        }
        let key = self.expr(inner);
        match &self.b.expr(key).kind {
            ExprKind::Text(text) => Key::Name(text.clone()),
            _ => Key::Computed(key),
        }
    }

    /// The name of the n-th field, where the struct is of this file.
    fn field_at(&self, class: Option<ClassId>, n: usize) -> SmolStr {
        class
            .and_then(|class| self.b.class(class).fields.get(n))
            .map_or_else(|| format_smolstr!("{n}"), |field| field.name.clone())
    }
}
