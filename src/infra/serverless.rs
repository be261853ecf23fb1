//! The Serverless Framework: functions with their events, and the CloudFormation
//! below `resources`.

use smol_str::SmolStr;

use super::cloudformation;
use super::paths::{folder, is_below};
use super::resources::evaluate::{Evaluator, Value};
use super::resources::{DocumentId, Place, Resource, Scope, ScopeId, Style, World};
use super::tree::{Content, NodeId, Tree};

/// Alternatives of a variable.
const MAX_ALTERNATIVES: usize = 8;

/// Whether a file is a service of the framework.
#[must_use]
pub fn is_service(tree: &Tree) -> bool {
    let Some(root) = tree.root() else {
        return false;
    };
    let has = |key: &str| tree.exact(root, key).is_some();
    let names = [
        "sqs",
        "sns",
        "stream",
        "eventBridge",
        "handler",
        "image",
        "events",
    ];
    let functions = tree
        .exact(root, "functions")
        .map_or(&[][..], |f| tree.entries(f));
    let is_function = |node: NodeId| names.iter().any(|n| tree.exact(node, n).is_some());
    has("provider") && (has("service") || functions.iter().any(|(_, f)| is_function(*f)))
}

/// Adds a service with the parts of templates below its folder; says which those are.
pub fn add(world: &mut World, document: DocumentId, parts: &[DocumentId]) -> Vec<DocumentId> {
    let tree = &world.document(document).tree;
    let Some(root) = tree.root() else {
        return Vec::new();
    };
    let own_path = world.document(document).path.clone();
    let scope = world.add_scope(Scope {
        style: Style::Serverless,
        root: Some(Place {
            document,
            node: root,
            scope: ScopeId(world.scopes.len() as u32),
        }),
        ..Scope::default()
    });
    let mut own = Vec::new();
    for part in parts {
        let part_of = world.document(*part);
        let is_part = is_below(&part_of.path, folder(&own_path));
        if let Some(table) = cloudformation::resources(&part_of.tree).filter(|_| is_part) {
            cloudformation::add_resources(world, *part, table, scope);
            own.push(*part);
        }
    }
    for table in tables(&world.document(document).tree, root) {
        cloudformation::add_resources(world, document, table, scope);
    }
    functions(world, document, root, scope);
    own
}

/// The tables of resources: one, or one of each element of a list.
fn tables(tree: &Tree, root: NodeId) -> Vec<NodeId> {
    let Some(resources) = tree.exact(root, "resources") else {
        return Vec::new();
    };
    let all = tree.items(resources).iter().copied().chain([resources]);
    all.filter_map(|node| tree.exact(node, "Resources"))
        .collect()
}

fn functions(world: &mut World, document: DocumentId, root: NodeId, scope: ScopeId) {
    let place = |node| Place {
        document,
        node,
        scope,
    };
    let made = |kind: String, name: &SmolStr, line: u32, node: NodeId, owner| Resource {
        kind: SmolStr::new(kind),
        name: name.clone(),
        key: None,
        line,
        body: place(node),
        owner,
        is_known_elsewhere: false,
    };
    let tree = &world.document(document).tree;
    let provider = tree.exact(root, "provider");
    let table = tree.exact(root, "functions");
    let mut found: Vec<(SmolStr, u32, NodeId, Vec<Event>)> = Vec::new();
    // A list of functions is one of tables.
    let tables = table
        .into_iter()
        .chain(table.map_or(&[][..], |t| tree.items(t)).iter().copied());
    for (name, node) in tables.flat_map(|t| tree.entries(t)) {
        let events = tree.exact(*node, "events");
        let events = events.map_or(&[][..], |e| tree.items(e)).iter();
        let events = events.filter_map(|event| tree.entries(*event).first());
        let events = events.map(|(kind, node)| Event {
            kind: kind.clone(),
            line: tree.line(*node),
            node: *node,
        });
        found.push((name.clone(), tree.line(*node), *node, events.collect()));
    }
    let provider = provider.and_then(|node| {
        let line = world.document(document).tree.line(node);
        let resource = made(
            "serverless:provider".into(),
            &"provider".into(),
            line,
            node,
            None,
        );
        world.add(resource, scope, "provider".into())
    });
    for (name, line, node, events) in found {
        let function = made("serverless:function".into(), &name, line, node, provider);
        // The framework's own name of what it makes: `orders` is `OrdersLambdaFunction`.
        let mut logical = name.replace('-', "Dash").replace('_', "Underscore");
        if let Some(first) = logical.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        let by = SmolStr::new(format!("{logical}LambdaFunction"));
        let Some(id) = world.add(function, scope, by) else {
            return;
        };
        for event in events {
            let kind = format!("serverless:function/{}", event.kind);
            let resource = made(kind, &event.kind, event.line, event.node, Some(id));
            let by = SmolStr::new(format!("{name}/{}", event.kind));
            world.add(resource, scope, by);
        }
    }
}

/// What a function listens to.
struct Event {
    kind: SmolStr,
    line: u32,
    node: NodeId,
}

/// What a variable of the framework, or a reference of CloudFormation, means.
/// `self:custom.stage`, `opt:stage, 'dev'`
#[must_use]
pub fn resolve(ev: &Evaluator, scope: ScopeId, reference: &str, depth: u32) -> Option<Value> {
    let alternatives = reference.split(',').take(MAX_ALTERNATIVES);
    for alternative in alternatives.map(str::trim) {
        let quoted = ["'", "\""].iter().find_map(|quote| {
            let inside = alternative.strip_prefix(quote)?;
            inside.strip_suffix(quote)
        });
        if let Some(text) = quoted {
            return Some(Value::Text(text.to_owned()));
        }
        if let Some(value) = variable(ev, scope, alternative, depth) {
            return Some(value);
        }
    }
    cloudformation::resolve(ev, scope, reference, depth)
}

fn variable(ev: &Evaluator, scope: ScopeId, variable: &str, depth: u32) -> Option<Value> {
    let root = ev.world.scope(scope).root?;
    let path = match variable {
        "sls:stage" => "provider.stage",
        _ => variable.strip_prefix("self:")?,
    };
    let keys = path.split('.').map(SmolStr::new);
    let keys: Vec<SmolStr> = keys.collect();
    let value = ev.members(Value::Place(root), &keys, depth + 1)?;
    // `service: {name: shop}`
    let Value::Place(place) = &value else {
        return Some(value);
    };
    let is_table = matches!(
        ev.world.tree(*place).node(place.node).map(|n| &n.content),
        Some(Content::Table(_))
    );
    let named = (is_table && path == "service").then(|| ev.world.get(*place, "name"));
    Some(named.flatten().map_or(value, Value::Place))
}
