//! Parameters and `this`, as the calls an evaluation has gone into bind them.

use std::sync::Arc;

use smol_str::SmolStr;

use super::FileId;
use super::evaluate::Evaluator;
use super::members::is_text;
use super::value::{
    At, ClassRef, Decorated, Env, Found, Frame, FunctionRef, ParamRef, Slot, Value,
};
use crate::facts::{FunctionId, ScopeId};

/// No function: the head of a class stands in none.
const NOWHERE: FunctionRef = FunctionRef {
    file: FileId(u32::MAX),
    function: FunctionId(u32::MAX),
};

impl Evaluator<'_> {
    pub(super) fn param(&self, at: &At, function: FunctionId, index: u32) -> Vec<Found> {
        let function = FunctionRef {
            file: at.file,
            function,
        };
        if let Some(found) = self.argument_in(&at.env, function, index) {
            return found;
        }
        if let Some(found) = self.injected_text(function, index) {
            return found;
        }
        if let Some(found) = self.called_in_place(at, function, index) {
            return found;
        }
        if let Some(found) = self.iterated(at, function, index) {
            return found;
        }
        let name = self
            .project
            .function(function)
            .params
            .get(index as usize)
            .map_or_else(SmolStr::default, |p| p.name.clone());
        vec![Found::new(Value::Param(ParamRef {
            function,
            slot: Slot::Argument(index),
            path: Vec::new(),
            text: if name.is_empty() {
                SmolStr::new("argument")
            } else {
                name
            },
        }))]
    }

    /// `func(x T) { … }(y)`: the parameter of a function that is called where it
    /// is written.
    fn called_in_place(&self, at: &At, function: FunctionRef, index: u32) -> Option<Vec<Found>> {
        let facts = self.project.facts(function.file);
        let value = (*facts.function_values.get(function.function.0 as usize)?)?;
        let call = At {
            expr: facts.parent(value)?,
            ..at.clone()
        };
        let (callee, _) = self.call_parts(&call)?;
        if callee.expr != value {
            return None;
        }
        let argument = self.argument(&call, function, index)?;
        Some(self.eval(&argument))
    }

    /// The argument a parameter is bound to by the innermost call of its function,
    /// or by one that the question is asked under.
    fn argument_in(&self, env: &Env, function: FunctionRef, index: u32) -> Option<Vec<Found>> {
        let here = self.argument_of(env, function, index);
        here.or_else(|| self.argument_of(&self.filling(), function, index))
    }

    fn argument_of(&self, env: &Env, function: FunctionRef, index: u32) -> Option<Vec<Found>> {
        let mut frame = env.as_ref();
        while let Some(f) = frame {
            if f.function == function
                && let Some(given) = &f.given
            {
                let known = given.get(index as usize).cloned();
                return Some(known.unwrap_or_else(|| self.default_of(function, index)));
            }
            if f.function == function
                && let Some(call) = &f.call
            {
                return Some(match self.argument(call, function, index) {
                    Some(argument) => self.eval(&argument),
                    None => self.default_of(function, index),
                });
            }
            frame = f.outer.as_ref();
        }
        None
    }

    /// A text that a decorator puts into a parameter.
    fn injected_text(&self, function: FunctionRef, index: u32) -> Option<Vec<Found>> {
        let param = self.project.function(function).params.get(index as usize)?;
        let mut found: Vec<Found> = Vec::new();
        for decorator in &param.decorators {
            found.extend(self.decorated(function.file, *decorator, Decorated::Slot));
        }
        found.retain(|f| is_text(&f.value));
        (!found.is_empty()).then_some(found)
    }

    fn default_of(&self, function: FunctionRef, index: u32) -> Vec<Found> {
        let param = self.project.function(function).params.get(index as usize);
        let default = param.and_then(|p| p.default).map(|expr| {
            self.eval(&At {
                file: function.file,
                expr,
                env: None,
            })
        });
        default.unwrap_or_else(|| {
            let name = param.map_or("", |p| p.name.as_str());
            vec![Found::new(Value::Unknown(SmolStr::new(name)))]
        })
    }

    /// `this`: what the environment says, else an instance of the class around.
    pub(super) fn this(&self, at: &At) -> Vec<Found> {
        if let Some(this) = self.bound_this(at).or_else(|| self.declared_this(at)) {
            return vec![Found::new(this)];
        }
        let facts = self.project.facts(at.file);
        match facts.class_of_scope(facts.expr(at.expr).scope) {
            Some(class) => {
                let class = self.extended(ClassRef {
                    file: at.file,
                    class,
                });
                let method = self.method_of_scope(at.file, facts.expr(at.expr).scope);
                if method.is_some_and(|m| self.project.function(m).is_static) {
                    return vec![Found::new(Value::Class(class))];
                }
                vec![Found::new(Value::Instance {
                    class,
                    made: None,
                    type_args: None,
                })]
            }
            None => vec![self.unknown(at)],
        }
    }

    /// What a class is asked as, for what stands in its head (`Base<T>`).
    fn declared_this(&self, at: &At) -> Option<Value> {
        let frame = at.env.as_ref().filter(|f| f.function == NOWHERE)?;
        let facts = self.project.facts(at.file);
        let class = ClassRef {
            file: at.file,
            class: facts.class_of_scope(facts.expr(at.expr).scope)?,
        };
        match &frame.this {
            Some(Value::Instance { class: own, .. }) if self.lineage(*own).contains(&class) => {
                frame.this.clone()
            }
            _ => None,
        }
    }

    /// The environment in which the head of a class and of its bases is that of
    /// an instance of the class.
    #[must_use]
    pub fn head_of(&self, class: ClassRef) -> Env {
        Some(Arc::new(Frame {
            function: NOWHERE,
            call: None,
            this: Some(Value::Instance {
                class,
                made: None,
                type_args: None,
            }),
            given: None,
            outer: None,
            handed: None,
        }))
    }

    /// The environment of what is made for an object, whatever made that.
    pub(super) fn owned_by(&self, object: &Value) -> Env {
        Some(Arc::new(Frame {
            function: NOWHERE,
            call: None,
            this: Some(object.clone()),
            given: None,
            outer: None,
            handed: None,
        }))
    }

    /// What `this` is bound to where the expression stands.
    pub(super) fn bound_this(&self, at: &At) -> Option<Value> {
        let facts = self.project.facts(at.file);
        let method = self.method_of_scope(at.file, facts.expr(at.expr).scope)?;
        self.this_in(&at.env, method)
    }

    /// What `this` of a method is bound to in an environment.
    pub(super) fn this_in(&self, env: &Env, method: FunctionRef) -> Option<Value> {
        let mut frame = env.as_ref();
        while let Some(f) = frame {
            if f.function == method && f.this.is_some() {
                return f.this.clone();
            }
            frame = f.outer.as_ref();
        }
        None
    }

    /// The method around a scope: the function whose `this` is meant there.
    #[must_use]
    pub fn method_of_scope(&self, file: FileId, scope: ScopeId) -> Option<FunctionRef> {
        let facts = self.project.facts(file);
        let mut function = facts.function_of_scope(scope);
        while let Some(id) = function {
            if facts.function(id).class.is_some() {
                return Some(FunctionRef { file, function: id });
            }
            function = facts.function(id).outer;
        }
        None
    }

    pub(super) fn super_value(&self, at: &At) -> Vec<Found> {
        let facts = self.project.facts(at.file);
        let Some(class) = facts.class_of_scope(facts.expr(at.expr).scope) else {
            return vec![self.unknown(at)];
        };
        let Some(base) = facts.class(class).bases.first() else {
            return vec![self.unknown(at)];
        };
        let base = At {
            file: at.file,
            expr: *base,
            env: None,
        };
        self.eval(&base)
    }
}
