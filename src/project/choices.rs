//! One of several: alternatives, `match`, and what a scope narrows an
//! expression to.

use super::evaluate::{Evaluator, prefer_known};
use super::value::{At, Found, Value};
use crate::facts::ExprId;

impl<'p> Evaluator<'p> {
    /// The values an expression is narrowed to where it stands.
    pub(super) fn narrowed(&self, at: &At) -> Option<&'p [ExprId]> {
        let facts = self.project.facts(at.file);
        let mut scope = Some(facts.expr(at.expr).scope);
        while let Some(id) = scope {
            let s = facts.scope(id);
            if let Some(narrowing) = &s.narrowed
                && narrowing.subject != at.expr
                && facts.is_same(narrowing.subject, at.expr)
            {
                return Some(&narrowing.values);
            }
            scope = s.parent;
        }
        None
    }

    /// The known values of several expressions; unknown only if all are.
    pub(super) fn union(&self, options: impl Iterator<Item = At>) -> Vec<Found> {
        let mut found = Vec::new();
        for option in options {
            found.extend(self.eval(&option));
        }
        super::builtins::prefer_defaults(prefer_known(found))
    }

    /// `match`: the arms the subject selects, or all of them.
    pub(super) fn select(
        &self,
        at: &At,
        subject: ExprId,
        arms: &[crate::facts::Arm],
    ) -> Vec<Found> {
        let here = |expr: ExprId| At { expr, ..at.clone() };
        let subjects = self.eval(&here(subject));
        let mut selected = Vec::new();
        for subject in &subjects {
            let arm = arms.iter().find(|arm| {
                arm.patterns.iter().any(|pattern| {
                    self.eval(&here(*pattern))
                        .iter()
                        .any(|p| same_choice(&p.value, &subject.value))
                })
            });
            if let Some(arm) = arm {
                selected.extend(self.eval(&here(arm.value)));
            }
        }
        if selected.is_empty() {
            return self.union(arms.iter().map(|arm| here(arm.value)));
        }
        selected
    }
}

/// Whether a pattern's value is the one the subject has.
fn same_choice(pattern: &Value, subject: &Value) -> bool {
    match (pattern, subject) {
        (Value::Variant { class: a, name: x }, Value::Variant { class: b, name: y }) => {
            a == b && x == y
        }
        (Value::Text(a), Value::Text(b)) => a.as_plain().is_some() && a == b,
        (Value::Number(a), Value::Number(b)) => a == b,
        _ => false,
    }
}
