//! The literals that make a file worth parsing: how imports of the models'
//! packages are spelled, and how handlers are looked up in a table.

use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use super::{Clients, buses};
use crate::language::{LanguageId, Modules};

/// One automaton a style of imports.
#[derive(Debug)]
pub struct Literals {
    styles: [Style; 6],
}

#[derive(Debug, Default)]
struct Style {
    texts: Vec<String>,
    /// What each of the texts says.
    patterns: Vec<Pattern>,
    /// Made when the first file of the style is met.
    automaton: OnceLock<Option<AhoCorasick>>,
}

impl Style {
    fn add(&mut self, text: String, pattern: Pattern) {
        self.texts.push(text);
        self.patterns.push(pattern);
    }

    /// Every byte of a tree goes through it, so that a table of all transitions
    /// is worth its making; `None` if there is no memory for any automaton.
    fn automaton(&self) -> Option<&AhoCorasick> {
        let build = |kind| {
            AhoCorasick::builder()
                .match_kind(MatchKind::Standard)
                .kind(kind)
                .build(&self.texts)
                .ok()
        };
        let automaton = || build(Some(AhoCorasickKind::DFA)).or_else(|| build(None));
        self.automaton.get_or_init(automaton).as_ref()
    }
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
    #[must_use]
    pub fn of(clients: &Clients) -> Self {
        let mut all: [Style; 6] = Default::default();
        for style in &mut all {
            buses::lookups().for_each(|l| style.add(l, Pattern::Lookup));
            buses::tables().for_each(|t| style.add(t, Pattern::Table));
            buses::each().for_each(|e| style.add(e, Pattern::Each));
        }
        for (m, model) in clients.models.iter().enumerate() {
            let mut styles: Vec<Modules> = crate::language::LANGUAGES
                .iter()
                .filter(|l| model.speaks(l.family()))
                .map(|l| l.modules)
                .collect();
            styles.dedup();
            for style in styles {
                let into = &mut all[style_index(style)];
                let mut add = |literal| into.add(literal, Pattern::Model(m));
                match &model.client.literals {
                    Some(literals) => literals.iter().cloned().for_each(add),
                    None => {
                        for package in &model.client.packages {
                            spellings(style, package).into_iter().for_each(&mut add);
                        }
                    }
                }
            }
        }
        Self { styles: all }
    }

    /// What stands in a file; nothing in most.
    #[must_use]
    pub fn hits(&self, language: LanguageId, source: &[u8]) -> Hits {
        let style = &self.styles[style_index(language.get().modules)];
        let mut hits = Hits::default();
        let Some(automaton) = style.automaton() else {
            return hits;
        };
        for m in automaton.find_overlapping_iter(source) {
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
                let own = could_be_built_in(package).then(|| format!("{q}node:{package}{q}"));
                [format!("{q}{package}{q}"), format!("{q}{package}/")]
                    .into_iter()
                    .chain(own)
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

/// Whether a package could be one of Node's own, which go by one word.
fn could_be_built_in(package: &str) -> bool {
    package
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b == b'_')
}
