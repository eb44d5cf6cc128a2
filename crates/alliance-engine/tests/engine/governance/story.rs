//! Histories by chance: everything that can be said of members, sensible or not, by the right ones and by others.

use alliance_record::{
    ActId, ActOf, Certificate, CertifiedNode, CharterVersion, Cuts, NoticeType, OrganisationId, SignedRecord,
    StandingTo,
};

use super::builders::{
    Alliance, amend, certificate, certified, committed, cuts, lifting, notice, proposal, rekey, standing, succession,
};
use crate::fixture::{Dice, NOW_MS, Node, Policy, admission, charter_of, organisation, profile, secret};

/// `a`, `b` and `c` are the founding stewards.
const ORGANISATIONS: [&str; 6] = ["a", "b", "c", "d", "e", "f"];
const NODES: [&str; 8] = ["a1", "b1", "c1", "d1", "d2", "e1", "e2", "f1"];
/// Keys that organisations move to.
const KEYS: [&str; 3] = ["new d", "new e", "thief"];
const STANDINGS: [StandingTo; 4] = [
    StandingTo::Removed,
    StandingTo::Suspended,
    StandingTo::Reinstated,
    StandingTo::Rekeyed,
];

/// A history as it comes to be.
pub(crate) struct Story {
    pub(crate) alliance: Alliance,
    pub(crate) records: Vec<SignedRecord>,
    nodes: Vec<Node>,
    scribe: Node,
    dice: Dice,
    versions: Vec<CharterVersion>,
    /// Standing acts, each with its organisation.
    standings: Vec<(ActId, usize)>,
    acts: Vec<ActId>,
    certificates: Vec<Certificate>,
}

impl Story {
    /// `steps` things that happen, after the members have been let in.
    pub(crate) fn by_chance(seed: u64, steps: usize) -> Self {
        let mut dice = Dice(seed);
        let policy = [Policy::AnyMember, Policy::AnyMember, Policy::Stewards][dice.below(3)];
        let alliance = Alliance::by(charter_of(&["a", "b", "c"], policy));
        let (founder, records) = alliance.founder();
        let mut nodes: Vec<Node> = NODES.iter().map(|name| alliance.node(name)).collect();
        nodes[0] = founder;
        let mut story = Self {
            versions: vec![alliance.founding()],
            scribe: alliance.scribe(),
            alliance,
            records,
            nodes,
            dice,
            standings: Vec::new(),
            acts: Vec::new(),
            certificates: Vec::new(),
        };
        story.begin();
        for _ in 0..steps {
            story.step();
        }
        story
    }

    /// Most histories begin with certified nodes and a member; some do not.
    fn begin(&mut self) {
        for place in 1..self.nodes.len() {
            if self.dice.below(4) > 0 {
                let said = self.nodes[place].certificate();
                self.records.push(self.nodes[place].says(said));
            }
        }
        let said = admission("d");
        self.records.push(self.nodes[0].says(said));
    }

    fn step(&mut self) {
        match self.dice.below(16) {
            0 | 1 => self.admit(),
            2 => self.certify(),
            3..=5 => self.standing(),
            6 => self.amend(),
            7..=9 => self.approve(),
            10 => self.revoke(),
            11 => self.commit(),
            12 => self.succeed(),
            13 | 14 => self.mark(),
            _ => self.profile(),
        }
    }

    fn node(&mut self) -> usize {
        self.dice.below(self.nodes.len())
    }

    fn key(&mut self) -> &'static str {
        let keys: Vec<_> = ORGANISATIONS.into_iter().chain(KEYS).collect();
        keys[self.dice.below(keys.len())]
    }

    fn say(&mut self, node: usize, saying: crate::fixture::Saying) {
        let shift = i64::try_from(self.dice.below(5)).unwrap();
        self.records.push(self.nodes[node].says(saying.at(NOW_MS + shift)));
    }

    fn admit(&mut self) {
        let (node, name) = (self.node(), ORGANISATIONS[self.dice.below(6)]);
        self.say(node, admission(name));
    }

    fn profile(&mut self) {
        let (node, name) = (self.node(), self.dice.below(100));
        self.say(node, profile(&name.to_string()));
    }

    /// An act on this organisation, or none.
    fn act_on(&mut self, of: &OrganisationId) -> Option<ActId> {
        let on = |place: usize| organisation(ORGANISATIONS[place]) == *of;
        let made = self.standings.iter().filter(|(_, place)| on(*place));
        let made: Vec<_> = made.map(|(id, _)| *id).collect();
        // The newest is what a sensible one cites.
        match self.dice.below(4) {
            0 => None,
            1 => (!made.is_empty()).then(|| made[self.dice.below(made.len())]),
            _ => made.last().copied(),
        }
    }

    fn certify(&mut self) {
        let node = self.node();
        let of = self.nodes[node].author.organisation;
        let act = self.act_on(&of);
        let own = NODES[node].trim_end_matches(|c: char| c.is_ascii_digit());
        let key = if self.dice.below(2) == 0 { own } else { self.key() };
        let said = certified(&self.nodes[node]);
        let body = CertifiedNode {
            standing: act,
            key: (organisation(key) != of).then(|| organisation(key)),
            ..said
        };
        let issued = Certificate::issue(&secret(key), body);
        let writer = if self.dice.below(2) == 0 { node } else { self.node() };
        self.say(writer, certificate(&issued));
    }

    fn commit(&mut self) {
        let (node, next) = (self.node(), self.node());
        let own = NODES[node].trim_end_matches(|c: char| c.is_ascii_digit());
        let issued = committed(&self.nodes[node], &self.nodes[next], own);
        self.certificates.push(issued.clone());
        self.say(node, certificate(&issued));
    }

    fn succeed(&mut self) {
        let Some(last) = self.certificates.len().checked_sub(1) else {
            return;
        };
        let predecessor = self.certificates[self.dice.below(last + 1)].clone();
        let cuts = self.cuts();
        let next = self.nodes.iter().find_map(|next| succession(&predecessor, next, &cuts));
        let writer = self.node();
        self.say(writer, next.unwrap());
    }

    /// Behind what some nodes wrote so far, or nothing.
    fn cuts(&mut self) -> Cuts {
        let mask = self.dice.below(256);
        let named = self
            .nodes
            .iter()
            .enumerate()
            .filter(|(place, _)| mask & (1 << place) != 0);
        cuts(&named.map(|(_, node)| node).collect::<Vec<_>>())
    }

    fn revoke(&mut self) {
        let node = self.node();
        let own = NODES[node].trim_end_matches(|c: char| c.is_ascii_digit());
        let key = if self.dice.below(2) == 0 { own } else { self.key() };
        let cuts = self.cuts();
        let said = self.alliance.revocation(&self.nodes[node], key, cuts);
        let writer = self.node();
        self.say(writer, said);
    }

    fn version(&mut self) -> CharterVersion {
        match self.dice.below(3) {
            0 => self.versions[self.dice.below(self.versions.len())],
            _ => self.versions[self.versions.len() - 1],
        }
    }

    fn standing(&mut self) {
        let place = 2 + self.dice.below(4);
        let name = ORGANISATIONS[place];
        let previous = self.act_on(&organisation(name));
        let (under, cuts) = (self.version(), self.cuts());
        let what = match STANDINGS[self.dice.below(4)] {
            StandingTo::Rekeyed => rekey(name, KEYS[self.dice.below(3)], cuts),
            to => standing(name, to, cuts),
        };
        let id = self.propose(under, previous, what);
        self.standings.push((id, place));
        self.decide(id);
    }

    fn amend(&mut self) {
        let stewards = [&["a", "b", "c"][..], &["a", "b"], &["b", "c", "d"], &["a", "d", "e"]][self.dice.below(4)];
        let policy = [Policy::AnyMember, Policy::Stewards][self.dice.below(2)];
        let mask = self.dice.below(1 << 16);
        let acts = self.acts.iter().enumerate();
        let carries: Vec<_> = acts
            .filter(|(place, _)| mask & (1 << (place % 16)) != 0)
            .map(|(_, id)| *id)
            .collect();
        let under = self.version();
        let id = self.propose(under, None, amend(&charter_of(stewards, policy), &carries));
        self.versions.push(id.into());
        self.decide(id);
    }

    /// Marks one of a few records, or takes back whatever was decided before, of this record or not.
    fn mark(&mut self) {
        let (record, of) = (self.dice.below(3), ["d", "e"][self.dice.below(2)]);
        let record = u8::try_from(record).unwrap();
        let what = match self.acts.len().checked_sub(1) {
            Some(last) if self.dice.below(2) == 0 => {
                lifting(record, of, self.acts[last - self.dice.below(last.min(2) + 1)])
            }
            _ => notice(record, of, NoticeType::ALL[self.dice.below(6)]),
        };
        let under = self.version();
        let id = self.propose(under, None, what);
        self.decide(id);
    }

    fn propose(&mut self, under: CharterVersion, previous: Option<ActId>, what: ActOf) -> ActId {
        let mut act = self.alliance.act(under, previous, what);
        act.nonce[0] = u8::try_from(self.dice.below(256)).unwrap();
        let id = act.id();
        self.acts.push(id);
        self.records.push(self.scribe.says(proposal(&act)));
        id
    }

    /// Most of what is proposed is approved by enough at once.
    fn decide(&mut self, id: ActId) {
        if self.dice.below(4) > 0 {
            for steward in [["a", "b"], ["b", "c"], ["a", "c"]][self.dice.below(3)] {
                let said = self.alliance.approval(&id, steward);
                self.records.push(self.scribe.says(said));
            }
        }
    }

    fn approve(&mut self) {
        let Some(last) = self.acts.len().checked_sub(1) else {
            return;
        };
        let id = self.acts[last - self.dice.below(last.min(3) + 1)];
        let says = if self.dice.below(5) == 0 { "no" } else { "yes" };
        let steward = ORGANISATIONS[self.dice.below(5)];
        let said = self.alliance.word(&id, steward, says);
        self.records.push(self.scribe.says(said));
    }
}
