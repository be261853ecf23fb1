//! Foreign names as file names and identifiers: short, safe, and the same in
//! every run, whatever else is in the map.

/// Longest readable part.
const READABLE: usize = 32;

/// A name for a file or an identifier: lower-case ASCII letters and digits
/// with `separator` between them, never empty.
///
/// When the name cannot be read off the result (other characters, too long), a
/// hash of it is added, so that different names stay different.
#[must_use]
pub fn slug(name: &str, separator: char) -> String {
    let readable = readable(name, separator);
    if readable.is_empty() {
        format!("{:08x}", hash(name))
    } else if readable == name {
        readable
    } else {
        format!("{readable}{separator}{:08x}", hash(name))
    }
}

/// A [`slug`] for the name of a technology. These are spelled by client models
/// and differ in more than punctuation, so `socket.io` needs no hash.
#[must_use]
pub fn technology(name: &str, separator: char) -> String {
    let readable = readable(name, separator);
    if readable.is_empty() {
        slug(name, separator)
    } else {
        readable
    }
}

/// The letters and digits a name begins with, the rest as separators.
fn readable(name: &str, separator: char) -> String {
    let mut readable = String::new();
    for c in name.chars().take(READABLE) {
        if c.is_ascii_alphanumeric() {
            readable.push(c.to_ascii_lowercase());
        } else if !readable.is_empty() && !readable.ends_with(separator) {
            readable.push(separator);
        }
    }
    readable.truncate(readable.trim_end_matches(separator).len());
    readable
}

/// FNV-1a, 32 bits: written down here because the result is part of the output
/// and must not change with a library.
fn hash(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_slug_is_a_harmless_file_name(name in any::<String>()) {
            let slug = slug(&name, '-');
            prop_assert!(!slug.is_empty() && slug.len() <= READABLE + 9);
            prop_assert!(slug.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'));
            prop_assert!(!slug.starts_with('-'));
        }
    }

    #[test]
    fn different_names_stay_different() {
        assert_eq!(slug("checkout", '_'), "checkout");
        assert_ne!(slug("order.created", '_'), slug("order-created", '_'));
        assert_ne!(slug("Order", '_'), slug("order", '_'));
        assert!(slug("../../etc/passwd", '-').starts_with("etc-passwd-"));
        assert_eq!(slug("", '-').len(), 8);
        assert_eq!(technology("socket.io", '-'), "socket-io");
        assert_eq!(technology("..", '-').len(), 8);
    }
}
