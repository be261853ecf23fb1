//! JavaScript and TypeScript: relative paths, path aliases, packages by name.

use super::{Aliases, Modules, is_below, join, members, normalize, split};
use crate::project::{FileId, Origin};

const EXTENSIONS: [&str; 8] = ["ts", "tsx", "mts", "cts", "js", "jsx", "mjs", "cjs"];

/// Folders that hold what is built of the sources.
const BUILT: [&str; 4] = ["dist/", "lib/", "build/", "out/"];

/// Folders in those, one a format of modules.
const FORMATS: [&str; 4] = ["esm/", "cjs/", "es/", "types/"];

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
        let offered = package.exports.iter().find_map(|(pattern, targets)| {
            let wild = matches_pattern(pattern, rest)?;
            targets.iter().find_map(|target| {
                let target = target.replacen('*', wild, 1);
                self.built(&normalize(&join(&package.folder, &target))?)
            })
        });
        let usual: &[&str] = if rest.is_empty() {
            &["src/index", "index", "lib/index"]
        } else {
            &["", "src"]
        };
        offered.or_else(|| {
            usual
                .iter()
                .find_map(|at| self.script(&join(&join(&package.folder, at), rest)))
        })
    }

    /// A script that a package offers. Packages name what was built; its source
    /// is what was scanned.
    fn built(&self, path: &str) -> Option<FileId> {
        let path = path.strip_suffix(".d.ts").unwrap_or(path);
        self.script(path).or_else(|| {
            BUILT.iter().find_map(|built| {
                let (before, after) = path.split_once(built)?;
                if !(before.is_empty() || before.ends_with('/')) {
                    return None;
                }
                let after = FORMATS
                    .iter()
                    .find_map(|format| after.strip_prefix(format))
                    .unwrap_or(after);
                ["src/", ""]
                    .iter()
                    .find_map(|source| self.script(&format!("{before}{source}{after}")))
            })
        })
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
