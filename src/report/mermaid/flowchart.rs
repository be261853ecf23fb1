//! The flowchart: services, the channels between them, and arrows.

use std::collections::{BTreeMap, BTreeSet};

use crate::analysis::{Channel, Endpoint, Role};
use crate::report::escape::mermaid_label;
use crate::report::slug::{self, slug};
use crate::report::view::View;

use super::Limits;

/// A flowchart under construction; its parts are sorted and each is there once.
#[derive(Default)]
struct Chart {
    /// Remarks about the diagram, for those who read its source.
    comments: Vec<String>,
    /// Id to declaration.
    nodes: BTreeMap<String, String>,
    /// Between two ids, with a label that may be empty.
    edges: BTreeSet<(String, &'static str, String, String)>,
}

const SENDS: &str = "-->";
/// Nobody is at the other end.
const IN_VAIN: &str = "-.->";

/// Draws every channel if that fits, else one arrow for all channels of a
/// technology between two services, else the widest of those arrows.
pub(super) fn render(view: &View<'_>, technology: Option<&str>, limits: Limits) -> String {
    let detailed = channels(view, technology);
    if detailed.fits(limits) {
        return detailed.text();
    }
    let mut kept = limits.edges;
    loop {
        let chart = gathered(view, technology, kept);
        if kept == 0 || chart.fits(limits) {
            return chart.text();
        }
        kept = kept.min(chart.edges.len()) / 2;
    }
}

/// One node a channel.
fn channels(view: &View<'_>, technology: Option<&str>) -> Chart {
    let mut chart = Chart::new(view, technology);
    let mut home = BTreeMap::new();
    for channel in &view.analysis.channels {
        for id in channel.producers.iter().chain(&channel.consumers) {
            home.insert(id.as_str(), channel);
        }
    }
    for meeting in view.meetings() {
        let channel = meeting.channel;
        if !of(technology, &channel.technology) {
            continue;
        }
        let node = chart.channel(channel, meeting.connected);
        for producer in view.endpoints(&channel.producers) {
            let service = chart.service(&producer.service);
            let arrow = if view.links(producer).is_empty() {
                IN_VAIN
            } else {
                SENDS
            };
            chart.edge(service, arrow, node.clone(), "");
        }
        for consumer in view.endpoints(&channel.consumers) {
            let service = chart.service(&consumer.service);
            let arrow = if view.links(consumer).is_empty() {
                IN_VAIN
            } else {
                SENDS
            };
            chart.edge(node.clone(), arrow, service, "");
        }
    }
    // What goes from one channel on to another: bindings, subscriptions.
    for link in &view.analysis.links {
        let (Some(from), Some(to)) = (home.get(link.from.as_str()), home.get(link.to.as_str()))
        else {
            continue;
        };
        let drawn = of(technology, &from.technology) || of(technology, &to.technology);
        if !std::ptr::eq(*from, *to) && drawn {
            let from = chart.channel(from, true);
            let to = chart.channel(to, true);
            chart.edge(from, SENDS, to, &link.because);
        }
    }
    chart
}

/// The arrows between services with the names that travel along them, at most
/// `kept` arrows, the widest first.
fn gathered(view: &View<'_>, technology: Option<&str>, kept: usize) -> Chart {
    let mut arrows = BTreeMap::<(&str, &str, &str), BTreeSet<&str>>::new();
    for link in &view.analysis.links {
        let (Some(from), Some(to)) = (view.endpoint(&link.from), view.endpoint(&link.to)) else {
            continue;
        };
        if of(technology, &from.technology) {
            let arrow = (
                from.service.as_str(),
                to.service.as_str(),
                from.technology.as_str(),
            );
            arrows.entry(arrow).or_default().insert(&link.on);
        }
    }
    let total = arrows.len();
    let mut arrows: Vec<_> = arrows.into_iter().collect();
    // Stable: arrows of one width stay in the order of their names.
    arrows.sort_by_key(|(_, names)| std::cmp::Reverse(names.len()));
    arrows.truncate(kept);

    let mut chart = Chart::new(view, technology);
    chart.comment("too many channels to draw each: an arrow stands for all of one technology between two services".into());
    if arrows.len() < total {
        chart.comment(format!(
            "{} of {total} arrows drawn, those with the most channels; all are in msgmap.json",
            arrows.len()
        ));
    }
    for ((from, to, technology), names) in &arrows {
        let from = chart.service(from);
        let to = chart.service(to);
        let label = match names.first() {
            Some(name) if names.len() == 1 => format!("{technology}: {name}"),
            _ => format!("{technology}: {} channels", names.len()),
        };
        chart.edge(from, SENDS, to, &label);
    }
    for role in [Role::Producer, Role::Consumer] {
        let orphans = view.orphans(role).filter(|e| of(technology, &e.technology));
        let names: BTreeSet<_> = orphans
            .filter_map(|e: &Endpoint| e.name.as_deref())
            .collect();
        if !names.is_empty() {
            chart.comment(match role {
                Role::Producer => format!(
                    "not drawn: names that nobody in this tree receives ({})",
                    names.len()
                ),
                Role::Consumer => format!(
                    "not drawn: names that nobody in this tree sends ({})",
                    names.len()
                ),
            });
        }
    }
    chart
}

/// Whether something of this technology is to be drawn.
fn of(wanted: Option<&str>, technology: &str) -> bool {
    wanted.is_none_or(|wanted| wanted == technology)
}

impl Chart {
    fn new(view: &View<'_>, technology: Option<&str>) -> Self {
        let mut chart = Self::default();
        let unknown = view
            .unknown()
            .into_iter()
            .filter(|e| of(technology, &e.technology))
            .count();
        if unknown > 0 {
            chart.comment(format!(
                "not drawn: endpoints whose channel is not known ({unknown})"
            ));
        }
        chart
    }

    fn comment(&mut self, text: String) {
        self.comments.push(text);
    }

    fn service(&mut self, name: &str) -> String {
        let id = format!("s_{}", slug(name, '_'));
        let node = || format!("{id}[\"{}\"]:::service", mermaid_label(name));
        self.nodes.entry(id.clone()).or_insert_with(node);
        id
    }

    fn channel(&mut self, channel: &Channel, connected: bool) -> String {
        let name = slug(&channel.name, '_');
        let id = format!("c_{}_{name}", slug::technology(&channel.technology, '_'));
        let (open, close) = shape(&channel.kind);
        let class = if connected { "channel" } else { "orphan" };
        let node = || {
            format!(
                "{id}{open}\"{}<br/>{} {}\"{close}:::{class}",
                mermaid_label(&channel.name),
                mermaid_label(&channel.technology),
                mermaid_label(&channel.kind),
            )
        };
        self.nodes.entry(id.clone()).or_insert_with(node);
        id
    }

    fn edge(&mut self, from: String, arrow: &'static str, to: String, label: &str) {
        self.edges.insert((from, arrow, to, mermaid_label(label)));
    }

    fn fits(&self, limits: Limits) -> bool {
        self.edges.len() <= limits.edges && self.text().len() <= limits.bytes
    }

    fn text(&self) -> String {
        let mut lines = vec!["flowchart LR".to_owned()];
        lines.extend(self.comments.iter().map(|c| format!("  %% {c}")));
        if self.nodes.is_empty() {
            lines.push("  nothing[\"no messaging found\"]".into());
        }
        lines.extend(self.nodes.values().map(|node| format!("  {node}")));
        lines.extend(self.edges.iter().map(|(from, arrow, to, label)| {
            if label.is_empty() {
                format!("  {from} {arrow} {to}")
            } else {
                format!("  {from} {arrow}|\"{label}\"| {to}")
            }
        }));
        lines.push("  classDef service fill:#e8f0fe,stroke:#3367d6,color:#111".into());
        lines.push("  classDef channel fill:#fff,stroke:#5f6368,color:#111".into());
        lines.push(
            "  classDef orphan fill:#fce8e6,stroke:#c5221f,stroke-dasharray:5 3,color:#111".into(),
        );
        lines.push(String::new());
        lines.join("\n")
    }
}

/// What a channel of this kind looks like: things that are read once are
/// cylinders, logs are framed, routers are hexagons, the rest is rounded.
fn shape(kind: &str) -> (&'static str, &'static str) {
    match kind {
        "queue" | "task" | "job" | "list" => ("[(", ")]"),
        "topic" | "stream" => ("[[", "]]"),
        "exchange" => ("{{", "}}"),
        _ => ("([", "])"),
    }
}
