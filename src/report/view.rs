//! An [`Analysis`] with the way from ids to what they stand for.

use std::collections::BTreeSet;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::analysis::{Analysis, Channel, Endpoint, Link, Role, Schema};
use crate::checks::{is_unknown, lonely};

use super::kinds::Kind;

/// Look-ups over an analysis: by id, and along links in both directions.
#[derive(Debug)]
pub struct View<'a> {
    /// What is looked at.
    pub analysis: &'a Analysis,
    endpoints: FxHashMap<&'a str, &'a Endpoint>,
    schemas: FxHashMap<&'a str, &'a Schema>,
    sends: FxHashMap<&'a str, Vec<&'a Link>>,
    receives: FxHashMap<&'a str, Vec<&'a Link>>,
    /// Producers and consumers without counterpart.
    unheard: Vec<&'a Endpoint>,
    unsent: Vec<&'a Endpoint>,
}

/// An endpoint at a channel.
#[derive(Clone, Copy, Debug)]
pub struct Attached<'a> {
    /// The endpoint.
    pub endpoint: &'a Endpoint,
    /// Why it is here, if it goes by another name: `binding user.* on …`.
    pub because: Option<&'a str>,
}

/// A channel with everybody who sends to it and everybody who gets what is sent.
#[derive(Clone, Debug)]
pub struct Meeting<'a> {
    /// The channel.
    pub channel: &'a Channel,
    /// Its producers, those reached over bindings and subscriptions last.
    pub producers: Vec<Attached<'a>>,
    /// Its consumers, those reached over bindings and subscriptions last.
    pub consumers: Vec<Attached<'a>>,
    /// A message can go from one of the former to one of the latter.
    pub connected: bool,
}

impl<'a> View<'a> {
    /// Indexes an analysis.
    #[must_use]
    pub fn new(analysis: &'a Analysis) -> Self {
        let mut sends = FxHashMap::<_, Vec<_>>::default();
        let mut receives = FxHashMap::<_, Vec<_>>::default();
        for link in &analysis.links {
            sends.entry(link.from.as_str()).or_default().push(link);
            receives.entry(link.to.as_str()).or_default().push(link);
        }
        Self {
            analysis,
            endpoints: analysis
                .endpoints
                .iter()
                .map(|e| (e.id.as_str(), e))
                .collect(),
            schemas: analysis
                .schemas
                .iter()
                .map(|s| (s.id.as_str(), s))
                .collect(),
            sends,
            receives,
            unheard: lonely(analysis, Role::Producer),
            unsent: lonely(analysis, Role::Consumer),
        }
    }

    /// The endpoint with this id.
    #[must_use]
    pub fn endpoint(&self, id: &str) -> Option<&'a Endpoint> {
        self.endpoints.get(id).copied()
    }

    /// The endpoints with these ids, in their order.
    pub fn endpoints<'s>(&'s self, ids: &'s [String]) -> impl Iterator<Item = &'a Endpoint> + 's {
        ids.iter().filter_map(|id| self.endpoint(id))
    }

    /// The shape of the messages at an endpoint, if the tree has it.
    #[must_use]
    pub fn schema_of(&self, endpoint: &Endpoint) -> Option<&'a Schema> {
        let id = endpoint.payload.as_ref()?.schema.as_deref()?;
        self.schemas.get(id).copied()
    }

    /// The shape of a channel's messages: the first its producers, then its
    /// consumers, are known to use.
    #[must_use]
    pub fn schema_on(&self, channel: &Channel) -> Option<&'a Schema> {
        self.endpoints(&channel.producers)
            .chain(self.endpoints(&channel.consumers))
            .find_map(|endpoint| self.schema_of(endpoint))
    }

    /// The schemas of the messages on a channel: those of its endpoints, and what
    /// schema files say of the same types.
    #[must_use]
    pub fn schemas_on(&self, channel: &Channel) -> Vec<&'a Schema> {
        let ends = || {
            self.endpoints(&channel.producers)
                .chain(self.endpoints(&channel.consumers))
        };
        let payloads = || ends().filter_map(|e| e.payload.as_ref());
        let is_of = |schema: &&Schema| {
            let in_file = matches!(
                schema.format.as_str(),
                "avro" | "protobuf" | "json-schema" | "asyncapi"
            );
            payloads().any(|p| {
                p.schema.as_ref() == Some(&schema.id)
                    || (in_file && p.ty.as_ref() == Some(&schema.ty))
            })
        };
        self.analysis.schemas.iter().filter(is_of).collect()
    }

    /// The links on which an endpoint's messages leave or arrive.
    #[must_use]
    pub fn links(&self, endpoint: &Endpoint) -> &[&'a Link] {
        let links = match endpoint.role {
            Role::Producer => &self.sends,
            Role::Consumer => &self.receives,
        };
        links.get(endpoint.id.as_str()).map_or(&[], Vec::as_slice)
    }

    /// Production endpoints that nobody in the tree answers to, nor could: one
    /// whose name is not known may be the other side.
    pub fn orphans(&self, role: Role) -> impl Iterator<Item = &'a Endpoint> + '_ {
        let orphans = match role {
            Role::Producer => &self.unheard,
            Role::Consumer => &self.unsent,
        };
        orphans.iter().copied()
    }

    /// Production endpoints of which not even a part of the name is known, by
    /// technology and place.
    #[must_use]
    pub fn unknown(&self) -> Vec<&'a Endpoint> {
        self.sorted(Endpoint::is_unknown)
    }

    /// Production endpoints whose name only the environment tells, likewise.
    #[must_use]
    pub fn unset(&self) -> Vec<&'a Endpoint> {
        self.sorted(|e| !e.is_unknown() && is_unknown(e.name.as_deref()))
    }

    fn sorted(&self, wanted: fn(&Endpoint) -> bool) -> Vec<&'a Endpoint> {
        let live = self.analysis.endpoints.iter();
        let mut all: Vec<&Endpoint> = live
            .filter(|e| !e.test && !e.wrapper && wanted(e))
            .collect();
        all.sort_by_key(|e| (&e.technology, &e.location, e.role));
        all
    }

    /// Every channel with who meets there, in the order of the analysis.
    pub fn meetings(&self) -> impl Iterator<Item = Meeting<'a>> + '_ {
        self.analysis.channels.iter().map(|c| self.meeting(c))
    }

    /// One channel with who meets there.
    #[must_use]
    pub fn meeting(&self, channel: &'a Channel) -> Meeting<'a> {
        let producers: Vec<_> = self.endpoints(&channel.producers).collect();
        let consumers: Vec<_> = self.endpoints(&channel.consumers).collect();
        Meeting {
            channel,
            connected: producers
                .iter()
                .chain(&consumers)
                .any(|e| !self.links(e).is_empty()),
            producers: self.with_linked(&producers, &consumers),
            consumers: self.with_linked(&consumers, &producers),
        }
    }

    /// Channels of brokers that are used but declared nowhere in the tree: not
    /// those that need no declaration (subjects, events), nor names that are
    /// only keys on the way through a declared exchange.
    pub fn undeclared(&self) -> impl Iterator<Item = Meeting<'a>> + '_ {
        let live = self.analysis.declarations.iter().filter(|d| !d.test);
        let declared: FxHashSet<_> = live
            .filter_map(|d| Some((d.technology.as_str(), d.name.as_deref()?)))
            .collect();
        self.meetings().filter(move |meeting| {
            let Channel {
                technology,
                name,
                kind,
                ..
            } = meeting.channel;
            let is_declared = |name: &str| declared.contains(&(technology.as_str(), name));
            let mut ends = meeting.producers.iter().chain(&meeting.consumers);
            Kind::of(technology) == Kind::Broker
                && matches!(kind.as_str(), "queue" | "topic" | "exchange" | "stream")
                && !is_declared(name)
                && !ends.any(|end| {
                    end.endpoint.role == Role::Producer
                        && end.endpoint.via.as_deref().is_some_and(is_declared)
                })
        })
    }

    /// `here`, and whoever is linked to one of `there` without being here.
    fn with_linked(&self, here: &[&'a Endpoint], there: &[&'a Endpoint]) -> Vec<Attached<'a>> {
        let mut seen: FxHashSet<&str> = here.iter().map(|e| e.id.as_str()).collect();
        let mut linked = Vec::new();
        for other in there {
            for link in self.links(other) {
                let id = match other.role {
                    Role::Producer => link.to.as_str(),
                    Role::Consumer => link.from.as_str(),
                };
                if let (true, Some(endpoint)) = (seen.insert(id), self.endpoint(id)) {
                    linked.push(Attached {
                        endpoint,
                        because: Some(&link.because),
                    });
                }
            }
        }
        linked.sort_by_key(|attached| &attached.endpoint.location);
        let here = here.iter().map(|&endpoint| Attached {
            endpoint,
            because: None,
        });
        here.chain(linked).collect()
    }

    /// The technologies of endpoints, declarations and policies, sorted.
    #[must_use]
    pub fn technologies(&self) -> Vec<&'a str> {
        let a = self.analysis;
        let endpoints = a
            .endpoints
            .iter()
            .filter(|e| !e.test)
            .map(|e| e.technology.as_str());
        let declarations = a
            .declarations
            .iter()
            .filter(|d| !d.test)
            .map(|d| d.technology.as_str());
        let all: BTreeSet<_> = endpoints.chain(declarations).collect();
        all.into_iter().collect()
    }
}

/// The names of the services of some endpoints, sorted, each once.
pub fn services<'a>(endpoints: impl IntoIterator<Item = &'a Endpoint>) -> Vec<&'a str> {
    let all: BTreeSet<_> = endpoints.into_iter().map(|e| e.service.as_str()).collect();
    all.into_iter().collect()
}

/// A setting as people write it: strings without quotes, the rest as JSON.
#[must_use]
pub fn setting(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
