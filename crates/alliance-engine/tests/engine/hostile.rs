//! Peers that lie, withhold or flood.

use alliance_record::Head;

use crate::fixture::{Saying, founder, subscription};
use crate::solo::{Solo, appended, head_of, is_closed, is_done, wants};

fn beyond(head: Head, sequence: u64) -> Head {
    Head { sequence, ..head }
}

/// Answers that bring nothing new, though the peer named a head beyond them.
#[test]
fn a_peer_that_repeats_what_is_held_is_not_asked_again_in_the_session() {
    let (node, records) = founder("a1");
    let mut solo = Solo::holding(&records);
    let session = solo.asks("b1");
    let asked = solo.heads(session, vec![beyond(head_of(&records[1]), 9)]);
    assert_eq!(wants(&asked).len(), 1);
    let effects = solo.range(session, &node.log("alliance"), &records);
    assert_eq!(wants(&effects).len(), 0);
    assert!(is_done(&effects) && is_closed(&effects));
}

/// The alliance's log that comes first in the session says that the chapter of the next one is not followed any more.
#[test]
fn a_chapter_left_in_the_midst_of_a_session_is_not_asked_for_again() {
    let (mut node, mut records) = founder("a1");
    records.push(node.says(subscription("iso:cz", true)));
    let content = node.says(Saying::content("iso:cz", "a practice"));
    let more = node.says(Saying::content("iso:cz", "another"));
    let leaving = node.says(subscription("iso:cz", false).at(crate::fixture::NOW_MS + 1));
    let mut solo = Solo::holding(&records);
    let session = solo.asks("b1");
    let asked = solo.heads(session, vec![head_of(&more)]);
    assert_eq!(wants(&asked).len(), 1);
    let source = alliance_engine::Source::Local { ticket: 1 };
    let record = Box::new(crate::fixture::verified(&leaving));
    solo.input(alliance_engine::Input::Record {
        record,
        stored: None,
        source,
    });
    let effects = solo.range(session, &node.log("iso:cz"), &[content, more]);
    assert_eq!((wants(&effects).len(), appended(&effects)), (0, 0));
    assert!(is_done(&effects));
}
