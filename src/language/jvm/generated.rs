//! Members that compilers and annotation processors write: the constructor of
//! a record or of a class that leaves its final fields open, accessors.

use smol_str::SmolStr;
use tree_sitter::Node;

use crate::facts::{ClassId, ExprId, ExprKind, FunctionKind, Param};
use crate::language::Builder;

/// A constructor that takes these fields in order. Final fields that nothing
/// sets are illegal in Java, unless something generates it.
pub fn constructor(
    b: &mut Builder,
    node: Node,
    class: ClassId,
    fields: &[(SmolStr, Option<ExprId>)],
) {
    let function = b.open_function(node, "", FunctionKind::Constructor);
    for (index, (name, ty)) in fields.iter().enumerate() {
        let index = index as u32;
        let value = b.push(node, ExprKind::Param { function, index });
        b.function_mut(function).params.push(Param {
            name: name.clone(),
            ty: *ty,
            default: None,
            decorators: Vec::new(),
            rest: false,
        });
        let at = b.span(node);
        b.assign_field(class, name, value, at);
    }
    b.close_function();
}

/// A method that gives a field: `getName()`, `name()`.
pub fn accessor(b: &mut Builder, node: Node, method: &str, field: &str, ty: Option<ExprId>) {
    let function = b.open_function(node, method, FunctionKind::Method);
    let this = b.push(node, ExprKind::This);
    let value = b.member(node, this, field);
    b.returns(value);
    b.function_mut(function).return_type = ty;
    b.close_function();
}

/// `getName` for `name`.
pub fn getter(field: &str) -> String {
    let mut chars = field.chars();
    let first = chars.next().map(|c| c.to_ascii_uppercase());
    format!(
        "get{}{}",
        first.map_or_else(String::new, String::from),
        chars.as_str()
    )
}
