//! Chapter 7: how anybody learns how messages fare.

use askama::Template;

use super::md::{Md, Writer, filters};
use super::policies;

#[derive(Template)]
#[template(path = "guide/monitoring.md")]
pub(super) struct Monitoring {
    metrics: Option<Md>,
    tracing: Option<Md>,
    alerting: Option<Md>,
    heartbeats: Option<Md>,
}

impl Monitoring {
    pub(super) fn of(writer: &Writer<'_>) -> Self {
        Self {
            metrics: policies::table(writer, &["metrics", "scaling-adapter"]),
            tracing: policies::table(writer, &["tracing"]),
            alerting: policies::table(writer, &["alert", "alerting"]),
            heartbeats: policies::table(writer, &["heartbeat"]),
        }
    }
}
