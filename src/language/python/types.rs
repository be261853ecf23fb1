//! Type expressions.

use tree_sitter::{Node, Parser};

use super::expressions::expression;
use super::functions::last_name;
use super::{imports, parts};
use crate::facts::{ExprId, ExprKind};
use crate::language::fields::Fields;
use crate::language::{Builder, Role};

/// A type, without what only says how the value is kept.
#[derive(Clone, Copy)]
pub(super) struct Type {
    pub expr: ExprId,
    /// `Optional[T]`, `T | None`, `NotRequired[T]`
    pub optional: bool,
    /// `ClassVar[T]`
    pub of_class: bool,
}

impl Type {
    fn plain(expr: ExprId) -> Self {
        Self {
            expr,
            optional: false,
            of_class: false,
        }
    }
}

/// Lowers a type expression.
pub(super) fn type_of(b: &mut Builder, node: Node) -> Type {
    match b.deeper(|b| shallow(b, node)) {
        Some(ty) => ty,
        None => Type::plain(b.unknown(node)),
    }
}

fn shallow(b: &mut Builder, node: Node) -> Type {
    match node.kind() {
        "type" | "parenthesized_expression" => match parts(b, node).as_slice() {
            [inner] => type_of(b, *inner),
            _ => Type::plain(expression(b, node)),
        },
        "generic_type" => {
            let mut cursor = node.walk();
            let children: Vec<Node> = node.named_children(&mut cursor).collect();
            match children.as_slice() {
                [base, list] => {
                    let args = parts(b, *list);
                    generic(b, node, *base, args)
                }
                _ => Type::plain(expression(b, node)),
            }
        }
        "subscript" => {
            let mut cursor = node.walk();
            let args = node
                .children_by_field_name("subscript", &mut cursor)
                .filter(Node::is_named)
                .collect();
            match node.field("value") {
                Some(base) => generic(b, node, base, args),
                None => Type::plain(expression(b, node)),
            }
        }
        "union_type" => one_of(b, node),
        "binary_operator" if b.field_text(node, "operator") == "|" => one_of(b, node),
        "tuple" => one_of(b, node),
        "member_type" => match parts(b, node).as_slice() {
            [object, name] => {
                let object = type_of(b, *object).expr;
                Type::plain(b.member(*name, object, b.text(*name)))
            }
            _ => Type::plain(expression(b, node)),
        },
        "dotted_name" => Type::plain(imports::dotted(b, node)),
        "none" => Type {
            expr: expression(b, node),
            optional: true,
            of_class: false,
        },
        "string" => match quoted(b, node) {
            Some(ty) => ty,
            None => Type::plain(expression(b, node)),
        },
        _ => Type::plain(expression(b, node)),
    }
}

fn one_of(b: &mut Builder, node: Node) -> Type {
    let options = parts(b, node)
        .into_iter()
        .map(|part| type_of(b, part))
        .collect();
    union(b, node, options)
}

/// The types that are not `None`.
fn union(b: &mut Builder, node: Node, options: Vec<Type>) -> Type {
    let optional = options.iter().any(|option| option.optional);
    let mut exprs = Vec::new();
    for option in &options {
        match &b.expr(option.expr).kind {
            ExprKind::Null => {}
            ExprKind::Either(inner) => exprs.extend(inner.iter().copied()),
            _ => exprs.push(option.expr),
        }
    }
    let expr = match (exprs.as_slice(), options.first()) {
        ([single], _) => *single,
        ([], Some(none)) => none.expr,
        _ => b.push(node, ExprKind::Either(exprs)),
    };
    Type {
        expr,
        optional,
        of_class: false,
    }
}

/// A type with arguments. Those of the standard library that only wrap a type
/// are that type.
fn generic(b: &mut Builder, node: Node, base: Node, args: Vec<Node>) -> Type {
    let base = expression(b, base);
    let name = last_name(b, base).unwrap_or("").to_owned();
    let of_values = match name.as_str() {
        "Literal" => 0,
        "Annotated" => 1,
        _ => args.len(),
    };
    let mut types = Vec::new();
    let mut all = Vec::new();
    for (i, arg) in args.into_iter().enumerate() {
        if i < of_values {
            let ty = type_of(b, arg);
            types.push(ty);
            all.push(ty.expr);
        } else {
            all.push(value_in_type(b, arg));
        }
    }
    let (first, last) = (types.first().copied(), types.last().copied());
    let wrapped = match name.as_str() {
        "Annotated" | "Awaitable" | "Final" | "Type" | "type" | "Required" | "ReadOnly" => first,
        "Optional" | "NotRequired" => first.map(|ty| Type {
            optional: true,
            ..ty
        }),
        "ClassVar" => first.map(|ty| Type {
            of_class: true,
            ..ty
        }),
        "Coroutine" => last,
        "Union" => Some(union(b, node, types)),
        // A literal type is its values.
        "Literal" if !all.is_empty() => {
            Some(Type::plain(b.push(node, ExprKind::Either(all.clone()))))
        }
        _ => None,
    };
    wrapped.unwrap_or_else(|| Type::plain(b.push(node, ExprKind::Generic { base, args: all })))
}

/// A value among type arguments: `Literal["a"]`, the notes of `Annotated`.
fn value_in_type(b: &mut Builder, node: Node) -> ExprId {
    match parts(b, node).as_slice() {
        [inner] if node.kind() == "type" => expression(b, *inner),
        _ => expression(b, node),
    }
}

/// A type written as a string. It is parsed where it stands in the file, so
/// that its spans are right.
fn quoted(b: &mut Builder, node: Node) -> Option<Type> {
    let mut cursor = node.walk();
    let content = node
        .named_children(&mut cursor)
        .filter(|child| b.role(*child) == Role::Other)
        .find(|child| child.kind() == "string_content")?;
    let mut parser = Parser::new();
    parser
        .set_language(&tree_sitter_python::LANGUAGE.into())
        .ok()?;
    parser.set_included_ranges(&[content.range()]).ok()?;
    let tree = parser.parse(b.source(), None)?;
    let root = tree.root_node();
    let statement = root.named_child(0).filter(|_| !root.has_error())?;
    let inner = statement.named_child(0)?;
    (statement.kind() == "expression_statement").then(|| type_of(b, inner))
}
