//! Which file an import means: one file here a style of naming modules.

mod bundlers;
mod crates;
mod dotted;
mod folders;
mod jvm;
mod namespaces;
mod packages;
mod scripts;
mod tsconfig;

use std::path::Path;

use rustc_hash::FxHashMap;
use smol_str::SmolStr;

use super::value::Origin;
use super::{File, FileId};
use crate::language::Modules as Style;

pub(super) use crate::infra::paths::normalize;
pub(super) use bundlers::aliases as bundler_aliases;
pub use namespaces::Declared;
pub(super) use packages::PackageJson;
pub(super) use tsconfig::{TsConfig, aliases as tsconfig_aliases};

/// A package or compiler configuration file that says how modules are named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Manifest {
    /// A package: imports of its name mean its folder.
    Package {
        /// Folder, relative to the root; empty for the root.
        folder: String,
        name: String,
        /// What is offered under names below it, `*` kept, and the files that can
        /// be, relative to the folder; the package itself has no name.
        exports: Vec<(String, Vec<String>)>,
    },
    /// A crate: paths that begin with its name mean its modules.
    Crate {
        folder: String,
        /// As code spells it.
        name: String,
        /// Its root module, relative to the folder, where it is not where it
        /// usually is.
        entry: Option<String>,
    },
    /// A module whose packages are folders: imports that begin with its path mean
    /// folders below it.
    Module { folder: String, path: String },
    /// What is compiled together (`.csproj`), and what it sees.
    Project {
        folder: String,
        /// Folders of the projects it refers to.
        references: Vec<String>,
        /// Namespaces that all of its files use.
        usings: Vec<String>,
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
    crates: FxHashMap<String, Crate>,
    aliases: Vec<Aliases>,
    folders: folders::Folders,
    pub(super) namespaces: namespaces::Namespaces,
    /// What the packages of Java and Kotlin declare.
    declared: jvm::Packages,
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
    exports: Vec<(String, Vec<String>)>,
}

#[derive(Clone, Debug)]
struct Crate {
    folder: String,
    entry: Option<String>,
}

/// What stands for a folder when the folder is imported.
const FOLDER_MODULES: [&str; 5] = ["index", "__init__", "mod", "lib", "main"];

impl Modules {
    pub(super) fn new(files: &[File], manifests: Vec<Manifest>) -> Self {
        let mut by_path = FxHashMap::default();
        let mut by_stem: FxHashMap<String, Vec<FileId>> = FxHashMap::default();
        for (i, file) in files.iter().enumerate() {
            let id = FileId(i as u32);
            by_path.insert(file.path.clone(), id);
            by_stem.entry(module_stem(&file.path)).or_default().push(id);
        }
        let namespaces = namespaces::Namespaces::new(files, &manifests);
        let mut packages = FxHashMap::default();
        let mut crates = FxHashMap::default();
        let mut aliases = Vec::new();
        let mut folders = folders::Folders::of(files);
        for manifest in manifests {
            match manifest {
                Manifest::Package {
                    folder,
                    name,
                    exports,
                } => {
                    packages.entry(name).or_insert(Package { folder, exports });
                }
                Manifest::Crate {
                    folder,
                    name,
                    entry,
                } => {
                    crates.entry(name).or_insert(Crate { folder, entry });
                }
                Manifest::Project { .. } => {}
                Manifest::Aliases {
                    folder,
                    paths,
                    base,
                } => aliases.push(Aliases {
                    folder,
                    paths,
                    base,
                }),
                Manifest::Module { folder, path } => folders.add_module(folder, path),
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
            crates,
            aliases,
            folders,
            namespaces,
            declared: jvm::index(files),
        }
    }

    pub(super) fn resolve(&self, files: &[File], from: FileId, module: &str) -> Target {
        let file = &files[from.0 as usize];
        let found = match file.language.get().modules {
            Style::Path => self.path(&file.path, module),
            Style::Dotted => self.dotted(files, &file.path, module),
            Style::Crate => self.rust(&file.path, module).map(|(id, _)| id),
            Style::Folder => self.folders.package(&file.path, module),
            // Any file can add to a namespace: none is its file.
            Style::Namespace => None,
            Style::Jvm => self.class_file(files, from, module),
        };
        match found {
            Some(id) => Target::File(id),
            None => Target::External(external(file.language.get().modules, module)),
        }
    }

    /// The files that share one scope with a file, itself first; only itself where
    /// a file is a module of its own.
    pub(super) fn package_of(&self, files: &[File], file: FileId) -> Vec<FileId> {
        let own = &files[file.0 as usize];
        match own.language.get().modules {
            Style::Folder => self.folders.files_of(own, file),
            _ => vec![file],
        }
    }

    /// What of an import's module stands inside of the file it means: inline
    /// modules, an enum whose variants are imported.
    pub(super) fn inside<'m>(&self, files: &[File], from: FileId, module: &'m str) -> Vec<&'m str> {
        let file = &files[from.0 as usize];
        match file.language.get().modules {
            Style::Crate => self
                .rust(&file.path, module)
                .map_or_else(Vec::new, |(_, inside)| inside),
            _ => Vec::new(),
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
}

/// The origin of a module that is not of the project: package, then members.
pub(super) fn external(style: Style, module: &str) -> Origin {
    match style {
        Style::Path => scripts::external(module),
        Style::Dotted => dotted::external(module),
        Style::Crate => crates::external(module),
        Style::Folder => folders::external(module),
        Style::Namespace => Origin::package(module),
        Style::Jvm => jvm::external(module),
    }
}

fn members<'a>(origin: Origin, parts: impl Iterator<Item = &'a str>) -> Origin {
    parts
        .filter(|p| !p.is_empty())
        .fold(origin, |o, part| o.member(SmolStr::new(part)))
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

pub(super) fn is_below(path: &str, folder: &str) -> bool {
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
