//! The calls that lead to a function.

use smol_str::SmolStr;

use super::evaluate::Evaluator;
use super::value::{At, FunctionRef, Value};
use crate::facts::{ExprKind, FunctionKind};

impl Evaluator<'_> {
    /// Calls of parsed files that lead to a function, with what `this` is there;
    /// a call once for each object it can be on.
    #[must_use]
    pub fn calls_of(&self, function: FunctionRef) -> Vec<(At, Option<Value>)> {
        self.calls_once(function, || self.find_calls_of(function))
    }

    fn find_calls_of(&self, function: FunctionRef) -> Vec<(At, Option<Value>)> {
        let facts = self.project.function(function);
        let constructs = facts.kind == FunctionKind::Constructor;
        let mut names = vec![facts.name.clone()];
        if facts.outer.is_none() && facts.class.is_none() {
            // A module's own function is called by the name it is imported as.
            names.extend(self.callers.imported_as(function.file).iter().cloned());
            names.extend(self.callers.renamed(&facts.name));
        }
        if let (true, Some(class)) = (constructs, facts.class) {
            let class = super::ClassRef {
                file: function.file,
                class,
            };
            // In its own methods a class goes by the name a language gives it.
            let name = self.project.class_name(class);
            names = vec![name.clone(), SmolStr::new_static("cls")];
            names.extend(self.callers.renamed(&name));
            // A subclass without a constructor of its own runs this one.
            names.extend(
                self.subclasses(class)
                    .into_iter()
                    .map(|c| self.project.class_name(c)),
            );
            names.push(SmolStr::new_static(super::callers::SUPER));
        }
        let mut distinct: Vec<SmolStr> = Vec::new();
        for name in names.into_iter().filter(|n| !n.is_empty()) {
            if !distinct.contains(&name) {
                distinct.push(name);
            }
        }
        let owner = facts
            .class
            .filter(|_| facts.is_static && !facts.extends)
            .map(|class| {
                let file = function.file;
                self.spellings_of(self.extended(super::ClassRef { file, class }))
            });
        let mut calls = Vec::new();
        for name in distinct {
            for (file, call) in self.callers.named(&name) {
                let at = At {
                    file: *file,
                    expr: *call,
                    env: None,
                };
                if owner
                    .as_ref()
                    .is_some_and(|o| self.is_on_other_type(&at, o))
                {
                    continue;
                }
                let objects = self.leads_to(&at, function).into_iter();
                calls.extend(objects.map(|this| (at.clone(), this)));
            }
        }
        calls.extend(self.calls_that_run(function));
        calls
    }

    /// Methods of its class that run a function because of a library's decorator.
    #[must_use]
    pub fn run_by(&self, function: FunctionRef) -> Vec<SmolStr> {
        let facts = self.project.function(function);
        if facts.class.is_none() || facts.decorators.is_empty() {
            return Vec::new();
        }
        self.library.runs(self, function)
    }

    /// Calls of such methods on the class, a subclass of it or an object of one.
    fn calls_that_run(&self, function: FunctionRef) -> Vec<(At, Option<Value>)> {
        let methods = self.run_by(function);
        let Some(class) = self.project.function(function).class else {
            return Vec::new();
        };
        let own = super::ClassRef {
            file: function.file,
            class,
        };
        let mut calls = Vec::new();
        for (file, call) in methods.iter().flat_map(|m| self.callers.named(m)) {
            let at = At {
                file: *file,
                expr: *call,
                env: None,
            };
            let receiver = self.receiver_class(&at);
            if let Some(class) = receiver.filter(|c| self.lineage(*c).contains(&own)) {
                calls.push((at, Some(Value::Class(class))));
            }
        }
        calls
    }

    /// The class of the project a method is called on, or on an object of.
    fn receiver_class(&self, call: &At) -> Option<super::ClassRef> {
        let (callee, _) = self.call_parts(call)?;
        let facts = self.project.facts(callee.file);
        let ExprKind::Member { object, .. } = facts.expr(callee.expr).kind else {
            return None;
        };
        let object = At {
            expr: object,
            ..callee
        };
        self.eval(&object).into_iter().find_map(|f| match f.value {
            Value::Class(class) | Value::Instance { class, .. } => Some(class),
            _ => None,
        })
    }

    /// The names a class goes by: its own, in its methods, of its aliases and subclasses.
    fn spellings_of(&self, class: super::ClassRef) -> Vec<SmolStr> {
        let name = self.project.class_name(class);
        let derived = self.callers.derived_from(&name).iter();
        let mut names: Vec<SmolStr> = derived.map(|c| self.project.class_name(*c)).collect();
        names.extend(["Self", "cls"].map(SmolStr::new_static));
        names.push(name);
        names
    }

    /// Whether a static call is spelled on a type that goes by none of the names:
    /// `new` is a method of nearly every type.
    fn is_on_other_type(&self, call: &At, names: &[SmolStr]) -> bool {
        let facts = self.project.facts(call.file);
        let ExprKind::Call { callee, .. } = facts.expr(call.expr).kind else {
            return false;
        };
        let ExprKind::Member { object, .. } = facts.expr(callee).kind else {
            return false;
        };
        let name = super::callers::last_name(facts, object);
        name.is_some_and(|n| n.starts_with(char::is_uppercase) && !names.contains(&n))
    }

    /// What `this` is where a call runs the function, if it has one; empty if
    /// the call does not run it.
    fn leads_to(&self, call: &At, function: FunctionRef) -> Vec<Option<Value>> {
        const MOST: usize = 8;
        let Some((callee, _)) = self.call_parts(call) else {
            return Vec::new();
        };
        let mut objects: Vec<Option<Value>> = Vec::new();
        for f in self.callees(call, &callee) {
            let this = match &f.value {
                Value::Function {
                    function: g, this, ..
                } if *g == function => this.as_deref().cloned(),
                Value::Class(class) if self.constructor_of(*class, call) == Some(function) => {
                    Some(Value::Instance {
                        class: *class,
                        made: Some(call.clone()),
                        type_args: None,
                    })
                }
                _ => continue,
            };
            if !objects
                .iter()
                .any(|o| is_same_object(o.as_ref(), this.as_ref()))
            {
                objects.push(this);
            }
        }
        objects.truncate(MOST);
        objects
    }
}

/// Whether nothing tells two objects apart: they are made at the same place,
/// by the same call.
fn is_same_object(a: Option<&Value>, b: Option<&Value>) -> bool {
    let made = |value: Option<&Value>| match value {
        Some(Value::Instance { class, made, .. }) => {
            let made = made.as_ref().map(|at| {
                let caller = at.env.as_ref().and_then(|frame| frame.call.as_ref());
                (at.file, at.expr, caller.map(|call| (call.file, call.expr)))
            });
            Some((*class, made))
        }
        _ => None,
    };
    made(a) == made(b)
}
