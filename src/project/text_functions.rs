//! What the languages' own functions make of texts: replacing, splitting,
//! cutting, casing. A part known only at run time stays a hole in what comes
//! out, and a parameter stays one until a caller says what it is.

use std::sync::Arc;

use fancy_regex::RegexBuilder;
use smol_str::SmolStr;

use super::builtins::argument;
use super::evaluate::Evaluator;
use super::value::{At, Found, Piece, Text, Trail, Value};
use crate::facts::ExprKind;
use crate::language::templates::{self, Hole};

/// Texts that one call can give.
const MOST: usize = 16;

/// A text with the hops it was found by.
type Traced = (Text, Trail);

/// The methods of texts that are known here.
const METHODS: [&str; 27] = [
    "toLowerCase",
    "toLocaleLowerCase",
    "lower",
    "casefold",
    "to_lowercase",
    "to_ascii_lowercase",
    "toUpperCase",
    "toLocaleUpperCase",
    "upper",
    "to_uppercase",
    "to_ascii_uppercase",
    "capitalize",
    "title",
    "removesuffix",
    "strip_suffix",
    "trim_end_matches",
    "removeprefix",
    "strip_prefix",
    "trim_start_matches",
    "replace",
    "replaceAll",
    "replacen",
    "concat",
    "slice",
    "substring",
    "charAt",
    "format",
];

/// What a method of a text gives; `None` if it is none, or is called on none.
pub(super) fn method(ev: &Evaluator, at: &At, object: &At, name: &str) -> Option<Vec<Found>> {
    if name == "split" {
        return split(ev, at, object);
    }
    if !METHODS.contains(&name) && name != "%" {
        return None;
    }
    let call = Call { ev, at, name };
    let mut found = Vec::new();
    let Some(texts) = texts(ev, object) else {
        // Of numbers it is arithmetic.
        return (name == "%").then(|| vec![ev.unknown(at)]);
    };
    for (text, trail) in texts {
        // A parameter on its own is known where the function is called.
        let value = match text.pieces.as_slice() {
            [Piece::Param(param)] if name != "concat" => Value::Param(param.clone()),
            [Piece::Param(_) | Piece::Hole(_)] => return None,
            _ => Value::Text(call.changed(&text)?),
        };
        found.push(Found { value, trail });
    }
    Some(found)
}

/// The values of an expression as texts, if that is what they are.
fn texts(ev: &Evaluator, at: &At) -> Option<Vec<Traced>> {
    let mut texts = Vec::new();
    for f in ev.eval(at) {
        let text = match &f.value {
            Value::Text(text) => text.clone(),
            Value::Variant { .. } | Value::Number(_) | Value::Param(_) | Value::Unknown(_) => {
                ev.as_text(&f.value, at)
            }
            _ => return None,
        };
        texts.push((text, f.trail));
    }
    texts.truncate(MOST);
    (!texts.is_empty()).then_some(texts)
}

/// A call of a text's method.
struct Call<'c, 'p> {
    ev: &'c Evaluator<'p>,
    at: &'c At,
    name: &'c str,
}

impl Call<'_, '_> {
    /// What the method makes of a text.
    fn changed(&self, text: &Text) -> Option<Text> {
        match self.name {
            "capitalize" => Some(capitalized(text)),
            "title" => Some(text.map_plain(titled)),
            "removesuffix" | "strip_suffix" | "trim_end_matches" => self.without_suffix(text),
            "removeprefix" | "strip_prefix" | "trim_start_matches" => self.without_prefix(text),
            "replace" | "replaceAll" | "replacen" => self.replaced(text),
            "concat" => self.appended(text),
            "slice" | "substring" => self.part(text),
            "charAt" => self.character(text),
            "format" => self.formatted(text),
            "%" => self.interpolated(text),
            name if name.to_lowercase().contains("upper") => {
                Some(text.map_plain(str::to_uppercase))
            }
            _ => Some(text.map_plain(str::to_lowercase)),
        }
    }

    /// The first text argument `n` can be.
    fn text(&self, n: usize) -> Option<Text> {
        let argument = argument(self.ev, self.at, n)?;
        let texts = texts(self.ev, &argument)?;
        texts.into_iter().next().map(|(text, _)| text)
    }

    fn plain(&self, n: usize) -> Option<SmolStr> {
        self.text(n)?.as_plain()
    }

    fn number(&self, n: usize) -> Option<isize> {
        let argument = argument(self.ev, self.at, n)?;
        self.ev.eval(&argument).iter().find_map(|f| match &f.value {
            Value::Number(number) => number.parse().ok(),
            _ => None,
        })
    }

    fn without_suffix(&self, text: &Text) -> Option<Text> {
        let suffix = self.plain(0)?;
        let mut text = text.clone();
        if let Some(Piece::Plain(last)) = text.pieces.last_mut()
            && let Some(rest) = last.strip_suffix(suffix.as_str())
        {
            *last = SmolStr::new(rest);
        }
        Some(text)
    }

    fn without_prefix(&self, text: &Text) -> Option<Text> {
        let prefix = self.plain(0)?;
        let mut text = text.clone();
        if let Some(Piece::Plain(first)) = text.pieces.first_mut()
            && let Some(rest) = first.strip_prefix(prefix.as_str())
        {
            *first = SmolStr::new(rest);
        }
        Some(text)
    }

    fn appended(&self, text: &Text) -> Option<Text> {
        let mut text = text.clone();
        let mut n = 0;
        while argument(self.ev, self.at, n).is_some() {
            text.extend(&self.text(n)?);
            n += 1;
        }
        Some(text)
    }

    fn replaced(&self, text: &Text) -> Option<Text> {
        let by = self.text(1)?;
        let pattern = argument(self.ev, self.at, 0)?;
        if let ExprKind::Unknown(written) = &self.facts_kind(&pattern)
            && let Some((regex, all)) = regex(written)
        {
            let by = by.as_plain()?;
            return substituted(text, &regex, &by.replace("$&", "$0"), all);
        }
        let needle = self.plain(0)?;
        // In JavaScript `replace` with a text is about the first one only.
        let first_only = self.name == "replacen" || (self.name == "replace" && self.is_script());
        let most = if first_only { 1 } else { usize::MAX };
        Some(replaced(text, &needle, &by, most))
    }

    fn is_script(&self) -> bool {
        let language = self.ev.project.file(self.at.file).language.get();
        matches!(language.family(), "javascript" | "typescript")
    }

    fn facts_kind(&self, at: &At) -> ExprKind {
        self.ev.project.facts(at.file).expr(at.expr).kind.clone()
    }

    /// `text.slice(from, to)`; counted from the end where negative.
    fn part(&self, text: &Text) -> Option<Text> {
        let text = text.as_plain()?;
        let chars: Vec<char> = text.chars().collect();
        let length = chars.len() as isize;
        let place = |n: isize| {
            let from_end = n < 0 && self.name == "slice";
            (if from_end { length + n } else { n }).clamp(0, length) as usize
        };
        let from = place(self.number(0)?);
        let to = match argument(self.ev, self.at, 1) {
            Some(_) => place(self.number(1)?),
            None => chars.len(),
        };
        let part: String = chars.get(from..to).unwrap_or_default().iter().collect();
        Some(Text::plain(part))
    }

    fn character(&self, text: &Text) -> Option<Text> {
        let place = usize::try_from(self.number(0)?).ok()?;
        let Some(Piece::Plain(first)) = text.pieces.first() else {
            return None;
        };
        let character = first.chars().nth(place)?;
        Some(Text::plain(character.to_string()))
    }

    /// `template.format(a, b=c)`
    fn formatted(&self, text: &Text) -> Option<Text> {
        let template = templates::braces(&text.as_plain()?)?;
        let (_, args) = self.ev.call_parts(self.at)?;
        let value = |hole: &Hole, next: usize| {
            let mut positional = args.iter().filter(|a| a.name.is_none());
            match hole {
                Hole::Next => positional.nth(next),
                Hole::At(n) => positional.nth(*n),
                Hole::Named(name) => args
                    .iter()
                    .find(|a| a.name.as_deref() == Some(name.as_str())),
            }
            .map(|a| At {
                expr: a.value,
                ..self.at.clone()
            })
        };
        self.filled(template, value)
    }

    /// `template % values`
    fn interpolated(&self, text: &Text) -> Option<Text> {
        let template = templates::percent(&text.as_plain()?)?;
        let values = argument(self.ev, self.at, 0)?;
        let here = |expr| At {
            expr,
            ..values.clone()
        };
        let value = |hole: &Hole, next: usize| match (hole, self.facts_kind(&values)) {
            (Hole::Named(name), ExprKind::Object { entries, .. }) => entries
                .iter()
                .find(|e| matches!(&e.key, crate::facts::Key::Name(key) if key == name))
                .map(|e| here(e.value)),
            (Hole::Next, ExprKind::List(items)) => items.get(next).map(|item| here(*item)),
            (Hole::Next, _) if next == 0 => Some(values.clone()),
            _ => None,
        };
        self.filled(template, value)
    }

    /// A template with its holes filled.
    fn filled(
        &self,
        template: Vec<templates::Piece>,
        value: impl Fn(&Hole, usize) -> Option<At>,
    ) -> Option<Text> {
        let mut out = Text::default();
        let mut next = 0;
        for piece in template {
            match piece {
                templates::Piece::Text(text) => out.push(Piece::Plain(text.into())),
                templates::Piece::Hole(hole) => {
                    let at = value(&hole, next)?;
                    next += 1;
                    let value = self.ev.eval(&at).into_iter().next()?.value;
                    out.extend(&self.ev.as_text(&value, &at));
                }
            }
        }
        Some(out)
    }
}

/// `text.split(separator)`: the parts that stand between.
fn split(ev: &Evaluator, at: &At, object: &At) -> Option<Vec<Found>> {
    let separator = Call {
        ev,
        at,
        name: "split",
    }
    .plain(0)
    .filter(|s| !s.is_empty())?;
    let mut found = Vec::new();
    for (text, trail) in texts(ev, object)? {
        if let [Piece::Param(_) | Piece::Hole(_)] = text.pieces.as_slice() {
            return None;
        }
        let parts = match text.pieces.as_slice() {
            [Piece::Variable(name)] => vec![Text {
                pieces: vec![Piece::Listed {
                    variable: name.clone(),
                    separator: separator.clone(),
                }],
            }],
            _ => parts(&text, &separator),
        };
        let parts = parts.into_iter().map(|part| Found {
            value: Value::Text(part),
            trail: trail.clone(),
        });
        found.push(Found::new(Value::Many(Arc::new(parts.collect()))));
    }
    Some(found)
}

/// What stands between the separators of a text; holes are taken to have none.
fn parts(text: &Text, separator: &str) -> Vec<Text> {
    let mut parts = vec![Text::default()];
    for piece in &text.pieces {
        let Piece::Plain(plain) = piece else {
            if let Some(last) = parts.last_mut() {
                last.push(piece.clone());
            }
            continue;
        };
        for (i, part) in plain.split(separator).enumerate() {
            if i > 0 {
                parts.push(Text::default());
            }
            if let Some(last) = parts.last_mut() {
                last.push(Piece::Plain(SmolStr::new(part)));
            }
        }
    }
    parts
}

fn replaced(text: &Text, needle: &str, by: &Text, most: usize) -> Text {
    if needle.is_empty() {
        return text.clone();
    }
    let mut out = Text::default();
    let mut left = most;
    for piece in &text.pieces {
        let Piece::Plain(plain) = piece else {
            out.push(piece.clone());
            continue;
        };
        let mut rest = plain.as_str();
        while left > 0
            && let Some((before, after)) = rest.split_once(needle)
        {
            out.push(Piece::Plain(SmolStr::new(before)));
            out.extend(by);
            rest = after;
            left -= 1;
        }
        out.push(Piece::Plain(SmolStr::new(rest)));
    }
    out
}

/// A text with what a pattern matches replaced.
pub(super) fn substituted(
    text: &Text,
    regex: &fancy_regex::Regex,
    by: &str,
    all: bool,
) -> Option<Text> {
    let most = usize::from(!all);
    let mut out = Text::default();
    for piece in &text.pieces {
        out.push(match piece {
            Piece::Plain(plain) => {
                // Too much backtracking: nothing is known.
                let new = regex.try_replacen(plain, most, by).ok()?;
                Piece::Plain(SmolStr::new(new))
            }
            other => other.clone(),
        });
    }
    Some(out)
}

/// A pattern as JavaScript writes it, and whether it is about all matches.
fn regex(written: &str) -> Option<(fancy_regex::Regex, bool)> {
    let (pattern, flags) = written.strip_prefix('/')?.rsplit_once('/')?;
    Some((compiled(pattern, flags.contains('i'))?, flags.contains('g')))
}

/// A compiled pattern that cannot take long.
pub(super) fn compiled(pattern: &str, ignores_case: bool) -> Option<fancy_regex::Regex> {
    const MOST_BACKTRACKS: usize = 10_000;
    const LARGEST: usize = 1 << 20;
    RegexBuilder::new(pattern)
        .case_insensitive(ignores_case)
        .backtrack_limit(MOST_BACKTRACKS)
        .delegate_size_limit(LARGEST)
        .build()
        .ok()
}

fn capitalized(text: &Text) -> Text {
    let mut text = text.map_plain(str::to_lowercase);
    if let Some(Piece::Plain(first)) = text.pieces.first_mut() {
        *first = SmolStr::new(titled_word(first));
    }
    text
}

/// Every word with a capital, the rest in lower case.
fn titled(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut inside = false;
    for c in text.chars() {
        if inside {
            out.extend(c.to_lowercase());
        } else {
            out.extend(c.to_uppercase());
        }
        inside = c.is_alphabetic();
    }
    out
}

fn titled_word(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(chars).collect()
    })
}

/// `re.sub(pattern, replacement, text)`
pub(super) fn sub(ev: &Evaluator, at: &At) -> Option<Vec<Found>> {
    let call = Call {
        ev,
        at,
        name: "sub",
    };
    let regex = compiled(&call.plain(0)?, false)?;
    let by = group_references(&call.plain(1)?);
    let mut found = Vec::new();
    for (text, trail) in texts(ev, &argument(ev, at, 2)?)? {
        let value = match text.pieces.as_slice() {
            [Piece::Param(param)] => Value::Param(param.clone()),
            _ => Value::Text(substituted(&text, &regex, &by, true)?),
        };
        found.push(Found { value, trail });
    }
    Some(found)
}

/// `\1_\2` as `${1}_${2}`.
fn group_references(replacement: &str) -> String {
    let mut out = String::new();
    let mut chars = replacement
        .replace('$', "$$")
        .chars()
        .collect::<Vec<_>>()
        .into_iter()
        .peekable();
    while let Some(c) = chars.next() {
        match chars.peek() {
            Some(digit) if c == '\\' && digit.is_ascii_digit() => {
                out.push_str(&format!("${{{digit}}}"));
                chars.next();
            }
            _ => out.push(c),
        }
    }
    out
}
