//! Infrastructure and configuration, one file a format.

pub mod brokers;
pub mod cloudformation;
pub mod compose;
pub mod dockerfile;
pub mod dotenv;
pub mod hcl;
pub mod helm;
pub mod ini;
pub mod jvm_builds;
pub mod kubernetes;
pub mod messages;
pub mod msbuild;
pub mod paths;
pub mod placeholders;
pub mod references;
pub mod resources;
pub mod serverless;
pub mod tagged;
pub mod terraform;
pub mod toml;
pub mod topology;
pub mod tree;
pub mod yaml;

/// Why a file was not understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// 1-based, if it is about a line.
    pub line: Option<u32>,
    pub message: String,
}

impl Malformed {
    /// Of a parser whose message says where.
    #[must_use]
    pub fn whole(message: String) -> Self {
        Self {
            line: None,
            message,
        }
    }
}

/// Whether a file describes messages or holds SQL, by its name. The walk lists
/// them; they are read when something in the map asks.
#[must_use]
pub fn is_described(name: &str) -> bool {
    [".proto", ".avsc", ".graphql", ".graphqls", ".gql", ".sql"]
        .iter()
        .any(|end| name.ends_with(end))
}

/// What kind of configuration a file is, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// YAML and JSON.
    Yaml,
    Toml,
    /// INI and properties.
    Ini,
    Compose,
    Dotenv,
    Dockerfile,
}

/// The format of a configuration file; `None` for any other file.
#[must_use]
pub fn format_of(name: &str) -> Option<Format> {
    let is_yaml = name.ends_with(".yml") || name.ends_with(".yaml");
    let is_image = |base: &str| {
        name.strip_prefix(base)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    if is_yaml && name.contains("compose") {
        return Some(Format::Compose);
    }
    if is_yaml || name.ends_with(".json") {
        return Some(Format::Yaml);
    }
    if name.ends_with(".toml") {
        return Some(Format::Toml);
    }
    // `.env.local`, `kafka.env`, `env-server-example`
    let words: Vec<&str> = name.split(['.', '-', '_']).collect();
    let is_example = |word: &&str| matches!(*word, "example" | "sample" | "template");
    let example = words.first() == Some(&"env") && words.iter().any(is_example);
    if name.starts_with(".env") || name.ends_with(".env") || example {
        return Some(Format::Dotenv);
    }
    if [".ini", ".cfg", ".conf", ".properties"]
        .iter()
        .any(|end| name.ends_with(end))
    {
        return Some(Format::Ini);
    }
    let image = is_image("Dockerfile") || is_image("Containerfile");
    (image || name.ends_with(".dockerfile") || name.ends_with(".Dockerfile"))
        .then_some(Format::Dockerfile)
}

#[cfg(test)]
mod tests {
    use super::{Format, format_of};

    #[test]
    fn files_are_known_by_their_names() {
        assert_eq!(format_of("docker-compose.dev.yml"), Some(Format::Compose));
        assert_eq!(format_of("default.yaml"), Some(Format::Yaml));
        assert_eq!(format_of(".env.example"), Some(Format::Dotenv));
        assert_eq!(format_of("kafka.env"), Some(Format::Dotenv));
        assert_eq!(format_of("Dockerfile.worker"), Some(Format::Dockerfile));
        assert_eq!(format_of("env-server-example"), Some(Format::Dotenv));
        assert_eq!(format_of("env.sample"), Some(Format::Dotenv));
        assert_eq!(format_of("env.ts"), None);
        assert_eq!(format_of("environment.ts"), None);
        assert_eq!(format_of("Dockerfiles"), None);
    }
}
