//! `alliance demo`: a whole alliance on this machine.

use clap::Args;

use crate::demo::{DemoEnd, DemoOptions, run};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;

/// Options of `demo`.
#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// End once the checks are done, instead of staying up until Ctrl-C
    #[arg(long)]
    exit: bool,
    /// How many organisations take part
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u8).range(3..=10))]
    organisations: u8,
}

pub(super) async fn perform(args: DemoArgs, output: Output) -> Result<Exit, Failure> {
    let end = if args.exit {
        DemoEnd::AfterChecks
    } else {
        DemoEnd::AtInterrupt
    };
    let options = DemoOptions {
        organisations: args.organisations,
        end,
    };
    run(options, output).await
}
