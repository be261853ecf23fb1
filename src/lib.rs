//! msgmap reads a codebase and says who sends which message to whom.
//!
//! ```text
//! walk ─▶ language ─▶ project ─▶ clients ─▶ flow ─▶ checks ─▶ report
//! ```
//!
//! [`scan`] is the whole pipeline at a glance; [`Analysis`] its one result.

pub mod analysis;
pub mod checks;
pub mod clients;
pub mod config;
pub mod contract;
pub mod facts;
pub mod flow;
pub mod infra;
pub mod language;
mod pipeline;
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
    let clients = pipeline::clients(root, config)?;
    let read = pipeline::read(root, config, &clients)?;
    let clients = pipeline::needed(root, clients, &read)?;
    let found = pipeline::find(&read, &clients);
    let mut analysis = pipeline::join(&read, found);
    pipeline::check(root, config, &read, &mut analysis)?;
    Ok(analysis)
}
