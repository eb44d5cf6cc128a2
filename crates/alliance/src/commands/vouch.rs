//! `alliance vouch`: a member let in by another, let in by this organisation too.

use clap::Args;

use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::text::plain;

/// Whom.
#[derive(Debug, Args)]
pub(crate) struct VouchArgs {
    /// Its key (did:key:z…, hexadecimal, or a unique beginning of that), or its name if nobody else has one like it
    #[arg(value_name = "ORGANISATION")]
    organisation: String,
}

pub(super) async fn perform(context: &Context, args: &VouchArgs) -> Result<Exit, Failure> {
    let asked = context.client()?.vouch(&args.organisation).await;
    let vouched = asked.map_err(|error| context.refused(error))?;
    context.output.answer(&vouched, |_| format!("{}\n", vouched.id))?;
    context.output.note(&format!(
        "vouched for {}: it stays a member, whatever becomes of whoever invited it",
        plain(&vouched.organisation.name)
    ));
    Ok(Exit::Done)
}
