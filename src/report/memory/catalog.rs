//! Every event, with its schema and everybody who sends or receives it.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::analysis::{Schema, SchemaField};
use crate::report::kinds::EventKind;
use crate::report::view::{Attached, Meeting, View, services, setting};

use super::{At, Party};

/// `event_catalog.json`.
#[derive(Serialize)]
pub(super) struct EventCatalog<'a> {
    events: Vec<Event<'a>>,
}

#[derive(Serialize)]
struct Event<'a> {
    name: &'a str,
    technology: &'a str,
    /// `domain`, `integration` or `command`.
    category: &'static str,
    channel_kind: &'a str,
    schema: Option<Shape<'a>>,
    producers: Vec<Party<'a>>,
    consumers: Vec<Party<'a>>,
}

#[derive(Serialize)]
struct Shape<'a> {
    #[serde(rename = "type")]
    ty: &'a str,
    format: &'a str,
    version: Option<&'a str>,
    description: Option<&'a str>,
    location: At,
    fields: &'a [SchemaField],
}

impl<'a> EventCatalog<'a> {
    pub(super) fn of(view: &View<'a>) -> Self {
        let events = view.meetings().map(|meeting| Event {
            name: &meeting.channel.name,
            technology: &meeting.channel.technology,
            category: match EventKind::of(&meeting.channel.technology, &meeting.channel.name) {
                EventKind::Domain => "domain",
                EventKind::Integration => "integration",
                EventKind::Command => "command",
            },
            channel_kind: &meeting.channel.kind,
            schema: view.schema_on(meeting.channel).map(Shape::of),
            producers: Party::all(&meeting.producers),
            consumers: Party::all(&meeting.consumers),
        });
        Self {
            events: events.collect(),
        }
    }
}

impl<'a> Shape<'a> {
    fn of(schema: &'a Schema) -> Self {
        Self {
            ty: &schema.ty,
            format: &schema.format,
            version: schema.version.as_deref(),
            description: schema.description.as_deref(),
            location: At::of(&schema.location),
            fields: &schema.fields,
        }
    }
}

/// The `event_catalog` of `EVENT_FLOWS.json`.
pub(super) type ByName<'a> = BTreeMap<String, Entry<'a>>;

/// What is known of one name.
#[derive(Serialize)]
pub(super) struct Entry<'a> {
    technology: &'a str,
    /// From the documentation of the message's type.
    description: Option<&'a str>,
    schema_version: Option<&'a str>,
    /// Names of services.
    producers: Vec<&'a str>,
    consumers: Vec<&'a str>,
    /// The setting that says how long messages are kept, as written.
    retention: Option<String>,
}

pub(super) fn by_name<'a>(view: &View<'a>) -> ByName<'a> {
    let meetings: Vec<_> = view.meetings().collect();
    let keys = keys(
        meetings
            .iter()
            .map(|m| (m.channel.technology.as_str(), m.channel.name.as_str())),
    );
    keys.into_iter()
        .zip(&meetings)
        .map(|(key, meeting)| (key, Entry::of(view, meeting)))
        .collect()
}

impl<'a> Entry<'a> {
    fn of(view: &View<'a>, meeting: &Meeting<'a>) -> Self {
        let names = |side: &[Attached<'a>]| services(side.iter().map(|a| a.endpoint));
        let schema = view.schema_on(meeting.channel);
        Self {
            technology: &meeting.channel.technology,
            description: schema.and_then(|s| s.description.as_deref()),
            schema_version: schema.and_then(|s| s.version.as_deref()),
            producers: names(&meeting.producers),
            consumers: names(&meeting.consumers),
            retention: retention(view, meeting),
        }
    }
}

/// The setting of the channel's declarations that says how long messages are
/// kept: Kafka's `retention.ms`, SQS's `MessageRetentionPeriod`, NATS's `max_age`.
fn retention(view: &View<'_>, meeting: &Meeting<'_>) -> Option<String> {
    let channel = meeting.channel;
    let declared = view.analysis.declarations.iter().filter(|d| {
        !d.test && d.technology == channel.technology && d.name.as_deref() == Some(&channel.name)
    });
    declared
        .flat_map(|declaration| &declaration.settings)
        .find(|(key, _)| {
            let key = key.to_ascii_lowercase().replace(['_', '-'], "");
            key.contains("retention") || key.contains("maxage")
        })
        .map(|(key, value)| format!("{key}={}", setting(value)))
}

/// A different key for every technology and name: the name where that is
/// enough, else `technology:name`.
pub(super) fn keys<'a>(names: impl Iterator<Item = (&'a str, &'a str)>) -> Vec<String> {
    let names: Vec<_> = names.collect();
    let mut keys: Vec<String> = names.iter().map(|(_, name)| (*name).to_owned()).collect();
    loop {
        // A longer key may meet a name that looks like one; each round makes
        // at least one more key longer, so this ends.
        let mut seen = BTreeSet::new();
        let twice: BTreeSet<String> = keys
            .iter()
            .filter(|key| !seen.insert(*key))
            .cloned()
            .collect();
        let mut changed = false;
        for (key, (technology, name)) in keys.iter_mut().zip(&names) {
            let long = format!("{technology}:{name}");
            if twice.contains(key) && *key != long {
                *key = long;
                changed = true;
            }
        }
        if !changed {
            return keys;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::keys;

    #[test]
    fn keys_are_short_and_different() {
        let names = [
            ("kafka", "orders"),
            ("sqs", "orders"),
            ("bullmq", "kafka:orders"),
            ("nats", "x"),
        ];
        assert_eq!(
            keys(names.into_iter()),
            ["kafka:orders", "sqs:orders", "bullmq:kafka:orders", "x"]
        );
    }
}
