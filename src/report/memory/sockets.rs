//! What travels over connections that stay open.

use serde::Serialize;

use crate::report::kinds::Kind;
use crate::report::view::{Meeting, View};

use super::{At, Party};

/// `websocket_events.json`.
#[derive(Serialize)]
pub(super) struct WebsocketEvents<'a> {
    /// WebSocket, Socket.IO, server-sent events, SignalR, GraphQL subscriptions.
    technologies: Vec<&'a str>,
    events: Vec<Event<'a>>,
    /// Heartbeats, reconnects, authentication and the like.
    policies: Vec<Policy<'a>>,
}

#[derive(Serialize)]
struct Event<'a> {
    name: &'a str,
    technology: &'a str,
    payload: Option<&'a str>,
    emitters: Vec<Party<'a>>,
    listeners: Vec<Party<'a>>,
}

#[derive(Serialize)]
struct Policy<'a> {
    kind: &'a str,
    technology: &'a str,
    service: &'a str,
    location: At,
    detail: &'a std::collections::BTreeMap<String, serde_json::Value>,
}

impl<'a> WebsocketEvents<'a> {
    pub(super) fn of(view: &View<'a>) -> Self {
        let real_time = |technology: &str| Kind::of(technology) == Kind::RealTime;
        let policies = view
            .analysis
            .policies
            .iter()
            .filter(|p| !p.test && real_time(&p.technology));
        Self {
            technologies: view
                .technologies()
                .into_iter()
                .filter(|t| real_time(t))
                .collect(),
            events: view
                .meetings()
                .filter(|m| real_time(&m.channel.technology))
                .map(|meeting| event(view, &meeting))
                .collect(),
            policies: policies
                .map(|p| Policy {
                    kind: &p.kind,
                    technology: &p.technology,
                    service: &p.service,
                    location: At::of(&p.location),
                    detail: &p.detail,
                })
                .collect(),
        }
    }
}

fn event<'a>(view: &View<'a>, meeting: &Meeting<'a>) -> Event<'a> {
    let channel = meeting.channel;
    let mut ends = view
        .endpoints(&channel.producers)
        .chain(view.endpoints(&channel.consumers));
    Event {
        name: &channel.name,
        technology: &channel.technology,
        payload: ends.find_map(|e| e.payload.as_ref()?.ty.as_deref()),
        emitters: Party::all(&meeting.producers),
        listeners: Party::all(&meeting.consumers),
    }
}
