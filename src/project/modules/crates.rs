//! Rust: `crate::`, `self::`, `super::`, sibling modules and crates of the workspace.

use super::{Crate, Modules, is_below, join, members, split};
use crate::project::{FileId, Origin};

impl Modules {
    /// The file a module's path leads to, and what of the path stands inside of it.
    pub(super) fn rust<'m>(&self, from: &str, module: &'m str) -> Option<(FileId, Vec<&'m str>)> {
        let mut segments = module.split("::").filter(|s| !s.is_empty()).peekable();
        let first = segments.next()?;
        let mut base = match first {
            "crate" => self.own_crate(from),
            "self" => RustBase::of_file(from),
            "super" => {
                let mut base = RustBase::of_file(from).parent();
                while segments.peek() == Some(&"super") {
                    segments.next();
                    base = base.parent();
                }
                base
            }
            name => match self.crates.get(name) {
                Some(known) => RustBase::of_crate(known),
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
        while let Some(segment) = segments.next() {
            let path = join(&base.folder, segment);
            match self.rust_file(&path) {
                Some(found) => file = Some(found),
                // An inline module or an item of the file: the file has it.
                None => return Some((file?, std::iter::once(segment).chain(segments).collect())),
            }
            base = RustBase::folder(path);
        }
        Some((file?, Vec::new()))
    }

    /// The root of the crate a file is of.
    fn own_crate(&self, from: &str) -> RustBase {
        let placed = self.crates.values().filter(|known| {
            let entry = known.entry.as_ref();
            entry.is_some_and(|entry| is_below(from, split(&join(&known.folder, entry)).0))
        });
        // Where several hold the file, the innermost is meant.
        match placed.max_by_key(|known| (known.folder.len(), &known.folder)) {
            Some(known) => RustBase::of_crate(known),
            None => RustBase::folder(crate_root(from)),
        }
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

    pub(super) fn rust_file(&self, path: &str) -> Option<FileId> {
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

    fn of_crate(known: &Crate) -> Self {
        match &known.entry {
            Some(entry) => {
                let file = join(&known.folder, entry);
                Self {
                    folder: split(&file).0.to_owned(),
                    file: Some(file),
                }
            }
            None => Self::folder(join(&known.folder, "src")),
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

/// The origin of a module that is not of the project.
pub(super) fn external(module: &str) -> Origin {
    let mut parts = module.split("::");
    members(Origin::package(parts.next().unwrap_or("")), parts)
}
