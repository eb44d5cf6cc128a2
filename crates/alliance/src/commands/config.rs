//! `alliance config`: what the node will be told, and by whom.

use std::collections::BTreeMap;

use clap::Subcommand;
use serde::Serialize;

use crate::config::{Config, SettingFlags};
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;

/// What to do with the configuration.
#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Print every setting, as `run` would take it with the same flags
    Show {
        /// Also where each value came from
        #[arg(long)]
        origin: bool,
        #[command(flatten)]
        settings: Box<SettingFlags>,
    },
}

/// A setting, for programs.
#[derive(Serialize)]
struct Shown<'a> {
    value: &'a toml::Value,
    origin: String,
}

pub(super) fn perform(context: &Context, command: &ConfigCommand) -> Result<Exit, Failure> {
    let ConfigCommand::Show { origin, settings } = command;
    let config = context.config(settings)?;
    let shown: BTreeMap<&str, Shown<'_>> = config
        .values
        .iter()
        .map(|(key, (value, origin))| {
            let origin = origin.to_string();
            (key.as_str(), Shown { value, origin })
        })
        .collect();
    context
        .output
        .answer(&shown, |_| if *origin { with_origins(&config) } else { bare(&config) })?;
    Ok(Exit::Done)
}

fn bare(config: &Config) -> String {
    config
        .values
        .iter()
        .map(|(key, (value, _))| format!("{key} = {value}\n"))
        .collect()
}

fn with_origins(config: &Config) -> String {
    let lines = config
        .values
        .iter()
        .map(|(key, (value, origin))| (format!("{key} = {value}"), origin));
    let columns = lines
        .clone()
        .map(|(line, _)| crate::text::width(&line))
        .max()
        .unwrap_or(0);
    lines
        .map(|(line, origin)| {
            let gap = " ".repeat(columns - crate::text::width(&line));
            format!("{line}{gap}  # {origin}\n")
        })
        .collect()
}
