//! What was not understood, said on stderr by commands whose output has no
//! place for it.

use anstyle::{AnsiColor, Style};
use msgmap::report::escape::visible;

use super::tree::Tree;

const WARNING: Style = AnsiColor::Yellow.on_default().bold();
/// Places named; the rest is counted.
const MANY: usize = 20;

/// Prints the diagnostics of a scan to stderr.
pub fn print(tree: &Tree) {
    let diagnostics = &tree.analysis.diagnostics;
    for diagnostic in diagnostics.iter().take(MANY) {
        let file = tree.place(&diagnostic.file);
        let line = diagnostic.line.map(|n| format!(":{n}"));
        anstream::eprintln!(
            "{}{}: {WARNING}not understood{WARNING:#}: {}",
            visible(&file),
            line.unwrap_or_default(),
            visible(&diagnostic.message),
        );
    }
    if diagnostics.len() > MANY {
        let more = diagnostics.len() - MANY;
        anstream::eprintln!("… and {more} more, see `msgmap scan --format json`");
    }
}
