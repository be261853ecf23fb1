//! Dispatchers: consumers that pick by a part of each message who performs it.
//!
//! *Enterprise Integration Patterns* calls the picked ones performers. A queue
//! behind which `REGISTRY[job.data.name]` is looked up, or every class whose
//! `static events` include `job.data.type` is run, carries as many kinds of
//! messages as there are performers: each is a consumer, and what a producer
//! writes into that part of the message is the message's own name.

use std::collections::{BTreeMap, BTreeSet};

use smol_str::SmolStr;

use super::sites::{EndpointSite, Place, Sites};
use crate::analysis::{Confidence, Role};
use crate::facts::{ClassId, ClassKind, Expr, ExprId, ExprKind, Field};
use crate::project::{At, ClassRef, Evaluator, Found, FunctionRef, Slot, Text, Value};

/// Methods of collections that ask whether something is in them.
const MEMBERSHIP: [&str; 4] = ["includes", "contains", "has", "indexOf"];

/// The dispatchers of a project, by technology and channel.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dispatchers {
    channels: BTreeMap<(String, String), Dispatcher>,
}

/// What one dispatcher picks by, and from what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Dispatcher {
    client: String,
    channel: String,
    group: Option<Text>,
    /// The fields of the message that are looked at.
    fields: BTreeSet<SmolStr>,
    /// Whether something is looked up by such a field.
    is_keyed: bool,
    /// Statics of the performers that list the names they are for.
    lists: BTreeSet<SmolStr>,
    /// Methods that are called with a part of the message, in the order of the calls.
    methods: Vec<SmolStr>,
    /// Classes whose subclasses' names are the messages' names.
    families: BTreeSet<ClassRef>,
}

/// A message that goes by the name of the class that sends it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct OwnNamed {
    pub technology: String,
    pub channel: String,
    /// The class whose method sends it, for its subclasses too.
    pub family: ClassRef,
}

impl Dispatchers {
    /// Adds what the sites of some files show; true if anything of it is new.
    pub fn add(&mut self, ev: &Evaluator, sites: &Sites) -> bool {
        let before = self.clone();
        for consumer in &sites.endpoints {
            if consumer.role != Role::Consumer || consumer.message.is_some() {
                continue;
            }
            if let (Some(handler), Some(name)) = (
                consumer.handler,
                consumer.name.as_ref().and_then(Text::as_plain),
            ) {
                self.consumer(ev, consumer, handler, &name);
            }
        }
        for named in &sites.own_named {
            let key = (named.technology.clone(), named.channel.clone());
            if let Some(dispatcher) = self.channels.get_mut(&key)
                && dispatcher.is_keyed
            {
                dispatcher.families.insert(named.family);
            }
        }
        *self != before
    }

    fn consumer(
        &mut self,
        ev: &Evaluator,
        consumer: &EndpointSite,
        handler: FunctionRef,
        name: &str,
    ) {
        let key = (consumer.technology.clone(), name.to_owned());
        let mut dispatcher = self.channels.get(&key).cloned().unwrap_or_default();
        dispatcher.client.clone_from(&consumer.client);
        dispatcher.channel.clone_from(&consumer.channel);
        dispatcher.group.clone_from(&consumer.group);
        let inside = Inside { ev, handler };
        inside.read(&mut dispatcher);
        if !dispatcher.fields.is_empty() {
            self.channels.insert(key, dispatcher);
        }
    }

    /// The fields of a channel's messages that say what they are.
    pub fn fields(&self, technology: &str, channel: &str) -> impl Iterator<Item = &SmolStr> {
        // Most projects have none: no key is made then.
        let dispatcher = (!self.channels.is_empty())
            .then(|| (technology.to_owned(), channel.to_owned()))
            .and_then(|key| self.channels.get(&key));
        dispatcher.into_iter().flat_map(|d| &d.fields)
    }

    /// Names that lead to performers nobody has parsed yet: the statics that
    /// list, and the classes of the families.
    #[must_use]
    pub fn leads(&self, ev: &Evaluator) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        for dispatcher in self.channels.values() {
            names.extend(dispatcher.lists.iter().map(ToString::to_string));
            for class in self.members(ev, dispatcher) {
                names.insert(ev.project.class_name(class).to_string());
            }
        }
        names.remove("");
        names
    }

    /// The classes of a dispatcher's families, as far as they are parsed.
    fn members(&self, ev: &Evaluator, dispatcher: &Dispatcher) -> BTreeSet<ClassRef> {
        let mut all: BTreeSet<ClassRef> = dispatcher.families.clone();
        let mut pending: Vec<ClassRef> = all.iter().copied().collect();
        while let Some(class) = pending.pop() {
            let derived = ev.subclasses(class);
            pending.extend(derived.into_iter().filter(|c| all.insert(*c)));
        }
        all
    }

    /// The consumers that stand behind the dispatchers.
    #[must_use]
    pub fn performers(&self, ev: &Evaluator) -> Vec<EndpointSite> {
        let mut sites = Vec::new();
        for ((technology, channel), dispatcher) in &self.channels {
            let site = |class: ClassRef, place: Place, message: Text| EndpointSite {
                role: Role::Consumer,
                client: dispatcher.client.clone(),
                technology: technology.clone(),
                channel: dispatcher.channel.clone(),
                name: Some(Text::plain(channel.as_str())),
                message: Some(message),
                via: None,
                group: dispatcher.group.clone(),
                place,
                calls: Vec::new(),
                trail: None,
                confidence: Confidence::Certain,
                payload: None,
                handler: dispatcher.handler(ev, class, &self.channels),
                settings: BTreeMap::new(),
                wrapper: false,
                requires_counterpart: false,
            };
            for class in self.members(ev, dispatcher) {
                let facts = ev.project.class(class);
                if facts.is_abstract || facts.kind != ClassKind::Class || facts.name.is_empty() {
                    continue;
                }
                let place = Place {
                    file: class.file,
                    span: facts.span,
                };
                sites.push(site(class, place, Text::plain(facts.name.clone())));
            }
            for (class, field) in dispatcher.listing(ev) {
                // A list of something else: it is of no family, and nobody performs.
                let is_of_family = !ev.project.class(class).bases.is_empty();
                if !is_of_family && dispatcher.handler(ev, class, &self.channels).is_none() {
                    continue;
                }
                let place = Place {
                    file: class.file,
                    span: field.span,
                };
                let names = listed(ev, class, field);
                sites.extend(names.into_iter().map(|name| site(class, place, name)));
            }
        }
        sites
    }
}

impl Dispatcher {
    /// The method of a performer that is given the message. The dispatcher may pass
    /// it on to another one, which runs the performer.
    fn handler(
        &self,
        ev: &Evaluator,
        class: ClassRef,
        all: &BTreeMap<(String, String), Self>,
    ) -> Option<FunctionRef> {
        let instance = Found::new(Value::Instance {
            class,
            made: None,
            type_args: None,
        });
        let at = At {
            file: class.file,
            expr: ExprId(0),
            env: None,
        };
        let others = all.values().filter(|d| d.client == self.client);
        let methods = self.methods.iter().chain(others.flat_map(|d| &d.methods));
        let named = methods.flat_map(|m| ev.member(&instance, m, &at));
        let mut functions = named.filter_map(|f| match f.value {
            Value::Function { function, .. } => Some(function),
            _ => None,
        });
        // What is asked of the class before is not what handles.
        functions.find(|f| !ev.project.function(*f).is_static)
    }

    /// The classes that list names under one of the statics, and the list.
    fn listing<'p>(&self, ev: &Evaluator<'p>) -> Vec<(ClassRef, &'p Field)> {
        if self.lists.is_empty() {
            return Vec::new();
        }
        let project = ev.project;
        let mut found = Vec::new();
        for file in project.ids().filter(|id| project.file(*id).is_parsed()) {
            for (i, class) in project.facts(file).classes.iter().enumerate() {
                let id = ClassRef {
                    file,
                    class: ClassId(i as u32),
                };
                let fields = class.fields.iter();
                let lists = fields.filter(|f| f.is_static && self.lists.contains(&f.name));
                found.extend(lists.map(|field| (id, field)));
            }
        }
        found
    }
}

/// The names a static lists.
fn listed(ev: &Evaluator, class: ClassRef, field: &Field) -> Vec<Text> {
    let mut names = Vec::new();
    for value in &field.values {
        let at = At {
            file: class.file,
            expr: *value,
            env: None,
        };
        for list in ev.eval(&at) {
            for item in ev.items(&list.value).into_iter().flatten() {
                if matches!(item.value, Value::Text(_) | Value::Variant { .. }) {
                    let text = ev.as_text(&item.value, &at);
                    if !names.contains(&text) {
                        names.push(text);
                    }
                }
            }
        }
    }
    names
}

/// A handler that is looked into.
struct Inside<'a, 'p> {
    ev: &'a Evaluator<'p>,
    handler: FunctionRef,
}

impl Inside<'_, '_> {
    fn read(&self, dispatcher: &mut Dispatcher) {
        let facts = self.ev.project.facts(self.handler.file);
        let around = facts.function(self.handler.function).span;
        let is_inside = |e: &Expr| e.span.start >= around.start && e.span.end <= around.end;
        for expr in facts.exprs.iter().filter(|e| is_inside(e)) {
            match &expr.kind {
                ExprKind::Index { object, index } => {
                    if let Some(field) = self.field(*index)
                        && self.field(*object).is_none()
                    {
                        dispatcher.fields.insert(field);
                        dispatcher.is_keyed = true;
                    }
                }
                ExprKind::Call { callee, args, .. } => {
                    let ExprKind::Member { object, name, .. } = &facts.expr(*callee).kind else {
                        continue;
                    };
                    let Some(part) = args.iter().find_map(|a| self.part(a.value)) else {
                        continue;
                    };
                    match (self.list(*object), part) {
                        (Some(list), Some(field)) if MEMBERSHIP.contains(&name.as_str()) => {
                            dispatcher.fields.insert(field);
                            dispatcher.lists.insert(list);
                        }
                        _ => {
                            if !dispatcher.methods.contains(name) {
                                dispatcher.methods.push(name.clone());
                            }
                        }
                    }
                }
                _ => {}
            }
        }
    }

    /// The member that is asked, where a list is a member of one of many: not of
    /// the message, and not of a class that is named there.
    fn list(&self, object: ExprId) -> Option<SmolStr> {
        let facts = self.ev.project.facts(self.handler.file);
        let ExprKind::Member { object, name, .. } = &facts.expr(object).kind else {
            return None;
        };
        let values = self.ev.eval(&self.at(*object));
        let is_one = matches!(values.as_slice(), [f] if matches!(f.value, Value::Class(_)));
        (!is_one && self.part(*object).is_none()).then(|| name.clone())
    }

    fn at(&self, expr: ExprId) -> At {
        At {
            file: self.handler.file,
            expr,
            env: None,
        }
    }

    /// The field of the message an expression is.
    fn field(&self, expr: ExprId) -> Option<SmolStr> {
        self.part(expr).flatten()
    }

    /// Whether an expression is the message or a part of it; then the field, if it is one.
    fn part(&self, expr: ExprId) -> Option<Option<SmolStr>> {
        self.ev
            .eval(&self.at(expr))
            .into_iter()
            .find_map(|f| match f.value {
                Value::Param(p) if p.function == self.handler && p.slot == Slot::Argument(0) => {
                    Some(p.path.last().cloned())
                }
                _ => None,
            })
    }
}
