//! Places of one file that put a handler into a table, and that call one of a
//! table's handlers.

use smol_str::SmolStr;

use super::structure::{Reached, bare, bindings, is_kept, is_transparent, reach};
use super::ways::{Root, Step, Way, ways};
use crate::facts::{ExprId, ExprKind, Facts, FunctionId};
use crate::project::FileId;

/// Methods that call the function they are a member of.
const CALLS: [&str; 5] = ["call", "apply", "invoke", "Invoke", "__call__"];

/// Methods of collections, which are no handlers' methods.
const OF_COLLECTIONS: [&str; 45] = [
    "has",
    "delete",
    "extend",
    "remove",
    "pop",
    "shift",
    "forEach",
    "map",
    "findIndex",
    "indexOf",
    "includes",
    "some",
    "every",
    "reduce",
    "concat",
    "join",
    "keys",
    "clear",
    "update",
    "discard",
    "len",
    "is_empty",
    "contains",
    "contains_key",
    "containsKey",
    "retain",
    "bind",
    "then",
    "toString",
    "and_modify",
    "for_each",
    "count",
    "size",
    "flat",
    "flatMap",
    "find_map",
    "any",
    "all",
    "index",
    "is_some",
    "is_none",
    "map_or",
    "ok_or",
    "ok_or_else",
    "and_then",
];

fn is_of_collections(name: &str) -> bool {
    OF_COLLECTIONS.contains(&name)
        || PUTS.contains(&name)
        || ADDS.contains(&name)
        || is_transparent(name)
}

/// Methods that put a value under a key: `set(key, value)`.
const PUTS: [&str; 5] = ["[]=", "set", "insert", "put", "setdefault"];

/// Methods that add a value to a list.
const ADDS: [&str; 9] = [
    "push",
    "append",
    "add",
    "insert",
    "push_back",
    "unshift",
    "appendleft",
    "Add",
    "addLast",
];

/// A call of what was found in a table.
#[derive(Clone, Debug)]
pub struct Dispatch {
    pub file: FileId,
    pub call: ExprId,
    pub table: ExprId,
    /// What names the message: how the key is taken of what the function is given.
    pub message: Way,
    /// The handlers are in a list of records; which fits is told by its fields.
    pub records: bool,
    /// Several handlers under a key.
    pub many: bool,
    /// The method called on a handler that is an object.
    pub method: Option<SmolStr>,
    /// Somebody takes what the handler returns.
    pub used: bool,
    /// What is handed to the handler is what names the message.
    pub passes: bool,
}

/// A handler put into a table.
#[derive(Clone, Debug)]
pub struct Registration {
    pub file: FileId,
    pub call: ExprId,
    pub table: ExprId,
    pub key: ExprId,
    pub handler: ExprId,
    /// It is put there as one of a list of records.
    pub record: bool,
}

/// What a file does with tables of handlers.
#[derive(Clone, Debug, Default)]
pub struct TableUses {
    pub dispatches: Vec<Dispatch>,
    pub registrations: Vec<Registration>,
}

/// Looks through the calls of a file.
#[must_use]
pub fn find(facts: &Facts, file: FileId, is_test: impl Fn(ExprId) -> bool) -> TableUses {
    let mut uses = TableUses::default();
    for call in &facts.calls {
        if let Some(registration) = registration(facts, file, *call).filter(|_| !is_test(*call)) {
            uses.registrations.push(registration);
        } else if let Some(dispatch) = dispatch(facts, file, *call).filter(|_| !is_test(*call)) {
            uses.dispatches.push(dispatch);
        }
    }
    uses
}

// --- dispatching ----------------------------------------------------------

fn dispatch(facts: &Facts, file: FileId, call: ExprId) -> Option<Dispatch> {
    let ExprKind::Call {
        callee,
        args,
        constructs: false,
        ..
    } = &facts.expr(call).kind
    else {
        return None;
    };
    let args: Vec<ExprId> = args.iter().map(|a| a.value).collect();
    let (reached, method) = called(facts, *callee).or_else(|| handed_on(facts, *callee, &args))?;
    let given: Vec<Way> = args.iter().flat_map(|a| ways(facts, *a)).collect();
    let (message, records) = match reached.key {
        Some(key) => (key_way(facts, key)?, false),
        None => (record_key(facts, call, &reached, &given)?, true),
    };
    let passes = given.iter().any(|w| is_same_root(w, &message));
    // What a collection holds is dispatched if it is handed over itself.
    if matches!(message.root, Root::Kept(_)) && !passes {
        return None;
    }
    Some(Dispatch {
        file,
        call,
        table: reached.table,
        message,
        records,
        many: reached.many,
        method,
        used: is_used(facts, call),
        passes,
    })
}

/// The table whose handler a callee is, and the method called on it.
fn called(facts: &Facts, callee: ExprId) -> Option<(Reached, Option<SmolStr>)> {
    match &facts.expr(callee).kind {
        ExprKind::Member { object, name, .. } => {
            if CALLS.contains(&name.as_str()) {
                return Some((reach(facts, *object)?, None));
            }
            if is_of_collections(name) {
                return None;
            }
            Some((reach(facts, callee)?, Some(name.clone())))
        }
        ExprKind::Name(_)
        | ExprKind::Index { .. }
        | ExprKind::Call { .. }
        | ExprKind::Either(_) => Some((reach(facts, callee)?, None)),
        _ => None,
    }
}

/// A handler that is handed on with the message, to be called elsewhere:
/// `run(handler, event)`, `executor.submit(handler, event)`.
fn handed_on(facts: &Facts, callee: ExprId, args: &[ExprId]) -> Option<(Reached, Option<SmolStr>)> {
    if let ExprKind::Member { name, .. } = &facts.expr(callee).kind
        && is_of_collections(name)
    {
        return None;
    }
    if args.len() < 2 {
        return None;
    }
    let handler = args.iter().find_map(|arg| {
        let is_name = matches!(facts.expr(*arg).kind, ExprKind::Name(_));
        is_name.then(|| reach(facts, *arg)).flatten()
    })?;
    (handler.key.is_some() && handler.many && handler.member.is_none()).then_some((handler, None))
}

/// How a key comes from what the function is given. An element of what it is
/// given (`argv[0]`) is no name of a message.
fn key_way(facts: &Facts, key: ExprId) -> Option<Way> {
    let is_number = |step: Option<&Step>| matches!(step, Some(Step::Member(name)) if name.starts_with(|c: char| c.is_ascii_digit()));
    ways(facts, key)
        .into_iter()
        .find(|w| !(matches!(w.root, Root::Param { .. }) && is_number(w.steps.first())))
}

/// What chooses among records: a class (`isinstance(event, kind)`), a field of
/// the message, or a parameter that is not handed on.
fn record_key(facts: &Facts, call: ExprId, reached: &Reached, given: &[Way]) -> Option<Way> {
    // A record has a field with the handler.
    reached.member.as_ref()?;
    let message = given
        .iter()
        .find(|w| matches!(w.root, Root::Param { .. } | Root::Kept(_)))?;
    let function = facts.function_of_scope(facts.expr(call).scope)?;
    let function = outermost(facts, function);
    let span = facts.function(function).span;
    let inside = |e: ExprId| (span.start..span.end).contains(&facts.expr(e).span.start);
    for other in facts.calls.iter().filter(|c| inside(**c)) {
        let ExprKind::Call { callee, args, .. } = &facts.expr(*other).kind else {
            continue;
        };
        let is_check = matches!(&facts.expr(*callee).kind, ExprKind::Name(n) if n == "isinstance");
        if let (true, [subject, _]) = (is_check, args.as_slice()) {
            let way = ways(facts, subject.value).into_iter().next()?;
            return Some(Way {
                steps: vec![Step::Class],
                ..way
            });
        }
    }
    let params = facts.function(function).params.len();
    if params > 1
        && let Root::Param { function: f, index } = message.root
        && index > 0
    {
        return Some(Way {
            root: Root::Param {
                function: f,
                index: 0,
            },
            steps: Vec::new(),
            at: param_expr(facts, f, 0)?,
        });
    }
    let fields = (0..facts.exprs.len() as u32)
        .map(ExprId)
        .filter(|e| inside(*e));
    let mut fields = fields.filter_map(|e| match &facts.expr(e).kind {
        ExprKind::Member { object, name, .. } if !is_of_collections(name) => {
            let ways = ways(facts, *object);
            let own = ways
                .iter()
                .any(|w| w.root == message.root && w.steps.is_empty());
            own.then(|| ways_of_field(message, name))
        }
        _ => None,
    });
    fields.next()
}

fn ways_of_field(message: &Way, name: &SmolStr) -> Way {
    let mut way = message.clone();
    way.steps.push(Step::Member(name.clone()));
    way
}

/// The expression that a parameter's name is bound to.
fn param_expr(facts: &Facts, function: FunctionId, index: u32) -> Option<ExprId> {
    let is_it = |e: &&crate::facts::Expr| matches!(e.kind, ExprKind::Param { function: f, index: i } if f == function && i == index);
    let position = facts.exprs.iter().position(|e| is_it(&e))?;
    Some(ExprId(position as u32))
}

/// The named function around a lambda.
fn outermost(facts: &Facts, mut function: FunctionId) -> FunctionId {
    while facts.function(function).name.is_empty()
        && let Some(outer) = facts.function(function).outer
    {
        function = outer;
    }
    function
}

fn is_same_root(a: &Way, b: &Way) -> bool {
    match (a.root, b.root) {
        (Root::Param { .. }, Root::Param { .. }) | (Root::Kept(_), Root::Kept(_)) => {
            a.root == b.root
        }
        // The value is of the type that names it.
        (Root::Param { .. }, Root::TypeParam { .. }) => true,
        _ => false,
    }
}

/// Whether the value of a call goes anywhere. What a callback returns to a loop
/// over handlers goes nowhere.
fn is_used(facts: &Facts, call: ExprId) -> bool {
    if facts.parent(call).is_some() {
        return true;
    }
    let returned = facts
        .functions
        .iter()
        .any(|f| !f.name.is_empty() && f.returns.contains(&call));
    let bindings = facts.scopes.iter().flat_map(|s| s.names.values()).flatten();
    let fields = facts.classes.iter().flat_map(|c| &c.fields);
    returned
        || bindings.into_iter().any(|b| b.value == call)
        || fields.into_iter().any(|f| f.values.contains(&call))
}

// --- registering ----------------------------------------------------------

/// The methods by which something is put into a table.
pub fn fillers() -> impl Iterator<Item = &'static str> {
    PUTS.into_iter().chain(ADDS)
}

/// What a call puts into a table as a handler.
#[must_use]
pub fn registration(facts: &Facts, file: FileId, call: ExprId) -> Option<Registration> {
    let ExprKind::Call { callee, args, .. } = &facts.expr(call).kind else {
        return None;
    };
    let ExprKind::Member { object, name, .. } = &facts.expr(*callee).kind else {
        return None;
    };
    let args: Vec<ExprId> = args.iter().map(|a| a.value).collect();
    let made = |table: ExprId, key: ExprId, value: ExprId, record: bool| {
        Some(Registration {
            file,
            call,
            table,
            key,
            handler: handler_in(facts, value)?,
            record,
        })
    };
    // What is put into the collection under a key is registered under that key.
    if PUTS.contains(&name.as_str())
        && let [_, value, ..] = args.as_slice()
        && let Some(reached) = reach(facts, *object)
        && let Some(key) = reached.key
    {
        return made(reached.table, key, *value, false);
    }
    if PUTS.contains(&name.as_str())
        && let [key, value, ..] = args.as_slice()
        && is_kept(facts, bare(facts, *object))
    {
        return made(bare(facts, *object), *key, *value, false);
    }
    if !ADDS.contains(&name.as_str()) {
        return None;
    }
    let value = *args.last()?;
    if let Some(reached) = reach(facts, *object)
        && let Some(key) = reached.key
    {
        return made(reached.table, key, value, false);
    }
    let table = bare(facts, *object);
    let parts = record_parts(facts, value)?;
    let (key, handler) = key_and_handler(facts, &parts)?;
    is_kept(facts, table)
        .then(|| made(table, key, handler, true))
        .flatten()
}

/// The parts of a record: of a tuple, an object, a construction.
fn record_parts(facts: &Facts, value: ExprId) -> Option<Vec<ExprId>> {
    let parts: Vec<ExprId> = match &facts.expr(value).kind {
        ExprKind::List(items) => items.clone(),
        ExprKind::Object { entries, .. } => entries.iter().map(|e| e.value).collect(),
        ExprKind::Call { args, .. } => args.iter().map(|a| a.value).collect(),
        _ => return None,
    };
    (parts.len() > 1).then_some(parts)
}

/// Which part of a record is the key and which the handler: the parameter that
/// is typed or named like a function is the handler, else the last one.
fn key_and_handler(facts: &Facts, parts: &[ExprId]) -> Option<(ExprId, ExprId)> {
    let params: Vec<(ExprId, FunctionId, u32)> = parts
        .iter()
        .filter_map(|part| {
            let way = ways(facts, *part)
                .into_iter()
                .find(|w| w.steps.is_empty())?;
            match way.root {
                Root::Param { function, index } => Some((*part, function, index)),
                _ => None,
            }
        })
        .collect();
    let is_function = |(_, function, index): &&(ExprId, FunctionId, u32)| {
        let param = facts.function(*function).params.get(*index as usize);
        let ty = param.and_then(|p| p.ty).map(|ty| facts.render(ty));
        let name = param.map_or("", |p| p.name.as_str()).to_lowercase();
        ty.is_some_and(|ty| ty.contains("Callable") || ty.contains("Fn") || ty.contains("=>"))
            || [
                "handler",
                "callback",
                "listener",
                "cb",
                "fn",
                "func",
                "subscriber",
            ]
            .iter()
            .any(|word| name.contains(word))
    };
    let handler = params.iter().find(is_function).or(params.last())?;
    let key = params.iter().find(|p| p.0 != handler.0)?;
    Some((key.0, handler.0))
}

/// The handler in what is put into a table: itself, or in a box, a list, a
/// record, or a function that calls it. Empty lists hold none.
fn handler_in(facts: &Facts, value: ExprId) -> Option<ExprId> {
    const DEEPEST: u32 = 6;
    inside(facts, value, DEEPEST)
}

fn inside(facts: &Facts, value: ExprId, depth: u32) -> Option<ExprId> {
    let depth = depth.checked_sub(1)?;
    match &facts.expr(value).kind {
        // `let entry = Entry { handler, … }`
        ExprKind::Name(_) => {
            let record = bindings(facts, value)
                .into_iter()
                .map(|b| b.value)
                .find(|v| matches!(facts.expr(*v).kind, ExprKind::Object { .. }));
            Some(
                record
                    .and_then(|r| inside(facts, r, depth))
                    .unwrap_or(value),
            )
        }
        ExprKind::Member { .. } => Some(value),
        ExprKind::Function(function) => Some(called_inside(facts, *function).unwrap_or(value)),
        ExprKind::List(items) => items
            .iter()
            .filter(|item| !matches!(facts.expr(**item).kind, ExprKind::Spread(_)))
            .find_map(|item| inside(facts, *item, depth)),
        ExprKind::Object { entries, .. } => {
            let values: Vec<ExprId> = entries.iter().map(|e| e.value).collect();
            let is_param = |v: &ExprId| {
                let mut ways = ways(facts, *v).into_iter();
                ways.any(|w| matches!(w.root, Root::Param { .. } | Root::Kept(_)))
            };
            let chosen = values.iter().copied().find(is_param);
            inside(facts, chosen.or(values.first().copied())?, depth)
        }
        ExprKind::Call { callee, args, .. } => {
            // `handler.bind(this)` is the handler.
            if let ExprKind::Member { object, name, .. } = &facts.expr(*callee).kind
                && name == "bind"
            {
                return inside(facts, *object, depth).map(|_| value);
            }
            let found = args.iter().find_map(|a| inside(facts, a.value, depth));
            found.or_else(|| {
                args.is_empty()
                    .then_some(value)
                    .filter(|_| is_instance(facts, value))
            })
        }
        ExprKind::Either(options) => options.iter().find_map(|o| inside(facts, *o, depth)),
        _ => None,
    }
}

/// Whether a call without arguments can make a handler, rather than an empty
/// list or set: its class has a name of the project's kind.
fn is_instance(facts: &Facts, call: ExprId) -> bool {
    let ExprKind::Call { callee, .. } = &facts.expr(call).kind else {
        return false;
    };
    match &facts.expr(*callee).kind {
        ExprKind::Name(name) => {
            name.starts_with(char::is_uppercase)
                && !matches!(
                    name.as_str(),
                    "Set" | "Map" | "Array" | "Object" | "WeakMap"
                )
        }
        _ => false,
    }
}

/// The parameter of a function further out that a function calls.
fn called_inside(facts: &Facts, function: FunctionId) -> Option<ExprId> {
    let span = facts.function(function).span;
    facts.calls.iter().find_map(|call| {
        let ExprKind::Call { callee, .. } = &facts.expr(*call).kind else {
            return None;
        };
        let at = facts.expr(*callee).span;
        if at.start < span.start || at.end > span.end {
            return None;
        }
        let outer = ways(facts, *callee).into_iter().any(|w| {
            w.steps.is_empty() && matches!(w.root, Root::Param { function: f, .. } if f != function)
        });
        outer.then_some(*callee)
    })
}
