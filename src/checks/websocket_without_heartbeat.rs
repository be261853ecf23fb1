//! A WebSocket whose peer vanished looks open until somebody writes to it.
//!
//! A cable pulled, a phone asleep, a proxy that forgot the connection: TCP says
//! nothing. Pings (RFC 6455, 5.5.2) find such connections and keep idle ones
//! from being cut by proxies.
//!
//! The subject is a service that serves sockets. Socket.IO and SignalR ping by
//! themselves and pass; a raw WebSocket server needs its own. An endpoint whose
//! `side` setting is `client` does not make its service a server.

use std::collections::BTreeMap;

use crate::analysis::{Endpoint, Severity};

use super::view::View;
use super::{Check, Fault, Outcome, settings};

pub const CHECK: Check = Check {
    id: "websocket-without-heartbeat",
    severity: Severity::Warning,
    weight: 2,
    summary: "WebSocket servers ping their clients and close dead connections",
    source: "https://www.rfc-editor.org/rfc/rfc6455#section-5.5.2",
    page: include_str!("../../fixtures/checks/websocket-without-heartbeat.md"),
    examine,
};

const RAW: &str = "websocket";

/// - <https://socket.io/docs/v4/how-it-works/#disconnection-detection>
/// - <https://learn.microsoft.com/aspnet/core/signalr/configuration> (`KeepAliveInterval`)
const PINGS_BY_ITSELF: &[&str] = &["socket.io", "signalr"];

fn examine(view: &View) -> Outcome {
    let mut outcome = Outcome::default();
    for ((service, technology), first) in servers(view) {
        let beats = view
            .policies("heartbeat")
            .iter()
            .any(|p| p.service == service && p.technology == technology);
        if beats || PINGS_BY_ITSELF.contains(&technology) {
            outcome.pass();
        } else {
            outcome.fail(fault(first));
        }
    }
    outcome
}

/// The first endpoint of every service that serves sockets of a technology.
fn servers<'a>(view: &View<'a>) -> BTreeMap<(&'a str, &'a str), &'a Endpoint> {
    let mut servers: BTreeMap<_, &Endpoint> = BTreeMap::new();
    for &endpoint in view.consumers.iter().chain(&view.producers) {
        let technology = endpoint.technology.as_str();
        let socket = technology == RAW || PINGS_BY_ITSELF.contains(&technology);
        if !socket || settings::text(&endpoint.settings, &["side"]) == Some("client") {
            continue;
        }
        let first = servers
            .entry((endpoint.service.as_str(), technology))
            .or_insert(endpoint);
        if endpoint.location < first.location {
            *first = endpoint;
        }
    }
    servers
}

fn fault(first: &Endpoint) -> Fault {
    Fault {
        // One finding a service: it stays the same when its endpoints change.
        subject: format!("{}/{}", first.service, first.technology),
        ..Fault::of_endpoint(
            first,
            format!(
                "The service `{}` serves WebSockets and never pings: connections whose peer \
                 vanished stay open",
                first.service
            ),
            "Ping every client at an interval and terminate those whose pong did not come back.",
        )
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    #[test]
    fn one_finding_a_service_at_its_first_endpoint() {
        let analysis = analysis(
            [
                consumer("websocket", "chat", 5).build(),
                producer("websocket", "chat", 3).build(),
                consumer("websocket", "chat", 9).service("other").build(),
            ],
            [],
            [],
        );
        assert_eq!(verdict(&CHECK, &analysis), failed(&[3, 9]));
    }

    #[test]
    fn a_heartbeat_in_the_service_passes() {
        let heartbeat = policy("heartbeat", "websocket", 2).build();
        let chat = consumer("websocket", "chat", 5).build();
        assert_eq!(
            verdict(&CHECK, &analysis([chat], [], [heartbeat])),
            passed(1)
        );

        let elsewhere = policy("heartbeat", "websocket", 2).service("mail").build();
        let chat = consumer("websocket", "chat", 5).build();
        assert_eq!(
            verdict(&CHECK, &analysis([chat], [], [elsewhere])),
            failed(&[5])
        );
    }

    #[test]
    fn socket_io_pings_by_itself() {
        let chat = consumer("socket.io", "chat", 5).build();
        assert_eq!(verdict(&CHECK, &analysis([chat], [], [])), passed(1));
    }

    #[test]
    fn a_client_is_no_server() {
        let chat = consumer("websocket", "chat", 5)
            .set("side", "client")
            .build();
        assert_eq!(verdict(&CHECK, &analysis([chat], [], [])), NOT_JUDGED);
    }
}
