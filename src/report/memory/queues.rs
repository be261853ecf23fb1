//! Queues, topics and exchanges, as declared and as used.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use crate::analysis::{Declaration, DeclarationKind};
use crate::report::kinds::Kind;
use crate::report::view::View;

use super::At;
use super::catalog::keys;

/// `queue_config.json`.
#[derive(Serialize)]
pub(super) struct QueueConfig<'a> {
    declarations: Vec<Declared<'a>>,
    consumers: Vec<Consuming<'a>>,
    /// Used at a broker, declared nowhere in the tree.
    undeclared: Vec<Undeclared<'a>>,
}

#[derive(Serialize)]
struct Declared<'a> {
    kind: &'static str,
    technology: &'a str,
    name: Option<&'a str>,
    service: &'a str,
    location: At,
    settings: &'a BTreeMap<String, Value>,
}

/// A consumer with the settings written at it.
#[derive(Serialize)]
struct Consuming<'a> {
    technology: &'a str,
    name: Option<&'a str>,
    service: &'a str,
    group: Option<&'a str>,
    location: At,
    settings: &'a BTreeMap<String, Value>,
}

#[derive(Serialize)]
struct Undeclared<'a> {
    technology: &'a str,
    name: &'a str,
    kind: &'a str,
}

impl<'a> QueueConfig<'a> {
    pub(super) fn of(view: &View<'a>) -> Self {
        let declarations = live(view).map(|d| Declared {
            kind: d.kind.as_str(),
            technology: &d.technology,
            name: d.name.as_deref(),
            service: &d.service,
            location: At::of(&d.location),
            settings: &d.settings,
        });
        let consumers = view.analysis.live(crate::analysis::Role::Consumer);
        let consumers = consumers
            .filter(|e| queued(&e.technology))
            .map(|e| Consuming {
                technology: &e.technology,
                name: e.name.as_deref(),
                service: &e.service,
                group: e.group.as_deref(),
                location: At::of(&e.location),
                settings: &e.settings,
            });
        let undeclared = view.undeclared().map(|meeting| Undeclared {
            technology: &meeting.channel.technology,
            name: &meeting.channel.name,
            kind: &meeting.channel.kind,
        });
        Self {
            declarations: declarations.collect(),
            consumers: consumers.collect(),
            undeclared: undeclared.collect(),
        }
    }
}

/// Declarations in production code.
fn live<'a>(view: &View<'a>) -> impl Iterator<Item = &'a Declaration> {
    view.analysis.declarations.iter().filter(|d| !d.test)
}

/// Whether messages of this technology wait somewhere.
fn queued(technology: &str) -> bool {
    matches!(Kind::of(technology), Kind::Broker | Kind::JobQueue)
}

/// The `queue_topology` of `EVENT_FLOWS.json`.
pub(super) type Topology<'a> = BTreeMap<String, Node<'a>>;

/// A queue, topic, exchange or stream.
#[derive(Serialize)]
pub(super) struct Node<'a> {
    /// `queue`, `topic`, `exchange`, `stream`, `subscription`.
    #[serde(rename = "type")]
    ty: &'a str,
    technology: &'a str,
    /// Null where nothing is said about it.
    durable: Option<bool>,
    /// What leads from an exchange to queues, or into this queue.
    bindings: Vec<Binding<'a>>,
    /// Null for a queue that is consumed but declared nowhere in the tree.
    location: Option<At>,
}

#[derive(Serialize)]
struct Binding<'a> {
    pattern: Option<&'a str>,
    queue: Option<&'a str>,
    exchange: Option<&'a str>,
}

pub(super) fn topology<'a>(view: &View<'a>) -> Topology<'a> {
    let mut nodes = BTreeMap::<(&str, &str), Node<'a>>::new();
    for declaration in live(view).filter(|d| d.kind != DeclarationKind::Binding) {
        let Some(name) = declaration.name.as_deref() else {
            continue;
        };
        let technology = declaration.technology.as_str();
        // Declared by each side that uses it; the first that says so decides.
        let durable = declaration.settings.get("durable").and_then(Value::as_bool);
        let node = nodes.entry((technology, name)).or_insert_with(|| Node {
            ty: declaration.kind.as_str(),
            technology,
            durable: None,
            bindings: bindings(view, technology, name),
            location: Some(At::of(&declaration.location)),
        });
        node.durable = node.durable.or(durable);
    }
    let queues = view.analysis.channels.iter().filter(|c| c.kind == "queue");
    for channel in queues {
        nodes
            .entry((&channel.technology, &channel.name))
            .or_insert_with(|| Node {
                ty: &channel.kind,
                technology: &channel.technology,
                durable: None,
                bindings: bindings(view, &channel.technology, &channel.name),
                location: None,
            });
    }
    keys(nodes.keys().copied())
        .into_iter()
        .zip(nodes.into_values())
        .collect()
}

/// The bindings that begin or end at `name`.
fn bindings<'a>(view: &View<'a>, technology: &str, name: &str) -> Vec<Binding<'a>> {
    live(view)
        .filter(|d| d.kind == DeclarationKind::Binding && d.technology == technology)
        .map(|d| {
            let text = |key| d.settings.get(key).and_then(Value::as_str);
            Binding {
                pattern: text("pattern"),
                queue: text("queue"),
                exchange: text("exchange"),
            }
        })
        .filter(|b| b.queue == Some(name) || b.exchange == Some(name))
        .collect()
}
