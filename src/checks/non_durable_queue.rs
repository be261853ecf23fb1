//! A queue or exchange that is not durable is gone after the broker restarts,
//! with the messages in it.
//!
//! Judged where `durable` is a literal. Exempt is what is meant to be
//! temporary: exclusive, auto-delete and server-named queues, auto-delete
//! exchanges. Quorum queues and streams are always durable.

use crate::analysis::{Declaration, DeclarationKind, Severity};

use super::rabbitmq::{self, RABBITMQ};
use super::view::View;
use super::{Check, Fault, Outcome};

pub const CHECK: Check = Check {
    id: "non-durable-queue",
    severity: Severity::Warning,
    weight: 2,
    summary: "Queues and exchanges survive a restart of the broker",
    source: "https://www.rabbitmq.com/docs/queues#durability",
    page: include_str!("../../fixtures/checks/non-durable-queue.md"),
    examine,
};

fn examine(view: &View) -> Outcome {
    let mut outcome = Outcome::default();
    for &declaration in &view.declarations {
        let keeps = matches!(
            declaration.kind,
            DeclarationKind::Queue | DeclarationKind::Exchange
        );
        if !keeps
            || declaration.technology != RABBITMQ
            || rabbitmq::is_temporary(declaration)
            || rabbitmq::is_replicated(declaration)
        {
            continue;
        }
        match rabbitmq::durable(declaration) {
            Some(true) => outcome.pass(),
            Some(false) => outcome.fail(fault(declaration)),
            None => {}
        }
    }
    outcome
}

fn fault(declaration: &Declaration) -> Fault {
    let kind = declaration.kind.as_str();
    let name = declaration.name.as_deref().unwrap_or_default();
    Fault::of_declaration(
        declaration,
        format!("The {kind} `{name}` is not durable: it is gone after the broker restarts"),
        "Declare it durable, best as a quorum queue; if it is meant to be temporary, say so with \
         exclusive or auto-delete. An existing one has to be deleted and declared anew.",
    )
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    #[test]
    fn by_the_literal() {
        let analysis = analysis(
            [],
            [
                queue("jobs", 1).set("durable", false).build(),
                queue("mail", 2).set("durable", true).build(),
                queue("logs", 3).set("durable", "{durable}").build(),
                queue("more", 4).build(),
                exchange("events", 5).set("durable", false).build(),
            ],
            [],
        );
        let expected = Verdict {
            passed: 1,
            failed: vec![1, 5],
        };
        assert_eq!(verdict(&CHECK, &analysis), expected);
    }

    #[test]
    fn what_is_temporary_is_exempt() {
        let analysis = analysis(
            [],
            [
                queue("a", 1)
                    .set("durable", false)
                    .set("exclusive", true)
                    .build(),
                queue("b", 2)
                    .set("durable", false)
                    .set("auto_delete", true)
                    .build(),
                queue("", 3).set("durable", false).build(),
                exchange("c", 4)
                    .set("durable", false)
                    .set("auto_delete", true)
                    .build(),
                queue("d", 5)
                    .set("durable", false)
                    .set("type", "quorum")
                    .build(),
            ],
            [],
        );
        assert_eq!(verdict(&CHECK, &analysis), NOT_JUDGED);
    }

    #[test]
    fn other_technologies_have_no_such_thing() {
        let topic = declaration(DeclarationKind::Queue, "sqs", "jobs", 1).set("durable", false);
        assert_eq!(
            verdict(&CHECK, &analysis([], [topic.build()], [])),
            NOT_JUDGED
        );
    }
}
