//! Chapter 6: what happens when something fails.

use askama::Template;

use crate::analysis::Role;

use super::md::{Md, Table, Writer, filters, name, settings};
use super::policies;

#[derive(Template)]
#[template(path = "guide/reliability.md")]
pub(super) struct Reliability {
    retries: Option<Md>,
    idempotency: Option<Md>,
    idempotency_keys: Option<Md>,
    ordering: Option<Md>,
    ordering_keys: Option<Md>,
    first_in_first_out: Option<Md>,
    delivery: Option<Md>,
    /// Places that acknowledge before the work is done.
    automatic: usize,
}

impl Reliability {
    pub(super) fn of(writer: &Writer<'_>) -> Self {
        Self {
            retries: policies::table(
                writer,
                &[
                    "retry",
                    "backoff",
                    "timeout",
                    "reconnect",
                    "circuit-breaker",
                    "rate-limit",
                ],
            ),
            idempotency: policies::table(
                writer,
                &["idempotency", "dedup", "outbox", "transaction"],
            ),
            idempotency_keys: keyed(writer, is_message_id),
            ordering: policies::table(writer, &["ordering", "concurrency", "prefetch"]),
            ordering_keys: keyed(writer, is_ordering_key),
            first_in_first_out: first_in_first_out(writer),
            delivery: policies::table(
                writer,
                &[
                    "ack-manual",
                    "ack-auto",
                    "publisher-confirm",
                    "persistent",
                    "durable",
                    "ttl",
                    "graceful-shutdown",
                ],
            ),
            automatic: policies::of(writer, &["ack-auto"]).count(),
        }
    }
}

/// Endpoints with a setting whose key, in lower case and without separators,
/// is of a certain sort.
fn keyed(writer: &Writer<'_>, wanted: fn(&str) -> bool) -> Option<Md> {
    let a = writer.view.analysis;
    let rows = a
        .live(Role::Producer)
        .chain(a.live(Role::Consumer))
        .filter_map(|e| {
            let about = |key: &str| wanted(&key.to_ascii_lowercase().replace(['-', '_', '.'], ""));
            let found: Vec<_> = e.settings.iter().filter(|(key, _)| about(key)).collect();
            (!found.is_empty()).then(|| {
                [
                    name(e.name.as_deref()),
                    Md::code(&e.technology),
                    settings(found),
                    writer.endpoint(e),
                ]
            })
        });
    Table::new(["Event", "Technology", "Settings", "Where"])
        .rows(rows)
        .written()
}

/// What lets a broker or consumer recognise a message it has seen.
fn is_message_id(key: &str) -> bool {
    matches!(
        key,
        "jobid"
            | "messageid"
            | "msgid"
            | "messagededuplicationid"
            | "contentbaseddeduplication"
            | "enableidempotence"
            | "idempotent"
            | "idempotencykey"
            | "singletonkey"
            | "taskid"
            | "transactionalid"
    )
}

/// What keeps messages that belong together in order.
fn is_ordering_key(key: &str) -> bool {
    matches!(
        key,
        "key"
            | "partition"
            | "partitionkey"
            | "messagegroupid"
            | "orderingkey"
            | "sessionid"
            | "maxinflightrequests"
            | "maxinflight"
    )
}

fn first_in_first_out(writer: &Writer<'_>) -> Option<Md> {
    let declarations = writer.view.analysis.declarations.iter().filter(|d| {
        let set = d.settings.iter().any(|(key, value)| {
            key.to_ascii_lowercase().contains("fifo") && *value != serde_json::Value::Bool(false)
        });
        // SQS and SNS require the suffix of first-in-first-out queues and topics.
        !d.test
            && (set
                || d.name
                    .as_deref()
                    .is_some_and(|name| name.ends_with(".fifo")))
    });
    let rows = declarations.map(|d| {
        [
            name(d.name.as_deref()),
            Md::code(&d.technology),
            writer.at(&d.location),
        ]
    });
    Table::new(["Queue", "Technology", "Where"])
        .rows(rows)
        .written()
}
