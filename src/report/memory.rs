//! What coding agents keep in mind about the messaging of a repository, and
//! the two documents that carry the same facts for programs.
//!
//! Small documents with one subject each, made of the words an agent would
//! search for; [`super::json`] has everything.

mod catalog;
mod flows;
mod queues;
mod resilience;
mod sockets;

use serde::Serialize;

use crate::analysis::{Analysis, Endpoint, Location};

use super::json::pretty;
use super::view::View;

/// The agents' memory: file names and their JSON text.
#[must_use]
pub fn files(analysis: &Analysis) -> Vec<(&'static str, String)> {
    let view = View::new(analysis);
    vec![
        (
            "event_catalog.json",
            pretty(&catalog::EventCatalog::of(&view)),
        ),
        (
            "message_flows.json",
            pretty(&flows::MessageFlows::of(&view)),
        ),
        ("queue_config.json", pretty(&queues::QueueConfig::of(&view))),
        (
            "resilience_patterns.json",
            pretty(&resilience::ResiliencePatterns::of(&view)),
        ),
        (
            "websocket_events.json",
            pretty(&sockets::WebsocketEvents::of(&view)),
        ),
    ]
}

/// `EVENT_FLOWS.json`: flows, event catalog and queue topology by name.
#[must_use]
pub fn event_flows(analysis: &Analysis) -> String {
    let view = View::new(analysis);
    pretty(&EventFlows {
        flows: flows::by_name(&view),
        event_catalog: catalog::by_name(&view),
        queue_topology: queues::topology(&view),
    })
}

/// `messaging_analysis.json`: the counts, the score and what costs it.
#[must_use]
pub fn messaging_analysis(analysis: &Analysis) -> String {
    pretty(&resilience::MessagingAnalysis::of(analysis))
}

#[derive(Serialize)]
struct EventFlows<'a> {
    flows: flows::ByName<'a>,
    event_catalog: catalog::ByName<'a>,
    queue_topology: queues::Topology<'a>,
}

/// Where a statement was read, as `file:line`.
#[derive(Serialize)]
#[serde(transparent)]
struct At(String);

impl At {
    fn of(location: &Location) -> Self {
        Self(location.to_string())
    }
}

/// An endpoint in a few words.
#[derive(Serialize)]
struct Party<'a> {
    service: &'a str,
    symbol: Option<&'a str>,
    location: At,
    #[serde(skip_serializing_if = "Option::is_none")]
    via: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    handler: Option<&'a str>,
    /// Why it is here, if it goes by another name.
    #[serde(skip_serializing_if = "Option::is_none")]
    because: Option<&'a str>,
}

impl<'a> Party<'a> {
    fn of(endpoint: &'a Endpoint, because: Option<&'a str>) -> Self {
        let handler = endpoint.handler.as_ref();
        Self {
            service: &endpoint.service,
            symbol: endpoint.symbol.as_deref(),
            location: At::of(&endpoint.location),
            via: endpoint.via.as_deref(),
            group: endpoint.group.as_deref(),
            handler: handler.and_then(|h| h.symbol.as_deref()),
            because,
        }
    }

    fn all(attached: &[super::view::Attached<'a>]) -> Vec<Self> {
        attached
            .iter()
            .map(|a| Self::of(a.endpoint, a.because))
            .collect()
    }
}
