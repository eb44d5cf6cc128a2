//! Going along the arrival feed. Logs take turns in it, and a page holds what came of one log over a long time: whoever goes
//! far keeps the page of each log, or would unpack it for each of its records.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use crate::arrival::{Arrival, RangeLimits, StoredRecord};
use crate::core::Core;
use crate::error::ReadError;
use crate::feed::runs_after;
use crate::scan::{Bodies, Cursors};

/// Logs whose pages are kept: two pages of some 64 KiB each.
const LOGS_MAX: usize = 512;

/// The arrival feed from some place on. It keeps pages that it has read: what is erased meanwhile may still come, as it may
/// from any reading that is under way. Do not keep it longer than one goes along.
pub struct Arrivals {
    core: Arc<Core>,
    cursor: Arrival,
    pages: HashMap<u32, Cursors>,
}

impl Arrivals {
    pub(crate) fn new(core: Arc<Core>, cursor: Arrival) -> Self {
        Self {
            core,
            cursor,
            pages: HashMap::new(),
        }
    }

    /// How far it has come: the last arrival that was given, or where it began.
    #[must_use]
    pub const fn cursor(&self) -> Arrival {
        self.cursor
    }

    /// What arrived next, as [`Reader::arrivals_since`](crate::Reader::arrivals_since) gives it.
    ///
    /// # Errors
    /// [`ReadError`]. It has not moved.
    pub fn next(&mut self, limits: RangeLimits) -> Result<Vec<StoredRecord>, ReadError> {
        let trees = self.core.trees();
        let visible = self.core.visible();
        let (mut arrivals, mut bytes): (Vec<StoredRecord>, usize) = (Vec::new(), 0);
        'runs: for run in runs_after(trees, self.cursor)? {
            let run = run?;
            if run.first > visible {
                break;
            }
            let kept = self.pages.remove(&run.place.log);
            let cursors = kept.unwrap_or_else(|| Cursors::new(trees, run.place.log));
            let mut scan = trees.scan_with(cursors, (run.place, run.last_sequence()), Bodies::UpTo(visible));
            let mut arrival = run.first;
            for scanned in &mut scan {
                let scanned = scanned?;
                bytes += scanned.bytes();
                let is_full = arrivals.len() >= limits.records_max || bytes > limits.bytes_max;
                if is_full && !arrivals.is_empty() {
                    self.pages.insert(run.place.log, scan.into_cursors());
                    break 'runs;
                }
                arrivals.push(StoredRecord {
                    body: scanned.body,
                    record: scanned.record,
                    arrival,
                });
                arrival = arrival.next();
            }
            if self.pages.len() >= LOGS_MAX {
                self.pages.clear();
            }
            self.pages.insert(run.place.log, scan.into_cursors());
        }
        self.cursor = arrivals.last().map_or(self.cursor, |last| last.arrival);
        Ok(arrivals)
    }
}

impl fmt::Debug for Arrivals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Arrivals")
            .field("cursor", &self.cursor)
            .finish_non_exhaustive()
    }
}
