//! What searches see: one commit of the index, with what is read from it once and used by each search.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use alliance_store::Arrival;
use tantivy::index::SegmentId;
use tantivy::{IndexReader, Searcher, SegmentReader, TantivyError};

use super::fields::{FACET, Fields, own};
use crate::text::has_stems;

/// Shared by the indexer and all searchers.
pub(crate) struct Shared {
    pub(crate) fields: Fields,
    reader: IndexReader,
    /// A search holds it for reading until it is done, so that whoever replaces it knows that nobody reads the files of the
    /// one before.
    current: RwLock<Snapshot>,
}

/// One commit.
pub(crate) struct Snapshot {
    pub(crate) searcher: Searcher,
    pub(crate) cursor: Arrival,
    /// The facets of each segment, by their ordinals.
    pub(crate) facets: Vec<Arc<Vec<String>>>,
    /// The languages of records whose words have stems.
    pub(crate) languages: Vec<String>,
}

impl Shared {
    pub(super) fn new(fields: Fields, reader: IndexReader, cursor: Arrival) -> Result<Self, TantivyError> {
        let current = RwLock::new(snapshot(reader.searcher(), cursor, &HashMap::new())?);
        Ok(Self {
            fields,
            reader,
            current,
        })
    }

    pub(crate) fn current(&self) -> RwLockReadGuard<'_, Snapshot> {
        // A search that panicked has changed nothing.
        self.current.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Shows the newest commit. Afterwards no search reads an older one.
    pub(super) fn renew(&self, cursor: Arrival) -> Result<(), TantivyError> {
        self.reader.reload()?;
        let known: HashMap<SegmentId, Arc<Vec<String>>> = {
            let current = self.current();
            let segments = current.searcher.segment_readers().iter().map(SegmentReader::segment_id);
            segments.zip(current.facets.iter().cloned()).collect()
        };
        let next = snapshot(self.reader.searcher(), cursor, &known)?;
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = next;
        Ok(())
    }
}

fn snapshot(
    searcher: Searcher,
    cursor: Arrival,
    known: &HashMap<SegmentId, Arc<Vec<String>>>,
) -> Result<Snapshot, TantivyError> {
    let mut facets = Vec::new();
    for segment in searcher.segment_readers() {
        facets.push(match known.get(&segment.segment_id()) {
            Some(facets) => Arc::clone(facets),
            None => Arc::new(facets_of(segment)?),
        });
    }
    Ok(Snapshot {
        languages: languages(&facets),
        searcher,
        cursor,
        facets,
    })
}

fn facets_of(segment: &SegmentReader) -> Result<Vec<String>, TantivyError> {
    let mut facets = Vec::new();
    if let Some(column) = segment.fast_fields().str(FACET)? {
        let mut stream = column.dictionary().stream()?;
        while stream.advance() {
            facets.push(String::from_utf8_lossy(stream.key()).into_owned());
        }
    }
    Ok(facets)
}

fn languages(facets: &[Arc<Vec<String>>]) -> Vec<String> {
    let all = facets.iter().flat_map(|facets| facets.iter());
    let named = all.filter_map(|facet| facet.strip_prefix(own::LANGUAGE)?.strip_prefix(':'));
    // Anybody may name any language: only those that a question has to ask for are of use.
    let mut languages: Vec<String> = named.filter(|named| has_stems(named)).map(str::to_owned).collect();
    // Titles and summaries are given in English too.
    languages.push("en".to_owned());
    languages.sort_unstable();
    languages.dedup();
    languages
}
