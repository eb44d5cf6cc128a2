//! The tree as it is kept, beside the same drawn anew, under changes by chance.

use std::collections::{BTreeMap, BTreeSet};

use alliance_record::{ChapterName, InstanceId, LogName, OrganisationId, RecordId, WriterId};
use proptest::prelude::*;

use super::{Admissions, Counts};
use crate::members::place::Place;

/// Organisations in play.
const ORGANISATIONS: u8 = 8;

#[derive(Debug, Clone)]
enum Step {
    /// One admits another, in a record that counts or not.
    Admit(u8, u8, bool),
    /// The log of one ends before this record.
    End(u8, u64),
    Root(u8),
    Unroot(u8),
}

fn step() -> impl Strategy<Value = Step> {
    let who = || 0..ORGANISATIONS;
    prop_oneof![
        5 => (who(), who(), prop::bool::weighted(0.9)).prop_map(|(by, whom, counts)| Step::Admit(by, whom, counts)),
        3 => (who(), 0..8_u64).prop_map(|(by, end)| Step::End(by, end)),
        1 => who().prop_map(Step::Root),
        1 => who().prop_map(Step::Unroot),
    ]
}

fn organisation(number: u8) -> OrganisationId {
    OrganisationId([number; 32])
}

fn place(by: u8, sequence: u64) -> Place {
    Place {
        log: LogName {
            writer: WriterId([by; 32]),
            instance: InstanceId([1; 8]),
            chapter: ChapterName::alliance(),
        },
        sequence,
        organisation: organisation(by),
    }
}

/// What was said, and what counts of it.
#[derive(Default)]
struct Plain {
    admissions: BTreeMap<u8, Vec<(u8, bool)>>,
    roots: BTreeSet<u8>,
}

impl Plain {
    fn let_in(&self) -> BTreeSet<u8> {
        let mut let_in = self.roots.clone();
        loop {
            let admitted = let_in.iter().filter_map(|by| self.admissions.get(by)).flatten();
            let counting: Vec<u8> = admitted.filter(|(_, counts)| *counts).map(|(whom, _)| *whom).collect();
            let before = let_in.len();
            let_in.extend(counting);
            if let_in.len() == before {
                return let_in;
            }
        }
    }

    fn take(&mut self, step: &Step, kept: &mut Admissions) {
        match *step {
            Step::Admit(by, whom, counts) => {
                let said = self.admissions.entry(by).or_default();
                let (sequence, id) = (
                    said.len() as u64,
                    RecordId([by * 16 + u8::try_from(said.len()).unwrap(); 32]),
                );
                said.push((whom, counts));
                let counts = if counts { Counts::Yes } else { Counts::No };
                kept.admit(id, organisation(whom), place(by, sequence), counts);
            }
            Step::End(by, end) => {
                let said = self.admissions.entry(by).or_default();
                said.iter_mut()
                    .zip(0..)
                    .for_each(|((_, counts), place)| *counts = place < end);
                kept.judge_again(&organisation(by), |place| place.sequence < end);
            }
            Step::Root(who) => {
                self.roots.insert(who);
                kept.root(organisation(who));
            }
            Step::Unroot(who) => {
                self.roots.remove(&who);
                kept.unroot(&organisation(who));
            }
        }
    }
}

/// Each hangs on an admission that counts, by one who hangs on a root in the end.
fn check_tree(kept: &Admissions) {
    for start in kept.let_in.keys() {
        let mut at = *start;
        for _ in 0..=ORGANISATIONS {
            let Some((record, author)) = *kept.let_in.get(&at).unwrap() else {
                break;
            };
            let admission = &kept.by_author.get(&author).unwrap()[&record];
            assert!(admission.counts && admission.admitted == at);
            at = author;
        }
        assert!(kept.roots.contains(&at), "hangs in the air");
    }
    let tree: BTreeSet<_> = kept.tree().into_keys().chain(kept.roots.iter().copied()).collect();
    assert!(tree.iter().eq(kept.let_in.keys()));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

    #[test]
    fn the_tree_that_is_kept_is_the_tree_drawn_anew(steps in prop::collection::vec(step(), 0..60)) {
        let (mut kept, mut plain) = (Admissions::default(), Plain::default());
        let mut known = BTreeSet::new();
        for step in &steps {
            if matches!(step, Step::Admit(by, ..) if plain.admissions.get(by).is_some_and(|said| said.len() > 14)) {
                continue;
            }
            plain.take(step, &mut kept);
            let let_in: BTreeSet<_> = plain.let_in().into_iter().map(organisation).collect();
            prop_assert!(kept.let_in.keys().eq(let_in.iter()));
            check_tree(&kept);
            // Whoever came or went is told.
            let touched = kept.take_touched();
            prop_assert!(known.symmetric_difference(&let_in).all(|who| touched.contains(who)));
            known = let_in;
        }
    }
}
