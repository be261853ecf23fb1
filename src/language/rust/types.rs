//! Types. References, smart pointers and the standard library's wrappers are
//! left out: `Arc<Mutex<Option<T>>>` is `T`.

use tree_sitter::Node;

use super::super::Role;
use super::{Lowering, first_child, is_extra};
use crate::facts::{ExprId, ExprKind};
use crate::language::fields::Fields;
use smol_str::SmolStr;

/// Types of the standard library (and the crates it took them from) that only
/// say how a value is held.
const HOLDERS: [&str; 22] = [
    "Arc",
    "Rc",
    "Weak",
    "Box",
    "Option",
    "Result",
    "Mutex",
    "RwLock",
    "MutexGuard",
    "RwLockReadGuard",
    "RwLockWriteGuard",
    "RefCell",
    "Cell",
    "Cow",
    "Pin",
    "OnceCell",
    "OnceLock",
    "LazyLock",
    "LazyCell",
    "Lazy",
    "Future",
    "ManuallyDrop",
];

impl Lowering<'_, '_> {
    pub(super) fn ty(&mut self, node: Node) -> ExprId {
        match self.deeper(|l| l.lower_type(node)) {
            Some(ty) => ty,
            None => self.b.unknown(node),
        }
    }

    fn lower_type(&mut self, node: Node) -> ExprId {
        match self.b.role(node) {
            Role::Name => self.type_name(node),
            Role::Path => self.path(node),
            Role::Generic => self.generic_type(node),
            _ => self.other_type(node),
        }
    }

    fn type_name(&mut self, node: Node) -> ExprId {
        let kind = match self.b.current_class() {
            Some(class) if self.b.text(node) == "Self" => ExprKind::Class(class),
            _ => ExprKind::Name(self.name(node)),
        };
        self.b.push(node, kind)
    }

    fn generic_type(&mut self, node: Node) -> ExprId {
        let Some(base) = node.field("type") else {
            return self.b.unknown(node);
        };
        if let Some(inner) = self.held_type(node, base) {
            return self.ty(inner);
        }
        let base = self.ty(base);
        let args = self.type_arguments(node);
        self.b.push(node, ExprKind::Generic { base, args })
    }

    /// The type inside a holder: its first argument that is a type.
    fn held_type<'t>(&self, node: Node<'t>, base: Node) -> Option<Node<'t>> {
        let name = self.b.text(base).rsplit("::").next().unwrap_or("");
        if !HOLDERS.contains(&name) {
            return None;
        }
        let arguments = node.field("type_arguments")?;
        let mut cursor = arguments.walk();
        arguments
            .named_children(&mut cursor)
            .find(|argument| !is_extra(*argument) && argument.kind() != "lifetime")
            .map(|argument| {
                argument
                    .field("type")
                    .filter(|_| argument.kind() == "type_binding")
                    .unwrap_or(argument)
            })
    }

    /// The type arguments of a type or of a call with a turbofish.
    pub(super) fn type_arguments(&mut self, node: Node) -> Vec<ExprId> {
        let mut types = Vec::new();
        let Some(arguments) = node.field("type_arguments") else {
            return types;
        };
        let mut cursor = arguments.walk();
        for argument in arguments.named_children(&mut cursor) {
            match argument.kind() {
                "lifetime" | "trait_bounds" => {}
                "type_binding" => {
                    if let Some(ty) = argument.field("type") {
                        types.push(self.ty(ty));
                    }
                }
                "block" => drop(self.block(argument)),
                _ if is_extra(argument) => {}
                _ => types.push(self.ty(argument)),
            }
        }
        types
    }

    fn other_type(&mut self, node: Node) -> ExprId {
        match node.kind() {
            "reference_type" | "pointer_type" | "higher_ranked_trait_bound" | "qualified_type" => {
                self.inner_type(node, node.field("type"))
            }
            "abstract_type" | "dynamic_type" => self.inner_type(node, node.field("trait")),
            // Of `dyn A + Send` the first bound says what it is.
            "bounded_type" | "removed_trait_bound" | "bracketed_type" => {
                self.inner_type(node, first_child(node))
            }
            "array_type" => {
                let base = self.b.push(node, ExprKind::Name(SmolStr::new_static("[]")));
                let args = node
                    .field("element")
                    .map(|element| self.ty(element))
                    .into_iter()
                    .collect();
                self.b.push(node, ExprKind::Generic { base, args })
            }
            "tuple_type" => {
                let mut types = Vec::new();
                let mut cursor = node.walk();
                for child in node.named_children(&mut cursor) {
                    if !is_extra(child) {
                        types.push(self.ty(child));
                    }
                }
                self.b.push(node, ExprKind::List(types))
            }
            _ if matches!(self.b.role(node), Role::Text | Role::Number | Role::True) => {
                self.literal(node)
            }
            _ => self.b.unknown(node),
        }
    }

    fn inner_type(&mut self, node: Node, inner: Option<Node>) -> ExprId {
        match inner {
            Some(inner) => self.ty(inner),
            None => self.b.unknown(node),
        }
    }

    /// Whether a type is `Option<…>`.
    pub(super) fn is_optional(&self, node: Node) -> bool {
        node.kind() == "generic_type"
            && self.b.field_text(node, "type").rsplit("::").next() == Some("Option")
    }
}
