//! A dead-letter exchange has to exist, and a queue has to be bound to it.
//!
//! RabbitMQ does not ask for either when the queue is declared. If the exchange
//! is missing when a message is dead-lettered, or nothing is bound to it, the
//! message is dropped without a word: the dead letter is written down and does
//! not work.
//!
//! Judged are queues whose dead-letter exchange is a literal. A declaration
//! with an unknown name that could be the missing one leaves it undecided.

use crate::analysis::{Declaration, DeclarationKind, Severity};

use super::names::{Pattern, is_unknown};
use super::rabbitmq::{self, Binding, RABBITMQ};
use super::view::View;
use super::{Check, Fault, Outcome};

pub const CHECK: Check = Check {
    id: "dead-letter-to-nowhere",
    severity: Severity::Warning,
    weight: 2,
    summary: "A dead-letter exchange exists and has a queue bound to it",
    source: "https://www.rabbitmq.com/docs/dlx",
    page: include_str!("../../fixtures/checks/dead-letter-to-nowhere.md"),
    examine,
};

/// Where dead letters end.
enum End {
    Queue,
    Missing(String),
    Undecided,
}

fn examine(view: &View) -> Outcome {
    let mut outcome = Outcome::default();
    let bindings = Binding::all(view);
    for queue in view.declared(DeclarationKind::Queue, RABBITMQ) {
        let end = match rabbitmq::dead_letter_exchange(queue) {
            None => continue,
            Some("") => end_in_queue(view, queue),
            Some(exchange) if Pattern::of_name(exchange).is_open() => continue,
            Some(exchange) => end_in_exchange(view, &bindings, exchange),
        };
        match end {
            End::Queue => outcome.pass(),
            End::Undecided => {}
            End::Missing(what) => outcome.fail(fault(queue, &what)),
        }
    }
    outcome
}

fn fault(queue: &Declaration, what: &str) -> Fault {
    let name = queue.name.as_deref().unwrap_or_default();
    Fault::of_declaration(
        queue,
        format!("Dead letters of the queue `{name}` are dropped: {what}"),
        "Declare the dead-letter exchange and a queue for it, and bind them, next to this queue.",
    )
}

/// The default exchange takes the message to the queue its routing key names.
/// Without a key of its own a dead letter keeps the old one, which only the
/// message knows.
fn end_in_queue(view: &View, queue: &Declaration) -> End {
    let Some(target) =
        rabbitmq::dead_letter_routing_key(queue).filter(|key| !Pattern::of_name(key).is_open())
    else {
        return End::Undecided;
    };
    decide(view, DeclarationKind::Queue, target, || {
        End::Missing(format!(
            "they go to the queue `{target}`, which nothing here declares"
        ))
    })
}

fn end_in_exchange(view: &View, bindings: &[Binding], exchange: &str) -> End {
    // RabbitMQ declares the amq.* exchanges itself.
    let exists = if exchange.starts_with("amq.") {
        End::Queue
    } else {
        decide(view, DeclarationKind::Exchange, exchange, || {
            End::Missing(format!(
                "they go to the exchange `{exchange}`, which nothing here declares"
            ))
        })
    };
    if !matches!(exists, End::Queue) {
        return exists;
    }
    if bindings.iter().any(|b| b.exchange == Some(exchange)) {
        End::Queue
    } else if bindings.iter().any(|b| b.could_be_of_exchange(exchange)) {
        End::Undecided
    } else {
        End::Missing(format!(
            "they go to the exchange `{exchange}`, to which nothing is bound"
        ))
    }
}

/// Looks for a declaration of this name, or one that could have it.
fn decide(view: &View, kind: DeclarationKind, name: &str, missing: impl Fn() -> End) -> End {
    if !view.declared_as(kind, RABBITMQ, name).is_empty() {
        return End::Queue;
    }
    let wanted = Pattern::of_name(name);
    let could_be = |d: &Declaration| {
        let known = d.name.as_deref();
        // An empty queue name asks the server for one, which is never this one.
        known != Some("")
            && (is_unknown(known)
                || known.is_some_and(|known| Pattern::of_name(known).could_equal(&wanted)))
    };
    if view.declared(kind, RABBITMQ).any(could_be) {
        End::Undecided
    } else {
        missing()
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    fn jobs() -> Declaration {
        queue("jobs", 1)
            .set("dead_letter_exchange", "failed")
            .build()
    }

    #[test]
    fn the_exchange_has_to_be_declared_and_bound() {
        let missing = analysis([], [jobs()], []);
        let unbound = analysis([], [jobs(), exchange("failed", 2).build()], []);
        let bound = analysis(
            [],
            [
                jobs(),
                exchange("failed", 2).build(),
                binding("failed", "jobs.failed", "", 3),
            ],
            [],
        );
        assert_eq!(verdict(&CHECK, &missing), failed(&[1]));
        assert_eq!(verdict(&CHECK, &unbound), failed(&[1]));
        assert_eq!(verdict(&CHECK, &bound), passed(1));
    }

    #[test]
    fn the_default_exchange_takes_it_to_a_declared_queue() {
        let mail = || {
            queue("mail", 1)
                .set("dead_letter_exchange", "")
                .set("dead_letter_routing_key", "returned")
                .build()
        };
        let missing = analysis([], [mail()], []);
        let there = analysis([], [mail(), queue("returned", 2).build()], []);
        assert_eq!(verdict(&CHECK, &missing), failed(&[1]));
        assert_eq!(verdict(&CHECK, &there), passed(1));
    }

    #[test]
    fn without_a_routing_key_the_default_exchange_is_undecided() {
        let mail = queue("mail", 1).set("dead_letter_exchange", "").build();
        assert_eq!(verdict(&CHECK, &analysis([], [mail], [])), NOT_JUDGED);
    }

    #[test]
    fn unknown_names_leave_it_undecided() {
        let expression = queue("jobs", 1)
            .set("dead_letter_exchange", "{dlx}")
            .build();
        assert_eq!(verdict(&CHECK, &analysis([], [expression], [])), NOT_JUDGED);

        let unnamed = analysis([], [jobs(), exchange("{name}", 2).build()], []);
        assert_eq!(verdict(&CHECK, &unnamed), NOT_JUDGED);

        let unnamed_binding = analysis(
            [],
            [
                jobs(),
                exchange("failed", 2).build(),
                binding("{name}", "q", "", 3),
            ],
            [],
        );
        assert_eq!(verdict(&CHECK, &unnamed_binding), NOT_JUDGED);
    }

    #[test]
    fn a_queue_without_dead_letters_is_not_judged() {
        let plain = queue("jobs", 1).build();
        assert_eq!(verdict(&CHECK, &analysis([], [plain], [])), NOT_JUDGED);
    }
}
