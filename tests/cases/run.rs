//! Runs cases and reports what failed.

use std::any::Any;
use std::fmt::Write as _;
use std::io::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use anyhow::Context as _;
use msgmap::{Analysis, Config};
use rayon::prelude::*;

use crate::compare::{Mismatch, compare};
use crate::expect;
use crate::page::{Case, Page};

/// Names the pages and cases to run: a part of a page's name or of a heading.
const FILTER: &str = "MSGMAP_CASE";

/// Runs every case of the pages.
///
/// # Panics
/// If one fails, with everything that failed.
pub fn all(pages: &[Page]) {
    let filter = std::env::var(FILTER).unwrap_or_default();
    let cases: Vec<(&Page, &Case)> = pages
        .iter()
        .flat_map(|page| page.cases.iter().map(move |case| (page, case)))
        .filter(|(page, case)| page.name.contains(&filter) || case.heading.contains(&filter))
        .collect();
    let outcomes: Vec<Option<String>> = cases
        .par_iter()
        .map(|(page, case)| failure(page, case))
        .collect();

    let mut report = String::new();
    for ((page, case), failure) in cases.iter().zip(&outcomes) {
        if let Some(failure) = failure {
            let _ = writeln!(report, "\n{} › {}\n{failure}", page.name, case.heading);
        }
    }
    for page in pages {
        let of_page: Vec<_> = cases
            .iter()
            .zip(&outcomes)
            .filter(|((of, _), _)| of.name == page.name)
            .collect();
        let failed = of_page.iter().filter(|(_, f)| f.is_some()).count();
        if failed > 0 {
            let _ = writeln!(
                report,
                "{failed:4} of {:2} failed: {}",
                of_page.len(),
                page.name
            );
        }
    }
    let failed = outcomes.iter().flatten().count();
    let summary = format!("{} cases, {failed} failed", cases.len());
    // Not `println!`, which a test that passes does not show.
    let _ = writeln!(std::io::stderr(), "{summary}");
    assert!(failed == 0, "{report}{summary}");
}

/// What is wrong with a case; none if nothing is.
fn failure(page: &Page, case: &Case) -> Option<String> {
    let expected = match expect::of_case(page, case) {
        Ok(expected) => expected,
        Err(errors) => return Some(indented(&errors.join("\n"))),
    };
    let analysis = match catch_unwind(AssertUnwindSafe(|| scan(case))) {
        Ok(Ok(analysis)) => analysis,
        Ok(Err(error)) => return Some(indented(&format!("{error:#}"))),
        Err(panic) => return Some(indented(&format!("panicked: {}", message(&*panic)))),
    };
    let mismatches = compare(page, expected, &analysis);
    (!mismatches.is_empty()).then(|| describe(page, case, &mismatches, &analysis))
}

/// Writes the case's files to a folder of their own and scans it.
fn scan(case: &Case) -> anyhow::Result<Analysis> {
    let folder = tempfile::Builder::new()
        .prefix("msgmap-case-")
        .tempdir()
        .context("a temporary folder")?;
    for file in &case.files {
        // JSON has no comments.
        let text = if file.path.ends_with(".json") {
            expect::without_comments(&file.text)
        } else {
            file.text.clone()
        };
        write(&folder.path().join(&file.path), &text).with_context(|| file.path.clone())?;
    }
    let config = Config::load(folder.path())?;
    Ok(msgmap::scan(folder.path(), &config)?)
}

fn write(path: &Path, text: &str) -> std::io::Result<()> {
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent)?;
    }
    std::fs::write(path, text)
}

/// The mismatches of each line, below its place in the page and its source.
fn describe(page: &Page, case: &Case, mismatches: &[Mismatch], analysis: &Analysis) -> String {
    let mut text = String::new();
    for of_line in mismatches.chunk_by(|a, b| (&a.file, a.line) == (&b.file, b.line)) {
        let Some(Mismatch { file, line, .. }) = of_line.first() else {
            continue;
        };
        let (place, source) = source(page, case, file, *line);
        let _ = writeln!(text, "{place} ({file}:{line})\n  | {source}");
        for mismatch in of_line {
            let _ = writeln!(text, "  {}", mismatch.what);
        }
    }
    for diagnostic in &analysis.diagnostics {
        let line = diagnostic
            .line
            .map_or(String::new(), |line| format!(":{line}"));
        let _ = writeln!(
            text,
            "diagnostic: {}{line}: {}",
            diagnostic.file, diagnostic.message
        );
    }
    indented(text.trim_end())
}

/// Where a project's line stands in the page, and what it says.
fn source<'a>(page: &Page, case: &'a Case, file: &str, line: usize) -> (String, &'a str) {
    let written = case.file(file).and_then(|file| {
        let text = file.text.lines().nth(line.checked_sub(1)?)?;
        Some((file.page_line + line - 1, text.trim()))
    });
    match written {
        Some((page_line, text)) => (format!("{}:{page_line}", page.name), text),
        None => (page.name.clone(), "(no such line)"),
    }
}

fn indented(text: &str) -> String {
    text.lines()
        .map(|line| format!("  {line}"))
        .collect::<Vec<_>>()
        .join("\n")
}

fn message(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("without a message")
}
