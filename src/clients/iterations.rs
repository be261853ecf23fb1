//! Functions of libraries that call a function with each element of a list.

use super::model::Accesses;
use super::path::Path;
use super::{Active, take};
use crate::project::{At, Evaluator, Gives, Iteration, Origin, Step, Value};

/// A function that goes through a list, as a model describes it.
#[derive(Clone, Debug)]
pub struct IterationRule {
    /// The functions.
    pub calls: Vec<Path>,
    /// The list.
    pub over: Accesses,
    /// What is called with each element.
    pub function: Accesses,
    /// What the call gives.
    pub gives: Option<Gives>,
}

impl Active<'_> {
    /// What a call of a function of this name goes through.
    pub(super) fn iterates(&self, ev: &Evaluator, call: &At, name: &str) -> Option<Iteration> {
        let rules: Vec<_> = self.iterations.get(name).collect();
        let (callee, _) = ev.call_parts(call).filter(|_| !rules.is_empty())?;
        let origins = ev.eval(&callee).into_iter();
        let mut origins = origins.filter_map(|f| match f.value {
            Value::External(origin) => Some(origin),
            _ => None,
        });
        origins.find_map(|origin| {
            let made = origin.then(Step::Call(Some(call.clone())));
            let mut rules = rules.iter();
            rules.find_map(|id| {
                let (model, rule) = (self.model(*id), &self.model(*id).iterations[id.rule]);
                let is_it = |path: &Path| path.matches(ev, &model.objects, &origin);
                let captures = rule.calls.iter().find_map(is_it)?;
                let site = site(ev, model, call, captures, &made);
                let values = |accesses| site.first(accesses).into_iter().map(|n| n.found);
                Some(Iteration {
                    over: values(&rule.over).collect(),
                    functions: values(&rule.function).collect(),
                    gives: rule.gives,
                })
            })
        })
    }
}

fn site<'s, 'p>(
    ev: &'s Evaluator<'p>,
    model: &'s super::model::Model,
    call: &At,
    captures: super::path::Captures,
    origin: &Origin,
) -> take::Site<'s, 'p> {
    take::Site {
        ev,
        model,
        at: call.clone(),
        captures,
        origin: origin.clone(),
        on: take::On::Call,
        item: None,
        settle: false,
    }
}
