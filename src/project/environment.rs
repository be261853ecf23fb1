//! Environment variables and what the tree sets them to.
//!
//! A service runs with what its compose entry says, then what it is deployed
//! with, then its Dockerfile, then
//! the `.env` files beside its code and above it, examples last. What other
//! services are given is not its own; values that contradict each other leave
//! a variable unknown.

use std::collections::BTreeMap;

use smol_str::SmolStr;

use super::configuration::{Configuration, SettingsId, folders, name};
use super::modules::normalize;
use super::value::{Piece, Text};
use crate::infra::placeholders::{self, Part};
use crate::infra::{Format, compose, dockerfile, dotenv};

/// References inside references beyond which a value is taken for circular.
const MAX_NESTING: u32 = 4;

/// Every variable the tree sets.
#[derive(Debug, Default)]
pub struct Environment {
    assigned: BTreeMap<SmolStr, Vec<Assigned>>,
    /// The folders that services are built from.
    services: Vec<String>,
}

/// A variable set for some part of the tree.
#[derive(Clone, Debug)]
struct Assigned {
    by: By,
    /// The folder it holds for and below.
    folder: String,
    value: SmolStr,
    expands: bool,
    file: SettingsId,
    line: u32,
}

/// What sets a variable, the strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum By {
    Compose,
    /// A compose file for one of several occasions: `docker-compose.prod.yml`.
    ComposeVariant,
    ComposeFile,
    /// What the infrastructure gives a function or container.
    Deployment,
    Dockerfile,
    Dotenv,
    /// `.env.local`, `.env.production`
    DotenvVariant,
    /// `.env.example` and its kind.
    Example,
}

impl By {
    /// Whether it holds for one service only.
    fn is_of_service(self) -> bool {
        self < Self::Dotenv
    }
}

/// What a variable is set to, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    pub value: Text,
    pub file: SettingsId,
    pub line: u32,
}

impl Environment {
    /// Reads what the files of a tree set.
    #[must_use]
    pub fn read(files: &Configuration) -> Self {
        let mut all = Self::default();
        let listed: Vec<(SettingsId, &str, Format)> = files
            .files()
            .filter(|(_, path, _)| !super::is_test_path(path))
            .collect();
        for (id, path, format) in &listed {
            let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
            match format {
                Format::Dotenv => {
                    if let Some(by) = dotenv_kind(name(path)) {
                        all.dotenv(files, *id, by, folder);
                    }
                }
                Format::Dockerfile => {
                    let text = files.text(*id).unwrap_or_default();
                    all.add(*id, By::Dockerfile, folder, dockerfile::environment(&text));
                    all.serve(folder);
                }
                Format::Compose => all.compose(files, *id, folder),
                _ => {}
            }
        }
        for variable in files.variables() {
            let Some(file) = files.at(&variable.spot.file) else {
                continue;
            };
            if super::is_test_path(&variable.spot.file) {
                continue;
            }
            let assigned = Assigned {
                by: By::Deployment,
                folder: variable.folder.clone(),
                value: SmolStr::new(&variable.value),
                expands: false,
                file,
                line: variable.spot.line,
            };
            let name = SmolStr::new(&variable.name);
            all.assigned.entry(name).or_default().push(assigned);
        }
        all.services.sort();
        all.services.dedup();
        all
    }

    fn dotenv(&mut self, files: &Configuration, id: SettingsId, by: By, folder: &str) {
        let text = files.text(id).unwrap_or_default();
        self.add(id, by, folder, dotenv::parse(&text));
    }

    fn add(&mut self, file: SettingsId, by: By, folder: &str, all: Vec<dotenv::Assignment>) {
        for assignment in all {
            // An empty value is there to be filled in.
            if assignment.value.is_empty() {
                continue;
            }
            let assigned = Assigned {
                by,
                folder: folder.to_owned(),
                value: assignment.value,
                expands: assignment.expands,
                file,
                line: assignment.line,
            };
            self.assigned
                .entry(assignment.name)
                .or_default()
                .push(assigned);
        }
    }

    fn compose(&mut self, files: &Configuration, id: SettingsId, folder: &str) {
        let Some(tree) = files.tree(id) else {
            return;
        };
        let plain = matches!(
            name(files.path(id)).rsplit_once('.').map(|(stem, _)| stem),
            Some("docker-compose" | "compose")
        );
        let by = if plain {
            By::Compose
        } else {
            By::ComposeVariant
        };
        for service in compose::environments(tree) {
            // An image from elsewhere runs none of the tree's code.
            let Some(built) = service.folder else {
                continue;
            };
            let Some(root) = normalize(&format!("{folder}/{built}")) else {
                continue;
            };
            let variables = service.variables.into_iter().map(|v| dotenv::Assignment {
                value: v.value.unwrap_or_else(|| format!("${{{}}}", v.name).into()),
                name: v.name,
                line: v.line,
                expands: true,
            });
            self.add(id, by, &root, variables.collect());
            for path in &service.env_files {
                let path = normalize(&format!("{folder}/{path}"));
                if let Some(file) = path.and_then(|p| files.at(&p)) {
                    self.dotenv(files, file, By::ComposeFile, &root);
                }
            }
            self.serve(&root);
        }
    }

    /// Something is built from the folder; what is built from the root says nothing.
    fn serve(&mut self, folder: &str) {
        if !folder.is_empty() {
            self.services.push(folder.to_owned());
        }
    }

    /// What a variable is set to for the code of a file; `None` if nothing sets
    /// it, or several do and they differ.
    #[must_use]
    pub fn get(&self, files: &Configuration, from: &str, variable: &str) -> Option<Setting> {
        self.look_up(files, from, variable, 0)
    }

    fn look_up(
        &self,
        files: &Configuration,
        from: &str,
        variable: &str,
        depth: u32,
    ) -> Option<Setting> {
        let assigned = self.assigned.get(variable)?;
        let service = folders(from).find(|f| self.services.iter().any(|s| s == f));
        let holds = |a: &&Assigned| match service {
            // A library is built into every service.
            None if a.by.is_of_service() => true,
            Some(service) if a.by < By::Deployment => a.folder.is_empty() || a.folder == service,
            _ => folders(from).any(|f| f == a.folder),
        };
        let mut held: Vec<&Assigned> = assigned.iter().filter(holds).collect();
        let nearness = |a: &Assigned| {
            // What is set for the service wins over files, and a file that is nearer over others.
            let anywhere = service.is_none() && a.by.is_of_service();
            let near = if anywhere { 0 } else { a.folder.len() };
            (!a.by.is_of_service(), std::cmp::Reverse(near), a.by)
        };
        held.sort_by_key(|a| nearness(a));
        while let Some(first) = held.first() {
            let rank = nearness(first);
            let same = held.partition_point(|a| nearness(a) == rank);
            let mut settings = Vec::new();
            for a in held.drain(..same) {
                settings.extend(self.expanded(files, from, variable, a, depth));
            }
            match settings.split_first() {
                None => {}
                Some((one, rest)) if rest.iter().all(|s| s.value == one.value) => {
                    return Some(one.clone());
                }
                Some(_) => return None,
            }
        }
        None
    }

    /// A value with its references followed; `None` if it only passes on what
    /// nothing sets.
    fn expanded(
        &self,
        files: &Configuration,
        from: &str,
        variable: &str,
        a: &Assigned,
        depth: u32,
    ) -> Option<Setting> {
        if a.by == By::Deployment {
            return Some(Setting {
                value: with_holes(&a.value),
                file: a.file,
                line: a.line,
            });
        }
        let mut value = Text::default();
        let parts = if a.expands {
            placeholders::parts(&a.value, a.by != By::Dockerfile)
        } else {
            vec![Part::Plain(a.value.clone())]
        };
        // Compose looks beside its file, an application where its own files are.
        let beside = files.path(a.file);
        let from = if a.by < By::ComposeFile { beside } else { from };
        for part in parts {
            match part {
                Part::Plain(text) => value.push(Piece::Plain(text)),
                Part::Reference { name, default } => {
                    let own = name == variable;
                    let set = (depth < MAX_NESTING && !(own && a.by >= By::ComposeFile))
                        .then(|| self.outside(files, from, &name, a.by, depth + 1))
                        .flatten();
                    match (set, default) {
                        (Some(set), _) => value.extend(&set.value),
                        (None, Some(default)) => value.push(Piece::Plain(default)),
                        (None, None) => value.push(Piece::Variable(name)),
                    }
                }
            }
        }
        // What only passes on something unknown tells nothing.
        let is_plain = |p: &Piece| matches!(p, Piece::Plain(_));
        value.pieces.iter().any(is_plain).then_some(Setting {
            value,
            file: a.file,
            line: a.line,
        })
    }

    /// A variable that a value refers to: compose knows the `.env` beside it only.
    fn outside(
        &self,
        files: &Configuration,
        from: &str,
        variable: &str,
        by: By,
        depth: u32,
    ) -> Option<Setting> {
        if by >= By::ComposeFile {
            return self.look_up(files, from, variable, depth);
        }
        let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
        let beside = |a: &&Assigned| a.by == By::Dotenv && a.folder == folder;
        let found = self.assigned.get(variable)?.iter().find(beside)?;
        self.expanded(files, from, variable, found, depth)
    }
}

/// A text in which `{…}` is not known.
fn with_holes(text: &str) -> Text {
    let mut value = Text::default();
    let mut rest = text;
    while let Some((plain, behind)) = rest.split_once('{') {
        let Some((hole, next)) = behind.split_once('}') else {
            break;
        };
        match plain.strip_suffix('$') {
            Some(plain) => {
                value.push(Piece::Plain(SmolStr::new(plain)));
                value.push(Piece::Variable(SmolStr::new(hole)));
            }
            None => {
                value.push(Piece::Plain(SmolStr::new(plain)));
                value.push(Piece::Hole(SmolStr::new(hole)));
            }
        }
        rest = next;
    }
    value.push(Piece::Plain(SmolStr::new(rest)));
    value
}

/// Which kind of `.env` file a name is; `None` for one that is loaded only where it is named.
fn dotenv_kind(name: &str) -> Option<By> {
    const TESTS: [&str; 4] = ["test", "tests", "testing", "ci"];
    const EXAMPLES: [&str; 6] = [
        "example", "sample", "template", "dist", "default", "defaults",
    ];
    let has = |words: &[&str]| {
        name.split(['.', '-', '_'])
            .any(|part| words.contains(&part))
    };
    if has(&TESTS) {
        return None;
    }
    if has(&EXAMPLES) {
        return Some(By::Example);
    }
    match name {
        ".env" => Some(By::Dotenv),
        _ if name.starts_with(".env") => Some(By::DotenvVariant),
        _ => None,
    }
}
