//! Kinds of records: one table of messages for several relays.

use smol_str::SmolStr;

use crate::clients::records::Making;
use crate::facts::ExprId;
use crate::project::{At, ClassRef, Evaluator, Found, FunctionRef, Value};

/// A variant of an enum of the project.
pub type Kind = (ClassRef, SmolStr);

/// The kinds of records for which a relay is run: the cases of a `switch` that
/// its call, or a call of the function around it, stands in.
pub fn of_relay(ev: &Evaluator, at: &At, relay: FunctionRef) -> Vec<Kind> {
    let own = narrowed(ev, at);
    if !own.is_empty() {
        return own;
    }
    let calls = ev.calls_of(relay);
    let each: Vec<Vec<_>> = calls.iter().map(|(call, _)| narrowed(ev, call)).collect();
    if each.iter().any(Vec::is_empty) {
        return Vec::new();
    }
    each.into_iter().flatten().collect()
}

/// The variants of an enum that select the case an expression stands in.
fn narrowed(ev: &Evaluator, at: &At) -> Vec<Kind> {
    let facts = ev.project.facts(at.file);
    let mut scope = Some(facts.expr(at.expr).scope);
    let mut variants = Vec::new();
    while let Some(id) = scope {
        let here = facts.scope(id);
        for value in here.narrowed.iter().flat_map(|n| &n.values) {
            let value = At {
                file: at.file,
                expr: *value,
                env: None,
            };
            variants.extend(ev.eval(&value).into_iter().filter_map(variant));
        }
        if !variants.is_empty() {
            break;
        }
        scope = here.parent;
    }
    variants
}

fn variant(found: Found) -> Option<Kind> {
    match found.value {
        Value::Variant { class, name } => Some((class, name)),
        _ => None,
    }
}

/// Whether a record is made as one of some kinds, as far as its making says a kind.
pub fn is_of_kind(ev: &Evaluator, call: &At, making: &Making, kinds: &[Kind]) -> bool {
    let said: Vec<_> = making
        .given
        .iter()
        .flat_map(|expr: &ExprId| {
            ev.eval(&At {
                expr: *expr,
                ..call.clone()
            })
        })
        .filter_map(variant)
        .filter(|(class, _)| kinds.iter().any(|(c, _)| c == class))
        .collect();
    said.is_empty() || said.iter().any(|kind| kinds.contains(kind))
}
