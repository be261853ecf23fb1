//! Chapter 9: what the findings and the shape of the messages advise.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;

use crate::analysis::{Endpoint, Finding, Role, Severity};
use crate::report::kinds::words;

use super::md::{Md, Table, Writer, filters, md};

#[derive(Template)]
#[template(path = "guide/practices.md")]
pub(super) struct Practices {
    /// Production producers, those of them with a known shape or type.
    producers: usize,
    shaped: usize,
    unshaped: Option<Md>,
    styles: Option<Md>,
    checks: Option<Md>,
    findings: Option<Md>,
    tested: Option<Md>,
    /// Channels that test code touches, and all.
    channels_tested: usize,
    channels: usize,
    untested: Option<Md>,
}

impl Practices {
    pub(super) fn of(writer: &Writer<'_>) -> Self {
        let a = writer.view.analysis;
        let shaped = |e: &&Endpoint| {
            e.payload
                .as_ref()
                .is_some_and(|p| p.ty.is_some() || p.schema.is_some())
        };
        let unshaped = a.live(Role::Producer).filter(|e| !shaped(e)).map(|e| {
            [
                super::md::name(e.name.as_deref()),
                Md::code(&e.technology),
                writer.endpoint(e),
            ]
        });
        let in_tests: BTreeSet<_> = a
            .endpoints
            .iter()
            .filter(|e| e.test)
            .filter_map(|e| Some((e.technology.as_str(), e.name.as_deref()?)))
            .collect();
        let is_tested = |c: &&crate::analysis::Channel| {
            in_tests.contains(&(c.technology.as_str(), c.name.as_str()))
        };
        let untested = a.channels.iter().filter(|c| !is_tested(c));
        Self {
            producers: a.live(Role::Producer).count(),
            shaped: a.live(Role::Producer).filter(shaped).count(),
            unshaped: Table::new(["Event", "Technology", "Sent at"])
                .rows(unshaped)
                .written(),
            styles: styles(writer),
            checks: checks(writer),
            findings: findings(writer, |_| true),
            tested: tested(writer),
            channels_tested: a.channels.iter().filter(is_tested).count(),
            channels: a.channels.len(),
            untested: (!in_tests.is_empty() && untested.clone().next().is_some())
                .then(|| Md::some(untested.map(|c| Md::code(&c.name)), ", ")),
        }
    }
}

/// Findings of the checks that are wanted, gathered by check, the costliest first.
pub(super) fn findings(writer: &Writer<'_>, wanted: impl Fn(&str) -> bool) -> Option<Md> {
    let mut checks = BTreeMap::<&str, Vec<&Finding>>::new();
    for finding in writer
        .view
        .analysis
        .findings
        .iter()
        .filter(|f| wanted(&f.check))
    {
        checks.entry(&finding.check).or_default().push(finding);
    }
    let cost = |findings: &[&Finding]| findings.iter().map(|f| f.cost).sum::<f64>();
    let mut checks: Vec<_> = checks.into_iter().collect();
    checks.sort_by(|a, b| cost(&b.1).total_cmp(&cost(&a.1)));
    let rows = checks.into_iter().flat_map(|(check, findings)| {
        findings.into_iter().map(move |finding| {
            let severity = match finding.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Note => "note",
            };
            [
                md!("{} {}", Md::ours(severity), Md::code(check)),
                Md::text(&finding.message),
                Md::text(&finding.help),
                writer.at(&finding.location),
            ]
        })
    });
    Table::new(["Check", "Found", "What to do", "Where"])
        .rows(rows)
        .written()
}

fn checks(writer: &Writer<'_>) -> Option<Md> {
    let applicable = writer
        .view
        .analysis
        .score
        .checks
        .iter()
        .filter(|c| c.applicable > 0);
    let rows = applicable.map(|c| {
        [
            Md::code(&c.check),
            md!("{} of {}", c.passed, c.applicable),
            md!("{}", c.weight),
        ]
    });
    Table::new(["Check", "Passed", "Weight"])
        .rows(rows)
        .written()
}

/// How the names of each technology are spelled; more than one way in one
/// technology makes a name hard to guess and easy to get wrong.
fn styles(writer: &Writer<'_>) -> Option<Md> {
    let mut technologies = BTreeMap::<&str, BTreeMap<&str, Vec<&str>>>::new();
    for channel in &writer.view.analysis.channels {
        if let Some(style) = style(&channel.name) {
            let styles = technologies.entry(&channel.technology).or_default();
            styles.entry(style).or_default().push(&channel.name);
        }
    }
    let mixed = technologies
        .into_iter()
        .filter(|(_, styles)| styles.len() > 1);
    let rows = mixed.flat_map(|(technology, styles)| {
        styles.into_iter().map(move |(style, names)| {
            let examples = Md::some(names.iter().copied().map(Md::code), ", ");
            [
                Md::code(technology),
                Md::ours(style),
                md!("{}", names.len()),
                examples,
            ]
        })
    });
    Table::new(["Technology", "Spelling", "Names", "For example"])
        .rows(rows)
        .written()
}

/// The way a name of more than one word is spelled; nothing can be said of one
/// word, or of a name known only in part.
fn style(name: &str) -> Option<&'static str> {
    if words(name).len() < 2 || name.contains(['{', '$', '*']) {
        return None;
    }
    let separators: BTreeSet<_> = name.chars().filter(|c| ".-_:/".contains(*c)).collect();
    let separators: Vec<_> = separators.into_iter().collect();
    Some(match separators.as_slice() {
        [] if name.starts_with(char::is_uppercase) => "PascalCase",
        [] => "camelCase",
        ['.'] => "dots",
        ['-'] => "hyphens",
        ['_'] => "underscores",
        [':'] => "colons",
        ['/'] => "slashes",
        _ => "several separators",
    })
}

fn tested(writer: &Writer<'_>) -> Option<Md> {
    let endpoints = writer.view.analysis.endpoints.iter().filter(|e| e.test);
    let rows = endpoints.map(|e| {
        let role = match e.role {
            Role::Producer => "sends",
            Role::Consumer => "receives",
        };
        [
            super::md::name(e.name.as_deref()),
            Md::code(&e.technology),
            Md::ours(role),
            writer.endpoint(e),
        ]
    });
    Table::new(["Event", "Technology", "The test", "Where"])
        .rows(rows)
        .written()
}

#[cfg(test)]
mod tests {
    use super::style;

    #[test]
    fn spellings() {
        assert_eq!(style("order.placed"), Some("dots"));
        assert_eq!(style("OrderPlaced"), Some("PascalCase"));
        assert_eq!(style("order.placed_v2"), Some("several separators"));
        assert_eq!(style("orders"), None);
        assert_eq!(style("user:{userId}"), None);
    }
}
