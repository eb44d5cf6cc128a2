//! Starts: the command line, configuration, logging and exit codes of a node.
//!
//! Decides nothing about records. Commands that need a running node ask it through its HTTP interface, so that what a
//! person can do here, a program can do too.

mod calendar;
mod cli;
mod commands;
mod config;
mod context;
mod demo;
mod document;
mod exit;
mod failure;
mod findings;
mod given;
mod logging;
mod notify;
mod output;
mod passphrase;
mod place;
mod private;
mod qr;
mod table;
mod terminal;
mod text;

use std::process::ExitCode;

use clap::Parser;

use cli::{Cli, Command};
use exit::Exit;
use failure::Failure;
use output::Output;

fn main() -> ExitCode {
    let asked_for_json = std::env::args().any(|word| word == "--json");
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) if asked_for_json && error.use_stderr() => {
            return Output::machine().failure(&misused(&error.to_string())).into();
        }
        // Prints help to stdout with 0, and faults to stderr with 2.
        Err(error) => error.exit(),
    };
    let output = Output::new(cli.global.form(), cli.global.quiet);
    match start(cli, output) {
        Ok(exit) => exit.into(),
        Err(failure) => output.failure(&failure).into(),
    }
}

/// A command line that was not understood, for a program: the first line says what, the others how to mend it.
fn misused(said: &str) -> Failure {
    let (what, how) = said.trim().split_once('\n').unwrap_or((said.trim(), ""));
    Failure::usage("usage", what.trim_start_matches("error: "), how.trim())
}

fn start(cli: Cli, output: Output) -> Result<Exit, Failure> {
    logging::install(cli.global.log_format, logging::filter(&cli)?);
    let runtime = tokio::runtime::Runtime::new().map_err(|error| {
        Failure::local(
            "no_threads",
            "The system gave no threads to work with",
            error.to_string(),
        )
    })?;
    let ended = runtime.block_on(commands::perform(cli, output));
    // A thread that waits for a terminal's input must not keep the process.
    runtime.shutdown_background();
    ended
}

impl Cli {
    /// Whether the command is a node, whose log people read.
    const fn is_node(&self) -> bool {
        matches!(self.command, Command::Run(_))
    }
}
