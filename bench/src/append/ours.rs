//! Our ways: bytes are decoded, verified, judged by the engine and appended, with the crates that a node is made of and
//! the steps of its loop. Left out is what a node does around them: sockets, channels between tasks, events.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use alliance_engine::{BodiesKept, Config, Effect, Effects, Engine, Input, SessionId, Source};
use alliance_record::{
    ChapterName, LogName, RecordId, Refusal, SignedRecord, TransportId, Verdict, VerifiedRecord, verify_range,
};
use alliance_store::{Options, Reader, Store, Writer};
use alliance_wire::{ListPart, LogRef, Nonce, SessionKey, SyncMessage};
use anyhow::{Context, Result, anyhow, bail, ensure};
use bytes::Bytes;

use super::CACHE_BYTES;
use super::fixture::{Fixture, Frames};
use crate::document::CHAPTER;

/// The engine's clock: it only compares.
const NOW_MS: i64 = 1;
const PEER: TransportId = TransportId([9; 32]);

/// Engine and store, with the roster in both.
struct Node {
    engine: Engine,
    effects: Effects,
    writer: Writer,
    reader: Reader,
    chapter: ChapterName,
}

/// What the engine wanted after an input.
#[derive(Default)]
struct Wanted {
    appended: Vec<VerifiedRecord>,
    /// Logs that it asked for.
    logs: Vec<LogRef>,
    opened: Option<(SessionId, Nonce)>,
}

/// A record with what the store holds at its place.
type Verified = (VerifiedRecord, Option<RecordId>);

impl Node {
    fn open(dir: &Path, fixture: &Fixture) -> Result<Self> {
        let options = Options {
            cache_bytes: CACHE_BYTES,
            facets: alliance_fill::facets,
        };
        let (writer, reader, _) = Store::open(dir, options)?;
        let config = Config {
            alliance: fixture.alliance,
            organisation: fixture.own,
            seed: [5; 32],
            sync_interval_ms: 60_000,
            heartbeat_ms: 60_000_000,
            bodies: BodiesKept::default(),
        };
        let mut node = Self {
            engine: Engine::new(config, NOW_MS),
            effects: Effects::new(),
            writer,
            reader,
            chapter: CHAPTER.parse()?,
        };
        let roster = fixture.roster.iter().map(|record| (record.clone(), None)).collect();
        node.take_gossip(roster)?;
        Ok(node)
    }

    fn input(&mut self, input: Input, wanted: &mut Wanted) -> Result<()> {
        self.engine.handle(input, NOW_MS, &mut self.effects);
        for effect in self.effects.drain() {
            match effect {
                Effect::Append { records } => wanted.appended.extend(records),
                Effect::Judge { verdict, .. } => ensure!(verdict == Verdict::Accepted, "judged {verdict}"),
                Effect::Send {
                    session,
                    message: SyncMessage::Hello(hello),
                } => wanted.opened = Some((session, hello.nonce)),
                Effect::Send {
                    message: SyncMessage::Pull(pull),
                    ..
                } => wanted.logs.extend(pull.wants.iter().map(|want| want.log)),
                _ => {}
            }
        }
        Ok(())
    }

    /// Judges and appends one group.
    fn take_gossip(&mut self, group: Vec<Verified>) -> Result<()> {
        let mut wanted = Wanted::default();
        for (ticket, (record, stored)) in group.into_iter().enumerate() {
            let source = Source::Gossip {
                ticket: ticket as u64,
                from: PEER,
            };
            let record = Box::new(record);
            self.input(Input::Record { record, stored, source }, &mut wanted)?;
        }
        self.writer.append(&wanted.appended)?;
        Ok(())
    }

    /// Opens a session with a peer that holds everything. Gives the session, and the logs in the order in which the
    /// engine asks for them.
    fn meet(&mut self, fixture: &Fixture) -> Result<(SessionId, Vec<(LogRef, LogName)>)> {
        let mut wanted = Wanted::default();
        self.input(Input::PeerUp { peer: PEER }, &mut wanted)?;
        let (session, nonce) = wanted.opened.context("the engine asks a peer that is new")?;
        let key = SessionKey::new(&nonce);
        let list = SyncMessage::List(ListPart {
            chapter: self.chapter.clone(),
            marks: fixture.heads.iter().map(|head| key.mark(head)).collect(),
            more: false,
        });
        for message in [list, SyncMessage::Compared { lagging: Vec::new() }] {
            self.input(Input::Frame { session, message }, &mut wanted)?;
        }
        let heads = fixture.heads.iter();
        let names: BTreeMap<_, _> = heads.map(|head| (key.log_ref(&head.log), head.log.clone())).collect();
        let named = |log: LogRef| Some((log, names.get(&log)?.clone()));
        let logs = wanted.logs.into_iter().map(named).collect::<Option<_>>();
        Ok((session, logs.context("only logs that there are are asked for")?))
    }

    fn check(&self, fixture: &Fixture) -> Result<()> {
        let wanted = (fixture.roster.len() + fixture.envelopes.len()) as u64;
        let held = self.reader.last_arrival().0;
        ensure!(held == wanted, "the store holds {held} records and not {wanted}");
        Ok(())
    }
}

/// As a node's door for gossip: what the bytes decide, and what the store holds at the record's place.
fn verify(reader: &Reader, chapter: &ChapterName, envelope: &Bytes) -> Result<Verified> {
    let record = SignedRecord::decode(envelope.clone()).map_err(|verdict| anyhow!("{verdict}"))?;
    ensure!(record.header().log.chapter == *chapter, "{}", Refusal::WrongChapter);
    let record = record.verify().map_err(|refusal| anyhow!("{refusal}"))?;
    let header = record.header();
    let head = reader.head(&header.log)?;
    ensure!(
        head.is_none_or(|head| head.sequence < header.sequence),
        "a record of the measurement is stored already"
    );
    Ok((record, None))
}

fn verify_group(reader: &Reader, chapter: &ChapterName, group: &[(RecordId, Bytes)]) -> Result<Vec<Verified>> {
    group
        .iter()
        .map(|(_, envelope)| verify(reader, chapter, envelope))
        .collect()
}

/// Every record with its own signature, all on one thread.
pub(super) fn gossip(dir: &Path, fixture: &Fixture, group: usize) -> Result<Duration> {
    let mut node = Node::open(dir, fixture)?;
    let began = Instant::now();
    for group in fixture.envelopes.chunks(group) {
        let verified = verify_group(&node.reader, &node.chapter, group)?;
        node.take_gossip(verified)?;
    }
    let time = began.elapsed();
    node.check(fixture)?;
    Ok(time)
}

/// The same with verification on a thread of its own, at most one group ahead.
pub(super) fn gossip_ahead(dir: &Path, fixture: &Fixture, group: usize) -> Result<Duration> {
    let mut node = Node::open(dir, fixture)?;
    let (reader, chapter) = (node.reader.another(), node.chapter.clone());
    let began = Instant::now();
    thread::scope(|scope| {
        let (sender, receiver) = mpsc::sync_channel(1);
        scope.spawn(move || {
            for group in fixture.envelopes.chunks(group) {
                // Nobody receives any more when a group could not be appended.
                if sender.send(verify_group(&reader, &chapter, group)).is_err() {
                    return;
                }
            }
        });
        receiver.into_iter().try_for_each(|group| node.take_gossip(group?))
    })?;
    let time = began.elapsed();
    node.check(fixture)?;
    Ok(time)
}

/// Ranges as the engine asks for them: two frames are one group.
pub(super) fn range(dir: &Path, fixture: &Fixture, frames: &[Frames]) -> Result<Duration> {
    let mut node = Node::open(dir, fixture)?;
    let held: BTreeMap<_, _> = frames.iter().cloned().collect();
    let (session, logs) = node.meet(fixture)?;
    let began = Instant::now();
    for (log, name) in logs {
        let frames = held.get(&name).context("only logs that there are are asked for")?;
        for group in frames.chunks(2) {
            let mut wanted = Wanted::default();
            for frame in group {
                node.input(verified_range(session, log, frame.clone())?, &mut wanted)?;
            }
            node.writer.append(&wanted.appended)?;
        }
    }
    let time = began.elapsed();
    node.check(fixture)?;
    Ok(time)
}

/// As a node's session takes a frame.
fn verified_range(session: SessionId, log: LogRef, frame: Bytes) -> Result<Input> {
    let bytes = frame.len() as u64;
    let SyncMessage::Range(part) = SyncMessage::decode(frame)? else {
        bail!("the frame holds no range");
    };
    let records = verify_range(part.records).map_err(|error| anyhow!("{}", error.refusal))?;
    Ok(Input::Range {
        session,
        log,
        records,
        fault: None,
        more: part.more,
        bytes,
    })
}
