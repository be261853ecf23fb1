//! A durable queue comes back after a restart; its transient messages do not.
//!
//! Judged are RabbitMQ producers whose message can get to a classic queue that
//! the tree declares durable. AMQP's default delivery mode is transient, so
//! silence fails; clients with another default say so in their model. Quorum
//! queues and streams store every message, whatever its mode.

use std::collections::BTreeSet;

use crate::analysis::{Declaration, Endpoint, Severity};

use super::rabbitmq::{self, Binding, RABBITMQ};
use super::view::View;
use super::{Check, Fault, Outcome, settings};

pub const CHECK: Check = Check {
    id: "non-persistent-message",
    severity: Severity::Warning,
    weight: 2,
    summary: "Messages to durable queues are persistent",
    source: "https://www.rabbitmq.com/docs/queues#durability",
    page: include_str!("../../fixtures/checks/non-persistent-message.md"),
    examine,
};

fn examine(view: &View) -> Outcome {
    let mut outcome = Outcome::default();
    let bindings = Binding::all(view);
    for &producer in view.producers.iter().filter(|p| p.technology == RABBITMQ) {
        let Some(queue) = durable_destination(view, &bindings, producer) else {
            continue;
        };
        let said = settings::first(&producer.settings, &["persistent"]).is_some();
        match settings::flag(&producer.settings, &["persistent"]) {
            Some(true) => outcome.pass(),
            None if said => {}
            None if view.policies_for("persistent", producer).next().is_some() => outcome.pass(),
            None | Some(false) => outcome.fail(fault(producer, queue)),
        }
    }
    outcome
}

fn fault(producer: &Endpoint, queue: &Declaration) -> Fault {
    let name = queue.name.as_deref().unwrap_or_default();
    Fault::of_endpoint(
        producer,
        format!("This message is not persistent: the durable queue `{name}` loses it on a restart"),
        "Publish it persistent (delivery mode 2), or make the queue a quorum queue, which stores \
         every message.",
    )
}

/// A durable classic queue the producer's messages get to.
fn durable_destination<'a>(
    view: &View<'a>,
    bindings: &[Binding<'a>],
    producer: &Endpoint,
) -> Option<&'a Declaration> {
    destinations(view, bindings, producer)
        .into_iter()
        .flat_map(|name| rabbitmq::queue(view, name).iter().copied())
        .find(|queue| {
            rabbitmq::durable(queue) == Some(true)
                && !rabbitmq::is_temporary(queue)
                && !rabbitmq::is_replicated(queue)
        })
}

/// Names of the queues a message goes to: the one its key names on the default
/// exchange, else those bound to the exchange and those it is linked to.
fn destinations<'n>(
    view: &View<'n>,
    bindings: &[Binding<'n>],
    producer: &'n Endpoint,
) -> BTreeSet<&'n str> {
    let linked = view
        .receivers(producer)
        .iter()
        .filter_map(|c| c.name.as_deref());
    let exchange = producer.via.as_deref().unwrap_or_default();
    if exchange.is_empty() {
        return linked.chain(producer.name.as_deref()).collect();
    }
    let bound = bindings
        .iter()
        .filter(|b| b.exchange == Some(exchange) && b.could_select(producer.name.as_deref()))
        .filter_map(|b| b.queue);
    linked.chain(bound).collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    fn jobs() -> Declaration {
        queue("jobs", 9).set("durable", true).build()
    }

    #[test]
    fn the_default_exchange_goes_to_the_queue_of_that_name() {
        let analysis = analysis(
            [
                producer("rabbitmq", "jobs", 1).build(),
                producer("rabbitmq", "jobs", 2)
                    .set("persistent", true)
                    .build(),
                producer("rabbitmq", "jobs", 3)
                    .set("persistent", false)
                    .build(),
                producer("rabbitmq", "jobs", 4)
                    .set("persistent", "{p}")
                    .build(),
                producer("rabbitmq", "elsewhere", 5).build(),
            ],
            [jobs()],
            [],
        );
        let expected = Verdict {
            passed: 1,
            failed: vec![1, 3],
        };
        assert_eq!(verdict(&CHECK, &analysis), expected);
    }

    #[test]
    fn an_exchange_goes_where_its_bindings_go() {
        let send = |key, line| producer("rabbitmq", key, line).via("events").build();
        let analysis = analysis(
            [send("user.created", 1), send("order.created", 2)],
            [jobs(), binding("events", "jobs", "user.*", 8)],
            [],
        );
        assert_eq!(verdict(&CHECK, &analysis), failed(&[1]));
    }

    #[test]
    fn a_link_leads_to_the_queue_too() {
        let sender = producer("rabbitmq", "x", 1).via("events").build();
        let receiver = consumer("rabbitmq", "jobs", 2).build();
        let links = vec![link(&sender, &receiver)];
        let mut analysis = analysis([sender, receiver], [jobs()], []);
        analysis.links = links;
        assert_eq!(verdict(&CHECK, &analysis), failed(&[1]));
    }

    #[test]
    fn quorum_and_transient_queues_ask_for_nothing() {
        let send = |key, line| producer("rabbitmq", key, line).build();
        let analysis = analysis(
            [send("a", 1), send("b", 2), send("c", 3)],
            [
                queue("a", 7)
                    .set("durable", true)
                    .set("type", "quorum")
                    .build(),
                queue("b", 8).set("durable", false).build(),
                queue("c", 9).build(),
            ],
            [],
        );
        assert_eq!(verdict(&CHECK, &analysis), NOT_JUDGED);
    }

    #[test]
    fn a_policy_of_the_channel_counts() {
        let persistent = policy("persistent", "rabbitmq", 2)
            .on("rabbitmq:jobs")
            .build();
        let sender = producer("rabbitmq", "jobs", 1).build();
        assert_eq!(
            verdict(&CHECK, &analysis([sender], [jobs()], [persistent])),
            passed(1)
        );
    }
}
