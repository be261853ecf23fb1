//! The project's own buses: tables of handlers by a message's name or type, and
//! the functions that look one up and call what they find.
//!
//! No library stands behind such a channel, so no model can name it; it is
//! known by its structure, in any language. [`uses`] finds, in the facts of one
//! file, where something is put into a table and where a table's element is
//! called; [`table`] says which uses are of the same table; [`receivers`] and
//! [`senders`] follow both ends to the code that uses the bus, through
//! collections whose elements are dispatched later ([`collected`]); and
//! [`judge`] tells a bus from a table that is something else.

mod collected;
mod declared;
mod filled;
mod hints;
mod judge;
mod leads;
mod levels;
mod naming;
mod receivers;
mod senders;
pub mod structure;
mod table;
mod uses;
mod ways;

use std::collections::{BTreeMap, BTreeSet};

pub use filled::filled;
pub use hints::{calls_each, each, is_lookup, lookups, tables};

use rayon::prelude::*;

use self::judge::Shape;
use self::receivers::{Received, Receivers, call_span};
use self::senders::{Messages, Senders, Sent};
use self::table::Table;
use self::uses::{Dispatch, Registration};
use super::importers::Sought;
use super::sites::{EndpointSite, Place, Shape as Payload, Sites};
use crate::analysis::{Confidence, Role};
use crate::facts::{ExprId, ExprKind};
use crate::project::{ClassRef, Evaluator, FileId, FunctionRef, Project, Text};

/// What endpoints of a bus of the project give as their client.
pub const CLIENT: &str = "in-house bus";

/// What the parsed files do with tables of handlers.
#[derive(Debug, Default)]
pub struct Buses {
    dispatches: Vec<Dispatch>,
    registrations: Vec<Registration>,
}

/// The buses of a project as far as its files are parsed.
#[derive(Debug, Default)]
pub struct BusSites {
    pub sites: Sites,
    /// What leads to more of their users.
    pub leads: Vec<Sought>,
}

/// Every use of one table.
#[derive(Default)]
struct Group<'u> {
    dispatches: Vec<&'u Dispatch>,
    registrations: Vec<&'u Registration>,
}

impl Buses {
    /// Looks through files, each once.
    pub fn look(&mut self, project: &Project, files: &[FileId]) {
        let found: Vec<uses::TableUses> = files
            .par_iter()
            .filter(|file| !project.file(**file).is_test)
            .map(|file| {
                let facts = project.facts(*file);
                uses::find(facts, *file, |call: ExprId| {
                    project.is_test(*file, facts.expr(call).span)
                })
            })
            .collect();
        for mut uses in found {
            self.dispatches.append(&mut uses.dispatches);
            self.registrations.append(&mut uses.registrations);
        }
    }

    /// The buses there are.
    #[must_use]
    pub fn find(&self, ev: &Evaluator) -> BusSites {
        let mut found = BusSites::default();
        if self.dispatches.is_empty() {
            return found;
        }
        let mut groups: BTreeMap<Table, Group> = BTreeMap::new();
        for dispatch in &self.dispatches {
            if let Some(table) = Table::of(ev, dispatch.file, dispatch.table) {
                groups.entry(table).or_default().dispatches.push(dispatch);
            }
        }
        // Whatever is put under a key anywhere is one of these: most are told by
        // the name of the table.
        let named: BTreeSet<String> = groups.keys().map(|t| t.name().to_owned()).collect();
        let may_be = |r: &&Registration| {
            let facts = ev.project.facts(r.file);
            match &facts.expr(r.table).kind {
                ExprKind::Member { name, .. } => named.contains(name.as_str()),
                _ => true,
            }
        };
        for registration in self.registrations.iter().filter(may_be) {
            if let Some(table) = Table::of(ev, registration.file, registration.table)
                && let Some(group) = groups.get_mut(&table)
            {
                group.registrations.push(registration);
            }
        }
        for (table, group) in &groups {
            bus(ev, table, group, &mut found);
        }
        found.leads.sort();
        found.leads.dedup();
        found
    }
}

/// One table with its uses, if it is a bus.
fn bus(ev: &Evaluator, table: &Table, group: &Group, found: &mut BusSites) {
    let keeper = match table {
        // What is a table itself is named by who dispatches from it.
        Table::Object(_) => group.dispatches.iter().find_map(|d| class_around(ev, d)),
        _ => None,
    };
    let keeper = keeper.unwrap_or_else(|| table.keeper(ev));
    let own = format!("{} {keeper}", table.name());
    let shape = Shape::of(ev, &group.dispatches, &own);
    if !shape.may_be_bus() {
        return;
    }
    let method = group.dispatches.iter().find_map(|d| d.method.clone());
    let mut receivers = Receivers::new(ev, method);
    receivers.written(table);
    let by_record = group.dispatches.iter().any(|d| d.records);
    for registration in &group.registrations {
        if registration.record == by_record {
            receivers.registered(registration);
        }
    }
    let Receivers {
        mut received,
        wrappers,
        leads,
        ..
    } = receivers;
    let mut leading = wrappers;
    if received.is_empty() && leading.is_empty() && leads.is_empty() {
        return;
    }
    found.leads.extend(leads);
    let mut messages = Messages::default();
    for name in received.iter().filter_map(|r| r.name.as_ref()) {
        messages.add(ev, name);
    }
    let mut senders = Senders::new(ev, &messages);
    for dispatch in &group.dispatches {
        senders.of(dispatch);
    }
    let Senders {
        mut sent,
        wrappers,
        leads,
        ..
    } = senders;
    found.leads.extend(leads);
    leading.extend(wrappers);
    leading.sort();
    leading.dedup();
    found.leads.extend(leads::leads(ev, &leading));
    if shape.is_single() {
        let asks = |name: Option<&Text>| name.is_some_and(|n| judge::is_query(&n.to_string()));
        received.retain(|r| !asks(r.name.as_ref().map(|n| &n.text)));
        sent.retain(|s| !asks(s.name.as_ref()));
    }
    let handled = known(received.iter().map(|r| r.name.as_ref().map(|n| &n.text)));
    let handed = known(sent.iter().map(|s| s.name.as_ref()));
    let by_class = received
        .iter()
        .filter_map(|r| r.name.as_ref())
        .any(|n| n.class.is_some());
    if !shape.is_bus(&handed, &handled, by_class) {
        return;
    }
    let via = Text::plain(keeper);
    let endpoints = &mut found.sites.endpoints;
    endpoints.extend(received.iter().map(|r| consumer(r, &via)));
    endpoints.extend(sent.iter().map(|s| producer(ev, s, &via)));
    endpoints.extend(group.dispatches.iter().map(|d| inside(ev, d, &via)));
    found.sites.wrappers.extend(leading);
}

/// The class whose method dispatches.
fn class_around(ev: &Evaluator, dispatch: &Dispatch) -> Option<String> {
    let facts = ev.project.facts(dispatch.file);
    let class = facts.class_of_scope(facts.expr(dispatch.call).scope)?;
    let class = ClassRef {
        file: dispatch.file,
        class,
    };
    Some(ev.project.class_name(ev.extended(class)).to_string())
}

/// The names of some messages, as far as they are known.
fn known<'t>(names: impl Iterator<Item = Option<&'t Text>>) -> Vec<String> {
    names.flatten().map(ToString::to_string).collect()
}

fn consumer(received: &Received, via: &Text) -> EndpointSite {
    let place = Place {
        file: received.file,
        span: received.span,
    };
    EndpointSite {
        name: received.name.as_ref().map(|n| n.text.clone()),
        payload: received
            .name
            .as_ref()
            .and_then(|n| n.class)
            .map(Payload::Class),
        handler: received.handler,
        calls: received
            .call
            .map(|call| (received.file, call))
            .into_iter()
            .collect(),
        ..endpoint(Role::Consumer, place, via)
    }
}

fn producer(ev: &Evaluator, sent: &Sent, via: &Text) -> EndpointSite {
    let facts = ev.project.facts(sent.call.file);
    let place = Place {
        file: sent.call.file,
        span: call_span(facts, sent.call.expr),
    };
    EndpointSite {
        name: sent.name.clone(),
        payload: sent.payload.clone(),
        calls: vec![(sent.call.file, sent.call.expr)],
        ..endpoint(Role::Producer, place, via)
    }
}

/// The call of a handler, inside the bus.
fn inside(ev: &Evaluator, dispatch: &Dispatch, via: &Text) -> EndpointSite {
    let facts = ev.project.facts(dispatch.file);
    let place = Place {
        file: dispatch.file,
        span: call_span(facts, dispatch.call),
    };
    EndpointSite {
        calls: vec![(dispatch.file, dispatch.call)],
        wrapper: true,
        ..endpoint(Role::Producer, place, via)
    }
}

fn endpoint(role: Role, place: Place, via: &Text) -> EndpointSite {
    EndpointSite {
        role,
        client: CLIENT.into(),
        technology: "in-process".into(),
        channel: "event".into(),
        name: None,
        message: None,
        via: Some(via.clone()),
        group: None,
        place,
        calls: Vec::new(),
        trail: None,
        confidence: Confidence::Certain,
        payload: None,
        handler: None,
        settings: BTreeMap::new(),
        wrapper: false,
        requires_counterpart: false,
    }
}

impl BusSites {
    /// Adds the buses to what the models found; what a model knows already, and
    /// what is found twice, is left out.
    pub fn join(self, sites: &mut Sites) {
        let mut known: BTreeSet<(Role, FileId, u32, Option<Text>)> = BTreeSet::new();
        let modelled: BTreeSet<(Role, FileId, u32)> = sites
            .endpoints
            .iter()
            .map(|e| (e.role, e.place.file, e.place.span.line))
            .collect();
        for endpoint in self.sites.endpoints {
            let (file, span) = (endpoint.place.file, endpoint.place.span);
            let twice = !known.insert((endpoint.role, file, span.start, endpoint.name.clone()));
            if !twice && !modelled.contains(&(endpoint.role, file, span.line)) {
                sites.endpoints.push(endpoint);
            }
        }
    }

    /// Functions around buses whose callers send or receive.
    #[must_use]
    pub fn wrappers(&self) -> &[FunctionRef] {
        &self.sites.wrappers
    }
}
