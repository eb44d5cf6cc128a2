//! The one who writes the index.

use std::path::PathBuf;
use std::sync::Arc;

use alliance_store::Arrival;
use tantivy::{IndexWriter, TantivyDocument, TantivyError};

use super::known::Known;
use super::merging::Merges;
use super::opening::Opened;
use super::payload::Payload;
use super::snapshot::Shared;

/// Writes the index. There is one for a directory. It does nothing by itself, but for merges that a call has begun; dropping
/// it waits for those, some seconds at most.
pub struct Indexer {
    pub(super) writer: IndexWriter<TantivyDocument>,
    pub(super) shared: Arc<Shared>,
    /// The store that it was opened for.
    pub(super) feed_id: [u8; 16],
    pub(super) cursor: Arrival,
    pub(super) opened: Opened,
    pub(super) dir: PathBuf,
    pub(super) known: Known,
    pub(super) merges: Merges,
}

/// What following came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Followed {
    /// Records that can be found now and could not before.
    pub taken: usize,
    /// Arrivals passed over: without a body yet or any more, or nothing that people look for.
    pub passed: usize,
    /// Records that the store could not read. They are left out.
    pub unreadable: usize,
    /// How far the index has come.
    pub cursor: Arrival,
    /// Whether more is there to be taken: call again.
    pub is_behind: bool,
}

/// What forgetting came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Forgotten {
    /// Records that could be found before.
    pub removed: u64,
    /// Segments that were written anew without them.
    pub rewritten: usize,
    /// Files that held them and could not be taken away. The next [`Indexer::follow`] or [`Indexer::forget`] tries again; it is
    /// not over before this is 0.
    pub files_left: usize,
}

impl Indexer {
    /// How the opening found the index.
    #[must_use]
    pub const fn opened(&self) -> Opened {
        self.opened
    }

    /// How far the index has come. It is on the disk with the index.
    #[must_use]
    pub const fn cursor(&self) -> Arrival {
        self.cursor
    }

    /// Makes what was added and taken away durable, together with the cursor, and shows it to searches.
    pub(super) fn commit(&mut self, cursor: Arrival) -> Result<(), TantivyError> {
        let mut commit = self.writer.prepare_commit()?;
        commit.set_payload(&Payload::new(self.feed_id, cursor).write());
        commit.commit()?;
        self.cursor = cursor;
        self.shared.renew(cursor)
    }
}

impl Drop for Indexer {
    fn drop(&mut self) {
        // Or they would write files beside the next one who opens the directory.
        self.merges.wait_for_all();
    }
}

#[cfg(test)]
impl Indexer {
    pub(crate) fn is_merging(&self) -> bool {
        self.merges.is_under_way()
    }

    /// Lets the merges that are due come to their end.
    pub(crate) fn merge_all(&mut self) {
        self.merge().unwrap();
        while self.merges.is_under_way() {
            self.merges.wait_for_all();
            self.shared.renew(self.cursor).unwrap();
            self.merge().unwrap();
        }
    }

    /// Adds a record as a stop before the commit would leave it.
    pub(crate) fn add_uncommitted(&self, facts: &crate::filter::Facts) {
        let document = super::document::document(&self.shared.fields, facts, Arrival(1), &mut Known::default());
        self.writer.add_document(document).unwrap();
    }

    /// As a stop leaves it amid forgetting.
    pub(crate) fn forget_in_part(&mut self, records: &[alliance_record::RecordId]) {
        self.delete(records).unwrap();
    }

    pub(crate) fn segments(&self) -> usize {
        self.writer.index().searchable_segment_ids().unwrap().len()
    }

    /// Every term of every text field.
    pub(crate) fn terms(&self) -> Vec<String> {
        let fields = &self.shared.fields;
        let snapshot = self.shared.current();
        let mut terms = Vec::new();
        for segment in snapshot.searcher.segment_readers() {
            for field in [
                fields.title,
                fields.text,
                fields.title_stem,
                fields.text_stem,
                fields.facet,
            ] {
                let index = segment.inverted_index(field).unwrap();
                let mut stream = index.terms().stream().unwrap();
                while let Some((term, _)) = stream.next() {
                    terms.push(String::from_utf8(term.to_vec()).unwrap());
                }
            }
        }
        terms
    }
}

impl std::fmt::Debug for Indexer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Indexer")
            .field("dir", &self.dir)
            .field("cursor", &self.cursor)
            .field("opened", &self.opened)
            .finish_non_exhaustive()
    }
}
