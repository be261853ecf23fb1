//! Collections of an object that a method of it fills, one element a call:
//! builders, registrations. What is in them is said by the calls of the method.

use std::sync::Arc;

use super::FileId;
use super::collections::puts;
use super::evaluate::Evaluator;
use super::value::{At, Env, Frame, FunctionRef, Step, Value};
use crate::facts::{ExprId, ExprKind, Facts, FunctionKind, Span};

impl Evaluator<'_> {
    /// Whether a method puts something into a collection of its object.
    #[must_use]
    pub fn fills(&self, function: FunctionRef) -> bool {
        let facts = self.project.facts(function.file);
        let of = facts.function(function.function);
        let Some(class) = of.class else {
            return false;
        };
        if of.is_static || of.kind == FunctionKind::Constructor {
            return false;
        }
        let fields = &facts.class(class).fields;
        let appended = fields.iter().flat_map(|f| &f.values).any(|value| {
            let expr = facts.expr(*value);
            is_inside(expr.span, of.span) && adds_to_itself(facts, &expr.kind)
        });
        let is_field = |name: &str| fields.iter().any(|f| f.name == name);
        let puts = |call: &ExprId| is_put(facts, *call, &is_field);
        let mut calls = facts.calls.iter();
        appended || calls.any(|call| is_inside(facts.expr(*call).span, of.span) && puts(call))
    }

    /// Whether an object is made in a function, or by what it calls.
    pub(super) fn is_made_by(&self, object: &Value, function: FunctionRef) -> bool {
        let Value::Instance { made, .. } = object else {
            return false;
        };
        let within = self.project.function(function).span;
        let mut made = made.as_ref();
        while let Some(at) = made {
            let span = self.project.facts(at.file).expr(at.expr).span;
            if at.file == function.file && is_inside(span, within) {
                return true;
            }
            made = at.env.as_ref().and_then(|frame| frame.call.as_ref());
        }
        false
    }

    /// The environment in which a value is assigned to a field of an object: a
    /// method that adds to a list is run on that very object. `None` if it is not
    /// this object's list that the question is about.
    pub(super) fn assigned_under(
        &self,
        file: FileId,
        value: ExprId,
        object: &Value,
        construction: &Env,
    ) -> Option<Env> {
        let facts = self.project.facts(file);
        let expr = facts.expr(value);
        let is_blank = matches!(&expr.kind, ExprKind::List(items) if items.is_empty())
            || matches!(&expr.kind, ExprKind::Call { args, .. } if args.is_empty());
        if construction.is_none() && is_blank && self.is_by_object() {
            // What is put into it says on which object.
            return Some(self.owned_by(object));
        }
        if made(object).is_none() || !adds_to_itself(facts, &expr.kind) {
            return Some(construction.clone());
        }
        let Some(method) = self.method_of_scope(file, expr.scope) else {
            return Some(construction.clone());
        };
        if self.is_put_elsewhere(method, object) {
            return None;
        }
        Some(Some(Arc::new(Frame {
            function: method,
            call: None,
            this: Some(object.clone()),
            given: None,
            outer: construction.clone(),
            handed: None,
        })))
    }

    /// Whether what a call puts into a collection is not in that of the object it
    /// was made for.
    pub(super) fn is_put_into_other(&self, call: &At, collection: &Value) -> bool {
        let env = match collection {
            Value::List(at) | Value::Object(at) => &at.env,
            Value::External(origin) => match origin.step() {
                Step::Call(Some(at)) => &at.env,
                _ => return false,
            },
            _ => return false,
        };
        let owner = env.as_ref().and_then(|frame| frame.this.as_ref());
        let scope = self.project.facts(call.file).expr(call.expr).scope;
        let method = self.method_of_scope(call.file, scope);
        owner
            .zip(method)
            .is_some_and(|(owner, method)| self.is_put_elsewhere(method, owner))
    }

    /// Whether what a method puts into a collection of an object is not in it,
    /// because the question is about a call of the method on another object.
    pub(super) fn is_put_elsewhere(&self, method: FunctionRef, object: &Value) -> bool {
        let this = self.this_in(&self.filling(), method);
        this.is_some_and(|this| is_other(&this, object))
    }
}

/// Whether two objects of a class are known not to be the same.
pub(super) fn is_other(a: &Value, b: &Value) -> bool {
    match (made(a), made(b)) {
        (Some((place, caller)), Some((other, by))) => {
            place != other || (caller.is_some() && by.is_some() && caller != by)
        }
        _ => false,
    }
}

/// Whether two objects of a class are known to be the same.
pub(super) fn is_same(a: &Value, b: &Value) -> bool {
    match (made(a), made(b)) {
        (Some((place, caller)), Some((other, by))) => {
            place == other && caller.is_some() && caller == by
        }
        _ => false,
    }
}

/// What tells an object from others of its class: where it was made, and by which
/// call of the function around.
type Made = ((FileId, ExprId), Option<(FileId, ExprId)>);

fn made(value: &Value) -> Option<Made> {
    let Value::Instance {
        made: Some(made), ..
    } = value
    else {
        return None;
    };
    let caller = made.env.as_ref().and_then(|frame| frame.call.as_ref());
    Some((
        (made.file, made.expr),
        caller.map(|call| (call.file, call.expr)),
    ))
}

fn is_inside(inner: Span, outer: Span) -> bool {
    inner.start >= outer.start && inner.end <= outer.end
}

/// `this.list = append(this.list, x)`
pub(super) fn adds_to_itself(facts: &Facts, kind: &ExprKind) -> bool {
    let ExprKind::List(elements) = kind else {
        return false;
    };
    let [first, _, ..] = elements.as_slice() else {
        return false;
    };
    match facts.expr(*first).kind {
        ExprKind::Spread(list) => is_of_this(facts, list),
        _ => false,
    }
}

/// `this.list.push(x)`, with or without `this`.
fn is_put(facts: &Facts, call: ExprId, is_field: &dyn Fn(&str) -> bool) -> bool {
    let ExprKind::Call { callee, .. } = facts.expr(call).kind else {
        return false;
    };
    let ExprKind::Member { object, name, .. } = &facts.expr(callee).kind else {
        return false;
    };
    let is_own = match &facts.expr(*object).kind {
        ExprKind::Name(name) => is_field(name),
        _ => is_of_this(facts, *object),
    };
    puts(name) && is_own
}

fn is_of_this(facts: &Facts, expr: ExprId) -> bool {
    match facts.expr(expr).kind {
        ExprKind::Member { object, .. } => facts.is_this(object),
        _ => false,
    }
}
