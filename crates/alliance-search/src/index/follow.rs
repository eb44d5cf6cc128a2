//! Following the arrival feed: a group at a time, each committed with its cursor. An index that is far behind takes more at
//! once, and has the store read on a thread beside it.

use std::collections::HashMap;
use std::sync::mpsc::sync_channel;
use std::thread;
use std::time::{Duration, Instant};

use alliance_record::RecordId;
use alliance_store::{Arrival, Arrivals, BodyState, RangeLimits, ReadError, Reader, StoredRecord};
use tantivy::Term;

use super::document::{document, is_sought};
use super::error::FollowError;
use super::indexer::{Followed, Indexer};
use crate::filter::Facts;

/// What is read at once: what waits for the commit is bounded. 16 MiB of records are a hundred of the largest.
const GROUP: RangeLimits = RangeLimits {
    records_max: 4_096,
    bytes_max: 16 << 20,
};
/// The same where the index is far behind: so that reading and indexing go side by side.
const PIECE: RangeLimits = RangeLimits {
    records_max: 512,
    bytes_max: 4 << 20,
};
/// Pieces that are read ahead.
const AHEAD: usize = 2;
/// Records that are missing when an index is built anew, or nearly so.
const FAR: u64 = 32_768;
/// How long such an index takes in records before it commits them. Small segments cost more to write, and must be merged; but
/// whoever waits for the indexer, to have something forgotten, waits so long.
const BEFORE_COMMIT: Duration = Duration::from_secs(10);
/// The same for one that is less behind: what arrives is to be found within a second.
const BEFORE_COMMIT_NEAR: Duration = Duration::from_millis(300);
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
    /// Takes in what arrived next in the store that it was opened for, at most 4,096 records or 16 MiB of them, and commits it
    /// with the cursor: both are on the disk, and found, when it returns. When it is further behind than that, it takes what
    /// it can in 0.3 seconds, or in ten from 32,768 records on. Call it again while [`Followed::is_behind`].
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
        if !self.merges.is_under_way() && !self.marked()?.is_empty() {
            // A stop has cut short what was to be forgotten.
            self.sweep()?;
        }
        let mut followed = Followed {
            cursor: self.cursor,
            ..Followed::default()
        };
        let behind = reader.last_arrival().0.saturating_sub(self.cursor.0);
        let taken = if behind > GROUP.records_max as u64 {
            self.take_much(reader, &mut followed)
        } else {
            self.take_little(reader, &mut followed)
        };
        let committed = taken.and_then(|()| match followed.cursor > self.cursor {
            true => Ok(self.commit(followed.cursor)?),
            false => Ok(()),
        });
        if let Err(error) = committed {
            // Or what was added would be committed with the next group, a second time.
            self.merges.wait_for_all();
            self.writer.rollback()?;
            return Err(error);
        }
        self.merge()?;
        followed.is_behind = self.cursor < reader.last_arrival();
        Ok(followed)
    }

    fn take_little(&mut self, reader: &Reader, followed: &mut Followed) -> Result<(), FollowError> {
        let group = next_group(reader, &mut reader.arrivals_from(self.cursor), GROUP)?;
        self.take(&group, (&mut HashMap::new(), followed))
    }

    /// Reads on a thread of its own, which is over when this returns.
    fn take_much(&mut self, reader: &Reader, followed: &mut Followed) -> Result<(), FollowError> {
        let behind = reader.last_arrival().0.saturating_sub(self.cursor.0);
        let patience = if behind > FAR {
            BEFORE_COMMIT
        } else {
            BEFORE_COMMIT_NEAR
        };
        let begun = Instant::now();
        let mut feed = reader.arrivals_from(self.cursor);
        let mut ids = HashMap::new();
        let (sender, pieces) = sync_channel(AHEAD);
        thread::scope(|scope| {
            scope.spawn(move || {
                while begun.elapsed() < patience && feed.cursor() < reader.last_arrival() {
                    let before = feed.cursor();
                    let piece = next_group(reader, &mut feed, PIECE);
                    let is_last = piece.is_err() || feed.cursor() == before;
                    // Nobody takes it where indexing has failed.
                    if sender.send(piece).is_err() || is_last {
                        break;
                    }
                }
            });
            // It goes with this scope, before the thread is waited for.
            for piece in pieces {
                self.take(&piece?, (&mut ids, followed))?;
            }
            Ok(())
        })
    }

    fn take(
        &mut self,
        group: &Group,
        (ids, followed): (&mut HashMap<RecordId, bool>, &mut Followed),
    ) -> Result<(), FollowError> {
        for stored in &group.records {
            let facts = Facts::of(&stored.record);
            let term = Term::from_field_bytes(self.shared.fields.id, facts.id.as_bytes());
            // What was taken in or out since the last commit, or what that has.
            let now = ids.get(&facts.id).copied();
            let is_known = now.unwrap_or_else(|| self.shared.current().has(&facts.id));
            let is_wanted = stored.body == BodyState::Held && is_sought(&facts);
            if is_known && !is_wanted {
                self.writer.delete_term(term);
                ids.insert(facts.id, false);
            }
            // A record is given again when its body has come. Its id says what it holds: it is the same one.
            if is_known || !is_wanted {
                followed.passed += 1;
                continue;
            }
            ids.insert(facts.id, true);
            let document = document(&self.shared.fields, &facts, stored.arrival, &mut self.known);
            self.writer.add_document(document)?;
            followed.taken += 1;
        }
        followed.unreadable += group.unreadable;
        followed.cursor = group.cursor;
        Ok(())
    }
}

fn next_group(reader: &Reader, feed: &mut Arrivals, limits: RangeLimits) -> Result<Group, ReadError> {
    match feed.next(limits) {
        Ok(records) => Ok(Group {
            cursor: feed.cursor(),
            records,
            unreadable: 0,
        }),
        Err(ReadError::Corrupt { .. }) => {
            let group = over_damage(reader, feed.cursor(), limits)?;
            *feed = reader.arrivals_from(group.cursor);
            Ok(group)
        }
        Err(error) => Err(error),
    }
}

/// What is damaged is left out: the store fetches it again, and it arrives anew.
fn over_damage(reader: &Reader, cursor: Arrival, limits: RangeLimits) -> Result<Group, ReadError> {
    let one = RangeLimits {
        records_max: 1,
        ..limits
    };
    let mut group = Group {
        cursor,
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
