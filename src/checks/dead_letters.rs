//! Which channels are dead-letter channels themselves.
//!
//! Their consumers are people's tools and repair jobs: they need no dead letter
//! of their own, and nobody in the code produces to them or reads them.

use crate::analysis::{Declaration, DeclarationKind};

use super::names::has_holes;
use super::rabbitmq::{self, Binding, RABBITMQ};
use super::settings;
use super::view::View;

/// Where a declaration outside RabbitMQ says its dead letters go.
pub const TARGET: &[&str] = &[
    "dead_letter",
    "dead_letter_policy",
    "deadLetterPolicy",
    "RedrivePolicy",
    "redrive_policy",
    "redrive",
];

/// Words that mark a dead-letter channel, longest first: Spring Kafka appends
/// `-dlt` (`.DLT` before 3.0), SQS and RabbitMQ users `-dlq`, Azure `deadletter`.
const WORDS: &[&str] = &["deadletter", "dlq", "dlt", "dlx", "dead", "poison"];

/// Whether a name says that dead letters go there.
pub fn is_marked(name: &str) -> bool {
    let words = words(name);
    let marked = words.iter().any(|word| WORDS.contains(&word.as_str()));
    let joined = words.concat();
    marked
        || joined.contains("deadletter")
        || joined.ends_with("dlq")
        || joined.ends_with("dlt")
        || joined.starts_with("dlq")
}

/// Whether a dead-letter channel takes the dead letters of this channel: it
/// carries its name, or no name beside the mark (one for all).
pub fn is_of(dead_letters: &str, channel: &str) -> bool {
    if !is_marked(dead_letters) {
        return false;
    }
    let channel = words(channel).concat();
    let stem = ["queue", "topic", "stream"]
        .iter()
        .chain(WORDS)
        .fold(words(dead_letters).concat(), |stem, word| {
            stem.replace(word, "")
        });
    has_holes(dead_letters) || channel.contains(&stem) || stem.contains(&channel)
}

/// The runs of letters and digits of a name, in lower case; a new one begins at a capital
/// after a small letter.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = ' ';
    for c in name.chars() {
        let begins = !before.is_alphanumeric() || (before.is_lowercase() && c.is_uppercase());
        if begins {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| c.is_alphanumeric()) {
            word.extend(c.to_lowercase());
        }
        before = c;
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Whether dead letters go to the channel of this name: it says so, or a
/// declaration sends them there.
pub fn is_dead_letter_channel(view: &View, technology: &str, name: &str) -> bool {
    is_marked(name)
        || if technology == RABBITMQ {
            gets_rabbitmq_dead_letters(view, name)
        } else {
            view.declarations
                .iter()
                .filter(|d| d.technology == technology)
                .any(|d| names_target(d, name))
        }
}

/// The target is a name, a URL or an ARN that ends in the name, or JSON with such an ARN.
fn names_target(declaration: &Declaration, name: &str) -> bool {
    let Some(target) = settings::first(&declaration.settings, TARGET) else {
        return false;
    };
    let text = target
        .as_str()
        .map_or_else(|| target.to_string(), str::to_string);
    text.split(|c: char| !(c.is_alphanumeric() || "-_.{}$".contains(c)))
        .any(|part| part == name)
}

fn gets_rabbitmq_dead_letters(view: &View, name: &str) -> bool {
    let bindings = Binding::all(view);
    view.declared(DeclarationKind::Queue, RABBITMQ)
        .filter_map(|queue| {
            let exchange = rabbitmq::dead_letter_exchange(queue)?;
            Some((exchange, rabbitmq::dead_letter_routing_key(queue)))
        })
        .any(|(exchange, key)| match exchange {
            "" => key == Some(name),
            exchange => bindings.iter().any(|binding| {
                binding.queue == Some(name)
                    && binding.exchange == Some(exchange)
                    && binding.could_select(key)
            }),
        })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{binding, declaration, queue};
    use super::*;
    use crate::analysis::Analysis;

    #[test]
    fn marks_are_words_not_letters() {
        for name in [
            "orders-dlq",
            "orders.DLT",
            "ordersDLQ",
            "dead_letters",
            "mail.dead",
            "OrdersDeadLetterQueue",
        ] {
            assert!(is_marked(name), "{name}");
        }
        for name in ["orders", "deadline-reached", "headless", "bundled"] {
            assert!(!is_marked(name), "{name}");
        }
    }

    #[test]
    fn a_dead_letter_channel_belongs_to_the_channel_it_is_named_after() {
        assert!(is_of("orders.DLT", "orders"));
        assert!(is_of("orders-dead-letter-queue", "orders-queue"));
        assert!(is_of("dead-letters", "orders"));
        assert!(is_of("{topic}.DLT", "orders"));
        assert!(!is_of("payments-dlq", "orders"));
        assert!(!is_of("orders", "orders"));
    }

    #[test]
    fn declarations_say_where_dead_letters_go() {
        let arn =
            r#"{"deadLetterTargetArn":"arn:aws:sqs:eu-west-1:1:parking","maxReceiveCount":"5"}"#;
        let analysis = Analysis {
            declarations: vec![
                declaration(DeclarationKind::Queue, "sqs", "orders", 1)
                    .set("dead_letter", arn)
                    .build(),
                queue("jobs", 2)
                    .set("dead_letter_exchange", "failed")
                    .build(),
                queue("mail", 3)
                    .set("dead_letter_exchange", "")
                    .set("dead_letter_routing_key", "returned")
                    .build(),
                binding("failed", "jobs.failed", "#", 4),
            ],
            ..Analysis::default()
        };
        let view = View::new(&analysis);
        assert!(is_dead_letter_channel(&view, "sqs", "parking"));
        assert!(!is_dead_letter_channel(&view, "sqs", "orders"));
        assert!(is_dead_letter_channel(&view, "rabbitmq", "jobs.failed"));
        assert!(is_dead_letter_channel(&view, "rabbitmq", "returned"));
        assert!(!is_dead_letter_channel(&view, "rabbitmq", "jobs"));
    }
}
