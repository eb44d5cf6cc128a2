//! A store in memory that keeps the promises of the real one: logs without holes, ranges that end at a signature.

use std::collections::{BTreeMap, BTreeSet};

use alliance_engine::Served;
use alliance_record::{Head, LogName, RecordId, SignedRecord, VerifiedRecord};
use alliance_wire::RecordPart;

use crate::fixture::{unsigned, without_body};

/// Every so many records a signature is kept inside a range. Smaller than the protocol's, so that short logs show it.
pub(crate) const CHECKPOINT: u64 = 4;

#[derive(Debug, Default, Clone)]
pub(crate) struct Store {
    logs: BTreeMap<LogName, Vec<SignedRecord>>,
    arrivals: Vec<SignedRecord>,
    /// Whether records may be stored without their bodies.
    may_be_bare: bool,
    pub(crate) erased: BTreeSet<RecordId>,
}

impl Store {
    pub(crate) fn new(may_be_bare: bool) -> Self {
        Self {
            may_be_bare,
            ..Self::default()
        }
    }

    /// Stores bodies of records that are held; the log, when they are not what the stored headers commit to.
    pub(crate) fn fill(&mut self, records: &[VerifiedRecord]) -> Option<LogName> {
        for record in records {
            let log = record.header().log.clone();
            let held = self.logs.get_mut(&log).expect("the headers are stored");
            let held = &mut held[usize::try_from(record.header().sequence).unwrap()];
            if held.header().body_commitment != record.header().body_commitment {
                return Some(log);
            }
            *held = SignedRecord::from_parts(
                held.header_bytes().clone(),
                held.signature().copied(),
                record.body().cloned(),
            )
            .unwrap();
        }
        None
    }

    /// The first sequence without a body of each log that has such.
    pub(crate) fn bodies_ends(&self) -> Vec<(LogName, u64)> {
        let first = |(log, records): (&LogName, &Vec<SignedRecord>)| {
            let at = records.iter().position(|record| record.body().is_none())?;
            Some((log.clone(), at as u64))
        };
        self.logs.iter().filter_map(first).collect()
    }

    /// Records without their bodies.
    pub(crate) fn bare(&self) -> usize {
        self.logs
            .values()
            .flatten()
            .filter(|record| record.body().is_none())
            .count()
    }

    pub(crate) fn append(&mut self, record: &VerifiedRecord) {
        let log = self.logs.entry(record.header().log.clone()).or_default();
        assert_eq!(record.header().sequence, log.len() as u64, "a hole in a log");
        assert_eq!(
            record.header().previous,
            log.last().map(SignedRecord::id),
            "a broken link"
        );
        assert!(
            record.body().is_some() || self.may_be_bare || self.erased.contains(&record.id()),
            "a record without its body was stored"
        );
        log.push((**record).clone());
        self.arrivals.push((**record).clone());
    }

    pub(crate) fn at(&self, log: &LogName, sequence: u64) -> Option<RecordId> {
        let index = usize::try_from(sequence).ok()?;
        self.logs.get(log)?.get(index).map(SignedRecord::id)
    }

    pub(crate) fn by_id(&self, id: &RecordId) -> &SignedRecord {
        self.find(id).expect("a record that is held")
    }

    pub(crate) fn find(&self, id: &RecordId) -> Option<&SignedRecord> {
        let records = self.logs.values().flatten();
        records.into_iter().find(|record| record.id() == *id)
    }

    /// Of a record that is held nothing is left but its header.
    pub(crate) fn erase(&mut self, id: &RecordId) {
        self.erased.insert(*id);
        let held = self.logs.values_mut().flatten().find(|record| record.id() == *id);
        let held = held.expect("a record that is held");
        *held = without_body(held);
    }

    pub(crate) fn len(&self) -> usize {
        self.arrivals.len()
    }

    pub(crate) fn arrivals(&self) -> &[SignedRecord] {
        &self.arrivals
    }

    pub(crate) fn heads(&self) -> impl Iterator<Item = Head> + '_ {
        self.logs.iter().filter_map(|(log, records)| {
            let last = records.last()?;
            Some(Head {
                log: log.clone(),
                organisation: last.header().organisation,
                sequence: last.header().sequence,
                record: last.id(),
            })
        })
    }

    /// From the first record asked for to the last one, and on to the first that carries a signature.
    pub(crate) fn range(&self, served: &Served) -> Vec<SignedRecord> {
        let held = served.log.as_ref().and_then(|log| self.logs.get(log));
        let from = usize::try_from(served.from).unwrap_or(usize::MAX);
        let mut records: Vec<SignedRecord> = Vec::new();
        let mut proven = 0;
        for record in held.and_then(|log| log.get(from..)).unwrap_or_default() {
            let record = match served.part {
                RecordPart::Header => bodiless(record),
                RecordPart::Whole if record.body().is_none() => break,
                RecordPart::Whole => record.clone(),
            };
            records.push(record);
            let Some(record) = records.last() else { break };
            if record.signature().is_some() {
                proven = records.len();
                if record.header().sequence >= served.until {
                    break;
                }
            }
        }
        records.truncate(proven);
        let last = records.len().saturating_sub(1);
        for record in &mut records[..last] {
            if record.header().sequence % CHECKPOINT != CHECKPOINT - 1 {
                *record = unsigned(record);
            }
        }
        records
    }
}

fn bodiless(record: &SignedRecord) -> SignedRecord {
    SignedRecord::from_parts(record.header_bytes().clone(), record.signature().copied(), None).unwrap()
}
