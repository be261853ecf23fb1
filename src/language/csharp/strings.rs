//! Texts: escapes decoded, quotes and prefixes off, holes as expressions.

use smol_str::SmolStr;
use tree_sitter::Node;

use super::{Lowering, parts};
use crate::facts::{Arg, ExprId, ExprKind};

impl Lowering<'_, '_> {
    /// A literal without holes.
    pub(super) fn text_literal(&mut self, node: Node) -> ExprId {
        let text = self.decoded(node);
        self.b.push(node, ExprKind::Text(text))
    }

    /// The value of a text literal.
    pub(super) fn decoded(&self, node: Node) -> SmolStr {
        let text = self.b.text(node);
        let text = text
            .strip_suffix("u8")
            .or_else(|| text.strip_suffix("U8"))
            .unwrap_or(text);
        match node.kind() {
            "verbatim_string_literal" => {
                let inner = text.trim_start_matches(['@', '$']);
                SmolStr::new(between(inner, "\"").replace("\"\"", "\""))
            }
            "raw_string_literal" => raw(text.trim_start_matches('$')),
            "character_literal" => SmolStr::new(unescape(between(text, "'"))),
            _ => SmolStr::new(unescape(between(text, "\""))),
        }
    }

    /// `$"…{x}…"`, with `@` and `"""` too.
    pub(super) fn template(&mut self, node: Node) -> ExprId {
        let start = node.child(0).map_or("", |start| self.b.text(start));
        let verbatim = start.contains('@');
        let is_raw = self.b.text(node).contains("\"\"\"");
        let mut pieces: Vec<ExprId> = Vec::new();
        let mut text = String::new();
        for part in parts(node) {
            match part.kind() {
                "string_content" | "escape_sequence" => {
                    let raw = self.b.text(part);
                    text.push_str(&if is_raw {
                        raw.to_owned()
                    } else {
                        let braces = raw.replace("{{", "{").replace("}}", "}");
                        if verbatim {
                            braces.replace("\"\"", "\"")
                        } else {
                            unescape(&braces)
                        }
                    });
                }
                "interpolation" => {
                    self.flush(part, &mut text, &mut pieces);
                    let hole = parts(part)
                        .into_iter()
                        .find(|p| !p.kind().starts_with("interpolation_"));
                    let value = match hole {
                        Some(hole) => self.expr(hole),
                        None => self.b.unknown(part),
                    };
                    pieces.push(value);
                }
                _ => {}
            }
        }
        self.flush(node, &mut text, &mut pieces);
        let kind = match pieces.as_slice() {
            [] => ExprKind::Text(SmolStr::default()),
            [only] if matches!(self.b.expr(*only).kind, ExprKind::Text(_)) => {
                self.b.expr(*only).kind.clone()
            }
            _ => ExprKind::Concat(pieces),
        };
        self.b.push(node, kind)
    }

    /// `string.Format("a.{0}", x)` is a text with holes.
    pub(super) fn formatted(&mut self, node: Node, args: &[Arg]) -> Option<ExprId> {
        let format = match &self.b.expr(args.first()?.value).kind {
            ExprKind::Text(text) => text.clone(),
            _ => return None,
        };
        let mut pieces = Vec::new();
        let mut text = String::new();
        let mut rest = format.as_str();
        while let Some((before, behind)) = rest.split_once('{') {
            text.push_str(before);
            let (hole, after) = behind.split_once('}')?;
            let digits = hole.split([',', ':']).next()?;
            let value = args.get(digits.trim().parse::<usize>().ok()?.checked_add(1)?)?;
            self.flush(node, &mut text, &mut pieces);
            pieces.push(value.value);
            rest = after;
        }
        text.push_str(rest);
        self.flush(node, &mut text, &mut pieces);
        Some(self.b.push(node, ExprKind::Concat(pieces)))
    }

    fn flush(&mut self, node: Node, text: &mut String, pieces: &mut Vec<ExprId>) {
        if !text.is_empty() {
            let text = SmolStr::new(std::mem::take(text));
            pieces.push(self.b.push(node, ExprKind::Text(text)));
        }
    }
}

/// What stands between quotes; a missing quote is no reason to lose the text.
fn between<'t>(text: &'t str, quote: &str) -> &'t str {
    let inner = text.strip_prefix(quote).unwrap_or(text);
    inner.strip_suffix(quote).unwrap_or(inner)
}

/// `"""…"""`: the quotes off, and the line breaks and the indentation beside them.
fn raw(text: &str) -> SmolStr {
    let inner = text.trim_start_matches('"').trim_end_matches('"');
    let Some(body) = inner
        .trim_start_matches([' ', '\t', '\r'])
        .strip_prefix('\n')
    else {
        return SmolStr::new(inner);
    };
    let (body, indent) = body.rsplit_once('\n').unwrap_or((body, ""));
    let lines: Vec<&str> = body
        .lines()
        .map(|line| line.strip_prefix(indent).unwrap_or(line))
        .collect();
    SmolStr::new(lines.join("\n"))
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
            Some('a') => out.push('\u{7}'),
            Some('b') => out.push('\u{8}'),
            Some('e') => out.push('\u{1b}'),
            Some('f') => out.push('\u{c}'),
            Some('v') => out.push('\u{b}'),
            Some(kind @ ('x' | 'u' | 'U')) => {
                let most = if kind == 'U' { 8 } else { 4 };
                let mut digits = String::new();
                while digits.len() < most
                    && let Some(digit) = chars.next_if(char::is_ascii_hexdigit)
                {
                    digits.push(digit);
                }
                out.extend(
                    u32::from_str_radix(&digits, 16)
                        .ok()
                        .and_then(char::from_u32),
                );
            }
            Some(other) => out.push(other),
            None => out.push('\\'),
        }
    }
    out
}
