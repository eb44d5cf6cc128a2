//! Certificates on their way: signed where the organisation's key is, put in place where the node is.

use std::path::Path;

use alliance_record::{AllianceId, Certificate, OrganisationId, TransportId};
use alliance_wire::PeerAddress;
use bytes::Bytes;
use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::issue::{Place, certificate};
use super::request::organisation;
use super::{KeysError, NodeRequest, Terms};
use crate::data::{AddressBook, Audit, DataDir, Identity, Membership, NodeKeys, Passphrase};
use crate::random::now_ms;

/// Version of the file.
const VERSION: u32 = 1;

/// A certificate with what a new node needs to begin, as its file has it. Nothing in it is secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CertificateFile {
    alliance_node_certificate: u32,
    alliance_name: String,
    /// Its exact bytes in hexadecimal.
    pub certificate: String,
    /// Nodes to dial first.
    pub members: Vec<FirstMember>,
}

/// A member's node that a new node dials first, and trusts until it has the roster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FirstMember {
    /// Its organisation's key in hexadecimal.
    pub organisation: String,
    /// Its transport key in hexadecimal, or its peer id.
    pub peer: String,
    /// Where it is (multiaddresses).
    pub addresses: Vec<String>,
}

/// What was certified, for people and programs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Certified {
    /// The organisation's key as `did:key`.
    pub organisation: String,
    /// The node's signing key in hexadecimal.
    pub writer: String,
    /// The node's name for people.
    pub label: String,
    /// When it ends, milliseconds since 1970 UTC.
    pub ends_ms: i64,
}

impl CertificateFile {
    fn of(certificate: &Certificate, membership: &Membership, members: Vec<FirstMember>) -> Self {
        Self {
            alliance_node_certificate: VERSION,
            alliance_name: membership.alliance_name.clone(),
            certificate: HEXLOWER.encode(certificate.bytes()),
            members,
        }
    }

    pub(crate) fn read(&self) -> Result<Certificate, KeysError> {
        if self.alliance_node_certificate != VERSION {
            return Err(KeysError::BadCertificate {
                reason: "it is of a version that this software does not know".to_owned(),
            });
        }
        decode(&self.certificate)
    }

    /// What it certifies.
    ///
    /// # Errors
    /// [`KeysError::BadCertificate`].
    pub fn certified(&self) -> Result<Certified, KeysError> {
        Ok(certified(&self.read()?))
    }
}

/// Reads a certificate in hexadecimal.
pub(crate) fn decode(text: &str) -> Result<Certificate, KeysError> {
    let bad = |reason: String| KeysError::BadCertificate { reason };
    let bytes = HEXLOWER
        .decode(text.as_bytes())
        .map_err(|error| bad(error.to_string()))?;
    Certificate::decode(&Bytes::from(bytes)).map_err(|error| bad(error.to_string()))
}

fn certified(certificate: &Certificate) -> Certified {
    let node = certificate.node();
    Certified {
        organisation: node.organisation.did(),
        writer: node.writer.to_string(),
        label: node.label.clone(),
        ends_ms: node.not_after_ms,
    }
}

/// A data directory with a place in an alliance, and its certificate.
pub(super) fn attached(dir: &DataDir) -> Result<(Membership, Certificate), KeysError> {
    let path = || dir.path().display().to_string();
    let identity = Identity::read(dir)?.ok_or_else(|| KeysError::NoAlliance { path: path() })?;
    let membership = identity
        .membership
        .ok_or_else(|| KeysError::NoAlliance { path: path() })?;
    let certificate = decode(&membership.certificate)?;
    Ok((membership, certificate))
}

/// Signs a certificate for a node that requested one. Needs the organisation's key.
///
/// # Errors
/// [`KeysError`]; nothing was signed.
pub fn certify(
    data: &Path,
    request: &NodeRequest,
    terms: &Terms,
    members: Vec<FirstMember>,
    passphrase: Option<&Passphrase>,
) -> Result<CertificateFile, KeysError> {
    let dir = DataDir::new(data);
    terms.check()?;
    let parts = request.verified()?;
    let (membership, present) = attached(&dir)?;
    let key = organisation(&dir, passphrase)?;
    let terms = Terms {
        label: terms.label.clone().or_else(|| Some(request.label.clone())),
        ..terms.clone()
    };
    let made = certificate(&key, place_of(&present), parts, &terms);
    note(&dir, "certificate_issued", &made)?;
    Ok(CertificateFile::of(&made, &membership, members))
}

/// Signs a new certificate for this directory's own node: the same keys, a later end. Needs the organisation's key.
///
/// # Errors
/// [`KeysError`]; nothing was signed.
pub fn renew(data: &Path, terms: &Terms, passphrase: Option<&Passphrase>) -> Result<CertificateFile, KeysError> {
    let dir = DataDir::new(data);
    terms.check()?;
    let (membership, present) = attached(&dir)?;
    let key = organisation(&dir, passphrase)?;
    let parts = NodeKeys::read(&dir.keys())?.parts(&dir.keys(), passphrase)?;
    let terms = Terms {
        label: terms.label.clone().or_else(|| Some(present.node().label.clone())),
        ..terms.clone()
    };
    let made = certificate(&key, place_of(&present), parts, &terms);
    if made.node().not_after_ms <= present.node().not_after_ms {
        return Err(KeysError::NotLater);
    }
    note(&dir, "certificate_renewed", &made)?;
    Ok(CertificateFile::of(&made, &membership, Vec::new()))
}

pub(super) fn place_of(present: &Certificate) -> Place {
    Place {
        alliance: present.node().alliance,
        organisation: present.node().organisation,
        standing: present.node().standing,
    }
}

fn note(dir: &DataDir, act: &'static str, made: &Certificate) -> Result<(), KeysError> {
    let node = made.node();
    let details = json!({
        "organisation": node.organisation.to_string(),
        "writer": node.writer.to_string(),
        "label": node.label,
        "ends_ms": node.not_after_ms,
    });
    Ok(Audit::of(dir).note(act, details)?)
}

/// Puts a certificate in place while no node runs: the next start shows it, and publishes it.
///
/// # Errors
/// [`KeysError`] when it is not for this node; nothing was changed.
pub fn install(data: &Path, file: &CertificateFile) -> Result<Certified, KeysError> {
    let dir = DataDir::new(data);
    let made = file.read()?;
    let held = Identity::hold(&dir)?;
    let mut identity = held.read()?.ok_or_else(|| KeysError::NoRequest {
        path: dir.path().display().to_string(),
    })?;
    check(&dir, &made, identity.membership.as_ref())?;
    let membership = match identity.membership.take() {
        Some(membership) => Membership {
            certificate: file.certificate.clone(),
            succession: None,
            ..membership
        },
        None => first_membership(&made, file),
    };
    let mut book = AddressBook::open(dir.addresses());
    for member in &file.members {
        book.learn(&address(member)?)?;
    }
    identity.membership = Some(membership);
    held.write(&identity)?;
    note(&dir, "certificate_installed", &made)?;
    Ok(certified(&made))
}

/// Writes a certificate, already judged, into the identity of a node that runs.
pub(crate) fn replace(dir: &DataDir, made: &Certificate) -> Result<(), KeysError> {
    let held = Identity::hold(dir)?;
    let mut identity = held.read()?.ok_or_else(|| KeysError::NoAlliance {
        path: dir.path().display().to_string(),
    })?;
    check(dir, made, identity.membership.as_ref())?;
    if let Some(membership) = &mut identity.membership {
        membership.certificate = HEXLOWER.encode(made.bytes());
        membership.succession = None;
    }
    held.write(&identity)?;
    note(dir, "certificate_installed", made)
}

fn check(dir: &DataDir, made: &Certificate, membership: Option<&Membership>) -> Result<(), KeysError> {
    let (keys, node) = (NodeKeys::read(&dir.keys())?, made.node());
    if node.writer != keys.node.writer() || node.transport != keys.transport.transport() {
        return Err(KeysError::AnotherNode);
    }
    if node.not_after_ms <= now_ms() {
        return Err(KeysError::Ended);
    }
    let Some(membership) = membership else { return Ok(()) };
    let present = decode(&membership.certificate)?;
    if node.alliance != present.node().alliance || node.organisation != present.node().organisation {
        return Err(KeysError::AnotherPlace);
    }
    Ok(())
}

fn first_membership(made: &Certificate, file: &CertificateFile) -> Membership {
    let node = made.node();
    let told = file.members.iter().map(|member| member.organisation.clone());
    let mut trusted: Vec<String> = told
        .filter(|organisation| organisation.parse::<OrganisationId>().is_ok())
        .chain([node.organisation.to_string()])
        .collect();
    trusted.sort();
    trusted.dedup();
    let alliance: AllianceId = node.alliance;
    Membership {
        alliance: alliance.to_string(),
        alliance_name: file.alliance_name.clone(),
        certificate: file.certificate.clone(),
        succession: None,
        statements: Vec::new(),
        charter: None,
        inviter: None,
        trusted,
    }
}

fn address(member: &FirstMember) -> Result<PeerAddress, KeysError> {
    let by_peer = || {
        member
            .peer
            .parse()
            .ok()
            .and_then(|peer| crate::peer::transport_id(&peer))
    };
    let transport = member.peer.parse::<TransportId>().ok().or_else(by_peer);
    let transport = transport.ok_or_else(|| KeysError::BadMember {
        peer: member.peer.clone(),
    })?;
    Ok(PeerAddress {
        transport,
        addresses: member.addresses.clone(),
    })
}
