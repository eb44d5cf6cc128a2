//! The founding act. Its bytes, hashed, are the alliance's id: whoever knows the id can check the charter.

use bytes::Bytes;
use prost::Message;

use crate::id::AllianceId;
use crate::key::{OrganisationId, PublicKey, WriterId};
use crate::limits::{CHARTER_BYTES_MAX, DISPLAY_NAME_CHARS_MAX, STEWARDS_MAX};
use crate::proto::v1;

/// Domain tag of an alliance's id.
const ALLIANCE_TAG: &[u8] = b"alliance/v1/charter\0";

/// A charter that keeps its own rules.
#[derive(Debug, Clone, PartialEq)]
pub struct Charter {
    /// Name of the alliance; display text.
    pub name: String,
    /// What every member signs.
    pub pledge_text: String,
    /// The founding stewards.
    pub stewards: Vec<OrganisationId>,
    /// The key that signs each steward's approvals, in the order of the stewards: its own name, unless said otherwise.
    pub steward_keys: Vec<OrganisationId>,
    /// How many stewards must agree.
    pub threshold: u32,
    /// Whether any member may admit, or stewards only.
    pub any_member_admits: bool,
    /// Organisations that make a chapter active.
    pub chapter_active_at: u32,
    /// Months a pledge lasts.
    pub pledge_months: u32,
    /// The node that records the charter, before anyone can certify it.
    pub founding_writer: WriterId,
}

/// Why bytes are not a charter.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CharterError {
    /// Not a charter's bytes, or over the limit.
    #[error("not a charter's bytes, or more than {} of them", CHARTER_BYTES_MAX)]
    BadEncoding,
    /// A steward's key is not usable or named twice, or there are none or too many.
    #[error("a charter needs 1 to {} stewards, each a different and usable key", STEWARDS_MAX)]
    BadStewards,
    /// The founding node's key is missing or not usable.
    #[error("a charter names the signing key of the node that records it")]
    BadWriter,
    /// k is not more than half of n, or more than n.
    #[error("the threshold must be more than half of the stewards and no more than all of them")]
    BadThreshold,
    /// The name is too long to be shown, and to be carried by an invitation.
    #[error("the alliance's name may have at most {} characters", DISPLAY_NAME_CHARS_MAX)]
    BadName,
    /// A number is zero that may not be.
    #[error("the number of organisations that make a chapter active, and the months of a pledge, must be at least 1")]
    BadNumber,
}

/// The id of the alliance founded by these charter bytes.
#[must_use]
pub fn alliance_id(charter_bytes: &[u8]) -> AllianceId {
    let mut hasher = blake3::Hasher::new();
    hasher.update(ALLIANCE_TAG);
    hasher.update(charter_bytes);
    AllianceId(*hasher.finalize().as_bytes())
}

impl Charter {
    /// Reads and checks a charter.
    ///
    /// # Errors
    /// [`CharterError`] naming the rule that is broken.
    pub fn decode(bytes: &Bytes) -> Result<Self, CharterError> {
        if bytes.len() > CHARTER_BYTES_MAX {
            return Err(CharterError::BadEncoding);
        }
        let message = v1::Charter::decode(bytes.clone()).map_err(|_| CharterError::BadEncoding)?;
        if message.name.chars().count() > DISPLAY_NAME_CHARS_MAX {
            return Err(CharterError::BadName);
        }
        let stewards = stewards(&message.stewards)?;
        let steward_keys = steward_keys(&stewards, &message.steward_keys)?;
        let threshold = message.threshold as usize;
        if threshold * 2 <= stewards.len() || threshold > stewards.len() {
            return Err(CharterError::BadThreshold);
        }
        if message.chapter_active_at == 0 || message.pledge_months == 0 {
            return Err(CharterError::BadNumber);
        }
        Ok(Self {
            any_member_admits: message.admission_policy() == v1::AdmissionPolicy::AnyMember,
            name: message.name,
            pledge_text: message.pledge_text,
            stewards,
            steward_keys,
            threshold: message.threshold,
            chapter_active_at: message.chapter_active_at,
            pledge_months: message.pledge_months,
            founding_writer: founding_writer(&message.founding_writer)?,
        })
    }
}

fn founding_writer(key: &[u8]) -> Result<WriterId, CharterError> {
    let id = WriterId::from_slice(key).map_err(|_| CharterError::BadWriter)?;
    PublicKey::from_bytes(id.as_bytes()).map_err(|_| CharterError::BadWriter)?;
    Ok(id)
}

/// Each steward's key: one that approves for two would have two voices.
fn steward_keys(stewards: &[OrganisationId], keys: &[Bytes]) -> Result<Vec<OrganisationId>, CharterError> {
    if keys.is_empty() {
        return Ok(stewards.to_vec());
    }
    if keys.len() != stewards.len() {
        return Err(CharterError::BadStewards);
    }
    let named = stewards.iter().zip(keys);
    let filled = named.map(|(steward, key)| match &key[..] {
        [] => Bytes::copy_from_slice(steward.as_bytes()),
        _ => key.clone(),
    });
    self::stewards(&filled.collect::<Vec<_>>())
}

fn stewards(keys: &[Bytes]) -> Result<Vec<OrganisationId>, CharterError> {
    if keys.is_empty() || keys.len() > STEWARDS_MAX {
        return Err(CharterError::BadStewards);
    }
    let mut stewards = Vec::with_capacity(keys.len());
    for key in keys {
        let id = OrganisationId::from_slice(key).map_err(|_| CharterError::BadStewards)?;
        PublicKey::from_bytes(id.as_bytes()).map_err(|_| CharterError::BadStewards)?;
        if stewards.contains(&id) {
            return Err(CharterError::BadStewards);
        }
        stewards.push(id);
    }
    Ok(stewards)
}
