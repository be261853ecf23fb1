//! Endpoints without a counterpart, for the two checks about them.
//!
//! Judged are technologies both of whose sides are usually code of the same
//! system. Left out: sockets (the other side is a browser), SNS, EventBridge
//! and Kinesis (it is a subscription, rule or function made outside the code).

use std::collections::BTreeMap;

use crate::analysis::{Analysis, Endpoint, Role};

use super::dead_letters::is_dead_letter_channel;
use super::names::{Pattern, is_unknown};
use super::rabbitmq::{self, Binding, RABBITMQ};
use super::view::View;
use super::{Fault, Outcome};

const BOTH_SIDES_IN_CODE: &[&str] = &[
    "azure-event-hubs",
    "azure-service-bus",
    "bull",
    "bullmq",
    "celery",
    "dramatiq",
    "eventuate",
    "google-pubsub",
    "graphql-subscription",
    "in-process",
    "kafka",
    "masstransit",
    "mqtt",
    "nats",
    "pg-boss",
    "postgres-notify",
    "postgres-queue",
    "pulsar",
    RABBITMQ,
    "redis-list",
    "redis-pubsub",
    "redis-stream",
    "rq",
    "sqs",
];

/// Technologies whose producers can reach a queue of SQS by a subscription or rule.
const FEED_SQS: &[&str] = &["sns", "eventbridge"];

/// Judges every endpoint of a role; `fault` says what its loneliness means.
pub fn examine(view: &View, role: Role, fault: fn(&Endpoint, &str) -> Fault) -> Outcome {
    let mut outcome = Outcome::default();
    let others = Others::new(view, role);
    let endpoints = match role {
        Role::Producer => &view.producers,
        Role::Consumer => &view.consumers,
    };
    for &endpoint in endpoints {
        let Some(name) = endpoint.name.as_deref() else {
            continue;
        };
        if !BOTH_SIDES_IN_CODE.contains(&endpoint.technology.as_str())
            || is_unknown(Some(name))
            || is_one_sided(view, endpoint, name)
        {
            continue;
        }
        if view.is_linked(endpoint) {
            outcome.pass();
        } else if !others.could_meet(endpoint, name) {
            outcome.fail(fault(endpoint, name));
        }
    }
    outcome
}

/// The endpoints of a role that nobody in the tree answers to, of all
/// technologies: their names are known, and so is enough of the other side to say
/// that none of it could be meant.
pub fn lonely(analysis: &Analysis, role: Role) -> Vec<&Endpoint> {
    let view = View::new(analysis);
    let others = Others::new(&view, role);
    let is_lonely = |endpoint: &&Endpoint| {
        let name = endpoint.name.as_deref();
        name.is_some_and(|name| {
            !is_unknown(Some(name))
                && !view.is_linked(endpoint)
                && !is_one_sided(&view, endpoint, name)
                && !others.could_meet(endpoint, name)
        })
    };
    analysis.live(role).filter(is_lonely).collect()
}

/// Whether one side is meant to be missing: dead letters come from the broker
/// and are read by people; a delay queue is emptied by its time to live; queues
/// the server named are temporary.
fn is_one_sided(view: &View, endpoint: &Endpoint, name: &str) -> bool {
    is_dead_letter_channel(view, &endpoint.technology, name)
        || (endpoint.technology == RABBITMQ
            && (name.starts_with("amq.")
                || rabbitmq::queue(view, name)
                    .iter()
                    .any(|queue| rabbitmq::is_delay_queue(queue))))
}

/// The endpoints of the opposite role, by what of their names is open.
struct Others<'a> {
    role: Role,
    /// Names by technology; the open ones apart, because only they can meet a
    /// known name that the graph did not link.
    open: BTreeMap<&'a str, Vec<Pattern>>,
    known: BTreeMap<&'a str, Vec<Pattern>>,
    rabbitmq: Vec<&'a Endpoint>,
    bindings: Vec<Binding<'a>>,
    feeds_sqs: bool,
}

impl<'a> Others<'a> {
    /// The possible counterparts of endpoints of this role.
    fn new(view: &View<'a>, role: Role) -> Self {
        let endpoints = match role {
            Role::Producer => &view.consumers,
            Role::Consumer => &view.producers,
        };
        let mut distinct: BTreeMap<&str, BTreeMap<Option<&str>, Pattern>> = BTreeMap::new();
        for endpoint in endpoints {
            distinct
                .entry(endpoint.technology.as_str())
                .or_default()
                .entry(endpoint.name.as_deref())
                .or_insert_with(|| pattern(endpoint));
        }
        let (mut open, mut known) = (BTreeMap::new(), BTreeMap::new());
        for (technology, names) in distinct {
            let (are_open, are_known) = names.into_values().partition(Pattern::is_open);
            open.insert(technology, are_open);
            known.insert(technology, are_known);
        }
        Self {
            role,
            open,
            known,
            rabbitmq: endpoints
                .iter()
                .copied()
                .filter(|e| e.technology == RABBITMQ)
                .collect(),
            bindings: Binding::all(view),
            feeds_sqs: role == Role::Consumer
                && endpoints
                    .iter()
                    .any(|e| FEED_SQS.contains(&e.technology.as_str()) && !view.is_linked(e)),
        }
    }

    /// Whether some endpoint of the tree could be the other side after all,
    /// because of what is not known about one of the two.
    fn could_meet(&self, endpoint: &Endpoint, name: &str) -> bool {
        let technology = endpoint.technology.as_str();
        match technology {
            RABBITMQ => self.rabbitmq.iter().any(|other| match self.role {
                Role::Producer => self.could_route(endpoint, other, name, other.name.as_deref()),
                Role::Consumer => self.could_route(other, endpoint, name, other.name.as_deref()),
            }),
            "sqs" if self.feeds_sqs => true,
            _ => {
                let own = pattern(endpoint);
                let meets = |names: &BTreeMap<&str, Vec<Pattern>>| {
                    names
                        .get(technology)
                        .is_some_and(|names| names.iter().any(|other| other.could_equal(&own)))
                };
                meets(&self.open) || (own.is_open() && meets(&self.known))
            }
        }
    }

    /// Whether RabbitMQ could bring the producer's message to the consumer's queue.
    /// `own` and `other` are the names of the two, to tell whether all is known.
    fn could_route(
        &self,
        producer: &Endpoint,
        consumer: &Endpoint,
        own: &str,
        other: Option<&str>,
    ) -> bool {
        let exchange = producer.via.as_deref().unwrap_or_default();
        if exchange.is_empty() {
            let all_known = !Pattern::of_name(own).is_open()
                && other.is_some_and(|other| !Pattern::of_name(other).is_open());
            return !all_known && pattern(producer).could_equal(&pattern(consumer));
        }
        let Some(queue) = consumer.name.as_deref() else {
            return true;
        };
        let mut bindings = self
            .bindings
            .iter()
            .filter(|binding| binding.could_be_of_queue(queue))
            .peekable();
        // Nothing tells what the queue is bound to: whoever set the broker up knows.
        if bindings.peek().is_none() {
            return consumer
                .via
                .as_deref()
                .is_none_or(|via| Pattern::of_name(via).could_equal(&Pattern::of_name(exchange)));
        }
        bindings.any(|binding| {
            binding.could_be_of_exchange(exchange) && binding.could_select(producer.name.as_deref())
        })
    }
}

/// What an endpoint's name could be; a consumer's may have its technology's wildcards.
fn pattern(endpoint: &Endpoint) -> Pattern {
    let Some(name) = endpoint.name.as_deref() else {
        return Pattern::anything();
    };
    if endpoint.role == Role::Producer {
        return Pattern::of_name(name);
    }
    match endpoint.technology.as_str() {
        "nats" => Pattern::with_wildcards(name, "*>"),
        "mqtt" => Pattern::with_wildcards(name, "+#"),
        "redis-pubsub" => Pattern::with_wildcards(name, "*?[]"),
        // Subscriptions by regular expression begin with `^` in the Java, C and Python clients.
        "kafka" | "pulsar" if name.starts_with('^') => Pattern::anything(),
        _ => Pattern::of_name(name),
    }
}
