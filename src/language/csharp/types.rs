//! Types. What only says how a value is held (`T?`, `Task<T>`, `ref T`) is left
//! out: the facts speak of `T`.

use smol_str::SmolStr;
use tree_sitter::Node;

use super::super::Role;
use super::{Lowering, child_of_kind, parts};
use crate::facts::{ExprId, ExprKind};
use crate::language::fields::Fields;

/// Types of the language's own library that are awaited or only hold a value.
const HOLDERS: [&str; 4] = ["Task", "ValueTask", "Nullable", "Lazy"];

/// Types of the language's own library that are lists by another name.
const LISTS: [&str; 10] = [
    "List",
    "IList",
    "IEnumerable",
    "IAsyncEnumerable",
    "ICollection",
    "IReadOnlyList",
    "IReadOnlyCollection",
    "HashSet",
    "ISet",
    "ImmutableList",
];

impl Lowering<'_, '_> {
    pub(super) fn ty(&mut self, node: Node) -> ExprId {
        match self.deeper(|l| l.lower_type(node)) {
            Some(ty) => ty,
            None => self.b.unknown(node),
        }
    }

    /// A declared type; none for `var`.
    pub(super) fn declared_type(&mut self, node: Node) -> Option<ExprId> {
        let ty = node.field("type")?;
        (ty.kind() != "implicit_type").then(|| self.ty(ty))
    }

    fn lower_type(&mut self, node: Node) -> ExprId {
        match self.role(node) {
            Role::Name => self.type_name(node),
            Role::Path => self.path(node),
            Role::Generic => self.generic_type(node),
            _ => self.other_type(node),
        }
    }

    fn generic_type(&mut self, node: Node) -> ExprId {
        let Some(name) = parts(node).into_iter().next() else {
            return self.b.unknown(node);
        };
        let text = self.name(name);
        let args = self.type_arguments(node);
        match args.as_slice() {
            [only] if HOLDERS.contains(&text.as_str()) => return *only,
            [_] if LISTS.contains(&text.as_str()) => {
                let base = self.b.push(name, ExprKind::Name(SmolStr::new_static("[]")));
                return self.b.push(node, ExprKind::Generic { base, args });
            }
            _ => {}
        }
        let base = self.type_name(name);
        if args.is_empty() {
            return base;
        }
        self.b.push(node, ExprKind::Generic { base, args })
    }

    /// The type arguments of a generic name; none for `typeof(X<>)`.
    pub(super) fn type_arguments(&mut self, generic: Node) -> Vec<ExprId> {
        child_of_kind(generic, "type_argument_list")
            .map(parts)
            .unwrap_or_default()
            .into_iter()
            .map(|argument| self.ty(argument))
            .collect()
    }

    fn other_type(&mut self, node: Node) -> ExprId {
        match node.kind() {
            "nullable_type" | "ref_type" | "scoped_type" | "pointer_type" => {
                match node.field("type") {
                    Some(inner) => self.ty(inner),
                    None => self.b.unknown(node),
                }
            }
            "array_type" => {
                let base = self.b.push(node, ExprKind::Name(SmolStr::new_static("[]")));
                let args = node
                    .field("type")
                    .map(|element| self.ty(element))
                    .into_iter()
                    .collect();
                self.b.push(node, ExprKind::Generic { base, args })
            }
            "tuple_type" => {
                let types = parts(node)
                    .into_iter()
                    .filter_map(|element| element.field("type"))
                    .map(|ty| self.ty(ty))
                    .collect();
                self.b.push(node, ExprKind::List(types))
            }
            // A base with arguments: `record A(x) : B(x)`.
            "primary_constructor_base_type" => match node.field("type") {
                Some(inner) => self.ty(inner),
                None => self.b.unknown(node),
            },
            _ => self.b.unknown(node),
        }
    }
}
