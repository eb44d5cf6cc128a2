//! `alliance why`: why a record is here, or is not.

use alliance_api::{WhyState, WhyView};
use clap::Args;

use super::governance::act_page;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::text::plain;

/// Which record.
#[derive(Debug, Args)]
pub(crate) struct WhyArgs {
    /// Its id, or a unique beginning of it; or that of an act
    #[arg(value_name = "RECORD")]
    record: String,
}

pub(super) async fn perform(context: &Context, args: &WhyArgs) -> Result<Exit, Failure> {
    let asked = context.client()?.why(&args.record).await;
    let why = asked.map_err(|error| context.refused(error))?;
    context.output.answer(&why, |_| page(&why))?;
    Ok(Exit::Done)
}

fn page(why: &WhyView) -> String {
    let state = match why.state {
        WhyState::Present => "present",
        WhyState::Disputed => "disputed",
        WhyState::Removed => "removed",
        WhyState::Parked => "parked",
        WhyState::Refused => "refused",
        WhyState::Act => "act",
        WhyState::Unknown => "unknown",
    };
    if let Some(act) = &why.act {
        return act_page(act) + &format!("meaning   {}\n", plain(&why.detail));
    }
    let mut lines = vec![
        format!("record    {}", plain(&why.record)),
        format!("state     {state}"),
    ];
    lines.extend(why.code.iter().map(|code| format!("code      {}", plain(code))));
    lines.extend(why.ended_by.iter().map(|by| format!("ended by  {}", plain(by))));
    lines.extend(why.peer.iter().map(|peer| format!("from      {}", plain(peer))));
    lines.push(format!("meaning   {}", plain(&why.detail)));
    lines.join("\n") + "\n"
}
