//! Proofs of forks, and where logs end by them. The smallest end of a log counts, so that any order gives the same.
//!
//! A proof counts wherever it is stored, also beyond the end of the log that carries it.

use std::collections::BTreeMap;

use alliance_record::{ForkProof, InstanceId, LogEnd, LogName, OrganisationId, WriterId};

/// A log as one organisation's: an end proven in one organisation's name says nothing of another's.
type Owned = (LogName, OrganisationId);

/// Where logs end by proofs of forks.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Forks {
    ends: BTreeMap<Owned, LogEnd>,
}

impl Forks {
    /// Takes a proof into account; whether it moved the log's end.
    pub(super) fn fold(&mut self, proof: &ForkProof) -> bool {
        let owned = (proof.log().clone(), *proof.organisation());
        let is_smallest = self.ends.get(&owned).is_none_or(|held| proof.end() < *held);
        if is_smallest {
            self.ends.insert(owned, proof.end());
        }
        is_smallest
    }

    pub(super) fn end_of(&self, log: &LogName, organisation: &OrganisationId) -> Option<LogEnd> {
        if self.ends.is_empty() {
            return None;
        }
        self.ends.get(&(log.clone(), *organisation)).copied()
    }

    /// Whether any log of one life of a writer's data directory is forked.
    pub(super) fn has_any_of(&self, writer: &WriterId, instance: &InstanceId, organisation: &OrganisationId) -> bool {
        self.ends
            .keys()
            .any(|(log, owner)| log.writer == *writer && log.instance == *instance && owner == organisation)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }
}
