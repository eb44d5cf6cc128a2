//! `alliance invitations`: those that this node gave.

use alliance_api::{InvitationState, InvitationStatus};

use crate::calendar::day_of;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Screen;
use crate::table::Table;

/// Digits of an id on a terminal: enough to tell one from the others.
const ID_CHARS: usize = 12;

pub(super) async fn perform(context: &Context) -> Result<Exit, Failure> {
    let asked = context.client()?.invitations().await;
    let given = asked.map_err(|error| context.refused(error))?;
    context.output.answer(&given, |screen| table(&given, screen))?;
    if given.is_empty() {
        let invite = context.command("invite --out FILE");
        context
            .output
            .note(&format!("No invitation was given here. `{invite}` gives one."));
    }
    Ok(Exit::Done)
}

fn table(given: &[InvitationStatus], screen: Screen) -> String {
    if given.is_empty() {
        return String::new();
    }
    let mut table = Table::new(&["ID", "STATE", "EXPIRES", "USED BY", "NOTE"]);
    for one in given {
        let id = match screen.columns {
            Some(_) => one.id.chars().take(ID_CHARS).collect(),
            None => one.id.clone(),
        };
        let used_by = match &one.used_by {
            Some(organisation) if one.used_by_name.is_empty() => organisation.clone(),
            Some(_) => one.used_by_name.clone(),
            None => String::new(),
        };
        let state = state(one.state).to_owned();
        table.push(vec![id, state, day_of(one.expires_at_ms), used_by, one.note.clone()]);
    }
    table.render(screen)
}

const fn state(state: InvitationState) -> &'static str {
    match state {
        InvitationState::Open => "open",
        InvitationState::Used => "used",
        InvitationState::Revoked => "withdrawn",
        InvitationState::Expired => "expired",
    }
}
