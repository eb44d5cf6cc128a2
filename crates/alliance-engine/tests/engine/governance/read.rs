//! What records say, read once for all evaluations.

use alliance_record::proto::v1;
use alliance_record::schema::Kind;
use alliance_record::{
    Act, ActId, Approval, Certificate, CertifiedNode, Charter, LogName, OrganisationId, RecordId, Revocation,
    SignedRecord, Succession,
};
use prost::Message;

/// What a record says.
#[derive(Clone)]
pub(crate) enum Said {
    Charter(Charter),
    Admission(OrganisationId),
    Certificate(CertifiedNode),
    Succession(Box<Succession>),
    Revocation(Revocation),
    Act(ActId, Box<Act>),
    Word(Approval),
    Profile(String),
    Nothing,
}

/// A record as it is read, once for all evaluations.
#[derive(Clone)]
pub(crate) struct Read {
    pub(super) id: RecordId,
    pub(super) log: LogName,
    pub(super) organisation: OrganisationId,
    pub(super) sequence: u64,
    pub(super) claimed_at_ms: i64,
    pub(super) said: Said,
}

pub(crate) fn read(record: &SignedRecord) -> Read {
    let header = record.header();
    Read {
        id: record.id(),
        log: header.log.clone(),
        organisation: header.organisation,
        sequence: header.sequence,
        claimed_at_ms: header.claimed_at_ms,
        said: said(record).unwrap_or(Said::Nothing),
    }
}

fn said(record: &SignedRecord) -> Option<Said> {
    let body = &record.body()?.bytes;
    Some(match record.header().kind {
        Kind::CHARTER => Said::Charter(Charter::decode(body).ok()?),
        Kind::ADMISSION => {
            let message = v1::Admission::decode(body.clone()).ok()?;
            Said::Admission(OrganisationId::from_slice(&message.organisation).ok()?)
        }
        Kind::CERTIFICATE => Said::Certificate(Certificate::decode(body).ok()?.node().clone()),
        Kind::SUCCESSION => Said::Succession(Box::new(Succession::decode(body).ok()?)),
        Kind::REVOCATION => Said::Revocation(Revocation::decode(body).ok()?),
        Kind::PROPOSAL => {
            let (id, act) = Act::proposed(body).ok()?;
            Said::Act(id, Box::new(act))
        }
        Kind::APPROVAL => Said::Word(Approval::decode(body).ok()?),
        Kind::PROFILE => Said::Profile(v1::Profile::decode(body.clone()).ok()?.name),
        _ => return None,
    })
}
