//! What the scan found, as far as a case can speak about it.

use std::collections::BTreeMap;
use std::fmt;

use msgmap::analysis::{
    Analysis, Confidence, Declaration, Endpoint, Finding, Location, Policy, Role, Schema,
};
use serde_json::{Map, Value};

use crate::expect::{self, Expectation};

/// Displayed in the notation of the cases.
#[derive(Clone, Copy)]
pub enum Found<'a> {
    Endpoint(&'a Endpoint),
    Declaration(&'a Declaration),
    Policy(&'a Policy),
    Finding(&'a Finding),
    Schema(&'a Schema),
    Link {
        from: &'a Endpoint,
        to: &'a Endpoint,
    },
}

impl<'a> Found<'a> {
    pub fn all(analysis: &'a Analysis) -> Vec<Self> {
        let endpoints = analysis.endpoints.iter().map(Self::Endpoint);
        let declarations = analysis.declarations.iter().map(Self::Declaration);
        let policies = analysis.policies.iter().map(Self::Policy);
        let findings = analysis.findings.iter().map(Self::Finding);
        let links = analysis.links.iter().filter_map(|link| {
            let from = analysis.endpoint(&link.from)?;
            let to = analysis.endpoint(&link.to)?;
            Some(Self::Link { from, to })
        });
        endpoints
            .chain(declarations)
            .chain(policies)
            .chain(findings)
            .chain(analysis.schemas.iter().map(Self::Schema))
            .chain(links)
            .collect()
    }

    pub fn location(&self) -> &'a Location {
        match self {
            Self::Endpoint(endpoint) => &endpoint.location,
            Self::Declaration(declaration) => &declaration.location,
            Self::Policy(policy) => &policy.location,
            Self::Finding(finding) => &finding.location,
            Self::Schema(schema) => &schema.location,
            Self::Link { from, .. } => &from.location,
        }
    }

    /// Cases are about production code: what is taken for a test is not found.
    pub fn is_test(&self) -> bool {
        match self {
            Self::Endpoint(endpoint) => endpoint.test,
            Self::Declaration(declaration) => declaration.test,
            Self::Policy(policy) => policy.test,
            Self::Finding(_) | Self::Schema(_) | Self::Link { .. } => false,
        }
    }

    pub fn is_wrapper(&self) -> bool {
        matches!(self, Self::Endpoint(endpoint) if endpoint.wrapper)
    }

    /// Whether it is what is expected, wherever it stands. Whether an endpoint
    /// is inside a wrapper is for the caller to ask, unless that is all that
    /// is expected.
    pub fn is(&self, expected: &Expectation) -> bool {
        match (self, expected) {
            (Self::Endpoint(found), Expectation::Endpoint(expected)) => {
                is_endpoint(found, expected)
            }
            (Self::Endpoint(found), Expectation::Wrapper) => found.wrapper,
            (
                Self::Declaration(found),
                Expectation::Declaration {
                    technology,
                    kind,
                    name,
                    settings,
                },
            ) => {
                found.technology == *technology
                    && found.kind == *kind
                    && is_name(found.name.as_deref(), name.as_deref())
                    && has(&found.settings, settings)
            }
            (Self::Policy(found), Expectation::Policy { kind, detail }) => {
                found.kind == *kind && has(&found.detail, detail)
            }
            (Self::Finding(found), Expectation::Finding(check)) => found.check == *check,
            (Self::Schema(found), Expectation::Schema { ty, format, fields }) => {
                found.ty == *ty
                    && format.as_ref().is_none_or(|f| found.format == *f)
                    && fields
                        .as_ref()
                        .is_none_or(|f| found.fields.iter().map(|f| &f.name).eq(f))
            }
            (Self::Link { to, .. }, Expectation::Link { technology, name }) => {
                to.technology == *technology && is_name(to.name.as_deref(), name.as_deref())
            }
            _ => false,
        }
    }

    /// Whether it could be meant by the expectation, but for what it says.
    pub fn is_akin(&self, expected: &Expectation) -> bool {
        match (self, expected) {
            (Self::Endpoint(found), Expectation::Endpoint(expected)) => found.role == expected.role,
            (Self::Declaration(found), Expectation::Declaration { kind, .. }) => {
                found.kind == *kind
            }
            (Self::Policy(found), Expectation::Policy { kind, .. }) => found.kind == *kind,
            (Self::Schema(_), Expectation::Schema { .. }) => true,
            (Self::Link { .. }, Expectation::Link { .. }) => true,
            _ => false,
        }
    }
}

fn is_endpoint(found: &Endpoint, expected: &expect::Endpoint) -> bool {
    found.role == expected.role
        && found.technology == expected.technology
        && is_name(found.name.as_deref(), expected.name.as_deref())
        && (expected.via.is_none() || is_name(found.via.as_deref(), expected.via.as_deref()))
        && (expected.group.is_none() || is_name(found.group.as_deref(), expected.group.as_deref()))
        && is_handler(found, expected.handler.as_deref())
        && (found.confidence == Confidence::Likely) == expected.likely
}

/// `on` is the handler `Orders.on`, too.
fn is_handler(found: &Endpoint, expected: Option<&str>) -> bool {
    let Some(expected) = expected else {
        return true;
    };
    let symbol = found.handler.as_ref().and_then(|h| h.symbol.as_deref());
    symbol.is_some_and(|symbol| {
        let head = symbol.strip_suffix(expected);
        head.is_some_and(|head| head.is_empty() || head.ends_with('.'))
    })
}

fn has(found: &BTreeMap<String, Value>, expected: &Map<String, Value>) -> bool {
    expected
        .iter()
        .all(|(key, value)| found.get(key).is_some_and(|found| is_value(found, value)))
}

fn is_value(found: &Value, expected: &Value) -> bool {
    match (found, expected) {
        (Value::String(found), Value::String(expected)) => shape(found) == shape(expected),
        (Value::Number(found), Value::Number(expected)) => found.as_f64() == expected.as_f64(),
        _ => found == expected,
    }
}

fn is_name(found: Option<&str>, expected: Option<&str>) -> bool {
    found.map(shape) == expected.map(shape)
}

/// The name with every `{…}` emptied: what a hole is called in the source does
/// not matter. `${NAME}` is an environment variable and stays.
fn shape(name: &str) -> String {
    let mut shape = String::new();
    let mut depth = 0_usize;
    for c in name.chars() {
        let opens = c == '{' && (depth > 0 || !shape.ends_with('$'));
        // A brace of `${NAME}` closes nothing.
        let closes = c == '}' && depth > 0;
        if closes {
            depth -= 1;
        }
        if depth == 0 {
            shape.push(c);
        }
        if opens {
            depth += 1;
        }
    }
    shape
}

impl fmt::Display for Found<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Endpoint(endpoint) => write_endpoint(f, endpoint),
            Self::Declaration(declaration) => {
                let kind = declaration.kind.as_str();
                write!(f, "declaration: {} {kind} ", declaration.technology)?;
                write_name(f, declaration.name.as_deref())?;
                write_settings(f, &declaration.settings)
            }
            Self::Policy(policy) => {
                write!(f, "policy: {}", policy.kind)?;
                write_settings(f, &policy.detail)
            }
            Self::Finding(finding) => write!(f, "finding: {} ({})", finding.check, finding.message),
            Self::Schema(schema) => {
                let fields: Vec<&str> = schema.fields.iter().map(|f| f.name.as_str()).collect();
                let ty = Value::from(schema.ty.as_str());
                write!(
                    f,
                    "schema: {ty} format {} fields {}",
                    schema.format,
                    fields.join(",")
                )
            }
            Self::Link { to, .. } => {
                write!(f, "link: {} ", to.technology)?;
                write_name(f, to.name.as_deref())
            }
        }
    }
}

fn write_endpoint(f: &mut fmt::Formatter<'_>, endpoint: &Endpoint) -> fmt::Result {
    let role = match endpoint.role {
        Role::Producer => "producer",
        Role::Consumer => "consumer",
    };
    write!(f, "{role}: {} ", endpoint.technology)?;
    write_name(f, endpoint.name.as_deref())?;
    for (key, value) in [("via", &endpoint.via), ("group", &endpoint.group)] {
        if let Some(value) = value {
            write!(f, " {key} {}", Value::from(value.as_str()))?;
        }
    }
    if let Some(handler) = &endpoint.handler {
        let symbol = handler.symbol.as_deref().unwrap_or("(anonymous)");
        write!(f, " handler {symbol}")?;
    }
    if endpoint.confidence == Confidence::Likely {
        write!(f, " likely")?;
    }
    if endpoint.wrapper {
        write!(f, " (wrapper)")?;
    }
    Ok(())
}

fn write_name(f: &mut fmt::Formatter<'_>, name: Option<&str>) -> fmt::Result {
    match name {
        Some(name) => write!(f, "{}", Value::from(name)),
        None => write!(f, "?"),
    }
}

fn write_settings(f: &mut fmt::Formatter<'_>, settings: &BTreeMap<String, Value>) -> fmt::Result {
    settings
        .iter()
        .try_for_each(|(key, value)| write!(f, " {key}={value}"))
}

#[cfg(test)]
mod tests {
    use super::shape;

    #[test]
    fn holes_are_compared_by_position_and_variables_by_text() {
        for (name, expected) in [
            ("user:{id}", "user:{}"),
            ("{a}.{b.c({})}.x", "{}.{}.x"),
            ("${QUEUE}", "${QUEUE}"),
            ("{a}-${QUEUE}-{b}", "{}-${QUEUE}-{}"),
            ("{`${a}`}x", "{}x"),
            ("plain}", "plain}"),
        ] {
            assert_eq!(shape(name), expected, "{name}");
        }
    }
}
