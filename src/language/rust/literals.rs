//! Literals: texts with their escapes decoded, numbers, booleans.

use smol_str::SmolStr;
use tree_sitter::Node;

use super::super::Role;
use super::Lowering;
use crate::facts::{ExprId, ExprKind};

impl Lowering<'_, '_> {
    pub(super) fn literal(&mut self, node: Node) -> ExprId {
        let text = self.b.text(node);
        let kind = match self.b.role(node) {
            Role::Number => ExprKind::Number(SmolStr::new(text)),
            Role::True => ExprKind::Bool(text == "true"),
            _ => ExprKind::Text(SmolStr::new(decode(text))),
        };
        self.b.push(node, kind)
    }

    /// The value of a text literal, if the node is one.
    pub(super) fn text_value(&self, node: Node) -> Option<String> {
        (self.b.role(node) == Role::Text).then(|| decode(self.b.text(node)))
    }
}

/// The value of a string, byte string, raw string or character literal.
pub(super) fn decode(literal: &str) -> String {
    let body = literal.trim_start_matches(['b', 'c']);
    if let Some(raw) = body.strip_prefix('r') {
        let hashes = raw.len() - raw.trim_start_matches('#').len();
        let inner = raw.trim_start_matches('#');
        let inner = inner.strip_prefix('"').unwrap_or(inner);
        let closing = format!("\"{}", "#".repeat(hashes));
        return inner.strip_suffix(&closing).unwrap_or(inner).to_owned();
    }
    let inner = ['"', '\'']
        .into_iter()
        .find_map(|quote| {
            let inner = body.strip_prefix(quote)?;
            Some(inner.strip_suffix(quote).unwrap_or(inner))
        })
        .unwrap_or(body);
    unescape(inner)
}

fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('n') => out.push('\n'),
            Some('r') => out.push('\r'),
            Some('t') => out.push('\t'),
            Some('0') => out.push('\0'),
            Some('x') => {
                let digits: String = chars.by_ref().take(2).collect();
                out.extend(character(&digits));
            }
            Some('u') => {
                let digits: String = chars
                    .by_ref()
                    .skip_while(|c| *c == '{')
                    .take_while(|c| *c != '}')
                    .collect();
                out.extend(character(&digits.replace('_', "")));
            }
            // A line break after a backslash is skipped with the indentation behind it.
            Some('\n' | '\r') => while chars.next_if(|c| c.is_whitespace()).is_some() {},
            Some(other) => out.push(other),
            None => out.push('\\'),
        }
    }
    out
}

fn character(hex: &str) -> Option<char> {
    char::from_u32(u32::from_str_radix(hex, 16).ok()?)
}
