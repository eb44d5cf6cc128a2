//! Writing frames.

use alliance_record::SignedRecord;
use bytes::Bytes;

use super::{ChapterView, Hello, More, MoreOf, RecordPart, SketchPart, SyncMessage};
use crate::limits::SYNC_VERSION;
use crate::packed::packed;
use crate::peer::write_peers;
use crate::proto::v1;
use crate::proto::v1::sync_frame::Frame;

fn copy(bytes: &[u8]) -> Bytes {
    Bytes::copy_from_slice(bytes)
}

pub(super) fn frame(message: &SyncMessage) -> Frame {
    match message {
        SyncMessage::Hello(hello) => Frame::Hello(write_hello(hello)),
        SyncMessage::Sketch(part) => Frame::Sketch(write_sketch(part)),
        SyncMessage::List(part) => Frame::List(v1::SyncList {
            chapter: part.chapter.to_string(),
            marks: packed(&part.marks, |mark| mark.to_bytes()),
            more: part.more,
        }),
        SyncMessage::Compared { lagging } => Frame::Compared(v1::SyncCompared {
            lagging: lagging.iter().map(ToString::to_string).collect(),
        }),
        SyncMessage::More(more) => Frame::More(write_more(more)),
        SyncMessage::Pull(pull) => Frame::Pull(v1::SyncPull {
            chapter: pull.chapter.to_string(),
            logs: packed(&pull.wants, |want| want.log.to_bytes()),
            from: pull.wants.iter().map(|want| want.from).collect(),
            until: pull.wants.iter().map(|want| want.until).collect(),
            headers: pull.part == RecordPart::Header,
        }),
        SyncMessage::Grant { bytes } => Frame::Grant(v1::SyncGrant { bytes: *bytes }),
        SyncMessage::Range(part) => Frame::Range(v1::SyncRange {
            log: copy(&part.log.to_bytes()),
            from: part.from,
            records: part.records.iter().map(SignedRecord::to_message).collect(),
            more: part.more,
        }),
        SyncMessage::Done => Frame::Done(v1::SyncDone {}),
        SyncMessage::Busy { retry_after_ms } => Frame::Busy(v1::SyncBusy {
            retry_after_ms: *retry_after_ms,
        }),
        SyncMessage::Addresses(peers) => Frame::Addresses(v1::SyncAddresses {
            peers: write_peers(peers),
        }),
    }
}

fn write_hello(hello: &Hello) -> v1::SyncHello {
    let view = |view: &ChapterView| v1::ChapterView {
        chapter: view.chapter.to_string(),
        fingerprint: copy(&view.fingerprint),
        logs: view.logs,
    };
    v1::SyncHello {
        version: SYNC_VERSION,
        alliance: copy(hello.alliance.as_bytes()),
        nonce: copy(&hello.nonce),
        chapters: hello.chapters.iter().map(view).collect(),
        addresses: hello.addresses,
    }
}

fn write_sketch(part: &SketchPart) -> v1::SyncSketch {
    v1::SyncSketch {
        chapter: part.view.chapter.to_string(),
        fingerprint: copy(&part.view.fingerprint),
        logs: part.view.logs,
        from: part.from,
        cells: packed(&part.cells, |cell| cell.to_bytes()),
    }
}

fn write_more(more: &More) -> v1::SyncMore {
    let chapter = more.chapter.to_string();
    match &more.wanted {
        MoreOf::Cells {
            fingerprint,
            from,
            until,
        } => v1::SyncMore {
            chapter,
            fingerprint: copy(fingerprint),
            from: *from,
            until: *until,
        },
        MoreOf::List => v1::SyncMore {
            chapter,
            ..v1::SyncMore::default()
        },
    }
}
