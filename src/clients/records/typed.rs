//! What is given where the name of a type is: the message it is the type of.

use rustc_hash::FxHashSet;

use super::MOST_STEPS;
use crate::clients::buses::structure::bindings;
use crate::facts::{ExprId, ExprKind};
use crate::project::{At, Evaluator, FileId, Slot, Value};

/// Members that give the name of a type, of a type.
const TYPE_NAMES: [&str; 3] = ["FullName", "AssemblyQualifiedName", "Name"];

/// The object or type whose type an expression gives, in full or as a part.
pub(super) fn typed(ev: &Evaluator, at: &At, seen: &mut FxHashSet<(FileId, ExprId)>) -> Option<At> {
    if seen.len() >= MOST_STEPS || !seen.insert((at.file, at.expr)) {
        return None;
    }
    let facts = ev.project.facts(at.file);
    let here = |expr: ExprId| At { expr, ..at.clone() };
    let mut first = |exprs: Vec<ExprId>| exprs.into_iter().find_map(|e| typed(ev, &here(e), seen));
    match &facts.expr(at.expr).kind {
        ExprKind::Name(_) => first(bindings(facts, at.expr).iter().map(|b| b.value).collect()),
        ExprKind::Member { object, name, .. } => match name.as_str() {
            "constructor" | "__class__" | "javaClass" => Some(here(*object)),
            _ if TYPE_NAMES.contains(&name.as_str()) && is_type(ev, &here(*object)) => {
                Some(here(*object))
            }
            _ => first(vec![*object]),
        },
        ExprKind::Call { callee, args, .. } => {
            let args: Vec<ExprId> = args.iter().map(|arg| arg.value).collect();
            match (&facts.expr(*callee).kind, args.as_slice()) {
                (ExprKind::Member { object, name, .. }, []) if name == "getClass" => {
                    Some(here(*object))
                }
                (ExprKind::Name(name), [only]) if name == "type" => Some(here(*only)),
                (ExprKind::Member { object, .. }, _) => {
                    first(std::iter::once(*object).chain(args).collect())
                }
                _ => first(args),
            }
        }
        ExprKind::Concat(parts) | ExprKind::Either(parts) => first(parts.clone()),
        ExprKind::Cast { value, .. } => first(vec![*value]),
        _ => None,
    }
}

/// Whether an expression is a type parameter.
pub(super) fn is_type(ev: &Evaluator, at: &At) -> bool {
    let is_it = |value: &Value| matches!(value, Value::Param(p) if matches!(p.slot, Slot::Type(_)));
    ev.eval(at).iter().any(|f| is_it(&f.value))
}
