//! Citable snapshots: a set of records as it stood at certain heads, named so that everybody who holds the same gets the same
//! name; the bundle that carries it; and how somebody verifies that bundle who has nothing but the file and the alliance's id.
//!
//! Owns the identifier, the files of a bundle and the order in which they are verified. Maker and verifier write the data files
//! by the same code: the maker into the bundle, the verifier against it. Never chooses records, never knows a store, a clock
//! or a network; nothing of one node but its signature is in a bundle.

mod archive;
mod canonical;
mod compare;
mod contents;
mod fault;
mod id;
mod known;
mod layout;
pub mod limits;
mod make;
mod manifest;
mod names;
mod proof;
mod readme;
mod report;
mod roster;
mod schema;
mod seal;
mod verify;

pub use fault::{Check, Fault};
pub use id::{SnapshotId, SnapshotIdError};
pub use known::bears_on;
pub use make::{MakeError, Maker, Shelf};
pub use manifest::{Manifest, ManifestError};
pub use report::{DOES_NOT_PROVE, Maker as Signer, PROVES, Report};
pub use schema::SchemaName;
pub use seal::Seal;
pub use verify::verify;
