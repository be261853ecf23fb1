//! Settings as JSON: literal values as they are, the rest as `{…}`.

use serde_json::{Map, Value as Json};

use crate::project::{At, Evaluator, Value};

/// Keys whose values are nobody's business in a report.
const SECRET: [&str; 5] = ["password", "passwd", "secret", "token", "credential"];

/// A value as JSON.
#[must_use]
pub fn json(ev: &Evaluator, value: &Value, at: Option<&At>) -> Json {
    json_at(ev, value, at, 0)
}

fn json_at(ev: &Evaluator, value: &Value, at: Option<&At>, depth: u32) -> Json {
    const DEEPEST: u32 = 3;
    match value {
        Value::Text(text) => Json::String(redacted(&text.to_string())),
        Value::Number(number) => number_json(number),
        Value::Bool(value) => Json::Bool(*value),
        Value::Null => Json::Null,
        Value::Variant { .. } => match at {
            Some(at) => Json::String(ev.as_text(value, at).to_string()),
            None => Json::Null,
        },
        Value::Object(_) if depth < DEEPEST => {
            let mut map = Map::new();
            for (keys, values) in ev.entries(value) {
                if let (Some(key), Some(value)) = (keys.first(), values.first()) {
                    let key = match &key.value {
                        Value::Text(text) => text.to_string(),
                        other => json_at(ev, other, at, DEEPEST).to_string(),
                    };
                    let value = if is_secret(&key) {
                        Json::String("***".into())
                    } else {
                        json_at(ev, &value.value, at, depth + 1)
                    };
                    map.insert(key, value);
                }
            }
            Json::Object(map)
        }
        Value::List(_) | Value::Many(_) if depth < DEEPEST => {
            let items = ev.items(value);
            let all = items.iter().filter_map(|item| item.first());
            Json::Array(all.map(|f| json_at(ev, &f.value, at, depth + 1)).collect())
        }
        Value::Function { .. } => Json::String("{function}".into()),
        Value::Param(param) => Json::String(format!("{{{}}}", param.text)),
        // A signed number is an operation to the parser.
        Value::Unknown(text) if text.parse::<f64>().is_ok() => number_json(text),
        Value::Unknown(text) => Json::String(format!("{{{}}}", text.replace(['{', '}'], ""))),
        _ => Json::String("{…}".into()),
    }
}

fn number_json(number: &str) -> Json {
    let digits = number.replace('_', "");
    if let Ok(n) = digits.parse::<i64>() {
        return Json::from(n);
    }
    // Suffixed (`10u32`, `5n`) and products stay what they are if not a number.
    let bare = digits.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let parsed = bare.parse::<i64>().map(Json::from).ok();
    parsed
        .or_else(|| digits.parse::<f64>().ok().map(Json::from))
        .unwrap_or_else(|| Json::String(number.to_owned()))
}

fn is_secret(key: &str) -> bool {
    let key = key.to_lowercase();
    SECRET.iter().any(|s| key.contains(s))
}

/// `amqp://user:pass@host` without its password.
fn redacted(text: &str) -> String {
    if let Some((scheme, rest)) = text.split_once("://")
        && let Some((credentials, host)) = rest.split_once('@')
        && !credentials.contains('/')
    {
        return format!("{scheme}://***@{host}");
    }
    text.to_owned()
}

/// Whether two JSON scalars are the same; `2` and `2.0` are.
#[must_use]
pub fn same(a: &Json, b: &Json) -> bool {
    match (a.as_f64(), b.as_f64()) {
        (Some(x), Some(y)) => (x - y).abs() < f64::EPSILON,
        _ => a == b,
    }
}
