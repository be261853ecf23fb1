//! Channels: everything that meets under one name of one technology.

use std::collections::BTreeMap;

use super::infra::ChosenNames;
use super::naming::{canonical, is_open};
use crate::analysis::{Channel, Endpoint, Role};

/// The channels of production endpoints with a name, sorted.
pub fn channels(
    endpoints: &[Endpoint],
    kinds: &BTreeMap<String, String>,
    chosen: &ChosenNames,
) -> Vec<Channel> {
    let mut channels: BTreeMap<(String, String), Channel> = BTreeMap::new();
    for endpoint in endpoints.iter().filter(|e| !e.test && !e.wrapper) {
        // What is a hole as a whole can be anything: it meets nothing.
        let Some(name) = endpoint.name.as_ref() else {
            continue;
        };
        let own = is_open(name);
        if own && !chosen.has(&endpoint.technology, name) {
            continue;
        }
        let kind = kinds.get(&endpoint.id).map_or("topic", String::as_str);
        let channel = channels
            .entry((
                endpoint.technology.clone(),
                if own { name.clone() } else { canonical(name) },
            ))
            .or_insert_with(|| Channel {
                technology: endpoint.technology.clone(),
                name: name.clone(),
                kind: kind.to_owned(),
                producers: Vec::new(),
                consumers: Vec::new(),
            });
        // What a consumer reads from says more than what a producer addresses.
        if endpoint.role == Role::Consumer {
            kind.clone_into(&mut channel.kind);
        }
        let side = match endpoint.role {
            Role::Producer => &mut channel.producers,
            Role::Consumer => &mut channel.consumers,
        };
        side.push(endpoint.id.clone());
    }
    channels.into_values().collect()
}
