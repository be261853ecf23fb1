//! The command line: arguments, progress, exit codes; one file a subcommand.
//!
//! What a command is asked for goes to stdout, and nothing else does; progress,
//! errors and remarks go to stderr.

mod check;
mod clients;
mod error;
mod explain;
mod output;
mod progress;
mod remarks;
#[cfg(test)]
#[path = "../../tests/report/sample.rs"]
mod sample;
mod scan;
mod schema;
mod similar;
pub mod threads;
mod tree;

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser, Subcommand};

pub use error::Error;

const EXIT_CODES: &str = "\
Exit codes:
  0  done; for `check`: nothing that fails
  1  `check` only: findings, or a score under --fail-under
  2  could not run: no such path, malformed msgmap.toml, unknown name, wrong usage";

/// Maps the messaging of a codebase: who publishes what, who consumes it, and
/// what happens when it fails.
#[derive(Parser)]
#[command(
    name = "msgmap",
    version,
    about,
    after_help = EXIT_CODES,
    override_usage = "msgmap [scan] [OPTIONS] [PATH]\n       msgmap <COMMAND> …"
)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    scan: scan::Args,
    #[command(flatten)]
    color: colorchoice_clap::Color,
    /// Print what was asked for, and nothing about it
    #[arg(short, long, global = true)]
    quiet: bool,
}

#[derive(Subcommand)]
enum Command {
    /// Map the messaging of a tree (the default command)
    Scan(scan::Args),
    /// Print the findings, for CI
    Check(check::Args),
    /// Tell all about a check, or about a channel of a tree
    Explain(explain::Args),
    /// List the clients that are understood, and what of them
    Clients(clients::Args),
    /// Print the JSON Schema of `scan --format json`
    Schema,
}

/// A command line, understood.
pub struct Invocation {
    command: Command,
    quiet: bool,
}

/// What a command that could run came to.
pub enum Outcome {
    Clean,
    /// Findings, or a score under the threshold.
    Failing,
}

/// Reads the command line; prints and exits for `--help`, `--version` and usage errors.
#[must_use]
pub fn parse() -> Invocation {
    let cli = Cli::parse();
    cli.color.write_global();
    let command = match cli.command {
        None => Command::Scan(cli.scan),
        Some(command) if cli.scan == scan::Args::default() => command,
        // `msgmap . check`: clap would run the check, and not on `.`.
        Some(_) => Cli::command()
            .error(
                ErrorKind::ArgumentConflict,
                "a command comes first: its path and options go behind it, as in `msgmap check PATH`",
            )
            .exit(),
    };
    Invocation {
        command,
        quiet: cli.quiet,
    }
}

/// Runs a command.
///
/// # Errors
/// If it could not do what it was asked for.
pub fn run(invocation: Invocation) -> Result<Outcome, Error> {
    let Invocation { command, quiet } = invocation;
    match command {
        Command::Scan(args) => scan::run(&args, quiet).map(|()| Outcome::Clean),
        Command::Check(args) => check::run(&args, quiet),
        Command::Explain(args) => explain::run(&args, quiet).map(|()| Outcome::Clean),
        Command::Clients(args) => clients::run(&args).map(|()| Outcome::Clean),
        Command::Schema => schema::run().map(|()| Outcome::Clean),
    }
}

/// The names of the commands, for those who misspell one.
fn commands() -> Vec<String> {
    let commands = Cli::command();
    let names = commands.get_subcommands().map(|c| c.get_name().to_owned());
    names.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }
}
