//! Acts as they are shown: where each stands, who approves it, and who approves what contradicts it.

use std::collections::BTreeMap;

use alliance_record::{Act, ActId, ActOf, CharterVersion, OrganisationId, StandingTo};

use crate::members::Members;
use crate::members::charters::{Proposed, Word};

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

/// What rivals have in common: of them one alone can be in force.
type Contest = (Option<OrganisationId>, CharterVersion, Option<ActId>);

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
        let words = self.law.charters.words(&id).filter(|(key, _)| keys.contains(key));
        ActShown {
            id,
            act,
            proposed: self.law.charters.proposed(&id),
            state: self.state_of(&id, act),
            words: words.map(|(key, word)| (*key, word.clone())).collect(),
            needed: version.map_or(0, |version| version.charter.threshold),
        }
    }

    fn state_of(&self, id: &ActId, act: &Act) -> ActState {
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
                if epochs.iter().any(|epoch| epoch.act == *id) {
                    ActState::InForce
                } else if act.previous != epochs.last().map(|epoch| epoch.act) {
                    ActState::Outrun
                } else if charters.is_open(id, index) {
                    ActState::Open
                } else {
                    ActState::Lapsed
                }
            }
        }
    }

    /// Stewards who approved acts of which one alone can be in force, with those acts.
    #[must_use]
    pub fn double_approvals(&self) -> Vec<(OrganisationId, Vec<ActId>)> {
        let mut approved: BTreeMap<(Contest, OrganisationId), Vec<ActId>> = BTreeMap::new();
        for (id, act) in self.law.charters.acts() {
            let Some((_, version)) = self.law.charters.version(&act.charter) else {
                continue;
            };
            for key in self.law.charters.approvals(id, version) {
                approved.entry((contest_of(act), *key)).or_default().push(*id);
            }
        }
        let twice = approved.into_iter().filter(|(_, acts)| acts.len() > 1);
        twice.map(|((_, key), acts)| (key, acts)).collect()
    }

    /// Acts that contradict one: of which one alone can be in force.
    pub fn rivals<'a>(&'a self, act: &'a Act) -> impl Iterator<Item = ActId> + 'a {
        let contest = contest_of(act);
        let others = self.law.charters.acts();
        others
            .filter(move |(_, other)| contest_of(other) == contest && *other != act)
            .map(|(id, _)| *id)
    }

    /// Acts under the newest charter, and those that it carries on, that a key approved: what a later charter has to
    /// carry so that its owner may approve it.
    #[must_use]
    pub fn approved_by(&self, key: &OrganisationId) -> Vec<ActId> {
        let acts = self.law.charters.acts();
        acts.filter(|(id, act)| {
            let is_standing = matches!(act.what, ActOf::Standing { .. });
            is_standing && self.law.charters.words(id).any(|(by, word)| by == key && word.approves)
        })
        .map(|(id, _)| *id)
        .collect()
    }

    /// Acts under the newest charter that an amendment of it has to carry on: those that somebody approves and that no
    /// rival has outrun.
    #[must_use]
    pub fn to_carry(&self) -> Vec<ActId> {
        let Some(newest) = self.law.charters.newest() else {
            return Vec::new();
        };
        let acts = self.law.charters.acts();
        acts.filter(|(id, act)| {
            act.charter == newest.id
                && matches!(act.what, ActOf::Standing { .. })
                && self.law.charters.words(id).any(|(_, word)| word.approves)
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

fn contest_of(act: &Act) -> Contest {
    match &act.what {
        ActOf::Amend { .. } => (None, act.charter, None),
        // Rivals under two charters are rivals all the same: the charter is no part of what they contest.
        ActOf::Standing { organisation, .. } => (Some(*organisation), CharterVersion([0; 32]), act.previous),
    }
}
