//! Messages told apart where they are received.
//!
//! What arrives at one place can be several kinds of messages: the code that
//! receives it compares a field of it (`switch (msg.type)`), matches the
//! variants of the enum it was read as, or looks the field up in a table of
//! handlers. Each of these cases is a consumer of its own. What was received is
//! followed through the function around the place, those it is handed to, and
//! those that get it returned.

mod origin;
mod tables;

use std::sync::Arc;

use rustc_hash::FxHashSet;
use smol_str::SmolStr;

use self::origin::{Root, Told};
use super::received::{From, Received};
use super::sites::Place;
use super::take::Site;
use crate::facts::{ClassKind, ExprId, ExprKind, FunctionId, Span};
use crate::project::{At, Env, Evaluator, FileId, Frame, FunctionRef, Value};

/// Functions a message is handed through.
const MAX_LEVELS: u32 = 6;
/// Functions looked into for one place.
const MAX_FUNCTIONS: usize = 60;
/// Texts a field must be compared with to be believed.
const FEWEST: usize = 2;

/// One kind of message.
#[derive(Clone, Debug)]
pub struct Case {
    pub name: SmolStr,
    pub place: Place,
    pub handler: Option<FunctionRef>,
    /// The field that says it; none where it is the variant of an enum.
    field: Option<SmolStr>,
}

/// What is known of the kinds of messages a place receives.
#[derive(Default)]
pub struct Cases {
    pub all: Vec<Case>,
    /// Functions whose callers tell kinds apart: those that return what was
    /// received, and those that register who handles one.
    pub leading: Vec<FunctionRef>,
}

/// The kinds of messages that are told apart behind a place that receives them.
pub fn of(site: &Site, received: &[Received], handlers: &[Value]) -> Cases {
    let mut cases = Cases::default();
    for received in received {
        let mut search = Search {
            ev: site.ev,
            fields: &site.model.client.discriminators,
            received,
            root: Root::Call(site.at.file, site.at.expr),
            seen: FxHashSet::default(),
            cases: Cases::default(),
        };
        match received.from {
            From::Result => search.around(&site.at),
            From::Argument(n) => {
                if let Some(root) = argument(site, n) {
                    search.root = root;
                    search.around(&site.at);
                }
            }
            From::Handler(n) => {
                for handler in handlers {
                    search.handler(handler, n, &site.at);
                }
            }
        }
        cases.all.append(&mut search.cases.all);
        cases.leading.append(&mut search.cases.leading);
    }
    cases.all = believed(cases.all, &site.model.client.discriminators);
    cases
}

/// What an argument of the site's call comes from.
fn argument(site: &Site, n: u32) -> Option<Root> {
    let (_, args) = site.ev.call_parts(&site.at)?;
    let at = At {
        expr: args.get(n as usize)?.value,
        ..site.at.clone()
    };
    site.ev
        .concrete(&at)
        .into_iter()
        .find_map(|f| match f.value {
            Value::External(origin) => Some(Root::Value(origin)),
            _ => None,
        })
}

struct Search<'s, 'p> {
    ev: &'s Evaluator<'p>,
    fields: &'s [SmolStr],
    received: &'s Received,
    root: Root,
    seen: FxHashSet<FunctionRef>,
    cases: Cases,
}

/// Code that is looked into.
struct Region<'e> {
    file: FileId,
    span: Span,
    env: &'e Env,
    level: u32,
}

impl Search<'_, '_> {
    /// Looks into the function around a call that receives.
    fn around(&mut self, call: &At) {
        let facts = self.ev.project.facts(call.file);
        let scope = facts.expr(call.expr).scope;
        match facts.function_of_scope(scope) {
            Some(function) => self.surrounding(call.file, function, 0),
            None => {
                let end = facts.exprs.iter().map(|e| e.span.end).max().unwrap_or(0);
                let span = Span {
                    end,
                    ..Span::default()
                };
                self.region(&Region {
                    file: call.file,
                    span,
                    env: &None,
                    level: 0,
                });
            }
        }
    }

    /// Looks into a function that has received something, and its callers if it
    /// returns that.
    fn surrounding(&mut self, file: FileId, function: FunctionId, level: u32) {
        let function = FunctionRef { file, function };
        if level > MAX_LEVELS || !self.enter(function) {
            return;
        }
        let ev = self.ev;
        let facts = ev.project.function(function);
        self.region(&Region {
            file,
            span: facts.span,
            env: &None,
            level,
        });
        let returns = facts.returns.iter().any(|expr| {
            let at = At {
                file,
                expr: *expr,
                env: None,
            };
            self.tells(&at) == Some(Told::Whole)
        });
        if !returns || facts.name.is_empty() {
            return;
        }
        self.cases.leading.push(function);
        for (call, _) in ev.calls_of(function) {
            let facts = ev.project.facts(call.file);
            let around = facts.function_of_scope(facts.expr(call.expr).scope);
            if let Some(around) = around
                && !ev.project.file(call.file).is_test
            {
                self.surrounding(call.file, around, level + 1);
            }
        }
    }

    /// Looks into the function a message is given to as a parameter.
    fn handler(&mut self, handler: &Value, param: u32, call: &At) {
        let Value::Function {
            function,
            this,
            env,
        } = handler
        else {
            return;
        };
        self.root = Root::Parameter {
            function: *function,
            index: param,
            call: (call.file, call.expr),
        };
        if !self.enter(*function) {
            return;
        }
        let env = match this {
            Some(this) => Some(Arc::new(Frame {
                function: *function,
                call: None,
                this: Some(this.as_ref().clone()),
                given: None,
                outer: env.clone(),
                handed: None,
            })),
            None => env.clone(),
        };
        self.region(&Region {
            file: function.file,
            span: self.ev.project.function(*function).span,
            env: &env,
            level: 0,
        });
    }

    fn enter(&mut self, function: FunctionRef) -> bool {
        self.seen.len() < MAX_FUNCTIONS && self.seen.insert(function)
    }

    fn region(&mut self, region: &Region) {
        self.comparisons(region);
        self.tables(region);
        if region.level < MAX_LEVELS {
            self.calls(region);
        }
    }

    fn comparisons(&mut self, region: &Region) {
        let ev = self.ev;
        let facts = ev.project.facts(region.file);
        let from = facts
            .comparisons
            .partition_point(|c| c.at.start < region.span.start);
        let within = facts
            .comparisons
            .iter()
            .skip(from)
            .take_while(|c| c.at.start < region.span.end);
        for comparison in within {
            let at = |expr| At {
                file: region.file,
                expr,
                env: region.env.clone(),
            };
            let Some(told) = self.tells(&at(comparison.subject)) else {
                continue;
            };
            for f in ev.eval(&at(comparison.value)) {
                let (name, field) = match (&told, &f.value) {
                    (Told::Field(field), Value::Text(text)) if self.fields.contains(field) => {
                        (text.as_plain(), Some(field.clone()))
                    }
                    (Told::Field(field), Value::Variant { class, name })
                        if self.fields.contains(field) =>
                    {
                        (Some(ev.variant_text(*class, name)), Some(field.clone()))
                    }
                    (Told::Whole, Value::Variant { class, name })
                        if ev.project.class(*class).kind == ClassKind::Enum =>
                    {
                        (Some(ev.variant_text(*class, name)), None)
                    }
                    _ => continue,
                };
                let handler = ev.project.function_at(region.file, comparison.at.start);
                self.add(name, field, region.file, comparison.at, handler);
            }
        }
    }

    fn add(
        &mut self,
        name: Option<SmolStr>,
        field: Option<SmolStr>,
        file: FileId,
        span: Span,
        handler: Option<FunctionRef>,
    ) {
        let Some(name) = name.filter(|name| !name.is_empty()) else {
            return;
        };
        let place = Place { file, span };
        let known = |c: &Case| c.place == place && c.name == name;
        if !self.cases.all.iter().any(known) {
            self.cases.all.push(Case {
                name,
                place,
                handler,
                field,
            });
        }
    }

    /// Goes on into the functions that what was received is handed to.
    fn calls(&mut self, region: &Region) {
        let ev = self.ev;
        let facts = ev.project.facts(region.file);
        let from = facts
            .calls
            .partition_point(|call| facts.expr(*call).span.start < region.span.start);
        for call in facts.calls.iter().skip(from) {
            let span = facts.expr(*call).span;
            if span.start >= region.span.end {
                break;
            }
            let at = At {
                file: region.file,
                expr: *call,
                env: region.env.clone(),
            };
            if self.hands_over(&at) {
                self.called(&at, region.level + 1);
            }
        }
    }

    /// Whether a call is given what was received, or a part of it.
    fn hands_over(&self, call: &At) -> bool {
        let facts = self.ev.project.facts(call.file);
        let Some((_, args)) = self.ev.call_parts(call) else {
            return false;
        };
        let tells = |expr: ExprId| {
            let at = At {
                expr,
                ..call.clone()
            };
            self.tells(&at).is_some()
        };
        args.iter().any(|arg| match &facts.expr(arg.value).kind {
            ExprKind::Object { entries, .. } => entries.iter().any(|e| tells(e.value)),
            ExprKind::Function(_) | ExprKind::Text(_) | ExprKind::Number(_) => false,
            _ => tells(arg.value),
        })
    }

    fn called(&mut self, call: &At, level: u32) {
        let ev = self.ev;
        let Some((callee, _)) = ev.call_parts(call) else {
            return;
        };
        for f in ev.concrete_callee(&callee) {
            let Value::Function {
                function,
                this,
                env,
            } = &f.value
            else {
                continue;
            };
            if ev.project.file(function.file).is_test || !self.enter(*function) {
                continue;
            }
            let env = Some(Arc::new(Frame {
                function: *function,
                call: Some(call.clone()),
                this: this.as_deref().cloned(),
                given: None,
                outer: env.clone(),
                handed: None,
            }));
            self.region(&Region {
                file: function.file,
                span: ev.project.function(*function).span,
                env: &env,
                level,
            });
        }
    }
}

/// The cases of the field that is compared with the most texts, and variants.
fn believed(mut all: Vec<Case>, fields: &[SmolStr]) -> Vec<Case> {
    let names = |field: &SmolStr| {
        let of_field = all.iter().filter(|c| c.field.as_ref() == Some(field));
        let distinct: FxHashSet<&SmolStr> = of_field.map(|c| &c.name).collect();
        distinct.len()
    };
    let best = fields.iter().rev().max_by_key(|field| names(field));
    let best = best.filter(|field| names(field) >= FEWEST).cloned();
    all.retain(|c| c.field.is_none() || c.field == best);
    all
}
