//! Which producer can reach which consumer, and why.

use std::collections::BTreeMap;

use super::bridges;
use super::infra::ChosenNames;
use super::naming::{canonical, is_injected, is_open, same_folder, text};
use super::routing;
use crate::analysis::{Declaration, DeclarationKind, Endpoint, Link, Role};

/// The links of production endpoints, sorted.
pub fn links(
    endpoints: &[Endpoint],
    declarations: &[Declaration],
    chosen: &ChosenNames,
) -> Vec<Link> {
    let live = |e: &&Endpoint| !e.test && !e.wrapper;
    let mut consumers: BTreeMap<&str, Vec<&Endpoint>> = BTreeMap::new();
    for consumer in endpoints
        .iter()
        .filter(live)
        .filter(|e| e.role == Role::Consumer)
    {
        consumers
            .entry(&consumer.technology)
            .or_default()
            .push(consumer);
    }
    let bindings: Vec<&Declaration> = declarations
        .iter()
        .filter(|d| d.kind == DeclarationKind::Binding && !d.test)
        .collect();
    let bridges = bridges::all(declarations);
    let mut links = Vec::new();
    for producer in endpoints
        .iter()
        .filter(live)
        .filter(|e| e.role == Role::Producer)
    {
        let reachable = consumers.get(producer.technology.as_str());
        for consumer in reachable.into_iter().flatten() {
            if let Some(because) = reason(producer, consumer, &bindings, declarations, chosen) {
                links.push(Link {
                    from: producer.id.clone(),
                    to: consumer.id.clone(),
                    on: producer.name.clone().unwrap_or_default(),
                    because,
                });
            }
        }
        let reached = bridges::reached(&bridges, producer);
        if reached.is_empty() {
            continue;
        }
        for consumer in consumers.values().flatten() {
            let Some(name) = consumer.name.as_deref() else {
                continue;
            };
            let mut over = reached.iter();
            if let Some(over) = over.find(|r| r.is(&consumer.technology, name)) {
                links.push(Link {
                    from: producer.id.clone(),
                    to: consumer.id.clone(),
                    on: producer.name.clone().unwrap_or_default(),
                    because: over.because.clone(),
                });
            }
        }
    }
    links.sort();
    links.dedup();
    links
}

/// Why a producer reaches a consumer; `None` if nothing says so.
fn reason(
    producer: &Endpoint,
    consumer: &Endpoint,
    bindings: &[&Declaration],
    declarations: &[Declaration],
    chosen: &ChosenNames,
) -> Option<String> {
    if producer.technology == "rabbitmq" {
        return amqp(producer, consumer, bindings, declarations);
    }
    let (sent, read) = (producer.name.as_deref()?, consumer.name.as_deref()?);
    if is_open(sent) || is_open(read) {
        let same = sent == read && chosen.has(&producer.technology, sent);
        return same.then(|| "same name".into());
    }
    if same_side(producer, consumer) || !same_bus(producer, consumer) {
        return None;
    }
    if canonical(sent) == canonical(read) {
        return Some("same name".into());
    }
    match producer.technology.as_str() {
        "nats" => routing::nats_subject(read, sent).then(|| format!("subject {read}")),
        "mqtt" => routing::mqtt_filter(read, sent).then(|| format!("topic filter {read}")),
        "redis-pubsub" if read.contains(['*', '?', '[']) => {
            routing::redis_glob(read, sent).then(|| format!("pattern {read}"))
        }
        // A worker of a queue takes every kind of message in it.
        _ => {
            let queue = sent.strip_prefix(read)?;
            (queue.starts_with(':') && !read.contains(':')).then(|| format!("queue {read}"))
        }
    }
}

/// What goes by a message's name goes over one bus, if both ends say which.
fn same_bus(producer: &Endpoint, consumer: &Endpoint) -> bool {
    producer.technology != "eventbridge"
        || match (&producer.via, &consumer.via) {
            (Some(a), Some(b)) => canonical(a) == canonical(b),
            _ => true,
        }
}

/// Two ends of a socket on the same side do not talk to each other.
fn same_side(producer: &Endpoint, consumer: &Endpoint) -> bool {
    let side = |e: &Endpoint| {
        e.settings
            .get("side")
            .and_then(|s| s.as_str().map(str::to_owned))
    };
    match (side(producer), side(consumer)) {
        (Some(a), Some(b)) => a == b,
        _ => false,
    }
}

/// Exchange, bindings and queue of AMQP 0-9-1.
fn amqp(
    producer: &Endpoint,
    consumer: &Endpoint,
    bindings: &[&Declaration],
    declarations: &[Declaration],
) -> Option<String> {
    let key = producer.name.as_deref();
    let queue = consumer.name.as_deref();
    let Some(exchange) = producer.via.as_deref() else {
        // The default exchange routes to the queue named by the key.
        let (key, queue) = (key?, queue?);
        let same = !is_open(key) && canonical(key) == canonical(queue);
        return same.then(|| "same queue".into());
    };
    let kind = exchange_kind(exchange, declarations);
    let mut own = bindings.iter().filter(|b| is_of(b, consumer)).peekable();
    let bound = own.peek().is_some();
    let binding = own.find(|b| {
        if text(b, "exchange").map(canonical) != Some(canonical(exchange)) {
            return false;
        }
        let pattern = text(b, "pattern").unwrap_or("");
        kind == Some("fanout")
            || key.is_some_and(|k| routing::amqp_topic(pattern, k))
            || pattern.is_empty()
    });
    if let Some(binding) = binding {
        let pattern = text(binding, "pattern").unwrap_or("");
        return Some(if pattern.is_empty() {
            format!("bound to exchange {exchange}")
        } else {
            format!("binding {pattern} on exchange {exchange}")
        });
    }
    // No binding is in the tree: the exchange the consumer names must do.
    let same_exchange = consumer.via.as_deref().map(canonical) == Some(canonical(exchange));
    if !bound && same_exchange {
        return Some(format!("same exchange {exchange}"));
    }
    None
}

/// Whether a binding is of the consumer's queue. Queues the server names are
/// known by standing in the same file.
fn is_of(binding: &Declaration, consumer: &Endpoint) -> bool {
    // A queue without a name is named by the server.
    let queue = text(binding, "queue").filter(|q| !q.is_empty());
    match (queue, consumer.name.as_deref()) {
        (Some(queue), Some(asked)) if is_injected(asked, queue) => same_folder(binding, consumer),
        (Some(a), Some(b)) if !is_open(a) && !is_open(b) => canonical(a) == canonical(b),
        (None, None) => binding.location.file == consumer.location.file,
        (Some(a), Some(b)) => a == b && binding.location.file == consumer.location.file,
        (Some(a), None) | (None, Some(a)) => {
            is_open(a) && binding.location.file == consumer.location.file
        }
    }
}

fn exchange_kind<'d>(exchange: &str, declarations: &'d [Declaration]) -> Option<&'d str> {
    declarations
        .iter()
        .filter(|d| d.kind == DeclarationKind::Exchange && d.name.as_deref() == Some(exchange))
        .find_map(|d| text(d, "type"))
}
