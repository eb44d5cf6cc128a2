//! The data directory: keys, identity, invitations and addresses, each a small file that is replaced whole.
//!
//! Never holds records: those are the store's.

mod addresses;
mod audit;
mod drafts;
pub(crate) mod file;
mod identity;
mod invitations;
pub(crate) mod keys;
mod quarantine;
mod snapshots;
mod tokens;

use std::path::{Path, PathBuf};

pub(crate) use addresses::AddressBook;
pub(crate) use audit::Audit;
pub(crate) use drafts::{Approval, Drawer, HeldUp, KeptDraft, Unprotected};
pub use file::FileError;
pub(crate) use identity::{Hold, Identity, Membership, Wishes};
pub(crate) use invitations::{Invitations, Listed, Use};
pub use keys::{KeyError, KeyState, PASSPHRASE_BYTES_MAX, PASSPHRASE_CHARS_MIN, Passphrase, PassphraseError};
pub(crate) use keys::{KeyFile, NodeKeys, NodeParts};
pub(crate) use quarantine::Quarantine;
pub(crate) use snapshots::{KeptSnapshot, Snapshots};
pub(crate) use tokens::Tokens;

/// Paths of a data directory.
#[derive(Debug, Clone)]
pub(crate) struct DataDir(PathBuf);

impl DataDir {
    pub(crate) fn new(path: &Path) -> Self {
        Self(path.to_owned())
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn store(&self) -> PathBuf {
        self.0.join("store")
    }

    /// Databases that are written to be sent. They lose their names when they are begun, so that nothing stays in it.
    pub(crate) fn exports(&self) -> PathBuf {
        self.0.join("exports")
    }

    /// Takes away what an earlier life, cut short, was writing to send.
    pub(crate) fn clear_exports(&self) -> Result<(), FileError> {
        file::remove_dir(&self.exports())
    }

    /// The search index: whatever is in it can be built anew.
    pub(crate) fn search(&self) -> PathBuf {
        self.0.join("search")
    }

    pub(crate) fn identity(&self) -> PathBuf {
        self.0.join("identity.json")
    }

    pub(crate) fn keys(&self) -> PathBuf {
        self.0.join("keys")
    }

    pub(crate) fn quarantine(&self) -> PathBuf {
        self.0.join("quarantine.json")
    }

    pub(crate) fn invitations(&self) -> PathBuf {
        self.0.join("invitations.json")
    }

    /// Drafts that wait to be signed.
    pub(crate) fn drafts(&self) -> PathBuf {
        self.0.join("drafts")
    }

    /// Series as they were counted, of measures that were published protected.
    pub(crate) fn series(&self) -> PathBuf {
        self.0.join("series")
    }

    /// Keeps a series as it was counted, beside the record in which it is protected.
    pub(crate) fn keep_series(&self, record: &str, series: &Unprotected) -> Result<(), FileError> {
        let dir = self.series();
        file::make_dir(&dir)?;
        file::replace_json(&dir.join(record).with_extension("json"), series)
    }

    /// Manifests of snapshots.
    pub(crate) fn snapshots(&self) -> PathBuf {
        self.0.join("snapshots")
    }

    pub(crate) fn tokens(&self) -> PathBuf {
        self.0.join("tokens.json")
    }

    pub(crate) fn addresses(&self) -> PathBuf {
        self.0.join("addresses.json")
    }
}
