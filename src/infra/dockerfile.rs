//! Dockerfiles: the environment they set.

use smol_str::SmolStr;

use super::dotenv::Assignment;

/// The variables of `ENV` instructions, in both spellings: `ENV A=b C="d"`, `ENV A b`.
#[must_use]
pub fn environment(text: &str) -> Vec<Assignment> {
    let mut all = Vec::new();
    let mut lines = text.lines().zip(1..);
    while let Some((line, number)) = lines.next() {
        let Some(body) = instruction(line, "ENV") else {
            continue;
        };
        let (mut body, mut number) = (body.trim(), number);
        loop {
            let continued = body.strip_suffix('\\');
            pairs(continued.unwrap_or(body), number, &mut all);
            match continued.and_then(|_| lines.next()) {
                Some((next, n)) => (body, number) = (next.trim(), n),
                None => break,
            }
        }
    }
    all
}

fn instruction<'t>(line: &'t str, name: &str) -> Option<&'t str> {
    let line = line.trim_start();
    let head = line.get(..name.len())?;
    let rest = line.get(name.len()..)?;
    (head.eq_ignore_ascii_case(name) && rest.starts_with([' ', '\t'])).then_some(rest)
}

fn pairs(text: &str, line: u32, all: &mut Vec<Assignment>) {
    let assignment = |name: &str, value: &str| Assignment {
        name: SmolStr::new(name),
        value: SmolStr::new(value.trim().trim_matches(['"', '\''])),
        line,
        expands: true,
    };
    let text = text.trim();
    let first = text.split_whitespace().next().unwrap_or("");
    if !first.contains('=') {
        if let Some((name, value)) = text.split_once([' ', '\t']) {
            all.push(assignment(name, value));
        }
        return;
    }
    let mut rest = text;
    while let Some((name, after)) = rest.split_once('=') {
        let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''));
        let end = match quote {
            Some(quote) => after[1..].find(quote).map(|end| end + 2),
            None => after.find([' ', '\t']),
        };
        let (value, next) = after.split_at(end.unwrap_or(after.len()));
        all.push(assignment(name.trim(), value));
        rest = next;
    }
}

#[cfg(test)]
mod tests {
    use super::environment;
    use proptest::prelude::*;

    #[test]
    fn both_spellings_and_continued_lines() {
        let text = "FROM x\nENV A=one B=\"two three\" \\\n    C=four\nenv D some text\nRUN E=f\nENVIRON x\n";
        let found: Vec<(String, String, u32)> = environment(text)
            .into_iter()
            .map(|a| (a.name.to_string(), a.value.to_string(), a.line))
            .collect();
        let one = |n: &str, v: &str, l| (n.to_owned(), v.to_owned(), l);
        assert_eq!(
            found,
            [
                one("A", "one", 2),
                one("B", "two three", 2),
                one("C", "four", 3),
                one("D", "some text", 4),
            ]
        );
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "(ENV |[A-Z=\"' \\\\\né]){0,30}") {
            let _ = environment(&text);
        }
    }
}
