//! The tree a command is about: its arguments, and the scan.

use std::fs;
use std::path::{Path, PathBuf};

use msgmap::report::escape::visible;
use msgmap::{Analysis, Config, ScanError};

use super::progress::Progress;
use super::{Error, threads};

/// Which tree to scan, and how.
#[derive(clap::Args, Default, PartialEq)]
pub struct TreeArgs {
    /// The folder to read [default: .]
    path: Option<PathBuf>,
    /// Read this configuration instead of PATH/msgmap.toml
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Threads to read with [default: one a core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    threads: Option<u16>,
}

/// A scanned tree.
pub struct Tree {
    pub analysis: Analysis,
    /// The folder that paths of the analysis start from, absolute.
    pub root: PathBuf,
    /// The same folder as it was given; empty for the working directory.
    given: PathBuf,
}

impl TreeArgs {
    /// Scans the tree, with a sign of life on stderr unless `quiet`.
    ///
    /// # Errors
    /// If there is no such path, or the configuration is malformed.
    pub fn scan(&self, quiet: bool) -> Result<Tree, Error> {
        let path = self.path.as_deref().unwrap_or(Path::new("."));
        let absolute = fs::canonicalize(path).map_err(|source| ScanError::Root {
            path: path.to_owned(),
            source,
        })?;
        let config = match &self.config {
            Some(file) => read_config(file)?,
            None => Config::load(path)?,
        };
        threads::start_pool(self.threads)?;
        let message = format!("Reading {}", visible(&path.to_string_lossy()));
        let progress = Progress::start(message, quiet);
        let analysis = msgmap::scan(path, &config)?;
        drop(progress);
        // A single file is scanned as a tree of its folder with nothing else in it.
        let single = absolute.is_file();
        let folder = |path: &Path| {
            let parent = single.then(|| path.parent()).flatten();
            parent.unwrap_or(path).to_owned()
        };
        Ok(Tree {
            analysis,
            root: folder(&absolute),
            given: folder(path),
        })
    }
}

impl Tree {
    /// The tree of the working directory, scanned before.
    #[cfg(test)]
    pub fn of_current_folder(analysis: Analysis) -> Self {
        Self {
            analysis,
            root: PathBuf::from("."),
            given: PathBuf::from("."),
        }
    }

    /// A path of the analysis as seen from the working directory, so that
    /// terminals and editors find the file.
    pub fn place(&self, file: &str) -> String {
        if self.given == Path::new(".") {
            return file.to_owned();
        }
        self.given.join(file).to_string_lossy().into_owned()
    }
}

fn read_config(file: &Path) -> Result<Config, ScanError> {
    let fail = |message: String| ScanError::Config {
        path: file.to_owned(),
        message,
    };
    let text = fs::read_to_string(file).map_err(|e| fail(e.to_string()))?;
    toml::from_str(&text).map_err(|e| fail(e.to_string().trim_end().to_owned()))
}
