//! Walking through a chapter, one record at a time.

use std::sync::Arc;

use crate::arrival::StoredRecord;
use crate::core::Core;
use crate::error::ReadError;
use crate::scan::{Bodies, Scan};
use crate::trees::Place;

/// A chapter's records, log by log and in sequence.
#[derive(Debug)]
pub struct ChapterRecords {
    core: Arc<Core>,
    /// Log numbers and their last sequences still to go, last log first.
    extents: Vec<(u32, u64)>,
    scan: Option<Scan>,
}

impl ChapterRecords {
    pub(crate) fn new(core: Arc<Core>, mut extents: Vec<(u32, u64)>) -> Self {
        extents.reverse();
        Self {
            core,
            extents,
            scan: None,
        }
    }
}

impl Iterator for ChapterRecords {
    type Item = Result<StoredRecord, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(read) = self.scan.as_mut().and_then(Scan::next) {
                return Some(read.map(|scanned| StoredRecord {
                    record: scanned.record,
                    arrival: scanned.arrival,
                    body: scanned.body,
                }));
            }
            let (log, last) = self.extents.pop()?;
            let first = Place { log, sequence: 0 };
            let look = Bodies::UpTo(self.core.visible());
            self.scan = Some(self.core.trees().scan(first, last, look));
        }
    }
}
