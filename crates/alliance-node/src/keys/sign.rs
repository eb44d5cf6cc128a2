//! What a person signs with the organisation's key for all to see: approvals, and the end of a node.

use std::path::Path;

use alliance_record::schema::Kind;
use alliance_record::{ActId, Approval, Cuts, OrganisationId, Revocation, WriterId};
use bytes::Bytes;
use data_encoding::HEXLOWER;
use serde_json::json;

use super::KeysError;
use super::install::attached;
use super::request::organisation;
use crate::data::{Audit, DataDir, KeyError, KeyFile, KeyState, Passphrase};

/// A statement, signed and not published yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// Its kind, such as `approval`.
    pub kind: String,
    /// Its exact bytes in hexadecimal.
    pub body: String,
}

impl Signed {
    pub(super) fn of(kind: Kind, body: &Bytes) -> Self {
        Self {
            kind: kind.name().into_owned(),
            body: HEXLOWER.encode(body),
        }
    }
}

/// A steward's word on an act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StewardWord {
    /// The act's id in hexadecimal.
    pub act: String,
    /// Whether it is approved.
    pub approves: bool,
    /// A sentence for people.
    pub note: String,
}

/// Signs a steward's word on an act. Needs the organisation's key.
///
/// # Errors
/// [`KeysError`]; nothing was signed.
pub fn approve(data: &Path, word: &StewardWord, passphrase: Option<&Passphrase>) -> Result<Signed, KeysError> {
    let dir = DataDir::new(data);
    let act: ActId = word
        .act
        .parse()
        .map_err(|_| KeysError::BadName { name: word.act.clone() })?;
    let (_, present) = attached(&dir)?;
    let key = organisation(&dir, passphrase)?;
    let body = Approval {
        alliance: present.node().alliance,
        act,
        steward: key.organisation(),
        approves: word.approves,
        note: word.note.clone(),
    }
    .sign(&key);
    let details = json!({"of": act.to_string(), "approves": word.approves});
    Audit::of(&dir).note("act_judged", details)?;
    Ok(Signed::of(Kind::APPROVAL, &body))
}

/// Which node of the organisation ends, and where its logs do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndOfNode {
    /// Its signing key in hexadecimal.
    pub writer: String,
    /// Where its logs end: the bytes of the cuts in hexadecimal.
    pub cuts: String,
    /// A code, such as `stolen`.
    pub reason: String,
}

/// Signs the end of a node of the organisation. Needs the organisation's key.
///
/// # Errors
/// [`KeysError`]; nothing was signed.
pub fn revoke(data: &Path, end: &EndOfNode, passphrase: Option<&Passphrase>) -> Result<Signed, KeysError> {
    let dir = DataDir::new(data);
    let bad = |name: &str| KeysError::BadName { name: name.to_owned() };
    let writer: WriterId = end.writer.parse().map_err(|_| bad(&end.writer))?;
    let cuts = HEXLOWER.decode(end.cuts.as_bytes()).map_err(|_| bad(&end.cuts))?;
    let cuts = Cuts::decode(&cuts.into()).map_err(|_| bad(&end.cuts))?;
    let (_, present) = attached(&dir)?;
    let key = organisation(&dir, passphrase)?;
    let revocation = Revocation {
        alliance: present.node().alliance,
        organisation: present.node().organisation,
        key: key.organisation(),
        writer,
        cuts,
        reason: end.reason.clone(),
    };
    let details = json!({"writer": writer.to_string(), "reason": end.reason});
    Audit::of(&dir).note("node_revoked", details)?;
    Ok(Signed::of(Kind::REVOCATION, &revocation.sign(&key)))
}

/// What becomes of a key that was made in place of a lost one and that no act lets count yet.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Pending {
    /// It stays: stewards may be approving it.
    #[default]
    Keep,
    /// It is set aside as well.
    SetAside,
}

/// Another key of an organisation, made in place of one that was lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplacedKey {
    /// Its public half.
    pub key: OrganisationId,
    /// The next signing key's file, if that stays under another passphrase than the one given here, or under one where none
    /// was given.
    pub next_key_apart: Option<String>,
}

/// Whether another key for the organisation may be made here now.
///
/// # Errors
/// [`KeysError::Pending`] when one was made before and waits for stewards, and is to stay; or when there is no organisation.
pub fn may_replace(data: &Path, pending: Pending) -> Result<(), KeysError> {
    let dir = DataDir::new(data);
    let (_, present) = attached(&dir)?;
    let held = KeyFile::organisation(&dir.keys())?;
    let held = held.as_ref().map(KeyFile::public).transpose()?.map(OrganisationId);
    match held.filter(|key| *key != present.node().signing_key()) {
        Some(key) if pending == Pending::Keep => Err(KeysError::Pending { key: key.did() }),
        _ => Ok(()),
    }
}

/// Makes another key for an organisation that lost its own; stewards then let it speak for the organisation. A key that is
/// here is set aside, never written over.
///
/// # Errors
/// As [`may_replace`]; the key that was there is untouched then.
pub fn replace_organisation_key(
    data: &Path,
    pending: Pending,
    passphrase: Option<&Passphrase>,
) -> Result<ReplacedKey, KeysError> {
    let dir = DataDir::new(data);
    may_replace(data, pending)?;
    let key = crate::data::keys::replace_organisation(&dir.keys(), passphrase)?;
    let made = key.organisation();
    Audit::of(&dir).note("organisation_key_replaced", json!({"key": made.to_string()}))?;
    Ok(ReplacedKey {
        key: made,
        next_key_apart: next_key_apart(&dir, passphrase)?,
    })
}

/// One directory, one passphrase, as far as it can be had: a next key that lies open is sealed by the same. One that is sealed
/// by another, which may be lost, stays as it is.
fn next_key_apart(dir: &DataDir, passphrase: Option<&Passphrase>) -> Result<Option<String>, KeysError> {
    let Some(next) = KeyFile::next_node(&dir.keys())? else {
        return Ok(None);
    };
    match (next.open(passphrase), next.state()) {
        (Ok(key), KeyState::Plain) => {
            next.protect(&key, passphrase)?;
            Ok(None)
        }
        (Ok(_), _) => Ok(None),
        (Err(KeyError::WrongPassphrase { .. } | KeyError::Locked { .. }), _) => Ok(Some(next.place())),
        (Err(error), _) => Err(error.into()),
    }
}
