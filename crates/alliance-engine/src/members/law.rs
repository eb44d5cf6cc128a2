//! What the statements make: the versions of the charter, the standing of organisations, writers, and so where each log
//! ends. A function of the set of statements, whatever carried them and in whatever order they came.

use std::collections::{BTreeMap, BTreeSet};

use alliance_record::{ActId, ActOf, CertifiedNode, CharterVersion, LogEnd, LogName, OrganisationId, WriterId};

use crate::members::carried::{About, Judged};
use crate::members::charters::Charters;
use crate::members::forks::Forks;
use crate::members::place::Place;
use crate::members::standing::Standings;
use crate::members::writers::{Writers, epoch_of_voice, voice_of};

/// What ends a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndedBy {
    /// Its writer signed twice for one place.
    Fork,
    /// Stewards: this act is among those on its organisation.
    Act(ActId),
    /// Its own organisation revoked the writer, or a successor took its place.
    Organisation,
}

/// Who may admit others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Admitters {
    Everybody,
    Stewards(BTreeSet<OrganisationId>),
}

impl Admitters {
    pub(crate) fn include(&self, organisation: &OrganisationId) -> bool {
        match self {
            Self::Everybody => true,
            Self::Stewards(stewards) => stewards.contains(organisation),
        }
    }
}

impl Default for Admitters {
    fn default() -> Self {
        Self::Stewards(BTreeSet::new())
    }
}

/// All statements, in the order in which one layer looks at another.
#[derive(Debug, Clone, Default)]
pub(crate) struct Law {
    pub(crate) charters: Charters,
    pub(crate) standings: Standings,
    pub(crate) writers: Writers,
    pub(crate) forks: Forks,
}

impl Law {
    /// Where a log ends; `None` as long as nothing ends it. Of several ends the smallest counts.
    pub(crate) fn end_of(&self, log: &LogName, organisation: &OrganisationId) -> Option<LogEnd> {
        let ends = [
            self.end_by_act(log, organisation),
            self.writers.end_of(log, organisation, &self.standings),
            self.forks.end_of(log, organisation),
        ];
        ends.into_iter().flatten().min()
    }

    /// Whether anything may end a log.
    pub(crate) fn has_ends(&self) -> bool {
        !self.forks.is_empty() || self.standings.has_epochs() || self.writers.has_endings()
    }

    /// Whether anything but a fork may end a log of an organisation.
    pub(crate) fn has_ends_of(&self, organisation: &OrganisationId) -> bool {
        !self.standings.epochs(organisation).is_empty() || self.writers.has_endings_of(organisation)
    }

    fn end_by_act(&self, log: &LogName, organisation: &OrganisationId) -> Option<LogEnd> {
        if self.standings.epochs(organisation).is_empty() {
            return None;
        }
        let epoch = self.writers.epoch_of(organisation, &log.writer, &self.standings);
        let founded = || self.charters.is_founding_writer(&log.writer, organisation).then_some(0);
        // A writer that nobody certified yet is of no epoch: its own first record may say of which.
        let epoch = epoch.or_else(founded).unwrap_or(usize::MAX);
        self.standings.end_of(log, organisation, epoch)
    }

    /// What ends a log before a place.
    pub(crate) fn ended_by(&self, place: &Place) -> Vec<EndedBy> {
        let (log, organisation) = (&place.log, &place.organisation);
        let before = |end: Option<LogEnd>| end.is_some_and(|end| !end.counts(place.sequence));
        let mut by = Vec::new();
        if before(self.forks.end_of(log, organisation)) {
            by.push(EndedBy::Fork);
        }
        if before(self.end_by_act(log, organisation)) {
            let acts = self
                .standings
                .epochs(organisation)
                .iter()
                .flat_map(|epoch| epoch.acts().copied());
            by.extend(acts.map(EndedBy::Act));
        }
        if before(self.writers.end_of(log, organisation, &self.standings)) {
            by.push(EndedBy::Organisation);
        }
        by
    }

    /// Whether what stands at a place counts: its writer speaks for its organisation, and its log does not end before it.
    /// A certificate may stop counting with the act that it cites: what its writer wrote meanwhile nobody takes any more,
    /// so it may not count where it was taken.
    pub(crate) fn counts(&self, place: &Place) -> bool {
        place.sequence < self.counting(&place.log, &place.organisation)
    }

    /// How many records of a log count, of as many as there are.
    pub(crate) fn counting(&self, log: &LogName, organisation: &OrganisationId) -> u64 {
        if !self.speaks(&log.writer, organisation) {
            return 0;
        }
        self.end_of(log, organisation).map_or(u64::MAX, |end| end.next)
    }

    /// Whether what was shown of a node is of an epoch of its organisation.
    pub(crate) fn counts_now(&self, node: &CertifiedNode) -> bool {
        epoch_of_voice(&node.organisation, &voice_of(node), &self.standings).is_some()
    }

    /// Whether a writer speaks for an organisation: by a certificate that counts, or because it founded the alliance.
    pub(crate) fn speaks(&self, writer: &WriterId, organisation: &OrganisationId) -> bool {
        let epoch = self.writers.epoch_of(organisation, writer, &self.standings);
        epoch.is_some() || self.charters.is_founding_writer(writer, organisation)
    }

    /// Whom some version lets admit others. A later version takes nothing back: an admission has no place among the
    /// versions.
    pub(crate) fn admitters(&self) -> Admitters {
        let versions = self.charters.chain();
        if versions.iter().any(|version| version.charter.any_member_admits) {
            return Admitters::Everybody;
        }
        let stewards = versions.iter().flat_map(|version| &version.charter.stewards);
        Admitters::Stewards(stewards.copied().collect())
    }

    /// Follows the acts again on whom some were made under these versions. The organisations whose standing changed.
    pub(crate) fn follow_under(&mut self, versions: &[CharterVersion]) -> Vec<OrganisationId> {
        let made = versions.iter().flat_map(|version| self.charters.made_under(version));
        let concerned: BTreeSet<_> = made
            .filter_map(|(_, act)| match &act.what {
                ActOf::Standing { organisation, .. } => Some(*organisation),
                ActOf::Amend { .. } | ActOf::Erase { .. } | ActOf::Mark { .. } => None,
            })
            .collect();
        let concerned = concerned.into_iter();
        concerned
            .filter(|organisation| self.standings.follow(organisation, &self.charters))
            .collect()
    }
}

impl Judged for Law {
    fn end_of(&self, log: &LogName, organisation: &OrganisationId) -> Option<LogEnd> {
        Self::end_of(self, log, organisation)
    }

    /// What says nothing to those who come later nobody copies on: everybody can sign much that never counts.
    fn is_of_use(&self, about: &About) -> bool {
        match about {
            About::Node {
                organisation,
                writers,
                voice,
            } => {
                let newest = self.standings.epochs(organisation).len();
                let epoch = epoch_of_voice(organisation, voice, &self.standings);
                let mut writers = writers.iter().flatten();
                epoch.is_some_and(|epoch| {
                    epoch == newest || writers.any(|writer| self.standings.spares(organisation, writer))
                })
            }
            About::Act(act) => !self.spoke_of(act).is_empty(),
            About::Word { act, steward } => self.charters.stewards_of(act).contains(steward),
            About::Revocation { organisation, key } => self.standings.newest_key(organisation) == *key,
            About::Fork { organisation, writer } => self.speaks(writer, organisation),
        }
    }

    fn spoke_of(&self, act: &ActId) -> Vec<OrganisationId> {
        let keys = self.charters.stewards_of(act).iter();
        keys.filter(|key| self.charters.word(key, act).is_some())
            .copied()
            .collect()
    }
}

/// Judges many places: looks for the end of each log once.
pub(crate) struct Judge<'a> {
    law: &'a Law,
    counting: BTreeMap<(OrganisationId, LogName), u64>,
}

impl<'a> Judge<'a> {
    pub(crate) const fn by(law: &'a Law) -> Self {
        Self {
            law,
            counting: BTreeMap::new(),
        }
    }

    /// As [`Law::counts`].
    pub(crate) fn counts(&mut self, place: &Place) -> bool {
        let log = (place.organisation, place.log.clone());
        let of = |(organisation, log): &(OrganisationId, LogName)| self.law.counting(log, organisation);
        let found = match self.counting.get(&log) {
            Some(held) => *held,
            None => {
                let found = of(&log);
                self.counting.insert(log, found);
                found
            }
        };
        place.sequence < found
    }
}
