//! What the store knows of a log: its number, whose it is, and how far it had come before and after the newest group.
//! Two states, so that a reader can give the durable one while a group is being written, and so that a torn group can be
//! undone.

use alliance_record::{Head, LogName, OrganisationId, RecordId};
use bytes::Bytes;

use crate::arrival::Arrival;
use crate::value::{Input, ValueError, put_varint};

/// How far a log had come at some moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tip {
    /// The newest record.
    pub(crate) sequence: u64,
    pub(crate) record: RecordId,
    /// The newest arrival in the log: of a record, or of a body that came later.
    pub(crate) arrival: Arrival,
    /// From here on, records stand in pages too short to stay.
    pub(crate) loose_from: u64,
    /// The first record without a body; one after the newest when all have theirs.
    pub(crate) bodies_end: u64,
    /// Records without their bodies.
    pub(crate) lagging: u64,
    /// Bytes of the bodies that they lack.
    pub(crate) lagging_bytes: u64,
}

/// A log's entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LogEntry {
    pub(crate) number: u32,
    pub(crate) organisation: OrganisationId,
    pub(crate) newest: Tip,
    /// The tip before the newest group that wrote to this log.
    pub(crate) before: Option<Tip>,
}

impl LogEntry {
    /// The tip as of `arrival`. Read the entry first and the arrival afterwards: then the older tip is durable.
    pub(crate) fn tip_at(&self, arrival: Arrival) -> Option<Tip> {
        [Some(self.newest), self.before]
            .into_iter()
            .flatten()
            .find(|tip| tip.arrival <= arrival)
    }

    pub(crate) fn head_at(&self, log: LogName, arrival: Arrival) -> Option<Head> {
        self.tip_at(arrival).map(|tip| Head {
            log,
            organisation: self.organisation,
            sequence: tip.sequence,
            record: tip.record,
        })
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(200);
        out.extend_from_slice(&self.number.to_be_bytes());
        out.extend_from_slice(self.organisation.as_bytes());
        put_tip(&mut out, &self.newest);
        if let Some(before) = &self.before {
            put_tip(&mut out, before);
        }
        out
    }

    pub(crate) fn decode(value: &[u8]) -> Result<Self, ValueError> {
        let mut input = Input::new(Bytes::copy_from_slice(value));
        let number = u32::from_be_bytes(input.array()?);
        let organisation = OrganisationId(input.array()?);
        let newest = take_tip(&mut input)?;
        let before = match input.is_empty() {
            true => None,
            false => Some(take_tip(&mut input)?),
        };
        input.end()?;
        Ok(Self {
            number,
            organisation,
            newest,
            before,
        })
    }
}

fn put_tip(out: &mut Vec<u8>, tip: &Tip) {
    out.extend_from_slice(tip.record.as_bytes());
    for number in [
        tip.sequence,
        tip.arrival.0,
        tip.loose_from,
        tip.bodies_end,
        tip.lagging,
        tip.lagging_bytes,
    ] {
        put_varint(out, number);
    }
}

fn take_tip(input: &mut Input) -> Result<Tip, ValueError> {
    Ok(Tip {
        record: RecordId(input.array()?),
        sequence: input.varint()?,
        arrival: Arrival(input.varint()?),
        loose_from: input.varint()?,
        bodies_end: input.varint()?,
        lagging: input.varint()?,
        lagging_bytes: input.varint()?,
    })
}
