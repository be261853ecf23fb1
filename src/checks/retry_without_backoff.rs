//! Attempts that follow each other at once fail together.
//!
//! What made the first attempt fail - a peer restarting, a rate limit, a lock -
//! is still there a millisecond later. Retrying at once burns all attempts and
//! adds load where there is too much already.
//!
//! Judged are the libraries that retry at once unless told to wait (BullMQ,
//! Bull, RQ), and any retry whose wait is written as 0. Clients that wait by
//! themselves (kafkajs, Celery, Dramatiq, SQS's visibility timeout) are left out.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::analysis::{Endpoint, Location, Policy, Severity};

use super::settings::{self, Settings};
use super::view::{View, holds_for, holds_for_all, keys};
use super::{Check, Fault, Outcome};

pub const CHECK: Check = Check {
    id: "retry-without-backoff",
    severity: Severity::Warning,
    weight: 2,
    summary: "Attempts after a failure wait before they try again",
    source: "https://docs.bullmq.io/guide/retrying-failing-jobs",
    page: include_str!("../../fixtures/checks/retry-without-backoff.md"),
    examine,
};

/// - <https://docs.bullmq.io/guide/retrying-failing-jobs>
/// - <https://github.com/OptimalBits/bull/blob/develop/REFERENCE.md#queueadd>
/// - <https://python-rq.org/docs/exceptions/#retrying-failed-jobs>
const RETRIES_AT_ONCE: &[&str] = &["bullmq", "bull", "rq"];

/// Where a retry says how long it waits. (A producer's `delay` is another thing:
/// it delays the first attempt.)
const RETRY_WAIT: &[&str] = &["backoff", "initial", "delay"];

const HELP: &str = "Give the retry a backoff, best an exponential one with jitter, so that the \
                    attempts reach over the time a peer needs to come back.";

fn examine(view: &View) -> Outcome {
    let mut outcome = Outcome::default();
    let mut seen = BTreeSet::new();
    for policy in view.policies("retry").iter().copied() {
        if !retries(&policy.detail) {
            continue;
        }
        seen.insert((policy.location.file.as_str(), policy.location.line));
        let wait = wait(&policy.detail, RETRY_WAIT);
        let fault = || {
            let message = "This retry has no backoff: its attempts follow each other at once";
            Fault::of_policy(policy, message.into(), HELP)
        };
        judge(&mut outcome, &policy.technology, wait, fault, || {
            backs_off_policy(view, policy)
        });
    }
    for &producer in &view.producers {
        let place = (producer.location.file.as_str(), producer.location.line);
        let sets_attempts = settings::first(&producer.settings, &["attempts"]).is_some();
        if !sets_attempts || !retries(&producer.settings) || seen.contains(&place) {
            continue;
        }
        let wait = wait(&producer.settings, &["backoff"]);
        let fault = || {
            let message = "What is sent here is retried without backoff: its attempts follow \
                           each other at once";
            Fault::of_endpoint(producer, message.into(), HELP)
        };
        judge(&mut outcome, &producer.technology, wait, fault, || {
            backs_off_endpoint(view, producer)
        });
    }
    outcome
}

fn judge(
    outcome: &mut Outcome,
    technology: &str,
    wait: Wait,
    fault: impl Fn() -> Fault,
    backs_off_elsewhere: impl Fn() -> bool,
) {
    let at_once = RETRIES_AT_ONCE.contains(&technology);
    match wait {
        Wait::Some if at_once => outcome.pass(),
        Wait::Unsaid if at_once && backs_off_elsewhere() => outcome.pass(),
        Wait::Unsaid if at_once => outcome.fail(fault()),
        Wait::Zero => outcome.fail(fault()),
        Wait::Some | Wait::Unsaid => {}
    }
}

/// Whether there is more than one attempt. A number that is not a literal is
/// taken for more than one: a retry of one attempt is not written down.
fn retries(detail: &Settings) -> bool {
    settings::number(detail, &["attempts"]).is_none_or(|attempts| attempts > 1.0)
}

/// What is said about the wait between two attempts.
#[derive(Clone, Copy)]
enum Wait {
    Some,
    Zero,
    Unsaid,
}

fn wait(detail: &Settings, keys: &[&str]) -> Wait {
    // However it grows, a wait that begins with nothing is none.
    if settings::number(detail, &["initial"]) == Some(0.0) {
        return Wait::Zero;
    }
    match settings::first(detail, keys) {
        None | Some(Value::Bool(false)) => Wait::Unsaid,
        Some(Value::Number(number)) if number.as_f64() == Some(0.0) => Wait::Zero,
        Some(_) => Wait::Some,
    }
}

/// Policies that make attempts wait: backoffs, and retries that carry their own.
fn backoffs<'v>(view: &'v View) -> impl Iterator<Item = &'v Policy> {
    let keys = ["backoff", "initial", "delay", "value"];
    let own = view.policies("backoff").iter().copied();
    let own = own.filter(move |b| !matches!(wait(&b.detail, &keys), Wait::Zero));
    let carried = view.policies("retry").iter().copied();
    let carried = carried.filter(|r| matches!(wait(&r.detail, RETRY_WAIT), Wait::Some));
    own.chain(carried)
}

fn backs_off_policy(view: &View, retry: &Policy) -> bool {
    let same_target = |backoff: &Policy| {
        let named = |target| backoff.applies_to.contains(target);
        retry.applies_to.iter().any(named)
            || holds_for_all(backoff, &retry.service, &retry.technology)
    };
    let beside = backoffs(view).any(|b| overlap(&b.location, &retry.location) || same_target(b));
    // A retry of one endpoint, a backoff of its channel.
    beside
        || view
            .producers
            .iter()
            .chain(&view.consumers)
            .filter(|e| keys(e).iter().any(|key| retry.applies_to.contains(key)))
            .any(|e| backs_off_endpoint(view, e))
}

fn backs_off_endpoint(view: &View, endpoint: &Endpoint) -> bool {
    backoffs(view).any(|b| overlap(&b.location, &endpoint.location) || holds_for(b, endpoint))
}

/// Whether two places share a line.
fn overlap(a: &Location, b: &Location) -> bool {
    a.file == b.file && a.line <= b.end_line && b.line <= a.end_line
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;
    use serde_json::json;

    #[test]
    fn attempts_of_a_job_need_a_backoff() {
        let analysis = analysis(
            [
                producer("bullmq", "mail", 1).set("attempts", 5).build(),
                producer("bullmq", "mail", 2)
                    .set("attempts", 5)
                    .set("backoff", json!({"type": "exponential", "delay": 1000}))
                    .build(),
                producer("bullmq", "mail", 3).set("attempts", 1).build(),
                producer("bullmq", "mail", 4).build(),
            ],
            [],
            [],
        );
        let expected = Verdict {
            passed: 1,
            failed: vec![1],
        };
        assert_eq!(verdict(&CHECK, &analysis), expected);
    }

    #[test]
    fn the_queue_may_say_it_for_its_jobs() {
        let backoff = policy("backoff", "bullmq", 9).on("bullmq:mail").build();
        let job = producer("bullmq", "mail:welcome", 1)
            .set("attempts", 5)
            .build();
        assert_eq!(verdict(&CHECK, &analysis([job], [], [backoff])), passed(1));
    }

    #[test]
    fn a_job_inherits_the_backoff_of_the_retry_of_its_queue() {
        let of_queue = policy("retry", "bullmq", 9)
            .on("bullmq:mail")
            .set("attempts", 3)
            .set("backoff", "exponential");
        let job = producer("bullmq", "mail:welcome", 1).set("attempts", 5);
        let analysis = analysis([job.build()], [], [of_queue.build()]);
        assert_eq!(verdict(&CHECK, &analysis), passed(2));
    }

    #[test]
    fn a_retry_policy_needs_a_backoff_beside_it() {
        let retry = || policy("retry", "rq", 3).set("attempts", 3);
        let none = analysis([], [], [retry().build()]);
        let within = analysis([], [], [retry().set("backoff", json!([10, 60])).build()]);
        let beside = analysis(
            [],
            [],
            [retry().build(), policy("backoff", "rq", 3).build()],
        );
        let elsewhere = analysis(
            [],
            [],
            [
                retry().build(),
                policy("backoff", "rq", 8).on("rq:other").build(),
            ],
        );
        assert_eq!(verdict(&CHECK, &none), failed(&[3]));
        assert_eq!(verdict(&CHECK, &within), passed(1));
        assert_eq!(verdict(&CHECK, &beside), passed(1));
        assert_eq!(verdict(&CHECK, &elsewhere), failed(&[3]));
    }

    #[test]
    fn a_policy_and_its_call_are_one_subject() {
        let job = producer("bullmq", "mail", 3).set("attempts", 3).build();
        let retry = policy("retry", "bullmq", 3).set("attempts", 3).build();
        assert_eq!(verdict(&CHECK, &analysis([job], [], [retry])), failed(&[3]));
    }

    #[test]
    fn a_client_that_waits_by_itself_fails_only_when_told_not_to() {
        let kafka = |line| policy("retry", "kafka", line).set("attempts", 8);
        let analysis = analysis(
            [],
            [],
            [kafka(1).build(), kafka(2).set("initial", 0).build()],
        );
        assert_eq!(verdict(&CHECK, &analysis), failed(&[2]));
    }

    #[test]
    fn attempts_from_an_expression_are_a_retry() {
        let job = producer("bullmq", "mail", 1).set("attempts", "{n}").build();
        assert_eq!(verdict(&CHECK, &analysis([job], [], [])), failed(&[1]));
    }
}
