//! The stages of [`crate::scan`].

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Instant;

use rustc_hash::FxHashSet;

use crate::analysis::{Analysis, Diagnostic, Stats};
use crate::checks::suppress::{self, Comments, Suppressions};
use crate::clients::buses::Buses;
use crate::clients::dispatchers::Dispatchers;
use crate::clients::importers::{self, Offered, Sought};
use crate::clients::looked::LookedInto;
use crate::clients::sites::Sites;
use crate::clients::{Active, Clients, Literals, variables};
use crate::config::FILE_NAME;
use crate::contract::SchemaFiles;
use crate::infra::resources::apply::Found;
use crate::infra::topology::Topology;
use crate::language::{Heading, Modules};
use crate::project::{
    Callers, Declared, Evaluator, File, FileId, Project, Services, Words, is_test_path,
};
use crate::walk::{self, Walked};
use crate::{Config, ScanError, checks, flow};

/// Rounds of looking for callers of wrappers found in the round before.
const MAX_ROUNDS: u32 = 6;

/// A tree as read: what later stages work on.
pub(crate) struct Read {
    project: Project,
    services: Services,
    active: Vec<bool>,
    /// Parsed only because they may hold a bus of the project.
    hinted: FxHashSet<FileId>,
    comments: Vec<(String, Comments)>,
    /// What files of the infrastructure say.
    infra: Found,
    /// Files that describe messages, and SQL.
    described: Vec<String>,
    diagnostics: Vec<Diagnostic>,
    stats: Stats,
    started: Instant,
}

/// What was found in a tree, with the index it was found by.
pub(crate) struct Findings<'c> {
    active: Active<'c>,
    callers: Callers,
    sites: Sites,
}

/// The client models, those of the project's configuration included.
pub(crate) fn clients(root: &Path, config: &Config) -> Result<Clients, ScanError> {
    Clients::load(&config.model).map_err(|message| ScanError::Config {
        path: root.join(FILE_NAME),
        message,
    })
}

/// The models with the rules of those that the tree uses.
pub(crate) fn needed(root: &Path, clients: Clients, read: &Read) -> Result<Clients, ScanError> {
    clients
        .with_rules(&read.active)
        .map_err(|message| ScanError::Config {
            path: root.join(FILE_NAME),
            message,
        })
}

/// What the walk makes of a source file.
struct Visited {
    models: Vec<usize>,
    facts: Option<Result<crate::facts::Facts, String>>,
    declared: Option<Declared>,
    heading: Option<Heading>,
    comments: Comments,
    is_test: bool,
    /// Of a file that is not parsed yet.
    words: Option<Words>,
}

/// Walks the tree; files in which a model's literal stands are parsed on the way.
pub(crate) fn read(root: &Path, config: &Config, clients: &Clients) -> Result<Read, ScanError> {
    let started = Instant::now();
    let fail = |message: String| ScanError::Config {
        path: root.join(FILE_NAME),
        message,
    };
    let literals = Literals::of(clients);
    let exclude = globs(&config.exclude).map_err(fail)?;
    let topology = Topology::load().map_err(fail)?;
    let walked = walk::walk(root, &exclude, &topology, |language, path, source| {
        let is_test = is_test_path(path);
        let heading = language.get().heading(source);
        let hits = literals.hits(language, source);
        let models = hits.models;
        let has_namespaces = language.get().modules == Modules::Namespace;
        let declared = has_namespaces.then(|| Declared::of(source));
        if models.is_empty() && !hits.looks_up {
            return Visited {
                models,
                facts: None,
                declared,
                heading,
                comments: Comments::default(),
                is_test,
                words: (!is_test).then(|| Words::of(source)),
            };
        }
        let facts = walk::check_source(source).and_then(|()| language.get().facts(source));
        Visited {
            models,
            facts: Some(facts),
            declared,
            heading,
            comments: suppress::comments(&String::from_utf8_lossy(source)),
            is_test,
            words: None,
        }
    })
    .map_err(|source| ScanError::Root {
        path: root.to_path_buf(),
        source,
    })?;
    Ok(project(root, walked, clients, &topology, started))
}

fn project(
    root: &Path,
    walked: Walked<Visited>,
    clients: &Clients,
    topology: &Topology,
    started: Instant,
) -> Read {
    let base = if root.is_dir() {
        root.to_path_buf()
    } else {
        root.parent()
            .map_or_else(Default::default, Path::to_path_buf)
    };
    let mut services = Services::read(&base, &walked.manifests);
    services.main_packages(walked.sources.iter().map(|s| s.path.as_str()));
    // A model of values only has no literals of its own: it counts where its
    // language is.
    let families: FxHashSet<&str> = walked
        .sources
        .iter()
        .map(|s| s.language.get().family())
        .collect();
    let mut active: Vec<bool> = clients
        .models
        .iter()
        .map(|m| m.client.technology.is_empty() && families.iter().any(|f| m.speaks(f)))
        .collect();
    for (model, active) in clients.models.iter().zip(&mut active) {
        *active |= services.usings().any(|using| model.is_of(using));
    }
    let mut comments = Vec::new();
    let mut stats = Stats {
        files: walked.sources.len(),
        ..Stats::default()
    };
    let mut files = Vec::with_capacity(walked.sources.len());
    let mut hinted = FxHashSet::default();
    for entry in walked.sources {
        stats.bytes += entry.bytes;
        if entry.visited.models.is_empty() && entry.visited.facts.is_some() {
            hinted.insert(FileId(files.len() as u32));
        }
        for model in entry.visited.models {
            active[model] = true;
        }
        if !entry.visited.comments.is_empty() {
            comments.push((entry.path.clone(), entry.visited.comments));
        }
        let file = File::new(entry.path, entry.language, entry.visited.is_test);
        let file = match entry.visited.facts {
            Some(facts) => file.with_facts(facts),
            None => file,
        };
        let file = file.headed(entry.visited.heading);
        let file = file.worded(entry.visited.words);
        files.push(file.declaring(entry.visited.declared));
    }
    let mut diagnostics = walked.diagnostics;
    diagnostics.append(&mut services.diagnostics);
    let (mut infra, mut malformed) = topology.read(&base, walked.infra);
    diagnostics.append(&mut malformed);
    let mut variables = std::mem::take(&mut infra.variables);
    // A container belongs to the code of the service that is called like it.
    variables.retain_mut(|variable| {
        let folder = variable
            .services
            .iter()
            .find_map(|s| services.folder_named(s));
        if let Some(folder) = folder {
            folder.clone_into(&mut variable.folder);
        }
        variable.services.is_empty() || folder.is_some()
    });
    let manifests = std::mem::take(&mut services.manifests);
    Read {
        project: Project::new(base, files, manifests, walked.settings, variables),
        services,
        active,
        hinted,
        comments,
        infra,
        described: walked.described,
        diagnostics,
        stats,
        started,
    }
}

fn globs(patterns: &[String]) -> Result<globset::GlobSet, String> {
    let mut set = globset::GlobSetBuilder::new();
    for pattern in patterns {
        set.add(globset::Glob::new(pattern).map_err(|e| format!("exclude: {e}"))?);
    }
    set.build().map_err(|e| e.to_string())
}

/// Finds the sites of every parsed file; as long as that shows functions or
/// clients that other files use, those files are parsed and looked into too.
pub(crate) fn find<'c>(read: &Read, clients: &'c Clients) -> Findings<'c> {
    let project = &read.project;
    let active = Active::new(clients, &read.active);
    let mut known: FxHashSet<Sought> = FxHashSet::default();
    let mut offered = Offered::default();
    let mut callers = Callers::default();
    let mut buses = Buses::default();
    let mut indexed: FxHashSet<FileId> = FxHashSet::default();
    // What is looked into: files with a model's literal, and what they lead to.
    // Files that are parsed because a name leads into them are only evaluated.
    let mut looked: BTreeSet<FileId> = BTreeSet::new();
    let _ = importers::through_global_usings(project, clients);
    let mut fresh = parsed(project);
    fresh.retain(|file| !read.hinted.contains(file));
    // Files with wrappers: their callers can stand in what is parsed next.
    let mut open: Vec<FileId> = Vec::new();
    let mut dispatchers = Dispatchers::default();
    let mut looked_into = LookedInto::default();
    let mut anew = false;
    for round in 0..MAX_ROUNDS {
        // What names led into on the way can say more of who uses a wrapper.
        let grown = index(project, &mut callers, &mut indexed);
        // The first round is gone through for buses alone, too.
        let idle = fresh.is_empty() && grown.is_empty() && !anew;
        if idle && (round > 0 || read.hinted.is_empty()) {
            break;
        }
        looked.extend(&fresh);
        buses.look(project, &grown);
        open.extend(&fresh);
        looked_into.look(project, &active, &callers, &dispatchers, &open);
        let found = looked_into.sites(&open);
        open.retain(|file| found.wrappers.iter().any(|w| w.file == *file));
        let mut next = offered.add(project, &active, &callers, &fresh);
        let ev = Evaluator::new(project, &active, &callers);
        let picks_anew = dispatchers.add(&ev, &found);
        let mut sought = offered.sought(&ev, &found.wrappers);
        sought.extend(importers::makers(&ev, &found.records));
        sought.extend(importers::words(dispatchers.leads(&ev)));
        sought.extend(buses.find(&ev).leads);
        importers::under_other_names(&callers, &mut sought);
        sought.retain(|s| known.insert(s.clone()));
        if !sought.is_empty() {
            let others = |id: &FileId| !looked.contains(id) && !project.file(*id).is_test;
            let others: Vec<FileId> = project.ids().filter(others).collect();
            next.extend(importers::parse(project, &sought, &others));
        }
        next.sort();
        next.dedup();
        next.retain(|file| !looked.contains(file));
        if picks_anew {
            // What producers of these channels send has a name of its own now.
            open = looked.iter().copied().collect();
            looked_into = LookedInto::default();
        }
        anew = picks_anew;
        fresh = next;
    }
    // Only now are all callers known to every file.
    looked.extend(&fresh);
    buses.look(project, &index(project, &mut callers, &mut indexed));
    let looked: Vec<FileId> = looked.into_iter().collect();
    looked_into.look(project, &active, &callers, &dispatchers, &looked);
    let mut sites = looked_into.into_sites();
    let ev = Evaluator::new(project, &active, &callers);
    sites.endpoints.extend(dispatchers.performers(&ev));
    buses.find(&ev).join(&mut sites);
    Findings {
        active,
        callers,
        sites,
    }
}

/// Adds to the index what has been parsed since, and says what that was.
fn index(project: &Project, callers: &mut Callers, indexed: &mut FxHashSet<FileId>) -> Vec<FileId> {
    let files: Vec<FileId> = parsed(project)
        .into_iter()
        .filter(|file| indexed.insert(*file))
        .collect();
    callers.add_files(project, &files);
    files
}

fn parsed(project: &Project) -> Vec<FileId> {
    project
        .ids()
        .filter(|id| project.file(*id).is_parsed())
        .collect()
}

/// Joins what was found to the analysis.
pub(crate) fn join(read: &Read, found: Findings) -> Analysis {
    let project = &read.project;
    let ev = Evaluator::new(project, &found.active, &found.callers);
    let mut sites = found.sites;
    variables::fill(project, &mut sites);
    let files = SchemaFiles::new(project, &read.described);
    let mut analysis = flow::build(&ev, &read.services, sites, &read.infra, &files);
    let sources = project
        .files
        .iter()
        .map(|f| (f.path.as_str(), f.language.get().family()));
    analysis.services = read.services.list(sources);
    analysis.revision = revision(project.root());
    analysis.diagnostics = read.diagnostics.clone();
    analysis.diagnostics.extend(files.diagnostics());
    analysis.diagnostics.extend(parse_diagnostics(project));
    analysis
        .diagnostics
        .extend(project.configuration.diagnostics());
    analysis.diagnostics.sort();
    analysis.diagnostics.dedup();
    analysis
}

/// What the parser could not make sense of.
fn parse_diagnostics(project: &Project) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    for id in project.ids().filter(|id| project.file(*id).is_parsed()) {
        let file = project.file(id);
        if let Some(failure) = file.failure() {
            diagnostics.push(Diagnostic {
                file: file.path.clone(),
                line: None,
                message: failure.to_owned(),
            });
        }
        if let Some(line) = project.facts(id).errors.first() {
            diagnostics.push(Diagnostic {
                file: file.path.clone(),
                line: Some(*line),
                message: format!(
                    "the {} parser stumbled here; the rest of the file was read",
                    file.language.get().family()
                ),
            });
        }
    }
    diagnostics
}

/// The commit that is checked out, read from `.git` without running git.
fn revision(root: &Path) -> Option<String> {
    let git = root.join(".git");
    let head = std::fs::read_to_string(git.join("HEAD")).ok()?;
    let head = head.trim();
    let commit = match head.strip_prefix("ref: ") {
        Some(name) => std::fs::read_to_string(git.join(name))
            .ok()
            .or_else(|| packed_ref(&git, name))?,
        None => head.to_owned(),
    };
    let commit = commit.trim();
    (commit.len() == 40 && commit.bytes().all(|b| b.is_ascii_hexdigit())).then(|| commit.to_owned())
}

fn packed_ref(git: &Path, name: &str) -> Option<String> {
    let packed = std::fs::read_to_string(git.join("packed-refs")).ok()?;
    packed.lines().find_map(|line| {
        line.strip_suffix(name)?
            .strip_suffix(' ')
            .map(str::to_owned)
    })
}

/// Runs the checks, takes out what is suppressed, and closes the books.
pub(crate) fn check(
    root: &Path,
    config: &Config,
    read: &Read,
    analysis: &mut Analysis,
) -> Result<(), ScanError> {
    checks::run(analysis);
    let comments = read.comments.iter().cloned().collect();
    let suppressions =
        Suppressions::new(comments, &config.checks.ignore).map_err(|e| ScanError::Config {
            path: root.join(FILE_NAME),
            message: e.to_string(),
        })?;
    suppress::apply(analysis, &suppressions);
    analysis.stats = Stats {
        parsed: parsed(&read.project).len(),
        seconds: read.started.elapsed().as_secs_f64(),
        ..read.stats.clone()
    };
    Ok(())
}
