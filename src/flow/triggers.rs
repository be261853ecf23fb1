//! What sets a flow off: a route, a schedule, a command, or just a function.

use crate::analysis::{Trigger, TriggerKind};
use crate::facts::{ExprId, ExprKind, Facts};
use crate::project::{Evaluator, FunctionRef};

/// HTTP methods as routers spell them.
const METHODS: [&str; 6] = ["get", "post", "put", "patch", "delete", "route"];

/// Words of scheduling decorators and calls.
const SCHEDULES: [&str; 6] = [
    "cron",
    "interval",
    "schedule",
    "scheduled",
    "periodic_task",
    "every",
];

/// Words of command-line decorators.
const COMMANDS: [&str; 3] = ["command", "cli_command", "subcommand"];

/// The trigger of a function: what decorates it, or what it is registered with.
pub fn trigger(ev: &Evaluator, function: FunctionRef, text: &str) -> Trigger {
    let project = ev.project;
    let facts = project.facts(function.file);
    let mut current = Some(function.function);
    while let Some(id) = current {
        let f = facts.function(id);
        let registered = facts
            .function_values
            .get(id.0 as usize)
            .copied()
            .flatten()
            .and_then(|value| facts.parent(value));
        for site in f.decorators.iter().copied().chain(registered) {
            if let Some((kind, text)) = kind_of(facts, site) {
                return Trigger {
                    kind,
                    text,
                    location: project.location(function.file, facts.expr(site).span),
                };
            }
        }
        current = f.outer;
    }
    Trigger {
        kind: TriggerKind::Start,
        text: text.to_owned(),
        location: project.location(function.file, project.function(function).span),
    }
}

/// What a decorator or registering call makes of a function, by its spelling.
fn kind_of(facts: &Facts, site: ExprId) -> Option<(TriggerKind, String)> {
    let (callee, args) = match &facts.expr(site).kind {
        ExprKind::Call { callee, args, .. } => (*callee, args.as_slice()),
        ExprKind::Name(_) | ExprKind::Member { .. } => (site, &[][..]),
        _ => return None,
    };
    let name = match &facts.expr(callee).kind {
        ExprKind::Name(name) | ExprKind::Member { name, .. } => name.to_lowercase(),
        _ => return None,
    };
    let text = args.iter().find_map(|a| match &facts.expr(a.value).kind {
        ExprKind::Text(text) => Some(text.to_string()),
        _ => None,
    });
    if METHODS.contains(&name.as_str()) {
        let decorated = matches!(facts.expr(site).kind, ExprKind::Call { .. });
        let path = text.unwrap_or_default();
        // `map.get("key", f)` is no route.
        if decorated && (path.is_empty() || path.starts_with('/') || path.starts_with(':')) {
            let method = if name == "route" {
                "HTTP".into()
            } else {
                name.to_uppercase()
            };
            return Some((
                TriggerKind::Http,
                format!("{method} {path}").trim().to_owned(),
            ));
        }
        return None;
    }
    if SCHEDULES.contains(&name.as_str()) {
        return Some((TriggerKind::Schedule, text.unwrap_or(name)));
    }
    if COMMANDS.contains(&name.as_str()) {
        return Some((TriggerKind::Cli, text.unwrap_or(name)));
    }
    None
}
