//! The log: one line an event, on standard error. What it shows may come from strangers, so every text is escaped and
//! shortened; key material and documents are never handed to it.

mod line;

use clap::ValueEnum;
use tracing_subscriber::EnvFilter;

use crate::cli::Cli;
use crate::failure::Failure;
use line::Line;

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// For people.
    Text,
    /// For programs: one JSON object a line.
    Json,
}

/// What the log shows: `ALLIANCE_LOG`, or else by the command and `-v`, `-q`.
///
/// # Errors
/// `ALLIANCE_LOG` cannot be read.
pub(crate) fn filter(cli: &Cli) -> Result<EnvFilter, Failure> {
    let usual = usual(cli).to_owned();
    let wanted = std::env::var("ALLIANCE_LOG")
        .ok()
        .filter(|text| !text.is_empty())
        .unwrap_or(usual);
    wanted.parse().map_err(|error| {
        Failure::usage(
            "bad_log_filter",
            format!("ALLIANCE_LOG cannot be read: {error}"),
            "write a level or levels by module, as: ALLIANCE_LOG=info,alliance_net=debug",
        )
    })
}

fn usual(cli: &Cli) -> &'static str {
    match (cli.global.quiet, cli.global.verbose) {
        (true, _) => "error",
        (_, 0) if cli.is_node() => "warn,alliance=info",
        (_, 0) => "error",
        (_, 1) => "info,alliance=debug",
        (_, 2) => "debug,alliance=trace",
        _ => "trace",
    }
}

/// Starts the log.
pub(crate) fn install(format: LogFormat, filter: EnvFilter) {
    let colour = crate::output::colour_on_stderr();
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .event_format(Line { format, colour })
        .finish();
    // Fails only when a log was started before, which then goes on.
    let _ = tracing::subscriber::set_global_default(subscriber);
}
