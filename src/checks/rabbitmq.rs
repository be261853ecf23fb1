//! What AMQP 0-9-1 and RabbitMQ say about queues; several checks ask it.

use crate::analysis::{Declaration, DeclarationKind, Endpoint};

use super::names::{Pattern, is_unknown};
use super::settings;
use super::view::View;

/// As endpoints and declarations spell it.
pub const RABBITMQ: &str = "rabbitmq";

const DEAD_LETTER_EXCHANGE: &[&str] = &[
    "dead_letter_exchange",
    "x-dead-letter-exchange",
    "deadLetterExchange",
];
const DEAD_LETTER_ROUTING_KEY: &[&str] = &[
    "dead_letter_routing_key",
    "x-dead-letter-routing-key",
    "deadLetterRoutingKey",
];
const MESSAGE_TTL: &[&str] = &["message_ttl", "x-message-ttl", "messageTtl"];
const EXCLUSIVE: &[&str] = &["exclusive"];
const AUTO_DELETE: &[&str] = &["auto_delete", "autoDelete", "auto-delete"];
const DURABLE: &[&str] = &["durable"];
const TYPE: &[&str] = &["type", "x-queue-type"];

/// The exchange a queue's dead letters go to, as written; `""` is the default exchange.
pub fn dead_letter_exchange(queue: &Declaration) -> Option<&str> {
    settings::text(&queue.settings, DEAD_LETTER_EXCHANGE)
}

/// Whether a dead-letter exchange is set, be it by an expression.
pub fn has_dead_letter_exchange(queue: &Declaration) -> bool {
    settings::first(&queue.settings, DEAD_LETTER_EXCHANGE).is_some()
}

/// The routing key its dead letters get; none if they keep their own.
pub fn dead_letter_routing_key(queue: &Declaration) -> Option<&str> {
    settings::text(&queue.settings, DEAD_LETTER_ROUTING_KEY)
}

/// Whether messages are held for a time and then passed on by dead-lettering:
/// a delay queue, which nobody is meant to consume.
pub fn is_delay_queue(queue: &Declaration) -> bool {
    has_dead_letter_exchange(queue) && settings::first(&queue.settings, MESSAGE_TTL).is_some()
}

/// The literal `durable`, if it is one.
pub fn durable(declaration: &Declaration) -> Option<bool> {
    settings::flag(&declaration.settings, DURABLE)
}

/// Whether a queue or exchange lives only as long as a connection or its
/// consumers: exclusive, auto-delete, or named by the server. A queue without a
/// known name is taken for server-named.
/// <https://www.rabbitmq.com/docs/queues#temporary-queues>
pub fn is_temporary(declaration: &Declaration) -> bool {
    let server_named = declaration.kind == DeclarationKind::Queue
        && match declaration.name.as_deref() {
            None => true,
            Some(name) => name.is_empty() || name.starts_with("amq."),
        };
    server_named
        || settings::flag(&declaration.settings, EXCLUSIVE) == Some(true)
        || settings::flag(&declaration.settings, AUTO_DELETE) == Some(true)
}

/// Quorum queues and streams: always durable, and they store every message
/// whatever its delivery mode.
/// <https://www.rabbitmq.com/docs/quorum-queues#feature-comparison>
pub fn is_replicated(queue: &Declaration) -> bool {
    matches!(
        settings::text(&queue.settings, TYPE),
        Some("quorum" | "stream")
    )
}

/// Streams keep what was read and dead-letter nothing.
/// <https://www.rabbitmq.com/docs/streams#feature-comparison>
pub fn is_stream(queue: &Declaration) -> bool {
    settings::text(&queue.settings, TYPE) == Some("stream")
}

/// The declarations of the queue with this name.
pub fn queue<'v, 'a>(view: &'v View<'a>, name: &str) -> &'v [&'a Declaration] {
    view.declared_as(DeclarationKind::Queue, RABBITMQ, name)
}

/// Whether a consumer reads a temporary queue: replies to its own requests, or
/// a broadcast that matters only while it listens.
pub fn reads_temporary_queue(view: &View, consumer: &Endpoint) -> bool {
    match consumer.name.as_deref() {
        Some(name) if name.starts_with("amq.") => true,
        Some(name) if !is_unknown(Some(name)) => queue(view, name).iter().any(|q| is_temporary(q)),
        // The name the server gave is known only at run time; the declaration
        // that asked for it stands in the same file.
        _ => view
            .declared(DeclarationKind::Queue, RABBITMQ)
            .any(|q| q.location.file == consumer.location.file && is_temporary(q)),
    }
}

/// A binding of a queue to an exchange; what is not known could be anything.
pub struct Binding<'a> {
    pub exchange: Option<&'a str>,
    pub queue: Option<&'a str>,
    pattern: Option<&'a str>,
}

impl<'a> Binding<'a> {
    /// Every binding the tree declares.
    pub fn all(view: &View<'a>) -> Vec<Self> {
        view.declared(DeclarationKind::Binding, RABBITMQ)
            .map(|binding| Self {
                exchange: settings::text(&binding.settings, &["exchange"]),
                queue: settings::text(&binding.settings, &["queue"]),
                pattern: settings::text(&binding.settings, &["pattern"]),
            })
            .collect()
    }

    pub fn could_be_of_exchange(&self, exchange: &str) -> bool {
        could_be(self.exchange, exchange)
    }

    pub fn could_be_of_queue(&self, queue: &str) -> bool {
        could_be(self.queue, queue)
    }

    /// Whether its pattern could select a routing key. Bindings of fan-out and
    /// headers exchanges carry no pattern or an empty one: they could.
    pub fn could_select(&self, key: Option<&str>) -> bool {
        let (Some(pattern), Some(key)) = (self.pattern, key) else {
            return true;
        };
        pattern.is_empty()
            || Pattern::with_wildcards(pattern, "*#").could_equal(&Pattern::of_name(key))
    }
}

fn could_be(known: Option<&str>, name: &str) -> bool {
    known.is_none_or(|known| {
        known == name || Pattern::of_name(known).could_equal(&Pattern::of_name(name))
    })
}
