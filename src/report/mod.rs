//! What people, machines and agents get to see of an [`Analysis`].
//!
//! One file an output: [`terminal`] for people in a shell, [`markdown`] for
//! people with a browser, [`mermaid`] for diagrams, [`json`] for machines,
//! [`memory`] for coding agents, and [`out`] to put all of it into folders.
//!
//! Whatever an analysis holds was read from code that nobody vouches for: a
//! channel may be called `<script>` or carry terminal escapes. Every output
//! therefore passes foreign text through [`escape`], and each is built so that
//! forgetting it is hard: the Markdown templates escape by default, a terminal
//! line escapes what is pushed onto it, and Mermaid ids are made, not taken.

pub mod escape;
pub mod json;
pub mod kinds;
pub mod markdown;
pub mod memory;
pub mod mermaid;
pub mod out;
pub mod slug;
pub mod terminal;
pub mod view;

use std::path::Path;

use crate::analysis::Analysis;

/// How to show an analysis.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Format {
    /// The summary people read in a shell, with ANSI colours.
    #[default]
    Terminal,
    /// The JSON contract, described by `schema/msgmap.schema.json`.
    Json,
    /// The messaging guide.
    Markdown,
    /// The event-flow diagram.
    Mermaid,
}

/// What a report needs to know besides the analysis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Columns of the terminal.
    pub width: usize,
    /// What leads from the place where the Markdown is kept to the scanned
    /// root, such as `../..`; empty if they are the same. Links start with it.
    pub source: String,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            width: 100,
            source: String::new(),
        }
    }
}

impl Options {
    /// Options for a guide kept in `out` about the tree at `root`.
    ///
    /// Both paths should be canonical; where no relative way leads from one
    /// to the other (another drive), links stay relative to the root.
    #[must_use]
    pub fn for_guide(root: &Path, out: &Path) -> Self {
        Self {
            source: way(out, root).unwrap_or_default(),
            ..Self::default()
        }
    }
}

/// The relative path that leads from the folder `from` to the folder `to`.
fn way(from: &Path, to: &Path) -> Option<String> {
    let from: Vec<_> = from.components().collect();
    let to: Vec<_> = to.components().collect();
    let shared = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    if shared == 0 {
        return None;
    }
    let up = from.iter().skip(shared).map(|_| "..".to_owned());
    let down = to
        .iter()
        .skip(shared)
        .map(|part| part.as_os_str().to_string_lossy().into_owned());
    Some(up.chain(down).collect::<Vec<_>>().join("/"))
}

/// Shows `analysis` in the given format; the text ends with a newline.
///
/// Terminal output always carries colours; the caller writes it through
/// `anstream`, which takes them out for pipes and under `NO_COLOR`.
#[must_use]
pub fn render(analysis: &Analysis, format: Format, options: &Options) -> String {
    match format {
        Format::Terminal => terminal::render(analysis, options.width),
        Format::Json => json::render(analysis),
        Format::Markdown => markdown::render(analysis, &options.source),
        Format::Mermaid => mermaid::render(analysis),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_to_the_root() {
        let way = |from: &str, to: &str| way(Path::new(from), Path::new(to));
        assert_eq!(way("/a/b/out/docs", "/a/b").as_deref(), Some("../.."));
        assert_eq!(way("/a/b", "/a/b").as_deref(), Some(""));
        assert_eq!(way("/x/out", "/a/b").as_deref(), Some("../../a/b"));
        assert_eq!(way("out", "/a/b"), None);
    }
}
