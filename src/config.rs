//! `msgmap.toml`: what a project says about itself.

use std::path::Path;

use serde::Deserialize;

use crate::ScanError;
use crate::checks::suppress::IgnoreRule;

/// Name of the configuration file, looked for in the scanned root.
pub const FILE_NAME: &str = "msgmap.toml";

/// The configuration of a project. An unknown key is an error: a typo must not
/// switch something off silently.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Globs of files to leave out, relative to the root.
    pub exclude: Vec<String>,
    pub checks: Checks,
    /// The project's own bus, in the format of `queries/README.md`.
    pub model: Vec<toml::Table>,
}

/// What a project says about checks.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Checks {
    pub ignore: Vec<IgnoreRule>,
}

impl Config {
    /// Reads `msgmap.toml` in `root`; the default if there is none.
    ///
    /// # Errors
    /// If the file cannot be read or is malformed; the message has the line.
    pub fn load(root: &Path) -> Result<Self, ScanError> {
        let path = root.join(FILE_NAME);
        if !path.is_file() {
            return Ok(Self::default());
        }
        let fail = |message: String| ScanError::Config {
            path: path.clone(),
            message,
        };
        let text = std::fs::read_to_string(&path).map_err(|e| fail(e.to_string()))?;
        toml::from_str(&text).map_err(|e| fail(e.to_string().trim_end().to_owned()))
    }
}
