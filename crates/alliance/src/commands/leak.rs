//! `alliance leak`: something that must not be public is. What is to be done, in the order in which it helps.

use alliance_api::{Proposal, ProposeRequest, QuarantineView, RemoveRequest};
use clap::Args;

use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::terminal::Questions;
use crate::text::plain;

/// Which record.
#[derive(Debug, Args)]
pub(crate) struct LeakArgs {
    /// The record's id, or a unique beginning of it
    #[arg(value_name = "RECORD")]
    record: String,
    /// Why it must go: a code of the list notice_reason. Everybody reads it
    #[arg(long, default_value = "privacy", value_name = "CODE")]
    reason: String,
    /// Do not ask before it is destroyed everywhere
    #[arg(long)]
    yes: bool,
}

pub(super) async fn perform(context: &Context, args: &LeakArgs) -> Result<Exit, Failure> {
    let asked = context.client()?.quarantine(&args.record).await;
    let mut view = asked.map_err(|error| context.refused(error))?;
    let say = |text: &str| context.output.note(text);
    say("1. Put aside: this node shows its text to nobody from now on.");
    let removes = view.removed.is_none() && (args.yes || is_agreed(context, &view)?);
    if removes && view.own {
        let request = RemoveRequest {
            reason: args.reason.clone(),
        };
        let asked = context.client()?.remove(&view.record, &request).await;
        asked.map_err(|error| context.refused(error))?;
        let asked = context.client()?.removal(&view.record).await;
        view.removed = Some(asked.map_err(|error| context.refused(error))?.removed);
        say("2. Removed: its text is destroyed here, and on every node that hears of it.");
    } else if removes {
        let request = ProposeRequest {
            act: Proposal::Erase {
                record: view.record.clone(),
            },
            reason: args.reason.clone(),
            note: String::new(),
            before: Vec::new(),
        };
        let asked = context.client()?.propose(&request).await;
        let act = asked.map_err(|error| context.refused(error))?;
        say(&format!(
            "2. It is of {}: ask them to remove it, which is quickest (alliance erase). Beside that it is proposed to the stewards; {} \
             of them must approve it: alliance approve {}",
            plain(&view.organisation.name),
            act.needed,
            act.id
        ));
    } else if view.removed.is_some() {
        say("2. It is removed already.");
    } else {
        say("2. Nothing is removed yet. Do it with: alliance leak RECORD --yes");
    }
    say(&format!(
        "3. See who confirms that it is gone: alliance removal {}",
        view.record
    ));
    say(
        "4. Tell whoever answers for data protection in your organisation, today: the law may set a limit of 72 hours.",
    );
    say(
        "5. Tell the people concerned, if they can be known from it. A copy that somebody exported cannot be recalled.",
    );
    say(
        "6. Share it again without what had to go: alliance share. What you file: alliance removal RECORD --certificate",
    );
    context.output.answer(&view, |_| format!("{}\n", view.record))?;
    Ok(Exit::Done)
}

/// Asks on a terminal; elsewhere nobody agreed.
fn is_agreed(context: &Context, view: &QuarantineView) -> Result<bool, Failure> {
    let Some(mut questions) = Questions::open().filter(|_| context.output.is_for_people()) else {
        return Ok(false);
    };
    questions.is_so(match view.own {
        true => "Destroy its text on every node, for good?",
        false => "It is of another organisation. Propose to the stewards to destroy its text on every node?",
    })
}
