//! Functions of one name: which of them a call means, by how many arguments it
//! has; and the constructors that run one after the other.

use std::sync::Arc;

use super::evaluate::Evaluator;
use super::names::visible;
use super::value::{At, ClassRef, Env, Found, Frame, FunctionRef, Value};
use crate::facts::{ExprId, ExprKind, Function, FunctionKind};

impl Evaluator<'_> {
    /// The methods of a name that a class itself declares; more than one only
    /// in languages that overload.
    pub(super) fn methods_named(&self, class: ClassRef, name: &str) -> Vec<FunctionRef> {
        let facts = self.project.facts(class.file);
        let methods = facts.class(class.class).methods.iter();
        let mut named: Vec<FunctionRef> = methods
            .filter(|m| facts.function(**m).name == name)
            .map(|m| FunctionRef {
                file: class.file,
                function: *m,
            })
            .collect();
        if !self.project.file(class.file).language.get().overloads() {
            named.truncate(1);
        }
        named
    }

    /// The first method of a name that a class itself declares.
    pub(super) fn method(&self, class: ClassRef, name: &str) -> Option<FunctionRef> {
        self.methods_named(class, name).into_iter().next()
    }

    /// What a call can run: of overloads those that take its arguments.
    pub(super) fn callees(&self, call: &At, callee: &At) -> Vec<Found> {
        let found = self.concrete_callee(callee);
        let overloads = found
            .iter()
            .filter(|f| matches!(f.value, Value::Function { .. }))
            .count();
        if overloads < 2 || !self.project.file(call.file).language.get().overloads() {
            return found;
        }
        let fits = |f: &Found| match f.value {
            Value::Function { function, .. } => self.takes(call, function),
            _ => true,
        };
        if !found.iter().any(fits) {
            return found;
        }
        let found: Vec<Found> = found.into_iter().filter(fits).collect();
        let suits = |f: &Found| match f.value {
            Value::Function { function, .. } => self.suits(call, function),
            _ => true,
        };
        match found.iter().any(suits) {
            true => found.into_iter().filter(suits).collect(),
            false => found,
        }
    }

    /// Whether a function takes lists where a call has lists, and single objects
    /// where it makes one: of messages and lists of them both can be sent.
    fn suits(&self, call: &At, function: FunctionRef) -> bool {
        let declared = self.project.facts(function.file);
        let params = &self.project.function(function).params;
        params.iter().enumerate().all(|(i, param)| {
            let (Some(ty), Some(argument)) = (param.ty, self.argument(call, function, i as u32))
            else {
                return true;
            };
            let takes_list = matches!(
                declared.expr(ty).kind,
                ExprKind::Generic { .. } | ExprKind::List(_)
            );
            self.is_list(&argument).is_none_or(|is| is == takes_list)
        })
    }

    /// Whether an expression is written as a list; `None` where that is not seen.
    fn is_list(&self, at: &At) -> Option<bool> {
        let facts = self.project.facts(at.file);
        let mut expr = facts.expr(at.expr);
        if let ExprKind::Name(name) = &expr.kind {
            let bound = visible(facts, expr.scope, name, expr.span.start)?;
            let [only] = bound.as_slice() else {
                return None;
            };
            expr = facts.expr(only.value);
        }
        match &expr.kind {
            ExprKind::List(_) => Some(true),
            // A generic object may well be a collection.
            ExprKind::Call {
                constructs: true,
                type_args,
                ..
            } => type_args.is_empty().then_some(false),
            _ => None,
        }
    }

    /// Whether a function takes as many arguments as a call has.
    fn takes(&self, call: &At, function: FunctionRef) -> bool {
        let Some((_, args)) = self.call_parts(call) else {
            return true;
        };
        let own = self.project.function(function);
        let named = args.iter().filter_map(|arg| arg.name.as_ref());
        let receiver = usize::from(self.extends_receiver(call, function));
        takes(own, args.len() + receiver)
            && named
                .into_iter()
                .all(|name| own.params.iter().any(|param| param.name == *name))
    }

    /// The constructor that a construction runs, declared or inherited.
    pub(super) fn constructor_of(&self, class: ClassRef, made: &At) -> Option<FunctionRef> {
        self.lineage(class).into_iter().find_map(|ancestor| {
            let facts = self.project.facts(ancestor.file);
            let methods = facts.class(ancestor.class).methods.iter();
            let constructors: Vec<FunctionRef> = methods
                .filter(|m| facts.function(**m).kind == FunctionKind::Constructor)
                .map(|m| FunctionRef {
                    file: ancestor.file,
                    function: *m,
                })
                .collect();
            let fits = constructors.iter().find(|c| self.takes(made, **c));
            fits.or(constructors.first()).copied()
        })
    }

    /// The environment of the constructor that set the fields of `class` in an
    /// instance: what it was made with, through `this(…)` and `super(…)`.
    pub(super) fn construction(&self, this: &Value, class: ClassRef) -> Env {
        const MOST: usize = 6;
        let Value::Instance {
            class: own, made, ..
        } = this
        else {
            return None;
        };
        // What hands over to a base is known even where nobody says what made it.
        let mut constructor = match made {
            Some(made) => self.constructor_of(*own, made)?,
            None => self.constructor(*own)?,
        };
        let mut call = made.clone();
        let mut outer = made.as_ref().and_then(|made| made.env.clone());
        for _ in 0..MOST {
            let env: Env = Some(Arc::new(Frame {
                function: constructor,
                call: call.clone(),
                this: Some(this.clone()),
                given: None,
                outer,
                handed: None,
            }));
            let Some((next, delegation)) = self.delegated(constructor) else {
                return env.filter(|_| call.is_some());
            };
            // `super(…)` is of interest only for what the class does not set itself.
            let sets = |c: FunctionRef| {
                let of = self.project.function(c).class;
                of == Some(class.class) && c.file == class.file
            };
            if sets(constructor) && !sets(next) {
                return env.filter(|_| call.is_some());
            }
            call = Some(At {
                file: constructor.file,
                expr: delegation,
                env: env.clone(),
            });
            outer = env;
            constructor = next;
        }
        outer
    }

    /// The constructor that another one hands over to, with the call.
    fn delegated(&self, constructor: FunctionRef) -> Option<(FunctionRef, ExprId)> {
        let facts = self.project.facts(constructor.file);
        let function = facts.function(constructor.function);
        let class = ClassRef {
            file: constructor.file,
            class: function.class?,
        };
        let inside = |call: &&ExprId| {
            let span = facts.expr(**call).span;
            span.start >= function.span.start && span.end <= function.span.end
        };
        for call in facts.calls.iter().filter(inside) {
            let ExprKind::Call { callee, .. } = &facts.expr(*call).kind else {
                continue;
            };
            let at = At {
                file: constructor.file,
                expr: *call,
                env: None,
            };
            let next = match facts.expr(*callee).kind {
                ExprKind::This => self.constructor_of(class, &at),
                ExprKind::Super => self
                    .lineage(class)
                    .get(1)
                    .and_then(|base| self.constructor_of(*base, &at)),
                _ => continue,
            };
            return next
                .filter(|next| *next != constructor)
                .map(|next| (next, *call));
        }
        None
    }
}

fn takes(function: &Function, args: usize) -> bool {
    let params = &function.params;
    let needed = params
        .iter()
        .filter(|p| p.default.is_none() && !p.rest)
        .count();
    args >= needed && (args <= params.len() || params.iter().any(|p| p.rest))
}
