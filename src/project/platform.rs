//! What the functions of the Java and Kotlin platform give: names of classes
//! and of enum constants, formatted texts, streams.

use smol_str::SmolStr;

use super::evaluate::Evaluator;
use super::value::{At, ClassRef, Found, Text, Value};
use crate::facts::{ClassKind, ExprKind};
use crate::language::Modules;

/// Methods whose result is their receiver as far as names and receivers go.
const SAME: [&str; 22] = [
    "stream",
    "parallelStream",
    "toList",
    "toSet",
    "collect",
    "sorted",
    "distinct",
    "orElseThrow",
    "orEmpty",
    "intern",
    "toArray",
    "asSequence",
    "listOf",
    "booleanValue",
    "intValue",
    "longValue",
    "stripIndent",
    "trimIndent",
    "trimMargin",
    "asList",
    "getBytes",
    "toByteArray",
];

/// Whether a file is of this platform.
fn speaks(ev: &Evaluator, at: &At) -> bool {
    ev.project.file(at.file).language.get().modules == Modules::Jvm
}

/// What a call of a method of the platform gives; `None` for any other.
pub(super) fn method(ev: &Evaluator, at: &At, object: &At, name: &str) -> Option<Vec<Found>> {
    if !speaks(ev, at) {
        return None;
    }
    match name {
        "getSimpleName" | "getName" | "getCanonicalName" | "getTypeName" | "getQualifiedName" => {
            class_names(ev, object)
        }
        "getClass" => classes(ev, object),
        "name" | "toString" => constants(ev, object),
        "valueOf" => constant_named(ev, at, object),
        "format" if is_text_class(ev, object) => {
            let (_, args) = ev.call_parts(at)?;
            let first = args.first()?.value;
            let rest: Vec<_> = args.iter().skip(1).map(|a| a.value).collect();
            formatted(ev, at, first, &rest)
        }
        "formatted" | "format" => {
            let (_, args) = ev.call_parts(at)?;
            let rest: Vec<_> = args.iter().map(|a| a.value).collect();
            formatted(ev, at, object.expr, &rest)
        }
        "concat" => {
            let (_, args) = ev.call_parts(at)?;
            joined(ev, at, &[object.expr, args.first()?.value])
        }
        "orElse" | "orElseGet" => or_else(ev, at, object),
        "apply" | "accept" | "get" | "test" | "run" | "call" | "invoke" | "applyAsInt"
        | "applyAsLong" => function(ev, at, object),
        "values" => enum_values(ev, object),
        _ if SAME.contains(&name) => same(ev, object),
        _ => None,
    }
}

/// The value itself, unless the project or a library has such a method.
fn same(ev: &Evaluator, object: &At) -> Option<Vec<Found>> {
    let values = ev.eval(object);
    let plain = |f: &Found| {
        matches!(
            f.value,
            Value::Text(_)
                | Value::Number(_)
                | Value::Bool(_)
                | Value::Param(_)
                | Value::List(_)
                | Value::Many(_)
                | Value::Object(_)
        )
    };
    (!values.is_empty() && values.iter().all(plain)).then_some(values)
}

/// `optional.orElse(value)`: one of the two; a setting with a default is its default.
fn or_else(ev: &Evaluator, at: &At, object: &At) -> Option<Vec<Found>> {
    let mut found = ev.eval(object);
    let (_, args) = ev.call_parts(at)?;
    let other = At {
        expr: args.first()?.value,
        ..at.clone()
    };
    for f in ev.eval(&other) {
        match f.value {
            Value::Function { function, env, .. } => found.extend(ev.returned(function, env)),
            _ => found.push(f),
        }
    }
    Some(ev.decided(found, at.file))
}

/// `supplier.get()`: a function of the project is called by the name its
/// interface gives it.
fn function(ev: &Evaluator, at: &At, object: &At) -> Option<Vec<Found>> {
    let mut found = Vec::new();
    for f in ev.eval(object) {
        // Which one is known where the function around is called.
        if let Value::Param(param) = &f.value {
            let mut param = param.clone();
            param.path.push(SmolStr::new_static("apply"));
            found.push(Found::new(Value::Param(param)));
            continue;
        }
        let Value::Function {
            function,
            this,
            env,
        } = &f.value
        else {
            return None;
        };
        found.extend(ev.call_function(at, *function, this.as_deref(), env));
    }
    (!found.is_empty()).then_some(found)
}

/// `X.class.getSimpleName()`: names count without their package.
fn class_names(ev: &Evaluator, object: &At) -> Option<Vec<Found>> {
    let mut found = Vec::new();
    for f in ev.eval(object) {
        let name = match &f.value {
            Value::Class(class) => ev.project.class_name(*class),
            _ => return None,
        };
        found.push(Found {
            value: Value::Text(Text::plain(name)),
            trail: f.trail,
        });
    }
    (!found.is_empty()).then_some(found)
}

/// `object.getClass()`
fn classes(ev: &Evaluator, object: &At) -> Option<Vec<Found>> {
    let mut found = Vec::new();
    for f in ev.concrete(object) {
        match f.value {
            Value::Instance { class, .. } | Value::Variant { class, .. } => {
                found.push(Found {
                    value: Value::Class(class),
                    trail: f.trail,
                });
            }
            _ => return None,
        }
    }
    (!found.is_empty()).then_some(found)
}

/// `Kind.ORDER.name()`, where the constant was made with arguments.
fn constants(ev: &Evaluator, object: &At) -> Option<Vec<Found>> {
    let mut found = Vec::new();
    for f in ev.eval(object) {
        let name = constant_name(ev, &f.value)?;
        found.push(Found {
            value: Value::Text(Text::plain(name)),
            trail: f.trail,
        });
    }
    (!found.is_empty()).then_some(found)
}

/// The name of an enum's constant that is an instance with fields of its own.
#[must_use]
pub(super) fn constant_name(ev: &Evaluator, value: &Value) -> Option<SmolStr> {
    let Value::Instance {
        class,
        made: Some(made),
        ..
    } = value
    else {
        return None;
    };
    let declares = |class: &ClassRef| {
        let c = ev.project.class(*class);
        let field = c.fields.iter().find(|f| f.values.contains(&made.expr));
        field
            .filter(|_| c.kind == ClassKind::Enum && class.file == made.file)
            .map(|f| f.name.clone())
    };
    // What is named by a method of its own is not called like the constant.
    ev.lineage(*class).iter().find_map(declares)
}

/// `Kind.valueOf("ORDER")`
fn constant_named(ev: &Evaluator, at: &At, object: &At) -> Option<Vec<Found>> {
    let values = ev.eval(object);
    let is_enum = |f: &Found| matches!(f.value, Value::Class(c) if ev.project.class(c).kind == ClassKind::Enum);
    if !values.iter().any(is_enum) {
        return None;
    }
    let (_, args) = ev.call_parts(at)?;
    let name = ev.eval(&At {
        expr: args.first()?.value,
        ..at.clone()
    });
    let name = name.iter().find_map(|f| match &f.value {
        Value::Text(text) => text.as_plain(),
        _ => None,
    })?;
    Some(
        values
            .iter()
            .flat_map(|f| ev.member(f, &name, at))
            .collect(),
    )
}

/// `Kind.values()`
fn enum_values(ev: &Evaluator, object: &At) -> Option<Vec<Found>> {
    let mut all = Vec::new();
    for f in ev.eval(object) {
        match f.value {
            Value::Class(class) if ev.project.class(class).kind == ClassKind::Enum => {
                let entries = ev.entries(&f.value).into_iter();
                all.extend(entries.flat_map(|(_, values)| values));
            }
            _ => return None,
        }
    }
    Some(vec![Found::new(Value::Many(std::sync::Arc::new(all)))])
}

fn is_text_class(ev: &Evaluator, object: &At) -> bool {
    matches!(
        &ev.project.facts(object.file).expr(object.expr).kind,
        ExprKind::Name(name) if name == "String"
    )
}

/// `String.format("%s.%d", a, b)`; of an unknown format nothing is known.
fn formatted(
    ev: &Evaluator,
    at: &At,
    format: crate::facts::ExprId,
    args: &[crate::facts::ExprId],
) -> Option<Vec<Found>> {
    let here = |expr| At { expr, ..at.clone() };
    let mut found = Vec::new();
    for f in ev.eval(&here(format)) {
        let Value::Text(text) = &f.value else {
            return None;
        };
        let pattern = text.as_plain()?;
        let mut out = Text::default();
        let mut next = 0;
        for piece in pieces(&pattern) {
            match piece {
                Piece::Plain(text) => out.extend(&Text::plain(text)),
                Piece::Argument(position) => {
                    let index = position.unwrap_or(next);
                    if position.is_none() {
                        next += 1;
                    }
                    match args.get(index) {
                        Some(arg) => {
                            let values = ev.eval(&here(*arg));
                            let value = values.first()?;
                            out.extend(&ev.as_text(&value.value, &here(*arg)));
                        }
                        None => out.extend(&Text::hole("argument")),
                    }
                }
            }
        }
        found.push(Found {
            value: Value::Text(out),
            trail: f.trail,
        });
    }
    (!found.is_empty()).then_some(found)
}

fn joined(ev: &Evaluator, at: &At, parts: &[crate::facts::ExprId]) -> Option<Vec<Found>> {
    let mut out = Text::default();
    for part in parts {
        let part = At {
            expr: *part,
            ..at.clone()
        };
        let values = ev.eval(&part);
        let value = values.first()?;
        if !matches!(
            value.value,
            Value::Text(_) | Value::Param(_) | Value::Unknown(_)
        ) {
            return None;
        }
        out.extend(&ev.as_text(&value.value, &part));
    }
    Some(vec![Found::new(Value::Text(out))])
}

/// A piece of a format.
enum Piece {
    Plain(String),
    /// An argument, the next one or one by its number.
    Argument(Option<usize>),
}

/// `%s`, `%2$s`, `%05d`, `%%`, `%n`
fn pieces(format: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut plain = String::new();
    let mut rest = format;
    while let Some(start) = rest.find('%') {
        plain.push_str(&rest[..start]);
        let spec = &rest[start + 1..];
        let Some(end) = spec.find(|c: char| c.is_ascii_alphabetic() || c == '%') else {
            rest = &rest[start..];
            break;
        };
        match spec.as_bytes().get(end) {
            Some(b'%') => plain.push('%'),
            Some(b'n') => plain.push('\n'),
            _ => {
                pieces.push(Piece::Plain(std::mem::take(&mut plain)));
                let number = spec[..end]
                    .split_once('$')
                    .and_then(|(n, _)| n.parse().ok());
                pieces.push(Piece::Argument(number.map(|n: usize| n.saturating_sub(1))));
            }
        }
        rest = &spec[end + 1..];
    }
    plain.push_str(rest);
    pieces.push(Piece::Plain(plain));
    pieces
}
