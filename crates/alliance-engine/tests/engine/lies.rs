//! Answerers' lies: what each makes of the frames that it should send.

use std::collections::BTreeSet;

use alliance_record::{LogPosition, SignedRecord};
use alliance_wire::limits::MARKS_PER_FRAME_MAX;
use alliance_wire::{Cell, ListPart, LogRef, Mark, RangePart, SketchPart, SyncMessage};
use bytes::Bytes;

use crate::fixture::{Dice, Saying, unsigned, with_other_words};
use crate::liars::LIBRARY;
use crate::library::CHAPTER;
use crate::stream::{Deed, Lie};

/// What a liar sends instead of a frame.
pub(crate) type Makes = fn(SyncMessage, &mut Memory) -> Vec<SyncMessage>;

/// What it remembers.
pub(crate) struct Memory {
    frames: usize,
    dice: Dice,
    /// References that it was heard to use.
    logs: BTreeSet<LogRef>,
}

pub(crate) fn lie(makes: Makes) -> Lie {
    let mut state = Memory {
        frames: 0,
        dice: Dice(1),
        logs: BTreeSet::new(),
    };
    Box::new(move |message| {
        state.frames += 1;
        let made = makes(message, &mut state);
        Deed::Send(made.iter().map(SyncMessage::encode).collect())
    })
}

/// Changes the frames of ranges alone.
fn range(message: SyncMessage, change: impl FnOnce(&mut RangePart)) -> Vec<SyncMessage> {
    vec![match message {
        SyncMessage::Range(mut part) => {
            change(&mut part);
            SyncMessage::Range(part)
        }
        other => other,
    }]
}

/// A mark of the same log, so many records further on.
fn ahead(mark: &Mark, by: u32) -> Mark {
    let mut bytes = mark.to_bytes();
    let value = u64::from_le_bytes(bytes[LogRef::BYTES..].try_into().unwrap()) + (u64::from(by) << 28);
    bytes[LogRef::BYTES..].copy_from_slice(&value.to_le_bytes());
    Mark::from_bytes(&bytes).unwrap()
}

pub(crate) fn far_ahead(message: SyncMessage, _: &mut Memory) -> Vec<SyncMessage> {
    vec![match message {
        SyncMessage::List(part) => {
            let marks = part.marks.iter().map(|mark| ahead(mark, 1_000_000)).collect();
            SyncMessage::List(ListPart { marks, ..part })
        }
        other => other,
    }]
}

pub(crate) fn wrong_order(message: SyncMessage, _: &mut Memory) -> Vec<SyncMessage> {
    range(message, |part| part.records.reverse())
}

/// A record of the middle is left out.
pub(crate) fn hole(message: SyncMessage, _: &mut Memory) -> Vec<SyncMessage> {
    range(message, |part| {
        if part.records.len() > 1 {
            part.records.remove(1);
        }
    })
}

/// Another record of the writer stands in the middle, and no signature shows that it is his.
pub(crate) fn broken_link(message: SyncMessage, _: &mut Memory) -> Vec<SyncMessage> {
    range(message, |part| {
        let Some(record) = part.records.get(1) else { return };
        let header = record.header();
        let writer = LIBRARY.writers.iter().find(|writer| writer.log(CHAPTER) == header.log);
        let place = LogPosition {
            sequence: header.sequence,
            previous: header.previous,
        };
        if let Some(writer) = writer {
            part.records[1] = unsigned(&writer.signs_at(Saying::content(CHAPTER, "twin"), place));
        }
    })
}

/// All is in its place, and a word in the middle was changed.
pub(crate) fn altered_middle(message: SyncMessage, _: &mut Memory) -> Vec<SyncMessage> {
    range(message, |part| {
        let middle = part.records.len() / 2;
        if part.records.len() > 1 {
            part.records[middle] = with_other_words(&part.records[middle]);
        }
    })
}

/// The same frame for ever: each proven by itself.
pub(crate) fn repeats(message: SyncMessage, _: &mut Memory) -> Vec<SyncMessage> {
    let again = range(message.clone(), |part| part.more = true);
    let times = if matches!(message, SyncMessage::Range(_)) {
        50
    } else {
        1
    };
    again.into_iter().cycle().take(times).collect()
}

/// Records that no signature ever covers.
pub(crate) fn unsigned_for_ever(message: SyncMessage, _: &mut Memory) -> Vec<SyncMessage> {
    range(message, |part| {
        part.records.iter_mut().for_each(|record| *record = unsigned(record));
        part.more = true;
    })
}

/// The writer goes on beyond what was asked for, and each record is good.
pub(crate) fn beyond_until(message: SyncMessage, _: &mut Memory) -> Vec<SyncMessage> {
    let SyncMessage::Range(part) = message else {
        return vec![message];
    };
    let Some(log) = part.records.first().map(|record| record.header().log.clone()) else {
        return vec![SyncMessage::Range(part)];
    };
    let number = LIBRARY.writers.iter().position(|writer| writer.log(CHAPTER) == log);
    let Some(number) = number else {
        return vec![SyncMessage::Range(part)];
    };
    let mut writer = LIBRARY.writers[number].clone();
    let more = (0..200).map(|text| writer.says(Saying::content(CHAPTER, &format!("more {text}"))));
    let records = LIBRARY.logs[number].iter().cloned().chain(more).collect();
    vec![SyncMessage::Range(RangePart {
        from: 0,
        records,
        more: true,
        ..part
    })]
}

/// Three megabytes of what was asked for, without a grant.
pub(crate) fn beyond_credit(message: SyncMessage, _: &mut Memory) -> Vec<SyncMessage> {
    let SyncMessage::Compared { .. } = message else {
        return vec![message];
    };
    let record = large();
    let part = RangePart {
        log: LogRef::from_bytes([9; 5]),
        from: 0,
        records: vec![record; 15],
        more: true,
        fault: None,
    };
    vec![SyncMessage::Range(part); 4]
}

fn large() -> SignedRecord {
    LIBRARY.writers[0]
        .clone()
        .says(Saying::content(CHAPTER, &"x".repeat(60_000)))
}

/// Ranges of a log that nobody asked for.
pub(crate) fn unasked(message: SyncMessage, _: &mut Memory) -> Vec<SyncMessage> {
    range(message, |part| part.log = LogRef::from_bytes([9; 5]))
}

/// Each reference stands for the log of the one before.
pub(crate) fn other_meaning(message: SyncMessage, state: &mut Memory) -> Vec<SyncMessage> {
    range(message, |part| {
        state.logs.insert(part.log);
        let other = state.logs.iter().next().copied();
        part.log = other.unwrap_or(part.log);
    })
}

pub(crate) fn garbage_cells(message: SyncMessage, state: &mut Memory) -> Vec<SyncMessage> {
    vec![match message {
        SyncMessage::Sketch(part) => {
            let mut byte = || u8::try_from(state.dice.below(256)).unwrap();
            let mut cell = || {
                let mut bytes = [0; Cell::BYTES].map(|_| byte());
                bytes[7] &= 0x0f;
                bytes[15] &= 0x0f;
                Cell::from_bytes(&bytes).unwrap()
            };
            let cells = part.cells.iter().map(|_| cell()).collect();
            SyncMessage::Sketch(SketchPart { cells, ..part })
        }
        other => other,
    }]
}

/// Cells for ever: the list is never given.
pub(crate) fn only_cells(message: SyncMessage, state: &mut Memory) -> Vec<SyncMessage> {
    match message {
        SyncMessage::List(_) => Vec::new(),
        other => garbage_cells(other, state),
    }
}

/// Instead of the next cells always the first ones.
pub(crate) fn same_cells(message: SyncMessage, state: &mut Memory) -> Vec<SyncMessage> {
    let mut made = garbage_cells(message, state);
    if let Some(SyncMessage::Sketch(part)) = made.first_mut() {
        part.from = 0;
    }
    made
}

pub(crate) fn endless_list(message: SyncMessage, _: &mut Memory) -> Vec<SyncMessage> {
    let SyncMessage::List(part) = message else {
        return vec![message];
    };
    let Some(mark) = part.marks.first().copied() else {
        return vec![SyncMessage::List(part)];
    };
    let part = ListPart {
        marks: vec![mark; MARKS_PER_FRAME_MAX],
        more: true,
        ..part
    };
    vec![SyncMessage::List(part); 12]
}

pub(crate) fn unasked_sketch(message: SyncMessage, _: &mut Memory) -> Vec<SyncMessage> {
    let part = SketchPart {
        view: alliance_wire::ChapterView {
            chapter: "iso:xx".parse().unwrap(),
            fingerprint: [1; 8],
            logs: 10,
        },
        from: 0,
        cells: Vec::new(),
    };
    vec![SyncMessage::Sketch(part), message]
}

pub(crate) fn unasked_list(message: SyncMessage, _: &mut Memory) -> Vec<SyncMessage> {
    let part = ListPart {
        chapter: CHAPTER.parse().unwrap(),
        marks: Vec::new(),
        more: false,
    };
    vec![message, SyncMessage::List(part)]
}

pub(crate) fn empty_for_ever(message: SyncMessage, _: &mut Memory) -> Vec<SyncMessage> {
    let SyncMessage::Range(part) = message else {
        return vec![message];
    };
    let empty = RangePart {
        records: Vec::new(),
        more: true,
        ..part
    };
    vec![SyncMessage::Range(empty); 50]
}

pub(crate) fn silent(_: SyncMessage, _: &mut Memory) -> Vec<SyncMessage> {
    Vec::new()
}

pub(crate) fn silent_after_comparing(message: SyncMessage, _: &mut Memory) -> Vec<SyncMessage> {
    match message {
        SyncMessage::Range(_) => Vec::new(),
        other => vec![other],
    }
}

pub(crate) fn never_compared(message: SyncMessage, _: &mut Memory) -> Vec<SyncMessage> {
    match message {
        SyncMessage::Compared { .. } => Vec::new(),
        other => vec![other],
    }
}

pub(crate) fn all_is_well(message: SyncMessage, _: &mut Memory) -> Vec<SyncMessage> {
    match message {
        SyncMessage::List(_) | SyncMessage::Sketch(_) => Vec::new(),
        other => vec![other],
    }
}

pub(crate) fn busy_for_ever(_: SyncMessage, _: &mut Memory) -> Vec<SyncMessage> {
    vec![SyncMessage::Busy { retry_after_ms: 1 }]
}

pub(crate) fn speaks_as_asker(message: SyncMessage, state: &mut Memory) -> Vec<SyncMessage> {
    match state.frames % 3 {
        0 => vec![SyncMessage::Done, message],
        1 => vec![SyncMessage::Grant { bytes: u64::MAX }, message],
        _ => vec![message],
    }
}

/// Bytes that are no frame.
pub(crate) fn garbage() -> Lie {
    let mut dice = Dice(1);
    Box::new(move |message| {
        let mut bytes = message.encode().to_vec();
        let place = dice.below(bytes.len());
        bytes[place] ^= 0x55;
        bytes.truncate(1 + dice.below(bytes.len()));
        Deed::Send(vec![Bytes::from(bytes)])
    })
}
