//! Without a prefetch limit RabbitMQ hands a consumer everything it has.
//!
//! The whole queue is then held unacknowledged in one process: its memory grows
//! with the backlog, other consumers get nothing, and a crash redelivers all.
//!
//! Judged are consumers that acknowledge by hand; the limit may stand at the
//! consumer or anywhere in its service, for it belongs to the channel. With
//! automatic acknowledgement it has no effect, and temporary queues are left out.

use serde_json::Value;

use crate::analysis::{Endpoint, Policy, Severity};

use super::automatic_acknowledgement::{Acknowledgement, acknowledgement};
use super::rabbitmq::{self, RABBITMQ};
use super::settings::{self, Settings};
use super::view::View;
use super::{Check, Fault, Outcome};

pub const CHECK: Check = Check {
    id: "unbounded-prefetch",
    severity: Severity::Warning,
    weight: 1,
    summary: "Consumers limit how many unacknowledged messages they hold",
    source: "https://www.rabbitmq.com/docs/consumer-prefetch",
    page: include_str!("../../fixtures/checks/unbounded-prefetch.md"),
    examine,
};

fn examine(view: &View) -> Outcome {
    let mut outcome = Outcome::default();
    for &consumer in view.consumers.iter().filter(|c| c.technology == RABBITMQ) {
        if acknowledgement(view, consumer) != Some(Acknowledgement::ByConsumer)
            || rabbitmq::reads_temporary_queue(view, consumer)
        {
            continue;
        }
        if limits(&consumer.settings, &["prefetch"]) || service_limits(view, consumer) {
            outcome.pass();
        } else {
            outcome.fail(fault(consumer));
        }
    }
    outcome
}

fn fault(consumer: &Endpoint) -> Fault {
    let what = match consumer.name.as_deref() {
        Some(name) => format!("the queue `{name}`"),
        None => "its queue".into(),
    };
    Fault::of_endpoint(
        consumer,
        format!("Nothing limits how many messages of {what} this consumer holds unacknowledged"),
        "Set a prefetch count on the channel before consuming (basic.qos); a value between 100 \
         and 300 suits most, fewer for slow work.",
    )
}

/// A count of 0 means no limit; one that is not a literal is taken for a limit.
fn limits(settings: &Settings, keys: &[&str]) -> bool {
    settings::first(settings, keys).is_some_and(|count| !is_zero(count))
}

fn is_zero(count: &Value) -> bool {
    count.as_f64() == Some(0.0) || count.as_str() == Some("0")
}

fn service_limits(view: &View, consumer: &Endpoint) -> bool {
    let zero = |policy: &Policy| {
        settings::first(&policy.detail, &["value", "prefetch"]).is_some_and(is_zero)
    };
    view.policies("prefetch")
        .iter()
        .filter(|p| p.technology == RABBITMQ && p.service == consumer.service)
        .any(|p| !zero(p))
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    #[test]
    fn by_the_setting_of_the_consumer() {
        let analysis = analysis(
            [
                consumer("rabbitmq", "jobs", 1).build(),
                consumer("rabbitmq", "jobs", 2).set("prefetch", 50).build(),
                consumer("rabbitmq", "jobs", 3).set("prefetch", 0).build(),
                consumer("rabbitmq", "jobs", 4)
                    .set("prefetch", "{n}")
                    .build(),
                consumer("rabbitmq", "jobs", 5).set("ack", "auto").build(),
                consumer("kafka", "jobs", 6).build(),
            ],
            [],
            [],
        );
        let expected = Verdict {
            passed: 2,
            failed: vec![1, 3],
        };
        assert_eq!(verdict(&CHECK, &analysis), expected);
    }

    #[test]
    fn by_the_channel_of_the_service() {
        let with = |policy: Builder<Policy>| {
            let jobs = consumer("rabbitmq", "jobs", 1).build();
            analysis([jobs], [], [policy.build()])
        };
        let prefetch = |n: u32| policy("prefetch", "rabbitmq", 2).set("value", n);
        assert_eq!(verdict(&CHECK, &with(prefetch(20))), passed(1));
        assert_eq!(verdict(&CHECK, &with(prefetch(0))), failed(&[1]));
        assert_eq!(
            verdict(&CHECK, &with(prefetch(20).service("mail"))),
            failed(&[1])
        );
    }

    #[test]
    fn temporary_queues_are_not_judged() {
        let replies = consumer("rabbitmq", "replies", 1).build();
        let queue = queue("replies", 2).set("exclusive", true).build();
        assert_eq!(
            verdict(&CHECK, &analysis([replies], [queue], [])),
            NOT_JUDGED
        );
    }
}
