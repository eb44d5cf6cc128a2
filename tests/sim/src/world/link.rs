//! Connections between nodes: who lets whom in, partitions in one direction or both, and how their end is noticed.

use std::collections::{BTreeMap, BTreeSet};

use alliance_engine::Input;

use super::{Event, World};
use crate::oracle::Broken;

/// How long a silent connection lives, milliseconds.
const DEAD_AFTER_MS: (i64, i64) = (15_000, 40_000);
/// Between two attempts to connect.
const DIAL_MS: (i64, i64) = (2_000, 9_000);

/// A pair of nodes, the smaller number first.
type Pair = (usize, usize);

#[derive(Debug)]
struct Link {
    epoch: u64,
    /// One side has died since and the other has not noticed.
    is_stale: bool,
}

/// All connections.
#[derive(Debug)]
pub(crate) struct Links {
    up: BTreeMap<Pair, Link>,
    epochs: u64,
    dialling: BTreeSet<Pair>,
    /// Directions in which nothing passes.
    blocked: BTreeSet<(usize, usize)>,
}

fn pair(one: usize, other: usize) -> Pair {
    (one.min(other), one.max(other))
}

impl Links {
    pub(crate) const fn new() -> Self {
        Self {
            up: BTreeMap::new(),
            epochs: 0,
            dialling: BTreeSet::new(),
            blocked: BTreeSet::new(),
        }
    }

    pub(crate) fn is_up(&self, one: usize, other: usize) -> bool {
        self.up.get(&pair(one, other)).is_some_and(|link| !link.is_stale)
    }

    pub(crate) fn is_blocked(&self, from: usize, to: usize) -> bool {
        self.blocked.contains(&(from, to))
    }

    fn epoch(&self, one: usize, other: usize) -> Option<u64> {
        self.up.get(&pair(one, other)).map(|link| link.epoch)
    }

    pub(crate) fn pairs_up(&self) -> Vec<Pair> {
        self.up.keys().copied().collect()
    }
}

impl World {
    pub(crate) fn note_dial(&mut self, one: usize, other: usize) {
        if self.links.dialling.insert(pair(one, other)) {
            let delay = self.dice.between(DIAL_MS.0, DIAL_MS.1);
            self.note_in(delay, Event::Dial { one, other });
        }
    }

    /// One node tries to reach another.
    pub(crate) fn dial(&mut self, one: usize, other: usize) -> Result<(), Broken> {
        self.links.dialling.remove(&pair(one, other));
        if self.nodes[one].running.is_none() || self.nodes[other].running.is_none() {
            // Whoever starts dials.
            return Ok(());
        }
        if self.links.is_up(one, other) {
            return Ok(());
        }
        let blocked = self.links.is_blocked(one, other) || self.links.is_blocked(other, one);
        if blocked || !self.admits(one, other) || !self.admits(other, one) {
            self.note_dial(one, other);
            return Ok(());
        }
        if self.links.up.contains_key(&pair(one, other)) {
            self.break_streams(one, other);
            if self.dice.one_in(2) {
                self.tell_down(one, other);
            }
        }
        self.links.epochs += 1;
        let link = Link {
            epoch: self.links.epochs,
            is_stale: false,
        };
        self.links.up.insert(pair(one, other), link);
        note!(self, "{one} and {other} connect");
        for (node, peer) in [(one, other), (other, one)] {
            let peer = self.cast.actors[peer].transport;
            let delay = self.latency();
            let (life, input) = (self.nodes[node].life, Box::new(Input::PeerUp { peer }));
            self.note_in(delay, Event::Tell { node, life, input });
        }
        Ok(())
    }

    /// Only those whom the roster knows are let in, and whoever let this organisation in.
    fn admits(&self, node: usize, other: usize) -> bool {
        let Some(running) = &self.nodes[node].running else {
            return false;
        };
        let (own, theirs) = (self.nodes[node].organisation, self.nodes[other].organisation);
        let is_trusted = own == theirs || self.nodes[node].inviter == Some(theirs);
        is_trusted || running.roster.contains(&self.cast.actors[other].author.organisation)
    }

    /// The roster changed: connections that it does not allow are closed.
    pub(crate) fn rejudge(&mut self, node: usize) {
        for other in 0..self.nodes.len() {
            if self.links.is_up(node, other) && !self.admits(node, other) {
                self.cut_link(node, other);
            }
        }
    }

    /// A connection ends and both sides know.
    pub(crate) fn cut_link(&mut self, one: usize, other: usize) {
        if self.links.up.remove(&pair(one, other)).is_none() {
            return;
        }
        note!(self, "{one} and {other} are disconnected");
        self.break_streams(one, other);
        self.tell_down(one, other);
        self.note_dial(one, other);
    }

    fn tell_down(&mut self, one: usize, other: usize) {
        for (node, peer) in [(one, other), (other, one)] {
            let peer = self.cast.actors[peer].transport;
            let (life, input) = (self.nodes[node].life, Box::new(Input::PeerDown { peer }));
            self.note_in(0, Event::Tell { node, life, input });
        }
    }

    pub(crate) fn link_dies(&mut self, one: usize, other: usize, epoch: u64) -> Result<(), Broken> {
        let is_dead = self
            .links
            .up
            .get(&pair(one, other))
            .is_some_and(|link| link.epoch == epoch && link.is_stale);
        let blocked = self.links.is_blocked(one, other) || self.links.is_blocked(other, one);
        if self.links.epoch(one, other) == Some(epoch) && (is_dead || blocked) {
            self.cut_link(one, other);
        }
        Ok(())
    }

    fn note_link_death(&mut self, one: usize, other: usize) {
        if let Some(epoch) = self.links.epoch(one, other) {
            let delay = self.dice.between(DEAD_AFTER_MS.0, DEAD_AFTER_MS.1);
            self.note_in(delay, Event::LinkDies { one, other, epoch });
        }
    }

    /// A node has died: the others notice sooner or later.
    pub(crate) fn links_of_a_dead_node(&mut self, node: usize) {
        for other in 0..self.nodes.len() {
            if let Some(link) = self.links.up.get_mut(&pair(node, other)) {
                link.is_stale = true;
                if self.dice.one_in(2) {
                    self.cut_link(node, other);
                } else {
                    self.note_link_death(node, other);
                }
            }
        }
    }

    /// Nothing passes from these to those any more.
    pub(crate) fn block(&mut self, directions: &[(usize, usize)]) {
        for (from, to) in directions {
            self.links.blocked.insert((*from, *to));
            self.note_link_death(*from, *to);
        }
    }

    /// What was held back passes again.
    pub(crate) fn unblock(&mut self, directions: &[(usize, usize)]) {
        for direction in directions {
            self.links.blocked.remove(direction);
        }
        let streams: Vec<u64> = self.streams.keys().copied().collect();
        for stream in streams {
            self.note_in(0, Event::Pump { stream, side: 0 });
            self.note_in(0, Event::Pump { stream, side: 1 });
        }
    }

    pub(crate) fn unblock_all(&mut self) {
        let all: Vec<_> = self.links.blocked.iter().copied().collect();
        self.unblock(&all);
    }

    pub(crate) fn latency(&mut self) -> i64 {
        let (low, high) = self.plan.weather.latency_ms;
        self.dice.between(low, high)
    }
}
