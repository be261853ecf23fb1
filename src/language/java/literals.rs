//! Texts, numbers and arrays.

use tree_sitter::Node;

use super::{Lowering, parts};
use crate::facts::{ExprId, ExprKind, SmolStr};
use crate::language::fields::Fields;
use crate::language::jvm::strings;

impl Lowering<'_, '_> {
    /// `"…"`, `'…'`, `"""…"""`
    pub(super) fn text(&mut self, node: Node) -> ExprKind {
        let source = self.b.text(node);
        let raw = strings::unquote(source);
        let text = if source.starts_with("\"\"\"") {
            strings::unescape(&strings::without_indent(&raw.replace("\r\n", "\n")))
        } else {
            strings::unescape(raw)
        };
        // `"\{name}"` is no Java any more; what it held is still read.
        for part in parts(node) {
            if part.kind() == "string_interpolation" {
                self.others(part);
            }
        }
        ExprKind::Text(text)
    }

    pub(super) fn number(&self, node: Node) -> ExprKind {
        ExprKind::Number(strings::number(self.b.text(node)))
    }

    /// `{a, b}`, `new String[] {a, b}`, `new byte[12]`
    pub(super) fn list(&mut self, node: Node) -> ExprId {
        if node.kind() == "array_creation_expression" {
            return match node.field("value") {
                Some(value) => self.list(value),
                None => {
                    self.others(node);
                    self.b.unknown(node)
                }
            };
        }
        let elements = parts(node);
        let elements = elements.into_iter().map(|e| self.expr(e)).collect();
        self.b.push(node, ExprKind::List(elements))
    }

    /// `-1`; other operators make something no name comes from.
    pub(super) fn unary(&mut self, node: Node) -> ExprId {
        let operator = self.b.field_text(node, "operator");
        let Some(operand) = node.field("operand") else {
            return self.b.unknown(node);
        };
        let value = self.expr(operand);
        match (operator, &self.b.expr(value).kind) {
            ("-", ExprKind::Number(number)) => {
                let number = SmolStr::new(format!("-{number}"));
                self.b.push(node, ExprKind::Number(number))
            }
            ("+", ExprKind::Number(_)) => value,
            _ => self.b.unknown(node),
        }
    }
}
