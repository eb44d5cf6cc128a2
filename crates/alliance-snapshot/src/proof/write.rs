//! Writes a part of the proof.

use std::io::Write;

use alliance_record::{ChapterName, SignedRecord};
use alliance_wire::{BUNDLE_MAGIC, BundleFrame, BundleHead};

use super::LogPlan;
use crate::limits::PIECE_RECORDS;
use crate::make::{MakeError, Shelf};
use crate::manifest::Manifest;

/// Writes the logs of one part.
pub(crate) fn write<S: Shelf, W: Write>(
    shelf: &S,
    manifest: &Manifest,
    logs: &[&LogPlan],
    out: W,
) -> Result<(), MakeError<S::Error>> {
    let mut frames = Frames {
        out,
        hasher: blake3::Hasher::new(),
        records: 0,
    };
    frames.put(BUNDLE_MAGIC)?;
    frames.put(&BundleFrame::Head(head(manifest, logs)).encode())?;
    for log in logs {
        let mut until = Some(log.head.sequence);
        while let Some(last) = until {
            let first = log.from.max(last - last % PIECE_RECORDS);
            let records = piece(shelf, log, first, last)?;
            frames.records += records.len() as u64;
            frames.put(&BundleFrame::Range(records).encode())?;
            until = (first > log.from).then(|| first - 1);
        }
    }
    let (records, hash) = (frames.records, *frames.hasher.finalize().as_bytes());
    frames.put(&BundleFrame::End { records, hash }.encode())
}

fn head(manifest: &Manifest, logs: &[&LogPlan]) -> BundleHead {
    let mut chapters: Vec<ChapterName> = logs.iter().map(|log| log.head.log.chapter.clone()).collect();
    chapters.dedup();
    BundleHead {
        alliance: manifest.alliance,
        chapters,
        logs: logs.len() as u64,
        records: logs.iter().map(|log| log.head.sequence - log.from + 1).sum(),
        // A snapshot has no time of its own: it is the same whenever it is made.
        made_at_ms: 0,
    }
}

/// The records of a log from one sequence to another, and from its head on to the first with a signature, as the proof has them.
fn piece<S: Shelf>(shelf: &S, log: &LogPlan, first: u64, last: u64) -> Result<Vec<SignedRecord>, MakeError<S::Error>> {
    let is_newest = last == log.head.sequence;
    let is_alliance = log.head.log.chapter.is_alliance();
    let mut records: Vec<SignedRecord> = Vec::new();
    let mut next = first;
    while next <= last {
        let more = match is_alliance {
            true => shelf.range(&log.head.log, next, last - next + 1),
            false => shelf.headers(&log.head.log, next, last - next + 1),
        };
        let more = more.map_err(MakeError::Shelf)?;
        next += more.len() as u64;
        if more.is_empty() {
            return Err(MakeError::NotHeld {
                log: log.head.log.clone(),
                sequence: next,
            });
        }
        records.extend(more);
    }
    let wanted = usize::try_from(last - first).unwrap_or(usize::MAX);
    let is_proof = |record: &SignedRecord| record.signature().is_some();
    let end = match is_newest {
        true => records
            .iter()
            .skip(wanted)
            .position(is_proof)
            .map_or(wanted, |more| wanted + more),
        false => wanted,
    };
    records.truncate(end + 1);
    let count = records.len();
    let place = |(index, record): (usize, SignedRecord)| {
        let sequence = first + index as u64;
        let record = match log.whole.get(&sequence) {
            Some(id) => shelf
                .record(id)
                .map_err(MakeError::Shelf)?
                .filter(|held| held.body().is_some())
                .ok_or(MakeError::NoText { record: *id })?
                .into_signed(),
            None if is_alliance && sequence <= last => record,
            None => record.without_body(),
        };
        // One signature proves the log, and others are not the same on every node.
        let is_last = is_newest && index + 1 == count;
        Ok(if is_last { record } else { record.without_signature() })
    };
    records.into_iter().enumerate().map(place).collect()
}

struct Frames<W> {
    out: W,
    hasher: blake3::Hasher,
    records: u64,
}

impl<W: Write> Frames<W> {
    fn put<E>(&mut self, bytes: &[u8]) -> Result<(), MakeError<E>> {
        self.hasher.update(bytes);
        self.out.write_all(bytes).map_err(MakeError::Io)
    }
}
