//! docker-compose files.

use std::collections::BTreeMap;

use serde::Deserialize;
use smol_str::SmolStr;

use super::tree::{Content, NodeId, Tree};

/// A service that is built from a folder of the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuildContext {
    pub service: String,
    /// As written, relative to the compose file.
    pub folder: String,
}

#[derive(Deserialize)]
struct Compose {
    #[serde(default)]
    services: BTreeMap<String, Service>,
}

#[derive(Deserialize)]
struct Service {
    build: Option<Build>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Build {
    Context(String),
    Full {
        context: Option<String>,
        dockerfile: Option<String>,
    },
}

impl Build {
    fn folder(self) -> String {
        match self {
            Self::Context(folder) => folder,
            // A Dockerfile in a folder of its own says more than a context at the root.
            Self::Full {
                context,
                dockerfile,
            } => {
                let context = context.unwrap_or_else(|| ".".into());
                match dockerfile.as_deref().and_then(|d| d.rsplit_once('/')) {
                    Some((folder, _)) => format!("{context}/{folder}"),
                    None => context,
                }
            }
        }
    }
}

/// The build contexts of a compose file.
///
/// # Errors
/// A message if it is no compose file; anchors and aliases are bounded by the parser.
pub fn build_contexts(text: &str) -> Result<Vec<BuildContext>, String> {
    let compose: Compose =
        serde_saphyr::from_str(text).map_err(|e| format!("not a valid compose file: {e}"))?;
    let contexts = compose.services.into_iter().filter_map(|(service, s)| {
        let folder = s.build?.folder();
        Some(BuildContext { service, folder })
    });
    Ok(contexts.collect())
}

/// What a compose service's containers find in their environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceEnvironment {
    pub service: SmolStr,
    /// The folder it is built from, relative to the compose file; `None` for an image.
    pub folder: Option<String>,
    pub variables: Vec<Variable>,
    /// As written, relative to the compose file.
    pub env_files: Vec<SmolStr>,
}

/// A variable that a compose file sets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    pub name: SmolStr,
    /// `None` where the variable is passed on from outside.
    pub value: Option<SmolStr>,
    /// 1-based.
    pub line: u32,
}

/// The environments of the services of a compose file that was read as a tree.
#[must_use]
pub fn environments(tree: &Tree) -> Vec<ServiceEnvironment> {
    let Some(services) = tree.root().and_then(|root| tree.get(root, "services")) else {
        return Vec::new();
    };
    let environment = |(name, service): &(SmolStr, NodeId)| ServiceEnvironment {
        service: name.clone(),
        folder: tree.get(*service, "build").and_then(|b| folder(tree, b)),
        variables: tree
            .get(*service, "environment")
            .map_or_else(Vec::new, |e| variables(tree, e)),
        env_files: tree
            .get(*service, "env_file")
            .map_or_else(Vec::new, |f| paths(tree, f)),
    };
    tree.entries(services).iter().map(environment).collect()
}

fn folder(tree: &Tree, build: NodeId) -> Option<String> {
    let text = |key: &str| tree.get(build, key).and_then(|id| tree.text(id));
    let build = match tree.text(build) {
        Some(context) => Build::Context(context.to_string()),
        None => Build::Full {
            context: text("context").map(ToString::to_string),
            dockerfile: text("dockerfile").map(ToString::to_string),
        },
    };
    Some(build.folder())
}

/// `NAME: value` entries or `NAME=value` items.
fn variables(tree: &Tree, environment: NodeId) -> Vec<Variable> {
    let line = |id: NodeId| tree.node(id).map_or(1, |n| n.line);
    let entries = tree.entries(environment).iter().map(|(name, id)| Variable {
        name: name.clone(),
        value: tree.text(*id).cloned(),
        line: line(*id),
    });
    let items = tree.items(environment).iter().filter_map(|id| {
        let text = tree.text(*id)?;
        let (name, value) = match text.split_once('=') {
            Some((name, value)) => (name, Some(SmolStr::new(value))),
            None => (text.as_str(), None),
        };
        Some(Variable {
            name: SmolStr::new(name.trim()),
            value,
            line: line(*id),
        })
    });
    entries.chain(items).collect()
}

/// `env_file: a`, `env_file: [a, {path: b}]`
fn paths(tree: &Tree, files: NodeId) -> Vec<SmolStr> {
    let path = |id: NodeId| match tree.node(id).map(|n| &n.content) {
        Some(Content::Table(_)) => tree.get(id, "path").and_then(|p| tree.text(p)).cloned(),
        _ => tree.text(id).cloned(),
    };
    let items = tree.items(files).iter().filter_map(|id| path(*id));
    path(files).into_iter().chain(items).collect()
}

#[cfg(test)]
mod tests {
    use super::{build_contexts, environments};
    use crate::infra::yaml;

    #[test]
    fn environments_are_read_in_all_spellings() {
        let text = "x: &x\n  A: one\nservices:\n  a:\n    build: ./a\n    environment:\n      <<: *x\n      B: 2\n      C:\n  b:\n    image: i\n    environment:\n      - A=x=y\n      - D\n    env_file:\n      - one.env\n      - path: two.env\n";
        let found = environments(&yaml::parse(text).expect("valid"));
        let variables = |n: usize| -> Vec<(&str, Option<&str>)> {
            let all = found[n].variables.iter();
            all.map(|v| (v.name.as_str(), v.value.as_deref())).collect()
        };
        assert_eq!(found[0].folder.as_deref(), Some("./a"));
        let a = variables(0);
        assert!(a.contains(&("A", Some("one"))) && a.contains(&("C", None)));
        assert_eq!(variables(1), [("A", Some("x=y")), ("D", None)]);
        assert_eq!(found[1].env_files, ["one.env", "two.env"]);
        assert_eq!(found[1].folder, None);
    }

    #[test]
    fn contexts_are_read_in_both_spellings() {
        let text = "services:\n  a:\n    build: ./a\n  b:\n    image: kafka\n  c:\n    build:\n      context: .\n      dockerfile: ./src/c/Dockerfile\n";
        let found = build_contexts(text).expect("valid");
        let folders: Vec<&str> = found.iter().map(|c| c.folder.as_str()).collect();
        assert_eq!(folders, ["./a", "././src/c"]);
    }

    #[test]
    fn a_bomb_of_aliases_is_an_error() {
        let mut text = String::from("a: &a [x,x,x,x,x,x,x,x,x]\n");
        for (previous, next) in "abcdefgh".chars().zip("bcdefghi".chars()) {
            text += &format!(
                "{next}: &{next} [*{previous},*{previous},*{previous},*{previous},*{previous},*{previous},*{previous},*{previous},*{previous}]\n"
            );
        }
        text += "services: {x: {build: *i}}\n";
        assert!(build_contexts(&text).is_err());
    }
}
