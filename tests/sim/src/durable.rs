//! What one node has on its disk for certain.

use std::collections::BTreeMap;

use alliance_record::{LogName, RecordId, SignedRecord};

use crate::oracle::{Broken, broken};

/// What one node has on its disk for certain: the records of each log, in order, and whose bodies are there.
#[derive(Debug, Default, Clone)]
pub(crate) struct Durable {
    logs: BTreeMap<LogName, Vec<Held>>,
}

/// One record on a disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Held {
    pub(crate) id: RecordId,
    pub(crate) has_body: bool,
}

impl Durable {
    /// A group was acknowledged by the disk.
    pub(crate) fn append(&mut self, record: &SignedRecord) -> Result<(), Broken> {
        let header = record.header();
        let log = self.logs.entry(header.log.clone()).or_default();
        if header.sequence != log.len() as u64 || header.previous != log.last().map(|held| held.id) {
            let detail = format!("{} stored at {} of {}", record.id().short(), header.sequence, log.len());
            return broken("records_link", detail);
        }
        log.push(Held {
            id: record.id(),
            has_body: record.body().is_some(),
        });
        Ok(())
    }

    /// A body was acknowledged by the disk: that of the record that is held.
    pub(crate) fn fill(&mut self, record: &SignedRecord) -> Result<(), Broken> {
        let (header, id) = (record.header(), record.id());
        let held = usize::try_from(header.sequence)
            .ok()
            .and_then(|at| self.logs.get_mut(&header.log)?.get_mut(at));
        match held {
            Some(held) if held.has_body || held.id == id => {
                held.has_body = true;
                Ok(())
            }
            Some(held) => {
                let detail = format!("that of {} was taken for {}", id.short(), held.id.short());
                broken("bodies_fit_their_headers", detail)
            }
            None => broken("bodies_fit_their_headers", format!("{} is not held", id.short())),
        }
    }

    pub(crate) fn next(&self, log: &LogName) -> u64 {
        self.logs.get(log).map_or(0, |held| held.len() as u64)
    }

    pub(crate) fn at(&self, log: &LogName, sequence: u64) -> Option<Held> {
        let held = self.logs.get(log)?;
        held.get(usize::try_from(sequence).ok()?).copied()
    }

    /// Whether a record is held, with its body.
    pub(crate) fn holds(&self, log: &LogName, sequence: u64, id: &RecordId) -> bool {
        let whole = Held {
            id: *id,
            has_body: true,
        };
        self.at(log, sequence) == Some(whole)
    }

    pub(crate) fn records(&self) -> usize {
        self.logs.values().map(Vec::len).sum()
    }

    /// The places of each log whose bodies are not there.
    pub(crate) fn bare(&self) -> impl Iterator<Item = (&LogName, u64)> {
        self.logs.iter().flat_map(|(log, held)| {
            let bare = held.iter().enumerate().filter(|(_, held)| !held.has_body);
            bare.map(move |(at, _)| (log, at as u64))
        })
    }

    /// Compares what the disk gives after a crash: all that was acknowledged, perhaps a little more.
    pub(crate) fn survived_as(&self, found: &Self) -> Result<(), Broken> {
        for (log, held) in &self.logs {
            let left = found.logs.get(log).map_or(&[][..], Vec::as_slice);
            let kept = |(one, other): (&Held, &Held)| one.id == other.id && (other.has_body || !one.has_body);
            let kept = held.iter().zip(left).take_while(|pair| kept(*pair)).count();
            if kept < held.len() {
                let detail = format!("{kept} of {} records of a log in {} are left", held.len(), log.chapter);
                return broken("nothing_acknowledged_is_lost", detail);
            }
        }
        Ok(())
    }
}
