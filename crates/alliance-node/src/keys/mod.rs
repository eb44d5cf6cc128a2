//! Keys and certificates as an operator meets them: sealed, shown, renewed, and given to a further node.
//!
//! The organisation's key never enters a running node: it is opened by a command, signs, and is wiped.

mod install;
mod issue;
mod protect;
mod request;
mod rotate;
mod show;
mod sign;

pub use install::{CertificateFile, Certified, FirstMember, certify, install, renew};
pub(crate) use install::{decode, replace};
pub(crate) use issue::{DAY_MS, Place, certificate};
pub use issue::{Terms, VALID_MS};
pub use protect::{change_passphrase, encrypt};
pub use request::{NodeRequest, RequestOptions, holds_keys, is_sealed, request};
pub use rotate::{Rotated, Rotation, rotate};
pub use show::{CertificateReport, KeysReport, show};
pub use sign::{
    EndOfNode, Pending, ReplacedKey, Signed, StewardWord, approve, may_replace, replace_organisation_key, revoke,
};

use crate::data::{FileError, KeyError};

/// Why something about keys was not done. Unless said otherwise, nothing has changed.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// A key is at fault, or its passphrase.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// Another file is at fault.
    #[error(transparent)]
    File(#[from] FileError),
    /// There is no node.
    #[error(
        "{path} holds no node; `alliance init` makes one, `alliance keys request` a further one of an organisation"
    )]
    NoNode {
        /// The directory.
        path: String,
    },
    /// There is no certificate.
    #[error("{path} belongs to no alliance yet; use `alliance found`, `alliance join` or `alliance keys install`")]
    NoAlliance {
        /// The directory.
        path: String,
    },
    /// A certificate came where nothing was requested.
    #[error(
        "{path} holds no node, so that no certificate is for it: `alliance keys request` makes one here, and what it writes is certified by `alliance keys certify`"
    )]
    NoRequest {
        /// The directory.
        path: String,
    },
    /// The request was altered.
    #[error("the request is not what its node signed; copy it again from there")]
    BadRequest,
    /// The certificate is none.
    #[error("the certificate cannot be used: {reason}; have it made again by `alliance keys certify`")]
    BadCertificate {
        /// What is wrong.
        reason: String,
    },
    /// The certificate names other keys.
    #[error("the certificate is for another node than the one in this data directory")]
    AnotherNode,
    /// The certificate is of another organisation or alliance.
    #[error("the certificate is of another organisation or alliance than this data directory")]
    AnotherPlace,
    /// The certificate's time is over.
    #[error("the certificate has ended already; check this machine's clock, or have a new one made")]
    Ended,
    /// The new certificate would not end later.
    #[error("the present certificate ends later than that; say how long the new one is to be valid: --valid 2y")]
    NotLater,
    /// A member's node is not named well.
    #[error("'{peer}' names no node; it is what `alliance status` shows as node, 12D3Koo…")]
    BadMember {
        /// What was given.
        peer: String,
    },
    /// A key, act or cut is not named well.
    #[error(
        "'{name}' is not what was asked for: 64 hexadecimal digits, as `alliance log` and `alliance keys nodes` show them"
    )]
    BadName {
        /// What was given.
        name: String,
    },
    /// The key here is not the organisation's yet.
    #[error(
        "the organisation's key here is not the one that this node's certificate is signed with: it counts by an act of the \
         stewards alone. Ask one for the whole id of the act (`alliance log ACT`), and give it: --act ACT"
    )]
    NeedsAct,
    /// Another key was made already.
    #[error(
        "another key was made before and waits for stewards: {key}. Ask them for `alliance propose rekey YOUR-ORGANISATION --key {key}`; if that key is lost too, or was seen by others, make one more: --again"
    )]
    Pending {
        /// It, as `did:key`.
        key: String,
    },
    /// The node runs.
    #[error("the node of this data directory runs; stop it, do this, and start it again")]
    Running,
    /// The store cannot be read.
    #[error("the store cannot be read: {reason}")]
    Store {
        /// Why.
        reason: String,
    },
    /// The next key is not here, or the certificate does not name it.
    #[error(
        "the organisation's key is not here, and neither is the next key that the certificate names: ask for a new certificate with `alliance keys request`"
    )]
    NoNextKey,
    /// An option cannot be used.
    #[error("{option}: {reason}")]
    Option {
        /// Which one.
        option: &'static str,
        /// What is wrong, and the remedy.
        reason: String,
    },
}
