//! Python: dotted names, relative ones with leading dots.

use super::{Modules, common_prefix, join, members, split};
use crate::project::{File, FileId, Origin};

impl Modules {
    pub(super) fn dotted(&self, files: &[File], from: &str, module: &str) -> Option<FileId> {
        let (folder, _) = split(from);
        let dots = module.len() - module.trim_start_matches('.').len();
        let rest = module[dots..].replace('.', "/");
        if dots > 0 {
            let mut base = folder;
            for _ in 1..dots {
                base = split(base).0;
            }
            return self.python_file(&join(base, &rest));
        }
        // Sources can stand below any folder: the file nearest to the importer wins.
        let mut base = Some(folder);
        while let Some(b) = base {
            // Inside a package, absolute imports do not look beside the importer.
            let in_package = b == folder && self.by_path.contains_key(&join(b, "__init__.py"));
            let found = self.python_file(&join(b, &rest));
            if !in_package && found.is_some_and(|f| files[f.0 as usize].path != from) {
                return found;
            }
            base = (!b.is_empty()).then(|| split(b).0);
        }
        let stem = rest.rsplit('/').next().unwrap_or(&rest);
        if !rest.contains('/') {
            // A bare name elsewhere in the tree is more likely a library.
            return None;
        }
        let suffixes = [format!("/{rest}.py"), format!("/{rest}/__init__.py")];
        let mut candidates: Vec<FileId> = self
            .by_stem
            .get(stem)?
            .iter()
            .copied()
            .filter(|id| {
                let path = &files[id.0 as usize].path;
                suffixes.iter().any(|s| path.ends_with(s.as_str()))
            })
            .collect();
        candidates.sort_by_key(|id| {
            let path = &files[id.0 as usize].path;
            (
                std::cmp::Reverse(common_prefix(path, from)),
                path.len(),
                *id,
            )
        });
        candidates.first().copied()
    }

    pub(super) fn python_file(&self, path: &str) -> Option<FileId> {
        let path = path.trim_end_matches('/');
        self.by_path
            .get(&format!("{path}.py"))
            .or_else(|| self.by_path.get(&join(path, "__init__.py")))
            .copied()
    }
}

/// The origin of a module that is not of the project.
pub(super) fn external(module: &str) -> Origin {
    let mut parts = module.split('.');
    members(Origin::package(parts.next().unwrap_or("")), parts)
}
