//! Findings the project does not want to hear of.
//!
//! ```text
//! // msgmap: ignore[orphan-producer]           alone on its line: the next line of code
//! publish(x); // msgmap: ignore[check, check]  behind code: its own line
//! ```
//!
//! and in `msgmap.toml`:
//!
//! ```toml
//! [checks]
//! ignore = [{ check = "orphan-producer", path = "services/legacy/**" }]
//! ```
//!
//! What is suppressed is no longer a subject: it neither costs nor earns.

use std::collections::BTreeMap;

use globset::{GlobBuilder, GlobMatcher};
use serde::Deserialize;

use crate::analysis::{Analysis, Diagnostic, Finding};

use super::{by_id, score};

/// What ignore comments begin with; a file without it has none.
const MARK: &str = "msgmap:";

/// What comments begin with in the languages and formats that are read.
const COMMENTS: &[&str] = &["//", "#", "/*", "--", "<!--", ";"];

/// Ignore comments of a file: the line each speaks about, and the ids of its checks.
pub type Comments = Vec<(u32, Vec<String>)>;

/// One entry of `[checks] ignore` in `msgmap.toml`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IgnoreRule {
    /// Id of the check.
    pub check: String,
    /// Glob over paths relative to the scanned root; `*` stays within a folder.
    pub path: String,
}

/// Why a rule of `msgmap.toml` cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RuleError {
    #[error("there is no check `{0}`; `msgmap explain` lists them")]
    UnknownCheck(String),
    #[error("`{glob}` is not a glob: {source}")]
    BadGlob {
        glob: String,
        source: globset::Error,
    },
}

/// All that suppresses findings in a tree.
#[derive(Default)]
pub struct Suppressions {
    comments: BTreeMap<String, Comments>,
    rules: Vec<(String, GlobMatcher)>,
}

impl Suppressions {
    /// From the comments of each file (path relative to the root, see [`comments`])
    /// and the rules of `msgmap.toml`.
    ///
    /// # Errors
    /// A rule that names no check, or whose path is not a glob.
    pub fn new(
        comments: BTreeMap<String, Comments>,
        rules: &[IgnoreRule],
    ) -> Result<Self, RuleError> {
        let rules = rules.iter().map(compile).collect::<Result<_, _>>()?;
        Ok(Self { comments, rules })
    }

    fn covers(&self, finding: &Finding) -> bool {
        let by_comment = self
            .comments
            .get(&finding.location.file)
            .into_iter()
            .flatten()
            .filter(|(line, _)| *line == finding.location.line)
            .any(|(_, ids)| ids.contains(&finding.check));
        by_comment
            || self.rules.iter().any(|(check, path)| {
                *check == finding.check && path.is_match(&finding.location.file)
            })
    }

    /// Comments that name a check there is not, most likely misspelled.
    fn misspelled(&self) -> impl Iterator<Item = Diagnostic> {
        self.comments.iter().flat_map(|(file, comments)| {
            comments.iter().flat_map(move |(line, ids)| {
                ids.iter()
                    .filter(|id| by_id(id).is_none())
                    .map(move |id| Diagnostic {
                        file: file.clone(),
                        line: Some(*line),
                        message: format!("the ignore comment for this line names no check: {id}"),
                    })
            })
        })
    }
}

fn compile(rule: &IgnoreRule) -> Result<(String, GlobMatcher), RuleError> {
    if by_id(&rule.check).is_none() {
        return Err(RuleError::UnknownCheck(rule.check.clone()));
    }
    let glob = GlobBuilder::new(&rule.path)
        .literal_separator(true)
        .build()
        .map_err(|source| RuleError::BadGlob {
            glob: rule.path.clone(),
            source,
        })?;
    Ok((rule.check.clone(), glob.compile_matcher()))
}

/// Takes the suppressed findings and their subjects out, and scores anew.
/// To be called after [`super::run`].
pub fn apply(analysis: &mut Analysis, suppressions: &Suppressions) {
    let mut tallies = std::mem::take(&mut analysis.score.checks);
    analysis.findings.retain(|finding| {
        let covered = suppressions.covers(finding);
        if covered && let Some(tally) = tallies.iter_mut().find(|t| t.check == finding.check) {
            tally.applicable = tally.applicable.saturating_sub(1);
        }
        !covered
    });
    score::settle(analysis, tallies);
    analysis.diagnostics.extend(suppressions.misspelled());
    analysis.diagnostics.sort();
    analysis.diagnostics.dedup();
}

/// The ignore comments of a source text.
///
/// A comment alone on its line speaks about the next line of code, one behind
/// code about its own line.
#[must_use]
pub fn comments(source: &str) -> Comments {
    if !source.contains(MARK) {
        return Vec::new();
    }
    let mut comments = Vec::new();
    let mut pending: Vec<String> = Vec::new();
    for (number, line) in (1u32..).zip(source.lines()) {
        let found = ignored(line);
        if is_without_code(line) {
            pending.extend(found);
            continue;
        }
        let ids: Vec<_> = pending.drain(..).chain(found).collect();
        if !ids.is_empty() {
            comments.push((number, ids));
        }
    }
    comments
}

/// The ids of the checks that an ignore comment on this line names, in order.
#[must_use]
pub fn ignored(line: &str) -> Vec<String> {
    let mut ids = Vec::new();
    for (at, _) in line.match_indices(MARK) {
        let (before, after) = line.split_at(at);
        if COMMENTS.iter().any(|mark| before.contains(mark)) || is_in_block(before) {
            ids.extend(list(after.get(MARK.len()..).unwrap_or_default()));
        }
    }
    ids
}

/// Reads ` ignore[a, b]`.
fn list(text: &str) -> Vec<String> {
    text.trim_start()
        .strip_prefix("ignore[")
        .and_then(|rest| rest.split_once(']'))
        .map(|(ids, _)| ids)
        .into_iter()
        .flat_map(|ids| ids.split(','))
        .map(str::trim)
        .filter(|id| is_id(id))
        .map(String::from)
        .collect()
}

fn is_id(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

/// ` * msgmap: …`: a line within a block comment.
fn is_in_block(line: &str) -> bool {
    let text = line.trim_start();
    text == "*" || text.starts_with("* ") || text.starts_with("*/")
}

/// Blank, or nothing but a comment. (Rust's attributes look like one, which is
/// welcome: what they stand before is meant.)
fn is_without_code(line: &str) -> bool {
    let text = line.trim();
    text.is_empty() || is_in_block(line) || COMMENTS.iter().any(|mark| text.starts_with(mark))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{analyses, consumer, finding, queue};
    use super::super::{all, run};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ids_of_a_comment() {
        assert_eq!(ignored("x(); // msgmap: ignore[a]"), ["a"]);
        assert_eq!(ignored("x()  # msgmap:ignore[a, b-c ,]"), ["a", "b-c"]);
        assert_eq!(
            ignored("/* msgmap: ignore[a] */ // msgmap: ignore[b]"),
            ["a", "b"]
        );
        assert_eq!(ignored(" * msgmap: ignore[a]"), ["a"]);
        assert!(ignored(r#"log("msgmap: ignore[a]")"#).is_empty());
        assert!(ignored("// msgmap: ignore").is_empty());
        assert!(ignored("// msgmap: ignore[").is_empty());
        assert!(ignored("// msgmap: ignore[]").is_empty());
        assert!(ignored("// msgmap: ignore[<b>]").is_empty());
    }

    #[test]
    fn a_comment_speaks_about_one_line() {
        let source = "\
first(); // msgmap: ignore[a]
second();
// msgmap: ignore[b]
// because
// msgmap: ignore[c]

third(); // msgmap: ignore[d]
*fourth = 4;
# msgmap: ignore[e]";
        let expected = vec![
            (1, vec!["a".to_string()]),
            (7, vec!["b".to_string(), "c".to_string(), "d".to_string()]),
        ];
        assert_eq!(comments(source), expected);
        assert!(comments("nothing here").is_empty());
    }

    fn rule(check: &str, path: &str) -> IgnoreRule {
        IgnoreRule {
            check: check.into(),
            path: path.into(),
        }
    }

    #[test]
    fn rules_match_paths() {
        let suppressions =
            Suppressions::new(BTreeMap::new(), &[rule("orphan-producer", "legacy/**")]).unwrap();
        assert!(suppressions.covers(&finding("orphan-producer", "legacy/a/b.ts", 1)));
        assert!(!suppressions.covers(&finding("orphan-producer", "src/b.ts", 1)));
        assert!(!suppressions.covers(&finding("orphan-consumer", "legacy/b.ts", 1)));
    }

    #[test]
    fn a_rule_that_means_nothing_is_an_error() {
        let error = |check, path| {
            Suppressions::new(BTreeMap::new(), &[rule(check, path)])
                .err()
                .map(|e| e.to_string())
                .unwrap_or_default()
        };
        assert!(error("orphan", "**").contains("no check `orphan`"));
        assert!(error("orphan-producer", "a[").contains("`a[` is not a glob"));
    }

    fn two_findings() -> Analysis {
        let mut analysis = Analysis {
            endpoints: vec![consumer("rabbitmq", "jobs", 2).set("ack", "auto").build()],
            declarations: vec![
                queue("jobs", 1).set("durable", false).build(),
                queue("mail", 4).set("durable", true).build(),
            ],
            ..Analysis::default()
        };
        run(&mut analysis);
        analysis
    }

    fn on_line(line: u32, id: &str) -> Suppressions {
        let comments = BTreeMap::from([("src/main.ts".into(), vec![(line, vec![id.into()])])]);
        Suppressions::new(comments, &[]).unwrap()
    }

    #[test]
    fn what_is_suppressed_is_no_subject() {
        let mut analysis = two_findings();
        apply(&mut analysis, &on_line(1, "non-durable-queue"));
        assert!(
            analysis
                .findings
                .iter()
                .all(|f| f.check != "non-durable-queue")
        );
        let tally = analysis
            .score
            .checks
            .iter()
            .find(|c| c.check == "non-durable-queue")
            .map(|c| (c.passed, c.applicable));
        assert_eq!(tally, Some((1, 1)));
        assert!(analysis.diagnostics.is_empty());
    }

    #[test]
    fn other_lines_and_checks_stay() {
        let before = two_findings();
        for suppressions in [
            on_line(2, "non-durable-queue"),
            on_line(1, "orphan-producer"),
        ] {
            let mut analysis = before.clone();
            apply(&mut analysis, &suppressions);
            assert_eq!(analysis, before);
        }
    }

    #[test]
    fn a_misspelled_id_is_said() {
        let mut analysis = two_findings();
        apply(&mut analysis, &on_line(1, "non-durable-queues"));
        assert_eq!(analysis.findings, two_findings().findings);
        let said: Vec<_> = analysis
            .diagnostics
            .iter()
            .map(|d| (d.line, &d.message))
            .collect();
        assert_eq!(said.len(), 1);
        assert!(
            said.iter().all(|(line, message)| {
                *line == Some(1) && message.contains("non-durable-queues")
            })
        );
    }

    proptest! {
        #[test]
        fn suppressing_everything_gives_full_marks(mut analysis in analyses()) {
            run(&mut analysis);
            let rules: Vec<_> = all().iter().map(|c| rule(c.id, "**")).collect();
            apply(&mut analysis, &Suppressions::new(BTreeMap::new(), &rules).unwrap());
            prop_assert!(analysis.findings.is_empty());
            prop_assert_eq!(analysis.resilience_score, 1.0);
        }

        #[test]
        fn costs_still_add_up(mut analysis in analyses(), line in 1..40u32) {
            run(&mut analysis);
            let ids = all().iter().map(|c| c.id.to_string()).collect();
            let comments = BTreeMap::from([("src/main.ts".into(), vec![(line, ids)])]);
            apply(&mut analysis, &Suppressions::new(comments, &[]).unwrap());
            prop_assert!(analysis.findings.iter().all(|f| f.location.line != line));
            let lost: f64 = analysis.findings.iter().map(|f| f.cost).sum();
            prop_assert!((lost - (1.0 - analysis.score.value)).abs() <= 0.005 + 1e-9);
        }

        #[test]
        fn any_text_is_read(source in ".{0,200}") {
            let _ = comments(&source);
            let _ = ignored(&format!("// msgmap: ignore[{source}"));
        }
    }
}
