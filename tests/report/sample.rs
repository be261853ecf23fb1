//! A hand-made analysis of a polyglot shop: what every report is tried on.

use std::collections::BTreeMap;

use msgmap::analysis::*;
use serde_json::{Value, json};

/// A name meant to break out of whatever it is put into.
pub const HOSTILE: &str = "a|b`<script>\u{1b}[31m\n```\"];%%{init:{}}%%\u{202e}";

pub fn at(file: &str, line: u32) -> Location {
    Location {
        file: file.into(),
        line,
        column: 5,
        end_line: line,
    }
}

fn settings(value: Value) -> BTreeMap<String, Value> {
    serde_json::from_value(value).expect("an object")
}

/// An endpoint in production code whose id is its role, name and place.
pub fn endpoint(
    role: Role,
    technology: &str,
    client: &str,
    name: Option<&str>,
    service: &str,
    location: Location,
) -> Endpoint {
    let word = match role {
        Role::Producer => "p",
        Role::Consumer => "c",
    };
    Endpoint {
        id: format!("{word}:{technology}:{}:{location}", name.unwrap_or("?")),
        role,
        technology: technology.into(),
        client: client.into(),
        name: name.map(str::to_owned),
        via: None,
        group: None,
        service: service.into(),
        symbol: None,
        location,
        confidence: Confidence::Certain,
        evidence: vec![],
        payload: None,
        handler: None,
        settings: BTreeMap::new(),
        test: false,
        wrapper: false,
    }
}

fn policy(
    kind: &str,
    technology: &str,
    service: &str,
    location: Location,
    applies_to: &[&str],
    detail: Value,
) -> Policy {
    Policy {
        kind: kind.into(),
        technology: technology.into(),
        service: service.into(),
        location,
        applies_to: applies_to.iter().map(|s| (*s).to_owned()).collect(),
        detail: settings(detail),
        test: false,
    }
}

fn declaration(
    kind: DeclarationKind,
    technology: &str,
    name: &str,
    service: &str,
    location: Location,
    set: Value,
) -> Declaration {
    Declaration {
        kind,
        technology: technology.into(),
        name: Some(name.into()),
        service: service.into(),
        location,
        settings: settings(set),
        test: false,
    }
}

fn service(name: &str, root: &str, language: &str, manifest: &str) -> Service {
    Service {
        name: name.into(),
        root: root.into(),
        languages: vec![language.into()],
        manifest: Some(format!("{root}/{manifest}")),
    }
}

fn field(name: &str, ty: &str, required: bool) -> SchemaField {
    SchemaField {
        name: name.into(),
        ty: Some(ty.into()),
        required,
    }
}

fn finding(
    check: &str,
    severity: Severity,
    service: &str,
    location: Location,
    message: &str,
    help: &str,
    cost: f64,
) -> Finding {
    Finding {
        check: check.into(),
        severity,
        fingerprint: format!("{check}:{location}"),
        location,
        service: service.into(),
        message: message.into(),
        help: help.into(),
        cost,
    }
}

fn endpoints() -> Vec<Endpoint> {
    use Role::{Consumer, Producer};
    let checkout = "services/checkout/src/pay.ts";
    let billing = "services/billing/billing/worker.py";
    let stock = "services/stock/src/main.rs";

    let mut placed = endpoint(
        Producer,
        "kafka",
        "kafkajs",
        Some("orders.placed"),
        "checkout",
        at(checkout, 88),
    );
    placed.symbol = Some("CheckoutService.pay".into());
    placed.payload = Some(Payload {
        ty: Some("OrderPlaced".into()),
        schema: Some("s:OrderPlaced".into()),
    });
    placed.settings = settings(json!({"key": "order.id", "acks": -1}));
    placed.evidence = vec![Evidence {
        text: "TOPICS.PLACED".into(),
        location: at("services/checkout/src/topics.ts", 4),
    }];
    let mut bills = endpoint(
        Consumer,
        "kafka",
        "aiokafka",
        Some("orders.placed"),
        "billing",
        at(billing, 21),
    );
    bills.group = Some("billing".into());
    bills.handler = Some(Handler {
        symbol: Some("on_order".into()),
        location: at(billing, 30),
    });
    let mut reserves = endpoint(
        Consumer,
        "kafka",
        "rdkafka",
        Some("orders.placed"),
        "stock",
        at(stock, 40),
    );
    reserves.group = Some("stock".into());

    let mut paid = endpoint(
        Producer,
        "rabbitmq",
        "aio-pika",
        Some("payment.paid"),
        "billing",
        at(billing, 47),
    );
    paid.via = Some("payments".into());
    paid.symbol = Some("on_order".into());
    let mut failed = endpoint(
        Producer,
        "rabbitmq",
        "aio-pika",
        Some("payment.failed"),
        "billing",
        at(billing, 52),
    );
    failed.via = Some("payments".into());
    failed.symbol = Some("on_order".into());
    let mut ships = endpoint(
        Consumer,
        "rabbitmq",
        "lapin",
        Some("shipping"),
        "stock",
        at(stock, 77),
    );
    ships.via = Some("payments".into());
    ships.handler = Some(Handler {
        symbol: Some("ship".into()),
        location: at(stock, 90),
    });

    let mut mail = endpoint(
        Producer,
        "bullmq",
        "bullmq",
        Some("mail:welcome"),
        "checkout",
        at("services/checkout/src/mail.ts", 12),
    );
    mail.settings = settings(json!({"attempts": 3, "jobId": "user.id"}));
    let sends = endpoint(
        Consumer,
        "bullmq",
        "bullmq",
        Some("mail:welcome"),
        "mailer",
        at("services/mailer/src/worker.ts", 9),
    );

    let emits = endpoint(
        Producer,
        "socket.io",
        "socket.io",
        Some("order:status"),
        "gateway",
        at("services/gateway/src/socket.ts", 31),
    );
    let shows = endpoint(
        Consumer,
        "socket.io",
        "socket.io-client",
        Some("order:status"),
        "web",
        at("web/src/live.tsx", 18),
    );

    let told = endpoint(
        Producer,
        "in-process",
        "node:events",
        Some("CartEmptied"),
        "checkout",
        at("services/checkout/src/cart.ts", 60),
    );
    let heard = endpoint(
        Consumer,
        "in-process",
        "node:events",
        Some("CartEmptied"),
        "checkout",
        at("services/checkout/src/stats.ts", 8),
    );

    // Nobody at the other end.
    let audit = endpoint(
        Producer,
        "kafka",
        "kafkajs",
        Some("audit.{tenantId}.v2"),
        "checkout",
        at("services/checkout/src/audit.ts", 17),
    );
    let returns = endpoint(
        Consumer,
        "kafka",
        "aiokafka",
        Some("${RETURNS_TOPIC}"),
        "billing",
        at("services/billing/billing/returns.py", 11),
    );
    let hostile = endpoint(
        Producer,
        "nats",
        "nats",
        Some(HOSTILE),
        "checkout",
        at("services/checkout/src/a|b`<i>.ts", 1),
    );

    // Nothing of the name is known.
    let unknown = endpoint(
        Consumer,
        "rabbitmq",
        "amqplib",
        None,
        "mailer",
        at("services/mailer/src/bridge.ts", 25),
    );

    let mut test = endpoint(
        Producer,
        "kafka",
        "kafkajs",
        Some("orders.placed"),
        "checkout",
        at("services/checkout/test/pay.test.ts", 33),
    );
    test.test = true;
    let mut wrapper = endpoint(
        Producer,
        "kafka",
        "kafkajs",
        None,
        "checkout",
        at("services/checkout/src/bus.ts", 6),
    );
    wrapper.wrapper = true;

    vec![
        placed, bills, reserves, paid, failed, ships, mail, sends, emits, shows, told, heard,
        audit, returns, hostile, unknown, test, wrapper,
    ]
}

/// Channels and links by equal names, with the one binding of the shop.
fn connect(endpoints: &[Endpoint]) -> (Vec<Channel>, Vec<Link>) {
    let mut channels = BTreeMap::<(String, String), Channel>::new();
    for e in endpoints.iter().filter(|e| !e.test && !e.wrapper) {
        let Some(name) = &e.name else { continue };
        let kind = match e.technology.as_str() {
            "kafka" => "topic",
            "bullmq" => "queue",
            "rabbitmq" if e.role == Role::Consumer => "queue",
            "rabbitmq" => "routing key",
            "nats" => "subject",
            _ => "event",
        };
        let channel = channels
            .entry((e.technology.clone(), name.clone()))
            .or_insert_with(|| Channel {
                technology: e.technology.clone(),
                name: name.clone(),
                kind: kind.into(),
                producers: vec![],
                consumers: vec![],
            });
        match e.role {
            Role::Producer => channel.producers.push(e.id.clone()),
            Role::Consumer => channel.consumers.push(e.id.clone()),
        }
    }
    let mut links = Vec::new();
    for channel in channels.values() {
        for from in &channel.producers {
            for to in &channel.consumers {
                links.push(Link {
                    from: from.clone(),
                    to: to.clone(),
                    on: channel.name.clone(),
                    because: format!("same {}", channel.kind),
                });
            }
        }
    }
    let id = |name: &str| {
        endpoints
            .iter()
            .find(|e| e.name.as_deref() == Some(name))
            .map(|e| e.id.clone())
    };
    for name in ["payment.paid", "payment.failed"] {
        if let (Some(from), Some(to)) = (id(name), id("shipping")) {
            links.push(Link {
                from,
                to,
                on: name.into(),
                because: "binding payment.* on exchange payments".into(),
            });
        }
    }
    links.sort();
    (channels.into_values().collect(), links)
}

/// The shop.
pub fn shop() -> Analysis {
    let endpoints = endpoints();
    let (channels, links) = connect(&endpoints);
    let id = |name: &str, role: Role| -> Vec<String> {
        let found = endpoints
            .iter()
            .filter(|e| e.name.as_deref() == Some(name) && e.role == role && !e.test);
        found.map(|e| e.id.clone()).collect()
    };
    let step = |technology: &str, name: &str, to: &str, depth| Step {
        technology: technology.into(),
        name: name.into(),
        producer: id(name, Role::Producer).remove(0),
        consumers: id(to, Role::Consumer),
        depth,
    };
    let flows = vec![
        Flow {
            name: "POST /checkout".into(),
            trigger: Trigger {
                kind: TriggerKind::Http,
                text: "POST /checkout".into(),
                location: at("services/checkout/src/routes.ts", 14),
            },
            steps: vec![
                step("kafka", "orders.placed", "orders.placed", 0),
                step("rabbitmq", "payment.paid", "shipping", 1),
                step("rabbitmq", "payment.failed", "shipping", 1),
                step("kafka", "audit.{tenantId}.v2", "nobody", 0),
            ],
            services: vec!["checkout".into(), "billing".into(), "stock".into()],
            critical: true,
        },
        Flow {
            name: "clearCart".into(),
            trigger: Trigger {
                kind: TriggerKind::Start,
                text: "Cart.clear".into(),
                location: at("services/checkout/src/cart.ts", 55),
            },
            steps: vec![step("in-process", "CartEmptied", "CartEmptied", 0)],
            services: vec!["checkout".into()],
            critical: false,
        },
        Flow {
            name: HOSTILE.into(),
            trigger: Trigger {
                kind: TriggerKind::Cli,
                text: format!("run; {HOSTILE}"),
                location: at("services/checkout/src/a|b`<i>.ts", 1),
            },
            steps: vec![step("nats", HOSTILE, "nobody", 0)],
            services: vec!["checkout".into()],
            critical: true,
        },
    ];
    let mail = id("mail:welcome", Role::Producer).remove(0);
    let bills = id("orders.placed", Role::Consumer).remove(0);
    Analysis {
        schema_version: SCHEMA_VERSION,
        tool: Tool {
            name: "msgmap".into(),
            version: "0.0.0".into(),
        },
        root: ".".into(),
        revision: Some("0123456789abcdef0123456789abcdef01234567".into()),
        messaging_analysis: Totals {
            technologies: [
                "bullmq",
                "in-process",
                "kafka",
                "nats",
                "rabbitmq",
                "socket.io",
            ]
            .map(str::to_owned)
            .to_vec(),
            total_event_types: channels.len(),
            total_queues: 2,
            total_subscribers: 8,
            message_flows: flows.len(),
            retry_patterns: 1,
            dlq_configured: true,
            unknown_names: 1,
        },
        critical_flows: vec!["POST /checkout".into(), HOSTILE.into()],
        resilience_score: 0.62,
        services: vec![
            service("billing", "services/billing", "python", "pyproject.toml"),
            service(
                "checkout",
                "services/checkout",
                "typescript",
                "package.json",
            ),
            service("docs", "docs", "typescript", "package.json"),
            service("gateway", "services/gateway", "typescript", "package.json"),
            service("mailer", "services/mailer", "typescript", "package.json"),
            service("stock", "services/stock", "rust", "Cargo.toml"),
            service("web", "web", "typescript", "package.json"),
        ],
        declarations: vec![
            declaration(
                DeclarationKind::Exchange,
                "rabbitmq",
                "payments",
                "billing",
                at("services/billing/billing/topology.py", 8),
                json!({"type": "topic", "durable": true}),
            ),
            declaration(
                DeclarationKind::Queue,
                "rabbitmq",
                "shipping",
                "stock",
                at("services/stock/src/main.rs", 60),
                json!({"durable": true, "x-dead-letter-exchange": "payments.dead", "x-message-ttl": 60000}),
            ),
            declaration(
                DeclarationKind::Binding,
                "rabbitmq",
                "shipping",
                "stock",
                at("services/stock/src/main.rs", 66),
                json!({"exchange": "payments", "queue": "shipping", "pattern": "payment.*"}),
            ),
            declaration(
                DeclarationKind::Topic,
                "kafka",
                "orders.placed",
                "checkout",
                at("infra/topics.tf", 3),
                json!({"partitions": 12, "retention.ms": "604800000"}),
            ),
        ],
        policies: vec![
            policy(
                "retry",
                "bullmq",
                "checkout",
                at("services/checkout/src/mail.ts", 13),
                &[&mail],
                json!({"attempts": 3}),
            ),
            policy(
                "ack-auto",
                "kafka",
                "billing",
                at("services/billing/billing/worker.py", 22),
                &[&bills],
                json!({}),
            ),
            policy(
                "dead-letter",
                "rabbitmq",
                "stock",
                at("services/stock/src/main.rs", 61),
                &["rabbitmq:shipping"],
                json!({"exchange": "payments.dead"}),
            ),
            policy(
                "auth",
                "socket.io",
                "gateway",
                at("services/gateway/src/socket.ts", 12),
                &[],
                json!({"how": "handshake token"}),
            ),
            policy(
                "tracing",
                "kafka",
                "checkout",
                at("services/checkout/src/pay.ts", 90),
                &["kafka:orders.placed"],
                json!({"header": "traceparent"}),
            ),
        ],
        schemas: vec![Schema {
            id: "s:OrderPlaced".into(),
            ty: "OrderPlaced".into(),
            location: at("schemas/order_placed.avsc", 1),
            format: "avro".into(),
            version: Some("2".into()),
            description: Some("A customer has paid for a cart.".into()),
            fields: vec![
                field("orderId", "string", true),
                field("items", "array<Item>", true),
                field("note", "string | null", false),
            ],
        }],
        findings: vec![
            finding(
                "consumer-without-dead-letter",
                Severity::Error,
                "billing",
                at("services/billing/billing/worker.py", 21),
                "messages of \"orders.placed\" that on_order cannot handle are lost or block the partition",
                "Catch what cannot be handled, and send it to a dead-letter topic with the reason in a header.",
                0.12,
            ),
            finding(
                "consumer-without-dead-letter",
                Severity::Error,
                "stock",
                at("services/stock/src/main.rs", 40),
                "messages of \"orders.placed\" that cannot be handled block the partition",
                "Catch what cannot be handled, and send it to a dead-letter topic with the reason in a header.",
                0.12,
            ),
            finding(
                "orphan-producer",
                Severity::Note,
                "checkout",
                at("services/checkout/src/a|b`<i>.ts", 1),
                &format!("nobody receives \"{HOSTILE}\""),
                "Remove it, or say in msgmap.toml who receives it.",
                0.02,
            ),
            finding(
                "retry-without-backoff",
                Severity::Warning,
                "checkout",
                at("services/checkout/src/mail.ts", 13),
                "3 attempts follow each other without a pause",
                "Set backoff: { type: \"exponential\", delay: 1000 }.",
                0.08,
            ),
            finding(
                "websocket-without-heartbeat",
                Severity::Warning,
                "gateway",
                at("services/gateway/src/socket.ts", 10),
                "dead connections are not noticed",
                "Set pingInterval and pingTimeout.",
                0.04,
            ),
        ],
        score: Score {
            value: 0.62,
            checks: vec![
                CheckScore {
                    check: "consumer-without-dead-letter".into(),
                    weight: 3,
                    passed: 1,
                    applicable: 3,
                },
                CheckScore {
                    check: "non-durable-queue".into(),
                    weight: 2,
                    passed: 1,
                    applicable: 1,
                },
                CheckScore {
                    check: "not-here".into(),
                    weight: 1,
                    passed: 0,
                    applicable: 0,
                },
                CheckScore {
                    check: "orphan-producer".into(),
                    weight: 1,
                    passed: 6,
                    applicable: 8,
                },
                CheckScore {
                    check: "retry-without-backoff".into(),
                    weight: 2,
                    passed: 0,
                    applicable: 1,
                },
                CheckScore {
                    check: "websocket-without-heartbeat".into(),
                    weight: 1,
                    passed: 0,
                    applicable: 1,
                },
            ],
        },
        stats: Stats {
            files: 1234,
            bytes: 5_678_901,
            parsed: 87,
            seconds: 0.84,
        },
        diagnostics: vec![
            Diagnostic {
                file: "services/web/dist/app.js".into(),
                line: None,
                message: "larger than 5 MB, not read".into(),
            },
            Diagnostic {
                file: "services/billing/billing/legacy.py".into(),
                line: Some(214),
                message: "syntax error, read up to here\u{7}".into(),
            },
        ],
        endpoints,
        channels,
        links,
        flows,
    }
}

/// A map of `n` topics between twenty services, far beyond what one diagram
/// or screen can hold.
pub fn huge(n: u32) -> Analysis {
    let mut endpoints = Vec::new();
    for i in 0..n {
        let name = format!("topic.number.{i}");
        let (from, to) = (
            format!("service-{}", i % 20),
            format!("service-{}", (i / 20) % 20),
        );
        endpoints.push(endpoint(
            Role::Producer,
            "kafka",
            "kafkajs",
            Some(&name),
            &from,
            at("a.ts", i + 1),
        ));
        if i % 10 != 0 {
            endpoints.push(endpoint(
                Role::Consumer,
                "kafka",
                "kafkajs",
                Some(&name),
                &to,
                at("b.ts", i + 1),
            ));
        }
    }
    let (channels, links) = connect(&endpoints);
    Analysis {
        services: (0..20)
            .map(|i| {
                service(
                    &format!("service-{i}"),
                    &format!("s{i}"),
                    "typescript",
                    "package.json",
                )
            })
            .collect(),
        endpoints,
        channels,
        links,
        ..Analysis::default()
    }
}
