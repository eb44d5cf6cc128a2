//! What became of each organisation by acts: a chain of standing acts, each of which begins an epoch with keys and
//! writers of its own. Never judges whether an act counts.

use std::collections::{BTreeMap, BTreeSet};

use alliance_record::{ActId, ActOf, Cuts, LogEnd, LogName, OrganisationId, StandingTo, WriterId};

use crate::members::charters::Charters;

/// A standing act in force, and the time that it begins. Removals in one place are in force together: none is undone because
/// another is completed later.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Epoch {
    /// The act; of several the one with the smallest id.
    pub(crate) act: ActId,
    /// To what.
    pub(crate) to: StandingTo,
    /// The key that signs for the organisation from here on.
    pub(crate) key: OrganisationId,
    /// All of them, each with where the logs of earlier epochs end by it.
    acts: BTreeMap<ActId, Cuts>,
}

impl Epoch {
    /// Whether the organisation is on the roster meanwhile.
    const fn is_good(&self) -> bool {
        matches!(self.to, StandingTo::Reinstated | StandingTo::Rekeyed)
    }

    /// The acts in force together.
    pub(crate) fn acts(&self) -> impl Iterator<Item = &ActId> {
        self.acts.keys()
    }

    /// Whether an act that names this one as the one before it follows here.
    pub(crate) fn has(&self, act: &ActId) -> bool {
        self.acts.contains_key(act)
    }
}

/// Who stands behind a certificate: the act of whose epoch it says to be, and the key that signed it.
pub(crate) type Voice = (Option<ActId>, OrganisationId);

/// The standing of every organisation on which an act was made.
#[derive(Debug, Clone, Default)]
pub(crate) struct Standings {
    made_on: BTreeMap<OrganisationId, BTreeSet<ActId>>,
    epochs: BTreeMap<OrganisationId, Vec<Epoch>>,
}

impl Standings {
    /// Notes an act on an organisation.
    pub(crate) fn note(&mut self, organisation: OrganisationId, act: ActId) {
        self.made_on.entry(organisation).or_default().insert(act);
    }

    /// Organisations on which acts were made, whether these count or not.
    pub(crate) fn concerned(&self) -> Vec<OrganisationId> {
        self.made_on.keys().copied().collect()
    }

    /// Follows the acts on an organisation again from the first. Whether they changed.
    pub(crate) fn follow(&mut self, organisation: &OrganisationId, charters: &Charters) -> bool {
        let mut epochs: Vec<Epoch> = Vec::new();
        while let Some(next) = self.next(organisation, epochs.last(), charters) {
            epochs.push(next);
        }
        let held = self.epochs.get(organisation).map_or(&[][..], Vec::as_slice);
        let changed = held != epochs;
        if changed {
            self.epochs.insert(*organisation, epochs);
        }
        changed
    }

    /// Of the acts that count and follow the newest epoch: the harshest, and of these the one with the smallest id; of
    /// removals all.
    fn next(&self, organisation: &OrganisationId, newest: Option<&Epoch>, charters: &Charters) -> Option<Epoch> {
        let made = self.made_on.get(organisation)?.iter();
        let key = newest.map_or(*organisation, |epoch| epoch.key);
        let rivals = made.filter_map(|id| {
            let act = charters.act(id).filter(|act| follows(act.previous, newest))?;
            let ActOf::Standing {
                to, cuts, key: next, ..
            } = &act.what
            else {
                return None;
            };
            // A steward is first left out of a later charter: whose approvals count must not hang on who was removed.
            let (_, version) = charters.version(&act.charter)?;
            let is_spared = *to != StandingTo::Rekeyed && version.charter.stewards.contains(organisation);
            // Another key brings nobody back.
            let is_void = *to == StandingTo::Rekeyed && newest.is_some_and(|epoch| !epoch.is_good());
            (!is_spared && !is_void && charters.counts(id)).then(|| Epoch {
                act: *id,
                to: *to,
                key: next.unwrap_or(key),
                acts: BTreeMap::from([(*id, cuts.clone())]),
            })
        });
        // By id, the smallest first.
        rivals.reduce(|best, mut other| {
            if best.to == StandingTo::Removed && other.to == StandingTo::Removed {
                let mut best = best;
                best.acts.append(&mut other.acts);
                return best;
            }
            if other.to > best.to { other } else { best }
        })
    }

    /// The epochs of an organisation that acts began, oldest first. Before them is the one that its admission began.
    pub(crate) fn epochs(&self, organisation: &OrganisationId) -> &[Epoch] {
        self.epochs.get(organisation).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn has_epochs(&self) -> bool {
        self.epochs.values().any(|epochs| !epochs.is_empty())
    }

    pub(crate) fn newest(&self, organisation: &OrganisationId) -> Option<&Epoch> {
        self.epochs(organisation).last()
    }

    /// Whether an organisation is on the roster as far as acts go.
    pub(crate) fn is_good(&self, organisation: &OrganisationId) -> bool {
        self.newest(organisation).is_none_or(Epoch::is_good)
    }

    /// Whether stewards took an organisation in, or back.
    pub(crate) fn is_taken_in(&self, organisation: &OrganisationId) -> bool {
        let mut epochs = self.epochs(organisation).iter();
        epochs.any(|epoch| epoch.to == StandingTo::Reinstated)
    }

    /// Whether an act that names this one as the one before it may still take its place in the chain.
    pub(crate) fn is_next(&self, organisation: &OrganisationId, previous: Option<ActId>) -> bool {
        follows(previous, self.newest(organisation))
    }

    /// Number of the epoch that a standing act begins for an organisation: 0 for none.
    pub(crate) fn number(&self, organisation: &OrganisationId, act: Option<ActId>) -> Option<usize> {
        let Some(act) = act else { return Some(0) };
        let place = self.epochs(organisation).iter().position(|epoch| epoch.has(&act));
        place.map(|place| place + 1)
    }

    /// Who certifies in the epoch of a number: nobody while the organisation is off the roster.
    pub(crate) fn voice(&self, organisation: &OrganisationId, number: usize) -> Option<Voice> {
        let Some(place) = number.checked_sub(1) else {
            return Some((None, *organisation));
        };
        let epoch = self.epochs(organisation).get(place).filter(|epoch| epoch.is_good())?;
        Some((Some(epoch.act), epoch.key))
    }

    /// The key that signs for an organisation now.
    pub(crate) fn newest_key(&self, organisation: &OrganisationId) -> OrganisationId {
        self.newest(organisation).map_or(*organisation, |epoch| epoch.key)
    }

    /// Whether some act in force names logs of a writer: up to there they count.
    pub(crate) fn spares(&self, organisation: &OrganisationId, writer: &WriterId) -> bool {
        let epochs = self.epochs(organisation).iter();
        let mut logs = epochs.flat_map(|epoch| epoch.acts.values().flat_map(Cuts::logs));
        logs.any(|(log, ..)| log.writer == *writer)
    }

    /// Where acts end a log whose writer was last certified in the epoch of this number. What is not named ends by the act
    /// that ends this epoch alone: a later one, as that by which an organisation comes back, says nothing of it.
    pub(crate) fn end_of(&self, log: &LogName, organisation: &OrganisationId, epoch: usize) -> Option<LogEnd> {
        let epochs = self.epochs(organisation).iter().enumerate();
        let ends = epochs.flat_map(|(place, acts)| {
            let unnamed = (place == epoch).then_some(LogEnd::NOTHING);
            let ends = acts.acts.values();
            ends.filter_map(move |cuts| cuts.end_of(log).or(unnamed))
        });
        ends.min()
    }
}

/// Whether an act that names this one as the one before it comes next after an epoch.
fn follows(previous: Option<ActId>, newest: Option<&Epoch>) -> bool {
    match (previous, newest) {
        (None, None) => true,
        (Some(previous), Some(newest)) => newest.has(&previous),
        _ => false,
    }
}
