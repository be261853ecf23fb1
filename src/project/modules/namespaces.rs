//! Namespaces that any file can add to, as in C#: which files declare a type,
//! and which namespaces a file sees.
//!
//! A file says what it declares by a few words in front of names. They are read
//! off its bytes when the walk has them, so that only the file that declares
//! what a name means is parsed.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;

use super::{Manifest, common_prefix, is_below};
use crate::project::{File, FileId};

/// What a file adds to the namespaces of a tree. A word in a comment or a text
/// can be among it: whoever asks for it finds nothing in the file's facts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Declared {
    pub namespaces: Vec<SmolStr>,
    pub types: Vec<SmolStr>,
    /// Namespaces that every file of the same project uses.
    pub global_usings: Vec<SmolStr>,
    /// Functions that are called as methods of their first parameter.
    pub extensions: Vec<SmolStr>,
}

/// The word that is not behind a name, but in front of which one stands.
const EXTENDS: &str = "(this ";

const WORDS: [&str; 8] = [
    "namespace ",
    "class ",
    "record ",
    "struct ",
    "interface ",
    "enum ",
    "global using ",
    EXTENDS,
];

static AUTOMATON: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| AhoCorasick::new(WORDS).ok());

impl Declared {
    /// Reads what a file declares off its bytes.
    #[must_use]
    pub fn of(source: &[u8]) -> Self {
        let mut declared = Self::default();
        // A byte order mark is no part of the first word.
        let source = source.strip_prefix(b"\xef\xbb\xbf").unwrap_or(source);
        let Some(automaton) = AUTOMATON.as_ref() else {
            return declared;
        };
        for found in automaton.find_overlapping_iter(source) {
            if found.pattern().as_usize() == WORDS.len() - 1 {
                let name = name_before(source.get(..found.start()).unwrap_or_default());
                declared.extensions.extend(name);
                continue;
            }
            let before = found.start().checked_sub(1).and_then(|i| source.get(i));
            if before.is_some_and(|b| is_word(*b) || *b == b'.' || *b == b'/') {
                continue;
            }
            let behind = source.get(found.end()..).unwrap_or_default();
            let dotted = matches!(found.pattern().as_usize(), 0 | 6);
            let Some(name) = name_at(behind, dotted) else {
                continue;
            };
            let into = match found.pattern().as_usize() {
                0 => &mut declared.namespaces,
                6 => &mut declared.global_usings,
                _ => &mut declared.types,
            };
            if !into.contains(&name) {
                into.push(name);
            }
        }
        declared
    }
}

/// The name in front of a parameter list, type parameters left out.
fn name_before(bytes: &[u8]) -> Option<SmolStr> {
    let mut bytes = bytes.trim_ascii_end();
    if bytes.ends_with(b">") {
        let open = memchr::memrchr(b'<', bytes)?;
        bytes = bytes.get(..open)?.trim_ascii_end();
    }
    let start = bytes
        .iter()
        .rposition(|b| !is_word(*b))
        .map_or(0, |i| i + 1);
    let name = std::str::from_utf8(bytes.get(start..)?).ok()?;
    (!name.is_empty()).then(|| SmolStr::new(name))
}

/// The name at the beginning of some bytes, its dots included where it may have them.
fn name_at(bytes: &[u8], dotted: bool) -> Option<SmolStr> {
    let mut bytes = bytes.trim_ascii_start();
    for skipped in [&b"static "[..], b"global::", b"@"] {
        bytes = bytes.strip_prefix(skipped).unwrap_or(bytes);
    }
    let end = bytes
        .iter()
        .position(|b| !(is_word(*b) || dotted && *b == b'.'))
        .unwrap_or(bytes.len());
    let name = std::str::from_utf8(&bytes[..end]).ok()?;
    let begins = name.starts_with(|c: char| c.is_alphabetic() || c == '_');
    begins.then(|| SmolStr::new(name))
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

/// The namespaces of a tree.
#[derive(Debug, Default)]
pub(in crate::project) struct Namespaces {
    /// Files by the simple names of the types they declare.
    types: FxHashMap<SmolStr, Vec<FileId>>,
    /// Files by the names of the functions in them that extend other types.
    extensions: FxHashMap<SmolStr, Vec<FileId>>,
    /// Every namespace, those that only hold others included.
    known: FxHashSet<SmolStr>,
    projects: Vec<Project>,
    /// The project each file is of.
    of: Vec<Option<usize>>,
}

/// A project file: what is compiled together, and what it sees.
#[derive(Debug)]
struct Project {
    folder: String,
    /// Folders of the projects it refers to, over others too.
    sees: FxHashSet<String>,
    usings: Vec<SmolStr>,
}

impl Namespaces {
    pub(super) fn new(files: &[File], manifests: &[Manifest]) -> Self {
        let mut all = Self::default();
        for manifest in manifests {
            if let Manifest::Project { folder, usings, .. } = manifest {
                all.projects.push(Project {
                    folder: folder.clone(),
                    sees: seen_from(folder, manifests),
                    usings: usings.iter().map(SmolStr::new).collect(),
                });
            }
        }
        // The nearest project is the one a file is of: deepest folder first.
        all.projects.sort_by(|a, b| {
            let deeper = b.folder.len().cmp(&a.folder.len());
            deeper.then_with(|| a.folder.cmp(&b.folder))
        });
        for (i, file) in files.iter().enumerate() {
            let Some(declared) = &file.declared else {
                continue;
            };
            all.add(FileId(i as u32), file, declared);
        }
        if !all.projects.is_empty() {
            let of = files.iter().map(|file| all.project_of(&file.path));
            all.of = of.collect();
        }
        all
    }

    fn add(&mut self, id: FileId, file: &File, declared: &Declared) {
        for name in &declared.types {
            self.types.entry(name.clone()).or_default().push(id);
        }
        for name in &declared.extensions {
            self.extensions.entry(name.clone()).or_default().push(id);
        }
        for namespace in &declared.namespaces {
            let mut around = namespace.as_str();
            while self.known.insert(SmolStr::new(around))
                && let Some((outer, _)) = around.rsplit_once('.')
            {
                around = outer;
            }
        }
        if !declared.global_usings.is_empty() {
            let index = match self.project_of(&file.path) {
                Some(index) => index,
                // Without project files, all that is there is one.
                None => {
                    self.projects.push(Project {
                        folder: String::new(),
                        sees: FxHashSet::default(),
                        usings: Vec::new(),
                    });
                    self.projects.len() - 1
                }
            };
            let usings = &mut self.projects[index].usings;
            usings.extend(declared.global_usings.iter().cloned());
        }
    }

    fn project_of(&self, path: &str) -> Option<usize> {
        self.projects.iter().position(|p| is_below(path, &p.folder))
    }

    /// The same of a file, worked out once.
    fn project_of_file(&self, id: FileId) -> Option<usize> {
        self.of.get(id.0 as usize).copied().flatten()
    }

    /// Namespaces that every file of the project of a file uses.
    pub(in crate::project) fn usings(&self, path: &str) -> &[SmolStr] {
        self.project_of(path)
            .map_or(&[], |project| &self.projects[project].usings)
    }

    /// The files of each project whose files all use something.
    pub(in crate::project) fn compiled_together(
        &self,
        files: &[File],
    ) -> Vec<(&[SmolStr], Vec<FileId>)> {
        let mut members: Vec<Vec<FileId>> = vec![Vec::new(); self.projects.len()];
        if self.projects.iter().all(|p| p.usings.is_empty()) {
            return Vec::new();
        }
        for (i, file) in files.iter().enumerate() {
            if file.declared.is_some()
                && !file.is_test
                && let Some(project) = self.project_of(&file.path)
            {
                members[project].push(FileId(i as u32));
            }
        }
        let projects = self.projects.iter().zip(members);
        projects
            .filter(|(project, _)| !project.usings.is_empty())
            .map(|(project, files)| (project.usings.as_slice(), files))
            .collect()
    }

    /// Whether the tree has a namespace.
    pub(in crate::project) fn has(&self, namespace: &str) -> bool {
        self.known.contains(namespace)
    }

    /// The files in which a function of this name extends a type.
    pub(in crate::project) fn extending(&self, name: &str) -> &[FileId] {
        self.extensions.get(name).map_or(&[], Vec::as_slice)
    }

    /// Whether any file declares a type of this name.
    pub(in crate::project) fn declares(&self, name: &str) -> bool {
        self.types.contains_key(name)
    }

    /// The files that declare a type, as seen from a file: those of its own
    /// project, else of the projects it refers to, else the nearest ones.
    pub(in crate::project) fn files(
        &self,
        files: &[File],
        from: FileId,
        namespace: &str,
        name: &str,
    ) -> Vec<FileId> {
        let Some(candidates) = self.types.get(name) else {
            return Vec::new();
        };
        let Some(user) = files.get(from.0 as usize) else {
            return Vec::new();
        };
        let own = self.project_of_file(from);
        let mut best = Vec::new();
        let mut nearest = None;
        for id in candidates {
            let Some(file) = files.get(id.0 as usize) else {
                continue;
            };
            if !adds_to(file, namespace) {
                continue;
            }
            let rank = self.rank(own, user, file, self.project_of_file(*id));
            if nearest.is_none_or(|known| rank < known) {
                nearest = Some(rank);
                best.clear();
            }
            if nearest == Some(rank) {
                best.push(*id);
            }
        }
        best
    }

    /// How far a file is: the less, the nearer.
    fn rank(
        &self,
        own: Option<usize>,
        user: &File,
        file: &File,
        other: Option<usize>,
    ) -> (bool, u8, usize) {
        let hidden = file.is_test && !user.is_test;
        let (distance, apart) = match (own, other) {
            (Some(a), Some(b)) if a == b => (0, 0),
            // Without project files, all that is there is one.
            (None, None) => (0, 0),
            (Some(a), Some(b)) if self.projects[a].sees.contains(&self.projects[b].folder) => {
                (1, 0)
            }
            _ => (2, usize::MAX - common_prefix(&user.path, &file.path)),
        };
        (hidden, distance, apart)
    }
}

/// Whether a file declares something in a namespace. A namespace inside of
/// another one is written in parts.
fn adds_to(file: &File, namespace: &str) -> bool {
    let Some(declared) = &file.declared else {
        return false;
    };
    if namespace.is_empty() {
        return true;
    }
    declared.namespaces.iter().any(|own| {
        namespace
            .strip_suffix(own.as_str())
            .is_some_and(|before| before.is_empty() || before.ends_with('.'))
    })
}

/// The folders of the projects that one refers to, directly or over others.
fn seen_from(folder: &str, manifests: &[Manifest]) -> FxHashSet<String> {
    let mut seen = FxHashSet::default();
    let mut pending = vec![folder.to_owned()];
    while let Some(folder) = pending.pop() {
        for manifest in manifests {
            if let Manifest::Project {
                folder: own,
                references,
                ..
            } = manifest
                && *own == folder
            {
                for reference in references {
                    if seen.insert(reference.clone()) {
                        pending.push(reference.clone());
                    }
                }
            }
        }
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::Declared;

    #[test]
    fn declarations_are_read_off_the_bytes() {
        let source = b"
            global using static A.B;
            // subclass of everything
            namespace Shop.Orders;
            public sealed record struct Placed(int Id) where T : class;
            class @event<T> {}
            enum Kind { A }
        ";
        let declared = Declared::of(source);
        assert_eq!(declared.namespaces, ["Shop.Orders"]);
        assert_eq!(declared.global_usings, ["A.B"]);
        let marked = Declared::of(b"\xef\xbb\xbfnamespace Marked;");
        assert_eq!(marked.namespaces, ["Marked"]);
        for name in ["Placed", "event", "Kind"] {
            assert!(declared.types.iter().any(|t| t == name), "{name}");
        }
        assert!(!declared.types.iter().any(|t| t == "of"));
    }
}
