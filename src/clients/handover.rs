//! Plain channels of a language between the code that makes a message and the
//! code that writes it into a client: who puts in what a writer takes out.

use smol_str::SmolStr;

use super::Active;
use super::path::Path;
use super::take::Site;
use crate::facts::ExprKind;
use crate::project::{At, Evaluator, Origin, Step, Value};

/// A kind of channel inside a program, as a model describes it.
#[derive(Clone, Debug)]
pub struct Handover {
    /// The calls that make it, or give both of its ends.
    pub made: Vec<Path>,
    /// The methods that put something in.
    pub put: Vec<SmolStr>,
    /// The methods that take something out.
    pub taken: Vec<SmolStr>,
}

/// Something taken from a channel.
pub struct Taken<'a> {
    /// The call that takes it.
    pub call: At,
    /// The call that made the channel.
    made: At,
    handover: &'a Handover,
}

/// What the payload of a site was taken from, if that is a plain channel.
#[must_use]
pub fn taken<'a>(site: &Site, active: &Active<'a>, payload: &[Value]) -> Option<Taken<'a>> {
    payload.iter().find_map(|value| match value {
        Value::External(origin) => of_origin(site.ev, active, origin),
        _ => None,
    })
}

fn of_origin<'a>(ev: &Evaluator, active: &Active<'a>, origin: &Origin) -> Option<Taken<'a>> {
    let steps = || std::iter::successors(Some(origin), |o| o.parent());
    for (model, handover) in active.handovers() {
        let taking = steps().find_map(|o| match (o.step(), o.parent()) {
            (Step::Call(Some(call)), Some(callee)) => match callee.step() {
                Step::Member(name) if handover.taken.contains(name) => Some((call, callee)),
                _ => None,
            },
            _ => None,
        });
        let Some((call, callee)) = taking else {
            continue;
        };
        let made = std::iter::successors(Some(callee), |o| o.parent()).find_map(|o| {
            let is_made = |path: &Path| path.matches(ev, &model.objects, o).is_some();
            match o.step() {
                Step::Call(Some(made)) if handover.made.iter().any(is_made) => Some(made),
                _ => None,
            }
        });
        if let Some(made) = made {
            return Some(Taken {
                call: call.clone(),
                made: made.clone(),
                handover,
            });
        }
    }
    None
}

/// The calls that put something into the channel.
#[must_use]
pub fn puts(ev: &Evaluator, taken: &Taken) -> Vec<At> {
    let mut calls = Vec::new();
    for method in &taken.handover.put {
        for (file, expr) in ev.callers.named(method) {
            let call = At {
                file: *file,
                expr: *expr,
                env: None,
            };
            if puts_into(ev, &call, &taken.made) {
                calls.push(call);
            }
        }
    }
    calls
}

fn puts_into(ev: &Evaluator, call: &At, made: &At) -> bool {
    let Some((callee, args)) = ev.call_parts(call) else {
        return false;
    };
    let ExprKind::Member { object, .. } = ev.project.facts(call.file).expr(callee.expr).kind else {
        return false;
    };
    let object = At {
        expr: object,
        ..callee
    };
    let is_it = |origin: &Origin| {
        origin
            .calls()
            .any(|c| (c.file, c.expr) == (made.file, made.expr))
    };
    !args.is_empty()
        && ev
            .concrete(&object)
            .iter()
            .any(|f| matches!(&f.value, Value::External(origin) if is_it(origin)))
}

/// What a call puts in.
#[must_use]
pub fn content(ev: &Evaluator, call: &At) -> Option<At> {
    let (_, args) = ev.call_parts(call)?;
    let first = args.iter().find(|arg| arg.name.is_none())?;
    Some(At {
        expr: first.value,
        ..call.clone()
    })
}
