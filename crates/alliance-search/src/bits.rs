//! Documents of one segment, as a bit each: a segment of a hundred thousand records is 16 KiB, and any two are compared in
//! microseconds.

use tantivy::DocId;

const WORD: usize = 64;

/// Some of a segment's documents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bits {
    words: Vec<u64>,
    /// No more than so many: known without counting.
    at_most: usize,
}

impl Bits {
    /// None of so many documents.
    pub(crate) fn none(documents: u32) -> Self {
        Self {
            words: vec![0; (documents as usize).div_ceil(WORD)],
            at_most: 0,
        }
    }

    /// All of so many documents.
    pub(crate) fn all(documents: u32) -> Self {
        let mut all = Self::none(documents);
        all.words.fill(u64::MAX);
        let rest = documents as usize % WORD;
        if let (Some(last), 1..) = (all.words.last_mut(), rest) {
            *last = (1 << rest) - 1;
        }
        all.at_most = documents as usize;
        all
    }

    pub(crate) fn put(&mut self, doc: DocId) {
        self.words[doc as usize / WORD] |= 1 << (doc as usize % WORD);
        self.at_most += 1;
    }

    /// Puts many at once.
    pub(crate) fn put_all(&mut self, docs: &[DocId]) {
        for doc in docs {
            self.words[*doc as usize / WORD] |= 1 << (*doc as usize % WORD);
        }
        self.at_most += docs.len();
    }

    pub(crate) fn take(&mut self, doc: DocId) {
        self.words[doc as usize / WORD] &= !(1 << (doc as usize % WORD));
    }

    pub(crate) fn has(&self, doc: DocId) -> bool {
        self.words[doc as usize / WORD] & (1 << (doc as usize % WORD)) != 0
    }

    pub(crate) fn keep(&mut self, others: &Self) {
        self.at_most = self.at_most.min(others.at_most);
        self.with(others, |one, other| one & other);
    }

    pub(crate) fn leave_out(&mut self, others: &Self) {
        self.with(others, |one, other| one & !other);
    }

    pub(crate) fn add(&mut self, others: &Self) {
        self.at_most += others.at_most;
        self.with(others, |one, other| one | other);
    }

    fn with(&mut self, others: &Self, both: impl Fn(u64, u64) -> u64) {
        for (one, other) in self.words.iter_mut().zip(&others.words) {
            *one = both(*one, *other);
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.at_most == 0 || self.words.iter().all(|word| *word == 0)
    }

    /// How many there are, at most: without counting.
    pub(crate) const fn at_most(&self) -> usize {
        self.at_most
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// The last one first.
    pub(crate) fn each_backwards(&self, mut show: impl FnMut(DocId)) {
        for (at, word) in self.words.iter().enumerate().rev() {
            let mut word = *word;
            while word != 0 {
                let last = word.ilog2();
                show((at * WORD) as u32 + last);
                word &= !(1 << last);
            }
        }
    }

    /// In their order.
    pub(crate) fn each(&self, mut show: impl FnMut(DocId)) {
        for (at, word) in self.words.iter().enumerate() {
            let mut word = *word;
            while word != 0 {
                show((at * WORD) as u32 + word.trailing_zeros());
                word &= word - 1;
            }
        }
    }
}

/// A place for each of some documents, for values that belong to them: by its number where they are many, so that no place
/// has to be looked for, and else one behind the other.
pub(crate) struct Slots {
    bits: Bits,
    /// How many stand before each word; empty where every document of the segment has a place.
    before: Vec<u32>,
    len: usize,
}

/// From one in so many on, every document of the segment has a place.
const MANY: usize = 16;

impl Slots {
    pub(crate) fn new(bits: Bits) -> Self {
        let documents = bits.words.len() * WORD;
        let count = bits.count();
        if count * MANY >= documents {
            return Self {
                bits,
                before: Vec::new(),
                len: documents,
            };
        }
        let mut before = Vec::with_capacity(bits.words.len());
        let mut sum = 0;
        for word in &bits.words {
            before.push(sum);
            sum += word.count_ones();
        }
        Self {
            bits,
            before,
            len: count,
        }
    }

    pub(crate) const fn bits(&self) -> &Bits {
        &self.bits
    }

    pub(crate) const fn len(&self) -> usize {
        self.len
    }

    /// The place of one that is among them.
    pub(crate) fn slot(&self, doc: DocId) -> usize {
        let doc = doc as usize;
        match self.before.get(doc / WORD) {
            None => doc,
            Some(before) => {
                let lower = self.bits.words[doc / WORD] & ((1 << (doc % WORD)) - 1);
                *before as usize + lower.count_ones() as usize
            }
        }
    }
}

#[cfg(test)]
mod tests {
    //! Sets of documents, beside sets of numbers.

    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    const DOCUMENTS: u32 = 1_000;

    fn bits(docs: &BTreeSet<u32>) -> Bits {
        let mut bits = Bits::none(DOCUMENTS);
        docs.iter().for_each(|doc| bits.put(*doc));
        bits
    }

    fn docs(bits: &Bits) -> BTreeSet<u32> {
        let (mut docs, mut backwards) = (Vec::new(), Vec::new());
        bits.each(|doc| docs.push(doc));
        bits.each_backwards(|doc| backwards.insert(0, doc));
        assert_eq!(docs, backwards);
        docs.into_iter().collect()
    }

    proptest! {
        #[test]
        fn sets_are_sets(one in prop::collection::btree_set(0..DOCUMENTS, 0..200), other in prop::collection::btree_set(0..DOCUMENTS, 0..20)) {
            let (first, second) = (bits(&one), bits(&other));
            let after = |change: fn(&mut Bits, &Bits)| {
                let mut bits = first.clone();
                change(&mut bits, &second);
                assert!(bits.at_most() >= bits.count());
                assert_eq!(bits.is_empty(), bits.count() == 0);
                docs(&bits)
            };
            prop_assert_eq!(after(Bits::keep), &one & &other);
            prop_assert_eq!(after(Bits::add), &one | &other);
            prop_assert_eq!(after(Bits::leave_out), &one - &other);
        }

        #[test]
        fn each_document_has_a_place_of_its_own(docs in prop::collection::btree_set(0..DOCUMENTS, 0..200)) {
            let slots = Slots::new(bits(&docs));
            let places: BTreeSet<usize> = docs.iter().map(|doc| slots.slot(*doc)).collect();
            prop_assert_eq!(places.len(), docs.len());
            prop_assert!(places.iter().all(|place| *place < slots.len()));
        }
    }

    #[test]
    fn all_are_so_many() {
        for documents in [0, 1, 63, 64, 65, 1_000] {
            assert_eq!(Bits::all(documents).count(), documents as usize);
        }
    }
}
