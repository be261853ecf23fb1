//! `msgmap check`: findings for CI, printed as compilers do.

mod baseline;
mod text;

use std::path::PathBuf;

use clap::ValueEnum;
use msgmap::analysis::{Finding, Severity};
use msgmap::report::escape::json_text;
use serde::Serialize;

use super::tree::{self, Tree};
use super::{Error, Outcome, output, remarks};
use baseline::Baseline;

#[derive(clap::Args)]
pub struct Args {
    /// What to print
    #[arg(short, long, value_enum, default_value = "terminal")]
    format: Format,
    /// The lowest severity that fails; `never` leaves it to --fail-under
    #[arg(long, value_enum, default_value = "warning")]
    severity: Threshold,
    /// Fail if the resilience score is under this, from 0 to 1
    #[arg(long, value_name = "SCORE", value_parser = score)]
    fail_under: Option<f64>,
    /// Findings in this file are known: they neither are printed nor fail
    ///
    /// The score is that of the tree, known findings included.
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Write the findings of today to --baseline FILE
    #[arg(long, requires = "baseline")]
    write_baseline: bool,
    #[command(flatten)]
    tree: tree::TreeArgs,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// A line a finding, `file:line:column: severity[check]: message`
    Terminal,
    /// Findings as in `scan --format json`, and why it failed
    Json,
}

#[derive(Clone, Copy, Serialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
enum Threshold {
    Note,
    Warning,
    Error,
    Never,
}

impl Threshold {
    fn reached_by(self, severity: Severity) -> bool {
        match self {
            Self::Note => true,
            Self::Warning => severity >= Severity::Warning,
            Self::Error => severity >= Severity::Error,
            Self::Never => false,
        }
    }

    /// As it is written on the command line.
    fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
            Self::Never => "never",
        }
    }
}

/// What a check of a tree came to; the JSON output.
#[derive(Serialize)]
struct Verdict<'a> {
    passed: bool,
    /// The lowest severity that fails.
    severity: Threshold,
    /// Findings of that severity or a higher one.
    failing: usize,
    resilience_score: f64,
    fail_under: Option<f64>,
    /// Findings left out, because the baseline has them.
    known: usize,
    /// Findings of the baseline that are no longer there.
    gone: usize,
    findings: Vec<&'a Finding>,
}

impl<'a> Verdict<'a> {
    fn of(tree: &'a Tree, args: &Args, baseline: &Baseline) -> Self {
        let all = &tree.analysis.findings;
        let findings: Vec<_> = all.iter().filter(|f| !baseline.knows(f)).collect();
        let failing = findings
            .iter()
            .filter(|f| args.severity.reached_by(f.severity))
            .count();
        let mut verdict = Self {
            passed: failing == 0,
            severity: args.severity,
            failing,
            resilience_score: tree.analysis.resilience_score,
            fail_under: args.fail_under,
            known: all.len() - findings.len(),
            gone: baseline.gone(all),
            findings,
        };
        verdict.passed &= !verdict.is_under();
        verdict
    }

    fn is_under(&self) -> bool {
        self.fail_under
            .is_some_and(|threshold| self.resilience_score < threshold)
    }
}

pub fn run(args: &Args, quiet: bool) -> Result<Outcome, Error> {
    let known = match &args.baseline {
        Some(file) if !args.write_baseline => Baseline::read(file)?,
        _ => Baseline::default(),
    };
    let tree = args.tree.scan(quiet)?;
    if !quiet {
        remarks::print(&tree);
    }
    if args.write_baseline
        && let Some(file) = &args.baseline
    {
        Baseline::of(&tree.analysis.findings).write(file)?;
        if !quiet {
            text::wrote_baseline(file, tree.analysis.findings.len());
        }
        return Ok(Outcome::Clean);
    }
    let verdict = Verdict::of(&tree, args, &known);
    match args.format {
        Format::Terminal => output::styled(&text::render(&verdict, &tree, quiet))?,
        Format::Json => output::plain(&json(&verdict))?,
    }
    Ok(if verdict.passed {
        Outcome::Clean
    } else {
        Outcome::Failing
    })
}

/// A document of ours as JSON text, harmless on a terminal too.
fn json(document: &impl Serialize) -> String {
    let text = serde_json::to_string_pretty(document)
        .expect("our types have string keys and no failing serializer");
    json_text(&text) + "\n"
}

fn score(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(value) if (0.0..=1.0).contains(&value) => Ok(value),
        _ => Err("a score is a number from 0 to 1, such as 0.8".into()),
    }
}
