//! Endpoints with everything a report needs, sorted, with stable ids.

use std::collections::BTreeMap;
use std::hash::Hasher;

use rustc_hash::{FxHashMap, FxHashSet};

use super::naming::canonical;
use crate::analysis::{Endpoint, Evidence, Handler, Link, Role};
use crate::clients::sites::{EndpointSite, Sites};
use crate::contract::Schemas;
use crate::facts::ExprId;
use crate::project::{Evaluator, FileId, Found, FunctionRef, Services, Value};

/// Endpoints, with what later steps need to know about their code.
pub struct Joined {
    pub endpoints: Vec<Endpoint>,
    /// Parallel to `endpoints`.
    pub code: Vec<Code>,
    /// What an endpoint's channel is, by id.
    pub channel_kinds: BTreeMap<String, String>,
    /// Ids of endpoints that count only with a counterpart.
    lonely: FxHashSet<String>,
}

/// Where an endpoint is in the code.
pub struct Code {
    /// The calls it is made of, its own first.
    pub calls: Vec<(FileId, ExprId)>,
    /// The innermost function around it.
    pub inside: Option<FunctionRef>,
    pub handler: Option<FunctionRef>,
}

/// An endpoint before all of them are in order.
pub struct Made {
    pub endpoint: Endpoint,
    pub code: Code,
    /// What its channel is: topic, queue, …
    pub channel_kind: String,
    /// Counts only if somebody is at the other end.
    pub requires_counterpart: bool,
}

/// Makes endpoints of sites.
pub fn made(
    ev: &Evaluator,
    services: &Services,
    sites: &Sites,
    schemas: &mut Schemas,
) -> Vec<Made> {
    let sites = sites.endpoints.iter();
    sites
        .map(|site| {
            let (endpoint, code) = endpoint(ev, services, site, schemas);
            Made {
                endpoint,
                code,
                channel_kind: kind(site),
                requires_counterpart: site.requires_counterpart,
            }
        })
        .collect()
}

/// Puts endpoints in order and gives them their ids.
pub fn join(mut order: Vec<Made>) -> Joined {
    order.sort_by(|a, b| sort_key(&a.endpoint).cmp(&sort_key(&b.endpoint)));
    order.dedup_by(|a, b| sort_key(&a.endpoint) == sort_key(&b.endpoint));
    let mut joined = Joined {
        endpoints: Vec::new(),
        code: Vec::new(),
        channel_kinds: BTreeMap::new(),
        lonely: FxHashSet::default(),
    };
    let mut seen: FxHashMap<u64, u32> = FxHashMap::default();
    for made in order {
        let mut endpoint = made.endpoint;
        let hash = identity(&endpoint);
        let count = seen.entry(hash).or_insert(0);
        *count += 1;
        endpoint.id = if *count == 1 {
            format!("{hash:016x}")
        } else {
            format!("{hash:016x}-{count}")
        };
        let kind = made.channel_kind;
        joined.channel_kinds.insert(endpoint.id.clone(), kind);
        if made.requires_counterpart {
            joined.lonely.insert(endpoint.id.clone());
        }
        joined.endpoints.push(endpoint);
        joined.code.push(made.code);
    }
    joined
}

/// A message sent through an exchange goes by a routing key, not to a queue.
fn kind(site: &EndpointSite) -> String {
    if site.role == Role::Producer && site.via.is_some() && site.channel == "queue" {
        return "routing key".into();
    }
    site.channel.clone()
}

impl Joined {
    /// Drops the endpoints that are messages only if somebody is at the other
    /// end (list operations), where nobody is; the links lose nothing by it.
    pub fn without_lonely(&mut self, links: Vec<Link>) -> Vec<Link> {
        let linked: FxHashSet<&String> = links.iter().flat_map(|l| [&l.from, &l.to]).collect();
        let keep: Vec<bool> = self
            .endpoints
            .iter()
            .map(|e| !self.lonely.contains(&e.id) || linked.contains(&e.id))
            .collect();
        let mut kept = keep.iter();
        self.endpoints
            .retain(|_| kept.next().copied().unwrap_or(true));
        let mut kept = keep.iter();
        self.code.retain(|_| kept.next().copied().unwrap_or(true));
        links
    }
}

fn sort_key(e: &Endpoint) -> (&str, u32, u32, Role, &str, Option<&str>, bool) {
    (
        &e.location.file,
        e.location.line,
        e.location.column,
        e.role,
        &e.technology,
        e.name.as_deref(),
        e.wrapper,
    )
}

/// What an endpoint stays the same by when lines move.
fn identity(e: &Endpoint) -> u64 {
    let mut hasher = fnv::FnvHasher::default();
    let role = match e.role {
        Role::Producer => "producer",
        Role::Consumer => "consumer",
    };
    let name = e.name.as_deref().map(canonical).unwrap_or_default();
    let parts = [
        role,
        &e.technology,
        &name,
        e.symbol.as_deref().unwrap_or(""),
        &e.location.file,
    ];
    for part in parts {
        hasher.write(part.as_bytes());
        hasher.write(&[0]);
    }
    hasher.finish()
}

fn endpoint(
    ev: &Evaluator,
    services: &Services,
    site: &EndpointSite,
    schemas: &mut Schemas,
) -> (Endpoint, Code) {
    let project = ev.project;
    let location = project.location(site.place.file, site.place.span);
    let inside = project.function_at(site.place.file, site.place.span.start);
    let name = site.name.as_ref().map(ToString::to_string);
    let payload = schemas.payload(ev, site);
    let found = Found {
        value: Value::Null,
        trail: site.trail.clone(),
    };
    let evidence = found
        .hops()
        .into_iter()
        .map(|hop| Evidence {
            text: hop.text.to_string(),
            location: project.spot(&hop.spot),
        })
        .rev()
        .collect();
    let handler = site.handler.map(|function| {
        let facts = project.function(function);
        Handler {
            symbol: (!facts.name.is_empty())
                .then(|| project.symbol(function))
                .flatten(),
            location: project.location(function.file, facts.span),
        }
    });
    let endpoint = Endpoint {
        id: String::new(),
        role: site.role,
        technology: site.technology.clone(),
        client: site.client.clone(),
        via: site.via.as_ref().map(ToString::to_string),
        group: site.group.as_ref().map(ToString::to_string),
        service: services.name_of(services.folder_of(&location.file)),
        symbol: inside.and_then(|f| project.symbol(f)),
        confidence: site.confidence,
        evidence,
        payload,
        handler,
        settings: site.settings.clone(),
        test: project.is_test(site.place.file, site.place.span),
        wrapper: site.wrapper,
        name,
        location,
    };
    let code = Code {
        calls: site.calls.clone(),
        inside,
        handler: site.handler,
    };
    (endpoint, code)
}
