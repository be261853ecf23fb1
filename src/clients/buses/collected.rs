//! Collections whose elements are dispatched later: queues that are drained,
//! events an aggregate collects. Whoever puts a message into one sends it.

use smol_str::SmolStr;

use super::levels::Levels;
use super::senders::Senders;
use super::structure::{bare, bindings};
use super::ways::Step;
use crate::clients::importers::Sought;
use crate::facts::{ExprId, ExprKind, FunctionId};
use crate::project::{At, ClassRef, FileId, FunctionRef, Value, scope_of_name};

/// Methods that put one element into a collection.
const ADDS: [&str; 12] = [
    "push",
    "append",
    "add",
    "insert",
    "push_back",
    "unshift",
    "appendleft",
    "put",
    "put_nowait",
    "enqueue",
    "Add",
    "Enqueue",
];

/// Methods that put all elements of another collection into one.
const EXTENDS: [&str; 6] = ["extend", "+=", "addAll", "AddRange", "append", "push"];

impl Senders<'_, '_> {
    /// Follows the elements of a collection; `place` is where the collection
    /// itself was handed over, if it was.
    pub(super) fn collection(&mut self, over: &At, steps: &[Step], place: Option<&At>) {
        let ev = self.ev;
        let facts = ev.project.facts(over.file);
        let expr = bare(facts, over.expr);
        let here = |expr: ExprId| At {
            file: over.file,
            expr,
            env: None,
        };
        // Literals are met anew with each place they are handed over at.
        let is_literal = matches!(facts.expr(expr).kind, ExprKind::List(_));
        if !is_literal && !self.seen.insert((over.file, expr, self.guess)) {
            return;
        }
        match &facts.expr(expr).kind {
            ExprKind::List(items) => {
                for item in items {
                    match facts.expr(*item).kind {
                        ExprKind::Spread(inner) => self.collection(&here(inner), steps, place),
                        _ => self.element(&here(*item), steps, place),
                    }
                }
            }
            ExprKind::Either(options) => {
                for option in options {
                    self.collection(&here(*option), steps, place);
                }
            }
            ExprKind::Param { function, index } => self.handed(over.file, *function, *index, steps),
            ExprKind::Name(name) => self.variable(&here(expr), name, steps, place),
            ExprKind::Member { object, name, .. } => {
                self.member_collection(&here(*object), name, steps);
            }
            ExprKind::Call { callee, .. } => self.returned_collection(&here(*callee), steps),
            _ => {}
        }
    }

    /// One element that is written out.
    fn element(&mut self, item: &At, steps: &[Step], place: Option<&At>) {
        let before = self.sent.len();
        self.follow(item, item, steps, &Levels::default());
        if let Some(place) = place {
            for sent in self.sent.iter_mut().skip(before) {
                if (sent.call.file, sent.call.expr) == (item.file, item.expr) {
                    sent.call = place.clone();
                }
            }
        }
    }

    /// A collection that is a parameter: what callers pass.
    fn handed(&mut self, file: FileId, function: FunctionId, index: u32, steps: &[Step]) {
        let function = FunctionRef { file, function };
        self.wrappers.push(function);
        for levels in Levels::default().callers(self.ev, function) {
            if let Some(call) = levels.outermost()
                && let Some(argument) = self.ev.argument(call, function, index)
            {
                self.collection(&argument, steps, Some(call));
            }
        }
    }

    fn variable(&mut self, at: &At, name: &SmolStr, steps: &[Step], place: Option<&At>) {
        let facts = self.ev.project.facts(at.file);
        for binding in bindings(facts, at.expr) {
            let value = At {
                expr: binding.value,
                ..at.clone()
            };
            self.collection(&value, steps, place);
        }
        // What is added to the very same variable.
        let expr = facts.expr(at.expr);
        let scope = scope_of_name(facts, expr.scope, name, expr.span.start);
        let adds = facts.calls.iter().filter_map(|call| {
            let ExprKind::Call { callee, .. } = &facts.expr(*call).kind else {
                return None;
            };
            let ExprKind::Member { object, .. } = &facts.expr(*callee).kind else {
                return None;
            };
            let object = facts.expr(bare(facts, *object));
            let same = matches!(&object.kind, ExprKind::Name(n) if n == name)
                && scope_of_name(facts, object.scope, name, object.span.start) == scope;
            same.then_some(*call)
        });
        for call in adds.collect::<Vec<_>>() {
            let call = At {
                expr: call,
                ..at.clone()
            };
            self.added(&call, steps);
        }
    }

    /// What a call adds to a collection.
    fn added(&mut self, call: &At, steps: &[Step]) {
        let facts = self.ev.project.facts(call.file);
        let ExprKind::Call { callee, args, .. } = &facts.expr(call.expr).kind else {
            return;
        };
        let ExprKind::Member { name, .. } = &facts.expr(*callee).kind else {
            return;
        };
        if self
            .ev
            .project
            .is_test(call.file, facts.expr(call.expr).span)
        {
            return;
        }
        let here = |expr: ExprId| At {
            expr,
            ..call.clone()
        };
        let name = name.as_str();
        for arg in args {
            let is_spread = matches!(facts.expr(arg.value).kind, ExprKind::Spread(_));
            let whole = EXTENDS.contains(&name) && (is_spread || !ADDS.contains(&name));
            if whole {
                self.collection(&here(arg.value), steps, Some(call));
            } else if ADDS.contains(&name)
                && !matches!(facts.expr(arg.value).kind, ExprKind::Number(_))
            {
                self.element(&here(arg.value), steps, Some(call));
            }
        }
    }

    /// `object.name` as a collection: a field, or a getter that gives one.
    fn member_collection(&mut self, object: &At, name: &SmolStr, steps: &[Step]) {
        let mut known = false;
        for found in self.ev.concrete(object) {
            let (Value::Instance { class, .. } | Value::Class(class)) = found.value else {
                continue;
            };
            let lineage = self.ev.lineage(class);
            let has_field = |c: &ClassRef| {
                self.ev
                    .project
                    .class(*c)
                    .fields
                    .iter()
                    .any(|f| f.name == *name)
            };
            if let Some(owner) = lineage.iter().copied().find(has_field) {
                known = true;
                self.field(Some(owner), name, steps);
                continue;
            }
            let methods = lineage.iter().filter_map(|c| self.method(*c, name));
            for function in methods.collect::<Vec<_>>() {
                known = true;
                self.returns(function, steps);
            }
        }
        if !known {
            let getters = self.methods_named(name);
            self.leads_to(name);
            self.guessed(|senders| {
                senders.field(None, name, steps);
                for function in getters {
                    senders.returns(function, steps);
                }
            });
        }
    }

    fn method(&self, class: ClassRef, name: &str) -> Option<FunctionRef> {
        let facts = self.ev.project.facts(class.file);
        let methods = &facts.class(class.class).methods;
        let function = methods.iter().find(|m| facts.function(**m).name == name)?;
        Some(FunctionRef {
            file: class.file,
            function: *function,
        })
    }

    /// What a function gives back, as a collection.
    fn returns(&mut self, function: FunctionRef, steps: &[Step]) {
        for value in &self.ev.project.function(function).returns {
            let value = At {
                file: function.file,
                expr: *value,
                env: None,
            };
            self.collection(&value, steps, None);
        }
    }

    /// `aggregate.pull()`: the collection a method gives; where nothing says
    /// whose it is, methods of that name.
    fn returned_collection(&mut self, callee: &At, steps: &[Step]) {
        let mut known = false;
        for found in self.ev.concrete_callee(callee) {
            if let Value::Function { function, .. } = found.value {
                known = true;
                self.returns(function, steps);
            }
        }
        let facts = self.ev.project.facts(callee.file);
        let ExprKind::Member { name, .. } = &facts.expr(callee.expr).kind else {
            return;
        };
        if known {
            return;
        }
        let functions = self.methods_named(name);
        self.leads_to(name);
        self.guessed(|senders| {
            for function in functions {
                senders.returns(function, steps);
            }
        });
    }

    /// A collection of this name may stand where the messages are made.
    fn leads_to(&mut self, name: &str) {
        let classes = self.messages.class_names();
        if !classes.is_empty() {
            self.leads.push(Sought::member(name, classes));
        }
    }

    /// Methods and getters of parsed files that have this name and take nothing.
    fn methods_named(&self, name: &str) -> Vec<FunctionRef> {
        let project = self.ev.project;
        let parsed = project.ids().filter(|id| project.file(*id).is_parsed());
        parsed
            .flat_map(|file| {
                let functions = project.facts(file).functions.iter().enumerate();
                functions
                    .filter(|(_, f)| f.name == name && f.class.is_some() && f.params.is_empty())
                    .map(move |(i, _)| FunctionRef {
                        file,
                        function: FunctionId(i as u32),
                    })
            })
            .collect()
    }

    fn guessed(&mut self, f: impl FnOnce(&mut Self)) {
        let before = std::mem::replace(&mut self.guess, true);
        f(self);
        self.guess = before;
    }

    /// What is put into a field: of a class, or of any class where nothing says which.
    fn field(&mut self, class: Option<ClassRef>, name: &SmolStr, steps: &[Step]) {
        let ev = self.ev;
        if let Some(class) = class {
            let fields = &ev.project.class(class).fields;
            let values = fields
                .iter()
                .filter(|f| f.name == *name)
                .flat_map(|f| &f.values);
            for value in values.copied().collect::<Vec<_>>() {
                let value = At {
                    file: class.file,
                    expr: value,
                    env: None,
                };
                self.collection(&value, steps, None);
            }
        }
        let mut calls: Vec<(FileId, ExprId)> = ADDS
            .iter()
            .chain(&EXTENDS)
            .flat_map(|method| ev.callers.named(method))
            .copied()
            .collect();
        calls.sort();
        calls.dedup();
        for (file, call) in calls {
            let call = At {
                file,
                expr: call,
                env: None,
            };
            if self.is_field(&call, class, name) && self.seen.insert((file, call.expr, self.guess))
            {
                self.added(&call, steps);
            }
        }
    }

    /// Whether a call is a method of a collection that is this field.
    fn is_field(&self, call: &At, class: Option<ClassRef>, name: &str) -> bool {
        let facts = self.ev.project.facts(call.file);
        let Some((callee, _)) = self.ev.call_parts(call) else {
            return false;
        };
        let ExprKind::Member { object, .. } = &facts.expr(callee.expr).kind else {
            return false;
        };
        let ExprKind::Member {
            object: owner,
            name: field,
            ..
        } = &facts.expr(bare(facts, *object)).kind
        else {
            return false;
        };
        if field != name {
            return false;
        }
        let Some(class) = class else {
            return true;
        };
        let owner = At {
            expr: *owner,
            ..call.clone()
        };
        self.ev.concrete(&owner).iter().any(|f| match f.value {
            Value::Instance { class: c, .. } | Value::Class(c) => {
                self.ev.lineage(c).contains(&class) || self.ev.lineage(class).contains(&c)
            }
            _ => false,
        })
    }
}
