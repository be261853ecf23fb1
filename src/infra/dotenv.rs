//! `.env` files: `NAME=value` lines as dotenv and docker-compose read them.

use smol_str::SmolStr;

/// A variable that a file sets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    pub name: SmolStr,
    pub value: SmolStr,
    /// 1-based.
    pub line: u32,
    /// Whether `${OTHER}` in it means another variable: not within single quotes.
    pub expands: bool,
}

/// Reads a file; lines that are no assignments say nothing.
#[must_use]
pub fn parse(text: &str) -> Vec<Assignment> {
    let mut all = Vec::new();
    let mut rest = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut line = 1;
    while !rest.is_empty() {
        let (assignment, length) = match assignment(rest, line) {
            Some((assignment, length)) => (Some(assignment), length),
            None => (None, rest.find('\n').map_or(rest.len(), |end| end + 1)),
        };
        all.extend(assignment);
        line += memchr::memchr_iter(b'\n', &rest.as_bytes()[..length]).count() as u32;
        rest = &rest[length..];
    }
    all
}

/// The assignment at the beginning, and how many bytes it and its line take.
fn assignment(text: &str, line: u32) -> Option<(Assignment, usize)> {
    let end = text.find('\n').unwrap_or(text.len());
    let (left, _) = text[..end].split_once('=')?;
    let name = left.trim();
    let name = name.strip_prefix("export ").unwrap_or(name).trim();
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
    if name.is_empty() || !name.chars().all(is_name) {
        return None;
    }
    let start = left.len() + 1;
    let (value, expands, length) = value(&text[start..]);
    let assignment = Assignment {
        name: SmolStr::new(name),
        value: SmolStr::new(value),
        line,
        expands,
    };
    Some((assignment, start + length))
}

/// What stands behind the `=`: the value, whether it expands, the bytes of its lines.
fn value(text: &str) -> (String, bool, usize) {
    let end = text.find('\n').unwrap_or(text.len());
    let whole = |from: usize| text[from..].find('\n').map_or(text.len(), |n| from + n + 1);
    let space = text.len() - text.trim_start_matches([' ', '\t']).len();
    let body = &text[space..];
    for quote in ['"', '\''] {
        if let Some(inside) = body.strip_prefix(quote)
            && let Some(close) = closing(inside, quote)
        {
            let value = &inside[..close];
            let value = if quote == '"' {
                value.replace("\\n", "\n").replace("\\\"", "\"")
            } else {
                value.to_owned()
            };
            return (value, quote == '"', whole(space + close + 2));
        }
    }
    let line = &text[space.min(end)..end];
    // A comment stands behind a space.
    let comment = line
        .char_indices()
        .find(|(i, c)| *c == '#' && (*i == 0 || line[..*i].ends_with([' ', '\t'])));
    let value = comment.map_or(line, |(i, _)| &line[..i]);
    (value.trim().to_owned(), true, whole(end.min(text.len())))
}

fn closing(inside: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    inside.char_indices().find_map(|(i, c)| {
        let ends = c == quote && !escaped;
        escaped = c == '\\' && !escaped && quote == '"';
        ends.then_some(i)
    })
}

#[cfg(test)]
mod tests {
    use super::parse;
    use proptest::prelude::*;

    #[test]
    fn assignments_in_all_spellings() {
        let text = "# no\nexport A=one # two\nB = \"x\ny\"\nC='${A}'\n\nD=\nE=a#b\nnot one\nF=${A}";
        let found: Vec<(String, String, u32, bool)> = parse(text)
            .into_iter()
            .map(|a| (a.name.to_string(), a.value.to_string(), a.line, a.expands))
            .collect();
        let one = |n: &str, v: &str, l, e| (n.to_owned(), v.to_owned(), l, e);
        assert_eq!(
            found,
            [
                one("A", "one", 2, true),
                one("B", "x\ny", 3, true),
                one("C", "${A}", 5, false),
                one("D", "", 7, true),
                one("E", "a#b", 8, true),
                one("F", "${A}", 10, true),
            ]
        );
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "[A-Z=\"'#\\\\ \n\ra-zé]{0,60}") {
            let lines = text.lines().count() as u32;
            for assignment in parse(&text) {
                prop_assert!(assignment.line >= 1 && assignment.line <= lines);
            }
        }

        #[test]
        fn plain_assignments_come_back(name in "[A-Z][A-Z_]{0,8}", value in "[a-z.]{1,12}") {
            let found = parse(&format!("{name}={value}\n"));
            prop_assert_eq!(found.len(), 1);
            prop_assert_eq!(found[0].value.as_str(), value);
        }
    }
}
