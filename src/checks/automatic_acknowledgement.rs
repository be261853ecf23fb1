//! What is acknowledged on delivery is gone when its consumer fails.
//!
//! With automatic acknowledgement the broker forgets a message as soon as it is
//! written to the socket. A crash, an exception or a deploy between then and
//! the end of the work loses it.
//!
//! Judged where acknowledging is the consumer's to do and has both modes.
//! RabbitMQ's consumers acknowledge by hand unless `no-ack` is set (AMQP 0-9-1,
//! basic.consume), so there silence is a pass; elsewhere only what is said
//! counts. Consumers of temporary queues are left out: direct reply-to even
//! demands `no-ack` (<https://www.rabbitmq.com/docs/direct-reply-to>).

use crate::analysis::{Endpoint, Severity};

use super::rabbitmq::{self, RABBITMQ};
use super::view::View;
use super::{Check, Fault, Outcome, settings};

pub const CHECK: Check = Check {
    id: "automatic-acknowledgement",
    severity: Severity::Error,
    weight: 3,
    summary: "Messages are acknowledged after they were processed",
    source: "https://www.rabbitmq.com/docs/confirms#acknowledgement-modes",
    page: include_str!("../../fixtures/checks/automatic-acknowledgement.md"),
    examine,
};

/// - <https://www.rabbitmq.com/docs/confirms#acknowledgement-modes>
/// - <https://redis.io/docs/latest/commands/xreadgroup/> (`NOACK`)
/// - <https://docs.nats.io/nats-concepts/jetstream/consumers#ackpolicy> (`AckNone`)
/// - <https://learn.microsoft.com/azure/service-bus-messaging/message-transfers-locks-settlement#receiveanddelete>
const EXPLICIT: &[&str] = &[RABBITMQ, "redis-stream", "nats", "azure-service-bus"];

/// When a message counts as done.
#[derive(Clone, Copy, PartialEq)]
pub enum Acknowledgement {
    OnDelivery,
    ByConsumer,
}

/// How a consumer acknowledges; none if the code does not say and its broker has no default.
pub fn acknowledgement(view: &View, consumer: &Endpoint) -> Option<Acknowledgement> {
    let by_policy = |kind| view.policies_for(kind, consumer).next().is_some();
    match settings::text(&consumer.settings, &["ack"]) {
        Some("auto") => Some(Acknowledgement::OnDelivery),
        Some("manual") => Some(Acknowledgement::ByConsumer),
        Some(_) => None,
        None if by_policy("ack-manual") => Some(Acknowledgement::ByConsumer),
        None if by_policy("ack-auto") => Some(Acknowledgement::OnDelivery),
        None if consumer.technology == RABBITMQ => Some(Acknowledgement::ByConsumer),
        None => None,
    }
}

fn examine(view: &View) -> Outcome {
    let mut outcome = Outcome::default();
    for &consumer in &view.consumers {
        let technology = consumer.technology.as_str();
        let temporary = technology == RABBITMQ && rabbitmq::reads_temporary_queue(view, consumer);
        if temporary || !EXPLICIT.contains(&technology) {
            continue;
        }
        match acknowledgement(view, consumer) {
            Some(Acknowledgement::ByConsumer) => outcome.pass(),
            Some(Acknowledgement::OnDelivery) => outcome.fail(fault(consumer)),
            None => {}
        }
    }
    outcome
}

fn fault(consumer: &Endpoint) -> Fault {
    let what = match consumer.name.as_deref() {
        Some(name) => format!("`{name}`"),
        None => "this consumer".into(),
    };
    Fault::of_endpoint(
        consumer,
        format!("Messages of {what} are acknowledged on delivery and lost if processing fails"),
        "Turn automatic acknowledgement off and acknowledge when the work is done; reject what \
         cannot be done.",
    )
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    #[test]
    fn by_the_setting_of_the_consumer() {
        let analysis = analysis(
            [
                consumer("rabbitmq", "jobs", 1).set("ack", "auto").build(),
                consumer("rabbitmq", "jobs", 2).set("ack", "manual").build(),
                consumer("rabbitmq", "jobs", 3).build(),
                consumer("rabbitmq", "jobs", 4).set("ack", "{mode}").build(),
            ],
            [],
            [],
        );
        let expected = Verdict {
            passed: 2,
            failed: vec![1],
        };
        assert_eq!(verdict(&CHECK, &analysis), expected);
    }

    #[test]
    fn by_a_policy() {
        let auto = policy("ack-auto", "rabbitmq", 2)
            .on("rabbitmq:jobs")
            .build();
        let analysis = analysis(
            [
                consumer("rabbitmq", "jobs", 1).build(),
                consumer("rabbitmq", "mail", 3).build(),
            ],
            [],
            [auto],
        );
        let expected = Verdict {
            passed: 1,
            failed: vec![1],
        };
        assert_eq!(verdict(&CHECK, &analysis), expected);
    }

    #[test]
    fn temporary_queues_may_acknowledge_by_themselves() {
        let auto = |name, line| consumer("rabbitmq", name, line).set("ack", "auto").build();
        let analysis = analysis(
            [
                auto("replies", 1),
                auto("amq.rabbitmq.reply-to", 2),
                auto("{q.queue}", 3),
            ],
            [
                queue("replies", 4).set("exclusive", true).build(),
                queue("", 5).set("exclusive", true).build(),
            ],
            [],
        );
        assert_eq!(verdict(&CHECK, &analysis), NOT_JUDGED);
    }

    #[test]
    fn elsewhere_only_what_is_said_counts() {
        let analysis = analysis(
            [
                consumer("redis-stream", "orders", 1).build(),
                consumer("redis-stream", "orders", 2)
                    .set("ack", "auto")
                    .build(),
                consumer("kafka", "orders", 3).set("ack", "auto").build(),
                consumer("sqs", "orders", 4).build(),
            ],
            [],
            [],
        );
        assert_eq!(verdict(&CHECK, &analysis), failed(&[2]));
    }
}
