//! Calls that lead from a use into a function, innermost first.

use std::sync::Arc;

use super::ways::{Root, ways};
use crate::facts::ExprId;
use crate::project::{At, Env, Evaluator, FileId, Frame, FunctionRef, Value};

/// Functions around functions beyond which nothing is followed.
const MOST: usize = 6;

/// A call that runs a function, and `this` in it.
#[derive(Clone)]
struct Level {
    function: FunctionRef,
    call: At,
    this: Option<Value>,
}

/// The calls gone up through so far.
#[derive(Clone, Default)]
pub struct Levels {
    all: Vec<Level>,
}

impl Levels {
    /// The environment of the innermost function: each call is evaluated in
    /// that of the next.
    #[must_use]
    pub fn env(&self) -> Env {
        let mut env: Env = None;
        for level in self.all.iter().rev() {
            let call = At {
                env: env.clone(),
                ..level.call.clone()
            };
            env = Some(Arc::new(Frame {
                function: level.function,
                call: Some(call),
                this: level.this.clone(),
                given: None,
                outer: None,
                handed: None,
            }));
        }
        env
    }

    /// The outermost call.
    #[must_use]
    pub fn outermost(&self) -> Option<&At> {
        self.all.last().map(|level| &level.call)
    }

    /// What the outermost call passes for a parameter that an expression of the
    /// innermost function is; the expression itself where there is no call.
    #[must_use]
    pub fn passed_for(&self, ev: &Evaluator, file: FileId, expr: ExprId) -> Option<At> {
        let mut at = At {
            file,
            expr,
            env: None,
        };
        for level in &self.all {
            let facts = ev.project.facts(at.file);
            let way = ways(facts, at.expr).into_iter().next()?;
            let Root::Param { function, index } = way.root else {
                return None;
            };
            let function = FunctionRef {
                file: at.file,
                function,
            };
            if function != level.function || !way.steps.is_empty() {
                return None;
            }
            at = ev.argument(&level.call, function, index)?;
        }
        Some(at)
    }

    /// Each call of a function in production code, as one more level.
    #[must_use]
    pub fn callers(&self, ev: &Evaluator, function: FunctionRef) -> Vec<Self> {
        if self.all.len() >= MOST || self.all.iter().any(|l| l.function == function) {
            return Vec::new();
        }
        let is_test = |call: &At| {
            let span = ev.project.facts(call.file).expr(call.expr).span;
            ev.project.is_test(call.file, span)
        };
        ev.calls_of(function)
            .into_iter()
            .filter(|(call, _)| !is_test(call))
            .map(|(call, this)| {
                let mut next = self.clone();
                next.all.push(Level {
                    function,
                    call,
                    this,
                });
                next
            })
            .collect()
    }
}
