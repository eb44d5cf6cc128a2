//! `alliance completions`: a script that completes commands in a shell.

use clap::{Args, CommandFactory};
use clap_complete::Shell;
use serde::Serialize;

use crate::cli::Cli;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;

/// Options of `completions`.
#[derive(Debug, Args)]
pub(crate) struct CompletionsArgs {
    /// Your shell
    #[arg(value_enum, value_name = "SHELL")]
    shell: Shell,
}

/// A script, for programs.
#[derive(Serialize)]
struct Script {
    shell: String,
    script: String,
}

pub(super) fn perform(args: &CompletionsArgs, output: Output) -> Result<Exit, Failure> {
    // The generator panics when its reader goes away: it writes to memory, and the output knows better.
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "alliance", &mut script);
    let script = Script {
        shell: args.shell.to_string(),
        script: String::from_utf8_lossy(&script).into_owned(),
    };
    output.answer(&script, |_| script.script.clone())?;
    Ok(Exit::Done)
}
