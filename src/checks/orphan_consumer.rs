//! A consumer that waits for what nobody in the tree sends.
//!
//! A name misspelled, a producer removed - or a producer in another repository,
//! which is why this is a note. See [`super::orphans`] for when it is said.

use crate::analysis::{Endpoint, Role, Severity};

use super::{Check, Fault, orphans};

pub const CHECK: Check = Check {
    id: "orphan-consumer",
    severity: Severity::Note,
    weight: 1,
    summary: "What is consumed has a producer in the tree",
    source: "https://www.enterpriseintegrationpatterns.com/patterns/messaging/MessageChannel.html",
    page: include_str!("../../fixtures/checks/orphan-consumer.md"),
    examine: |view| orphans::examine(view, Role::Consumer, fault),
};

fn fault(consumer: &Endpoint, name: &str) -> Fault {
    Fault::of_endpoint(
        consumer,
        format!("Nothing here sends to `{name}`"),
        "Compare the name with its producers' names, or remove the consumer. If the producer \
         lives in another repository, ignore this check here.",
    )
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    #[test]
    fn by_its_producers() {
        let with = |name| {
            analysis(
                [
                    consumer("redis-pubsub", "user:42", 1).build(),
                    producer("redis-pubsub", name, 2).build(),
                ],
                [],
                [],
            )
        };
        assert_eq!(verdict(&CHECK, &with("order:{id}")), failed(&[1]));
        assert_eq!(verdict(&CHECK, &with("user:{id}")), NOT_JUDGED);
        assert_eq!(verdict(&CHECK, &with("")), NOT_JUDGED);

        let sender = producer("in-process", "paid", 1).build();
        let receiver = consumer("in-process", "paid", 2).build();
        let links = vec![link(&sender, &receiver)];
        let mut linked = analysis([sender, receiver], [], []);
        linked.links = links;
        assert_eq!(verdict(&CHECK, &linked), passed(1));
    }

    #[test]
    fn rabbitmq_routes_by_bindings() {
        let receive = || consumer("rabbitmq", "jobs", 1).build();
        let send = |key: &str, via| producer("rabbitmq", key, 2).via(via).build();
        let bound = || binding("events", "jobs", "user.*", 3);

        let other_exchange = analysis([receive(), send("user.created", "logs")], [bound()], []);
        assert_eq!(verdict(&CHECK, &other_exchange), failed(&[1]));

        let open_exchange = analysis([receive(), send("user.created", "{bus}")], [bound()], []);
        assert_eq!(verdict(&CHECK, &open_exchange), NOT_JUDGED);

        let open_key = analysis([receive(), send("{key}", "events")], [bound()], []);
        assert_eq!(verdict(&CHECK, &open_key), NOT_JUDGED);

        let not_bound_here = analysis([receive(), send("user.created", "logs")], [], []);
        assert_eq!(verdict(&CHECK, &not_bound_here), NOT_JUDGED);

        let nobody = analysis([receive()], [bound()], []);
        assert_eq!(verdict(&CHECK, &nobody), failed(&[1]));
    }

    #[test]
    fn dead_letters_come_from_the_broker() {
        let analysis = analysis(
            [
                consumer("rabbitmq", "jobs.failed", 1).build(),
                consumer("sqs", "orders-dlq", 2).build(),
            ],
            [
                queue("jobs", 3)
                    .set("dead_letter_exchange", "failed")
                    .build(),
                binding("failed", "jobs.failed", "", 4),
            ],
            [],
        );
        assert_eq!(verdict(&CHECK, &analysis), NOT_JUDGED);
    }

    #[test]
    fn a_topic_may_feed_the_queue() {
        let orders = || consumer("sqs", "orders", 1).build();
        let fed = analysis([orders(), producer("sns", "orders", 2).build()], [], []);
        assert_eq!(verdict(&CHECK, &fed), NOT_JUDGED);
        assert_eq!(verdict(&CHECK, &analysis([orders()], [], [])), failed(&[1]));
    }
}
