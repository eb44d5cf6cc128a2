//! What little a peer says makes this node send or write: never out of proportion.

use alliance_engine::{Effect, Input, Notice, SessionId};
use alliance_record::RecordId;
use alliance_wire::{ChapterView, Hello, More, MoreOf, SyncMessage};

use crate::fixture::{Node, alliance, chapter, founder, transport};
use crate::solo::{Solo, head_of, notices, wants};

/// Cells in what is sent.
fn cells_sent(effects: &[Effect]) -> usize {
    let cells = |effect: &Effect| match effect {
        Effect::Send {
            message: SyncMessage::Sketch(part),
            ..
        } => part.cells.len(),
        _ => 0,
    };
    effects.iter().map(cells).sum()
}

/// Cells cost the asker no credit: half a mebibyte for twenty bytes, eight times a chapter, would fill the memory that
/// waits for a peer that does not read.
#[test]
fn a_small_chapter_has_few_cells_however_many_are_asked_for() {
    let (_, records) = founder("a1");
    let mut solo = Solo::holding(&records);
    let (session, peer) = (SessionId::Theirs(1), transport("b1"));
    solo.input(Input::Opened { session, peer });
    let hello = Hello {
        alliance: alliance(),
        nonce: [3; 16],
        chapters: vec![ChapterView {
            chapter: chapter("alliance"),
            fingerprint: [0; 8],
            logs: 1,
        }],
        addresses: false,
    };
    solo.frame(session, SyncMessage::Hello(hello));
    for from in [0, 48, 10_000] {
        let more = More {
            chapter: chapter("alliance"),
            wanted: MoreOf::Cells {
                fingerprint: [0; 8],
                from,
                until: u32::MAX,
            },
        };
        let sent = cells_sent(&solo.frame(session, SyncMessage::More(more)));
        assert!(sent <= from as usize + 64, "{sent} cells from {from} on");
    }
}

/// A line in the log for each of 65,536 invented logs, a session after the other, would fill a disk.
#[test]
fn a_peer_that_gives_nothing_of_many_logs_is_told_of_once_a_chapter() {
    let (_, records) = founder("a1");
    let mut solo = Solo::holding(&records);
    let session = solo.asks("b1");
    let invented: Vec<_> = (0..40)
        .map(|number| {
            let mut head = head_of(&records[1]);
            head.log = Node::new(&format!("x{number}")).log("alliance");
            head.record = RecordId([9; 32]);
            head
        })
        .collect();
    let asked = wants(&solo.heads(session, &invented));
    assert_eq!(asked.len(), invented.len());
    let mut told = Vec::new();
    for head in &invented {
        told.extend(notices(&solo.range(session, &head.log, &[])));
    }
    let fell_short = |notice: &&Notice| matches!(notice, Notice::FellShort { .. });
    assert_eq!(told.iter().filter(fell_short).count(), 1);
}
