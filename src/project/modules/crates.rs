//! Rust: `crate::`, `self::`, `super::`, sibling modules and crates of the workspace.

use super::{Modules, join, members, split};
use crate::project::{FileId, Origin};

impl Modules {
    pub(super) fn rust(&self, from: &str, module: &str) -> Option<FileId> {
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
