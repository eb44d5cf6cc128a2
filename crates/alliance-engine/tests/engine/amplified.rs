//! What little a peer says makes this node send or write: never out of proportion.

use alliance_engine::{Effect, Input, SessionId};
use alliance_wire::{ChapterView, Hello, More, MoreOf, SyncMessage};

use crate::fixture::{alliance, chapter, founder, transport};
use crate::solo::Solo;

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
