//! Any set of records, in any order, at every step: what the fold says is what the rules say.
//!
//! `ALLIANCE_HISTORIES=20000 cargo test --release -p alliance-engine --test engine histories -- --nocapture` for more.

use std::collections::{BTreeMap, BTreeSet};

use alliance_engine::{Engine, Members};
use alliance_record::{ActOf, OrganisationId, VerifiedRecord};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use super::read::{Read, read};
use super::reference::Reference;
use super::story::Story;
use crate::fixture::{Dice, verified};

/// What happened in all histories: rules that were never tried are not shown to hold.
#[derive(Debug, Default)]
struct Seen {
    prefixes: usize,
    amended: usize,
    off_roster: usize,
    ended_logs: usize,
    ended_writers: usize,
    marks: usize,
}

fn number(name: &str, otherwise: u32) -> u32 {
    let given = std::env::var(name).ok();
    given.map_or(otherwise, |given| given.parse().expect("a number"))
}

fn check(members: &Members, reference: &Reference<'_>, seen: &mut Seen) {
    let versions: Vec<_> = members.charters().iter().map(|version| version.id).collect();
    assert_eq!(versions, reference.versions());
    assert_eq!(members.epochs().collect::<Vec<_>>(), reference.newest_acts());
    assert_eq!(members.ended_writers(), reference.ended_writers());
    let let_in = reference.let_in();
    for (log, of) in reference.logs() {
        assert_eq!(members.end_of(&log, &of), reference.end_of(&log, &of), "{log:?}");
        assert_eq!(members.was_let_in(&of), let_in.contains_key(&of));
        seen.ended_logs += usize::from(members.end_of(&log, &of).is_some());
    }
    let shown: BTreeMap<OrganisationId, _> = members
        .all()
        .into_iter()
        .map(|member| {
            (
                member.organisation,
                (member.admitted_by, member.profile.map(|profile| profile.name)),
            )
        })
        .collect();
    let on_roster = let_in.iter().filter(|(of, _)| reference.is_good(of));
    let expected: BTreeMap<OrganisationId, _> = on_roster
        .map(|(of, inviter)| (*of, (*inviter, reference.profile(of))))
        .collect();
    assert_eq!(shown, expected);
    check_marks(members, reference, seen);
    assert!(members.former().eq(let_in.keys().filter(|of| !reference.is_good(of))));
    seen.prefixes += 1;
    seen.amended += usize::from(versions.len() > 1);
    seen.off_roster += usize::from(shown.len() < let_in.len());
    seen.ended_writers += usize::from(!members.ended_writers().is_empty());
}

/// Every record that an act names is marked by the acts that the rules name.
fn check_marks(members: &Members, reference: &Reference<'_>, seen: &mut Seen) {
    let chapter = "theme:seclusion".parse().unwrap();
    let expected = reference.marks();
    let named = members.acts().filter_map(|act| match &act.act.what {
        ActOf::Mark {
            record, organisation, ..
        } => Some((*record, *organisation)),
        _ => None,
    });
    let named: BTreeSet<_> = named.collect();
    let marked = named.into_iter().flat_map(|(record, of)| {
        let marks = members.marked(&record, &chapter, &of).into_iter();
        marks.map(move |mark| (record, of, mark.act))
    });
    assert_eq!(marked.collect::<BTreeSet<_>>(), expected);
    seen.marks += expected.len();
}

/// Folds in one order; compares at every step where `each` says so, and at the end.
fn fold(story: &Story, order: &[(VerifiedRecord, Read)], seen: &mut Seen) -> Engine {
    let mut engine = story.alliance.engine();
    for (place, (record, _)) in order.iter().enumerate() {
        engine.restore_record(record);
        let prefix = order[..=place].iter().map(|(_, read)| read).collect();
        check(
            &engine.state().members,
            &Reference::of(&story.alliance.id, prefix),
            seen,
        );
    }
    engine
}

fn tell(seed: u64, steps: usize, seen: &mut Seen) {
    let story = Story::by_chance(seed, steps);
    let mut order: Vec<_> = story
        .records
        .iter()
        .map(|record| (verified(record), read(record)))
        .collect();
    let first = fold(&story, &order, seen);
    for shuffle in 0..2 {
        Dice(seed ^ shuffle).shuffle(&mut order);
        let other = fold(&story, &order, seen);
        assert!(other.state() == first.state(), "another order, another roster");
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: number("ALLIANCE_HISTORIES", 12),
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(1),
        ..ProptestConfig::default()
    })]

    #[test]
    fn the_fold_says_at_every_step_what_the_rules_say(seed in any::<u64>(), steps in 0..24_usize) {
        tell(seed, steps, &mut Seen::default());
    }
}

#[test]
fn histories_try_every_rule() {
    let mut seen = Seen::default();
    for seed in 0..u64::from(number("ALLIANCE_HISTORIES", 6)) {
        tell(seed, 24, &mut seen);
    }
    println!("{seen:?}");
    assert!(seen.amended > 0 && seen.off_roster > 0 && seen.ended_logs > 0 && seen.ended_writers > 0);
    assert!(seen.marks > 0);
}
