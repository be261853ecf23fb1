//! What is injected: a slot of a type holds what a provider of that type makes.

use smol_str::SmolStr;

use super::callers::last_name;
use super::evaluate::Evaluator;
use super::members::is_receiver;
use super::value::{At, Found, FunctionRef, Origin, Step, Value};
use crate::facts::{ExprId, ExprKind};

impl Evaluator<'_> {
    /// What the providers of a type make for a slot: the one that is called like
    /// the slot or what a decorator of it says, else those nearest to it.
    pub(super) fn provided(&self, ty: &At, slot: &str, decorators: &[ExprId]) -> Vec<Found> {
        self.nested(|| self.provided_inner(ty, slot, decorators))
            .unwrap_or_default()
    }

    fn provided_inner(&self, ty: &At, slot: &str, decorators: &[ExprId]) -> Vec<Found> {
        let facts = self.project.facts(ty.file);
        let Some(name) = last_name(facts, ty.expr) else {
            return Vec::new();
        };
        let mut providers = self.providers(&name, ty);
        if providers.is_empty() {
            return Vec::new();
        }
        let mut asked: Vec<SmolStr> = decorators
            .iter()
            .filter_map(|d| {
                self.first_text(&At {
                    expr: *d,
                    ..ty.clone()
                })
            })
            .collect();
        // A slot that is called like its type asks for none in particular.
        let plain = slot.eq_ignore_ascii_case(&name);
        if !plain {
            asked.push(SmolStr::new(slot));
        }
        keep_named(&mut providers, &asked);
        self.keep_nearest(&mut providers, ty);
        keep_named(&mut providers, &[SmolStr::new(slot)]);
        providers
            .iter()
            .flat_map(|(function, _)| self.returned(*function, None))
            .filter(|f| is_receiver(&f.value))
            .collect()
    }

    /// The providers of a type, with the names they are known by.
    fn providers(&self, name: &str, ty: &At) -> Vec<(FunctionRef, SmolStr)> {
        let candidates = self.callers.decorated_returning(name);
        if candidates.is_empty() {
            return Vec::new();
        }
        let wanted = self.eval(ty);
        let in_test = self.project.file(ty.file).is_test;
        let mut providers = Vec::new();
        for function in candidates {
            if self.project.file(function.file).is_test && !in_test {
                continue;
            }
            let returns = self.project.function(*function).return_type;
            let made = returns.map_or_else(Vec::new, |expr| {
                self.eval(&At {
                    file: function.file,
                    expr,
                    env: None,
                })
            });
            let same = made
                .iter()
                .any(|m| wanted.iter().any(|w| same_type(&m.value, &w.value)));
            if same && let Some(name) = self.library.provides(self, *function) {
                providers.push((*function, name));
            }
        }
        providers
    }

    /// Of providers of one name those count that stand in the slot's module:
    /// two of them in sight of each other would not start.
    fn keep_nearest(&self, providers: &mut Vec<(FunctionRef, SmolStr)>, ty: &At) {
        let here = &self.project.file(ty.file).path;
        let near = |f: &FunctionRef| {
            let there = &self.project.file(f.file).path;
            let shared = here.split('/').zip(there.split('/'));
            shared.take_while(|(a, b)| a == b).count()
        };
        let nearest = providers.iter().map(|(f, _)| near(f)).max().unwrap_or(0);
        providers.retain(|(f, _)| near(f) == nearest);
    }

    /// What a provider of a name makes: `#{orders.name}` in an annotation.
    #[must_use]
    pub fn provided_as(&self, name: &str, at: &At) -> Vec<Found> {
        let all = self.callers.decorated_named(name).iter();
        let mut providers: Vec<(FunctionRef, SmolStr)> = all
            .filter(|f| !self.project.file(f.file).is_test)
            .filter_map(|f| Some((*f, self.library.provides(self, *f)?)))
            .filter(|(_, known)| known == name)
            .collect();
        self.keep_nearest(&mut providers, at);
        providers
            .iter()
            .flat_map(|(function, _)| self.returned(*function, None))
            .collect()
    }

    /// The first text a decorator is given.
    fn first_text(&self, decorator: &At) -> Option<SmolStr> {
        let ExprKind::Call { args, .. } =
            &self.project.facts(decorator.file).expr(decorator.expr).kind
        else {
            return None;
        };
        let first = At {
            expr: args.first()?.value,
            ..decorator.clone()
        };
        self.eval(&first).iter().find_map(|f| match &f.value {
            Value::Text(text) => text.as_plain(),
            _ => None,
        })
    }
}

/// Keeps the providers of these names, if there are any.
fn keep_named(providers: &mut Vec<(FunctionRef, SmolStr)>, names: &[SmolStr]) {
    if providers.iter().any(|(_, name)| names.contains(name)) {
        providers.retain(|(_, name)| names.contains(name));
    }
}

/// Whether two values name the same type.
fn same_type(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Class(a), Value::Class(b)) => a == b,
        (Value::External(a), Value::External(b)) => same_path(a, b),
        _ => false,
    }
}

fn same_path(a: &Origin, b: &Origin) -> bool {
    let step = match (a.step(), b.step()) {
        (Step::Package(a), Step::Package(b)) => a == b,
        (Step::Member(a), Step::Member(b)) => a == b,
        _ => false,
    };
    let before = match (a.parent(), b.parent()) {
        (Some(a), Some(b)) => same_path(a, b),
        (None, None) => true,
        _ => false,
    };
    step && before
}
