//! Calls: what they evaluate to, and which argument a parameter gets.

use std::sync::Arc;

use smol_str::SmolStr;

use super::builtins;
use super::evaluate::{Evaluator, prefer_known};
use super::members::{is_receiver, is_text};
use super::value::{At, Env, Found, Frame, FunctionRef, ParamRef, Slot, Step, Text, Value};
use crate::facts::{Arg, ClassKind, ExprId, ExprKind, FunctionKind};

impl Evaluator<'_> {
    /// Callee and arguments of a call; `None` for anything else.
    #[must_use]
    pub fn call_parts(&self, at: &At) -> Option<(At, &[Arg])> {
        match &self.project.facts(at.file).expr(at.expr).kind {
            ExprKind::Call { callee, args, .. } => Some((
                At {
                    expr: *callee,
                    ..at.clone()
                },
                args,
            )),
            _ => None,
        }
    }

    /// What a call evaluates to.
    pub(super) fn call(&self, at: &At) -> Vec<Found> {
        let Some((callee, _)) = self.call_parts(at) else {
            return vec![self.unknown(at)];
        };
        if let Some(put) = handed(at) {
            return self.eval(&put);
        }
        if let Some(found) = builtins::call(self, at, &callee) {
            return found;
        }
        if let ExprKind::Member { name, .. } =
            &self.project.facts(callee.file).expr(callee.expr).kind
            && let Some(found) = self.library.method(self, at, name)
        {
            return found;
        }
        if let Some(found) = self.gone_through(at, &callee) {
            return found;
        }
        let mut found = Vec::new();
        let mut runs = false;
        for f in self.callees(at, &callee) {
            runs |= matches!(f.value, Value::Function { .. });
            match &f.value {
                Value::Function {
                    function,
                    this,
                    env,
                } => found.extend(self.call_function(at, *function, this.as_deref(), env)),
                Value::Class(class) if let Some(values) = self.converted(at, *class) => {
                    found.extend(values);
                }
                Value::Class(class) => found.push(Found {
                    value: Value::Instance {
                        class: *class,
                        made: Some(at.clone()),
                        type_args: None,
                    },
                    trail: f.trail.clone(),
                }),
                Value::External(origin) => {
                    let called = origin.then(Step::Call(Some(at.clone())));
                    found.extend(self.external(called, at.file));
                    found.extend(self.of_type_argument(at));
                }
                // What a model says of a member holds for the getter of that name.
                Value::Text(_) => found.push(f.clone()),
                // `Message::Failed(why)` is the variant, whatever it holds.
                Value::Variant { .. } => found.push(f.clone()),
                Value::Param(param) => found.push(self.looked_up(at, param)),
                Value::Unknown(_) if let Some(class) = self.class_called(&callee) => {
                    found.push(Found::new(Value::Instance {
                        class,
                        made: None,
                        type_args: None,
                    }));
                }
                _ => found.push(self.unknown(at)),
            }
        }
        if runs && !found.iter().any(|f| is_receiver(&f.value)) {
            return self
                .told_by_callers(at, &callee)
                .unwrap_or(prefer_known(found));
        }
        prefer_known(found)
    }

    /// The struct whose function is called that nobody wrote: what is derived
    /// for a type makes values of it (`Args::parse()`).
    fn class_called(&self, callee: &At) -> Option<super::ClassRef> {
        let file = self.project.file(callee.file);
        if file.language.get().modules != crate::language::Modules::Crate {
            return None;
        }
        let ExprKind::Member { object, .. } =
            self.project.facts(callee.file).expr(callee.expr).kind
        else {
            return None;
        };
        let object = At {
            expr: object,
            ..callee.clone()
        };
        self.eval(&object).into_iter().find_map(|f| match f.value {
            Value::Class(class) if self.project.class(class).kind == ClassKind::Struct => {
                Some(class)
            }
            _ => None,
        })
    }

    /// `data.get("type")` of a parameter nobody knows more about is its entry.
    fn looked_up(&self, at: &At, callee: &ParamRef) -> Found {
        let key = self.call_parts(at).and_then(|(_, args)| {
            let first = args.first()?;
            let at = At {
                expr: first.value,
                ..at.clone()
            };
            self.eval(&at).iter().find_map(|f| match &f.value {
                Value::Text(text) => text.as_plain(),
                _ => None,
            })
        });
        let (Some(key), Some("get")) = (key, callee.path.last().map(SmolStr::as_str)) else {
            return self.unknown(at);
        };
        let mut entry = callee.clone();
        entry.path.pop();
        let text = entry.text.strip_suffix(".get").unwrap_or(&entry.text);
        entry.text = SmolStr::new(format!("{text}.{key}"));
        entry.path.push(key);
        Found::new(Value::Param(entry))
    }

    /// What a method of a parameter gives is known where the function is
    /// called: the parameter itself, with the call as a part of it.
    fn told_by_callers(&self, at: &At, callee: &At) -> Option<Vec<Found>> {
        let (_, args) = self.call_parts(at)?;
        let facts = self.project.facts(at.file);
        let ExprKind::Member { object, name, .. } = &facts.expr(callee.expr).kind else {
            return None;
        };
        let object = At {
            expr: *object,
            ..callee.clone()
        };
        if !args.is_empty() {
            return None;
        }
        let mut param = match self.overriding_this(&object, name) {
            Some(this) => this,
            None => {
                let types = self.type_argument_value(&object);
                match &types.unwrap_or_else(|| self.eval(&object))[..] {
                    [
                        Found {
                            value: Value::Param(param),
                            ..
                        },
                    ] => param.clone(),
                    _ => return None,
                }
            }
        };
        param.text = SmolStr::new(facts.render(at.expr));
        param.path.push(SmolStr::new(format!("{name}()")));
        Some(vec![Found::new(Value::Param(param))])
    }

    /// `this` as a parameter, where nobody says what it is and classes derived
    /// from the one around have a method of this name.
    fn overriding_this(&self, object: &At, name: &str) -> Option<ParamRef> {
        let facts = self.project.facts(object.file);
        if !facts.is_this(object.expr) || self.bound_this(object).is_some() {
            return None;
        }
        let scope = facts.expr(object.expr).scope;
        let function = self.method_of_scope(object.file, scope)?;
        let class = self.extended(super::ClassRef {
            file: object.file,
            class: facts.class_of_scope(scope)?,
        });
        let overrides = |c: &super::ClassRef| self.method(*c, name).is_some();
        let overridden = self.descendants(class).iter().any(overrides);
        overridden.then(|| ParamRef {
            function,
            slot: Slot::This,
            path: Vec::new(),
            text: SmolStr::new_static("this"),
        })
    }

    /// What a method without arguments gives.
    fn called(&self, of: &Found, name: &str, at: &At) -> Vec<Found> {
        let run = |f: Found| match f.value {
            Value::Function { function, this, .. } => {
                let frame = Frame {
                    function,
                    call: None,
                    this: this.as_deref().cloned(),
                    given: None,
                    outer: None,
                    handed: None,
                };
                self.returned(function, Some(Arc::new(frame)))
            }
            _ => vec![f],
        };
        self.member(of, name, at)
            .into_iter()
            .flat_map(run)
            .collect()
    }

    /// What a function returns for arguments that are known one by one.
    #[must_use]
    pub fn applied(&self, function: &Value, given: Vec<Vec<Found>>) -> Vec<Found> {
        let Value::Function {
            function,
            this,
            env,
        } = function
        else {
            return Vec::new();
        };
        let frame = Frame {
            function: *function,
            call: None,
            this: this.as_deref().cloned(),
            given: Some(given.into()),
            outer: env.clone(),
            handed: None,
        };
        self.returned(*function, Some(Arc::new(frame)))
    }

    /// `T(x)` of a named type that is no struct is `x`.
    fn converted(&self, at: &At, class: super::ClassRef) -> Option<Vec<Found>> {
        let named = self.project.class(class).kind != ClassKind::Struct;
        if !named || !self.project.is_structural(class.file) {
            return None;
        }
        let (_, args) = self.call_parts(at)?;
        let [only] = args else {
            return None;
        };
        Some(self.eval(&At {
            expr: only.value,
            ..at.clone()
        }))
    }

    pub(super) fn call_function(
        &self,
        at: &At,
        function: FunctionRef,
        this: Option<&Value>,
        env: &Env,
    ) -> Vec<Found> {
        let frame = Frame {
            function,
            call: Some(at.clone()),
            this: this.cloned(),
            given: None,
            outer: env.clone(),
            handed: None,
        };
        let found = self.returned(function, Some(Arc::new(frame)));
        // A hole is called what the code at the use calls it.
        found
            .into_iter()
            .map(|f| match f.value {
                Value::Unknown(_) => self.unknown(at),
                _ => f,
            })
            .collect()
    }

    /// What a function returns: its returned expressions, else its declared type.
    #[must_use]
    pub fn returned(&self, function: FunctionRef, env: Env) -> Vec<Found> {
        let facts = self.project.function(function);
        let mut found = Vec::new();
        for value in self.chosen_returns(function, &env) {
            found.extend(self.eval(&At {
                file: function.file,
                expr: value,
                env: env.clone(),
            }));
        }
        found = self.decided(found, function.file);
        let known = found
            .iter()
            .any(|f| !matches!(f.value, Value::Unknown(_) | Value::Null));
        if let (false, Some(ty)) = (known, facts.return_type) {
            let instances: Vec<Found> = self
                .instances_of(&At {
                    file: function.file,
                    expr: ty,
                    env: None,
                })
                .into_iter()
                .filter(|f| is_receiver(&f.value))
                .collect();
            if !instances.is_empty() {
                return instances;
            }
        }
        if found.is_empty() {
            found.push(Found::new(Value::Unknown(SmolStr::new(format!(
                "{}()",
                facts.name
            )))));
        }
        found
    }

    /// The argument of a call that a parameter of the called function gets.
    #[must_use]
    pub fn argument(&self, call: &At, function: FunctionRef, index: u32) -> Option<At> {
        let (_, args) = self.call_parts(call)?;
        let facts = self.project.function(function);
        let param = facts.params.get(index as usize)?;
        let here = |expr: ExprId| At {
            expr,
            ..call.clone()
        };
        if let Some(arg) = args
            .iter()
            .find(|a| a.name.as_ref().is_some_and(|n| *n == param.name))
        {
            return Some(here(arg.value));
        }
        let mut index = index as usize;
        if self.extends_receiver(call, function) {
            if index == 0 {
                return self.receiver_of(call);
            }
            index -= 1;
        }
        let mut positional = args.iter().filter(|a| a.name.is_none());
        let arg = positional.nth(index)?;
        Some(here(arg.value))
    }

    /// What the method of a call is called on.
    fn receiver_of(&self, call: &At) -> Option<At> {
        let (callee, _) = self.call_parts(call)?;
        match self.project.facts(callee.file).expr(callee.expr).kind {
            ExprKind::Member { object, .. } => Some(At {
                expr: object,
                ..callee
            }),
            _ => None,
        }
    }

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

    /// What the parameter of a function passed as an argument is given.
    fn callback_values(&self, function: FunctionRef, index: u32) -> Vec<Found> {
        let facts = self.project.facts(function.file);
        let mut found = Vec::new();
        if let Some(Some(value)) = facts.function_values.get(function.function.0 as usize) {
            found.extend(self.given_to(function.file, *value, index));
        }
        let name = &facts.function(function.function).name;
        if found.is_empty() && !name.is_empty() {
            for (file, argument) in self.callers.passed(name) {
                let at = At {
                    file: *file,
                    expr: *argument,
                    env: None,
                };
                let is_it = self.eval(&at).iter().any(
                    |f| matches!(f.value, Value::Function { function: g, .. } if g == function),
                );
                if is_it {
                    found.extend(self.given_to(*file, *argument, index));
                }
            }
        }
        found
    }

    /// What a function written at `value`, itself an argument of a call, gets as parameter `index`.
    fn given_to(&self, file: super::FileId, value: ExprId, index: u32) -> Vec<Found> {
        let facts = self.project.facts(file);
        let mut path = Vec::new();
        let mut child = value;
        while let Some(parent) = facts.parent(child) {
            let at = At {
                file,
                expr: parent,
                env: None,
            };
            match &facts.expr(parent).kind {
                ExprKind::Object { entries, .. } => {
                    let key = entries.iter().find(|e| e.value == child);
                    if let Some(crate::facts::Key::Name(name)) = key.map(|e| &e.key) {
                        path.insert(0, name.clone());
                    }
                }
                ExprKind::Call { args, .. } => {
                    let Some(argument) = args.iter().position(|a| a.value == child) else {
                        // The callee: a function called where it is written, or `.bind(this)`.
                        return Vec::new();
                    };
                    return self.passed_to(&at, argument as u32, &path, index);
                }
                ExprKind::List(_) | ExprKind::Either(_) => {}
                // `handler.bind(this)` hands the function on.
                ExprKind::Member { name, .. } if name == "bind" => {
                    let Some(call) = facts.parent(parent) else {
                        return Vec::new();
                    };
                    child = call;
                    continue;
                }
                _ => return Vec::new(),
            }
            child = parent;
        }
        Vec::new()
    }

    /// What argument `argument` of a call, a function, gets as parameter `param`.
    fn passed_to(&self, call: &At, argument: u32, path: &[SmolStr], param: u32) -> Vec<Found> {
        if let Some(found) = builtins::callback(self, call, argument, param) {
            return found;
        }
        let Some((callee, _)) = self.call_parts(call) else {
            return Vec::new();
        };
        let mut found = Vec::new();
        for f in self.concrete(&callee) {
            match &f.value {
                Value::External(origin) => {
                    let step = Step::Callback {
                        argument,
                        path: path.to_vec(),
                        param,
                    };
                    let called = origin.then(Step::Call(Some(call.clone())));
                    found.push(Found::new(Value::External(called.then(step))));
                }
                Value::Function { function, .. } => {
                    let shift = u32::from(self.extends_receiver(call, *function));
                    found.extend(self.called_back(*function, argument + shift, path, param));
                }
                _ => {}
            }
        }
        found
    }

    /// What a function of the project passes to the callback it is given.
    fn called_back(
        &self,
        function: FunctionRef,
        argument: u32,
        path: &[SmolStr],
        param: u32,
    ) -> Vec<Found> {
        let facts = self.project.facts(function.file);
        let Some(name) = facts
            .function(function.function)
            .params
            .get(argument as usize)
        else {
            return Vec::new();
        };
        let span = facts.function(function.function).span;
        let inside = facts.calls.iter().filter(|call| {
            let s = facts.expr(**call).span;
            s.start >= span.start && s.end <= span.end
        });
        let mut found = Vec::new();
        for call in inside {
            let ExprKind::Call { callee, args, .. } = &facts.expr(*call).kind else {
                continue;
            };
            let is_callback = match &facts.expr(*callee).kind {
                ExprKind::Name(n) => path.is_empty() && *n == name.name,
                ExprKind::Member { name: n, .. } => path.last() == Some(n),
                _ => false,
            };
            if let (true, Some(arg)) = (is_callback, args.get(param as usize)) {
                let at = At {
                    file: function.file,
                    expr: arg.value,
                    env: None,
                };
                found.extend(
                    self.concrete(&at)
                        .into_iter()
                        .filter(|f| is_receiver(&f.value)),
                );
            }
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

/// What was put into the channel that a call takes from, if its environment says.
fn handed(call: &At) -> Option<At> {
    let mut frame = call.env.as_ref();
    while let Some(f) = frame {
        match &f.handed {
            Some(handed) if handed.taken == (call.file, call.expr) => {
                return Some(handed.put.clone());
            }
            _ => frame = f.outer.as_ref(),
        }
    }
    None
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
