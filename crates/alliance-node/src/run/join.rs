//! The host's side of joining: an invited organisation is admitted by a record of this node.

use std::sync::Arc;

use alliance_net::FrameStream;
use alliance_record::{AllianceId, Certificate, OrganisationId, RecordId, SignedRecord, TransportId};
use alliance_wire::limits::REASON_BYTES_MAX;
use alliance_wire::{JoinAccepted, JoinMessage, JoinRefused, JoinRequest, organisation_proof_holds};
use tokio::sync::{mpsc, oneshot};

use super::message::Message;
use crate::access::StoreAccess;
use crate::data::Use;
use crate::draft;
use crate::random::now_ms;
use crate::shared::Shared;

/// Answers guests.
pub(crate) struct JoinHost {
    pub(crate) alliance: AllianceId,
    pub(crate) organisation: OrganisationId,
    pub(crate) transport: TransportId,
    pub(crate) shared: Arc<Shared>,
    pub(crate) store: StoreAccess,
    pub(crate) inbox: mpsc::Sender<Message>,
}

/// A reason that the other side can read: cut at a character, within the wire's limit.
fn shortened(reason: &str) -> String {
    let end = (0..=REASON_BYTES_MAX.min(reason.len()))
        .rev()
        .find(|end| reason.is_char_boundary(*end));
    reason[..end.unwrap_or(0)].to_owned()
}

/// A refusal: stable code and sentence.
type No = (&'static str, String);

fn no(code: &'static str, reason: &str) -> No {
    (code, reason.to_owned())
}

impl JoinHost {
    /// Answers one guest on its stream.
    pub(crate) async fn answer(self: Arc<Self>, guest: TransportId, mut stream: FrameStream) {
        let Ok(Some(bytes)) = stream.recv().await else { return };
        let answer = match JoinMessage::decode(bytes) {
            Ok(JoinMessage::Request(request)) => self.judge(&guest, &request).await,
            Ok(JoinMessage::Accepted(_) | JoinMessage::Refused(_)) => Err(no("bad_encoding", "not a request")),
            Err(error) => Err(no("bad_encoding", &error.to_string())),
        };
        let message = match answer {
            Ok(accepted) => JoinMessage::Accepted(Box::new(accepted)),
            Err((code, reason)) => {
                tracing::info!(guest = %guest.short(), code, reason, "join refused");
                JoinMessage::Refused(JoinRefused {
                    code: code.to_owned(),
                    reason: shortened(&reason),
                })
            }
        };
        let _ = stream.send(message.encode()).await;
        let _ = stream.finish().await;
        // The guest closes: until then the answer may still be on its way.
        let _ = stream.recv().await;
    }

    async fn judge(&self, guest: &TransportId, request: &JoinRequest) -> Result<JoinAccepted, No> {
        self.check_request(guest, request)?;
        if !self.shared.view().members.may_invite(&self.organisation) {
            return Err(no(
                "may_not_admit",
                "this node may not admit members; ask a steward for an invitation",
            ));
        }
        // An admission does not bring back whom stewards took off the roster: said before the invitation is used up.
        let view = self.shared.view();
        let standing = view.members.standing(&request.organisation);
        if let Some((act, _)) = standing.filter(|_| !view.members.is_member(&request.organisation)) {
            let reason = format!(
                "stewards took this organisation off the roster by the act {}; they alone take it in again",
                act.short()
            );
            return Err(("off_roster", reason));
        }
        // Used before admitted: whatever happens next, the invitation admits this organisation or nobody.
        self.claim_invitation(guest, request)?;
        let admission = match self.admission_of(&request.organisation) {
            Some(admission) => admission,
            None => self.admit(request).await?,
        };
        self.note(request);
        let charter = self
            .charter()
            .ok_or_else(|| no("not_ready", "the charter has not arrived here yet; try later"))?;
        let peers = self.shared.addresses().to_share();
        Ok(JoinAccepted {
            charter,
            admission,
            peers,
        })
    }

    fn note(&self, request: &JoinRequest) {
        tracing::info!(organisation = %request.organisation.short(), name = %request.name, "organisation admitted");
        let alike = self
            .shared
            .view()
            .alike()
            .of_name(&request.name, Some(&request.organisation));
        if !alike.is_empty() {
            let alike: Vec<String> = alike.iter().map(OrganisationId::to_string).collect();
            tracing::warn!(organisation = %request.organisation, name = %request.name, alike = alike.join(", "),
                "the name of the organisation that joined looks like another member's; ask it who it is");
        }
        let details = serde_json::json!({
            "invitation": request.invitation.to_string(),
            "organisation": request.organisation.to_string(),
            "name": request.name,
        });
        self.shared.audit("invitation_used", details);
    }

    fn check_request(&self, guest: &TransportId, request: &JoinRequest) -> Result<(), No> {
        let certificate =
            Certificate::decode(&request.certificate).map_err(|error| no("bad_certificate", &error.to_string()))?;
        let node = certificate.node();
        if node.alliance != self.alliance || node.organisation != request.organisation || node.transport != *guest {
            return Err(no(
                "bad_certificate",
                "the certificate does not name this alliance, organisation and node",
            ));
        }
        if !(node.not_before_ms..node.not_after_ms).contains(&now_ms()) {
            return Err(no(
                "bad_certificate",
                "the certificate's dates do not include today; check the clocks of both machines",
            ));
        }
        if !organisation_proof_holds(request, &self.alliance, &self.transport) {
            return Err(no("bad_signature", "the organisation's key did not sign this request"));
        }
        Ok(())
    }

    /// Uses the invitation up for this organisation. One that used it before may hear the answer again.
    fn claim_invitation(&self, guest: &TransportId, request: &JoinRequest) -> Result<(), No> {
        let shown = (&request.invitation, &request.invitation_proof);
        let ends = (guest, &self.transport);
        let claimed = self.shared.invitations().claim(shown, ends, &request.organisation);
        match claimed.map_err(|error| no("internal", &error.to_string()))? {
            Use::Open => Ok(()),
            Use::UsedBy(organisation) if organisation == request.organisation => Ok(()),
            Use::UsedBy(_) => Err(no(
                "invitation_used",
                "the invitation was used by another organisation; ask for a new one",
            )),
            Use::Revoked => Err(no(
                "invitation_revoked",
                "the invitation was withdrawn; ask whoever gave it",
            )),
            Use::Expired => Err(no("invitation_expired", "the invitation has ended; ask for a new one")),
            Use::Unknown => Err(no(
                "invitation_unknown",
                "this node gave no such invitation; ask for a new one",
            )),
        }
    }

    fn admission_of(&self, organisation: &OrganisationId) -> Option<RecordId> {
        self.shared.view().members.admission_record(organisation)
    }

    async fn admit(&self, request: &JoinRequest) -> Result<RecordId, No> {
        let draft = draft::admission(&request.organisation, Some(&request.invitation), &request.name);
        let (reply, answer) = oneshot::channel();
        let stopped = || no("stopped", "the node is stopping; try again");
        self.inbox
            .send(Message::Draft { draft, reply })
            .await
            .map_err(|_| stopped())?;
        let published = answer.await.map_err(|_| stopped())?;
        published
            .map(|published| published.record)
            .map_err(|error| no("internal", &error.to_string()))
    }

    fn charter(&self) -> Option<SignedRecord> {
        let id = self.shared.view().members.charter_record()?;
        let stored = self.store.get()?.record(&id).ok().flatten()?;
        Some(stored.record.into_signed())
    }
}
