//! Every artifact, written to folders.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::analysis::Analysis;

use super::{Options, json, markdown, memory, mermaid};

/// Writes every artifact and returns the files written, in that order.
///
/// `out` gets `MESSAGING_GUIDE.md`, `EVENT_FLOWS.json`,
/// `messaging_analysis.json`, `msgmap.json` (the contract) and
/// `diagrams/*.mmd`; `memory` gets the agents' memory. Links of the guide lead
/// from the scanned root; see [`write_all_with`] for another place.
///
/// # Errors
/// The first file that could not be written, with its path in the message.
/// Nothing is written through a symbolic link: both folders may lie inside of
/// the scanned tree, whose links could lead anywhere.
pub fn write_all(analysis: &Analysis, out: &Path, memory: &Path) -> io::Result<Vec<PathBuf>> {
    write_all_with(analysis, out, memory, &Options::default())
}

/// [`write_all`] with options, such as where the links of the guide lead.
///
/// # Errors
/// As for [`write_all`].
pub fn write_all_with(
    analysis: &Analysis,
    out: &Path,
    memory: &Path,
    options: &Options,
) -> io::Result<Vec<PathBuf>> {
    let diagrams = out.join("diagrams");
    for folder in [out, &diagrams, memory] {
        fs::create_dir_all(folder).map_err(|e| while_writing(folder, &e))?;
    }
    refuse_link(&diagrams)?;

    let mut written = Vec::new();
    let mut write = |folder: &Path, name: &str, text: &str| {
        let path = folder.join(name);
        refuse_link(&path)?;
        fs::write(&path, text).map_err(|e| while_writing(&path, &e))?;
        written.push(path);
        Ok::<_, io::Error>(())
    };
    write(
        out,
        "MESSAGING_GUIDE.md",
        &markdown::render(analysis, &options.source),
    )?;
    write(out, "EVENT_FLOWS.json", &memory::event_flows(analysis))?;
    write(
        out,
        "messaging_analysis.json",
        &memory::messaging_analysis(analysis),
    )?;
    write(out, "msgmap.json", &json::render(analysis))?;
    for (name, text) in mermaid::diagrams(analysis) {
        write(&diagrams, &name, &text)?;
    }
    for (name, text) in memory::files(analysis) {
        write(memory, name, &text)?;
    }
    Ok(written)
}

/// An error if there is a symbolic link at `path`.
fn refuse_link(path: &Path) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Ok(found) if found.is_symlink() => Err(while_writing(
            path,
            &io::Error::other("it is a symbolic link"),
        )),
        _ => Ok(()),
    }
}

fn while_writing(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(
        error.kind(),
        format!("cannot write {}: {error}", path.display()),
    )
}
