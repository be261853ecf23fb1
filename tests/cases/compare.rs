//! What was expected against what was found.

use std::cmp::Reverse;
use std::fmt;

use msgmap::Analysis;

use crate::expect::{Expectation, Expected};
use crate::found::Found;
use crate::page::{Kind, Page};

/// One way in which the scan is not what the page says.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mismatch {
    pub file: String,
    pub line: usize,
    pub what: Difference,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Difference {
    /// With what may explain it.
    Missing {
        expected: String,
        hint: Option<String>,
    },
    /// Something else of that sort is there.
    Different {
        expected: String,
        found: String,
    },
    Unexpected(String),
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing {
                expected,
                hint: None,
            } => write!(f, "missing:    {expected}"),
            Self::Missing {
                expected,
                hint: Some(hint),
            } => write!(f, "missing:    {expected} ({hint})"),
            Self::Different { expected, found } => {
                write!(
                    f,
                    "different:  expected {expected}\n              found    {found}"
                )
            }
            Self::Unexpected(found) => write!(f, "unexpected: {found}"),
        }
    }
}

/// Compares a case's scan with what its comments say; no mismatch if it is right.
///
/// Endpoints on a client's page and the check's findings on a check's page are
/// exact: each is met by one expectation and meets one; so are, on a format's
/// page, endpoints, declarations and links. Of other declarations, policies and
/// wrappers more may be found than expected.
pub fn compare(page: &Page, mut expected: Vec<Expected>, analysis: &Analysis) -> Vec<Mismatch> {
    expected.sort_by_key(|e| Reverse(e.what.weight()));
    let mut pool = Pool::new(page, analysis);
    let missed: Vec<Expected> = expected
        .into_iter()
        .filter(|e| {
            pool.take(e, |found| found.is(&e.what) && is_plain(found, e))
                .is_none()
        })
        .collect();
    // Only now, so that what is merely akin to one expectation is not taken
    // from another that it meets.
    let mut mismatches: Vec<Mismatch> = missed
        .iter()
        .map(|expected| Mismatch {
            file: expected.file.to_owned(),
            line: expected.line,
            what: pool.explain(expected),
        })
        .collect();
    mismatches.extend(pool.unexpected());
    mismatches.sort();
    mismatches
}

/// Whether it is no wrapper, or expected to be one.
fn is_plain(found: &Found, expected: &Expected) -> bool {
    found.is_wrapper() == (expected.what == Expectation::Wrapper)
}

/// What was found and is not yet accounted for.
struct Pool<'a> {
    found: Vec<Entry<'a>>,
}

struct Entry<'a> {
    found: Found<'a>,
    /// Must be expected, once.
    is_exact: bool,
    is_taken: bool,
}

impl<'a> Pool<'a> {
    fn new(page: &Page, analysis: &'a Analysis) -> Self {
        let id = page.id();
        let entry = |found: Found<'a>| Entry {
            found,
            is_exact: match (page.kind, found) {
                (Kind::Client | Kind::Following | Kind::Infra, Found::Endpoint(_)) => {
                    !found.is_wrapper() && !found.is_test()
                }
                (Kind::Check, Found::Finding(finding)) => finding.check == id,
                (Kind::Infra, Found::Declaration(_) | Found::Link { .. }) => true,
                _ => false,
            },
            is_taken: false,
        };
        Self {
            found: Found::all(analysis).into_iter().map(entry).collect(),
        }
    }

    /// Takes the first thing on the expectation's line that is right; what is
    /// not exact stays for others.
    fn take(
        &mut self,
        expected: &Expected,
        is_right: impl Fn(&Found) -> bool,
    ) -> Option<Found<'a>> {
        let entry = self.found.iter_mut().find(|entry| {
            !entry.is_taken
                && !entry.found.is_test()
                && is_on_line(&entry.found, expected)
                && is_right(&entry.found)
        })?;
        entry.is_taken = entry.is_exact;
        Some(entry.found)
    }

    fn explain(&mut self, expected: &Expected) -> Difference {
        let text = expected.text.to_owned();
        let akin = |found: &Found| found.is_akin(&expected.what) && !found.is_wrapper();
        match self.take(expected, akin) {
            Some(found) => Difference::Different {
                expected: text,
                found: found.to_string(),
            },
            None => Difference::Missing {
                expected: text,
                hint: self.hint(expected),
            },
        }
    }

    fn hint(&self, expected: &Expected) -> Option<String> {
        let right = |entry: &&Entry| !entry.is_taken && entry.found.is(&expected.what);
        let candidates = || self.found.iter().filter(right).map(|entry| entry.found);
        candidates()
            .find(|found| is_on_line(found, expected))
            .map(|found| {
                let taken_for = if found.is_test() {
                    "a test"
                } else {
                    "a wrapper"
                };
                format!("found, but taken for {taken_for}")
            })
            .or_else(|| {
                let elsewhere = candidates().next()?;
                Some(format!("found at {}", elsewhere.location()))
            })
    }

    fn unexpected(&self) -> impl Iterator<Item = Mismatch> {
        self.found
            .iter()
            .filter(|entry| entry.is_exact && !entry.is_taken)
            .map(|entry| Mismatch {
                file: entry.found.location().file.clone(),
                line: line_of(&entry.found),
                what: Difference::Unexpected(entry.found.to_string()),
            })
    }
}

fn is_on_line(found: &Found, expected: &Expected) -> bool {
    found.location().file == expected.file && line_of(found) == expected.line
}

fn line_of(found: &Found) -> usize {
    usize::try_from(found.location().line).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use msgmap::analysis::{Confidence, Endpoint, Finding, Location, Policy, Role, Severity};
    use serde_json::json;

    use super::*;
    use crate::{expect, page};

    /// A page whose only case is the file `a.ts` of these lines.
    fn compared(kind: Kind, lines: &[&str], analysis: &Analysis) -> Vec<String> {
        let text = format!("# t\n## case\n`a.ts`\n```ts\n{}\n```\n", lines.join("\n"));
        let page = page::parse(kind, "check-id.md", &text).expect("a page");
        let expected = expect::of_case(&page, &page.cases[0]).expect("expectations");
        compare(&page, expected, analysis)
            .iter()
            .map(|mismatch| format!("{} {}", mismatch.line, mismatch.what))
            .collect()
    }

    fn location(line: u32) -> Location {
        Location {
            file: "a.ts".to_owned(),
            line,
            column: 1,
            end_line: line,
        }
    }

    fn producer(line: u32, name: Option<&str>) -> Endpoint {
        Endpoint {
            id: String::new(),
            role: Role::Producer,
            technology: "kafka".to_owned(),
            client: String::new(),
            name: name.map(str::to_owned),
            via: None,
            group: None,
            service: String::new(),
            symbol: None,
            location: location(line),
            confidence: Confidence::Certain,
            evidence: Vec::new(),
            payload: None,
            handler: None,
            settings: [].into(),
            test: false,
            wrapper: false,
        }
    }

    fn of_endpoints(endpoints: impl Into<Vec<Endpoint>>) -> Analysis {
        Analysis {
            endpoints: endpoints.into(),
            ..Analysis::default()
        }
    }

    fn finding(line: u32, check: &str) -> Finding {
        Finding {
            check: check.to_owned(),
            severity: Severity::Note,
            location: location(line),
            service: String::new(),
            message: "so".to_owned(),
            help: String::new(),
            fingerprint: String::new(),
            cost: 0.0,
        }
    }

    #[test]
    fn endpoints_are_exact() {
        let lines = [
            r#"a // producer: kafka "user:{id}""#,
            r#"b // producer: kafka "gone""#,
            "c",
            r#"d // producer: kafka "orders""#,
            r#"e // producer: kafka "once""#,
        ];
        let found = of_endpoints([
            producer(1, Some("user:{user.id}")),
            producer(3, Some("stray")),
            producer(4, None),
            producer(5, Some("once")),
            producer(5, Some("once")),
        ]);
        assert_eq!(
            compared(Kind::Client, &lines, &found),
            [
                r#"2 missing:    producer: kafka "gone""#,
                r#"3 unexpected: producer: kafka "stray""#,
                "4 different:  expected producer: kafka \"orders\"\n              found    producer: kafka ?",
                r#"5 unexpected: producer: kafka "once""#,
            ]
        );
    }

    #[test]
    fn what_explains_a_missing_endpoint_is_said() {
        let lines = [
            r#"a // producer: kafka "a""#,
            r#"b // producer: kafka "b""#,
            r#"c // producer: kafka "c""#,
        ];
        let mut in_test = producer(1, Some("a"));
        in_test.test = true;
        let mut wrapped = producer(2, Some("b"));
        wrapped.wrapper = true;
        let found = of_endpoints([in_test, wrapped, producer(9, Some("c"))]);
        assert_eq!(
            compared(Kind::Client, &lines, &found),
            [
                r#"1 missing:    producer: kafka "a" (found, but taken for a test)"#,
                r#"2 missing:    producer: kafka "b" (found, but taken for a wrapper)"#,
                r#"3 missing:    producer: kafka "c" (found at a.ts:9)"#,
                r#"9 unexpected: producer: kafka "c""#,
            ]
        );
    }

    #[test]
    fn the_most_demanding_expectation_chooses_first() {
        let line = r#"a // producer: kafka "a"; producer: kafka "a" via "x""#;
        let plain = producer(1, Some("a"));
        let mut routed = plain.clone();
        routed.via = Some("x".to_owned());
        let found = of_endpoints([routed, plain]);
        assert_eq!(compared(Kind::Client, &[line], &found), [""; 0]);
    }

    #[test]
    fn what_is_likely_must_be_marked_so() {
        let lines = [
            r#"a // producer: kafka "a""#,
            r#"b // producer: kafka "b" likely"#,
        ];
        let mut guess = producer(1, Some("a"));
        guess.confidence = Confidence::Likely;
        let found = of_endpoints([guess, producer(2, Some("b"))]);
        assert_eq!(compared(Kind::Client, &lines, &found).len(), 2);
    }

    #[test]
    fn wrappers_may_be_marked_but_must_exist_where_marked() {
        let mut wrapped = producer(1, None);
        wrapped.wrapper = true;
        let found = of_endpoints([wrapped]);
        assert_eq!(compared(Kind::Client, &["a"], &found), [""; 0]);
        assert_eq!(
            compared(Kind::Client, &["a // wrapper", "b // wrapper"], &found),
            ["2 missing:    wrapper (found at a.ts:1)"]
        );
    }

    #[test]
    fn policies_have_at_least_what_is_said() {
        let found = Analysis {
            policies: vec![Policy {
                kind: "retry".to_owned(),
                technology: "kafka".to_owned(),
                service: String::new(),
                location: location(1),
                applies_to: Vec::new(),
                detail: [
                    ("attempts".to_owned(), json!(5)),
                    ("max".to_owned(), json!(9)),
                ]
                .into(),
                test: false,
            }],
            ..Analysis::default()
        };
        assert_eq!(compared(Kind::Client, &["a"], &found), [""; 0]);
        assert_eq!(
            compared(Kind::Client, &["a // policy: retry attempts=5"], &found),
            [""; 0]
        );
        assert_eq!(
            compared(
                Kind::Client,
                &[r#"a // policy: retry attempts="5""#],
                &found
            ),
            [
                "1 different:  expected policy: retry attempts=\"5\"\n              found    policy: retry attempts=5 max=9"
            ]
        );
    }

    #[test]
    fn only_the_findings_of_its_check_count_on_its_page() {
        let found = Analysis {
            findings: vec![
                finding(1, "check-id"),
                finding(1, "other"),
                finding(3, "check-id"),
            ],
            endpoints: vec![producer(1, None)],
            ..Analysis::default()
        };
        let lines = ["a // finding: check-id", "b // finding: check-id", "c"];
        assert_eq!(
            compared(Kind::Check, &lines, &found),
            [
                "2 missing:    finding: check-id (found at a.ts:3)",
                "3 unexpected: finding: check-id (so)"
            ]
        );
    }
}
