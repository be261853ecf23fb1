//! The words of a file that nobody has parsed: which names it could offer.

use std::hash::Hasher;

use rustc_hash::{FxHashSet, FxHasher};

/// The names that stand in a file, as hashes: one too many costs a parse.
#[derive(Debug, Default)]
pub(super) struct Words {
    hashes: FxHashSet<u64>,
    /// Whether it passes on everything of another module.
    pub(super) passes_on: bool,
}

impl Words {
    pub(super) fn of(source: &[u8]) -> Self {
        let has = |text: &str| memchr::memmem::find(source, text.as_bytes()).is_some();
        let words = source
            .split(|b| !is_word(*b))
            .filter(|word| !word.is_empty());
        Self {
            hashes: words.map(hash).collect(),
            passes_on: ["export *", "import *", "::*"].into_iter().any(has),
        }
    }

    /// Whether a name stands in the file; what stands around its word is left out.
    pub(super) fn has(&self, name: &str) -> bool {
        let word = name.trim_matches(|c: char| c.is_ascii() && !is_word(c as u8));
        self.hashes.contains(&hash(word.as_bytes()))
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$') || !byte.is_ascii()
}

fn hash(word: &[u8]) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(word);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::Words;

    #[test]
    fn names_are_whole_words() {
        let words = Words::of(b"export const topic = orders.placed; // h\xc3\xb6rer");
        assert!(
            words.has("topic")
                && words.has("placed")
                && words.has("placed(")
                && words.has("h\u{f6}rer")
        );
        assert!(!words.has("top") && !words.has("order") && !words.passes_on);
        assert!(Words::of(b"export * from \"./a\";").passes_on);
    }
}
