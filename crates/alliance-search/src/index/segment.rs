//! A segment's columns in memory, and what is counted of them once: a question that finds many documents looks at each of
//! them, and reading columns takes longer than all else that is done with them.

use std::collections::HashMap;
use std::sync::Arc;

use alliance_record::RecordId;
use tantivy::columnar::BytesColumn;
use tantivy::{DocId, SegmentReader, TantivyError};

use super::adopted::short;
use super::fields::{ADOPTS, ARRIVAL, CLAIMED_AT, FACET, ID, SUPERSEDES, code_term, own};
use crate::bits::Bits;
use crate::text::has_stems;

/// The list of how far an adoption has come, and what in it is no adoption yet.
const ADOPTION_STATUS: &str = "adoption_status";
const NOT_YET: [&str; 2] = ["considering", "planning"];

/// Some 80 bytes a record.
pub(crate) struct Segment {
    /// The languages of records whose words have stems.
    pub(crate) languages: Vec<String>,
    /// Documents that were not deleted.
    pub(crate) alive: Bits,
    alive_count: usize,
    /// When the last of its records arrived.
    pub(crate) newest: u64,
    /// For each facet by its number, how many of these carry it.
    totals: Vec<u32>,
    carried: Carried,
    arrivals: Vec<u64>,
    claimed_at: Vec<i64>,
    ids: Option<BytesColumn>,
    pub(super) links: Links,
}

/// What records of the segment say of others, by the first bytes of ids.
#[derive(Default)]
pub(super) struct Links {
    /// The organisation's facet, and what it adopts.
    pub(super) adopts: Vec<(u32, u64)>,
    /// A record, and what it takes the place of.
    pub(super) supersedes: Vec<(u64, u64)>,
    /// All records that were not deleted, sorted.
    documents: Vec<(u64, DocId)>,
}

/// The facets that segments have, each with a number that it keeps: so that counts of segments can be added.
#[derive(Debug, Clone, Default)]
pub(crate) struct Facets {
    numbers: HashMap<String, u32>,
    /// The list and the value of each.
    pub(crate) names: Vec<(String, String)>,
    /// How many of each list there are.
    lists: HashMap<String, usize>,
}

/// Values of a list that are counted: anybody may write codes that nobody knows, and each takes memory as long as the node runs.
const VALUES_MAX: usize = 16_384;

/// The facets of each document: one document's numbers behind the other's.
struct Carried {
    /// Where each document's begin, and where the last one's end.
    starts: Vec<u32>,
    numbers: Numbers,
}

/// As small as they can be.
enum Numbers {
    Short(Vec<u16>),
    Long(Vec<u32>),
}

impl Segment {
    /// Facets that are new get a number.
    pub(super) fn read(reader: &SegmentReader, facets: &mut Arc<Facets>) -> Result<Self, TantivyError> {
        let columns = reader.fast_fields();
        let documents = reader.max_doc();
        let mut alive = Bits::all(documents);
        if let Some(bits) = reader.alive_bitset() {
            (0..documents)
                .filter(|doc| bits.is_deleted(*doc))
                .for_each(|doc| alive.take(doc));
        }
        let (mut carried, mut languages) = (Carried::none(documents), Vec::new());
        if let Some(column) = columns.str(FACET)? {
            let mut numbers = Vec::new();
            let mut stream = column.dictionary().stream()?;
            while stream.advance() {
                let facet = String::from_utf8_lossy(stream.key());
                languages.extend(stems_of(&facet));
                numbers.push(Facets::number(facets, &facet));
            }
            let of = |doc| column.ords().values_for_doc(doc).filter_map(|at| numbers[at as usize]);
            carried = Carried::read((0..documents).map(of), facets.names.len());
        }
        // Titles and summaries are given in English too.
        languages.push("en".to_owned());
        let ids = columns.bytes(ID)?;
        let links = Links::read((reader, ids.as_ref()), (&alive, &carried), facets)?;
        let mut totals = vec![0; facets.names.len()];
        carried.count(&alive, &mut totals);
        let (arrivals, claimed_at) = (columns.u64(ARRIVAL)?, columns.i64(CLAIMED_AT)?);
        Ok(Self {
            languages,
            alive_count: alive.count(),
            newest: arrivals.max_value(),
            arrivals: (0..documents)
                .map(|doc| arrivals.first(doc).unwrap_or_default())
                .collect(),
            claimed_at: (0..documents)
                .map(|doc| claimed_at.first(doc).unwrap_or_default())
                .collect(),
            ids,
            alive,
            totals,
            carried,
            links,
        })
    }

    pub(crate) fn has_stems_of(&self, language: &str) -> bool {
        self.languages.iter().any(|known| known == language)
    }

    /// When the document's record arrived.
    pub(crate) fn arrival(&self, doc: DocId) -> u64 {
        self.arrivals.get(doc as usize).copied().unwrap_or_default()
    }

    /// When its author says that it was written, in milliseconds since 1970 UTC.
    pub(crate) fn claimed_at(&self, doc: DocId) -> i64 {
        self.claimed_at.get(doc as usize).copied().unwrap_or_default()
    }

    /// The document's id, as it is in the index.
    pub(crate) fn id(&self, doc: DocId) -> Result<Vec<u8>, TantivyError> {
        let mut id = Vec::new();
        if let Some(ids) = &self.ids
            && let Some(number) = ids.term_ords(doc).next()
        {
            ids.ord_to_bytes(number, &mut id)?;
        }
        Ok(id)
    }

    /// Whether a record is in the segment and was not deleted.
    pub(super) fn has(&self, id: &RecordId) -> bool {
        let same = self.links.all(short(id));
        same.iter().any(|(_, doc)| self.id(*doc).is_ok_and(|held| held == id.0))
    }

    /// The number of the facet of the document's organisation.
    pub(super) fn organisation(&self, doc: DocId, facets: &Facets) -> Option<u32> {
        self.carried.organisation(doc, facets)
    }

    /// Adds, for each facet by its number, how many of these documents, `count` of the segment's, carry it.
    pub(crate) fn count(&self, (found, count): (&Bits, usize), counts: &mut [u32]) {
        if count * 2 <= self.alive_count {
            self.carried.count(found, counts);
            return;
        }
        // Of all of them, but for those that were not found.
        let mut others = vec![0; self.totals.len()];
        if count < self.alive_count {
            let mut left_out = self.alive.clone();
            left_out.leave_out(found);
            self.carried.count(&left_out, &mut others);
        }
        for (sum, (total, others)) in counts.iter_mut().zip(self.totals.iter().zip(others)) {
            *sum += total - others;
        }
    }
}

impl Links {
    fn read(
        (reader, ids): (&SegmentReader, Option<&BytesColumn>),
        (alive, carried): (&Bits, &Carried),
        facets: &mut Arc<Facets>,
    ) -> Result<Self, TantivyError> {
        let columns = reader.fast_fields();
        let mut links = Self::default();
        let Some(ids) = ids else {
            return Ok(links);
        };
        let mut names = Vec::with_capacity(ids.num_terms());
        let mut stream = ids.dictionary().stream()?;
        while stream.advance() {
            names.push(RecordId::from_slice(stream.key()).map_or(0, |id| short(&id)));
        }
        let (adopts, supersedes) = (columns.u64(ADOPTS)?, columns.u64(SUPERSEDES)?);
        for doc in 0..reader.max_doc() {
            if !alive.has(doc) {
                continue;
            }
            let id = ids.term_ords(doc).next().map_or(0, |at| names[at as usize]);
            links.documents.push((id, doc));
            links
                .supersedes
                .extend(supersedes.values_for_doc(doc).map(|older| (id, older)));
            let mut adopted = adopts.values_for_doc(doc).peekable();
            if adopted.peek().is_some()
                && !carried.is_planned(doc, facets)
                && let Some(adopter) = carried.organisation(doc, facets)
            {
                Facets::add_adopter(facets, adopter);
                links.adopts.extend(adopted.map(|work| (adopter, work)));
            }
        }
        links.documents.sort_unstable();
        Ok(links)
    }

    /// Where a record of these first bytes is.
    pub(super) fn document(&self, id: u64) -> Option<DocId> {
        self.all(id).first().map(|(_, doc)| *doc)
    }

    /// All records of these first bytes.
    fn all(&self, id: u64) -> &[(u64, DocId)] {
        let from = self.documents.partition_point(|(known, _)| *known < id);
        let rest = &self.documents[from..];
        &rest[..rest.partition_point(|(known, _)| *known == id)]
    }
}

impl Facets {
    /// The facet that says that this organisation, a facet too, took something up.
    pub(super) fn adopter(&self, organisation: u32) -> Option<u32> {
        let (_, id) = self.names.get(organisation as usize)?;
        self.numbers.get(&code_term(own::ADOPTED_BY, id)).copied()
    }

    fn add_adopter(facets: &mut Arc<Self>, organisation: u32) {
        if let Some((_, id)) = facets.names.get(organisation as usize) {
            let facet = code_term(own::ADOPTED_BY, id);
            Self::number(facets, &facet);
        }
    }

    /// The number of a facet that is counted; a new one for a new facet. Facets are shared until one is new.
    fn number(facets: &mut Arc<Self>, facet: &str) -> Option<u32> {
        let (list, value) = facet.split_once(':').filter(|(list, _)| *list != own::TAG)?;
        if let Some(number) = facets.numbers.get(facet) {
            return Some(*number);
        }
        if facets.lists.get(list).is_some_and(|values| *values >= VALUES_MAX) {
            return None;
        }
        let facets = Arc::make_mut(facets);
        let number = u32::try_from(facets.names.len()).ok()?;
        *facets.lists.entry(list.to_owned()).or_default() += 1;
        facets.names.push((list.to_owned(), value.to_owned()));
        facets.numbers.insert(facet.to_owned(), number);
        Some(number)
    }
}

impl Carried {
    fn none(documents: u32) -> Self {
        Self {
            starts: vec![0; documents as usize + 1],
            numbers: Numbers::Short(Vec::new()),
        }
    }

    /// `facets` are all that there are.
    fn read(documents: impl Iterator<Item = impl Iterator<Item = u32>>, facets: usize) -> Self {
        let mut starts = vec![0];
        let mut all: Vec<u32> = Vec::new();
        for numbers in documents {
            all.extend(numbers);
            starts.push(all.len() as u32);
        }
        let numbers = match facets <= usize::from(u16::MAX) + 1 {
            true => Numbers::Short(all.into_iter().map(|number| number as u16).collect()),
            false => Numbers::Long(all),
        };
        Self { starts, numbers }
    }

    /// The facets of a document, by their numbers.
    fn of(&self, doc: DocId) -> impl Iterator<Item = u32> {
        let doc = doc as usize;
        (self.starts[doc]..self.starts[doc + 1]).map(|at| match &self.numbers {
            Numbers::Short(numbers) => u32::from(numbers[at as usize]),
            Numbers::Long(numbers) => numbers[at as usize],
        })
    }

    fn organisation(&self, doc: DocId, facets: &Facets) -> Option<u32> {
        let is_organisation = |number: &u32| facets.names[*number as usize].0 == own::ORGANISATION;
        self.of(doc).find(is_organisation)
    }

    /// Whether an adoption only says that something may be taken up.
    fn is_planned(&self, doc: DocId, facets: &Facets) -> bool {
        self.of(doc).any(|number| {
            let (list, code) = &facets.names[number as usize];
            list == ADOPTION_STATUS && NOT_YET.contains(&code.as_str())
        })
    }

    fn count(&self, documents: &Bits, counts: &mut [u32]) {
        match &self.numbers {
            Numbers::Short(numbers) => tally(&self.starts, numbers, (documents, counts)),
            Numbers::Long(numbers) => tally(&self.starts, numbers, (documents, counts)),
        }
    }
}

fn tally<T: Copy + Into<u32>>(starts: &[u32], numbers: &[T], (documents, counts): (&Bits, &mut [u32])) {
    documents.each(|doc| {
        let doc = doc as usize;
        for number in &numbers[starts[doc] as usize..starts[doc + 1] as usize] {
            let number: u32 = (*number).into();
            counts[number as usize] += 1;
        }
    });
}

/// The language that a facet names, if it has stems: anybody may name any language, and only those that a question has to ask
/// for are of use.
fn stems_of(facet: &str) -> Option<String> {
    let named = facet.strip_prefix(own::LANGUAGE)?.strip_prefix(':')?;
    (has_stems(named) && named != "en").then(|| named.to_owned())
}

#[cfg(test)]
mod tests {
    //! Counting, with few facets and with more than a short number holds.

    use super::*;

    #[test]
    fn many_facets_are_counted_like_few() {
        for facets in [3, usize::from(u16::MAX) + 10] {
            let last = facets as u32 - 1;
            let carried = Carried::read(
                [vec![0, last], vec![], vec![last]].into_iter().map(Vec::into_iter),
                facets,
            );
            let mut counts = vec![0; facets];
            carried.count(&Bits::all(3), &mut counts);
            assert_eq!((counts[0], counts[facets - 1]), (1, 2), "{facets}");
        }
    }
}
