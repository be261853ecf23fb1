//! CloudFormation and SAM templates, in YAML and JSON.
//!
//! The functions of a template become references in texts: `!GetAtt Jobs.Arn` is
//! `${Jobs.Arn}`, `!Sub "a-${B}"` is the text itself. What a function listens to
//! (SAM's `Events`) is a resource of its own, owned by the function.

use std::collections::{BTreeMap, BTreeSet};

use smol_str::SmolStr;

use super::references::{self, Part, escaped, opaque};
use super::resources::evaluate::{Evaluator, Value};
use super::resources::{DocumentId, Place, Resource, Scope, ScopeId, Style, World};
use super::tree::{Content, NodeId, Tree};

/// A reference to what another template exports, by the export's name.
const IMPORT: &str = "Fn::ImportValue:";

/// The table of a template's resources: below `Resources`, or, in a part of a
/// template, the file itself.
#[must_use]
pub fn resources(tree: &Tree) -> Option<NodeId> {
    let root = tree.root()?;
    let has_type = |entry: &(SmolStr, NodeId)| {
        let kind = tree.get(entry.1, "Type").and_then(|kind| tree.text(kind));
        kind.is_some_and(|kind| kind.contains("::"))
    };
    if let Some(table) = tree.exact(root, "Resources") {
        return tree.entries(table).iter().any(has_type).then_some(table);
    }
    let entries = tree.entries(root);
    (!entries.is_empty() && entries.iter().all(has_type)).then_some(root)
}

/// Adds a template.
pub fn add(world: &mut World, document: DocumentId) {
    let tree = &world.document(document).tree;
    let (Some(root), Some(table)) = (tree.root(), resources(tree)) else {
        return;
    };
    let scope = world.add_scope(Scope {
        style: Style::Template,
        ..Scope::default()
    });
    defaults(world, document, root, scope);
    exports(world, document, root, scope);
    add_resources(world, document, table, scope);
}

/// Parameters stand for their defaults.
fn defaults(world: &mut World, document: DocumentId, root: NodeId, scope: ScopeId) {
    let tree = &world.document(document).tree;
    let parameters = tree.exact(root, "Parameters");
    let entries = parameters.map_or(&[][..], |p| tree.entries(p)).iter();
    let values: BTreeMap<SmolStr, Place> = entries
        .filter_map(|(name, parameter)| {
            let node = tree.exact(*parameter, "Default")?;
            // An empty one is there to be filled in.
            let place = Place {
                document,
                node,
                scope,
            };
            let is_empty = tree.text(node).is_none_or(|text| text.is_empty());
            (!is_empty).then(|| (name.clone(), place))
        })
        .collect();
    if let Some(scope) = world.scopes.get_mut(scope.0 as usize) {
        scope.values = values;
    }
}

fn exports(world: &mut World, document: DocumentId, root: NodeId, scope: ScopeId) {
    let tree = &world.document(document).tree;
    let outputs = tree.exact(root, "Outputs");
    let place = |node| Place {
        document,
        node,
        scope,
    };
    let entries = outputs.map_or(&[][..], |o| tree.entries(o)).iter();
    let exports: Vec<(Place, Place)> = entries
        .filter_map(|(_, output)| {
            let name = tree.exact(tree.exact(*output, "Export")?, "Name")?;
            Some((place(name), place(tree.exact(*output, "Value")?)))
        })
        .collect();
    world.exports.extend(exports);
}

/// Adds the resources of a table to a scope.
pub fn add_resources(world: &mut World, document: DocumentId, table: NodeId, scope: ScopeId) {
    let globals = globals(world, document, scope);
    let tree = &world.document(document).tree;
    let found: Vec<Listed> = tree
        .entries(table)
        .iter()
        .filter_map(|(name, node)| listed(tree, name, *node))
        .collect();
    for resource in found {
        let place = |node| Place {
            document,
            node,
            scope,
        };
        let owner = globals.filter(|_| resource.kind.ends_with("::Function"));
        let made = Resource {
            kind: resource.kind.clone(),
            name: resource.name.clone(),
            key: None,
            line: resource.line,
            body: place(resource.body),
            owner,
            is_known_elsewhere: false,
        };
        let Some(id) = world.add(made, scope, resource.name.clone()) else {
            return;
        };
        for event in resource.events {
            let made = Resource {
                kind: SmolStr::new(format!("{}/{}", resource.kind, event.kind)),
                name: event.name.clone(),
                key: None,
                line: event.line,
                body: place(event.body),
                owner: Some(id),
                is_known_elsewhere: false,
            };
            let by = SmolStr::new(format!("{}/{}", resource.name, event.name));
            world.add(made, scope, by);
        }
    }
}

/// What all functions of a template have.
fn globals(
    world: &mut World,
    document: DocumentId,
    scope: ScopeId,
) -> Option<super::resources::ResourceId> {
    let tree = &world.document(document).tree;
    let globals = tree.exact(tree.root()?, "Globals")?;
    let node = tree.exact(globals, "Function")?;
    let line = tree.node(node).map_or(1, |n| n.line);
    let resource = Resource {
        kind: "AWS::Serverless::Globals".into(),
        name: "Globals".into(),
        key: None,
        line,
        body: Place {
            document,
            node,
            scope,
        },
        owner: None,
        is_known_elsewhere: true,
    };
    world.add(resource, scope, "Globals".into())
}

/// A resource of a template.
struct Listed {
    name: SmolStr,
    kind: SmolStr,
    line: u32,
    body: NodeId,
    events: Vec<Listed>,
}

fn listed(tree: &Tree, name: &SmolStr, node: NodeId) -> Option<Listed> {
    let kind = tree.text(tree.exact(node, "Type")?)?.clone();
    // Without properties the resource itself has none of the names that are asked for.
    let body = tree.exact(node, "Properties").unwrap_or(node);
    let events = tree.exact(body, "Events");
    let events = events.map_or(&[][..], |e| tree.entries(e)).iter();
    Some(Listed {
        name: name.clone(),
        kind,
        line: tree.line(node),
        body,
        events: events.filter_map(|(n, e)| listed(tree, n, *e)).collect(),
    })
}

/// What a reference of a template means.
#[must_use]
pub fn resolve(ev: &Evaluator, scope: ScopeId, reference: &str, depth: u32) -> Option<Value> {
    if let Some(name) = reference.strip_prefix(IMPORT) {
        return imported(ev, scope, name, depth);
    }
    let (name, attribute) = reference.split_once('.').unwrap_or((reference, ""));
    let within = ev.world.scope(scope);
    if let Some(resource) = within.resources.get(name).and_then(|all| all.first()) {
        let attribute = (!attribute.is_empty()).then(|| SmolStr::new(attribute));
        return Some(Value::Resource(*resource, attribute.into_iter().collect()));
    }
    let value = within.values.get(name).filter(|_| attribute.is_empty())?;
    Some(Value::Place(*value))
}

/// What a template of the tree exports under a name.
fn imported(ev: &Evaluator, scope: ScopeId, name: &str, depth: u32) -> Option<Value> {
    let mut wanted = String::new();
    for part in references::parts(name) {
        match part {
            Part::Plain(plain) => wanted += plain,
            Part::Reference(reference) => {
                let value = resolve(ev, scope, reference, depth + 1);
                let text = value.and_then(|v| ev.text(&v, depth + 1));
                wanted += &text.unwrap_or_else(|| format!("{{{reference}}}"));
            }
        }
    }
    let mut exports = ev.world.exports.iter();
    let (_, value) = exports.find(|(name, _)| {
        ev.text(&Value::Place(*name), depth + 1).as_deref() == Some(wanted.as_str())
    })?;
    Some(Value::Place(*value))
}

/// Makes references of a template's functions. What stands in no function is a
/// text as it is, if `literal` says so.
pub fn see_through(tree: &mut Tree, literal: bool) {
    let substituted = substituted(tree);
    // What a function is given has been added before it.
    for number in 0..tree.len() {
        let id = NodeId(number);
        let content = tree.node(id).map(|n| &n.content);
        let changed = match content {
            Some(Content::Scalar(text)) if literal && text.contains("${") => {
                let is_reference = substituted.contains(&id);
                (!is_reference).then(|| Content::Scalar(SmolStr::new(escaped(text))))
            }
            Some(Content::Table(entries)) => match entries.as_slice() {
                [(function, argument)] => called(tree, function, *argument),
                _ => None,
            },
            _ => None,
        };
        if let Some(content) = changed {
            tree.set(id, content);
        }
    }
}

/// The texts that `Fn::Sub` is given.
fn substituted(tree: &Tree) -> BTreeSet<NodeId> {
    let mut texts = BTreeSet::new();
    for number in 0..tree.len() {
        for (function, argument) in tree.entries(NodeId(number)) {
            if function == "Fn::Sub" {
                texts.insert(tree.items(*argument).first().copied().unwrap_or(*argument));
            }
        }
    }
    texts
}

/// What a function gives, as far as it is plain.
fn called(tree: &Tree, function: &str, argument: NodeId) -> Option<Content> {
    let text = |id: NodeId| tree.text(id).map(SmolStr::as_str);
    let items = tree.items(argument);
    let scalar = |text: String| Some(Content::Scalar(SmolStr::new(text)));
    let same = |id: NodeId| tree.node(id).map(|n| n.content.clone());
    match function {
        "Ref" if text(argument) == Some("AWS::NoValue") => Some(Content::Null),
        "Ref" => scalar(format!("${{{}}}", text(argument)?)),
        "Fn::GetAtt" => match items {
            [name, attribute] => scalar(format!("${{{}.{}}}", text(*name)?, text(*attribute)?)),
            _ => scalar(format!("${{{}}}", text(argument)?)),
        },
        "Fn::Sub" => match items {
            [whole, given] => scalar(filled(tree, text(*whole)?, *given)),
            _ => scalar(text(argument)?.replace("${!", "$${")),
        },
        "Fn::Join" => {
            let [separator, list] = items else {
                return None;
            };
            let parts: Option<Vec<&str>> = tree.items(*list).iter().map(|i| text(*i)).collect();
            match parts {
                Some(parts) if !parts.is_empty() => scalar(parts.join(text(*separator)?)),
                _ => scalar(opaque("Fn::Join")),
            }
        }
        "Fn::ImportValue" => scalar(format!("${{{IMPORT}{}}}", text(argument)?)),
        "Fn::If" => {
            let [condition, one, other] = items else {
                return None;
            };
            let is_nothing = |id: NodeId| tree.node(id).is_some_and(|n| n.content == Content::Null);
            match (is_nothing(*one), is_nothing(*other)) {
                (false, true) => same(*one),
                (true, false) => same(*other),
                _ => scalar(opaque(text(*condition)?)),
            }
        }
        // A part of an ARN stands for the whole: its name is taken anyway.
        "Fn::Split" => items.get(1).and_then(|whole| same(*whole)),
        "Fn::Select" => {
            let [index, list] = items else {
                return None;
            };
            let index: usize = text(*index)?.parse().ok()?;
            match tree.items(*list) {
                [] => same(*list),
                items => items.get(index).and_then(|item| same(*item)),
            }
        }
        "Fn::Base64" | "Fn::ToJsonString" => same(argument),
        "Fn::FindInMap" => scalar(opaque("Fn::FindInMap")),
        _ => None,
    }
}

/// `!Sub ["${A}-x", {A: …}]`
fn filled(tree: &Tree, whole: &str, given: NodeId) -> String {
    let mut text = String::new();
    for part in references::parts(&whole.replace("${!", "$${")) {
        match part {
            Part::Plain(plain) => text += &escaped(plain),
            Part::Reference(name) => {
                let value = tree.exact(given, name).and_then(|v| tree.text(v));
                text += &value.map_or_else(|| format!("${{{name}}}"), ToString::to_string);
            }
        }
    }
    text
}
