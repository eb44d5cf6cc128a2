//! `alliance completions`: a script that completes commands in a shell.

use std::io;

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use crate::cli::Cli;
use crate::exit::Exit;
use crate::failure::Failure;

/// Options of `completions`.
#[derive(Debug, Args)]
pub(crate) struct CompletionsArgs {
    /// Your shell
    #[arg(value_enum, value_name = "SHELL")]
    shell: Shell,
}

pub(super) fn perform(args: CompletionsArgs) -> Result<Exit, Failure> {
    clap_complete::generate(args.shell, &mut Cli::command(), "alliance", &mut io::stdout().lock());
    Ok(Exit::Done)
}
