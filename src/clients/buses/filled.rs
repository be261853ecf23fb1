//! What is registered in a table that somebody looks a handler up in.

use super::receivers::{Received, Receivers};
use super::table::Table;
use super::uses::{self, Registration};
use crate::facts::ExprId;
use crate::project::{At, Evaluator, FileId, FunctionRef, last_name};

/// Handlers that are put into a table after it is made.
#[derive(Debug, Default)]
pub struct Filled {
    pub received: Vec<Received>,
    /// The functions that put them there; their callers may stand in files
    /// nobody has parsed.
    pub through: Vec<FunctionRef>,
}

/// The handlers that are registered in the table an expression is.
#[must_use]
pub fn filled(ev: &Evaluator, at: &At) -> Filled {
    let Some(table) = Table::of(ev, at.file, at.expr) else {
        return Filled::default();
    };
    let mut receivers = Receivers::new(ev, None);
    for registration in registrations(ev, &table) {
        receivers.registered(&registration);
    }
    Filled {
        received: receivers.received,
        through: receivers.wrappers,
    }
}

/// Where something is put under a key of a table, in the parsed files.
fn registrations(ev: &Evaluator, table: &Table) -> Vec<Registration> {
    let mut calls: Vec<(FileId, ExprId)> = uses::fillers()
        .flat_map(|method| ev.callers.named(method))
        .copied()
        .collect();
    calls.sort();
    calls.dedup();
    let found = calls.into_iter().filter_map(|(file, call)| {
        let facts = ev.project.facts(file);
        let found = uses::registration(facts, file, call).filter(|r| !r.record)?;
        // Most are told by the name of the table.
        let is_named = last_name(facts, found.table).is_some_and(|name| name == table.name());
        let is_test = ev.project.is_test(file, facts.expr(call).span);
        let is_it =
            is_named && !is_test && Table::of(ev, file, found.table).as_ref() == Some(table);
        is_it.then_some(found)
    });
    found.collect()
}
