//! Who this node is: not secret, and never changed by records. Whoever changes it holds it: a command and the node that
//! runs beside it lose nothing that the other wrote.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;

use alliance_api::Commitment;
use serde::{Deserialize, Serialize};

use super::DataDir;
use super::file::{self, FileError, OWNER_ONLY};

/// The file that whoever changes the identity locks. Empty, and never removed: a lock on a removed file holds nobody up.
const LOCK: &str = "identity.lock";

/// What `init` wrote down, and what founding or joining added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Identity {
    /// The life of this data directory, hexadecimal.
    pub(crate) instance: String,
    /// What the organisation says of itself.
    pub(crate) wishes: Wishes,
    /// What the node was to be called when it asked for a certificate.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) label: String,
    /// Its place in an alliance.
    pub(crate) membership: Option<Membership>,
}

/// What the node publishes about its organisation as soon as it may.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Wishes {
    pub(crate) name: String,
    pub(crate) name_en: String,
    pub(crate) country: String,
    pub(crate) subdivision: String,
    pub(crate) organisation_type: String,
    pub(crate) languages: Vec<String>,
    pub(crate) commitments: Vec<Commitment>,
}

/// A place in an alliance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Membership {
    /// The alliance's id, hexadecimal.
    pub(crate) alliance: String,
    /// Its name as the charter or the invitation gives it; display text.
    pub(crate) alliance_name: String,
    /// This node's certificate, hexadecimal; that of the writer before it where one took its place.
    pub(crate) certificate: String,
    /// By what this node's writer took the place of the one before it, hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) succession: Option<String>,
    /// Statements that this node is to publish: kind and hexadecimal.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) statements: Vec<(u32, String)>,
    /// The charter's bytes, hexadecimal, when this organisation founded the alliance.
    #[serde(default)]
    pub(crate) charter: Option<String>,
    /// The organisation that invited, hexadecimal: trusted until the roster has arrived.
    #[serde(default)]
    pub(crate) inviter: Option<String>,
    /// Organisations, hexadecimal, that a further node trusts until the roster has arrived: its own, and those that it
    /// was told of with its certificate.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) trusted: Vec<String>,
}

impl Identity {
    pub(crate) fn read(dir: &DataDir) -> Result<Option<Self>, FileError> {
        file::read_json(&dir.identity())
    }

    /// To change it: as long as this is held, nobody else does, neither a command nor a node that runs. Waits for whoever
    /// has it. Held for what takes no longer than opening a key: never while somebody is asked or a connection is waited for.
    pub(crate) fn hold(dir: &DataDir) -> Result<Hold, FileError> {
        let path = dir.path().join(LOCK);
        let opened = OpenOptions::new()
            .create(true)
            .write(true)
            .truncate(false)
            .mode(OWNER_ONLY)
            .open(&path);
        let lock = match opened {
            // There is no data directory: nothing to read, and nobody who writes.
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            opened => Some(opened.map_err(FileError::io(&path))?),
        };
        if let Some(lock) = &lock {
            lock.lock().map_err(FileError::io(&path))?;
        }
        Ok(Hold {
            path: dir.identity(),
            _lock: lock,
        })
    }
}

/// The identity, held by one who changes it. Reading needs none of this: the file is replaced whole.
#[derive(Debug)]
pub(crate) struct Hold {
    path: PathBuf,
    /// Given back by the system when this is dropped, or its process ends.
    _lock: Option<File>,
}

impl Hold {
    /// As it is now.
    pub(crate) fn read(&self) -> Result<Option<Identity>, FileError> {
        file::read_json(&self.path)
    }

    /// Puts another in its place. When this returns, it is on the disk.
    pub(crate) fn write(&self, identity: &Identity) -> Result<(), FileError> {
        file::replace_json(&self.path, identity)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_changes_made_at_once_none_is_lost() {
        let dir = tempfile::tempdir().unwrap();
        let dir = DataDir::new(dir.path());
        let made = Identity {
            instance: String::new(),
            wishes: Wishes::default(),
            label: String::new(),
            membership: None,
        };
        Identity::hold(&dir).unwrap().write(&made).unwrap();
        let threads: usize = 4;
        let changes: usize = 25;
        std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    for _ in 0..changes {
                        let held = Identity::hold(&dir).unwrap();
                        let mut identity = held.read().unwrap().unwrap();
                        identity.wishes.languages.push("en".to_owned());
                        held.write(&identity).unwrap();
                    }
                });
            }
        });
        let all = Identity::read(&dir).unwrap().unwrap().wishes.languages;
        assert_eq!(all.len(), threads * changes);
    }
}
