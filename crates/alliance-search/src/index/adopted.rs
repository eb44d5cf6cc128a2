//! Who took up what is found. Adoptions are records of their own, which come before or after what they are of, and of an
//! earlier version of it: so they are joined for each commit, from numbers that segments keep in memory.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use alliance_record::RecordId;
use tantivy::DocId;

use super::segment::{Facets, Segment};

/// Versions of a work that are gone through for one adoption.
const VERSIONS_MAX: usize = 1_000;

/// For each segment, the documents that were adopted and the number of the facet that says by whom, each once.
pub(crate) type Adopted = Vec<Vec<(DocId, u32)>>;

/// The first bytes of an id, by which records are joined. Ids are hashes: two that share them are not met.
pub(super) fn short(id: &RecordId) -> u64 {
    u64::from_be_bytes(id.0[..8].try_into().unwrap_or_default())
}

/// Joins the adoptions of all segments with what they are of, in each version.
pub(super) fn adopted(segments: &[Arc<Segment>], facets: &Facets) -> Adopted {
    let mut adopted: Adopted = vec![Vec::new(); segments.len()];
    if segments.iter().all(|segment| segment.links.adopts.is_empty()) {
        return adopted;
    }
    let mut newer: HashMap<u64, Vec<u64>> = HashMap::new();
    for link in segments.iter().flat_map(|segment| &segment.links.supersedes) {
        newer.entry(link.1).or_default().push(link.0);
    }
    let join = Join {
        segments,
        facets,
        newer,
    };
    for segment in segments {
        for (adopter, work) in &segment.links.adopts {
            join.adoption(*adopter, *work, &mut adopted);
        }
    }
    for documents in &mut adopted {
        documents.sort_unstable();
        documents.dedup();
    }
    adopted
}

struct Join<'a> {
    segments: &'a [Arc<Segment>],
    facets: &'a Facets,
    /// By what it takes the place of.
    newer: HashMap<u64, Vec<u64>>,
}

impl Join<'_> {
    /// Puts in the work that was adopted and its later versions, which are by the same organisation.
    fn adoption(&self, adopter: u32, work: u64, adopted: &mut Adopted) {
        let Some((_, _, maker)) = self.document(work) else {
            return;
        };
        let Some(facet) = self.facets.adopter(adopter) else {
            return;
        };
        if maker == adopter {
            return;
        }
        let (mut seen, mut next) = (BTreeSet::from([work]), vec![work]);
        while let Some(version) = next.pop() {
            let Some((segment, doc, by)) = self.document(version) else {
                continue;
            };
            if by != maker {
                continue;
            }
            if let Some(documents) = adopted.get_mut(segment) {
                documents.push((doc, facet));
            }
            let newer = self.newer.get(&version).into_iter().flatten();
            next.extend(newer.filter(|newer| seen.len() < VERSIONS_MAX && seen.insert(**newer)));
        }
    }

    /// Where a record is, and the number of the facet of its organisation.
    fn document(&self, id: u64) -> Option<(usize, DocId, u32)> {
        let mut segments = self.segments.iter().enumerate();
        segments.find_map(|(at, segment)| {
            let doc = segment.links.document(id).filter(|doc| segment.alive.has(*doc))?;
            Some((at, doc, segment.organisation(doc, self.facets)?))
        })
    }
}
