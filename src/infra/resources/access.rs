//! Accesses: what the models of `queries/infra` take from a resource.

use smol_str::SmolStr;

/// An access, such as `last(redrive_policy.deadLetterTargetArn, ':')`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Access {
    Text(SmolStr),
    Bool(bool),
    Take(Head, Vec<SmolStr>),
    Template(Vec<Access>),
    Apply(Function, Vec<Access>),
}

/// Where an access begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Head {
    /// In the resource's body.
    Body,
    /// What the resource is written in.
    Owner,
    /// The element of `each`.
    Item,
    /// The name the resource has in its file.
    Called,
    /// The resource: as a text, what it is called by its provider.
    Itself,
}

/// A transformation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Function {
    /// What stands behind the last separator.
    Last,
    /// What stands before the first one.
    First,
    /// The part of a number, from 0.
    Part,
    /// The parts of a list in a text.
    Split,
    Lower,
    StripPrefix,
    StripSuffix,
    /// The kind of the resource that is referred to.
    Kind,
    /// The keys of a table.
    Keys,
}

impl Function {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "last" => Self::Last,
            "first" => Self::First,
            "part" => Self::Part,
            "split" => Self::Split,
            "lower" => Self::Lower,
            "strip_prefix" => Self::StripPrefix,
            "strip_suffix" => Self::StripSuffix,
            "kind" => Self::Kind,
            "keys" => Self::Keys,
            _ => return None,
        })
    }
}

/// Reads an access.
///
/// # Errors
/// A sentence that says what is not understood.
pub fn parse(text: &str) -> Result<Access, String> {
    let text = text.trim();
    if let Some(inside) = text.strip_prefix('\'').and_then(|t| t.strip_suffix('\'')) {
        return Ok(Access::Text(SmolStr::new(inside)));
    }
    match text {
        "" => return Err("an access is empty".into()),
        "true" | "false" => return Ok(Access::Bool(text == "true")),
        _ => {}
    }
    if text.contains('{') {
        return template(text);
    }
    if text.bytes().all(|b| b.is_ascii_digit()) {
        return Ok(Access::Text(SmolStr::new(text)));
    }
    if let Some((name, rest)) = text.split_once('(')
        && let Some(inside) = rest.strip_suffix(')')
    {
        let function =
            Function::named(name.trim()).ok_or_else(|| format!("`{name}` is no function"))?;
        let args: Result<Vec<Access>, String> = arguments(inside).into_iter().map(parse).collect();
        return Ok(Access::Apply(function, args?));
    }
    path(text)
}

/// `{a}-text-{b}`
fn template(text: &str) -> Result<Access, String> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((plain, behind)) = rest.split_once('{') {
        if !plain.is_empty() {
            parts.push(Access::Text(SmolStr::new(plain)));
        }
        let (inside, next) = behind
            .split_once('}')
            .ok_or_else(|| format!("`{text}`: a brace is not closed"))?;
        parts.push(match inside.strip_prefix('?') {
            // What only the provider knows.
            Some(hole) => Access::Text(SmolStr::new(format!("{{{hole}}}"))),
            None => parse(inside)?,
        });
        rest = next;
    }
    if !rest.is_empty() {
        parts.push(Access::Text(SmolStr::new(rest)));
    }
    Ok(Access::Template(parts))
}

/// Arguments between commas that stand in no quotes or parentheses.
fn arguments(text: &str) -> Vec<&str> {
    let (mut quoted, mut depth) = (false, 0_i32);
    text.split(|c: char| {
        match c {
            '\'' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth -= 1,
            _ => {}
        }
        c == ',' && !quoted && depth == 0
    })
    .collect()
}

fn path(text: &str) -> Result<Access, String> {
    let is_odd = |c: char| c.is_whitespace() || matches!(c, '(' | ')' | '\'' | ',');
    if text.contains(is_odd) {
        return Err(format!("`{text}` is not understood"));
    }
    // `.` is the body itself; lists are gone through anyway.
    let text = text.replace("[]", "");
    let mut steps: Vec<SmolStr> = text
        .split('.')
        .filter(|s| !s.is_empty())
        .map(SmolStr::new)
        .collect();
    let head = match steps.first().map(SmolStr::as_str) {
        Some("owner") => Head::Owner,
        Some("item") => Head::Item,
        Some("called") => Head::Called,
        Some("self") => Head::Itself,
        _ => return Ok(Access::Take(Head::Body, steps)),
    };
    steps.remove(0);
    Ok(Access::Take(head, steps))
}

#[cfg(test)]
mod tests {
    use super::{Access, Function, Head, parse};

    #[test]
    fn accesses_are_read() {
        let body =
            |steps: &[&str]| Access::Take(Head::Body, steps.iter().map(|s| (*s).into()).collect());
        assert_eq!(parse("a.b[].c-d"), Ok(body(&["a", "b", "c-d"])));
        assert_eq!(parse("."), Ok(body(&[])));
        assert_eq!(parse("owner"), Ok(Access::Take(Head::Owner, vec![])));
        assert_eq!(
            parse("last(item.arn, ':')"),
            Ok(Access::Apply(
                Function::Last,
                vec![
                    Access::Take(Head::Item, vec!["arn".into()]),
                    Access::Text(":".into())
                ]
            ))
        );
        assert_eq!(
            parse("{a}:x"),
            Ok(Access::Template(vec![
                body(&["a"]),
                Access::Text(":x".into())
            ]))
        );
        assert!(parse("").is_err() && parse("nope(a)").is_err() && parse("{a").is_err());
        assert!(parse("a b").is_err());
    }
}
