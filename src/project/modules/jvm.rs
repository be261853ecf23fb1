//! Java and Kotlin: qualified names of packages and what they declare.

use rustc_hash::FxHashMap;
use smol_str::SmolStr;

use super::{Modules, common_prefix, members, split};
use crate::project::{File, FileId, Origin};

/// What packages declare: package, then name, then the files that do.
pub(super) type Packages = FxHashMap<SmolStr, FxHashMap<SmolStr, Vec<FileId>>>;

/// Indexes the packages of the files that say which one they are in.
pub(super) fn index(files: &[File]) -> Packages {
    let mut packages = Packages::default();
    for (i, file) in files.iter().enumerate() {
        let Some(heading) = &file.heading else {
            continue;
        };
        let id = FileId(i as u32);
        let package = packages.entry(heading.package.clone()).or_default();
        let stem = SmolStr::new(split(&file.path).1);
        for name in heading.names.iter().chain([&stem]) {
            let files = package.entry(name.clone()).or_default();
            if files.last() != Some(&id) {
                files.push(id);
            }
        }
    }
    packages
}

impl Modules {
    /// The file that declares a name of a package, as seen from another one: of
    /// several, that of the module nearest to it. What has no package is seen in
    /// its own folder only.
    pub(in crate::project) fn declaring(
        &self,
        files: &[File],
        from: FileId,
        package: &str,
        name: &str,
    ) -> Option<FileId> {
        let candidates = self.declared.get(package)?.get(name)?;
        let here = &files[from.0 as usize];
        let path = |id: &FileId| files[id.0 as usize].path.as_str();
        let seen = candidates.iter().filter(|id| {
            let file = &files[id.0 as usize];
            // Production code does not see its tests.
            (here.is_test || !file.is_test)
                && (!package.is_empty() || split(path(id)).0 == split(&here.path).0)
        });
        seen.max_by_key(|id| {
            let near = common_prefix(path(id), &here.path);
            let named = split(path(id)).1 == name;
            (near, named, std::cmp::Reverse(**id))
        })
        .copied()
    }

    /// The file of a class by its qualified name.
    pub(super) fn class_file(&self, files: &[File], from: FileId, name: &str) -> Option<FileId> {
        let (package, class) = name.rsplit_once('.')?;
        self.declaring(files, from, package, class)
    }
}

/// The origin of what is not of the project: packages are in lower case.
pub(super) fn external(module: &str) -> Origin {
    let mut end = 0;
    for part in module.split('.') {
        if part.starts_with(char::is_uppercase) {
            break;
        }
        end += part.len() + 1;
    }
    let package = module.get(..end.saturating_sub(1)).unwrap_or(module);
    let rest = module.get(end..).unwrap_or("");
    members(Origin::package(package), rest.split('.'))
}
