//! The messaging guide: nine chapters filled with what the code shows.
//!
//! A chapter is a file here, which gathers, and a template of the same name in
//! `templates/guide/`, which words. Every statement names its place; a section
//! for which nothing was found says so, because that is a result too.

mod catalog;
mod contracts;
mod flows;
mod md;
mod monitoring;
mod policies;
mod practices;
mod queues;
mod reliability;
mod security;
mod stack;

use askama::Template;

use crate::analysis::Analysis;

use super::view::View;
use md::{Md, Writer, filters};

/// The guide as Markdown (GitHub's flavour, with Mermaid diagrams).
///
/// `source` leads from the folder of the guide to the scanned root; links to
/// the code start with it. It may be empty.
#[must_use]
pub fn render(analysis: &Analysis, source: &str) -> String {
    let view = View::new(analysis);
    let writer = Writer::new(&view, source);
    let guide = Guide {
        analysis,
        scored: analysis
            .score
            .checks
            .iter()
            .any(|check| check.applicable > 0),
        chapters: [
            Md::of(&stack::Stack::of(&writer)),
            Md::of(&catalog::Catalog::of(&writer)),
            Md::of(&flows::Flows::of(&writer)),
            Md::of(&contracts::Contracts::of(&writer)),
            Md::of(&queues::Queues::of(&writer)),
            Md::of(&reliability::Reliability::of(&writer)),
            Md::of(&monitoring::Monitoring::of(&writer)),
            Md::of(&security::Security::of(&writer)),
            Md::of(&practices::Practices::of(&writer)),
        ],
    };
    Md::of(&guide).to_string() + "\n"
}

#[derive(Template)]
#[template(path = "guide.md")]
struct Guide<'a> {
    analysis: &'a Analysis,
    /// Some check applies.
    scored: bool,
    chapters: [Md; 9],
}
