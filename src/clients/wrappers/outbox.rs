//! Messages that are stored before they are sent (a transactional outbox): who
//! puts one into a record of the project, for a relay to read back and send.

mod kinds;

use std::sync::Arc;

use smol_str::SmolStr;

use super::{Level, Named, Search, Taken};
use crate::analysis::Role;
use crate::clients::buses::structure::bindings;
use crate::clients::model::Kind;
use crate::clients::records::{Making, makings, makings_with, read_of, records_behind};
use crate::clients::sites::{EndpointSite, Shape};
use crate::clients::take::Site;
use crate::facts::{ClassKind, ExprId, ExprKind, Span};
use crate::project::{
    At, ClassRef, Evaluator, FileId, Found, Frame, FunctionRef, ParamRef, Slot, Step, Text, Value,
};

/// Functions around functions, where a message is handed through dispatcher,
/// envelope and store before it is kept.
pub(super) const MAX_LEVELS: usize = 8;
/// Places that make records of one class.
const MOST: usize = 16;

/// What a level says that leads from a relay to the making of a record.
#[derive(Clone)]
pub(super) struct Stored {
    making: Making,
    /// What the relay's own callers let through: a kind of record.
    kinds: Vec<kinds::Kind>,
    /// What the relay says all of them to be.
    said: Option<ClassRef>,
    /// The record says the name itself, not the message.
    is_name: bool,
}

/// The message a record is made for, in the environment of its making.
fn message(making: &Making, call: &At) -> At {
    let here = At {
        file: making.message.file,
        expr: making.message.expr,
        env: call.env.clone(),
    };
    match making.within {
        None => here,
        // The record's own constructor takes the type of what it is given.
        Some(constructor) => At {
            env: Some(Arc::new(Frame {
                function: constructor,
                call: Some(call.clone()),
                this: None,
                given: None,
                outer: None,
                handed: None,
            })),
            ..here
        },
    }
}

impl Stored {
    pub(super) fn content(&self, call: &At) -> At {
        message(&self.making, call)
    }
}

impl Search<'_, '_, '_> {
    /// Whether a record leads from the relay to what is looked at.
    pub(super) fn stored(&self) -> Option<(&Level, &Stored)> {
        self.levels.iter().find_map(|level| {
            let stored = level.taken.as_ref()?.stored.as_ref()?;
            Some((level, stored))
        })
    }

    /// A relay sends what others have stored: those are the producers. False if
    /// it is not known to be one.
    pub(super) fn stored_by_others(&mut self, site: &Site, names: &[Named]) -> bool {
        let producer = matches!(self.rule.kind, Kind::Endpoint(Role::Producer));
        if !producer || self.levels.iter().any(|l| l.taken.is_some()) {
            return false;
        }
        if self.levels.is_empty() && self.named_by_record(site, names) {
            return true;
        }
        let ev = self.matcher.ev;
        let Some(relayed) = self.relayed(site) else {
            return false;
        };
        let values = ev.eval(&relayed);
        if !values.iter().all(|f| is_read(ev, &f.value)) {
            return false;
        }
        let mut of: Vec<ClassRef> = values.iter().filter_map(|f| class(&f.value)).collect();
        let param = self.levels.last().and_then(|level| level.param.as_ref());
        of.extend(param.and_then(|param| declared(ev, param)));
        if names.iter().any(|n| says_more(ev, n, &of)) {
            return false;
        }
        let key = (relayed.file, relayed.expr);
        let sent = match self.relays.get(&key) {
            Some(known) => known.clone(),
            None => self.sent_by_relay(&relayed),
        };
        self.relays.insert(key, sent.clone());
        if sent.is_empty() {
            return false;
        }
        if self.levels.is_empty() {
            self.mark_wrapper();
        }
        self.uses.endpoints.extend(sent);
        true
    }

    /// Whether a record says where it is sent, and holds what is sent.
    fn named_by_record(&mut self, site: &Site, names: &[Named]) -> bool {
        let ev = self.matcher.ev;
        let is_known = |n: &Named| {
            let text = n.name.as_ref().map(|(text, _)| text);
            text.is_some_and(|t| t.is_partly_known() || t.params().next().is_some())
        };
        if names.iter().any(is_known) {
            return false;
        }
        let name = site.first(&self.rule.name).into_iter();
        let name = name.filter_map(|node| node.at).next();
        let Some((at, (record, field))) =
            name.and_then(|at| read_of(ev, &at).map(|read| (at, read)))
        else {
            return false;
        };
        let payload = site.first(&self.rule.payload).into_iter();
        let mut payload = payload.filter_map(|node| node.at);
        if !payload.any(|at| records_behind(ev, &at).contains(&record)) {
            return false;
        }
        let made = makings_with(ev, record, &field);
        let before = self.uses.endpoints.len();
        let relay = self.relay();
        self.uses.wrappers.extend(relay);
        self.uses.records.push(record);
        self.mark_wrapper();
        let marked = self.uses.endpoints.len();
        for making in made
            .into_iter()
            .filter(|m| !is_test(ev, &m.call))
            .take(MOST)
        {
            let stored = Stored {
                making,
                kinds: Vec::new(),
                said: None,
                is_name: true,
            };
            self.through_record(&at, stored);
        }
        let found = self.uses.endpoints.len() > marked;
        if !found {
            self.uses.endpoints.truncate(before);
        }
        found
    }

    /// What is put into the records that a relay reads.
    fn sent_by_relay(&mut self, relayed: &At) -> Vec<EndpointSite> {
        let ev = self.matcher.ev;
        let records = records_behind(ev, relayed);
        if records.is_empty() {
            return Vec::new();
        }
        let relay = self.relay();
        let kinds = relay.map_or_else(Vec::new, |f| kinds::of_relay(ev, self.outermost(), f));
        let said = said(ev, relayed);
        let in_test = ev.project.file(self.at.file).is_test;
        let mut found = Vec::new();
        for record in records {
            let mut made = makings(ev, record);
            made.retain(|m| in_test || !is_test(ev, &m.call));
            // Who makes such a record may stand in files nobody has parsed yet.
            self.uses.records.push(record);
            found.extend(made.into_iter().take(MOST));
        }
        self.uses.wrappers.extend(relay);
        let before = std::mem::take(&mut self.uses.endpoints);
        for making in found {
            let stored = Stored {
                making,
                kinds: kinds.clone(),
                said,
                is_name: false,
            };
            self.through_record(relayed, stored);
        }
        std::mem::replace(&mut self.uses.endpoints, before)
    }

    fn through_record(&mut self, relayed: &At, stored: Stored) {
        let project = self.matcher.ev.project;
        let call = stored.making.call.clone();
        let start = super::span_of(project, &call).start;
        self.uses
            .wrappers
            .extend(project.function_at(call.file, start));
        let taken = Taken {
            place: (relayed.file, relayed.expr),
            stored: Some(stored),
        };
        self.through(Level::handing_over(project, call, taken));
    }

    /// The message as it stands at the outermost call: what is passed on there, or
    /// the payload of the site itself.
    fn relayed(&self, site: &Site) -> Option<At> {
        let Some(level) = self.levels.last() else {
            let payload = site.first(&self.rule.payload);
            return payload.into_iter().find_map(|node| node.at);
        };
        let index = level.param.as_ref()?.argument()?;
        let ev = self.matcher.ev;
        ev.argument(&level.call, level.function, index)
    }

    fn relay(&self) -> Option<FunctionRef> {
        let at = self.outermost();
        let project = self.matcher.ev.project;
        project.function_at(at.file, super::span_of(project, at).start)
    }

    /// Whether an endpoint is one that the relay sends: it has a name, which is
    /// that of no mere kind of message, is stored as what the relay sends, and
    /// can be handed through all functions on the way.
    pub(super) fn is_relayed(&self, endpoint: &EndpointSite) -> bool {
        let Some((level, stored)) = self.stored() else {
            return true;
        };
        if !endpoint.name.as_ref().is_some_and(Text::is_partly_known) {
            return false;
        }
        if stored.is_name {
            return true;
        }
        let ev = self.matcher.ev;
        let call = self.in_levels(level);
        let values = ev.eval(&stored.content(&call));
        let is_it = |class: ClassRef| match endpoint.payload {
            Some(Shape::Class(payload)) => payload == class,
            _ => true,
        };
        let is_sent = |f: &Found| match class(&f.value) {
            Some(c) => {
                is_it(c)
                    && !is_kind_of_message(ev, c)
                    && self.passes(c)
                    && stored.said.is_none_or(|said| ev.lineage(c).contains(&said))
            }
            // Of a library's class nothing more is known.
            None => is_construction(ev, &f.value),
        };
        if !values.iter().any(is_sent) {
            return false;
        }
        stored.kinds.is_empty() || kinds::is_of_kind(ev, &call, &stored.making, &stored.kinds)
    }

    /// The call of a level, in the environment of those around it.
    fn in_levels(&self, level: &Level) -> At {
        let around = self
            .levels
            .iter()
            .position(|l| std::ptr::eq(l, level))
            .map_or(0, |i| i + 1);
        At {
            env: self.env_from(around),
            ..level.call.clone()
        }
    }

    /// Whether the parameters on the way can be an object of a class.
    fn passes(&self, class: ClassRef) -> bool {
        let ev = self.matcher.ev;
        let lineage = ev.lineage(class);
        self.levels.iter().all(|level| {
            let declared = level.param.as_ref().and_then(|p| declared(ev, p));
            declared.is_none_or(|ty| lineage.contains(&ty))
        })
    }
}

/// Whether a value is made of a class of a library.
fn is_construction(ev: &Evaluator, value: &Value) -> bool {
    let Value::External(origin) = value else {
        return false;
    };
    let Step::Call(Some(call)) = origin.step() else {
        return false;
    };
    let kind = &ev.project.facts(call.file).expr(call.expr).kind;
    matches!(
        kind,
        ExprKind::Call {
            constructs: true,
            ..
        }
    )
}

/// The class of the project that a pattern or declaration says a variable to be of.
fn said(ev: &Evaluator, at: &At) -> Option<ClassRef> {
    let facts = ev.project.facts(at.file);
    let bound = bindings(facts, at.expr);
    let ty = bound.iter().find_map(|binding| binding.ty)?;
    class_of_type(ev, at.file, ty)
}

fn class_of_type(ev: &Evaluator, file: FileId, ty: ExprId) -> Option<ClassRef> {
    let at = At {
        file,
        expr: ty,
        env: None,
    };
    ev.instances_of(&at).iter().find_map(|f| class(&f.value))
}

/// The class of the project that a parameter, or what a list handed over for it
/// holds, is declared to be.
fn declared(ev: &Evaluator, param: &ParamRef) -> Option<ClassRef> {
    let Slot::Argument(index) = param.slot else {
        return None;
    };
    let of_class = |step: &&SmolStr| matches!(step.as_str(), "constructor" | "__class__");
    // What is asked for may be the name of its class.
    let elements = match param.path.iter().position(|step| of_class(&step)) {
        Some(position) => &param.path[..position],
        None => &param.path[..],
    };
    if elements.iter().any(|step| step != "[]") {
        return None;
    }
    let function = ev.project.function(param.function);
    let mut ty = function.params.get(index as usize)?.ty?;
    let facts = ev.project.facts(param.function.file);
    for _ in elements {
        if let ExprKind::Generic { args, .. } = &facts.expr(ty).kind {
            ty = *args.last()?;
        }
    }
    class_of_type(ev, param.function.file, ty)
}

fn class(value: &Value) -> Option<ClassRef> {
    match value {
        Value::Instance { class, .. } | Value::Class(class) => Some(*class),
        _ => None,
    }
}

/// Whether nothing at the relay says which message a value is.
fn is_read(ev: &Evaluator, value: &Value) -> bool {
    match value {
        Value::External(_) | Value::Unknown(_) | Value::Null => true,
        Value::Instance { made: Some(_), .. } => false,
        _ => class(value).is_some_and(|class| is_kind_of_message(ev, class)),
    }
}

/// Whether a name says more than which of some kinds of messages it may be.
fn says_more(ev: &Evaluator, named: &Named, kinds: &[ClassRef]) -> bool {
    let Some((text, _)) = &named.name else {
        return false;
    };
    let name = text.as_plain();
    let is_called = |class: &ClassRef| name == Some(ev.project.class_name(*class));
    let is_kind = |c: &ClassRef| is_called(c) || ev.descendants(*c).iter().any(is_called);
    text.params().next().is_some() || (text.is_partly_known() && !kinds.iter().any(is_kind))
}

/// Whether a class only says what messages have in common.
fn is_kind_of_message(ev: &Evaluator, class: ClassRef) -> bool {
    let facts = ev.project.class(class);
    facts.kind == ClassKind::Interface || facts.is_abstract || !ev.descendants(class).is_empty()
}

fn is_test(ev: &Evaluator, at: &At) -> bool {
    let span: Span = super::span_of(ev.project, at);
    ev.project.is_test(at.file, span)
}
