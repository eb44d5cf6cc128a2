//! Several engines in one room. Frames cross in order on each stream and in any order between streams, as the dice say;
//! nothing moves but by the world's clock.

use std::collections::{BTreeMap, VecDeque};

use alliance_engine::{Effect, Effects, Input, Served, SessionId, Source};
use alliance_record::{SignedRecord, TransportId, Verdict, VerifiedRecord};
use alliance_wire::SyncMessage;
use alliance_wire::limits::FRAME_BYTES_MAX;
use bytes::Bytes;

use crate::fixture::{Dice, NOW_MS, verified};
use crate::replica::Replica;
use crate::stream::{Deed, End, answer};
use crate::traffic::{Sent, Traffic, records_in};

/// Milliseconds between two looks at a random peer.
pub(crate) const INTERVAL_MS: i64 = 30_000;
/// Milliseconds after which a peer is greeted: later than the looks, which most tests are about.
pub(crate) const HEARTBEAT_MS: i64 = 300_000;
/// Records in one frame of a range: few, so that answers have several frames.
pub(crate) const FRAME_RECORDS: usize = 3;

/// What travels on one direction of a stream.
#[derive(Debug)]
enum Parcel {
    Opened,
    /// With how many frames, one after the other's arrival, it is the last of.
    Frame(Bytes, u64),
    End,
}

#[derive(Debug)]
struct Stream {
    /// The asker, then the answerer.
    ends: [End; 2],
    /// What is on its way to each of them.
    lanes: [VecDeque<Parcel>; 2],
    broken: bool,
}

impl Stream {
    /// Breaks off: what is on its way is lost, and both sides hear of the end. Gives the frames that were lost.
    fn hang_up(&mut self) -> Vec<Bytes> {
        self.broken = true;
        let lost = self
            .lanes
            .iter_mut()
            .flat_map(|lane| lane.drain(..))
            .collect::<Vec<_>>();
        self.lanes.iter_mut().for_each(|lane| lane.push_back(Parcel::End));
        let frame = |parcel| match parcel {
            Parcel::Frame(bytes, _) => Some(bytes),
            Parcel::Opened | Parcel::End => None,
        };
        lost.into_iter().filter_map(frame).collect()
    }
}

pub(crate) struct World {
    pub(crate) replicas: Vec<Replica>,
    pub(crate) now_ms: i64,
    pub(crate) traffic: Traffic,
    streams: BTreeMap<u64, Stream>,
    streams_opened: u64,
    dice: Dice,
    tickets: u64,
    /// What replicas said of their own accord.
    pub(crate) broadcast: Vec<(usize, SignedRecord)>,
}

impl World {
    /// One replica for each name, of the organisation the name begins with. None is connected yet.
    pub(crate) fn new(names: &[&str], dice: u64) -> Self {
        Self {
            replicas: names.iter().map(|name| Replica::new(name, NOW_MS)).collect(),
            now_ms: NOW_MS,
            traffic: Traffic::default(),
            streams: BTreeMap::new(),
            streams_opened: 0,
            dice: Dice(dice),
            tickets: 0,
            broadcast: Vec::new(),
        }
    }

    /// Gives an input to a replica and does what it asks for.
    pub(crate) fn input(&mut self, replica: usize, input: Input) {
        let mut fx = Effects::new();
        self.replicas[replica].engine.handle(input, self.now_ms, &mut fx);
        for effect in fx.drain() {
            self.perform(replica, effect);
        }
    }

    /// Lets a replica start with records in its store.
    pub(crate) fn hold(&mut self, replica: usize, records: &[SignedRecord]) {
        let Replica { engine, store, .. } = &mut self.replicas[replica];
        for record in records {
            let record = VerifiedRecord::from_own_store(record.clone()).unwrap();
            store.append(&record);
            engine.restore_record(&record);
        }
        store.heads().for_each(|head| engine.restore_head(head));
    }

    /// Gossips a record to a replica in the name of another, and says what came of it.
    pub(crate) fn gossip(&mut self, from: usize, to: usize, record: &SignedRecord) -> Verdict {
        let source = Source::Gossip {
            ticket: self.ticket(),
            from: self.replicas[from].transport,
        };
        self.record(to, verified(record), source)
    }

    /// Publishes a record on a replica.
    pub(crate) fn publish(&mut self, replica: usize, record: &SignedRecord) -> Verdict {
        let source = Source::Local { ticket: self.ticket() };
        self.record(replica, verified(record), source)
    }

    fn ticket(&mut self) -> u64 {
        self.tickets += 1;
        self.tickets
    }

    fn record(&mut self, to: usize, record: VerifiedRecord, source: Source) -> Verdict {
        let header = record.header();
        let stored = self.replicas[to].store.at(&header.log, header.sequence);
        let ticket = self.tickets;
        self.input(
            to,
            Input::Record {
                record: Box::new(record),
                stored,
                source,
            },
        );
        self.replicas[to].verdicts[&ticket]
    }

    pub(crate) fn connect(&mut self, one: usize, other: usize) {
        let (first, second) = (self.replicas[one].transport, self.replicas[other].transport);
        self.input(one, Input::PeerUp { peer: second });
        self.input(other, Input::PeerUp { peer: first });
    }

    /// One replica hears of another and asks it; the other asks nobody.
    pub(crate) fn meet(&mut self, asker: usize, other: usize) {
        let peer = self.replicas[other].transport;
        self.input(asker, Input::PeerUp { peer });
    }

    pub(crate) fn connect_all(&mut self) {
        for one in 0..self.replicas.len() {
            for other in 0..one {
                self.connect(one, other);
            }
        }
    }

    fn perform(&mut self, replica: usize, effect: Effect) {
        match effect {
            Effect::Append { records } => {
                for record in &records {
                    self.note_erased(replica, record);
                    self.replicas[replica].store.append(record);
                }
            }
            Effect::Fill { records } => {
                if let Some(log) = self.replicas[replica].store.fill(&records) {
                    self.input(replica, Input::Unfillable { log });
                }
            }
            Effect::Erase { record } => self.erase(replica, &record),
            Effect::Prove { other } => self.prove(replica, &other),
            Effect::Carry { statement } => self.carry(replica, &statement),
            Effect::Judge { ticket, verdict } => {
                self.replicas[replica].verdicts.insert(ticket, verdict);
            }
            Effect::Open { session, peer } => self.open(replica, session, peer),
            Effect::Send { session, message } => self.send(replica, session, &message),
            Effect::Serve { session, served } => self.serve(replica, session, &served),
            Effect::Credit { session, bytes } => {
                if let Some((stream, side)) = self.find(replica, session) {
                    stream.ends[side].outbox.credit(bytes);
                }
                self.pump(replica, session);
            }
            Effect::SendAddresses { session } => self.send(replica, session, &SyncMessage::Addresses(Vec::new())),
            Effect::Close { session } => self.close(replica, session),
            Effect::Tell { notice } => self.replicas[replica].notices.push(notice),
            Effect::Follow { chapter } => {
                self.replicas[replica].following.insert(chapter.to_string());
            }
            Effect::Unfollow { chapter } => {
                self.replicas[replica].following.remove(chapter.as_str());
            }
            Effect::Imported { .. } | Effect::Broadcast { .. } | Effect::Learn { .. } | Effect::RosterChanged => {}
        }
    }

    fn open(&mut self, replica: usize, session: SessionId, peer: TransportId) {
        self.traffic.sessions += 1;
        let found = self.replicas.iter().position(|other| other.transport == peer);
        let other = found.expect("an open to nobody");
        self.replicas[other].opened += 1;
        let theirs = SessionId::Theirs(self.replicas[other].opened);
        let stream = Stream {
            ends: [End::new(replica, session), End::new(other, theirs)],
            lanes: [VecDeque::new(), VecDeque::from([Parcel::Opened])],
            broken: false,
        };
        self.streams_opened += 1;
        self.streams.insert(self.streams_opened, stream);
    }

    fn find(&mut self, replica: usize, session: SessionId) -> Option<(&mut Stream, usize)> {
        self.streams.values_mut().find_map(|stream| {
            let is_this = |end: &End| end.replica == replica && end.session == session && end.open;
            let side = stream.ends.iter().position(is_this)?;
            Some((stream, side))
        })
    }

    fn send(&mut self, replica: usize, session: SessionId, message: &SyncMessage) {
        self.send_bytes(replica, session, message.encode());
    }

    /// Sends a frame, or what a liar makes of it.
    fn send_bytes(&mut self, replica: usize, session: SessionId, bytes: Bytes) {
        let deed = match (&mut self.replicas[replica].lie, session) {
            (Some(lie), SessionId::Theirs(_)) => lie(SyncMessage::decode(bytes).unwrap()),
            _ => Deed::Send(vec![bytes]),
        };
        match deed {
            Deed::Send(frames) => frames.into_iter().for_each(|bytes| self.put(replica, session, bytes)),
            Deed::HangUp => {
                if let Some((stream, _)) = self.find(replica, session) {
                    stream.hang_up();
                }
            }
        }
    }

    /// Puts a frame on its way.
    fn put(&mut self, replica: usize, session: SessionId, bytes: Bytes) {
        assert!(bytes.len() <= FRAME_BYTES_MAX, "a frame too large");
        let Some((stream, side)) = self.find(replica, session) else {
            return;
        };
        if stream.broken {
            return;
        }
        let end = &mut stream.ends[side];
        let sent = Sent::of(replica, &bytes, end.heard + 1, end.has_given);
        end.has_given |= sent.has_records();
        stream.lanes[1 - side].push_back(Parcel::Frame(bytes, sent.hop));
        self.traffic.count(&sent);
    }

    /// Breaks every stream. Gives the number of records that were on their way and are lost.
    pub(crate) fn cut_all(&mut self) -> usize {
        let lost = self.streams.values_mut().flat_map(Stream::hang_up);
        lost.map(|frame| records_in(&frame).len()).sum()
    }

    fn serve(&mut self, replica: usize, session: SessionId, served: &[Served]) {
        let Replica { store, tamper, .. } = &self.replicas[replica];
        let mut frames = Vec::new();
        for served in served {
            let records = store.range(served);
            let records = tamper.map_or(records.clone(), |tamper| tamper(records));
            frames.extend(answer(served, &records, FRAME_RECORDS));
        }
        if let Some((stream, side)) = self.find(replica, session) {
            frames
                .into_iter()
                .for_each(|frame| stream.ends[side].outbox.push(frame));
        }
        self.pump(replica, session);
    }

    /// Sends what the session has credit for.
    fn pump(&mut self, replica: usize, session: SessionId) {
        while let Some((stream, side)) = self.find(replica, session)
            && let Some(frame) = stream.ends[side].outbox.pop()
        {
            self.send_bytes(replica, session, frame);
        }
    }

    fn close(&mut self, replica: usize, session: SessionId) {
        if let Some((stream, side)) = self.find(replica, session) {
            stream.ends[side].open = false;
            stream.lanes[1 - side].push_back(Parcel::End);
        }
    }

    /// Moves one parcel; false when none is on its way.
    pub(crate) fn step(&mut self) -> bool {
        let busy: Vec<(u64, usize)> = self
            .streams
            .iter()
            .flat_map(|(id, stream)| (0..2).map(move |side| (*id, side, stream)))
            .filter(|(_, side, stream)| !stream.lanes[*side].is_empty())
            .map(|(id, side, _)| (id, side))
            .collect();
        if busy.is_empty() {
            self.streams.retain(|_, stream| stream.ends.iter().any(|end| end.open));
            return false;
        }
        let (id, side) = busy[self.dice.below(busy.len())];
        self.deliver(id, side);
        true
    }

    fn deliver(&mut self, id: u64, side: usize) {
        let Some(stream) = self.streams.get_mut(&id) else {
            return;
        };
        let Some(parcel) = stream.lanes[side].pop_front() else {
            return;
        };
        let peer = self.replicas[stream.ends[1 - side].replica].transport;
        let end = &mut stream.ends[side];
        if !end.open {
            return;
        }
        let (replica, session) = (end.replica, end.session);
        let input = match parcel {
            Parcel::Opened => Input::Opened { session, peer },
            Parcel::End => Input::Closed { session },
            Parcel::Frame(bytes, hop) => {
                end.heard = end.heard.max(hop);
                end.received(bytes)
            }
        };
        if matches!(input, Input::Closed { .. }) {
            self.close(replica, session);
        }
        self.input(replica, input);
    }

    /// Lets everything on its way arrive, without the clock moving.
    pub(crate) fn settle(&mut self) {
        let mut steps = 0;
        while self.step() {
            steps += 1;
            assert!(steps < 20_000, "frames without end");
        }
    }

    /// Lets the clock run for a while, waking each replica when it asked to be.
    pub(crate) fn run(&mut self, for_ms: i64) {
        let until = self.now_ms + for_ms;
        let mut wakes = 0;
        loop {
            self.settle();
            if self.next_wake() > until {
                break;
            }
            wakes += 1;
            assert!(wakes < 5_000, "a clock that never comes to rest");
            self.tick();
        }
        self.now_ms = until;
    }

    fn next_wake(&self) -> i64 {
        let wakes = self.replicas.iter().map(|replica| replica.engine.next_wake());
        wakes.min().unwrap_or(i64::MAX)
    }

    /// Lets the clock run until a replica asked to be woken, and wakes it.
    pub(crate) fn tick(&mut self) {
        self.now_ms = self.now_ms.max(self.next_wake());
        for index in 0..self.replicas.len() {
            if self.replicas[index].engine.next_wake() <= self.now_ms {
                self.input(index, Input::Wake);
                let next = self.replicas[index].engine.next_wake();
                assert!(next > self.now_ms, "a wake in the past");
            }
        }
    }
}
