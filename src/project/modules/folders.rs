//! Go: a folder is a package, its import path that of the module plus the folder's.

use rustc_hash::FxHashMap;

use super::{Style, common_prefix, is_below, join, split};
use crate::project::{File, FileId, Origin};

/// The packages of a tree and the modules they are in.
#[derive(Debug, Default)]
pub(super) struct Folders {
    /// Files by folder, in order of their paths; test files last.
    by_folder: FxHashMap<String, Vec<FileId>>,
    /// Module paths with their folders, longest first.
    modules: Vec<(String, String)>,
    tests: rustc_hash::FxHashSet<FileId>,
}

impl Folders {
    pub(super) fn of(files: &[File]) -> Self {
        let mut folders = Self::default();
        for (i, file) in files.iter().enumerate() {
            if file.language.get().modules != Style::Folder {
                continue;
            }
            let id = FileId(i as u32);
            if is_test(&file.path) {
                folders.tests.insert(id);
            }
            let folder = split(&file.path).0.to_owned();
            folders.by_folder.entry(folder).or_default().push(id);
        }
        for all in folders.by_folder.values_mut() {
            all.sort_by_key(|id| (folders.tests.contains(id), *id));
        }
        folders
    }

    pub(super) fn add_module(&mut self, folder: String, path: String) {
        self.modules.push((path, folder));
        // The longest path is the innermost module.
        self.modules
            .sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.cmp(b)));
    }

    /// The first file of the package an import path means. Where several modules
    /// have one path, the importer's own is meant, else the one nearest to it.
    pub(super) fn package(&self, from: &str, module: &str) -> Option<FileId> {
        let mut candidates: Vec<(bool, usize, String)> = Vec::new();
        for (path, folder) in &self.modules {
            let Some(rest) = module.strip_prefix(path.as_str()) else {
                continue;
            };
            let Some(rest) = rest
                .strip_prefix('/')
                .or_else(|| rest.is_empty().then_some(""))
            else {
                continue;
            };
            let package = join(folder, rest);
            if self.by_folder.contains_key(&package) {
                candidates.push((is_below(from, folder), common_prefix(from, folder), package));
            }
        }
        let package = candidates
            .into_iter()
            .reduce(|best, next| {
                if (next.0, next.1) > (best.0, best.1) {
                    next
                } else {
                    best
                }
            })?
            .2;
        self.by_folder.get(&package)?.first().copied()
    }

    /// The files of the package of a file, itself first. Only tests see tests.
    pub(super) fn files_of(&self, own: &File, file: FileId) -> Vec<FileId> {
        let all = self.by_folder.get(split(&own.path).0);
        let sees_tests = self.tests.contains(&file);
        let others = all.into_iter().flatten().copied();
        let others = others.filter(|id| *id != file && (sees_tests || !self.tests.contains(id)));
        std::iter::once(file).chain(others).collect()
    }
}

fn is_test(path: &str) -> bool {
    path.ends_with("_test.go")
}

/// The origin of a package that is not of the project: its import path without
/// the major version, which a module carries from the second on.
pub(super) fn external(module: &str) -> Origin {
    let is_version = |segment: &str| {
        segment
            .strip_prefix('v')
            .is_some_and(|n| !n.is_empty() && n.chars().all(|c| c.is_ascii_digit()))
    };
    let segments: Vec<&str> = module
        .split('/')
        .enumerate()
        .filter(|(i, segment)| *i == 0 || !is_version(segment))
        .map(|(_, segment)| segment)
        .collect();
    Origin::package(segments.join("/"))
}

#[cfg(test)]
mod tests {
    use super::external;
    use crate::project::Step;

    #[test]
    fn major_versions_are_no_part_of_a_package() {
        let package = |module: &str| match external(module).step() {
            Step::Package(name) => name.to_string(),
            other => format!("{other:?}"),
        };
        assert_eq!(package("example.com/bus/v9"), "example.com/bus");
        assert_eq!(package("example.com/bus/v2/sub"), "example.com/bus/sub");
        assert_eq!(package("example.com/bus-v2/sub"), "example.com/bus-v2/sub");
        assert_eq!(package("v8"), "v8");
    }
}
