//! Casing conventions of names.

/// The words of a name in any casing.
pub(super) fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut previous = ' ';
    let chars: Vec<char> = name.chars().collect();
    for (i, c) in chars.iter().copied().enumerate() {
        if !c.is_alphanumeric() {
            previous = ' ';
            continue;
        }
        let next_is_lower = chars.get(i + 1).is_some_and(|n| n.is_lowercase());
        // `orderID` is two words, `HTTPServer` too.
        let begins = !previous.is_alphanumeric()
            || (c.is_uppercase() && (previous.is_lowercase() || previous.is_numeric()))
            || (c.is_uppercase() && previous.is_uppercase() && next_is_lower);
        if begins || words.is_empty() {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.extend(c.to_lowercase());
        }
        previous = c;
    }
    words
}

fn capitalised(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(chars).collect()
    })
}

#[must_use]
pub fn snake(name: &str) -> String {
    words(name).join("_")
}

/// Snake case in which a number is a word: `OrderV1` is `order_v_1`.
#[must_use]
pub fn snake_digits(name: &str) -> String {
    let mut apart = String::new();
    let mut previous = ' ';
    for c in name.chars() {
        if c.is_numeric() != previous.is_numeric() {
            apart.push('_');
        }
        apart.push(c);
        previous = c;
    }
    snake(&apart)
}

#[must_use]
pub fn kebab(name: &str) -> String {
    words(name).join("-")
}

#[must_use]
pub fn pascal(name: &str) -> String {
    words(name).iter().map(|w| capitalised(w)).collect()
}

#[must_use]
pub fn camel(name: &str) -> String {
    let all = words(name);
    let mut parts = all.iter();
    let first = parts.next().cloned().unwrap_or_default();
    parts.fold(first, |out, word| out + &capitalised(word))
}

/// With a capital first, and nothing else changed.
#[must_use]
pub fn capital(text: &str) -> String {
    capitalised(text)
}

/// With a small letter first, and nothing else changed.
#[must_use]
pub fn uncapital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_lowercase().chain(chars).collect()
    })
}

/// The words of a name with spaces between, numbers being words of their own.
#[must_use]
pub fn spaced(name: &str) -> String {
    let mut out = String::new();
    for word in words(name) {
        let mut previous: Option<char> = None;
        for c in word.chars() {
            let changes = previous.is_none_or(|p| p.is_numeric() != c.is_numeric());
            if changes && !out.is_empty() {
                out.push(' ');
            }
            out.push(c);
            previous = Some(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{camel, kebab, pascal, snake, snake_digits};

    #[test]
    fn names_keep_their_words() {
        for (name, expected) in [
            ("OrderPlaced", "order_placed"),
            ("HTTPServerError", "http_server_error"),
            ("order-placed.v2", "order_placed_v2"),
            ("userID", "user_id"),
        ] {
            assert_eq!(snake(name), expected);
        }
        assert_eq!(snake_digits("OrderPlacedV12"), "order_placed_v_12");
        assert_eq!(kebab("OrderPlaced"), "order-placed");
        assert_eq!(pascal("order_placed"), "OrderPlaced");
        assert_eq!(camel("order_placed"), "orderPlaced");
    }
}
