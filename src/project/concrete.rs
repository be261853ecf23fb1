//! What parameters stand for as receivers: what is injected, declared, passed.

use super::evaluate::{Evaluator, prefer_known};
use super::members::{is_receiver, is_text};
use super::value::{At, Found, FunctionRef, ParamRef, Slot, Step, Text, Value};
use crate::facts::{ExprId, ExprKind};

impl Evaluator<'_> {
    /// Values a parameter can stand for as a receiver: what is injected, what
    /// its type says, what the library or function it is a callback of passes,
    /// its default, what callers pass.
    #[must_use]
    pub fn concretize(&self, param: &ParamRef) -> Vec<Found> {
        self.nested(|| self.concretize_inner(param))
            .unwrap_or_default()
    }

    fn concretize_inner(&self, param: &ParamRef) -> Vec<Found> {
        let mut found = self.once((param.function, param.slot), || match param.slot {
            Slot::Argument(index) => self.parameter_values(param.function, index),
            Slot::This => self.receiver_values(param.function),
            Slot::Type(index) => self.type_values(param.function, index),
        });
        for name in &param.path {
            if name == "[]" {
                found = self.elements(&found);
                continue;
            }
            let at = self.declaration_of(param.function);
            found = found
                .iter()
                .flat_map(|f| match &f.value {
                    Value::Param(inner) => self.concretize(&ParamRef {
                        path: inner.path.iter().cloned().chain([name.clone()]).collect(),
                        ..inner.clone()
                    }),
                    _ => match name.strip_suffix("()") {
                        Some(method) => self.called(f, method, &at),
                        None => self.member(f, name, &at),
                    },
                })
                .collect();
        }
        // What a field was given can itself be a parameter.
        let found = found
            .into_iter()
            .flat_map(|f| match &f.value {
                Value::Param(inner)
                    if (inner.function, inner.slot) != (param.function, param.slot) =>
                {
                    let values = self.concretize(inner);
                    if values.is_empty() { vec![f] } else { values }
                }
                _ => vec![f],
            })
            .collect();
        prefer_known(found)
    }

    fn declaration_of(&self, function: FunctionRef) -> At {
        let facts = self.project.facts(function.file);
        let expr = facts
            .function_values
            .get(function.function.0 as usize)
            .copied()
            .flatten()
            .unwrap_or(ExprId(0));
        At {
            file: function.file,
            expr,
            env: None,
        }
    }

    fn receiver_values(&self, method: FunctionRef) -> Vec<Found> {
        let Some(class) = self.project.function(method).class else {
            return Vec::new();
        };
        let class = self.extended(super::ClassRef {
            file: method.file,
            class,
        });
        let is_static = self.project.function(method).is_static;
        let mut classes = self.possible_classes(class);
        if classes.is_empty() {
            classes.push(class);
        }
        let this = |class| match is_static {
            true => Value::Class(class),
            false => Value::Instance {
                class,
                made: None,
                type_args: None,
            },
        };
        classes
            .into_iter()
            .map(|class| Found::new(this(class)))
            .collect()
    }

    fn parameter_values(&self, function: FunctionRef, index: u32) -> Vec<Found> {
        let Some(param) = self.project.function(function).params.get(index as usize) else {
            return Vec::new();
        };
        let here = |expr: ExprId| At {
            file: function.file,
            expr,
            env: None,
        };
        let mut found = self.injected_values(function, index);
        if !found.is_empty() {
            return found;
        }
        // A decorator that no model knows says nothing of the value.
        let says = |f: &Found| match &f.value {
            Value::External(origin) => self.library.is_object(self, origin),
            _ => true,
        };
        for decorator in &param.decorators {
            let values = self.decorated(function.file, *decorator, super::Decorated::Slot);
            found.extend(values.into_iter().filter(says));
        }
        if let Some(ty) = param.ty {
            let provided = self.provided(&here(ty), &param.name, &param.decorators);
            if !provided.is_empty() {
                return provided;
            }
            found.extend(
                self.instances_of(&here(ty))
                    .into_iter()
                    .filter(|f| is_receiver(&f.value) || is_text(&f.value)),
            );
        }
        if found.iter().any(|f| is_receiver(&f.value)) {
            return self.made_elsewhere(function, index, found);
        }
        found.extend(self.callback_values(function, index));
        // What code that is not there passes is one possibility; what those pass
        // who call the function by its name is another. Names of methods are too
        // common to be asked for every callback.
        let from_library = |f: &Found| match &f.value {
            Value::External(origin) => matches!(origin.step(), Step::Callback { .. }),
            _ => false,
        };
        let is_method = self.project.function(function).class.is_some();
        if !is_method && !found.is_empty() && found.iter().all(from_library) {
            found.extend(self.passed_values(function, index));
        }
        found.extend(self.decorated_values(function, index));
        found.extend(self.handed_by_decorators(function, index));
        if found.is_empty()
            && let Some(default) = param.default
        {
            found.extend(
                self.eval(&here(default))
                    .into_iter()
                    .filter(|f| is_receiver(&f.value)),
            );
        }
        if found.is_empty() {
            found.extend(self.passed_values(function, index));
        }
        found
    }

    /// What a library's decorator passes to the function it stands on.
    fn decorated_values(&self, function: FunctionRef, index: u32) -> Vec<Found> {
        let decorators = &self.project.function(function).decorators;
        let target = super::Decorated::Function(function);
        decorators
            .iter()
            .flat_map(|d| self.decorated(function.file, *d, target))
            .filter_map(|f| match f.value {
                Value::External(origin) => {
                    let step = Step::Callback {
                        argument: 0,
                        path: Vec::new(),
                        param: index,
                    };
                    Some(Found::new(Value::External(origin.then(step))))
                }
                _ => None,
            })
            .collect()
    }

    /// What the project's own decorators pass to the function they stand on.
    fn handed_by_decorators(&self, function: FunctionRef, index: u32) -> Vec<Found> {
        let decorators = &self.project.function(function).decorators;
        let mut found = Vec::new();
        for decorator in decorators {
            let at = At {
                file: function.file,
                expr: *decorator,
                env: None,
            };
            for f in self.eval(&at) {
                if let Value::Function { function: by, .. } = f.value {
                    found.extend(self.called_back(by, 0, &[], index));
                }
            }
        }
        found
    }

    /// A type says what an object is, a caller which one: where only the type of
    /// a library object is known, the objects and functions callers pass are
    /// meant, else the parameter's default.
    fn made_elsewhere(&self, function: FunctionRef, index: u32, typed: Vec<Found>) -> Vec<Found> {
        // A generic type stands where a call would: `Sender<String>` made nothing.
        let is_made = |f: &Found| match &f.value {
            Value::External(origin) => Some(origin.calls().any(|at| !self.is_type(at))),
            Value::Function { .. } => Some(true),
            _ => None,
        };
        if typed.iter().any(|f| is_made(f) != Some(false)) {
            return typed;
        }
        let mut passed = self.passed_values(function, index);
        passed.retain(|f| is_made(f) == Some(true));
        if !passed.is_empty() {
            return passed;
        }
        let params = &self.project.function(function).params;
        let default = params.get(index as usize).and_then(|p| p.default);
        let mut default = default.map_or_else(Vec::new, |expr| {
            self.eval(&At {
                file: function.file,
                expr,
                env: None,
            })
        });
        default.retain(|f| matches!(f.value, Value::Function { .. }));
        if default.is_empty() { typed } else { default }
    }

    /// Whether what is said to have made a value is only the type it is declared with.
    pub(super) fn is_type(&self, at: &At) -> bool {
        let facts = self.project.facts(at.file);
        matches!(facts.expr(at.expr).kind, ExprKind::Generic { .. })
    }

    /// Whether a call stands in a test and the function it calls does not.
    #[must_use]
    pub fn is_test_of(&self, call: &At, function: FunctionRef) -> bool {
        let project = self.project;
        let span = project.facts(call.file).expr(call.expr).span;
        project.is_test(call.file, span)
            && !project.is_test(function.file, project.function(function).span)
    }

    /// The texts callers pass for a parameter; empty if none of them is known.
    #[must_use]
    pub fn passed_texts(&self, param: &ParamRef) -> Vec<Text> {
        let mut texts = Vec::new();
        for (f, argument) in self.passed(param) {
            let text = match &f.value {
                Value::Text(_) | Value::Variant { .. } | Value::Param(_) => {
                    self.as_text(&f.value, &argument)
                }
                _ => continue,
            };
            if !texts.contains(&text) {
                texts.push(text);
            }
        }
        texts
    }

    /// What callers pass for a parameter or a part of it, each with the argument.
    #[must_use]
    pub fn passed(&self, param: &ParamRef) -> Vec<(Found, At)> {
        const MOST: usize = 8;
        let Slot::Argument(index) = param.slot else {
            return Vec::new();
        };
        let mut all = Vec::new();
        let mut calls = self.calls_of(param.function);
        calls.retain(|(call, _)| !self.is_test_of(call, param.function));
        for (call, _) in calls.into_iter().take(MOST) {
            let Some(argument) = self.argument(&call, param.function, index) else {
                continue;
            };
            let passed = param.path.iter().fold(self.eval(&argument), |found, step| {
                let part = |f: &Found| match (step.as_str(), step.strip_suffix("()")) {
                    ("[]", _) => self.elements(std::slice::from_ref(f)),
                    (_, Some(method)) => self.called(f, method, &argument),
                    _ => self.member(f, step, &argument),
                };
                found.iter().flat_map(part).collect()
            });
            all.extend(passed.into_iter().map(|f| (f, argument.clone())));
        }
        all
    }

    /// What callers pass for a parameter.
    fn passed_values(&self, function: FunctionRef, index: u32) -> Vec<Found> {
        const MOST: usize = 8;
        let mut found = Vec::new();
        let mut calls = self.calls_of(function);
        calls.dedup_by_key(|(call, _)| (call.file, call.expr));
        calls.retain(|(call, _)| !self.is_test_of(call, function));
        for (call, _) in calls.into_iter().take(MOST) {
            let Some(argument) = self.argument(&call, function, index) else {
                continue;
            };
            for f in self.eval(&argument) {
                match &f.value {
                    Value::Param(outer) if outer.function != function => {
                        found.extend(self.concretize(outer));
                    }
                    value if is_receiver(value) => found.push(f),
                    _ => {}
                }
            }
        }
        found
    }

    /// What a parameter of a callback is given where the callback is handed over,
    /// whatever types say.
    #[must_use]
    pub fn handed_to(&self, param: &ParamRef) -> Vec<Found> {
        let Slot::Argument(index) = param.slot else {
            return Vec::new();
        };
        let given = self.nested(|| self.callback_values(param.function, index));
        let mut found = given.unwrap_or_default();
        let at = self.declaration_of(param.function);
        for name in &param.path {
            found = if name == "[]" {
                self.elements(&found)
            } else {
                let members = found.iter().flat_map(|f| self.member(f, name, &at));
                members.collect()
            };
        }
        found
    }

    /// Evaluates, with parameters replaced by what they can stand for.
    #[must_use]
    pub fn concrete(&self, at: &At) -> Vec<Found> {
        let mut found = Vec::new();
        for f in self.eval(at) {
            match &f.value {
                Value::Param(param) => {
                    let values = self.concretize(param);
                    if values.is_empty() {
                        found.push(f);
                    } else {
                        found.extend(values);
                    }
                }
                _ => found.push(f),
            }
        }
        found
    }

    /// The values of a callee, its receiver made concrete first. A module that
    /// is called is its default export (`require("./handlers")(io)`).
    #[must_use]
    pub fn concrete_callee(&self, callee: &At) -> Vec<Found> {
        self.callee_values(callee)
            .into_iter()
            .flat_map(|f| match f.value {
                Value::Module(module) => self.export(module, "default").unwrap_or(vec![f]),
                _ => vec![f],
            })
            .collect()
    }

    fn callee_values(&self, callee: &At) -> Vec<Found> {
        let facts = self.project.facts(callee.file);
        let ExprKind::Member { object, name, .. } = &facts.expr(callee.expr).kind else {
            return self.concrete(callee);
        };
        let direct = self.eval(callee);
        if direct
            .iter()
            .any(|f| !matches!(f.value, Value::Param(_) | Value::Unknown(_)))
        {
            return direct;
        }
        let object = At {
            expr: *object,
            ..callee.clone()
        };
        self.concrete(&object)
            .iter()
            .flat_map(|f| self.member(f, name, callee))
            .collect()
    }
}
