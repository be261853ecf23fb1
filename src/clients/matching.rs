//! Finds the sites of a file: calls, decorators and classes that a rule is about.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::dispatchers::Dispatchers;
use super::model::{Kind, Place as RulePlace, Rule};
use super::path::{Captures, Path};
use super::sites::{DeclarationSite, EndpointSite, Place, PolicySite, Sites};
use super::take::{On, Site};
use super::{Active, Model, RuleRef, ends_in, promises, settings, wrappers};
use crate::analysis::{Confidence, Role};
use crate::facts::{ClassId, ClassKind, ExprKind, FunctionId, ImportId, Span};
use crate::project::{
    At, ClassRef, Decorated, Evaluator, FileId, FunctionRef, Origin, Step, Target, Text, Value,
};

/// A rule that matches a place.
#[derive(Clone, Debug)]
pub struct Match {
    pub rule: RuleRef,
    pub captures: Captures,
    pub origin: Origin,
    pub confidence: Confidence,
}

/// Finds everything in one file.
pub struct Matcher<'a, 'p> {
    pub active: &'a Active<'p>,
    pub ev: &'a Evaluator<'p>,
    pub dispatchers: &'a Dispatchers,
}

impl Matcher<'_, '_> {
    /// The sites of a file.
    #[must_use]
    pub fn file(&self, file: FileId) -> Sites {
        let mut sites = Sites::default();
        let facts = self.ev.project.facts(file);
        let mut likely_packages = None;
        for call in &facts.calls {
            let ExprKind::Call { callee, .. } = &facts.expr(*call).kind else {
                continue;
            };
            let at = At {
                file,
                expr: *call,
                env: None,
            };
            if let ExprKind::Member { name, .. } | ExprKind::Name(name) = &facts.expr(*callee).kind
                && let Some(rules) = self.active.handed.get(name)
            {
                let matches = self.handed(&at, rules);
                if !matches.is_empty() {
                    self.place(&at, On::Call, &matches, &mut sites);
                    continue;
                }
            }
            // Most calls are spelled like nothing any model knows.
            if let ExprKind::Member { name, .. } = &facts.expr(*callee).kind
                && !self.active.calls_named(name)
            {
                continue;
            }
            let mut matches = self.matches(&at);
            if matches.is_empty() {
                let packages = likely_packages.get_or_insert_with(|| self.imported_packages(file));
                matches = self.likely(&at, packages);
            }
            self.place(&at, On::Call, &matches, &mut sites);
        }
        self.names(file, &mut sites);
        for (i, _) in facts.functions.iter().enumerate() {
            let function = FunctionRef {
                file,
                function: FunctionId(i as u32),
            };
            self.decorators(file, Decorated::Function(function), &mut sites);
        }
        for (i, class) in facts.classes.iter().enumerate() {
            let class_ref = ClassRef {
                file,
                class: ClassId(i as u32),
            };
            // What an annotation of the project carries counts where that is used.
            if class.kind != ClassKind::Interface || !class.is_abstract {
                self.decorators(file, Decorated::Class(class_ref), &mut sites);
            }
            if class.kind != ClassKind::Interface && !class.is_abstract {
                self.bases(class_ref, &mut sites);
            }
        }
        sites
    }

    /// What a module gives a name that rules are about.
    fn names(&self, file: FileId, sites: &mut Sites) {
        let facts = self.ev.project.facts(file);
        let (Some(module), family) = (facts.scopes.first(), self.family(file)) else {
            return;
        };
        for (name, rules) in &self.active.named {
            let assigned = module.names.get(name).into_iter().flatten();
            for binding in assigned.filter(|b| b.assigns) {
                let at = At {
                    file,
                    expr: binding.value,
                    env: None,
                };
                let rules = rules.iter().copied();
                let matches: Vec<Match> = rules
                    .filter(|rule| self.active.model(*rule).speaks(family))
                    .map(|rule| Match {
                        rule,
                        captures: Captures::default(),
                        origin: Origin::global(name.clone()),
                        confidence: Confidence::Certain,
                    })
                    .collect();
                self.place(&at, On::Value, &matches, sites);
            }
        }
    }

    /// The rules that match a call, by where its callee comes from.
    #[must_use]
    pub fn matches(&self, call: &At) -> Vec<Match> {
        let Some((callee, _)) = self.ev.call_parts(call) else {
            return Vec::new();
        };
        let family = self.family(call.file);
        let mut matches = Vec::new();
        for found in self.ev.concrete_callee(&callee) {
            for origin in self.called(&found.value) {
                for rule in self.active.calls.get(&ends_in(&origin)) {
                    let RulePlace::Call(paths) = &self.active.rule(rule).place else {
                        continue;
                    };
                    matches.extend(self.try_rule(rule, paths, &origin, family));
                }
            }
        }
        matches
    }

    /// What of a library a call runs: the callee itself, or what a library's
    /// decorator made of a function of the project.
    fn called(&self, callee: &Value) -> Vec<Origin> {
        match callee {
            Value::External(origin) => vec![origin.clone()],
            Value::Function { function, .. } => {
                let decorators = &self.ev.project.function(*function).decorators;
                let target = Decorated::Function(*function);
                let made = decorators
                    .iter()
                    .flat_map(|d| self.ev.decorated(function.file, *d, target));
                made.filter_map(|f| match f.value {
                    Value::External(origin) => Some(origin),
                    _ => None,
                })
                .collect()
            }
            _ => Vec::new(),
        }
    }

    fn try_rule(
        &self,
        rule: RuleRef,
        paths: &[Path],
        origin: &Origin,
        family: &str,
    ) -> Option<Match> {
        let model = self.active.model(rule);
        if !model.speaks(family) {
            return None;
        }
        let captures = paths
            .iter()
            .find_map(|path| path.matches(self.ev, &model.objects, origin))?;
        Some(Match {
            rule,
            captures,
            origin: origin.clone(),
            confidence: Confidence::Certain,
        })
    }

    /// The rules about objects of the library's kinds of messages, where one is
    /// handed to a function of the project.
    fn handed(&self, call: &At, rules: &[RuleRef]) -> Vec<Match> {
        let family = self.family(call.file);
        let Some((_, args)) = self.ev.call_parts(call) else {
            return Vec::new();
        };
        let Some(first) = args.first() else {
            return Vec::new();
        };
        let value = At {
            expr: first.value,
            ..call.clone()
        };
        let classes = self
            .ev
            .concrete(&value)
            .into_iter()
            .filter_map(|f| match f.value {
                Value::Instance { class, .. } => Some(class),
                _ => None,
            });
        for class in classes {
            for (origin, _) in self.ev.external_bases(class) {
                for rule in rules {
                    let RulePlace::Handed { bases, .. } = &self.active.rule(*rule).place else {
                        continue;
                    };
                    if let Some(matched) = self.try_rule(*rule, bases, &origin, family) {
                        return vec![Match {
                            confidence: Confidence::Likely,
                            ..matched
                        }];
                    }
                }
            }
        }
        Vec::new()
    }

    fn family(&self, file: FileId) -> &'static str {
        self.ev.project.file(file).language.get().family()
    }

    /// The packages a file imports.
    fn imported_packages(&self, file: FileId) -> Vec<String> {
        let facts = self.ev.project.facts(file);
        let mut packages: Vec<String> = facts
            .imports
            .iter()
            .enumerate()
            .map(|(i, _)| self.ev.project.imported(file, ImportId(i as u32)))
            .filter_map(|target| match target {
                Target::External(origin) => match origin.root() {
                    Step::Package(name) => Some(name.to_string()),
                    _ => None,
                },
                Target::File(_) => None,
            })
            .collect();
        packages.sort();
        packages.dedup();
        packages
    }

    /// Rules that match by spelling: the method says it, the file imports the
    /// package, and nothing is known of the receiver that speaks against it.
    fn likely(&self, call: &At, packages: &[String]) -> Vec<Match> {
        let Some((callee, _)) = self.ev.call_parts(call) else {
            return Vec::new();
        };
        let facts = self.ev.project.facts(call.file);
        let ExprKind::Member { object, name, .. } = &facts.expr(callee.expr).kind else {
            return Vec::new();
        };
        let object = At {
            expr: *object,
            ..callee
        };
        let family = self.family(call.file);
        let mut matches = Vec::new();
        for rule in self.active.calls.get(name) {
            let (facts, model) = (self.active.rule(rule), self.active.model(rule));
            let RulePlace::Call(paths) = &facts.place else {
                continue;
            };
            let imports = model.client.packages.iter().any(|p| {
                let package = p.strip_prefix("node:").unwrap_or(p);
                packages.iter().any(|i| i == package)
            });
            let spelled = paths.iter().any(|p| p.method() == Some(name));
            if facts.likely
                && imports
                && spelled
                && model.speaks(family)
                && self
                    .ev
                    .concrete(&object)
                    .iter()
                    .all(|f| is_open(&f.value, model))
            {
                matches.push(Match {
                    rule,
                    captures: Captures::default(),
                    origin: Origin::global(name.clone()),
                    confidence: Confidence::Likely,
                });
            }
        }
        matches
    }

    fn decorators(&self, file: FileId, target: Decorated, sites: &mut Sites) {
        let project = self.ev.project;
        let (decorators, on) = match target {
            Decorated::Function(f) => (&project.function(f).decorators, On::Function(f)),
            Decorated::Class(c) => (&project.class(c).decorators, On::Class(c)),
            Decorated::Slot => return,
        };
        let family = self.family(file);
        for decorator in decorators {
            for found in self.ev.decorated(file, *decorator, target) {
                let Value::External(origin) = &found.value else {
                    continue;
                };
                let Some(own) = origin.parent() else {
                    continue;
                };
                let mut matches = Vec::new();
                for rule in self.active.decorators.get(&ends_in(own)) {
                    if let RulePlace::Decorator(paths) = &self.active.rule(rule).place
                        && let Some(mut matched) = self.try_rule(rule, paths, own, family)
                    {
                        matched.origin = origin.clone();
                        matches.push(matched);
                    }
                }
                // An annotation of the project stands for one that it carries.
                let at = match origin.step() {
                    Step::Decorated { decorator, .. } => decorator.clone(),
                    _ => At {
                        file,
                        expr: *decorator,
                        env: None,
                    },
                };
                self.place(&at, on, &matches, sites);
            }
        }
    }

    fn bases(&self, class: ClassRef, sites: &mut Sites) {
        let family = self.family(class.file);
        for (origin, base) in self.ev.external_bases(class) {
            let mut matches = Vec::new();
            for rule in self.active.bases.get(&ends_in(&origin)) {
                if let RulePlace::Base(paths) = &self.active.rule(rule).place {
                    matches.extend(self.try_rule(rule, paths, &origin, family));
                }
            }
            if matches.is_empty() || self.is_of_extension(class, &base) {
                continue;
            }
            // `Base<T>` of a base is what the class says that it is.
            let base = At {
                env: self.ev.head_of(class),
                ..base
            };
            self.place(&base, On::Class(class), &matches, sites);
        }
    }

    /// Whether a base stands at an extension of the class (`impl Trait for Class`),
    /// which is a place of its own.
    fn is_of_extension(&self, class: ClassRef, base: &At) -> bool {
        let facts = self.ev.project.facts(base.file);
        let mut classes = facts.classes.iter().zip(0..);
        classes.any(|(c, i)| {
            let is_class = class.file == base.file && class.class == ClassId(i);
            c.kind == ClassKind::Extension && !is_class && c.bases.contains(&base.expr)
        })
    }

    /// Makes sites of the rules that match a place: of endpoints of one role the
    /// rule that knows a name, else the first; of the rest all.
    fn place(&self, at: &At, on: On, matches: &[Match], sites: &mut Sites) {
        if matches.is_empty() {
            return;
        }
        for role in [Role::Producer, Role::Consumer] {
            // Rules that look at each element of something add to the others.
            let mut added = Vec::new();
            // Where the object can be one of several libraries', each has its own.
            let mut best: Vec<Best> = Vec::new();
            for matched in matches {
                let rule = self.active.rule(matched.rule);
                if !matches!(rule.kind, Kind::Endpoint(r) if r == role) {
                    continue;
                }
                let uses = wrappers::uses(self, at, on, matched);
                sites.wrappers.extend(uses.wrappers);
                sites.own_named.extend(uses.own_named);
                sites.records.extend(uses.records);
                if rule.each.is_some() {
                    added.extend(uses.endpoints);
                } else if let Some(first) = uses.endpoints.first() {
                    let technology = first.technology.clone();
                    let found = Best {
                        // The wrapper alone tells nothing: it is another rule's.
                        known: uses.endpoints.iter().any(|e| !e.wrapper && is_named(e)),
                        rule: matched.rule,
                        technology,
                        endpoints: uses.endpoints,
                    };
                    found.join(&mut best);
                }
            }
            let known = best.iter().any(|b| b.known);
            best.retain(|b| b.known == known);
            best.truncate(if known { best.len() } else { 1 });
            added.extend(best.into_iter().flat_map(|b| b.endpoints));
            sites.endpoints.extend(distinct(added));
        }
        for matched in matches {
            let site = self.site(at, on, matched, true);
            self.statements(&site, matched, sites);
        }
    }

    /// A site for accesses to be taken from.
    #[must_use]
    pub fn site(&self, at: &At, on: On, matched: &Match, settle: bool) -> Site<'_, '_> {
        Site {
            ev: self.ev,
            model: self.active.model(matched.rule),
            at: at.clone(),
            captures: matched.captures.clone(),
            origin: matched.origin.clone(),
            on,
            item: None,
            settle,
        }
    }

    /// One site per element where a rule says so.
    #[must_use]
    pub fn each<'s>(&'s self, site: Site<'s, 's>, rule: &Rule) -> Vec<Site<'s, 's>> {
        let Some(each) = &rule.each else {
            return vec![site];
        };
        site.first(each)
            .into_iter()
            .map(|item| Site {
                item: Some(item),
                captures: site.captures.clone(),
                at: site.at.clone(),
                origin: site.origin.clone(),
                ..site
            })
            .collect()
    }

    /// Declarations and policies.
    fn statements(&self, site: &Site, matched: &Match, sites: &mut Sites) {
        let rule = self.active.rule(matched.rule);
        match &rule.kind {
            Kind::Endpoint(_) => {
                if site.satisfies(&rule.when, &rule.unless) {
                    self.site_policies(site, rule, matched, sites);
                }
            }
            Kind::Declaration(kind) => {
                let uses = wrappers::uses(self, &site.at, site.on, matched);
                sites.wrappers.extend(uses.wrappers);
                if !uses.declarations.is_empty() {
                    sites.declarations.extend(uses.declarations);
                    self.site_policies(site, rule, matched, sites);
                    return;
                }
                let again = self.site(&site.at, site.on, matched, true);
                for site in self.each(again, rule) {
                    if !site.satisfies(&rule.when, &rule.unless) {
                        continue;
                    }
                    let mut names: Vec<Option<Text>> = site
                        .texts(&rule.name)
                        .into_iter()
                        .map(|(t, _)| Some(t))
                        .collect();
                    if names.is_empty() {
                        names.push(None);
                    }
                    for name in names {
                        sites.declarations.push(DeclarationSite {
                            kind: *kind,
                            technology: self.technology(rule, matched.rule),
                            name,
                            place: self.location(&site.at, site.on),
                            calls: calls_of(&site.at, &matched.origin),
                            settings: self.settings(&site, rule),
                        });
                    }
                    self.site_policies(&site, rule, matched, sites);
                }
            }
            Kind::Policy(kind) => {
                if !site.satisfies(&rule.when, &rule.unless) {
                    return;
                }
                let detail = self.detail(site, &rule.settings);
                if detail.is_empty() && !rule.always {
                    return;
                }
                let channel = site.texts(&rule.name).first().map(|(t, _)| t.to_string());
                let mut policy = self.policy(site, matched, rule, kind, detail);
                policy.channel = channel;
                sites.policies.push(policy);
            }
        }
    }

    /// The policies a rule states beside its endpoint or declaration.
    fn site_policies(&self, site: &Site, rule: &Rule, matched: &Match, sites: &mut Sites) {
        for (kind, accesses) in &rule.policies {
            let detail = self.detail(site, accesses);
            if detail.is_empty() {
                continue;
            }
            let mut policy = self.policy(site, matched, rule, kind, detail);
            if matches!(rule.kind, Kind::Declaration(_)) {
                policy.channel = site.texts(&rule.name).first().map(|(t, _)| t.to_string());
            }
            sites.policies.push(policy);
        }
        for (key, alternatives) in &rule.settings {
            // What the model says without asking the code is a default.
            let written = alternatives.iter().filter(|access| !access.is_constant());
            let said = written
                .into_iter()
                .find_map(|a| self.setting(site, std::slice::from_ref(a)));
            let promised = said.as_ref().and_then(|value| promises::policy(key, value));
            let (Some(kind), Some(value)) = (promised, said) else {
                continue;
            };
            if rule.policies.contains_key(kind) {
                continue;
            }
            let detail = BTreeMap::from([(key.clone(), value)]);
            let mut policy = self.policy(site, matched, rule, kind, detail);
            policy.implied = true;
            if matches!(rule.kind, Kind::Declaration(_)) {
                policy.channel = site.texts(&rule.name).first().map(|(t, _)| t.to_string());
            }
            sites.policies.push(policy);
        }
    }

    fn policy(
        &self,
        site: &Site,
        matched: &Match,
        rule: &Rule,
        kind: &str,
        detail: BTreeMap<String, Json>,
    ) -> PolicySite {
        PolicySite {
            kind: kind.to_owned(),
            technology: self.technology(rule, matched.rule),
            place: self.location(&site.at, site.on),
            call: (site.at.file, site.at.expr),
            made: matched.origin.calls().next().map(|at| (at.file, at.expr)),
            channel: None,
            implied: false,
            detail,
        }
    }

    fn detail(
        &self,
        site: &Site,
        accesses: &BTreeMap<String, super::model::Accesses>,
    ) -> BTreeMap<String, Json> {
        let taken = accesses.iter().filter_map(|(key, alternatives)| {
            Some((key.clone(), self.setting(site, alternatives)?))
        });
        taken.collect()
    }

    /// What the first alternative with a value gives, as JSON.
    fn setting(&self, site: &Site, alternatives: &[super::access::Access]) -> Option<Json> {
        let node = site.first(alternatives).into_iter().next()?;
        let named = match &node.found.value {
            Value::External(_) => site.name_of(&node, 0).into_iter().next(),
            // What is injected is known by what its provider makes.
            Value::Param(_) => site
                .name_of(&node, 0)
                .into_iter()
                .find(|(text, _)| text.is_partly_known() && text.params().next().is_none()),
            _ => None,
        };
        Some(match named {
            Some((text, _)) => Json::String(text.to_string()),
            None => settings::json(self.ev, &node.found.value, node.at.as_ref()),
        })
    }

    /// The settings of a site, and what holds when nothing is said.
    #[must_use]
    pub fn settings(&self, site: &Site, rule: &Rule) -> BTreeMap<String, Json> {
        let mut all: BTreeMap<String, Json> = rule.defaults.clone();
        for (key, alternatives) in &rule.settings {
            if let Some(value) = self.setting(site, alternatives) {
                all.insert(key.clone(), value);
            }
        }
        all
    }

    #[must_use]
    pub fn technology(&self, rule: &Rule, id: RuleRef) -> String {
        rule.technology
            .clone()
            .unwrap_or_else(|| self.active.model(id).client.technology.clone())
    }

    /// Where a site is reported: the method's name, the decorator, the class.
    #[must_use]
    pub fn location(&self, at: &At, on: On) -> Place {
        if let On::Function(function) = on
            && function.file != at.file
        {
            return Place {
                file: function.file,
                span: self.ev.project.function(function).span,
            };
        }
        if let On::Class(class) = on
            && (class.file != at.file
                || !matches!(
                    self.ev.project.facts(at.file).expr(at.expr).kind,
                    ExprKind::Call { .. }
                ))
        {
            let facts = self.ev.project.class(class);
            return Place {
                file: class.file,
                span: facts.span,
            };
        }
        self.expression(at)
    }

    fn expression(&self, at: &At) -> Place {
        let facts = self.ev.project.facts(at.file);
        let whole = facts.expr(at.expr).span;
        let span = match &facts.expr(at.expr).kind {
            ExprKind::Call { callee, .. } => match &facts.expr(*callee).kind {
                ExprKind::Member { at: name, .. } => Span {
                    end: whole.end,
                    end_line: whole.end_line,
                    ..*name
                },
                _ => whole,
            },
            _ => whole,
        };
        Place {
            file: at.file,
            span,
        }
    }
}

/// Whether nothing is known of a receiver that speaks against a match by
/// spelling. What the library's own callback hands over is open too.
fn is_open(value: &Value, model: &Model) -> bool {
    match value {
        Value::Unknown(_) | Value::Param(_) => true,
        Value::External(origin) => {
            let mut steps = std::iter::successors(Some(origin), |o| o.parent());
            let own =
                matches!(origin.root(), Step::Package(p) if model.client.packages.contains(p));
            own && steps.any(|o| matches!(o.step(), Step::Callback { .. }))
        }
        _ => false,
    }
}

/// The call itself and those its receiver was made by.
#[must_use]
pub fn calls_of(at: &At, origin: &Origin) -> Vec<(FileId, crate::facts::ExprId)> {
    std::iter::once((at.file, at.expr))
        .chain(origin.calls().map(|c| (c.file, c.expr)))
        .collect()
}

/// The endpoints of the rule that says most, of those of one technology.
struct Best {
    /// Whether it knows a name.
    known: bool,
    rule: RuleRef,
    technology: String,
    endpoints: Vec<EndpointSite>,
}

impl Best {
    fn join(self, all: &mut Vec<Self>) {
        let of_one = |b: &&mut Self| b.technology == self.technology;
        match all.iter_mut().find(of_one) {
            Some(best) if best.rule == self.rule => {
                best.known |= self.known;
                best.endpoints.extend(self.endpoints);
            }
            Some(best) if best.known || !self.known => {}
            Some(best) => *best = self,
            None => all.push(self),
        }
    }
}

fn is_named(endpoint: &EndpointSite) -> bool {
    endpoint.name.as_ref().is_some_and(Text::is_partly_known)
}

/// Endpoints that differ in nothing a reader sees are one.
fn distinct(endpoints: Vec<EndpointSite>) -> Vec<EndpointSite> {
    let mut kept: Vec<EndpointSite> = Vec::new();
    for endpoint in endpoints {
        let known = kept.iter().any(|k| {
            k.place == endpoint.place
                && k.technology == endpoint.technology
                && k.name == endpoint.name
                && k.message == endpoint.message
                && k.wrapper == endpoint.wrapper
        });
        if !known {
            kept.push(endpoint);
        }
    }
    // A place with a known name needs no nameless double.
    let named: Vec<Place> = kept
        .iter()
        .filter(|e| is_named(e))
        .map(|e| e.place)
        .collect();
    kept.retain(|e| e.wrapper || is_named(e) || !named.contains(&e.place));
    kept
}
