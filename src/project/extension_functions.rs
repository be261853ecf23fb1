//! Functions of the project that are called as methods of their first parameter.

use smol_str::SmolStr;

use super::evaluate::Evaluator;
use super::value::{At, Found, FunctionRef, Origin, Step, Value};
use crate::facts::ExprKind;

impl Evaluator<'_> {
    /// Whether a call hands its receiver over as the first argument.
    pub(super) fn extends_receiver(&self, call: &At, function: FunctionRef) -> bool {
        let own = self.project.function(function);
        if !own.extends {
            return false;
        }
        let facts = self.project.facts(call.file);
        let Some((callee, _)) = self.call_parts(call) else {
            return false;
        };
        let ExprKind::Member { object, .. } = facts.expr(callee.expr).kind else {
            return false;
        };
        // `Extensions.Publish(bus, order)` names the class instead.
        let receiver = self.eval(&At {
            expr: object,
            ..callee
        });
        !receiver.iter().any(|f| match f.value {
            Value::Class(class) => class.file == function.file && Some(class.class) == own.class,
            _ => false,
        })
    }

    /// The functions of the project that are called as methods of a value.
    pub(super) fn extensions(&self, of: &Found, name: &str) -> Vec<Found> {
        let mut known = self.callers.extending(name).to_vec();
        // Where any file can extend a type, it need not have been parsed yet.
        known.extend(self.project.extending(name));
        known.sort();
        known.dedup();
        known
            .iter()
            .filter(|function| self.extends_value(**function, &of.value))
            .map(|function| {
                Found::new(Value::Function {
                    function: *function,
                    this: None,
                    env: None,
                })
            })
            .collect()
    }

    fn extends_value(&self, function: FunctionRef, value: &Value) -> bool {
        let first = self.project.function(function).params.first();
        let Some(ty) = first.and_then(|param| param.ty) else {
            return false;
        };
        let declared = self.instances_of(&At {
            file: function.file,
            expr: ty,
            env: None,
        });
        declared.iter().any(|d| match (&d.value, value) {
            (Value::Instance { class, .. }, Value::Instance { class: own, .. }) => {
                self.lineage(*own).contains(class)
            }
            (Value::External(library), Value::Instance { class: own, .. }) => self
                .external_bases(*own)
                .iter()
                .any(|(base, _)| type_name(library) == named(base)),
            (Value::External(library), Value::External(origin)) => {
                // What a library's method returns may be of any of its types.
                let (a, b) = (type_name(library), type_name(origin));
                b.is_none() || a == b
            }
            (Value::Param(_), _) => true,
            _ => false,
        })
    }
}

/// The type a library value is declared or constructed of: `I` in front of an
/// interface's name does not count.
fn type_name(origin: &Origin) -> Option<SmolStr> {
    let (Step::Call(_), Some(ty)) = (origin.step(), origin.parent()) else {
        return None;
    };
    // The type itself is a member of a package; a method's result is of no type.
    match ty.parent().map(Origin::step) {
        Some(Step::Used(_) | Step::Package(_)) => named(ty),
        _ => None,
    }
}

fn named(ty: &Origin) -> Option<SmolStr> {
    let Step::Member(name) = ty.step() else {
        return None;
    };
    let interface = name
        .strip_prefix('I')
        .filter(|rest| rest.starts_with(char::is_uppercase));
    Some(interface.map_or_else(|| name.clone(), SmolStr::new))
}
