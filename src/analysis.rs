//! The one public result: what every report, test and library user reads.
//!
//! The types here are the JSON contract. Paths are relative to the scanned
//! root and use `/`; lines and columns are 1-based; lists are sorted, so that
//! the same tree gives the same bytes. A field that is `null` is not known; a
//! list that is empty was looked for and not found.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Version of the JSON contract; raised when a field changes meaning or goes.
pub const SCHEMA_VERSION: u32 = 1;

/// A place in the scanned tree.
#[derive(
    Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
pub struct Location {
    /// Path relative to the scanned root, with `/`.
    pub file: String,
    /// 1-based line.
    pub line: u32,
    /// 1-based column, in bytes.
    pub column: u32,
    /// 1-based last line of the statement.
    pub end_line: u32,
}

impl std::fmt::Display for Location {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// Whether messages leave or arrive at an endpoint.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    Producer,
    Consumer,
}

/// How well an endpoint's client is known.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// The receiver was followed to the client library, or has its declared type.
    Certain,
    /// Spelled like the client's call in a file that imports the client.
    Likely,
}

/// One hop on the way from a name as used to its value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Evidence {
    /// What stands there, such as `TOPICS.ORDERS`.
    pub text: String,
    pub location: Location,
}

/// The shape of a message at an endpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Payload {
    /// Type name, or `literal` for an object written in place.
    #[serde(rename = "type")]
    pub ty: Option<String>,
    /// [`Schema::id`] of its shape, if the repository has it.
    pub schema: Option<String>,
}

/// The code that receives a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Handler {
    /// Name such as `OrderService.onOrder`; null for an anonymous function.
    pub symbol: Option<String>,
    pub location: Location,
}

/// One place in the code where a message is handed to a channel, or a receiver attached to one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Endpoint {
    /// Stable as long as role, technology, name and symbol stay: lines may move.
    pub id: String,
    pub role: Role,
    pub technology: String,
    /// The client model that recognised it.
    pub client: String,
    /// What producer and consumer agree on; `{…}` is a part known only at run
    /// time, `${NAME}` an environment variable nothing sets; null if nothing is known.
    pub name: Option<String>,
    /// Exchange, bus, namespace or queue it travels through.
    pub via: Option<String>,
    /// Consumer group.
    pub group: Option<String>,
    /// Name of the service it belongs to.
    pub service: String,
    /// Enclosing function, such as `CheckoutService.pay`.
    pub symbol: Option<String>,
    pub location: Location,
    pub confidence: Confidence,
    /// How the name was found, from the use to the value.
    pub evidence: Vec<Evidence>,
    pub payload: Option<Payload>,
    pub handler: Option<Handler>,
    /// Settings written at the call: `persistent`, `delay`, `key`, `ack`, …
    pub settings: BTreeMap<String, serde_json::Value>,
    /// Stands in test code.
    pub test: bool,
    /// The client call inside a function of the project that passes its own
    /// parameter on as the name; its callers are the endpoints.
    pub wrapper: bool,
}

/// Everything that meets under one name of one technology.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Channel {
    pub technology: String,
    pub name: String,
    /// `topic`, `queue`, `exchange`, `stream`, `subject`, `event`, `task`, …
    pub kind: String,
    /// Ids of producers in production code.
    pub producers: Vec<String>,
    /// Ids of consumers in production code.
    pub consumers: Vec<String>,
}

/// A message can go from a producer to a consumer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Link {
    /// Producer's id.
    pub from: String,
    /// Consumer's id.
    pub to: String,
    /// The name they meet on.
    pub on: String,
    /// Why: `same topic`, `binding user.* on exchange events`, …
    pub because: String,
}

/// What a declaration declares.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum DeclarationKind {
    Queue,
    Topic,
    Exchange,
    Binding,
    Stream,
    Subscription,
}

impl DeclarationKind {
    /// The word used in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queue => "queue",
            Self::Topic => "topic",
            Self::Exchange => "exchange",
            Self::Binding => "binding",
            Self::Stream => "stream",
            Self::Subscription => "subscription",
        }
    }
}

/// A queue, topic, exchange, binding, stream or subscription that code or configuration declares.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Declaration {
    pub kind: DeclarationKind,
    pub technology: String,
    pub name: Option<String>,
    pub service: String,
    pub location: Location,
    /// As written: `durable`, `type`, `x-message-ttl`, `x-dead-letter-exchange`,
    /// `fifo`, …; for a binding `exchange`, `queue` and `pattern`.
    pub settings: BTreeMap<String, serde_json::Value>,
    pub test: bool,
}

/// A statement in the code about how delivery behaves or fails.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Policy {
    /// `retry`, `backoff`, `dead-letter`, `ack-manual`, `ack-auto`, `prefetch`,
    /// `concurrency`, `timeout`, `ttl`, `durable`, `persistent`, `idempotency`,
    /// `heartbeat`, `reconnect`, `auth`, `tls`, `tracing`, `metrics`, …
    pub kind: String,
    pub technology: String,
    pub service: String,
    pub location: Location,
    /// Ids of endpoints, or channel names as `technology:name`.
    pub applies_to: Vec<String>,
    pub detail: BTreeMap<String, serde_json::Value>,
    pub test: bool,
}

/// A field of a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SchemaField {
    pub name: String,
    /// As written in its language; null if it is not declared.
    #[serde(rename = "type")]
    pub ty: Option<String>,
    pub required: bool,
}

/// The shape of a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Schema {
    pub id: String,
    #[serde(rename = "type")]
    pub ty: String,
    pub location: Location,
    /// `typescript`, `python`, `rust`, `avro`, `protobuf`, `json-schema`, …
    pub format: String,
    pub version: Option<String>,
    /// First sentence of its documentation.
    pub description: Option<String>,
    pub fields: Vec<SchemaField>,
}

/// What starts a flow.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum TriggerKind {
    Http,
    Schedule,
    Cli,
    Message,
    /// A function nothing in the map calls.
    Start,
}

/// What sets a flow off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Trigger {
    pub kind: TriggerKind,
    pub text: String,
    pub location: Location,
}

/// One step of a flow: a message going from a producer to its consumers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Step {
    pub technology: String,
    pub name: String,
    /// Id of the endpoint that sends.
    pub producer: String,
    /// Ids of the endpoints that receive; empty when nobody in the tree does.
    pub consumers: Vec<String>,
    /// How many messages before this one in the chain; 0 for the first.
    pub depth: u32,
}

/// A chain of messages from a trigger to the last consumer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Flow {
    pub name: String,
    pub trigger: Trigger,
    pub steps: Vec<Step>,
    /// Services it passes through, in order of first appearance.
    pub services: Vec<String>,
    /// Reaches over more than one service, or over three or more messages.
    pub critical: bool,
}

/// How bad a finding is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    Note,
    Warning,
    Error,
}

/// Something a check found wanting.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    pub check: String,
    pub severity: Severity,
    pub location: Location,
    pub service: String,
    /// What is wrong here, in one sentence.
    pub message: String,
    /// What to do about it.
    pub help: String,
    /// Stays the same when lines move.
    pub fingerprint: String,
    /// What it takes off [`Score::value`], 0 to 1.
    pub cost: f64,
}

/// How one check went.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CheckScore {
    pub check: String,
    pub weight: u32,
    /// Subjects that passed.
    pub passed: u32,
    /// Subjects it applies to; a check with none does not count.
    pub applicable: u32,
}

/// The resilience score: weighted mean of `passed / applicable` over the checks that apply.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Score {
    /// 0 to 1, two decimals; 1 when no check applies.
    pub value: f64,
    pub checks: Vec<CheckScore>,
}

/// A service: a manifest or compose build context and what lies below it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Service {
    pub name: String,
    /// Folder, relative to the root; `.` for the root itself.
    pub root: String,
    pub languages: Vec<String>,
    /// The manifest that makes it one; null for the scanned root without any.
    pub manifest: Option<String>,
}

/// The counts of `messaging_analysis`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Totals {
    pub technologies: Vec<String>,
    /// Different names messages travel under.
    pub total_event_types: usize,
    /// Declared or consumed queues.
    pub total_queues: usize,
    pub total_subscribers: usize,
    pub message_flows: usize,
    pub retry_patterns: usize,
    pub dlq_configured: bool,
    /// Endpoints whose name is not known at all.
    pub unknown_names: usize,
}

/// What the scan cost.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Stats {
    /// Files of a known language or format.
    pub files: usize,
    pub bytes: u64,
    /// Files parsed into a syntax tree.
    pub parsed: usize,
    /// Wall-clock seconds; 0 in JSON, which is the same bytes for the same tree.
    pub seconds: f64,
}

/// Something that was not understood; never the end of the scan.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Diagnostic {
    pub file: String,
    /// 1-based; null when it is about the whole file.
    pub line: Option<u32>,
    pub message: String,
}

/// Who made the document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Tool {
    pub name: String,
    pub version: String,
}

impl Default for Tool {
    fn default() -> Self {
        Self {
            name: env!("CARGO_PKG_NAME").into(),
            version: env!("CARGO_PKG_VERSION").into(),
        }
    }
}

/// Everything msgmap knows about a tree.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Analysis {
    pub schema_version: u32,
    pub tool: Tool,
    /// Always `.`: every path is relative to it.
    pub root: String,
    /// Git commit of the tree, if it is one.
    pub revision: Option<String>,
    pub messaging_analysis: Totals,
    /// Names of the flows that matter most.
    pub critical_flows: Vec<String>,
    /// [`Score::value`].
    pub resilience_score: f64,
    pub services: Vec<Service>,
    pub endpoints: Vec<Endpoint>,
    pub channels: Vec<Channel>,
    pub links: Vec<Link>,
    pub declarations: Vec<Declaration>,
    pub policies: Vec<Policy>,
    pub schemas: Vec<Schema>,
    pub flows: Vec<Flow>,
    pub findings: Vec<Finding>,
    pub score: Score,
    pub stats: Stats,
    pub diagnostics: Vec<Diagnostic>,
}

/// Whether a name is one hole: nothing of it is known.
#[must_use]
pub fn is_open(name: &str) -> bool {
    name.starts_with('{') && name.find('}') == Some(name.len() - 1)
}

impl Endpoint {
    /// Whether nothing of the name is known.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        self.name.as_deref().is_none_or(is_open)
    }
}

impl Analysis {
    /// Production endpoints of one role; wrappers and tests left out.
    pub fn live(&self, role: Role) -> impl Iterator<Item = &Endpoint> {
        self.endpoints
            .iter()
            .filter(move |e| e.role == role && !e.test && !e.wrapper)
    }

    /// The endpoint with this id.
    #[must_use]
    pub fn endpoint(&self, id: &str) -> Option<&Endpoint> {
        self.endpoints.iter().find(|e| e.id == id)
    }

    /// The schema with this id.
    #[must_use]
    pub fn schema(&self, id: &str) -> Option<&Schema> {
        self.schemas.iter().find(|s| s.id == id)
    }
}
