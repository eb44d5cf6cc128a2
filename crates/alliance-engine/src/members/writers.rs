//! Which nodes speak for which organisation: certificates and successions, and what ends them. Owns what the statements
//! say; asks the standing of organisations which of them count.
//!
//! Everybody may sign in an organisation's name with a key of his own, and none of it counts before acts make that key the
//! organisation's. So all is filed by the key that stands behind it: what strangers say costs those who look nothing.

use std::collections::{BTreeMap, BTreeSet};

use alliance_record::{
    Certificate, CertifiedNode, Cuts, LogEnd, LogName, OrganisationId, Revocation, Succession, WriterId,
};

use crate::members::standing::{Standings, Voice};
use crate::shards::Shards;

/// Whose writer.
type Speaker = (OrganisationId, WriterId);

/// Certificates and what ends them. All of it only grows.
#[derive(Debug, Clone, Default)]
pub(crate) struct Writers {
    certified: Shards<Speaker, BTreeMap<Voice, BTreeSet<CertifiedNode>>>,
    /// By the revoking key: where several revocations leave a log, each alone would end it at least there.
    revoked: Shards<Speaker, BTreeMap<OrganisationId, Cuts>>,
    /// By who stands behind the predecessor's certificate.
    succeeded: Shards<Speaker, BTreeMap<Voice, Cuts>>,
    /// Who took a writer's place, or says so.
    successors: Shards<Speaker, BTreeSet<WriterId>>,
}

impl Writers {
    /// Takes a certificate. Whether it said anything new.
    pub(crate) fn certify(&mut self, certificate: &Certificate) -> bool {
        self.add(certificate.node().clone())
    }

    fn add(&mut self, node: CertifiedNode) -> bool {
        let by_voice = self.certified.entry((node.organisation, node.writer)).or_default();
        by_voice.entry(voice_of(&node)).or_default().insert(node)
    }

    /// Takes a revocation. Whether it said anything new.
    pub(crate) fn revoke(&mut self, revocation: &Revocation) -> bool {
        let by_key = self
            .revoked
            .entry((revocation.organisation, revocation.writer))
            .or_default();
        note_end(by_key, revocation.key, &revocation.cuts)
    }

    /// Takes a succession with its cuts: the next writer is certified as its predecessor was, and that one ends.
    pub(crate) fn succeed(&mut self, succession: &Succession) -> bool {
        let Some(cuts) = &succession.cuts else {
            return false;
        };
        let before = succession.predecessor.node();
        let speaker = (before.organisation, before.writer);
        let by_voice = self.succeeded.entry(speaker).or_default();
        let is_new = note_end(by_voice, voice_of(before), cuts);
        self.successors.entry(speaker).or_default().insert(succession.writer);
        is_new | self.add(succession.node())
    }

    /// Number of the last epoch in which a writer was certified for an organisation.
    pub(crate) fn epoch_of(
        &self,
        organisation: &OrganisationId,
        writer: &WriterId,
        standings: &Standings,
    ) -> Option<usize> {
        let held = self.certified.get(&(*organisation, *writer))?;
        let counts = |voice: &Voice| {
            let nodes = held.get(voice).into_iter().flatten();
            nodes.into_iter().any(|node| !self.is_void(node, standings))
        };
        let numbers = (0..=standings.epochs(organisation).len()).rev();
        numbers.into_iter().find(|number| {
            standings
                .voice(organisation, *number)
                .is_some_and(|voice| counts(&voice))
        })
    }

    /// Number of the epoch in which what was shown of a node counts, whether a record of it is held or not.
    pub(crate) fn epoch_of_node(&self, node: &CertifiedNode, standings: &Standings) -> Option<usize> {
        epoch_of_voice(&node.organisation, &voice_of(node), standings).filter(|_| !self.is_void(node, standings))
    }

    /// Whether a succession is void: the organisation revoked the writer whose place it takes. Whoever holds a stolen
    /// node's keys may hold the next one too, and the organisation's word must be the last.
    fn is_void(&self, node: &CertifiedNode, standings: &Standings) -> bool {
        let predecessor = node.succeeds.as_ref();
        predecessor.is_some_and(|writer| self.is_revoked(&node.organisation, writer, standings))
    }

    fn is_revoked(&self, organisation: &OrganisationId, writer: &WriterId, standings: &Standings) -> bool {
        let by_key = self.revoked.get(&(*organisation, *writer));
        by_key.is_some_and(|by_key| by_key.contains_key(&standings.newest_key(organisation)))
    }

    /// Whether successions alone would certify a writer, and all of them are void.
    fn has_void_alone(&self, organisation: &OrganisationId, writer: &WriterId, standings: &Standings) -> bool {
        let held = self.certified.get(&(*organisation, *writer));
        let mut nodes = held.into_iter().flat_map(BTreeMap::values).flatten();
        nodes.any(|node| self.is_void(node, standings)) && self.epoch_of(organisation, writer, standings).is_none()
    }

    /// What counts of the certificates of an organisation's writers.
    pub(crate) fn nodes_of<'a>(
        &'a self,
        organisation: &OrganisationId,
        standings: &'a Standings,
    ) -> impl Iterator<Item = &'a CertifiedNode> {
        let first = (*organisation, WriterId([0; 32]));
        let organisation = *organisation;
        let held = self
            .certified
            .from(first)
            .take_while(move |((of, _), _)| *of == organisation);
        let nodes = held.flat_map(|(_, by_voice)| by_voice.values()).flatten();
        nodes.filter(|node| self.epoch_of_node(node, standings).is_some())
    }

    pub(crate) fn has_endings(&self) -> bool {
        !self.revoked.is_empty() || !self.succeeded.is_empty()
    }

    pub(crate) fn has_endings_of(&self, organisation: &OrganisationId) -> bool {
        has_any_of(&self.revoked, organisation) || has_any_of(&self.succeeded, organisation)
    }

    /// Every writer of which a statement says that it is an organisation's.
    pub(crate) fn of(&self, organisation: &OrganisationId) -> impl Iterator<Item = WriterId> {
        let (first, organisation) = ((*organisation, WriterId([0; 32])), *organisation);
        let certified = self.certified.from(first).map(|(speaker, _)| *speaker);
        let certified = certified.take_while(move |(of, _)| *of == organisation);
        certified.map(|(_, writer)| writer)
    }

    /// Whether something ended a writer.
    pub(crate) fn is_ended(&self, organisation: &OrganisationId, writer: &WriterId, standings: &Standings) -> bool {
        self.endings_of(organisation, writer, standings).next().is_some()
            || self.has_void_alone(organisation, writer, standings)
    }

    /// Writers that something ended, of all organisations.
    pub(crate) fn ended(&self, standings: &Standings) -> BTreeSet<Speaker> {
        let of = |((organisation, _), writers): (&Speaker, &BTreeSet<WriterId>)| {
            let organisation = *organisation;
            let speakers = writers.iter().map(move |writer| (organisation, *writer));
            speakers.collect::<Vec<_>>()
        };
        let successors = self.successors.iter().flat_map(of);
        let named = self.revoked.keys().chain(self.succeeded.keys()).copied();
        let named = named.chain(successors);
        named
            .filter(|(organisation, writer)| self.is_ended(organisation, writer, standings))
            .collect()
    }

    /// Where a log ends by what its own organisation said of its writer.
    pub(crate) fn end_of(&self, log: &LogName, organisation: &OrganisationId, standings: &Standings) -> Option<LogEnd> {
        if !self.has_endings_of(organisation) {
            return None;
        }
        let endings = self.endings_of(organisation, &log.writer, standings);
        let ended = endings.map(|cuts| cuts.end_of(log).unwrap_or(LogEnd::NOTHING)).min();
        let void = || {
            self.has_void_alone(organisation, &log.writer, standings)
                .then_some(LogEnd::NOTHING)
        };
        ended.or_else(void)
    }

    /// The endings that count: behind each stands the key that signs for the organisation now, or the successor of a
    /// certificate that it signed. What an earlier key said lapses with it: whoever has stolen that key could else take back
    /// all that was ever written, and a new key would mend nothing. Where the logs of that time end, its act says. Beside a
    /// revocation no succession counts.
    fn endings_of<'a>(
        &'a self,
        organisation: &OrganisationId,
        writer: &WriterId,
        standings: &'a Standings,
    ) -> impl Iterator<Item = &'a Cuts> {
        let speaker = (*organisation, *writer);
        let newest = standings.newest_key(organisation);
        let revoked = self.revoked.get(&speaker).and_then(|by_key| by_key.get(&newest));
        let succeeded = self.succeeded.get(&speaker).filter(|_| revoked.is_none());
        let voices = (0..=standings.epochs(organisation).len()).filter_map({
            let organisation = *organisation;
            move |number| standings.voice(&organisation, number).filter(|(_, key)| *key == newest)
        });
        let succeeded = voices.filter_map(move |voice| succeeded.and_then(|by_voice| by_voice.get(&voice)));
        revoked.into_iter().chain(succeeded)
    }
}

/// Notes where somebody ends a writer's logs. Whether that was new.
fn note_end<K: Ord>(held: &mut BTreeMap<K, Cuts>, by: K, cuts: &Cuts) -> bool {
    if let Some(held) = held.get_mut(&by) {
        return held.narrow(cuts);
    }
    held.insert(by, cuts.clone());
    true
}

fn has_any_of<T: Clone>(held: &Shards<Speaker, T>, organisation: &OrganisationId) -> bool {
    let first = (*organisation, WriterId([0; 32]));
    let next = held.from(first).next();
    next.is_some_and(|((of, _), _)| of == organisation)
}

pub(crate) fn voice_of(node: &CertifiedNode) -> Voice {
    (node.standing, node.signing_key())
}

/// Number of the epoch to which a certificate belongs; `None` when it does not count: the act that it cites is not in
/// force or took the organisation off the roster, or the key that signed it is not that epoch's.
pub(crate) fn epoch_of_voice(organisation: &OrganisationId, voice: &Voice, standings: &Standings) -> Option<usize> {
    let number = standings.number(organisation, voice.0)?;
    standings
        .voice(organisation, number)
        .filter(|of_epoch| of_epoch == voice)
        .map(|_| number)
}
