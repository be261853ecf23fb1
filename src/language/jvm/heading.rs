//! The head of a file, read without parsing it: its package and what it
//! declares at the top level. Classes of one package see each other without
//! imports, and a file can hold what its name does not say.

use smol_str::SmolStr;

/// The package of a file and the names it declares in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Heading {
    pub package: SmolStr,
    pub names: Vec<SmolStr>,
}

/// Words that stand before what is declared.
const KEYWORDS: [&str; 10] = [
    "class",
    "interface",
    "@interface",
    "enum",
    "record",
    "object",
    "fun",
    "val",
    "var",
    "typealias",
];

/// Reads the heading of a Java or Kotlin file. Only lines that are not
/// indented declare something at the top level, by every formatter's habit.
#[must_use]
pub fn heading(source: &[u8]) -> Heading {
    let mut heading = Heading::default();
    for line in source.split(|b| *b == b'\n') {
        if !line
            .first()
            .is_some_and(|b| b.is_ascii_alphabetic() || *b == b'@')
        {
            continue;
        }
        let Ok(line) = std::str::from_utf8(line) else {
            continue;
        };
        if let Some(package) = line.strip_prefix("package ") {
            let end = package.find([';', '/']).unwrap_or(package.len());
            heading.package = SmolStr::new(package[..end].trim());
        } else if !line.starts_with("import ") {
            heading.names.extend(declared(line));
        }
    }
    heading
}

/// The name a line declares, if it declares one.
fn declared(line: &str) -> Option<SmolStr> {
    let mut words = line.split_whitespace();
    while let Some(word) = words.next() {
        if !KEYWORDS.contains(&word) {
            // Modifiers and annotations go before; a body or value does not.
            if word.contains(['{', '=', ';']) || word.starts_with("//") {
                return None;
            }
            continue;
        }
        let mut rest: String = words.collect::<Vec<_>>().join(" ");
        if let Some(generic) = rest.strip_prefix('<') {
            let end = generic.find('>')?;
            rest = generic[end + 1..].trim_start().to_owned();
        }
        // `enum class X`, `fun interface X`
        if let Some((first, after)) = rest.split_once(' ')
            && KEYWORDS.contains(&first)
        {
            rest = after.to_owned();
        }
        let end = rest
            .find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '$' | '.')))
            .unwrap_or(rest.len());
        // An extension function is called by what stands behind its receiver.
        let name = rest[..end].rsplit('.').next().unwrap_or("");
        return (!name.is_empty()).then(|| SmolStr::new(name));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::heading;

    #[test]
    fn the_package_and_the_top_level_are_read() {
        let source = b"package com.acme.orders;\n\nimport java.util.List;\n\n\
            @Component public final class Orders extends Base {\n    class Inner {}\n}\nenum Kind { A }\n";
        let found = heading(source);
        assert_eq!(found.package, "com.acme.orders");
        assert_eq!(found.names, ["Orders", "Kind"]);
    }

    #[test]
    fn functions_and_values_count_in_kotlin() {
        let source = b"package com.acme\n\nconst val TOPIC = \"a\"\nfun <T> Bus.send(x: T) = x\n\
            private suspend fun run() {\n}\nenum class Kind { A }\ndata class Order(val id: String)\nreturn\n";
        let found = heading(source);
        assert_eq!(found.names, ["TOPIC", "send", "run", "Kind", "Order"]);
    }
}
