//! A group on its way into the database: where each record goes, and the four steps that put it there. Never decides
//! whether a record belongs here; a group that does not continue its logs is this node's own fault.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use alliance_record::{LogName, VerifiedRecord};

use crate::arrival::{Appended, Arrival};
use crate::error::{ReadError, StoreFault};
use crate::feed::Run;
use crate::logs::{LogEntry, Tip};
use crate::meta::CommitPoint;
use crate::trees::{Place, Trees, arrival_key, log_key};
use crate::value::encode_single;

/// Records of a group: keeps the time to the disk, and what is undone after a torn write, short.
pub const GROUP_RECORDS_MAX: usize = 4096;

/// A record with its place and arrival number.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Placed<'a> {
    pub(crate) arrival: Arrival,
    pub(crate) place: Place,
    pub(crate) record: &'a VerifiedRecord,
}

/// A group whose places are settled.
#[derive(Debug)]
pub(crate) struct Group<'a> {
    pub(crate) placed: Vec<Placed<'a>>,
    appended: Appended,
    runs: Vec<Run>,
    logs: BTreeMap<LogName, Growing>,
}

/// A log while the group is being placed.
#[derive(Debug)]
struct Growing {
    entry: LogEntry,
    is_new: bool,
    is_signed: bool,
}

impl<'a> Group<'a> {
    /// Places `records` after `last`; logs not seen before get numbers from `next_log` on.
    ///
    /// # Panics
    /// When the group is empty or too large, a record does not continue its log, or the group's last record of a log
    /// has no signature: the caller must have judged that.
    pub(crate) fn place(
        trees: &Trees,
        records: &'a [VerifiedRecord],
        last: Arrival,
        mut next_log: u32,
    ) -> Result<Self, ReadError> {
        assert!(!records.is_empty(), "a group has records");
        assert!(
            records.len() <= GROUP_RECORDS_MAX,
            "a group has at most {GROUP_RECORDS_MAX} records"
        );
        let mut logs: BTreeMap<LogName, Growing> = BTreeMap::new();
        let mut placed = Vec::with_capacity(records.len());
        let mut arrival = last;
        for record in records {
            arrival = arrival.next();
            let place = match logs.entry(record.header().log.clone()) {
                Entry::Occupied(mut growing) => growing.get_mut().grow(record, arrival),
                Entry::Vacant(vacant) => {
                    let growing = Growing::begin(trees.log(&record.header().log)?, record, arrival, &mut next_log);
                    vacant.insert(growing).place()
                }
            };
            placed.push(Placed { arrival, place, record });
        }
        let unsigned = logs.values().find(|growing| !growing.is_signed);
        assert!(
            unsigned.is_none(),
            "the last record of each log in a group has a signature"
        );
        let appended = Appended {
            first: last.next(),
            last: arrival,
        };
        let runs = runs(&placed);
        Ok(Self {
            placed,
            appended,
            runs,
            logs,
        })
    }

    pub(crate) const fn appended(&self) -> Appended {
        self.appended
    }

    /// How many of the group's logs are new.
    pub(crate) fn new_logs(&self) -> u32 {
        self.logs.values().filter(|growing| growing.is_new).count() as u32
    }

    /// First step: the records, in the order of their keys.
    pub(crate) fn put_records(&self, trees: &Trees) -> Result<(), StoreFault> {
        let mut sorted: Vec<&Placed<'_>> = self.placed.iter().collect();
        sorted.sort_unstable_by_key(|placed| placed.place);
        for placed in sorted {
            let value = encode_single(placed.arrival, placed.record);
            trees.records.insert(placed.place.to_key(), value)?;
        }
        Ok(())
    }

    /// Second step: the feed.
    pub(crate) fn put_feed(&self, trees: &Trees) -> Result<(), StoreFault> {
        for run in &self.runs {
            trees.feed.insert(arrival_key(run.first), &run.value())?;
        }
        Ok(())
    }

    /// Third step: the heads, each beside the one it follows.
    pub(crate) fn put_logs(&self, trees: &Trees) -> Result<(), StoreFault> {
        for (name, growing) in &self.logs {
            let key = log_key(name);
            if growing.is_new {
                trees.names.insert(growing.entry.number.to_be_bytes(), &key[..])?;
            }
            trees.logs.insert(key, growing.entry.encode())?;
        }
        Ok(())
    }

    /// Last step: the commit point. Without it, none of the other steps counts.
    pub(crate) fn put_commit(&self, trees: &Trees) -> Result<(), StoreFault> {
        trees.put_commit_point(CommitPoint {
            last: self.appended.last,
            group_first: self.appended.first,
        })
    }
}

impl Growing {
    fn begin(stored: Option<LogEntry>, record: &VerifiedRecord, arrival: Arrival, next_log: &mut u32) -> Self {
        let Some(stored) = stored else {
            let header = record.header();
            assert!(
                header.sequence == 0 && header.previous.is_none(),
                "a log begins at sequence 0"
            );
            let number = *next_log;
            *next_log += 1;
            let entry = LogEntry {
                number,
                organisation: header.organisation,
                newest: tip(record, arrival),
                before: None,
            };
            return Self {
                entry,
                is_new: true,
                is_signed: record.signature().is_some(),
            };
        };
        let before = Some(stored.newest);
        let entry = LogEntry { before, ..stored };
        let mut growing = Self {
            entry,
            is_new: false,
            is_signed: false,
        };
        growing.grow(record, arrival);
        growing
    }

    fn grow(&mut self, record: &VerifiedRecord, arrival: Arrival) -> Place {
        let (header, newest) = (record.header(), self.entry.newest);
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
        self.entry.newest = tip(record, arrival);
        self.is_signed = record.signature().is_some();
        self.place()
    }

    const fn place(&self) -> Place {
        Place {
            log: self.entry.number,
            sequence: self.entry.newest.sequence,
        }
    }
}

fn tip(record: &VerifiedRecord, arrival: Arrival) -> Tip {
    Tip {
        sequence: record.header().sequence,
        record: record.id(),
        arrival,
    }
}

fn runs(placed: &[Placed<'_>]) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for record in placed {
        if !runs.last_mut().is_some_and(|run| run.extend(record.place)) {
            runs.push(Run::of_one(record.arrival, record.place));
        }
    }
    runs
}
