//! Secret keys at rest: one file each, readable by the owner only.

use std::path::Path;

use alliance_record::SecretKey;
use data_encoding::HEXLOWER;
use zeroize::Zeroizing;

use super::file::{self, FileError};
use crate::random::random;

/// The three keys of a data directory.
#[derive(Debug)]
pub(crate) struct Keys {
    pub(crate) organisation: SecretKey,
    pub(crate) node: SecretKey,
    pub(crate) transport: SecretKey,
}

impl Keys {
    /// Makes fresh keys and puts them on the disk.
    pub(crate) fn make(dir: &Path) -> Result<Self, FileError> {
        file::make_dir(dir)?;
        let make = |name: &str| {
            let key = SecretKey::from_seed(&random());
            let text = Zeroizing::new(HEXLOWER.encode(&*key.seed()));
            file::replace(&dir.join(name), text.as_bytes()).map(|()| key)
        };
        Ok(Self {
            organisation: make("organisation.key")?,
            node: make("node.key")?,
            transport: make("transport.key")?,
        })
    }

    /// Whether there is any key already: keys are never written over.
    pub(crate) fn exist(dir: &Path) -> bool {
        ["organisation.key", "node.key", "transport.key"]
            .iter()
            .any(|name| dir.join(name).exists())
    }

    pub(crate) fn read(dir: &Path) -> Result<Self, FileError> {
        Ok(Self {
            organisation: read_key(&dir.join("organisation.key"))?,
            node: read_key(&dir.join("node.key"))?,
            transport: read_key(&dir.join("transport.key"))?,
        })
    }
}

fn read_key(path: &Path) -> Result<SecretKey, FileError> {
    let bytes = file::read(path)?.ok_or_else(|| FileError::damaged(path, "the key is missing"))?;
    let bytes = Zeroizing::new(bytes);
    let text = std::str::from_utf8(&bytes).map_err(|_| FileError::damaged(path, "it is no text"))?;
    text.trim().parse().map_err(|error| FileError::damaged(path, error))
}
