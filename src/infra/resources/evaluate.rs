//! What accesses give, and what references lead to.

use std::cell::{Cell, RefCell};

use serde_json::Value as Json;
use smol_str::SmolStr;

use super::access::{Access, Function, Head};
use super::model::Models;
use super::{Place, Resource, ResourceId, ScopeId, Style, World};
use crate::infra::paths::folder;
use crate::infra::references::{self, Part};
use crate::infra::tree::Content;
use crate::infra::{cloudformation, helm, serverless, terraform};

/// References behind each other beyond which they are taken for circular.
const MAX_DEPTH: u32 = 24;

/// Steps for one question beyond which nothing is known.
const MAX_STEPS: u32 = 4_000;

/// Values of one access.
const MAX_VALUES: usize = 256;

/// Levels of a setting that is a table.
const MAX_LEVELS: u32 = 8;

/// What an access gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    Place(Place),
    /// A resource, or an attribute of it.
    Resource(ResourceId, Vec<SmolStr>),
    /// A text, with `{…}` for what is not known.
    Text(String),
}

/// The resource a rule looks at.
#[derive(Clone, Copy, Debug)]
pub struct Site<'v> {
    pub resource: ResourceId,
    pub item: Option<&'v Value>,
}

/// Follows values through a world.
pub struct Evaluator<'w> {
    pub world: &'w World,
    pub models: &'w Models,
    steps: Cell<u32>,
    /// Texts that are being put together: one that is part of itself has no end.
    open: RefCell<Vec<Place>>,
}

impl<'w> Evaluator<'w> {
    #[must_use]
    pub fn new(world: &'w World, models: &'w Models) -> Self {
        Self {
            world,
            models,
            steps: Cell::new(0),
            open: RefCell::new(Vec::new()),
        }
    }

    /// The values of the first access that finds something.
    #[must_use]
    pub fn first(&self, site: Site, accesses: &[Access]) -> Vec<Value> {
        self.steps.set(0);
        let mut found = accesses.iter().map(|a| self.access(site, a, 0));
        found.find(|f| !f.is_empty()).unwrap_or_default()
    }

    /// The texts of the first access that finds one.
    #[must_use]
    pub fn texts(&self, site: Site, accesses: &[Access]) -> Vec<String> {
        self.steps.set(0);
        let found = accesses.iter().map(|access| {
            let values = self.access(site, access, 0);
            let texts = values.iter().filter_map(|v| self.text(v, 0));
            texts.filter(|t| !t.is_empty()).collect::<Vec<_>>()
        });
        let mut found = found.filter(|texts| !texts.is_empty());
        found.next().unwrap_or_default()
    }

    fn access(&self, site: Site, access: &Access, depth: u32) -> Vec<Value> {
        match access {
            Access::Text(text) => vec![Value::Text(text.to_string())],
            Access::Bool(value) => vec![Value::Text(value.to_string())],
            Access::Take(head, steps) => {
                let resource = self.world.resource(site.resource);
                let start = match head {
                    Head::Body => Some(Value::Place(resource.body)),
                    Head::Owner => resource.owner.map(|o| Value::Resource(o, Vec::new())),
                    Head::Item => site.item.cloned(),
                    Head::Itself => Some(Value::Resource(site.resource, Vec::new())),
                    Head::Called => Some(Value::Text(resource.name.to_string())),
                };
                self.steps_from(start.into_iter().collect(), steps, depth)
            }
            Access::Template(parts) => {
                let mut text = String::new();
                for part in parts {
                    let values = self.access(site, part, depth);
                    match values.first().and_then(|v| self.text(v, depth)) {
                        Some(part) => text += &part,
                        None => return Vec::new(),
                    }
                }
                vec![Value::Text(text)]
            }
            Access::Apply(function, args) => self.apply(site, *function, args, depth),
        }
    }

    fn apply(&self, site: Site, function: Function, args: &[Access], depth: u32) -> Vec<Value> {
        let Some((first, rest)) = args.split_first() else {
            return Vec::new();
        };
        let values = self.access(site, first, depth);
        match function {
            Function::Kind => {
                let resources = values.iter().filter_map(|v| self.resource_of(v, depth));
                let kinds = resources.map(|r| Value::Text(self.world.resource(r).kind.to_string()));
                return kinds.collect();
            }
            Function::Keys => {
                let places = values.iter().filter_map(|v| self.place_of(v, depth));
                let keys = places.flat_map(|p| self.world.tree(p).entries(p.node));
                return keys.map(|(key, _)| Value::Text(key.to_string())).collect();
            }
            _ => {}
        }
        let given: Vec<String> = rest
            .iter()
            .flat_map(|a| self.access(site, a, depth))
            .filter_map(|v| self.text(&v, depth))
            .collect();
        let given: Vec<&str> = given.iter().map(String::as_str).collect();
        let texts = values.iter().filter_map(|v| self.text(v, depth));
        texts
            .flat_map(|text| transformed(function, &text, &given))
            .take(MAX_VALUES)
            .map(Value::Text)
            .collect()
    }

    fn steps_from(&self, start: Vec<Value>, steps: &[SmolStr], depth: u32) -> Vec<Value> {
        let mut values = start;
        let mut steps = steps;
        while !steps.is_empty() {
            // A key can have dots in it.
            let longest = (1..=steps.len().min(4)).rev().find_map(|taken| {
                let key = steps[..taken].join(".");
                let next: Vec<Value> = values
                    .iter()
                    .flat_map(|v| self.step(v, &key, depth))
                    .take(MAX_VALUES)
                    .collect();
                (!next.is_empty()).then_some((taken, next))
            });
            let Some((taken, next)) = longest else {
                return Vec::new();
            };
            values = next;
            steps = &steps[taken..];
        }
        let flat = values.iter().flat_map(|v| self.elements(v, depth));
        flat.take(MAX_VALUES).collect()
    }

    /// The elements of a list, or what is none.
    fn elements(&self, value: &Value, depth: u32) -> Vec<Value> {
        let Value::Place(place) = value else {
            return vec![value.clone()];
        };
        let followed = self.follow(value.clone(), depth);
        let Value::Place(at) = followed else {
            return vec![value.clone()];
        };
        let tree = self.world.tree(at);
        match tree.node(at.node).map(|n| &n.content) {
            None | Some(Content::Null) => Vec::new(),
            Some(Content::List(items)) => {
                let items = items
                    .iter()
                    .map(|node| Value::Place(Place { node: *node, ..at }));
                items.collect()
            }
            Some(_) => vec![Value::Place(*place)],
        }
    }

    /// An entry of a value; of a list, the entries of its elements.
    fn step(&self, value: &Value, key: &str, depth: u32) -> Vec<Value> {
        let spent = self.steps.get() + 1;
        self.steps.set(spent);
        if spent > MAX_STEPS || depth > MAX_DEPTH {
            return Vec::new();
        }
        match self.follow(value.clone(), depth) {
            Value::Text(_) => Vec::new(),
            Value::Resource(id, rest) => {
                let body = Value::Place(self.world.resource(id).body);
                let steps: Vec<&SmolStr> = rest.iter().collect();
                let attribute = steps.iter().fold(vec![body.clone()], |values, key| {
                    let next = values.iter().flat_map(|v| self.step(v, key, depth + 1));
                    next.collect()
                });
                let inside = attribute.iter().flat_map(|v| self.step(v, key, depth + 1));
                let inside: Vec<Value> = inside.collect();
                // `x.arn` stands for the resource wherever something is taken from it.
                if inside.is_empty() && !rest.is_empty() {
                    return self.step(&body, key, depth + 1);
                }
                inside
            }
            Value::Place(place) => {
                let items = self.world.tree(place).items(place.node);
                if key == "*" {
                    let entries = self.world.tree(place).entries(place.node).iter();
                    let entries = entries.map(|(_, node)| {
                        Value::Place(Place {
                            node: *node,
                            ..place
                        })
                    });
                    return entries.collect();
                }
                if items.is_empty() {
                    return self
                        .world
                        .get(place, key)
                        .map(Value::Place)
                        .into_iter()
                        .collect();
                }
                let items = items.iter().map(|node| {
                    Value::Place(Place {
                        node: *node,
                        ..place
                    })
                });
                items
                    .flat_map(|item| self.step(&item, key, depth + 1))
                    .collect()
            }
        }
    }

    /// What a value is that only refers to another one.
    fn follow(&self, value: Value, depth: u32) -> Value {
        let mut value = value;
        for _ in depth..MAX_DEPTH {
            let Value::Place(place) = &value else {
                return value;
            };
            let reference = self.world.text(*place).and_then(|t| references::whole(t));
            match reference.and_then(|r| self.resolve(place.scope, r, depth + 1)) {
                Some(next) => value = next,
                None => return value,
            }
        }
        value
    }

    /// The resource a value refers to.
    #[must_use]
    pub fn resource_of(&self, value: &Value, depth: u32) -> Option<ResourceId> {
        match self.follow(value.clone(), depth) {
            Value::Resource(id, _) => Some(id),
            _ => None,
        }
    }

    pub fn place_of(&self, value: &Value, depth: u32) -> Option<Place> {
        match self.follow(value.clone(), depth) {
            Value::Place(place) => Some(place),
            _ => None,
        }
    }

    /// What a reference means; `None` if that is not known.
    #[must_use]
    pub fn resolve(&self, scope: ScopeId, reference: &str, depth: u32) -> Option<Value> {
        let spent = self.steps.get() + 1;
        self.steps.set(spent);
        if depth > MAX_DEPTH || spent > MAX_STEPS {
            return None;
        }
        match self.world.scope(scope).style {
            Style::Plain => None,
            Style::Terraform => terraform::resolve(self, scope, reference, depth),
            Style::Template => cloudformation::resolve(self, scope, reference, depth),
            Style::Chart => helm::resolve(self, scope, reference, depth),
            Style::Serverless => serverless::resolve(self, scope, reference, depth),
        }
    }

    /// Goes on from a value that a reference led to.
    #[must_use]
    pub fn members(&self, value: Value, keys: &[SmolStr], depth: u32) -> Option<Value> {
        keys.iter()
            .try_fold(value, |value, key| match self.follow(value, depth) {
                Value::Resource(id, mut rest) => {
                    rest.push(key.clone());
                    Some(Value::Resource(id, rest))
                }
                Value::Text(_) => None,
                Value::Place(place) => {
                    let tree = self.world.tree(place);
                    let index: Option<usize> = key.parse().ok();
                    let item = index.and_then(|i| tree.items(place.node).get(i).copied());
                    let node = item.or_else(|| tree.get(place.node, key))?;
                    Some(Value::Place(Place { node, ..place }))
                }
            })
    }

    /// The text of a value, with holes for what is not known.
    #[must_use]
    pub fn text(&self, value: &Value, depth: u32) -> Option<String> {
        if depth > MAX_DEPTH {
            return None;
        }
        match value {
            Value::Text(text) => Some(text.clone()),
            Value::Resource(id, rest) => {
                let body = Value::Place(self.world.resource(*id).body);
                let attribute = (!rest.is_empty()).then(|| {
                    let place = self.members(body, rest, depth + 1)?;
                    self.text(&place, depth + 1)
                });
                Some(
                    attribute
                        .flatten()
                        .unwrap_or_else(|| self.name_of(*id, depth + 1)),
                )
            }
            Value::Place(place) => {
                let text = self.world.text(*place)?;
                if self.open.borrow().contains(place) {
                    return None;
                }
                self.open.borrow_mut().push(*place);
                let mut whole = String::new();
                for part in references::parts(text) {
                    match part {
                        Part::Plain(plain) => whole += plain,
                        Part::Reference(reference) => {
                            let meant = self.resolve(place.scope, reference, depth + 1);
                            let meant = meant.and_then(|v| self.text(&v, depth + 1));
                            whole += &meant.unwrap_or_else(|| self.hole(place.scope, reference));
                        }
                    }
                }
                self.open.borrow_mut().pop();
                Some(whole)
            }
        }
    }

    fn hole(&self, scope: ScopeId, reference: &str) -> String {
        match self.world.scope(scope).style {
            Style::Plain => format!("${{{reference}}}"),
            _ => format!("{{{}}}", reference.replace(['{', '}', '"'], "")),
        }
    }

    /// What a resource is called by its provider: what is written, else a hole
    /// with the name it has in its file.
    #[must_use]
    pub fn name_of(&self, id: ResourceId, depth: u32) -> String {
        let resource = self.world.resource(id);
        let site = Site {
            resource: id,
            item: None,
        };
        let accesses = self.models.name(&resource.kind);
        let named = accesses.iter().find_map(|access| {
            let values = self.access(site, access, depth);
            let text = values.first().and_then(|v| self.text(v, depth + 1));
            text.filter(|t| !t.is_empty())
        });
        named.unwrap_or_else(|| self.unnamed(resource))
    }

    /// Of several files that call a resource alike, each has one of its own.
    fn unnamed(&self, resource: &Resource) -> String {
        let key = resource.key.as_ref().map(|k| format!("[{k}]"));
        let key = key.unwrap_or_default();
        let name = &resource.name;
        if self.world.is_unique(resource) {
            return format!("{{{name}{key}}}");
        }
        let folder = folder(self.world.path(resource));
        format!("{{{folder}/{name}{key}}}")
    }

    /// A setting: a text, number, boolean, list or table.
    #[must_use]
    pub fn json(&self, values: &[Value]) -> Option<Json> {
        let all: Vec<Json> = values.iter().filter_map(|v| self.json_of(v, 0)).collect();
        match all.len() {
            0 => None,
            1 => all.into_iter().next(),
            _ => Some(Json::Array(all)),
        }
    }

    fn json_of(&self, value: &Value, level: u32) -> Option<Json> {
        if level > MAX_LEVELS {
            return None;
        }
        if let Value::Place(place) = self.follow(value.clone(), 0) {
            let tree = self.world.tree(place);
            let inside = |node| Value::Place(Place { node, ..place });
            match tree.node(place.node).map(|n| &n.content) {
                Some(Content::List(items)) => {
                    let items = items.iter().take(MAX_VALUES);
                    let items = items.filter_map(|i| self.json_of(&inside(*i), level + 1));
                    return Some(Json::Array(items.collect()));
                }
                Some(Content::Table(entries)) => {
                    let entries = entries.iter().take(MAX_VALUES).filter_map(|(key, node)| {
                        Some((key.to_string(), self.json_of(&inside(*node), level + 1)?))
                    });
                    return Some(Json::Object(entries.collect()));
                }
                _ => {}
            }
        }
        let text = self.text(value, 0)?;
        Some(scalar(&text))
    }

    /// Where a value stands.
    #[must_use]
    pub fn line(&self, value: &Value) -> Option<u32> {
        let Value::Place(place) = value else {
            return None;
        };
        self.world.tree(*place).node(place.node).map(|n| n.line)
    }
}

/// Numbers and booleans are told by how they are written.
fn scalar(text: &str) -> Json {
    match text {
        "true" => return Json::Bool(true),
        "false" => return Json::Bool(false),
        _ => {}
    }
    // What begins with a zero is a name.
    let number = text.parse::<i64>().ok().filter(|n| n.to_string() == text);
    number.map_or_else(|| Json::String(text.to_owned()), Json::from)
}

fn transformed(function: Function, text: &str, given: &[&str]) -> Vec<String> {
    let one = |text: &str| vec![text.to_owned()];
    let separator = given.first().copied().unwrap_or_default();
    if separator.is_empty() && function != Function::Lower {
        return one(text);
    }
    match function {
        Function::Last => one(last(text, separator)),
        Function::First => one(text.split(separator).next().unwrap_or(text)),
        Function::Part => {
            let number = given.get(1).and_then(|n| n.parse().ok()).unwrap_or(0);
            let part = text.split(separator).nth(number);
            part.map(one).unwrap_or_default()
        }
        Function::Split => {
            let parts = text.split(separator).map(str::trim);
            parts.filter(|p| !p.is_empty()).map(str::to_owned).collect()
        }
        Function::Lower => vec![text.to_lowercase()],
        Function::StripPrefix => one(text.strip_prefix(separator).unwrap_or(text)),
        Function::StripSuffix => one(text.strip_suffix(separator).unwrap_or(text)),
        Function::Kind | Function::Keys => Vec::new(),
    }
}

/// A hole can have the separator in it.
fn last<'t>(text: &'t str, separator: &str) -> &'t str {
    let mut depth = 0_u32;
    let mut from = 0;
    for (at, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ if depth == 0 && text[at..].starts_with(separator) => from = at + separator.len(),
            _ => {}
        }
    }
    &text[from.min(text.len())..]
}
