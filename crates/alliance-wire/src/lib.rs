//! What two nodes say to each other: bounded decoding of frames, conversion to domain types.
//!
//! Owns the frames of the sync and join streams, credentials, invitations and fingerprints. Never knows what a node
//! decides, nor how bytes are carried.

mod bundle;
mod bundle_file;
mod credential;
mod error;
mod fields;
mod invitation;
mod join;
pub mod limits;
mod packed;
mod peer;
mod proto;
mod range;
mod sketch;
mod sync;

pub use bundle::{BUNDLE_LENGTH_BYTES, BUNDLE_MAGIC, BundleFrame, BundleHead};
pub use bundle_file::{BundleFault, BundleFile, BundleNext};
pub use credential::{Credential, guest_proof};
pub use error::WireError;
pub use invitation::{Invitation, InvitationError, InvitationId, InvitationSecret};
pub use join::{JoinAccepted, JoinMessage, JoinRefused, JoinRequest, organisation_proof, organisation_proof_holds};
pub use peer::PeerAddress;
pub use range::{Arrived, Arriving, RangeFrame, ReadFrame, range_frames, signed_range_frames};
pub use sketch::{
    Ask, CELLS_FIRST, CELLS_MAX, Cell, Decoded, Difference, Differences, Fingerprint, LogRef, Mark, Nonce, SessionKey,
    compare, decode, sketch,
};
pub use sync::{
    ChapterView, Hello, ListPart, More, MoreOf, Pull, RangePart, RecordPart, SketchPart, SyncMessage, Want,
};
