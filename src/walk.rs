//! The parallel walk: which files there are, and which are worth reading.
//!
//! Honours `.gitignore`, `.ignore` and hidden files like ripgrep, and leaves
//! out what nobody wrote here: vendored, generated and minified files. Links
//! are not followed and only regular files are opened, so that neither a link
//! loop nor a named pipe can hold a scan up.

use std::path::{Path, PathBuf};
use std::sync::mpsc;

use ignore::{DirEntry, ParallelVisitor, ParallelVisitorBuilder, WalkBuilder, WalkState};

use crate::analysis::Diagnostic;
use crate::infra::topology::{self, Candidate, Topology, family_of};
use crate::infra::{format_of, is_described};
use crate::language::LanguageId;

/// A source file larger than this is data or generated; bytes.
const MAX_SOURCE: u64 = 2 * 1024 * 1024;

/// A line this long on average makes a file minified; bytes.
const MINIFIED_LINE: usize = 400;

/// Folders of other people's or machines' code.
const VENDORED: [&str; 18] = [
    "node_modules",
    "bower_components",
    "jspm_packages",
    "vendor",
    "vendored",
    "third_party",
    "site-packages",
    "__pycache__",
    "venv",
    "virtualenv",
    "target",
    "dist",
    "build",
    "coverage",
    "generated",
    "__generated__",
    "Pods",
    "storybook-static",
];

/// What a file's name says it is, besides a source file.
const MANIFESTS: [&str; 14] = [
    "Directory.Build.props",
    "package.json",
    "jsconfig.json",
    "pyproject.toml",
    "setup.py",
    "setup.cfg",
    "Cargo.toml",
    "go.mod",
    "pom.xml",
    "build.gradle",
    "build.gradle.kts",
    "settings.gradle",
    "settings.gradle.kts",
    "msgmap.toml",
];

/// A source file as the walk found it.
#[derive(Debug)]
pub struct Entry<T> {
    /// Relative to the root, with `/`.
    pub path: String,
    pub language: LanguageId,
    pub bytes: u64,
    /// What the visitor made of it.
    pub visited: T,
}

/// What a walk found, sorted by path.
#[derive(Debug)]
pub struct Walked<T> {
    pub sources: Vec<Entry<T>>,
    /// Package and configuration files, compose files: paths relative to the root.
    pub manifests: Vec<String>,
    /// Files that may hold settings, by their names.
    pub settings: Vec<String>,
    /// Files that describe messages, and SQL: paths relative to the root.
    pub described: Vec<String>,
    /// Files that could list resources of the infrastructure.
    pub infra: Vec<Candidate>,
    pub diagnostics: Vec<Diagnostic>,
}

impl<T> Default for Walked<T> {
    fn default() -> Self {
        Self {
            sources: Vec::new(),
            manifests: Vec::new(),
            settings: Vec::new(),
            described: Vec::new(),
            infra: Vec::new(),
            diagnostics: Vec::new(),
        }
    }
}

/// Why a source is not looked into.
///
/// # Errors
/// A sentence that says so: binary, minified.
pub fn check_source(source: &[u8]) -> Result<(), String> {
    const HEAD: usize = 8 * 1024;
    const SMALL: usize = 20 * 1024;
    let head = &source[..source.len().min(HEAD)];
    if memchr::memchr(0, head).is_some() {
        return Err("binary content in a source file; left out".into());
    }
    if source.len() > SMALL {
        let lines = memchr::memchr_iter(b'\n', source).count() + 1;
        if source.len() / lines > MINIFIED_LINE {
            return Err("minified or generated (very long lines); left out".into());
        }
    }
    Ok(())
}

/// Walks `root` in parallel and hands every source file's bytes to `visit`.
///
/// # Errors
/// If the root cannot be read at all.
pub fn walk<T, V>(
    root: &Path,
    exclude: &globset::GlobSet,
    topology: &Topology,
    visit: V,
) -> std::io::Result<Walked<T>>
where
    T: Send,
    V: Fn(LanguageId, &str, &[u8]) -> T + Sync,
{
    let meta = std::fs::metadata(root)?;
    let base = if meta.is_dir() {
        std::fs::read_dir(root)?;
        root.to_path_buf()
    } else {
        root.parent().map_or_else(PathBuf::new, Path::to_path_buf)
    };
    let (sender, receiver) = mpsc::channel();
    let walker = WalkBuilder::new(root)
        .require_git(false)
        .hidden(false)
        .filter_entry(|entry| !is_vendored(entry) && !is_hidden(entry))
        .threads(rayon::current_num_threads())
        .build_parallel();
    let mut builder = Builder {
        base: &base,
        exclude,
        topology,
        visit: &visit,
        sender,
    };
    walker.visit(&mut builder);
    drop(builder);
    let mut walked = Walked::default();
    for part in receiver {
        walked.sources.extend(part.sources);
        walked.manifests.extend(part.manifests);
        walked.settings.extend(part.settings);
        walked.described.extend(part.described);
        walked.infra.extend(part.infra);
        walked.diagnostics.extend(part.diagnostics);
    }
    walked.sources.sort_by(|a, b| a.path.cmp(&b.path));
    walked.manifests.sort();
    walked.settings.sort();
    walked.described.sort();
    walked.infra.sort();
    walked.diagnostics.sort();
    Ok(walked)
}

fn is_vendored(entry: &DirEntry) -> bool {
    entry.depth() > 0
        && entry.file_type().is_some_and(|t| t.is_dir())
        && entry
            .file_name()
            .to_str()
            .is_some_and(|name| VENDORED.contains(&name))
}

/// Hidden, and no `.env` file, which is hidden by custom only.
fn is_hidden(entry: &DirEntry) -> bool {
    let name = entry.file_name().as_encoded_bytes();
    let is_file = entry.file_type().is_some_and(|t| t.is_file());
    entry.depth() > 0 && name.starts_with(b".") && !(is_file && name.starts_with(b".env"))
}

/// Whether a generator says in the head of a file that it wrote it, in the words
/// <https://go.dev/s/generatedcode> asks for.
fn says_generated(source: &[u8]) -> bool {
    const HEAD: usize = 2 * 1024;
    let head = &source[..source.len().min(HEAD)];
    head.split(|b| *b == b'\n').any(|line| {
        line.starts_with(b"// Code generated ") && line.trim_ascii_end().ends_with(b"DO NOT EDIT.")
    })
}

/// Files a generator writes, by their name.
fn is_generated(name: &str) -> bool {
    [
        ".min.js",
        ".bundle.js",
        "_pb2.py",
        "_pb2_grpc.py",
        ".pb.ts",
        "_pb.js",
        "_pb.ts",
        "_pb.d.ts",
        ".pb.go",
        ".pb.gw.go",
        ".g.cs",
        ".g.i.cs",
        ".Designer.cs",
        ".designer.cs",
        "Grpc.cs",
        ".AssemblyInfo.cs",
        "ModelSnapshot.cs",
    ]
    .iter()
    .any(|suffix| name.ends_with(suffix))
        || name.contains(".generated.")
}

/// Folders of what .NET builds and generates; in other languages they can be
/// sources.
fn is_built(path: &str) -> bool {
    let folders = path.rsplit_once('/').map_or("", |(folders, _)| folders);
    path.ends_with(".cs")
        && folders
            .split('/')
            .any(|folder| matches!(folder, "obj" | "bin" | "Migrations"))
}

fn is_manifest(name: &str) -> bool {
    MANIFESTS.contains(&name)
        || (name.starts_with("tsconfig.") && name.ends_with(".json"))
        || name.ends_with(".csproj")
        || (name.contains("compose") && (name.ends_with(".yml") || name.ends_with(".yaml")))
}

struct Builder<'w, T, V> {
    base: &'w Path,
    exclude: &'w globset::GlobSet,
    topology: &'w Topology,
    visit: &'w V,
    sender: mpsc::Sender<Walked<T>>,
}

impl<'w, T, V> ParallelVisitorBuilder<'w> for Builder<'w, T, V>
where
    T: Send + 'w,
    V: Fn(LanguageId, &str, &[u8]) -> T + Sync,
{
    fn build(&mut self) -> Box<dyn ParallelVisitor + 'w> {
        Box::new(Visitor {
            base: self.base,
            exclude: self.exclude,
            topology: self.topology,
            visit: self.visit,
            sender: self.sender.clone(),
            found: Some(Walked::default()),
        })
    }
}

/// One thread's share: collected without a lock and sent when the thread is done.
struct Visitor<'w, T, V> {
    base: &'w Path,
    exclude: &'w globset::GlobSet,
    topology: &'w Topology,
    visit: &'w V,
    sender: mpsc::Sender<Walked<T>>,
    found: Option<Walked<T>>,
}

impl<T, V> Drop for Visitor<'_, T, V> {
    fn drop(&mut self) {
        if let Some(found) = self.found.take() {
            // The receiver outlives the walk.
            let _ = self.sender.send(found);
        }
    }
}

impl<T, V> ParallelVisitor for Visitor<'_, T, V>
where
    T: Send,
    V: Fn(LanguageId, &str, &[u8]) -> T + Sync,
{
    fn visit(&mut self, entry: Result<DirEntry, ignore::Error>) -> WalkState {
        match entry {
            Ok(entry) => self.file(&entry),
            Err(error) => self.report(String::new(), error.to_string()),
        }
        WalkState::Continue
    }
}

impl<T, V> Visitor<'_, T, V>
where
    T: Send,
    V: Fn(LanguageId, &str, &[u8]) -> T + Sync,
{
    fn report(&mut self, file: String, message: String) {
        if let Some(found) = &mut self.found {
            found.diagnostics.push(Diagnostic {
                file,
                line: None,
                message,
            });
        }
    }

    /// Keeps what stands in a file that lists resources some model is about.
    fn candidate(&mut self, entry: &DirEntry, path: &str, family: topology::Family) {
        let size = entry.metadata().map_or(0, |m| m.len());
        let bytes = (size <= topology::MAX_SIZE)
            .then(|| std::fs::read(entry.path()).ok())
            .flatten();
        let bytes = bytes.filter(|bytes| self.topology.hits(family, bytes));
        let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
        if let Some(found) = &mut self.found
            && (text.is_some() || family.is_read_as_a_whole())
        {
            found.infra.push(Candidate {
                path: path.to_owned(),
                text,
            });
        }
    }

    fn file(&mut self, entry: &DirEntry) {
        if !entry.file_type().is_some_and(|t| t.is_file()) {
            return;
        }
        let Some(path) = relative(self.base, entry.path()) else {
            if LanguageId::of_path(entry.path()).is_some() {
                let name = entry.path().to_string_lossy().into_owned();
                self.report(name, "the name is not UTF-8; left out".into());
            }
            return;
        };
        let name = path.rsplit('/').next().unwrap_or(&path);
        if is_described(name) {
            if !self.exclude.is_match(&path)
                && let Some(found) = &mut self.found
            {
                found.described.push(path);
            }
            return;
        }
        let language = LanguageId::of_path(entry.path());
        let manifest = is_manifest(name);
        let settings = format_of(name).is_some();
        let infra = family_of(name);
        let wanted = language.is_some() || manifest || settings || infra.is_some();
        if !wanted || self.exclude.is_match(&path) {
            return;
        }
        if (settings || infra.is_some())
            && let Some(found) = &mut self.found
        {
            found.settings.push(path.clone());
        }
        if let Some(family) = infra {
            self.candidate(entry, &path, family);
        }
        if manifest && let Some(found) = &mut self.found {
            found.manifests.push(path.clone());
        }
        let Some(language) = language.filter(|_| !is_generated(name) && !is_built(&path)) else {
            return;
        };
        let size = entry.metadata().map_or(0, |m| m.len());
        if size > MAX_SOURCE {
            let megabytes = size / (1024 * 1024);
            self.report(
                path,
                format!("{megabytes} MiB is too large for a source file; left out"),
            );
            return;
        }
        match std::fs::read(entry.path()) {
            Ok(source) if says_generated(&source) => {}
            Ok(source) => {
                let visited = (self.visit)(language, &path, &source);
                if let Some(found) = &mut self.found {
                    found.sources.push(Entry {
                        path,
                        language,
                        bytes: source.len() as u64,
                        visited,
                    });
                }
            }
            Err(error) => self.report(path, format!("cannot be read: {error}")),
        }
    }
}

/// The path below the root, with `/`; `None` if it is not UTF-8.
fn relative(base: &Path, path: &Path) -> Option<String> {
    let path = path.strip_prefix(base).unwrap_or(path);
    let parts: Option<Vec<&str>> = path.components().map(|c| c.as_os_str().to_str()).collect();
    Some(parts?.join("/"))
}
