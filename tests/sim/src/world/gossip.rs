//! Gossip: a lossy broadcast. Each node passes on what it has judged good, once.

use alliance_record::{Parking, RecordId, SignedRecord, Verdict, VerifiedRecord};
use alliance_store::{RangeLimits, Reader};

use super::node::{Gossiped, Mail};
use super::{Event, Message, Phase, World};
use crate::oracle::{Broken, broken};

/// Records up to this many bytes are gossiped whole, as in the real node.
const GOSSIP_RECORD_BYTES_MAX: usize = 16_384;
/// How long a node remembers what it has seen.
const SEEN_MS: i64 = 120_000;
/// Messages kept to be replayed.
const REPLAYABLE_MAX: usize = 512;

fn key(message: &Message) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(message.chapter.as_str().as_bytes());
    hasher.update(&message.bytes);
    *hasher.finalize().as_bytes()
}

/// What gossip does with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Judgement {
    PassOn,
    Reject,
    Ignore,
}

fn judgement(verdict: Verdict) -> Judgement {
    match verdict {
        Verdict::Accepted | Verdict::Parked(Parking::MissingBody) => Judgement::PassOn,
        Verdict::Refused(refusal) if refusal.is_provable_from_bytes() => Judgement::Reject,
        Verdict::Duplicate | Verdict::NotFollowed | Verdict::Parked(_) | Verdict::Refused(_) => Judgement::Ignore,
    }
}

impl World {
    /// A record signed here goes out.
    pub(crate) fn broadcast(&mut self, node: usize, record: &VerifiedRecord) -> Result<(), Broken> {
        let header = record.header();
        if !self.nodes[node]
            .durable
            .holds(&header.log, header.sequence, &record.id())
        {
            return broken("durable_before_visible", format!("{} gossiped", record.id().short()));
        }
        let whole = record.encode();
        let bytes = if whole.len() <= GOSSIP_RECORD_BYTES_MAX {
            whole
        } else {
            record.announcement()
        };
        let chapter = header.log.chapter.clone();
        self.publish_bytes(node, Message { chapter, bytes });
        Ok(())
    }

    pub(crate) fn publish_bytes(&mut self, node: usize, message: Message) {
        if self.gossiped.len() < REPLAYABLE_MAX {
            self.gossiped.push(message.clone());
        }
        let until_ms = self.now_ms + SEEN_MS;
        if let Some(running) = self.running(node) {
            running.seen.insert(key(&message), until_ms);
        }
        self.pass_on(node, None, &message);
    }

    fn pass_on(&mut self, node: usize, except: Option<usize>, message: &Message) {
        for to in 0..self.nodes.len() {
            let follows = self
                .running(to)
                .is_some_and(|running| running.following.contains(&message.chapter));
            if to == node || Some(to) == except || !follows || !self.links.is_up(node, to) {
                continue;
            }
            self.throw(node, to, message);
        }
    }

    /// One message on its way to one peer, as the weather is.
    pub(crate) fn throw(&mut self, from: usize, to: usize, message: &Message) {
        let weather = self.plan.weather.clone();
        let troubled = self.phase == Phase::Troubled;
        if self.links.is_blocked(from, to) || (troubled && self.dice.happens(weather.gossip_loss)) {
            self.coverage.fault("gossip_lost");
            return;
        }
        let twice = troubled && self.dice.happens(weather.gossip_twice);
        for _ in 0..=usize::from(twice) {
            let mut delay = self.latency();
            if troubled && self.dice.one_in(8) {
                self.coverage.fault("gossip_overtaken");
                delay += self.dice.between(0, 6 * weather.latency_ms.1);
            }
            let message = message.clone();
            self.note_in(delay, Event::Gossip { from, to, message });
        }
        if twice {
            self.coverage.fault("gossip_twice");
        }
    }

    /// Something that was gossiped long ago comes again.
    pub(crate) fn replay(&mut self) {
        let Some(message) = self.dice.pick(&self.gossiped).cloned() else {
            return;
        };
        let (from, to) = (self.dice.index(self.nodes.len()), self.dice.index(self.nodes.len()));
        if from != to {
            self.coverage.fault("gossip_replayed");
            self.note_in(0, Event::Gossip { from, to, message });
        }
    }

    pub(crate) fn gossip_arrives(&mut self, from: usize, to: usize, message: Message) -> Result<(), Broken> {
        let (now_ms, is_up) = (self.now_ms, self.links.is_up(from, to));
        let Some(running) = self.running(to) else { return Ok(()) };
        if !is_up || !running.following.contains(&message.chapter) || running.is_full() {
            return Ok(());
        }
        running.seen.retain(|_, until_ms| *until_ms > now_ms);
        if running.seen.insert(key(&message), now_ms + SEEN_MS).is_some() {
            return Ok(());
        }
        match verify(&running.reader, &message) {
            Ok((record, stored)) => {
                let gossiped = Gossiped {
                    record,
                    stored,
                    from,
                    message,
                };
                self.post(to, Mail::Gossip(Box::new(gossiped)));
            }
            Err(verdict) => {
                note!(self, "{to} refuses gossip of {from}: {}", verdict.code());
                self.coverage.verdict(verdict.code());
            }
        }
        Ok(())
    }

    /// The engine has judged: what is good goes on.
    pub(crate) fn gossip_judged(&mut self, node: usize, from: usize, message: Message, verdict: Verdict) {
        match judgement(verdict) {
            Judgement::PassOn => self.pass_on(node, Some(from), &message),
            Judgement::Reject => self.coverage.seen("gossip_rejected", 1),
            Judgement::Ignore => {}
        }
    }
}

/// Everything that the bytes decide, and what the store holds at the record's place.
fn verify(reader: &Reader, message: &Message) -> Result<(VerifiedRecord, Option<RecordId>), Verdict> {
    let record = SignedRecord::decode(message.bytes.clone())?;
    if record.header().log.chapter != message.chapter {
        return Err(alliance_record::Refusal::WrongChapter.into());
    }
    let record = record.verify()?;
    let stored = stored_at(reader, &record);
    Ok((record, stored))
}

fn stored_at(reader: &Reader, record: &VerifiedRecord) -> Option<RecordId> {
    let header = record.header();
    let head = reader.head(&header.log).ok().flatten()?;
    if head.sequence < header.sequence {
        return None;
    }
    if reader.record(&record.id()).ok().flatten().is_some() {
        return Some(record.id());
    }
    let limits = RangeLimits {
        records_max: 1,
        bytes_max: 1,
    };
    let held = reader.range(&header.log, header.sequence, limits).ok()?;
    held.first().map(SignedRecord::id)
}
