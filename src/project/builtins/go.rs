//! What Go's own packages do to texts and types.

use smol_str::SmolStr;

use super::{argument, many};
use crate::facts::ExprKind;
use crate::project::evaluate::Evaluator;
use crate::project::value::{At, Found, Step, Text, Trail, Value};

/// Texts one format can have.
const MOST: usize = 16;

/// What `package.Name(…)` of the language's own packages gives.
pub(super) fn call(ev: &Evaluator, at: &At, object: &At, name: &str) -> Option<Vec<Found>> {
    let known = matches!(
        name,
        "Sprintf"
            | "Sprint"
            | "ToLower"
            | "ToUpper"
            | "TrimSpace"
            | "TrimPrefix"
            | "TrimSuffix"
            | "ReplaceAll"
            | "Replace"
            | "Join"
            | "Split"
            | "Itoa"
            | "TypeOf"
            | "ValueOf"
            | "Indirect"
            | "TypeFor"
    );
    if !known {
        return of_type(ev, object, name);
    }
    let package = ev.eval(object).iter().find_map(|f| match &f.value {
        Value::External(origin) => match origin.step() {
            Step::Package(package) => Some(package.clone()),
            _ => None,
        },
        _ => None,
    })?;
    let first = || argument(ev, at, 0);
    match (package.as_str(), name) {
        ("fmt", "Sprintf") => formatted(ev, at),
        ("fmt", "Sprint") => joined(ev, at, 0, &Text::default()),
        ("strings", "ToLower") => texts(ev, &first()?, str::to_lowercase),
        ("strings", "ToUpper") => texts(ev, &first()?, str::to_uppercase),
        ("strings", "TrimSpace") => texts(ev, &first()?, |t| t.trim().to_owned()),
        ("strings", "TrimPrefix") => {
            let prefix = plain(ev, at, 1)?;
            texts(ev, &first()?, |t| {
                t.strip_prefix(&*prefix).unwrap_or(t).to_owned()
            })
        }
        ("strings", "TrimSuffix") => {
            let suffix = plain(ev, at, 1)?;
            texts(ev, &first()?, |t| {
                t.strip_suffix(&*suffix).unwrap_or(t).to_owned()
            })
        }
        ("strings", "ReplaceAll" | "Replace") => {
            let (from, to) = (plain(ev, at, 1)?, plain(ev, at, 2)?);
            texts(ev, &first()?, |t| t.replace(&*from, &to))
        }
        ("strings", "Join") => {
            let separator = argument(ev, at, 1)?;
            let separator = ev.as_text(&ev.eval(&separator).first()?.value, &separator);
            let list = first()?;
            let values = ev.eval(&list);
            let items: Vec<Vec<Found>> = values.iter().flat_map(|f| ev.items(&f.value)).collect();
            (!items.is_empty()).then(|| sequence(ev, &list, items, &separator))
        }
        ("strings", "Split") => split(ev, &first()?, &plain(ev, at, 1)?),
        ("strconv", "Itoa") => Some(ev.eval(&first()?)),
        ("reflect", "TypeOf") => {
            let values = ev.eval(&first()?);
            let classes = values.iter().flat_map(|f| ev.member(f, "__class__", at));
            Some(classes.collect())
        }
        ("reflect", "ValueOf" | "Indirect") => Some(ev.eval(&first()?)),
        _ => None,
    }
}

/// `reflect.TypeOf(x).Elem().Name()`: a pointer's type counts as the type itself.
fn of_type(ev: &Evaluator, object: &At, name: &str) -> Option<Vec<Found>> {
    if !matches!(name, "Name" | "String" | "Elem" | "Type" | "Interface") {
        return None;
    }
    if matches!(name, "Elem" | "Interface") && is_reflected(ev, object) {
        return Some(ev.eval(object));
    }
    let mut found = Vec::new();
    for f in ev.eval(object) {
        match (&f.value, name) {
            (Value::Class(class), "Name") => {
                let name = ev.project.class_name(*class);
                found.push(Found::new(Value::Text(Text::plain(name))));
            }
            (Value::Class(_), "String") => {
                found.push(Found::new(Value::Text(type_text(ev, &f.value)?)));
            }
            (Value::Class(_), "Elem") => found.push(f),
            // Known where the function is called.
            (Value::Param(param), "Elem" | "Name")
                if param.path.last().is_some_and(|p| p == "__class__") =>
            {
                let mut named = param.clone();
                // A reader would write what it is the type of.
                named.text = SmolStr::new(param.text.trim_end_matches(".__class__"));
                if name == "Name" {
                    named.path.push(SmolStr::new_static("__name__"));
                }
                found.push(Found {
                    value: Value::Param(named),
                    trail: f.trail.clone(),
                });
            }
            (Value::Instance { class, .. }, "Type") => {
                found.push(Found::new(Value::Class(*class)));
            }
            (Value::Instance { .. }, "Elem") => found.push(f),
            _ => return None,
        }
    }
    (!found.is_empty()).then_some(found)
}

/// Whether an expression is a value that is reflected on: `reflect.ValueOf(x).Elem()`.
fn is_reflected(ev: &Evaluator, object: &At) -> bool {
    const LONGEST: usize = 4;
    let facts = ev.project.facts(object.file);
    let mut expr = object.expr;
    for _ in 0..LONGEST {
        let ExprKind::Call { callee, .. } = facts.expr(expr).kind else {
            return false;
        };
        let ExprKind::Member { object, name, .. } = &facts.expr(callee).kind else {
            return false;
        };
        match name.as_str() {
            "ValueOf" | "Indirect" => return true,
            "Elem" => expr = *object,
            _ => return false,
        }
    }
    false
}

/// `package.Type`, as `%T` writes it.
fn type_text(ev: &Evaluator, value: &Value) -> Option<Text> {
    let (Value::Class(class) | Value::Instance { class, .. }) = value else {
        return None;
    };
    let path = &ev.project.file(class.file).path;
    let folder = path.rsplit('/').nth(1).unwrap_or("main");
    Some(Text::plain(format!(
        "{folder}.{}",
        ev.project.class_name(*class)
    )))
}

/// The n-th argument, if it is one known text.
fn plain(ev: &Evaluator, at: &At, n: usize) -> Option<SmolStr> {
    let argument = argument(ev, at, n)?;
    match ev.eval(&argument).as_slice() {
        [one] => ev.as_text(&one.value, &argument).as_plain(),
        _ => None,
    }
}

fn texts(ev: &Evaluator, of: &At, f: impl Fn(&str) -> String) -> Option<Vec<Found>> {
    let change = |found: Found| Found {
        value: match &found.value {
            Value::Text(text) => Value::Text(text.map_plain(&f)),
            other => other.clone(),
        },
        trail: found.trail,
    };
    Some(ev.eval(of).into_iter().map(change).collect())
}

/// `strings.Split(text, ",")`: of a text with holes nobody knows the parts.
fn split(ev: &Evaluator, of: &At, separator: &str) -> Option<Vec<Found>> {
    let mut parts = Vec::new();
    for f in ev.eval(of) {
        let text = ev.as_text(&f.value, of);
        let part = |text: &str| Found {
            value: Value::Text(Text::plain(text)),
            trail: f.trail.clone(),
        };
        match text.as_plain() {
            Some(plain) if !separator.is_empty() => parts.extend(plain.split(separator).map(part)),
            _ => parts.push(f.clone()),
        }
    }
    Some(many(parts))
}

/// All arguments from the n-th on, one behind the other.
fn joined(ev: &Evaluator, at: &At, from: usize, separator: &Text) -> Option<Vec<Found>> {
    let mut items = Vec::new();
    let mut n = from;
    while let Some(argument) = argument(ev, at, n) {
        items.push(ev.eval(&argument));
        n += 1;
    }
    (!items.is_empty()).then(|| sequence(ev, at, items, separator))
}

/// Every way of putting one value of each behind the other.
fn sequence(ev: &Evaluator, at: &At, items: Vec<Vec<Found>>, separator: &Text) -> Vec<Found> {
    let mut results: Vec<(Text, Trail)> = vec![(Text::default(), None)];
    for (i, values) in items.iter().enumerate() {
        let mut next = Vec::new();
        for (text, trail) in &results {
            for f in values.iter().take(MOST) {
                let mut text = text.clone();
                if i > 0 {
                    text.extend(separator);
                }
                text.extend(&ev.as_text(&f.value, at));
                next.push((text, f.trail.clone().or_else(|| trail.clone())));
            }
        }
        next.truncate(MOST);
        results = next;
    }
    let found = results.into_iter().map(|(text, trail)| Found {
        value: Value::Text(text),
        trail,
    });
    found.collect()
}

/// `fmt.Sprintf(format, …)`
fn formatted(ev: &Evaluator, at: &At) -> Option<Vec<Found>> {
    let format = argument(ev, at, 0)?;
    let mut found = Vec::new();
    for f in ev.eval(&format) {
        let Some(text) = ev.as_text(&f.value, &format).as_plain() else {
            return Some(vec![ev.unknown(at)]);
        };
        let mut items = Vec::new();
        let mut next = 1;
        for piece in pieces(&text) {
            items.push(match piece {
                Piece::Plain(text) => vec![Found {
                    value: Value::Text(Text::plain(text)),
                    trail: f.trail.clone(),
                }],
                Piece::Verb { verb, position } => {
                    let n = position.unwrap_or(next);
                    next = n + 1;
                    verb_values(ev, at, n, verb)
                }
            });
        }
        found.extend(sequence(ev, at, items, &Text::default()));
    }
    found.truncate(MOST);
    Some(found)
}

/// What an argument is written as.
fn verb_values(ev: &Evaluator, at: &At, n: usize, verb: char) -> Vec<Found> {
    let Some(argument) = argument(ev, at, n) else {
        return vec![Found::new(Value::Text(Text::hole("argument")))];
    };
    if verb == 'T' {
        let types = ev.concrete(&argument).into_iter();
        let types: Vec<Found> = types
            .filter_map(|f| type_text(ev, &f.value))
            .map(|text| Found::new(Value::Text(text)))
            .collect();
        if !types.is_empty() {
            return types;
        }
    }
    // The hole of a piece is called what is written for it.
    let values = ev.eval(&argument).into_iter().map(|f| {
        let mut text = ev.as_text(&f.value, &argument);
        if verb == 'q' {
            text = Text::plain("\"");
            text.extend(&ev.as_text(&f.value, &argument));
            text.extend(&Text::plain("\""));
        }
        Found {
            value: Value::Text(text),
            trail: f.trail,
        }
    });
    values.collect()
}

enum Piece {
    Plain(String),
    Verb {
        verb: char,
        /// `%[2]s`: the argument, from 1.
        position: Option<usize>,
    },
}

/// A format taken apart at its verbs.
fn pieces(format: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut plain = String::new();
    let mut chars = format.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '%' {
            plain.push(c);
            continue;
        }
        let mut position = None;
        let mut number = String::new();
        let verb = loop {
            match chars.next() {
                Some('[') => number.clear(),
                Some(']') => position = number.parse().ok(),
                Some(c) if c.is_ascii_digit() || "+-# .*".contains(c) => number.push(c),
                other => break other,
            }
        };
        match verb {
            Some('%') => plain.push('%'),
            Some(verb) => {
                if !plain.is_empty() {
                    pieces.push(Piece::Plain(std::mem::take(&mut plain)));
                }
                pieces.push(Piece::Verb { verb, position });
            }
            None => {}
        }
    }
    if !plain.is_empty() {
        pieces.push(Piece::Plain(plain));
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::{Piece, pieces};

    #[test]
    fn formats_are_taken_apart_at_their_verbs() {
        let text = |format: &str| -> String {
            let parts = pieces(format).into_iter().map(|p| match p {
                Piece::Plain(text) => text,
                Piece::Verb { verb, position } => match position {
                    Some(n) => format!("<{n}{verb}>"),
                    None => format!("<{verb}>"),
                },
            });
            parts.collect()
        };
        assert_eq!(text("orders.%s.%03d%%"), "orders.<s>.<d>%");
        assert_eq!(text("%[2]s-%[1]v"), "<2s>-<1v>");
        assert_eq!(text("100%"), "100");
    }
}
