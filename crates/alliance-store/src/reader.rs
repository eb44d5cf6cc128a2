//! Readers. Safe to share between threads; they see what is durable and never wait for the disk's sync.

use std::sync::Arc;

use alliance_record::{ChapterName, Head, LogName, RecordId, VerifiedRecord, chapter_digest};
use bytes::Bytes;

use crate::arrival::{Arrival, RangeLimits, StoredRecord};
use crate::arrivals::Arrivals;
use crate::chapter_records::ChapterRecords;
use crate::core::Core;
use crate::error::ReadError;
use crate::ids;
use crate::listing;
use crate::listing::{ListingRow, Page, Query};
use crate::logs::LogEntry;
use crate::meta::MetaKey;
use crate::scan::Bodies;
use crate::trees::{LOGS, Place, chapter_prefix, log_from_key};

/// Records named by one prefix, when it names several.
pub const FOUND_MAX: usize = 8;

/// Reads. The database is open, and its lock held, as long as any reader of it lives: so it is not cloned in passing, but
/// by [`Reader::another`].
#[derive(Debug)]
pub struct Reader {
    pub(crate) core: Arc<Core>,
}

/// What a prefix of an id leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// No record.
    None,
    /// One record.
    One(RecordId),
    /// Several: up to [`FOUND_MAX`] of them, in order.
    Many(Vec<RecordId>),
}

impl Reader {
    /// Another reader of the same store, which keeps it open too.
    #[must_use]
    pub fn another(&self) -> Self {
        Self {
            core: Arc::clone(&self.core),
        }
    }

    /// The newest arrival that is durable and visible. Looking at it costs one atomic load.
    #[must_use]
    pub fn last_arrival(&self) -> Arrival {
        self.core.visible()
    }

    /// Names this database. Arrival numbers kept elsewhere mean nothing under another name: begin from
    /// [`Arrival::NONE`] then.
    #[must_use]
    pub fn feed_id(&self) -> [u8; 16] {
        self.core.feed_id
    }

    /// The record with this id.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn record(&self, id: &RecordId) -> Result<Option<StoredRecord>, ReadError> {
        for place in ids::places(self.core.trees(), id, id)? {
            if let Some(stored) = self.visible_at(place)?
                && stored.record.id() == *id
            {
                return Ok(Some(stored));
            }
        }
        Ok(None)
    }

    /// A record without its body, by its id.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn bare(&self, id: &RecordId) -> Result<Option<VerifiedRecord>, ReadError> {
        let visible = self.core.visible();
        for place in ids::places(self.core.trees(), id, id)? {
            let scanned = self.core.trees().record_at(place, Bodies::Left)?;
            let seen = scanned.filter(|scanned| scanned.arrival <= visible && scanned.record.id() == *id);
            if let Some(seen) = seen {
                return Ok(Some(seen.record));
            }
        }
        Ok(None)
    }

    /// The records whose ids begin with these hexadecimal digits, of either case. Other characters begin no id.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn by_prefix(&self, hex: &str) -> Result<Found, ReadError> {
        let Some((low, high)) = bounds(hex) else {
            return Ok(Found::None);
        };
        let mut found = Vec::new();
        for place in ids::places(self.core.trees(), &low, &high)? {
            let Some(stored) = self.visible_at(place)? else {
                continue;
            };
            let id = stored.record.id();
            if (low..=high).contains(&id) && !found.contains(&id) {
                found.push(id);
            }
            if found.len() == FOUND_MAX {
                break;
            }
        }
        found.sort_unstable();
        Ok(match found[..] {
            [] => Found::None,
            [id] => Found::One(id),
            _ => Found::Many(found),
        })
    }

    /// The head of one log.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn head(&self, log: &LogName) -> Result<Option<Head>, ReadError> {
        let entry = self.core.trees().log(log)?;
        Ok(entry.and_then(|entry| entry.head_at(log.clone(), self.core.visible())))
    }

    /// The heads of a chapter, in the order of their logs.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn heads(&self, chapter: &ChapterName) -> Result<Vec<Head>, ReadError> {
        self.heads_under(&chapter_prefix(chapter))
    }

    /// The heads of all chapters, by chapter and then in the order of their logs.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn all_heads(&self) -> Result<Vec<Head>, ReadError> {
        self.heads_under(&[])
    }

    /// The chapters in which anything is stored, in the order of their names.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn chapters(&self) -> Result<Vec<ChapterName>, ReadError> {
        let trees = self.core.trees();
        let mut chapters = Vec::new();
        let mut next = Vec::new();
        while let Some((key, _)) = trees.logs.range(next..).next().transpose()? {
            let log = log_from_key(&key).map_err(|source| ReadError::CorruptList {
                tree: LOGS.name,
                source,
            })?;
            // The separator is 0, so this is after the chapter's logs and before any other chapter.
            next = [log.chapter.as_str().as_bytes(), &[1]].concat();
            if !self.heads(&log.chapter)?.is_empty() {
                chapters.push(log.chapter);
            }
        }
        Ok(chapters)
    }

    /// How many records a chapter has.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn count(&self, chapter: &ChapterName) -> Result<u64, ReadError> {
        Ok(self.heads(chapter)?.iter().map(|head| head.sequence + 1).sum())
    }

    /// The digest by which two replicas of a chapter are compared.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn chapter_digest(&self, chapter: &ChapterName) -> Result<[u8; 32], ReadError> {
        Ok(chapter_digest(chapter, &self.heads(chapter)?))
    }

    /// A chapter's records, log by log and in sequence: the same order on every replica that holds the same. Read as
    /// the iterator goes, a page at a time.
    ///
    /// # Errors
    /// [`ReadError`], here or from the iterator.
    pub fn chapter_records(&self, chapter: &ChapterName) -> Result<ChapterRecords, ReadError> {
        let prefix = chapter_prefix(chapter);
        let mut extents = Vec::new();
        for log in self.core.trees().logs_under(&prefix) {
            let (_, entry) = log?;
            extents.extend(self.visible_extent(&entry));
        }
        Ok(ChapterRecords::new(Arc::clone(&self.core), extents))
    }

    /// What arrived after `cursor`, in order of arrival. Empty when nothing has. A record whose body came later is
    /// given twice: when it arrived, and with the body's arrival number when that did.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn arrivals_since(&self, cursor: Arrival, limits: RangeLimits) -> Result<Vec<StoredRecord>, ReadError> {
        self.arrivals_from(cursor).next(limits)
    }

    /// The arrival feed after `cursor`, for whoever goes along it far.
    #[must_use]
    pub fn arrivals_from(&self, cursor: Arrival) -> Arrivals {
        Arrivals::new(Arc::clone(&self.core), cursor)
    }

    /// Where a named cursor stands; [`Arrival::NONE`] when it was never moved.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn cursor(&self, name: &str) -> Result<Arrival, ReadError> {
        self.core.trees().cursor(name)
    }

    /// A page of the listing.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn list(&self, query: &Query) -> Result<Page, ReadError> {
        query.page(self.core.trees(), self.core.visible())
    }

    /// The row of the record that arrived then; `None` where only a body did, where the record could not be read, and
    /// for what is not visible.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn listed(&self, arrival: Arrival) -> Result<Option<ListingRow>, ReadError> {
        match arrival <= self.core.visible() {
            true => listing::row(self.core.trees(), arrival),
            false => Ok(None),
        }
    }

    /// A value that the node keeps here.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn meta_get(&self, key: MetaKey) -> Result<Option<Bytes>, ReadError> {
        let value = self.core.trees().meta.get(key.key())?;
        Ok(value.map(|value| Bytes::copy_from_slice(&value)))
    }

    /// The log with this number of the store's, as errors name it.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn log_name(&self, number: u32) -> Result<Option<LogName>, ReadError> {
        self.core.trees().log_name(number)
    }

    fn visible_at(&self, place: Place) -> Result<Option<StoredRecord>, ReadError> {
        let visible = self.core.visible();
        let scanned = self.core.trees().record_at(place, Bodies::UpTo(visible))?;
        let seen = scanned.filter(|scanned| scanned.arrival <= visible);
        Ok(seen.map(|scanned| StoredRecord {
            record: scanned.record,
            arrival: scanned.arrival,
            body: scanned.body,
        }))
    }

    pub(crate) fn extent(&self, log: &LogName) -> Result<Option<(u32, u64)>, ReadError> {
        let entry = self.core.trees().log(log)?;
        Ok(entry.and_then(|entry| self.visible_extent(&entry)))
    }

    /// A log's number and the sequence at which it visibly ends.
    fn visible_extent(&self, entry: &LogEntry) -> Option<(u32, u64)> {
        entry
            .tip_at(self.core.visible())
            .map(|tip| (entry.number, tip.sequence))
    }

    fn heads_under(&self, prefix: &[u8]) -> Result<Vec<Head>, ReadError> {
        let mut heads = Vec::new();
        for log in self.core.trees().logs_under(prefix) {
            let (name, entry) = log?;
            heads.extend(entry.head_at(name, self.core.visible()));
        }
        Ok(heads)
    }
}

/// The lowest and the highest id that begin with these digits.
fn bounds(hex: &str) -> Option<(RecordId, RecordId)> {
    if hex.len() > 64 {
        return None;
    }
    let (mut low, mut high) = (RecordId([0; 32]), RecordId([0xff; 32]));
    for (at, digit) in hex.chars().enumerate() {
        let digit = digit.to_digit(16)? as u8;
        let (shift, other) = if at % 2 == 0 { (4, 0x0f) } else { (0, 0xf0) };
        low.0[at / 2] = (low.0[at / 2] & other) | (digit << shift);
        high.0[at / 2] = (high.0[at / 2] & other) | (digit << shift);
    }
    Some((low, high))
}
