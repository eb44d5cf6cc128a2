//! What a record is: identifiers, keys, draft → signed → verified, the kinds of body, limits.
//!
//! Owns the bytes that are hashed and signed, and every rule that can be judged from a record alone.
//! Never knows where a record goes: no network, no disk, no roster, no clock, no source of randomness.

mod body;
mod certificate;
mod chapter;
mod charter;
mod digest;
mod draft;
mod fork;
mod governance;
mod header;
mod id;
mod key;
pub mod limits;
mod log;
pub mod proto;
mod range;
mod reference;
pub mod schema;
mod signed;
mod verdict;
mod verified;

pub use body::{Body, Salt};
pub use certificate::{Certificate, CertificateError, CertifiedNode, writer_commitment};
pub use chapter::{ChapterName, ChapterNameError};
pub use charter::{Charter, CharterError, alliance_id};
pub use digest::{chapter_digest, head_bytes};
pub use draft::{Author, Draft, DraftError, LogPosition};
pub use fork::{Branches, ForkError, ForkProof};
pub use governance::{
    Act, ActOf, Approval, CharterVersion, Cuts, Marking, NoticeType, Revocation, StandingTo, Statement, StatementError,
    Succession, act_id,
};
pub use header::{Header, record_id};
pub use id::{ActId, AllianceId, IdError, InstanceId, LogId, RecordId};
pub use key::{KeyError, OrganisationId, PublicKey, SecretKey, Signature, TransportId, WriterId};
pub use log::{Head, LogEnd, LogName};
pub use range::{CheckedPiece, RangeError, RangeProof, thin_signatures, verify_before, verify_range};
pub use reference::{Reference, Role};
pub use signed::SignedRecord;
pub use verdict::{Parking, Refusal, Verdict};
pub use verified::VerifiedRecord;
