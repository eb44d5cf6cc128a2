//! The set of what is erased, whether it is stored here or not: what a record that comes is compared with. Owns its
//! list in the database; never erases anything.

use std::borrow::Cow;
use std::collections::HashSet;

use alliance_record::{LogName, RecordId, VerifiedRecord};

use crate::arrival::BodyState;
use crate::error::{ReadError, StoreFault};
use crate::reader::Reader;
use crate::scan::BodyCursor;
use crate::trees::{ERASED, Trees};
use crate::value::ValueError;

/// Bytes of an id that are kept in memory.
const PREFIX_BYTES: usize = 8;
const TAG_PENDING: u8 = 0;
const TAG_ERASED: u8 = 1;

/// The set as the writer asks it for each record that it stores: the ids' first bytes, so that hardly any other costs
/// more than a look into memory.
#[derive(Debug, Default)]
pub(crate) struct Marks {
    first: HashSet<[u8; PREFIX_BYTES]>,
}

impl Marks {
    pub(crate) fn read(trees: &Trees) -> Result<Self, ReadError> {
        let ids = trees.marked_from(TAG_ERASED, &RecordId([0; 32]));
        let first = ids.map(|id| Ok(first(&id?))).collect::<Result<_, ReadError>>()?;
        Ok(Self { first })
    }

    pub(crate) fn contains(&self, trees: &Trees, record: &RecordId) -> Result<bool, StoreFault> {
        Ok(self.first.contains(&first(record)) && trees.is_erased(record)?)
    }

    /// Takes ids in, pending until they are settled.
    pub(crate) fn add(&mut self, trees: &Trees, records: &[RecordId]) -> Result<(), StoreFault> {
        for record in records {
            trees.erased.insert(key(TAG_PENDING, record), &[])?;
            self.add_settled(trees, record)?;
        }
        Ok(())
    }

    /// Takes an id in of which nothing is on the disk.
    pub(crate) fn add_settled(&mut self, trees: &Trees, record: &RecordId) -> Result<(), StoreFault> {
        self.first.insert(first(record));
        trees.erased.insert(key(TAG_ERASED, record), &[])
    }

    /// The records as they may be stored: those that are erased without their bodies.
    pub(crate) fn without_erased<'a>(
        &self,
        trees: &Trees,
        records: &'a [VerifiedRecord],
    ) -> Result<Cow<'a, [VerifiedRecord]>, StoreFault> {
        let mut records = Cow::Borrowed(records);
        for at in 0..records.len() {
            if records[at].body().is_some() && self.contains(trees, &records[at].id())? {
                let bare = records[at].clone().without_body();
                records.to_mut()[at] = bare;
            }
        }
        Ok(records)
    }
}

fn first(record: &RecordId) -> [u8; PREFIX_BYTES] {
    let mut first = [0; PREFIX_BYTES];
    first.copy_from_slice(&record.as_bytes()[..PREFIX_BYTES]);
    first
}

fn key(tag: u8, record: &RecordId) -> Vec<u8> {
    [&[tag], &record.as_bytes()[..]].concat()
}

impl Trees {
    /// Whether a record is in the set.
    pub(crate) fn is_erased(&self, record: &RecordId) -> Result<bool, StoreFault> {
        Ok(self.erased.get(key(TAG_ERASED, record))?.is_some())
    }

    /// What an opening must go on with.
    pub(crate) fn pending(&self) -> Result<Vec<RecordId>, ReadError> {
        self.marked_from(TAG_PENDING, &RecordId([0; 32])).collect()
    }

    /// Takes note that nothing of these is on the disk any more.
    pub(crate) fn settle(&self, records: &[RecordId]) -> Result<(), StoreFault> {
        records
            .iter()
            .try_for_each(|record| self.erased.remove(key(TAG_PENDING, record)))
    }

    fn marked_from(&self, tag: u8, from: &RecordId) -> impl Iterator<Item = Result<RecordId, ReadError>> + use<> {
        let range = key(tag, from)..=key(tag, &RecordId([0xff; 32]));
        self.erased.range(range).keys().map(|key| {
            let id = key?.get(1..).and_then(|id| id.try_into().ok());
            id.map(RecordId).ok_or(ReadError::CorruptList {
                tree: ERASED.name,
                source: ValueError::Truncated,
            })
        })
    }
}

impl Reader {
    /// Whether a record is erased, stored here or not: its body is not to be kept, shown or sent.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn is_erased(&self, record: &RecordId) -> Result<bool, ReadError> {
        Ok(self.core.trees().is_erased(record)?)
    }

    /// The ids of what is erased, from `from` on (itself included), in their order; at most `count`.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn erased_ids(&self, from: &RecordId, count: usize) -> Result<Vec<RecordId>, ReadError> {
        self.core.trees().marked_from(TAG_ERASED, from).take(count).collect()
    }

    /// What became of the body of the record at `sequence` of a log; `None` for a record not held.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn body_state(&self, log: &LogName, sequence: u64) -> Result<Option<BodyState>, ReadError> {
        let extent = self.extent(log)?.filter(|(_, last)| sequence <= *last);
        let Some((number, _)) = extent else {
            return Ok(None);
        };
        let visible = self.core.visible();
        let found = BodyCursor::new(self.core.trees(), number).at(sequence)?;
        Ok(Some(match found.filter(|(came, _)| *came <= visible) {
            None => BodyState::Lagging,
            Some((_, None)) => BodyState::Erased,
            Some((_, Some(_))) => BodyState::Held,
        }))
    }
}
