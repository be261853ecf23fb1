//! The fields of a class.

use crate::analysis::SchemaField;
use crate::facts::{ClassKind, ExprId, ExprKind, Facts, FunctionKind};
use crate::project::{At, ClassRef, Evaluator, Value};

/// Types inside each other that are looked into.
const DEEPEST: u32 = 8;
/// Fields beyond which nobody reads on.
const MOST: usize = 500;

/// The fields of a class: its own, those of its bases behind, and what its
/// constructor takes if it declares none.
#[must_use]
pub fn of(ev: &Evaluator, class: ClassRef) -> Vec<SchemaField> {
    of_class(ev, class, 0)
}

fn of_class(ev: &Evaluator, class: ClassRef, depth: u32) -> Vec<SchemaField> {
    let facts = ev.project.class(class);
    if facts.kind == ClassKind::Alias {
        let mut all = Vec::new();
        for base in &facts.bases {
            let ty = At {
                file: class.file,
                expr: *base,
                env: None,
            };
            merge(&mut all, of_type(ev, &ty, depth + 1));
        }
        return all;
    }
    let mut all = declared(ev, class);
    if all.is_empty() {
        all = constructed(ev, class);
    }
    all
}

/// The fields of what a type says: of each option of `A | B`, of every part of `A & B`.
fn of_type(ev: &Evaluator, ty: &At, depth: u32) -> Vec<SchemaField> {
    if depth > DEEPEST {
        return Vec::new();
    }
    let facts = ev.project.facts(ty.file);
    let here = |expr: &ExprId| At {
        expr: *expr,
        ..ty.clone()
    };
    match &facts.expr(ty.expr).kind {
        ExprKind::Either(types) => {
            let is_union = !facts.is_intersection(ty.expr);
            let mut all: Vec<SchemaField> = Vec::new();
            for (n, option) in types.iter().enumerate() {
                let own = of_type(ev, &here(option), depth + 1);
                if is_union && n > 0 {
                    // What one option lacks is not required.
                    for field in &mut all {
                        field.required &= own.iter().any(|o| o.name == field.name && o.required);
                    }
                    let lacking = own.into_iter().map(|mut field| {
                        field.required &= all.iter().any(|f| f.name == field.name);
                        field
                    });
                    let lacking: Vec<SchemaField> = lacking.collect();
                    merge(&mut all, lacking);
                } else {
                    merge(&mut all, own);
                }
            }
            all
        }
        ExprKind::Generic { base, .. } => of_type(ev, &here(base), depth + 1),
        _ => {
            let mut all = Vec::new();
            for found in ev.eval(ty) {
                if let Value::Class(class) = found.value {
                    merge(&mut all, of_class(ev, class, depth + 1));
                }
            }
            all
        }
    }
}

/// Adds fields that are not there yet.
fn merge(all: &mut Vec<SchemaField>, more: Vec<SchemaField>) {
    for field in more {
        if all.len() < MOST && !all.iter().any(|f| f.name == field.name) {
            all.push(field);
        }
    }
}

fn declared(ev: &Evaluator, class: ClassRef) -> Vec<SchemaField> {
    let mut all: Vec<SchemaField> = Vec::new();
    for ancestor in ev.lineage(class) {
        let facts = ev.project.facts(ancestor.file);
        let declared = facts.class(ancestor.class);
        if declared.kind == ClassKind::Extension {
            continue;
        }
        let own = declared.fields.iter().filter(|field| {
            let is_member = declared.kind == ClassKind::Enum || !field.is_static;
            is_member && (field.declared || field.values.len() == 1)
        });
        let own = own.map(|field| SchemaField {
            name: field.wire_name.as_ref().unwrap_or(&field.name).to_string(),
            ty: field.ty.map(|ty| spelled(facts, ty, 0)),
            required: !field.optional,
        });
        merge(&mut all, own.collect());
    }
    all
}

/// What the constructor takes.
fn constructed(ev: &Evaluator, class: ClassRef) -> Vec<SchemaField> {
    let Some(constructor) = ev.constructor(class) else {
        return Vec::new();
    };
    let facts = ev.project.facts(constructor.file);
    let function = facts.function(constructor.function);
    debug_assert_eq!(function.kind, FunctionKind::Constructor);
    let named = function.params.iter().filter(|p| !p.name.is_empty());
    named
        .map(|p| SchemaField {
            name: p.name.to_string(),
            ty: p.ty.map(|ty| spelled(facts, ty, 0)),
            required: p.default.is_none(),
        })
        .collect()
}

/// A type as a reader would write it, with its arguments and options.
pub(super) fn spelled(facts: &Facts, ty: ExprId, depth: u32) -> String {
    let joined = |types: &[ExprId], by: &str| {
        let types = types.iter().map(|ty| spelled(facts, *ty, depth + 1));
        types.collect::<Vec<_>>().join(by)
    };
    match &facts.expr(ty).kind {
        ExprKind::Generic { base, args } if depth < DEEPEST => {
            format!("{}<{}>", facts.render(*base), joined(args, ", "))
        }
        ExprKind::Either(types) if depth < DEEPEST && facts.is_intersection(ty) => {
            joined(types, " & ")
        }
        ExprKind::Either(types) if depth < DEEPEST => joined(types, " | "),
        ExprKind::Class(_) => "object".to_owned(),
        _ => facts.render(ty),
    }
}
