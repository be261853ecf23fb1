//! One of several: alternatives, `match`, and what a scope narrows an
//! expression to.

use super::FileId;
use super::evaluate::{Evaluator, prefer_known};
use super::value::{At, Env, Found, FunctionRef, Value};
use crate::facts::{ExprId, ScopeKind};

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

    /// What a function returns when called like this: what stands in the branch
    /// that its arguments select, else whatever they do not rule out.
    pub(super) fn chosen_returns(&self, function: FunctionRef, env: &Env) -> Vec<ExprId> {
        let facts = self.project.facts(function.file);
        let returns = &facts.function(function.function).returns;
        if !facts.narrows || env.is_none() || returns.len() < 2 {
            return returns.clone();
        }
        let chosen: Vec<(ExprId, Option<bool>)> = returns
            .iter()
            .map(|r| {
                let at = At {
                    file: function.file,
                    expr: *r,
                    env: env.clone(),
                };
                (*r, self.is_chosen(&at))
            })
            .collect();
        let selected = chosen.iter().any(|(_, c)| *c == Some(true));
        let stays = |c: Option<bool>| c == Some(true) || (!selected && c.is_none());
        let left: Vec<ExprId> = chosen
            .iter()
            .filter(|(_, c)| stays(*c))
            .map(|(r, _)| *r)
            .collect();
        if left.is_empty() {
            returns.clone()
        } else {
            left
        }
    }

    /// Whether what is known of the branches around an expression selects it;
    /// `None` if nothing is known.
    fn is_chosen(&self, at: &At) -> Option<bool> {
        let facts = self.project.facts(at.file);
        let here = |expr| At { expr, ..at.clone() };
        let mut verdict = None;
        let mut scope = Some(facts.expr(at.expr).scope);
        while let Some(id) = scope {
            let s = facts.scope(id);
            if matches!(s.kind, ScopeKind::Function(_)) {
                break;
            }
            if let Some(narrowing) = &s.narrowed {
                let subjects = self.eval(&here(narrowing.subject));
                let is_known = |f: &Found| {
                    matches!(f.value, Value::Number(_) | Value::Variant { .. })
                        || matches!(&f.value, Value::Text(t) if t.as_plain().is_some())
                };
                if !subjects.is_empty() && subjects.iter().all(is_known) {
                    let values = narrowing.values.iter().flat_map(|v| self.eval(&here(*v)));
                    let selects = values
                        .into_iter()
                        .any(|v| subjects.iter().any(|s| same_choice(&v.value, &s.value)));
                    if !selects {
                        return Some(false);
                    }
                    verdict = Some(true);
                }
            }
            scope = s.parent;
        }
        verdict
    }

    /// What is left of the values that several ways of the code give: known ones
    /// for unknown ones, a default for a variable that nothing sets, and what the
    /// user gives the program for what stands in for it.
    pub(super) fn decided(&self, found: Vec<Found>, file: FileId) -> Vec<Found> {
        let is_plain = |f: &Found| matches!(&f.value, Value::Text(t) if t.as_plain().is_some());
        if found.len() > 1 && found.iter().any(is_plain) {
            let given = |f: &Found| self.is_given(&f.value, file);
            if found.iter().any(given) {
                return found.into_iter().filter(given).collect();
            }
        }
        prefer_defaults(prefer_known(found))
    }

    /// Whether a value is what the user gives the program.
    fn is_given(&self, value: &Value, file: FileId) -> bool {
        match value {
            Value::External(origin) => self.library.is_input(self, origin, file),
            Value::Param(param) => {
                let language = self.project.file(param.function.file).language.get();
                let name = &self.project.function(param.function).name;
                language.entry_point() == Some(name.as_str())
            }
            _ => false,
        }
    }

    /// What the first of several gives, and the others where it can be missing.
    pub(super) fn first_of(&self, options: impl Iterator<Item = At>) -> Vec<Found> {
        let mut found: Vec<Found> = Vec::new();
        let mut file = FileId(0);
        for option in options {
            file = option.file;
            let values = self.eval(&option);
            // One of several may be none of them: an entry of an unknown key.
            let known = matches!(&values[..], [only] if is_there(&only.value));
            found.extend(values);
            if known {
                break;
            }
        }
        self.decided(found, file)
    }

    /// The known values of several expressions; unknown only if all are.
    pub(super) fn union(&self, options: impl Iterator<Item = At>) -> Vec<Found> {
        let mut found = Vec::new();
        let mut file = FileId(0);
        for option in options {
            file = option.file;
            found.extend(self.eval(&option));
        }
        self.decided(found, file)
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

/// Whether a value is a text or number that surely is there.
fn is_there(value: &Value) -> bool {
    match value {
        Value::Text(text) => text.as_plain().is_some_and(|t| !t.is_empty()),
        Value::Number(_) | Value::Variant { .. } => true,
        _ => false,
    }
}

/// An environment variable with a default is its default.
fn prefer_defaults(found: Vec<Found>) -> Vec<Found> {
    let is_variable = |f: &Found| matches!(&f.value, Value::Text(t) if t.as_variable().is_some());
    let has_plain = found
        .iter()
        .any(|f| matches!(&f.value, Value::Text(t) if t.as_plain().is_some_and(|p| !p.is_empty())));
    if has_plain {
        return found.into_iter().filter(|f| !is_variable(f)).collect();
    }
    found
}
