//! What lying members do. A liar runs the real engine on a real store; what leaves it is changed on the way out.

use alliance_record::proto::v1;
use alliance_record::{Body, Salt, SignedRecord};
use bytes::Bytes;
use prost::Message;

use crate::dice::Dice;

/// One way of lying.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Lie {
    /// Names heads that differ from what it holds.
    WrongTotals,
    /// Names heads far beyond what it holds.
    HeadFarAhead,
    /// Serves records in another order.
    WrongOrder,
    /// Leaves out records in the middle.
    BrokenLink,
    /// A good last record after a middle that was changed.
    AlteredMiddle,
    /// Never ends an answer.
    Endless,
    /// Leaves the bodies out.
    NoBodies,
    /// Puts other bodies under the headers.
    OtherBodies,
    /// Sends bytes that are no frames.
    Garbage,
    /// Says nothing after hello.
    Stall,
    /// Compares, and serves nothing.
    StallAtRecords,
    /// Sends a frame now and then.
    Trickle,
    /// Is always busy.
    Busy,
    /// Signs two records for one place and shows each to others.
    Fork,
    /// Opens sessions without end and asks for anything.
    Flood,
    /// Takes the signatures away.
    NoSignatures,
    /// Gives headers as they are, and other bodies to whoever holds the headers already.
    OtherFillings,
    /// Says that it lacks bodies of every chapter.
    ClaimsLagging,
    /// Says that it lacks none, and does.
    HidesLagging,
    /// Keeps the bodies of removed records, and offers them.
    KeepsRemoved,
}

impl Lie {
    /// Those that are about more than the time at which bodies come.
    pub(crate) const USUAL: [Self; 16] = [
        Self::WrongTotals,
        Self::HeadFarAhead,
        Self::WrongOrder,
        Self::BrokenLink,
        Self::AlteredMiddle,
        Self::Endless,
        Self::NoBodies,
        Self::OtherBodies,
        Self::Garbage,
        Self::Stall,
        Self::StallAtRecords,
        Self::Trickle,
        Self::Busy,
        Self::Fork,
        Self::Flood,
        Self::NoSignatures,
    ];

    /// Those about bodies that come after their headers.
    pub(crate) const ABOUT_BODIES: [Self; 3] = [Self::OtherFillings, Self::ClaimsLagging, Self::HidesLagging];

    pub(crate) fn all() -> impl Iterator<Item = Self> {
        let about_bodies = Self::USUAL.into_iter().chain(Self::ABOUT_BODIES);
        about_bodies.chain([Self::KeepsRemoved])
    }

    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::WrongTotals => "wrong_totals",
            Self::HeadFarAhead => "head_far_ahead",
            Self::WrongOrder => "wrong_order",
            Self::BrokenLink => "broken_link",
            Self::AlteredMiddle => "altered_middle",
            Self::Endless => "endless",
            Self::NoBodies => "no_bodies",
            Self::OtherBodies => "other_bodies",
            Self::Garbage => "garbage",
            Self::Stall => "stall",
            Self::StallAtRecords => "stall_at_records",
            Self::Trickle => "trickle",
            Self::Busy => "busy",
            Self::Fork => "fork",
            Self::Flood => "flood",
            Self::NoSignatures => "no_signatures",
            Self::OtherFillings => "other_fillings",
            Self::ClaimsLagging => "claims_lagging",
            Self::HidesLagging => "hides_lagging",
            Self::KeepsRemoved => "keeps_removed",
        }
    }

    /// Changes records before they are served; says whether it did.
    pub(crate) fn spoil(self, records: &mut Vec<SignedRecord>, dice: &mut Dice) -> bool {
        if records.is_empty() {
            return false;
        }
        let at = dice.index(records.len());
        match self {
            Self::WrongOrder if records.len() > 1 => {
                let beside = (at + 1) % records.len();
                records.swap(at, beside);
                true
            }
            Self::BrokenLink if records.len() > 1 => {
                records.remove(dice.index(records.len() - 1));
                true
            }
            Self::AlteredMiddle => alter(&mut records[at], altered),
            Self::NoBodies => all_of(records, bodiless),
            Self::OtherBodies | Self::OtherFillings => alter(&mut records[at], other_body),
            Self::NoSignatures => all_of(records, unsigned),
            _ => false,
        }
    }
}

fn all_of(records: &mut [SignedRecord], by: fn(&SignedRecord) -> Option<SignedRecord>) -> bool {
    let done = records.iter_mut().filter_map(|record| alter(record, by).then_some(()));
    done.count() > 0
}

fn alter(record: &mut SignedRecord, by: fn(&SignedRecord) -> Option<SignedRecord>) -> bool {
    match by(record) {
        Some(other) => {
            *record = other;
            true
        }
        None => false,
    }
}

/// The same record with another claimed time: its id changes, its signature stays.
fn altered(record: &SignedRecord) -> Option<SignedRecord> {
    let mut header = v1::Header::decode(record.header_bytes().clone()).ok()?;
    header.claimed_at_ms ^= 1;
    SignedRecord::from_parts(
        header.encode_to_vec().into(),
        record.signature().copied(),
        record.body().cloned(),
    )
    .ok()
}

/// The record without its body.
pub(crate) fn bodiless(record: &SignedRecord) -> Option<SignedRecord> {
    SignedRecord::from_parts(record.header_bytes().clone(), record.signature().copied(), None).ok()
}

fn other_body(record: &SignedRecord) -> Option<SignedRecord> {
    let mut body = record.body()?.clone();
    body.salt = Salt(*blake3::hash(body.salt.as_bytes()).as_bytes());
    let body = Body {
        bytes: Bytes::from_static(b"something else"),
        ..body
    };
    SignedRecord::from_parts(record.header_bytes().clone(), record.signature().copied(), Some(body)).ok()
}

fn unsigned(record: &SignedRecord) -> Option<SignedRecord> {
    SignedRecord::from_parts(record.header_bytes().clone(), None, record.body().cloned()).ok()
}
