//! msgmap reads a codebase and says who sends which message to whom.
//!
//! ```text
//! walk ─▶ language ─▶ project ─▶ clients ─▶ flow ─▶ checks ─▶ report
//! ```

pub mod analysis;
pub mod checks;
pub mod config;
pub mod facts;
pub mod infra;
pub mod language;
pub mod project;
pub mod report;
pub mod walk;

use std::path::{Path, PathBuf};

pub use analysis::Analysis;
pub use config::Config;

/// Why a scan could not be done at all. What concerns one file is a
/// [`analysis::Diagnostic`] instead.
#[derive(Debug, thiserror::Error)]
pub enum ScanError {
    /// The path to scan cannot be read.
    #[error("cannot scan {path}: {source}", path = path.display())]
    Root {
        path: PathBuf,
        source: std::io::Error,
    },
    /// `msgmap.toml` is not understood.
    #[error("{path}: {message}", path = path.display())]
    Config { path: PathBuf, message: String },
}

/// Scans a tree: everything msgmap knows about it.
///
/// # Errors
/// If the tree cannot be read at all or its `msgmap.toml` is malformed.
pub fn scan(root: &Path, config: &Config) -> Result<Analysis, ScanError> {
    let _ = (root, config);
    Ok(Analysis::default())
}
