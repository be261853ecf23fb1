//! Functions of libraries that call a function with each element of a list:
//! what the function is given, and what the call gives.

use std::sync::Arc;

use serde::Deserialize;

use super::callers::last_name;
use super::evaluate::Evaluator;
use super::value::{At, Found, FunctionRef, Value};
use crate::facts::ExprKind;

/// A call that goes through a list.
#[derive(Clone, Debug)]
pub struct Iteration {
    /// The list.
    pub over: Vec<Found>,
    /// What is called with each element.
    pub functions: Vec<Found>,
    pub gives: Option<Gives>,
}

/// What such a call gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Gives {
    /// A list of what the function returns.
    Results,
    /// A list of some of the elements.
    Elements,
}

impl Evaluator<'_> {
    /// What the parameter of a function is that is written as an argument of such
    /// a call: any element.
    pub(super) fn iterated(
        &self,
        at: &At,
        function: FunctionRef,
        index: u32,
    ) -> Option<Vec<Found>> {
        let facts = self.project.facts(function.file);
        let value = (*facts.function_values.get(function.function.0 as usize)?)?;
        let parent = facts.parent(value).filter(|_| index == 0)?;
        let call = At {
            expr: parent,
            ..at.clone()
        };
        let ExprKind::Call { callee, .. } = facts.expr(parent).kind else {
            return None;
        };
        let iteration = self
            .library
            .iteration(self, &call, &last_name(facts, callee)?)?;
        let is_it =
            |f: &Found| matches!(f.value, Value::Function { function: g, .. } if g == function);
        if !iteration.functions.iter().any(is_it) {
            return None;
        }
        let mut elements = self.elements(&iteration.over);
        elements.retain(|f| !matches!(f.value, Value::Unknown(_) | Value::External(_)));
        (!elements.is_empty()).then_some(elements)
    }

    /// What a call gives that goes through a list.
    pub(super) fn gone_through(&self, call: &At, callee: &At) -> Option<Vec<Found>> {
        let name = last_name(self.project.facts(callee.file), callee.expr)?;
        let iteration = self.library.iteration(self, call, &name)?;
        let mut elements = self.elements(&iteration.over);
        elements.retain(|f| !matches!(f.value, Value::Null));
        let all = match iteration.gives? {
            Gives::Elements => elements,
            Gives::Results => {
                let results = iteration.functions.iter().flat_map(|f| {
                    let of = |e: &Found| self.applied(&f.value, vec![vec![e.clone()]]);
                    elements.iter().flat_map(of).collect::<Vec<_>>()
                });
                results.collect()
            }
        };
        Some(vec![Found::new(Value::Many(Arc::new(all)))])
    }
}
