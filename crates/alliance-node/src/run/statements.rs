//! What proves itself: forks looked for in the store, statements published in this node's name, and what follows when a
//! log of this node's own has ended.

use alliance_engine::{Input, ToCarry};
use alliance_record::{Branches, ForkProof, InstanceId, LogName, SignedRecord, VerifiedRecord};
use alliance_store::{RangeLimits, ReadError, Reader};

use super::{Desk, RunError};
use crate::access::Held;
use crate::data::{DataDir, Identity};
use crate::draft;
use crate::random::random;

/// Bytes of headers read at once where two branches are compared: as many as there are records.
const BRANCH_BYTES: usize = 1 << 20;

/// Where this node's instance is written down.
pub(crate) struct OwnLife {
    pub(crate) dir: DataDir,
}

impl OwnLife {
    /// Draws a new instance, and returns when it is on the disk.
    pub(crate) fn begin_again(&self) -> Result<InstanceId, RunError> {
        let instance = InstanceId(random());
        self.change(|identity| identity.instance = instance.to_string())?;
        Ok(instance)
    }

    /// Changes the identity as it is on the disk now: a certificate may have been put into it while the node ran.
    pub(crate) fn change(&self, change: impl FnOnce(&mut Identity)) -> Result<(), RunError> {
        let held = Identity::hold(&self.dir)?;
        let mut identity = held.read()?.ok_or_else(|| RunError::NotInitialised {
            path: self.dir.path().display().to_string(),
        })?;
        change(&mut identity);
        Ok(held.write(&identity)?)
    }
}

impl Desk {
    /// Compares records of another branch with those that are stored.
    pub(super) async fn prove(&mut self, other: Vec<VerifiedRecord>) {
        let (Some(first), Some(last), Some(reader)) = (other.first(), other.last(), self.store.get()) else {
            return;
        };
        let (from, until) = (first.header().sequence, last.header().sequence);
        let log = first.header().log.clone();
        let of = log.clone();
        let compared = tokio::task::spawn_blocking(move || compare(&reader, &of, other)).await;
        let found = match compared {
            Ok(Ok(found)) => found,
            failed => {
                tracing::warn!(failed = ?failed.map(|found| found.err()), "records of a forked log could not be read");
                Branches::Unprovable
            }
        };
        self.input(Input::Proved {
            log,
            from,
            until,
            found,
        });
    }

    /// Publishes a statement in a record of this node's own.
    pub(super) async fn carry(&mut self, statement: ToCarry) {
        match statement {
            ToCarry::New { kind, bytes } => self.draft(draft::statement(kind, bytes), None),
            ToCarry::Held { record } => {
                let Some(reader) = self.store.get() else { return };
                let read = tokio::task::spawn_blocking(move || reader.record(&record)).await;
                let Ok(Ok(Some(stored))) = read else {
                    return tracing::warn!(record = %record.short(), "a statement could not be read");
                };
                if let Some(body) = stored.record.body() {
                    self.draft(draft::statement(stored.record.header().kind, body.bytes.clone()), None);
                }
            }
        }
    }

    /// Whether a log of this node's present instance has ended: somebody else signed with its key, as a copy of its data
    /// directory does.
    pub(super) fn is_own_life_ended(&self) -> bool {
        let (author, members) = (&self.author, &self.engine.state().members);
        members.is_instance_ended(&author.key.writer(), &author.instance, &author.organisation)
    }

    /// Goes on with a new instance when a log of the present one has ended. Only between turns: what a turn signed is on
    /// the disk as this instance's.
    pub(super) fn live_on(&mut self) -> Result<bool, RunError> {
        if !self.is_own_life_ended() {
            return Ok(false);
        }
        let ended = self.author.instance;
        let instance = self.life.begin_again()?;
        self.author.instance = instance;
        self.shared.live_on(instance);
        tracing::warn!(%ended, %instance,
            "two records of this node's own stand at one place of a log: does a copy of its data directory run somewhere? \
             What comes after that place does not count; this node goes on under a new instance");
        for (draft, reply) in std::mem::take(&mut self.postponed) {
            self.draft(draft, reply);
        }
        Ok(true)
    }
}

fn compare(reader: &Held, log: &LogName, other: Vec<VerifiedRecord>) -> Result<Branches, ReadError> {
    let other: Vec<SignedRecord> = other.into_iter().map(VerifiedRecord::into_signed).collect();
    let from = other.first().map_or(0, |first| first.header().sequence);
    let held = held(reader, log, from, other.len())?;
    Ok(ForkProof::between(&held, &other))
}

/// As many records as are held of a log from a place on, and on to a signature.
fn held(reader: &Reader, log: &LogName, from: u64, count: usize) -> Result<Vec<SignedRecord>, ReadError> {
    let limits = RangeLimits {
        records_max: count,
        bytes_max: BRANCH_BYTES,
    };
    reader.headers(log, from, limits)
}
