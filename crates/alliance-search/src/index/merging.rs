//! Segments grow by merging. It is done here, between commits, and waited for: so nothing is merged while records are being
//! forgotten, and no thread runs when nobody called.

use tantivy::TantivyError;
use tantivy::indexer::{LogMergePolicy, MergePolicy};

use super::indexer::Indexer;

/// Segments of about one size that become one. With 8, a hundred thousand records are in some ten segments.
const MERGED_SEGMENTS: usize = 8;
/// Segments of fewer records count as one size: those of single records come together first.
const SMALL_SEGMENT_RECORDS: u32 = 1_000;
/// A segment is left as it is from so many records on: merging it would take a minute for little.
const LARGE_SEGMENT_RECORDS: usize = 2_000_000;
/// Rounds at most: each leaves fewer segments.
const ROUNDS_MAX: usize = 4;

impl Indexer {
    /// Merges what is due.
    pub(super) fn merge(&mut self) -> Result<(), TantivyError> {
        let mut policy = LogMergePolicy::default();
        policy.set_min_num_segments(MERGED_SEGMENTS);
        policy.set_min_layer_size(SMALL_SEGMENT_RECORDS);
        policy.set_max_docs_before_merge(LARGE_SEGMENT_RECORDS);
        for _ in 0..ROUNDS_MAX {
            let segments = self.writer.index().searchable_segment_metas()?;
            let due = policy.compute_merge_candidates(&segments);
            if due.is_empty() {
                return Ok(());
            }
            for candidate in due {
                self.writer.merge(&candidate.0).wait()?;
            }
            self.shared.renew(self.cursor)?;
        }
        Ok(())
    }
}
