//! String literals of Java and Kotlin.

use smol_str::SmolStr;

/// The value of a literal's text between its quotes.
pub fn unescape(raw: &str) -> SmolStr {
    if !raw.contains('\\') {
        return SmolStr::new(raw);
    }
    let mut out = String::with_capacity(raw.len());
    let mut chars = raw.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('n') => out.push('\n'),
            Some('t') => out.push('\t'),
            Some('r') => out.push('\r'),
            Some('b') => out.push('\u{8}'),
            Some('f') => out.push('\u{c}'),
            Some('s') => out.push(' '),
            // In a text block the line goes on.
            Some('\n') | None => {}
            Some('u') => {
                while chars.next_if_eq(&'u').is_some() {}
                let code: String = chars.by_ref().take(4).collect();
                out.extend(u32::from_str_radix(&code, 16).ok().and_then(char::from_u32));
            }
            Some(digit @ '0'..='7') => {
                let mut code = digit.to_digit(8).unwrap_or(0);
                for _ in 0..2 {
                    match chars.next_if(|c| c.is_digit(8)) {
                        Some(c) => code = code * 8 + c.to_digit(8).unwrap_or(0),
                        None => break,
                    }
                }
                out.extend(char::from_u32(code));
            }
            Some(other) => out.push(other),
        }
    }
    SmolStr::new(out)
}

/// The text of a literal without its quotes, single, double or triple.
pub fn unquote(text: &str) -> &str {
    for quote in ["\"\"\"", "\"", "'"] {
        if let Some(inner) = text.strip_prefix(quote) {
            return inner.strip_suffix(quote).unwrap_or(inner);
        }
    }
    text
}

/// A text block's lines without the indentation all of them share; the line
/// of the closing quotes counts.
pub fn without_indent(block: &str) -> String {
    let block = block.strip_prefix('\n').or_else(|| {
        let (first, rest) = block.split_once('\n')?;
        first.trim().is_empty().then_some(rest)
    });
    let Some(block) = block else {
        return String::new();
    };
    let lines: Vec<&str> = block.split('\n').collect();
    let last = lines.len() - 1;
    let indent = lines
        .iter()
        .enumerate()
        .filter(|(i, line)| *i == last || !line.trim().is_empty())
        .map(|(_, line)| line.len() - line.trim_start().len())
        .min()
        .unwrap_or(0);
    let stripped = lines
        .iter()
        .map(|line| line.get(indent..).unwrap_or("").trim_end());
    stripped.collect::<Vec<_>>().join("\n")
}

/// A number without the letters and signs that only say its type.
pub fn number(text: &str) -> SmolStr {
    let digits: String = text.chars().filter(|c| *c != '_').collect();
    if digits.starts_with("0x") || digits.starts_with("0X") {
        return SmolStr::new(digits.trim_end_matches(['L', 'l', 'u', 'U']));
    }
    SmolStr::new(digits.trim_end_matches(['L', 'l', 'f', 'F', 'd', 'D', 'u', 'U']))
}
