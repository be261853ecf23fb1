//! What the languages' own functions do to values: conversions that keep a
//! text, loops over collections, casing, joining. Libraries are not here.

mod go;

use std::sync::Arc;

use smol_str::SmolStr;

use super::evaluate::{Evaluator, prefer_known};
use super::text_functions;
use super::value::{At, Found, Origin, Step, Text, Value};
use crate::facts::ExprKind;
use crate::language::Modules;

/// Methods whose result is their receiver as far as names and receivers go.
const IDENTITY: [&str; 44] = [
    "String",
    "clone",
    "unwrap",
    "expect",
    "to_string",
    "to_owned",
    "into",
    "as_ref",
    "as_str",
    "as_mut",
    "as_bytes",
    "as_deref",
    "iter",
    "iter_mut",
    "into_iter",
    "borrow",
    "borrow_mut",
    "into_inner",
    "cloned",
    "copied",
    "ok",
    "ok_or",
    "ok_or_else",
    "map_err",
    "context",
    "with_context",
    "boxed",
    "fuse",
    "toString",
    "trim",
    "valueOf",
    "bind",
    "catch",
    "finally",
    "strip",
    "encode",
    "decode",
    "copy",
    "filter",
    "slice",
    "flat",
    "reverse",
    "sort",
    "to_vec",
];

/// Those that a type defines for itself.
const TO_TEXT: [&str; 5] = ["to_string", "toString", "as_ref", "as_str", "into"];

/// Those that are methods of libraries' own objects too, so that a library
/// value is not looked through.
const NOT_ON_LIBRARIES: [&str; 12] = [
    "iter", "filter", "slice", "flat", "reverse", "sort", "copy", "bind", "strip", "encode",
    "decode", "trim",
];

/// Functions that give their first argument back, as text or copy.
const PASS_THROUGH: [&str; 10] = [
    "String",
    "str",
    "list",
    "tuple",
    "set",
    "sorted",
    "JSON.stringify",
    "JSON.parse",
    "Object.freeze",
    "structuredClone",
];

/// Methods that call their argument with each element of the receiver.
const EACH: [&str; 9] = [
    "forEach",
    "map",
    "filter",
    "some",
    "every",
    "find",
    "flatMap",
    "for_each",
    "filter_map",
];

/// The attributes that give a function's or class's own name.
#[must_use]
pub(super) fn is_function_name(name: &str) -> bool {
    matches!(name, "name" | "Name" | "__name__" | "__qualname__")
}

/// Whether a type of the language only says something of its first argument.
#[must_use]
pub(super) fn says_of_argument(name: &str) -> bool {
    matches!(
        name,
        "Pick" | "Omit" | "Partial" | "Required" | "Readonly" | "NonNullable" | "Awaited"
    )
}

/// The members that give the class of an object.
#[must_use]
pub(super) fn is_class_of_object(name: &str) -> bool {
    matches!(name, "constructor" | "__class__")
}

/// What a call of the language's own functions gives; `None` for any other call.
pub(super) fn call(ev: &Evaluator, at: &At, callee: &At) -> Option<Vec<Found>> {
    let facts = ev.project.facts(at.file);
    match &facts.expr(callee.expr).kind {
        ExprKind::Member { object, name, .. } => {
            let object = At {
                expr: *object,
                ..at.clone()
            };
            if ev.project.is_structural(at.file)
                && let Some(found) = go::call(ev, at, &object, name)
            {
                return Some(found);
            }
            method(ev, at, &object, name)
        }
        ExprKind::Name(name) if name == "type_name" && is_crate(ev, at) => ev.name_of_type(at),
        ExprKind::Name(name) => function(ev, at, callee, name),
        _ => None,
    }
}

/// The n-th positional argument.
pub(super) fn argument(ev: &Evaluator, at: &At, n: usize) -> Option<At> {
    let (_, args) = ev.call_parts(at)?;
    let arg = args.iter().filter(|a| a.name.is_none()).nth(n)?;
    Some(At {
        expr: arg.value,
        ..at.clone()
    })
}

/// Whether a name means the language's global: nothing in the project binds it.
fn is_global(ev: &Evaluator, at: &At, name: &str) -> bool {
    ev.eval(at).iter().any(|f| match &f.value {
        Value::External(origin) => {
            origin.parent().is_none() && matches!(origin.step(), Step::Global(n) if n == name)
        }
        _ => false,
    })
}

fn function(ev: &Evaluator, at: &At, callee: &At, name: &str) -> Option<Vec<Found>> {
    let known = PASS_THROUGH.contains(&name)
        || matches!(
            name,
            "enumerate" | "type" | "getattr" | "write!" | "writeln!"
        );
    if !known || !is_global(ev, callee, name) {
        return None;
    }
    if name.starts_with("write") {
        return Some(ev.eval(&argument(ev, at, 1)?));
    }
    let first = argument(ev, at, 0)?;
    let values = ev.eval(&first);
    Some(match name {
        "enumerate" => {
            let pairs = values.iter().flat_map(|f| ev.items(&f.value)).map(|item| {
                let index = vec![Found::new(Value::Unknown(SmolStr::new_static("index")))];
                Found::new(Value::Pair(Arc::new((index, item))))
            });
            many(pairs.collect())
        }
        "type" => values
            .iter()
            .flat_map(|f| ev.member(f, "__class__", at))
            .collect(),
        "getattr" => {
            let name = argument(ev, at, 1)?;
            let text = ev.eval(&name).iter().find_map(|f| match &f.value {
                Value::Text(text) => text.as_plain(),
                _ => None,
            })?;
            values
                .iter()
                .flat_map(|f| ev.member(f, &text, at))
                .collect()
        }
        _ => values,
    })
}

fn method(ev: &Evaluator, at: &At, object: &At, name: &str) -> Option<Vec<Found>> {
    if let Some(found) = super::platform::method(ev, at, object, name) {
        return Some(found);
    }
    if let Some(found) = text_functions::method(ev, at, object, name) {
        return Some(found);
    }
    if let ExprKind::Name(namespace) = &ev.project.facts(object.file).expr(object.expr).kind
        && matches!(
            namespace.as_str(),
            "Object" | "JSON" | "Array" | "Promise" | "Buffer" | "json" | "re"
        )
    {
        return namespaced(ev, at, object, namespace, name);
    }
    match name {
        "type_name" if is_crate(ev, at) => ev.name_of_type(at),
        "join" => join(ev, at, object),
        "values" | "items" | "entries" | "get" | "pop" | "get_mut" | "shift" | "remove"
            if let Some(found) = ev.taken_out(object, name) =>
        {
            Some(found)
        }
        "keys" | "values" | "items" | "entries" => collection(ev, object, name),
        "get" => lookup(ev, at, object),
        // The guard of a lock is what it guards.
        "lock" | "read" | "write" if is_rust(ev, at) => Some(ev.eval(object)),
        "unwrap_or" | "unwrap_or_else" => or_else(ev, at, object),
        // Reading a value from a text by a derived or unseen `impl` keeps what it says.
        "from_str" | "try_from" if is_crate(ev, at) => read_as(ev, at, object, name),
        "get_or_init" | "get_or_try_init" | "get_or_insert_with" if is_crate(ev, at) => {
            made_once(ev, &argument(ev, at, 0)?)
        }
        "map_or" | "map_or_else" if is_crate(ev, at) => map_or(ev, at, object),
        // What is written into a formatter is the text.
        "write_str" | "pad" | "write_fmt" if is_crate(ev, at) => {
            Some(ev.eval(&argument(ev, at, 0)?))
        }
        "fmt" if is_crate(ev, at) => {
            let values = ev.eval(object);
            let text = |f: &Found| Found::new(Value::Text(ev.as_text(&f.value, object)));
            Some(values.iter().map(text).collect())
        }
        "unwrap_or_default" => Some(or_default(ev, object)),
        "map" | "flatMap" => mapped(ev, object, &argument(ev, at, 0)?),
        "then" => continued(ev, at, object),
        _ if IDENTITY.contains(&name) => identity(ev, object, name, at),
        // What is read from a settings file is what stands in it.
        "read" | "readlines" | "read_text" | "read_bytes" => {
            let values = ev.eval(object);
            let is_file = |f: &Found| matches!(f.value, Value::Setting(_));
            (!values.is_empty() && values.iter().all(is_file)).then_some(values)
        }
        _ => None,
    }
}

fn is_crate(ev: &Evaluator, at: &At) -> bool {
    ev.project.file(at.file).language.get().modules == crate::language::Modules::Crate
}

fn is_rust(ev: &Evaluator, at: &At) -> bool {
    is_crate(ev, at) && ev.call_parts(at).is_some_and(|(_, args)| args.is_empty())
}

/// `x.to_string()` is `x`, unless the project or a library says what it is.
fn identity(ev: &Evaluator, object: &At, name: &str, at: &At) -> Option<Vec<Found>> {
    let values = ev.eval(object);
    let mut found = Vec::new();
    for f in &values {
        let keeps = match &f.value {
            // A type of the project can say itself what it is as a text.
            Value::Param(param) if TO_TEXT.contains(&name) => {
                let own = |of: &Found| {
                    let member = ev.member(of, name, at);
                    let runs = |m: &Found| matches!(m.value, Value::Function { .. });
                    matches!(of.value, Value::Instance { .. }) && member.iter().any(runs)
                };
                !ev.concretize(param).iter().any(own)
            }
            Value::Text(_) | Value::Number(_) | Value::Param(_) | Value::Unknown(_) => true,
            Value::List(_) | Value::Many(_) | Value::Object(_) | Value::Setting(_) => true,
            Value::Function { .. } => matches!(name, "bind" | "clone"),
            // A package has functions of these names: `json::to_string(x)`.
            Value::External(origin) if matches!(origin.step(), Step::Package(_)) => false,
            Value::External(_) => !NOT_ON_LIBRARIES.contains(&name),
            // However it is written, a copy is the same object as far as we see.
            Value::Instance { .. } if name == "clone" => true,
            Value::Instance { .. } | Value::Variant { .. } => {
                let own = ev.member(f, name, at);
                let is_own = own
                    .iter()
                    .any(|m| matches!(m.value, Value::Function { .. }));
                !is_own
            }
            _ => false,
        };
        if !keeps {
            return None;
        }
        found.push(f.clone());
    }
    Some(found)
}

fn namespaced(
    ev: &Evaluator,
    at: &At,
    object: &At,
    namespace: &str,
    name: &str,
) -> Option<Vec<Found>> {
    if (namespace, name) == ("re", "sub") {
        return text_functions::sub(ev, at);
    }
    let is_json = namespace == "json" && matches!(name, "dumps" | "loads");
    if !is_json && !is_global(ev, object, namespace) {
        return None;
    }
    let first = argument(ev, at, 0)?;
    match (namespace, name) {
        ("Object", "keys" | "values" | "entries") => collection(ev, &first, name),
        ("Array", "from") if let Some(function) = argument(ev, at, 1) => {
            mapped(ev, &first, &function)
        }
        ("Object", "freeze" | "assign" | "seal") | ("Array", "from" | "of") => {
            Some(ev.eval(&first))
        }
        ("JSON", "stringify" | "parse") | ("json", "dumps" | "loads") => Some(ev.eval(&first)),
        ("Buffer", "from") => Some(ev.eval(&first)),
        ("Promise", "all" | "resolve" | "allSettled") => Some(ev.eval(&first)),
        _ => None,
    }
}

/// `[a, b].join(".")`, `".".join([a, b])`
fn join(ev: &Evaluator, at: &At, object: &At) -> Option<Vec<Found>> {
    let argument = argument(ev, at, 0)?;
    let (left, right) = (ev.eval(object), ev.eval(&argument));
    let is_list = |f: &&Found| matches!(f.value, Value::List(_) | Value::Many(_));
    let (list, separator) = match (left.iter().find(is_list), right.iter().find(is_list)) {
        (Some(list), _) => (list, ev.as_text(&right.first()?.value, &argument)),
        (None, Some(list)) => (list, ev.as_text(&left.first()?.value, object)),
        (None, None) => return None,
    };
    let mut text = Text::default();
    for (i, item) in ev.items(&list.value).iter().enumerate() {
        if i > 0 {
            text.extend(&separator);
        }
        text.extend(&ev.as_text(&item.first()?.value, at));
    }
    Some(vec![Found::new(Value::Text(text))])
}

fn many(all: Vec<Found>) -> Vec<Found> {
    vec![Found::new(Value::Many(Arc::new(all)))]
}

/// Keys, values or entries of what an expression is.
fn collection(ev: &Evaluator, of: &At, what: &str) -> Option<Vec<Found>> {
    let mut all = Vec::new();
    for f in ev.eval(of) {
        if !matches!(
            f.value,
            Value::Object(_) | Value::Class(_) | Value::Setting(_)
        ) {
            return None;
        }
        for (keys, values) in ev.entries(&f.value) {
            match what {
                "keys" => all.extend(keys),
                "values" => all.extend(values),
                _ => all.push(Found::new(Value::Pair(Arc::new((keys, values))))),
            }
        }
    }
    Some(many(all))
}

/// `dict.get(key, default)`
fn lookup(ev: &Evaluator, at: &At, object: &At) -> Option<Vec<Found>> {
    let values = ev.eval(object);
    let is_map = |f: &Found| match &f.value {
        Value::Object(_) | Value::Setting(_) => true,
        Value::External(origin) => origin.is_map(),
        _ => false,
    };
    if !values.iter().all(is_map) {
        return None;
    }
    let key = argument(ev, at, 0)?;
    let mut found = ev.index(object, &key, at);
    // What a file says is so; a literal's key can be one of several.
    let is_file = |f: &Found| matches!(f.value, Value::Setting(_));
    let is_open = |f: &Found| matches!(f.value, Value::Unknown(_));
    if values.iter().any(is_file) && !found.iter().all(is_open) {
        return Some(found);
    }
    if let Some(default) = argument(ev, at, 1) {
        found.extend(ev.eval(&default));
    }
    Some(prefer_known(found))
}

/// `Kind::from_str(text)` of a class whose own way is not seen.
fn read_as(ev: &Evaluator, at: &At, class: &At, name: &str) -> Option<Vec<Found>> {
    let is_unseen = |f: &Found| {
        let members = ev.member(f, name, at);
        let seen = members
            .iter()
            .any(|m| matches!(m.value, Value::Function { .. }));
        matches!(f.value, Value::Class(_)) && !seen
    };
    let classes = ev.eval(class);
    if classes.is_empty() || !classes.iter().all(is_unseen) {
        return None;
    }
    Some(ev.eval(&argument(ev, at, 0)?))
}

/// `cell.get_or_init(|| x)`: x, which is made the first time.
fn made_once(ev: &Evaluator, maker: &At) -> Option<Vec<Found>> {
    let mut found = Vec::new();
    for f in ev.eval(maker) {
        if let Value::Function { function, env, .. } = f.value {
            found.extend(ev.returned(function, env));
        }
    }
    (!found.is_empty()).then_some(found)
}

/// `option.unwrap_or(default)`, `option.unwrap_or_else(|| default)`
fn or_else(ev: &Evaluator, at: &At, object: &At) -> Option<Vec<Found>> {
    let mut found = ev.eval(object);
    if is_set(&found) {
        return Some(found);
    }
    for f in ev.eval(&argument(ev, at, 0)?) {
        match f.value {
            Value::Function { function, env, .. } => found.extend(ev.returned(function, env)),
            _ => found.push(f),
        }
    }
    Some(ev.decided(found, at.file))
}

/// `option.map_or(default, |x| …)`: what either gives.
fn map_or(ev: &Evaluator, at: &At, object: &At) -> Option<Vec<Found>> {
    let mut found = Vec::new();
    for n in 0..2 {
        for f in ev.eval(&argument(ev, at, n)?) {
            match &f.value {
                Value::Function { .. } if n == 0 => found.extend(ev.applied(&f.value, Vec::new())),
                Value::Function { .. } => {
                    found.extend(ev.applied(&f.value, vec![ev.eval(object)]));
                }
                _ => found.push(f),
            }
        }
    }
    Some(ev.decided(found, at.file))
}

/// `option.unwrap_or_default()`: of an option that nothing sets, the empty text.
fn or_default(ev: &Evaluator, object: &At) -> Vec<Found> {
    let mut found = ev.eval(object);
    let open = |f: &Found| matches!(f.value, Value::Unknown(_) | Value::Null | Value::Param(_));
    if found.iter().all(open) {
        found.push(Found::new(Value::Text(Text::default())));
    }
    prefer_known(found)
}

/// Whether every value is there, so that no default comes into play.
fn is_set(found: &[Found]) -> bool {
    let is_plain = |f: &Found| match &f.value {
        Value::Text(text) => text.as_plain().is_some(),
        _ => false,
    };
    !found.is_empty() && found.iter().all(is_plain)
}

/// `list.map(f)`: what the function returns for each element.
fn mapped(ev: &Evaluator, object: &At, function: &At) -> Option<Vec<Found>> {
    // What a library returns has the language's `map` if it is a list. A client's
    // own, of a stream, is not the language's, nor is that of an option.
    let of_lists = ev.project.file(object.file).language.get().modules == Modules::Path;
    let is_client = |f: &Found| match &f.value {
        Value::External(o) => !is_global_root(o) && (!of_lists || ev.library.is_object(ev, o)),
        _ => false,
    };
    if ev.eval(object).iter().any(is_client) {
        return None;
    }
    let mut all = Vec::new();
    for f in ev.eval(function) {
        if !matches!(f.value, Value::Function { .. }) {
            continue;
        }
        let elements = ev.elements(&ev.eval(object)).into_iter();
        for element in elements.filter(|f| !matches!(f.value, Value::Null)) {
            all.extend(ev.applied(&f.value, vec![vec![element]]));
        }
    }
    Some(many(all))
}

/// `promise.then(f)`: what `f` returns.
fn continued(ev: &Evaluator, at: &At, object: &At) -> Option<Vec<Found>> {
    let mut found = Vec::new();
    for f in ev.eval(&argument(ev, at, 0)?) {
        if let Value::Function { function, env, .. } = f.value {
            found.extend(ev.returned(function, env));
        }
    }
    if found.is_empty() {
        return Some(ev.eval(object));
    }
    Some(found)
}

/// What the language's own functions pass to a callback: elements of a list, a
/// promise's value. `None` when the callee is none of them.
pub(super) fn callback(ev: &Evaluator, call: &At, argument: u32, param: u32) -> Option<Vec<Found>> {
    let (callee, _) = ev.call_parts(call)?;
    let ExprKind::Member { object, name, .. } = &ev.project.facts(call.file).expr(callee.expr).kind
    else {
        return None;
    };
    if argument != 0 || param != 0 {
        return None;
    }
    let object = At {
        expr: *object,
        ..call.clone()
    };
    if name == "then" {
        return Some(ev.eval(&object));
    }
    if !EACH.contains(&name.as_str()) {
        return None;
    }
    let values = ev.eval(&object);
    let is_library = |f: &Found| matches!(&f.value, Value::External(o) if !is_global_root(o));
    if values.is_empty() || values.iter().any(is_library) {
        return None;
    }
    let elements = ev.elements(&values).into_iter();
    // `map.forEach` hands over the value first, unlike a loop.
    Some(
        elements
            .flat_map(|f| match &f.value {
                Value::Pair(pair) if name == "forEach" => pair.1.clone(),
                _ => vec![f],
            })
            .collect(),
    )
}

fn is_global_root(origin: &Origin) -> bool {
    matches!(origin.root(), Step::Global(_))
}
