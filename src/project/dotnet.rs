//! Projects of .NET: which services they are, and what their files see.

use std::collections::BTreeSet;

use super::modules::{Manifest, is_below, normalize};
use crate::infra::msbuild::ProjectFile;

/// A project file, and where it stands.
#[derive(Debug)]
pub(super) struct DotnetProject {
    pub folder: String,
    pub path: String,
    pub file: ProjectFile,
}

impl DotnetProject {
    /// The folders of the projects it refers to.
    fn references(&self) -> Vec<String> {
        let paths = self.file.references.iter();
        paths
            .filter_map(|path| normalize(&format!("{}/{path}", self.folder)))
            .map(|path| path.rsplit_once('/').map_or("", |(f, _)| f).to_owned())
            .collect()
    }

    /// Whether it only says what holds for the projects below it.
    fn is_shared(&self) -> bool {
        self.path.ends_with(".props")
    }

    /// Whether it refers to the one in a folder, directly or over others.
    fn refers_to(&self, folder: &str, projects: &[&Self]) -> bool {
        let mut seen = BTreeSet::new();
        let mut pending = self.references();
        while let Some(next) = pending.pop() {
            if next == folder {
                return true;
            }
            if !seen.insert(next.clone()) {
                continue;
            }
            let of_next = projects.iter().filter(|p| p.folder == next);
            pending.extend(of_next.flat_map(|p| p.references()));
        }
        false
    }
}

/// What the files of each project see.
pub(super) fn manifests(projects: &[DotnetProject]) -> impl Iterator<Item = Manifest> {
    projects.iter().map(|project| {
        let shared = projects
            .iter()
            .filter(|p| p.is_shared() && is_below(&project.folder, &p.folder));
        let usings = shared.chain([project]).flat_map(|p| &p.file.usings);
        Manifest::Project {
            folder: project.folder.clone(),
            references: project.references(),
            usings: usings.cloned().collect(),
        }
    })
}

/// Folder, name and path of each project. What runs is a service; a library that
/// one of them alone refers to is part of it, other libraries are their own.
pub(super) fn services(projects: &[DotnetProject]) -> Vec<(&str, &str, &str)> {
    let built: Vec<&DotnetProject> = projects
        .iter()
        .filter(|p| !p.is_shared() && !p.file.is_test)
        .collect();
    built
        .iter()
        .map(|project| {
            let users: Vec<&&DotnetProject> = built
                .iter()
                .filter(|user| user.file.runs && user.refers_to(&project.folder, &built))
                .collect();
            let owner = match users.as_slice() {
                [only] if !project.file.runs => only,
                _ => project,
            };
            let file = owner.path.rsplit('/').next().unwrap_or("");
            let name = file.strip_suffix(".csproj").unwrap_or(file);
            (project.folder.as_str(), name, project.path.as_str())
        })
        .collect()
}
