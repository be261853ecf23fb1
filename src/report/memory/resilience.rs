//! How delivery survives failure, and the summary of the analysis.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use crate::analysis::{Analysis, CheckScore, Finding, Severity, Totals};
use crate::report::view::View;

use super::At;

/// `resilience_patterns.json`.
#[derive(Serialize)]
pub(super) struct ResiliencePatterns<'a> {
    /// 0 to 1.
    resilience_score: f64,
    checks: &'a [CheckScore],
    /// By kind: `retry`, `dead-letter`, …
    patterns: BTreeMap<&'a str, Vec<Pattern<'a>>>,
    findings: Vec<Wanting<'a>>,
}

#[derive(Serialize)]
struct Pattern<'a> {
    technology: &'a str,
    service: &'a str,
    location: At,
    applies_to: Vec<String>,
    detail: &'a BTreeMap<String, Value>,
}

#[derive(Serialize)]
struct Wanting<'a> {
    check: &'a str,
    severity: Severity,
    service: &'a str,
    location: At,
    message: &'a str,
    help: &'a str,
}

impl<'a> ResiliencePatterns<'a> {
    pub(super) fn of(view: &View<'a>) -> Self {
        let analysis = view.analysis;
        let mut patterns = BTreeMap::<_, Vec<_>>::new();
        for policy in analysis.policies.iter().filter(|p| !p.test) {
            patterns
                .entry(policy.kind.as_str())
                .or_default()
                .push(Pattern {
                    technology: &policy.technology,
                    service: &policy.service,
                    location: At::of(&policy.location),
                    applies_to: policy
                        .applies_to
                        .iter()
                        .map(|id| subject(view, id))
                        .collect(),
                    detail: &policy.detail,
                });
        }
        Self {
            resilience_score: analysis.resilience_score,
            checks: &analysis.score.checks,
            patterns,
            findings: analysis.findings.iter().map(Wanting::of).collect(),
        }
    }
}

impl<'a> Wanting<'a> {
    fn of(finding: &'a Finding) -> Self {
        Self {
            check: &finding.check,
            severity: finding.severity,
            service: &finding.service,
            location: At::of(&finding.location),
            message: &finding.message,
            help: &finding.help,
        }
    }
}

/// What a policy applies to: ids mean nothing to a reader, so an endpoint is
/// named by its channel and place.
fn subject(view: &View<'_>, id: &str) -> String {
    match view.endpoint(id) {
        Some(e) => format!(
            "{}:{} at {}",
            e.technology,
            e.name.as_deref().unwrap_or("?"),
            e.location
        ),
        None => id.to_owned(),
    }
}

/// `messaging_analysis.json`.
#[derive(Serialize)]
pub(super) struct MessagingAnalysis<'a> {
    #[serde(flatten)]
    totals: &'a Totals,
    critical_flows: &'a [String],
    /// 0 to 1.
    resilience_score: f64,
    findings: Summary<'a>,
}

#[derive(Serialize)]
struct Summary<'a> {
    total: usize,
    by_severity: BTreeMap<Severity, usize>,
    by_check: BTreeMap<&'a str, usize>,
}

impl<'a> MessagingAnalysis<'a> {
    pub(super) fn of(analysis: &'a Analysis) -> Self {
        let mut findings = Summary {
            total: analysis.findings.len(),
            by_severity: BTreeMap::new(),
            by_check: BTreeMap::new(),
        };
        for finding in &analysis.findings {
            *findings.by_severity.entry(finding.severity).or_default() += 1;
            *findings.by_check.entry(finding.check.as_str()).or_default() += 1;
        }
        Self {
            totals: &analysis.messaging_analysis,
            critical_flows: &analysis.critical_flows,
            resilience_score: analysis.resilience_score,
            findings,
        }
    }
}
