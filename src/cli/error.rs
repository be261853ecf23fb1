//! Why a command could not run, and what to do about it.

use std::io;
use std::path::PathBuf;

use anstyle::{AnsiColor, Style};
use msgmap::ScanError;
use msgmap::report::escape::visible;

use super::{commands, similar};

const ERROR: Style = AnsiColor::Red.on_default().bold();
const HELP: Style = AnsiColor::Cyan.on_default().bold();

/// Why a command could not run.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Scan(#[from] ScanError),
    /// The message has the path.
    #[error("{0}")]
    Artifacts(io::Error),
    #[error("cannot write to standard output: {0}")]
    Stdout(io::Error),
    #[error("cannot read the baseline {path}: {reason}", path = path.display())]
    ReadBaseline { path: PathBuf, reason: String },
    #[error("cannot write the baseline {path}: {source}", path = path.display())]
    WriteBaseline { path: PathBuf, source: io::Error },
    #[error("no check, client or channel is called `{name}`")]
    UnknownName { name: String, similar: Vec<String> },
    #[error("a client model is not understood: {0}")]
    Models(String),
    #[error("cannot start threads: {0}")]
    Threads(String),
    /// The panic has been printed by its hook.
    #[error("msgmap broke down; this is a bug in msgmap")]
    Bug,
}

impl Error {
    /// What to do about it.
    fn help(&self) -> Option<String> {
        Some(match self {
            Self::Scan(ScanError::Root { path, .. }) => match misspelled_command(path) {
                Some(command) => format!("did you mean the command `msgmap {command}`?"),
                None => "give the folder to read: `msgmap scan PATH`".into(),
            },
            Self::Scan(ScanError::Config { .. }) => {
                "correct the file, or give another one with --config FILE".into()
            }
            Self::Artifacts(_) => "give another place with --out DIR and --memory DIR".into(),
            Self::ReadBaseline { .. } => {
                "make it anew from the findings of today with --write-baseline".into()
            }
            Self::UnknownName { similar, .. } if similar.is_empty() => {
                "`msgmap explain` lists the checks, `msgmap PATH` the channels".into()
            }
            Self::UnknownName { similar, .. } => {
                format!("did you mean {}?", similar.join(" or "))
            }
            Self::Threads(_) => "ask for fewer with --threads N".into(),
            Self::Bug | Self::Models(_) => {
                format!("please report it at {}", env!("CARGO_PKG_REPOSITORY"))
            }
            Self::Stdout(_) | Self::WriteBaseline { .. } => return None,
        })
    }

    /// Prints it to stderr.
    pub fn print(&self) {
        anstream::eprintln!("{ERROR}error{ERROR:#}: {}", harmless(&self.to_string()));
        if let Some(help) = self.help() {
            anstream::eprintln!("{HELP}help{HELP:#}: {}", harmless(&help));
        }
    }
}

/// The command that `path` is nearly the name of.
fn misspelled_command(path: &std::path::Path) -> Option<String> {
    let word = path.to_str()?;
    similar::to(word, &commands()).into_iter().next()
}

/// Text of several lines without what acts on a terminal: an error about
/// `msgmap.toml` quotes it.
fn harmless(text: &str) -> String {
    let lines: Vec<_> = text.lines().map(visible).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_quoted_is_harmless() {
        assert_eq!(harmless("a\x1b[2J\r\nb"), "a\\u{1b}[2J\nb");
    }
}
