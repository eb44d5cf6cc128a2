//! `alliance pledge`: the pledge, signed anew.

use alliance_api::{Commitment, PledgeRequest};
use clap::Args;

use super::organisation::commitment;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;

/// Options of `pledge`.
#[derive(Debug, Args)]
pub(crate) struct PledgeArgs {
    /// What your organisation pledges, as 'TEXT by YYYY-MM' (may be repeated); takes the place of what it pledged before
    #[arg(long, value_name = "COMMITMENT", required = true, value_parser = commitment)]
    commitment: Vec<Commitment>,
}

pub(super) async fn perform(context: &Context, args: PledgeArgs) -> Result<Exit, Failure> {
    let request = PledgeRequest {
        commitments: args.commitment,
    };
    let asked = context.client()?.pledge(&request).await;
    let signed = asked.map_err(|error| context.refused(error))?;
    context.output.answer(&signed, |_| format!("{}\n", signed.id))?;
    context
        .output
        .note(&format!("signed the pledge, until {}", signed.ends_on));
    Ok(Exit::Done)
}
