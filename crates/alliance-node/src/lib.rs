//! Runs: joins engine, store and net in one loop, and offers a handle.
//!
//! Owns the data directory, the loop and the order in which effects are performed. Never knows HTTP or the command
//! line.

mod access;
mod cutoff;
mod cuts;
mod data;
mod dataset;
mod date;
mod draft;
mod ending;
mod finding;
mod gate;
mod handle;
mod keys;
mod knowledge;
mod listing;
mod lookalike;
mod patience;
mod peer;
mod publishing;
mod random;
mod run;
mod settings;
mod setup;
mod shared;
mod underway;

pub use data::{
    FileError, KeyError, KeyState, PASSPHRASE_BYTES_MAX, PASSPHRASE_CHARS_MIN, Passphrase, PassphraseError,
};
pub use handle::{EventStream, Export, Handle, Pieces, cells, citation_media_types, export_media_types};
pub use keys::{
    CertificateFile, CertificateReport, Certified, EndOfNode, FirstMember, KeysError, KeysReport, NodeRequest, Pending,
    ReplacedKey, RequestOptions, Rotated, Rotation, Signed, StewardWord, Terms, VALID_MS, approve, certify,
    change_passphrase, encrypt, holds_keys, install, is_sealed, may_replace, renew, replace_organisation_key, request,
    revoke, rotate, show,
};
pub use publishing::check as check_document;
pub use run::{Run, RunError};
pub use settings::{NodeRole, ReadingRule, Settings, Signatures};
pub use setup::{
    FoundOptions, InitOptions, JoinError, JoinOptions, SetupError, SetupReport, check_invitation, found, init, join,
};
