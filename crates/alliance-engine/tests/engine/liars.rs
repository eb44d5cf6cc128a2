//! Answerers that keep no rule, each in its own way: what is told of them, that their sessions end, that nothing wrong
//! is stored, and that an honest peer brings everything all the same.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use alliance_engine::limits::{SESSION_IDLE_MS, SESSION_MS_MAX, STALL_MS};
use alliance_engine::{Notice, SyncProgress};
use alliance_record::{RecordId, SignedRecord};

use crate::library::Library;
use crate::lies::*;
use crate::stream::Lie;
use crate::world::World;

/// More logs than are listed to one who knows some of them.
pub(crate) static LIBRARY: LazyLock<Library> = LazyLock::new(|| Library::of(120, |log| 3 + log % 7, 30));

/// A chapter is known in part, so that it is sketched, or not at all, so that it is listed.
#[derive(Clone, Copy)]
enum Held {
    Nothing,
    Half,
}

/// What is told of the liar, in the asker's words, each once.
fn told(world: &World) -> BTreeSet<&'static str> {
    let liar = world.replicas[0].transport;
    let word = |notice: &Notice| match notice {
        Notice::Refused { verdict, peer, .. } if *peer == liar => Some(verdict.code()),
        Notice::FellShort { peer, .. } if *peer == liar => Some("fell_short"),
        Notice::Forked { .. } => Some("forked"),
        _ => None,
    };
    world.replicas[2].notices.iter().filter_map(word).collect()
}

fn check_stored(world: &World) {
    let honest: BTreeMap<RecordId, &SignedRecord> = LIBRARY
        .logs
        .iter()
        .flatten()
        .chain(&LIBRARY.alliance)
        .map(|record| (record.id(), record))
        .collect();
    for record in world.replicas[2].store.arrivals() {
        let same = honest
            .get(&record.id())
            .is_some_and(|honest| honest.body() == record.body());
        assert!(same, "a record that nobody honest wrote was stored");
    }
}

/// The longest that a session with the liar ran.
fn longest(world: &World, so_far: i64) -> i64 {
    let of_liar = world.replicas[2].engine.progress();
    let of_liar = of_liar
        .into_iter()
        .filter(|progress| progress.peer == world.replicas[0].transport);
    let age = |progress: SyncProgress| world.now_ms - progress.began_ms;
    of_liar.map(age).max().unwrap_or_default().max(so_far)
}

/// Replica 0 lies, replica 1 is honest, replica 2 asks: first the liar alone for a while, then both.
fn check(name: &str, lie: Lie, held: Held, expected: &[&str], limit_ms: i64) {
    let mut world = World::new(&["a1", "a2", "a3"], 7);
    (0..2).for_each(|peer| world.hold(peer, &LIBRARY.all()));
    world.hold(
        2,
        &LIBRARY.part(|log, length| match held {
            Held::Nothing => 0,
            Held::Half => length * (log % 2),
        }),
    );
    world.replicas[0].lie = Some(lie);
    world.meet(2, 0);
    let mut age_ms = 0;
    for _ in 0..limit_ms / 1000 + 2 {
        world.run(1000);
        age_ms = longest(&world, age_ms);
    }
    assert!(age_ms <= limit_ms, "{name}: a session of {age_ms} ms");
    let words = told(&world);
    assert_eq!(words, expected.iter().copied().collect(), "{name}");
    world.meet(2, 1);
    world.run(2 * SESSION_IDLE_MS);
    check_stored(&world);
    assert_eq!(
        world.replicas[2].state(),
        world.replicas[1].state(),
        "{name}: something is lacking"
    );
    let honest = world.replicas[1].transport;
    let blamed = |notice: &Notice| matches!(notice, Notice::Refused { peer, .. } if *peer == honest);
    assert!(
        !world.replicas[2].notices.iter().any(blamed),
        "{name}: an honest peer was blamed"
    );
}

/// In less than this nothing is waited for.
const AT_ONCE_MS: i64 = 1000;

#[test]
fn liars_about_records() {
    let nothing = Held::Nothing;
    check("far ahead", lie(far_ahead), nothing, &["fell_short"], AT_ONCE_MS);
    check(
        "wrong order",
        lie(wrong_order),
        nothing,
        &["wrong_sequence"],
        AT_ONCE_MS,
    );
    check("hole", lie(hole), nothing, &["wrong_sequence"], AT_ONCE_MS);
    check(
        "altered middle",
        lie(altered_middle),
        nothing,
        &["bad_body"],
        AT_ONCE_MS,
    );
    check("repeats", lie(repeats), nothing, &["wrong_sequence"], AT_ONCE_MS);
    check(
        "beyond until",
        lie(beyond_until),
        nothing,
        &["wrong_sequence"],
        AT_ONCE_MS,
    );
    check("beyond credit", lie(beyond_credit), nothing, &["wrong_log"], AT_ONCE_MS);
    check("unasked", lie(unasked), nothing, &["wrong_log"], AT_ONCE_MS);
    check("other meaning", lie(other_meaning), nothing, &["wrong_log"], AT_ONCE_MS);
    check("unsigned", lie(unsigned_for_ever), nothing, &[], STALL_MS);
    check(
        "broken link",
        lie(broken_link),
        nothing,
        &["wrong_previous"],
        AT_ONCE_MS,
    );
}

#[test]
fn liars_about_what_they_hold() {
    let (nothing, half) = (Held::Nothing, Held::Half);
    check("garbage cells", lie(garbage_cells), half, &[], AT_ONCE_MS);
    check("only cells", lie(only_cells), half, &[], SESSION_IDLE_MS);
    check("the same cells", lie(same_cells), half, &[], SESSION_IDLE_MS);
    check("endless list", lie(endless_list), nothing, &[], SESSION_IDLE_MS);
    check("unasked sketch", lie(unasked_sketch), nothing, &[], AT_ONCE_MS);
    check("unasked list", lie(unasked_list), nothing, &[], AT_ONCE_MS);
    check("all is well", lie(all_is_well), half, &[], AT_ONCE_MS);
}

#[test]
fn peers_that_do_not_answer() {
    let half = Held::Half;
    check("silent", lie(silent), half, &[], SESSION_IDLE_MS);
    check(
        "silent after comparing",
        lie(silent_after_comparing),
        half,
        &[],
        STALL_MS,
    );
    check("never compared", lie(never_compared), half, &[], SESSION_IDLE_MS);
    check("empty for ever", lie(empty_for_ever), half, &[], SESSION_MS_MAX);
    check("busy for ever", lie(busy_for_ever), half, &[], AT_ONCE_MS);
    check("speaks as asker", lie(speaks_as_asker), half, &[], AT_ONCE_MS);
    check("garbage", garbage(), half, &[], SESSION_IDLE_MS);
}
