//! Where a record is made: what it is given.

use rustc_hash::FxHashSet;
use smol_str::SmolStr;

use super::typed::{is_type, typed};
use super::{MOST_CALLERS, Making};
use crate::clients::buses::structure::bindings;
use crate::facts::{Arg, Entry, Expr, ExprId, ExprKind, Facts, FunctionKind, Key};
use crate::project::{At, ClassRef, Evaluator, Found, FunctionRef, Value};

/// The places that make records of a class and give them the name of a
/// message's type, and the message.
#[must_use]
pub fn makings(ev: &Evaluator, record: ClassRef) -> Vec<Making> {
    let mut found = Vec::new();
    let within = noted(ev, record);
    for call in constructions(ev, record) {
        let given = given(ev, &call);
        let message = given.iter().find_map(|expr| {
            let at = At {
                expr: *expr,
                ..call.clone()
            };
            let message = typed(ev, &at, &mut FxHashSet::default())?;
            let others = given.iter().filter(|other| *other != expr);
            is_kept(ev, &call, others.copied(), &message).then_some(message)
        });
        let making = |message, within| Making {
            call: call.clone(),
            given: given.clone(),
            message,
            within,
        };
        match (message, &within) {
            (Some(message), _) => found.push(making(message, None)),
            (None, Some((message, constructor))) => {
                found.push(making(message.clone(), Some(*constructor)));
            }
            (None, None) => {}
        }
    }
    found
}

/// The places that make records of a class, with what they give a field.
#[must_use]
pub fn makings_with(ev: &Evaluator, record: ClassRef, field: &str) -> Vec<Making> {
    let calls = constructions(ev, record).into_iter();
    calls
        .filter_map(|call| {
            let (message, within) = given_to(ev, &call, record, field)?;
            Some(Making {
                given: given(ev, &call),
                call,
                message,
                within,
            })
        })
        .collect()
}

/// What a construction gives a field: by its name, through the constructor, or
/// in the order of the fields where there is none.
fn given_to(
    ev: &Evaluator,
    call: &At,
    record: ClassRef,
    field: &str,
) -> Option<(At, Option<FunctionRef>)> {
    let facts = ev.project.facts(call.file);
    let here = |expr: ExprId| At {
        expr,
        ..call.clone()
    };
    let around = facts.parent(call.expr).map(|expr| &facts.expr(expr).kind);
    for kind in [Some(&facts.expr(call.expr).kind), around] {
        if let Some(ExprKind::Object { entries, .. }) = kind {
            let is_it = |e: &&Entry| matches!(&e.key, Key::Name(name) if name == field);
            if let Some(entry) = entries.iter().find(is_it) {
                return Some((here(entry.value), None));
            }
        }
    }
    let (_, args) = ev.call_parts(call)?;
    let named = |a: &&Arg| a.name.as_ref().is_some_and(|name| name == field);
    if let Some(arg) = args.iter().find(named) {
        return Some((here(arg.value), None));
    }
    let own = ev.project.facts(record.file);
    let class = own.class(record.class);
    let place = class.fields.iter().position(|f| f.name == field)?;
    let Some(constructor) = ev.constructor(record) else {
        let mut positional = args.iter().filter(|a| a.name.is_none());
        return Some((here(positional.nth(place)?.value), None));
    };
    let value = *class.fields[place].values.first()?;
    match own.expr(value).kind {
        ExprKind::Param { index, .. } => Some((ev.argument(call, constructor, index)?, None)),
        _ => match bindings(own, value)
            .first()
            .map(|b| &own.expr(b.value).kind)
        {
            Some(ExprKind::Param { index, .. }) => {
                Some((ev.argument(call, constructor, *index)?, None))
            }
            _ => {
                let at = At {
                    file: record.file,
                    expr: value,
                    env: None,
                };
                Some((at, Some(constructor)))
            }
        },
    }
}

/// The calls that make objects of a class.
fn constructions(ev: &Evaluator, record: ClassRef) -> Vec<At> {
    let name = ev.project.class_name(record);
    let calls = ev.callers.named(&name).iter().map(|(file, expr)| At {
        file: *file,
        expr: *expr,
        env: None,
    });
    let is_it = |f: &Found| matches!(&f.value, Value::Instance { class, made: Some(_), .. } if *class == record);
    calls
        .filter(|call| ev.eval(call).iter().any(is_it))
        .collect()
}

/// What a construction is given: its arguments and what an initialiser sets.
fn given(ev: &Evaluator, call: &At) -> Vec<ExprId> {
    let facts = ev.project.facts(call.file);
    let mut all = Vec::new();
    match &facts.expr(call.expr).kind {
        ExprKind::Call { args, .. } => all.extend(args.iter().map(|arg| arg.value)),
        ExprKind::Object { entries, .. } => all.extend(entries.iter().map(|e| e.value)),
        _ => {}
    }
    let around = facts.parent(call.expr);
    if let Some(ExprKind::Object { ty, entries }) = around.map(|expr| &facts.expr(expr).kind)
        && *ty == Some(call.expr)
    {
        all.extend(entries.iter().map(|e| e.value));
    }
    all
}

/// The message whose type the record's own constructor notes, and keeps.
fn noted(ev: &Evaluator, record: ClassRef) -> Option<(At, FunctionRef)> {
    let facts = ev.project.facts(record.file);
    let class = facts.class(record.class);
    let constructors = class.methods.iter().copied();
    let mut constructors =
        constructors.filter(|m| facts.function(*m).kind == FunctionKind::Constructor);
    let values: Vec<ExprId> = class.fields.iter().flat_map(|f| f.values.clone()).collect();
    constructors.find_map(|constructor| {
        let span = facts.function(constructor).span;
        let inside = |e: &ExprId| {
            let s = facts.expr(*e).span;
            s.start >= span.start && s.end <= span.end
        };
        let values: Vec<ExprId> = values.iter().copied().filter(inside).collect();
        let at = |expr| At {
            file: record.file,
            expr,
            env: None,
        };
        values.iter().find_map(|value| {
            let message = typed(ev, &at(*value), &mut FxHashSet::default())?;
            let others = values.iter().copied().filter(|other| other != value);
            let function = FunctionRef {
                file: record.file,
                function: constructor,
            };
            is_kept(ev, &at(*value), others, &message).then_some((message, function))
        })
    })
}

/// Whether the message stands in something else that a record is given: its data.
fn is_kept(ev: &Evaluator, at: &At, others: impl Iterator<Item = ExprId>, message: &At) -> bool {
    let facts = ev.project.facts(message.file);
    // A type parameter stands for what is of that type.
    let Some(root) = root_name(facts, message.expr) else {
        return true;
    };
    is_type(ev, message)
        || others.into_iter().any(|other| {
            mentions(
                ev,
                &At {
                    expr: other,
                    ..at.clone()
                },
                &root,
                MOST_CALLERS,
            )
        })
}

/// The name an expression begins with.
fn root_name(facts: &Facts, mut expr: ExprId) -> Option<SmolStr> {
    loop {
        expr = match &facts.expr(expr).kind {
            ExprKind::Name(name) => return Some(name.clone()),
            ExprKind::Member { object, .. } => *object,
            ExprKind::Call { callee, .. } => *callee,
            ExprKind::Cast { value, .. } => *value,
            _ => return None,
        };
    }
}

/// Whether a name stands in an expression, or in what its own names stand for.
fn mentions(ev: &Evaluator, at: &At, name: &str, deep: usize) -> bool {
    let facts = ev.project.facts(at.file);
    let span = facts.expr(at.expr).span;
    let is_named = |e: &Expr| {
        matches!(&e.kind, ExprKind::Name(n) if n == name)
            && e.span.start >= span.start
            && e.span.end <= span.end
    };
    if facts.exprs.iter().any(is_named) {
        return true;
    }
    deep > 0
        && bindings(facts, at.expr).iter().any(|binding| {
            let value = At {
                expr: binding.value,
                ..at.clone()
            };
            mentions(ev, &value, name, deep - 1)
        })
}
