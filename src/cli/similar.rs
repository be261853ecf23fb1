//! Suggestions for what was misspelled.

/// Similarity from which on a name is worth suggesting, 0 to 1.
const ENOUGH: f64 = 0.7;
/// Suggestions made at most.
const MOST: usize = 3;

/// Those of `names` that `word` could have been meant to be, the likeliest first.
pub fn to(word: &str, names: &[String]) -> Vec<String> {
    let word = word.to_lowercase();
    let mut scored: Vec<_> = names
        .iter()
        .map(|name| (likeness(&word, &name.to_lowercase()), name))
        .filter(|(score, _)| *score >= ENOUGH)
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    scored.dedup_by(|a, b| a.1 == b.1);
    let names = scored.into_iter().map(|(_, name)| name.clone());
    names.take(MOST).collect()
}

/// How alike two names are; a part of a name stands for the whole.
fn likeness(word: &str, name: &str) -> f64 {
    let alike = strsim::normalized_damerau_levenshtein(word, name);
    if word.len() > 2 && name.contains(word) {
        alike.max(ENOUGH)
    } else {
        alike
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn suggested(word: &str) -> Vec<String> {
        let names = ["orders", "order-placed", "payments", "Orders", "orders"];
        to(word, &names.map(String::from))
    }

    #[test]
    fn the_likeliest_first_and_each_once() {
        assert_eq!(suggested("ordres"), ["Orders", "orders"]);
        assert_eq!(suggested("placed"), ["order-placed"]);
        assert!(suggested("zebra").is_empty());
        assert!(suggested("").is_empty());
    }
}
