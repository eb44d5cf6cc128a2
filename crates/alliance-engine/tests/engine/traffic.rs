//! What crosses: counted frame by frame.

use std::collections::BTreeMap;
use std::fmt;

use alliance_record::{RecordId, SignedRecord};
use alliance_wire::{SyncMessage, WireError};
use bytes::Bytes;

/// The records that a frame carries, if it is a range's.
pub(crate) fn records_in(frame: &Bytes) -> Vec<SignedRecord> {
    match SyncMessage::decode(frame.clone()) {
        Ok(SyncMessage::Range(part)) => part.records,
        Ok(_) | Err(_) => Vec::new(),
    }
}

/// What has crossed so far.
#[derive(Default, Clone)]
pub(crate) struct Traffic {
    pub(crate) sessions: u64,
    pub(crate) frames: u64,
    pub(crate) bytes: usize,
    /// Bytes of frames that carry no records and grant none.
    pub(crate) control_bytes: usize,
    pub(crate) granting_bytes: usize,
    pub(crate) range_bytes: usize,
    pub(crate) records: usize,
    /// Those outside the alliance's own chapter.
    pub(crate) content_records: usize,
    /// Records by who sent them.
    pub(crate) records_from: BTreeMap<usize, usize>,
    /// Each record that was sent, and by whom.
    pub(crate) sent: Vec<(usize, RecordId)>,
    /// Round trips of a session before the one that brought its first record; the most of all sessions.
    pub(crate) trips_before_records: u64,
}

impl fmt::Debug for Traffic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (control, granting, range) = (self.control_bytes, self.granting_bytes, self.range_bytes);
        write!(
            f,
            "{} sessions, {} frames, {} records; ",
            self.sessions, self.frames, self.records
        )?;
        write!(
            f,
            "bytes: {control} of control, {granting} granting, {range} of ranges; "
        )?;
        write!(f, "{} round trips before records", self.trips_before_records)
    }
}

impl Traffic {
    /// Counts a frame.
    pub(crate) fn count(&mut self, sent: &Sent) {
        self.frames += 1;
        self.bytes += sent.bytes;
        match &sent.message {
            Ok(SyncMessage::Range(part)) => {
                self.range_bytes += sent.bytes;
                self.count_records(sent, &part.records);
            }
            Ok(SyncMessage::Grant { .. }) => self.granting_bytes += sent.bytes,
            Ok(_) | Err(_) => self.control_bytes += sent.bytes,
        }
    }

    fn count_records(&mut self, sent: &Sent, records: &[SignedRecord]) {
        let content = records
            .iter()
            .filter(|record| !record.header().log.chapter.is_alliance());
        self.content_records += content.count();
        self.records += records.len();
        self.sent.extend(records.iter().map(|record| (sent.by, record.id())));
        *self.records_from.entry(sent.by).or_default() += records.len();
        if sent.is_first && !records.is_empty() {
            self.trips_before_records = self.trips_before_records.max(sent.hop / 2 - 1);
        }
    }
}

/// A frame that is sent.
pub(crate) struct Sent {
    by: usize,
    message: Result<SyncMessage, WireError>,
    bytes: usize,
    /// How many frames, one after the other's arrival, it is the last of.
    pub(crate) hop: u64,
    /// Whether no record went before it on its stream.
    is_first: bool,
}

impl Sent {
    pub(crate) fn of(by: usize, frame: &Bytes, hop: u64, has_given: bool) -> Self {
        Self {
            by,
            message: SyncMessage::decode(frame.clone()),
            bytes: frame.len(),
            hop,
            is_first: !has_given,
        }
    }

    pub(crate) fn has_records(&self) -> bool {
        matches!(&self.message, Ok(SyncMessage::Range(part)) if !part.records.is_empty())
    }
}
