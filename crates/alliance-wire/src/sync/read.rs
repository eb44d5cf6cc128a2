//! Reading frames: lengths and references are looked at before anything is kept.

use alliance_record::{AllianceId, ChapterName, SignedRecord};

use super::{ChapterView, Hello, ListPart, More, MoreOf, Pull, RangePart, RecordPart, SketchPart, SyncMessage, Want};
use crate::error::{WireError, at_most};
use crate::limits::{
    CELLS_PER_FRAME_MAX, CHAPTERS_MAX, MARKS_PER_FRAME_MAX, RANGE_RECORDS_MAX, SYNC_VERSION, WANTS_PER_PULL_MAX,
};
use crate::packed::unpacked;
use crate::peer::read_peers;
use crate::proto::v1;
use crate::proto::v1::sync_frame::Frame;
use crate::sketch::{Cell, Fingerprint, LogRef, Mark};

pub(super) fn frame(frame: Frame) -> Result<SyncMessage, WireError> {
    match frame {
        Frame::Hello(hello) => read_hello(hello).map(SyncMessage::Hello),
        Frame::Sketch(sketch) => read_sketch(&sketch).map(SyncMessage::Sketch),
        Frame::List(list) => read_list(&list).map(SyncMessage::List),
        Frame::Compared(compared) => read_compared(&compared),
        Frame::More(more) => read_more(&more).map(SyncMessage::More),
        Frame::Pull(pull) => read_pull(&pull).map(SyncMessage::Pull),
        Frame::Grant(grant) => Ok(SyncMessage::Grant { bytes: grant.bytes }),
        Frame::Range(range) => read_range(range).map(SyncMessage::Range),
        Frame::Done(v1::SyncDone {}) => Ok(SyncMessage::Done),
        Frame::Busy(busy) => Ok(SyncMessage::Busy {
            retry_after_ms: busy.retry_after_ms,
        }),
        Frame::Addresses(addresses) => read_peers(addresses.peers).map(SyncMessage::Addresses),
    }
}

fn read_chapter(name: &str) -> Result<ChapterName, WireError> {
    name.parse().map_err(|_| WireError::BadEncoding { place: "chapter" })
}

fn read_fingerprint(bytes: &[u8]) -> Result<Fingerprint, WireError> {
    let bad = |_| WireError::BadEncoding { place: "fingerprint" };
    bytes.try_into().map_err(bad)
}

fn read_log(bytes: &[u8]) -> Result<LogRef, WireError> {
    let bad = |_| WireError::BadEncoding { place: "log" };
    bytes.try_into().map(LogRef::from_bytes).map_err(bad)
}

fn read_hello(message: v1::SyncHello) -> Result<Hello, WireError> {
    if message.version != SYNC_VERSION {
        return Err(WireError::BadEncoding { place: "version" });
    }
    at_most("chapters", message.chapters.len(), CHAPTERS_MAX)?;
    let view = |view: v1::ChapterView| {
        Ok(ChapterView {
            chapter: read_chapter(&view.chapter)?,
            fingerprint: read_fingerprint(&view.fingerprint)?,
            logs: view.logs,
        })
    };
    Ok(Hello {
        alliance: AllianceId::from_slice(&message.alliance).map_err(WireError::field("alliance"))?,
        nonce: message.nonce[..]
            .try_into()
            .map_err(|_| WireError::BadEncoding { place: "nonce" })?,
        chapters: message.chapters.into_iter().map(view).collect::<Result<_, _>>()?,
        addresses: message.addresses,
    })
}

fn read_compared(message: &v1::SyncCompared) -> Result<SyncMessage, WireError> {
    at_most("chapters", message.lagging.len(), CHAPTERS_MAX)?;
    let names = message.lagging.iter().map(|name| read_chapter(name));
    Ok(SyncMessage::Compared {
        lagging: names.collect::<Result<_, _>>()?,
    })
}

fn read_sketch(message: &v1::SyncSketch) -> Result<SketchPart, WireError> {
    Ok(SketchPart {
        view: ChapterView {
            chapter: read_chapter(&message.chapter)?,
            fingerprint: read_fingerprint(&message.fingerprint)?,
            logs: message.logs,
        },
        from: message.from,
        cells: unpacked("cells", &message.cells, CELLS_PER_FRAME_MAX, Cell::from_bytes)?,
    })
}

fn read_list(message: &v1::SyncList) -> Result<ListPart, WireError> {
    Ok(ListPart {
        chapter: read_chapter(&message.chapter)?,
        marks: unpacked("marks", &message.marks, MARKS_PER_FRAME_MAX, Mark::from_bytes)?,
        more: message.more,
    })
}

fn read_more(message: &v1::SyncMore) -> Result<More, WireError> {
    let wanted = match message.until {
        0 => MoreOf::List,
        until => MoreOf::Cells {
            fingerprint: read_fingerprint(&message.fingerprint)?,
            from: message.from,
            until,
        },
    };
    Ok(More {
        chapter: read_chapter(&message.chapter)?,
        wanted,
    })
}

fn read_pull(message: &v1::SyncPull) -> Result<Pull, WireError> {
    let logs = unpacked("logs", &message.logs, WANTS_PER_PULL_MAX, |bytes| {
        Ok(LogRef::from_bytes(*bytes))
    })?;
    if message.from.len() != logs.len() || message.until.len() != logs.len() {
        return Err(WireError::BadEncoding { place: "wants" });
    }
    let places = message.from.iter().zip(&message.until);
    let want = |(log, (from, until)): (LogRef, (&u64, &u64))| Want {
        log,
        from: *from,
        until: *until,
    };
    Ok(Pull {
        chapter: read_chapter(&message.chapter)?,
        wants: logs.into_iter().zip(places).map(want).collect(),
        part: if message.headers {
            RecordPart::Header
        } else {
            RecordPart::Whole
        },
    })
}

fn read_range(message: v1::SyncRange) -> Result<RangePart, WireError> {
    at_most("records", message.records.len(), RANGE_RECORDS_MAX)?;
    let (mut records, mut fault) = (Vec::with_capacity(message.records.len()), None);
    for envelope in message.records {
        match SignedRecord::from_message(envelope) {
            Ok(record) => records.push(record),
            Err(verdict) => {
                fault = Some(verdict);
                break;
            }
        }
    }
    Ok(RangePart {
        log: read_log(&message.log)?,
        from: message.from,
        records,
        more: message.more,
        fault,
    })
}
