//! Ranges of a log, as they are served to those who catch up: whole, headers alone, bodies alone; and what lags.

use alliance_record::limits::CHECKPOINT_RECORDS;
use alliance_record::{Body, ChapterName, LogName, SignedRecord};

use crate::arrival::{Arrival, RangeLimits};
use crate::error::ReadError;
use crate::reader::Reader;
use crate::scan::{Bodies, BodyCursor};
use crate::trees::{Place, chapter_prefix};

/// What a chapter's records lack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Lagging {
    /// Records without their bodies.
    pub bodies: u64,
    /// Bytes of those bodies.
    pub bytes: u64,
    /// Logs that have such records.
    pub logs: u64,
}

impl Reader {
    /// Records of a log from a sequence on, ending at one with a signature, so that whoever gets them can prove them.
    /// When the limits fall before the first signature, the range goes on to it, for at most
    /// [`CHECKPOINT_RECORDS`] records. A record whose body lags or is erased is given without it: see
    /// [`Reader::bodies_end`] and [`Reader::body_state`].
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn range(&self, log: &LogName, from: u64, limits: RangeLimits) -> Result<Vec<SignedRecord>, ReadError> {
        self.proven(log, from, limits, Bodies::UpTo)
    }

    /// As [`Reader::range`], of headers and signatures alone: bodies are neither read nor counted.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn headers(&self, log: &LogName, from: u64, limits: RangeLimits) -> Result<Vec<SignedRecord>, ReadError> {
        self.proven(log, from, limits, |_| Bodies::Left)
    }

    /// Of a range those before the first whose body is still to come, as far as a signature proves them. What is erased will
    /// not come.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn whole(&self, mut range: Vec<SignedRecord>) -> Result<Vec<SignedRecord>, ReadError> {
        for (place, record) in range.iter().enumerate() {
            if record.body().is_none() && !self.is_erased(&record.id())? {
                range.truncate(place);
                let proven = range.iter().rposition(|record| record.signature().is_some());
                range.truncate(proven.map_or(0, |last| last + 1));
                break;
            }
        }
        Ok(range)
    }

    /// The bodies of consecutive records from a sequence on, up to the first that lags or is erased. Salts count as 32
    /// bytes.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn bodies(&self, log: &LogName, from: u64, limits: RangeLimits) -> Result<Vec<Body>, ReadError> {
        let Some((number, end)) = self.extent(log)? else {
            return Ok(Vec::new());
        };
        let visible = self.core.visible();
        let mut cursor = BodyCursor::new(self.core.trees(), number);
        let (mut bodies, mut bytes) = (Vec::new(), 0);
        for sequence in from..=end {
            let Some((_, Some(body))) = cursor.at(sequence)?.filter(|(came, _)| *came <= visible) else {
                break;
            };
            bytes += body.bytes.len() + body.salt.as_bytes().len();
            let is_full = bodies.len() >= limits.records_max || bytes > limits.bytes_max;
            if is_full && !bodies.is_empty() {
                break;
            }
            bodies.push(body);
        }
        Ok(bodies)
    }

    /// The first sequence of a log whose body lags; one that is erased does not. One after the head when none does, 0
    /// for a log not held.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn bodies_end(&self, log: &LogName) -> Result<u64, ReadError> {
        let entry = self.core.trees().log(log)?;
        let tip = entry.and_then(|entry| entry.tip_at(self.core.visible()));
        Ok(tip.map_or(0, |tip| tip.bodies_end))
    }

    /// What a chapter's records lack. Costs one step for each of its logs.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn lagging(&self, chapter: &ChapterName) -> Result<Lagging, ReadError> {
        let mut lagging = Lagging::default();
        for log in self.core.trees().logs_under(&chapter_prefix(chapter)) {
            let (_, entry) = log?;
            if let Some(tip) = entry.tip_at(self.core.visible()) {
                lagging.bodies += tip.lagging;
                lagging.bytes += tip.lagging_bytes;
                lagging.logs += u64::from(tip.lagging > 0);
            }
        }
        Ok(lagging)
    }

    fn proven(
        &self,
        log: &LogName,
        from: u64,
        limits: RangeLimits,
        look: fn(Arrival) -> Bodies,
    ) -> Result<Vec<SignedRecord>, ReadError> {
        let Some((number, end)) = self.extent(log)? else {
            return Ok(Vec::new());
        };
        // Not before the extent: whatever lies in it is visible.
        let look = look(self.core.visible());
        let place = Place {
            log: number,
            sequence: from,
        };
        let mut records: Vec<SignedRecord> = Vec::new();
        let (mut proven, mut bytes) = (0, 0);
        for scanned in self.core.trees().scan(place, end, look) {
            let scanned = scanned?;
            let is_full = records.len() >= limits.records_max || bytes + scanned.bytes() > limits.bytes_max;
            let may_seek = proven == 0 && (records.len() as u64) < CHECKPOINT_RECORDS;
            if is_full && !may_seek {
                break;
            }
            bytes += scanned.bytes();
            records.push(scanned.record.into_signed());
            if records.last().is_some_and(|record| record.signature().is_some()) {
                proven = records.len();
            }
        }
        records.truncate(proven);
        Ok(records)
    }
}
