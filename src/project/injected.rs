//! Dependencies that are injected by the names of parameters: a function reads
//! the signatures of others and hands each parameter what a table has under its
//! name.

use super::evaluate::Evaluator;
use super::members::is_receiver;
use super::value::{At, Found, FunctionRef, Origin, Slot, Value};
use crate::facts::ExprKind;

/// Calls of one injector that are looked at.
const MOST: usize = 8;

impl Evaluator<'_> {
    /// What injectors that take a function hand it for a parameter.
    pub(super) fn injected_values(&self, function: FunctionRef, index: u32) -> Vec<Found> {
        // Only few projects read signatures at all.
        let readers = self.callers.named("signature");
        let Some(param) = self.project.function(function).params.get(index as usize) else {
            return Vec::new();
        };
        let mut found = Vec::new();
        for (file, call) in readers {
            let call = At {
                file: *file,
                expr: *call,
                env: None,
            };
            let Some((injector, taken)) = self.injector(&call) else {
                continue;
            };
            for (use_of, _) in self.calls_of(injector).into_iter().take(MOST) {
                if self.is_handed(&use_of, injector, taken, function) {
                    found.extend(self.offered(&use_of, &param.name));
                }
            }
        }
        found
    }

    /// The function that reads the signature of one of its parameters, and which.
    fn injector(&self, call: &At) -> Option<(FunctionRef, u32)> {
        let (callee, args) = self.call_parts(call)?;
        let reads = self.eval(&callee).iter().any(|f| match &f.value {
            Value::External(origin) => is_signature(origin),
            _ => false,
        });
        let first = At {
            expr: args.first()?.value,
            ..call.clone()
        };
        if !reads {
            return None;
        }
        self.eval(&first).into_iter().find_map(|f| match f.value {
            Value::Param(param) => match param.slot {
                Slot::Argument(index) if param.path.is_empty() => Some((param.function, index)),
                _ => None,
            },
            _ => None,
        })
    }

    /// Whether a call hands an injector a function; so it is taken to where
    /// nothing is known of what it hands over.
    fn is_handed(
        &self,
        call: &At,
        injector: FunctionRef,
        taken: u32,
        function: FunctionRef,
    ) -> bool {
        let Some(argument) = self.argument(call, injector, taken) else {
            return false;
        };
        let mut handed = self.eval(&argument);
        // Handlers of a table can be in lists.
        if handed
            .iter()
            .any(|f| matches!(f.value, Value::List(_) | Value::Many(_)))
        {
            handed = self.elements(&handed);
        }
        let mut functions = handed.iter().filter_map(|f| match f.value {
            Value::Function { function, .. } => Some(function),
            _ => None,
        });
        let known = functions.clone().next().is_some();
        !known || functions.any(|f| f == function)
    }

    /// What the tables a call passes have under a name.
    fn offered(&self, call: &At, name: &str) -> Vec<Found> {
        let Some((_, args)) = self.call_parts(call) else {
            return Vec::new();
        };
        let mut found = Vec::new();
        for arg in args {
            let at = At {
                expr: arg.value,
                ..call.clone()
            };
            for table in self.eval(&at) {
                let Value::Object(object) = &table.value else {
                    continue;
                };
                let is_literal = matches!(
                    self.project.facts(object.file).expr(object.expr).kind,
                    ExprKind::Object { .. }
                );
                for value in is_literal
                    .then(|| self.entry_expr(object, name))
                    .flatten()
                    .unwrap_or_default()
                {
                    match &value.value {
                        Value::Param(param) => found.extend(self.concretize(param)),
                        v if is_receiver(v) => found.push(value),
                        _ => {}
                    }
                }
            }
        }
        found
    }
}

/// `inspect.signature`, which reads the names of a function's parameters.
fn is_signature(origin: &Origin) -> bool {
    use super::Step;
    matches!(origin.step(), Step::Member(name) if name == "signature")
        && matches!(origin.root(), Step::Package(name) if name == "inspect")
}
