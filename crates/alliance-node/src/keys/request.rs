//! A node's request for a certificate: a file that is carried to the machine with the organisation's key.
//!
//! Both of the node's keys sign it, so that nobody has a certificate made for keys of somebody else.

use std::path::Path;

use alliance_record::{PublicKey, SecretKey, Signature, TransportId, WriterId};
use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};

use super::KeysError;
use crate::data::file::make_dir;
use crate::data::keys::{KeyFile, NodeKeys, NodeParts, Passphrase, exist, organisation_key};
use crate::data::{Audit, DataDir, Identity, Wishes};
use crate::random::random;

/// Domain tag of both signatures.
const TAG: &[u8] = b"alliance/v1/node-request\0";
/// Version of the file.
const VERSION: u32 = 1;

/// The request, as its file has it. Nothing in it is secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodeRequest {
    alliance_node_request: u32,
    writer: String,
    transport: String,
    next_writer: String,
    /// A name of the node for people.
    pub label: String,
    by_writer: String,
    by_transport: String,
}

fn message(parts: &NodeParts, label: &str) -> Vec<u8> {
    [
        parts.writer.as_bytes(),
        parts.transport.as_bytes(),
        &parts.next_writer[..],
        label.as_bytes(),
    ]
    .concat()
}

impl NodeRequest {
    fn sign(keys: &NodeKeys, parts: &NodeParts, label: &str) -> Self {
        let message = message(parts, label);
        let by = |key: &SecretKey| HEXLOWER.encode(key.sign(TAG, &message).as_bytes());
        Self {
            alliance_node_request: VERSION,
            writer: parts.writer.to_string(),
            transport: parts.transport.to_string(),
            next_writer: HEXLOWER.encode(&parts.next_writer),
            label: label.to_owned(),
            by_writer: by(&keys.node),
            by_transport: by(&keys.transport),
        }
    }

    /// What is to be certified, if both keys signed it.
    pub(super) fn verified(&self) -> Result<NodeParts, KeysError> {
        self.read().ok_or(KeysError::BadRequest)
    }

    fn read(&self) -> Option<NodeParts> {
        let next: WriterId = self.next_writer.parse().ok()?;
        let parts = NodeParts {
            writer: self.writer.parse().ok()?,
            transport: self.transport.parse::<TransportId>().ok()?,
            next_writer: *next.as_bytes(),
        };
        let message = message(&parts, &self.label);
        let signed = |key: &[u8; 32], signature: &str| {
            let signature: Signature = signature.parse().ok()?;
            Some(PublicKey::from_bytes(key).ok()?.verifies(TAG, &message, &signature))
        };
        let good = self.alliance_node_request == VERSION
            && signed(parts.writer.as_bytes(), &self.by_writer)?
            && signed(parts.transport.as_bytes(), &self.by_transport)?;
        good.then_some(parts)
    }

    /// Sixteen digits over all of it, in fours: to be read out over the telephone, so that no other file was certified.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let whole = [&self.writer, &self.transport, &self.next_writer, &self.label].map(String::as_str);
        let hash = blake3::hash(whole.join("\n").as_bytes());
        let digits = HEXLOWER.encode(&hash.as_bytes()[..8]);
        let fours: Vec<&str> = (0..4).filter_map(|four| digits.get(four * 4..four * 4 + 4)).collect();
        fours.join("-")
    }
}

/// What a request asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RequestOptions {
    /// A name of the node for people.
    pub label: String,
    /// Seals the next signing key, which is made along; or opens it, when the keys are there already.
    pub passphrase: Option<Passphrase>,
}

/// Makes the keys of a further node of an organisation, if they are not there, and its request.
///
/// # Errors
/// [`KeysError`]; keys that were there are never written over.
pub fn request(data: &Path, options: &RequestOptions) -> Result<NodeRequest, KeysError> {
    let dir = DataDir::new(data);
    let passphrase = options.passphrase.as_ref();
    make_dir(dir.path())?;
    let held = Identity::hold(&dir)?;
    let keys = if exist(&dir.keys()) {
        NodeKeys::read(&dir.keys())?
    } else {
        NodeKeys::make(&dir.keys(), passphrase)?
    };
    let mut identity = held.read()?.unwrap_or_else(|| Identity {
        instance: HEXLOWER.encode(&random::<8>()),
        wishes: Wishes::default(),
        label: String::new(),
        membership: None,
    });
    // Asked again, as after an answer that was lost, it goes by the name that it had.
    if !options.label.is_empty() {
        identity.label.clone_from(&options.label);
    }
    held.write(&identity)?;
    let parts = keys.parts(&dir.keys(), passphrase)?;
    let request = NodeRequest::sign(&keys, &parts, &identity.label);
    let details = serde_json::json!({"writer": parts.writer.to_string(), "fingerprint": request.fingerprint()});
    Audit::of(&dir).note("certificate_requested", details)?;
    Ok(request)
}

/// Whether a command of this data directory will need a passphrase: one of its keys is sealed.
///
/// # Errors
/// [`KeysError`] when a key's file cannot be read.
pub fn is_sealed(data: &Path) -> Result<bool, KeysError> {
    let dir = DataDir::new(data).keys();
    let files = [KeyFile::organisation(&dir)?, KeyFile::next_node(&dir)?];
    Ok(files
        .iter()
        .flatten()
        .any(|file| file.state() == crate::data::KeyState::Sealed))
}

/// Whether a data directory holds keys already.
#[must_use]
pub fn holds_keys(data: &Path) -> bool {
    exist(&DataDir::new(data).keys())
}

/// Opens the organisation's key.
///
/// # Errors
/// [`KeysError`].
pub(crate) fn organisation(dir: &DataDir, passphrase: Option<&Passphrase>) -> Result<SecretKey, KeysError> {
    Ok(organisation_key(&dir.keys(), passphrase)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_signed_by_both_keys_and_nothing_in_it_can_be_exchanged() {
        let dir = tempfile::tempdir().unwrap();
        let options = RequestOptions {
            label: "Second".to_owned(),
            passphrase: None,
        };
        let made = request(dir.path(), &options).unwrap();
        // Asked once more, it is the same node.
        assert_eq!(request(dir.path(), &options).unwrap(), made);
        assert_eq!(request(dir.path(), &RequestOptions::default()).unwrap().label, "Second");
        assert!(made.verified().is_ok());
        assert_eq!(made.fingerprint().len(), 19);
        let other = request(tempfile::tempdir().unwrap().path(), &options).unwrap();
        let altered = [
            NodeRequest {
                writer: other.writer.clone(),
                ..made.clone()
            },
            NodeRequest {
                transport: other.transport.clone(),
                ..made.clone()
            },
            NodeRequest {
                next_writer: other.next_writer.clone(),
                ..made.clone()
            },
            NodeRequest {
                label: "Other".to_owned(),
                ..made.clone()
            },
            NodeRequest {
                by_transport: made.by_writer.clone(),
                ..made.clone()
            },
        ];
        for request in altered {
            assert!(matches!(request.verified(), Err(KeysError::BadRequest)), "{request:?}");
        }
    }
}
