//! Chapter 5: queues, topics and exchanges, and what leads from one to another.

use std::collections::BTreeSet;

use askama::Template;
use serde_json::Value;

use crate::analysis::{Declaration, DeclarationKind};

use super::md::{Md, Table, Writer, filters, name, settings};
use super::{policies, practices};

#[derive(Template)]
#[template(path = "guide/queues.md")]
pub(super) struct Queues {
    declared: Option<Md>,
    undeclared: Option<Md>,
    bindings: Option<Md>,
    routes: Option<Md>,
    dead_letters: Option<Md>,
    dead_letter_policies: Option<Md>,
    findings: Option<Md>,
}

impl Queues {
    pub(super) fn of(writer: &Writer<'_>) -> Self {
        Self {
            declared: declared(writer),
            undeclared: undeclared(writer),
            bindings: bindings(writer),
            routes: routes(writer),
            dead_letters: dead_letters(writer),
            dead_letter_policies: policies::table(writer, &["dead-letter"]),
            findings: practices::findings(writer, |check| check.contains("dead-letter")),
        }
    }
}

/// Declarations in production code.
fn live<'a>(writer: &Writer<'a>) -> impl Iterator<Item = &'a Declaration> {
    writer.view.analysis.declarations.iter().filter(|d| !d.test)
}

fn declared(writer: &Writer<'_>) -> Option<Md> {
    let rows = live(writer)
        .filter(|d| d.kind != DeclarationKind::Binding)
        .map(|d| {
            [
                name(d.name.as_deref()),
                Md::ours(d.kind.as_str()),
                Md::code(&d.technology),
                settings(&d.settings),
                Md::text(&d.service),
                writer.at(&d.location),
            ]
        });
    Table::new(["Name", "Kind", "Technology", "Settings", "Service", "Where"])
        .rows(rows)
        .written()
}

/// Queues, topics and exchanges that nothing in the tree declares.
fn undeclared(writer: &Writer<'_>) -> Option<Md> {
    let rows = writer.view.undeclared().map(|meeting| {
        let mut ends = meeting.producers.iter().chain(&meeting.consumers);
        let place = ends.next().map(|end| writer.at(&end.endpoint.location));
        [
            Md::code(&meeting.channel.name),
            Md::text(&meeting.channel.kind),
            Md::code(&meeting.channel.technology),
            Md::join(place, ""),
        ]
    });
    Table::new(["Name", "Kind", "Technology", "Used at"])
        .rows(rows)
        .written()
}

fn bindings(writer: &Writer<'_>) -> Option<Md> {
    let rows = live(writer)
        .filter(|d| d.kind == DeclarationKind::Binding)
        .map(|d| {
            let text = |key| name(d.settings.get(key).and_then(Value::as_str));
            [
                text("exchange"),
                text("pattern"),
                text("queue"),
                Md::code(&d.technology),
                writer.at(&d.location),
            ]
        });
    Table::new(["Exchange", "Pattern", "Queue", "Technology", "Where"])
        .rows(rows)
        .written()
}

/// Messages that arrive under another name than they left under.
fn routes(writer: &Writer<'_>) -> Option<Md> {
    let links = writer.view.analysis.links.iter().filter_map(|link| {
        let ends = writer
            .view
            .endpoint(&link.from)
            .zip(writer.view.endpoint(&link.to));
        let (from, to) = ends.filter(|(from, to)| from.name != to.name)?;
        Some((
            from.name.as_deref(),
            to.name.as_deref(),
            link.because.as_str(),
        ))
    });
    let rows: BTreeSet<_> = links.collect();
    let rows = rows
        .into_iter()
        .map(|(from, to, because)| [name(from), name(to), Md::text(because)]);
    Table::new(["Sent as", "Received as", "Because"])
        .rows(rows)
        .written()
}

/// Declarations that say where messages go that cannot be handled.
fn dead_letters(writer: &Writer<'_>) -> Option<Md> {
    let rows = live(writer).filter_map(|d| {
        let about: Vec<_> = d
            .settings
            .iter()
            .filter(|(key, _)| is_dead_letter(key))
            .collect();
        (!about.is_empty()).then(|| {
            [
                name(d.name.as_deref()),
                Md::code(&d.technology),
                settings(about),
                writer.at(&d.location),
            ]
        })
    });
    Table::new(["Queue", "Technology", "Dead letters", "Where"])
        .rows(rows)
        .written()
}

/// RabbitMQ's `x-dead-letter-exchange`, SQS's `RedrivePolicy`, Service Bus's
/// `deadLetteringOnMessageExpiration`.
fn is_dead_letter(key: &str) -> bool {
    let key = key.to_ascii_lowercase().replace(['-', '_'], "");
    key.contains("deadletter") || key.contains("redrive") || key.contains("dlq")
}
