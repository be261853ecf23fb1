//! Names on the wire: the case conventions of `rename_all`.

/// Converts the name of a field (`snake_case`) or of a variant (`PascalCase`)
/// as serde does; `None` for a convention serde and strum do not have.
/// Source: <https://serde.rs/container-attrs.html#rename_all>.
pub(super) fn rename(name: &str, convention: &str, variant: bool) -> Option<String> {
    let words = if variant {
        variant_words(name)
    } else {
        name.split('_').map(str::to_owned).collect()
    };
    Some(match convention {
        "lowercase" if variant => name.to_ascii_lowercase(),
        "UPPERCASE" if variant => name.to_ascii_uppercase(),
        "lowercase" => name.to_owned(),
        "UPPERCASE" | "SCREAMING_SNAKE_CASE" => words.join("_").to_ascii_uppercase(),
        "snake_case" => words.join("_"),
        "kebab-case" => words.join("-"),
        "SCREAMING-KEBAB-CASE" => words.join("-").to_ascii_uppercase(),
        "PascalCase" => words.iter().map(|word| capital(word)).collect(),
        "camelCase" => {
            let pascal: String = words.iter().map(|word| capital(word)).collect();
            let mut chars = pascal.chars();
            match chars.next() {
                Some(first) => first.to_lowercase().chain(chars).collect(),
                None => pascal,
            }
        }
        _ => return None,
    })
}

/// Every capital starts a word.
fn variant_words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for c in name.chars() {
        match words.last_mut() {
            Some(word) if !c.is_uppercase() => word.push(c),
            _ => words.push(c.to_lowercase().collect()),
        }
    }
    words
}

fn capital(word: &str) -> String {
    let mut chars = word.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}
