//! Environment variables in the names of channels, followed to what the tree sets them to.
//!
//! It is done last and for names only: a default in the code has won by then,
//! and what else the environment holds is nobody's business.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value as Json;

use super::sites::{EndpointSite, Sites};
use crate::infra::placeholders::{self, Part};
use crate::project::{Hop, Piece, Project, Setting, Spot, Text, Trail};

/// Settings and details that name a channel.
const NAMES: [&str; 15] = [
    "exchange",
    "queue",
    "topic",
    "stream",
    "subject",
    "subjects",
    "pattern",
    "source",
    "destination",
    "group",
    "dead_letter",
    "dead_letter_exchange",
    "dead_letter_routing_key",
    "dead_letter_queue",
    "alternate_exchange",
];

/// Fills in what is known.
pub fn fill(project: &Project, sites: &mut Sites) {
    let endpoints = std::mem::take(&mut sites.endpoints).into_iter();
    sites.endpoints = endpoints.flat_map(|e| listed(project, e)).collect();
    for endpoint in &mut sites.endpoints {
        let from = &project.file(endpoint.place.file).path;
        if let Some(name) = &mut endpoint.name {
            fill_text(project, from, name, &mut endpoint.trail);
        }
        let others = [
            endpoint.message.as_mut(),
            endpoint.via.as_mut(),
            endpoint.group.as_mut(),
        ];
        for text in others.into_iter().flatten() {
            fill_text(project, from, text, &mut None);
        }
    }
    for declaration in &mut sites.declarations {
        let from = &project.file(declaration.place.file).path;
        if let Some(name) = &mut declaration.name {
            fill_text(project, from, name, &mut None);
        }
        fill_settings(project, from, &mut declaration.settings);
    }
    for policy in &mut sites.policies {
        let from = &project.file(policy.place.file).path;
        if let Some(channel) = &mut policy.channel {
            *channel = filled(project, from, channel);
        }
        fill_settings(project, from, &mut policy.detail);
    }
}

fn setting(project: &Project, from: &str, variable: &str) -> Option<Setting> {
    let files = &project.configuration;
    files.environment().get(files, from, variable)
}

/// One endpoint for each name that a variable lists.
fn listed(project: &Project, endpoint: EndpointSite) -> Vec<EndpointSite> {
    const MOST: usize = 32;
    let listed = endpoint.name.as_ref().map(|name| name.pieces.as_slice());
    let Some(
        [
            Piece::Listed {
                variable,
                separator,
            },
        ],
    ) = listed
    else {
        return vec![endpoint];
    };
    let from = &project.file(endpoint.place.file).path;
    let set = setting(project, from, variable).and_then(|set| Some((set.value.as_plain()?, set)));
    let Some((all, set)) = set else {
        return vec![endpoint];
    };
    let spot = Spot::Settings {
        file: set.file,
        line: set.line,
    };
    let trail = founded(&endpoint.trail, variable, spot);
    let names = all.split(separator.as_str()).map(str::trim);
    names
        .filter(|name| !name.is_empty())
        .take(MOST)
        .map(|name| EndpointSite {
            name: Some(Text::plain(name)),
            trail: trail.clone(),
            ..endpoint.clone()
        })
        .collect()
}

/// Replaces the variables of a text; each is a hop below those that lead to it.
fn fill_text(project: &Project, from: &str, text: &mut Text, trail: &mut Trail) {
    let is_variable = |p: &Piece| matches!(p, Piece::Variable(_));
    if !text.pieces.iter().any(is_variable) {
        return;
    }
    let mut filled = Text::default();
    for piece in &text.pieces {
        let set = match piece {
            Piece::Variable(name) => setting(project, from, name).map(|s| (name, s)),
            _ => None,
        };
        match set {
            Some((name, set)) => {
                filled.extend(&set.value);
                let spot = Spot::Settings {
                    file: set.file,
                    line: set.line,
                };
                *trail = founded(trail, name, spot);
            }
            None => filled.push(piece.clone()),
        }
    }
    *text = filled;
}

/// The same way, begun by one more hop.
fn founded(trail: &Trail, text: &str, spot: Spot) -> Trail {
    let mut hops: Vec<&Hop> =
        std::iter::successors(trail.as_deref(), |hop| hop.before.as_deref()).collect();
    hops.reverse();
    let first = Arc::new(Hop {
        text: text.into(),
        spot,
        before: None,
    });
    let added = hops.into_iter().fold(first, |before, hop| {
        Arc::new(Hop {
            text: hop.text.clone(),
            spot: hop.spot,
            before: Some(before),
        })
    });
    Some(added)
}

fn fill_settings(project: &Project, from: &str, settings: &mut BTreeMap<String, Json>) {
    for (_, value) in settings
        .iter_mut()
        .filter(|(key, _)| NAMES.contains(&key.as_str()))
    {
        match value {
            Json::String(text) => *text = filled(project, from, text),
            Json::Array(all) => {
                for item in all {
                    if let Json::String(text) = item {
                        *text = filled(project, from, text);
                    }
                }
            }
            _ => {}
        }
    }
}

/// A name as reports have it with its `${NAME}` replaced.
fn filled(project: &Project, from: &str, name: &str) -> String {
    if !name.contains("${") {
        return name.to_owned();
    }
    let part = |part| match part {
        Part::Plain(text) => text.to_string(),
        Part::Reference { name, .. } => match setting(project, from, &name) {
            Some(set) => set.value.to_string(),
            None => format!("${{{name}}}"),
        },
    };
    placeholders::parts(name, false)
        .into_iter()
        .map(part)
        .collect()
}
