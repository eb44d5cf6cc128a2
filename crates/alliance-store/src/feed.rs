//! The arrival feed: runs of consecutive records of one log, under the number of the run's first arrival. One entry for
//! many records, because what a group brings of one log is consecutive.

use bytes::Bytes;

use crate::arrival::Arrival;
use crate::error::ReadError;
use crate::trees::{FEED, Place, Trees, arrival_key, number_u64};
use crate::value::{Input, ValueError};

const TAG_RECORDS: u8 = 0;
const TAG_BODIES: u8 = 1;

/// What arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Arrived {
    /// Records, with their bodies or without.
    Records,
    /// Bodies whose records were there.
    Bodies,
}

/// What arrived of consecutive records of one log, one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) first: Arrival,
    pub(crate) place: Place,
    pub(crate) count: u32,
    pub(crate) arrived: Arrived,
}

impl Run {
    pub(crate) const fn of_one(first: Arrival, place: Place, arrived: Arrived) -> Self {
        Self {
            first,
            place,
            count: 1,
            arrived,
        }
    }

    /// The sequence of the run's last record.
    pub(crate) const fn last_sequence(&self) -> u64 {
        self.place.sequence + self.count as u64 - 1
    }

    /// The last arrival of the run.
    pub(crate) const fn last(&self) -> Arrival {
        Arrival(self.first.0 + self.count as u64 - 1)
    }

    /// Takes `place` in as the run's next record, or says that it is not.
    pub(crate) fn extend(&mut self, place: Place, arrived: Arrived) -> bool {
        let follows = arrived == self.arrived
            && place.log == self.place.log
            && place.sequence == self.place.sequence + u64::from(self.count);
        if follows {
            self.count += 1;
        }
        follows
    }

    /// Drops what arrived up to `arrival`.
    fn after(self, arrival: Arrival) -> Self {
        let skipped = arrival.next().0.saturating_sub(self.first.0);
        Self {
            first: Arrival(self.first.0 + skipped),
            place: Place {
                log: self.place.log,
                sequence: self.place.sequence + skipped,
            },
            count: self.count - skipped as u32,
            ..self
        }
    }

    pub(crate) fn value(&self) -> [u8; 17] {
        let mut value = [0; 17];
        value[..12].copy_from_slice(&self.place.to_key());
        value[12..16].copy_from_slice(&self.count.to_be_bytes());
        value[16] = match self.arrived {
            Arrived::Records => TAG_RECORDS,
            Arrived::Bodies => TAG_BODIES,
        };
        value
    }

    pub(crate) fn decode(key: &[u8], value: &[u8]) -> Result<Self, ValueError> {
        let mut input = Input::new(Bytes::copy_from_slice(value));
        let place = Place::from_key(&input.take(12)?)?;
        let count = u32::from_be_bytes(input.array()?);
        let arrived = match input.byte()? {
            TAG_RECORDS => Arrived::Records,
            TAG_BODIES => Arrived::Bodies,
            tag => return Err(ValueError::UnknownTag { tag }),
        };
        input.end()?;
        let first = Arrival(number_u64(key)?);
        if count == 0 || place.sequence.checked_add(count.into()).is_none() {
            return Err(ValueError::WrongPlace);
        }
        Ok(Self {
            first,
            place,
            count,
            arrived,
        })
    }
}

/// The runs after `cursor`, in order of arrival; the first one begins right after the cursor.
pub(crate) fn runs_after(
    trees: &Trees,
    cursor: Arrival,
) -> Result<impl Iterator<Item = Result<Run, ReadError>>, ReadError> {
    let start = trees
        .feed
        .range(..=arrival_key(cursor.next()))
        .next_back()
        .transpose()?;
    let from = start.map_or_else(|| arrival_key(Arrival::NONE).to_vec(), |(key, _)| key.to_vec());
    let runs = trees.feed.range(from..).map(|entry| {
        let (key, value) = entry?;
        Run::decode(&key, &value).map_err(|source| ReadError::CorruptList {
            tree: FEED.name,
            source,
        })
    });
    Ok(runs.filter_map(move |run| match run {
        Ok(run) if run.last() <= cursor => None,
        Ok(run) => Some(Ok(run.after(cursor))),
        Err(error) => Some(Err(error)),
    }))
}
