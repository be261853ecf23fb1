//! Reading settings, which are literals where the code has literals.
//!
//! A value the code computes stands as a string such as `{options.ttl}`: it is
//! there, but it is neither true nor false, nor a number.

use std::collections::BTreeMap;

use serde_json::Value;

/// Settings of an endpoint or declaration, or the detail of a policy.
pub type Settings = BTreeMap<String, Value>;

/// A literal true or false; none if it is not set or not a literal.
pub fn flag(settings: &Settings, keys: &[&str]) -> Option<bool> {
    match first(settings, keys)? {
        Value::Bool(value) => Some(*value),
        Value::String(text) => match text.to_ascii_lowercase().as_str() {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

/// A literal string; none if it is not set or something else.
pub fn text<'a>(settings: &'a Settings, keys: &[&str]) -> Option<&'a str> {
    first(settings, keys)?.as_str()
}

/// A literal number; none if it is not set or not a literal.
pub fn number(settings: &Settings, keys: &[&str]) -> Option<f64> {
    match first(settings, keys)? {
        Value::Number(value) => value.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// The value of the first of these keys that is set to anything but null.
pub fn first<'a>(settings: &'a Settings, keys: &[&str]) -> Option<&'a Value> {
    keys.iter()
        .filter_map(|key| settings.get(*key))
        .find(|value| !value.is_null())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn settings(key: &str, value: Value) -> Settings {
        BTreeMap::from([(key.into(), value)])
    }

    #[test]
    fn an_expression_is_neither_true_nor_false() {
        assert_eq!(
            flag(&settings("durable", json!("{env.DURABLE}")), &["durable"]),
            None
        );
        assert_eq!(
            flag(&settings("durable", json!("True")), &["durable"]),
            Some(true)
        );
        assert_eq!(
            flag(&settings("durable", json!(false)), &["durable"]),
            Some(false)
        );
        assert_eq!(flag(&settings("durable", json!(false)), &["x"]), None);
    }

    #[test]
    fn null_is_not_set() {
        let both = BTreeMap::from([
            ("a".to_string(), Value::Null),
            ("b".to_string(), json!("7")),
        ]);
        assert_eq!(first(&both, &["a", "b"]), Some(&json!("7")));
        assert_eq!(number(&both, &["a", "b"]), Some(7.0));
    }
}
