//! Who took up what is found. Adoptions are records of their own, which come before or after what they are of, and of an
//! earlier version of it: so they are joined for each commit, from numbers that segments keep in memory.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use alliance_record::RecordId;
use tantivy::DocId;

use super::segment::{Facets, Segment};

/// Pairs of an organisation and a record that are joined: a bound on what made-up adoptions can cost, some tenths of a second.
const PAIRS_MAX: usize = 1_000_000;

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
    let mut works: BTreeMap<u32, BTreeSet<u64>> = BTreeMap::new();
    for (adopter, work) in segments.iter().flat_map(|segment| &segment.links.adopts) {
        works.entry(*adopter).or_default().insert(*work);
    }
    let join = Join {
        segments,
        facets,
        newer,
    };
    let mut pairs = 0;
    for (adopter, works) in works {
        join.adoptions(adopter, works, (&mut pairs, &mut adopted));
    }
    for documents in &mut adopted {
        documents.sort_unstable();
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
    /// Puts in the works that an organisation adopted and their later versions, each once. A version is by the organisation of
    /// the one before, and what leads to it is of no matter.
    fn adoptions(&self, adopter: u32, works: BTreeSet<u64>, (pairs, adopted): (&mut usize, &mut Adopted)) {
        let Some(facet) = self.facets.adopter(adopter) else {
            return;
        };
        let mut next: Vec<(u64, Option<u32>)> = works.into_iter().map(|work| (work, None)).collect();
        let mut seen = BTreeSet::new();
        while let Some((version, maker)) = next.pop() {
            if seen.contains(&version) || *pairs >= PAIRS_MAX {
                continue;
            }
            let Some((segment, doc, by)) = self.document(version) else {
                continue;
            };
            if by == adopter || maker.is_some_and(|maker| maker != by) {
                continue;
            }
            seen.insert(version);
            *pairs += 1;
            if let Some(documents) = adopted.get_mut(segment) {
                documents.push((doc, facet));
            }
            let newer = self.newer.get(&version).into_iter().flatten();
            next.extend(newer.map(|newer| (*newer, Some(by))));
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
