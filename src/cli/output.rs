//! Writing to stdout, and how words are written there.

use std::io::{self, ErrorKind, Write};

use anstyle::{AnsiColor, Style};
use msgmap::analysis::Severity;
use terminal_size::{Width, terminal_size_of};

use super::Error;

/// Writes text as it is: for programs and files.
///
/// # Errors
/// If it cannot be written; a reader who has seen enough (`| head`) is no error.
pub fn plain(text: &str) -> Result<(), Error> {
    write(io::stdout().lock(), text)
}

/// Writes text with colours, without them where they are not wanted.
///
/// # Errors
/// As for [`plain`].
pub fn styled(text: &str) -> Result<(), Error> {
    write(anstream::stdout().lock(), text)
}

fn write(mut out: impl Write, text: &str) -> Result<(), Error> {
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Error::Stdout(error)),
        _ => Ok(()),
    }
}

/// Columns of the terminal that stdout is, if it is one.
pub fn columns() -> Option<usize> {
    terminal_size_of(io::stdout()).map(|(Width(columns), _)| columns.into())
}

/// How a severity is written.
pub fn label(severity: Severity) -> (Style, &'static str) {
    match severity {
        Severity::Error => (AnsiColor::Red.on_default().bold(), "error"),
        Severity::Warning => (AnsiColor::Yellow.on_default().bold(), "warning"),
        Severity::Note => (Style::new().bold(), "note"),
    }
}

/// `1 finding`, `2 findings`.
pub fn count(n: usize, what: &str) -> String {
    let s = if n == 1 { "" } else { "s" };
    format!("{n} {what}{s}")
}
