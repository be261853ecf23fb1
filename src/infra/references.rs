//! `${…}` in the values of infrastructure files: what refers to another value
//! or resource. Which references there are is for each format to say.

/// A part of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part<'t> {
    Plain(&'t str),
    /// What stands between the braces.
    Reference(&'t str),
}

/// Splits a value; `$${` is the text `${`.
#[must_use]
pub fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let (mut plain, mut from) = (0, 0);
    while let Some(found) = text[from..].find("${") {
        let start = from + found;
        if text[..start].ends_with('$') && start > plain {
            if start - 1 > plain {
                parts.push(Part::Plain(&text[plain..start - 1]));
            }
            (plain, from) = (start, start + 2);
            continue;
        }
        let Some(length) = closing(&text[start + 2..]) else {
            break;
        };
        if start > plain {
            parts.push(Part::Plain(&text[plain..start]));
        }
        let inside = &text[start + 2..start + 2 + length];
        parts.push(Part::Reference(inside.trim()));
        (plain, from) = (start + length + 3, start + length + 3);
    }
    if plain < text.len() {
        parts.push(Part::Plain(&text[plain..]));
    }
    parts
}

/// The reference that a value is as a whole.
#[must_use]
pub fn whole(text: &str) -> Option<&str> {
    match parts(text.trim()).as_slice() {
        [Part::Reference(reference)] => Some(reference),
        _ => None,
    }
}

/// A literal text, so written that it refers to nothing.
#[must_use]
pub fn escaped(text: &str) -> String {
    text.replace("${", "$${")
}

/// A reference to something that is worked out elsewhere, for a reader.
#[must_use]
pub fn opaque(text: &str) -> String {
    const MOST: usize = 40;
    let plain = text.replace(['{', '}', '\n', '"'], " ");
    let words: Vec<&str> = plain.split_whitespace().collect();
    let short: String = words.join(" ").chars().take(MOST).collect();
    format!("${{{short}}}")
}

/// Bytes up to the brace that closes.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0_u32;
    text.bytes().enumerate().find_map(|(at, byte)| {
        match byte {
            b'{' => depth += 1,
            b'}' if depth == 0 => return Some(at),
            b'}' => depth -= 1,
            _ => {}
        }
        None
    })
}

#[cfg(test)]
mod tests {
    use super::{Part, escaped, opaque, parts, whole};
    use proptest::prelude::*;

    #[test]
    fn references_are_told_from_text() {
        assert_eq!(
            parts("a-${var.x}-${f({b})}$${c}-${"),
            [
                Part::Plain("a-"),
                Part::Reference("var.x"),
                Part::Plain("-"),
                Part::Reference("f({b})"),
                Part::Plain("${c}-${"),
            ]
        );
        assert_eq!(whole(" ${ a.b } "), Some("a.b"));
        assert_eq!(whole("x${a}"), None);
        assert_eq!(opaque("a {\n  \"b\" }"), "${a b}");
    }

    proptest! {
        #[test]
        fn any_text_is_split(text in "[a$\\{\\}é]{0,30}") {
            let _ = parts(&text);
        }

        #[test]
        fn escaped_text_refers_to_nothing(text in "[a\\{\\}é$]{0,30}") {
            let escaped = escaped(&text);
            let all = parts(&escaped);
            prop_assert!(all.iter().all(|p| matches!(p, Part::Plain(_))), "{all:?}");
        }
    }
}
