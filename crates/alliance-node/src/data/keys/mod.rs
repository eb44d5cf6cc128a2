//! Secret keys at rest: one file each, readable by the owner only.
//!
//! The organisation's key and the next signing key are sealed under a passphrase, unless it was refused: they are needed
//! by a person, seldom. The signing and the transport key are not: a node starts without anybody there.

mod passphrase;
mod sealed;

use std::path::{Path, PathBuf};

use alliance_record::{SecretKey, TransportId, WriterId, writer_commitment};
use data_encoding::HEXLOWER;
use zeroize::Zeroizing;

use super::file::{self, FileError};
use crate::random::random;
pub use passphrase::{PASSPHRASE_BYTES_MAX, PASSPHRASE_CHARS_MIN, Passphrase, PassphraseError};
use sealed::{NotOpened, SealedKey};

const NODE: &str = "node.key";
/// File of the signing key that is to follow.
const NEXT_NODE: &str = "next-node.key";
const TRANSPORT: &str = "transport.key";

/// Why a key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// Its file is at fault.
    #[error(transparent)]
    File(#[from] FileError),
    /// It is not in this data directory.
    #[error("{path} is not here; do this on the machine that holds it")]
    Missing {
        /// The file.
        path: String,
    },
    /// It is sealed, and no passphrase was given.
    #[error("{path} is sealed, and no passphrase was given; name a file that holds it: --passphrase-file FILE")]
    Locked {
        /// The file.
        path: String,
    },
    /// The passphrase does not open it.
    #[error("the passphrase does not open {path}: it is another one, or the file was altered")]
    WrongPassphrase {
        /// The file.
        path: String,
    },
    /// It is sealed already.
    #[error("{path} is sealed already; `alliance keys passphrase` changes the passphrase")]
    Sealed {
        /// The file.
        path: String,
    },
}

/// How a key lies on the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyState {
    /// Under a passphrase.
    Sealed,
    /// For whoever can read the file.
    Plain,
    /// Not in this data directory.
    Absent,
}

impl KeyState {
    /// Whether it is not here.
    #[must_use]
    pub const fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }
}

/// One key's file, which may be sealed.
#[derive(Debug, Clone)]
pub(crate) struct KeyFile {
    path: PathBuf,
    held: Held,
}

#[derive(Debug, Clone)]
enum Held {
    Plain(Box<SecretKey>),
    Sealed(Box<SealedKey>),
}

impl KeyFile {
    /// The organisation's key.
    pub(crate) fn organisation(dir: &Path) -> Result<Option<Self>, FileError> {
        Self::read(dir.join("organisation.key"))
    }

    /// The signing key that is to follow the present one.
    pub(crate) fn next_node(dir: &Path) -> Result<Option<Self>, FileError> {
        Self::read(dir.join(NEXT_NODE))
    }

    fn read(path: PathBuf) -> Result<Option<Self>, FileError> {
        let Some(bytes) = file::read(&path)? else {
            return Ok(None);
        };
        let bytes = Zeroizing::new(bytes);
        let held = if bytes.trim_ascii_start().first() == Some(&b'{') {
            let sealed = serde_json::from_slice(&bytes).map_err(|error| FileError::damaged(&path, error))?;
            Held::Sealed(Box::new(sealed))
        } else {
            Held::Plain(Box::new(plain(&path, &bytes)?))
        };
        Ok(Some(Self { path, held }))
    }

    pub(crate) const fn state(&self) -> KeyState {
        match &self.held {
            Held::Plain(_) => KeyState::Plain,
            Held::Sealed(_) => KeyState::Sealed,
        }
    }

    /// The public half. Of a sealed key it is what the file says: proven by opening it.
    pub(crate) fn public(&self) -> Result<[u8; 32], KeyError> {
        match &self.held {
            Held::Plain(key) => Ok(key.public()),
            Held::Sealed(sealed) => sealed.public().map_err(|error| self.fault(&error)),
        }
    }

    /// The secret key.
    pub(crate) fn open(&self, passphrase: Option<&Passphrase>) -> Result<SecretKey, KeyError> {
        match (&self.held, passphrase) {
            (Held::Plain(key), _) => Ok(SecretKey::clone(key)),
            (Held::Sealed(sealed), Some(passphrase)) => sealed.open(passphrase).map_err(|error| self.fault(&error)),
            (Held::Sealed(_), None) => Err(KeyError::Locked { path: self.place() }),
        }
    }

    /// Writes the key anew, under another passphrase. The file is replaced whole: a crash leaves the old or the new one.
    pub(crate) fn protect(&self, key: &SecretKey, passphrase: Option<&Passphrase>) -> Result<(), KeyError> {
        write(&self.path, key, passphrase)
    }

    pub(crate) fn place(&self) -> String {
        self.path.display().to_string()
    }

    fn fault(&self, error: &NotOpened) -> KeyError {
        match error {
            NotOpened::WrongPassphrase => KeyError::WrongPassphrase { path: self.place() },
            NotOpened::Damaged(reason) => FileError::damaged(&self.path, reason).into(),
        }
    }
}

/// The two keys with which a node runs.
#[derive(Debug, Clone)]
pub(crate) struct NodeKeys {
    pub(crate) node: SecretKey,
    pub(crate) transport: SecretKey,
}

/// What a certificate names of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NodeParts {
    pub(crate) writer: WriterId,
    pub(crate) transport: TransportId,
    /// The commitment to the signing key that is to follow.
    pub(crate) next_writer: [u8; 32],
}

impl NodeKeys {
    /// Makes fresh keys and the next signing key, and puts them on the disk.
    pub(crate) fn make(dir: &Path, passphrase: Option<&Passphrase>) -> Result<Self, KeyError> {
        file::make_dir(dir)?;
        next_key(dir, passphrase)?;
        Ok(Self {
            node: fresh(&dir.join(NODE), None)?,
            transport: fresh(&dir.join(TRANSPORT), None)?,
        })
    }

    /// Fresh keys, not on the disk yet.
    pub(crate) fn fresh() -> Self {
        Self::with(SecretKey::from_seed(&random()))
    }

    /// A signing key that is there already, and a fresh transport key, not on the disk yet.
    pub(crate) fn with(node: SecretKey) -> Self {
        Self {
            node,
            transport: SecretKey::from_seed(&random()),
        }
    }

    /// Puts them on the disk, in place of those that are there.
    fn keep(&self, dir: &Path) -> Result<(), KeyError> {
        write(&dir.join(TRANSPORT), &self.transport, None)?;
        write(&dir.join(NODE), &self.node, None)
    }

    /// As [`NodeKeys::keep`], with the signing key that is to follow; without one, none is left: the one that was there is
    /// the present key now, or committed to by no certificate.
    pub(crate) fn keep_before(
        &self,
        dir: &Path,
        follows: Option<&SecretKey>,
        passphrase: Option<&Passphrase>,
    ) -> Result<(), KeyError> {
        let path = dir.join(NEXT_NODE);
        if let Some(follows) = follows {
            write(&path, follows, passphrase)?;
        }
        self.keep(dir)?;
        if follows.is_none() {
            std::fs::remove_file(&path).map_err(FileError::io(&path))?;
        }
        Ok(())
    }

    pub(crate) fn read(dir: &Path) -> Result<Self, FileError> {
        Ok(Self {
            node: read_plain(&dir.join(NODE))?,
            transport: read_plain(&dir.join(TRANSPORT))?,
        })
    }

    /// What a certificate is to name, with the next signing key, which is made when there is none: directories of earlier
    /// versions have none.
    pub(crate) fn parts(&self, dir: &Path, passphrase: Option<&Passphrase>) -> Result<NodeParts, KeyError> {
        let next = match KeyFile::next_node(dir)? {
            Some(next) => next.open(passphrase)?,
            None => next_key(dir, passphrase)?,
        };
        Ok(NodeParts {
            writer: self.node.writer(),
            transport: self.transport.transport(),
            next_writer: writer_commitment(&next.writer()),
        })
    }
}

/// Makes an organisation's key and those of its first node.
pub(crate) fn make_all(dir: &Path, passphrase: Option<&Passphrase>) -> Result<(SecretKey, NodeKeys), KeyError> {
    file::make_dir(dir)?;
    let organisation = fresh(&dir.join("organisation.key"), passphrase)?;
    Ok((organisation, NodeKeys::make(dir, passphrase)?))
}

/// Whether there is any key already: keys are never written over.
pub(crate) fn exist(dir: &Path) -> bool {
    ["organisation.key", NEXT_NODE, NODE, TRANSPORT]
        .iter()
        .any(|name| dir.join(name).exists())
}

/// The organisation's key, opened.
pub(crate) fn organisation_key(dir: &Path, passphrase: Option<&Passphrase>) -> Result<SecretKey, KeyError> {
    let missing = || KeyError::Missing {
        path: dir.join("organisation.key").display().to_string(),
    };
    KeyFile::organisation(dir)?.ok_or_else(missing)?.open(passphrase)
}

/// Makes another key of the organisation. One that is there is set aside.
pub(crate) fn replace_organisation(dir: &Path, passphrase: Option<&Passphrase>) -> Result<SecretKey, KeyError> {
    let path = dir.join("organisation.key");
    if path.exists() {
        let aside = dir.join(format!("organisation.key.before-{}", HEXLOWER.encode(&random::<4>())));
        std::fs::rename(&path, &aside).map_err(FileError::io(&path))?;
    }
    fresh(&path, passphrase)
}

fn next_key(dir: &Path, passphrase: Option<&Passphrase>) -> Result<SecretKey, KeyError> {
    fresh(&dir.join(NEXT_NODE), passphrase)
}

fn fresh(path: &Path, passphrase: Option<&Passphrase>) -> Result<SecretKey, KeyError> {
    let key = SecretKey::from_seed(&random());
    write(path, &key, passphrase)?;
    Ok(key)
}

fn write(path: &Path, key: &SecretKey, passphrase: Option<&Passphrase>) -> Result<(), KeyError> {
    let Some(passphrase) = passphrase else {
        let text = Zeroizing::new(HEXLOWER.encode(&*key.seed()));
        return Ok(file::replace(path, text.as_bytes())?);
    };
    let sealed = SealedKey::seal(key, passphrase).map_err(|error| FileError::damaged(path, format!("{error:?}")))?;
    Ok(file::replace_json(path, &sealed)?)
}

fn read_plain(path: &Path) -> Result<SecretKey, FileError> {
    let bytes = file::read(path)?.ok_or_else(|| FileError::damaged(path, "the key is missing"))?;
    plain(path, &Zeroizing::new(bytes))
}

fn plain(path: &Path, bytes: &[u8]) -> Result<SecretKey, FileError> {
    let text = std::str::from_utf8(bytes).map_err(|_| FileError::damaged(path, "it is no text"))?;
    text.trim().parse().map_err(|error| FileError::damaged(path, error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_files_of_earlier_versions_are_read_and_sealed_ones_need_their_passphrase() {
        let dir = tempfile::tempdir().unwrap();
        let key = SecretKey::from_seed(&[5; 32]);
        std::fs::write(
            dir.path().join("organisation.key"),
            format!("{}\n", HEXLOWER.encode(&[5; 32])),
        )
        .unwrap();
        let held = KeyFile::organisation(dir.path()).unwrap().unwrap();
        assert_eq!(held.state(), KeyState::Plain);
        assert_eq!(held.open(None).unwrap().public(), key.public());
        let passphrase = Passphrase::chosen("four words in a row").unwrap();
        held.protect(&key, Some(&passphrase)).unwrap();
        let held = KeyFile::organisation(dir.path()).unwrap().unwrap();
        assert_eq!((held.state(), held.public().unwrap()), (KeyState::Sealed, key.public()));
        assert!(matches!(held.open(None), Err(KeyError::Locked { .. })));
        let wrong = Passphrase::given("something else").unwrap();
        assert!(matches!(held.open(Some(&wrong)), Err(KeyError::WrongPassphrase { .. })));
        assert_eq!(held.open(Some(&passphrase)).unwrap().public(), key.public());
        assert!(matches!(
            organisation_key(&dir.path().join("x"), None),
            Err(KeyError::Missing { .. })
        ));
    }
}
