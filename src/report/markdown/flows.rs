//! Chapter 3: the way messages take, from what sets them off to the last consumer.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;

use crate::analysis::{Flow, Location, Step, TriggerKind};
use crate::report::kinds::is_compensation;
use crate::report::mermaid::{self, Limits};

use super::md::{Md, Table, Writer, filters, md};

/// Critical flows written out.
const WRITTEN_OUT: usize = 12;
/// Steps of a flow written out.
const STEPS: usize = 30;

#[derive(Template)]
#[template(path = "guide/flows.md")]
pub(super) struct Flows {
    critical: Vec<Workflow>,
    /// Critical flows not written out.
    more: usize,
    /// All flows, critical or not.
    total: usize,
    overview: Option<Md>,
    choreography: Option<Md>,
    sagas: Option<Md>,
    compensations: Option<Md>,
}

/// A critical flow written out.
struct Workflow {
    name: Md,
    trigger: Md,
    steps: Vec<Md>,
    diagram: Md,
}

impl Flows {
    pub(super) fn of(writer: &Writer<'_>) -> Self {
        let a = writer.view.analysis;
        let critical: Vec<_> = a.flows.iter().filter(|flow| flow.critical).collect();
        let overview = (!a.channels.is_empty())
            .then(|| Md::mermaid(&mermaid::event_flow(writer.view, None, Limits::GLANCE)));
        Self {
            more: critical.len().saturating_sub(WRITTEN_OUT),
            critical: critical
                .iter()
                .take(WRITTEN_OUT)
                .map(|flow| workflow(writer, flow))
                .collect(),
            total: a.flows.len(),
            overview,
            choreography: choreography(writer),
            sagas: sagas(writer),
            compensations: compensations(writer),
        }
    }
}

fn workflow(writer: &Writer<'_>, flow: &Flow) -> Workflow {
    let mut steps: Vec<_> = flow
        .steps
        .iter()
        .take(STEPS)
        .map(|s| step(writer, s))
        .collect();
    let more = flow.steps.len().saturating_sub(STEPS);
    if more > 0 {
        steps.push(md!("… and {} more steps, in `msgmap.json`", more));
    }
    Workflow {
        name: Md::text(&flow.name),
        trigger: trigger(writer, flow),
        steps,
        diagram: Md::mermaid(&mermaid::sequence(writer.view, flow, Limits::GLANCE)),
    }
}

fn trigger(writer: &Writer<'_>, flow: &Flow) -> Md {
    let kind = match flow.trigger.kind {
        TriggerKind::Http => "HTTP request",
        TriggerKind::Schedule => "schedule",
        TriggerKind::Cli => "command line",
        TriggerKind::Message => "incoming message",
        TriggerKind::Start => "function",
    };
    let text = Md::code(&flow.trigger.text);
    md!(
        "{} {} at {}",
        Md::ours(kind),
        text,
        writer.at(&flow.trigger.location)
    )
}

fn step(writer: &Writer<'_>, step: &Step) -> Md {
    let sender = match writer.view.endpoint(&step.producer) {
        Some(e) => writer.endpoint(e),
        None => Md::ours("*unknown*"),
    };
    let receivers: Vec<_> = writer
        .view
        .endpoints(&step.consumers)
        .map(
            |e| match e.handler.as_ref().and_then(|h| h.symbol.as_deref()) {
                Some(symbol) => md!("{} in {}", writer.endpoint(e), Md::code(symbol)),
                None => writer.endpoint(e),
            },
        )
        .collect();
    let receivers = if receivers.is_empty() {
        Md::ours("nobody in this tree")
    } else {
        Md::some(receivers, ", ")
    };
    let channel = md!("{} {}", Md::text(&step.technology), Md::code(&step.name));
    md!("{} sends {}; received by {}", sender, channel, receivers)
}

/// Who reacts to whom, between different services.
fn choreography(writer: &Writer<'_>) -> Option<Md> {
    let mut pairs = BTreeMap::<_, BTreeSet<_>>::new();
    for link in &writer.view.analysis.links {
        let ends = writer
            .view
            .endpoint(&link.from)
            .zip(writer.view.endpoint(&link.to));
        let Some((from, to)) = ends.filter(|(from, to)| from.service != to.service) else {
            continue;
        };
        let key = (
            from.service.as_str(),
            to.service.as_str(),
            from.technology.as_str(),
            link.on.as_str(),
        );
        pairs
            .entry(key)
            .or_default()
            .insert((&from.location, &to.location, link.because.as_str()));
    }
    let rows = pairs
        .into_iter()
        .map(|((from, to, technology, on), links)| {
            let first: BTreeSet<&Location> = links.iter().map(|(from, _, _)| *from).collect();
            let second: BTreeSet<&Location> = links.iter().map(|(_, to, _)| *to).collect();
            let because: BTreeSet<_> = links.iter().map(|(_, _, because)| *because).collect();
            [
                Md::text(from),
                md!("{} {}", Md::text(technology), Md::code(on)),
                Md::text(to),
                Md::some(because.into_iter().map(Md::text), ", "),
                Md::some(first.into_iter().map(|l| writer.at(l)), "<br>"),
                Md::some(second.into_iter().map(|l| writer.at(l)), "<br>"),
            ]
        });
    Table::new(["From", "Event", "To", "Because", "Sent at", "Received at"])
        .rows(rows)
        .written()
}

/// Flows in which a handler sends on, over several services.
fn sagas(writer: &Writer<'_>) -> Option<Md> {
    let flows = writer.view.analysis.flows.iter();
    let sagas =
        flows.filter(|flow| flow.services.len() > 1 && flow.steps.iter().any(|s| s.depth > 0));
    let rows = sagas.map(|flow| {
        let mut names: Vec<&str> = Vec::new();
        for step in &flow.steps {
            if !names.contains(&step.name.as_str()) {
                names.push(&step.name);
            }
        }
        let back = names.iter().copied().filter(|name| is_compensation(name));
        [
            Md::text(&flow.name),
            Md::join(names.iter().take(STEPS).copied().map(Md::code), " → "),
            Md::some(flow.services.iter().map(|s| Md::text(s)), ", "),
            Md::join(back.map(Md::code), ", "),
            writer.at(&flow.trigger.location),
        ]
    });
    Table::new(["Flow", "Chain", "Services", "Steps back", "Begins at"])
        .rows(rows)
        .written()
}

/// Channels whose name takes a step back.
fn compensations(writer: &Writer<'_>) -> Option<Md> {
    let meetings = writer
        .view
        .meetings()
        .filter(|m| is_compensation(&m.channel.name));
    let rows = meetings.map(|meeting| {
        [
            Md::code(&meeting.channel.name),
            Md::code(&meeting.channel.technology),
            writer.producers(&meeting),
            writer.consumers(&meeting),
        ]
    });
    Table::new(["Event", "Technology", "Sent by", "Received by"])
        .rows(rows)
        .written()
}
