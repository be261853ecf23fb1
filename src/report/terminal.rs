//! The summary people read in a shell.
//!
//! It answers, in this order: what is used, by whom, who talks to whom over
//! what, what leads nowhere, what could not be found out, and what to repair
//! first. Long lists are cut with the number that is missing; nothing is cut
//! from a `file:line`, which terminals turn into a link.

mod line;

use std::collections::{BTreeMap, BTreeSet};

use anstyle::{AnsiColor, Style};

use crate::analysis::{Analysis, Channel, Endpoint, Finding, Role, Severity};

use super::kinds::Kind;
use super::view::{Attached, Meeting, View};
use line::{Line, wrap};

/// Channels shown of one technology, orphans of one role, unknown names of one
/// technology.
const MANY: usize = 20;
/// Endpoints shown of one channel and role, places of one finding.
const SOME: usize = 4;
/// Checks with findings shown.
const COSTLIEST: usize = 3;
/// Columns of the names in front of a list.
const NAME: usize = 32;

const TITLE: Style = Style::new().bold().underline();
const STRONG: Style = Style::new().bold();
const PLAIN: Style = Style::new();
const FAINT: Style = Style::new().dimmed();
const SENDS: Style = AnsiColor::Green.on_default();
const RECEIVES: Style = AnsiColor::Cyan.on_default();
const GOOD: Style = AnsiColor::Green.on_default().bold();
const FAIR: Style = AnsiColor::Yellow.on_default().bold();
const BAD: Style = AnsiColor::Red.on_default().bold();

/// The summary with ANSI colours, for a terminal of `width` columns.
#[must_use]
pub fn render(analysis: &Analysis, width: usize) -> String {
    let view = View::new(analysis);
    let mut page = Page {
        text: String::new(),
        width: width.max(40),
    };
    head(&mut page, analysis);
    technologies(&mut page, &view);
    service_list(&mut page, analysis);
    channels(&mut page, &view);
    orphans(&mut page, &view);
    unknown(&mut page, &view);
    score(&mut page, analysis);
    findings(&mut page, analysis);
    diagnostics(&mut page, analysis);
    page.text
}

/// The text so far.
struct Page {
    text: String,
    width: usize,
}

impl Page {
    fn put(&mut self, line: Line) {
        line.write(&mut self.text, self.width);
    }

    /// A heading with an empty line before it and a remark behind it.
    fn title(&mut self, title: &str, remark: &str) {
        self.text.push('\n');
        self.put(
            Line::new(0)
                .put(TITLE, title)
                .put(FAINT, &format!("  {remark}")),
        );
    }

    /// Says that something was left out, if something was.
    fn more(&mut self, indent: usize, left_out: usize) {
        if left_out > 0 {
            let text = format!("… and {left_out} more, see --format json");
            self.put(Line::new(indent).put(FAINT, &text));
        }
    }
}

fn head(page: &mut Page, a: &Analysis) {
    let mut cost = format!("{} files, {} parsed", a.stats.files, a.stats.parsed);
    if a.stats.seconds > 0.0 {
        cost += &format!(", {:.1} s", a.stats.seconds);
    }
    page.put(
        Line::new(0)
            .put(STRONG, &format!("{} {}", a.tool.name, a.tool.version))
            .put(FAINT, &format!("  {cost}")),
    );
    if a.endpoints.is_empty() && a.declarations.is_empty() {
        page.text.push('\n');
        page.put(Line::new(0).put(PLAIN, "No messaging found."));
    }
}

fn technologies(page: &mut Page, view: &View<'_>) {
    let technologies = view.technologies();
    if technologies.is_empty() {
        return;
    }
    page.title("Technologies", "");
    for technology in technologies {
        let of = |role| {
            view.analysis
                .live(role)
                .filter(|e| e.technology == technology)
                .count()
        };
        let names = view
            .analysis
            .channels
            .iter()
            .filter(|c| c.technology == technology)
            .count();
        let (producers, consumers) = (of(Role::Producer), of(Role::Consumer));
        page.put(
            Line::new(2)
                .column(STRONG, technology, 20)
                .column(FAINT, Kind::of(technology).as_str(), 16)
                .column(PLAIN, &count(names, "channel"), 16)
                .column(SENDS, &count(producers, "producer"), 16)
                .put(RECEIVES, &count(consumers, "consumer")),
        );
    }
}

fn service_list(page: &mut Page, a: &Analysis) {
    if a.services.is_empty() {
        return;
    }
    let mut talk = BTreeMap::<&str, (usize, usize)>::new();
    for e in a.live(Role::Producer) {
        talk.entry(&e.service).or_default().0 += 1;
    }
    for e in a.live(Role::Consumer) {
        talk.entry(&e.service).or_default().1 += 1;
    }
    let talking: Vec<_> = a
        .services
        .iter()
        .filter(|s| talk.contains_key(s.name.as_str()))
        .collect();
    let silent = a.services.len() - talking.len();
    let remark = if silent > 0 {
        format!("{}, {silent} of them without messaging", a.services.len())
    } else {
        a.services.len().to_string()
    };
    page.title("Services", &remark);
    let shown = || talking.iter().take(MANY);
    let name = widest(shown().map(|s| s.name.as_str()), NAME);
    let languages = widest(shown().map(|s| s.languages.join(", ")), 24);
    for service in shown() {
        let (sends, receives) = talk.get(service.name.as_str()).copied().unwrap_or_default();
        page.put(
            Line::new(2)
                .column(STRONG, &service.name, name)
                .column(SENDS, &format!("sends {sends}"), 12)
                .column(RECEIVES, &format!("receives {receives}"), 14)
                .column(FAINT, &service.languages.join(", "), languages)
                .put(FAINT, &service.root),
        );
    }
    page.more(2, talking.len().saturating_sub(MANY));
}

/// The columns the widest of some texts takes, with the space behind it; at most `most`.
fn widest(texts: impl Iterator<Item = impl AsRef<str>>, most: usize) -> usize {
    let widths = texts.map(|t| unicode_width::UnicodeWidthStr::width(t.as_ref()) + 2);
    widths.max().unwrap_or(0).min(most)
}

fn channels(page: &mut Page, view: &View<'_>) {
    let mut by_technology = BTreeMap::<&str, Vec<Meeting<'_>>>::new();
    let mut connected = 0;
    for meeting in view.meetings().filter(|m| m.connected) {
        connected += 1;
        by_technology
            .entry(&meeting.channel.technology)
            .or_default()
            .push(meeting);
    }
    let total = view.analysis.channels.len();
    if total == 0 {
        return;
    }
    page.title(
        "Channels",
        &format!("{connected} of {total} with both a producer and a consumer"),
    );
    for (technology, mut meetings) in by_technology {
        page.put(Line::new(2).put(STRONG, technology));
        // The busiest are shown when not all can be; stable, so that channels
        // of one size stay in the order of their names.
        if meetings.len() > MANY {
            meetings.sort_by_key(|m| std::cmp::Reverse(m.producers.len() + m.consumers.len()));
        }
        for meeting in meetings.iter().take(MANY) {
            channel(page, meeting);
        }
        page.more(4, meetings.len().saturating_sub(MANY));
    }
}

fn channel(page: &mut Page, meeting: &Meeting<'_>) {
    let Channel { name, kind, .. } = meeting.channel;
    page.put(
        Line::new(4)
            .put(STRONG, name)
            .put(FAINT, &format!("  {kind}")),
    );
    for (side, arrow, style) in [
        (&meeting.producers, "→ ", SENDS),
        (&meeting.consumers, "← ", RECEIVES),
    ] {
        for Attached { endpoint, because } in side.iter().take(SOME) {
            page.put(at(Line::new(6).whole(style, arrow), endpoint, *because));
        }
        page.more(6, side.len().saturating_sub(SOME));
    }
}

/// Service, place and what else is worth knowing of an endpoint.
fn at(line: Line, endpoint: &Endpoint, because: Option<&str>) -> Line {
    let mut rest = Vec::new();
    rest.extend(endpoint.symbol.clone());
    rest.extend(
        endpoint
            .group
            .as_ref()
            .map(|group| format!("group {group}")),
    );
    rest.extend(because.map(str::to_owned));
    line.column(PLAIN, &endpoint.service, 20)
        .whole(PLAIN, &endpoint.location.to_string())
        .put(FAINT, &format!("  {}", rest.join(" · ")))
}

fn orphans(page: &mut Page, view: &View<'_>) {
    for (role, title, arrow, style) in [
        (
            Role::Producer,
            "Sent, but nobody here receives",
            "→ ",
            SENDS,
        ),
        (
            Role::Consumer,
            "Received, but nobody here sends",
            "← ",
            RECEIVES,
        ),
    ] {
        let mut names = BTreeMap::<(&str, &str), Vec<&Endpoint>>::new();
        for e in view.orphans(role) {
            let name = e.name.as_deref().unwrap_or_default();
            names.entry((&e.technology, name)).or_default().push(e);
        }
        if names.is_empty() {
            continue;
        }
        page.title(title, &names.len().to_string());
        for ((technology, name), endpoints) in names.iter().take(MANY) {
            page.put(
                Line::new(2)
                    .put(FAIR, name)
                    .put(FAINT, &format!("  {technology}")),
            );
            for endpoint in endpoints.iter().take(SOME) {
                let via = endpoint.via.as_ref().map(|via| format!("via {via}"));
                page.put(at(
                    Line::new(4).whole(style, arrow),
                    endpoint,
                    via.as_deref(),
                ));
            }
            page.more(4, endpoints.len().saturating_sub(SOME));
        }
        page.more(2, names.len().saturating_sub(MANY));
    }
}

fn unknown(page: &mut Page, view: &View<'_>) {
    for (title, why, endpoints) in [
        (
            "Unknown names",
            "whose name the code does not tell",
            view.unknown(),
        ),
        (
            "Names from outside",
            "whose name is a variable that nothing here sets",
            view.unset(),
        ),
    ] {
        if endpoints.is_empty() {
            continue;
        }
        let remark = format!("{} {why}", count(endpoints.len(), "endpoint"));
        page.title(title, &remark);
        let mut technologies = BTreeMap::<&str, Vec<&Endpoint>>::new();
        for endpoint in endpoints {
            let technology = technologies.entry(&endpoint.technology);
            technology.or_default().push(endpoint);
        }
        for (technology, endpoints) in technologies {
            places(page, technology, &endpoints);
        }
    }
}

/// Endpoints of one technology, each with what is known of its name.
fn places(page: &mut Page, technology: &str, endpoints: &[&Endpoint]) {
    let n = endpoints.len().to_string();
    page.put(
        Line::new(2)
            .put(STRONG, technology)
            .put(FAINT, &format!("  {n}")),
    );
    for endpoint in endpoints.iter().take(MANY) {
        let (arrow, style) = match endpoint.role {
            Role::Producer => ("→ ", SENDS),
            Role::Consumer => ("← ", RECEIVES),
        };
        let line = Line::new(4).whole(style, arrow);
        page.put(at(line, endpoint, endpoint.name.as_deref()));
    }
    page.more(4, endpoints.len().saturating_sub(MANY));
}

fn score(page: &mut Page, a: &Analysis) {
    let applicable: Vec<_> = a.score.checks.iter().filter(|c| c.applicable > 0).collect();
    let clean = applicable
        .iter()
        .filter(|c| c.passed >= c.applicable)
        .count();
    page.title("Resilience", "");
    if applicable.is_empty() {
        page.put(Line::new(2).put(FAINT, "no check applies"));
        return;
    }
    let checks = count(applicable.len(), "check");
    let style = match a.score.value {
        value if value >= 0.8 => GOOD,
        value if value >= 0.5 => FAIR,
        _ => BAD,
    };
    page.put(
        Line::new(2)
            .put(style, &format!("{:.2}", a.score.value))
            .put(
                FAINT,
                &format!("  of 1, {clean} of {checks} passed everywhere"),
            ),
    );
}

/// All findings of one check.
struct Group<'a> {
    check: &'a str,
    findings: Vec<&'a Finding>,
}

impl Group<'_> {
    fn cost(&self) -> f64 {
        self.findings.iter().map(|f| f.cost).sum()
    }

    fn severity(&self) -> Severity {
        self.findings
            .iter()
            .map(|f| f.severity)
            .max()
            .unwrap_or(Severity::Note)
    }
}

fn findings(page: &mut Page, a: &Analysis) {
    let mut checks = BTreeMap::<&str, Vec<&Finding>>::new();
    for finding in &a.findings {
        checks.entry(&finding.check).or_default().push(finding);
    }
    let mut groups: Vec<_> = checks
        .into_iter()
        .map(|(check, findings)| Group { check, findings })
        .collect();
    groups.sort_by(|a, b| {
        let by_cost = b.cost().total_cmp(&a.cost());
        by_cost
            .then(b.severity().cmp(&a.severity()))
            .then(a.check.cmp(b.check))
    });
    for group in groups.iter_mut().take(COSTLIEST) {
        page.text.push('\n');
        group.findings.sort_by(|a, b| b.cost.total_cmp(&a.cost));
        finding_group(page, group);
    }
    let rest = groups.iter().skip(COSTLIEST);
    let (checks, findings) = rest.fold((0, 0), |(c, f), group| (c + 1, f + group.findings.len()));
    if findings > 0 {
        page.text.push('\n');
        let text = format!(
            "… and {} of {}, see msgmap check",
            count(findings, "finding"),
            count(checks, "check")
        );
        page.put(Line::new(2).put(FAINT, &text));
    }
}

fn finding_group(page: &mut Page, group: &Group<'_>) {
    let (style, word) = match group.severity() {
        Severity::Error => (BAD, "error"),
        Severity::Warning => (FAIR, "warning"),
        Severity::Note => (STRONG, "note"),
    };
    let mut cost = count(group.findings.len(), "place");
    if group.cost() > 0.0 {
        cost = format!("-{:.2}, {cost}", group.cost());
    }
    page.put(
        Line::new(2)
            .put(style, &format!("{word}[{}]", group.check))
            .put(FAINT, &format!("  {cost}")),
    );
    for finding in group.findings.iter().take(SOME) {
        page.put(Line::new(4).whole(STRONG, &finding.location.to_string()));
        for text in wrap(&finding.message, page.width.saturating_sub(6)) {
            page.put(Line::new(6).put(PLAIN, &text));
        }
    }
    page.more(4, group.findings.len().saturating_sub(SOME));
    let helps: BTreeSet<_> = group.findings.iter().map(|f| f.help.as_str()).collect();
    for help in helps.iter().filter(|help| !help.is_empty()).take(1) {
        for (n, text) in wrap(help, page.width.saturating_sub(10)).iter().enumerate() {
            let lead = if n == 0 { "help: " } else { "      " };
            page.put(Line::new(4).put(SENDS, lead).put(PLAIN, text));
        }
    }
}

fn diagnostics(page: &mut Page, a: &Analysis) {
    if a.diagnostics.is_empty() {
        return;
    }
    page.title("Not understood", &a.diagnostics.len().to_string());
    for diagnostic in a.diagnostics.iter().take(MANY) {
        let place = match diagnostic.line {
            Some(line) => format!("{}:{line}", diagnostic.file),
            None => diagnostic.file.clone(),
        };
        page.put(
            Line::new(2)
                .whole(PLAIN, &place)
                .put(FAINT, &format!("  {}", diagnostic.message)),
        );
    }
    page.more(2, a.diagnostics.len().saturating_sub(MANY));
}

/// `1 channel`, `2 channels`.
fn count(n: usize, noun: &str) -> String {
    let s = if n == 1 { "" } else { "s" };
    format!("{n} {noun}{s}")
}
