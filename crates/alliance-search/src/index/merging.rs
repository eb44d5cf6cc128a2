//! Segments grow by merging, beside what else is done: no record waits for it to be found. Whoever has something forgotten waits
//! until no merge is under way, so that none can write what was just deleted into a new segment.

use std::collections::HashSet;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

use tantivy::index::{SegmentId, SegmentMeta};
use tantivy::{FutureResult, TantivyError};

use super::indexer::Indexer;

/// Segments of about one size that become one.
const MERGED_SEGMENTS: usize = 8;
/// Segments of fewer records are of one size, those of fewer than eight times as many of the next, and so on.
const SMALL_SEGMENT_RECORDS: u32 = 1_000;
/// Merged segments have hardly more records than this: merging so many takes some seconds, which is how long forgetting and
/// closing may have to wait, and so does writing a segment anew to forget one of its records.
const LARGE_SEGMENT_RECORDS: u32 = 131_072;
/// Sizes of segments that are merged.
const SIZES: u32 = 3;
/// Merges at once: one that takes long, and one that keeps the small segments few meanwhile.
const MERGES_MAX: usize = 2;

/// Merges that are under way.
#[derive(Default)]
pub(super) struct Merges(Vec<UnderWay>);

struct UnderWay {
    segments: Vec<SegmentId>,
    size: u32,
    end: FutureResult<Option<SegmentMeta>>,
}

/// Wakes the thread that waits for a merge.
struct Waiting(Thread);

impl Wake for Waiting {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

impl UnderWay {
    fn poll(&mut self, waker: &Waker) -> Poll<Result<Option<SegmentMeta>, TantivyError>> {
        Pin::new(&mut self.end).poll(&mut Context::from_waker(waker))
    }
}

impl Merges {
    pub(super) fn is_under_way(&self) -> bool {
        !self.0.is_empty()
    }

    /// Takes those away that have ended. Says whether there were any.
    fn gather(&mut self) -> Result<bool, TantivyError> {
        let mut ends = Vec::new();
        self.0.retain_mut(|merge| match merge.poll(Waker::noop()) {
            Poll::Ready(end) => {
                ends.push(end);
                false
            }
            Poll::Pending => true,
        });
        let has_ended = !ends.is_empty();
        ends.into_iter().collect::<Result<Vec<_>, _>>()?;
        Ok(has_ended)
    }

    /// Waits until none is under way. Whether they came to anything is of no matter: without it the index holds the same.
    pub(super) fn wait_for_all(&mut self) {
        let waker = Waker::from(Arc::new(Waiting(thread::current())));
        for mut merge in self.0.drain(..) {
            // What has been polled once may not be waited for by its own `wait`.
            while merge.poll(&waker).is_pending() {
                thread::park();
            }
        }
    }
}

impl Indexer {
    /// Shows what was merged, and begins the merges that are due.
    pub(super) fn merge(&mut self) -> Result<(), TantivyError> {
        if self.merges.gather()? {
            self.shared.renew(self.cursor)?;
        }
        let busy: HashSet<SegmentId> = self.merges.0.iter().flat_map(|merge| merge.segments.clone()).collect();
        let mut free = self.writer.index().searchable_segment_metas()?;
        free.retain(|segment| !busy.contains(&segment.id()));
        for size in 0..SIZES {
            let is_busy = self.merges.0.iter().any(|merge| merge.size == size);
            if is_busy || self.merges.0.len() >= MERGES_MAX {
                continue;
            }
            if let Some(segments) = due(&free, size) {
                let end = self.writer.merge(&segments);
                self.merges.0.push(UnderWay { segments, size, end });
            }
        }
        Ok(())
    }
}

/// Segments of a size that should become one.
fn due(segments: &[SegmentMeta], size: u32) -> Option<Vec<SegmentId>> {
    let records_max = SMALL_SEGMENT_RECORDS * 8_u32.pow(size);
    let records_min = if size == 0 { 0 } else { records_max / 8 };
    let is_of_size = |segment: &&SegmentMeta| (records_min..records_max).contains(&segment.num_docs());
    let mut of_size: Vec<&SegmentMeta> = segments.iter().filter(is_of_size).collect();
    of_size.sort_by_key(|segment| segment.num_docs());
    let (mut chosen, mut records) = (Vec::new(), 0);
    for segment in of_size {
        chosen.push(segment.id());
        records += segment.num_docs();
        if chosen.len() == MERGED_SEGMENTS || records >= LARGE_SEGMENT_RECORDS {
            return (chosen.len() > 1).then_some(chosen);
        }
    }
    None
}
