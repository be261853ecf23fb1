//! The configuration files of a tree, read when some name asks for them.
//!
//! The walk only lists them. A file is read and parsed once, by whoever asks
//! first; what cannot be parsed says nothing and becomes a diagnostic.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::environment::Environment;
use super::modules::normalize;
use crate::analysis::Diagnostic;
use crate::infra::resources::apply::Variable;
use crate::infra::tree::Tree;
use crate::infra::{Format, format_of, ini, toml, yaml};

/// Index of a file in a [`Configuration`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SettingsId(pub u32);

/// A settings file larger than this is data; bytes.
const MAX_SIZE: u64 = 1024 * 1024;

/// The configuration files of a tree.
#[derive(Debug, Default)]
pub struct Configuration {
    root: PathBuf,
    files: Vec<File>,
    /// What the infrastructure sets.
    variables: Vec<Variable>,
    environment: OnceLock<Environment>,
}

#[derive(Debug)]
struct File {
    /// Relative to the root, with `/`.
    path: String,
    tree: OnceLock<Result<Tree, String>>,
}

impl Configuration {
    /// `paths` sorted, relative to the root.
    #[must_use]
    pub fn new(root: &Path, paths: Vec<String>, variables: Vec<Variable>) -> Self {
        let file = |path| File {
            path,
            tree: OnceLock::new(),
        };
        Self {
            root: root.to_path_buf(),
            files: paths.into_iter().map(file).collect(),
            variables,
            environment: OnceLock::new(),
        }
    }

    /// The variables that the infrastructure sets.
    #[must_use]
    pub fn variables(&self) -> &[Variable] {
        &self.variables
    }

    #[must_use]
    pub fn path(&self, id: SettingsId) -> &str {
        self.files.get(id.0 as usize).map_or("", |f| &f.path)
    }

    /// The files with their formats, sorted by path.
    pub fn files(&self) -> impl Iterator<Item = (SettingsId, &str, Format)> {
        let numbered = self.files.iter().zip(0..);
        numbered
            .filter_map(|(f, i)| Some((SettingsId(i), f.path.as_str(), format_of(name(&f.path))?)))
    }

    /// What stands in a file; `None` if it cannot be read or is malformed.
    #[must_use]
    pub fn tree(&self, id: SettingsId) -> Option<&Tree> {
        let file = self.files.get(id.0 as usize)?;
        let tree = file.tree.get_or_init(|| {
            let text = self.text(id)?;
            match format_of(name(&file.path)) {
                Some(Format::Toml) => toml::parse(&text),
                Some(Format::Ini) => Ok(ini::parse(&text)),
                Some(Format::Yaml | Format::Compose) => yaml::parse(&text),
                _ => Ok(Tree::default()),
            }
        });
        tree.as_ref().ok()
    }

    /// The text of a file.
    ///
    /// # Errors
    /// A message if it cannot be read.
    pub fn text(&self, id: SettingsId) -> Result<String, String> {
        let path = self.root.join(self.path(id));
        let size = std::fs::metadata(&path).map_or(0, |m| m.len());
        if size > MAX_SIZE {
            return Err("too large for a settings file; left out".into());
        }
        std::fs::read_to_string(path).map_err(|e| format!("cannot be read: {e}"))
    }

    /// A file by its path from the root.
    #[must_use]
    pub fn at(&self, path: &str) -> Option<SettingsId> {
        let found = self.files.binary_search_by(|f| f.path.as_str().cmp(path));
        found.ok().map(|i| SettingsId(i as u32))
    }

    /// The file that code of `from` names: beside it or further up; else the
    /// only one of the tree whose path ends like that.
    #[must_use]
    pub fn named(&self, from: &str, path: &str) -> Option<SettingsId> {
        let path = path.trim_start_matches('/');
        for folder in folders(from) {
            if let Some(id) = normalize(&format!("{folder}/{path}")).and_then(|p| self.at(&p)) {
                return Some(id);
            }
        }
        let tail = path
            .rsplit("../")
            .next()
            .unwrap_or(path)
            .trim_start_matches("./");
        let ends = |f: &File| {
            f.path
                .strip_suffix(tail)
                .is_some_and(|head| head.is_empty() || head.ends_with('/'))
                && !super::is_test_path(&f.path)
        };
        let mut alike = self.files.iter().zip(0..).filter(|(f, _)| ends(f));
        match (alike.next(), alike.next()) {
            (Some((_, i)), None) if !tail.is_empty() => Some(SettingsId(i)),
            _ => None,
        }
    }

    /// The environment variables the tree sets.
    #[must_use]
    pub fn environment(&self) -> &Environment {
        self.environment.get_or_init(|| Environment::read(self))
    }

    /// What could not be read of the files that somebody asked for.
    #[must_use]
    pub fn diagnostics(&self) -> Vec<Diagnostic> {
        let failed = self.files.iter().filter_map(|f| {
            let message = f.tree.get()?.as_ref().err()?;
            Some(Diagnostic {
                file: f.path.clone(),
                line: None,
                message: message.clone(),
            })
        });
        failed.collect()
    }
}

/// The name of a file without its folder.
pub(super) fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The folder of a file and those above it, the root last as an empty text.
pub fn folders(path: &str) -> impl Iterator<Item = &str> {
    let parent = |p: &str| p.rfind('/').map_or(0, |end| end);
    let mut end = Some(parent(path));
    std::iter::from_fn(move || {
        let here = path.get(..end?)?;
        end = (!here.is_empty()).then(|| parent(here));
        Some(here)
    })
}

#[cfg(test)]
mod tests {
    use super::{Configuration, SettingsId, folders};

    #[test]
    fn folders_go_up_to_the_root() {
        let up: Vec<&str> = folders("a/b/c.ts").collect();
        assert_eq!(up, ["a/b", "a", ""]);
        assert_eq!(folders("c.ts").collect::<Vec<_>>(), [""]);
    }

    #[test]
    fn a_file_is_found_beside_the_code_or_above_it_or_by_its_only_name() {
        let paths = ["a/config/x.yml", "b/config/x.yml", "c/only.toml"];
        let files = Configuration::new("".as_ref(), paths.map(String::from).to_vec(), Vec::new());
        assert_eq!(
            files.named("a/src/main.py", "config/x.yml"),
            Some(SettingsId(0))
        );
        assert_eq!(
            files.named("a/src/main.py", "../config/x.yml"),
            Some(SettingsId(0))
        );
        assert_eq!(files.named("d/main.py", "config/x.yml"), None);
        assert_eq!(files.named("d/main.py", "./only.toml"), Some(SettingsId(2)));
    }
}
