//! Services: what the tree's manifests and compose files say runs.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::dotnet::{self, DotnetProject};
use super::modules::{Manifest, PackageJson, TsConfig, normalize, tsconfig_aliases};
use crate::analysis::{Diagnostic, Service};
use crate::infra::{compose, jvm_builds, msbuild};

/// The services of a tree and the manifests that name its modules.
#[derive(Debug, Default)]
pub struct Services {
    pub manifests: Vec<Manifest>,
    /// Folder to (name, manifest); the root is the empty folder.
    by_folder: BTreeMap<String, (String, Option<String>)>,
    pub diagnostics: Vec<Diagnostic>,
    dotnet: Vec<DotnetProject>,
}

impl Services {
    /// Reads the manifests of a tree; what cannot be read becomes a diagnostic.
    #[must_use]
    pub fn read(root: &Path, manifests: &[String]) -> Self {
        let mut services = Self::default();
        let mut contexts = Vec::new();
        let mut configs = BTreeMap::new();
        for path in manifests {
            let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
            if super::is_test_path(path) {
                continue;
            }
            let text = match std::fs::read_to_string(root.join(path)) {
                Ok(text) => text,
                Err(error) => {
                    services.report(path, &format!("cannot be read: {error}"));
                    continue;
                }
            };
            let result = match file {
                "package.json" => services.package_json(folder, path, &text),
                "pyproject.toml" => services.pyproject(folder, path, &text),
                "Cargo.toml" => services.cargo(folder, path, &text),
                "go.mod" => {
                    services.go_module(folder, path, &text);
                    Ok(())
                }
                "setup.py" | "setup.cfg" => {
                    let name = folder.rsplit('/').next().unwrap_or("");
                    services.add(folder, name, path);
                    Ok(())
                }
                "pom.xml" => {
                    let name = jvm_builds::artifact(&text).unwrap_or("");
                    services.add(folder, name, path);
                    Ok(())
                }
                "build.gradle" | "build.gradle.kts" => {
                    // The root is called in its settings, which come later.
                    if !folder.is_empty() {
                        services.add(folder, "", path);
                    }
                    Ok(())
                }
                "settings.gradle" | "settings.gradle.kts" => {
                    services.add(folder, jvm_builds::root_project(&text).unwrap_or(""), path);
                    Ok(())
                }
                _ if file.ends_with("config.json") || file.starts_with("tsconfig") => {
                    tsconfig(&text).map(|config| {
                        configs.insert(path.clone(), config);
                    })
                }
                _ if file.ends_with(".csproj") || file == "Directory.Build.props" => {
                    msbuild::project_file(&text).map(|found| {
                        services.dotnet.push(DotnetProject {
                            folder: folder.to_owned(),
                            path: path.clone(),
                            file: found,
                        });
                    })
                }
                _ if file.contains("compose") => compose::build_contexts(&text).map(|found| {
                    contexts.extend(
                        found
                            .into_iter()
                            .map(|c| (folder.to_owned(), path.clone(), c)),
                    );
                }),
                _ => Ok(()),
            };
            if let Err(message) = result {
                services.report(path, &message);
            }
        }
        let packages = services.manifests.iter().filter_map(|m| match m {
            Manifest::Package { name, folder, .. } => Some((name.clone(), folder.clone())),
            _ => None,
        });
        let aliases = tsconfig_aliases(&configs, &packages.collect());
        services.manifests.extend(aliases);
        let dotnet = std::mem::take(&mut services.dotnet);
        services.manifests.extend(dotnet::manifests(&dotnet));
        for (folder, name, path) in dotnet::services(&dotnet) {
            services.add(folder, name, path);
        }
        for (folder, path, context) in contexts {
            services.compose_service(&folder, &path, &context);
        }
        services
    }

    fn report(&mut self, file: &str, message: &str) {
        self.diagnostics.push(Diagnostic {
            file: file.to_owned(),
            line: None,
            message: message.to_owned(),
        });
    }

    fn add(&mut self, folder: &str, name: &str, manifest: &str) {
        let name = if name.is_empty() {
            folder.rsplit('/').next().unwrap_or("")
        } else {
            name
        };
        self.by_folder
            .entry(folder.to_owned())
            .or_insert_with(|| (name.to_owned(), Some(manifest.to_owned())));
    }

    fn package_json(&mut self, folder: &str, path: &str, text: &str) -> Result<(), String> {
        let package: PackageJson =
            serde_json::from_str(text).map_err(|e| format!("not a valid package.json: {e}"))?;
        let name = package.name.clone().unwrap_or_default();
        // The root of a workspace is no service of its own, only what is left over.
        if package.workspaces.is_none() || folder.is_empty() {
            let short = name.rsplit('/').next().unwrap_or(&name).to_owned();
            self.add(folder, &short, path);
        }
        self.manifests.extend(package.manifests(folder));
        Ok(())
    }

    fn pyproject(&mut self, folder: &str, path: &str, text: &str) -> Result<(), String> {
        let table: toml::Table =
            toml::from_str(text).map_err(|e| format!("not valid TOML: {}", e.message()))?;
        let poetry = table.get("tool").and_then(|t| t.get("poetry"));
        let name = table
            .get("project")
            .or(poetry)
            .and_then(|p| p.get("name"))
            .and_then(toml::Value::as_str)
            .unwrap_or("");
        self.add(folder, name, path);
        Ok(())
    }

    fn cargo(&mut self, folder: &str, path: &str, text: &str) -> Result<(), String> {
        let table: toml::Table =
            toml::from_str(text).map_err(|e| format!("not valid TOML: {}", e.message()))?;
        self.renamed_crates(folder, &table);
        let Some(name) = table
            .get("package")
            .and_then(|p| p.get("name"))
            .and_then(toml::Value::as_str)
        else {
            return Ok(());
        };
        self.add(folder, name, path);
        let library = |key: &str| table.get("lib")?.get(key)?.as_str();
        self.manifests.push(Manifest::Crate {
            folder: folder.to_owned(),
            name: library("name").unwrap_or(name).replace('-', "_"),
            entry: library("path").map(str::to_owned),
        });
        Ok(())
    }

    /// Crates of the tree that a crate calls by a name of its own.
    fn renamed_crates(&mut self, folder: &str, manifest: &toml::Table) {
        let of_workspace = manifest.get("workspace").and_then(toml::Value::as_table);
        let tables = std::iter::once(manifest).chain(of_workspace);
        for dependencies in tables.filter_map(|t| t.get("dependencies")?.as_table()) {
            for (name, dependency) in dependencies {
                let text = |key: &str| dependency.get(key)?.as_str();
                if let (Some(_), Some(path)) = (text("package"), text("path"))
                    && let Some(target) = normalize(&format!("{folder}/{path}"))
                {
                    self.manifests.push(Manifest::Crate {
                        folder: target,
                        name: name.replace('-', "_"),
                        entry: None,
                    });
                }
            }
        }
    }

    /// A Go module, and the folders its `replace`s put in the place of others.
    fn go_module(&mut self, folder: &str, path: &str, text: &str) {
        let mut module = None;
        for line in text.lines() {
            let line = line.split("//").next().unwrap_or("").trim();
            if let Some(name) = line.strip_prefix("module ") {
                module.get_or_insert(name.trim().trim_matches('"'));
            }
            let Some((old, new)) = line.split_once("=>") else {
                continue;
            };
            let old = old.trim().trim_start_matches("replace ").trim();
            let (old, new) = (first_word(old), first_word(new.trim()));
            if new.starts_with('.')
                && let Some(target) = normalize(&format!("{folder}/{new}"))
            {
                self.manifests.push(Manifest::Module {
                    folder: target,
                    path: old.to_owned(),
                });
            }
        }
        let Some(module) = module else {
            return;
        };
        self.add(folder, module_name(module), path);
        self.manifests.push(Manifest::Module {
            folder: folder.to_owned(),
            path: module.to_owned(),
        });
    }

    /// Where one module has several main packages, each is a service of its own.
    pub fn main_packages<'f>(&mut self, files: impl Iterator<Item = &'f str>) {
        let mut mains: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for path in files {
            let Some(folder) = path.strip_suffix("/main.go") else {
                continue;
            };
            let is_module = |f: &str| {
                self.by_folder
                    .get(f)
                    .and_then(|(_, manifest)| manifest.as_deref())
                    .is_some_and(|m| m.ends_with("go.mod"))
            };
            let mut module = folder;
            while !is_module(module) && !module.is_empty() {
                module = module.rsplit_once('/').map_or("", |(parent, _)| parent);
            }
            // `service/cmd/main.go` is what runs the folder around it.
            let root = folder.strip_suffix("/cmd").unwrap_or(folder);
            if is_module(module) && root != module && !super::is_test_path(path) {
                mains
                    .entry(module.to_owned())
                    .or_default()
                    .push(root.to_owned());
            }
        }
        for (module, roots) in mains {
            let manifest = self.by_folder.get(&module).and_then(|(_, m)| m.clone());
            if roots.len() > 1
                && let Some(manifest) = manifest
            {
                for root in roots {
                    self.add(&root, "", &manifest);
                }
            }
        }
    }

    /// Namespaces that all files of some project use.
    pub fn usings(&self) -> impl Iterator<Item = &String> {
        self.manifests.iter().flat_map(|manifest| match manifest {
            Manifest::Project { usings, .. } => usings.as_slice(),
            _ => &[],
        })
    }

    /// A compose service built from a folder of the tree names that folder.
    fn compose_service(&mut self, folder: &str, path: &str, context: &compose::BuildContext) {
        let Some(root) = normalize(&format!("{folder}/{}", context.folder)) else {
            return;
        };
        // Several services built from the root say nothing about folders.
        if !root.is_empty() {
            self.add(&root, &context.service, path);
        }
    }

    /// The folder of the service a file belongs to.
    #[must_use]
    pub fn folder_of(&self, path: &str) -> &str {
        let mut folder = path;
        while let Some((parent, _)) = folder.rsplit_once('/') {
            if let Some((known, _)) = self.by_folder.get_key_value(parent) {
                return known;
            }
            folder = parent;
        }
        ""
    }

    /// The folder of the only service of a name.
    #[must_use]
    pub fn folder_named(&self, name: &str) -> Option<&str> {
        let is_called = |folder: &&String| !name.is_empty() && self.name_of(folder) == name;
        let mut folders = self.by_folder.keys().filter(is_called);
        match (folders.next(), folders.next()) {
            (Some(folder), None) => Some(folder),
            _ => None,
        }
    }

    /// The name of the service of a folder.
    #[must_use]
    pub fn name_of(&self, folder: &str) -> String {
        match self.by_folder.get(folder) {
            Some((name, _)) if !name.is_empty() => name.clone(),
            _ if folder.is_empty() => "root".to_owned(),
            _ => folder.rsplit('/').next().unwrap_or(folder).to_owned(),
        }
    }

    /// The services that have source files, with their languages.
    #[must_use]
    pub fn list<'f>(&self, files: impl Iterator<Item = (&'f str, &'static str)>) -> Vec<Service> {
        let mut languages: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (path, language) in files {
            languages
                .entry(self.folder_of(path))
                .or_default()
                .insert(language);
        }
        languages
            .into_iter()
            .map(|(folder, languages)| Service {
                name: self.name_of(folder),
                root: if folder.is_empty() {
                    ".".into()
                } else {
                    folder.to_owned()
                },
                languages: languages.into_iter().map(str::to_owned).collect(),
                manifest: self.by_folder.get(folder).and_then(|(_, m)| m.clone()),
            })
            .collect()
    }
}

fn first_word(text: &str) -> &str {
    text.split_whitespace().next().unwrap_or("")
}

/// What a Go module is called: the last segment of its path that is no version.
fn module_name(path: &str) -> &str {
    let is_version = |s: &&str| {
        s.strip_prefix('v')
            .is_some_and(|n| !n.is_empty() && n.chars().all(|c| c.is_ascii_digit()))
    };
    path.rsplit('/').find(|s| !is_version(s)).unwrap_or(path)
}

/// JSON with comments and trailing commas as plain JSON.
fn strip_comments(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    let mut quoted = false;
    while let Some(c) = chars.next() {
        match c {
            '\\' if quoted => {
                out.push(c);
                out.extend(chars.next());
            }
            '"' => {
                quoted = !quoted;
                out.push(c);
            }
            '/' if !quoted && chars.peek() == Some(&'/') => {
                while chars.next_if(|c| *c != '\n').is_some() {}
            }
            '/' if !quoted && chars.peek() == Some(&'*') => {
                let mut last = ' ';
                for c in chars.by_ref() {
                    if last == '*' && c == '/' {
                        break;
                    }
                    last = c;
                }
            }
            '}' | ']' if !quoted => {
                let end = out.trim_end().len();
                if out[..end].ends_with(',') {
                    out.truncate(end - 1);
                }
                out.push(c);
            }
            _ => out.push(c),
        }
    }
    out
}

/// A `tsconfig.json`: comments and trailing commas are allowed there.
fn tsconfig(text: &str) -> Result<TsConfig, String> {
    serde_json::from_str(&strip_comments(text)).map_err(|e| format!("not a valid tsconfig: {e}"))
}

#[cfg(test)]
mod tests {
    use super::strip_comments;

    #[test]
    fn comments_and_trailing_commas_go_and_strings_stay() {
        let text = "{ // a\n \"p\": [\"@/*\", /* b */ \"src//x\",], }";
        let value: serde_json::Value = serde_json::from_str(&strip_comments(text)).expect("JSON");
        assert_eq!(value["p"][1], "src//x");
    }
}
