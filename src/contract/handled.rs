//! What a handler is given, as its parameters declare it.

use super::{declared, fields};
use crate::clients::sites::EndpointSite;
use crate::facts::{FunctionKind, Param};
use crate::project::{At, ClassRef, Evaluator, FunctionRef};

/// The class of the message that the handler of a consumer takes.
#[must_use]
pub fn class(ev: &Evaluator, site: &EndpointSite, message: Option<&str>) -> Option<ClassRef> {
    let handler = site.handler?;
    if stands_in(ev, site, handler) {
        return None;
    }
    let function = ev.project.function(handler);
    let declared = |param: &Param| {
        let ty = At {
            file: handler.file,
            expr: param.ty?,
            env: None,
        };
        declared::class(ev, &ty, message)
    };
    let mut best: Option<(u8, ClassRef)> = None;
    for class in function.params.iter().filter_map(declared) {
        let rank = rank(ev, class, message);
        if rank > 0 && best.is_none_or(|(other, _)| rank > other) {
            best = Some((rank, class));
        }
    }
    best.map(|(_, class)| class)
}

/// Whether the site is inside of its handler: the receive loop of a function,
/// whose parameters are not the message.
fn stands_in(ev: &Evaluator, site: &EndpointSite, handler: FunctionRef) -> bool {
    site.calls.iter().any(|(file, expr)| {
        if *file != handler.file {
            return false;
        }
        let facts = ev.project.facts(*file);
        let inner = facts.function_of_scope(facts.expr(*expr).scope);
        std::iter::successors(inner, |f| facts.function(*f).outer).any(|f| f == handler.function)
    })
}

/// How much like a message a class looks: one that is called like the message,
/// then plain data, then what has fields and does something.
fn rank(ev: &Evaluator, class: ClassRef, message: Option<&str>) -> u8 {
    if message.is_some_and(|m| ev.project.class_name(class) == m) {
        return 3;
    }
    if fields::of(ev, class).is_empty() {
        return 0;
    }
    let facts = ev.project.facts(class.file);
    let does = facts.class(class.class).methods.iter().any(|method| {
        let function = facts.function(*method);
        function.kind == FunctionKind::Method && !function.is_static && !is_accessor(&function.name)
    });
    if does { 1 } else { 2 }
}

/// Methods of data: what reads, compares and prints it.
fn is_accessor(name: &str) -> bool {
    const ACCESSORS: [&str; 12] = [
        "get", "set", "is", "has", "to", "with", "equals", "hashCode", "__", "from", "clone",
        "copy",
    ];
    let name = name.strip_prefix(['_']).unwrap_or(name);
    ACCESSORS
        .iter()
        .any(|a| name.starts_with(a) || starts_capital(name, a))
}

fn starts_capital(name: &str, accessor: &str) -> bool {
    name.get(..accessor.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(accessor))
}
