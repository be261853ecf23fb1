//! Comments at the end of a line that say what must be found on it.

use msgmap::analysis::{DeclarationKind, Role};
use serde_json::{Map, Value};

use crate::page::{Case, Kind, Page};

/// What begins an expectation; `wrapper` stands alone.
const KEYWORDS: &[&str] = &[
    "producer:",
    "consumer:",
    "declaration:",
    "policy:",
    "finding:",
    "schema:",
    "link:",
];
const WRAPPER: &str = "wrapper";
/// What comments begin with in the languages and formats of the cases.
const MARKS: &[&str] = &["// ", "# "];

/// One thing a line must be found to be.
#[derive(Clone, Debug, PartialEq)]
pub enum Expectation {
    Endpoint(Endpoint),
    /// With at least these settings.
    Declaration {
        technology: String,
        kind: DeclarationKind,
        name: Option<String>,
        settings: Map<String, Value>,
    },
    /// With at least these details.
    Policy {
        kind: String,
        detail: Map<String, Value>,
    },
    /// The shape of a message; its fields are compared if written.
    Schema {
        ty: String,
        format: Option<String>,
        fields: Option<Vec<String>>,
    },
    /// A client call inside a wrapper of the project.
    Wrapper,
    /// Of the check with this id.
    Finding(String),
    /// From this line's producer to a consumer of this name.
    Link {
        technology: String,
        name: Option<String>,
    },
}

/// A producer or consumer.
#[derive(Clone, Debug, PartialEq)]
pub struct Endpoint {
    pub role: Role,
    pub technology: String,
    pub name: Option<String>,
    /// Compared only if written, as are `group` and `handler`.
    pub via: Option<String>,
    pub group: Option<String>,
    pub handler: Option<String>,
    pub likely: bool,
}

impl Expectation {
    /// How much it asks for. Of several expectations of one line, the one that
    /// asks for most chooses first what it is met by.
    pub fn weight(&self) -> usize {
        match self {
            Self::Endpoint(e) => [&e.via, &e.group, &e.handler].into_iter().flatten().count(),
            _ => 0,
        }
    }
}

/// An expectation and where it stands.
#[derive(Debug)]
pub struct Expected<'a> {
    pub file: &'a str,
    /// 1-based, in the file.
    pub line: usize,
    pub what: Expectation,
    /// As written.
    pub text: &'a str,
}

/// Everything a case expects, in the order of its files and lines.
///
/// # Errors
/// The comments that are not understood, or that nothing on such a page is
/// compared with.
pub fn of_case<'a>(page: &Page, case: &'a Case) -> Result<Vec<Expected<'a>>, Vec<String>> {
    let (mut expected, mut errors) = (Vec::new(), Vec::new());
    for file in &case.files {
        for (line, source) in (1..).zip(file.text.lines()) {
            let items = comment(source).map(items).unwrap_or_default();
            for text in items {
                match parse(text).and_then(|what| belongs_on(page, what)) {
                    Ok(what) => expected.push(Expected {
                        file: &file.path,
                        line,
                        what,
                        text,
                    }),
                    Err(error) => errors.push(format!(
                        "{}:{}: `{text}`: {error}",
                        page.name,
                        file.page_line + line - 1
                    )),
                }
            }
        }
    }
    if errors.is_empty() {
        Ok(expected)
    } else {
        Err(errors)
    }
}

fn belongs_on(page: &Page, what: Expectation) -> Result<Expectation, String> {
    match (page.kind, &what) {
        (Kind::Client | Kind::Following | Kind::Infra, Expectation::Finding(_)) => {
            Err("findings are only compared on the page of a check".to_owned())
        }
        (Kind::Check, Expectation::Finding(check)) if *check == page.id() => Ok(what),
        (Kind::Check, _) => Err("only findings of its check are compared on its page".to_owned()),
        (Kind::Client | Kind::Following, Expectation::Link { .. }) => {
            Err("links are only compared on the page of a format".to_owned())
        }
        (Kind::Client | Kind::Following | Kind::Infra, _) => Ok(what),
    }
}

/// The expectations at the end of a line, if there are any. A mark can also
/// stand in a URL, an attribute or a text, so the last comment counts that
/// begins like an expectation.
pub fn comment(line: &str) -> Option<&str> {
    line.char_indices().rev().find_map(|(at, _)| {
        let behind_mark = |mark| line[at..].strip_prefix(mark).map(str::trim);
        MARKS
            .iter()
            .filter_map(behind_mark)
            .find(|text| begins_like_an_expectation(text))
    })
}

/// A text without its expectations, line by line.
pub fn without_comments(text: &str) -> String {
    let plain = |line: &str| {
        let comment = comment(line).and_then(|c| line.rfind(c));
        let before = comment.and_then(|at| line[..at].rfind("//"));
        before.map_or(line, |at| &line[..at]).trim_end().to_owned() + "\n"
    };
    text.lines().map(plain).collect()
}

fn begins_like_an_expectation(text: &str) -> bool {
    KEYWORDS.iter().any(|keyword| text.starts_with(keyword))
        || text
            .strip_prefix(WRAPPER)
            .is_some_and(|rest| rest.is_empty() || rest.trim_start().starts_with(';'))
}

/// The single expectations of a comment.
fn items(comment: &str) -> Vec<&str> {
    split_outside_quotes(comment, |c| c == ';')
}

/// Reads one expectation.
///
/// # Errors
/// What is not understood, for the page's author.
pub fn parse(item: &str) -> Result<Expectation, String> {
    if item == WRAPPER {
        return Ok(Expectation::Wrapper);
    }
    let mut words = split_outside_quotes(item, char::is_whitespace).into_iter();
    match words.next() {
        Some("producer:") => endpoint(Role::Producer, words),
        Some("consumer:") => endpoint(Role::Consumer, words),
        Some("declaration:") => Ok(Expectation::Declaration {
            technology: word(words.next(), "a technology")?,
            kind: declaration_kind(&word(words.next(), "a kind of declaration")?)?,
            name: name(words.next())?,
            settings: settings(words)?,
        }),
        Some("policy:") => Ok(Expectation::Policy {
            kind: word(words.next(), "a kind of policy")?,
            detail: settings(words)?,
        }),
        Some("schema:") => schema(words),
        Some("link:") => Ok(Expectation::Link {
            technology: word(words.next(), "a technology")?,
            name: name(words.next())?,
        }),
        Some("finding:") => {
            let check = word(words.next(), "a check's id")?;
            match words.next() {
                None => Ok(Expectation::Finding(check)),
                Some(more) => Err(format!("`{more}` is not understood")),
            }
        }
        _ => Err("not an expectation".to_owned()),
    }
}

fn endpoint<'a>(
    role: Role,
    mut words: impl Iterator<Item = &'a str>,
) -> Result<Expectation, String> {
    let mut endpoint = Endpoint {
        role,
        technology: word(words.next(), "a technology")?,
        name: name(words.next())?,
        via: None,
        group: None,
        handler: None,
        likely: false,
    };
    while let Some(key) = words.next() {
        match key {
            "via" => endpoint.via = Some(quoted(words.next())?),
            "group" => endpoint.group = Some(quoted(words.next())?),
            "handler" => endpoint.handler = Some(word(words.next(), "the handler's name")?),
            "likely" => endpoint.likely = true,
            _ => return Err(format!("`{key}` is not understood")),
        }
    }
    Ok(Expectation::Endpoint(endpoint))
}

fn schema<'a>(mut words: impl Iterator<Item = &'a str>) -> Result<Expectation, String> {
    let ty = quoted(words.next())?;
    let (mut format, mut fields) = (None, None);
    while let Some(key) = words.next() {
        match key {
            "format" => format = Some(word(words.next(), "a format")?),
            "fields" => {
                let listed = word(words.next(), "a list of fields")?;
                fields = Some(listed.split(',').map(str::to_owned).collect());
            }
            _ => return Err(format!("`{key}` is not understood")),
        }
    }
    Ok(Expectation::Schema { ty, format, fields })
}

fn declaration_kind(text: &str) -> Result<DeclarationKind, String> {
    serde_json::from_value(text.into()).map_err(|e| e.to_string())
}

fn settings<'a>(words: impl Iterator<Item = &'a str>) -> Result<Map<String, Value>, String> {
    words
        .map(|word| {
            let (key, value) = word
                .split_once('=')
                .ok_or_else(|| format!("`{word}` is not key=value"))?;
            let value = serde_json::from_str(value)
                .map_err(|_| format!("`{value}` is no number, boolean or text in quotes"))?;
            Ok((key.to_owned(), value))
        })
        .collect()
}

/// A text in quotes, or `?` for what is not known.
fn name(token: Option<&str>) -> Result<Option<String>, String> {
    match token {
        Some("?") => Ok(None),
        token => quoted(token).map(Some),
    }
}

fn quoted(token: Option<&str>) -> Result<String, String> {
    let token = token.ok_or("a text in quotes is missing")?;
    serde_json::from_str(token).map_err(|_| format!("`{token}` is not a text in quotes"))
}

fn word(token: Option<&str>, what: &str) -> Result<String, String> {
    token
        .filter(|token| !token.contains(['"', '=']))
        .map(str::to_owned)
        .ok_or_else(|| format!("{what} is missing"))
}

/// The trimmed parts between separators that stand outside of quotes; `\"`
/// does not end a quote. Empty parts are left out.
fn split_outside_quotes(text: &str, is_separator: impl Fn(char) -> bool) -> Vec<&str> {
    let (mut is_quoted, mut is_escaped) = (false, false);
    text.split(|c: char| {
        match c {
            '"' if !is_escaped => is_quoted = !is_quoted,
            _ => is_escaped = is_quoted && c == '\\' && !is_escaped,
        }
        !is_quoted && is_separator(c)
    })
    .map(str::trim)
    .filter(|part| !part.is_empty())
    .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_last_comment_that_begins_like_an_expectation_counts() {
        for (line, expected) in [
            (
                r#"send("a"); // producer: kafka "a""#,
                Some(r#"producer: kafka "a""#),
            ),
            (
                r##"publish("a/#", x)  # producer: mqtt "a/#""##,
                Some(r##"producer: mqtt "a/#""##),
            ),
            (
                r#"get("http://x/ // y"); // consumer: sse ?"#,
                Some("consumer: sse ?"),
            ),
            ("#[derive(A)] // wrapper", Some("wrapper")),
            (
                "f() // wrapper; policy: auth",
                Some("wrapper; policy: auth"),
            ),
            ("f() // why // policy: auth ", Some("policy: auth")),
            ("f() // policy: auth // finding: x", Some("finding: x")),
            ("ä() //  policy: auth", Some("policy: auth")),
            ("// wrapper around the client", None),
            ("def f(producer: Producer):", None),
            ("use a::producer::B; // the producer: kafka", None),
            ("url = 'amqp://producer:secret@host'", None),
            ("", None),
        ] {
            assert_eq!(comment(line), expected, "{line}");
        }
    }

    #[test]
    fn items_are_separated_outside_of_quotes() {
        assert_eq!(
            items(r#"policy: ttl value="a;\";b" ; wrapper;"#),
            [r#"policy: ttl value="a;\";b""#, "wrapper"]
        );
        assert_eq!(
            items(r#"policy: a b="\\"; wrapper"#),
            [r#"policy: a b="\\""#, "wrapper"]
        );
    }

    #[test]
    fn endpoints_with_everything_and_with_nothing() {
        let all = r#"consumer: kafka "a b" via "x" group "g" handler S.on likely"#;
        assert_eq!(
            parse(all),
            Ok(Expectation::Endpoint(Endpoint {
                role: Role::Consumer,
                technology: "kafka".to_owned(),
                name: Some("a b".to_owned()),
                via: Some("x".to_owned()),
                group: Some("g".to_owned()),
                handler: Some("S.on".to_owned()),
                likely: true,
            }))
        );
        assert_eq!(
            parse("producer: socket.io ?"),
            Ok(Expectation::Endpoint(Endpoint {
                role: Role::Producer,
                technology: "socket.io".to_owned(),
                name: None,
                via: None,
                group: None,
                handler: None,
                likely: false,
            }))
        );
    }

    #[test]
    fn settings_are_json_scalars() {
        assert_eq!(
            parse(r#"declaration: rabbitmq queue "q" durable=true ttl=5 dlx="a = b""#),
            Ok(Expectation::Declaration {
                technology: "rabbitmq".to_owned(),
                kind: DeclarationKind::Queue,
                name: Some("q".to_owned()),
                settings: json!({"durable": true, "ttl": 5, "dlx": "a = b"})
                    .as_object()
                    .cloned()
                    .unwrap_or_default(),
            })
        );
        assert_eq!(
            parse("policy: ack-manual"),
            Ok(Expectation::Policy {
                kind: "ack-manual".to_owned(),
                detail: Map::new(),
            })
        );
    }

    #[test]
    fn schemas_with_fields_in_their_order() {
        assert_eq!(
            parse(r#"schema: "OrderPlaced" format avro fields id,total"#),
            Ok(Expectation::Schema {
                ty: "OrderPlaced".to_owned(),
                format: Some("avro".to_owned()),
                fields: Some(vec!["id".to_owned(), "total".to_owned()]),
            })
        );
    }

    #[test]
    fn what_is_not_understood_says_why() {
        for (item, error) in [
            ("producer: kafka", "a text in quotes is missing"),
            ("producer: kafka orders", "`orders` is not a text in quotes"),
            (r#"producer: "orders""#, "a technology is missing"),
            (r#"producer: kafka "a" grp "g""#, "`grp` is not understood"),
            (
                r#"consumer: kafka "a" handler"#,
                "the handler's name is missing",
            ),
            ("policy: retry attempts", "`attempts` is not key=value"),
            (
                "policy: retry backoff=fixed",
                "`fixed` is no number, boolean or text in quotes",
            ),
            ("finding: a b", "`b` is not understood"),
            (r#"schema: "A" fields"#, "a list of fields is missing"),
            ("wrappers", "not an expectation"),
        ] {
            assert_eq!(parse(item), Err(error.to_owned()), "{item}");
        }
        assert!(parse(r#"declaration: rabbitmq pipe "q""#).is_err());
    }
}
