//! What a bare name means: a local, a member of a class around, or something
//! of a namespace.

use smol_str::{SmolStr, format_smolstr};
use tree_sitter::Node;

use super::{Declared, Lowering};
use crate::facts::{ClassId, ExprId, ExprKind};

/// What a bare name is of a class around it.
enum OfClass {
    Member(ClassId, Declared),
    TypeParameter,
}

impl Lowering<'_, '_> {
    /// A bare name in an expression.
    pub(super) fn identifier(&mut self, node: Node, is_receiver: bool) -> ExprId {
        let name = self.name(node);
        if self.b.lookup(&name).is_none()
            && let Some(of) = self.of_class(&name)
        {
            match of {
                // `Color.Red` where a property `Color` is of type `Color`.
                OfClass::Member(_, Declared::LikeItsType) if is_receiver => {}
                OfClass::Member(class, Declared::Static | Declared::Nested) => {
                    let object = self.b.push(node, ExprKind::Class(class));
                    return self.b.member(node, object, &name);
                }
                OfClass::Member(..) => {
                    let this = self.b.push(node, ExprKind::This);
                    return self.b.member(node, this, &name);
                }
                OfClass::TypeParameter => return self.class_type_parameter(node, &name),
            }
        }
        self.b.push(node, ExprKind::Name(name))
    }

    /// A bare name in a type.
    pub(super) fn type_name(&mut self, node: Node) -> ExprId {
        let name = self.name(node);
        if self.b.lookup(&name).is_none() {
            match self.of_class(&name) {
                Some(OfClass::Member(class, Declared::Nested)) => {
                    let object = self.b.push(node, ExprKind::Class(class));
                    return self.b.member(node, object, &name);
                }
                Some(OfClass::TypeParameter) => return self.class_type_parameter(node, &name),
                _ => {}
            }
        }
        self.b.push(node, ExprKind::Name(name))
    }

    /// A type parameter of the class is known where the object is made.
    fn class_type_parameter(&mut self, node: Node, name: &str) -> ExprId {
        let this = self.b.push(node, ExprKind::This);
        self.b.member(node, this, &format_smolstr!("<{name}>"))
    }

    fn of_class(&self, name: &SmolStr) -> Option<OfClass> {
        let innermost = self.classes.len().wrapping_sub(1);
        self.classes
            .iter()
            .enumerate()
            .rev()
            .find_map(|(i, class)| {
                if let Some(declared) = class.members.get(name) {
                    // Members of an outer class need an object, statics do not.
                    let reached =
                        i == innermost || matches!(declared, Declared::Static | Declared::Nested);
                    return reached.then_some(OfClass::Member(class.id, *declared));
                }
                let own = i == innermost && class.type_params.contains(name);
                own.then_some(OfClass::TypeParameter)
            })
    }

    /// Whether a bare name is a member of the innermost class, reached by `this`
    /// or by the class.
    pub(super) fn own_member(&self, name: &SmolStr) -> Option<ClassId> {
        if self.b.lookup(name).is_some() {
            return None;
        }
        match self.of_class(name) {
            Some(OfClass::Member(class, _)) => Some(class),
            _ => None,
        }
    }
}
