//! Who hands messages to a dispatching function: its callers, through functions
//! that pass theirs on, and whoever puts into a collection what is dispatched later.

use rustc_hash::FxHashSet;

use super::levels::Levels;
use super::naming::{Named, names, shape};
use super::uses::Dispatch;
use super::ways::{Root, Step, ways};
use crate::clients::importers::Sought;
use crate::clients::sites::Shape;
use crate::facts::{ExprId, ExprKind};
use crate::project::{At, ClassRef, Evaluator, FileId, FunctionRef, Text, Value};

/// Messages one bus may have.
const MOST: usize = 500;

/// A message handed over.
#[derive(Clone, Debug)]
pub struct Sent {
    /// The call that hands it over.
    pub call: At,
    /// `None` where nothing tells.
    pub name: Option<Text>,
    pub payload: Option<Shape>,
}

/// The messages of a bus, by their consumers: what is put into a collection
/// that cannot be told apart from others of its name is known by them.
#[derive(Clone, Debug, Default)]
pub struct Messages {
    pub names: Vec<Text>,
    /// Their classes and what these are derived from.
    pub classes: FxHashSet<ClassRef>,
}

impl Messages {
    pub fn add(&mut self, ev: &Evaluator, named: &Named) {
        if let Some(class) = named.class {
            self.classes.extend(ev.lineage(class));
        }
        self.names.push(named.text.clone());
    }

    /// The names of their classes.
    pub(super) fn class_names(&self) -> Vec<String> {
        let plain = self.names.iter().filter_map(Text::as_plain);
        let is_class = |name: &String| name.starts_with(char::is_uppercase);
        let mut names: Vec<String> = plain.map(|n| n.to_string()).filter(is_class).collect();
        names.sort();
        names.dedup();
        names
    }

    pub(super) fn has(&self, ev: &Evaluator, named: &Named) -> bool {
        let related = |class: ClassRef| {
            ev.lineage(class)
                .iter()
                .any(|base| self.classes.contains(base))
        };
        self.names.contains(&named.text) || named.class.is_some_and(related)
    }
}

/// Follows what dispatching functions are given.
pub struct Senders<'e, 'p> {
    pub ev: &'e Evaluator<'p>,
    pub messages: &'e Messages,
    pub sent: Vec<Sent>,
    /// Functions whose callers may stand in files nobody has parsed.
    pub wrappers: Vec<FunctionRef>,
    /// What leads to files that put messages into a collection.
    pub leads: Vec<Sought>,
    /// What has been gone through: collections and functions.
    pub(super) seen: FxHashSet<(FileId, ExprId, bool)>,
    /// What is dispatched may be anything of that name, so that the messages
    /// must be known ones.
    pub(super) guess: bool,
}

impl<'e, 'p> Senders<'e, 'p> {
    #[must_use]
    pub fn new(ev: &'e Evaluator<'p>, messages: &'e Messages) -> Self {
        Self {
            ev,
            messages,
            sent: Vec::new(),
            wrappers: Vec::new(),
            leads: Vec::new(),
            seen: FxHashSet::default(),
            guess: false,
        }
    }

    /// Follows the message of a dispatch.
    pub fn of(&mut self, dispatch: &Dispatch) {
        let way = &dispatch.message;
        let at = At {
            file: dispatch.file,
            expr: way.at,
            env: None,
        };
        match way.root {
            Root::Param { .. } => self.follow(&at, &at, &way.steps, &Levels::default()),
            Root::Kept(collection) => {
                let over = At {
                    expr: collection,
                    ..at
                };
                self.collection(&over, &way.steps, None);
            }
            Root::TypeParam { function, index } => {
                let function = FunctionRef {
                    file: dispatch.file,
                    function,
                };
                self.typed(function, index);
            }
        }
    }

    /// A dispatch by type: the type argument of each call, else the class of
    /// what it is given.
    fn typed(&mut self, function: FunctionRef, index: usize) {
        let facts = self.ev.project.facts(function.file);
        let f = facts.function(function.function);
        let name = f.type_params.get(index).cloned().unwrap_or_default();
        let param = f
            .params
            .iter()
            .position(|p| p.ty.is_some_and(|ty| mentions(facts, ty, &name)));
        self.wrappers.push(function);
        for levels in Levels::default().callers(self.ev, function) {
            let Some(call) = levels.outermost().cloned() else {
                continue;
            };
            let written = type_argument(self.ev, &call, index);
            if let Some(found) = written {
                self.named(&found, &[], &call);
                continue;
            }
            let argument = param.and_then(|p| self.ev.argument(&call, function, p as u32));
            if let Some(argument) = argument {
                let steps = [Step::Class];
                self.follow_passed(&argument, &call, &steps);
            }
        }
    }

    /// What a call passes, followed on its own.
    fn follow_passed(&mut self, argument: &At, call: &At, steps: &[Step]) {
        let before = self.sent.len();
        self.follow(argument, argument, steps, &Levels::default());
        for sent in self.sent.iter_mut().skip(before) {
            if (sent.call.file, sent.call.expr) == (argument.file, argument.expr) {
                sent.call = call.clone();
            }
        }
    }

    /// Follows a message to who makes it. `passed` is what the outermost call
    /// passes for it.
    pub(super) fn follow(&mut self, root: &At, passed: &At, steps: &[Step], levels: &Levels) {
        if self.sent.len() >= MOST {
            return;
        }
        let facts = self.ev.project.facts(passed.file);
        let mut collected = false;
        for way in ways(facts, passed.expr) {
            if let Root::Kept(collection) = way.root {
                collected = true;
                let over = At {
                    expr: collection,
                    env: None,
                    ..passed.clone()
                };
                let steps: Vec<Step> = way.steps.iter().chain(steps).cloned().collect();
                self.collection(&over, &steps, levels.outermost());
            }
        }
        let at = At {
            env: levels.env(),
            ..root.clone()
        };
        let place = levels.outermost().unwrap_or(root).clone();
        let mut params: Vec<(FunctionRef, u32)> = Vec::new();
        let before = self.sent.len();
        let mut unknown = false;
        for found in self.ev.eval(&at) {
            match &found.value {
                Value::Param(param) => params.extend(param.argument().map(|i| (param.function, i))),
                Value::Text(text) if text.params().next().is_some() => {
                    let open = text
                        .params()
                        .filter_map(|p| Some((p.function, p.argument()?)));
                    params.extend(open);
                }
                Value::Unknown(_) | Value::Null if collected => {}
                Value::Unknown(_) => unknown = true,
                _ if collected && levels.outermost().is_none() => {}
                _ => {
                    let open = self.open_names(&found, steps, &at);
                    if open.is_empty() {
                        self.named(&found, steps, &place);
                        unknown = true;
                    }
                    params.extend(open);
                }
            }
        }
        if unknown && params.is_empty() && self.sent.len() == before {
            self.unnamed(&place, levels);
        }
        params.sort();
        params.dedup();
        for (function, index) in params {
            self.callers(root, steps, levels, function, index);
        }
    }

    /// The parameters a message's name still depends on where the message
    /// itself is known: `bus.emit({ type, ...data })`.
    fn open_names(
        &self,
        found: &crate::project::Found,
        steps: &[Step],
        at: &At,
    ) -> Vec<(FunctionRef, u32)> {
        let mut open = Vec::new();
        let mut taken = vec![found.clone()];
        for step in steps {
            let Step::Member(name) = step else {
                return open;
            };
            if !matches!(found.value, Value::Object(_)) {
                return open;
            }
            taken = taken
                .iter()
                .flat_map(|f| self.ev.member(f, name, at))
                .collect();
        }
        for f in &taken {
            match &f.value {
                Value::Param(p) => open.extend(p.argument().map(|i| (p.function, i))),
                Value::Text(text) => {
                    open.extend(
                        text.params()
                            .filter_map(|p| Some((p.function, p.argument()?))),
                    );
                }
                _ => {}
            }
        }
        open
    }

    fn callers(
        &mut self,
        root: &At,
        steps: &[Step],
        levels: &Levels,
        function: FunctionRef,
        index: u32,
    ) {
        let project = self.ev.project;
        if project.file(function.file).is_test {
            return;
        }
        self.wrappers.push(function);
        for next in levels.callers(self.ev, function) {
            let Some(call) = next.outermost() else {
                continue;
            };
            if let Some(argument) = self.ev.argument(call, function, index) {
                self.follow(root, &argument, steps, &next);
            }
        }
    }

    fn unnamed(&mut self, place: &At, levels: &Levels) {
        if levels.outermost().is_some() && !self.guess {
            self.sent.push(Sent {
                call: place.clone(),
                name: None,
                payload: None,
            });
        }
    }

    pub(super) fn named(&mut self, found: &crate::project::Found, steps: &[Step], place: &At) {
        let named = names(self.ev, found, steps, place);
        for name in named {
            if self.guess && !self.messages.has(self.ev, &name) {
                continue;
            }
            self.sent.push(Sent {
                call: place.clone(),
                name: Some(name.text),
                payload: shape(&found.value),
            });
        }
    }
}

/// Whether a type is written with a type parameter.
#[must_use]
pub fn mentions(facts: &crate::facts::Facts, ty: ExprId, name: &str) -> bool {
    match &facts.expr(ty).kind {
        ExprKind::Name(n) => n == name,
        ExprKind::Generic { base, args } => {
            mentions(facts, *base, name) || args.iter().any(|a| mentions(facts, *a, name))
        }
        ExprKind::Either(all) | ExprKind::List(all) => {
            all.iter().any(|part| mentions(facts, *part, name))
        }
        _ => false,
    }
}

/// The class written as a type argument of a call.
#[must_use]
pub fn type_argument(ev: &Evaluator, call: &At, index: usize) -> Option<crate::project::Found> {
    let facts = ev.project.facts(call.file);
    let ExprKind::Call { type_args, .. } = &facts.expr(call.expr).kind else {
        return None;
    };
    let at = At {
        expr: *type_args.get(index)?,
        ..call.clone()
    };
    ev.eval(&at)
        .into_iter()
        .find(|f| matches!(f.value, Value::Class(_) | Value::External(_)))
}

/// The type parameter of the function around a call that the call's own stands
/// for: it is written, or what is passed is declared with it.
#[must_use]
pub fn type_of_caller(ev: &Evaluator, call: &At, index: usize) -> Option<(FunctionRef, usize)> {
    let facts = ev.project.facts(call.file);
    let ExprKind::Call {
        type_args, args, ..
    } = &facts.expr(call.expr).kind
    else {
        return None;
    };
    let of = |function| FunctionRef {
        file: call.file,
        function,
    };
    if let Some(written) = type_args.get(index) {
        let ways = ways(facts, *written).into_iter();
        return ways.map(|w| w.root).find_map(|root| match root {
            Root::TypeParam { function, index } => Some((of(function), index)),
            _ => None,
        });
    }
    args.iter().find_map(|arg| {
        let way = ways(facts, arg.value).into_iter().next()?;
        let Root::Param { function, index } = way.root else {
            return None;
        };
        let f = facts.function(function);
        let ty = f.params.get(index as usize)?.ty?;
        let named = f.type_params.iter().position(|t| mentions(facts, ty, t));
        named
            .filter(|_| way.steps.is_empty())
            .map(|index| (of(function), index))
    })
}
