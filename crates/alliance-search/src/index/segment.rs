//! A segment's columns in memory, and what is counted of them once: a question that finds many documents looks at each of
//! them, and reading columns takes longer than all else that is done with them.

use std::collections::HashMap;

use tantivy::columnar::BytesColumn;
use tantivy::{DocId, SegmentReader, TantivyError};

use super::fields::{ARRIVAL, CLAIMED_AT, FACET, ID, own};
use crate::bits::Bits;
use crate::text::has_stems;

/// Some 60 bytes a record.
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
}

/// The facets that segments have, each with a number that it keeps: so that counts of segments can be added.
#[derive(Debug, Clone, Default)]
pub(crate) struct Facets {
    numbers: HashMap<String, u32>,
    /// The list and the value of each.
    pub(crate) names: Vec<(String, String)>,
}

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
    pub(super) fn read(reader: &SegmentReader, facets: &mut Facets) -> Result<Self, TantivyError> {
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
                numbers.push(facets.number(&facet));
            }
            let of = |doc| column.ords().values_for_doc(doc).filter_map(|at| numbers[at as usize]);
            carried = Carried::read((0..documents).map(of), facets.names.len());
        }
        // Titles and summaries are given in English too.
        languages.push("en".to_owned());
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
            ids: columns.bytes(ID)?,
            alive,
            totals,
            carried,
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

impl Facets {
    /// The number of a facet that is counted; a new one for a new facet.
    fn number(&mut self, facet: &str) -> Option<u32> {
        let (list, value) = facet.split_once(':').filter(|(list, _)| *list != own::TAG)?;
        if let Some(number) = self.numbers.get(facet) {
            return Some(*number);
        }
        let number = u32::try_from(self.names.len()).ok()?;
        self.names.push((list.to_owned(), value.to_owned()));
        self.numbers.insert(facet.to_owned(), number);
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
