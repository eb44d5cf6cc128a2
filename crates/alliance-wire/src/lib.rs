//! What two nodes say to each other: bounded decoding of frames, conversion to domain types.
//!
//! Owns the frames of the sync and join streams, credentials, invitations and fingerprints. Never knows what a node
//! decides, nor how bytes are carried.

mod credential;
mod error;
mod fingerprint;
mod invitation;
mod join;
pub mod limits;
mod peer;
mod proto;
mod sketch;
mod sync;

pub use credential::{Credential, guest_proof};
pub use error::WireError;
pub use fingerprint::{Fingerprint, Nonce, fingerprint};
pub use invitation::{Invitation, InvitationError, InvitationId, InvitationSecret};
pub use join::{JoinAccepted, JoinMessage, JoinRefused, JoinRequest, organisation_proof, organisation_proof_holds};
pub use peer::PeerAddress;
pub use sketch::{
    Ask, CELLS_FIRST, CELLS_MAX, Cell, Decoded, Difference, Differences, Fingerprint8, LogRef, Mark, SessionKey,
    compare, decode, fingerprint8, sketch,
};
pub use sync::{ChapterView, HeadsPage, Hello, RangePart, SyncMessage, Want};
