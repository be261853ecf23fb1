//! String literals.

use smol_str::SmolStr;

/// The value of a string literal or template fragment between its quotes.
pub(super) fn unescape(raw: &str) -> SmolStr {
    if !raw.contains('\\') {
        return SmolStr::new(raw);
    }
    let mut out = String::with_capacity(raw.len());
    let mut chars = raw.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('n') => out.push('\n'),
            Some('t') => out.push('\t'),
            Some('r') => out.push('\r'),
            Some('0') => out.push('\0'),
            Some('b') => out.push('\u{8}'),
            Some('f') => out.push('\u{c}'),
            Some('v') => out.push('\u{b}'),
            // A line continuation contributes nothing.
            Some('\n') | None => {}
            Some('x') => out.extend(hex(&mut chars, 2)),
            Some('u') => out.extend(unicode(&mut chars)),
            Some(other) => out.push(other),
        }
    }
    SmolStr::new(out)
}

fn hex(chars: &mut std::str::Chars, digits: usize) -> Option<char> {
    let text: String = chars.by_ref().take(digits).collect();
    u32::from_str_radix(&text, 16).ok().and_then(char::from_u32)
}

fn unicode(chars: &mut std::str::Chars) -> Option<char> {
    if !chars.as_str().starts_with('{') {
        return hex(chars, 4);
    }
    let text: String = chars.by_ref().skip(1).take_while(|c| *c != '}').collect();
    u32::from_str_radix(&text, 16).ok().and_then(char::from_u32)
}

/// A string literal's text without its quotes.
pub(super) fn unquote(text: &str) -> &str {
    let inner = text.get(1..text.len().saturating_sub(1));
    inner.unwrap_or("")
}
