//! The stage: files that list resources, read and understood by the models.
//!
//! Most trees have none. The walk searches the bytes of what could be one for
//! the models' literals, and only what hits is parsed.

use std::path::Path;

use aho_corasick::AhoCorasick;

use super::paths::{folder, is_below};
use super::resources::apply::{Found, apply};
use super::resources::model::Models;
use super::resources::{MAX_RESOURCES, World};
use super::tree::Tree;
use super::{Malformed, cloudformation, hcl, serverless, tagged, terraform};
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
        data_files(&mut world, data, &mut diagnostics);
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
fn data_files(world: &mut World, candidates: Vec<Candidate>, diagnostics: &mut Vec<Diagnostic>) {
    let mut files: Vec<(String, Tree)> = Vec::new();
    for Candidate { path, text } in candidates {
        match text.map(|text| tagged::parse(&text)) {
            Some(Ok(tree)) => files.push((path, tree)),
            Some(Err(malformed)) => diagnostics.push(malformed.diagnostic(path)),
            None => {}
        }
    }
    let is_service = |tree: &Tree| serverless::is_service(tree);
    let service_folders: Vec<String> = files
        .iter()
        .filter(|(_, tree)| is_service(tree))
        .map(|(path, _)| folder(path).to_owned())
        .collect();
    let (mut services, mut templates) = (Vec::new(), Vec::new());
    for (path, mut tree) in files {
        let (is_service, is_template) = (
            is_service(&tree),
            cloudformation::resources(&tree).is_some(),
        );
        if is_service || is_template {
            // Parts of a service are written in its words.
            let is_part = service_folders.iter().any(|f| is_below(&path, f));
            tagged::read_embedded(&mut tree);
            cloudformation::see_through(&mut tree, !is_part);
        }
        let document = world.add_document(path, tree);
        if is_service {
            services.push(document);
        } else if is_template {
            templates.push(document);
        }
    }
    for service in services {
        let parts = serverless::add(world, service, &templates);
        templates.retain(|t| !parts.contains(t));
    }
    for template in templates {
        cloudformation::add(world, template);
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
