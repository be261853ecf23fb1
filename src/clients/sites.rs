//! What matching finds: endpoints, declarations and policies, before they are
//! joined to a graph.

use std::collections::BTreeMap;

use serde_json::Value as Json;
use smol_str::SmolStr;

use super::dispatchers::OwnNamed;
use crate::analysis::{Confidence, DeclarationKind, Role};
use crate::facts::{ExprId, Span};
use crate::project::{ClassRef, FileId, FunctionRef, Text, Trail};

/// A place in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    pub file: FileId,
    pub span: Span,
}

/// The shape of a payload, as far as the code says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shape {
    Class(ClassRef),
    /// An object literal.
    Literal(FileId, ExprId),
    /// Of a class that is not in the tree, which has one of these names: what a
    /// compiler of schemas writes.
    Named(Vec<SmolStr>),
}

/// A producer or consumer.
#[derive(Clone, Debug)]
pub struct EndpointSite {
    pub role: Role,
    pub client: String,
    pub technology: String,
    /// What its channel is: topic, queue, …
    pub channel: String,
    pub name: Option<Text>,
    /// The message's own name inside the channel.
    pub message: Option<Text>,
    pub via: Option<Text>,
    pub group: Option<Text>,
    pub place: Place,
    /// The call, for policies that are about the same one.
    pub calls: Vec<(FileId, ExprId)>,
    pub trail: Trail,
    pub confidence: Confidence,
    pub payload: Option<Shape>,
    pub handler: Option<FunctionRef>,
    pub settings: BTreeMap<String, Json>,
    pub wrapper: bool,
    pub requires_counterpart: bool,
}

/// A declaration.
#[derive(Clone, Debug)]
pub struct DeclarationSite {
    pub kind: DeclarationKind,
    pub technology: String,
    pub name: Option<Text>,
    pub place: Place,
    pub calls: Vec<(FileId, ExprId)>,
    pub settings: BTreeMap<String, Json>,
}

/// A policy.
#[derive(Clone, Debug)]
pub struct PolicySite {
    pub kind: String,
    pub technology: String,
    pub place: Place,
    /// The call it is written at.
    pub call: (FileId, ExprId),
    /// The call that made what it is written on.
    pub made: Option<(FileId, ExprId)>,
    /// A setting of an endpoint or declaration says so; where a policy says the
    /// same, that one counts.
    pub implied: bool,
    /// The channel it names, if it does.
    pub channel: Option<String>,
    pub detail: BTreeMap<String, Json>,
}

/// Everything found in some files.
#[derive(Clone, Debug, Default)]
pub struct Sites {
    pub endpoints: Vec<EndpointSite>,
    pub declarations: Vec<DeclarationSite>,
    pub policies: Vec<PolicySite>,
    /// Functions of the project that pass a parameter on as a name.
    pub wrappers: Vec<FunctionRef>,
    /// Messages that go by the name of the class that sends them.
    pub own_named: Vec<OwnNamed>,
    /// Classes of records that keep messages until they are sent.
    pub records: Vec<ClassRef>,
}

impl Sites {
    pub fn append(&mut self, mut other: Self) {
        self.endpoints.append(&mut other.endpoints);
        self.declarations.append(&mut other.declarations);
        self.policies.append(&mut other.policies);
        self.wrappers.append(&mut other.wrappers);
        self.own_named.append(&mut other.own_named);
        self.records.append(&mut other.records);
    }
}
