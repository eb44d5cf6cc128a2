//! Where terms stand in the segments of a commit. Each is looked up once for a question, however often it is asked for.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use tantivy::postings::TermInfo;
use tantivy::query::{Bm25StatisticsProvider, Bm25Weight};
use tantivy::schema::Field;
use tantivy::{TantivyError, Term};

use crate::index::Snapshot;

/// A term, and where each segment has its documents.
#[derive(Debug)]
pub(super) struct Placed {
    pub(super) field: Field,
    /// By segment; none where it has no such term.
    pub(super) segments: Vec<Option<TermInfo>>,
    /// Documents that have it, those included that were deleted and whose segment was not written anew yet.
    pub(super) documents: u64,
}

/// Terms that were looked up.
pub(super) struct Terms<'a> {
    snapshot: &'a Snapshot,
    known: RefCell<HashMap<Term, Arc<Placed>>>,
    lengths: RefCell<HashMap<Field, f32>>,
}

impl<'a> Terms<'a> {
    pub(super) fn new(snapshot: &'a Snapshot) -> Self {
        Self {
            snapshot,
            known: RefCell::default(),
            lengths: RefCell::default(),
        }
    }

    pub(super) const fn snapshot(&self) -> &'a Snapshot {
        self.snapshot
    }

    /// A term of any segment.
    pub(super) fn term(&self, field: Field, term: &str) -> Result<Arc<Placed>, TantivyError> {
        self.placed(Term::from_field_text(field, term), None)
    }

    /// A stem, in the segments that have records of its language.
    pub(super) fn stem(&self, field: Field, term: &str, language: &str) -> Result<Arc<Placed>, TantivyError> {
        self.placed(Term::from_field_text(field, term), Some(language))
    }

    pub(super) fn placed(&self, term: Term, language: Option<&str>) -> Result<Arc<Placed>, TantivyError> {
        if let Some(placed) = self.known.borrow().get(&term) {
            return Ok(Arc::clone(placed));
        }
        let mut segments = Vec::with_capacity(self.snapshot.segments.len());
        let mut documents = 0;
        for (reader, segment) in self
            .snapshot
            .searcher
            .segment_readers()
            .iter()
            .zip(&self.snapshot.segments)
        {
            let info = match language {
                Some(language) if !segment.has_stems_of(language) => None,
                _ => reader.inverted_index(term.field())?.get_term_info(&term)?,
            };
            documents += info.as_ref().map_or(0, |info| u64::from(info.doc_freq));
            segments.push(info);
        }
        let placed = Arc::new(Placed {
            field: term.field(),
            segments,
            documents,
        });
        self.known.borrow_mut().insert(term, Arc::clone(&placed));
        Ok(placed)
    }

    /// How much a document with the term counts.
    pub(super) fn bm25(&self, placed: &Placed, weight: f32) -> Result<Bm25Weight, TantivyError> {
        let searcher = &self.snapshot.searcher;
        let documents = searcher.total_num_docs()?;
        let known = self.lengths.borrow().get(&placed.field).copied();
        let length = match known {
            Some(length) => length,
            None => searcher.total_num_tokens(placed.field)? as f32 / documents as f32,
        };
        self.lengths.borrow_mut().insert(placed.field, length);
        let bm25 = Bm25Weight::for_one_term_without_explain(placed.documents, documents, length);
        Ok(bm25.boost_by(weight))
    }
}
