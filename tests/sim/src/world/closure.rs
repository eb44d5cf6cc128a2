//! What a node can have: of what its peers hold, all that they can give and that its own roster and clock admit.

use std::collections::BTreeMap;

use alliance_engine::{Effects, Engine, Input, Source};
use alliance_record::limits::{CHECKPOINT_RECORDS, CLAIMED_AHEAD_MS_MAX};
use alliance_record::{ChapterName, LogName, SignedRecord, TransportId, VerifiedRecord};
use alliance_store::{RangeLimits, ReadError, Reader};

use super::World;
use super::life::restored;
use super::node::Running;
use crate::oracle::Broken;

/// Records whose time comes within this are not asked for yet.
const GRACE_MS: i64 = 60_000;

impl World {
    /// What a node would hold if all that its peers hold and serve were put before its own engine, again and again.
    pub(super) fn closure(&self, node: usize, peers: &[usize]) -> Result<Option<Engine>, Broken> {
        let Some(running) = &self.nodes[node].running else {
            return Ok(None);
        };
        let now_ms = self.clock(node) - GRACE_MS;
        let config = self.config(node, [0; 32]);
        let mut engine = restored(config, now_ms, &running.reader).map_err(unreadable)?;
        let offered = self.offered(node, running, peers)?;
        loop {
            let before = engine.state().heads.clone();
            for record in &offered {
                let input = Input::Record {
                    record: Box::new(record.clone()),
                    stored: None,
                    source: Source::Gossip {
                        ticket: 0,
                        from: TransportId([0; 32]),
                    },
                };
                engine.handle(input, now_ms, &mut Effects::new());
            }
            if engine.state().heads == before {
                return Ok(Some(engine));
            }
        }
    }

    /// Records that peers hold in chapters which they serve, and that the node does not hold: the alliance's own first.
    fn offered(&self, node: usize, own: &Running, peers: &[usize]) -> Result<Vec<VerifiedRecord>, Broken> {
        let held = &self.nodes[node].durable;
        let mut offered: BTreeMap<(ChapterName, LogName, u64), VerifiedRecord> = BTreeMap::new();
        for peer in peers {
            let Some(running) = &self.nodes[*peer].running else {
                continue;
            };
            for chapter in &running.engine.state().replicated {
                for head in running.reader.heads(chapter).map_err(unreadable)? {
                    let from = held.next(&head.log);
                    if head.sequence < from {
                        continue;
                    }
                    let fork = self.oracle.forked.get(&head.log).copied().unwrap_or(u64::MAX);
                    let mut records = all_from(&running.reader, &head.log, from).map_err(unreadable)?;
                    let mut ahead = self.ahead_at(node, &records);
                    if !own.bodies.may_be_bare(chapter) {
                        records = given_whole(&running.reader, records).map_err(unreadable)?;
                        ahead = ahead.min(unknown_at(own, &records));
                    }
                    for record in records {
                        let sequence = record.header().sequence;
                        if sequence < fork.min(ahead)
                            && let Ok(record) = VerifiedRecord::from_own_store(record)
                        {
                            offered.insert((chapter.clone(), head.log.clone(), sequence), record);
                        }
                    }
                }
            }
        }
        Ok(offered.into_values().collect())
    }

    /// From where on records may be held up by one of them whose time has not come: what one signature proves is taken as a
    /// whole or not at all.
    fn ahead_at(&self, node: usize, records: &[SignedRecord]) -> u64 {
        let now_ms = self.clock(node) - GRACE_MS;
        let is_ahead = |record: &&SignedRecord| record.header().claimed_at_ms > now_ms + CLAIMED_AHEAD_MS_MAX;
        let first = records.iter().find(is_ahead).map(|record| record.header().sequence);
        first.map_or(u64::MAX, |sequence| (sequence + 1).saturating_sub(CHECKPOINT_RECORDS))
    }

    /// Bodies that a node awaits and that one of its honest peers can give: from the first that lags, as far as that peer
    /// has bodies and a signature proves their records. Where a liar signed twice, only what lies before: beyond it nobody
    /// can say whose bodies a peer has.
    pub(super) fn lacking_bodies(&self, node: usize, honest: &[usize]) -> Result<Option<String>, Broken> {
        let Some(running) = &self.nodes[node].running else {
            return Ok(None);
        };
        let state = running.engine.state();
        for (log, place) in running.bodies.awaited() {
            let author = state.head(log).map(|head| head.organisation);
            let is_kept = author.is_some_and(|author| running.bodies.keeps(&author, &log.chapter));
            let is_forked = self.oracle.forked.get(log).is_some_and(|fork| *fork <= place);
            if !is_kept || is_forked || !state.replicated.contains(&log.chapter) {
                continue;
            }
            for peer in honest.iter().filter(|peer| self.links.is_up(node, **peer)) {
                if self.can_fill(*peer, log, place)? {
                    let detail = format!(
                        "node {node} lacks the body of {place} in {}, and {peer} has it",
                        log.chapter
                    );
                    return Ok(Some(detail));
                }
            }
        }
        Ok(None)
    }

    fn can_fill(&self, peer: usize, log: &LogName, place: u64) -> Result<bool, Broken> {
        let node = &self.nodes[peer];
        let Some(running) = node.running.as_ref().filter(|_| node.durable.at(log, place).is_some()) else {
            return Ok(false);
        };
        let range = running.reader.range(log, place, LARGE).map_err(unreadable)?;
        let given = running.reader.whole(range).map_err(unreadable)?;
        Ok(given.first().is_some_and(|record| record.body().is_some()))
    }
}

/// From where on records may be held up by one that was erased where they come from, and of which the node has not heard
/// that it is removed.
fn unknown_at(own: &Running, records: &[SignedRecord]) -> u64 {
    let is_unknown = |record: &&SignedRecord| {
        let removed = own.engine.state().removed_by(&record.id(), record.header());
        record.body().is_none() && removed.is_none()
    };
    let first = records.iter().find(is_unknown).map(|record| record.header().sequence);
    first.map_or(u64::MAX, |sequence| (sequence + 1).saturating_sub(CHECKPOINT_RECORDS))
}

/// What a peer gives of records to whoever wants them with their bodies: those that a later signature proves, without any
/// between them whose body is still to come.
fn given_whole(reader: &Reader, records: Vec<SignedRecord>) -> Result<Vec<SignedRecord>, ReadError> {
    let mut given = Vec::new();
    let mut is_proven = false;
    for record in records.into_iter().rev() {
        let is_there = record.body().is_some() || reader.is_erased(&record.id())?;
        is_proven = is_there && (is_proven || record.signature().is_some());
        if is_proven {
            given.push(record);
        }
    }
    given.reverse();
    Ok(given)
}

const LARGE: RangeLimits = RangeLimits {
    records_max: 4096,
    bytes_max: 1 << 24,
};

pub(super) fn unreadable(error: ReadError) -> Broken {
    Broken {
        promise: "what_is_stored_can_be_read",
        detail: error.to_string(),
    }
}

/// All records of a log from a place on.
pub(super) fn all_from(reader: &Reader, log: &LogName, mut from: u64) -> Result<Vec<SignedRecord>, ReadError> {
    let mut records = Vec::new();
    loop {
        let range = reader.range(log, from, LARGE)?;
        let Some(last) = range.last() else { return Ok(records) };
        from = last.header().sequence + 1;
        records.extend(range);
    }
}
