//! Path aliases written out in a bundler's configuration (`resolve.alias` in
//! `*.config.js`), as far as they are literals.

use std::path::Path;

use super::{Manifest, join, normalize};
use crate::facts::{Entry, ExprId, ExprKind, Facts, Key};
use crate::language::Modules as Style;
use crate::project::File;

/// The aliases of the configuration files among the sources.
#[must_use]
pub fn aliases(root: &Path, files: &[File]) -> Vec<Manifest> {
    let is_config = |file: &&File| {
        let name = file.path.rsplit('/').next().unwrap_or("");
        let named = name.contains(".config.") || name.starts_with("webpack.");
        named && file.language.get().modules == Style::Path
    };
    files
        .iter()
        .filter(is_config)
        .filter_map(|file| of_file(root, file))
        .collect()
}

fn of_file(root: &Path, file: &File) -> Option<Manifest> {
    let source = std::fs::read(root.join(&file.path)).ok()?;
    memchr::memmem::find(&source, b"alias")?;
    crate::walk::check_source(&source).ok()?;
    let facts = file.language.get().facts(&source).ok()?;
    let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut paths = Vec::new();
    for expr in &facts.exprs {
        let ExprKind::Object { entries, .. } = &expr.kind else {
            continue;
        };
        let Some(alias) = entry(entries, "alias") else {
            continue;
        };
        match &facts.expr(alias).kind {
            ExprKind::Object { entries, .. } => {
                for entry in entries {
                    if let Key::Name(name) = &entry.key {
                        add(&facts, folder, name, entry.value, &mut paths);
                    }
                }
            }
            // `[{ find: "x", replacement: "./y" }]`
            ExprKind::List(items) => {
                for item in items {
                    let ExprKind::Object { entries, .. } = &facts.expr(*item).kind else {
                        continue;
                    };
                    if let (Some(find), Some(by)) =
                        (entry(entries, "find"), entry(entries, "replacement"))
                        && let ExprKind::Text(name) = &facts.expr(find).kind
                    {
                        add(&facts, folder, name, by, &mut paths);
                    }
                }
            }
            _ => {}
        }
    }
    (!paths.is_empty()).then(|| Manifest::Aliases {
        folder: folder.to_owned(),
        paths,
        base: None,
    })
}

fn entry(entries: &[Entry], name: &str) -> Option<ExprId> {
    let named = |e: &&Entry| matches!(&e.key, Key::Name(key) if key == name);
    entries.iter().find(named).map(|e| e.value)
}

fn add(
    facts: &Facts,
    folder: &str,
    name: &str,
    target: ExprId,
    paths: &mut Vec<(String, Vec<String>)>,
) {
    let Some(target) = path(facts, target, 0).and_then(|t| normalize(&join(folder, &t))) else {
        return;
    };
    // `name$` means that module only.
    if let Some(exact) = name.strip_suffix('$') {
        return paths.push((exact.to_owned(), vec![target]));
    }
    let name = name.trim_end_matches('/');
    paths.push((name.to_owned(), vec![target.clone()]));
    paths.push((format!("{name}/*"), vec![join(&target, "*")]));
}

/// A path relative to the configuration's folder: a text, or `path.join` and
/// its kind of texts behind the folder's own name.
fn path(facts: &Facts, expr: ExprId, depth: u32) -> Option<String> {
    const DEEPEST: u32 = 4;
    if depth > DEEPEST {
        return None;
    }
    match &facts.expr(expr).kind {
        // An absolute path is meant from the folder of the configuration.
        ExprKind::Text(text) => Some(text.trim_start_matches('/').to_owned()),
        ExprKind::Call { args, .. } => {
            let mut whole = String::new();
            for arg in args {
                if !is_own_folder(facts, arg.value) {
                    whole = join(&whole, &path(facts, arg.value, depth + 1)?);
                }
            }
            (!whole.is_empty()).then_some(whole)
        }
        ExprKind::Concat(parts) => {
            let mut whole = String::new();
            for part in parts {
                if !is_own_folder(facts, *part) {
                    whole.push_str(&path(facts, *part, depth + 1)?);
                }
            }
            Some(whole)
        }
        _ => None,
    }
}

/// `__dirname`, `import.meta.url`, `process.cwd()`
fn is_own_folder(facts: &Facts, expr: ExprId) -> bool {
    match &facts.expr(expr).kind {
        ExprKind::Name(name) => name == "__dirname",
        ExprKind::Member { name, .. } => matches!(name.as_str(), "url" | "dirname"),
        ExprKind::Call { callee, args, .. } => {
            args.is_empty()
                && matches!(&facts.expr(*callee).kind, ExprKind::Member { name, .. } if name == "cwd")
        }
        _ => false,
    }
}
