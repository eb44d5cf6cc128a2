//! Owns the words of admission: what a gate is asked, and what it may answer. It never judges; the node does.

use std::fmt;

use crate::{PeerId, limits::REFUSAL_REASON_CHARS_MAX};

/// Who may connect. The carrier asks it inside the security upgrade, so that a stranger never becomes a connection.
///
/// The methods are called from network tasks and should answer from memory, without waiting.
pub trait Gate: Send + Sync + 'static {
    /// The bytes that we show to `remote`: a node certificate, or an invitation's proof bound to both peer identifiers.
    /// At most 4 KiB ([`crate::limits::CREDENTIAL_BYTES_MAX`]); more ends the handshake.
    fn credential(&self, remote: &PeerId) -> Vec<u8>;

    /// Judges what `remote` showed. A refusal is told to the remote and reported as [`crate::Event::Refused`] on both sides.
    ///
    /// # Errors
    /// The refusal, with its code and a sentence for a person.
    fn judge(&self, remote: &PeerId, shown: &[u8]) -> Result<Standing, Refusal>;

    /// Judges a standing connection anew by what `remote` showed when it connected. What only a new connection is judged
    /// by, such as dates, is left out here.
    ///
    /// # Errors
    /// The refusal, with which the connection is closed.
    fn judge_again(&self, remote: &PeerId, shown: &[u8]) -> Result<Standing, Refusal> {
        self.judge(remote, shown)
    }
}

/// What a connected peer is to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// Somebody with an invitation: may open [`crate::StreamPurpose::Join`] and nothing else. A connection on which either
    /// side takes the other for a guest is a guest's on both sides, and stays so: to be a member, connect again.
    Guest,
    /// A node that the roster certifies.
    Member {
        /// The organisation's key.
        organisation: [u8; 32],
    },
}

/// Why somebody is refused. The words are stable: log, metric and specification use the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RefusalCode {
    /// The roster certifies no such node.
    NotOnRoster,
    /// The certificate's time is over.
    CertificateExpired,
    /// The certificate's time has not begun.
    CertificateNotYetValid,
    /// The bytes are no certificate, or its signature is wrong, or it names another peer.
    BadCertificate,
    /// The certificate belongs to another alliance.
    WrongAlliance,
    /// The certificate or its organisation was revoked.
    Revoked,
    /// No such invitation.
    InvitationUnknown,
    /// The invitation was used before.
    InvitationUsed,
    /// The invitation's time is over.
    InvitationExpired,
    /// Whoever gave the invitation has withdrawn it.
    InvitationRevoked,
    /// A limit on connections is reached; try again later.
    TooManyConnections,
    /// A code of a later version of the protocol, which this one does not know.
    Unrecognised,
}

impl RefusalCode {
    const ALL: [Self; 12] = [
        Self::NotOnRoster,
        Self::CertificateExpired,
        Self::CertificateNotYetValid,
        Self::BadCertificate,
        Self::WrongAlliance,
        Self::Revoked,
        Self::InvitationUnknown,
        Self::InvitationUsed,
        Self::InvitationExpired,
        Self::InvitationRevoked,
        Self::TooManyConnections,
        Self::Unrecognised,
    ];

    /// The stable word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotOnRoster => "not_on_roster",
            Self::CertificateExpired => "certificate_expired",
            Self::CertificateNotYetValid => "certificate_not_yet_valid",
            Self::BadCertificate => "bad_certificate",
            Self::WrongAlliance => "wrong_alliance",
            Self::Revoked => "revoked",
            Self::InvitationUnknown => "invitation_unknown",
            Self::InvitationUsed => "invitation_used",
            Self::InvitationExpired => "invitation_expired",
            Self::InvitationRevoked => "invitation_revoked",
            Self::TooManyConnections => "too_many_connections",
            Self::Unrecognised => "unrecognised",
        }
    }

    /// The code of a word; [`Self::Unrecognised`] for any word this version does not know.
    #[must_use]
    pub fn from_word(word: &str) -> Self {
        Self::ALL
            .into_iter()
            .find(|code| code.as_str() == word)
            .unwrap_or(Self::Unrecognised)
    }
}

impl fmt::Display for RefusalCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A refusal: a code for programs and a sentence for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The stable code.
    pub code: RefusalCode,
    reason: String,
}

impl Refusal {
    /// A refusal with its reason: cut to 200 characters, and without control characters, since it is shown on the other side.
    #[must_use]
    pub fn new(code: RefusalCode, reason: &str) -> Self {
        let reason = reason
            .chars()
            .filter(|c| !c.is_control())
            .take(REFUSAL_REASON_CHARS_MAX)
            .collect();
        Self { code, reason }
    }

    /// The sentence for people: at most 200 characters, no control characters.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.reason
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.reason)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_returns_from_its_word() {
        for code in RefusalCode::ALL {
            assert_eq!(RefusalCode::from_word(code.as_str()), code);
        }
        assert_eq!(RefusalCode::from_word("from_the_future"), RefusalCode::Unrecognised);
    }

    #[test]
    fn a_reason_is_bounded_and_printable() {
        let refusal = Refusal::new(RefusalCode::Revoked, &format!("\u{1b}[31m{}", "é".repeat(500)));
        assert_eq!(refusal.reason().chars().count(), REFUSAL_REASON_CHARS_MAX);
        assert!(refusal.reason().starts_with("[31mé"));
    }
}
