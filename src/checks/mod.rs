//! Checks: what of the messaging does not survive a failure, and the score.
//!
//! A check looks at the subjects it is about - consumers, producers, queue
//! declarations, retry policies, services - and each subject either passes or
//! becomes one finding. A subject the tree says too little about is neither:
//! it is left out, so that a guess costs nobody anything. Test code and
//! wrappers are never subjects.
//!
//! # The score
//!
//! ```text
//!            Σ weight × passed / applicable
//! score  =  ────────────────────────────────     over the checks with applicable > 0
//!                      Σ weight
//! ```
//!
//! rounded to two decimals; 1.0 when no check has a subject. So a finding costs
//! `weight / (applicable × Σ weight)`, and the costs of all findings add up to
//! what is missing to 1 (but for the rounding of the score). What is suppressed
//! (see [`suppress`]) leaves the findings and the applicable subjects alike.
//!
//! # Adding a check
//!
//! One file here with its [`Check`], one page `fixtures/checks/<id>.md` with a
//! bad, a good and a suppressed case, one line in [`all`].

mod automatic_acknowledgement;
mod consumer_without_dead_letter;
mod dead_letter_to_nowhere;
mod dead_letters;
mod names;
mod non_durable_queue;
mod non_persistent_message;
mod orphan_consumer;
mod orphan_producer;
mod orphans;
mod rabbitmq;
mod retry_without_backoff;
mod score;
mod settings;
pub mod suppress;
#[cfg(test)]
mod testing;
mod unbounded_prefetch;
mod view;
mod websocket_without_heartbeat;

pub(crate) use names::is_unknown;
pub(crate) use orphans::lonely;

use std::collections::BTreeMap;

use crate::analysis::{
    Analysis, CheckScore, Declaration, Endpoint, Finding, Location, Policy, Severity,
};
use view::View;

/// A rule about messaging that survives failures.
pub struct Check {
    /// Name in kebab case, as in findings, ignore comments and `msgmap explain`.
    pub id: &'static str,
    pub severity: Severity,
    /// Share in the score, from 1 (may be meant so) to 3 (messages are lost).
    pub weight: u32,
    /// What it asks for, in one line.
    pub summary: &'static str,
    /// The manual the rule comes from.
    pub source: &'static str,
    /// What `msgmap explain` prints: the page with the cases that test the check.
    pub page: &'static str,
    examine: fn(&View) -> Outcome,
}

/// A subject that did not pass.
struct Fault {
    location: Location,
    service: String,
    /// What identifies the subject when lines move.
    subject: String,
    message: String,
    help: String,
}

impl Fault {
    fn of_endpoint(endpoint: &Endpoint, message: String, help: impl Into<String>) -> Self {
        Self {
            location: endpoint.location.clone(),
            service: endpoint.service.clone(),
            subject: endpoint.id.clone(),
            message,
            help: help.into(),
        }
    }

    fn of_declaration(declaration: &Declaration, message: String, help: impl Into<String>) -> Self {
        Self {
            location: declaration.location.clone(),
            service: declaration.service.clone(),
            subject: format!(
                "{}/{}/{}:{}",
                declaration.service,
                declaration.kind.as_str(),
                declaration.technology,
                declaration.name.as_deref().unwrap_or("?"),
            ),
            message,
            help: help.into(),
        }
    }

    fn of_policy(policy: &Policy, message: String, help: impl Into<String>) -> Self {
        Self {
            location: policy.location.clone(),
            service: policy.service.clone(),
            subject: format!(
                "{}/{}/{}:{}",
                policy.service,
                policy.kind,
                policy.technology,
                policy.applies_to.join(","),
            ),
            message,
            help: help.into(),
        }
    }
}

/// What became of a check's subjects. A subject is passed or a fault, so the
/// number of findings is by construction the number of subjects that failed.
#[derive(Default)]
struct Outcome {
    passed: u32,
    faults: Vec<Fault>,
}

impl Outcome {
    fn pass(&mut self) {
        self.passed += 1;
    }

    fn fail(&mut self, fault: Fault) {
        self.faults.push(fault);
    }
}

/// Every check, sorted by id.
#[must_use]
pub fn all() -> &'static [Check] {
    const ALL: &[Check] = &[
        automatic_acknowledgement::CHECK,
        consumer_without_dead_letter::CHECK,
        dead_letter_to_nowhere::CHECK,
        non_durable_queue::CHECK,
        non_persistent_message::CHECK,
        orphan_consumer::CHECK,
        orphan_producer::CHECK,
        retry_without_backoff::CHECK,
        unbounded_prefetch::CHECK,
        websocket_without_heartbeat::CHECK,
    ];
    ALL
}

/// The check with this id.
#[must_use]
pub fn by_id(id: &str) -> Option<&'static Check> {
    all().iter().find(|check| check.id == id)
}

/// Runs every check and fills `findings`, `score` and `resilience_score`.
///
/// Findings are sorted by place, checks by id. Reads endpoints, links,
/// declarations and policies; what was in the three fields before is replaced.
pub fn run(analysis: &mut Analysis) {
    let mut findings = Vec::new();
    let mut tallies = Vec::new();
    {
        let view = View::new(analysis);
        for check in all() {
            let outcome = (check.examine)(&view);
            tallies.push(tally(check, &outcome));
            findings.extend(into_findings(check, outcome.faults));
        }
    }
    findings.sort_by(|a: &Finding, b: &Finding| {
        (&a.location, &a.check, &a.fingerprint).cmp(&(&b.location, &b.check, &b.fingerprint))
    });
    analysis.findings = findings;
    score::settle(analysis, tallies);
}

fn tally(check: &Check, outcome: &Outcome) -> CheckScore {
    let failed = u32::try_from(outcome.faults.len()).unwrap_or(u32::MAX);
    CheckScore {
        check: check.id.into(),
        weight: check.weight,
        passed: outcome.passed,
        applicable: outcome.passed.saturating_add(failed),
    }
}

/// A subject met more than once (one queue declared twice by one service) is
/// numbered in the order of its places, so that fingerprints stay distinct.
fn into_findings(check: &Check, mut faults: Vec<Fault>) -> Vec<Finding> {
    faults.sort_by(|a, b| (&a.subject, &a.location).cmp(&(&b.subject, &b.location)));
    let mut met: BTreeMap<String, u32> = BTreeMap::new();
    faults
        .into_iter()
        .map(|fault| {
            let number = met.entry(fault.subject.clone()).or_default();
            *number += 1;
            let fingerprint = match *number {
                1 => format!("{}/{}", check.id, fault.subject),
                n => format!("{}/{}#{n}", check.id, fault.subject),
            };
            Finding {
                check: check.id.into(),
                severity: check.severity,
                location: fault.location,
                service: fault.service,
                message: fault.message,
                help: fault.help,
                fingerprint,
                cost: 0.0,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::testing::{analyses, consumer, queue};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn nothing_to_judge_scores_one() {
        let mut analysis = Analysis::default();
        run(&mut analysis);
        assert_eq!(analysis.resilience_score, 1.0);
        assert!(analysis.findings.is_empty());
        assert!(analysis.score.checks.iter().all(|c| c.applicable == 0));
    }

    #[test]
    fn checks_are_sorted_and_have_their_page() {
        let ids: Vec<_> = all().iter().map(|c| c.id).collect();
        let mut sorted = ids.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(ids, sorted);
        for check in all() {
            let expected = format!("finding: {}", check.id);
            let ignored = format!("msgmap: ignore[{}]", check.id);
            assert_eq!(
                check.page.lines().next(),
                Some(format!("# {}", check.id).as_str())
            );
            assert!(check.page.contains(check.source), "{}: source", check.id);
            assert!(check.page.contains(&expected), "{}: bad case", check.id);
            assert!(check.page.contains(&ignored), "{}: suppressed", check.id);
            assert!(
                check.page.matches("\n## ").count() >= 3,
                "{}: cases",
                check.id
            );
        }
    }

    #[test]
    fn the_same_subject_twice_keeps_two_fingerprints() {
        let mut analysis = Analysis {
            declarations: vec![
                queue("jobs", 3).set("durable", false).build(),
                queue("jobs", 9).set("durable", false).build(),
            ],
            ..Analysis::default()
        };
        run(&mut analysis);
        let prints: Vec<_> = analysis.findings.iter().map(|f| &f.fingerprint).collect();
        assert_eq!(
            prints,
            [
                "non-durable-queue/shop/queue/rabbitmq:jobs",
                "non-durable-queue/shop/queue/rabbitmq:jobs#2"
            ]
        );
    }

    #[test]
    fn tests_and_wrappers_are_no_subjects() {
        let bad = || consumer("rabbitmq", "jobs", 1).set("ack", "auto");
        let mut analysis = Analysis {
            endpoints: vec![bad().test().build(), bad().wrapper().build()],
            declarations: vec![queue("jobs", 2).set("durable", false).test().build()],
            ..Analysis::default()
        };
        run(&mut analysis);
        assert!(analysis.findings.is_empty());
        assert!(analysis.score.checks.iter().all(|c| c.applicable == 0));
    }

    fn lost(analysis: &Analysis) -> f64 {
        analysis.findings.iter().map(|f| f.cost).sum()
    }

    proptest! {
        #[test]
        fn the_costs_of_the_findings_are_what_the_score_lacks(mut analysis in analyses()) {
            run(&mut analysis);
            prop_assert!((lost(&analysis) - (1.0 - analysis.score.value)).abs() <= 0.005 + 1e-9);
            prop_assert!(analysis.findings.iter().all(|f| f.cost > 0.0));
            prop_assert_eq!(analysis.resilience_score, analysis.score.value);
        }

        #[test]
        fn every_failed_subject_has_its_finding(mut analysis in analyses()) {
            run(&mut analysis);
            for tally in &analysis.score.checks {
                let findings = analysis.findings.iter().filter(|f| f.check == tally.check).count();
                prop_assert_eq!(findings, (tally.applicable - tally.passed) as usize);
            }
        }

        #[test]
        fn the_order_of_the_lists_does_not_matter(mut analysis in analyses()) {
            let mut reversed = analysis.clone();
            reversed.endpoints.reverse();
            reversed.declarations.reverse();
            reversed.policies.reverse();
            reversed.links.reverse();
            run(&mut analysis);
            run(&mut reversed);
            prop_assert_eq!(analysis.findings, reversed.findings);
            prop_assert_eq!(analysis.score, reversed.score);
        }
    }
}
