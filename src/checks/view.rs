//! The production part of an analysis, indexed the way the checks ask.

use std::collections::{BTreeMap, BTreeSet};

use crate::analysis::{Analysis, Declaration, DeclarationKind, Endpoint, Policy, Role};

/// Technologies whose names read `queue:job` where a queue carries several jobs.
const JOB_QUEUES: &[&str] = &["bullmq", "bull", "pg-boss"];

/// Declarations by technology and name.
type ByChannel<'a> = BTreeMap<&'a str, BTreeMap<&'a str, Vec<&'a Declaration>>>;

/// What the checks look at: no tests, no wrappers, everything in the order of the analysis.
pub struct View<'a> {
    pub producers: Vec<&'a Endpoint>,
    pub consumers: Vec<&'a Endpoint>,
    pub declarations: Vec<&'a Declaration>,
    policies: BTreeMap<&'a str, Vec<&'a Policy>>,
    named: BTreeMap<DeclarationKind, ByChannel<'a>>,
    receivers: BTreeMap<&'a str, Vec<&'a Endpoint>>,
    linked: BTreeSet<&'a str>,
}

impl<'a> View<'a> {
    pub fn new(analysis: &'a Analysis) -> Self {
        let producers = analysis.live(Role::Producer).collect::<Vec<_>>();
        let consumers = analysis.live(Role::Consumer).collect::<Vec<_>>();
        let declarations: Vec<_> = analysis.declarations.iter().filter(|d| !d.test).collect();

        let mut named: BTreeMap<_, ByChannel> = BTreeMap::new();
        for &declaration in &declarations {
            if let Some(name) = declaration.name.as_deref() {
                let of_kind = named.entry(declaration.kind).or_default();
                let of_technology = of_kind.entry(&declaration.technology).or_default();
                of_technology.entry(name).or_default().push(declaration);
            }
        }

        let (receivers, linked) = links(analysis, &producers, &consumers);
        Self {
            producers,
            consumers,
            declarations,
            policies: policies(analysis),
            named,
            receivers,
            linked,
        }
    }

    /// Declarations of one kind and technology.
    pub fn declared(
        &self,
        kind: DeclarationKind,
        technology: &'a str,
    ) -> impl Iterator<Item = &'a Declaration> {
        self.declarations
            .iter()
            .copied()
            .filter(move |d| d.kind == kind && d.technology == technology)
    }

    /// The declarations of what has this very name.
    pub fn declared_as(
        &self,
        kind: DeclarationKind,
        technology: &str,
        name: &str,
    ) -> &[&'a Declaration] {
        self.named
            .get(&kind)
            .and_then(|of_kind| of_kind.get(technology))
            .and_then(|of_technology| of_technology.get(name))
            .map_or(&[], Vec::as_slice)
    }

    /// Whether a message can come from, or get to, an endpoint of the tree's production code.
    pub fn is_linked(&self, endpoint: &Endpoint) -> bool {
        self.linked.contains(endpoint.id.as_str())
    }

    /// The consumers a producer's messages get to.
    pub fn receivers(&self, producer: &Endpoint) -> &[&'a Endpoint] {
        self.receivers
            .get(producer.id.as_str())
            .map_or(&[], Vec::as_slice)
    }

    /// All policies of a kind.
    pub fn policies(&self, kind: &str) -> &[&'a Policy] {
        self.policies.get(kind).map_or(&[], Vec::as_slice)
    }

    /// The policies of a kind that hold for an endpoint.
    pub fn policies_for(
        &self,
        kind: &str,
        endpoint: &'a Endpoint,
    ) -> impl Iterator<Item = &'a Policy> {
        self.policies(kind)
            .iter()
            .copied()
            .filter(|policy| holds_for(policy, endpoint))
    }
}

/// Whether a policy holds for an endpoint.
pub fn holds_for(policy: &Policy, endpoint: &Endpoint) -> bool {
    let keys = keys(endpoint);
    holds_for_all(policy, &endpoint.service, &endpoint.technology)
        || policy.applies_to.iter().any(|target| keys.contains(target))
}

/// A policy that names nothing it applies to holds for its technology in its service.
pub fn holds_for_all(policy: &Policy, service: &str, technology: &str) -> bool {
    policy.applies_to.is_empty() && policy.service == service && policy.technology == technology
}

/// What policies call an endpoint: its id, its channel, what it travels
/// through, and for `queue:job` the queue.
pub fn keys(endpoint: &Endpoint) -> BTreeSet<String> {
    let queue = endpoint
        .name
        .as_deref()
        .filter(|_| JOB_QUEUES.contains(&endpoint.technology.as_str()))
        .and_then(|name| name.split_once(':'))
        .map(|(queue, _)| queue);
    [endpoint.name.as_deref(), endpoint.via.as_deref(), queue]
        .into_iter()
        .flatten()
        .map(|name| format!("{}:{name}", endpoint.technology))
        .chain([endpoint.id.clone()])
        .collect()
}

fn policies(analysis: &Analysis) -> BTreeMap<&str, Vec<&Policy>> {
    let mut policies: BTreeMap<&str, Vec<&Policy>> = BTreeMap::new();
    for policy in analysis.policies.iter().filter(|p| !p.test) {
        policies
            .entry(policy.kind.as_str())
            .or_default()
            .push(policy);
    }
    policies
}

type Links<'a> = (BTreeMap<&'a str, Vec<&'a Endpoint>>, BTreeSet<&'a str>);

/// Links both of whose ends are production code.
fn links<'a>(
    analysis: &'a Analysis,
    producers: &[&'a Endpoint],
    consumers: &[&'a Endpoint],
) -> Links<'a> {
    let by_id = |endpoints: &[&'a Endpoint]| -> BTreeMap<&'a str, &'a Endpoint> {
        endpoints.iter().map(|e| (e.id.as_str(), *e)).collect()
    };
    let (from, to) = (by_id(producers), by_id(consumers));
    let mut receivers: BTreeMap<_, Vec<_>> = BTreeMap::new();
    let mut linked = BTreeSet::new();
    for link in &analysis.links {
        let ends = (from.get(link.from.as_str()), to.get(link.to.as_str()));
        if let (Some(producer), Some(consumer)) = ends {
            linked.insert(producer.id.as_str());
            linked.insert(consumer.id.as_str());
            receivers
                .entry(producer.id.as_str())
                .or_default()
                .push(*consumer);
        }
    }
    (receivers, linked)
}
