//! Which words could stand in a file, for those who ask before it is parsed.

/// A filter of the words of a file (B. H. Bloom, "Space/time trade-offs in hash
/// coding with allowable errors", 1970): one in some hundreds that it has is not
/// there, which costs a look into the file.
#[derive(Debug)]
pub struct Words {
    bits: Box<[u64]>,
    /// Whether the file passes on everything of another module.
    pub(super) passes_on: bool,
}

/// The words of a text that is asked for.
#[derive(Clone, Debug)]
pub struct Spelling(Box<[u64]>);

impl Spelling {
    /// Runs of letters and digits, as far as they are of ASCII: names that hold
    /// others are asked for in parts.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let mut hashes = Vec::new();
        each_word(text.as_bytes(), |hash| hashes.push(hash));
        Self(hashes.into())
    }
}

impl Words {
    /// Reads the words off the bytes of a file.
    #[must_use]
    pub fn of(source: &[u8]) -> Self {
        // A bit a byte: words are longer, and many stand there more than once.
        let bits = source.len().next_power_of_two().max(64);
        let mut words = Self {
            bits: vec![0; bits / 64].into(),
            passes_on: passes_on(source),
        };
        each_word(source, |hash| {
            for (block, bit) in words.places(hash) {
                if let Some(block) = words.bits.get_mut(block) {
                    *block |= bit;
                }
            }
        });
        words
    }

    /// Whether all words of a text could stand in the file.
    #[must_use]
    pub fn could_have(&self, text: &Spelling) -> bool {
        text.0.iter().all(|hash| {
            let mut places = self.places(*hash).into_iter();
            places.all(|(block, bit)| self.bits.get(block).is_some_and(|b| b & bit != 0))
        })
    }

    /// Where a word is noted down: the block, and the bit in it.
    fn places(&self, hash: u64) -> [(usize, u64); 3] {
        // The number of blocks is a power of two.
        let last = self.bits.len() - 1;
        [hash, hash >> 20, hash >> 40].map(|h| ((h >> 6) as usize & last, 1 << (h & 63)))
    }
}

/// Hashes the words of a text, those of one letter left out: they stand everywhere.
fn each_word(text: &[u8], mut f: impl FnMut(u64)) {
    const SHORTEST: usize = 2;
    let mut rest = text;
    while let Some(begin) = rest.iter().position(|b| IS_WORD[*b as usize]) {
        rest = &rest[begin..];
        let end = rest.iter().position(|b| !IS_WORD[*b as usize]);
        let (word, behind) = rest.split_at(end.unwrap_or(rest.len()));
        if word.len() >= SHORTEST {
            f(hash(word));
        }
        rest = behind;
    }
}

/// Hashes a word by its length, its first and its last eight bytes: names that
/// share all that are rare, and a name too many costs little.
fn hash(word: &[u8]) -> u64 {
    // The multiplier of the golden ratio: D. Knuth, The Art of Computer
    // Programming, volume 3, 6.4.
    const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;
    let (first, last) = match (word.first_chunk::<8>(), word.last_chunk::<8>()) {
        (Some(first), Some(last)) => (u64::from_le_bytes(*first), u64::from_le_bytes(*last)),
        _ => (short(word), 0),
    };
    let mixed = (first ^ (last ^ word.len() as u64).rotate_left(29)).wrapping_mul(SPREAD);
    mixed ^ (mixed >> 32)
}

/// All bytes of a word of less than eight.
fn short(word: &[u8]) -> u64 {
    match (word.first_chunk::<4>(), word.last_chunk::<4>()) {
        (Some(first), Some(last)) => {
            u64::from(u32::from_le_bytes(*first)) | u64::from(u32::from_le_bytes(*last)) << 32
        }
        _ => word.iter().fold(0, |all, b| all << 8 | u64::from(*b)),
    }
}

/// Whether a byte is part of a word.
static IS_WORD: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = (byte as u8).is_ascii_alphanumeric() || byte as u8 == b'_';
        byte += 1;
    }
    table
};

fn passes_on(source: &[u8]) -> bool {
    ["export *", "import *", "::*"]
        .iter()
        .any(|text| memchr::memmem::find(source, text.as_bytes()).is_some())
}

#[cfg(test)]
mod tests {
    use super::{Spelling, Words};

    #[test]
    fn names_are_whole_words() {
        let words = Words::of(b"export const topic = orders.placed$; // h\xc3\xb6rer");
        let has = |name: &str| words.could_have(&Spelling::of(name));
        for name in [
            "topic",
            "placed",
            "placed(",
            "placed$",
            ".placed.",
            "h\u{f6}rer",
            "x",
        ] {
            assert!(has(name), "{name}");
        }
        for name in ["top", "order", "export topics"] {
            assert!(!has(name), "{name}");
        }
        assert!(!words.passes_on && Words::of(b"export * from \"./a\";").passes_on);
    }

    #[test]
    fn few_words_are_had_by_mistake() {
        let source: String = (0..2000)
            .map(|i| format!("word_{i} = value_{i};\n"))
            .collect();
        let words = Words::of(source.as_bytes());
        let has = |name: String| words.could_have(&Spelling::of(&name));
        assert!((0..2000).all(|i| has(format!("word_{i}"))));
        let mistaken = (0..2000).filter(|i| has(format!("other_{i}")));
        assert!(mistaken.count() < 40);
    }
}
