//! Following the arrival feed: group by group, each committed with its cursor.

use std::collections::HashSet;

use alliance_record::RecordId;
use alliance_store::{Arrival, BodyState, RangeLimits, ReadError, Reader, StoredRecord};
use tantivy::{TantivyError, Term};

use super::document::{document, is_sought};
use super::error::FollowError;
use super::indexer::{Followed, Indexer};
use crate::filter::Facts;

/// What one call takes: a commit costs some tens of milliseconds, and what waits for it is bounded. 16 MiB of records are a
/// hundred of the largest.
const GROUP: RangeLimits = RangeLimits {
    records_max: 4_096,
    bytes_max: 16 << 20,
};
/// Where something cannot be read, the feed is gone through one by one for so many.
const STEPS_OVER_DAMAGE: usize = 256;

/// What the feed gave.
#[derive(Default)]
struct Group {
    records: Vec<StoredRecord>,
    unreadable: usize,
    cursor: Arrival,
}

impl Indexer {
    /// Takes in what arrived next in the store that it was opened for, at most 4,096 records or 16 MiB of them, and commits it with the cursor: both are on the
    /// disk, and found, when it returns. Call it again while [`Followed::is_behind`].
    ///
    /// # Errors
    /// [`FollowError`]. The cursor has not moved, and nothing was taken in.
    ///
    /// # Panics
    /// When the reader is of another store: its arrivals mean something else.
    pub fn follow(&mut self, reader: &Reader) -> Result<Followed, FollowError> {
        assert!(
            reader.feed_id() == self.feed_id,
            "an index follows the store that it was opened for"
        );
        if !self.marked()?.is_empty() {
            // A stop has cut short what was to be forgotten.
            self.sweep()?;
        }
        let group = self.next_group(reader)?;
        let mut followed = Followed {
            unreadable: group.unreadable,
            cursor: self.cursor,
            ..Followed::default()
        };
        if group.cursor > self.cursor {
            let taken = self
                .take(&group.records, &mut followed)
                .and_then(|()| self.commit(group.cursor));
            if let Err(error) = taken {
                // Or what was added would be committed with the next group, a second time.
                self.writer.rollback()?;
                return Err(error.into());
            }
            self.merge()?;
            followed.cursor = self.cursor;
        }
        followed.is_behind = self.cursor < reader.last_arrival();
        Ok(followed)
    }

    fn take(&mut self, records: &[StoredRecord], followed: &mut Followed) -> Result<(), TantivyError> {
        let mut ids: HashSet<RecordId> = HashSet::with_capacity(records.len());
        for stored in records {
            let facts = Facts::of(&stored.record);
            // A record is given again when its body has come.
            let term = Term::from_field_bytes(self.shared.fields.id, facts.id.as_bytes());
            if ids.contains(&facts.id) || self.shared.current().searcher.doc_freq(&term)? > 0 {
                self.writer.delete_term(term);
            }
            if stored.body != BodyState::Held || !is_sought(&facts) {
                followed.passed += 1;
                continue;
            }
            ids.insert(facts.id);
            let document = document(&self.shared.fields, &facts, stored.arrival, &mut self.stems);
            self.writer.add_document(document)?;
            followed.taken += 1;
        }
        Ok(())
    }

    fn next_group(&self, reader: &Reader) -> Result<Group, ReadError> {
        match reader.arrivals_since(self.cursor, GROUP) {
            Ok(records) => Ok(Group {
                cursor: records.last().map_or(self.cursor, |last| last.arrival),
                records,
                unreadable: 0,
            }),
            Err(ReadError::Corrupt { .. }) => self.over_damage(reader),
            Err(error) => Err(error),
        }
    }

    /// What is damaged is left out: the store fetches it again, and it arrives anew.
    fn over_damage(&self, reader: &Reader) -> Result<Group, ReadError> {
        let one = RangeLimits {
            records_max: 1,
            ..GROUP
        };
        let mut group = Group {
            cursor: self.cursor,
            ..Group::default()
        };
        for _ in 0..STEPS_OVER_DAMAGE {
            if group.cursor >= reader.last_arrival() {
                break;
            }
            match reader.arrivals_since(group.cursor, one) {
                Ok(records) => group.records.extend(records),
                Err(ReadError::Corrupt { .. }) => group.unreadable += 1,
                Err(error) => return Err(error),
            }
            group.cursor = Arrival(group.cursor.0 + 1);
        }
        Ok(group)
    }
}
