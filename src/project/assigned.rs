//! Fields that are given their value by code outside of the class: a builder that
//! fills in the object it hands out.

use std::sync::Arc;

use super::evaluate::Evaluator;
use super::filled::{adds_to_itself, is_other, is_same};
use super::members::{is_receiver, is_text};
use super::value::{At, ClassRef, Env, Found, Frame, Value};
use crate::facts::ExprKind;

impl Evaluator<'_> {
    /// What `object.name = value` gives a field of an object, in any file.
    pub(super) fn assigned_elsewhere(
        &self,
        this: &Value,
        class: ClassRef,
        name: &str,
    ) -> Vec<Found> {
        const MOST: usize = 8;
        let mut found = Vec::new();
        let setters = self.callers.named(&format!("{name}="));
        for (file, call) in setters.iter().take(MOST) {
            let call = At {
                file: *file,
                expr: *call,
                env: None,
            };
            let span = self.project.facts(*file).expr(call.expr).span;
            if self.project.is_test(*file, span) || !self.sets_field_of(&call, this, class) {
                continue;
            }
            for env in self.runs_around(&call, this) {
                let call = At {
                    env,
                    ..call.clone()
                };
                if let Some((_, value)) = self.setter(&call)
                    && self.sets_field_of(&call, this, class)
                {
                    found.extend(self.eval(&value));
                }
            }
        }
        found.retain(|f| is_receiver(&f.value) || is_text(&f.value));
        found
    }

    /// What a field of an object is given while it is put into a collection: by the
    /// function that the call is handed to configure it, or by whoever made it.
    pub(super) fn set_while_filling(
        &self,
        this: &Value,
        class: ClassRef,
        name: &str,
    ) -> Option<Vec<Found>> {
        const MOST: usize = 8;
        let filling = self.filling()?;
        let call = filling.call.as_ref()?;
        let setters = self.callers.named(&format!("{name}="));
        let mut found = Vec::new();
        for (file, setter) in setters.iter().take(MOST) {
            let setter = At {
                file: *file,
                expr: *setter,
                env: None,
            };
            for env in self.runs_around(&setter, this) {
                let run = env.as_ref().and_then(|frame| frame.call.clone());
                let setter = At {
                    env,
                    ..setter.clone()
                };
                let Some((object, value)) = self.setter(&setter) else {
                    continue;
                };
                // What is added to a list is one of its elements.
                let kind = &self.project.facts(value.file).expr(value.expr).kind;
                if adds_to_itself(self.project.facts(value.file), kind) {
                    continue;
                }
                let configures = self.is_within(run.as_ref().unwrap_or(&setter), call);
                let is_of_call = self.is_made_by(this, filling.function);
                let is_it = self.concrete(&object).iter().any(|f| match &f.value {
                    Value::Instance { class: c, .. } if *c != class => false,
                    object if configures => !is_other(object, this),
                    // Each call makes an object of its own at the same place.
                    object => !is_of_call && is_same(object, this),
                });
                if is_it {
                    found.extend(self.eval(&value));
                }
            }
        }
        (!found.is_empty()).then_some(found)
    }

    /// Whether an expression is a part of an argument of a call.
    fn is_within(&self, part: &At, call: &At) -> bool {
        let span = |expr| self.project.facts(call.file).expr(expr).span;
        let args = self.call_parts(call).map_or(&[][..], |(_, args)| args);
        part.file == call.file
            && args.iter().any(|arg| {
                let (inner, outer) = (span(part.expr), span(arg.value));
                inner.start >= outer.start && inner.end <= outer.end
            })
    }

    /// The object and the value of a call of a setter.
    fn setter(&self, call: &At) -> Option<(At, At)> {
        let (callee, args) = self.call_parts(call)?;
        let ExprKind::Member { object, .. } = self.project.facts(call.file).expr(callee.expr).kind
        else {
            return None;
        };
        let here = |expr| At {
            expr,
            ..call.clone()
        };
        Some((here(object), here(args.last()?.value)))
    }

    /// Whether a setter is called on an object that can be this one.
    fn sets_field_of(&self, call: &At, this: &Value, class: ClassRef) -> bool {
        let Some((object, _)) = self.setter(call) else {
            return false;
        };
        self.eval(&object).iter().any(|f| match &f.value {
            Value::Instance { class: c, .. } => *c == class && !is_other(&f.value, this),
            _ => false,
        })
    }

    /// The calls of the method around an assignment, each as an environment, if it
    /// matters which object they are on.
    fn runs_around(&self, call: &At, this: &Value) -> Vec<Env> {
        const MOST: usize = 8;
        let scope = self.project.facts(call.file).expr(call.expr).scope;
        let method = self.method_of_scope(call.file, scope);
        let is_made = matches!(this, Value::Instance { made: Some(_), .. });
        let Some(method) = method.filter(|_| is_made) else {
            return vec![None];
        };
        let mut runs = self.calls_of(method);
        runs.retain(|(call, _)| !self.is_test_of(call, method));
        if runs.is_empty() {
            return vec![None];
        }
        let env = |(call, this): (At, Option<Value>)| {
            Some(Arc::new(Frame {
                function: method,
                call: Some(call),
                this,
                given: None,
                outer: None,
                handed: None,
            }))
        };
        runs.into_iter().take(MOST).map(env).collect()
    }
}
