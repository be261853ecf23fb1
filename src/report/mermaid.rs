//! Mermaid diagrams: who sends what to whom, and how the critical flows run.
//!
//! Ids are made from names alone, so that a diagram under version control
//! changes only where the messaging does. Mermaid refuses diagrams of more than
//! 500 edges or 50,000 characters (`maxEdges`, `maxTextSize` in
//! <https://mermaid.js.org/config/schema-docs/config.html>); larger maps are
//! drawn with the channels between two services gathered into one arrow.

mod flowchart;
mod sequence;

use crate::analysis::Analysis;

use super::slug::{self, slug};
use super::view::View;

/// How much one diagram may hold.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Arrows.
    pub edges: usize,
    /// Bytes of text.
    pub bytes: usize,
}

impl Limits {
    /// Below what Mermaid refuses by default, with room for what it adds.
    pub const MERMAID: Self = Self {
        edges: 450,
        bytes: 45_000,
    };
    /// What can be taken in at a glance, inside of a text.
    pub const GLANCE: Self = Self {
        edges: 40,
        bytes: 8_000,
    };
}

/// The event-flow diagram of the whole tree.
#[must_use]
pub fn render(analysis: &Analysis) -> String {
    event_flow(&View::new(analysis), None, Limits::MERMAID)
}

/// The event-flow diagram, of everything or of one technology.
#[must_use]
pub fn event_flow(view: &View<'_>, technology: Option<&str>, limits: Limits) -> String {
    flowchart::render(view, technology, limits)
}

/// The sequence diagram of a flow.
#[must_use]
pub fn sequence(view: &View<'_>, flow: &crate::analysis::Flow, limits: Limits) -> String {
    sequence::render(view, flow, limits)
}

/// Every diagram of the tree as file name and text: the whole, one a
/// technology, one a critical flow. The names are plain ASCII file names.
#[must_use]
pub fn diagrams(analysis: &Analysis) -> Vec<(String, String)> {
    let view = View::new(analysis);
    let mut files = vec![(
        "event-flow.mmd".to_owned(),
        event_flow(&view, None, Limits::MERMAID),
    )];
    for technology in view.technologies() {
        files.push((
            format!("technology-{}.mmd", slug::technology(technology, '-')),
            event_flow(&view, Some(technology), Limits::MERMAID),
        ));
    }
    for flow in analysis.flows.iter().filter(|flow| flow.critical) {
        files.push((
            format!("flow-{}.mmd", slug(&flow.name, '-')),
            sequence(&view, flow, Limits::MERMAID),
        ));
    }
    // Two flows of one name would overwrite each other.
    files.sort();
    files.dedup_by(|a, b| a.0 == b.0);
    files
}
