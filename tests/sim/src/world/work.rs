//! What people do: found, admit, follow and leave chapters, publish. And what liars do of their own accord.

use alliance_record::proto::v1::Depth;
use alliance_record::{ChapterName, LogPosition, Salt};
use bytes::Bytes;

use super::node::Mail;
use super::{Event, Fault, Message, Phase, World};
use crate::cast::{Follow, Saying};
use crate::lie::Lie;
use crate::oracle::Broken;
use crate::plan::BEGIN_MS;

/// Between two attacks of a liar.
const ATTACK_MS: (i64, i64) = (300, 8_000);

/// Something that people do.
#[derive(Debug)]
pub(crate) enum Work {
    /// Let an organisation in, and start its nodes when it is a member.
    Admit {
        organisation: usize,
    },
    Publish {
        node: usize,
        count: u64,
    },
    ChangeMind {
        node: usize,
    },
    /// A notice that removes records of the node's organisation, or tries to remove another's.
    Remove {
        node: usize,
    },
    /// One record in each of many lives.
    ManyLives {
        node: usize,
        lives: u64,
    },
}

pub(crate) const fn depth(deep: bool) -> Depth {
    if deep { Depth::Deep } else { Depth::Exact }
}

impl World {
    /// Founds the alliance and notes all that is to come.
    pub(crate) fn begin(&mut self) -> Result<(), Broken> {
        for node in 0..self.nodes.len() {
            let off_ms = self.nodes[node].offset_ms;
            if off_ms.abs() > 365 * 24 * 3_600_000 {
                self.coverage.fault("clock_off_by_years");
            }
            if node > 0 && self.nodes[node].organisation == self.nodes[node - 1].organisation {
                self.coverage.fault("second_node");
            }
        }
        self.plan_faults();
        self.plan_work();
        self.start_organisation(0, None)
    }

    fn plan_work(&mut self) {
        for organisation in 1..self.cast.organisations.len() {
            // Most come early, some late.
            let latest = if self.dice.one_in(4) {
                self.plan.troubled_ms / 2
            } else {
                10_000
            };
            let at_ms = BEGIN_MS + self.dice.between(500, latest);
            self.agenda.note(at_ms, Event::Work(Work::Admit { organisation }));
        }
        for _ in 0..self.plan.publications {
            let (node, count) = (self.any_node(), 1 + self.dice.below(self.plan.burst));
            let at_ms = BEGIN_MS + self.dice.between(2_000, self.plan.troubled_ms);
            self.agenda.note(at_ms, Event::Work(Work::Publish { node, count }));
        }
        for _ in 0..self.plan.many_logs / 20 {
            // Each time some of them grow.
            let lives = self.dice.below(self.plan.many_logs) + 1;
            let at_ms = BEGIN_MS + self.dice.between(5_000, self.plan.troubled_ms);
            self.agenda.note(at_ms, Event::Work(Work::ManyLives { node: 0, lives }));
        }
        for _ in 0..self.plan.changes_of_mind {
            let node = self.any_node();
            let at_ms = BEGIN_MS + self.dice.between(20_000, self.plan.troubled_ms);
            self.agenda.note(at_ms, Event::Work(Work::ChangeMind { node }));
        }
        for _ in 0..self.plan.removals {
            let node = self.any_node();
            let at_ms = BEGIN_MS + self.dice.between(10_000, self.plan.troubled_ms);
            self.agenda.note(at_ms, Event::Work(Work::Remove { node }));
        }
        let attacks = [Lie::Flood, Lie::Garbage, Lie::KeepsRemoved];
        for node in 0..self.nodes.len() {
            if attacks.iter().any(|lie| self.nodes[node].tells(*lie)) {
                self.agenda.note(BEGIN_MS + 15_000, Event::Attack { node });
            }
        }
    }

    fn start_organisation(&mut self, organisation: usize, inviter: Option<usize>) -> Result<(), Broken> {
        for node in 0..self.nodes.len() {
            if self.nodes[node].organisation != organisation || self.nodes[node].has_begun {
                continue;
            }
            self.nodes[node].inviter = inviter;
            if node == 0 {
                self.start(node)?;
            } else {
                self.nodes[node].has_begun = true;
                let delay = self.dice.between(10, 5_000);
                self.note_in(delay, Event::Fault(Fault::Restart { node }));
            }
        }
        Ok(())
    }

    pub(crate) fn work(&mut self, work: Work) -> Result<(), Broken> {
        match work {
            Work::Admit { organisation } => self.admit(organisation),
            Work::Publish { node, count } => {
                self.publish(node, count);
                Ok(())
            }
            Work::ManyLives { node, lives } => {
                self.live_often(node, lives);
                Ok(())
            }
            Work::Remove { node } => {
                self.remove(node);
                Ok(())
            }
            Work::ChangeMind { node } => {
                self.change_mind(node);
                Ok(())
            }
        }
    }

    /// A member admits an organisation; tried again until some honest node has it on its disk.
    fn admit(&mut self, organisation: usize) -> Result<(), Broken> {
        let candidate = self.cast.organisations[organisation];
        let is_known = |world: &Self, node: usize| {
            let running = world.nodes[node].running.as_ref();
            running.is_some_and(|running| running.writing.is_none() && running.roster.contains(&candidate))
        };
        let honest: Vec<usize> = (0..self.nodes.len())
            .filter(|node| self.nodes[*node].is_honest())
            .collect();
        if let Some(inviter) = honest.iter().find(|node| is_known(self, **node)).copied() {
            return self.start_organisation(organisation, Some(self.nodes[inviter].organisation));
        }
        let members: Vec<usize> = honest.into_iter().filter(|node| self.is_on_own_roster(*node)).collect();
        if let Some(node) = self.dice.pick(&members).copied() {
            self.post(node, Mail::Draft(Saying::admission(&candidate)));
        }
        let again = self.dice.between(500, 4_000);
        self.note_in(again, Event::Work(Work::Admit { organisation }));
        Ok(())
    }

    fn is_on_own_roster(&self, node: usize) -> bool {
        let own = self.cast.actors[node].author.organisation;
        self.nodes[node]
            .running
            .as_ref()
            .is_some_and(|running| running.roster.contains(&own))
    }

    fn publish(&mut self, node: usize, count: u64) {
        let Some(running) = self.running(node) else { return };
        let followed = running.engine.state().replicated.iter();
        let chapters: Vec<ChapterName> = followed.filter(|chapter| !chapter.is_alliance()).cloned().collect();
        let Some(chapter) = self.dice.pick(&chapters).cloned() else {
            return;
        };
        for _ in 0..count {
            let length = match self.dice.below(40) {
                _ if self.plan.is_heavy => 8_000 + self.dice.below(40_000),
                0 => 16_000 + self.dice.below(30_000),
                1..10 => self.dice.below(3_000),
                _ => self.dice.below(200),
            };
            let byte = self.dice.next() as u8;
            let bytes = Bytes::from(vec![byte; length as usize + 1]);
            self.post(node, Mail::Draft(Saying::content(chapter.clone(), bytes)));
        }
    }

    fn live_often(&mut self, node: usize, lives: u64) {
        let chapter = self.plan.follows[self.nodes[node].organisation][0].0;
        let Ok(chapter) = chapter.parse::<ChapterName>() else {
            return;
        };
        for life in 0..lives {
            let bytes = Bytes::copy_from_slice(&life.to_be_bytes());
            let mut saying = Saying::content(chapter.clone(), bytes);
            saying.life = Some(1_000 + life);
            self.post(node, Mail::Draft(saying));
        }
    }

    /// An organisation leaves a chapter, or comes back.
    fn change_mind(&mut self, node: usize) {
        let own = self.cast.actors[node].author.organisation;
        let wishes = self.plan.follows[self.nodes[node].organisation].clone();
        let Some((name, deep)) = self.dice.pick(&wishes).copied() else {
            return;
        };
        let (Ok(chapter), Some(running)) = (name.parse::<ChapterName>(), self.running(node)) else {
            return;
        };
        let follows = running.engine.state().chapters.follows(&own, &chapter);
        let follow = if follows { Follow::No } else { Follow::Yes };
        self.post(node, Mail::Draft(Saying::subscription(&chapter, depth(deep), follow)));
    }

    /// A liar who forks signs something else for the same place, and shows it to some.
    pub(crate) fn maybe_fork(&mut self, node: usize, draft: alliance_record::Draft, position: LogPosition) {
        if !self.nodes[node].tells(Lie::Fork) || !self.dice.one_in(3) {
            return;
        }
        let author = self.cast.actors[node].author.clone();
        let log = author.log(draft.chapter.clone());
        if self.nodes[node].forks.contains_key(&log) {
            return;
        }
        let mut other = draft;
        other.claimed_at_ms -= 1;
        let Ok(signed) = author.sign(other, position, Salt(self.dice.bytes())) else {
            return;
        };
        self.oracle.fork(&signed);
        self.coverage.lie(Lie::Fork);
        note!(self, "{node} forks at {} of {}", position.sequence, log.chapter);
        let message = Message {
            chapter: log.chapter.clone(),
            bytes: signed.encode(),
        };
        self.nodes[node].forks.insert(log, signed);
        for to in (1..self.nodes.len()).step_by(2).filter(|to| *to != node) {
            if self.links.is_up(node, to) {
                self.throw(node, to, &message);
            }
        }
    }

    /// A liar's own attacks: streams with whatever it likes on them, and gossip that is none.
    pub(crate) fn attack(&mut self, node: usize) -> Result<(), Broken> {
        if self.phase == Phase::Quiet || !self.nodes[node].is_lying {
            return Ok(());
        }
        let again = self.dice.between(ATTACK_MS.0, ATTACK_MS.1);
        self.note_in(again, Event::Attack { node });
        let peers: Vec<usize> = (0..self.nodes.len())
            .filter(|peer| self.links.is_up(node, *peer))
            .collect();
        let Some(peer) = self.dice.pick(&peers).copied() else {
            return Ok(());
        };
        if self.running(node).is_none() {
            return Ok(());
        }
        if self.nodes[node].tells(Lie::Garbage) {
            self.garbage_gossip(node, peer);
        }
        if self.nodes[node].tells(Lie::KeepsRemoved) {
            self.offer_removed(node, peer)?;
        }
        if self.nodes[node].tells(Lie::Flood) {
            self.coverage.lie(Lie::Flood);
            for _ in 0..1 + self.dice.below(5) {
                self.flood(node, peer);
            }
        }
        Ok(())
    }

    fn garbage_gossip(&mut self, node: usize, peer: usize) {
        self.coverage.lie(Lie::Garbage);
        let bytes = match self.dice.pick(&self.gossiped).cloned() {
            Some(message) if !message.bytes.is_empty() => {
                let mut bytes = message.bytes.to_vec();
                let at = self.dice.index(bytes.len());
                bytes[at] ^= 1 << self.dice.below(8);
                Bytes::from(bytes)
            }
            _ => Bytes::copy_from_slice(&self.dice.bytes()),
        };
        let chapter = ChapterName::alliance();
        let chapter = self
            .dice
            .pick(&self.gossiped)
            .map_or(chapter, |message| message.chapter.clone());
        self.throw(node, peer, &Message { chapter, bytes });
    }
}
