//! Stewards who keep to the rules, some who do whatever harms, and a network that comes apart: who was removed stays out.
//!
//! `ALLIANCE_REMOVALS=10000 cargo test --release -p alliance-engine --test engine removed -- --nocapture` for more.

use std::collections::BTreeSet;

use alliance_engine::{ActShown, ActState, Engine, Members};
use alliance_record::proto::v1;
use alliance_record::{ActId, ActOf, Cuts, OrganisationId, StandingTo, VerifiedRecord};
use bytes::Bytes;

use super::builders::{Alliance, amend, proposal, rekey, standing};
use crate::fixture::{Dice, Node, Policy, Saying, charter_of, organisation, verified};

/// Those who are or become stewards; the first two are dishonest.
const STEWARDS: [&str; 8] = ["x", "y", "s", "t", "u", "v", "w", "q"];
const ON: [&str; 8] = ["m", "n", "o", "p", "r", "l", "k", "j"];
const STEPS: usize = 240;

/// What came of many worlds.
#[derive(Debug, Default)]
struct Tally {
    removals: usize,
    readmitted: usize,
    amendments: usize,
    double_approvals: usize,
    resurrections: usize,
    dropped: usize,
}

/// One steward, and what has reached it.
struct Steward {
    name: &'static str,
    side: usize,
    engine: Engine,
    heard: BTreeSet<usize>,
}

struct World {
    alliance: Alliance,
    scribe: Node,
    said: Vec<VerifiedRecord>,
    stewards: Vec<Steward>,
    /// Of one who hears everything at once.
    all: Engine,
    removed: BTreeSet<OrganisationId>,
    dice: Dice,
}

/// So many dishonest ones as the threshold bears, and one fewer: fewer than 2k - n.
fn charter(dice: &mut Dice) -> v1::Charter {
    loop {
        let (honest, bad) = (2 + dice.below(3), dice.below(3));
        let from = 2 + dice.below(STEWARDS.len() - 2 - honest + 1);
        let names: Vec<_> = STEWARDS[..bad]
            .iter()
            .chain(&STEWARDS[from..from + honest])
            .copied()
            .collect();
        let (total, majority) = (names.len(), names.len() / 2 + 1);
        let threshold = majority + dice.below(total - majority + 1);
        if bad < 2 * threshold - total {
            return v1::Charter {
                threshold: u32::try_from(threshold).unwrap(),
                nonce: Bytes::from(vec![u8::try_from(dice.below(256)).unwrap(); 32]),
                ..charter_of(&names, Policy::AnyMember)
            };
        }
    }
}

impl World {
    fn new(seed: u64) -> Self {
        let mut dice = Dice(seed);
        let alliance = Alliance::by(charter(&mut dice));
        let founder = alliance.charter.stewards[0].clone();
        let name = STEWARDS
            .iter()
            .find(|name| founder == organisation(name).as_bytes()[..]);
        let mut node = alliance.node(&format!("{}1", name.unwrap()));
        let first = node.says(Saying::governance(
            alliance_record::schema::Kind::CHARTER,
            &alliance.charter,
        ));
        let mut world = Self {
            stewards: Vec::new(),
            said: Vec::new(),
            all: alliance.engine(),
            scribe: alliance.scribe(),
            removed: BTreeSet::new(),
            alliance,
            dice,
        };
        world.stewards = STEWARDS
            .iter()
            .map(|name| Steward {
                name,
                side: 0,
                engine: world.alliance.engine(),
                heard: BTreeSet::new(),
            })
            .collect();
        world.note(verified(&first));
        (0..STEWARDS.len()).for_each(|who| world.hear(who, 0));
        world
    }

    fn note(&mut self, record: VerifiedRecord) {
        self.all.restore_record(&record);
        self.said.push(record);
    }

    fn hear(&mut self, who: usize, place: usize) {
        if self.stewards[who].heard.insert(place) {
            self.stewards[who].engine.restore_record(&self.said[place]);
        }
    }

    fn say(&mut self, who: usize, saying: Saying) {
        let record = verified(&self.scribe.says(saying));
        self.note(record);
        self.hear(who, self.said.len() - 1);
    }

    fn step(&mut self, tally: &mut Tally) {
        let who = self.dice.below(self.stewards.len());
        match self.dice.below(14) {
            0 => self.stewards[who].side = self.dice.below(2),
            1..=4 => self.meet(who),
            5 => self.propose(who),
            _ => {
                self.approve(who);
                self.look(tally);
            }
        }
    }

    /// Both come to know some of what either knew, in no order, if nothing parts them: records are in different logs, and what
    /// one builds on may come after it.
    fn meet(&mut self, who: usize) {
        let other = self.dice.below(self.stewards.len());
        if self.stewards[who].side == self.stewards[other].side {
            for (from, to) in [(who, other), (other, who)] {
                let heard = self.stewards[from].heard.clone();
                for place in heard {
                    if self.dice.below(4) > 0 {
                        self.hear(to, place);
                    }
                }
            }
        }
    }

    fn is_honest(&self, who: usize) -> bool {
        who > 1
    }

    fn propose(&mut self, who: usize) {
        let members = self.stewards[who].engine.state().members.clone();
        let Some(under) = members.charter_version() else { return };
        let (previous, what) = if self.dice.below(4) == 0 {
            let carries = if self.is_honest(who) {
                members.to_carry()
            } else {
                Vec::new()
            };
            (None, amend(&charter(&mut self.dice), &carries))
        } else {
            self.change(who, &members)
        };
        let mut act = self.alliance.act(under, previous, what);
        act.nonce[0] = u8::try_from(self.dice.below(256)).unwrap();
        self.say(who, proposal(&act));
    }

    fn change(&mut self, who: usize, members: &Members) -> (Option<ActId>, ActOf) {
        let removed = ON.into_iter().find(|name| {
            let before = members.standing(&organisation(name));
            before.is_some_and(|(_, to)| to == StandingTo::Removed)
        });
        let name = ON[self.dice.below(ON.len())];
        if let Some(name) = removed.filter(|_| self.is_honest(who) && self.dice.below(2) == 0) {
            let removal = members.standing(&organisation(name)).map(|(act, _)| act);
            return (removal, standing(name, StandingTo::Reinstated, Cuts::default()));
        }
        let mut previous = members.standing(&organisation(name)).map(|(act, _)| act);
        if !self.is_honest(who) && self.dice.below(2) == 0 {
            // As if nothing had been decided.
            previous = None;
        }
        let to = [
            StandingTo::Removed,
            StandingTo::Removed,
            StandingTo::Suspended,
            StandingTo::Reinstated,
        ];
        let what = match self.dice.below(6) {
            0 | 1 => rekey(name, "new", Cuts::default()),
            other => standing(name, to[other - 2], Cuts::default()),
        };
        (previous, what)
    }

    /// An honest steward approves whatever the rules allow, a dishonest one whatever there is.
    fn approve(&mut self, who: usize) {
        let (key, name) = (organisation(self.stewards[who].name), self.stewards[who].name);
        let members = &self.stewards[who].engine.state().members;
        let open = members.acts().filter(|act| {
            let is_new = !act.words.iter().any(|(by, word)| *by == key && word.approves);
            is_new && (who < 2 || members.may_approve(&key, &act.id) == Ok(()))
        });
        let yes = |act: &ActShown<'_>| act.words.iter().filter(|(_, word)| word.approves).count();
        let mut open: Vec<(usize, ActId)> = open.map(|act| (yes(&act), act.id)).collect();
        // What others approved is more likely to be looked at: else little would ever be decided.
        open.sort_unstable();
        if !open.is_empty() {
            let place = self.dice.below(open.len()).max(self.dice.below(open.len()));
            let (_, id) = open.swap_remove(place);
            let said = self.alliance.approval(&id, name);
            self.say(who, said);
        }
    }

    /// Somebody came back without k stewards who took it in after its removal; or a complete act fell with its charter.
    fn look(&mut self, tally: &mut Tally) {
        let members = &self.all.state().members;
        let in_force = |of: &OrganisationId, is: StandingTo| {
            members.acts().any(|act| {
                act.state == ActState::InForce
                    && matches!(&act.act.what, ActOf::Standing { organisation, to, .. } if organisation == of && *to == is)
            })
        };
        for of in ON.map(organisation) {
            let is_out = members.standing(&of).is_some_and(|(_, to)| to == StandingTo::Removed);
            if is_out && self.removed.insert(of) {
                tally.removals += 1;
            } else if self.removed.contains(&of) && !is_out {
                let readmitted = in_force(&of, StandingTo::Removed);
                tally.readmitted += usize::from(readmitted);
                tally.resurrections += usize::from(!readmitted);
                self.removed.remove(&of);
            }
        }
        let dropped = members.acts().filter(|act| {
            let yes = act.words.iter().filter(|(_, word)| word.approves).count();
            act.state == ActState::Lapsed && yes >= act.needed as usize
        });
        tally.dropped += dropped.count();
    }

    fn end(mut self, tally: &mut Tally) {
        for who in 0..self.stewards.len() {
            (0..self.said.len()).for_each(|place| self.hear(who, place));
        }
        let members = &self.all.state().members;
        for steward in &self.stewards {
            assert!(steward.engine.state().members == *members);
        }
        let named = members.double_approvals();
        let bad = [STEWARDS[0], STEWARDS[1]].map(organisation);
        assert!(
            named.iter().all(|(key, _)| bad.contains(key)),
            "an honest steward is named"
        );
        tally.double_approvals += named.len();
        tally.amendments += members.charters().len() - 1;
    }
}

fn removals(atleast: usize) -> Tally {
    let mut tally = Tally::default();
    for seed in 0.. {
        let mut world = World::new(seed);
        (0..STEPS).for_each(|_| world.step(&mut tally));
        world.end(&mut tally);
        assert_eq!((tally.resurrections, tally.dropped), (0, 0), "seed {seed}");
        if tally.removals >= atleast {
            break;
        }
    }
    tally
}

#[test]
fn nobody_who_was_removed_comes_back_while_few_stewards_break_the_rules() {
    let atleast = std::env::var("ALLIANCE_REMOVALS").map_or(12, |number| number.parse().unwrap());
    let tally = removals(atleast);
    println!("{tally:?}");
    assert!(tally.double_approvals > 0);
    // Few worlds need not see any.
    assert!(atleast < 1000 || tally.readmitted > 0);
}
