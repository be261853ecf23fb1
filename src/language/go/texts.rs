//! String and rune literals, and documentation.

use smol_str::SmolStr;
use tree_sitter::Node;

use super::Lowering;
use crate::language::first_sentence;

impl Lowering<'_, '_> {
    /// What a string or rune literal says.
    pub(super) fn text_of(&self, node: Node) -> SmolStr {
        let text = self.b.text(node);
        let inner = |quote: char| {
            let text = text.strip_prefix(quote).unwrap_or(text);
            text.strip_suffix(quote).unwrap_or(text)
        };
        match text.chars().next() {
            Some('`') => SmolStr::new(inner('`').replace('\r', "")),
            Some('\'') => unescape(inner('\'')),
            _ => unescape(inner('"')),
        }
    }

    /// The first sentence of the comment right above a declaration.
    pub(super) fn doc(&self, node: Node) -> Option<SmolStr> {
        let mut lines = Vec::new();
        let mut row = node.start_position().row;
        let mut next = node.prev_sibling();
        while let Some(comment) = next.filter(|n| n.kind() == "comment") {
            if comment.end_position().row + 1 != row {
                break;
            }
            row = comment.start_position().row;
            let text = self.b.text(comment);
            let text = match text.strip_prefix("/*") {
                Some(block) => block.strip_suffix("*/").unwrap_or(block),
                None => text.strip_prefix("//").unwrap_or(text),
            };
            // `//go:generate` and the like are for tools.
            if !text.starts_with("go:") {
                lines.extend(text.lines().rev());
            }
            next = comment.prev_sibling();
        }
        first_sentence(lines.into_iter().rev())
    }
}

/// The text a literal stands for; what is no escape stays as written.
fn unescape(text: &str) -> SmolStr {
    if !text.contains('\\') {
        return SmolStr::new(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let Some(letter) = rest.chars().next() else {
            break;
        };
        let (digits, radix, skip) = match letter {
            'x' => (2, 16, 1),
            'u' => (4, 16, 1),
            'U' => (8, 16, 1),
            '0'..='7' => (3, 8, 0),
            _ => {
                out.push(match letter {
                    'n' => '\n',
                    't' => '\t',
                    'r' => '\r',
                    'a' => '\x07',
                    'b' => '\x08',
                    'f' => '\x0c',
                    'v' => '\x0b',
                    other => other,
                });
                rest = &rest[letter.len_utf8()..];
                continue;
            }
        };
        let code = rest
            .get(skip..skip + digits)
            .and_then(|number| u32::from_str_radix(number, radix).ok())
            .and_then(char::from_u32);
        match code {
            Some(code) => {
                out.push(code);
                rest = &rest[skip + digits..];
            }
            None => out.push('\\'),
        }
    }
    out.push_str(rest);
    SmolStr::new(out)
}

#[cfg(test)]
mod tests {
    use super::unescape;

    #[test]
    fn escapes_are_read() {
        assert_eq!(
            unescape(r#"a\"b\\c\n\x41\u00e9\101\q"#),
            "a\"b\\c\nA\u{e9}Aq"
        );
        assert_eq!(unescape(r"\x4"), r"\x4");
        assert_eq!(unescape("\\"), "");
    }
}
