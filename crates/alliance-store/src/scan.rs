//! Reading records of one log in sequence, each page once: headers, and the bodies that belong to them.

use std::fmt;

use alliance_record::{Body, SignedRecord, VerifiedRecord};

use crate::arrival::{Arrival, BodyState};
use crate::error::ReadError;
use crate::keys::KeyFile;
use crate::kv::{Keyspace, Value};
use crate::page::{BodyPage, HeaderPage, StoredHeader};
use crate::trees::{Place, Trees};
use crate::value::ValueError;

/// Which bodies a scan gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bodies {
    /// Those that arrived up to then.
    UpTo(Arrival),
    /// None.
    Left,
}

impl Bodies {
    /// Every body there is, visible or not.
    pub(crate) const ALL: Self = Self::UpTo(Arrival(u64::MAX));
}

/// A record as it was read.
#[derive(Debug, Clone)]
pub(crate) struct Scanned {
    pub(crate) record: VerifiedRecord,
    /// When the record arrived.
    pub(crate) arrival: Arrival,
    /// When its body did, or was erased before it came; `None` while it lags.
    pub(crate) body_arrival: Option<Arrival>,
    /// Lagging too where bodies are left.
    pub(crate) body: BodyState,
}

impl Scanned {
    /// Bytes of header, signature and body.
    pub(crate) fn bytes(&self) -> usize {
        let body = self.record.body().map_or(0, |body| body.bytes.len());
        self.record.header_bytes().len() + self.record.signature().map_or(0, |signature| signature.0.len()) + body
    }
}

/// Records from one place to a last sequence. A damaged page gives an error for each record it holds.
pub(crate) struct Scan {
    cursors: Cursors,
    look: Bodies,
    next: Place,
    last: u64,
    is_over: bool,
}

/// Where a log is read, with the pages that were read last.
pub(crate) struct Cursors {
    headers: HeaderCursor,
    bodies: BodyCursor,
}

impl Cursors {
    pub(crate) fn new(trees: &Trees, log: u32) -> Self {
        Self {
            headers: HeaderCursor::new(trees, log),
            bodies: BodyCursor::new(trees, log),
        }
    }
}

impl Trees {
    /// The records of a log from `from` to `last`, both included.
    pub(crate) fn scan(&self, from: Place, last: u64, look: Bodies) -> Scan {
        self.scan_with(Cursors::new(self, from.log), (from, last), look)
    }

    /// The same, with cursors of this log that may stand anywhere.
    pub(crate) fn scan_with(&self, mut cursors: Cursors, (from, last): (Place, u64), look: Bodies) -> Scan {
        // Bodies may have come where there were none.
        cursors.bodies.gap_until = 0;
        Scan {
            cursors,
            look,
            next: from,
            last,
            is_over: false,
        }
    }

    /// The record at `place`, whether visible or not.
    pub(crate) fn record_at(&self, place: Place, look: Bodies) -> Result<Option<Scanned>, ReadError> {
        match self.scan(place, place.sequence, look).next().transpose() {
            Err(ReadError::Corrupt {
                source: ValueError::Missing,
                ..
            }) => Ok(None),
            read => read,
        }
    }
}

impl fmt::Debug for Scan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scan")
            .field("next", &self.next)
            .field("last", &self.last)
            .finish_non_exhaustive()
    }
}

impl Iterator for Scan {
    type Item = Result<Scanned, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_over || self.next.sequence > self.last {
            return None;
        }
        let read = self.read();
        let has_stopped = read.as_ref().is_err_and(|error| !error.is_damage());
        self.is_over = has_stopped || self.next.sequence == self.last;
        self.next.sequence = self.next.sequence.saturating_add(1);
        Some(read)
    }
}

impl Scan {
    pub(crate) fn into_cursors(self) -> Cursors {
        self.cursors
    }

    fn read(&mut self) -> Result<Scanned, ReadError> {
        let place = self.next;
        let header = self.cursors.headers.at(place.sequence)?;
        let header = header.ok_or_else(|| corrupt(place, ValueError::Missing))?;
        let body = match self.look {
            Bodies::Left => None,
            Bodies::UpTo(arrival) => {
                let body = self
                    .cursors
                    .bodies
                    .at(place.sequence)?
                    .filter(|(came, _)| *came <= arrival);
                if body.is_none() && header.has_body && header.arrival <= arrival {
                    return Err(corrupt(place, ValueError::BodyMissing));
                }
                body
            }
        };
        scanned(place, header, body).map_err(|source| corrupt(place, source))
    }
}

fn scanned(place: Place, header: StoredHeader, body: Option<(Arrival, Option<Body>)>) -> Result<Scanned, ValueError> {
    let (body_arrival, state) = match &body {
        None => (None, BodyState::Lagging),
        Some((came, None)) => (Some(*came), BodyState::Erased),
        Some((came, Some(_))) => (Some(*came), BodyState::Held),
    };
    let body = body.and_then(|(_, body)| body);
    let record = SignedRecord::from_parts(header.bytes, header.signature, body).map_err(ValueError::BadHeader)?;
    if record.header().sequence != place.sequence {
        return Err(ValueError::WrongPlace);
    }
    Ok(Scanned {
        record: VerifiedRecord::from_own_store(record).map_err(ValueError::BadBody)?,
        arrival: header.arrival,
        body_arrival,
        body: state,
    })
}

pub(crate) fn corrupt(place: Place, source: ValueError) -> ReadError {
    ReadError::Corrupt {
        log: place.log,
        sequence: place.sequence,
        source,
    }
}

/// The page with the greatest key not above `place`, and its first sequence. It may end before the place.
pub(crate) fn covering(keyspace: &Keyspace, place: Place) -> Result<Option<(u64, Value)>, ReadError> {
    let low = Place { sequence: 0, ..place };
    let Some((key, value)) = keyspace.range(low.to_key()..=place.to_key()).next_back().transpose()? else {
        return Ok(None);
    };
    let first = Place::from_key(&key).map_err(|source| corrupt(place, source))?;
    Ok(Some((first.sequence, value)))
}

/// Reads headers of one log, each page once where sequences grow.
pub(crate) struct HeaderCursor {
    headers: Keyspace,
    log: u32,
    first: u64,
    page: HeaderPage,
}

impl HeaderCursor {
    pub(crate) fn new(trees: &Trees, log: u32) -> Self {
        Self {
            headers: trees.headers.clone(),
            log,
            first: 0,
            page: HeaderPage::default(),
        }
    }

    /// The header at `sequence`, if it is there, visible or not.
    pub(crate) fn at(&mut self, sequence: u64) -> Result<Option<StoredHeader>, ReadError> {
        if let Some(found) = self.in_page(sequence) {
            return Ok(Some(found));
        }
        let place = self.place(sequence);
        if let Some((first, value)) = covering(&self.headers, place)? {
            self.page = HeaderPage::decode(&value).map_err(|source| corrupt(place, source))?;
            self.first = first;
        }
        Ok(self.in_page(sequence))
    }

    /// The record at `sequence` without its body, and its arrival.
    pub(crate) fn record_at(&mut self, sequence: u64) -> Result<Option<(VerifiedRecord, Arrival)>, ReadError> {
        let Some(header) = self.at(sequence)? else {
            return Ok(None);
        };
        let place = self.place(sequence);
        let scanned = scanned(place, header, None).map_err(|source| corrupt(place, source))?;
        Ok(Some((scanned.record, scanned.arrival)))
    }

    const fn place(&self, sequence: u64) -> Place {
        Place {
            log: self.log,
            sequence,
        }
    }

    fn in_page(&self, sequence: u64) -> Option<StoredHeader> {
        let offset = sequence.checked_sub(self.first)?;
        self.page.headers.get(usize::try_from(offset).ok()?).cloned()
    }
}

/// Reads bodies of one log, at sequences that grow.
pub(crate) struct BodyCursor {
    bodies: Keyspace,
    keys: KeyFile,
    log: u32,
    first: u64,
    page: BodyPage,
    /// No body stands before this one.
    gap_until: u64,
}

impl BodyCursor {
    pub(crate) fn new(trees: &Trees, log: u32) -> Self {
        Self {
            bodies: trees.bodies.clone(),
            keys: trees.keys.clone(),
            log,
            first: 0,
            page: BodyPage::default(),
            gap_until: 0,
        }
    }

    /// The body at `sequence` and its arrival, if it is there; no body with its arrival if it is erased.
    pub(crate) fn at(&mut self, sequence: u64) -> Result<Option<(Arrival, Option<Body>)>, ReadError> {
        if let Some(found) = self.in_page(sequence) {
            return Ok(Some(found));
        }
        if sequence < self.gap_until {
            return Ok(None);
        }
        let place = Place {
            log: self.log,
            sequence,
        };
        self.read_page(place)?;
        let found = self.in_page(sequence);
        if found.is_none() {
            self.gap_until = self.next_page(place)?;
        }
        Ok(found)
    }

    /// Reads the page that may hold `place`. One whose key is gone is looked for again, because the writer may just
    /// have put another in its place.
    fn read_page(&mut self, place: Place) -> Result<(), ReadError> {
        let mut found = covering(&self.bodies, place)?;
        while let Some((first, value)) = found {
            let source = match self.keys.unseal(&value)? {
                Ok(page) => {
                    self.page = BodyPage::decode(page).map_err(|source| corrupt(place, source))?;
                    self.first = first;
                    return Ok(());
                }
                Err(source) => source,
            };
            found = covering(&self.bodies, place)?;
            if found.as_ref().is_some_and(|(_, again)| *again == value) {
                return Err(corrupt(place, source));
            }
        }
        Ok(())
    }

    fn in_page(&self, sequence: u64) -> Option<(Arrival, Option<Body>)> {
        let offset = sequence.checked_sub(self.first)?;
        self.page.bodies.get(usize::try_from(offset).ok()?).cloned()
    }

    /// Where the next page after `place` begins; never, if there is none.
    fn next_page(&self, place: Place) -> Result<u64, ReadError> {
        let last = Place {
            sequence: u64::MAX,
            ..place
        };
        let Some(key) = self.bodies.range(place.to_key()..=last.to_key()).keys().next() else {
            return Ok(u64::MAX);
        };
        let next = Place::from_key(&key?).map_err(|source| corrupt(place, source))?;
        Ok(next.sequence)
    }
}
