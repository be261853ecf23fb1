//! What `msgmap check` prints for people and for problem matchers.

use std::fmt::Write;
use std::path::Path;

use anstyle::{AnsiColor, Style};
use msgmap::analysis::Severity;
use msgmap::report::escape::visible;

use super::super::output::{count, label};
use super::super::tree::Tree;
use super::Verdict;

const STRONG: Style = Style::new().bold();
const HELP: Style = AnsiColor::Cyan.on_default();
const GOOD: Style = AnsiColor::Green.on_default().bold();
const BAD: Style = AnsiColor::Red.on_default().bold();

/// The findings, and a summary unless `quiet`.
pub fn render(verdict: &Verdict<'_>, tree: &Tree, quiet: bool) -> String {
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = findings(&mut text, verdict, tree);
    if !quiet {
        let _ = summary(&mut text, verdict, tree);
    }
    text
}

fn findings(text: &mut String, verdict: &Verdict<'_>, tree: &Tree) -> std::fmt::Result {
    for finding in &verdict.findings {
        let at = &finding.location;
        let file = tree.place(&at.file);
        let (style, word) = label(finding.severity);
        writeln!(
            text,
            "{STRONG}{file}:{line}:{column}{STRONG:#}: {style}{word}[{check}]{style:#}: {message}",
            file = visible(&file),
            line = at.line,
            column = at.column,
            check = visible(&finding.check),
            message = visible(&finding.message),
        )?;
        if !finding.help.is_empty() {
            let help = visible(&finding.help);
            writeln!(text, "  {HELP}help{HELP:#}: {help}")?;
        }
    }
    Ok(())
}

fn summary(text: &mut String, verdict: &Verdict<'_>, tree: &Tree) -> std::fmt::Result {
    if !verdict.findings.is_empty() {
        text.push('\n');
    }
    let a = &tree.analysis;
    if a.endpoints.is_empty() && a.declarations.is_empty() {
        writeln!(text, "No messaging found; there is nothing to check.")?;
    }
    let mut line = count(verdict.findings.len(), "finding");
    let severities = by_severity(verdict);
    if !severities.is_empty() {
        write!(line, " ({severities})")?;
    }
    if verdict.known > 0 {
        write!(line, ", {} in the baseline", verdict.known)?;
    }
    writeln!(text, "{line}; score {:.2}", verdict.resilience_score)?;
    if verdict.gone > 0 {
        writeln!(
            text,
            "{} of the baseline no longer there; --write-baseline takes them out",
            count(verdict.gone, "finding"),
        )?;
    }
    if verdict.passed {
        return writeln!(text, "{GOOD}passed{GOOD:#}");
    }
    let mut reasons = Vec::new();
    if verdict.failing > 0 {
        let failing = count(verdict.failing, "finding");
        let severity = verdict.severity.as_str();
        reasons.push(format!("{failing} of severity {severity} or higher"));
    }
    if let Some(threshold) = verdict.fail_under.filter(|_| verdict.is_under()) {
        let score = verdict.resilience_score;
        reasons.push(format!("the score {score:.2} is under {threshold}"));
    }
    writeln!(text, "{BAD}failed{BAD:#}: {}", reasons.join("; "))
}

/// `1 error, 3 warnings`.
fn by_severity(verdict: &Verdict<'_>) -> String {
    let counts = [Severity::Error, Severity::Warning, Severity::Note].map(|severity| {
        let found = verdict.findings.iter().filter(|f| f.severity == severity);
        (found.count(), label(severity).1)
    });
    let present = counts.iter().filter(|(n, _)| *n > 0);
    let words: Vec<_> = present.map(|(n, word)| count(*n, word)).collect();
    words.join(", ")
}

/// Says on stderr that the baseline was written.
pub fn wrote_baseline(file: &Path, findings: usize) {
    anstream::eprintln!(
        "wrote {} with {}",
        visible(&file.to_string_lossy()),
        count(findings, "finding"),
    );
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::super::super::sample::{HOSTILE, shop};
    use super::super::{Args, Baseline};
    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        args: Args,
    }

    fn shown(line: &[&str], baseline: &Baseline, tree: &Tree) -> String {
        let line = Line::parse_from([&["check"], line].concat());
        let verdict = Verdict::of(tree, &line.args, baseline);
        anstream::adapter::strip_str(&render(&verdict, tree, false)).to_string()
    }

    #[test]
    fn findings_and_summary() {
        let tree = Tree::of_current_folder(shop());
        let none = Baseline::default();
        insta::assert_snapshot!(shown(&["--fail-under=0.9"], &none, &tree));
    }

    #[test]
    fn known_findings_are_neither_printed_nor_counted() {
        let tree = Tree::of_current_folder(shop());
        let (new, known) = tree.analysis.findings.split_first().expect("findings");
        let text = shown(&["--severity=note"], &Baseline::of(known), &tree);
        assert!(text.contains(&new.message), "{text}");
        assert!(
            known
                .iter()
                .all(|f| !text.contains(&f.location.to_string()))
        );
        assert!(text.contains("failed: 1 finding of"), "{text}");
        let all = Baseline::of(&tree.analysis.findings);
        assert!(shown(&["--severity=note"], &all, &tree).ends_with("passed\n"));
    }

    #[test]
    fn the_severity_that_fails() {
        let tree = Tree::of_current_folder(shop());
        let worst = tree.analysis.findings.iter().map(|f| f.severity).max();
        assert_eq!(worst, Some(Severity::Error));
        let passes = |line: &[&str]| {
            let text = shown(line, &Baseline::default(), &tree);
            text.ends_with("passed\n")
        };
        assert!(!passes(&["--severity=error"]));
        assert!(passes(&["--severity=never"]));
        assert!(passes(&["--severity=never", "--fail-under=0"]));
        assert!(!passes(&["--severity=never", "--fail-under=1"]));
    }

    #[test]
    fn text_from_the_code_is_harmless() {
        let mut analysis = shop();
        for finding in &mut analysis.findings {
            finding.message = HOSTILE.into();
            finding.location.file = format!("{HOSTILE}/a.ts");
        }
        let lines = analysis.findings.len();
        let tree = Tree::of_current_folder(analysis);
        let text = shown(&[], &Baseline::default(), &tree);
        assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}'));
        assert_eq!(text.matches("a.ts:").count(), lines);
    }
}
