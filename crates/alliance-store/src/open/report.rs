//! What an opening found and did, in words for the operator.

use std::fmt;
use std::path::PathBuf;

/// What made an opening distrust files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DamageSign {
    /// The database's engine, or the store, read bytes that cannot be.
    Unreadable {
        /// Its own words.
        detail: String,
    },
    /// The database's engine stopped in the middle.
    Panicked,
    /// Earlier openings never came to their end.
    Unfinished {
        /// How many in a row.
        openings: u32,
    },
}

impl fmt::Display for DamageSign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable { detail } => write!(f, "it could not be read: {detail}"),
            Self::Panicked => f.write_str("the database engine stopped while reading it"),
            Self::Unfinished { openings } => write!(f, "{openings} openings in a row never came to their end"),
        }
    }
}

/// One thing that an opening found and did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OpenEvent {
    /// An earlier opening never came to its end: the machine or the process stopped in it.
    EarlierOpeningUnfinished {
        /// How many in a row.
        openings: u32,
    },
    /// A snapshot that was never completed was removed; it held nothing of its own.
    HalfWrittenSnapshotRemoved {
        /// The file that is gone.
        file: PathBuf,
    },
    /// A file from which the database could have opened faster was set aside; it held nothing of its own.
    SnapshotSetAside {
        /// Where it is now.
        to: PathBuf,
    },
    /// The file with the database's parameters was set aside and written anew.
    ParametersSetAside {
        /// Where it is now.
        to: PathBuf,
    },
    /// The whole database was set aside and a new one begun.
    DatabaseSetAside {
        /// Where it is now.
        to: PathBuf,
        /// Why.
        sign: DamageSign,
    },
    /// A group that was being written when the node stopped was taken back. It had not been acknowledged.
    TornGroupRemoved {
        /// Records of it that had reached the disk.
        records: u64,
    },
    /// Records that had been acknowledged are gone from the database.
    RecordsLost {
        /// How many, at least.
        records: u64,
    },
    /// The journal's last bytes were no whole entry and were cut off.
    JournalTailCut {
        /// How many.
        bytes: u64,
        /// Where they are now.
        to: PathBuf,
    },
    /// The journal was damaged before its end; it was copied aside and what could be read was kept.
    JournalDamaged {
        /// Bytes that could not be read.
        bytes: u64,
        /// Entries that were kept.
        entries_kept: u64,
        /// Where the damaged journal is now.
        to: PathBuf,
    },
    /// Records that this node wrote came back from its journal.
    JournalReplayed {
        /// How many.
        records: u64,
    },
    /// Values that the node keeps came back from its journal.
    KeptValuesRestored {
        /// How many.
        values: u64,
    },
    /// Journalled records cannot be put back yet, because records before them are missing.
    JournalHeldBack {
        /// How many.
        records: u64,
    },
    /// Other records stand in the database where journalled ones belong: this node signed twice for one place.
    JournalContradicted {
        /// How many.
        records: u64,
    },
    /// A list was built anew from the records.
    ProjectionRebuilt {
        /// Its name.
        name: &'static str,
    },
    /// Records could not be read while building lists.
    RecordsUnreadable {
        /// How many.
        records: u64,
    },
}

impl fmt::Display for OpenEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EarlierOpeningUnfinished { openings } => {
                write!(
                    f,
                    "The store was being opened when the node stopped, {openings} time(s) in a row; trying more carefully."
                )
            }
            Self::HalfWrittenSnapshotRemoved { file } => {
                write!(
                    f,
                    "Removed {}, which was never completed. Nothing is lost.",
                    file.display()
                )
            }
            Self::SnapshotSetAside { to } => write!(
                f,
                "A snapshot could not be trusted and is now {}. The database is read from its log instead, which takes longer. Nothing is lost.",
                to.display()
            ),
            Self::ParametersSetAside { to } => write!(
                f,
                "The file with the database's parameters was damaged and is now {}. It was written anew. Nothing is lost.",
                to.display()
            ),
            Self::DatabaseSetAside { to, sign } => write!(
                f,
                "The database could not be used ({sign}) and is now {}. A new one was begun: this node's own records come back from its journal, all others from its peers. Keep the old one until the node is in step again.",
                to.display()
            ),
            Self::TornGroupRemoved { records } => write!(
                f,
                "A group of records was being written when the node stopped; its {records} record(s) were taken back. They had not been acknowledged; peers send theirs again."
            ),
            Self::RecordsLost { records } => write!(
                f,
                "At least {records} record(s) that were stored are gone from the database. This node's own come back from its journal, all others from its peers. Check the disk."
            ),
            Self::ProjectionRebuilt { name } => write!(f, "The list '{name}' was built anew from the records."),
            Self::RecordsUnreadable { records } => write!(
                f,
                "{records} record(s) could not be read and are not listed: run `alliance doctor --store`, which fetches them from peers again."
            ),
            _ => self.fmt_journal(f),
        }
    }
}

impl OpenEvent {
    /// What happened to the journal.
    fn fmt_journal(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::JournalTailCut { bytes, to } => write!(
                f,
                "The journal of this node's own records ended in the middle of an entry; {bytes} byte(s) were moved to {}. They had not been acknowledged.",
                to.display()
            ),
            Self::JournalDamaged {
                bytes,
                entries_kept,
                to,
            } => write!(
                f,
                "The journal of this node's own records was damaged: {bytes} byte(s) could not be read, {entries_kept} entries were kept, and the damaged journal is now {}. Check the disk.",
                to.display()
            ),
            Self::JournalReplayed { records } => {
                write!(f, "{records} record(s) of this node's own came back from its journal.")
            }
            Self::KeptValuesRestored { values } => write!(f, "{values} kept value(s) came back from the journal."),
            Self::JournalHeldBack { records } => write!(
                f,
                "{records} journalled record(s) of this node's own wait for records before them, which peers may still hold: let the node sync, then start it again."
            ),
            Self::JournalContradicted { records } => write!(
                f,
                "{records} journalled record(s) of this node's own stand where the database holds others. This node signed twice for one place, as after restoring a copy of its files: begin a new instance."
            ),
            _ => Ok(()),
        }
    }
}

/// What an opening found and did; empty when all was well.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OpenReport {
    /// In the order in which it happened.
    pub events: Vec<OpenEvent>,
}

impl OpenReport {
    pub(crate) fn add(&mut self, event: OpenEvent) {
        self.events.push(event);
    }

    pub(crate) fn add_counted(&mut self, count: u64, event: impl FnOnce(u64) -> OpenEvent) {
        if count > 0 {
            self.events.push(event(count));
        }
    }
}

impl fmt::Display for OpenReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.events.is_empty() {
            return f.write_str("The store opened; all was well.");
        }
        for (at, event) in self.events.iter().enumerate() {
            let separator = if at == 0 { "" } else { "\n" };
            write!(f, "{separator}{event}")?;
        }
        Ok(())
    }
}
