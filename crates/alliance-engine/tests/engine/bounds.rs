//! Sessions are bounded: in number, in time, and in what a peer may make of them.

use alliance_engine::limits::{ANSWERING_SESSIONS_MAX, RETRY_MS, SESSION_MS_MAX};
use alliance_engine::{Effect, Input, Notice, SessionId};
use alliance_record::{Head, RecordId};
use alliance_wire::limits::CHAPTERS_MAX;
use alliance_wire::{ChapterView, Hello, ListPart, LogRef, Pull, RecordPart, SyncMessage, Want};

use crate::fixture::{Node, Saying, admission, alliance, chapter, founder, profile, subscription, transport};
use crate::solo::{Rest, Solo, appended, head_of, is_closed, is_done, notices, opened, wants};

fn beyond(head: Head, sequence: u64) -> Head {
    Head {
        sequence,
        record: RecordId([9; 32]),
        ..head
    }
}

/// Answers that bring nothing new, though the peer named a head beyond them.
#[test]
fn a_peer_that_repeats_what_is_held_is_not_asked_again_in_the_session() {
    let (node, records) = founder("a1");
    let mut solo = Solo::holding(&records);
    let session = solo.asks("b1");
    let asked = solo.heads(session, &[beyond(head_of(&records[1]), 9)]);
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
    let asked = solo.heads(session, &[head_of(&more)]);
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

fn theirs(number: u64) -> SessionId {
    SessionId::Theirs(number)
}

fn hello(chapters: Vec<ChapterView>) -> SyncMessage {
    SyncMessage::Hello(Hello {
        alliance: alliance(),
        nonce: [3; 16],
        chapters,
        addresses: false,
    })
}

fn view(name: &str) -> ChapterView {
    ChapterView {
        chapter: chapter(name),
        fingerprint: [0; 8],
        logs: 1,
    }
}

/// Chapters of which an answer says all heads.
fn lists_sent(effects: &[Effect]) -> usize {
    let lists = effects.iter().filter(|effect| {
        matches!(
            effect,
            Effect::Send {
                message: SyncMessage::List(_),
                ..
            }
        )
    });
    lists.count()
}

fn retry_after(effects: &[Effect]) -> Option<u32> {
    effects.iter().find_map(|effect| match effect {
        Effect::Send {
            message: SyncMessage::Busy { retry_after_ms },
            ..
        } => Some(*retry_after_ms),
        _ => None,
    })
}

#[test]
fn sessions_beyond_the_bounds_are_told_to_come_back_and_not_answered() {
    let (_, records) = founder("a1");
    let mut solo = Solo::holding(&records);
    let mut refused = 0;
    for number in 0..200_u64 {
        let peer = transport(&format!("peer {}", number / 4));
        let session = theirs(number);
        let effects = solo.input(Input::Opened { session, peer });
        let turned_away = retry_after(&effects).is_some();
        assert_eq!(turned_away, is_closed(&effects));
        assert_eq!(
            turned_away,
            lists_sent(&solo.frame(session, hello(vec![view("alliance")]))) == 0
        );
        assert!(turned_away || number % 4 < 2, "three sessions of one peer");
        refused += usize::from(turned_away);
    }
    assert_eq!(refused, 200 - ANSWERING_SESSIONS_MAX);
    // A place that becomes free is given away again.
    solo.input(Input::Closed { session: theirs(0) });
    let peer = transport("late");
    assert_eq!(
        retry_after(&solo.input(Input::Opened {
            session: theirs(900),
            peer
        })),
        None
    );
}

#[test]
fn one_hello_a_session_and_one_look_a_chapter() {
    let (_, records) = founder("a1");
    let mut solo = Solo::holding(&records);
    let (session, peer) = (theirs(1), transport("b1"));
    solo.input(Input::Opened { session, peer });
    let effects = solo.frame(session, hello(vec![view("alliance"), view("alliance"), view("iso:cz")]));
    assert_eq!(lists_sent(&effects), 1);
    let effects = solo.frame(session, hello(vec![view("alliance")]));
    assert_eq!((lists_sent(&effects), is_closed(&effects)), (0, true));
}

#[test]
fn a_pull_without_a_hello_ends_the_session() {
    let (_, records) = founder("a1");
    let mut solo = Solo::holding(&records);
    let (session, peer) = (theirs(1), transport("b1"));
    solo.input(Input::Opened { session, peer });
    let want = Want {
        log: LogRef::from_bytes([1; 5]),
        from: 0,
        until: 1,
    };
    let pull = Pull {
        chapter: chapter("alliance"),
        wants: vec![want],
        part: RecordPart::Whole,
    };
    assert!(is_closed(&solo.frame(session, SyncMessage::Pull(pull))));
}

/// A list without end, each piece just in time: the session ends all the same, and others get its place.
#[test]
fn a_peer_that_trickles_does_not_keep_its_place_for_ever() {
    let (_, records) = founder("a1");
    let mut solo = Solo::holding(&records);
    let session = solo.asks("b1");
    let part = ListPart {
        chapter: chapter("alliance"),
        marks: Vec::new(),
        more: true,
    };
    let mut closed = false;
    for _ in 0..30 {
        solo.now_ms += 30_000;
        solo.frame(session, SyncMessage::List(part.clone()));
        closed |= is_closed(&solo.wake_at(solo.now_ms));
    }
    assert!(closed);
}

/// Records one by one, each just in time: the session ends, and what it brought is kept.
#[test]
fn a_peer_that_trickles_records_is_given_up_and_what_it_brought_is_kept() {
    let (mut node, records) = founder("a1");
    let later: Vec<_> = (0..60).map(|number| node.says(profile(&number.to_string()))).collect();
    let mut solo = Solo::holding(&records);
    let session = solo.asks("b1");
    let began_ms = solo.now_ms;
    let asked = solo.heads(session, &[head_of(&later[59])]);
    let log = wants(&asked)[0].log;
    let mut brought = 0;
    for record in &later {
        solo.now_ms += 20_000;
        brought += appended(&solo.part(session, log, std::slice::from_ref(record), Rest::More));
        if is_closed(&solo.wake_at(solo.now_ms)) {
            break;
        }
    }
    assert_eq!(solo.now_ms - began_ms, SESSION_MS_MAX);
    let kept = solo.engine.state().head(&node.log("alliance")).unwrap().sequence;
    assert_eq!((brought, kept), (30, 31));
}

/// What must wait for a larger roster is asked for again when the roster has grown and the first answer has come to its
/// end: else that end would be taken for the second answer's.
#[test]
fn an_answer_put_off_is_asked_for_again_when_its_rest_has_come() {
    let (mut node, records) = founder("a1");
    let admitting = node.says(admission("b"));
    let mut member = Node::new("b1");
    let certificate = member.certificate();
    let first = member.says(certificate);
    let second = member.says(profile("b"));
    let mut solo = Solo::holding(&records);
    let session = solo.asks("c1");
    let asked = solo.heads(session, &[head_of(&admitting), head_of(&second)]);
    assert_eq!(wants(&asked).len(), 2);
    let log = solo.key(session).log_ref(&member.log("alliance"));
    let effects = solo.part(session, log, std::slice::from_ref(&first), Rest::More);
    assert_eq!((appended(&effects), wants(&effects).len()), (0, 0));
    let effects = solo.range(session, &node.log("alliance"), &[admitting]);
    assert_eq!(
        (appended(&effects), wants(&effects).len()),
        (1, 0),
        "asked for too early"
    );
    let effects = solo.part(session, log, std::slice::from_ref(&second), Rest::Nothing);
    assert_eq!((appended(&effects), wants(&effects).len()), (0, 1));
    let effects = solo.part(session, log, &[first, second], Rest::Nothing);
    assert_eq!((appended(&effects), is_done(&effects)), (2, true));
}

/// Before anything was asked for, of another log, and again after the end.
#[test]
fn ranges_that_nobody_asked_for_end_the_session() {
    let (mut node, records) = founder("a1");
    let next = node.says(profile("a"));
    let (log, other) = (node.log("alliance"), Node::new("b1").log("alliance"));
    for (answered, log) in [(false, &log), (true, &other), (true, &log)] {
        let mut solo = Solo::holding(&records);
        let session = solo.asks("b1");
        if answered {
            // Another log is under way, so that the session goes on.
            let elsewhere = beyond(head_of(&Node::new("c1").says(profile("c"))), 3);
            solo.heads(session, &[head_of(&next), elsewhere]);
            solo.range(session, &node.log("alliance"), std::slice::from_ref(&next));
        }
        let effects = solo.range(session, log, std::slice::from_ref(&next));
        let is_told = notices(&effects)
            .iter()
            .any(|notice| matches!(notice, Notice::Refused { .. }));
        assert!(is_told && is_closed(&effects) && !is_done(&effects) && appended(&effects) == 0);
    }
}

#[test]
fn a_busy_peer_is_asked_neither_at_once_nor_never() {
    let (_, records) = founder("a1");
    for retry_after_ms in [0, u32::MAX] {
        let mut solo = Solo::holding(&records);
        let session = solo.asks("b1");
        let effects = solo.frame(session, SyncMessage::Busy { retry_after_ms });
        assert_eq!((is_closed(&effects), opened(&effects)), (true, None));
        let before = solo.now_ms;
        while opened(&solo.wake_at(solo.engine.next_wake())).is_none() {
            assert!(solo.now_ms < before + 600_000, "never again");
        }
        assert!(solo.now_ms >= before + RETRY_MS);
    }
}

#[test]
fn a_peer_that_comes_twice_is_asked_once() {
    let (_, records) = founder("a1");
    let mut solo = Solo::holding(&records);
    solo.asks("b1");
    let again = solo.input(Input::PeerUp { peer: transport("b1") });
    assert_eq!(opened(&again), None);
}

#[test]
fn with_more_chapters_than_a_hello_names_each_has_its_turn() {
    let (mut node, mut records) = founder("a1");
    let names: Vec<_> = (0..600).map(|number| format!("theme:t{number}")).collect();
    records.extend(names.iter().map(|name| node.says(subscription(name, true))));
    let mut solo = Solo::holding(&records);
    let mut seen = std::collections::BTreeSet::new();
    for number in 0..8 {
        let effects = solo.input(Input::PeerUp {
            peer: transport(&format!("peer {number}")),
        });
        let named = hello_of(&effects);
        assert_eq!((named.len(), named[0].as_str()), (CHAPTERS_MAX, "alliance"));
        seen.extend(named);
    }
    assert_eq!(seen.len(), 601);
}

fn hello_of(effects: &[Effect]) -> Vec<String> {
    let named = |effect: &Effect| match effect {
        Effect::Send {
            message: SyncMessage::Hello(hello),
            ..
        } => Some(hello.chapters.iter().map(|view| view.chapter.to_string()).collect()),
        _ => None,
    };
    effects.iter().find_map(named).unwrap()
}
