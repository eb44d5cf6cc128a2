//! What stewards decide. An act has no author: its hash names it, and approvals prove it.

use std::collections::BTreeSet;

use bytes::Bytes;
use prost::Message;

use super::marking::{Marking, mark};
use super::{Cuts, StatementError, act_or_none, usable};
use crate::charter::Charter;
use crate::id::{ActId, AllianceId, RecordId, identifier};
use crate::key::OrganisationId;
use crate::limits::{ACT_BYTES_MAX, CARRIED_ACTS_MAX};
use crate::proto::v1;

/// Domain tag of an act's id.
const ACT_TAG: &[u8] = b"alliance/v1/act\0";

identifier!(
    /// A version of the charter: the alliance's id for the founding one, the id of the amendment for a later one.
    CharterVersion, 32
);

impl From<AllianceId> for CharterVersion {
    fn from(alliance: AllianceId) -> Self {
        Self(*alliance.as_bytes())
    }
}

impl From<ActId> for CharterVersion {
    fn from(amendment: ActId) -> Self {
        Self(*amendment.as_bytes())
    }
}

/// What becomes of an organisation, from the mildest to the harshest: of rivals the harshest wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum StandingTo {
    /// In good standing again.
    Reinstated,
    /// In good standing, with another key.
    Rekeyed,
    /// Off the roster for now.
    Suspended,
    /// Off the roster.
    Removed,
}

/// What an act does.
#[derive(Debug, Clone, PartialEq)]
pub enum ActOf {
    /// Puts a next version of the charter in force.
    Amend {
        /// The next version.
        charter: Box<Charter>,
        /// Its exact bytes.
        bytes: Bytes,
        /// Acts made under the version before that go on to count.
        carries: BTreeSet<ActId>,
    },
    /// Changes the standing of an organisation.
    Standing {
        /// Whose.
        organisation: OrganisationId,
        /// To what.
        to: StandingTo,
        /// Where the logs of its nodes end; those not named end before their first record.
        cuts: Cuts,
        /// The key that signs for it from now on, where it changes.
        key: Option<OrganisationId>,
    },
    /// Erases the body of a record.
    Erase {
        /// Which.
        record: RecordId,
        /// Whose it is: of a record of another organisation the act says nothing.
        organisation: OrganisationId,
    },
    /// Marks a record with a notice, or takes such a mark back.
    Mark {
        /// Which.
        record: RecordId,
        /// Whose it is: of a record of another organisation the act says nothing.
        organisation: OrganisationId,
        /// What it says.
        says: Marking,
    },
}

/// An act in good form.
#[derive(Debug, Clone, PartialEq)]
pub struct Act {
    /// In which alliance.
    pub alliance: AllianceId,
    /// The version of the charter whose stewards are to approve it.
    pub charter: CharterVersion,
    /// The standing act before it on the same organisation.
    pub previous: Option<ActId>,
    /// A code.
    pub reason: String,
    /// Display text.
    pub note: String,
    /// Random: the same may be proposed twice.
    pub nonce: [u8; 16],
    /// What it does.
    pub what: ActOf,
}

/// The id of the act of these bytes.
#[must_use]
pub fn act_id(bytes: &[u8]) -> ActId {
    let mut hasher = blake3::Hasher::new();
    hasher.update(ACT_TAG);
    hasher.update(bytes);
    ActId(*hasher.finalize().as_bytes())
}

impl Act {
    /// Its bytes, of which the id is the hash.
    #[must_use]
    pub fn encode(&self) -> Bytes {
        let copy = |bytes: &[u8]| Bytes::copy_from_slice(bytes);
        let mut message = v1::Act {
            alliance: copy(self.alliance.as_bytes()),
            charter: copy(self.charter.as_bytes()),
            previous: self.previous.map_or_else(Bytes::new, |act| copy(act.as_bytes())),
            reason: self.reason.clone(),
            note: self.note.clone(),
            nonce: copy(&self.nonce),
            amendment: None,
            standing: None,
            erasure: None,
            marking: None,
        };
        match &self.what {
            ActOf::Amend { bytes, carries, .. } => {
                message.amendment = Some(v1::Amendment {
                    charter: bytes.clone(),
                    carries: carries.iter().map(|act| copy(act.as_bytes())).collect(),
                });
            }
            ActOf::Standing {
                organisation,
                to,
                cuts,
                key,
            } => {
                message.standing = Some(v1::StandingChange {
                    organisation: copy(organisation.as_bytes()),
                    to: v1::StandingTo::from(*to).into(),
                    cuts: cuts.to_messages(),
                    new_key: key.map_or_else(Bytes::new, |key| copy(key.as_bytes())),
                });
            }
            ActOf::Erase { record, organisation } => {
                message.erasure = Some(v1::Erasure {
                    record: copy(record.as_bytes()),
                    organisation: copy(organisation.as_bytes()),
                });
            }
            ActOf::Mark {
                record,
                organisation,
                says,
            } => message.marking = Some(says.to_message(record, organisation)),
        }
        message.encode_to_vec().into()
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> ActId {
        act_id(&self.encode())
    }

    /// The act that a proposal carries, with its id, which is over the bytes as they are.
    ///
    /// # Errors
    /// [`StatementError`] when it is none, or breaks a rule of its own.
    pub fn proposed(body: &Bytes) -> Result<(ActId, Self), StatementError> {
        let bytes = v1::Proposal::decode(body.clone())?.act;
        Ok((act_id(&bytes), Self::decode(&bytes)?))
    }

    /// The body of a proposal of this act.
    #[must_use]
    pub fn proposal(&self) -> Bytes {
        v1::Proposal { act: self.encode() }.encode_to_vec().into()
    }

    /// Reads an act.
    ///
    /// # Errors
    /// [`StatementError`] when it is none, or breaks a rule of its own.
    pub fn decode(bytes: &Bytes) -> Result<Self, StatementError> {
        if bytes.len() > ACT_BYTES_MAX {
            return Err(StatementError::BadEncoding);
        }
        let message = v1::Act::decode(bytes.clone())?;
        let is_first = message.previous.is_empty();
        let what = match (message.amendment, message.standing, message.erasure, message.marking) {
            (Some(amendment), None, None, None) if is_first => amend(&amendment)?,
            (None, Some(standing), None, None) => change(&standing)?,
            (None, None, Some(erasure), None) if is_first => ActOf::Erase {
                record: RecordId::from_slice(&erasure.record)?,
                organisation: usable(&erasure.organisation)?,
            },
            (None, None, None, Some(marking)) if is_first => mark(marking)?,
            _ => return Err(StatementError::BadEncoding),
        };
        Ok(Self {
            alliance: AllianceId::from_slice(&message.alliance)?,
            charter: CharterVersion::from_slice(&message.charter)?,
            previous: act_or_none(&message.previous)?,
            reason: message.reason,
            note: message.note,
            nonce: message.nonce[..].try_into().map_err(|_| StatementError::BadEncoding)?,
            what,
        })
    }
}

fn amend(message: &v1::Amendment) -> Result<ActOf, StatementError> {
    if message.carries.len() > CARRIED_ACTS_MAX {
        return Err(StatementError::BadEncoding);
    }
    let carries = message.carries.iter().map(|act| ActId::from_slice(act));
    Ok(ActOf::Amend {
        charter: Box::new(Charter::decode(&message.charter).map_err(|_| StatementError::BadEncoding)?),
        bytes: message.charter.clone(),
        carries: carries.collect::<Result<_, _>>()?,
    })
}

fn change(message: &v1::StandingChange) -> Result<ActOf, StatementError> {
    let to = match message.to() {
        v1::StandingTo::Reinstated => StandingTo::Reinstated,
        v1::StandingTo::Rekeyed => StandingTo::Rekeyed,
        v1::StandingTo::Suspended => StandingTo::Suspended,
        v1::StandingTo::Removed => StandingTo::Removed,
        v1::StandingTo::Unspecified => return Err(StatementError::BadEncoding),
    };
    let key = match &message.new_key[..] {
        [] => None,
        bytes => Some(usable(bytes)?),
    };
    let may_rekey = matches!(to, StandingTo::Reinstated | StandingTo::Rekeyed);
    if (key.is_some() && !may_rekey) || (key.is_none() && to == StandingTo::Rekeyed) {
        return Err(StatementError::BadEncoding);
    }
    Ok(ActOf::Standing {
        organisation: usable(&message.organisation)?,
        to,
        cuts: Cuts::of_messages(&message.cuts)?,
        key,
    })
}

impl From<StandingTo> for v1::StandingTo {
    fn from(to: StandingTo) -> Self {
        match to {
            StandingTo::Reinstated => Self::Reinstated,
            StandingTo::Rekeyed => Self::Rekeyed,
            StandingTo::Suspended => Self::Suspended,
            StandingTo::Removed => Self::Removed,
        }
    }
}
