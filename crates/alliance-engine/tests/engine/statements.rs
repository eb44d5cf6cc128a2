//! What the room's shell does about forks and statements.

use alliance_engine::{Input, Served, ToCarry};
use alliance_record::{ChapterName, ForkProof, VerifiedRecord};

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
        };
        let pen = &self.replicas[replica].pen;
        let position = self.replicas[replica].engine.next_position(&pen.log("alliance"));
        let record = pen.signs_at(saying, position);
        self.publish(replica, &record);
        self.broadcast.push((replica, record));
    }
}
