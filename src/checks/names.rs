//! What a name with unknown parts could be.
//!
//! `{…}` and `${…}` are parts known only at run time. Whether two such names
//! can meet decides whether something may be called an orphan: where it is
//! possible, nobody is accused.

/// Longest name, in bytes, that is looked into. No broker takes longer ones
/// (AMQP names end at 255 bytes, Kafka topics at 249), so what is longer is
/// generated or hostile and could be anything.
const MAX_LENGTH: usize = 1024;

/// One character, or any text.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Part {
    Char(char),
    Any,
}

/// A name as characters and unknown parts.
#[derive(Clone, Debug)]
pub struct Pattern(Vec<Part>);

impl Pattern {
    /// Reads `{…}` and `${…}` as unknown.
    pub fn of_name(name: &str) -> Self {
        Self::with_wildcards(name, "")
    }

    /// Reads `{…}`, `${…}` and each of the wildcard characters as unknown:
    /// wider than the wildcards really are, which errs on the side of silence.
    pub fn with_wildcards(name: &str, wildcards: &str) -> Self {
        if name.len() > MAX_LENGTH {
            return Self::anything();
        }
        let mut parts = Vec::new();
        let mut rest = name;
        while let Some(c) = rest.chars().next() {
            if let Some(length) = hole(rest) {
                parts.push(Part::Any);
                rest = rest.get(length..).unwrap_or_default();
                continue;
            }
            parts.push(if wildcards.contains(c) {
                Part::Any
            } else {
                Part::Char(c)
            });
            rest = rest.get(c.len_utf8()..).unwrap_or_default();
        }
        parts.dedup_by(|a, b| *a == Part::Any && *b == Part::Any);
        Self(parts)
    }

    /// Of a name nothing is known about.
    pub fn anything() -> Self {
        Self(vec![Part::Any])
    }

    /// Whether some part is known only at run time.
    pub fn is_open(&self) -> bool {
        self.0.contains(&Part::Any)
    }

    /// Whether there is a name both could be.
    pub fn could_equal(&self, other: &Self) -> bool {
        if !self.is_open() && !other.is_open() {
            return self.0 == other.0;
        }
        // reach[j]: whether what was read of `self` can spell the first j parts of `other`.
        let mut reach = vec![true];
        for &part in &other.0 {
            reach.push(last(&reach) && part == Part::Any);
        }
        for &mine in &self.0 {
            let mut next = vec![mine == Part::Any && reach.first() == Some(&true)];
            let diagonal = reach.iter().copied();
            let above = reach.iter().copied().skip(1);
            for ((diagonal, above), &theirs) in diagonal.zip(above).zip(&other.0) {
                let met = match (mine, theirs) {
                    (Part::Char(a), Part::Char(b)) => diagonal && a == b,
                    // An unknown part is empty, or takes in the other's next part.
                    _ => above || last(&next),
                };
                next.push(met);
            }
            reach = next;
        }
        last(&reach)
    }
}

fn last(row: &[bool]) -> bool {
    row.last() == Some(&true)
}

/// Length in bytes of the unknown part the text begins with, braces balanced.
fn hole(text: &str) -> Option<usize> {
    let start = if text.starts_with("${") { 1 } else { 0 };
    if !text.get(start..)?.starts_with('{') {
        return None;
    }
    let mut depth = 0usize;
    for (at, c) in text.char_indices().skip(start) {
        match c {
            '{' => depth += 1,
            '}' => {
                depth -= 1;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
    }
    None
}

/// Whether nothing of a name is known: not given, empty, or only unknown parts.
pub fn is_unknown(name: Option<&str>) -> bool {
    name.is_none_or(|name| {
        Pattern::of_name(name)
            .0
            .iter()
            .all(|part| *part == Part::Any)
    })
}

/// Whether some part of a name is known only at run time.
pub fn has_holes(name: &str) -> bool {
    Pattern::of_name(name).is_open()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn could_equal(a: &str, b: &str) -> bool {
        let (a, b) = (Pattern::of_name(a), Pattern::of_name(b));
        assert_eq!(a.could_equal(&b), b.could_equal(&a), "{a:?} {b:?}");
        a.could_equal(&b)
    }

    #[test]
    fn known_names_are_equal_or_not() {
        assert!(could_equal("orders", "orders"));
        assert!(!could_equal("orders", "orders.v2"));
        assert!(!could_equal("", "orders"));
    }

    #[test]
    fn unknown_parts_can_be_any_text() {
        assert!(could_equal("user:{userId}", "user:42"));
        assert!(could_equal("user:{a.b({c})}:x", "user:{id}"));
        assert!(could_equal("${PREFIX}orders", "orders"));
        assert!(could_equal("{a}.created", "user.{b}"));
        assert!(could_equal("{a}", "{b}"));
        assert!(could_equal("{a}", ""));
        assert!(!could_equal("user:{userId}", "order:{id}"));
        assert!(!could_equal("{a}.created", "user.deleted"));
        assert!(!could_equal("{a}x", "y"));
    }

    #[test]
    fn a_brace_that_never_closes_is_text() {
        assert!(!has_holes("orders{"));
        assert!(could_equal("orders{", "orders{"));
    }

    #[test]
    fn wildcards_are_open() {
        let subject = Pattern::with_wildcards("user.*.created", "*>");
        assert!(subject.could_equal(&Pattern::of_name("user.42.created")));
        assert!(!subject.could_equal(&Pattern::of_name("user.42.deleted")));
    }

    #[test]
    fn only_holes_is_unknown() {
        assert!(is_unknown(None));
        assert!(is_unknown(Some("")));
        assert!(is_unknown(Some("${ORDERS_TOPIC}")));
        assert!(!is_unknown(Some("orders-{region}")));
    }

    #[test]
    fn an_overlong_name_could_be_anything() {
        let hostile = "{".repeat(1 << 20);
        assert!(Pattern::of_name(&hostile).could_equal(&Pattern::of_name("orders")));
    }

    proptest! {
        #[test]
        fn filling_the_holes_gives_a_name_it_could_equal(
            pieces in prop::collection::vec("[a-c.]{0,3}", 1..5),
            fillings in prop::collection::vec("[a-c.]{0,3}", 5),
        ) {
            let open = pieces.join("{x}");
            let filled: String = pieces
                .iter()
                .zip(&fillings)
                .enumerate()
                .map(|(at, (piece, filling))| {
                    let filling = if at + 1 < pieces.len() { filling.as_str() } else { "" };
                    format!("{piece}{filling}")
                })
                .collect();
            prop_assert!(could_equal(&open, &filled), "{} {}", open, filled);
        }
    }
}
