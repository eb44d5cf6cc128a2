//! What stands between an engine and a stream: answers cut into frames, and records proven as they come in.

use alliance_engine::{Input, Served, SessionId};
use alliance_record::{SignedRecord, verify_range};
use alliance_wire::{RangePart, SyncMessage};
use bytes::Bytes;

/// Records in one frame of a range: few, so that answers have several frames.
const FRAME_RECORDS: usize = 3;

/// One side's view of a stream.
#[derive(Debug)]
pub(crate) struct End {
    pub(crate) replica: usize,
    pub(crate) session: SessionId,
    pub(crate) open: bool,
    /// Records that no signature covers yet.
    pub(crate) unproven: Vec<SignedRecord>,
}

/// An answer as frames: an empty answer is one empty frame.
pub(crate) fn parts(served: &Served, records: &[SignedRecord]) -> Vec<SyncMessage> {
    let part = |from: u64, records: &[SignedRecord], more| {
        SyncMessage::Range(RangePart {
            log: served.log.clone(),
            from,
            records: records.to_vec(),
            more,
            fault: None,
        })
    };
    if records.is_empty() {
        return vec![part(served.from, &[], false)];
    }
    let count = records.len().div_ceil(FRAME_RECORDS);
    let chunks = records.chunks(FRAME_RECORDS).enumerate();
    chunks
        .map(|(index, chunk)| part(served.from + (index * FRAME_RECORDS) as u64, chunk, index + 1 < count))
        .collect()
}

/// What the intake makes of a frame: records only as far as a signature covers them.
pub(crate) fn received(end: &mut End, bytes: Bytes) -> Option<Input> {
    let session = end.session;
    let message = match SyncMessage::decode(bytes) {
        Ok(SyncMessage::Range(part)) => return received_range(end, part),
        Ok(message) => message,
        Err(error) => panic!("a frame of ours cannot be read: {error}"),
    };
    Some(Input::Frame { session, message })
}

fn received_range(end: &mut End, part: RangePart) -> Option<Input> {
    end.unproven.extend(part.records);
    let signed = end.unproven.iter().rposition(|record| record.signature().is_some());
    let take = match (part.more, signed) {
        (true, Some(last)) => last + 1,
        (true, None) => return None,
        (false, _) => end.unproven.len(),
    };
    let records: Vec<_> = end.unproven.drain(..take).collect();
    let (records, fault) = match verify_range(records) {
        Ok(records) => (records, None),
        Err(error) => (error.verified, Some(error.refusal)),
    };
    Some(Input::Range {
        session: end.session,
        log: part.log,
        records,
        fault: fault.map(alliance_record::Verdict::from),
        more: part.more,
    })
}
