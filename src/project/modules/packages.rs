//! `package.json`: what a package offers to others, and the names it gives to
//! modules of its own.

use serde::Deserialize;
use serde_json::Value as Json;

use super::{Manifest, join, normalize};

/// What is read of a `package.json`.
#[derive(Debug, Deserialize)]
pub struct PackageJson {
    pub name: Option<String>,
    source: Option<String>,
    main: Option<String>,
    module: Option<String>,
    types: Option<String>,
    pub workspaces: Option<Json>,
    exports: Option<Json>,
    imports: Option<Json>,
}

impl PackageJson {
    /// What it says about modules.
    #[must_use]
    pub fn manifests(self, folder: &str) -> Vec<Manifest> {
        let mut found = Vec::new();
        if let Some(Json::Object(imports)) = &self.imports {
            let own = |target: &String| normalize(&join(folder, target));
            let paths = imports
                .iter()
                .map(|(name, to)| (name.clone(), targets(to).iter().filter_map(own).collect()))
                .collect();
            found.push(Manifest::Aliases {
                folder: folder.to_owned(),
                paths,
                base: None,
            });
        }
        let Some(name) = self.name.filter(|name| !name.is_empty()) else {
            return found;
        };
        let mut exports = match &self.exports {
            Some(Json::Object(all)) if all.keys().any(|key| key.starts_with('.')) => all
                .iter()
                .map(|(key, to)| {
                    let key = key.strip_prefix('.').unwrap_or(key);
                    (key.trim_start_matches('/').to_owned(), targets(to))
                })
                .collect(),
            // Of a package with one entry, conditions or a path.
            Some(whole) => vec![(String::new(), targets(whole))],
            None => Vec::new(),
        };
        let entries = [self.source, self.module, self.main, self.types];
        exports.push((String::new(), entries.into_iter().flatten().collect()));
        found.push(Manifest::Package {
            folder: folder.to_owned(),
            name,
            exports,
        });
        found
    }
}

/// The files a condition or a list of alternatives can lead to.
fn targets(to: &Json) -> Vec<String> {
    let mut found = Vec::new();
    collect(to, &mut found, 0);
    found
}

fn collect(to: &Json, found: &mut Vec<String>, depth: u32) {
    const DEEPEST: u32 = 6;
    if depth > DEEPEST {
        return;
    }
    match to {
        Json::String(path) => found.push(path.clone()),
        Json::Array(all) => all.iter().for_each(|t| collect(t, found, depth + 1)),
        // In the order in which they are written, as they are tried.
        Json::Object(all) => all.values().for_each(|t| collect(t, found, depth + 1)),
        _ => {}
    }
}
