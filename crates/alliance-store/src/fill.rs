//! Bodies that come after their headers: checked against what the headers commit to, then stored as a group of their
//! own.

use std::sync::Arc;

use alliance_record::{Body, LogName, Refusal, SignedRecord, VerifiedRecord};

use crate::arrival::{Appended, Arrival};
use crate::error::{ReadError, WriteError};
use crate::group::{GROUP_RECORDS_MAX, Group};
use crate::growing::Growing;
use crate::scan::{Bodies, BodyCursor, Scanned, corrupt};
use crate::trees::{Place, Trees};
use crate::value::ValueError;
use crate::writer::Writer;

/// What became of bodies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Filled {
    /// How many of them the store now holds, from the first on; those it held before are counted.
    pub held: usize,
    /// The arrival numbers of the new ones, if any is new.
    pub appended: Option<Appended>,
    /// What is wrong with the next one; nothing from it on was stored.
    pub refused: Option<Refusal>,
}

/// A body that is new, in its record, and the record's own arrival.
type New = (Arrival, VerifiedRecord);

impl Writer {
    /// Stores the bodies of consecutive records of a log, from the record at `from` on, each checked against its
    /// header. The first that is not what its header commits to ends them. When this returns, those before it are on
    /// the disk and readers see them, under arrival numbers of their own. The body of a record that is erased is held
    /// to be there, and not stored.
    ///
    /// # Errors
    /// [`WriteError`], which says whether state changed.
    ///
    /// # Panics
    /// When there are over [`GROUP_RECORDS_MAX`] bodies, or one for a record that is not stored.
    pub fn fill(&mut self, log: &LogName, from: u64, bodies: Vec<Body>) -> Result<Filled, WriteError> {
        self.check_usable()?;
        let core = Arc::clone(&self.core);
        let entry = core.trees().log(log).map_err(WriteError::Database)?;
        let mut filled = Filled {
            held: 0,
            appended: None,
            refused: None,
        };
        let (Some(entry), false) = (entry, bodies.is_empty()) else {
            assert!(bodies.is_empty(), "a body's record is stored");
            return Ok(filled);
        };
        check_reach(from, bodies.len(), entry.newest.sequence);
        let place = Place {
            log: entry.number,
            sequence: from,
        };
        let new = self.checked(core.trees(), place, bodies, &mut filled);
        let new = new.map_err(WriteError::Database)?;
        if new.is_empty() {
            return Ok(filled);
        }
        let placed: Vec<(Arrival, &VerifiedRecord)> = new.iter().map(|(row, record)| (*row, record)).collect();
        let log = Growing::stored(log.clone(), entry);
        let group = Group::fill(core.trees(), log, &placed, self.last).map_err(WriteError::Database)?;
        filled.appended = Some(self.store(&core, &group)?);
        Ok(filled)
    }

    /// The bodies that are new, up to the first that is wrong.
    fn checked(
        &self,
        trees: &Trees,
        from: Place,
        bodies: Vec<Body>,
        filled: &mut Filled,
    ) -> Result<Vec<New>, ReadError> {
        let mut held = BodyCursor::new(trees, from.log);
        let last = from.sequence + bodies.len() as u64 - 1;
        let mut new = Vec::new();
        for (scanned, body) in trees.scan(from, last, Bodies::Left).zip(bodies) {
            let scanned = scanned?;
            let sequence = scanned.record.header().sequence;
            if held.at(sequence)?.is_none() {
                let row = scanned.arrival;
                match with_body(scanned, body).map_err(|source| corrupt(Place { sequence, ..from }, source))? {
                    // One that is erased lags no more; its body is not stored.
                    Ok(record) if self.marks.contains(trees, &record.id())? => new.push((row, record.without_body())),
                    Ok(record) => new.push((row, record)),
                    Err(refusal) => {
                        filled.refused = Some(refusal);
                        break;
                    }
                }
            }
            filled.held += 1;
        }
        Ok(new)
    }
}

fn check_reach(from: u64, count: usize, newest: u64) {
    assert!(
        count <= GROUP_RECORDS_MAX,
        "a group has at most {GROUP_RECORDS_MAX} bodies"
    );
    let last = from.checked_add(count as u64 - 1);
    assert!(
        last.is_some_and(|last| last <= newest),
        "a body's record is stored: the log ends at {newest}"
    );
}

fn with_body(scanned: Scanned, body: Body) -> Result<Result<VerifiedRecord, Refusal>, ValueError> {
    let bare = scanned.record.into_signed();
    let whole = SignedRecord::from_parts(bare.header_bytes().clone(), bare.signature().copied(), Some(body));
    Ok(VerifiedRecord::from_own_store(whole.map_err(ValueError::BadHeader)?))
}
