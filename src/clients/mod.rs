//! Client models: what libraries' calls mean, as data, and where a project makes them.
//!
//! The models are the TOML files of `queries/clients/`, compiled into the
//! binary, and what a project's `msgmap.toml` adds. Nothing here knows a
//! library: [`model`] reads the files, [`path`] says where a value comes from,
//! [`take`] what is taken from a site, [`matching`] finds the sites,
//! [`wrappers`] follows the project's own functions around them and
//! [`dispatchers`] finds who stands behind a consumer that passes messages on.

pub mod access;
pub mod buses;
mod cases;
pub mod casing;
pub mod coverage;
pub mod dispatchers;
pub mod handover;
pub mod importers;
pub mod iterations;
pub mod literals;
pub mod looked;
pub mod matching;
pub mod model;
pub mod path;
mod payloads;
pub mod promises;
pub mod received;
pub mod records;
pub mod settings;
pub mod sites;
pub mod sql;
pub mod take;
pub mod variables;
pub mod wrappers;

use include_dir::{Dir, include_dir};
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use smol_str::SmolStr;

pub use literals::Literals;
pub use model::Model;

use crate::facts::ExprId;
use crate::project::{
    At, ClassRef, Decorated, Evaluator, FileId, Found, FunctionRef, Iteration, Library, Origin,
    Step, Target, Value,
};

static FILES: Dir = include_dir!("$CARGO_MANIFEST_DIR/queries/clients");

/// The literate cases, one page a client.
static PAGES: Dir = include_dir!("$CARGO_MANIFEST_DIR/fixtures/clients");

/// The page of a client: what is recognised and what is not, with cases.
#[must_use]
pub fn page(client: &str) -> Option<&'static str> {
    PAGES.get_file(format!("{client}.md"))?.contents_utf8()
}

/// Every client model there is.
#[derive(Debug)]
pub struct Clients {
    pub models: Vec<Model>,
    /// The whole of the models of which only the head has been read.
    unread: Vec<Unread>,
}

/// A model that comes with msgmap.
#[derive(Debug)]
struct Unread {
    path: &'static std::path::Path,
    text: &'static str,
}

impl Unread {
    fn read(&self, parse: fn(&str) -> Result<Model, String>) -> Result<Model, String> {
        parse(self.text).map_err(|e| format!("{}: {e}", self.path.display()))
    }
}

impl Clients {
    /// The heads of the models that come with msgmap, and the models of a project.
    ///
    /// # Errors
    /// A sentence that names the model and what is wrong with it.
    pub fn load(own: &[toml::Table]) -> Result<Self, String> {
        let mut unread: Vec<Unread> = FILES
            .files()
            .map(|file| Unread {
                path: file.path(),
                text: file.contents_utf8().unwrap_or_default(),
            })
            .collect();
        unread.sort_by_key(|model| model.path);
        let heads = unread.par_iter().map(|model| model.read(Model::head));
        let mut models = heads.collect::<Result<Vec<Model>, String>>()?;
        for (i, table) in own.iter().enumerate() {
            let model = Model::from_table(table.clone())
                .map_err(|e| format!("[[model]] number {}: {e}", i + 1))?;
            models.push(model);
        }
        Ok(Self { models, unread })
    }

    /// The names of the pages of the models that come with msgmap, in their order.
    pub fn pages(&self) -> impl Iterator<Item = String> {
        let stems = self.unread.iter().map(|model| model.path.file_stem());
        stems.map(|stem| stem.unwrap_or_default().to_string_lossy().into_owned())
    }

    /// The same with the rules of those models that a tree uses.
    ///
    /// # Errors
    /// As [`Self::load`].
    pub fn with_rules(mut self, is_used: &[bool]) -> Result<Self, String> {
        let models = self.models.par_iter_mut().zip(&self.unread).zip(is_used);
        models
            .filter(|(_, is_used)| **is_used)
            .try_for_each(|((model, whole), _)| {
                *model = whole.read(Model::parse)?;
                Ok::<(), String>(())
            })?;
        Ok(self)
    }
}

/// The names of the clients that come with msgmap, in order.
pub fn names() -> impl Iterator<Item = String> {
    let mut names: Vec<String> = FILES
        .files()
        .filter_map(|f| f.path().file_stem()?.to_str().map(str::to_owned))
        .collect();
    names.sort();
    names.into_iter()
}

/// Where a rule stands: model and number in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RuleRef {
    pub model: usize,
    pub rule: usize,
}

/// Rules by the name a matching value ends in. Rules whose path can end in any
/// name are asked every time.
#[derive(Debug, Default)]
struct ByLastName {
    named: FxHashMap<SmolStr, Vec<RuleRef>>,
    any: Vec<RuleRef>,
}

impl ByLastName {
    fn add(&mut self, name: Option<SmolStr>, rule: RuleRef) {
        let rules = match name {
            Some(name) => self.named.entry(name).or_default(),
            None => &mut self.any,
        };
        if rules.last() != Some(&rule) {
            rules.push(rule);
        }
    }

    fn get(&self, name: &str) -> impl Iterator<Item = RuleRef> {
        let named = self.named.get(name).map_or(&[][..], Vec::as_slice);
        named.iter().chain(&self.any).copied()
    }

    fn has(&self, name: &str) -> bool {
        !self.any.is_empty() || self.named.contains_key(name)
    }
}

/// The models that matter for a tree, indexed.
#[derive(Debug)]
pub struct Active<'c> {
    pub clients: &'c Clients,
    /// Models that have objects, by the name an object of theirs ends in.
    objects: ByLastName,
    calls: ByLastName,
    decorators: ByLastName,
    bases: ByLastName,
    /// Rules about what is handed to the project's own functions, by their names.
    handed: FxHashMap<SmolStr, Vec<RuleRef>>,
    values: ByLastName,
    /// Rules about methods that libraries add to the language's own values.
    methods: FxHashMap<SmolStr, Vec<RuleRef>>,
    /// Rules about what modules call by a name.
    named: std::collections::BTreeMap<SmolStr, Vec<RuleRef>>,
    /// Models that say what fields of settings classes hold.
    fields: Vec<RuleRef>,
    runs: ByLastName,
    /// Functions that go through a list, by their names.
    iterations: ByLastName,
}

impl<'c> Active<'c> {
    /// Indexes the models that `is_active` says the tree uses.
    #[must_use]
    pub fn new(clients: &'c Clients, is_active: &[bool]) -> Self {
        let mut active = Self {
            clients,
            objects: ByLastName::default(),
            calls: ByLastName::default(),
            decorators: ByLastName::default(),
            bases: ByLastName::default(),
            handed: FxHashMap::default(),
            values: ByLastName::default(),
            methods: FxHashMap::default(),
            named: Default::default(),
            fields: Vec::new(),
            runs: ByLastName::default(),
            iterations: ByLastName::default(),
        };
        for (m, model) in clients.models.iter().enumerate() {
            if !is_active.get(m).copied().unwrap_or(true) {
                continue;
            }
            // What a model of values is about leads to no channel.
            let is_client = !model.rules.is_empty();
            let objects = model.objects.values().flatten();
            for path in objects.filter(|_| is_client) {
                // An object that is another by a different name is found by that one.
                if let Some(name) = path.ends_in() {
                    active
                        .objects
                        .add(Some(name), RuleRef { model: m, rule: 0 });
                }
            }
            for (r, rule) in model.rules.iter().enumerate() {
                let id = RuleRef { model: m, rule: r };
                let (index, paths) = match &rule.place {
                    model::Place::Call(paths) => (&mut active.calls, paths),
                    model::Place::Decorator(paths) => (&mut active.decorators, paths),
                    model::Place::Base(paths) => (&mut active.bases, paths),
                    model::Place::Handed { to, .. } => {
                        for name in to {
                            active.handed.entry(name.clone()).or_default().push(id);
                        }
                        continue;
                    }
                };
                for path in paths {
                    index.add(path.ends_in(), id);
                }
                for name in &rule.names_of_modules {
                    active.named.entry(name.clone()).or_default().push(id);
                }
            }
            let fields = (0..model.fields.len()).map(|rule| RuleRef { model: m, rule });
            active.fields.extend(fields);
            for (r, runs) in model.runs.iter().enumerate() {
                let id = RuleRef { model: m, rule: r };
                for path in &runs.decorators {
                    active.runs.add(path.ends_in(), id);
                }
            }
            for (r, iteration) in model.iterations.iter().enumerate() {
                let id = RuleRef { model: m, rule: r };
                for path in &iteration.calls {
                    active.iterations.add(path.ends_in(), id);
                }
            }
            for (r, value) in model.values.iter().enumerate() {
                let id = RuleRef { model: m, rule: r };
                for method in &value.methods {
                    active.methods.entry(method.clone()).or_default().push(id);
                }
                for path in &value.paths {
                    active.values.add(path.ends_in(), id);
                }
            }
        }
        active
    }

    /// Whether a value is one of the objects some model is about.
    #[must_use]
    pub fn is_object(&self, ev: &Evaluator, origin: &Origin) -> bool {
        self.objects.get(&ends_in(origin)).any(|id| {
            let objects = &self.model(id).objects;
            objects
                .values()
                .flatten()
                .any(|path| path.matches(ev, objects, origin).is_some())
        })
    }

    /// Whether a value is a decorator some rule is about.
    #[must_use]
    pub fn is_decorator(&self, ev: &Evaluator, origin: &Origin) -> bool {
        self.decorators.get(&ends_in(origin)).any(|id| {
            let objects = &self.model(id).objects;
            let model::Place::Decorator(paths) = &self.rule(id).place else {
                return false;
            };
            paths
                .iter()
                .any(|path| path.matches(ev, objects, origin).is_some())
        })
    }

    /// Whether a call spelled like this can be of interest to any rule.
    #[must_use]
    pub fn calls_named(&self, name: &str) -> bool {
        self.calls.has(name)
    }

    /// Whether a decorator puts such an object into the field it stands on.
    #[must_use]
    pub fn injects(&self, ev: &Evaluator, file: FileId, decorator: ExprId) -> bool {
        let slot = ev.decorated(file, decorator, Decorated::Slot);
        slot.iter()
            .any(|f| matches!(&f.value, Value::External(origin) if self.is_object(ev, origin)))
    }

    /// The plain channels that models describe, with their models.
    fn handovers(&self) -> impl Iterator<Item = (&'c Model, &'c handover::Handover)> {
        let models = self.clients.models.iter();
        models.flat_map(|model| model.handovers.iter().map(move |h| (model, h)))
    }

    fn model(&self, rule: RuleRef) -> &'c Model {
        &self.clients.models[rule.model]
    }

    fn rule(&self, rule: RuleRef) -> &'c model::Rule {
        &self.clients.models[rule.model].rules[rule.rule]
    }
}

impl Library for Active<'_> {
    fn value(&self, ev: &Evaluator, origin: &Origin, file: FileId) -> Option<Vec<Found>> {
        let anywhere = At {
            file,
            expr: ExprId(0),
            env: None,
        };
        let name = ends_in(origin);
        for id in self.values.get(&name) {
            let model = self.model(id);
            if !model.speaks(ev.project.file(file).language.get().family()) {
                continue;
            }
            let rule = &model.values[id.rule];
            for path in &rule.paths {
                let Some(captures) = path.matches(ev, &model.objects, origin) else {
                    continue;
                };
                if captures.wild.iter().any(|w| rule.except.contains(w)) {
                    continue;
                }
                let at = origin.calls().next().cloned();
                let at = at.unwrap_or_else(|| anywhere.clone());
                let site = take::Site {
                    ev,
                    model,
                    at,
                    captures,
                    origin: origin.clone(),
                    on: take::On::Call,
                    item: None,
                    settle: false,
                };
                if !site.satisfies(&rule.when, &rule.unless) {
                    continue;
                }
                let found: Vec<Found> = site
                    .first(&rule.value)
                    .into_iter()
                    .map(|n| n.found)
                    .collect();
                if !found.is_empty() {
                    return Some(found);
                }
            }
        }
        None
    }

    fn method(&self, ev: &Evaluator, call: &At, name: &str) -> Option<Vec<Found>> {
        let rules = self.methods.get(name)?;
        let language = ev.project.file(call.file).language.get();
        rules.iter().find_map(|id| {
            let model = self.model(*id);
            if !model.speaks(language.family()) || !imports(ev, call.file, model) {
                return None;
            }
            let site = take::Site {
                ev,
                model,
                at: call.clone(),
                captures: path::Captures::default(),
                origin: Origin::global(name),
                on: take::On::Call,
                item: None,
                settle: false,
            };
            let nodes = site.first(&model.values[id.rule].value);
            let found: Vec<Found> = nodes.into_iter().map(|n| n.found).collect();
            (!found.is_empty()).then_some(found)
        })
    }

    fn field(&self, ev: &Evaluator, class: ClassRef, field: u32) -> Option<Vec<Found>> {
        let family = ev.project.file(class.file).language.get().family();
        for rule in &self.fields {
            let model = self.model(*rule);
            if !model.speaks(family) {
                continue;
            }
            let fields = &model.fields[rule.rule];
            let Some((origin, captures)) = fields.concerns(ev, model, class) else {
                continue;
            };
            let site = take::Site {
                ev,
                model,
                at: At {
                    file: class.file,
                    expr: ExprId(0),
                    env: None,
                },
                captures,
                origin,
                on: take::On::Field(class, field),
                item: None,
                settle: false,
            };
            let nodes = site.first(&fields.value);
            if !nodes.is_empty() {
                return Some(nodes.into_iter().map(|n| n.found).collect());
            }
        }
        None
    }

    fn iteration(&self, ev: &Evaluator, call: &At, name: &str) -> Option<Iteration> {
        self.iterates(ev, call, name)
    }

    fn is_object(&self, ev: &Evaluator, origin: &Origin) -> bool {
        Active::is_object(self, ev, origin)
    }

    fn is_input(&self, ev: &Evaluator, origin: &Origin, file: FileId) -> bool {
        let family = ev.project.file(file).language.get().family();
        let models = self.clients.models.iter().filter(|m| m.speaks(family));
        let mut inputs = models.flat_map(|m| m.inputs.iter().map(move |path| (m, path)));
        inputs.any(|(model, path)| {
            std::iter::successors(Some(origin), |o| o.parent())
                .any(|o| path.matches(ev, &model.objects, o).is_some())
        })
    }

    fn provides(&self, ev: &Evaluator, function: FunctionRef) -> Option<SmolStr> {
        let family = ev.project.file(function.file).language.get().family();
        let target = Decorated::Function(function);
        for decorator in &ev.project.function(function).decorators {
            for found in ev.decorated(function.file, *decorator, target) {
                let Value::External(origin) = &found.value else {
                    continue;
                };
                let own = origin.parent()?;
                for model in self.clients.models.iter().filter(|m| m.speaks(family)) {
                    for rule in &model.providers {
                        let matched = rule
                            .decorators
                            .iter()
                            .find_map(|path| path.matches(ev, &model.objects, own));
                        if let Some(captures) = matched {
                            let at = At {
                                file: function.file,
                                expr: *decorator,
                                env: None,
                            };
                            let site = take::Site {
                                ev,
                                model,
                                at,
                                captures,
                                origin: origin.clone(),
                                on: take::On::Function(function),
                                item: None,
                                settle: true,
                            };
                            let named = site.texts(&rule.name).into_iter();
                            let named = named.filter_map(|(text, _)| text.as_plain()).next();
                            let own = ev.project.function(function).name.clone();
                            return Some(named.unwrap_or(own));
                        }
                    }
                }
            }
        }
        None
    }

    fn runs(&self, ev: &Evaluator, function: FunctionRef) -> Vec<SmolStr> {
        let decorators = &ev.project.function(function).decorators;
        let target = Decorated::Function(function);
        let mut methods = Vec::new();
        for decorator in decorators {
            for found in ev.decorated(function.file, *decorator, target) {
                let Value::External(origin) = &found.value else {
                    continue;
                };
                let Some(own) = origin.parent() else {
                    continue;
                };
                for id in self.runs.get(&ends_in(own)) {
                    let model = self.model(id);
                    let rule = &model.runs[id.rule];
                    let stands = |p: &path::Path| p.matches(ev, &model.objects, own).is_some();
                    if rule.decorators.iter().any(stands) {
                        methods.extend(rule.methods.iter().cloned());
                    }
                }
            }
        }
        methods
    }
}

impl model::FieldRule {
    /// Whether a class is one whose fields the rule is about.
    fn concerns(
        &self,
        ev: &Evaluator,
        model: &Model,
        class: ClassRef,
    ) -> Option<(Origin, path::Captures)> {
        let matching = |paths: &[path::Path], origin: Origin| {
            let mut matches = paths.iter().map(|p| p.matches(ev, &model.objects, &origin));
            let captures = matches.find_map(|captures| captures)?;
            Some((origin, captures))
        };
        let derived = || {
            let all = ev.derives(class).into_iter();
            all.into_iter().find_map(|o| matching(&self.derives, o))
        };
        let based = || {
            let bases = ev.external_bases(class).into_iter();
            bases
                .into_iter()
                .find_map(|(o, _)| matching(&self.bases, o))
        };
        match (self.bases.is_empty(), self.derives.is_empty()) {
            (false, _) => based(),
            (true, false) => derived(),
            (true, true) => None,
        }
    }
}

/// Whether a file imports a package of a model.
fn imports(ev: &Evaluator, file: FileId, model: &Model) -> bool {
    let is_of = |origin: &Origin| match origin.root() {
        Step::Package(name) => model.client.packages.iter().any(|p| p == name),
        _ => false,
    };
    let imports = ev.project.facts(file).imports.iter();
    let mut targets = imports.map(|i| ev.project.resolve_module(file, &i.module));
    targets.any(|target| matches!(target, Target::External(origin) if is_of(&origin)))
}

/// The member or package name a value ends in, its call left out.
fn ends_in(origin: &Origin) -> SmolStr {
    let mut node = Some(origin);
    while let Some(o) = node {
        match o.step() {
            Step::Member(name) | Step::Package(name) | Step::Global(name) => return name.clone(),
            Step::Call(_) | Step::Decorated { .. } => node = o.parent(),
            Step::Callback { .. } | Step::Element | Step::Used(_) => return SmolStr::default(),
        }
    }
    SmolStr::default()
}

#[cfg(test)]
mod tests {
    use super::Clients;

    #[test]
    fn every_model_is_understood_as_a_whole() {
        let heads = Clients::load(&[]).expect("heads");
        let all = vec![true; heads.models.len()];
        let names: Vec<String> = heads.models.iter().map(|m| m.client.name.clone()).collect();
        assert!(heads.models.iter().all(|m| m.rules.is_empty()));
        let whole = heads.with_rules(&all).expect("models");
        assert!(whole.models.iter().any(|m| !m.rules.is_empty()));
        let same = whole.models.iter().map(|m| m.client.name.clone());
        assert!(same.eq(names));
    }
}
