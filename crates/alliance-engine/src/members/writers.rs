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
    by: EndedBy,
    cuts: Cuts,
}

/// Who ended it.
#[derive(Debug, Clone, PartialEq)]
enum EndedBy {
    /// Its organisation, by this key.
    Organisation(OrganisationId),
    /// The successor that this certificate of it was committed to.
    Successor(Box<CertifiedNode>),
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
    pub(crate) fn revoke(&mut self, revocation: &Revocation) -> bool {
        let ending = Ending {
            by: EndedBy::Organisation(revocation.key),
            cuts: revocation.cuts.clone(),
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
            by: EndedBy::Successor(Box::new(before.clone())),
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

    /// The endings that count: behind each stands the key that signs for the organisation now, or the successor of a
    /// certificate that it signed. What an earlier key said lapses with it: whoever has stolen that key could else take back
    /// all that was ever written, and a new key would mend nothing. Where the logs of that time end, its act says.
    fn endings_of<'a>(
        &'a self,
        organisation: &OrganisationId,
        writer: &WriterId,
        standings: &'a Standings,
    ) -> impl Iterator<Item = &'a Ending> {
        let held = self.endings.get(&(*organisation, *writer)).into_iter().flatten();
        let newest = standings.newest_key(organisation);
        held.filter(move |ending| match &ending.by {
            EndedBy::Organisation(key) => *key == newest,
            EndedBy::Successor(of) => of.signing_key() == newest && epoch_of_node(of, standings).is_some(),
        })
    }
}

/// Number of the epoch to which a certificate belongs; `None` when it does not count: the act that it cites is not in
/// force or took the organisation off the roster, or the key that signed it is not that epoch's.
pub(crate) fn epoch_of_node(node: &CertifiedNode, standings: &Standings) -> Option<usize> {
    let number = standings.number(&node.organisation, node.standing)?;
    let is_its_key = standings.key(&node.organisation, number) == Some(node.signing_key());
    (is_its_key && standings.certifies(&node.organisation, number)).then_some(number)
}
