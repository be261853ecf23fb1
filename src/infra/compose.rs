//! docker-compose files.

use std::collections::BTreeMap;

use serde::Deserialize;

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

/// The build contexts of a compose file.
///
/// # Errors
/// A message if it is no compose file; anchors and aliases are bounded by the parser.
pub fn build_contexts(text: &str) -> Result<Vec<BuildContext>, String> {
    let compose: Compose =
        serde_saphyr::from_str(text).map_err(|e| format!("not a valid compose file: {e}"))?;
    let contexts = compose.services.into_iter().filter_map(|(service, s)| {
        let folder = match s.build? {
            Build::Context(folder) => folder,
            // A Dockerfile in a folder of its own says more than a context at the root.
            Build::Full {
                context,
                dockerfile,
            } => {
                let context = context.unwrap_or_else(|| ".".into());
                match dockerfile.as_deref().and_then(|d| d.rsplit_once('/')) {
                    Some((folder, _)) => format!("{context}/{folder}"),
                    None => context,
                }
            }
        };
        Some(BuildContext { service, folder })
    });
    Ok(contexts.collect())
}

#[cfg(test)]
mod tests {
    use super::build_contexts;

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
