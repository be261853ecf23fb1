//! A message nobody in the tree receives.
//!
//! A name misspelled, a consumer removed - or a consumer in another repository,
//! which is why this is a note. See [`super::orphans`] for when it is said.

use crate::analysis::{Endpoint, Role, Severity};

use super::{Check, Fault, orphans};

pub const CHECK: Check = Check {
    id: "orphan-producer",
    severity: Severity::Note,
    weight: 1,
    summary: "What is sent has a consumer in the tree",
    source: "https://www.enterpriseintegrationpatterns.com/patterns/messaging/MessageChannel.html",
    page: include_str!("../../fixtures/checks/orphan-producer.md"),
    examine: |view| orphans::examine(view, Role::Producer, fault),
};

fn fault(producer: &Endpoint, name: &str) -> Fault {
    let target = match producer.via.as_deref() {
        Some(via) if !via.is_empty() && via != name => format!("`{name}` (via `{via}`)"),
        _ => format!("`{name}`"),
    };
    Fault::of_endpoint(
        producer,
        format!("Nothing here consumes {target}"),
        "Compare the name with its consumers' names, or remove it. If the consumer lives in \
         another repository, ignore this check here.",
    )
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    #[test]
    fn a_link_to_production_code_is_a_consumer() {
        let sender = producer("kafka", "orders", 1).build();
        let receiver = consumer("kafka", "orders", 2).build();
        let links = vec![link(&sender, &receiver)];
        let mut linked = analysis([sender.clone(), receiver], [], []);
        linked.links = links;
        assert_eq!(verdict(&CHECK, &linked), passed(1));

        let tested = consumer("kafka", "orders", 2).test().build();
        let links = vec![link(&sender, &tested)];
        let mut linked = analysis([sender, tested], [], []);
        linked.links = links;
        assert_eq!(verdict(&CHECK, &linked), failed(&[1]));
    }

    #[test]
    fn only_a_consumer_that_could_be_it_spares_the_producer() {
        let with = |name| {
            analysis(
                [
                    producer("kafka", "orders", 1).build(),
                    consumer("kafka", name, 2).build(),
                ],
                [],
                [],
            )
        };
        assert_eq!(verdict(&CHECK, &with("payments")), failed(&[1]));
        assert_eq!(verdict(&CHECK, &with("pay{suffix}")), failed(&[1]));
        assert_eq!(verdict(&CHECK, &with("ord{suffix}")), NOT_JUDGED);
        assert_eq!(verdict(&CHECK, &with("${TOPIC}")), NOT_JUDGED);
        assert_eq!(verdict(&CHECK, &with("^ord.*")), NOT_JUDGED);
        assert_eq!(verdict(&CHECK, &with("")), NOT_JUDGED);
    }

    #[test]
    fn another_technology_is_no_counterpart() {
        let analysis = analysis(
            [
                producer("kafka", "orders", 1).build(),
                consumer("nats", "", 2).build(),
            ],
            [],
            [],
        );
        assert_eq!(verdict(&CHECK, &analysis), failed(&[1]));
    }

    #[test]
    fn an_open_name_meets_the_known_ones_it_could_be() {
        let with = |name| {
            analysis(
                [
                    producer("nats", "user.{id}", 1).build(),
                    consumer("nats", name, 2).build(),
                ],
                [],
                [],
            )
        };
        assert_eq!(verdict(&CHECK, &with("user.42")), NOT_JUDGED);
        assert_eq!(verdict(&CHECK, &with("user.>")), NOT_JUDGED);
        assert_eq!(verdict(&CHECK, &with("order.>")), failed(&[1]));
    }

    #[test]
    fn unknown_names_and_sockets_are_not_judged() {
        let analysis = analysis(
            [
                producer("kafka", "", 1).build(),
                producer("kafka", "${TOPIC}", 2).build(),
                producer("socket.io", "chat", 3).build(),
                producer("sns", "orders", 4).build(),
                producer("kafka", "orders-dlq", 5).build(),
            ],
            [],
            [],
        );
        assert_eq!(verdict(&CHECK, &analysis), NOT_JUDGED);
    }

    #[test]
    fn rabbitmq_routes_by_bindings() {
        let send = |key| producer("rabbitmq", key, 1).via("events").build();
        let receive = || consumer("rabbitmq", "jobs", 2).build();
        let bound = |pattern| binding("events", "jobs", pattern, 3);

        let other_key = analysis([send("order.created"), receive()], [bound("user.*")], []);
        assert_eq!(verdict(&CHECK, &other_key), failed(&[1]));

        let open_key = analysis([send("{entity}.created"), receive()], [bound("user.*")], []);
        assert_eq!(verdict(&CHECK, &open_key), NOT_JUDGED);

        let not_bound_here = analysis([send("order.created"), receive()], [], []);
        assert_eq!(verdict(&CHECK, &not_bound_here), NOT_JUDGED);

        let nobody = analysis([send("order.created")], [bound("#")], []);
        assert_eq!(verdict(&CHECK, &nobody), failed(&[1]));

        let default_exchange =
            analysis([producer("rabbitmq", "mail", 1).build(), receive()], [], []);
        assert_eq!(verdict(&CHECK, &default_exchange), failed(&[1]));
    }

    #[test]
    fn a_delay_queue_needs_no_consumer() {
        let analysis = analysis(
            [producer("rabbitmq", "jobs.wait", 1).build()],
            [queue("jobs.wait", 2)
                .set("message_ttl", 5000)
                .set("dead_letter_exchange", "")
                .set("dead_letter_routing_key", "jobs")
                .build()],
            [],
        );
        assert_eq!(verdict(&CHECK, &analysis), NOT_JUDGED);
    }
}
