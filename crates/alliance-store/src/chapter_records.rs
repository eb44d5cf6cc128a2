//! Walking through a chapter, one record at a time.

use std::sync::Arc;

use crate::arrival::StoredRecord;
use crate::core::Core;
use crate::error::ReadError;
use crate::trees::Place;

/// Sequences read before the walk looks up its place anew: keeps what it holds small.
const STEP: u64 = 64;

/// A chapter's records, log by log and in sequence.
#[derive(Debug)]
pub struct ChapterRecords {
    core: Arc<Core>,
    /// Log numbers and their last sequences still to go, last log first.
    extents: Vec<(u32, u64)>,
    next_sequence: u64,
    ready: std::vec::IntoIter<StoredRecord>,
}

impl ChapterRecords {
    pub(crate) fn new(core: Arc<Core>, mut extents: Vec<(u32, u64)>) -> Self {
        extents.reverse();
        Self {
            core,
            extents,
            next_sequence: 0,
            ready: Vec::new().into_iter(),
        }
    }

    fn fetch(&mut self) -> Result<Option<StoredRecord>, ReadError> {
        while let Some(&(log, end)) = self.extents.last() {
            let from = Place {
                log,
                sequence: self.next_sequence,
            };
            let to = end.min(self.next_sequence + STEP - 1);
            let step: Result<Vec<_>, _> = self.core.trees().scan(from, to).collect();
            self.next_sequence = to + 1;
            if to == end {
                self.extents.pop();
                self.next_sequence = 0;
            }
            let records: Vec<StoredRecord> = step?.into_iter().map(|(stored, _)| stored).collect();
            self.ready = records.into_iter();
            if let Some(stored) = self.ready.next() {
                return Ok(Some(stored));
            }
        }
        Ok(None)
    }
}

impl Iterator for ChapterRecords {
    type Item = Result<StoredRecord, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.ready.next() {
            Some(stored) => Some(Ok(stored)),
            None => self.fetch().transpose(),
        }
    }
}
