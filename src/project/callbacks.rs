//! What functions are given by those that they are handed to as callbacks.

use smol_str::SmolStr;

use super::builtins;
use super::evaluate::Evaluator;
use super::members::is_receiver;
use super::value::{At, Found, FunctionRef, Step, Value};
use crate::facts::{ExprId, ExprKind};

impl Evaluator<'_> {
    /// What the parameter of a function passed as an argument is given.
    pub(super) fn callback_values(&self, function: FunctionRef, index: u32) -> Vec<Found> {
        let facts = self.project.facts(function.file);
        let mut found = Vec::new();
        if let Some(Some(value)) = facts.function_values.get(function.function.0 as usize) {
            found.extend(self.given_to(function.file, *value, index));
        }
        let name = &facts.function(function.function).name;
        if found.is_empty() && !name.is_empty() {
            for (file, argument) in self.callers.passed(name) {
                let at = At {
                    file: *file,
                    expr: *argument,
                    env: None,
                };
                let is_it = self.eval(&at).iter().any(
                    |f| matches!(f.value, Value::Function { function: g, .. } if g == function),
                );
                if is_it {
                    found.extend(self.given_to(*file, *argument, index));
                }
            }
        }
        found
    }

    /// What a function written at `value`, itself an argument of a call, gets as parameter `index`.
    fn given_to(&self, file: super::FileId, value: ExprId, index: u32) -> Vec<Found> {
        let facts = self.project.facts(file);
        let mut path = Vec::new();
        let mut child = value;
        while let Some(parent) = facts.parent(child) {
            let at = At {
                file,
                expr: parent,
                env: None,
            };
            match &facts.expr(parent).kind {
                ExprKind::Object { entries, .. } => {
                    let key = entries.iter().find(|e| e.value == child);
                    if let Some(crate::facts::Key::Name(name)) = key.map(|e| &e.key) {
                        path.insert(0, name.clone());
                    }
                }
                ExprKind::Call { args, .. } => {
                    let Some(argument) = args.iter().position(|a| a.value == child) else {
                        // The callee: a function called where it is written, or `.bind(this)`.
                        return Vec::new();
                    };
                    return self.passed_to(&at, argument as u32, &path, index);
                }
                ExprKind::List(_) | ExprKind::Either(_) => {}
                // `handler.bind(this)` hands the function on.
                ExprKind::Member { name, .. } if name == "bind" => {
                    let Some(call) = facts.parent(parent) else {
                        return Vec::new();
                    };
                    child = call;
                    continue;
                }
                _ => return Vec::new(),
            }
            child = parent;
        }
        Vec::new()
    }

    /// What argument `argument` of a call, a function, gets as parameter `param`.
    fn passed_to(&self, call: &At, argument: u32, path: &[SmolStr], param: u32) -> Vec<Found> {
        if let Some(found) = builtins::callback(self, call, argument, param) {
            return found;
        }
        let Some((callee, _)) = self.call_parts(call) else {
            return Vec::new();
        };
        let mut found = Vec::new();
        for f in self.concrete(&callee) {
            match &f.value {
                Value::External(origin) => {
                    let step = Step::Callback {
                        argument,
                        path: path.to_vec(),
                        param,
                    };
                    let called = origin.then(Step::Call(Some(call.clone())));
                    found.push(Found::new(Value::External(called.then(step))));
                }
                Value::Function { function, .. } => {
                    let shift = u32::from(self.extends_receiver(call, *function));
                    found.extend(self.called_back(*function, argument + shift, path, param));
                }
                _ => {}
            }
        }
        found
    }

    /// What a function of the project passes to the callback it is given.
    pub(super) fn called_back(
        &self,
        function: FunctionRef,
        argument: u32,
        path: &[SmolStr],
        param: u32,
    ) -> Vec<Found> {
        let facts = self.project.facts(function.file);
        let Some(name) = facts
            .function(function.function)
            .params
            .get(argument as usize)
        else {
            return Vec::new();
        };
        let span = facts.function(function.function).span;
        let inside = facts.calls.iter().filter(|call| {
            let s = facts.expr(**call).span;
            s.start >= span.start && s.end <= span.end
        });
        let mut found = Vec::new();
        for call in inside {
            let ExprKind::Call { callee, args, .. } = &facts.expr(*call).kind else {
                continue;
            };
            let is_callback = match &facts.expr(*callee).kind {
                ExprKind::Name(n) => path.is_empty() && *n == name.name,
                ExprKind::Member { name: n, .. } => path.last() == Some(n),
                _ => false,
            };
            if let (true, Some(arg)) = (is_callback, args.get(param as usize)) {
                let at = At {
                    file: function.file,
                    expr: arg.value,
                    env: None,
                };
                found.extend(
                    self.concrete(&at)
                        .into_iter()
                        .filter(|f| is_receiver(&f.value)),
                );
            }
        }
        found
    }
}
