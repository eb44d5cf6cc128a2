//! The data directory: keys, identity, invitations and addresses, each a small file that is replaced whole.
//!
//! Never holds records: those are the store's.

mod addresses;
mod file;
mod identity;
mod invitations;
mod keys;

use std::path::{Path, PathBuf};

pub(crate) use addresses::AddressBook;
pub use file::FileError;
pub(crate) use identity::{Identity, Membership, Wishes};
pub(crate) use invitations::{Invitations, Use};
pub(crate) use keys::Keys;

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

    pub(crate) fn identity(&self) -> PathBuf {
        self.0.join("identity.json")
    }

    pub(crate) fn keys(&self) -> PathBuf {
        self.0.join("keys")
    }

    pub(crate) fn invitations(&self) -> PathBuf {
        self.0.join("invitations.json")
    }

    pub(crate) fn addresses(&self) -> PathBuf {
        self.0.join("addresses.json")
    }
}
