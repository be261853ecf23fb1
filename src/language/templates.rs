//! Format strings: where their holes are.

/// A piece of a format string.
#[derive(Debug, PartialEq, Eq)]
pub enum Piece {
    Text(String),
    Hole(Hole),
}

/// Which argument goes into a hole.
#[derive(Debug, PartialEq, Eq)]
pub enum Hole {
    /// The one after that of the hole before.
    Next,
    At(usize),
    Named(String),
}

/// Reads the string of `str.format`. `None` if a hole takes a part of its
/// argument (`{0.name}`) or is not well formed.
pub fn braces(text: &str) -> Option<Vec<Piece>> {
    let mut pieces = Vec::new();
    let mut literal = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        literal.push_str(&rest[..at]);
        let (brace, after) = rest[at..].split_at(1);
        if let Some(doubled) = after.strip_prefix(brace) {
            literal.push_str(brace);
            rest = doubled;
            continue;
        }
        let (field, after) = after.split_once('}').filter(|_| brace == "{")?;
        // A hole in the format of a hole would take an argument too.
        if field.contains('{') {
            return None;
        }
        let name = field.split(['!', ':']).next().unwrap_or("");
        if name.contains(['.', '[']) {
            return None;
        }
        pieces.push(Piece::Text(std::mem::take(&mut literal)));
        pieces.push(Piece::Hole(match name.parse() {
            Ok(index) => Hole::At(index),
            Err(_) if name.is_empty() => Hole::Next,
            Err(_) => Hole::Named(name.to_owned()),
        }));
        rest = after;
    }
    literal.push_str(rest);
    pieces.push(Piece::Text(literal));
    Some(pieces)
}

/// Reads the left side of `"…" % values`. `None` if it is not well formed or
/// takes a width from the values.
pub fn percent(text: &str) -> Option<Vec<Piece>> {
    let mut pieces = Vec::new();
    let mut literal = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('%') {
        literal.push_str(before);
        if let Some(after) = after.strip_prefix('%') {
            literal.push('%');
            rest = after;
            continue;
        }
        let (hole, after) = match after.strip_prefix('(') {
            Some(named) => {
                let (name, after) = named.split_once(')')?;
                (Hole::Named(name.to_owned()), after)
            }
            None => (Hole::Next, after),
        };
        let conversion =
            after.trim_start_matches(|c: char| "#0- +.hlL".contains(c) || c.is_ascii_digit());
        let letter = conversion.chars().next()?;
        if !"diouxXeEfFgGcrsa".contains(letter) {
            return None;
        }
        pieces.push(Piece::Text(std::mem::take(&mut literal)));
        pieces.push(Piece::Hole(hole));
        rest = conversion.get(1..)?;
    }
    literal.push_str(rest);
    pieces.push(Piece::Text(literal));
    Some(pieces)
}
