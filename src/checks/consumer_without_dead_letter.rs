//! A message no consumer can process needs a place to go.
//!
//! Without one it is dropped, or comes back until it expires, or holds up what
//! stands behind it. Enterprise Integration Patterns calls the place the Dead
//! Letter Channel.
//!
//! Judged where a dead letter is somebody's decision:
//! - on brokers that take it as a property of the queue or subscription
//!   (RabbitMQ, SQS, Google Pub/Sub), if the tree declares that queue: then what
//!   is not in the declaration is not there;
//! - where it is the consumer's own work (Kafka, Redis Streams' groups, Pulsar).
//!
//! Left out are technologies that keep failed messages by themselves (Azure
//! Service Bus, BullMQ, Bull, Dramatiq, RQ, MassTransit), those that forget what
//! was sent (Redis and core NATS publish/subscribe, MQTT, sockets), temporary
//! queues, streams, and the consumers of dead-letter channels.

use crate::analysis::{Declaration, DeclarationKind, Endpoint, Severity};

use super::dead_letters::{self, is_dead_letter_channel};
use super::names::is_unknown;
use super::rabbitmq::{self, RABBITMQ};
use super::view::View;
use super::{Check, Fault, Outcome, settings};

pub const CHECK: Check = Check {
    id: "consumer-without-dead-letter",
    severity: Severity::Warning,
    weight: 3,
    summary: "Messages that cannot be processed have a dead-letter channel to go to",
    source: "https://www.enterpriseintegrationpatterns.com/patterns/messaging/DeadLetterChannel.html",
    page: include_str!("../../fixtures/checks/consumer-without-dead-letter.md"),
    examine,
};

/// Who moves a message to the dead letters.
#[derive(Clone, Copy)]
enum Mover {
    /// The broker, told so where the queue is declared.
    Broker { help: &'static str },
    /// The consumer, which publishes what it gave up on.
    Consumer { help: &'static str },
}

fn mover(technology: &str) -> Option<Mover> {
    Some(match technology {
        // https://www.rabbitmq.com/docs/dlx
        RABBITMQ => Mover::Broker {
            help: "Declare the queue with x-dead-letter-exchange (or set a policy on the broker), \
                   and reject what cannot be processed with requeue=false.",
        },
        // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
        "sqs" => Mover::Broker {
            help: "Give the queue a RedrivePolicy with deadLetterTargetArn and maxReceiveCount.",
        },
        // https://cloud.google.com/pubsub/docs/handling-failures#dead_letter_topic
        "google-pubsub" => Mover::Broker {
            help: "Give the subscription a dead-letter topic and a maximum of delivery attempts.",
        },
        "kafka" => Mover::Consumer {
            help: "Kafka has no dead letters of its own: after the last attempt, publish the \
                   record to a topic such as <topic>-dlt and commit its offset.",
        },
        // https://redis.io/docs/latest/develop/data-types/streams/ (the deliveries counter)
        "redis-stream" => Mover::Consumer {
            help: "Look at the delivery count of pending entries (XPENDING), move those over a \
                   limit to a dead-letter stream and XACK them.",
        },
        // https://pulsar.apache.org/docs/concepts-messaging/#dead-letter-topic
        "pulsar" => Mover::Consumer {
            help: "Set a DeadLetterPolicy on the consumer.",
        },
        _ => return None,
    })
}

fn examine(view: &View) -> Outcome {
    let mut outcome = Outcome::default();
    for &consumer in &view.consumers {
        let (Some(mover), Some(name)) = (mover(&consumer.technology), consumer.name.as_deref())
        else {
            continue;
        };
        if is_unknown(Some(name)) {
            continue;
        }
        let by_policy = view.policies_for("dead-letter", consumer).next().is_some();
        let covered = match mover {
            _ if by_policy => Some(true),
            Mover::Broker { .. } => declared_with_dead_letter(view, consumer, name),
            Mover::Consumer { .. } => publishes_dead_letters(view, consumer, name),
        };
        match covered {
            Some(true) => outcome.pass(),
            Some(false) if !is_dead_letter_channel(view, &consumer.technology, name) => {
                outcome.fail(fault(consumer, name, mover));
            }
            _ => {}
        }
    }
    outcome
}

fn fault(consumer: &Endpoint, name: &str, mover: Mover) -> Fault {
    let (message, help) = match mover {
        Mover::Broker { help } => (
            format!("The queue of this consumer, `{name}`, is declared without a dead letter"),
            help,
        ),
        Mover::Consumer { help } => (
            format!(
                "Messages of `{name}` that this consumer cannot process go to no dead-letter channel"
            ),
            help,
        ),
    };
    Fault::of_endpoint(consumer, message, help)
}

/// None if the tree does not declare the queue, or if it is one that dead-letters nothing.
fn declared_with_dead_letter(view: &View, consumer: &Endpoint, name: &str) -> Option<bool> {
    let mut declarations = declarations(view, consumer, name).peekable();
    declarations.peek()?;
    let mut covered = false;
    for declaration in declarations {
        if consumer.technology == RABBITMQ
            && (rabbitmq::is_temporary(declaration) || rabbitmq::is_stream(declaration))
        {
            return None;
        }
        covered |= has_dead_letter(declaration);
    }
    Some(covered)
}

fn has_dead_letter(declaration: &Declaration) -> bool {
    if declaration.technology == RABBITMQ {
        return rabbitmq::has_dead_letter_exchange(declaration);
    }
    settings::first(&declaration.settings, dead_letters::TARGET)
        .is_some_and(|value| value.as_bool() != Some(false) && value.as_str() != Some(""))
}

/// Declarations of the queue, or of the subscription it is consumed through.
fn declarations<'v>(
    view: &'v View,
    consumer: &'v Endpoint,
    name: &'v str,
) -> impl Iterator<Item = &'v Declaration> {
    let technology = consumer.technology.as_str();
    let via = consumer.via.as_deref().filter(|_| technology != RABBITMQ);
    let queues = view.declared_as(DeclarationKind::Queue, technology, name);
    let subscriptions = view
        .declarations
        .iter()
        .filter(move |d| d.technology == technology && d.kind == DeclarationKind::Subscription)
        .filter(move |d| {
            let topic = settings::text(&d.settings, &["topic"]);
            [d.name.as_deref(), topic]
                .into_iter()
                .flatten()
                .any(|known| known == name || via == Some(known))
        });
    queues.iter().chain(subscriptions).copied()
}

/// None for a stream read without a group: nothing is pending there, and a
/// reader that fails reads on.
fn publishes_dead_letters(view: &View, consumer: &Endpoint, name: &str) -> Option<bool> {
    let in_group = consumer.group.is_some() || consumer.via.is_some();
    if consumer.technology == "redis-stream" && !in_group {
        return None;
    }
    let publishes = view
        .producers
        .iter()
        .filter(|p| p.technology == consumer.technology && p.service == consumer.service)
        .filter_map(|p| p.name.as_deref())
        .any(|target| dead_letters::is_of(target, name));
    Some(publishes)
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    #[test]
    fn rabbitmq_is_judged_by_the_queue() {
        let with = |dead_letter: bool| {
            let queue = queue("jobs", 1).set("durable", true);
            let queue = if dead_letter {
                queue.set("dead_letter_exchange", "failed")
            } else {
                queue
            };
            analysis(
                [consumer("rabbitmq", "jobs", 2).build()],
                [queue.build()],
                [],
            )
        };
        assert_eq!(verdict(&CHECK, &with(false)), failed(&[2]));
        assert_eq!(verdict(&CHECK, &with(true)), passed(1));
    }

    #[test]
    fn a_queue_nobody_declares_is_not_judged() {
        let analysis = analysis(
            [
                consumer("rabbitmq", "jobs", 1).build(),
                consumer("sqs", "jobs", 2).build(),
            ],
            [],
            [],
        );
        assert_eq!(verdict(&CHECK, &analysis), NOT_JUDGED);
    }

    #[test]
    fn temporary_queues_and_streams_are_not_judged() {
        let analysis = analysis(
            [
                consumer("rabbitmq", "replies", 1).build(),
                consumer("rabbitmq", "log", 2).build(),
                consumer("rabbitmq", "", 3).build(),
            ],
            [
                queue("replies", 4).set("exclusive", true).build(),
                queue("log", 5).set("type", "stream").build(),
            ],
            [],
        );
        assert_eq!(verdict(&CHECK, &analysis), NOT_JUDGED);
    }

    #[test]
    fn a_dead_letter_given_by_an_expression_counts() {
        let analysis = analysis(
            [consumer("rabbitmq", "jobs", 1).build()],
            [queue("jobs", 2)
                .set("dead_letter_exchange", "{config.dlx}")
                .build()],
            [],
        );
        assert_eq!(verdict(&CHECK, &analysis), passed(1));
    }

    #[test]
    fn consumers_of_dead_letters_are_not_judged() {
        let analysis = analysis(
            [
                consumer("rabbitmq", "jobs.failed", 1).build(),
                consumer("kafka", "orders-dlt", 2).build(),
            ],
            [
                queue("jobs", 3)
                    .set("dead_letter_exchange", "failed")
                    .build(),
                queue("jobs.failed", 4).build(),
                binding("failed", "jobs.failed", "", 5),
            ],
            [],
        );
        assert_eq!(verdict(&CHECK, &analysis), NOT_JUDGED);
    }

    #[test]
    fn sqs_by_redrive_policy() {
        let queue = |name| declaration(DeclarationKind::Queue, "sqs", name, 9);
        let analysis = analysis(
            [
                consumer("sqs", "orders", 1).build(),
                consumer("sqs", "mail", 2).build(),
            ],
            [
                queue("orders").set("dead_letter", "parking").build(),
                queue("mail").build(),
            ],
            [],
        );
        let expected = Verdict {
            passed: 1,
            failed: vec![2],
        };
        assert_eq!(verdict(&CHECK, &analysis), expected);
    }

    #[test]
    fn kafka_by_a_dead_letter_topic_of_the_same_service() {
        let orders = || consumer("kafka", "orders", 1).build();
        let none = analysis([orders()], [], []);
        let own = analysis(
            [orders(), producer("kafka", "orders.DLT", 2).build()],
            [],
            [],
        );
        let other = analysis(
            [
                orders(),
                producer("kafka", "orders.DLT", 2).service("mail").build(),
            ],
            [],
            [],
        );
        assert_eq!(verdict(&CHECK, &none), failed(&[1]));
        assert_eq!(verdict(&CHECK, &own), passed(1));
        assert_eq!(verdict(&CHECK, &other), failed(&[1]));
    }

    #[test]
    fn a_policy_counts_for_its_channel() {
        let orders = || consumer("kafka", "orders", 1).build();
        let on = |target: &str| {
            let policy = policy("dead-letter", "kafka", 3).on(target).build();
            analysis([orders()], [], [policy])
        };
        assert_eq!(verdict(&CHECK, &on("kafka:orders")), passed(1));
        assert_eq!(verdict(&CHECK, &on(&orders().id)), passed(1));
        assert_eq!(verdict(&CHECK, &on("kafka:mail")), failed(&[1]));
    }

    #[test]
    fn a_stream_is_judged_when_read_by_a_group() {
        let analysis = analysis(
            [
                consumer("redis-stream", "orders", 1).build(),
                consumer("redis-stream", "orders", 2)
                    .group("billing")
                    .build(),
            ],
            [],
            [],
        );
        assert_eq!(verdict(&CHECK, &analysis), failed(&[2]));
    }

    #[test]
    fn technologies_that_keep_failed_messages_are_not_judged() {
        let analysis = analysis(
            [
                consumer("bullmq", "mail", 1).build(),
                consumer("azure-service-bus", "mail", 2).build(),
                consumer("nats", "mail", 3).build(),
            ],
            [],
            [],
        );
        assert_eq!(verdict(&CHECK, &analysis), NOT_JUDGED);
    }
}
