//! Which producers a function comes to: those inside it and inside what it calls.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::facts::{ExprKind, FunctionId};
use crate::project::{At, Evaluator, FunctionRef, Value};

/// Calls inside calls that are followed.
const MAX_DEPTH: u32 = 4;

/// Finds the functions a function calls, each file's once.
pub struct Reach<'e, 'p> {
    ev: &'e Evaluator<'p>,
    called: FxHashMap<FunctionRef, Vec<FunctionRef>>,
}

impl<'e, 'p> Reach<'e, 'p> {
    pub fn new(ev: &'e Evaluator<'p>) -> Self {
        Self {
            ev,
            called: FxHashMap::default(),
        }
    }

    /// The function, those written in it, and those it calls.
    pub fn from(&mut self, function: FunctionRef) -> FxHashSet<FunctionRef> {
        let mut reached = FxHashSet::default();
        let mut pending = vec![(function, 0)];
        while let Some((function, depth)) = pending.pop() {
            if !reached.insert(function) || depth >= MAX_DEPTH {
                continue;
            }
            for inner in self.inner(function) {
                pending.push((inner, depth));
            }
            for called in self.calls(function) {
                pending.push((called, depth + 1));
            }
        }
        reached
    }

    fn inner(&self, function: FunctionRef) -> Vec<FunctionRef> {
        let facts = self.ev.project.facts(function.file);
        facts
            .functions
            .iter()
            .enumerate()
            .filter(|(_, f)| f.outer == Some(function.function))
            .map(|(i, _)| FunctionRef {
                file: function.file,
                function: FunctionId(i as u32),
            })
            .collect()
    }

    fn calls(&mut self, function: FunctionRef) -> Vec<FunctionRef> {
        if let Some(known) = self.called.get(&function) {
            return known.clone();
        }
        let facts = self.ev.project.facts(function.file);
        let mut called = Vec::new();
        for call in &facts.calls {
            let expr = facts.expr(*call);
            let ExprKind::Call { callee, .. } = &expr.kind else {
                continue;
            };
            if facts.function_of_scope(expr.scope) != Some(function.function) {
                continue;
            }
            let at = At {
                file: function.file,
                expr: *callee,
                env: None,
            };
            for found in self.ev.concrete_callee(&at) {
                if let Value::Function { function, .. } = found.value {
                    called.push(function);
                }
            }
        }
        called.sort();
        called.dedup();
        self.called.insert(function, called.clone());
        called
    }
}
