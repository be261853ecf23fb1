//! Files of brokers themselves: RabbitMQ's definitions, Kafka Connect's
//! connectors, and the services that compose runs.

use fancy_regex::Regex;
use smol_str::SmolStr;

use super::resources::{DocumentId, Place, Resource, Scope, ScopeId, World};
use super::tree::{Content, NodeId, Tree};

/// What definitions list, with the kind each is.
const DEFINED: [(&str, &str); 3] = [
    ("queues", "rabbitmq:queue"),
    ("exchanges", "rabbitmq:exchange"),
    ("bindings", "rabbitmq:binding"),
];

/// Whether a file is an export of RabbitMQ's definitions.
#[must_use]
pub fn is_definitions(tree: &Tree) -> bool {
    let Some(root) = tree.root() else {
        return false;
    };
    let has_list = |key: &str| {
        tree.exact(root, key)
            .is_some_and(|n| !tree.items(n).is_empty())
    };
    let says_so = [
        "rabbit_version",
        "rabbitmq_version",
        "vhosts",
        "permissions",
        "bindings",
    ];
    (has_list("queues") || has_list("exchanges"))
        && says_so.iter().any(|key| tree.exact(root, key).is_some())
}

/// Adds what definitions list; a queue has with it the policy that holds for it.
pub fn add_definitions(world: &mut World, document: DocumentId) {
    let tree = &world.document(document).tree;
    let Some(root) = tree.root() else {
        return;
    };
    let policies = policies(tree, root);
    let mut found = Vec::new();
    for (key, kind) in DEFINED {
        let list = tree.exact(root, key).map_or(&[][..], |n| tree.items(n));
        for node in list {
            let name = tree.exact(*node, "name").and_then(|n| tree.text(n));
            found.push((kind, name.cloned().unwrap_or_default(), *node));
        }
    }
    let scope = world.add_scope(Scope::default());
    for (kind, name, node) in found {
        let policy = policies
            .iter()
            .find(|p| kind == "rabbitmq:queue" && p.holds_for(&name));
        let node = policy.map_or(node, |p| {
            with(world, document, node, "policy", p.definition)
        });
        add(world, document, scope, kind, &name, node);
    }
}

/// A table with one more entry.
fn with(world: &mut World, document: DocumentId, node: NodeId, key: &str, value: NodeId) -> NodeId {
    let Some(document) = world.documents.get_mut(document.0 as usize) else {
        return node;
    };
    let tree = &mut document.tree;
    let mut entries = tree.entries(node).to_vec();
    entries.push((SmolStr::new(key), value));
    let line = tree.line(node);
    tree.push(line, Content::Table(entries))
}

struct Policy {
    pattern: Regex,
    priority: i64,
    definition: NodeId,
}

impl Policy {
    fn holds_for(&self, queue: &str) -> bool {
        self.pattern.is_match(queue).unwrap_or(false)
    }
}

/// The policies for queues, the one that wins first.
fn policies(tree: &Tree, root: NodeId) -> Vec<Policy> {
    const LONGEST: usize = 256;
    let list = tree
        .exact(root, "policies")
        .map_or(&[][..], |n| tree.items(n));
    let policy = |node: &NodeId| {
        let text = |key: &str| tree.text(tree.exact(*node, key)?);
        let applies = text("apply-to").map_or("all", SmolStr::as_str);
        let pattern = text("pattern").filter(|p| p.len() <= LONGEST && applies != "exchanges")?;
        Some(Policy {
            pattern: Regex::new(pattern).ok()?,
            priority: text("priority").and_then(|p| p.parse().ok()).unwrap_or(0),
            definition: tree.exact(*node, "definition")?,
        })
    };
    let mut policies: Vec<Policy> = list.iter().filter_map(policy).collect();
    policies.sort_by_key(|p| std::cmp::Reverse(p.priority));
    policies
}

/// The settings of a connector: a file is one, or wraps them with a name.
#[must_use]
pub fn connector(tree: &Tree) -> Option<(SmolStr, NodeId)> {
    let root = tree.root()?;
    let config = tree.exact(root, "config").unwrap_or(root);
    tree.text(tree.exact(config, "connector.class")?)?;
    let name = [root, config]
        .into_iter()
        .find_map(|n| tree.text(tree.exact(n, "name")?));
    Some((name.cloned().unwrap_or_default(), config))
}

/// Whether a connector reads topics, by its class and what it is told.
fn is_sink(tree: &Tree, class: &str, config: NodeId) -> bool {
    let reads = ["topics", "topics.regex"]
        .iter()
        .any(|key| tree.exact(config, key).is_some());
    class.contains("Sink") || (reads && !class.contains("Source"))
}

/// Adds a connector: `connect:source` or `connect:sink`.
pub fn add_connector(world: &mut World, document: DocumentId) {
    let tree = &world.document(document).tree;
    let Some((name, config)) = connector(tree) else {
        return;
    };
    let class = tree
        .exact(config, "connector.class")
        .and_then(|c| tree.text(c));
    let sink = is_sink(tree, class.map_or("", SmolStr::as_str), config);
    let kind = if sink {
        "connect:sink"
    } else {
        "connect:source"
    };
    let scope = world.add_scope(Scope::default());
    add(world, document, scope, kind, &name, config);
}

/// Whether a file lists the services that compose runs.
#[must_use]
pub fn is_compose(tree: &Tree) -> bool {
    let services = tree.root().and_then(|root| tree.exact(root, "services"));
    let services = services.map_or(&[][..], |s| tree.entries(s));
    let runs = |node: NodeId| {
        ["image", "build"]
            .iter()
            .any(|key| tree.exact(node, key).is_some())
    };
    services.iter().any(|(_, node)| runs(*node))
}

/// Adds the services of a compose file, each with its environment as a table.
pub fn add_compose(world: &mut World, document: DocumentId) {
    let Some(file) = world.documents.get_mut(document.0 as usize) else {
        return;
    };
    let tree = &mut file.tree;
    let services = tree.root().and_then(|root| tree.exact(root, "services"));
    let services = services.map_or_else(Vec::new, |s| tree.entries(s).to_vec());
    for (_, service) in &services {
        if let Some(environment) = tree.exact(*service, "environment") {
            paired(tree, environment);
        }
    }
    let scope = world.add_scope(Scope::default());
    for (name, node) in services {
        add(world, document, scope, "compose:service", &name, node);
    }
}

/// `- NAME=value` items as entries.
fn paired(tree: &mut Tree, list: NodeId) {
    let items = tree.items(list).to_vec();
    let mut entries = Vec::new();
    for item in items {
        let Some((name, value)) = tree.text(item).and_then(|t| t.split_once('=')) else {
            continue;
        };
        let (name, value) = (SmolStr::new(name.trim()), SmolStr::new(value));
        let line = tree.line(item);
        entries.push((name, tree.push(line, Content::Scalar(value))));
    }
    if !entries.is_empty() {
        tree.set(list, Content::Table(entries));
    }
}

/// Adds the alerts of a file of Prometheus' rules.
pub fn add_alerts(world: &mut World, document: DocumentId) {
    let tree = &world.document(document).tree;
    let mut found = Vec::new();
    for root in tree.documents() {
        let spec = tree.exact(*root, "spec").unwrap_or(*root);
        let groups = tree
            .exact(spec, "groups")
            .map_or(&[][..], |g| tree.items(g))
            .iter();
        let rules = groups
            .filter_map(|g| tree.exact(*g, "rules"))
            .flat_map(|r| tree.items(r));
        for rule in rules {
            let alert = tree.exact(*rule, "alert").and_then(|a| tree.text(a));
            found.extend(alert.map(|name| (name.clone(), *rule)));
        }
    }
    if found.is_empty() {
        return;
    }
    let scope = world.add_scope(Scope::default());
    for (name, node) in found {
        add(world, document, scope, "prometheus:alert", &name, node);
    }
}

/// Adds the panels of a Grafana dashboard.
pub fn add_dashboard(world: &mut World, document: DocumentId) {
    let tree = &world.document(document).tree;
    let Some(root) = tree.root() else {
        return;
    };
    let root = tree.exact(root, "dashboard").unwrap_or(root);
    let panels = |node: NodeId| {
        let list = tree
            .exact(node, "panels")
            .map_or(&[][..], |p| tree.items(p));
        list.iter().copied()
    };
    // Rows have panels of their own.
    let all = panels(root).flat_map(|p| std::iter::once(p).chain(panels(p)));
    let found: Vec<(SmolStr, NodeId)> = all
        .filter(|panel| tree.exact(*panel, "targets").is_some())
        .map(|panel| {
            let title = tree.exact(panel, "title").and_then(|t| tree.text(t));
            (title.cloned().unwrap_or_default(), panel)
        })
        .collect();
    if found.is_empty() {
        return;
    }
    let scope = world.add_scope(Scope::default());
    for (name, node) in found {
        add(world, document, scope, "grafana:panel", &name, node);
    }
}

fn add(
    world: &mut World,
    document: DocumentId,
    scope: ScopeId,
    kind: &str,
    name: &SmolStr,
    node: NodeId,
) {
    let resource = Resource {
        kind: SmolStr::new(kind),
        name: name.clone(),
        key: None,
        line: world.document(document).tree.line(node),
        body: Place {
            document,
            node,
            scope,
        },
        owner: None,
        is_known_elsewhere: false,
    };
    world.add(resource, scope, SmolStr::new(format!("{kind}/{name}")));
}
