//! What searches see: one commit of the index, with what is read from it once and used by each search.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use alliance_record::RecordId;
use alliance_store::Arrival;
use tantivy::index::SegmentId;
use tantivy::{IndexReader, Searcher, SegmentReader, TantivyError};

use super::adopted::{Adopted, adopted};
use super::fields::Fields;
use super::segment::{Facets, Segment};

/// Shared by the indexer and all searchers.
pub(crate) struct Shared {
    pub(crate) fields: Fields,
    reader: IndexReader,
    /// How far the commit that is shown has come: asked for without waiting for anybody.
    cursor: AtomicU64,
    /// A search holds it for reading until it is done, so that whoever replaces it knows that nobody reads the files of the
    /// one before.
    current: RwLock<Snapshot>,
}

/// One commit.
pub(crate) struct Snapshot {
    pub(crate) searcher: Searcher,
    pub(crate) cursor: Arrival,
    /// In the order of the searcher's.
    pub(crate) segments: Vec<Arc<Segment>>,
    pub(crate) facets: Arc<Facets>,
    pub(crate) adopted: Adopted,
    /// The languages of records whose words have stems.
    pub(crate) languages: Vec<String>,
}

impl Snapshot {
    /// Whether a record is in the index and was not deleted.
    pub(super) fn has(&self, id: &RecordId) -> bool {
        self.segments.iter().any(|segment| segment.has(id))
    }
}

/// A segment, and how many of its documents are deleted: with others deleted, it is counted anew.
type Known = HashMap<(SegmentId, u32), Arc<Segment>>;

impl Shared {
    pub(super) fn new(fields: Fields, reader: IndexReader, cursor: Arrival) -> Result<Self, TantivyError> {
        let current = RwLock::new(snapshot(reader.searcher(), cursor, (Known::new(), Arc::default()))?);
        Ok(Self {
            fields,
            reader,
            cursor: AtomicU64::new(cursor.0),
            current,
        })
    }

    pub(crate) fn cursor(&self) -> Arrival {
        Arrival(self.cursor.load(Ordering::Acquire))
    }

    pub(crate) fn current(&self) -> RwLockReadGuard<'_, Snapshot> {
        // A search that panicked has changed nothing.
        self.current.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Shows the newest commit. Afterwards no search reads an older one.
    pub(super) fn renew(&self, cursor: Arrival) -> Result<(), TantivyError> {
        self.reader.reload()?;
        let known = {
            let current = self.current();
            let readers = current.searcher.segment_readers().iter();
            let segments = readers.map(name).zip(current.segments.iter().cloned());
            (segments.collect(), Arc::clone(&current.facets))
        };
        let next = snapshot(self.reader.searcher(), cursor, known)?;
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = next;
        self.cursor.store(cursor.0, Ordering::Release);
        Ok(())
    }
}

fn name(reader: &SegmentReader) -> (SegmentId, u32) {
    (reader.segment_id(), reader.num_deleted_docs())
}

fn snapshot(
    searcher: Searcher,
    cursor: Arrival,
    (known, mut facets): (Known, Arc<Facets>),
) -> Result<Snapshot, TantivyError> {
    let mut segments = Vec::new();
    for reader in searcher.segment_readers() {
        segments.push(match known.get(&name(reader)) {
            Some(segment) => Arc::clone(segment),
            None => Arc::new(Segment::read(reader, &mut facets)?),
        });
    }
    let languages = segments.iter().flat_map(|segment| segment.languages.iter().cloned());
    let mut languages: Vec<String> = languages.chain(["en".to_owned()]).collect();
    languages.sort_unstable();
    languages.dedup();
    Ok(Snapshot {
        adopted: adopted(&segments, &facets),
        languages,
        searcher,
        cursor,
        segments,
        facets,
    })
}
