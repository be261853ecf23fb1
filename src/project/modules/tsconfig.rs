//! `tsconfig.json` and its kind: path aliases, also those taken over from
//! another one by `extends`.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Manifest, join, normalize};

/// What is read of a `tsconfig.json`.
#[derive(Clone, Debug, Deserialize)]
pub struct TsConfig {
    extends: Option<Extends>,
    #[serde(rename = "compilerOptions", default)]
    options: Options,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum Extends {
    One(String),
    Several(Vec<String>),
}

#[derive(Clone, Debug, Default, Deserialize)]
struct Options {
    #[serde(rename = "baseUrl")]
    base: Option<String>,
    paths: Option<BTreeMap<String, Vec<String>>>,
}

/// Patterns with their targets, and the folder of bare names, relative to the root.
#[derive(Clone, Debug, Default)]
struct Effective {
    paths: Option<Vec<(String, Vec<String>)>>,
    base: Option<String>,
}

/// The aliases of every configuration; by the path of its file. `packages` are
/// the folders of the packages of the tree, which `extends` can name.
#[must_use]
pub fn aliases(
    configs: &BTreeMap<String, TsConfig>,
    packages: &BTreeMap<String, String>,
) -> Vec<Manifest> {
    let mut found = Vec::new();
    for path in configs.keys() {
        let effective = effective(configs, packages, path, 0);
        if effective.paths.is_some() || effective.base.is_some() {
            found.push(Manifest::Aliases {
                folder: folder(path).to_owned(),
                paths: effective.paths.unwrap_or_default(),
                base: effective.base,
            });
        }
    }
    found
}

fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

fn effective(
    configs: &BTreeMap<String, TsConfig>,
    packages: &BTreeMap<String, String>,
    path: &str,
    depth: u32,
) -> Effective {
    const DEEPEST: u32 = 8;
    let mut all = Effective::default();
    let Some(config) = configs.get(path).filter(|_| depth <= DEEPEST) else {
        return all;
    };
    let bases = match &config.extends {
        None => &[][..],
        Some(Extends::One(base)) => std::slice::from_ref(base),
        Some(Extends::Several(bases)) => bases,
    };
    for base in bases {
        if let Some(base) = extended(configs, packages, path, base) {
            let taken = effective(configs, packages, &base, depth + 1);
            all.paths = taken.paths.or(all.paths);
            all.base = taken.base.or(all.base);
        }
    }
    let own = folder(path);
    if let Some(base) = &config.options.base {
        all.base = normalize(&join(own, base));
    }
    // Without a base of its own or of those it extends, paths are relative to the file.
    let from = all.base.clone().unwrap_or_else(|| own.to_owned());
    if let Some(paths) = &config.options.paths {
        let relative = |targets: &Vec<String>| -> Vec<String> {
            let targets = targets.iter();
            targets.filter_map(|t| normalize(&join(&from, t))).collect()
        };
        let paths = paths
            .iter()
            .map(|(p, targets)| (p.clone(), relative(targets)));
        all.paths = Some(paths.collect());
    }
    all
}

/// The file that `extends` names.
fn extended(
    configs: &BTreeMap<String, TsConfig>,
    packages: &BTreeMap<String, String>,
    from: &str,
    base: &str,
) -> Option<String> {
    let path = if base.starts_with('.') {
        normalize(&join(folder(from), base))?
    } else {
        let package = packages
            .iter()
            .filter(|(name, _)| base == name.as_str() || base.starts_with(&format!("{name}/")))
            .max_by_key(|(name, _)| name.len());
        let (name, folder) = package?;
        normalize(&join(folder, base.strip_prefix(name.as_str())?))?
    };
    [
        path.clone(),
        format!("{path}.json"),
        join(&path, "tsconfig.json"),
    ]
    .into_iter()
    .find(|p| configs.contains_key(p))
}
