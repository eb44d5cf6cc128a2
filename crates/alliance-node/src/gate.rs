//! Who may connect: the roster's word, asked inside the security upgrade.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use alliance_engine::Barred;
use alliance_net::{Gate, PeerId, Refusal, RefusalCode, Standing};
use alliance_record::{AllianceId, Certificate, CertifiedNode, OrganisationId, StandingTo, Succession, TransportId};
use alliance_wire::{Credential, Invitation, InvitationId, guest_proof};
use bytes::Bytes;
use tokio::sync::watch;

use crate::data::{Invitations, Use};
use crate::peer::transport_id;
use crate::random::now_ms;
use crate::shared::View;

/// Hexadecimal digits of an act's id.
const ACT_DIGITS: usize = 64;

/// Who may connect, as the roster says it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Admitted {
    view: Arc<View>,
    /// Organisations trusted until this node's own is on the roster.
    first: BTreeSet<OrganisationId>,
}

impl Admitted {
    pub(crate) const fn by(view: Arc<View>, first: BTreeSet<OrganisationId>) -> Self {
        Self { view, first }
    }

    fn judge(&self, node: &CertifiedNode) -> Result<Standing, Refusal> {
        match self.view.members.may_connect(node) {
            Err(Barred::NotOnRoster) if self.first.contains(&node.organisation) => {}
            Ok(()) => {}
            Err(Barred::NotOnRoster) => return Err(self.off_roster(node)),
            Err(Barred::Revoked) => return Err(self.replaced(node)),
        }
        Ok(Standing::Member {
            organisation: *node.organisation.as_bytes(),
        })
    }

    /// A node that was cut off before the act reached it learns the act by how it is refused: with the whole id, which is
    /// what it takes to go on.
    fn off_roster(&self, node: &CertifiedNode) -> Refusal {
        let reason = match self.view.members.standing(&node.organisation) {
            Some((act, StandingTo::Removed | StandingTo::Suspended)) => {
                format!(
                    "stewards took the organisation off the roster by the act {act}; see `alliance log` at a member"
                )
            }
            _ => "the organisation is not on this node's roster".to_owned(),
        };
        refusal(RefusalCode::NotOnRoster, &reason)
    }

    fn replaced(&self, node: &CertifiedNode) -> Refusal {
        let newest = self.view.members.standing(&node.organisation).map(|(act, _)| act);
        let reason = match newest.filter(|act| node.standing != Some(*act)) {
            Some(act) => format!(
                "its organisation goes on by the act {act}: stop the node, run `alliance keys rotate --act` with that act, start it"
            ),
            None => "the node's certificate was revoked or replaced; its organisation issues another: `alliance keys`"
                .to_owned(),
        };
        refusal(RefusalCode::Revoked, &reason)
    }
}

/// Whether a refusal says that the node is cut off for good, and not merely unknown as yet.
pub(crate) fn is_cut_off(code: &str, reason: &str) -> bool {
    let names_an_act = || {
        let mut words = reason.split(|char: char| !char.is_ascii_hexdigit());
        words.any(|word| word.len() == ACT_DIGITS)
    };
    code == RefusalCode::Revoked.as_str() || (code == RefusalCode::NotOnRoster.as_str() && names_an_act())
}

/// The gate of a member's node.
pub(crate) struct MemberGate {
    pub(crate) alliance: AllianceId,
    pub(crate) transport: TransportId,
    /// Swapped when it is renewed: the next connection is shown the new one.
    pub(crate) certificate: watch::Receiver<Bytes>,
    /// What is shown in place of its predecessor's certificate by a writer that took its place.
    pub(crate) succession: Option<Shown>,
    pub(crate) roster: Arc<RwLock<Admitted>>,
    pub(crate) invitations: Arc<Mutex<Invitations>>,
}

/// A succession, and the certificate in whose place it is shown.
#[derive(Debug, Clone)]
pub(crate) struct Shown {
    pub(crate) succession: Bytes,
    pub(crate) predecessor: Bytes,
}

fn refusal(code: RefusalCode, reason: &str) -> Refusal {
    Refusal::new(code, reason)
}

/// What a member's node showed, if its signatures hold.
fn node_shown(shown: &Credential) -> Result<CertifiedNode, Refusal> {
    let read = match shown {
        Credential::Succession(bytes) => Succession::decode(bytes)
            .map(|succession| succession.node())
            .map_err(|error| error.to_string()),
        Credential::Certificate(bytes) => Certificate::decode(bytes)
            .map(|certificate| certificate.node().clone())
            .map_err(|error| error.to_string()),
        Credential::Guest { .. } => Err("an invitation is no certificate".to_owned()),
    };
    read.map_err(|error| {
        refusal(
            RefusalCode::BadCertificate,
            &format!("{error}; issue a new certificate"),
        )
    })
}

/// Judges what a member's node showed, but for its dates and the roster.
fn judge_certificate(alliance: &AllianceId, remote: &PeerId, shown: &Credential) -> Result<CertifiedNode, Refusal> {
    let node = node_shown(shown)?;
    if node.alliance != *alliance {
        return Err(refusal(
            RefusalCode::WrongAlliance,
            "the certificate is for another alliance",
        ));
    }
    if transport_id(remote) != Some(node.transport) {
        return Err(refusal(
            RefusalCode::BadCertificate,
            "the certificate names another node than the one connecting",
        ));
    }
    Ok(node)
}

/// Judges a certificate's dates. They rule new connections alone.
fn judge_dates(node: &CertifiedNode, now_ms: i64) -> Result<(), Refusal> {
    if now_ms < node.not_before_ms {
        let reason = "the certificate is not valid yet; check the clocks of both machines";
        return Err(refusal(RefusalCode::CertificateNotYetValid, reason));
    }
    if now_ms >= node.not_after_ms {
        let reason = "the certificate has ended; its organisation renews it with `alliance keys renew`";
        return Err(refusal(RefusalCode::CertificateExpired, reason));
    }
    Ok(())
}

fn read_credential(shown: &[u8]) -> Result<Credential, Refusal> {
    Credential::decode(shown).map_err(|error| {
        refusal(
            RefusalCode::BadCertificate,
            &format!("what was shown cannot be read: {error}"),
        )
    })
}

impl MemberGate {
    fn judge_guest(&self, remote: &PeerId, invitation: &InvitationId, proof: &[u8; 32]) -> Result<Standing, Refusal> {
        let unknown = || {
            refusal(
                RefusalCode::InvitationUnknown,
                "this node gave no such invitation; ask for a new one",
            )
        };
        let guest = transport_id(remote).ok_or_else(unknown)?;
        let invitations = self.invitations.lock().unwrap_or_else(PoisonError::into_inner);
        match invitations.check((invitation, proof), (&guest, &self.transport), now_ms()) {
            // Whoever used it may come again to hear the answer once more: the join stream tells them apart.
            Use::Open | Use::UsedBy(_) => Ok(Standing::Guest),
            Use::Expired => Err(refusal(
                RefusalCode::InvitationExpired,
                "the invitation has ended; ask for a new one",
            )),
            Use::Revoked => Err(refusal(
                RefusalCode::InvitationRevoked,
                "the invitation was withdrawn; ask whoever gave it",
            )),
            Use::Unknown => Err(unknown()),
        }
    }

    fn on_roster(&self, node: &CertifiedNode) -> Result<Standing, Refusal> {
        let roster = self.roster.read().unwrap_or_else(PoisonError::into_inner);
        roster.judge(node)
    }
}

impl Gate for MemberGate {
    fn credential(&self, _remote: &PeerId) -> Vec<u8> {
        let certificate = self.certificate.borrow().clone();
        let succession = self.succession.as_ref();
        match succession.filter(|shown| shown.predecessor == certificate) {
            Some(shown) => Credential::Succession(shown.succession.clone()).encode(),
            None => Credential::Certificate(certificate).encode(),
        }
    }

    fn judge(&self, remote: &PeerId, shown: &[u8]) -> Result<Standing, Refusal> {
        let shown = read_credential(shown)?;
        if let Credential::Guest { invitation, proof } = &shown {
            return self.judge_guest(remote, invitation, proof);
        }
        let node = judge_certificate(&self.alliance, remote, &shown)?;
        judge_dates(&node, now_ms())?;
        self.on_roster(&node)
    }

    /// Dates are left out: a member is not cut off because a certificate ended while it was connected.
    fn judge_again(&self, remote: &PeerId, shown: &[u8]) -> Result<Standing, Refusal> {
        let shown = read_credential(shown)?;
        if let Credential::Guest { invitation, proof } = &shown {
            return self.judge_guest(remote, invitation, proof);
        }
        self.on_roster(&judge_certificate(&self.alliance, remote, &shown)?)
    }
}

/// The gate of a guest: it shows an invitation's proof and trusts the inviter alone: the node that gave the invitation, or
/// one that the inviter's own key certified since.
pub(crate) struct GuestGate {
    pub(crate) transport: TransportId,
    pub(crate) invitation: Invitation,
}

impl Gate for GuestGate {
    fn credential(&self, remote: &PeerId) -> Vec<u8> {
        let Some(host) = transport_id(remote) else {
            return Vec::new();
        };
        let secret = &self.invitation.secret;
        let proof = guest_proof(secret, &self.transport, &host);
        Credential::Guest {
            invitation: secret.id(),
            proof,
        }
        .encode()
    }

    fn judge(&self, remote: &PeerId, shown: &[u8]) -> Result<Standing, Refusal> {
        let node = judge_certificate(&self.invitation.alliance, remote, &read_credential(shown)?)?;
        judge_dates(&node, now_ms())?;
        let inviter = self.invitation.inviter;
        let is_known = node.transport == self.invitation.transport || node.signing_key() == inviter;
        if node.organisation == inviter && !is_known {
            return Err(refusal(
                RefusalCode::NotOnRoster,
                "the inviting organisation has another key since it gave the invitation; ask it for a new one",
            ));
        }
        if node.organisation == inviter {
            return Ok(Standing::Member {
                organisation: *node.organisation.as_bytes(),
            });
        }
        Err(refusal(
            RefusalCode::NotOnRoster,
            "the node belongs to another organisation than the one that invited",
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_that_is_merely_new_is_not_cut_off() {
        let act = "ab".repeat(32);
        let removed = format!("stewards took the organisation off the roster by the act {act}; see");
        for (code, reason, is) in [
            ("not_on_roster", "the organisation is not on this node's roster", false),
            ("not_on_roster", &removed, true),
            ("revoked", "the node's certificate was revoked or replaced", true),
            ("certificate_expired", &removed, false),
        ] {
            assert_eq!(is_cut_off(code, reason), is, "{code}: {reason}");
        }
    }
}
