//! Chapter 1: which technologies there are, and in which services.

use std::collections::BTreeSet;

use askama::Template;

use crate::analysis::Role;
use crate::report::kinds::Kind;
use crate::report::view::services;

use super::md::{Md, Table, Writer, filters, md};

#[derive(Template)]
#[template(path = "guide/stack.md")]
pub(super) struct Stack {
    services: Option<Md>,
    brokers: Option<Md>,
    buses: Option<Md>,
    real_time: Option<Md>,
}

impl Stack {
    pub(super) fn of(writer: &Writer<'_>) -> Self {
        Self {
            services: service_table(writer),
            brokers: technologies(writer, &[Kind::Broker, Kind::JobQueue]),
            buses: technologies(writer, &[Kind::InProcess]),
            real_time: technologies(writer, &[Kind::RealTime]),
        }
    }
}

fn service_table(writer: &Writer<'_>) -> Option<Md> {
    let a = writer.view.analysis;
    let rows = a.services.iter().map(|service| {
        let count = |role| a.live(role).filter(|e| e.service == service.name).count();
        [
            Md::text(&service.name),
            Md::text(&service.languages.join(", ")),
            md!("{}", count(Role::Producer)),
            md!("{}", count(Role::Consumer)),
            writer.file(service.manifest.as_deref().unwrap_or(&service.root)),
        ]
    });
    Table::new(["Service", "Languages", "Producers", "Consumers", "Manifest"])
        .rows(rows)
        .written()
}

fn technologies(writer: &Writer<'_>, kinds: &[Kind]) -> Option<Md> {
    let a = writer.view.analysis;
    let mut table = Table::new([
        "Technology",
        "Kind",
        "Client",
        "Channels",
        "Producers",
        "Consumers",
        "Services",
        "For example",
    ]);
    for technology in writer.view.technologies() {
        let kind = Kind::of(technology);
        if !kinds.contains(&kind) {
            continue;
        }
        let producers: Vec<_> = a
            .live(Role::Producer)
            .filter(|e| e.technology == technology)
            .collect();
        let consumers: Vec<_> = a
            .live(Role::Consumer)
            .filter(|e| e.technology == technology)
            .collect();
        let ends = || producers.iter().chain(&consumers).copied();
        let clients: BTreeSet<_> = ends().map(|e| e.client.as_str()).collect();
        let declared = a
            .declarations
            .iter()
            .find(|d| !d.test && d.technology == technology);
        let example = ends()
            .next()
            .map(|e| &e.location)
            .or(declared.map(|d| &d.location));
        table.row([
            Md::code(technology),
            Md::ours(kind.as_str()),
            Md::join(clients.into_iter().map(Md::code), ", "),
            md!(
                "{}",
                a.channels
                    .iter()
                    .filter(|c| c.technology == technology)
                    .count()
            ),
            md!("{}", producers.len()),
            md!("{}", consumers.len()),
            Md::some(services(ends()).into_iter().map(Md::text), ", "),
            Md::join(example.map(|location| writer.at(location)), ""),
        ]);
    }
    table.written()
}
