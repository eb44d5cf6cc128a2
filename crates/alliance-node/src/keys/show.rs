//! What the keys of a data directory are: public halves, how they lie on the disk, and until when they are good.

use std::path::Path;

use alliance_net::PeerId;
use alliance_record::{ActId, OrganisationId, WriterId, writer_commitment};
use data_encoding::HEXLOWER;
use serde::Serialize;
use serde_json::json;

use super::KeysError;
use super::install::decode;
use super::issue::DAY_MS;
use crate::data::{Audit, DataDir, Identity, KeyFile, KeyState, NodeKeys};
use crate::random::now_ms;

/// Everything that may be seen of a directory's keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeysReport {
    /// The organisation's key in hexadecimal; `None` when this directory neither holds it nor has a certificate of it.
    pub organisation: Option<String>,
    /// The same as `did:key`.
    pub did: Option<String>,
    /// The key that signs for it by this node's certificate, as `did:key`: another than its first after stewards gave it one.
    pub signing_key: Option<String>,
    /// How that key lies here.
    pub organisation_key: KeyState,
    /// A key that was made in place of it and waits for stewards, as `did:key`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pending_key: Option<String>,
    /// How that one lies here.
    #[serde(skip_serializing_if = "KeyState::is_absent")]
    pub pending_key_state: KeyState,
    /// The node's signing key in hexadecimal.
    pub writer: String,
    /// The node's peer id.
    pub peer: String,
    /// How the next signing key lies here.
    pub next_node_key: KeyState,
    /// The node's certificate; `None` before founding, joining or certifying.
    pub certificate: Option<CertificateReport>,
}

/// A certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CertificateReport {
    /// The alliance's id in hexadecimal.
    pub alliance: String,
    /// The node's name for people.
    pub label: String,
    /// From when it connects, milliseconds since 1970 UTC.
    pub begins_ms: i64,
    /// Until when, milliseconds since 1970 UTC.
    pub ends_ms: i64,
    /// Whole days until then; negative when it has ended.
    pub days_left: i64,
    /// The act of the stewards that began the organisation's epoch, in hexadecimal; `None` in the first epoch.
    pub epoch: Option<String>,
    /// What the certificate says of the next signing key, in hexadecimal.
    pub next_writer_commitment: Option<String>,
    /// Whether the next signing key here is the one that the certificate means; `None` without either.
    pub next_writer_is_here: Option<bool>,
}

/// Shows the public parts. No passphrase is needed.
///
/// # Errors
/// [`KeysError`] when a file cannot be read.
pub fn show(data: &Path) -> Result<KeysReport, KeysError> {
    let dir = DataDir::new(data);
    let identity = Identity::read(&dir)?.ok_or_else(|| KeysError::NoNode {
        path: dir.path().display().to_string(),
    })?;
    let keys = NodeKeys::read(&dir.keys())?;
    let (own, next) = (KeyFile::organisation(&dir.keys())?, KeyFile::next_node(&dir.keys())?);
    let certificate = match &identity.membership {
        Some(membership) => Some(decode(&membership.certificate)?),
        None => None,
    };
    let of_certificate = certificate.as_ref().map(|made| made.node().organisation);
    let of_file = own.as_ref().map(KeyFile::public).transpose()?.map(OrganisationId);
    let organisation = of_certificate.or(of_file);
    let signing = certificate.as_ref().map(|made| made.node().signing_key()).or(of_file);
    let pending = of_file.filter(|key| signing != Some(*key));
    let commitment = next
        .as_ref()
        .map(KeyFile::public)
        .transpose()?
        .map(|key| writer_commitment(&WriterId(key)));
    Audit::of(&dir).note("keys_shown", json!({}))?;
    let state = |file: &Option<KeyFile>| file.as_ref().map_or(KeyState::Absent, KeyFile::state);
    Ok(KeysReport {
        organisation: organisation.map(|id| id.to_string()),
        did: organisation.map(|id| id.did()),
        signing_key: signing.map(|key| key.did()),
        organisation_key: if pending.is_some() {
            KeyState::Absent
        } else {
            state(&own)
        },
        pending_key: pending.map(|key| key.did()),
        pending_key_state: if pending.is_some() {
            state(&own)
        } else {
            KeyState::Absent
        },
        writer: keys.node.writer().to_string(),
        peer: PeerId::of_secret(&keys.transport.seed()).to_string(),
        next_node_key: state(&next),
        certificate: certificate.map(|made| report(made.node(), commitment)),
    })
}

fn report(node: &alliance_record::CertifiedNode, next: Option<[u8; 32]>) -> CertificateReport {
    CertificateReport {
        alliance: node.alliance.to_string(),
        label: node.label.clone(),
        begins_ms: node.not_before_ms,
        ends_ms: node.not_after_ms,
        days_left: (node.not_after_ms - now_ms()).div_euclid(DAY_MS),
        epoch: node.standing.as_ref().map(ActId::to_string),
        next_writer_commitment: node.next_writer.map(|hash| HEXLOWER.encode(&hash)),
        next_writer_is_here: node.next_writer.zip(next).map(|(meant, here)| meant == here),
    }
}
