//! Macro calls. The grammar gives their input as tokens; it is parsed again
//! as the Rust it mostly is, in place, so that positions stay right.

use smol_str::{SmolStr, format_smolstr};
use tree_sitter::{Node, Parser, Point, Range, Tree};

use super::super::Role;
use super::macro_tokens::{
    expression_of, has_arms, inside, is_template, opens_with, pieces, tokens_of,
};
use super::{Lowering, is_extra};
use crate::facts::{Arg, ExprId, ExprKind, ScopeKind};
use crate::language::fields::Fields;

/// Macros in macros that are still looked into; every level is parsed again.
const MAX_MACROS: u8 = 8;

/// Macros that never give a value.
const DIVERGING: [&str; 5] = [
    "panic",
    "unreachable",
    "todo",
    "unimplemented",
    "compile_error",
];

impl Lowering<'_, '_> {
    /// A macro call as an expression.
    pub(super) fn macro_call(&mut self, node: Node) -> Option<ExprId> {
        if self.macro_depth >= MAX_MACROS {
            return Some(self.b.unknown(node));
        }
        self.macro_depth += 1;
        let value = self.expand(node);
        self.macro_depth -= 1;
        value
    }

    fn expand(&mut self, node: Node) -> Option<ExprId> {
        let path = node.field("macro")?;
        let Some(tokens) = tokens_of(node) else {
            return Some(self.b.unknown(node));
        };
        let name = self.b.text(path).rsplit("::").next().unwrap_or("").trim();
        match name {
            "format" | "format_args" => Some(self.format(node, tokens)),
            "write" | "writeln" => Some(self.written(node, path, tokens)),
            "concat" => {
                let parts = self.values(tokens);
                Some(self.b.push(node, ExprKind::Concat(parts)))
            }
            "stringify" => {
                let text = inside(tokens)
                    .iter()
                    .map(|t| self.b.text(*t))
                    .collect::<String>();
                Some(self.b.push(node, ExprKind::Text(text.into())))
            }
            "vec" => {
                let items = self.values(tokens);
                Some(self.b.push(node, ExprKind::List(items)))
            }
            "json" => Some(self.json(node, &inside(tokens))),
            _ if DIVERGING.contains(&name) => {
                self.generic_macro(node, path, tokens);
                None
            }
            _ if has_arms(tokens) => self.macro_arms(node, tokens),
            _ => Some(self.generic_macro(node, path, tokens)),
        }
    }

    /// A macro call as a statement or item. With braces it holds items or
    /// statements of the scope it stands in (`lazy_static! { … }`).
    pub(super) fn macro_statement(&mut self, node: Node) {
        let tokens = tokens_of(node).filter(|tokens| opens_with(*tokens, "{"));
        match tokens {
            Some(tokens) if !has_arms(tokens) && self.macro_depth < MAX_MACROS => {
                self.macro_depth += 1;
                self.deeper(|l| l.macro_body(tokens));
                self.macro_depth -= 1;
            }
            _ => drop(self.value(node)),
        }
    }

    /// The input of `m! { … }`, lowered in the innermost scope.
    fn macro_body(&mut self, tokens: Node) -> Option<ExprId> {
        let items = inside(tokens);
        let (first, last) = (items.first()?, items.last()?);
        if is_template(tokens) {
            return None;
        }
        // `cfg_if! { if #[cfg(…)] { … } else { … } }`: the items of every branch.
        if first.kind() == "if" && items.get(1).is_some_and(|next| next.kind() == "#") {
            for branch in items.iter().filter(|item| opens_with(**item, "{")) {
                self.deeper(|l| l.macro_body(*branch));
            }
            return None;
        }
        let tree = self.reparse(*first, *last)?;
        self.statements(tree.root_node())
    }

    /// Any other macro is a call of `name!`.
    fn generic_macro(&mut self, node: Node, path: Node, tokens: Node) -> ExprId {
        let callee = self.macro_name(path);
        let args = if opens_with(tokens, "{") {
            self.b.open_scope(ScopeKind::Block);
            let tail = self.deeper(|l| l.macro_body(tokens)).flatten();
            self.b.close_scope();
            tail.map(|value| Arg { name: None, value })
                .into_iter()
                .collect()
        } else {
            self.args(tokens)
        };
        self.b.push(
            node,
            ExprKind::Call {
                callee,
                args,
                type_args: Vec::new(),
                constructs: false,
            },
        )
    }

    pub(super) fn macro_name(&mut self, path: Node) -> ExprId {
        let callee = self.expr(path);
        if let ExprKind::Name(name) | ExprKind::Member { name, .. } =
            &mut self.b.expr_mut(callee).kind
        {
            *name = format_smolstr!("{name}!");
        }
        callee
    }

    fn values(&mut self, tokens: Node) -> Vec<ExprId> {
        self.args(tokens).into_iter().map(|arg| arg.value).collect()
    }

    /// The input of a macro as arguments: `(a, b = c)` is read as a tuple, and
    /// if it is none, piece by piece.
    pub(super) fn args(&mut self, tokens: Node) -> Vec<Arg> {
        self.deeper(|l| {
            if let Some(tree) = l.reparse(tokens, tokens)
                && !tree.root_node().has_error()
                && let Some(list) = expression_of(tree.root_node())
            {
                return l.list_args(list);
            }
            pieces(tokens)
                .iter()
                .filter_map(|piece| l.piece_arg(piece))
                .collect()
        })
        .unwrap_or_default()
    }

    fn list_args(&mut self, list: Node) -> Vec<Arg> {
        let length = list.field("length");
        let mut args = Vec::new();
        let mut cursor = list.walk();
        for child in list.named_children(&mut cursor) {
            if is_extra(child) {
                continue;
            }
            let arg = self.arg(child);
            if Some(child) != length {
                args.push(arg);
            }
        }
        args
    }

    fn arg(&mut self, node: Node) -> Arg {
        let left = node.field("left");
        if self.b.role(node) == Role::Assignment
            && let (Some(left), Some(right)) = (left, node.field("right"))
            && matches!(self.b.role(left), Role::Name | Role::Member)
        {
            // `http.method = x` names a field of the record, dots and all.
            let name = Some(self.name(left));
            let value = self.expr(right);
            return Arg { name, value };
        }
        let value = self.expr(node);
        Arg { name: None, value }
    }

    /// `x` or `name = x`.
    pub(super) fn piece_arg(&mut self, piece: &[Node]) -> Option<Arg> {
        let equals = piece.iter().position(|token| token.kind() == "=");
        if let Some(equals) = equals
            && let (name, [_, value @ ..]) = piece.split_at(equals)
            && let Some(name) = self.dotted_name(name)
        {
            let value = self.piece_value(value)??;
            let name = Some(name);
            return Some(Arg { name, value });
        }
        let value = self.piece_value(piece)??;
        Some(Arg { name: None, value })
    }

    /// `name` or `a.b.name`.
    fn dotted_name(&self, tokens: &[Node]) -> Option<SmolStr> {
        let is_name = |token: &Node| self.b.role(*token) == Role::Name || token.kind() == ".";
        if tokens.is_empty() || !tokens.iter().all(is_name) {
            return None;
        }
        let name: String = tokens.iter().map(|token| self.b.text(*token)).collect();
        Some(SmolStr::new(name))
    }

    /// The value of a piece; what stands before it in the macro's own syntax
    /// (`target: x`, `%x`, `key = ?x`) is left out. See [`Self::clean_piece`].
    pub(super) fn piece_value(&mut self, piece: &[Node]) -> Option<Option<ExprId>> {
        if let Some(value) = self.clean_piece(piece) {
            return Some(value);
        }
        let marks = ["=", ":", "%", "?", "!"];
        let mark = piece.iter().rposition(|t| marks.contains(&t.kind()))?;
        self.clean_piece(piece.get(mark + 1..)?)
    }

    /// Lowers tokens that are an expression. `None` if they are none, and
    /// nothing was lowered; `Some(None)` if it has no value (`break`).
    pub(super) fn clean_piece(&mut self, piece: &[Node]) -> Option<Option<ExprId>> {
        let (first, last) = (piece.first()?, piece.last()?);
        let literal = matches!(
            self.b.role(*first),
            Role::Name | Role::Text | Role::Number | Role::True | Role::This
        );
        if piece.len() == 1 && literal {
            return Some(Some(self.expr(*first)));
        }
        let tree = self.reparse(*first, *last)?;
        let root = tree.root_node();
        let expression = expression_of(root).filter(|_| !root.has_error())?;
        Some(self.value(expression))
    }

    /// Parses the source from one token to another as a statement. The parser is
    /// given a `;` behind it, which the source need not have.
    pub(super) fn reparse(&mut self, first: Node, last: Node) -> Option<Tree> {
        let (start, end) = (first.start_byte(), last.end_byte());
        self.reparse_budget = self.reparse_budget.checked_sub(end.checked_sub(start)?)?;
        let to = last.end_position();
        let range = Range {
            start_byte: start,
            end_byte: end + 1,
            start_point: first.start_position(),
            end_point: Point::new(to.row, to.column + 1),
        };
        let source = self.b.source();
        let parser: &mut Parser = self.parser.as_mut()?;
        parser.set_included_ranges(&[range]).ok()?;
        let mut read = |at: usize, _: Point| -> &[u8] {
            match source.get(at..end) {
                Some(bytes) if !bytes.is_empty() => bytes,
                _ if at == end => b";",
                _ => b"",
            }
        };
        parser.parse_with_options(&mut read, None, None)
    }
}
