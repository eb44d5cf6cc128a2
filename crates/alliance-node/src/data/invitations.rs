//! Invitations that this node gave: one-time, expiring, on the disk before they are handed over.

use std::path::PathBuf;

use alliance_record::{OrganisationId, TransportId};
use alliance_wire::{InvitationId, InvitationSecret, guest_proof};
use serde::{Deserialize, Serialize};

use super::file::{self, FileError};
use crate::random::now_ms;

/// Invitations remembered. The oldest used or expired ones make room.
const INVITATIONS_MAX: usize = 10_000;

/// One invitation, as it is kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Given {
    secret: String,
    expires_at_ms: i64,
    note: String,
    #[serde(default)]
    used_by: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    revoked_at_ms: Option<i64>,
}

/// All of them.
#[derive(Debug)]
pub(crate) struct Invitations {
    path: PathBuf,
    given: Vec<Given>,
}

/// An invitation as it is listed: without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Listed {
    pub(crate) id: InvitationId,
    pub(crate) note: String,
    pub(crate) expires_at_ms: i64,
    pub(crate) standing: Use,
}

/// What an invitation is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Use {
    /// It may be used.
    Open,
    /// An organisation used it.
    UsedBy(OrganisationId),
    /// Whoever gave it has withdrawn it, before anybody used it.
    Revoked,
    /// Its time is over.
    Expired,
    /// No such invitation was given here, or the proof is wrong.
    Unknown,
}

impl Given {
    fn secret(&self) -> Option<InvitationSecret> {
        let bytes: TransportId = self.secret.parse().ok()?;
        Some(InvitationSecret(*bytes.as_bytes()))
    }

    fn standing(&self, now_ms: i64) -> Use {
        match self.used_by.as_deref().map(str::parse) {
            Some(Ok(organisation)) => Use::UsedBy(organisation),
            Some(Err(_)) => Use::Unknown,
            None if self.revoked_at_ms.is_some() => Use::Revoked,
            None if self.expires_at_ms <= now_ms => Use::Expired,
            None => Use::Open,
        }
    }
}

impl Invitations {
    pub(crate) fn open(path: PathBuf) -> Result<Self, FileError> {
        let given = file::read_json(&path)?.unwrap_or_default();
        Ok(Self { path, given })
    }

    /// Remembers a new invitation. When this returns, it is on the disk.
    pub(crate) fn add(&mut self, secret: InvitationSecret, expires_at_ms: i64, note: &str) -> Result<(), FileError> {
        let now_useless = |given: &Given| given.used_by.is_some() || given.revoked_at_ms.is_some();
        while self.given.len() >= INVITATIONS_MAX {
            let oldest = self.given.iter().position(now_useless).unwrap_or(0);
            self.given.remove(oldest);
        }
        let secret = data_encoding::HEXLOWER.encode(secret.as_bytes());
        self.given.push(Given {
            secret,
            expires_at_ms,
            note: note.to_owned(),
            used_by: None,
            revoked_at_ms: None,
        });
        self.write()
    }

    /// Judges a guest's proof.
    pub(crate) fn check(
        &self,
        shown: (&InvitationId, &[u8; 32]),
        ends: (&TransportId, &TransportId),
        now_ms: i64,
    ) -> Use {
        let (invitation, proof) = shown;
        let (guest, host) = ends;
        let Some((given, secret)) = self.find(invitation) else {
            return Use::Unknown;
        };
        // Both sides are hashes: a comparison that stops early tells nothing about the secret.
        if guest_proof(&secret, guest, host) != *proof {
            return Use::Unknown;
        }
        given.standing(now_ms)
    }

    /// Uses an invitation up for an organisation, if it is open and the proof holds. When this says [`Use::Open`], the
    /// mark is on the disk, and nobody else can use it.
    pub(crate) fn claim(
        &mut self,
        shown: (&InvitationId, &[u8; 32]),
        ends: (&TransportId, &TransportId),
        by: &OrganisationId,
    ) -> Result<Use, FileError> {
        let standing = self.check(shown, ends, now_ms());
        if standing == Use::Open {
            self.use_up(shown.0, by)?;
        }
        Ok(standing)
    }

    /// Marks an invitation as used. When this returns, it is on the disk.
    fn use_up(&mut self, invitation: &InvitationId, by: &OrganisationId) -> Result<(), FileError> {
        let holds = |given: &Given| given.secret().is_some_and(|secret| secret.id() == *invitation);
        if let Some(given) = self.given.iter_mut().find(|given| holds(given)) {
            given.used_by = Some(by.to_string());
        }
        let written = self.write();
        if written.is_err()
            && let Some(given) = self.given.iter_mut().find(|given| holds(given))
        {
            // What is not on the disk is not used: a restart would say the same.
            given.used_by = None;
        }
        written
    }

    /// All that are remembered, newest first.
    pub(crate) fn list(&self, now_ms: i64) -> Vec<Listed> {
        let listed = |given: &Given| {
            Some(Listed {
                id: given.secret()?.id(),
                note: given.note.clone(),
                expires_at_ms: given.expires_at_ms,
                standing: given.standing(now_ms),
            })
        };
        self.given.iter().rev().filter_map(listed).collect()
    }

    /// Withdraws an invitation that nobody used. When this returns, it is on the disk. One that is used stays as it is:
    /// whoever joined by it is a member.
    pub(crate) fn revoke(&mut self, invitation: &InvitationId, now_ms: i64) -> Result<Use, FileError> {
        let holds = |given: &Given| given.secret().is_some_and(|secret| secret.id() == *invitation);
        let Some(place) = self.given.iter().position(holds) else {
            return Ok(Use::Unknown);
        };
        if let used @ Use::UsedBy(_) = self.given[place].standing(now_ms) {
            return Ok(used);
        }
        let before = self.given[place].revoked_at_ms.replace(now_ms);
        let written = self.write();
        if written.is_err() {
            // What is not on the disk is not withdrawn: a restart would say the same.
            self.given[place].revoked_at_ms = before;
        }
        written.map(|()| Use::Revoked)
    }

    fn find(&self, invitation: &InvitationId) -> Option<(&Given, InvitationSecret)> {
        self.given
            .iter()
            .find_map(|given| given.secret().filter(|s| s.id() == *invitation).map(|s| (given, s)))
    }

    fn write(&self) -> Result<(), FileError> {
        file::replace_json(&self.path, &self.given)
    }
}
