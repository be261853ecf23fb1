//! String literals, f-strings, and the two ways of formatting.

use smol_str::SmolStr;
use tree_sitter::Node;

use super::expressions::expression;
use super::{parts, statements};
use crate::facts::{Arg, ExprId, ExprKind, Key};
use crate::language::fields::Fields;
use crate::language::templates::{self, Piece};
use crate::language::{Builder, Role};

/// A part of a string: literal text, or the value of a hole.
enum Part {
    Text(String),
    Value(ExprId),
}

/// A string literal or several beside each other, with or without holes.
pub(super) fn string(b: &mut Builder, node: Node) -> ExprId {
    let mut found = Vec::new();
    if b.role(node) == Role::Template {
        for piece in parts(b, node) {
            literal(b, piece, &mut found);
        }
    } else {
        literal(b, node, &mut found);
    }
    joined(b, node, found)
}

/// The text of a string literal without holes; `None` for anything else.
pub(super) fn plain(b: &Builder, node: Node) -> Option<String> {
    if b.role(node) != Role::Text {
        return None;
    }
    let prefix = Prefix::of(b, node);
    let mut text = String::new();
    for part in parts(b, node) {
        match part.kind() {
            "string_content" => text.push_str(&prefix.decode(b.text(part))),
            "interpolation" => return None,
            _ => {}
        }
    }
    Some(text)
}

fn literal(b: &mut Builder, node: Node, found: &mut Vec<Part>) {
    let prefix = Prefix::of(b, node);
    for part in parts(b, node) {
        match part.kind() {
            "string_content" => found.push(Part::Text(prefix.decode(b.text(part)))),
            "string_start" | "string_end" => {}
            "interpolation" => {
                if let Some(hole) = part.field("expression") {
                    found.push(Part::Value(expression(b, hole)));
                }
                if let Some(format) = part.field("format_specifier") {
                    statements(b, format);
                }
            }
            _ => super::statement(b, part),
        }
    }
}

/// One text if there are no holes, else the concatenation.
fn joined(b: &mut Builder, node: Node, found: Vec<Part>) -> ExprId {
    let mut values = Vec::new();
    let mut text = String::new();
    for part in found {
        match part {
            Part::Text(more) => text.push_str(&more),
            Part::Value(value) => {
                if !text.is_empty() {
                    let piece = SmolStr::from(std::mem::take(&mut text));
                    values.push(b.push(node, ExprKind::Text(piece)));
                }
                values.push(value);
            }
        }
    }
    if values.is_empty() {
        return b.push(node, ExprKind::Text(text.into()));
    }
    if !text.is_empty() {
        values.push(b.push(node, ExprKind::Text(text.into())));
    }
    b.push(node, ExprKind::Concat(values))
}

/// `"…{}…".format(…)` as a concatenation, if every hole has its argument.
pub(super) fn formatted(
    b: &mut Builder,
    node: Node,
    callee: ExprId,
    args: &[Arg],
) -> Option<ExprId> {
    let ExprKind::Member { object, name, .. } = &b.expr(callee).kind else {
        return None;
    };
    let ExprKind::Text(text) = &b.expr(*object).kind else {
        return None;
    };
    if name != "format" {
        return None;
    }
    let template = templates::braces(text)?;
    let positional: Vec<ExprId> = args
        .iter()
        .take_while(|arg| !matches!(b.expr(arg.value).kind, ExprKind::Spread(_)))
        .filter(|arg| arg.name.is_none())
        .map(|arg| arg.value)
        .collect();
    let named = |name: &str| {
        args.iter()
            .find(|arg| arg.name.as_deref() == Some(name))
            .map(|arg| arg.value)
    };
    fill(b, node, template, &positional, named)
}

/// `"…%s…" % values` as a concatenation, if every hole has its value.
pub(super) fn interpolated(
    b: &mut Builder,
    node: Node,
    template: ExprId,
    right: Node,
    values: ExprId,
) -> Option<ExprId> {
    let ExprKind::Text(text) = &b.expr(template).kind else {
        return None;
    };
    let template = templates::percent(text)?;
    let holes = template
        .iter()
        .filter(|piece| matches!(piece, Piece::Hole(_)))
        .count();
    let positional = match &b.expr(values).kind {
        ExprKind::List(elements) if right.kind() == "tuple" => {
            let literal = |id: &&ExprId| !matches!(b.expr(**id).kind, ExprKind::Spread(_));
            elements.iter().take_while(literal).copied().collect()
        }
        _ if holes == 1 => vec![values],
        _ => (0..holes).map(|i| element(b, right, values, i)).collect(),
    };
    let entries = match &b.expr(values).kind {
        ExprKind::Object { entries, .. } => entries.clone(),
        _ => Vec::new(),
    };
    let named = |name: &str| {
        entries
            .iter()
            .find(|entry| matches!(&entry.key, Key::Name(key) if key == name))
            .map(|entry| entry.value)
    };
    fill(b, node, template, &positional, named)
}

/// Element `i` of a value.
pub(super) fn element(b: &mut Builder, node: Node, object: ExprId, i: usize) -> ExprId {
    let number = SmolStr::from(i.to_string());
    let index = b.push(node, ExprKind::Number(number));
    b.push(node, ExprKind::Index { object, index })
}

fn fill(
    b: &mut Builder,
    node: Node,
    template: Vec<Piece>,
    positional: &[ExprId],
    named: impl Fn(&str) -> Option<ExprId>,
) -> Option<ExprId> {
    let mut next = positional.iter();
    let mut found = Vec::new();
    for piece in template {
        found.push(match piece {
            Piece::Text(text) => Part::Text(text),
            Piece::Hole(templates::Hole::Next) => Part::Value(*next.next()?),
            Piece::Hole(templates::Hole::At(i)) => Part::Value(*positional.get(i)?),
            Piece::Hole(templates::Hole::Named(name)) => Part::Value(named(&name)?),
        });
    }
    Some(joined(b, node, found))
}

/// What the letters before the quote say.
#[derive(Clone, Copy)]
struct Prefix {
    raw: bool,
    holes: bool,
}

impl Prefix {
    fn of(b: &Builder, string: Node) -> Self {
        let start = string.child(0).map_or("", |start| b.text(start));
        let letter = |letter: char| start.contains([letter, letter.to_ascii_uppercase()]);
        Self {
            raw: letter('r'),
            holes: letter('f') || letter('t'),
        }
    }

    fn decode(self, content: &str) -> String {
        let braces = if self.holes {
            content.replace("{{", "{").replace("}}", "}")
        } else {
            content.to_owned()
        };
        if self.raw || !braces.contains('\\') {
            braces
        } else {
            unescape(&braces)
        }
    }
}

/// Decodes escape sequences; what is none keeps its backslash, as in Python.
fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let Some(letter) = rest.chars().next() else {
            out.push('\\');
            break;
        };
        if let Some(next_line) = rest.strip_prefix("\r\n") {
            rest = next_line;
            continue;
        }
        let simple = match letter {
            'n' => Some("\n"),
            't' => Some("\t"),
            'r' => Some("\r"),
            'a' => Some("\u{7}"),
            'b' => Some("\u{8}"),
            'f' => Some("\u{c}"),
            'v' => Some("\u{b}"),
            '\\' => Some("\\"),
            '\'' => Some("'"),
            '"' => Some("\""),
            '\n' => Some(""),
            _ => None,
        };
        if let Some(simple) = simple {
            out.push_str(simple);
            rest = &rest[letter.len_utf8()..];
        } else if let Some((c, length)) = numeric_escape(rest) {
            out.push(c);
            rest = &rest[length..];
        } else {
            out.push('\\');
        }
    }
    out.push_str(rest);
    out
}

/// The character of `xHH`, `uHHHH`, `UHHHHHHHH` or up to three octal digits,
/// and how many bytes it is written with.
fn numeric_escape(text: &str) -> Option<(char, usize)> {
    let (from, digits, radix) = match text.as_bytes().first()? {
        b'x' => (1, 2, 16),
        b'u' => (1, 4, 16),
        b'U' => (1, 8, 16),
        b'0'..=b'7' => {
            let octal = |b: &u8| (b'0'..=b'7').contains(b);
            let length = text.bytes().take(3).take_while(octal).count();
            (0, length, 8)
        }
        _ => return None,
    };
    let digits = text.get(from..from + digits)?;
    let code = u32::from_str_radix(digits, radix).ok()?;
    Some((char::from_u32(code)?, from + digits.len()))
}
