//! Progress as it is told: never more than was compared, never faster than was measured.

use super::*;

fn chapter(name: &str) -> ChapterName {
    name.parse().unwrap()
}

fn lacking(records: u64) -> Missing {
    let known = (chapter("m49:001"), records);
    Some(known).filter(|(_, records)| *records > 0).into_iter().collect()
}

const fn peer(number: u8) -> TransportId {
    TransportId([number; 32])
}

/// A session that began at 1000 ms.
fn session(number: u8, brought: u64, missing: u64) -> SyncProgress {
    SyncProgress {
        peer: peer(number),
        began_ms: 1_000,
        heard_ms: 1_000 + i64::try_from(brought).unwrap(),
        brought,
        brought_bytes: brought * 100,
        missing: lacking(missing),
    }
}

/// A node with this many connected peers.
fn connected(peers: u8) -> Progress {
    let mut progress = Progress::default();
    (1..=peers).for_each(|number| progress.peer_up(peer(number)));
    progress
}

fn look(progress: &mut Progress, now_ms: i64, sessions: Vec<SyncProgress>, missing: u64) -> Option<u64> {
    let look = Look {
        sessions,
        missing: lacking(missing),
        unsettled: BTreeSet::new(),
        began_ms: now_ms,
        ended_ms: now_ms,
    };
    progress.look(look).map(|told| told.missing)
}

fn end(progress: &mut Progress, number: u8, at_ms: i64, missing: u64) {
    progress.ended(PeerSync {
        peer: peer(number),
        at_ms,
        brought: 0,
        missing: lacking(missing),
        unsettled: BTreeSet::new(),
    });
}

fn missing(progress: &Progress) -> u64 {
    progress.summary(0).missing
}

#[test]
fn nothing_is_looked_at_while_nothing_runs() {
    let mut progress = connected(1);
    assert!(!progress.is_due(false, 1_000));
    assert!(progress.is_due(true, 1_000));
    look(&mut progress, 1_000, vec![session(1, 0, 0)], 0);
    assert!(
        progress.is_due(true, 1_000),
        "the first that is missing is not waited for"
    );
    look(&mut progress, 1_001, vec![session(1, 0, 9)], 9);
    assert!(!progress.is_due(true, 1_500) && progress.is_due(true, 1_501));
    assert!(progress.is_due(true, 900), "a clock that was set back stops nothing");
    assert!(progress.is_due(false, 1_002), "the end is shown at once");
    end(&mut progress, 1, 1_002, 0);
    assert!(progress.is_due(false, 1_002));
    look(&mut progress, 1_002, vec![], 0);
    assert!(!progress.is_due(false, 9_000));
}

#[test]
fn a_look_that_took_long_is_not_repeated_soon() {
    let mut progress = connected(1);
    let look = Look {
        sessions: vec![session(1, 0, 9)],
        missing: lacking(9),
        unsettled: BTreeSet::new(),
        began_ms: 1_000,
        ended_ms: 1_100,
    };
    progress.look(look);
    assert!(!progress.is_due(true, 3_099) && progress.is_due(true, 3_100));
}

#[test]
fn listeners_hear_twice_a_second_and_once_at_the_end() {
    let mut progress = connected(1);
    assert_eq!(look(&mut progress, 1_000, vec![session(1, 0, 0)], 0), None);
    assert_eq!(look(&mut progress, 1_010, vec![session(1, 0, 90)], 90), Some(90));
    assert_eq!(look(&mut progress, 1_400, vec![session(1, 10, 80)], 80), None);
    assert_eq!(look(&mut progress, 1_510, vec![session(1, 20, 70)], 70), Some(70));
    end(&mut progress, 1, 1_600, 0);
    assert_eq!(look(&mut progress, 1_600, vec![], 0), Some(0));
    assert_eq!(look(&mut progress, 9_000, vec![session(1, 0, 0)], 0), None);
    assert_eq!(
        look(&mut progress, 9_010, vec![], 0),
        None,
        "nothing was missing, nothing is told"
    );
}

#[test]
fn a_peer_is_in_step_when_a_session_says_so() {
    let mut progress = connected(1);
    let status = |progress: &Progress| progress.status(&peer(1), 5_000);
    assert_eq!(status(&progress), SyncStatus::default());
    look(&mut progress, 1_000, vec![session(1, 0, 0)], 0);
    let compared = status(&progress);
    assert_eq!((compared.in_step, compared.last_contact_ms_ago), (None, None));
    assert_eq!(compared.session.unwrap().began_ms_ago, 4_000);
    look(&mut progress, 1_500, vec![session(1, 10, 40)], 40);
    let fetching = status(&progress);
    assert_eq!((fetching.in_step, fetching.missing), (Some(false), 40));
    assert_eq!(fetching.last_contact_ms_ago, Some(3_990));
    assert_eq!(progress.summary(5_000).in_step_ms, None);
    end(&mut progress, 1, 2_000, 0);
    look(&mut progress, 2_000, vec![], 0);
    let ended = status(&progress);
    assert_eq!((ended.in_step, ended.missing, ended.session), (Some(true), 0, None));
    assert_eq!(
        (ended.checked_ms_ago, ended.last_contact_ms_ago),
        (Some(3_000), Some(3_000))
    );
    assert_eq!(progress.summary(5_000).in_step_ms, Some(3_000));
    // Another look at the same peer changes nothing of that.
    look(&mut progress, 4_000, vec![session(1, 0, 0)], 0);
    assert_eq!(progress.summary(5_000).in_step_ms, Some(3_000));
}

#[test]
fn a_chapter_that_was_taken_up_must_be_compared_first() {
    let mut progress = connected(1);
    let in_step = |progress: &Progress| {
        (
            progress.status(&peer(1), 5_000).in_step,
            progress.summary(5_000).in_step_ms,
        )
    };
    end(&mut progress, 1, 2_000, 0);
    progress.taken_up();
    assert!(progress.is_due(false, 2_000));
    progress.look(Look {
        sessions: vec![],
        missing: lacking(0),
        unsettled: [peer(1)].into(),
        began_ms: 2_000,
        ended_ms: 2_000,
    });
    assert_eq!(in_step(&progress), (None, None));
    end(&mut progress, 1, 3_000, 0);
    look(&mut progress, 3_000, vec![], 0);
    assert_eq!(in_step(&progress), (Some(true), Some(2_000)));
}

#[test]
fn what_a_session_left_is_known_until_the_next_has_compared() {
    let mut progress = connected(1);
    look(&mut progress, 1_000, vec![session(1, 10, 40)], 40);
    look(&mut progress, 1_700, vec![], 0);
    assert_eq!((missing(&progress), progress.summary(0).running), (40, false));
    assert_eq!(progress.status(&peer(1), 0).in_step, Some(false), "it broke off");
    let again = |brought, missing| SyncProgress {
        began_ms: 2_000,
        heard_ms: 2_100,
        ..session(1, brought, missing)
    };
    look(&mut progress, 2_000, vec![again(0, 0)], 0);
    assert_eq!(missing(&progress), 40, "nothing is compared yet");
    look(&mut progress, 2_100, vec![again(0, 38)], 38);
    assert_eq!(missing(&progress), 38);
    look(&mut progress, 2_700, vec![again(38, 0)], 0);
    assert_eq!(missing(&progress), 0);
    end(&mut progress, 1, 2_800, 3);
    look(&mut progress, 2_800, vec![], 0);
    assert_eq!(missing(&progress), 3, "what could not be had is still missing");
}

#[test]
fn what_a_peer_had_that_has_gone_is_missing_until_another_is_compared_with() {
    let mut progress = connected(2);
    look(&mut progress, 1_000, vec![session(1, 10, 40), session(2, 0, 0)], 40);
    progress.peer_down(&peer(1), 1_100);
    look(&mut progress, 1_100, vec![session(2, 0, 0)], 0);
    assert_eq!(missing(&progress), 40);
    assert_eq!(progress.status(&peer(1), 1_100), SyncStatus::default());
    look(&mut progress, 1_200, vec![session(2, 1, 30)], 30);
    assert_eq!(missing(&progress), 30);
    end(&mut progress, 2, 1_300, 0);
    look(&mut progress, 1_300, vec![], 0);
    assert_eq!((missing(&progress), progress.summary(1_300).in_step_ms), (0, Some(0)));
    progress.peer_down(&peer(2), 1_400);
    assert_eq!(
        progress.summary(1_500).in_step_ms,
        None,
        "nobody is left to be in step with"
    );
}

#[test]
fn all_sessions_together_are_as_fast_as_their_sum() {
    let mut progress = connected(2);
    for (now_ms, brought) in [(1_000, 10), (2_000, 110), (3_000, 210)] {
        let sessions = vec![session(1, brought, 400), session(2, brought * 2, 500)];
        look(&mut progress, now_ms, sessions, 600);
    }
    let summary = progress.summary(3_000);
    assert_eq!((summary.running, summary.brought, summary.missing), (true, 630, 600));
    assert_eq!((summary.records_per_s, summary.bytes_per_s), (Some(300), Some(30_000)));
    assert_eq!(summary.remaining_s, Some(2));
    assert_eq!(
        progress.status(&peer(2), 3_000).session.unwrap().records_per_s,
        Some(200)
    );
}
