//! Chapter 2: every name messages travel under, by what it is for.

use askama::Template;

use crate::report::kinds::EventKind;
use crate::report::view::Meeting;

use super::md::{Md, Table, Writer, filters, md};

#[derive(Template)]
#[template(path = "guide/catalog.md")]
pub(super) struct Catalog {
    domain: Option<Md>,
    integration: Option<Md>,
    command: Option<Md>,
    /// Endpoints whose name is not known.
    unknown: Option<Md>,
}

impl Catalog {
    pub(super) fn of(writer: &Writer<'_>) -> Self {
        let unknown = writer.view.unknown().into_iter().map(|e| {
            let role = match e.role {
                crate::analysis::Role::Producer => "sends",
                crate::analysis::Role::Consumer => "receives",
            };
            let written = e.name.as_deref().map_or_else(|| Md::ours(""), Md::code);
            [
                Md::code(&e.technology),
                Md::ours(role),
                written,
                writer.endpoint(e),
            ]
        });
        Self {
            domain: events(writer, EventKind::Domain),
            integration: events(writer, EventKind::Integration),
            command: events(writer, EventKind::Command),
            unknown: Table::new(["Technology", "Role", "Written as", "Where"])
                .rows(unknown)
                .written(),
        }
    }
}

fn events(writer: &Writer<'_>, kind: EventKind) -> Option<Md> {
    let meetings = writer.view.meetings().filter(|meeting| {
        EventKind::of(&meeting.channel.technology, &meeting.channel.name) == kind
    });
    let rows = meetings.map(|meeting| {
        [
            Md::code(&meeting.channel.name),
            md!(
                "{} {}",
                Md::code(&meeting.channel.technology),
                Md::text(&meeting.channel.kind)
            ),
            payload(writer, &meeting),
            writer.producers(&meeting),
            writer.consumers(&meeting),
        ]
    });
    Table::new(["Event", "Channel", "Payload", "Sent by", "Received by"])
        .rows(rows)
        .written()
}

/// The type of the messages, with where it is defined if the tree has it.
fn payload(writer: &Writer<'_>, meeting: &Meeting<'_>) -> Md {
    if let Some(schema) = writer.view.schema_on(meeting.channel) {
        return md!("{} {}", Md::code(&schema.ty), writer.at(&schema.location));
    }
    let mut ends = meeting.producers.iter().chain(&meeting.consumers);
    let ty = ends.find_map(|end| end.endpoint.payload.as_ref()?.ty.as_deref());
    Md::join(ty.map(Md::code), "")
}
