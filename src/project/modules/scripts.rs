//! JavaScript and TypeScript: relative paths, path aliases, packages by name.

use super::{Aliases, Modules, is_below, join, members, normalize, split};
use crate::project::{FileId, Origin};

const EXTENSIONS: [&str; 8] = ["ts", "tsx", "mts", "cts", "js", "jsx", "mjs", "cjs"];

impl Modules {
    pub(super) fn path(&self, from: &str, module: &str) -> Option<FileId> {
        let (folder, _) = split(from);
        if module.starts_with('.') {
            return self.script(&normalize(&join(folder, module))?);
        }
        if let Some(absolute) = module.strip_prefix('/') {
            return self.script(absolute);
        }
        self.alias(from, module).or_else(|| self.package(module))
    }

    fn alias(&self, from: &str, module: &str) -> Option<FileId> {
        for Aliases {
            folder,
            paths,
            base,
        } in &self.aliases
        {
            if !is_below(from, folder) {
                continue;
            }
            for (pattern, targets) in paths {
                let Some(rest) = matches_pattern(pattern, module) else {
                    continue;
                };
                for target in targets {
                    let path = normalize(&target.replacen('*', rest, 1));
                    if let Some(found) = path.and_then(|p| self.script(&p)) {
                        return Some(found);
                    }
                }
            }
            if let Some(found) = base.as_ref().and_then(|b| self.script(&join(b, module))) {
                return Some(found);
            }
        }
        None
    }

    fn package(&self, module: &str) -> Option<FileId> {
        let (name, rest) = package_name(module);
        let package = self.packages.get(name)?;
        if !rest.is_empty() {
            return self
                .script(&join(&package.folder, rest))
                .or_else(|| self.script(&join(&join(&package.folder, "src"), rest)));
        }
        let entry = package.entry.as_deref().and_then(|entry| {
            let path = normalize(&join(&package.folder, entry))?;
            // Entries name the built file; its source is what was scanned.
            self.script(&path).or_else(|| {
                ["dist/", "lib/", "build/", "out/"]
                    .iter()
                    .find_map(|built| {
                        let source = path.replacen(built, "src/", 1);
                        self.script(&source)
                    })
            })
        });
        entry
            .or_else(|| self.script(&join(&package.folder, "src/index")))
            .or_else(|| self.script(&join(&package.folder, "index")))
            .or_else(|| self.script(&join(&package.folder, "lib/index")))
    }

    /// A script by its path, with or without extension, or a folder's index.
    fn script(&self, path: &str) -> Option<FileId> {
        let path = path.trim_end_matches('/');
        if let Some(id) = self.by_path.get(path) {
            return Some(*id);
        }
        // `./a.js` is written where the source is `a.ts`.
        let bare = [".js", ".jsx", ".mjs", ".cjs"]
            .iter()
            .find_map(|e| path.strip_suffix(e))
            .unwrap_or(path);
        let candidates = [path, bare];
        candidates.iter().find_map(|base| {
            EXTENSIONS.iter().find_map(|extension| {
                self.by_path
                    .get(&format!("{base}.{extension}"))
                    .or_else(|| self.by_path.get(&join(base, &format!("index.{extension}"))))
                    .copied()
            })
        })
    }
}

/// The origin of a module that is not of the project.
pub(super) fn external(module: &str) -> Origin {
    let module = module.strip_prefix("node:").unwrap_or(module);
    let (name, rest) = package_name(module);
    members(Origin::package(name), rest.split('/'))
}

/// `@scope/name` or `name`, and what stands behind it.
fn package_name(module: &str) -> (&str, &str) {
    let skip = usize::from(module.starts_with('@'));
    let end = module
        .match_indices('/')
        .map(|(i, _)| i)
        .nth(skip)
        .unwrap_or(module.len());
    let rest = module.get(end + 1..).unwrap_or("");
    (&module[..end], rest)
}

/// What `*` stands for if the pattern matches.
fn matches_pattern<'m>(pattern: &str, module: &'m str) -> Option<&'m str> {
    match pattern.split_once('*') {
        Some((before, after)) => module
            .strip_prefix(before)
            .and_then(|rest| rest.strip_suffix(after)),
        None => (pattern == module).then_some(""),
    }
}
