//! The event-flow graph: endpoints with names both sides agree on, the channels
//! they meet on, who can reach whom, and the chains that result.

mod bridges;
mod channels;
mod described;
mod endpoints;
mod handlers;
mod infra;
mod links;
mod naming;
mod policies;
mod reach;
mod routing;
mod stored;
mod traces;
mod triggers;

use std::collections::BTreeSet;

use crate::analysis::{Analysis, Declaration, Role, Totals};
use crate::clients::sites::Sites;
use crate::contract::{SchemaFiles, Schemas};
use crate::infra::resources::apply::Found;
use crate::project::{Evaluator, Services};

/// Joins what was found to an analysis: everything but findings, score, stats.
#[must_use]
pub fn build(
    ev: &Evaluator,
    services: &Services,
    mut sites: Sites,
    found: &Found,
    files: &SchemaFiles,
) -> Analysis {
    naming::normalize(&mut sites);
    let mut declarations = declarations(ev, services, &sites);
    declarations.extend(infra::declarations(services, found));
    declarations.extend(described::declarations(services, files));
    let mut schemas = Schemas::new(files);
    let mut made = endpoints::made(ev, services, &sites, &mut schemas);
    let attached: Vec<_> = infra::endpoints(ev, services, found).collect();
    infra::name_what_code_cannot(&mut made, &attached);
    made.extend(attached);
    stored::add(services, files, &mut made, &mut declarations);
    described::payloads(files, &mut made, &mut schemas);
    schemas.add_described();
    let mut joined = endpoints::join(made);
    naming::bound_exchanges(&mut joined.endpoints, &declarations);
    let chosen = infra::ChosenNames::of(found);
    let links = links::links(&joined.endpoints, &declarations, &chosen);
    let links = joined.without_lonely(links);
    let policies = policies::join(
        ev,
        services,
        &sites,
        &joined,
        infra::policies(services, found),
    );
    let channels = channels::channels(&joined.endpoints, &joined.channel_kinds, &chosen);
    let flows = traces::flows(ev, &joined, &links);
    let critical_flows = flows
        .iter()
        .filter(|f| f.critical)
        .map(|f| f.name.clone())
        .collect();
    declarations
        .sort_by(|a, b| (&a.location, a.kind, &a.name).cmp(&(&b.location, b.kind, &b.name)));
    declarations.dedup();
    schemas.all.sort_by(|a, b| a.id.cmp(&b.id));
    let mut analysis = Analysis {
        schema_version: crate::analysis::SCHEMA_VERSION,
        root: ".".into(),
        critical_flows,
        endpoints: joined.endpoints,
        channels,
        links,
        declarations,
        policies,
        schemas: schemas.all,
        flows,
        ..Analysis::default()
    };
    analysis.messaging_analysis = totals(&analysis);
    analysis
}

fn declarations(ev: &Evaluator, services: &Services, sites: &Sites) -> Vec<Declaration> {
    sites
        .declarations
        .iter()
        .map(|site| {
            let location = ev.project.location(site.place.file, site.place.span);
            let name = site.name.as_ref().map(ToString::to_string);
            Declaration {
                kind: site.kind,
                technology: site.technology.clone(),
                // What the server or another program names has no name here.
                name: name.filter(|name| !naming::is_open(name)),
                service: services.name_of(services.folder_of(&location.file)),
                test: ev.project.is_test(site.place.file, site.place.span),
                settings: site.settings.clone(),
                location,
            }
        })
        .collect()
}

fn totals(analysis: &Analysis) -> Totals {
    let live = || analysis.endpoints.iter().filter(|e| !e.test && !e.wrapper);
    let technologies: BTreeSet<&String> = live().map(|e| &e.technology).collect();
    let names: BTreeSet<(&String, &String)> = live()
        .filter_map(|e| Some((&e.technology, e.name.as_ref()?)))
        .collect();
    let queues: BTreeSet<(&str, &str)> = analysis
        .channels
        .iter()
        .filter(|c| c.kind == "queue")
        .map(|c| (c.technology.as_str(), c.name.as_str()))
        .chain(
            analysis
                .declarations
                .iter()
                .filter(|d| !d.test && d.kind == crate::analysis::DeclarationKind::Queue)
                .filter_map(|d| Some((d.technology.as_str(), d.name.as_deref()?))),
        )
        .collect();
    let dead_letter = analysis
        .policies
        .iter()
        .any(|p| p.kind == "dead-letter" && !p.test)
        || analysis
            .declarations
            .iter()
            .any(|d| !d.test && d.settings.keys().any(|k| k.contains("dead_letter")));
    Totals {
        technologies: technologies.into_iter().cloned().collect(),
        total_event_types: names.len(),
        total_queues: queues.len(),
        total_subscribers: analysis.live(Role::Consumer).count(),
        message_flows: analysis.links.len(),
        retry_patterns: analysis
            .policies
            .iter()
            .filter(|p| p.kind == "retry" && !p.test)
            .count(),
        dlq_configured: dead_letter,
        unknown_names: live().filter(|e| e.is_unknown()).count(),
    }
}
