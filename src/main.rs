//! The `msgmap` command.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::threads::enlarge_stacks();
    let cli = cli::parse();
    let outcome = cli::threads::on_a_large_stack(|| cli::run(cli));
    match outcome {
        Ok(cli::Outcome::Clean) => ExitCode::SUCCESS,
        Ok(cli::Outcome::Failing) => ExitCode::from(1),
        Err(error) => {
            error.print();
            ExitCode::from(2)
        }
    }
}
