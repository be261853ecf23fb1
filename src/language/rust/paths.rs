//! Names and paths, in expressions, types and patterns.

use smol_str::SmolStr;
use tree_sitter::Node;

use super::super::Role;
use super::{Lowering, first_child};
use crate::facts::{ExprId, ExprKind, Imported};
use crate::language::fields::Fields;

impl Lowering<'_, '_> {
    pub(super) fn identifier(&mut self, node: Node) -> ExprId {
        let kind = match self.b.text(node) {
            "None" => ExprKind::Null,
            // A pattern in the input of a macro: `matches!(x, Some(_))`.
            "_" => ExprKind::Unknown(SmolStr::new_static("_")),
            "Self" => match self.b.current_class() {
                Some(class) => ExprKind::Class(class),
                None => ExprKind::Name(SmolStr::new_static("Self")),
            },
            _ => ExprKind::Name(self.name(node)),
        };
        self.b.push(node, kind)
    }

    /// `a::b::C`, as an expression, a type or a pattern.
    pub(super) fn path(&mut self, node: Node) -> ExprId {
        let mut segments = Vec::new();
        let mut start = node;
        while let Some(name) = start.field("name") {
            segments.push((start, name));
            match start.field("path") {
                Some(path) if path.kind().starts_with("scoped_") => start = path,
                Some(path) => {
                    start = path;
                    break;
                }
                // `::a::b` starts with the name of a crate.
                None => {
                    start = name;
                    segments.pop();
                    break;
                }
            }
        }
        let mut value = self.path_start(start, &mut segments);
        for (whole, name) in segments.into_iter().rev() {
            let at = self.b.span(name);
            let name = self.name(name);
            value = self.b.push(
                whole,
                ExprKind::Member {
                    object: value,
                    name,
                    at,
                },
            );
        }
        value
    }

    fn path_start(&mut self, start: Node, segments: &mut Vec<(Node, Node)>) -> ExprId {
        match start.kind() {
            "crate" | "self" | "super" => {
                let mut path = vec![start.kind()];
                while let Some((_, name)) = segments.last()
                    && name.kind() == "super"
                {
                    path.push("super");
                    segments.pop();
                }
                let module = self.module_path(&path);
                self.b.import(start, &module, Imported::Module)
            }
            "bracketed_type" => match first_child(start) {
                Some(ty) => self.ty(ty.field("type").unwrap_or(ty)),
                None => self.b.unknown(start),
            },
            _ if self.b.role(start) == Role::Name => self.identifier(start),
            _ => self.ty(start),
        }
    }
}
