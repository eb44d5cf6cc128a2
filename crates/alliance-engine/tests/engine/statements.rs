//! What the room's shell does about forks and statements.

use alliance_engine::{Input, Served, ToCarry};
use alliance_record::{ChapterName, ForkProof, RecordId, VerifiedRecord};

use crate::fixture::Saying;
use crate::world::World;

impl World {
    /// Compares another branch with what the replica's store holds.
    pub(crate) fn prove(&mut self, replica: usize, other: &[VerifiedRecord]) {
        let (first, last) = (other[0].header(), other[other.len() - 1].header());
        let (log, from, until) = (first.log.clone(), first.sequence, last.sequence);
        let served = Served {
            reference: alliance_wire::LogRef::from_bytes([0; 5]),
            log: Some(log.clone()),
            part: alliance_wire::RecordPart::Header,
            from,
            until,
        };
        let held = self.replicas[replica].store.range(&served);
        let other: Vec<_> = other.iter().cloned().map(VerifiedRecord::into_signed).collect();
        let found = ForkProof::between(&held, &other);
        let input = Input::Proved {
            log,
            from,
            until,
            found,
        };
        self.input(replica, input);
    }

    /// Erases a body, if the engine says that its record is removed.
    pub(crate) fn erase(&mut self, replica: usize, record: &RecordId) {
        let replica = &mut self.replicas[replica];
        // A hostile one keeps what it has.
        let Some(held) = replica.store.find(record).filter(|_| replica.tamper.is_none()) else {
            return;
        };
        if replica.engine.state().removed_by(record, held.header()).is_some() {
            replica.store.erase(record);
        }
    }

    /// What is removed comes without its body.
    pub(crate) fn note_erased(&mut self, replica: usize, record: &VerifiedRecord) {
        let replica = &mut self.replicas[replica];
        let removed = replica.engine.state().removed_by(&record.id(), record.header());
        if removed.is_some() {
            assert!(record.body().is_none(), "the body of a removed record is to be stored");
            replica.store.erased.insert(record.id());
        }
    }

    /// Publishes a statement in a log of the replica's own.
    pub(crate) fn carry(&mut self, replica: usize, statement: &ToCarry) {
        self.replicas[replica].carried += 1;
        let (kind, bytes) = match statement {
            ToCarry::New { kind, bytes } => (*kind, bytes.clone()),
            ToCarry::Held { record } => {
                let held = self.replicas[replica].store.by_id(record);
                (held.header().kind, held.body().unwrap().bytes.clone())
            }
        };
        let saying = Saying {
            chapter: ChapterName::alliance(),
            kind,
            bytes,
            claimed_at_ms: self.now_ms,
            references: Vec::new(),
        };
        let pen = &self.replicas[replica].pen;
        let position = self.replicas[replica].engine.next_position(&pen.log("alliance"));
        let record = pen.signs_at(saying, position);
        self.publish(replica, &record);
        self.broadcast.push((replica, record));
    }
}
