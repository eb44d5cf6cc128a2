//! The sync conversation as the simulator sees it: cut into frames, put together again, lied about, and checked. All that
//! depends on the conversation's frames stands here.

use alliance_engine::{Effect, Input, Notice, Served, SessionId};
use alliance_record::limits::{CHECKPOINT_RECORDS, ENVELOPE_BYTES_MAX};
use alliance_record::{
    Head, LogName, RecordId, Refusal, SignedRecord, Verdict, VerifiedRecord, thin_signatures, verify_range,
};
use alliance_store::RangeLimits;
use alliance_wire::limits::{FRAME_BYTES_MAX, RANGE_BYTES_MAX, RANGE_RECORDS_MAX};
use alliance_wire::{ChapterView, HeadsPage, Hello, RangePart, SyncMessage, Want, WireError};
use bytes::Bytes;

use crate::lie::Lie;
use crate::oracle::{Broken, broken};
use crate::world::World;

/// What a node's loop wants sent.
#[derive(Debug, Clone)]
pub(crate) enum Outgoing {
    Frame(SyncMessage),
    Range(Served),
    /// Bytes of a liar's own making.
    Bytes(Bytes),
    Close,
}

/// What came of a frame.
#[derive(Debug)]
pub(crate) enum Received {
    Nothing,
    Input(Box<Input>),
    Unreadable(&'static str),
}

fn bytes_of(record: &SignedRecord) -> usize {
    record.header_bytes().len() + record.body().map_or(0, |body| body.bytes.len()) + 128
}

fn in_parts(records: Vec<SignedRecord>) -> Vec<Vec<SignedRecord>> {
    let (mut parts, mut held) = (vec![Vec::new()], 0);
    for record in records {
        let bytes = bytes_of(&record);
        match parts.last_mut() {
            Some(part) if held + bytes <= RANGE_BYTES_MAX.min(8_000) && part.len() < RANGE_RECORDS_MAX => {
                held += bytes;
                part.push(record);
            }
            Some(_) | None => {
                held = bytes;
                parts.push(vec![record]);
            }
        }
    }
    parts
}

fn framed(served: &Served, records: Vec<SignedRecord>) -> Vec<Bytes> {
    let parts = in_parts(records);
    let last = parts.len() - 1;
    let mut from = served.from;
    let frame = |(index, records): (usize, Vec<SignedRecord>)| {
        let first = from;
        from += records.len() as u64;
        let part = RangePart {
            log: served.log.clone(),
            from: first,
            records,
            more: index < last,
            fault: None,
        };
        SyncMessage::Range(part).encode()
    };
    parts.into_iter().enumerate().map(frame).collect()
}

/// Records of a range that no signature covers yet.
#[derive(Debug, Default)]
pub(crate) struct Arriving {
    log: Option<LogName>,
    records: Vec<SignedRecord>,
}

impl Arriving {
    pub(crate) const BYTES_MAX: usize = CHECKPOINT_RECORDS as usize * ENVELOPE_BYTES_MAX + FRAME_BYTES_MAX;

    pub(crate) fn held_bytes(&self) -> usize {
        self.records.iter().map(bytes_of).sum()
    }

    pub(crate) fn take(&mut self, session: SessionId, bytes: Bytes) -> Received {
        match self.try_take(session, bytes) {
            Ok(Some(input)) => Received::Input(Box::new(input)),
            Ok(None) => Received::Nothing,
            Err(WireError::BadEncoding { .. }) => Received::Unreadable("bad_encoding"),
            Err(WireError::TooLarge { .. }) => Received::Unreadable("too_large"),
            Err(WireError::Record { verdict }) => Received::Unreadable(verdict.code()),
        }
    }

    fn try_take(&mut self, session: SessionId, bytes: Bytes) -> Result<Option<Input>, WireError> {
        let length = bytes.len();
        let part = match SyncMessage::decode(bytes)? {
            SyncMessage::Range(part) => part,
            message => return Ok(Some(Input::Frame { session, message })),
        };
        self.check(&part, length)?;
        self.records.extend(part.records);
        let mut records = std::mem::take(&mut self.records);
        self.log = None;
        if part.more && part.fault.is_none() {
            let proven = records.iter().rposition(|record| record.signature().is_some());
            self.records = records.split_off(proven.map_or(0, |last| last + 1));
            self.log = (!self.records.is_empty()).then(|| part.log.clone());
            if records.is_empty() {
                return Ok(None);
            }
        }
        let (records, fault) = verified(records, part.fault);
        Ok(Some(Input::Range {
            session,
            log: part.log,
            records,
            fault,
            more: part.more,
        }))
    }

    fn check(&self, part: &RangePart, length: usize) -> Result<(), WireError> {
        let other_log = self.log.as_ref().is_some_and(|log| *log != part.log);
        let too_many = self.records.len() as u64 > CHECKPOINT_RECORDS;
        let bytes = self.held_bytes() + length;
        if other_log || (!self.records.is_empty() && (too_many || bytes > Self::BYTES_MAX)) {
            return Err(WireError::Record {
                verdict: Refusal::TooLarge.into(),
            });
        }
        Ok(())
    }
}

fn verified(records: Vec<SignedRecord>, unread: Option<Verdict>) -> (Vec<VerifiedRecord>, Option<Verdict>) {
    match verify_range(records) {
        Ok(records) => (records, unread),
        Err(error) if error.refusal == Refusal::BadSignature && unread.is_some() => (error.verified, unread),
        Err(error) => (error.verified, Some(error.refusal.into())),
    }
}

impl World {
    /// The frames of what a node wants sent, changed if it lies; `None` when the store could not be read.
    pub(crate) fn frames_of(
        &mut self,
        node: usize,
        peer: usize,
        session: SessionId,
        outgoing: Outgoing,
    ) -> Result<Option<Vec<Bytes>>, Broken> {
        let answers = matches!(session, SessionId::Theirs(_));
        if answers && self.nodes[node].tells(Lie::Stall) {
            self.coverage.lie(Lie::Stall);
            return Ok(Some(Vec::new()));
        }
        if answers && self.nodes[node].tells(Lie::Busy) {
            self.coverage.lie(Lie::Busy);
            let retry_after_ms = [0, 2_000, u32::MAX][self.dice.index(3)];
            return Ok(Some(vec![SyncMessage::Busy { retry_after_ms }.encode()]));
        }
        let mut frames = match outgoing {
            Outgoing::Frame(message) => vec![self.maybe_wrong(node, peer, message).encode()],
            Outgoing::Bytes(bytes) => vec![bytes],
            Outgoing::Range(served) => match self.serve(node, peer, &served) {
                Some(records) => framed(&served, records),
                None => return Ok(None),
            },
            Outgoing::Close => Vec::new(),
        };
        if self.nodes[node].tells(Lie::Garbage) && self.dice.one_in(4) {
            self.coverage.lie(Lie::Garbage);
            frames = frames.into_iter().map(|frame| self.garbled(&frame)).collect();
        }
        for frame in frames.iter().filter(|_| self.nodes[node].is_honest()) {
            if frame.len() > FRAME_BYTES_MAX {
                return broken("frames_are_bounded", format!("{} bytes", frame.len()));
            }
        }
        Ok(Some(frames))
    }

    fn garbled(&mut self, frame: &Bytes) -> Bytes {
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

    fn serve(&mut self, node: usize, peer: usize, served: &Served) -> Option<Vec<SignedRecord>> {
        let limits = RangeLimits {
            records_max: served.records_max as usize,
            bytes_max: served.bytes_max as usize,
        };
        let mut records = self.running(node)?.reader.range(&served.log, served.from, limits).ok()?;
        thin_signatures(&mut records);
        if let Some(other) = self.nodes[node].forks.get(&served.log).filter(|_| peer % 2 == 1) {
            let place = other.header().sequence;
            records.retain(|record| record.header().sequence < place);
            if served.from <= place {
                records.push(other.clone());
            }
        }
        if self.nodes[node].is_lying {
            for lie in self.nodes[node].lies.clone() {
                if lie.spoil(&mut records, &mut self.dice) {
                    self.coverage.lie(lie);
                }
            }
        }
        Some(records)
    }

    fn maybe_wrong(&mut self, node: usize, peer: usize, message: SyncMessage) -> SyncMessage {
        let SyncMessage::Heads(mut page) = message else {
            return message;
        };
        for head in &mut page.heads {
            if let Some(other) = self.nodes[node].forks.get(&head.log).filter(|_| peer % 2 == 1) {
                head.sequence = other.header().sequence;
                head.record = other.id();
            }
        }
        if self.nodes[node].tells(Lie::HeadFarAhead) {
            for head in &mut page.heads {
                self.coverage.lie(Lie::HeadFarAhead);
                head.sequence = [head.sequence + 1_000_000, u64::MAX, u64::from(u32::MAX)][self.dice.index(3)];
                head.record = RecordId(self.dice.bytes());
            }
        }
        if self.nodes[node].tells(Lie::WrongTotals) {
            for head in &mut page.heads {
                self.coverage.lie(Lie::WrongTotals);
                head.sequence = self.dice.below(head.sequence + 3);
                head.record = RecordId(self.dice.bytes());
            }
        }
        SyncMessage::Heads(page)
    }

    /// A stream of a liar's own, with whatever it likes on it.
    pub(crate) fn flood(&mut self, node: usize, peer: usize) {
        let transport = self.cast.actors[peer].transport;
        self.nodes[node].floods += 1;
        let session = SessionId::Ours(u64::MAX - self.nodes[node].floods);
        self.open_stream(node, session, &transport);
        let Some(stream) = self.running(node).and_then(|running| running.sessions.remove(&session)) else {
            return;
        };
        for _ in 0..self.dice.below(6) {
            let outgoing = self.nonsense(peer);
            self.hand_over(stream, node, outgoing);
        }
        if self.dice.one_in(2) {
            self.hand_over(stream, node, Outgoing::Close);
        }
    }

    fn nonsense(&mut self, peer: usize) -> Outgoing {
        let state = self.nodes[peer].running.as_ref().map(|running| running.engine.state());
        let heads: Vec<Head> = state.iter().flat_map(|state| state.heads.values().flat_map(|logs| logs.values())).cloned().collect();
        let chapters: Vec<_> = state.iter().flat_map(|state| state.replicated.iter()).cloned().collect();
        let views = chapters.into_iter().map(|chapter| ChapterView {
            chapter,
            fingerprint: [0; 16],
            logs: u32::MAX,
        });
        let hello = Hello {
            alliance: self.cast.alliance,
            nonce: [7; 16],
            chapters: views.collect(),
        };
        let head = self.dice.pick(&heads).cloned();
        Outgoing::Frame(match (self.dice.below(7), head) {
            (0 | 1, _) => SyncMessage::Hello(hello),
            (2 | 3, Some(head)) => SyncMessage::Want(Want {
                log: head.log,
                from: self.dice.below(head.sequence + 2),
                records_max: u32::MAX,
                bytes_max: alliance_wire::limits::WANT_BYTES_MAX as u32,
            }),
            (4, Some(head)) => SyncMessage::Heads(HeadsPage {
                chapter: Some(head.log.chapter.clone()),
                heads: vec![head],
                last: true,
            }),
            (5, _) => SyncMessage::Done,
            _ => return Outgoing::Bytes(Bytes::copy_from_slice(&self.dice.bytes())),
        })
    }

    /// What is noted of a frame that arrived, before the engine sees it.
    pub(crate) fn check_received(&mut self, node: usize, peer: usize, input: &Input) -> Result<(), Broken> {
        if let Input::Range { log, records, fault, .. } = input {
            let held = self.nodes[node].durable.next(log);
            let again = records.iter().filter(|record| record.header().sequence < held).count() as u64;
            self.coverage.seen("records_fetched", records.len() as u64);
            self.coverage.seen("records_fetched_again", again);
            if let Some(fault) = fault {
                self.coverage.seen(&format!("range_fault_{}", fault.code()), 1);
                if self.nodes[peer].is_honest() {
                    return broken("honest_ranges_verify", format!("{node} from {peer}: {}", fault.code()));
                }
            }
        }
        Ok(())
    }

    /// Before the engine sees an input: what an honest answerer holds when it is asked.
    pub(crate) fn before_input(&mut self, node: usize, input: &Input) -> Result<(), Broken> {
        let Input::Frame { session, message: SyncMessage::Hello(hello) } = input else {
            return Ok(());
        };
        let Some(running) = &self.nodes[node].running else { return Ok(()) };
        let Some(stream) = running.sessions.get(session).copied() else { return Ok(()) };
        if !self.nodes[node].is_honest() {
            return Ok(());
        }
        let state = running.engine.state();
        let shared = hello.chapters.iter().filter(|view| state.replicated.contains(&view.chapter));
        let heads = shared.flat_map(|view| state.heads_of(&view.chapter).cloned()).collect();
        self.answered.insert(stream, heads);
        Ok(())
    }

    /// What a session's end says is true.
    pub(crate) fn check_session_effects(&mut self, node: usize, effects: &[Effect]) -> Result<(), Broken> {
        let mut session = None;
        for effect in effects {
            match effect {
                Effect::Close { session: closed } => session = Some(*closed),
                Effect::Tell { notice: Notice::Synced { status } } => {
                    self.coverage.seen(if status.in_step { "session_in_step" } else { "session_not_in_step" }, 1);
                    let stream = session.and_then(|session| {
                        self.nodes[node].running.as_ref()?.sessions.get(&session).copied()
                    });
                    let Some(heads) = stream.and_then(|stream| self.answered.remove(&stream)) else {
                        continue;
                    };
                    if status.in_step {
                        self.check_in_step(node, &heads)?;
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn check_in_step(&self, node: usize, heads: &[Head]) -> Result<(), Broken> {
        let Some(running) = &self.nodes[node].running else { return Ok(()) };
        let state = running.engine.state();
        for head in heads {
            let wanted = state.replicated.contains(&head.log.chapter) && !self.oracle.lying.contains(&head.log);
            let held = state.head(&head.log).map(|own| own.sequence);
            if wanted && held < Some(head.sequence) {
                let detail = format!("node {node} holds {held:?} of {} in {}", head.sequence, head.log.chapter);
                return broken("in_step_is_true", detail);
            }
        }
        Ok(())
    }
}

/// An input in a few words.
pub(crate) fn shown_input(input: &Input) -> String {
    match input {
        Input::Record { record, source, .. } => format!("record {} {source:?}", shown(record)),
        Input::Range { session, records, fault, more, log } => format!(
            "range {session:?} {} {} records, fault {fault:?}, more {more}",
            log.chapter,
            records.len()
        ),
        Input::Frame { session, message } => format!("frame {session:?} {}", shown_message(message)),
        Input::PeerUp { peer } => format!("up {}", peer.short()),
        Input::PeerDown { peer } => format!("down {}", peer.short()),
        Input::Opened { session, peer } => format!("opened {session:?} {}", peer.short()),
        Input::Closed { session } => format!("closed {session:?}"),
        Input::Wake => "wake".to_owned(),
    }
}

fn shown(record: &SignedRecord) -> String {
    let header = record.header();
    format!("{} {}@{} of {}", record.id().short(), header.kind, header.sequence, header.log.chapter)
}

fn shown_message(message: &SyncMessage) -> String {
    match message {
        SyncMessage::Hello(hello) => format!("hello of {} chapters", hello.chapters.len()),
        SyncMessage::Heads(page) => format!("{} heads, last {}", page.heads.len(), page.last),
        SyncMessage::Want(want) => format!("want {} from {}", want.log.chapter, want.from),
        SyncMessage::Range(part) => format!("range of {}", part.records.len()),
        SyncMessage::Done => "done".to_owned(),
        SyncMessage::Busy { retry_after_ms } => format!("busy {retry_after_ms}"),
        SyncMessage::Addresses(peers) => format!("{} addresses", peers.len()),
    }
}

/// An effect in a few words.
pub(crate) fn shown_effect(effect: &Effect) -> String {
    match effect {
        Effect::Append { records } => {
            let shown: Vec<String> = records.iter().map(|record| shown(record)).collect();
            format!("append {}", shown.join(", "))
        }
        Effect::Judge { ticket, verdict } => format!("judge {ticket} {}", verdict.code()),
        Effect::Broadcast { record } => format!("broadcast {}", shown(record)),
        Effect::Open { session, peer } => format!("open {session:?} {}", peer.short()),
        Effect::Send { session, message } => format!("send {session:?} {}", shown_message(message)),
        Effect::SendRange { session, served } => format!("serve {session:?} {} from {}", served.log.chapter, served.from),
        Effect::SendAddresses { session } => format!("addresses {session:?}"),
        Effect::Close { session } => format!("close {session:?}"),
        Effect::Tell { notice } => format!("tell {notice:?}"),
        Effect::Follow { chapter } => format!("follow {chapter}"),
        Effect::Unfollow { chapter } => format!("unfollow {chapter}"),
        Effect::RosterChanged => "roster changed".to_owned(),
        Effect::Learn { peers } => format!("learn {} peers", peers.len()),
    }
}
