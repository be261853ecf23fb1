//! `${NAME}`, `${NAME:-default}`, `${NAME:default}` and `$NAME` inside values.

use smol_str::SmolStr;

/// A part of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    Plain(SmolStr),
    /// A reference by name, with what holds if nothing is set.
    Reference {
        name: SmolStr,
        default: Option<SmolStr>,
    },
}

/// Splits a value. `$NAME` without braces counts only where `bare` says so.
#[must_use]
pub fn parts(text: &str, bare: bool) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut plain = String::new();
    let mut rest = text;
    while let Some(start) = rest.find('$') {
        plain.push_str(&rest[..start]);
        let after = &rest[start + 1..];
        // `$$` is a dollar.
        if let Some(next) = after.strip_prefix('$') {
            plain.push('$');
            rest = next;
            continue;
        }
        let reference = braced(after).or_else(|| bare.then(|| named(after)).flatten());
        let Some((reference, next)) = reference else {
            plain.push('$');
            rest = after;
            continue;
        };
        if !plain.is_empty() {
            parts.push(Part::Plain(SmolStr::new(std::mem::take(&mut plain))));
        }
        parts.push(reference);
        rest = next;
    }
    plain.push_str(rest);
    if !plain.is_empty() {
        parts.push(Part::Plain(SmolStr::new(plain)));
    }
    parts
}

/// `{NAME…}` behind the dollar.
fn braced(after: &str) -> Option<(Part, &str)> {
    let body = after.strip_prefix('{')?;
    let mut depth = 1_u32;
    let end = body.char_indices().find_map(|(i, c)| {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        (depth == 0).then_some(i)
    })?;
    let (inside, rest) = (&body[..end], &body[end + 1..]);
    let length = inside
        .find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.' | '-' | '[' | ']')))
        .unwrap_or(inside.len());
    let (mut name, mut tail) = inside.split_at(length);
    // `${NAME-default}`, as shells have it.
    if let (true, Some(dash)) = (tail.is_empty(), name.find('-'))
        && name[..dash]
            .chars()
            .all(|c| c.is_ascii_uppercase() || c == '_' || c.is_ascii_digit())
    {
        (name, tail) = name.split_at(dash);
    }
    if name.is_empty() {
        return None;
    }
    let default = tail
        .strip_prefix(":-")
        .or_else(|| {
            tail.strip_prefix(':')
                .filter(|t| !t.starts_with(['?', '+']))
        })
        .or_else(|| tail.strip_prefix('-'));
    let part = Part::Reference {
        name: SmolStr::new(name),
        default: default.map(SmolStr::new),
    };
    Some((part, rest))
}

fn named(after: &str) -> Option<(Part, &str)> {
    let end = after
        .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .unwrap_or(after.len());
    let (name, rest) = after.split_at(end);
    if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let part = Part::Reference {
        name: SmolStr::new(name),
        default: None,
    };
    Some((part, rest))
}

#[cfg(test)]
mod tests {
    use super::{Part, parts};
    use proptest::prelude::*;

    fn reference(name: &str, default: Option<&str>) -> Part {
        Part::Reference {
            name: name.into(),
            default: default.map(Into::into),
        }
    }

    #[test]
    fn all_spellings_of_a_reference() {
        let plain = |t: &str| Part::Plain(t.into());
        assert_eq!(
            parts("a-${A}-${B:-b}${C:c}${D-d}$E", true),
            [
                plain("a-"),
                reference("A", None),
                plain("-"),
                reference("B", Some("b")),
                reference("C", Some("c")),
                reference("D", Some("d")),
                reference("E", None),
            ]
        );
        assert_eq!(
            parts("${a.b-c:${d}}", false),
            [reference("a.b-c", Some("${d}"))]
        );
        assert_eq!(parts("$$x $E ${", false), [plain("$x $E ${")]);
        assert_eq!(parts("${A:?must be set}", false), [reference("A", None)]);
    }

    proptest! {
        #[test]
        fn any_text_is_split(text in ".{0,40}", bare: bool) {
            let _ = parts(&text, bare);
        }

        #[test]
        fn text_without_dollars_stays_itself(text in "[^$]{1,40}") {
            prop_assert_eq!(parts(&text, true), [Part::Plain(text.as_str().into())]);
        }
    }
}
