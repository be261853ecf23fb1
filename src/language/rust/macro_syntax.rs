//! Macros whose input is not plain Rust: `format!`, `json!`, `select!`, maps.

use smol_str::SmolStr;
use tree_sitter::Node;

use super::super::Role;
use super::Lowering;
use super::macro_tokens::{MacroArm, arms, expression_of, opens_with, pieces};
use crate::facts::{Arg, Entry, ExprId, ExprKind, Key, ScopeKind};

impl Lowering<'_, '_> {
    /// `format!("a.{}.{x}", y)`: the text with its holes filled.
    pub(super) fn format(&mut self, node: Node, tokens: Node) -> ExprId {
        let args = self.args(tokens);
        self.formatted(node, args)
    }

    /// `write!(f, "…", a)`: a call of `write!` with the text.
    pub(super) fn written(&mut self, node: Node, path: Node, tokens: Node) -> ExprId {
        let mut args = self.args(tokens);
        let callee = self.macro_name(path);
        if args.len() > 1 {
            let rest = args.split_off(1);
            let value = self.formatted(node, rest);
            args.push(Arg { name: None, value });
        }
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

    fn formatted(&mut self, node: Node, args: Vec<Arg>) -> ExprId {
        let Some((template, args)) = args.split_first() else {
            return self.b.unknown(node);
        };
        let span = self.b.expr(template.value).span;
        let ExprKind::Text(text) = self.b.expr(template.value).kind.clone() else {
            let values = args.iter().map(|arg| arg.value);
            let parts = std::iter::once(template.value).chain(values).collect();
            return self.b.push(node, ExprKind::Concat(parts));
        };
        let mut next = 0;
        let mut parts = Vec::new();
        for piece in format_pieces(&text) {
            let part = match piece {
                FormatPiece::Text(text) => self.b.push_at(span, ExprKind::Text(text)),
                FormatPiece::Hole(name) => {
                    let value = match name.parse::<usize>() {
                        Ok(index) => args.get(index).map(|arg| arg.value),
                        Err(_) if name.is_empty() => {
                            next += 1;
                            args.get(next - 1).map(|arg| arg.value)
                        }
                        Err(_) => args
                            .iter()
                            .find(|arg| arg.name.as_ref() == Some(&name))
                            .map(|arg| arg.value),
                    };
                    // `{name}` without an argument takes the variable.
                    value.unwrap_or_else(|| self.b.push_at(span, ExprKind::Name(name)))
                }
            };
            parts.push(part);
        }
        self.b.push(node, ExprKind::Concat(parts))
    }

    /// `json!({ "a": x, "b": [y] })`
    pub(super) fn json(&mut self, node: Node, tokens: &[Node]) -> ExprId {
        match self.deeper(|l| l.json_value(node, tokens)) {
            Some(value) => value,
            None => self.b.unknown(node),
        }
    }

    fn json_value(&mut self, node: Node, tokens: &[Node]) -> ExprId {
        match tokens {
            [only] if opens_with(*only, "{") => self.json_object(*only),
            [only] if opens_with(*only, "[") => {
                let items = pieces(*only)
                    .iter()
                    .map(|piece| self.json(*only, piece))
                    .collect();
                self.b.push(*only, ExprKind::List(items))
            }
            [only] if self.b.text(*only) == "null" => self.b.push(*only, ExprKind::Null),
            _ => match self.clean_piece(tokens).flatten() {
                Some(value) => value,
                None => self.b.unknown(tokens.first().copied().unwrap_or(node)),
            },
        }
    }

    fn json_object(&mut self, tokens: Node) -> ExprId {
        let mut entries = Vec::new();
        for piece in pieces(tokens) {
            let Some(colon) = piece.iter().position(|token| token.kind() == ":") else {
                continue;
            };
            let (key, value) = piece.split_at(colon);
            let Some(first) = key.first() else {
                continue;
            };
            let span = self.b.span(*first);
            let key = match self.text_value(*first) {
                Some(text) => Key::Name(SmolStr::new(text)),
                None => match self.clean_piece(key).flatten() {
                    Some(key) => Key::Computed(key),
                    None => continue,
                },
            };
            let value = self.json(tokens, value.get(1..).unwrap_or(&[]));
            entries.push(Entry { key, value, span });
        }
        self.b.push(tokens, ExprKind::Object { ty: None, entries })
    }

    /// `select! { Some(x) = rx.recv() => { … }, else => … }`, `hashmap! { k => v }`.
    pub(super) fn macro_arms(&mut self, node: Node, tokens: Node) -> Option<ExprId> {
        let mut entries = Vec::new();
        let mut values = Vec::new();
        for arm in arms(tokens) {
            self.b.open_scope(ScopeKind::Block);
            let key = self.deeper(|l| l.arm_head(&arm)).flatten();
            let value = self
                .deeper(|l| l.piece_value(&arm.body))
                .flatten()
                .flatten();
            self.b.close_scope();
            let Some(value) = value else {
                continue;
            };
            values.push(value);
            if let Some(key) = key {
                let span = self.b.expr(key).span;
                let key = match &self.b.expr(key).kind {
                    ExprKind::Text(text) => Key::Name(text.clone()),
                    _ => Key::Computed(key),
                };
                entries.push(Entry { key, value, span });
            }
        }
        if !entries.is_empty() && entries.len() == values.len() {
            return Some(self.b.push(node, ExprKind::Object { ty: None, entries }));
        }
        match values.as_slice() {
            [] => None,
            [value] => Some(*value),
            _ => Some(self.b.push(node, ExprKind::Either(values))),
        }
    }

    /// Binds `pattern = value`; another head is a key.
    fn arm_head(&mut self, arm: &MacroArm) -> Option<ExprId> {
        let guard = arm.head.iter().rposition(|token| token.kind() == ",");
        let (head, guard) = arm.head.split_at(guard.unwrap_or(arm.head.len()));
        if let Some(condition) = guard.get(2..) {
            self.piece_value(condition);
        }
        let Some(equals) = head.iter().position(|token| token.kind() == "=") else {
            return self
                .clean_piece(head)
                .flatten()
                .filter(|_| !matches!(head, [only] if self.b.role(*only) == Role::Name));
        };
        let (pattern, value) = head.split_at(equals);
        let value = self.piece_value(value.get(1..)?)??;
        let (first, last) = (pattern.first()?, pattern.last()?);
        let at = arm.body.first()?.start_byte() as u32;
        let tree = self.reparse(*first, *last)?;
        let pattern = expression_of(tree.root_node())?;
        self.bind_pattern(pattern, value, None, at);
        None
    }
}

/// A piece of a format string.
enum FormatPiece {
    Text(SmolStr),
    /// The argument's name or number; empty for the next one.
    Hole(SmolStr),
}

/// Splits a format string; see <https://doc.rust-lang.org/std/fmt/#syntax>.
fn format_pieces(template: &str) -> Vec<FormatPiece> {
    let mut pieces = Vec::new();
    let mut text = String::new();
    let mut rest = template;
    while let Some(at) = rest.find(['{', '}']) {
        let (before, behind) = rest.split_at(at);
        text.push_str(before);
        let brace = if behind.starts_with('{') { '{' } else { '}' };
        let behind = behind.get(1..).unwrap_or("");
        if let Some(after) = behind.strip_prefix(brace) {
            text.push(brace);
            rest = after;
            continue;
        }
        rest = behind;
        if brace == '{'
            && let Some((hole, after)) = behind.split_once('}')
        {
            if !text.is_empty() {
                pieces.push(FormatPiece::Text(SmolStr::new(&text)));
                text.clear();
            }
            let name = hole.split(':').next().unwrap_or("").trim();
            pieces.push(FormatPiece::Hole(SmolStr::new(name)));
            rest = after;
        }
    }
    text.push_str(rest);
    if !text.is_empty() || pieces.is_empty() {
        pieces.push(FormatPiece::Text(SmolStr::new(&text)));
    }
    pieces
}
