//! Foreign text made harmless for the place it goes to.
//!
//! Names, paths and messages come from scanned code. A channel may be called
//! `a|b`, `<script>` or hold the bytes that clear a terminal. Nothing is
//! dropped silently: what cannot be shown is spelled out, such as `\u{1b}`.

use std::borrow::Cow;
use std::fmt::{self, Write};

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Whether a character acts on its surroundings instead of being seen: control
/// characters, bidirectional overrides (<https://trojansource.codes>), line
/// separators, invisible and tag characters.
fn acts(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Spells out every character that would act on a terminal or on the text
/// around it: a newline becomes `\n`, an escape `\u{1b}`.
///
/// This is all a terminal needs, and the first step for every other place.
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(acts) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if acts(c) => out.extend(c.escape_unicode()),
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// JSON text in which nothing acts on a terminal it is printed to: what JSON
/// allows in strings and a terminal obeys (`U+009B` begins an escape sequence)
/// is written as `\u009b`. Parsed, it is the same document.
#[must_use]
pub fn json_text(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if c == '\n' || !acts(c) {
            out.push(c);
            continue;
        }
        for unit in c.encode_utf16(&mut [0; 2]) {
            // Writing to a String cannot fail.
            let _ = write!(out, "\\u{unit:04x}");
        }
    }
    out
}

/// Cuts text to at most `columns` terminal columns, ending in `…` if cut.
#[must_use]
pub fn shorten(text: &str, columns: usize) -> Cow<'_, str> {
    if text.width() <= columns {
        return Cow::Borrowed(text);
    }
    let mut used = 1;
    let mut out: String = text
        .chars()
        // Combining marks take no column; a name of nothing else still ends.
        .take(4 * columns)
        .take_while(|c| {
            used += match c {
                // Turns the character before it into a wide picture.
                '\u{fe0f}' => 1,
                c => c.width().unwrap_or(1),
            };
            used <= columns
        })
        .collect();
    if columns > 0 {
        out.push('…');
    }
    Cow::Owned(out)
}

/// askama's escaper for `.md` templates; see [`markdown_text`].
#[derive(Clone, Copy, Debug, Default)]
pub struct Markdown;

impl askama::filters::Escaper for Markdown {
    fn write_escaped_str<W: Write>(&self, mut dest: W, text: &str) -> fmt::Result {
        dest.write_str(&markdown_text(text))
    }
}

/// Text for a Markdown paragraph, heading, list item, link text or table cell,
/// on one line and without any markup of its own.
///
/// Pipes become entities instead of `\|`: a backslash already standing before
/// the pipe would otherwise turn the escape around and end the cell.
#[must_use]
pub fn markdown_text(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in visible(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '|' => out.push_str("&#124;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '~' | '$' | '#' | '!' => {
                out.push('\\');
                out.push(c);
            }
            // A list marker only at the start of a line.
            '-' | '+' | '=' if out.is_empty() => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    if let Some(end) = ordered_list_marker(&out) {
        out.insert(end, '\\');
    }
    out
}

/// Where the `.` or `)` of a leading `1. ` or `1) ` stands.
fn ordered_list_marker(text: &str) -> Option<usize> {
    let end = text.find(|c: char| !c.is_ascii_digit())?;
    let rest = text[end..].strip_prefix(['.', ')'])?;
    (end > 0 && (rest.is_empty() || rest.starts_with(' '))).then_some(end)
}

/// Text as inline code, in a paragraph as well as in a table cell.
///
/// Backticks and pipes cannot be written the same way inside and outside of a
/// table, so text that holds one is written as `<code>` with entities.
#[must_use]
pub fn markdown_code(text: &str) -> String {
    let text = visible(text);
    let blank = text.trim().is_empty();
    if !blank && !text.contains(['`', '|', '\\']) && text.trim().len() == text.len() {
        return format!("`{text}`");
    }
    let mut out = String::from("<code>");
    for c in text.chars() {
        // The rest could be markup, a link, a mention or a picture's name.
        if c.is_alphanumeric() || "/.-,()={}?".contains(c) || (c == ' ' && !blank) {
            out.push(c);
        } else {
            // Writing to a String cannot fail.
            let _ = write!(out, "&#{};", u32::from(c));
        }
    }
    out.push_str("</code>");
    out
}

/// A path for the target of a Markdown link: it stays relative and inside the
/// parentheses, whatever the file is called.
#[must_use]
pub fn markdown_href(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.trim_start_matches('/').bytes() {
        if byte.is_ascii_alphanumeric() || b"/._-~@+,=".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// Text for a Mermaid label between double quotes, or for the text of a
/// sequence diagram's message.
///
/// Mermaid reads `#35;` as a character. Everything that could end the quotes,
/// open a directive (`%%{`), a Markdown string, a formula or a tag is written
/// so. See <https://mermaid.js.org/syntax/flowchart.html#entity-codes-to-escape-characters>.
#[must_use]
pub fn mermaid_label(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in shorten(&visible(text), MERMAID_LABEL_COLUMNS).chars() {
        let plain = c.is_alphanumeric() || " _-./,()+=:@'{}…→·".contains(c);
        if plain {
            out.push(c);
        } else {
            let _ = write!(out, "#{};", u32::from(c));
        }
    }
    out
}

/// Longest label of a diagram, in columns: boxes wider than this push the rest
/// of the diagram out of sight.
const MERMAID_LABEL_COLUMNS: usize = 60;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Strings in which the characters that matter are frequent.
    fn hostile() -> impl Strategy<Value = String> {
        let part = prop_oneof![
            prop::sample::select(vec![
                "|",
                "\\",
                "`",
                "``",
                "\n",
                "\r\n",
                "<",
                ">",
                "&",
                "\"",
                "#",
                ";",
                "%%{",
                "}%%",
                "]",
                ")",
                "[",
                "(",
                "*",
                "_",
                "-",
                "1. ",
                " ",
                "\u{1b}[31m",
                "\u{202e}",
                "\u{9b}",
                "<script>",
                "\t",
                "\0",
                "end",
                "$$",
                "~",
                "!",
                "=",
            ])
            .prop_map(str::to_owned),
            any::<String>(),
        ];
        prop::collection::vec(part, 0..8).prop_map(|parts| parts.concat())
    }

    /// Takes escapes and entities out, so that what is left is what acts.
    fn unescaped(text: &str) -> String {
        let mut out = String::new();
        let mut chars = text.chars();
        while let Some(c) = chars.next() {
            if c == '\\' {
                chars.next();
            } else {
                out.push(c);
            }
        }
        out
    }

    proptest! {
        #[test]
        fn nothing_acts_on_the_terminal(text in hostile()) {
            let shown = visible(&text);
            prop_assert!(!shown.contains(acts), "{shown:?}");
        }

        #[test]
        fn json_stays_the_same_document(text in hostile()) {
            let json = serde_json::to_string_pretty(&[&text]).expect("strings are JSON");
            let shown = json_text(&json);
            prop_assert!(!shown.replace('\n', "").contains(acts), "{shown:?}");
            let back: Vec<String> = serde_json::from_str(&shown).expect("it is still JSON");
            prop_assert_eq!(back, vec![text]);
        }

        #[test]
        fn shortened_text_fits(text in hostile(), columns in 0usize..20) {
            let text = visible(&text);
            prop_assert!(shorten(&text, columns).width() <= columns);
        }

        #[test]
        fn markdown_text_has_no_markup(text in hostile()) {
            let cell = markdown_text(&text);
            prop_assert!(!cell.contains(['|', '<', '>', '\n', '\r']), "{cell:?}");
            let acting = unescaped(&cell.replace("&#124;", ""));
            prop_assert!(!acting.contains(['`', '*', '_', '[', ']', '#']), "{cell:?}");
        }

        #[test]
        fn markdown_code_stays_in_its_span(text in hostile()) {
            let cell = markdown_code(&text);
            prop_assert!(!cell.contains(['|', '\n', '\r']), "{cell:?}");
            let inner = cell
                .strip_prefix('`').and_then(|c| c.strip_suffix('`'))
                .or_else(|| cell.strip_prefix("<code>").and_then(|c| c.strip_suffix("</code>")));
            let inner = inner.expect("a span");
            prop_assert!(!inner.contains('`'), "{cell:?}");
            if cell.starts_with('<') {
                prop_assert!(!inner.contains(['<', '>', '"', '*', '_', '[', '\\']), "{cell:?}");
            } else {
                prop_assert!(!inner.is_empty());
            }
        }

        #[test]
        fn a_link_target_is_a_relative_path(path in hostile()) {
            let href = markdown_href(&path);
            prop_assert!(!href.starts_with('/'), "{href:?}");
            prop_assert!(!href.contains([' ', '(', ')', '<', '>', ':', '"', '|', '\\', '#', '?']), "{href:?}");
        }

        #[test]
        fn a_mermaid_label_stays_in_its_quotes(text in hostile()) {
            let label = mermaid_label(&text);
            prop_assert!(!label.contains(['"', '`', '<', '>', '\n', '\r', '%', '$', '\\', '&']), "{label:?}");
            // `#` and `;` only as the two ends of a decimal entity.
            let mut rest = label.as_str();
            while let Some(start) = rest.find(['#', ';']) {
                let entity = &rest[start..];
                let end = entity.find(';').expect("an entity ends");
                prop_assert!(entity.starts_with('#'), "{label:?}");
                prop_assert!(end > 1 && entity[1..end].bytes().all(|b| b.is_ascii_digit()), "{label:?}");
                rest = &entity[end + 1..];
            }
        }
    }

    #[test]
    fn ordinary_names_stay_readable() {
        assert_eq!(visible("order.created"), "order.created");
        assert_eq!(visible("a\u{1b}[31m\n"), "a\\u{1b}[31m\\n");
        assert_eq!(markdown_code("user:{userId}"), "`user:{userId}`");
        assert_eq!(markdown_code("a|b"), "<code>a&#124;b</code>");
        assert_eq!(markdown_text("1. <b>"), "1\\. &lt;b&gt;");
        assert_eq!(
            markdown_href("javascript:alert(1)/x y.ts"),
            "javascript%3Aalert%281%29/x%20y.ts"
        );
        assert_eq!(mermaid_label("mail:welcome"), "mail:welcome");
        assert_eq!(mermaid_label("\"]; click"), "#34;#93;#59; click");
        assert_eq!(shorten("naïve 漢字", 8), "naïve …");
    }
}
