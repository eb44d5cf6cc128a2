//! Proofs of forks, and where logs end by them. The smallest end of a log counts, so that any order gives the same.
//!
//! A proof counts wherever it is stored, also beyond the end of the log that carries it.

use std::collections::BTreeMap;

use alliance_record::{ChapterName, ForkProof, InstanceId, LogEnd, LogName, OrganisationId, WriterId};

/// One life of a writer's data directory, as one organisation's: an end proven in one organisation's name says nothing of
/// another's.
type Life = (OrganisationId, WriterId, InstanceId);

/// Where logs end by proofs of forks.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Forks {
    ends: BTreeMap<Life, BTreeMap<ChapterName, LogEnd>>,
}

impl Forks {
    /// Takes a proof into account; whether it moved the log's end.
    pub(super) fn fold(&mut self, proof: &ForkProof) -> bool {
        let log = proof.log();
        let ends = self.ends.entry(life_of(log, proof.organisation())).or_default();
        let is_smallest = ends.get(&log.chapter).is_none_or(|held| proof.end() < *held);
        if is_smallest {
            ends.insert(log.chapter.clone(), proof.end());
        }
        is_smallest
    }

    pub(super) fn end_of(&self, log: &LogName, organisation: &OrganisationId) -> Option<LogEnd> {
        self.ends.get(&life_of(log, organisation))?.get(&log.chapter).copied()
    }

    /// Whether any log of one life of a writer's data directory is forked.
    pub(super) fn has_any_of(&self, writer: &WriterId, instance: &InstanceId, organisation: &OrganisationId) -> bool {
        self.ends.contains_key(&(*organisation, *writer, *instance))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }
}

const fn life_of(log: &LogName, organisation: &OrganisationId) -> Life {
    (*organisation, log.writer, log.instance)
}
