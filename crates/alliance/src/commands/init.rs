//! `alliance init`: a data directory with fresh keys.

use clap::Args;

use super::organisation::{OrganisationDetails, refused, report};
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::passphrase::{Made, NewPassphraseArgs};

/// Options of `init`.
#[derive(Debug, Args)]
pub(crate) struct InitArgs {
    /// Your organisation's name, in its own language
    #[arg(long, alias = "organisation", value_name = "NAME")]
    name: String,
    #[command(flatten)]
    details: OrganisationDetails,
    #[command(flatten)]
    passphrase: NewPassphraseArgs,
}

pub(super) fn perform(context: &Context, args: &InitArgs) -> Result<Exit, Failure> {
    // Keys that are there are never written over: nobody is asked for a passphrase that would seal nothing.
    let passphrase = if alliance_node::holds_keys(&context.data) {
        None
    } else {
        args.passphrase.make_or_open(context, Made::Organisation)?
    };
    let options = args.details.options(&args.name, passphrase.as_ref());
    let made = alliance_node::init(&context.data, &options).map_err(refused)?;
    report(context, &made, "join INVITATION_FILE")
}
