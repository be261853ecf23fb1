//! What the models make of a world.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::evaluate::{Evaluator, Site, Value};
use super::model::{Accesses, Condition, Expected, Kind, Model, Models, Rule};
use super::{ResourceId, World};
use crate::analysis::{DeclarationKind, Role};
use crate::infra::paths::{folder, normalize};

/// Where something stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spot {
    /// Relative to the root, with `/`.
    pub file: String,
    /// 1-based.
    pub line: u32,
}

/// A queue, topic, binding, … that a file declares.
#[derive(Clone, Debug, PartialEq)]
pub struct Declared {
    pub kind: DeclarationKind,
    pub technology: String,
    pub name: Option<String>,
    pub spot: Spot,
    pub settings: BTreeMap<String, Json>,
}

/// A producer or consumer that a file sets up.
#[derive(Clone, Debug, PartialEq)]
pub struct Attached {
    pub role: Role,
    /// The model that says so.
    pub model: String,
    pub technology: String,
    /// What its channel is: topic, queue, …
    pub channel: String,
    pub name: Option<String>,
    pub via: Option<String>,
    pub group: Option<String>,
    pub spot: Spot,
    /// The name the function has in its file.
    pub symbol: Option<String>,
    pub code: Option<Code>,
    pub settings: BTreeMap<String, Json>,
    pub likely: bool,
}

/// The code of a function, as its provider is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    /// Relative to the root, with `/`.
    pub folder: String,
    /// `src/orders.handler`, `shop.Orders::handle`
    pub handler: String,
}

/// How delivery behaves or fails.
#[derive(Clone, Debug, PartialEq)]
pub struct Ruled {
    pub kind: String,
    pub technology: String,
    /// The channel it is about.
    pub channel: Option<String>,
    pub spot: Spot,
    pub detail: BTreeMap<String, Json>,
}

/// A variable of the environment some code runs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    pub name: String,
    /// With `{…}` for what is not known.
    pub value: String,
    /// The folder of the code.
    pub folder: String,
    /// Names of services, one of which it is of; empty if the folder is told.
    pub services: Vec<String>,
    pub spot: Spot,
}

/// Everything the infrastructure files of a tree say.
#[derive(Clone, Debug, Default)]
pub struct Found {
    pub declarations: Vec<Declared>,
    pub endpoints: Vec<Attached>,
    pub policies: Vec<Ruled>,
    pub variables: Vec<Variable>,
}

/// Asks every rule about every resource.
#[must_use]
pub fn apply(world: &World, models: &Models) -> Found {
    let mut applying = Applying {
        ev: Evaluator::new(world, models),
        found: Found::default(),
    };
    for (number, resource) in world.resources.iter().enumerate() {
        if resource.is_known_elsewhere {
            continue;
        }
        let id = ResourceId(number as u32);
        for (model, rule) in models.rules(&resource.kind) {
            applying.rule(id, model, rule);
        }
    }
    applying.found
}

struct Applying<'w> {
    ev: Evaluator<'w>,
    found: Found,
}

impl Applying<'_> {
    fn rule(&mut self, resource: ResourceId, model: &Model, rule: &Rule) {
        let whole = Site {
            resource,
            item: None,
        };
        if rule.each.is_empty() {
            self.site(whole, model, rule);
            return;
        }
        for item in self.ev.first(whole, &rule.each) {
            let site = Site {
                resource,
                item: Some(&item),
            };
            self.site(site, model, rule);
        }
    }

    fn site(&mut self, site: Site, model: &Model, rule: &Rule) {
        let holds = |c: &Condition| self.holds(site, c);
        if !rule.when.iter().all(holds) || rule.unless.iter().any(holds) {
            return;
        }
        match rule.kind {
            Kind::Named => {}
            Kind::Function => self.variables(site, rule),
            Kind::Policy => {
                let detail = self.table(site, &rule.settings);
                if rule.always || !detail.is_empty() {
                    let channel = self.ev.texts(site, &rule.name).into_iter().next();
                    self.policy(site, rule, &rule.policy, channel, detail);
                }
            }
            Kind::Declaration(kind) => self.declaration(site, rule, kind),
            Kind::Endpoint(role) => self.endpoint(site, model, rule, role),
        }
    }

    fn holds(&self, site: Site, condition: &Condition) -> bool {
        let access = std::slice::from_ref(&condition.access);
        match &condition.expected {
            Expected::Present => !self.ev.first(site, access).is_empty(),
            Expected::Absent => self.ev.first(site, access).is_empty(),
            Expected::OneOf(texts) => {
                let found = self.ev.texts(site, access);
                found.iter().any(|f| texts.contains(f))
            }
            Expected::Contains(parts) => {
                let found = self.ev.texts(site, access);
                found.iter().any(|f| parts.iter().any(|p| f.contains(p)))
            }
        }
    }

    fn spot(&self, site: Site) -> Spot {
        let world = self.ev.world;
        let resource = world.resource(site.resource);
        let item = site.item.and_then(|item| self.ev.line(item));
        let line = item.unwrap_or(resource.line);
        Spot {
            file: world.path(resource).to_owned(),
            line,
        }
    }

    fn table(&self, site: Site, all: &BTreeMap<String, Accesses>) -> BTreeMap<String, Json> {
        let entries = all.iter().filter_map(|(key, accesses)| {
            let values = self.ev.first(site, accesses);
            Some((key.clone(), self.ev.json(&values)?))
        });
        entries.collect()
    }

    fn settings(&self, site: Site, rule: &Rule) -> BTreeMap<String, Json> {
        let mut settings = rule.defaults.clone();
        settings.extend(self.table(site, &rule.settings));
        settings
    }

    fn declaration(&mut self, site: Site, rule: &Rule, kind: DeclarationKind) {
        let spot = self.spot(site);
        let settings = self.settings(site, rule);
        let mut names = self.ev.texts(site, &rule.name);
        // What a list makes has a name only if one is written.
        if names.is_empty() && site.item.is_none() {
            names.push(self.ev.name_of(site.resource, 0));
        }
        let names: Vec<Option<String>> = if names.is_empty() {
            vec![None]
        } else {
            names.into_iter().map(Some).collect()
        };
        for name in names {
            self.policies(site, rule, name.as_ref());
            self.found.declarations.push(Declared {
                kind,
                technology: rule.technology.clone(),
                name,
                spot: spot.clone(),
                settings: settings.clone(),
            });
        }
    }

    fn endpoint(&mut self, site: Site, model: &Model, rule: &Rule, role: Role) {
        let one = |accesses: &Accesses| self.ev.texts(site, accesses).into_iter().next();
        let names = self.ev.texts(site, &rule.name);
        let handler = self.ev.first(site, &rule.handler);
        let function = handler.first().and_then(|v| self.ev.resource_of(v, 0));
        let channel = rule.channel.as_ref().or(model.channel.as_ref());
        let endpoint = Attached {
            role,
            model: model.name.clone(),
            technology: rule.technology.clone(),
            channel: channel.map_or_else(|| "topic".to_owned(), Clone::clone),
            name: None,
            via: one(&rule.via),
            group: one(&rule.group),
            spot: self.spot(site),
            symbol: function.map(|f| self.ev.world.resource(f).name.to_string()),
            code: function.and_then(|f| self.code(f)),
            settings: self.settings(site, rule),
            likely: rule.likely,
        };
        let names: Vec<Option<String>> = if names.is_empty() {
            vec![None]
        } else {
            names.into_iter().map(Some).collect()
        };
        for name in names {
            self.policies(site, rule, name.as_ref());
            let endpoint = endpoint.clone();
            self.found.endpoints.push(Attached { name, ..endpoint });
        }
    }

    fn policies(&mut self, site: Site, rule: &Rule, channel: Option<&String>) {
        for (kind, detail) in &rule.policies {
            let detail = self.table(site, detail);
            if !detail.is_empty() {
                self.policy(site, rule, kind, channel.cloned(), detail);
            }
        }
    }

    fn policy(
        &mut self,
        site: Site,
        rule: &Rule,
        kind: &str,
        channel: Option<String>,
        detail: BTreeMap<String, Json>,
    ) {
        self.found.policies.push(Ruled {
            kind: kind.to_owned(),
            technology: rule.technology.clone(),
            channel,
            spot: self.spot(site),
            detail,
        });
    }

    /// Where a function's code is.
    fn code(&self, function: ResourceId) -> Option<Code> {
        let site = Site {
            resource: function,
            item: None,
        };
        let resource = self.ev.world.resource(function);
        let mut rules = self.ev.models.rules(&resource.kind);
        let (_, rule) = rules.find(|(_, rule)| rule.kind == Kind::Function)?;
        let handler = self.ev.texts(site, &rule.handler).into_iter().next()?;
        Some(Code {
            folder: self.folder(site, rule)?,
            handler,
        })
    }

    /// The folder of a function's code: what is written is relative to the file.
    fn folder(&self, site: Site, rule: &Rule) -> Option<String> {
        let file = self.ev.world.path(self.ev.world.resource(site.resource));
        let written = self.ev.texts(site, &rule.folder).into_iter().next();
        let written = written
            .filter(|w| !w.contains(['{', ':']))
            .unwrap_or_default();
        normalize(&format!("{}/{written}", folder(file)))
    }

    fn variables(&mut self, site: Site, rule: &Rule) {
        let Some(folder) = self.folder(site, rule) else {
            return;
        };
        let services = rule
            .service
            .iter()
            .flat_map(|access| self.ev.texts(site, std::slice::from_ref(access)));
        let services: Vec<String> = services.collect();
        let tables = rule.variables.iter();
        let tables = tables.flat_map(|access| self.ev.first(site, std::slice::from_ref(access)));
        let tables: Vec<Value> = tables.collect();
        for value in tables {
            for (name, value) in self.ev.entries(&value) {
                let line = self.ev.line(&value);
                let Some(text) = self.ev.text(&value, 0).filter(|t| !t.is_empty()) else {
                    continue;
                };
                let mut spot = self.spot(site);
                spot.line = line.unwrap_or(spot.line);
                self.found.variables.push(Variable {
                    name,
                    value: text,
                    folder: folder.clone(),
                    services: services.clone(),
                    spot,
                });
            }
        }
    }
}

impl Evaluator<'_> {
    /// The entries of a table; a name and a value are one.
    fn entries(&self, value: &Value) -> Vec<(String, Value)> {
        let Some(place) = self.place_of(value, 0) else {
            return Vec::new();
        };
        let tree = self.world.tree(place);
        if let Some(name) = tree.exact(place.node, "name").and_then(|n| tree.text(n)) {
            let value = tree
                .exact(place.node, "value")
                .map(|node| Value::Place(super::Place { node, ..place }));
            return value.map(|v| (name.to_string(), v)).into_iter().collect();
        }
        let entries = self.world.tree(place).entries(place.node).iter();
        entries
            .map(|(name, node)| {
                (
                    name.to_string(),
                    Value::Place(super::Place {
                        node: *node,
                        ..place
                    }),
                )
            })
            .collect()
    }
}
