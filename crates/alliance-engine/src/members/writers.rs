//! Which nodes speak for which organisation: certificates and successions, and what ends them. Owns what the statements
//! say; asks the standing of organisations which of them count.

use std::collections::{BTreeMap, BTreeSet};

use alliance_record::{
    Certificate, CertifiedNode, Cuts, LogEnd, LogName, OrganisationId, Revocation, Succession, WriterId,
};

use crate::members::standing::Standings;

/// Whose writer.
type Speaker = (OrganisationId, WriterId);

/// What ends a writer's logs.
#[derive(Debug, Clone, PartialEq)]
struct Ending {
    /// The key that signed, where the organisation ended it.
    by: Option<OrganisationId>,
    /// The certificate that was succeeded, where its successor ended it.
    succeeded: Option<CertifiedNode>,
    cuts: Cuts,
}

/// Certificates and what ends them. All of it only grows.
#[derive(Debug, Clone, Default)]
pub(crate) struct Writers {
    certified: BTreeMap<Speaker, Vec<CertifiedNode>>,
    endings: BTreeMap<Speaker, Vec<Ending>>,
}

impl Writers {
    /// Takes a certificate. Whether it said anything new.
    pub(crate) fn certify(&mut self, certificate: &Certificate) -> bool {
        self.add(certificate.node().clone())
    }

    fn add(&mut self, node: CertifiedNode) -> bool {
        let held = self.certified.entry((node.organisation, node.writer)).or_default();
        let is_new = !held.contains(&node);
        if is_new {
            held.push(node);
        }
        is_new
    }

    /// Takes a revocation. Whether it said anything new.
    pub(crate) fn revoke(&mut self, revocation: Revocation) -> bool {
        let ending = Ending {
            by: Some(revocation.key),
            succeeded: None,
            cuts: revocation.cuts,
        };
        self.end((revocation.organisation, revocation.writer), ending)
    }

    /// Takes a succession with its cuts: the next writer is certified as its predecessor was, and that one ends.
    pub(crate) fn succeed(&mut self, succession: &Succession) -> bool {
        let Some(cuts) = succession.cuts.clone() else {
            return false;
        };
        let before = succession.predecessor.node();
        let ending = Ending {
            by: None,
            succeeded: Some(before.clone()),
            cuts,
        };
        self.end((before.organisation, before.writer), ending) | self.add(succession.node())
    }

    fn end(&mut self, speaker: Speaker, ending: Ending) -> bool {
        let held = self.endings.entry(speaker).or_default();
        let is_new = !held.contains(&ending);
        if is_new {
            held.push(ending);
        }
        is_new
    }

    /// Number of the last epoch in which a writer was certified for an organisation.
    pub(crate) fn epoch_of(
        &self,
        organisation: &OrganisationId,
        writer: &WriterId,
        standings: &Standings,
    ) -> Option<usize> {
        let held = self.certified.get(&(*organisation, *writer))?;
        held.iter().filter_map(|node| epoch_of_node(node, standings)).max()
    }

    /// What counts of a writer's certificates in the last epoch that certified it.
    pub(crate) fn nodes_of<'a>(
        &'a self,
        organisation: &OrganisationId,
        standings: &'a Standings,
    ) -> impl Iterator<Item = &'a CertifiedNode> {
        let first = (*organisation, WriterId([0; 32]));
        let organisation = *organisation;
        let held = self
            .certified
            .range(first..)
            .take_while(move |((of, _), _)| *of == organisation);
        held.flat_map(|(_, nodes)| nodes)
            .filter(|node| epoch_of_node(node, standings).is_some())
    }

    pub(crate) fn has_endings(&self) -> bool {
        !self.endings.is_empty()
    }

    pub(crate) fn has_endings_of(&self, organisation: &OrganisationId) -> bool {
        let first = (*organisation, WriterId([0; 32]));
        let next = self.endings.range(first..).next();
        next.is_some_and(|((of, _), _)| of == organisation)
    }

    /// Every writer of which a statement says that it is an organisation's.
    pub(crate) fn of(&self, organisation: &OrganisationId) -> impl Iterator<Item = WriterId> {
        let (first, organisation) = ((*organisation, WriterId([0; 32])), *organisation);
        let certified = self.certified.range(first..).map(|(speaker, _)| *speaker);
        let certified = certified.take_while(move |(of, _)| *of == organisation);
        certified.map(|(_, writer)| writer)
    }

    /// Whether something ended a writer.
    pub(crate) fn is_ended(&self, organisation: &OrganisationId, writer: &WriterId, standings: &Standings) -> bool {
        self.endings_of(organisation, writer, standings).next().is_some()
    }

    /// Writers that something ended, of all organisations.
    pub(crate) fn ended(&self, standings: &Standings) -> BTreeSet<Speaker> {
        let speakers = self.endings.keys();
        speakers
            .filter(|(organisation, writer)| self.is_ended(organisation, writer, standings))
            .copied()
            .collect()
    }

    /// Where a log ends by what its own organisation said of its writer.
    pub(crate) fn end_of(&self, log: &LogName, organisation: &OrganisationId, standings: &Standings) -> Option<LogEnd> {
        let endings = self.endings_of(organisation, &log.writer, standings);
        endings
            .map(|ending| ending.cuts.end_of(log).unwrap_or(LogEnd::NOTHING))
            .min()
    }

    /// The endings that count: signed by the key of an epoch in which the writer was certified, or of a later one; or by
    /// the successor of a certificate that counts.
    fn endings_of<'a>(
        &'a self,
        organisation: &OrganisationId,
        writer: &WriterId,
        standings: &'a Standings,
    ) -> impl Iterator<Item = &'a Ending> {
        let speaker = (*organisation, *writer);
        let held = self.endings.get(&speaker).into_iter().flatten();
        let since = match self.endings.contains_key(&speaker) {
            true => self.epoch_of(organisation, writer, standings).unwrap_or(0),
            false => 0,
        };
        held.filter(move |ending| match (&ending.by, &ending.succeeded) {
            (Some(key), _) => {
                let epochs = standings.epochs(&speaker.0).len();
                (since..=epochs).any(|number| standings.key(&speaker.0, number) == Some(*key))
            }
            (None, Some(node)) => epoch_of_node(node, standings).is_some(),
            (None, None) => false,
        })
    }
}

/// Number of the epoch to which a certificate belongs; `None` when it does not count: the act that it cites is not in
/// force, or the key that signed it is not that epoch's.
pub(crate) fn epoch_of_node(node: &CertifiedNode, standings: &Standings) -> Option<usize> {
    let number = standings.number(&node.organisation, node.standing)?;
    (standings.key(&node.organisation, number) == Some(node.signing_key())).then_some(number)
}
