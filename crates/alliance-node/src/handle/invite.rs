//! Giving an invitation.

use alliance_api::{InvitationView, InviteRequest, Problem};
use alliance_net::Address;
use alliance_record::OrganisationId;
use alliance_wire::limits::ADDRESSES_PER_PEER_MAX;
use alliance_wire::{Invitation, InvitationSecret};

use super::Handle;
use super::problem::{bad_request, problem, stopped};
use crate::peer::transport_id;
use crate::random::{now_ms, random};
use crate::shared::View;

/// Hours an invitation lasts at most: a month. Longer ones are forgotten in drawers.
const INVITATION_HOURS_MAX: u32 = 24 * 31;
const MS_PER_HOUR: i64 = 3_600_000;

impl Handle {
    /// Makes a one-time invitation. It is on the disk when this returns.
    ///
    /// # Errors
    /// `bad_request`, or `may_not_admit` when the charter lets only stewards admit.
    pub async fn invite(&self, request: InviteRequest) -> Result<InvitationView, Problem> {
        if !(1..=INVITATION_HOURS_MAX).contains(&request.expires_in_hours) {
            return Err(bad_request(&format!(
                "expires_in_hours: from 1 to {INVITATION_HOURS_MAX}"
            )));
        }
        if !self.is_ready() {
            return Err(stopped());
        }
        let view = self.0.parts.shared.view();
        if !view.members.may_invite(&self.0.organisation) {
            let detail = "the charter lets only stewards admit, or this organisation is not on the roster yet";
            return Err(problem(
                409,
                "may_not_admit",
                "This organisation may not invite",
                detail,
            ));
        }
        let addresses = self.reachable_at(&request).await?;
        let invitation = Invitation {
            alliance: self.0.alliance,
            alliance_name: self.alliance_name(&view),
            inviter: self.0.organisation,
            secret: InvitationSecret(random()),
            expires_at_ms: now_ms() + i64::from(request.expires_in_hours) * MS_PER_HOUR,
            transport: transport_id(&self.0.parts.net.peer()).ok_or_else(stopped)?,
            addresses,
        };
        let kept = self
            .0
            .parts
            .shared
            .invitations()
            .add(invitation.secret, invitation.expires_at_ms, &request.note);
        kept.map_err(|error| {
            problem(
                500,
                "store_failed",
                "The invitation could not be kept",
                &error.to_string(),
            )
        })?;
        let id = invitation.secret.id().to_string();
        let details =
            serde_json::json!({"invitation": id, "note": request.note, "expires_at_ms": invitation.expires_at_ms});
        self.0.parts.shared.audit("invitation_given", details);
        Ok(InvitationView {
            id,
            warnings: doubts(&view, &request.note),
            expires_at_ms: invitation.expires_at_ms,
            token: invitation.token(),
        })
    }

    /// Addresses for the guest: as asked, else as announced, else where this node listens.
    async fn reachable_at(&self, request: &InviteRequest) -> Result<Vec<String>, Problem> {
        let given = if request.addresses.is_empty() {
            &self.0.settings.announce
        } else {
            &request.addresses
        };
        if !given.is_empty() {
            for address in given {
                address
                    .parse::<Address>()
                    .map_err(|error| bad_request(&format!("addresses: {error}")))?;
            }
            return Ok(given.iter().take(ADDRESSES_PER_PEER_MAX).cloned().collect());
        }
        let listening = self.0.parts.net.listen_addresses().await.map_err(|_| stopped())?;
        if listening.is_empty() {
            let detail = "this node listens nowhere, so a guest could not reach it. Set `listen`, or invite from a hub of your organisation";
            return Err(problem(409, "not_reachable", "Nobody could use the invitation", detail));
        }
        Ok(listening
            .iter()
            .map(ToString::to_string)
            .take(ADDRESSES_PER_PEER_MAX)
            .collect())
    }
}

/// What the inviter should look at: a note that reads like a member's name.
fn doubts(view: &View, note: &str) -> Vec<String> {
    let alike = view.alike().of_name(note, None);
    let former = view.members.former().filter(|id| {
        let name = view.name(id).to_lowercase();
        !name.is_empty() && (note.to_lowercase().contains(&name) || is_named(note, id))
    });
    let gone = |organisation: &OrganisationId| {
        let act = view.members.standing(organisation).map(|(act, _)| act.to_string());
        let act = act.unwrap_or_default();
        format!(
            "{} ({}) was a member and is off the roster, by the act {}: an invitation does not bring it back. Stewards take it in \
             again: `alliance propose reinstate`",
            view.name(organisation),
            organisation.did(),
            act.get(..12).unwrap_or_default()
        )
    };
    let said = |organisation: &OrganisationId| {
        let name = view.name(organisation);
        format!(
            "the note looks like the name of a member: {name} ({}). Is it invited twice, or does somebody use its name?",
            organisation.did()
        )
    };
    alike.iter().map(said).chain(former.map(gone)).collect()
}

/// Whether a note gives an organisation's key.
fn is_named(note: &str, organisation: &OrganisationId) -> bool {
    let mut words = note.split_whitespace();
    words.any(|word| OrganisationId::from_did(word).or_else(|| word.parse().ok()) == Some(*organisation))
}
