//! Drafts of the alliance's own records.

use alliance_record::proto::v1;
use alliance_record::schema::Kind;
use alliance_record::{ChapterName, Draft, OrganisationId, RecordId, Reference};
use alliance_wire::InvitationId;
use bytes::Bytes;
use prost::Message;

use crate::data::Wishes;
use crate::date::{day, plus_months};
use crate::random::now_ms;

/// Version of the messages written here.
const SCHEMA: u32 = 1;

fn governance(kind: Kind, bytes: Bytes, references: Vec<Reference>) -> Draft {
    Draft {
        chapter: ChapterName::alliance(),
        kind,
        schema: SCHEMA,
        bytes,
        references,
        claimed_at_ms: now_ms(),
    }
}

/// A statement that proves itself, in a record of this node's own.
pub(crate) fn statement(kind: Kind, bytes: Bytes) -> Draft {
    governance(kind, bytes, Vec::new())
}

pub(crate) fn charter(bytes: Bytes) -> Draft {
    governance(Kind::CHARTER, bytes, Vec::new())
}

pub(crate) fn certificate(bytes: Bytes) -> Draft {
    governance(Kind::CERTIFICATE, bytes, Vec::new())
}

/// Lets an organisation in: who came with an invitation, or one that others let in already.
pub(crate) fn admission(organisation: &OrganisationId, invitation: Option<&InvitationId>, name: &str) -> Draft {
    let message = v1::Admission {
        organisation: Bytes::copy_from_slice(organisation.as_bytes()),
        invitation: invitation.map_or_else(Bytes::new, |id| Bytes::copy_from_slice(id.as_bytes())),
        name: name.to_owned(),
    };
    governance(Kind::ADMISSION, message.encode_to_vec().into(), Vec::new())
}

pub(crate) fn profile(wishes: &Wishes) -> Draft {
    let message = v1::Profile {
        name: wishes.name.clone(),
        name_en: wishes.name_en.clone(),
        country: wishes.country.clone(),
        subdivision: wishes.subdivision.clone(),
        organisation_type: wishes.organisation_type.clone(),
        languages: wishes.languages.clone(),
        ror: String::new(),
        contact_role: String::new(),
    };
    governance(Kind::PROFILE, message.encode_to_vec().into(), Vec::new())
}

/// `charter` is the alliance's id: the hash of the charter whose text is signed.
pub(crate) fn pledge(commitments: &[alliance_api::Commitment], charter: &[u8; 32], months: u32) -> Draft {
    let commitment = |commitment: &alliance_api::Commitment| v1::Commitment {
        what: commitment.what.clone(),
        by: commitment.by.clone(),
        measure: String::new(),
    };
    let today = day(now_ms());
    let message = v1::Pledge {
        charter: Bytes::copy_from_slice(charter),
        signed_by_role: String::new(),
        signed_on: today.to_string(),
        expires_on: plus_months(today, months).to_string(),
        commitments: commitments.iter().map(commitment).collect(),
    };
    governance(Kind::PLEDGE, message.encode_to_vec().into(), Vec::new())
}

pub(crate) fn chapter(message: &v1::Chapter) -> Draft {
    governance(Kind::CHAPTER, message.encode_to_vec().into(), Vec::new())
}

/// This node holds nothing of these records' bodies any more.
pub(crate) fn receipt(erased: &[RecordId]) -> Draft {
    let message = v1::Receipt {
        erased: erased
            .iter()
            .map(|record| Bytes::copy_from_slice(record.as_bytes()))
            .collect(),
    };
    governance(Kind::RECEIPT, message.encode_to_vec().into(), Vec::new())
}

pub(crate) fn subscription(chapter: &ChapterName, deep: bool, follow: bool) -> Draft {
    let depth = if deep { v1::Depth::Deep } else { v1::Depth::Exact };
    let message = v1::Subscription {
        chapter: chapter.to_string(),
        depth: depth.into(),
        follow,
    };
    governance(Kind::SUBSCRIPTION, message.encode_to_vec().into(), Vec::new())
}
