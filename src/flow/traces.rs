//! Chains of messages: from what sets them off to the last consumer.

use std::collections::{BTreeMap, BTreeSet};

use petgraph::graph::{DiGraph, NodeIndex};
use rustc_hash::FxHashMap;

use super::endpoints::Joined;
use super::reach::Reach;
use super::triggers;
use crate::analysis::{Flow, Link, Role, Step, Trigger, TriggerKind};
use crate::project::{Evaluator, FunctionRef};

/// Steps a flow shows; a chain that is longer is a cycle of many branches.
const MAX_STEPS: usize = 60;

/// Follows every producer nothing in the map sets off.
pub fn flows(ev: &Evaluator, joined: &Joined, links: &[Link]) -> Vec<Flow> {
    let graph = Graph::new(ev, joined, links);
    let mut flows: BTreeMap<String, Flow> = BTreeMap::new();
    for (root, producers) in graph.roots(ev) {
        let steps = graph.steps(&producers);
        if steps.iter().all(|s| s.consumers.is_empty()) {
            continue;
        }
        let name = root.name.clone();
        let services = graph.services(&steps);
        let deepest = steps.iter().map(|s| s.depth).max().unwrap_or(0);
        let flow = Flow {
            critical: services.len() > 1 || deepest >= 2,
            name: name.clone(),
            trigger: root.trigger,
            steps,
            services,
        };
        let free = (1_u32..)
            .map(|n| {
                if n == 1 {
                    name.clone()
                } else {
                    format!("{name} ({n})")
                }
            })
            .find(|n| !flows.contains_key(n));
        if let Some(free) = free {
            flows.insert(free.clone(), Flow { name: free, ..flow });
        }
    }
    flows.into_values().collect()
}

struct Root {
    name: String,
    trigger: Trigger,
}

/// Producers and consumers; an edge is a message, or a handler that sends.
struct Graph<'j> {
    joined: &'j Joined,
    graph: DiGraph<usize, ()>,
    nodes: Vec<Option<NodeIndex>>,
    /// Producers some handler comes to.
    set_off: BTreeSet<usize>,
}

impl<'j> Graph<'j> {
    fn new(ev: &Evaluator, joined: &'j Joined, links: &[Link]) -> Self {
        let mut graph = DiGraph::new();
        let mut nodes = Vec::new();
        let mut by_id = FxHashMap::default();
        for (i, endpoint) in joined.endpoints.iter().enumerate() {
            let live = !endpoint.test && !endpoint.wrapper;
            let node = live.then(|| graph.add_node(i));
            if let Some(node) = node {
                by_id.insert(endpoint.id.as_str(), node);
            }
            nodes.push(node);
        }
        for link in links {
            if let (Some(from), Some(to)) =
                (by_id.get(link.from.as_str()), by_id.get(link.to.as_str()))
            {
                graph.add_edge(*from, *to, ());
            }
        }
        let mut built = Self {
            joined,
            graph,
            nodes,
            set_off: BTreeSet::new(),
        };
        built.add_handlers(ev);
        built
    }

    /// An edge from each consumer to the producers its handler comes to.
    fn add_handlers(&mut self, ev: &Evaluator) {
        let mut inside: FxHashMap<FunctionRef, Vec<usize>> = FxHashMap::default();
        for (i, code) in self.joined.code.iter().enumerate() {
            let producer = self.joined.endpoints[i].role == Role::Producer;
            if let (true, true, Some(function)) = (producer, self.nodes[i].is_some(), code.inside) {
                inside.entry(function).or_default().push(i);
            }
        }
        let mut reach = Reach::new(ev);
        for (i, code) in self.joined.code.iter().enumerate() {
            let (Some(consumer), Some(handler)) = (self.nodes[i], code.handler) else {
                continue;
            };
            if self.joined.endpoints[i].role != Role::Consumer {
                continue;
            }
            let mut producers: Vec<usize> = reach
                .from(handler)
                .iter()
                .filter_map(|f| inside.get(f))
                .flatten()
                .copied()
                .collect();
            producers.sort_unstable();
            for producer in producers {
                if let Some(node) = self.nodes[producer] {
                    self.graph.add_edge(consumer, node, ());
                    self.set_off.insert(producer);
                }
            }
        }
    }

    /// Where chains begin, each with the producers it begins with.
    fn roots(&self, ev: &Evaluator) -> Vec<(Root, Vec<usize>)> {
        let mut roots: BTreeMap<(String, String), (Option<FunctionRef>, Vec<usize>)> =
            BTreeMap::new();
        for (i, endpoint) in self.joined.endpoints.iter().enumerate() {
            if endpoint.role != Role::Producer
                || self.nodes[i].is_none()
                || self.set_off.contains(&i)
            {
                continue;
            }
            let symbol = endpoint
                .symbol
                .clone()
                .unwrap_or_else(|| endpoint.location.file.clone());
            roots
                .entry((endpoint.location.file.clone(), symbol))
                .or_insert_with(|| (self.joined.code[i].inside, Vec::new()))
                .1
                .push(i);
        }
        roots
            .into_iter()
            .map(|((_, symbol), (function, producers))| {
                let first = &self.joined.endpoints[producers[0]];
                let trigger = match function {
                    Some(function) => triggers::trigger(ev, function, &symbol),
                    None => Trigger {
                        kind: TriggerKind::Start,
                        text: symbol.clone(),
                        location: first.location.clone(),
                    },
                };
                let name = match trigger.kind {
                    TriggerKind::Start => symbol,
                    _ => trigger.text.clone(),
                };
                (Root { name, trigger }, producers)
            })
            .collect()
    }

    /// Every message a chain sends, in breadth, each once.
    fn steps(&self, producers: &[usize]) -> Vec<Step> {
        let mut steps = Vec::new();
        let mut seen: BTreeSet<usize> = producers.iter().copied().collect();
        let mut pending: std::collections::VecDeque<(usize, u32)> =
            producers.iter().map(|p| (*p, 0)).collect();
        while let Some((producer, depth)) = pending.pop_front() {
            let Some(node) = self.nodes[producer] else {
                continue;
            };
            let endpoint = &self.joined.endpoints[producer];
            let consumers = self.after(node);
            for consumer in &consumers {
                let Some(node) = self.nodes[*consumer] else {
                    continue;
                };
                for next in self.after(node) {
                    if seen.insert(next) {
                        pending.push_back((next, depth + 1));
                    }
                }
            }
            steps.push(Step {
                technology: endpoint.technology.clone(),
                name: endpoint.name.clone().unwrap_or_default(),
                producer: endpoint.id.clone(),
                consumers: consumers
                    .iter()
                    .map(|c| self.joined.endpoints[*c].id.clone())
                    .collect(),
                depth,
            });
            if steps.len() >= MAX_STEPS {
                break;
            }
        }
        steps
    }

    /// Endpoints an endpoint leads to, in order.
    fn after(&self, node: NodeIndex) -> Vec<usize> {
        let mut next: Vec<usize> = self.graph.neighbors(node).map(|n| self.graph[n]).collect();
        next.sort_unstable();
        next.dedup();
        next
    }

    fn services(&self, steps: &[Step]) -> Vec<String> {
        let by_id: FxHashMap<&str, &str> = self
            .joined
            .endpoints
            .iter()
            .map(|e| (e.id.as_str(), e.service.as_str()))
            .collect();
        let mut services: Vec<String> = Vec::new();
        for step in steps {
            for id in std::iter::once(&step.producer).chain(&step.consumers) {
                if let Some(service) = by_id.get(id.as_str())
                    && !services.iter().any(|s| s == service)
                {
                    services.push((*service).to_owned());
                }
            }
        }
        services
    }
}
