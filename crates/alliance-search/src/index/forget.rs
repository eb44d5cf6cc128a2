//! Forgetting: what is erased must be gone from the files. Owns the order that makes sure of it.

use std::fs;

use alliance_record::RecordId;
use tantivy::index::SegmentId;
use tantivy::{TantivyError, Term};

use super::error::SearchFault;
use super::indexer::{Forgotten, Indexer};

impl Indexer {
    /// Makes sure that nothing of these records is in the index's files any more: their documents are deleted, every segment
    /// that held one is written anew, and the files before are taken away. Costs as much as writing those segments: give all
    /// ids that there are at once.
    ///
    /// Erase the records in the store first, or the next rebuild takes them in again.
    ///
    /// # Errors
    /// [`SearchFault`]. It may be done in part, as after a stop: the next [`Indexer::follow`] or call of this does the rest.
    pub fn forget(&mut self, records: &[RecordId]) -> Result<Forgotten, SearchFault> {
        // One that is under way would write what is deleted now into its new segment, marked only.
        self.merges.wait_for_all();
        self.shared.renew(self.cursor)?;
        let before = self.shared.current().searcher.num_docs();
        self.delete(records)?;
        let removed = before - self.shared.current().searcher.num_docs();
        Ok(Forgotten {
            removed,
            rewritten: self.sweep()?,
            files_left: self.files_left()?,
        })
    }

    /// Takes records out of what is found. Their terms are still in the files.
    pub(super) fn delete(&mut self, records: &[RecordId]) -> Result<(), TantivyError> {
        for id in records {
            let term = Term::from_field_bytes(self.shared.fields.id, id.as_bytes());
            self.writer.delete_term(term);
        }
        self.commit(self.cursor)
    }

    /// Writes anew what has deleted documents in it, also those of an earlier call that a stop cut short, and takes away the
    /// files before. Gives the number of segments.
    pub(super) fn sweep(&mut self) -> Result<usize, TantivyError> {
        let marked = self.marked()?;
        for segment in &marked {
            self.writer.merge(&[*segment]).wait()?;
        }
        // From here on no search reads the files before.
        self.shared.renew(self.cursor)?;
        self.writer.garbage_collect_files().wait()?;
        Ok(marked.len())
    }

    /// Segments with deleted documents.
    pub(super) fn marked(&self) -> Result<Vec<SegmentId>, TantivyError> {
        let segments = self.writer.index().searchable_segment_metas()?;
        let marked = segments.iter().filter(|segment| segment.num_deleted_docs() > 0);
        Ok(marked.map(|segment| segment.id()).collect())
    }

    /// Files of segments that are not part of the index any more.
    fn files_left(&self) -> Result<usize, SearchFault> {
        let segments = self.writer.index().searchable_segment_ids()?;
        let segments: Vec<String> = segments.iter().map(SegmentId::uuid_string).collect();
        let mut left = 0;
        for entry in fs::read_dir(&self.dir)? {
            let name = entry?.file_name().to_string_lossy().into_owned();
            let segment = name.split_once('.').map_or("", |(segment, _)| segment);
            left += usize::from(segment.len() == 32 && !segments.iter().any(|known| known == segment));
        }
        Ok(left)
    }
}
