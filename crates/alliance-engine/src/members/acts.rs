//! Acts as they are shown: where each stands, who approves it, and who approves what contradicts it.

use std::collections::{BTreeMap, BTreeSet};

use alliance_record::limits::CARRIED_ACTS_MAX;
use alliance_record::{Act, ActId, ActOf, CharterVersion, OrganisationId, StandingTo};

use crate::members::Members;
use crate::members::charters::{Contest, Proposed, Word, contest_of};

/// As many rivals of an act are shown.
const RIVALS_SHOWN_MAX: usize = 16;

/// Where an act stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActState {
    /// Stewards may still approve it.
    Open,
    /// It is in force, or was until the next one.
    InForce,
    /// A rival of it is in force, or it follows an act that is not.
    Outrun,
    /// A later charter is in force that does not carry it on.
    Lapsed,
    /// It marks a record, and a later act has taken it back.
    Lifted,
    /// It is made under a charter that this node does not know to be one.
    Unknown,
}

/// An act as it is shown.
#[derive(Debug, Clone)]
pub struct ActShown<'a> {
    /// Its id.
    pub id: ActId,
    /// What it says.
    pub act: &'a Act,
    /// Who proposed it first.
    pub proposed: Option<Proposed>,
    /// Where it stands.
    pub state: ActState,
    /// The stewards' words, by key. Words of others are left out.
    pub words: Vec<(OrganisationId, Word)>,
    /// How many approvals it needs; 0 when its charter is not known.
    pub needed: u32,
}

impl Members {
    /// All acts, by id.
    pub fn acts(&self) -> impl Iterator<Item = ActShown<'_>> {
        self.law.charters.acts().map(|(id, act)| self.shown_act(*id, act))
    }

    /// One act.
    #[must_use]
    pub fn act(&self, id: &ActId) -> Option<ActShown<'_>> {
        self.law.charters.act(id).map(|act| self.shown_act(*id, act))
    }

    fn shown_act<'a>(&'a self, id: ActId, act: &'a Act) -> ActShown<'a> {
        let version = self.law.charters.version(&act.charter).map(|(_, version)| version);
        let keys = version.map_or(&[][..], |version| &version.charter.steward_keys);
        let words = keys
            .iter()
            .filter_map(|key| Some((*key, self.law.charters.word(key, &id)?.clone())));
        ActShown {
            id,
            act,
            proposed: self.law.charters.proposed(&id),
            state: self.state_of(&id, act),
            words: words.collect(),
            needed: version.map_or(0, |version| version.charter.threshold),
        }
    }

    pub(crate) fn state_of(&self, id: &ActId, act: &Act) -> ActState {
        let charters = &self.law.charters;
        let Some((index, _)) = charters.version(&act.charter) else {
            return ActState::Unknown;
        };
        let next = charters.chain().get(index + 1);
        match &act.what {
            ActOf::Amend { .. } => match next {
                Some(next) if next.id == CharterVersion::from(*id) => ActState::InForce,
                Some(_) => ActState::Outrun,
                None => ActState::Open,
            },
            ActOf::Standing { organisation, .. } => {
                let epochs = self.law.standings.epochs(organisation);
                if epochs.iter().any(|epoch| epoch.has(id)) {
                    ActState::InForce
                } else if !self.law.standings.is_next(organisation, act.previous) {
                    ActState::Outrun
                } else if charters.is_open(id, index) {
                    ActState::Open
                } else {
                    ActState::Lapsed
                }
            }
            ActOf::Erase { record, organisation } => match charters.erased_by(record, organisation) {
                Some(by) if by == *id => ActState::InForce,
                Some(_) => ActState::Outrun,
                None => ActState::Open,
            },
            ActOf::Mark {
                record,
                organisation,
                says,
            } => self.state_of_marking(id, (record, organisation), says),
        }
    }

    /// Stewards who approved acts of which one alone can be in force, with those acts. An act that lapsed before another
    /// was made under a later charter has no rival in it: stewards may decide anew what a charter dropped.
    #[must_use]
    pub fn double_approvals(&self) -> Vec<(OrganisationId, Vec<ActId>)> {
        let charters = &self.law.charters;
        let mut approved: BTreeMap<(Contest, OrganisationId), Vec<(usize, ActId)>> = BTreeMap::new();
        for (id, act) in charters.acts() {
            let Some(((index, version), contest)) = charters.version(&act.charter).zip(contest_of(act)) else {
                continue;
            };
            for key in charters.approvals(id, version) {
                let acts = approved.entry((contest, *key)).or_default();
                acts.push((index, *id));
            }
        }
        let twice = approved.into_iter().filter_map(|((_, key), acts)| {
            let contradicts = |of: &(usize, ActId)| {
                let mut others = acts.iter().filter(|other| other.1 != of.1);
                others.any(|other| {
                    let earlier = of.min(other);
                    of.0 == other.0 || charters.is_open(&earlier.1, earlier.0)
                })
            };
            let acts: Vec<ActId> = acts.iter().filter(|of| contradicts(of)).map(|(_, id)| *id).collect();
            (!acts.is_empty()).then_some((key, acts))
        });
        twice.collect()
    }

    /// Acts that contradict one: of which one alone can be in force. At most 16: everybody may propose.
    pub fn rivals<'a>(&'a self, act: &'a Act) -> impl Iterator<Item = ActId> + 'a {
        let charters = &self.law.charters;
        let others = charters
            .contesting(act)
            .filter(|other| charters.act(other) != Some(act));
        others.copied().take(RIVALS_SHOWN_MAX)
    }

    /// Standing acts under the newest charter that a key of its stewards approved: what a later charter has to carry so that
    /// its owner may approve it.
    #[must_use]
    pub fn approved_by(&self, key: &OrganisationId) -> Vec<ActId> {
        self.approved_where(|by| by == key)
    }

    /// Standing acts under the newest charter that an amendment of it has to carry on: those that a steward approves. What
    /// others say of acts counts for nothing, and whoever could lengthen this list could stop every amendment.
    #[must_use]
    pub fn to_carry(&self) -> Vec<ActId> {
        self.approved_where(|_| true)
    }

    /// As [`Members::to_carry`], for an amendment that leaves these stewards out: what nobody else approves is not carried, or
    /// one of them could fill the list and stop every amendment. At most [`CARRIED_ACTS_MAX`], those with the most approvals.
    #[must_use]
    pub fn to_carry_without(&self, dropped: &BTreeSet<OrganisationId>) -> Vec<ActId> {
        let Some(newest) = self.law.charters.newest() else {
            return Vec::new();
        };
        let charter = &newest.charter;
        let keys = charter.stewards.iter().zip(&charter.steward_keys);
        let dropped: BTreeSet<_> = keys
            .filter(|(id, _)| dropped.contains(id))
            .map(|(_, key)| *key)
            .collect();
        let mut acts = self.approved_where(|by| !dropped.contains(by));
        acts.sort_by_key(|id| std::cmp::Reverse(self.law.charters.approvals(id, newest).count()));
        acts.truncate(CARRIED_ACTS_MAX);
        acts
    }

    fn approved_where(&self, by: impl Fn(&OrganisationId) -> bool) -> Vec<ActId> {
        let Some(newest) = self.law.charters.newest() else {
            return Vec::new();
        };
        let made = self.law.charters.made_under(&newest.id);
        made.filter(|(id, act)| {
            matches!(act.what, ActOf::Standing { .. }) && self.law.charters.approvals(id, newest).any(&by)
        })
        .map(|(id, _)| *id)
        .collect()
    }

    /// What acts made of an organisation; `None` when there was none.
    #[must_use]
    pub fn standing(&self, organisation: &OrganisationId) -> Option<(ActId, StandingTo)> {
        let newest = self.law.standings.newest(organisation)?;
        Some((newest.act, newest.to))
    }
}
