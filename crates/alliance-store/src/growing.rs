//! One log while a group is being placed: how its entry changes, and which of its records are to be sealed. Never
//! writes.
//!
//! What a group brings of a log is written as pages at once. Those of a short run are loose: when enough of them stand
//! one after the other, they are read back and sealed into full ones. Only what is committed is ever sealed, so that a
//! page never holds records of a finished and of an unfinished group.

use alliance_record::{LogName, VerifiedRecord};

use crate::arrival::{Arrival, BodyState};
use crate::error::ReadError;
use crate::group::Placed;
use crate::logs::{LogEntry, Tip};
use crate::scan::BodyCursor;
use crate::trees::{Place, Trees};

/// Records of a run whose pages stay as they are.
const RUN_RECORDS_MIN: u64 = 16;
/// Loose records after which they are sealed.
const LOOSE_RECORDS_MAX: u64 = 64;

/// A log of a group.
#[derive(Debug)]
pub(crate) struct Growing<'a> {
    pub(crate) name: LogName,
    pub(crate) entry: LogEntry,
    pub(crate) is_new: bool,
    pub(crate) is_signed: bool,
    /// What the group brings of it, in sequence.
    pub(crate) placed: Vec<Placed<'a>>,
    /// First and last of the loose records to be sealed.
    pub(crate) sealed: Option<(u64, u64)>,
}

/// Before a log's first record.
const NOTHING: Tip = Tip {
    sequence: 0,
    record: alliance_record::RecordId([0; 32]),
    arrival: Arrival::NONE,
    loose_from: 0,
    bodies_end: 0,
    lagging: 0,
    lagging_bytes: 0,
};

impl<'a> Growing<'a> {
    /// The log of `record`, which the group brings first of it.
    pub(crate) fn begin(stored: Option<LogEntry>, record: &VerifiedRecord, next_log: &mut u32) -> Self {
        let header = record.header();
        let is_new = stored.is_none();
        let entry = match stored {
            Some(stored) => LogEntry {
                before: Some(stored.newest),
                ..stored
            },
            None => {
                *next_log += 1;
                LogEntry {
                    number: *next_log - 1,
                    organisation: header.organisation,
                    newest: NOTHING,
                    before: None,
                }
            }
        };
        Self {
            name: header.log.clone(),
            entry,
            is_new,
            is_signed: false,
            placed: Vec::new(),
            sealed: None,
        }
    }

    /// A stored log that is to be filled.
    pub(crate) fn stored(name: LogName, stored: LogEntry) -> Self {
        let before = Some(stored.newest);
        Self {
            name,
            entry: LogEntry { before, ..stored },
            is_new: false,
            is_signed: true,
            placed: Vec::new(),
            sealed: None,
        }
    }

    /// Takes the log's next record in.
    pub(crate) fn grow(&mut self, record: &'a VerifiedRecord, arrival: Arrival, body: BodyState) -> Placed<'a> {
        self.check_continues(record);
        let header = record.header();
        let newest = &mut self.entry.newest;
        if body == BodyState::Lagging {
            newest.lagging += 1;
            newest.lagging_bytes += u64::from(header.body_bytes);
        } else if newest.bodies_end == header.sequence {
            newest.bodies_end += 1;
        }
        newest.sequence = header.sequence;
        newest.record = record.id();
        self.is_signed = record.signature().is_some();
        self.put(record, arrival, arrival, body)
    }

    /// Takes the body of a stored record in; without one, that it is erased.
    pub(crate) fn fill(&mut self, record: &'a VerifiedRecord, row: Arrival, arrival: Arrival) -> Placed<'a> {
        let newest = &mut self.entry.newest;
        // Never less than nothing, should a page have been lost that was there.
        newest.lagging = newest.lagging.saturating_sub(1);
        let bytes = u64::from(record.header().body_bytes);
        newest.lagging_bytes = newest.lagging_bytes.saturating_sub(bytes);
        let body = match BodyState::of(record) {
            BodyState::Held => BodyState::Held,
            BodyState::Lagging | BodyState::Erased => BodyState::Erased,
        };
        self.put(record, row, arrival, body)
    }

    fn put(&mut self, record: &'a VerifiedRecord, row: Arrival, arrival: Arrival, body: BodyState) -> Placed<'a> {
        self.entry.newest.arrival = arrival;
        let place = Place {
            log: self.entry.number,
            sequence: record.header().sequence,
        };
        let placed = Placed {
            arrival,
            row,
            place,
            record,
            body,
        };
        self.placed.push(placed);
        placed
    }

    fn check_continues(&self, record: &VerifiedRecord) {
        let (header, newest) = (record.header(), self.entry.newest);
        if self.is_new && self.placed.is_empty() {
            let begins = header.sequence == 0 && header.previous.is_none();
            assert!(begins, "a log begins at sequence 0");
            return;
        }
        let continues = header.sequence == newest.sequence + 1 && header.previous == Some(newest.record);
        assert!(
            continues,
            "a record continues its log: the store holds it to {}",
            newest.sequence
        );
        assert!(
            header.organisation == self.entry.organisation,
            "a log is of one organisation"
        );
    }

    /// Moves the end of the bodies over those that are now there.
    pub(crate) fn advance_bodies(&mut self, trees: &Trees) -> Result<(), ReadError> {
        let newest = &mut self.entry.newest;
        if newest.lagging == 0 {
            newest.bodies_end = newest.sequence + 1;
            return Ok(());
        }
        let mut filled = self.placed.iter().map(|placed| placed.place.sequence).peekable();
        let mut held = BodyCursor::new(trees, self.entry.number);
        loop {
            while filled.next_if(|sequence| *sequence < newest.bodies_end).is_some() {}
            let is_filled = filled.next_if_eq(&newest.bodies_end).is_some();
            if !is_filled && held.at(newest.bodies_end)?.is_none() {
                return Ok(());
            }
            newest.bodies_end += 1;
        }
    }

    /// Decides, when all is taken in, which records are loose.
    pub(crate) fn settle(&mut self) {
        let Some(first) = self.placed.first().filter(|first| !first.is_body()) else {
            return;
        };
        let first = first.place.sequence;
        let newest = &mut self.entry.newest;
        let loose = first - newest.loose_from.min(first);
        let stays = self.placed.len() as u64 >= RUN_RECORDS_MIN;
        if loose > 0 && (stays || loose >= LOOSE_RECORDS_MAX) {
            self.sealed = Some((newest.loose_from, first - 1));
            newest.loose_from = first;
        }
        if stays {
            newest.loose_from = newest.sequence + 1;
        }
    }
}
