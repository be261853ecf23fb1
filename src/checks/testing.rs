//! Builders for hand-made analyses, and a generator of random ones.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::Value;

use crate::analysis::{
    Analysis, Confidence, Declaration, DeclarationKind, Endpoint, Finding, Link, Location, Policy,
    Role,
};

use super::{Check, View};

/// Something under construction that has settings.
pub struct Builder<T>(T);

impl<T> Builder<T> {
    pub fn build(self) -> T {
        self.0
    }
}

pub fn at(line: u32) -> Location {
    Location {
        file: "src/main.ts".into(),
        line,
        column: 1,
        end_line: line,
    }
}

fn endpoint(role: Role, technology: &str, name: &str, line: u32) -> Builder<Endpoint> {
    Builder(Endpoint {
        id: format!("{role:?}-{technology}-{name}-{line}"),
        role,
        technology: technology.into(),
        client: "client".into(),
        name: (!name.is_empty()).then(|| name.into()),
        via: None,
        group: None,
        service: "shop".into(),
        symbol: None,
        location: at(line),
        confidence: Confidence::Certain,
        evidence: Vec::new(),
        payload: None,
        handler: None,
        settings: BTreeMap::new(),
        test: false,
        wrapper: false,
    })
}

/// A producer in the service `shop`; an empty name is one nothing is known of.
pub fn producer(technology: &str, name: &str, line: u32) -> Builder<Endpoint> {
    endpoint(Role::Producer, technology, name, line)
}

/// A consumer in the service `shop`; an empty name is one nothing is known of.
pub fn consumer(technology: &str, name: &str, line: u32) -> Builder<Endpoint> {
    endpoint(Role::Consumer, technology, name, line)
}

impl Builder<Endpoint> {
    pub fn set(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.0.settings.insert(key.into(), value.into());
        self
    }

    pub fn via(mut self, via: &str) -> Self {
        self.0.via = Some(via.into());
        self
    }

    pub fn group(mut self, group: &str) -> Self {
        self.0.group = Some(group.into());
        self
    }

    pub fn service(mut self, service: &str) -> Self {
        self.0.service = service.into();
        self
    }

    pub fn test(mut self) -> Self {
        self.0.test = true;
        self
    }

    pub fn wrapper(mut self) -> Self {
        self.0.wrapper = true;
        self
    }
}

/// A declaration in the service `shop`; an empty name stands for none.
pub fn declaration(
    kind: DeclarationKind,
    technology: &str,
    name: &str,
    line: u32,
) -> Builder<Declaration> {
    Builder(Declaration {
        kind,
        technology: technology.into(),
        name: (!name.is_empty()).then(|| name.into()),
        service: "shop".into(),
        location: at(line),
        settings: BTreeMap::new(),
        test: false,
    })
}

pub fn queue(name: &str, line: u32) -> Builder<Declaration> {
    declaration(DeclarationKind::Queue, "rabbitmq", name, line)
}

pub fn exchange(name: &str, line: u32) -> Builder<Declaration> {
    declaration(DeclarationKind::Exchange, "rabbitmq", name, line)
}

pub fn binding(exchange: &str, queue: &str, pattern: &str, line: u32) -> Declaration {
    declaration(DeclarationKind::Binding, "rabbitmq", "", line)
        .set("exchange", exchange)
        .set("queue", queue)
        .set("pattern", pattern)
        .build()
}

impl Builder<Declaration> {
    pub fn set(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.0.settings.insert(key.into(), value.into());
        self
    }

    pub fn test(mut self) -> Self {
        self.0.test = true;
        self
    }
}

/// A policy in the service `shop` that names nothing it applies to.
pub fn policy(kind: &str, technology: &str, line: u32) -> Builder<Policy> {
    Builder(Policy {
        kind: kind.into(),
        technology: technology.into(),
        service: "shop".into(),
        location: at(line),
        applies_to: Vec::new(),
        detail: BTreeMap::new(),
        test: false,
    })
}

impl Builder<Policy> {
    pub fn set(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.0.detail.insert(key.into(), value.into());
        self
    }

    pub fn on(mut self, target: &str) -> Self {
        self.0.applies_to.push(target.into());
        self
    }

    pub fn service(mut self, service: &str) -> Self {
        self.0.service = service.into();
        self
    }
}

pub fn link(from: &Endpoint, to: &Endpoint) -> Link {
    Link {
        from: from.id.clone(),
        to: to.id.clone(),
        on: to.name.clone().unwrap_or_default(),
        because: "same name".into(),
    }
}

/// An analysis of these parts.
pub fn analysis(
    endpoints: impl IntoIterator<Item = Endpoint>,
    declarations: impl IntoIterator<Item = Declaration>,
    policies: impl IntoIterator<Item = Policy>,
) -> Analysis {
    Analysis {
        endpoints: endpoints.into_iter().collect(),
        declarations: declarations.into_iter().collect(),
        policies: policies.into_iter().collect(),
        ..Analysis::default()
    }
}

/// What one check says of an analysis.
#[derive(Debug, PartialEq)]
pub struct Verdict {
    pub passed: u32,
    /// Lines of the findings.
    pub failed: Vec<u32>,
}

pub fn verdict(check: &Check, analysis: &Analysis) -> Verdict {
    let outcome = (check.examine)(&View::new(analysis));
    let mut failed: Vec<_> = outcome.faults.iter().map(|f| f.location.line).collect();
    failed.sort_unstable();
    Verdict {
        passed: outcome.passed,
        failed,
    }
}

/// No subject at all.
pub const NOT_JUDGED: Verdict = Verdict {
    passed: 0,
    failed: Vec::new(),
};

pub fn passed(passed: u32) -> Verdict {
    Verdict {
        passed,
        failed: Vec::new(),
    }
}

pub fn failed(lines: &[u32]) -> Verdict {
    Verdict {
        passed: 0,
        failed: lines.to_vec(),
    }
}

const TECHNOLOGIES: &[&str] = &[
    "rabbitmq",
    "kafka",
    "sqs",
    "bullmq",
    "rq",
    "redis-stream",
    "websocket",
    "socket.io",
    "nats",
    "in-process",
];
const NAMES: &[&str] = &[
    "",
    "jobs",
    "orders",
    "orders.*",
    "orders-{region}",
    "{queue}",
    "orders-dlq",
    "mail:welcome",
];

fn values() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        Just(Value::Bool(true)),
        Just(Value::Bool(false)),
        Just(Value::from(0)),
        Just(Value::from(5)),
        Just(Value::from("")),
        Just(Value::from("jobs")),
        Just(Value::from("auto")),
        Just(Value::from("manual")),
        Just(Value::from("{options}")),
    ]
}

fn settings() -> impl Strategy<Value = BTreeMap<String, Value>> {
    let keys = prop::sample::select(vec![
        "ack",
        "attempts",
        "auto_delete",
        "backoff",
        "dead_letter",
        "dead_letter_exchange",
        "dead_letter_routing_key",
        "durable",
        "exchange",
        "exclusive",
        "message_ttl",
        "pattern",
        "persistent",
        "prefetch",
        "queue",
        "type",
        "value",
    ]);
    prop::collection::btree_map(keys.prop_map(String::from), values(), 0..5)
}

fn names() -> impl Strategy<Value = &'static str> {
    prop::sample::select(NAMES)
}

fn technologies() -> impl Strategy<Value = &'static str> {
    prop::sample::select(TECHNOLOGIES)
}

fn services() -> impl Strategy<Value = &'static str> {
    prop::sample::select(&["shop", "mail"])
}

fn endpoints() -> impl Strategy<Value = Endpoint> {
    let flags = (
        prop::bool::weighted(0.1),
        prop::bool::weighted(0.1),
        any::<bool>(),
    );
    (
        technologies(),
        names(),
        names(),
        services(),
        1..40u32,
        settings(),
        flags,
    )
        .prop_map(|(technology, name, via, service, line, settings, flags)| {
            let (test, wrapper, sends) = flags;
            let role = if sends {
                Role::Producer
            } else {
                Role::Consumer
            };
            let mut made = endpoint(role, technology, name, line).service(service).0;
            made.via = (!via.is_empty()).then(|| via.into());
            made.settings = settings;
            made.test = test;
            made.wrapper = wrapper;
            made
        })
}

fn declarations() -> impl Strategy<Value = Declaration> {
    let kinds = prop::sample::select(vec![
        DeclarationKind::Queue,
        DeclarationKind::Queue,
        DeclarationKind::Exchange,
        DeclarationKind::Binding,
    ]);
    (kinds, technologies(), names(), 1..40u32, settings()).prop_map(
        |(kind, technology, name, line, settings)| {
            let mut made = declaration(kind, technology, name, line).0;
            made.settings = settings;
            made
        },
    )
}

fn policies() -> impl Strategy<Value = Policy> {
    let kinds = prop::sample::select(vec![
        "retry",
        "backoff",
        "dead-letter",
        "ack-auto",
        "prefetch",
        "heartbeat",
        "persistent",
    ]);
    let target = prop::option::of((technologies(), names()));
    (kinds, technologies(), 1..40u32, settings(), target).prop_map(
        |(kind, technology, line, settings, target)| {
            let mut made = policy(kind, technology, line).0;
            made.detail = settings;
            made.applies_to = target
                .into_iter()
                .map(|(technology, name)| format!("{technology}:{name}"))
                .collect();
            made
        },
    )
}

/// Analyses of every shape, many of them nonsense: the properties hold for all.
pub fn analyses() -> impl Strategy<Value = Analysis> {
    let ends = prop::collection::vec(
        (any::<prop::sample::Index>(), any::<prop::sample::Index>()),
        0..8,
    );
    (
        prop::collection::vec(endpoints(), 1..24),
        prop::collection::vec(declarations(), 0..12),
        prop::collection::vec(policies(), 0..8),
        ends,
    )
        .prop_map(|(mut endpoints, declarations, policies, ends)| {
            // Ids are unique in an analysis.
            endpoints.sort_by(|a, b| a.id.cmp(&b.id));
            endpoints.dedup_by(|a, b| a.id == b.id);
            let links = ends
                .iter()
                .map(|(from, to)| link(from.get(&endpoints), to.get(&endpoints)))
                .collect();
            Analysis {
                links,
                ..analysis(endpoints, declarations, policies)
            }
        })
}

/// The finding of a check at a line, for tests that need one by hand.
pub fn finding(check: &str, file: &str, line: u32) -> Finding {
    Finding {
        check: check.into(),
        severity: crate::analysis::Severity::Warning,
        location: Location {
            file: file.into(),
            line,
            column: 1,
            end_line: line,
        },
        service: "shop".into(),
        message: String::new(),
        help: String::new(),
        fingerprint: format!("{check}/{file}/{line}"),
        cost: 0.0,
    }
}
