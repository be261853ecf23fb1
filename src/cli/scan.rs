//! `msgmap [scan]`: the map of a tree, for people, programs and agents.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use msgmap::report::escape::visible;
use msgmap::report::{self, Options, out};

use super::tree::{self, Tree};
use super::{Error, output, remarks};

/// Where agents look for what a project remembers; below the scanned folder.
const MEMORY: &str = ".claude/memory/messaging";

#[derive(clap::Args, Default, PartialEq)]
pub struct Args {
    /// What to print [default: terminal]
    #[arg(short, long, value_enum)]
    format: Option<Format>,
    /// Also write the guide, the diagrams, the JSON documents and the agents' memory
    #[arg(short, long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Where --out puts the agents' memory [default: PATH/.claude/memory/messaging]
    #[arg(long, value_name = "DIR", requires = "out")]
    memory: Option<PathBuf>,
    #[command(flatten)]
    tree: tree::TreeArgs,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Format {
    /// The summary
    Terminal,
    /// Everything, as described by `msgmap schema`
    Json,
    /// The messaging guide, its links leading from the working directory
    Markdown,
    /// The event-flow diagram
    Mermaid,
}

impl From<Format> for report::Format {
    fn from(format: Format) -> Self {
        match format {
            Format::Terminal => Self::Terminal,
            Format::Json => Self::Json,
            Format::Markdown => Self::Markdown,
            Format::Mermaid => Self::Mermaid,
        }
    }
}

pub fn run(args: &Args, quiet: bool) -> Result<(), Error> {
    let tree = args.tree.scan(quiet)?;
    // Written first, so that a reader who has seen enough does not prevent it.
    let written = match &args.out {
        Some(out) => write(&tree, out, args.memory.as_deref()).map_err(Error::Artifacts)?,
        None => Vec::new(),
    };
    let format = args.format.unwrap_or(Format::Terminal);
    print(&tree, format)?;
    if !quiet {
        // The summary has a part for what was not understood.
        if format != Format::Terminal {
            remarks::print(&tree);
        }
        for path in written {
            anstream::eprintln!("wrote {}", visible(&path.to_string_lossy()));
        }
    }
    Ok(())
}

fn print(tree: &Tree, format: Format) -> Result<(), Error> {
    let here = std::env::current_dir().and_then(fs::canonicalize);
    let mut options = match here {
        Ok(here) => Options::for_guide(&tree.root, &here),
        Err(_) => Options::default(),
    };
    if let Some(columns) = output::columns() {
        options.width = columns;
    }
    let text = report::render(&tree.analysis, format.into(), &options);
    match format {
        Format::Terminal => output::styled(&text),
        Format::Json | Format::Markdown | Format::Mermaid => output::plain(&text),
    }
}

fn write(tree: &Tree, out: &Path, memory: Option<&Path>) -> io::Result<Vec<PathBuf>> {
    // Made before it is written to: only what exists has a canonical path.
    let absolute = fs::create_dir_all(out)
        .and_then(|()| fs::canonicalize(out))
        .map_err(|e| io::Error::new(e.kind(), format!("cannot write {}: {e}", out.display())))?;
    let options = Options::for_guide(&tree.root, &absolute);
    let memory = memory.map_or_else(|| tree.root.join(MEMORY), Path::to_owned);
    out::write_all_with(&tree.analysis, out, &memory, &options)
}
