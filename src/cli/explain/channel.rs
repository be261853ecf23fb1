//! Everything known about a channel, nothing cut: who sends and receives, how
//! each name was found, what was declared, agreed and found wanting.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;

use anstyle::{AnsiColor, Style};
use msgmap::analysis::{
    Channel, Confidence, Declaration, Endpoint, Finding, Location, Policy, Schema,
};
use msgmap::report::escape::visible;
use msgmap::report::view::{Attached, Meeting, View, setting};
use serde_json::Value;

use super::super::output::label;
use super::super::tree::Tree;

const TITLE: Style = Style::new().bold().underline();
const STRONG: Style = Style::new().bold();
const FAINT: Style = Style::new().dimmed();
/// Shapes of messages of one channel that are written out.
const SCHEMAS: usize = 8;
const SENDS: Style = AnsiColor::Green.on_default();
const RECEIVES: Style = AnsiColor::Cyan.on_default();

/// Settings of a declaration that name a channel.
const REFERENCES: [&str; 7] = [
    "queue",
    "exchange",
    "dead_letter",
    "dead_letter_exchange",
    "dead_letter_routing_key",
    "x-dead-letter-exchange",
    "x-dead-letter-routing-key",
];

/// The page of one channel.
pub fn render(view: &View<'_>, channel: &Channel, tree: &Tree) -> String {
    let subject = Subject::of(view, channel);
    let mut page = Page {
        text: String::new(),
        tree,
    };
    page.line(
        0,
        &[
            (TITLE, &channel.name),
            (FAINT, &channel.technology),
            (FAINT, &channel.kind),
        ],
    );
    side(
        &mut page,
        view,
        "Producers",
        "→",
        SENDS,
        &subject.meeting.producers,
    );
    side(
        &mut page,
        view,
        "Consumers",
        "←",
        RECEIVES,
        &subject.meeting.consumers,
    );
    tests(&mut page, &subject);
    links(&mut page, view, &subject);
    declarations(&mut page, &subject);
    policies(&mut page, &subject);
    for schema in view.schemas_on(channel).into_iter().take(SCHEMAS) {
        payload(&mut page, schema);
    }
    findings(&mut page, &subject);
    page.text
}

/// A channel with what the analysis says about it.
struct Subject<'a> {
    meeting: Meeting<'a>,
    /// Endpoints of the same name in test code.
    tests: Vec<&'a Endpoint>,
    declarations: Vec<&'a Declaration>,
    policies: Vec<&'a Policy>,
    findings: Vec<&'a Finding>,
}

impl<'a> Subject<'a> {
    fn of(view: &View<'a>, channel: &'a Channel) -> Self {
        let a = view.analysis;
        let meeting = view.meeting(channel);
        let endpoints: Vec<&Endpoint> = meeting
            .producers
            .iter()
            .chain(&meeting.consumers)
            .map(|attached| attached.endpoint)
            .collect();
        // A producer's exchange and a consumer's queue are part of the way.
        let way: BTreeSet<&str> = endpoints
            .iter()
            .flat_map(|e| [e.via.as_deref(), e.name.as_deref()])
            .flatten()
            .chain([channel.name.as_str()])
            .collect();
        let declarations: Vec<_> = a
            .declarations
            .iter()
            .filter(|d| d.technology == channel.technology && is_about(d, &way))
            .collect();
        let ids: BTreeSet<&str> = endpoints.iter().map(|e| e.id.as_str()).collect();
        let full_name = super::full_name(channel);
        let policies: Vec<_> = a
            .policies
            .iter()
            .filter(|p| {
                let mut subjects = p.applies_to.iter();
                subjects.any(|s| *s == full_name || ids.contains(s.as_str()))
            })
            .collect();
        let places: BTreeSet<&Location> = endpoints
            .iter()
            .map(|e| &e.location)
            .chain(declarations.iter().map(|d| &d.location))
            .chain(policies.iter().map(|p| &p.location))
            .collect();
        let findings = a.findings.iter();
        let findings = findings.filter(|f| places.contains(&f.location)).collect();
        let tests = a
            .endpoints
            .iter()
            .filter(|e| e.test && e.technology == channel.technology)
            .filter(|e| e.name.as_deref() == Some(channel.name.as_str()))
            .collect();
        Self {
            meeting,
            tests,
            declarations,
            policies,
            findings,
        }
    }
}

/// Whether a declaration is of one of `names`, or leads to or from one.
fn is_about(declaration: &Declaration, names: &BTreeSet<&str>) -> bool {
    let own = declaration.name.as_deref();
    let referred = REFERENCES
        .iter()
        .filter_map(|key| declaration.settings.get(*key))
        .filter_map(Value::as_str);
    own.into_iter()
        .chain(referred)
        .any(|name| names.contains(name))
}

/// The text so far; whatever is put on it is escaped.
struct Page<'a> {
    text: String,
    tree: &'a Tree,
}

impl Page<'_> {
    /// Pieces with two blanks between them; empty ones are left out.
    fn line(&mut self, indent: usize, pieces: &[(Style, &str)]) {
        let pieces = pieces.iter().filter(|(_, text)| !text.is_empty());
        let pieces: Vec<_> = pieces
            .map(|(style, text)| format!("{style}{}{style:#}", visible(text)))
            .collect();
        self.text.push_str(&" ".repeat(indent));
        self.text.push_str(&pieces.join("  "));
        self.text.push('\n');
    }

    /// A line of plain text, if there is any.
    fn text(&mut self, indent: usize, text: &str) {
        if !text.is_empty() {
            self.line(indent, &[(Style::new(), text)]);
        }
    }

    fn title(&mut self, title: &str, n: impl Display) {
        self.text.push('\n');
        self.line(0, &[(TITLE, title), (FAINT, &n.to_string())]);
    }

    fn place(&self, location: &Location) -> String {
        format!("{}:{}", self.tree.place(&location.file), location.line)
    }
}

fn side(
    page: &mut Page<'_>,
    view: &View<'_>,
    title: &str,
    arrow: &str,
    style: Style,
    side: &[Attached<'_>],
) {
    page.title(title, side.len());
    if side.is_empty() {
        page.line(2, &[(FAINT, "none in this tree")]);
    }
    for attached in side {
        endpoint(page, view, arrow, style, attached);
    }
}

fn endpoint(page: &mut Page<'_>, view: &View<'_>, arrow: &str, style: Style, at: &Attached<'_>) {
    let e = at.endpoint;
    let place = page.place(&e.location);
    page.line(
        2,
        &[
            (style, arrow),
            (STRONG, &e.service),
            (STRONG, &place),
            (Style::new(), e.symbol.as_deref().unwrap_or_default()),
        ],
    );
    let client = match e.confidence {
        Confidence::Certain => e.client.clone(),
        Confidence::Likely => format!("{} (likely: by its spelling)", e.client),
    };
    fact(page, "client", &client);
    name(page, e);
    fact(page, "why", at.because.unwrap_or_default());
    fact(page, "via", e.via.as_deref().unwrap_or_default());
    fact(page, "group", e.group.as_deref().unwrap_or_default());
    if let Some(handler) = &e.handler {
        let symbol = handler.symbol.as_deref().unwrap_or("anonymous function");
        fact(
            page,
            "handler",
            &format!("{symbol} ({})", page.place(&handler.location)),
        );
    }
    let shape = view.schema_of(e).map(|schema| schema.ty.as_str());
    let written = e.payload.as_ref().and_then(|p| p.ty.as_deref());
    fact(page, "payload", written.or(shape).unwrap_or_default());
    fact(page, "settings", &settings(&e.settings));
}

/// The name as used, and every hop to its value.
fn name(page: &mut Page<'_>, e: &Endpoint) {
    fact(page, "name", e.name.as_deref().unwrap_or_default());
    for hop in &e.evidence {
        let place = page.place(&hop.location);
        page.line(
            15,
            &[(FAINT, "←"), (Style::new(), &hop.text), (FAINT, &place)],
        );
    }
}

/// A labelled fact about an endpoint; nothing if there is nothing to say.
fn fact(page: &mut Page<'_>, what: &str, text: &str) {
    if !text.is_empty() {
        page.line(5, &[(FAINT, &format!("{what:8}")), (Style::new(), text)]);
    }
}

fn tests(page: &mut Page<'_>, subject: &Subject<'_>) {
    if subject.tests.is_empty() {
        return;
    }
    page.title("In tests", subject.tests.len());
    for e in &subject.tests {
        let place = page.place(&e.location);
        let symbol = e.symbol.as_deref().unwrap_or_default();
        page.line(2, &[(Style::new(), &place), (FAINT, symbol)]);
    }
}

fn links(page: &mut Page<'_>, view: &View<'_>, subject: &Subject<'_>) {
    let producers = subject.meeting.producers.iter();
    let receivers = &subject.meeting.consumers;
    let receivers: BTreeSet<_> = receivers.iter().map(|c| c.endpoint.id.as_str()).collect();
    let links: Vec<_> = producers
        .flat_map(|producer| view.links(producer.endpoint))
        .filter(|link| receivers.contains(link.to.as_str()))
        .collect();
    if links.is_empty() {
        return;
    }
    page.title("Links", links.len());
    for link in links {
        let end = |id| {
            let endpoint = view.endpoint(id);
            endpoint.map_or_else(String::new, |e| page.place(&e.location))
        };
        let (from, to) = (end(&link.from), end(&link.to));
        page.line(
            2,
            &[
                (SENDS, &from),
                (FAINT, "→"),
                (RECEIVES, &to),
                (FAINT, &link.because),
            ],
        );
    }
}

fn declarations(page: &mut Page<'_>, subject: &Subject<'_>) {
    if subject.declarations.is_empty() {
        return;
    }
    page.title("Declarations", subject.declarations.len());
    for d in &subject.declarations {
        let place = page.place(&d.location);
        page.line(
            2,
            &[
                (FAINT, d.kind.as_str()),
                (STRONG, d.name.as_deref().unwrap_or_default()),
                (Style::new(), &place),
                (FAINT, if d.test { "in tests" } else { "" }),
            ],
        );
        page.text(5, &settings(&d.settings));
    }
}

fn policies(page: &mut Page<'_>, subject: &Subject<'_>) {
    if subject.policies.is_empty() {
        return;
    }
    page.title("Policies", subject.policies.len());
    for p in &subject.policies {
        let place = page.place(&p.location);
        page.line(2, &[(STRONG, &p.kind), (Style::new(), &place)]);
        page.text(5, &settings(&p.detail));
    }
}

fn payload(page: &mut Page<'_>, schema: &Schema) {
    let place = page.place(&schema.location);
    page.title("Payload", &schema.ty);
    let version = schema.version.as_ref().map(|v| format!("version {v}"));
    page.line(
        2,
        &[
            (Style::new(), &place),
            (FAINT, &schema.format),
            (FAINT, version.as_deref().unwrap_or_default()),
        ],
    );
    page.text(2, schema.description.as_deref().unwrap_or_default());
    for field in &schema.fields {
        page.line(
            4,
            &[
                (STRONG, &field.name),
                (Style::new(), field.ty.as_deref().unwrap_or_default()),
                (FAINT, if field.required { "" } else { "optional" }),
            ],
        );
    }
}

fn findings(page: &mut Page<'_>, subject: &Subject<'_>) {
    page.title("Findings", subject.findings.len());
    if subject.findings.is_empty() {
        page.line(2, &[(FAINT, "none")]);
    }
    for finding in &subject.findings {
        let (style, word) = label(finding.severity);
        let place = page.place(&finding.location);
        let head = format!("{word}[{}]", finding.check);
        page.line(2, &[(style, &head), (Style::new(), &place)]);
        page.text(5, &finding.message);
        page.text(5, &finding.help);
    }
}

/// `durable=true, type=topic`.
fn settings(settings: &BTreeMap<String, Value>) -> String {
    let written = settings.iter();
    let written: Vec<_> = written
        .map(|(key, value)| format!("{key}={}", setting(value)))
        .collect();
    written.join(", ")
}
