//! What class a declared type says a message is of.

use crate::facts::{ClassKind, ExprKind, SmolStr};
use crate::project::{At, ClassRef, Evaluator, Value};

/// Types inside each other that are looked into.
const DEEPEST: u32 = 6;

/// The class that a value of this type is of. Where it can be of several, the one
/// whose literal types have the message's name (`{ name: "user.created" }`).
#[must_use]
pub fn class(ev: &Evaluator, ty: &At, message: Option<&str>) -> Option<ClassRef> {
    let mut options = Vec::new();
    let mut union = None;
    options_of(ev, ty, 0, &mut options, &mut union);
    match options.as_slice() {
        [] => None,
        [only] => Some(*only),
        several => {
            let told = |class: &&ClassRef| message.is_some_and(|m| tells(ev, **class, m));
            several.iter().find(told).copied().or(union)
        }
    }
}

/// The classes a value of a type can be of; `union` is the alias they are listed by.
fn options_of(
    ev: &Evaluator,
    ty: &At,
    depth: u32,
    options: &mut Vec<ClassRef>,
    union: &mut Option<ClassRef>,
) {
    if depth > DEEPEST {
        return;
    }
    let facts = ev.project.facts(ty.file);
    let here = |expr| At { expr, ..ty.clone() };
    match &facts.expr(ty.expr).kind {
        ExprKind::Either(types) => {
            for option in types {
                options_of(ev, &here(*option), depth + 1, options, union);
            }
        }
        ExprKind::Generic { base, args } => {
            let before = options.len();
            options_of(ev, &here(*base), depth + 1, options, union);
            // What a library wraps a message in says which one by its argument.
            if options.len() == before {
                for argument in args {
                    options_of(ev, &here(*argument), depth + 1, options, union);
                }
            }
        }
        _ => {
            for found in ev.eval(ty) {
                if let Value::Class(class) = found.value {
                    named(ev, class, depth, options, union);
                }
            }
        }
    }
}

fn named(
    ev: &Evaluator,
    class: ClassRef,
    depth: u32,
    options: &mut Vec<ClassRef>,
    union: &mut Option<ClassRef>,
) {
    let class = ev.extended(class);
    let facts = ev.project.class(class);
    let expr = |base: &crate::facts::ExprId| At {
        file: class.file,
        expr: *base,
        env: None,
    };
    if facts.kind == ClassKind::Alias
        && let Some(base) = facts.bases.first()
    {
        let file = ev.project.facts(class.file);
        let is_union = matches!(file.expr(*base).kind, ExprKind::Either(_));
        if !is_union || !file.is_intersection(*base) {
            let mut inner = Vec::new();
            options_of(ev, &expr(base), depth + 1, &mut inner, union);
            // What is listed without names is the alias' own.
            let named = |c: &ClassRef| !ev.project.class(*c).name.is_empty();
            if !inner.is_empty() && inner.iter().all(named) {
                if inner.len() > 1 {
                    *union = Some(class);
                }
                inner.retain(|c| !options.contains(c));
                options.append(&mut inner);
                return;
            }
        }
    }
    if !options.contains(&class) {
        options.push(class);
    }
}

/// Whether a field of a class is declared to be this text.
fn tells(ev: &Evaluator, class: ClassRef, message: &str) -> bool {
    ev.lineage(class).into_iter().any(|ancestor| {
        let facts = ev.project.facts(ancestor.file);
        let fields = &facts.class(ancestor.class).fields;
        fields
            .iter()
            .filter_map(|field| field.ty)
            .any(|ty| literals(facts, ty, 0).iter().any(|text| *text == message))
    })
}

/// The texts a type of literals lists.
fn literals(facts: &crate::facts::Facts, ty: crate::facts::ExprId, depth: u32) -> Vec<&SmolStr> {
    match &facts.expr(ty).kind {
        ExprKind::Text(text) => vec![text],
        ExprKind::Either(types) if depth < DEEPEST => types
            .iter()
            .flat_map(|ty| literals(facts, *ty, depth + 1))
            .collect(),
        _ => Vec::new(),
    }
}
