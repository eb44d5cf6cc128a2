//! What liars make of the conversation.

use alliance_engine::{Served, SessionId};
use alliance_record::{ChapterName, Head, SignedRecord};
use alliance_wire::{
    ChapterView, Hello, LogRef, Mark, More, MoreOf, Nonce, Pull, RecordPart, SessionKey, SyncMessage, Want, sketch,
};
use bytes::Bytes;

use super::{Outgoing, Sides};
use crate::lie::{Lie, bodiless};
use crate::world::World;

/// Bits of a mark's value below the sequence.
const MARK_HASH_BITS: u32 = 28;

impl World {
    pub(super) fn garbled(&mut self, frame: &Bytes) -> Bytes {
        let mut bytes = frame.to_vec();
        match self.dice.below(3) {
            0 => bytes.truncate(self.dice.index(bytes.len() + 1)),
            1 if !bytes.is_empty() => {
                let at = self.dice.index(bytes.len());
                bytes[at] ^= 1 << self.dice.below(8);
            }
            _ => bytes = self.dice.bytes().to_vec(),
        }
        bytes.into()
    }

    /// Records as they leave a node: spoiled, if it is a liar of that kind; its fork, for those who are to see that one.
    pub(super) fn maybe_spoiled(
        &mut self,
        sides: Sides,
        served: &Served,
        mut records: Vec<SignedRecord>,
    ) -> Vec<SignedRecord> {
        let other = served.log.as_ref().and_then(|log| self.fork_for(sides, log));
        if let Some(other) = other {
            let place = other.header().sequence;
            records.retain(|record| record.header().sequence < place);
            let next = served.from + records.len() as u64;
            if next == place {
                records.push(match served.part {
                    RecordPart::Whole => other,
                    RecordPart::Header => bodiless(&other).unwrap_or(other),
                });
            }
        }
        self.count_offered(sides.node, &records);
        if self.nodes[sides.node].is_lying {
            let fills = self.fills(sides, served);
            for lie in self.nodes[sides.node].lies.clone() {
                if (lie != Lie::OtherFillings || fills) && lie.spoil(&mut records, &mut self.dice) {
                    self.coverage.lie(lie);
                }
            }
        }
        records
    }

    /// Whether the peer holds the headers of what it is served, so that it takes the bodies alone.
    fn fills(&self, sides: Sides, served: &Served) -> bool {
        let held = served.log.as_ref().map(|log| self.nodes[sides.peer].durable.next(log));
        served.part == RecordPart::Whole && held.is_some_and(|next| served.from < next)
    }

    /// The other record of a forked log, when this peer is one of those who are to see it.
    fn fork_for(&self, sides: Sides, log: &alliance_record::LogName) -> Option<SignedRecord> {
        let forks = &self.nodes[sides.node].forks;
        forks.get(log).filter(|_| sides.peer % 2 == 1).cloned()
    }

    /// What a liar says of its heads, and of the bodies that it lacks.
    pub(super) fn maybe_wrong(&mut self, sides: Sides, message: SyncMessage) -> SyncMessage {
        if let SyncMessage::Compared { lagging } = message {
            let lagging = self.maybe_wrongly_lagging(sides, lagging);
            return SyncMessage::Compared { lagging };
        }
        let node = &self.nodes[sides.node];
        let lies = node.tells(Lie::HeadFarAhead) || node.tells(Lie::WrongTotals) || !node.forks.is_empty();
        let Some(nonce) = self.watch.nonce(sides.stream).filter(|_| lies && sides.answers) else {
            return message;
        };
        match message {
            SyncMessage::List(mut part) if !part.more => {
                part.marks = self.wrong_marks(sides, &nonce, &part.chapter);
                SyncMessage::List(part)
            }
            SyncMessage::Sketch(mut part) => {
                let marks = self.wrong_marks(sides, &nonce, &part.view.chapter);
                let from = part.from as usize;
                part.cells = sketch(&marks, from..from + part.cells.len());
                SyncMessage::Sketch(part)
            }
            message => message,
        }
    }

    fn maybe_wrongly_lagging(&mut self, sides: Sides, lagging: Vec<ChapterName>) -> Vec<ChapterName> {
        let node = &self.nodes[sides.node];
        if node.tells(Lie::HidesLagging) && !lagging.is_empty() {
            self.coverage.lie(Lie::HidesLagging);
            return Vec::new();
        }
        if node.tells(Lie::ClaimsLagging) {
            self.coverage.lie(Lie::ClaimsLagging);
            return self.watch.greeted(sides.stream).cloned().collect();
        }
        lagging
    }

    fn wrong_marks(&mut self, sides: Sides, nonce: &Nonce, chapter: &ChapterName) -> Vec<Mark> {
        let key = SessionKey::new(nonce);
        let heads: Vec<Head> = match &self.nodes[sides.node].running {
            Some(running) => running.engine.state().heads_of(chapter).cloned().collect(),
            None => Vec::new(),
        };
        let mut marks = Vec::new();
        for mut head in heads {
            if let Some(other) = self.fork_for(sides, &head.log) {
                head.sequence = other.header().sequence;
                head.record = other.id();
            }
            marks.push(self.wrong_mark(sides.node, key.mark(&head)));
        }
        marks
    }

    fn wrong_mark(&mut self, node: usize, mark: Mark) -> Mark {
        let ahead = self.nodes[node].tells(Lie::HeadFarAhead);
        let sequence = if ahead {
            self.coverage.lie(Lie::HeadFarAhead);
            [1_000_000, u64::from(u32::MAX), u64::from(u32::MAX) / 2][self.dice.index(3)]
        } else if self.nodes[node].tells(Lie::WrongTotals) {
            self.coverage.lie(Lie::WrongTotals);
            self.dice.below(u64::from(mark.sequence_low()) + 3)
        } else {
            return mark;
        };
        let hash = self.dice.below(1 << MARK_HASH_BITS);
        let value = ((sequence << MARK_HASH_BITS) | hash) + 1;
        let mut bytes = mark.to_bytes();
        bytes[LogRef::BYTES..].copy_from_slice(&value.to_le_bytes());
        Mark::from_bytes(&bytes).unwrap_or(mark)
    }

    /// A stream of a liar's own, with whatever it likes on it.
    pub(crate) fn flood(&mut self, node: usize, peer: usize) {
        let transport = self.cast.actors[peer].transport;
        self.nodes[node].floods += 1;
        let session = SessionId::Ours(u64::MAX - self.nodes[node].floods);
        self.open_stream(node, session, &transport);
        let opened = self.running(node).and_then(|running| running.sessions.remove(&session));
        let Some(stream) = opened else { return };
        for _ in 0..self.dice.below(8) {
            let outgoing = self.nonsense(peer);
            self.hand_over(stream, node, outgoing);
        }
        if self.dice.one_in(2) {
            self.hand_over(stream, node, Outgoing::Close);
        }
    }

    fn nonsense(&mut self, peer: usize) -> Outgoing {
        let state = self.nodes[peer].running.as_ref().map(|running| running.engine.state());
        let heads = state
            .iter()
            .flat_map(|state| state.heads.values())
            .flat_map(|logs| logs.values());
        let heads: Vec<Head> = heads.cloned().collect();
        let chapters: Vec<ChapterName> = state
            .iter()
            .flat_map(|state| state.replicated.iter())
            .cloned()
            .collect();
        let nonce = [7; 16];
        let head = self.dice.pick(&heads).cloned();
        let message = match (self.dice.below(10), head) {
            (0..3, _) => self.greedy_hello(chapters, nonce),
            (3..6, Some(head)) => self.greedy_pull(&head, &nonce),
            (6, Some(head)) => SyncMessage::More(More {
                chapter: head.log.chapter,
                wanted: [
                    MoreOf::List,
                    MoreOf::Cells {
                        fingerprint: [0; 8],
                        from: 0,
                        until: u32::MAX,
                    },
                ][self.dice.index(2)]
                .clone(),
            }),
            (7, _) => SyncMessage::Grant {
                bytes: [1, 100_000, u64::MAX][self.dice.index(3)],
            },
            (8, _) => SyncMessage::Done,
            _ => return Outgoing::Bytes(Bytes::copy_from_slice(&self.dice.bytes())),
        };
        Outgoing::Frame(message)
    }

    fn greedy_hello(&self, chapters: Vec<ChapterName>, nonce: Nonce) -> SyncMessage {
        let view = |chapter| ChapterView {
            chapter,
            fingerprint: [0; 8],
            logs: u32::MAX,
        };
        SyncMessage::Hello(Hello {
            alliance: self.cast.alliance,
            nonce,
            chapters: chapters.into_iter().map(view).collect(),
            addresses: true,
        })
    }

    fn greedy_pull(&mut self, head: &Head, nonce: &Nonce) -> SyncMessage {
        let known = SessionKey::new(nonce).log_ref(&head.log);
        let mut wants = Vec::new();
        for _ in 0..1 + self.dice.below(40) {
            let from = [0, self.dice.below(head.sequence + 2), u64::MAX][self.dice.index(3)];
            let until = [head.sequence, from, u64::MAX, 0][self.dice.index(4)];
            let bytes = self.dice.bytes();
            let unknown = LogRef::from_bytes([bytes[0], bytes[1], bytes[2], bytes[3], bytes[4]]);
            let log = if self.dice.one_in(4) { unknown } else { known };
            wants.push(Want { log, from, until });
        }
        SyncMessage::Pull(Pull {
            chapter: head.log.chapter.clone(),
            wants,
            part: [RecordPart::Whole, RecordPart::Header][self.dice.index(2)],
        })
    }
}
