//! The roster as the rules say it: everything drawn anew from the set of records, in the plainest way.

use std::collections::{BTreeMap, BTreeSet};

use super::read::{Read, Said};
use alliance_record::{
    Act, ActId, ActOf, AllianceId, CertifiedNode, Charter, CharterVersion, Cuts, LogEnd, LogName, Marking,
    OrganisationId, RecordId, StandingTo, WriterId,
};

/// A standing act in force.
#[derive(Debug, Clone, PartialEq)]
struct Epoch {
    act: ActId,
    to: StandingTo,
    key: OrganisationId,
    /// Removals in one place are in force together.
    acts: BTreeMap<ActId, Cuts>,
}

impl Epoch {
    fn is_good(&self) -> bool {
        matches!(self.to, StandingTo::Reinstated | StandingTo::Rekeyed)
    }
}

/// The rules over a set of records.
pub(crate) struct Reference<'a> {
    records: Vec<&'a Read>,
    versions: Vec<(CharterVersion, Charter, BTreeSet<ActId>)>,
    epochs: BTreeMap<OrganisationId, Vec<Epoch>>,
}

impl<'a> Reference<'a> {
    pub(crate) fn of(alliance: &AllianceId, records: Vec<&'a Read>) -> Self {
        let mut reference = Self {
            records,
            versions: Vec::new(),
            epochs: BTreeMap::new(),
        };
        reference.follow_charters(alliance);
        reference.follow_standings();
        reference
    }

    fn acts(&self) -> BTreeMap<ActId, &'a Act> {
        let acts = self.records.iter().filter_map(|record| match &record.said {
            Said::Act(id, act) => Some((*id, &**act)),
            _ => None,
        });
        acts.collect()
    }

    fn is_complete(&self, act: ActId, charter: &Charter) -> bool {
        let by = self.records.iter().filter_map(|record| match &record.said {
            Said::Word(word) if word.act == act && word.approves => Some(word.steward),
            _ => None,
        });
        let stewards: BTreeSet<_> = by.filter(|key| charter.steward_keys.contains(key)).collect();
        stewards.len() >= charter.threshold as usize
    }

    fn follow_charters(&mut self, alliance: &AllianceId) {
        let founding = self.records.iter().find_map(|record| match &record.said {
            Said::Charter(charter) => Some(charter.clone()),
            _ => None,
        });
        let Some(founding) = founding else { return };
        let mut newest = ((*alliance).into(), founding, BTreeSet::new());
        loop {
            let acts = self.acts().into_iter();
            let next = acts.filter_map(|(id, act)| match &act.what {
                ActOf::Amend { charter, carries, .. } if act.charter == newest.0 && self.is_complete(id, &newest.1) => {
                    Some((id.into(), (**charter).clone(), carries.clone()))
                }
                _ => None,
            });
            // By id, so the smallest comes first.
            let next = next.collect::<Vec<_>>().into_iter().next();
            self.versions.push(newest);
            match next {
                Some(next) => newest = next,
                None => return,
            }
        }
    }

    fn act_counts(&self, id: ActId, act: &Act) -> bool {
        let index = self.versions.iter().position(|version| version.0 == act.charter);
        index.is_some_and(|index| {
            let next = self.versions.get(index + 1);
            let is_carried = next.is_none_or(|next| next.2.contains(&id));
            is_carried && self.is_complete(id, &self.versions[index].1)
        })
    }

    fn follow_standings(&mut self) {
        for act in self.acts().values() {
            if let ActOf::Standing { organisation, .. } = &act.what {
                let epochs = self.chain_of(organisation);
                self.epochs.insert(*organisation, epochs);
            }
        }
    }

    fn chain_of(&self, of: &OrganisationId) -> Vec<Epoch> {
        let mut chain: Vec<Epoch> = Vec::new();
        loop {
            let key = chain.last().map_or(*of, |epoch| epoch.key);
            let follows = |act: &Act| match (act.previous, chain.last()) {
                (None, None) => true,
                (Some(previous), Some(last)) => last.acts.contains_key(&previous),
                _ => false,
            };
            let away = [StandingTo::Suspended, StandingTo::Removed];
            let is_away = chain.last().is_some_and(|epoch| away.contains(&epoch.to));
            let acts = self.acts().into_iter();
            let mut next: Vec<Epoch> = acts
                .filter(|(id, act)| follows(act) && self.act_counts(*id, act))
                .filter_map(|(id, act)| self.change(of, id, act, key))
                .filter(|epoch| !is_away || epoch.to != StandingTo::Rekeyed)
                .collect();
            next.sort_by_key(|epoch| (std::cmp::Reverse(epoch.to), epoch.act));
            let Some(mut first) = next.first().cloned() else {
                return chain;
            };
            if first.to == StandingTo::Removed {
                let removals = next.iter().filter(|epoch| epoch.to == StandingTo::Removed);
                first.acts = removals.flat_map(|epoch| epoch.acts.clone()).collect();
            }
            chain.push(first);
        }
    }

    fn change(&self, of: &OrganisationId, id: ActId, act: &Act, before: OrganisationId) -> Option<Epoch> {
        let ActOf::Standing {
            organisation,
            to,
            cuts,
            key,
        } = &act.what
        else {
            return None;
        };
        let version = self.versions.iter().find(|version| version.0 == act.charter)?;
        let is_spared = version.1.stewards.contains(of) && *to != StandingTo::Rekeyed;
        (organisation == of && !is_spared).then(|| Epoch {
            act: id,
            to: *to,
            key: key.unwrap_or(before),
            acts: BTreeMap::from([(id, cuts.clone())]),
        })
    }

    pub(crate) fn versions(&self) -> Vec<CharterVersion> {
        self.versions.iter().map(|version| version.0).collect()
    }

    pub(crate) fn newest_acts(&self) -> Vec<(OrganisationId, ActId, OrganisationId)> {
        let newest = self.epochs.iter();
        newest
            .filter_map(|(of, chain)| chain.last().map(|epoch| (*of, epoch.act, epoch.key)))
            .collect()
    }

    /// The acts that mark a record, with the record's organisation, and no counting act takes back.
    pub(crate) fn marks(&self) -> BTreeSet<(RecordId, OrganisationId, ActId)> {
        let counts = |(id, act): &(ActId, &Act)| {
            let version = self.versions.iter().find(|version| version.0 == act.charter);
            version.is_some_and(|version| self.is_complete(*id, &version.1))
        };
        let (mut marks, mut lifted) = (BTreeSet::new(), BTreeSet::new());
        for (id, act) in self.acts().into_iter().filter(counts) {
            let ActOf::Mark {
                record,
                organisation,
                says,
            } = &act.what
            else {
                continue;
            };
            match says {
                Marking::Notice { .. } => marks.insert((*record, *organisation, id)),
                Marking::Lifting(mark) => lifted.insert((*record, *organisation, *mark)),
            };
        }
        marks.difference(&lifted).copied().collect()
    }

    fn chain(&self, of: &OrganisationId) -> &[Epoch] {
        self.epochs.get(of).map_or(&[], Vec::as_slice)
    }

    fn newest_key(&self, of: &OrganisationId) -> OrganisationId {
        self.chain(of).last().map_or(*of, |epoch| epoch.key)
    }

    /// In which epoch a certificate counts.
    fn epoch_of(&self, node: &CertifiedNode) -> Option<usize> {
        let chain = self.chain(&node.organisation);
        let Some(act) = node.standing else {
            return (node.signing_key() == node.organisation).then_some(0);
        };
        let place = chain.iter().position(|epoch| epoch.acts.contains_key(&act))?;
        (chain[place].is_good() && chain[place].key == node.signing_key()).then_some(place + 1)
    }

    fn last_epoch(&self, writer: &WriterId, of: &OrganisationId) -> Option<usize> {
        let nodes = self.records.iter().filter_map(|record| match &record.said {
            Said::Certificate(node) => Some(node.clone()),
            Said::Succession(said) => {
                let before = said.predecessor.node();
                let is_void = self.is_revoked(&before.writer, &before.organisation);
                (said.cuts.is_some() && !is_void).then(|| said.node())
            }
            _ => None,
        });
        let nodes = nodes.filter(|node| node.writer == *writer && node.organisation == *of);
        nodes.filter_map(|node| self.epoch_of(&node)).max()
    }

    /// Whether an organisation's key of today revokes a writer.
    fn is_revoked(&self, writer: &WriterId, of: &OrganisationId) -> bool {
        let newest = self.newest_key(of);
        self.records.iter().any(|record| match &record.said {
            Said::Revocation(said) => said.organisation == *of && said.writer == *writer && said.key == newest,
            _ => false,
        })
    }

    /// Whether nothing certifies a writer but successions of writers that were revoked.
    fn is_void(&self, writer: &WriterId, of: &OrganisationId) -> bool {
        let of_revoked = self.records.iter().any(|record| match &record.said {
            Said::Succession(said) => {
                let before = said.predecessor.node();
                let is_its = said.cuts.is_some() && said.writer == *writer && before.organisation == *of;
                is_its && self.is_revoked(&before.writer, of)
            }
            _ => false,
        });
        of_revoked && self.last_epoch(writer, of).is_none()
    }

    /// What an organisation said to end a writer, as far as its key of today stands behind it.
    fn endings(&self, writer: &WriterId, of: &OrganisationId) -> Vec<&'a Cuts> {
        let newest = self.newest_key(of);
        let endings = self.records.iter().filter_map(|record| match &record.said {
            Said::Revocation(said) => {
                let is_its = said.organisation == *of && said.writer == *writer && said.key == newest;
                is_its.then_some(&said.cuts)
            }
            Said::Succession(said) => {
                let node = said.predecessor.node();
                let is_its = node.organisation == *of && node.writer == *writer && node.signing_key() == newest;
                let is_void = self.is_revoked(writer, of);
                said.cuts
                    .as_ref()
                    .filter(|_| is_its && !is_void && self.epoch_of(node).is_some())
            }
            _ => None,
        });
        endings.collect()
    }

    pub(crate) fn end_of(&self, log: &LogName, of: &OrganisationId) -> Option<LogEnd> {
        let mut ends = Vec::new();
        let founded = self.is_founding(&log.writer, of).then_some(0);
        let last = self.last_epoch(&log.writer, of).or(founded);
        for (place, epoch) in self.chain(of).iter().enumerate() {
            for cuts in epoch.acts.values() {
                match cuts.end_of(log) {
                    Some(end) => ends.push(end),
                    None if Some(place) == last => ends.push(LogEnd::NOTHING),
                    None => {}
                }
            }
        }
        for cuts in self.endings(&log.writer, of) {
            ends.push(cuts.end_of(log).unwrap_or(LogEnd::NOTHING));
        }
        if self.is_void(&log.writer, of) {
            ends.push(LogEnd::NOTHING);
        }
        ends.into_iter().min()
    }

    pub(crate) fn ended_writers(&self) -> BTreeSet<(OrganisationId, WriterId)> {
        let named = self.records.iter().filter_map(|record| match &record.said {
            Said::Revocation(said) => Some(vec![(said.organisation, said.writer)]),
            Said::Succession(said) => {
                let node = said.predecessor.node();
                Some(vec![(node.organisation, node.writer), (node.organisation, said.writer)])
            }
            _ => None,
        });
        named
            .flatten()
            .filter(|(of, writer)| !self.endings(writer, of).is_empty() || self.is_void(writer, of))
            .collect()
    }

    fn is_founding(&self, writer: &WriterId, of: &OrganisationId) -> bool {
        let founding = self.versions.first();
        founding.is_some_and(|(_, charter, _)| charter.founding_writer == *writer && charter.stewards.contains(of))
    }

    fn counts(&self, record: &Read) -> bool {
        let is_founding = self.is_founding(&record.log.writer, &record.organisation);
        let is_certified = self.last_epoch(&record.log.writer, &record.organisation).is_some();
        let end = self.end_of(&record.log, &record.organisation);
        (is_founding || is_certified) && end.is_none_or(|end| record.sequence < end.next)
    }

    fn roots(&self) -> BTreeSet<OrganisationId> {
        let founders = self.versions.first().map(|(_, charter, _)| charter.stewards.clone());
        let mut roots: BTreeSet<_> = founders.unwrap_or_default().into_iter().collect();
        for (of, chain) in &self.epochs {
            if chain.iter().any(|epoch| epoch.to == StandingTo::Reinstated) {
                roots.insert(*of);
            }
        }
        roots
    }

    fn may_admit(&self, of: &OrganisationId) -> bool {
        let mut versions = self.versions.iter();
        versions.any(|(_, charter, _)| charter.any_member_admits || charter.stewards.contains(of))
    }

    /// Everybody who was ever let in, each with its inviter, one level of invitations after another.
    pub(crate) fn let_in(&self) -> BTreeMap<OrganisationId, Option<OrganisationId>> {
        let admissions = self.records.iter().filter_map(|record| match &record.said {
            Said::Admission(admitted) => Some((*record, *admitted)),
            _ => None,
        });
        let counting = admissions.filter(|(record, _)| self.may_admit(&record.organisation) && self.counts(record));
        let mut counting: Vec<_> = counting.collect();
        counting.sort_by_key(|(record, _)| record.id);
        let mut let_in: BTreeMap<_, _> = self.roots().into_iter().map(|root| (root, None)).collect();
        loop {
            let before = let_in.clone();
            for (record, admitted) in &counting {
                if before.contains_key(&record.organisation) && !let_in.contains_key(admitted) {
                    let_in.insert(*admitted, Some(record.organisation));
                }
            }
            if let_in.len() == before.len() {
                return let_in;
            }
        }
    }

    pub(crate) fn is_good(&self, of: &OrganisationId) -> bool {
        self.chain(of).last().is_none_or(Epoch::is_good)
    }

    pub(crate) fn profile(&self, of: &OrganisationId) -> Option<String> {
        let said = self.records.iter().filter_map(|record| match &record.said {
            Said::Profile(name) if record.organisation == *of && self.counts(record) => {
                Some((record.claimed_at_ms, record.id, name.clone()))
            }
            _ => None,
        });
        said.max().map(|(_, _, name)| name)
    }

    pub(crate) fn logs(&self) -> BTreeSet<(LogName, OrganisationId)> {
        let logs = self.records.iter();
        logs.map(|record| (record.log.clone(), record.organisation)).collect()
    }
}
