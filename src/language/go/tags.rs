//! Struct tags: `json:"name,omitempty" env:"NAME"`.

/// The package whose decorators the keys of tags are.
pub(super) const PACKAGE: &str = "tag";

/// The value of a key of a tag, without its options.
pub(super) fn name(tag: &str, key: &str) -> Option<String> {
    let value = value(tag, key)?;
    let name = value.split(',').next().unwrap_or("");
    (!name.is_empty() && name != "-").then(|| name.to_owned())
}

/// Whether a key of a tag has this option.
pub(super) fn has_option(tag: &str, key: &str, option: &str) -> bool {
    value(tag, key).is_some_and(|v| v.split(',').skip(1).any(|o| o == option))
}

fn value<'t>(tag: &'t str, key: &str) -> Option<&'t str> {
    pairs(tag).find(|(k, _)| *k == key).map(|(_, v)| v)
}

/// The keys of a tag with their values.
pub(super) fn pairs(tag: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = tag;
    std::iter::from_fn(move || {
        rest = rest.trim_start();
        let (key, after) = rest.split_once(":\"")?;
        let end = after.find('"')?;
        let value = &after[..end];
        rest = &after[end + 1..];
        Some((key, value))
    })
}

#[cfg(test)]
mod tests {
    use super::{has_option, name, pairs};

    #[test]
    fn tags_are_keys_with_values() {
        let tag = r#"json:"order_id,omitempty" env:"ORDER" bad"#;
        assert_eq!(name(tag, "json").as_deref(), Some("order_id"));
        assert!(has_option(tag, "json", "omitempty"));
        assert_eq!(pairs(tag).count(), 2);
        assert_eq!(name(r#"json:"-""#, "json"), None);
    }
}
