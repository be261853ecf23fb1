//! Type expressions, lowered to the same expressions values are made of.
//!
//! A slice, an array, a channel and a map are a list of what is in them. The
//! language's own types say nothing about where a value comes from.

use smol_str::SmolStr;
use tree_sitter::Node;

use super::Lowering;
use crate::facts::{ExprId, ExprKind};
use crate::language::fields::Fields;

/// The types the language declares.
const PREDECLARED: [&str; 22] = [
    "any",
    "bool",
    "byte",
    "comparable",
    "complex64",
    "complex128",
    "error",
    "float32",
    "float64",
    "int",
    "int8",
    "int16",
    "int32",
    "int64",
    "rune",
    "string",
    "uint",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
    "uintptr",
];

pub(super) fn is_predeclared(name: &str) -> bool {
    PREDECLARED.contains(&name)
}

impl Lowering<'_, '_> {
    pub(super) fn ty(&mut self, node: Node) -> ExprId {
        match self.deeper(|lowering| lowering.ty_inner(node)) {
            Some(id) => id,
            None => self.b.unknown(node),
        }
    }

    fn ty_inner(&mut self, node: Node) -> ExprId {
        match node.kind() {
            "type_identifier" | "identifier" => {
                let name = self.b.name(node);
                let own = self.types.contains_key(&name) || self.b.lookup(&name).is_some();
                if is_predeclared(&name) && !own {
                    return self.b.push(node, ExprKind::Unknown(name));
                }
                self.b.push(node, ExprKind::Name(name))
            }
            "qualified_type" => self.qualified(node, "package", "name"),
            "selector_expression" => self.qualified(node, "operand", "field"),
            "generic_type" => self.generic(node),
            "slice_type" | "array_type" | "implicit_length_array_type" => {
                self.list_of(node, "element")
            }
            "map_type" | "channel_type" => self.list_of(node, "value"),
            "struct_type" => {
                let id = self.anonymous_struct(node);
                self.b.push(node, ExprKind::Class(id))
            }
            "interface_type" => match self.anonymous_interface(node) {
                Some(id) => self.b.push(node, ExprKind::Class(id)),
                None => self.b.unknown(node),
            },
            "pointer_type"
            | "parenthesized_type"
            | "negated_type"
            | "type_elem"
            | "parenthesized_expression"
            | "unary_expression"
            | "type_constraint" => match self.parts(node).as_slice() {
                [inner] => self.ty(*inner),
                _ => self.b.unknown(node),
            },
            _ => self.b.unknown(node),
        }
    }

    fn qualified(&mut self, node: Node, object: &'static str, name: &'static str) -> ExprId {
        let (Some(object), Some(name)) = (node.field(object), node.field(name)) else {
            return self.b.unknown(node);
        };
        let package = self.b.name(object);
        let object = self.b.push(object, ExprKind::Name(package));
        let at = self.b.span(name);
        let name = self.b.name(name);
        self.b.push(node, ExprKind::Member { object, name, at })
    }

    fn generic(&mut self, node: Node) -> ExprId {
        let Some(base) = node.field("type") else {
            return self.b.unknown(node);
        };
        let base = self.ty(base);
        let args = self.type_arguments(node.field("type_arguments"));
        self.b.push(node, ExprKind::Generic { base, args })
    }

    /// The types of a list of type arguments.
    pub(super) fn type_arguments(&mut self, list: Option<Node>) -> Vec<ExprId> {
        let Some(list) = list else {
            return Vec::new();
        };
        let types = self.parts(list);
        types.into_iter().map(|ty| self.ty(ty)).collect()
    }

    fn list_of(&mut self, node: Node, field: &'static str) -> ExprId {
        let element = node.field(field).map(|e| self.ty(e));
        let elements = element.into_iter().collect();
        self.b.push(node, ExprKind::List(elements))
    }

    /// Names and bounds of declared type parameters.
    pub(super) fn type_parameters(&mut self, node: Node) -> Vec<(SmolStr, ExprId)> {
        let Some(list) = node.field("type_parameters") else {
            return Vec::new();
        };
        let mut parameters = Vec::new();
        for declaration in self.parts(list) {
            let Some(bound) = declaration.field("type") else {
                continue;
            };
            for name in self.field_parts(declaration, "name") {
                let bound = self.ty(bound);
                parameters.push((self.b.name(name), bound));
            }
        }
        parameters
    }

    /// The name a type expression ends in: what an embedded field is called.
    pub(super) fn type_name(&self, node: Node) -> SmolStr {
        let mut node = node;
        loop {
            let inner = match node.kind() {
                "generic_type" => node.field("type"),
                "qualified_type" => node.field("name"),
                "pointer_type" | "parenthesized_type" => self.parts(node).first().copied(),
                _ => None,
            };
            match inner {
                Some(inner) => node = inner,
                None => return self.b.name(node),
            }
        }
    }
}
