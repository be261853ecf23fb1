//! The literals that make a file worth parsing: how imports of the models'
//! packages are spelled, and how handlers are looked up in a table.

use aho_corasick::{AhoCorasick, MatchKind};

use super::{Clients, buses};
use crate::language::{LanguageId, Modules};

/// One automaton a style of imports.
#[derive(Debug)]
pub struct Literals {
    styles: [Style; 6],
}

#[derive(Debug)]
struct Style {
    automaton: AhoCorasick,
    /// Parallel to the automaton's patterns.
    patterns: Vec<Pattern>,
}

/// What a pattern that is found says.
#[derive(Clone, Copy, Debug)]
enum Pattern {
    /// A literal of this model.
    Model(usize),
    /// A handler is looked up.
    Lookup,
    /// A table of handlers is named.
    Table,
    /// A collection is gone through.
    Each,
}

/// What stands in a file.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Hits {
    /// The models whose literals do.
    pub models: Vec<usize>,
    /// A handler is looked up: the file may hold a bus of the project.
    pub looks_up: bool,
}

fn style_index(style: Modules) -> usize {
    match style {
        Modules::Path => 0,
        Modules::Dotted => 1,
        Modules::Crate => 2,
        Modules::Folder => 3,
        Modules::Namespace => 4,
        Modules::Jvm => 5,
    }
}

impl Literals {
    /// # Errors
    /// If the automaton cannot be built (too many patterns for memory).
    pub fn of(clients: &Clients) -> Result<Self, String> {
        let mut patterns: [Vec<(String, Pattern)>; 6] = Default::default();
        for into in &mut patterns {
            into.extend(buses::lookups().map(|l| (l, Pattern::Lookup)));
            into.extend(buses::tables().map(|t| (t, Pattern::Table)));
            into.extend(buses::each().map(|e| (e, Pattern::Each)));
        }
        for (m, model) in clients.models.iter().enumerate() {
            let mut styles: Vec<Modules> = crate::language::LANGUAGES
                .iter()
                .filter(|l| model.speaks(l.family()))
                .map(|l| l.modules)
                .collect();
            styles.dedup();
            for style in styles {
                let into = &mut patterns[style_index(style)];
                match &model.client.literals {
                    Some(literals) => {
                        into.extend(literals.iter().map(|l| (l.clone(), Pattern::Model(m))));
                    }
                    None => {
                        for package in &model.client.packages {
                            let spellings = spellings(style, package).into_iter();
                            into.extend(spellings.map(|p| (p, Pattern::Model(m))));
                        }
                    }
                }
            }
        }
        let build = |patterns: &Vec<(String, Pattern)>| -> Result<Style, String> {
            let automaton = AhoCorasick::builder()
                .match_kind(MatchKind::Standard)
                .build(patterns.iter().map(|(p, _)| p))
                .map_err(|e| e.to_string())?;
            Ok(Style {
                automaton,
                patterns: patterns.iter().map(|(_, p)| *p).collect(),
            })
        };
        Ok(Self {
            styles: [
                build(&patterns[0])?,
                build(&patterns[1])?,
                build(&patterns[2])?,
                build(&patterns[3])?,
                build(&patterns[4])?,
                build(&patterns[5])?,
            ],
        })
    }

    /// What stands in a file; nothing in most.
    #[must_use]
    pub fn hits(&self, language: LanguageId, source: &[u8]) -> Hits {
        let style = &self.styles[style_index(language.get().modules)];
        let mut hits = Hits::default();
        if !style.automaton.is_match(source) {
            return hits;
        }
        for m in style.automaton.find_overlapping_iter(source) {
            match style.patterns.get(m.pattern().as_usize()) {
                Some(Pattern::Model(model)) => hits.models.push(*model),
                Some(Pattern::Lookup) => hits.looks_up = true,
                Some(Pattern::Table) => {
                    let behind = source.get(m.end()..).unwrap_or_default();
                    hits.looks_up = hits.looks_up || buses::is_lookup(behind);
                }
                Some(Pattern::Each) if !hits.looks_up => {
                    let before = source.get(..m.start()).unwrap_or_default();
                    let behind = source.get(m.end()..).unwrap_or_default();
                    hits.looks_up = buses::calls_each(before, behind);
                }
                Some(Pattern::Each) | None => {}
            }
        }
        hits.models.sort_unstable();
        hits.models.dedup();
        hits
    }
}

/// How an import of a package can be spelled.
fn spellings(style: Modules, package: &str) -> Vec<String> {
    let package = package.strip_prefix("node:").unwrap_or(package);
    match style {
        Modules::Path => ["\"", "'"]
            .iter()
            .flat_map(|q| {
                [
                    format!("{q}{package}{q}"),
                    format!("{q}{package}/"),
                    format!("{q}node:{package}{q}"),
                ]
            })
            .collect(),
        Modules::Dotted => ["import ", "from ", ", "]
            .iter()
            .map(|before| format!("{before}{package}"))
            .collect(),
        Modules::Crate => vec![format!("{package}::"), format!("use {package};")],
        Modules::Folder => vec![format!("\"{package}\""), format!("\"{package}/")],
        Modules::Namespace => vec![format!("{package};"), format!("{package}.")],
        Modules::Jvm => vec![format!("{package}.")],
    }
}
