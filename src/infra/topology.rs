//! The stage: files that list resources, read and understood by the models.
//!
//! Most trees have none. The walk searches the bytes of what could be one for
//! the models' literals, and only what hits is parsed.

use std::collections::BTreeMap;
use std::path::Path;

use aho_corasick::AhoCorasick;

use super::paths::{folder, is_below};
use super::resources::apply::{Found, apply};
use super::resources::model::Models;
use super::resources::{DocumentId, MAX_RESOURCES, Place, Scope, ScopeId, Style, World};
use super::tree::Tree;
use super::{
    Malformed, brokers, cloudformation, hcl, helm, kubernetes, serverless, tagged, terraform,
};
use crate::analysis::Diagnostic;

/// A file larger than this is data or generated; bytes.
pub const MAX_SIZE: u64 = 1024 * 1024;

/// Which parser a file is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// HCL: all files of a folder say something together.
    Terraform,
    /// YAML and JSON: what a file is its content says.
    Data,
}

/// The family of a file; `None` for what lists no resources.
#[must_use]
pub fn family_of(name: &str) -> Option<Family> {
    let ends = |all: &[&str]| all.iter().any(|end| name.ends_with(end));
    if ends(&[".tf", ".tf.json"]) {
        return Some(Family::Terraform);
    }
    ends(&[".yaml", ".yml", ".json", ".template"]).then_some(Family::Data)
}

impl Family {
    /// Whether files without a literal say something about those with one.
    #[must_use]
    pub fn is_read_as_a_whole(self) -> bool {
        self == Self::Terraform
    }

    /// The family of a model's format.
    fn of_format(format: &str) -> Self {
        match format {
            "terraform" => Self::Terraform,
            _ => Self::Data,
        }
    }
}

/// A file that could list resources.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Candidate {
    /// Relative to the root, with `/`.
    pub path: String,
    /// What stands in it, if that has a literal of the models.
    pub text: Option<String>,
}

/// The models with the automata of their literals.
#[derive(Debug)]
pub struct Topology {
    models: Models,
    terraform: AhoCorasick,
    data: AhoCorasick,
}

impl Topology {
    /// # Errors
    /// A sentence that names the model and what is wrong with it.
    pub fn load() -> Result<Self, String> {
        let models = Models::load()?;
        let automaton = |family: Family| {
            let literals = models.literals();
            let of_family = literals.filter(|(f, _)| Family::of_format(f) == family);
            AhoCorasick::new(of_family.map(|(_, l)| l)).map_err(|e| e.to_string())
        };
        Ok(Self {
            terraform: automaton(Family::Terraform)?,
            data: automaton(Family::Data)?,
            models,
        })
    }

    /// Whether a file is worth parsing.
    #[must_use]
    pub fn hits(&self, family: Family, bytes: &[u8]) -> bool {
        match family {
            Family::Terraform => self.terraform.is_match(bytes),
            Family::Data => self.data.is_match(bytes),
        }
    }

    /// What the files of a tree say; `candidates` sorted.
    #[must_use]
    pub fn read(&self, root: &Path, candidates: Vec<Candidate>) -> (Found, Vec<Diagnostic>) {
        if candidates.iter().all(|c| c.text.is_none()) {
            return Default::default();
        }
        let mut diagnostics = Vec::new();
        let mut world = World::default();
        let (modules, data): (Vec<_>, Vec<_>) = candidates
            .into_iter()
            .partition(|c| family_of(&c.path) == Some(Family::Terraform));
        let modules = terraform_files(root, modules, &mut diagnostics);
        terraform::add(&mut world, modules);
        data_files(root, &mut world, data, &mut diagnostics);
        world.complete();
        if world.resources.len() >= MAX_RESOURCES {
            diagnostics.push(Diagnostic {
                file: ".".into(),
                line: None,
                message: format!("more than {MAX_RESOURCES} resources; the rest is left out"),
            });
        }
        (apply(&world, &self.models), diagnostics)
    }
}

/// Modules are read as a whole: their variables can stand in files of their own.
fn terraform_files(
    root: &Path,
    candidates: Vec<Candidate>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<(String, hcl::File)> {
    if candidates.iter().all(|c| c.text.is_none()) {
        return Vec::new();
    }
    let mut files = Vec::new();
    for Candidate { path, text } in candidates {
        let is_asked_for = text.is_some();
        let Some(text) = text.or_else(|| small(&root.join(&path))) else {
            continue;
        };
        let parsed = if path.ends_with(".json") {
            hcl::parse_json(&text)
        } else {
            hcl::parse(&text)
        };
        match parsed {
            Ok(file) => files.push((path, file)),
            Err(malformed) if is_asked_for => diagnostics.push(malformed.diagnostic(path)),
            Err(_) => {}
        }
    }
    files
}

/// Files of YAML and JSON, each handed to the format that knows it.
fn data_files(
    root: &Path,
    world: &mut World,
    candidates: Vec<Candidate>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let mut files: Vec<(String, Tree)> = Vec::new();
    for Candidate { path, text } in candidates {
        let Some(text) = text else {
            continue;
        };
        let is_chart = helm::chart_of(&path).is_some() && text.contains("{{");
        let parsed = match is_chart {
            true => tagged::parse(&helm::yaml(&text)),
            false => tagged::parse(&text),
        };
        match parsed {
            Ok(tree) => files.push((path, tree)),
            // Not every template is YAML once its actions are gone.
            Err(_) if is_chart => {}
            Err(malformed) => diagnostics.push(malformed.diagnostic(path)),
        }
    }
    let service_folders: Vec<String> = files
        .iter()
        .filter(|(_, tree)| serverless::is_service(tree))
        .map(|(path, _)| folder(path).to_owned())
        .collect();
    let mut reading = Reading {
        root,
        world,
        services: Vec::new(),
        templates: Vec::new(),
        charts: BTreeMap::new(),
    };
    for (path, tree) in files {
        let in_service = service_folders.iter().any(|f| is_below(&path, f));
        reading.file(path, tree, in_service);
    }
    reading.finish();
}

/// Files that are being told apart.
struct Reading<'w> {
    root: &'w Path,
    world: &'w mut World,
    services: Vec<DocumentId>,
    templates: Vec<DocumentId>,
    /// The scopes of charts, by their folder.
    charts: BTreeMap<String, ScopeId>,
}

impl Reading<'_> {
    fn file(&mut self, path: String, mut tree: Tree, in_service: bool) {
        let is_service = serverless::is_service(&tree);
        if is_service || cloudformation::resources(&tree).is_some() {
            tagged::read_embedded(&mut tree);
            // Parts of a service are written in its words.
            cloudformation::see_through(&mut tree, !in_service);
            let document = self.world.add_document(path, tree);
            let kind = if is_service {
                &mut self.services
            } else {
                &mut self.templates
            };
            kind.push(document);
            return;
        }
        if kubernetes::is_manifest(&tree) {
            let scope = self.manifest_scope(&path);
            let document = self.world.add_document(path, tree);
            kubernetes::add(self.world, document, scope);
            brokers::add_alerts(self.world, document);
            return;
        }
        let add = if brokers::is_definitions(&tree) {
            brokers::add_definitions
        } else if brokers::connector(&tree).is_some() {
            brokers::add_connector
        } else if brokers::is_compose(&tree) {
            brokers::add_compose
        } else if path.ends_with(".json") {
            brokers::add_dashboard
        } else {
            brokers::add_alerts
        };
        let document = self.world.add_document(path, tree);
        add(self.world, document);
    }

    /// What references in a manifest mean: in a chart, its values.
    fn manifest_scope(&mut self, path: &str) -> ScopeId {
        let Some(chart) = helm::chart_of(path) else {
            return self.world.add_scope(Scope::default());
        };
        if let Some(scope) = self.charts.get(chart) {
            return *scope;
        }
        let values = format!("{chart}/values.yaml");
        let values = values.trim_start_matches('/');
        let tree = small(&self.root.join(values)).and_then(|text| tagged::parse(&text).ok());
        let next = ScopeId(self.world.scopes.len() as u32);
        let values = tree.and_then(|tree| {
            let node = tree.root()?;
            let document = self.world.add_document(values.to_owned(), tree);
            Some(Place {
                document,
                node,
                scope: next,
            })
        });
        let scope = self.world.add_scope(Scope {
            style: Style::Chart,
            root: values,
            ..Scope::default()
        });
        self.charts.insert(chart.to_owned(), scope);
        scope
    }

    fn finish(self) {
        let mut templates = self.templates;
        for service in self.services {
            let parts = serverless::add(self.world, service, &templates);
            templates.retain(|t| !parts.contains(t));
        }
        for template in templates {
            cloudformation::add(self.world, template);
        }
    }
}

fn small(path: &Path) -> Option<String> {
    let size = std::fs::metadata(path).ok()?.len();
    (size <= MAX_SIZE)
        .then(|| std::fs::read_to_string(path).ok())
        .flatten()
}

impl Malformed {
    fn diagnostic(self, file: String) -> Diagnostic {
        Diagnostic {
            file,
            line: self.line,
            message: format!("not understood: {}", self.message),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Family, Topology, family_of};

    #[test]
    fn only_what_names_a_modelled_resource_is_read() {
        let topology = Topology::load().expect("models");
        assert_eq!(family_of("queues.tf"), Some(Family::Terraform));
        assert_eq!(family_of("queues.tfvars"), None);
        assert_eq!(family_of("template.yaml"), Some(Family::Data));
        assert!(topology.hits(Family::Terraform, b"resource \"aws_sqs_queue\" \"a\" {}"));
        assert!(!topology.hits(Family::Terraform, b"resource \"aws_vpc\" \"a\" {}"));
    }
}
