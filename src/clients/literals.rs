//! The literals that make a file worth parsing: how imports of the models'
//! packages are spelled.

use aho_corasick::{AhoCorasick, MatchKind};

use super::Clients;
use crate::language::{LanguageId, Modules};

/// One automaton a style of imports.
#[derive(Debug)]
pub struct Literals {
    styles: [Style; 4],
}

#[derive(Debug)]
struct Style {
    automaton: AhoCorasick,
    /// The model each pattern belongs to.
    models: Vec<usize>,
}

fn style_index(style: Modules) -> usize {
    match style {
        Modules::Path => 0,
        Modules::Dotted => 1,
        Modules::Crate => 2,
        Modules::Folder => 3,
    }
}

impl Literals {
    /// # Errors
    /// If the automaton cannot be built (too many patterns for memory).
    pub fn of(clients: &Clients) -> Result<Self, String> {
        let mut patterns: [Vec<(String, usize)>; 4] = Default::default();
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
                    Some(literals) => into.extend(literals.iter().map(|l| (l.clone(), m))),
                    None => {
                        for package in &model.client.packages {
                            into.extend(spellings(style, package).into_iter().map(|p| (p, m)));
                        }
                    }
                }
            }
        }
        let build = |patterns: &Vec<(String, usize)>| -> Result<Style, String> {
            let automaton = AhoCorasick::builder()
                .match_kind(MatchKind::Standard)
                .build(patterns.iter().map(|(p, _)| p))
                .map_err(|e| e.to_string())?;
            Ok(Style {
                automaton,
                models: patterns.iter().map(|(_, m)| *m).collect(),
            })
        };
        Ok(Self {
            styles: [
                build(&patterns[0])?,
                build(&patterns[1])?,
                build(&patterns[2])?,
                build(&patterns[3])?,
            ],
        })
    }

    /// The models whose literals stand in a file; empty for most files.
    #[must_use]
    pub fn models_in(&self, language: LanguageId, source: &[u8]) -> Vec<usize> {
        let style = &self.styles[style_index(language.get().modules)];
        if !style.automaton.is_match(source) {
            return Vec::new();
        }
        let mut models: Vec<usize> = style
            .automaton
            .find_overlapping_iter(source)
            .filter_map(|m| style.models.get(m.pattern().as_usize()).copied())
            .collect();
        models.sort_unstable();
        models.dedup();
        models
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
    }
}
