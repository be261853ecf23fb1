//! Which file an import means.

use std::path::Path;

use rustc_hash::FxHashMap;
use smol_str::SmolStr;

use super::value::Origin;
use super::{File, FileId};
use crate::language::Modules as Style;

/// A package or compiler configuration file that says how modules are named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Manifest {
    /// A package: imports of its name mean its folder.
    Package {
        /// Folder, relative to the root; empty for the root.
        folder: String,
        name: String,
        /// The file an import of the bare name means, relative to the folder.
        entry: Option<String>,
    },
    /// Path aliases (`tsconfig.json`'s `paths`), `*` kept: `@/*` → `src/*`.
    Aliases {
        folder: String,
        /// Pattern and targets relative to the root.
        paths: Vec<(String, Vec<String>)>,
        /// Folder that bare names are looked up in first, relative to the root.
        base: Option<String>,
    },
}

/// What an imported module is.
#[derive(Clone, Debug)]
pub enum Target {
    File(FileId),
    /// Not of the project: a library.
    External(Origin),
}

/// Finds modules among the files of a project.
#[derive(Debug)]
pub(super) struct Modules {
    by_path: FxHashMap<String, FileId>,
    /// Files by their last path segment without extension (folders for `__init__`, `mod`, `index`).
    by_stem: FxHashMap<String, Vec<FileId>>,
    packages: FxHashMap<String, Package>,
    aliases: Vec<Aliases>,
}

/// Path aliases that hold below a folder.
#[derive(Debug)]
struct Aliases {
    folder: String,
    /// Pattern and targets.
    paths: Vec<(String, Vec<String>)>,
    base: Option<String>,
}

#[derive(Clone, Debug)]
struct Package {
    folder: String,
    entry: Option<String>,
}

/// What stands for a folder when the folder is imported.
const FOLDER_MODULES: [&str; 5] = ["index", "__init__", "mod", "lib", "main"];

const SCRIPT_EXTENSIONS: [&str; 8] = ["ts", "tsx", "mts", "cts", "js", "jsx", "mjs", "cjs"];

impl Modules {
    pub(super) fn new(files: &[File], manifests: Vec<Manifest>) -> Self {
        let mut by_path = FxHashMap::default();
        let mut by_stem: FxHashMap<String, Vec<FileId>> = FxHashMap::default();
        for (i, file) in files.iter().enumerate() {
            let id = FileId(i as u32);
            by_path.insert(file.path.clone(), id);
            by_stem.entry(module_stem(&file.path)).or_default().push(id);
        }
        let mut packages = FxHashMap::default();
        let mut aliases = Vec::new();
        for manifest in manifests {
            match manifest {
                Manifest::Package {
                    folder,
                    name,
                    entry,
                } => {
                    packages.entry(name).or_insert(Package { folder, entry });
                }
                Manifest::Aliases {
                    folder,
                    paths,
                    base,
                } => aliases.push(Aliases {
                    folder,
                    paths,
                    base,
                }),
            }
        }
        // The nearest configuration wins: deepest folder first.
        aliases.sort_by(|a: &Aliases, b| {
            let deeper = b.folder.len().cmp(&a.folder.len());
            deeper.then_with(|| a.folder.cmp(&b.folder))
        });
        Self {
            by_path,
            by_stem,
            packages,
            aliases,
        }
    }

    pub(super) fn resolve(&self, files: &[File], from: FileId, module: &str) -> Target {
        let file = &files[from.0 as usize];
        let found = match file.language.get().modules {
            Style::Path => self.path(&file.path, module),
            Style::Dotted => self.dotted(files, &file.path, module),
            Style::Crate => self.rust(&file.path, module),
        };
        match found {
            Some(id) => Target::File(id),
            None => Target::External(external(file.language.get().modules, module)),
        }
    }

    /// A module of a package: `pkg/name.py`, `dir/name.rs`.
    pub(super) fn submodule(&self, files: &[File], parent: FileId, name: &str) -> Option<FileId> {
        let file = &files[parent.0 as usize];
        let (folder, stem) = split(&file.path);
        match file.language.get().modules {
            Style::Dotted if stem == "__init__" => self.python_file(&join(folder, name)),
            Style::Crate => {
                let below = if matches!(stem, "mod" | "lib" | "main") {
                    folder.to_owned()
                } else {
                    join(folder, stem)
                };
                self.rust_file(&join(&below, name))
            }
            _ => None,
        }
    }

    // --- JavaScript and TypeScript ------------------------------------------

    fn path(&self, from: &str, module: &str) -> Option<FileId> {
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
            SCRIPT_EXTENSIONS.iter().find_map(|extension| {
                self.by_path
                    .get(&format!("{base}.{extension}"))
                    .or_else(|| self.by_path.get(&join(base, &format!("index.{extension}"))))
                    .copied()
            })
        })
    }

    // --- Python ----------------------------------------------------------------

    fn dotted(&self, files: &[File], from: &str, module: &str) -> Option<FileId> {
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

    fn python_file(&self, path: &str) -> Option<FileId> {
        let path = path.trim_end_matches('/');
        self.by_path
            .get(&format!("{path}.py"))
            .or_else(|| self.by_path.get(&join(path, "__init__.py")))
            .copied()
    }

    // --- Rust --------------------------------------------------------------------

    fn rust(&self, from: &str, module: &str) -> Option<FileId> {
        let mut segments = module.split("::").filter(|s| !s.is_empty()).peekable();
        let first = segments.next()?;
        let mut base = match first {
            "crate" => RustBase::folder(crate_root(from)),
            "self" => RustBase::of_file(from),
            "super" => {
                let mut base = RustBase::of_file(from).parent();
                while segments.peek() == Some(&"super") {
                    segments.next();
                    base = base.parent();
                }
                base
            }
            name => match self.packages.get(name) {
                Some(package) => RustBase::folder(join(&package.folder, "src")),
                // In the 2018 edition a path may begin with a sibling module.
                None => {
                    let own = RustBase::of_file(from);
                    let sibling = join(&own.folder, name);
                    self.rust_file(&sibling)?;
                    RustBase::folder(sibling)
                }
            },
        };
        let mut file = self.rust_folder(&base);
        for segment in segments {
            let path = join(&base.folder, segment);
            match self.rust_file(&path) {
                Some(found) => file = Some(found),
                // An inline module or an item of the file: the file has it.
                None => return file,
            }
            base = RustBase::folder(path);
        }
        file
    }

    /// The file that is the module of a folder.
    fn rust_folder(&self, base: &RustBase) -> Option<FileId> {
        if let Some(file) = &base.file {
            return self.by_path.get(file).copied();
        }
        ["lib.rs", "main.rs", "mod.rs"]
            .iter()
            .find_map(|name| self.by_path.get(&join(&base.folder, name)))
            .or_else(|| self.by_path.get(&format!("{}.rs", base.folder)))
            .copied()
    }

    fn rust_file(&self, path: &str) -> Option<FileId> {
        self.by_path
            .get(&format!("{path}.rs"))
            .or_else(|| self.by_path.get(&join(path, "mod.rs")))
            .copied()
    }
}

/// A Rust module: the folder its children are in, and its own file if that is known.
struct RustBase {
    folder: String,
    file: Option<String>,
}

impl RustBase {
    fn folder(folder: String) -> Self {
        Self { folder, file: None }
    }

    fn of_file(path: &str) -> Self {
        let (folder, stem) = split(path);
        let folder = if matches!(stem, "mod" | "lib" | "main") {
            folder.to_owned()
        } else {
            join(folder, stem)
        };
        Self {
            folder,
            file: Some(path.to_owned()),
        }
    }

    fn parent(self) -> Self {
        Self::folder(split(&self.folder).0.to_owned())
    }
}

/// `services/a/src` for `services/a/src/x/y.rs`.
fn crate_root(from: &str) -> String {
    match from.rfind("src/") {
        Some(i) if i == 0 || from.as_bytes().get(i - 1) == Some(&b'/') => from[..i + 3].to_owned(),
        _ => split(from).0.to_owned(),
    }
}

/// The origin of a module that is not of the project: package, then members.
pub(super) fn external(style: Style, module: &str) -> Origin {
    match style {
        Style::Path => {
            let module = module.strip_prefix("node:").unwrap_or(module);
            let (name, rest) = package_name(module);
            members(Origin::package(name), rest.split('/'))
        }
        Style::Dotted => {
            let mut parts = module.split('.');
            members(Origin::package(parts.next().unwrap_or("")), parts)
        }
        Style::Crate => {
            let mut parts = module.split("::");
            members(Origin::package(parts.next().unwrap_or("")), parts)
        }
    }
}

fn members<'a>(origin: Origin, parts: impl Iterator<Item = &'a str>) -> Origin {
    parts
        .filter(|p| !p.is_empty())
        .fold(origin, |o, part| o.member(SmolStr::new(part)))
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

/// Folder and file name without extension.
fn split(path: &str) -> (&str, &str) {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    (folder, name.split('.').next().unwrap_or(name))
}

fn join(folder: &str, name: &str) -> String {
    match (folder.is_empty(), name.is_empty()) {
        (true, _) => name.to_owned(),
        (_, true) => folder.to_owned(),
        _ => format!("{folder}/{name}"),
    }
}

/// Resolves `.` and `..`; `None` when the path leaves the root.
pub(super) fn normalize(path: &str) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            _ => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

fn is_below(path: &str, folder: &str) -> bool {
    folder.is_empty() || Path::new(path).starts_with(folder)
}

/// The name a file has as a module.
fn module_stem(path: &str) -> String {
    let (folder, stem) = split(path);
    if FOLDER_MODULES.contains(&stem) {
        return split(folder).1.to_owned();
    }
    stem.to_owned()
}

/// Length of the shared leading folders.
fn common_prefix(a: &str, b: &str) -> usize {
    a.split('/')
        .zip(b.split('/'))
        .take_while(|(x, y)| x == y)
        .count()
}
