//! Invitations that were given: what became of them, and withdrawing one.

use alliance_api::{InvitationState, InvitationStatus, Problem};
use alliance_wire::InvitationId;

use super::Handle;
use super::problem::{bad_request, problem};
use crate::data::{Listed, Use};
use crate::random::now_ms;
use crate::shared::View;

/// Shortest beginning of an id that names an invitation.
const PREFIX_CHARS_MIN: usize = 4;

impl Handle {
    /// The invitations that this node gave, newest first.
    ///
    /// # Errors
    /// None at present.
    pub fn invitations(&self) -> Result<Vec<InvitationStatus>, Problem> {
        let view = self.0.parts.shared.view();
        let listed = self.0.parts.shared.invitations().list(now_ms());
        Ok(listed.into_iter().map(|one| shown(&view, one)).collect())
    }

    /// Withdraws an invitation, by its id or a unique beginning of it. It is on the disk when this returns; withdrawing it
    /// again changes nothing.
    ///
    /// # Errors
    /// `not_found`, `ambiguous`, `invitation_used` when somebody has joined by it, `store_failed`.
    pub fn revoke_invitation(&self, id: &str) -> Result<InvitationStatus, Problem> {
        let id = self.named(id)?;
        let shared = &self.0.parts.shared;
        let revoked = shared.invitations().revoke(&id, now_ms());
        let title = "The invitation was not withdrawn";
        match revoked.map_err(|error| problem(500, "store_failed", title, &error.to_string()))? {
            Use::UsedBy(organisation) => {
                let name = shared.view().name(&organisation);
                let detail = format!("{name} ({}) has joined by it and is a member", organisation.did());
                return Err(problem(409, "invitation_used", title, &detail));
            }
            Use::Unknown => return Err(not_found(&id.to_string())),
            Use::Open | Use::Revoked | Use::Expired => {}
        }
        shared.audit("invitation_revoked", serde_json::json!({"invitation": id.to_string()}));
        let listed = shared.invitations().list(now_ms());
        let found = listed.into_iter().find(|one| one.id == id);
        found
            .map(|one| shown(&shared.view(), one))
            .ok_or_else(|| not_found(&id.to_string()))
    }

    fn named(&self, text: &str) -> Result<InvitationId, Problem> {
        let prefix = text.to_lowercase();
        if prefix.len() < PREFIX_CHARS_MIN || !prefix.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(bad_request(
                "an invitation is named by its id, or by at least four digits of its beginning",
            ));
        }
        let listed = self.0.parts.shared.invitations().list(now_ms());
        let mut matching = listed.iter().filter(|one| one.id.to_string().starts_with(&prefix));
        match (matching.next(), matching.next()) {
            (Some(one), None) => Ok(one.id),
            (None, _) => Err(not_found(text)),
            (Some(_), Some(_)) => {
                let detail = format!("{text} begins several invitations. Give more digits");
                Err(problem(409, "ambiguous", "Several invitations", &detail))
            }
        }
    }
}

fn not_found(id: &str) -> Problem {
    let detail = format!("this node gave no invitation that begins with {id}. `alliance invitations` lists them");
    problem(404, "not_found", "No such invitation", &detail)
}

fn shown(view: &View, listed: Listed) -> InvitationStatus {
    let (state, used_by) = match listed.standing {
        Use::Open => (InvitationState::Open, None),
        Use::UsedBy(organisation) => (InvitationState::Used, Some(organisation)),
        Use::Revoked => (InvitationState::Revoked, None),
        // A secret that cannot be read admits nobody either.
        Use::Expired | Use::Unknown => (InvitationState::Expired, None),
    };
    InvitationStatus {
        id: listed.id.to_string(),
        note: listed.note,
        expires_at_ms: listed.expires_at_ms,
        state,
        used_by: used_by.map(|organisation| organisation.to_string()),
        used_by_name: used_by.map_or_else(String::new, |organisation| view.name(&organisation)),
    }
}
