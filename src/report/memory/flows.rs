//! What sets messages off, and the way they take.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::analysis::{Flow, Step, TriggerKind};
use crate::report::view::{View, services};

use super::{At, Party};

/// `message_flows.json`.
#[derive(Serialize)]
pub(super) struct MessageFlows<'a> {
    critical_flows: &'a [String],
    flows: Vec<FlowEntry<'a>>,
}

#[derive(Serialize)]
struct FlowEntry<'a> {
    name: &'a str,
    critical: bool,
    trigger: TriggerEntry<'a>,
    services: &'a [String],
    steps: Vec<StepEntry<'a>>,
}

#[derive(Serialize)]
struct TriggerEntry<'a> {
    kind: TriggerKind,
    text: &'a str,
    location: At,
}

#[derive(Serialize)]
struct StepEntry<'a> {
    depth: u32,
    technology: &'a str,
    name: &'a str,
    producer: Option<Party<'a>>,
    /// Empty when nobody in the tree receives it.
    consumers: Vec<Party<'a>>,
}

impl<'a> MessageFlows<'a> {
    pub(super) fn of(view: &View<'a>) -> Self {
        let step = |step: &'a Step| StepEntry {
            depth: step.depth,
            technology: &step.technology,
            name: &step.name,
            producer: view.endpoint(&step.producer).map(|e| Party::of(e, None)),
            consumers: view
                .endpoints(&step.consumers)
                .map(|e| Party::of(e, None))
                .collect(),
        };
        let flows = view.analysis.flows.iter().map(|flow| FlowEntry {
            name: &flow.name,
            critical: flow.critical,
            trigger: TriggerEntry {
                kind: flow.trigger.kind,
                text: &flow.trigger.text,
                location: At::of(&flow.trigger.location),
            },
            services: &flow.services,
            steps: flow.steps.iter().map(step).collect(),
        });
        Self {
            critical_flows: &view.analysis.critical_flows,
            flows: flows.collect(),
        }
    }
}

/// The `flows` of `EVENT_FLOWS.json`.
pub(super) type ByName<'a> = BTreeMap<String, Entry<'a>>;

/// One flow: what sets it off, and who tells whom what.
#[derive(Serialize)]
pub(super) struct Entry<'a> {
    trigger: &'a str,
    trigger_location: At,
    events: Vec<Event<'a>>,
}

#[derive(Serialize)]
struct Event<'a> {
    name: &'a str,
    technology: &'a str,
    /// Name of the service.
    publisher: Option<&'a str>,
    publisher_location: Option<At>,
    /// Names of the services.
    subscribers: Vec<&'a str>,
    subscriber_locations: Vec<At>,
}

pub(super) fn by_name<'a>(view: &View<'a>) -> ByName<'a> {
    let mut flows = ByName::new();
    for flow in &view.analysis.flows {
        // Flows of one name are told apart by a number.
        let mut key = flow.name.clone();
        let mut n = 1;
        while flows.contains_key(&key) {
            n += 1;
            key = format!("{} ({n})", flow.name);
        }
        flows.insert(key, Entry::of(view, flow));
    }
    flows
}

impl<'a> Entry<'a> {
    fn of(view: &View<'a>, flow: &'a Flow) -> Self {
        let event = |step: &'a Step| {
            let publisher = view.endpoint(&step.producer);
            Event {
                name: &step.name,
                technology: &step.technology,
                publisher: publisher.map(|e| e.service.as_str()),
                publisher_location: publisher.map(|e| At::of(&e.location)),
                subscribers: services(view.endpoints(&step.consumers)),
                subscriber_locations: view
                    .endpoints(&step.consumers)
                    .map(|e| At::of(&e.location))
                    .collect(),
            }
        };
        Self {
            trigger: &flow.trigger.text,
            trigger_location: At::of(&flow.trigger.location),
            events: flow.steps.iter().map(event).collect(),
        }
    }
}
