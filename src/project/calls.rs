//! Calls: what they evaluate to, and which argument a parameter gets.

use std::sync::Arc;

use smol_str::SmolStr;

use super::builtins;
use super::evaluate::{Evaluator, prefer_known};
use super::members::is_receiver;
use super::value::{At, Env, Found, Frame, FunctionRef, ParamRef, Slot, Step, Value};
use crate::facts::{Arg, ClassKind, ExprId, ExprKind};

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
    pub(super) fn called(&self, of: &Found, name: &str, at: &At) -> Vec<Found> {
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
