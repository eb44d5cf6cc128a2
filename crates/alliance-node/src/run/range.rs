//! Ranges on their way: cut into frames where they are served, put together and verified where they arrive.
//!
//! Never judges a record: it only finds out which ones a signature covers.

use alliance_engine::{Input, Served, SessionId};
use alliance_record::limits::{CHECKPOINT_RECORDS, ENVELOPE_BYTES_MAX};
use alliance_record::{LogName, Refusal, SignedRecord, Verdict, VerifiedRecord, thin_signatures, verify_range};
use alliance_store::{RangeLimits, Reader};
use alliance_wire::limits::{FRAME_BYTES_MAX, RANGE_BYTES_MAX, RANGE_RECORDS_MAX};
use alliance_wire::{RangePart, SyncMessage, WireError};
use bytes::Bytes;

/// Bytes of a record in a frame beside its header and body: signature, salt, and the tags and lengths of all fields.
const RECORD_FRAMING_BYTES: usize = 128;
/// Bytes of records held unproven: a checkpoint's worth of the largest ones, and the frame that ends them.
const UNPROVEN_BYTES_MAX: usize = CHECKPOINT_RECORDS as usize * ENVELOPE_BYTES_MAX + FRAME_BYTES_MAX;

fn bytes_of(record: &SignedRecord) -> usize {
    let body = record.body().map_or(0, |body| body.bytes.len());
    record.header_bytes().len() + body + RECORD_FRAMING_BYTES
}

/// Records from the store as frames, each within its limits.
pub(super) fn read_range(reader: &Reader, served: &Served) -> Result<Vec<Bytes>, alliance_store::ReadError> {
    let limits = RangeLimits {
        records_max: served.records_max as usize,
        bytes_max: served.bytes_max as usize,
    };
    let mut records = reader.range(&served.log, served.from, limits)?;
    thin_signatures(&mut records);
    let parts = in_parts(records);
    let last = parts.len() - 1;
    let mut from = served.from;
    let frame = |(index, records): (usize, Vec<SignedRecord>)| {
        let first = from;
        from += records.len() as u64;
        let part = RangePart {
            log: served.log.clone(),
            from: first,
            records,
            more: index < last,
            fault: None,
        };
        SyncMessage::Range(part).encode()
    };
    Ok(parts.into_iter().enumerate().map(frame).collect())
}

/// Cuts records into what one frame carries each, by bytes and by number; without any, one empty part.
fn in_parts(records: Vec<SignedRecord>) -> Vec<Vec<SignedRecord>> {
    let (mut parts, mut held) = (vec![Vec::new()], 0);
    for record in records {
        let bytes = bytes_of(&record);
        match parts.last_mut() {
            Some(part) if held + bytes <= RANGE_BYTES_MAX && part.len() < RANGE_RECORDS_MAX => {
                held += bytes;
                part.push(record);
            }
            Some(_) | None => {
                held = bytes;
                parts.push(vec![record]);
            }
        }
    }
    parts
}

/// Records of a range that no signature covers yet: those after the last signed one.
#[derive(Debug, Default)]
pub(super) struct Arriving {
    log: Option<LogName>,
    records: Vec<SignedRecord>,
}

impl Arriving {
    /// Decodes a frame; gives the engine's input once there is one. What a signature covers is passed on at once.
    pub(super) fn take(mut self, session: SessionId, bytes: Bytes) -> Result<(Self, Option<Input>), WireError> {
        let length = bytes.len();
        let part = match SyncMessage::decode(bytes)? {
            SyncMessage::Range(part) => part,
            message => return Ok((self, Some(Input::Frame { session, message }))),
        };
        self.check(&part, length)?;
        self.records.extend(part.records);
        let mut held = Self::default();
        if part.more && part.fault.is_none() {
            held = self.split_off_unproven(&part.log);
            if self.records.is_empty() {
                return Ok((held, None));
            }
        }
        let (records, fault) = verified(self.records, part.fault);
        let input = Input::Range {
            session,
            log: part.log,
            records,
            fault,
            more: part.more,
        };
        Ok((held, Some(input)))
    }

    fn split_off_unproven(&mut self, log: &LogName) -> Self {
        let proven = self.records.iter().rposition(|record| record.signature().is_some());
        let records = self.records.split_off(proven.map_or(0, |last| last + 1));
        let log = (!records.is_empty()).then(|| log.clone());
        Self { log, records }
    }

    fn check(&self, part: &RangePart, length: usize) -> Result<(), WireError> {
        let other_log = self.log.as_ref().is_some_and(|log| *log != part.log);
        let too_many = self.records.len() as u64 > CHECKPOINT_RECORDS;
        let bytes = self.records.iter().map(bytes_of).sum::<usize>() + length;
        if other_log || (!self.records.is_empty() && (too_many || bytes > UNPROVEN_BYTES_MAX)) {
            return Err(WireError::Record {
                verdict: Refusal::TooLarge.into(),
            });
        }
        Ok(())
    }
}

/// The records that signatures cover, and what is wrong with those after them. `unread` is the fault of a record that
/// could not even be decoded.
fn verified(records: Vec<SignedRecord>, unread: Option<Verdict>) -> (Vec<VerifiedRecord>, Option<Verdict>) {
    match verify_range(records) {
        Ok(records) => (records, unread),
        // What comes before an unreadable record lacks its signature through no fault of its own.
        Err(error) if error.refusal == Refusal::BadSignature && unread.is_some() => (error.verified, unread),
        Err(error) => (error.verified, Some(error.refusal.into())),
    }
}

#[cfg(test)]
mod tests {
    use alliance_record::schema::Kind;
    use alliance_record::{AllianceId, Author, Draft, InstanceId, LogPosition, Salt, SecretKey};

    use super::*;

    /// A log of so many records, without the signatures that its range does not need.
    fn thin_log(count: usize, body_bytes: usize) -> Vec<SignedRecord> {
        let key = SecretKey::from_seed(&[1; 32]);
        let author = Author {
            alliance: AllianceId([2; 32]),
            organisation: key.organisation(),
            instance: InstanceId([3; 8]),
            key,
        };
        let draft = Draft {
            chapter: "m49:001".parse().unwrap(),
            kind: Kind::LESSON,
            schema: u32::MAX,
            bytes: vec![b'a'; body_bytes].into(),
            references: Vec::new(),
            claimed_at_ms: i64::MAX,
        };
        let mut records: Vec<SignedRecord> = Vec::new();
        for sequence in 0..count as u64 {
            let previous = records.last().map(SignedRecord::id);
            let position = LogPosition { sequence, previous };
            records.push(author.sign(draft.clone(), position, Salt([4; 32])).unwrap());
        }
        thin_signatures(&mut records);
        records
    }

    /// Sends parts as frames, and puts them together again; how many records came out, each once and in order.
    fn arrive(parts: Vec<Vec<SignedRecord>>) -> u64 {
        let (mut arriving, mut arrived, last) = (Arriving::default(), 0, parts.len() - 1);
        let log = thin_log(1, 0)[0].header().log.clone();
        for (index, records) in parts.into_iter().enumerate() {
            let part = RangePart {
                log: log.clone(),
                from: 0,
                records,
                more: index < last,
                fault: None,
            };
            let frame = SyncMessage::Range(part).encode();
            assert!(frame.len() <= alliance_net::limits::FRAME_BYTES_MAX, "{}", frame.len());
            let (held, input) = arriving.take(SessionId::Ours(0), frame).unwrap();
            arriving = held;
            assert!(arriving.records.len() as u64 <= CHECKPOINT_RECORDS);
            let Some(Input::Range { records, fault, .. }) = input else {
                continue;
            };
            assert_eq!(fault, None);
            for record in records {
                assert_eq!(record.header().sequence, arrived);
                arrived += 1;
            }
        }
        arrived
    }

    #[test]
    fn a_range_arrives_whole_wherever_it_is_cut() {
        for (count, body_bytes) in [
            (0, 0),
            (1, 0),
            (2100, 0),
            (1500, 600),
            (1100, 700),
            (500, 3000),
            (130, 64_000),
        ] {
            let parts = in_parts(thin_log(count, body_bytes));
            assert!(parts.len() > 1 || count <= 1, "{count} of {body_bytes} bytes");
            assert_eq!(arrive(parts), count as u64, "{count} of {body_bytes} bytes");
        }
        for part_records in [1, 63, 64, 65, 100] {
            let parts = thin_log(200, 10).chunks(part_records).map(<[_]>::to_vec).collect();
            assert_eq!(arrive(parts), 200, "{part_records} in each part");
        }
    }
}
