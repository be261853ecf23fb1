//! From one channel to another: subscriptions of queues to topics, targets of
//! rules, connectors. A message can go over several.

use serde_json::Value as Json;

use super::naming::{canonical, text};
use crate::analysis::{Declaration, DeclarationKind, Endpoint};

/// Bridges a message goes over.
const MAX_HOPS: usize = 4;

/// A declaration that passes messages on to another channel.
#[derive(Debug)]
pub struct Bridge<'d> {
    /// Technology and name, or the exchange they are sent through.
    from: (&'d str, Option<&'d str>, Option<&'d str>),
    to: (&'d str, &'d str),
    /// Names of messages that it takes; all without any.
    patterns: Vec<&'d str>,
    because: &'static str,
}

/// The bridges of production declarations.
#[must_use]
pub fn all(declarations: &[Declaration]) -> Vec<Bridge<'_>> {
    let passes_on = |d: &&Declaration| {
        !d.test
            && matches!(
                d.kind,
                DeclarationKind::Binding | DeclarationKind::Subscription
            )
    };
    declarations
        .iter()
        .filter(passes_on)
        .filter_map(bridge)
        .collect()
}

fn bridge(declaration: &Declaration) -> Option<Bridge<'_>> {
    let own = declaration.technology.as_str();
    let technology = |key: &str| text(declaration, key).unwrap_or(own);
    let from = (
        technology("source_technology"),
        text(declaration, "source"),
        text(declaration, "exchange"),
    );
    let to = (
        technology("destination_technology"),
        text(declaration, "destination")?,
    );
    // A source says where from; an exchange only that leads out of its technology:
    // the others are routed by their own rules.
    let leaves = declaration.settings.contains_key("destination_technology");
    let is_somewhere = from.1.is_some() || leaves;
    (is_somewhere && (from.0, from.1) != (to.0, Some(to.1))).then(|| Bridge {
        from,
        to,
        patterns: patterns(declaration.settings.get("pattern")),
        because: declaration.kind.as_str(),
    })
}

/// The texts of a pattern; a filter on what is inside of messages is no text.
fn patterns(pattern: Option<&Json>) -> Vec<&str> {
    match pattern {
        Some(Json::String(one)) => vec![one],
        Some(Json::Array(all)) => all.iter().filter_map(Json::as_str).collect(),
        _ => Vec::new(),
    }
}

impl<'d> Bridge<'d> {
    /// Whether a message of a producer is passed on.
    fn takes(&self, producer: &Endpoint) -> bool {
        let (technology, source, exchange) = self.from;
        let name = producer.name.as_deref();
        if producer.technology != technology {
            return false;
        }
        if let Some(source) = source {
            return name.is_some_and(|name| is_same(name, source));
        }
        // Without an exchange it is the provider's own.
        let via = producer.via.as_deref();
        let through = |bus: Option<&'d str>| bus.unwrap_or("default").to_owned();
        let same_exchange = match via {
            Some(via) => is_same(via, &through(exchange)),
            None => through(exchange) == "default",
        };
        same_exchange && name.is_some_and(|n| self.patterns.iter().any(|p| is_same(n, p)))
    }
}

fn is_same(a: &str, b: &str) -> bool {
    a == b || (!super::naming::is_open(a) && canonical(a) == canonical(b))
}

/// A channel that a producer's messages get to, and why.
#[derive(Debug)]
pub struct Reached<'d> {
    technology: &'d str,
    name: &'d str,
    pub because: String,
}

impl Reached<'_> {
    /// Whether somebody who reads this channel gets them.
    #[must_use]
    pub fn is(&self, technology: &str, name: &str) -> bool {
        self.technology == technology && is_same(self.name, name)
    }
}

/// The channels that a producer's messages get to over bridges.
#[must_use]
pub fn reached<'d>(bridges: &[Bridge<'d>], producer: &Endpoint) -> Vec<Reached<'d>> {
    let mut taken = vec![false; bridges.len()];
    let mut reached: Vec<Reached> = Vec::new();
    for (bridge, taken) in bridges.iter().zip(&mut taken) {
        if bridge.takes(producer) {
            *taken = true;
            reached.push(bridge.leads(String::new()));
        }
    }
    let mut next = 0;
    for _ in 1..MAX_HOPS {
        let until = reached.len();
        for from in next..until {
            for (bridge, taken) in bridges.iter().zip(&mut taken) {
                let (technology, source, _) = bridge.from;
                let goes_on = !*taken && source.is_some_and(|s| reached[from].is(technology, s));
                if goes_on {
                    *taken = true;
                    let before = format!("{}, ", reached[from].because);
                    reached.push(bridge.leads(before));
                }
            }
        }
        next = until;
    }
    reached
}

impl<'d> Bridge<'d> {
    fn leads(&self, before: String) -> Reached<'d> {
        Reached {
            technology: self.to.0,
            name: self.to.1,
            because: format!("{before}{} of {}", self.because, described(self)),
        }
    }
}

fn described(bridge: &Bridge) -> String {
    let (technology, source, exchange) = bridge.from;
    let source = source.or(exchange).unwrap_or("default");
    format!("{technology} {source} to {} {}", bridge.to.0, bridge.to.1)
}
