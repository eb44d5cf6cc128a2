//! A statement of any kind, with its signatures checked.

use bytes::Bytes;

use super::{Act, Approval, Revocation, Succession};
use crate::certificate::Certificate;
use crate::fork::ForkProof;
use crate::id::ActId;
use crate::schema::Kind;

/// What proves itself by a signature inside, whoever carries it. An act is proven by what stewards say of its id.
#[derive(Debug)]
pub enum Statement {
    /// An organisation certifies a node.
    Certificate(Box<Certificate>),
    /// An act that stewards may approve, with its id.
    Act(ActId, Box<Act>),
    /// A steward's word on an act.
    Approval(Approval),
    /// An organisation ends a writer.
    Revocation(Box<Revocation>),
    /// A writer's successor takes its place.
    Succession(Box<Succession>),
    /// A writer signed twice for one place.
    Fork(Box<ForkProof>),
}

impl Statement {
    /// Whether records of a kind carry one.
    #[must_use]
    pub const fn is_carried_by(kind: Kind) -> bool {
        matches!(
            kind,
            Kind::CERTIFICATE
                | Kind::APPROVAL
                | Kind::PROPOSAL
                | Kind::REVOCATION
                | Kind::SUCCESSION
                | Kind::FORK_PROOF
        )
    }

    /// Reads the body of a record of this kind and checks its signatures: some 60 µs each. `None` when it says nothing that
    /// holds.
    #[must_use]
    pub fn read(kind: Kind, body: &Bytes) -> Option<Self> {
        match kind {
            Kind::CERTIFICATE => Some(Self::Certificate(Box::new(Certificate::decode(body).ok()?))),
            Kind::PROPOSAL => {
                let (id, act) = Act::proposed(body).ok()?;
                Some(Self::Act(id, Box::new(act)))
            }
            Kind::APPROVAL => Some(Self::Approval(Approval::decode(body).ok()?)),
            Kind::REVOCATION => Some(Self::Revocation(Box::new(Revocation::decode(body).ok()?))),
            Kind::SUCCESSION => Some(Self::Succession(Box::new(Succession::decode(body).ok()?))),
            Kind::FORK_PROOF => Some(Self::Fork(Box::new(ForkProof::decode(body).ok()?))),
            _ => None,
        }
    }
}
