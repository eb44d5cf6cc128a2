//! A group on its way into the database: where each record or body goes, and the four steps that put it there. Never
//! decides whether a record belongs here; a group that does not continue its logs is this node's own fault.

use std::collections::BTreeMap;

use alliance_record::{LogName, VerifiedRecord};

use crate::arrival::{Appended, Arrival, BodyState};
use crate::erased::Marks;
use crate::error::{ReadError, StoreFault};
use crate::feed::{Arrived, Run};
use crate::growing::Growing;
use crate::meta::CommitPoint;
use crate::page::Packer;
use crate::trees::{Place, Trees, arrival_key, log_key};

/// Records of a group: keeps the time to the disk, and what is undone after a torn write, short.
pub const GROUP_RECORDS_MAX: usize = 4096;

/// A record with its place and arrival number.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Placed<'a> {
    /// When the record, or its body if that came later, arrived.
    pub(crate) arrival: Arrival,
    /// When the record arrived: the same, unless only the body is new.
    pub(crate) row: Arrival,
    pub(crate) place: Place,
    pub(crate) record: &'a VerifiedRecord,
    pub(crate) body: BodyState,
}

impl Placed<'_> {
    /// Whether only the body is new, or that it is erased.
    pub(crate) fn is_body(&self) -> bool {
        self.row != self.arrival
    }
}

/// A group whose places are settled.
#[derive(Debug)]
pub(crate) struct Group<'a> {
    pub(crate) placed: Vec<Placed<'a>>,
    appended: Appended,
    runs: Vec<Run>,
    /// In the order of their numbers.
    logs: Vec<Growing<'a>>,
}

impl<'a> Group<'a> {
    /// Places `records` after `last`; logs not seen before get numbers from `next_log` on. Those without a body whose
    /// ids are among `marks` are erased.
    ///
    /// # Panics
    /// When the group is empty or too large, a record does not continue its log, or the group's last record of a log
    /// has no signature: the caller must have judged that.
    pub(crate) fn place(
        trees: &Trees,
        records: &'a [VerifiedRecord],
        (last, mut next_log): (Arrival, u32),
        marks: &Marks,
    ) -> Result<Self, ReadError> {
        check_size(records.len());
        let mut logs: Vec<Growing<'a>> = Vec::new();
        let mut known: BTreeMap<&'a LogName, usize> = BTreeMap::new();
        let mut placed = Vec::with_capacity(records.len());
        let (mut arrival, mut at) = (last, 0);
        for record in records {
            arrival = arrival.next();
            let name = &record.header().log;
            // Records of one log follow each other as a rule.
            if logs.get(at).is_none_or(|log| log.name != *name) {
                at = *known.entry(name).or_insert(logs.len());
            }
            if at == logs.len() {
                logs.push(Growing::begin(trees.log(name)?, record, &mut next_log));
            }
            let body = match BodyState::of(record) {
                BodyState::Lagging if marks.contains(trees, &record.id())? => BodyState::Erased,
                body => body,
            };
            placed.push(logs[at].grow(record, arrival, body));
        }
        let unsigned = logs.iter().find(|growing| !growing.is_signed);
        assert!(
            unsigned.is_none(),
            "the last record of each log in a group has a signature"
        );
        Ok(Self::of(placed, logs, last))
    }

    /// Places bodies that came after their records, all of one log: each beside the arrival of its record. A record
    /// without one is erased.
    ///
    /// # Panics
    /// When there are none or too many.
    pub(crate) fn fill(
        trees: &Trees,
        mut log: Growing<'a>,
        bodies: &[(Arrival, &'a VerifiedRecord)],
        last: Arrival,
    ) -> Result<Self, ReadError> {
        check_size(bodies.len());
        let mut arrival = last;
        let mut placed = Vec::with_capacity(bodies.len());
        for (row, record) in bodies {
            arrival = arrival.next();
            placed.push(log.fill(record, *row, arrival));
        }
        log.advance_bodies(trees)?;
        Ok(Self::of(placed, vec![log], last))
    }

    fn of(placed: Vec<Placed<'a>>, mut logs: Vec<Growing<'a>>, last: Arrival) -> Self {
        logs.iter_mut().for_each(Growing::settle);
        logs.sort_unstable_by_key(|growing| growing.entry.number);
        let appended = Appended {
            first: last.next(),
            last: Arrival(last.0 + placed.len() as u64),
        };
        let runs = runs(&placed);
        Self {
            placed,
            appended,
            runs,
            logs,
        }
    }

    pub(crate) const fn appended(&self) -> Appended {
        self.appended
    }

    /// How many of the group's logs are new.
    pub(crate) fn new_logs(&self) -> u32 {
        self.logs.iter().filter(|growing| growing.is_new).count() as u32
    }

    /// First step: the records in their pages, in the order of the keys.
    pub(crate) fn put_records(&self, trees: &Trees, packer: &mut Packer) -> Result<(), ReadError> {
        self.logs.iter().try_for_each(|growing| growing.seal(trees, packer))?;
        self.logs
            .iter()
            .try_for_each(|growing| growing.put_headers(trees, packer))?;
        self.logs
            .iter()
            .try_for_each(|growing| growing.put_bodies(trees, packer))?;
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
        for growing in &self.logs {
            let key = log_key(&growing.name);
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

fn check_size(records: usize) {
    assert!(records > 0, "a group has records");
    assert!(
        records <= GROUP_RECORDS_MAX,
        "a group has at most {GROUP_RECORDS_MAX} records"
    );
}

fn runs(placed: &[Placed<'_>]) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for record in placed {
        let arrived = match record.is_body() {
            true => Arrived::Bodies,
            false => Arrived::Records,
        };
        if !runs.last_mut().is_some_and(|run| run.extend(record.place, arrived)) {
            runs.push(Run::of_one(record.arrival, record.place, arrived));
        }
    }
    runs
}
