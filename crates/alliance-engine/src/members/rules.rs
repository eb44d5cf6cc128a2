//! What an honest steward approves. While fewer than 2k - n stewards do otherwise, an act that enough of them approved is
//! not dropped by a later charter, and nobody who was removed comes back unless k stewards take it in: two acts of one
//! charter that are both complete share 2k - n stewards, of whom each would have broken a rule.
//!
//! Judges by what this node holds: whoever approves with one key on two nodes must let each hear of the other first.

use std::collections::BTreeSet;

use alliance_record::{Act, ActId, ActOf, OrganisationId, StandingTo};

use crate::members::Members;
use crate::members::acts::{ActState, contest_of};

/// Why a steward does not approve an act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhyNot {
    /// The act is not known, or the charter under which it is made is not.
    Unknown,
    /// The charter under which it is made names no such key.
    NotSteward,
    /// It cannot come into force any more: a rival is, or it follows an act that is not.
    Outrun,
    /// A later charter is in force that does not carry it on.
    Lapsed,
    /// The same key approved a rival: of both one alone can be in force.
    Rival(ActId),
    /// An amendment that leaves out an act that the same key approved under the same charter.
    Drops(ActId),
    /// The same key approved an amendment that does not carry this act on.
    LeftBehind(ActId),
    /// An act under an earlier charter that is carried on contests the same place, and may yet be completed.
    Carried(ActId),
}

impl Members {
    /// Whether a steward may approve an act with its key.
    ///
    /// # Errors
    /// [`WhyNot`] names the rule, and the act that stands against it.
    pub fn may_approve(&self, key: &OrganisationId, id: &ActId) -> Result<(), WhyNot> {
        let act = self.law.charters.act(id).ok_or(WhyNot::Unknown)?;
        let (_, version) = self.law.charters.version(&act.charter).ok_or(WhyNot::Unknown)?;
        if !version.charter.steward_keys.contains(key) {
            return Err(WhyNot::NotSteward);
        }
        match self.state_of(id, act) {
            ActState::Open | ActState::InForce => {}
            ActState::Outrun => return Err(WhyNot::Outrun),
            ActState::Lapsed => return Err(WhyNot::Lapsed),
            ActState::Unknown => return Err(WhyNot::Unknown),
        }
        self.no_rival(key, id, act)?;
        match &act.what {
            ActOf::Amend { carries, .. } => self.drops_none(key, act, carries),
            ActOf::Standing { to, .. } => {
                self.not_left_behind(key, id, act)?;
                self.not_carried(id, act, *to)
            }
        }
    }

    /// Never two rivals. One that lapsed is none any more: what a charter dropped is decided anew.
    fn no_rival(&self, key: &OrganisationId, id: &ActId, act: &Act) -> Result<(), WhyNot> {
        let contest = contest_of(act);
        let rival = self.approved_acts(key).find(|(other, what)| {
            let version = self.law.charters.version(&what.charter);
            let is_open = version.is_some_and(|(index, _)| self.law.charters.is_open(other, index));
            *other != id && contest_of(what) == contest && (is_open || what.charter == act.charter)
        });
        rival.map_or(Ok(()), |(other, _)| Err(WhyNot::Rival(*other)))
    }

    /// Never an amendment that leaves out what one approved under the charter that it amends.
    fn drops_none(&self, key: &OrganisationId, act: &Act, carries: &BTreeSet<ActId>) -> Result<(), WhyNot> {
        let mut approved = self
            .approved_acts(key)
            .filter(|(_, other)| other.charter == act.charter && matches!(other.what, ActOf::Standing { .. }));
        let dropped = approved.find(|(other, _)| !carries.contains(other));
        dropped.map_or(Ok(()), |(other, _)| Err(WhyNot::Drops(*other)))
    }

    /// Never, after one approved an amendment, what that amendment leaves out.
    fn not_left_behind(&self, key: &OrganisationId, id: &ActId, act: &Act) -> Result<(), WhyNot> {
        let amendment = self.approved_acts(key).find(|(_, other)| {
            let leaves_out = matches!(&other.what, ActOf::Amend { carries, .. } if !carries.contains(id));
            other.charter == act.charter && leaves_out
        });
        amendment.map_or(Ok(()), |(other, _)| Err(WhyNot::LeftBehind(*other)))
    }

    /// Never in the place of an act of an earlier charter that is carried on and not yet complete: stewards who have left
    /// may complete it, none of whom need be one of today's, and all that was built on the other would fall. A removal is
    /// let through: nothing but another removal takes its place.
    fn not_carried(&self, id: &ActId, act: &Act, to: StandingTo) -> Result<(), WhyNot> {
        let charters = &self.law.charters;
        if to == StandingTo::Removed {
            return Ok(());
        }
        let contest = contest_of(act);
        let held = charters.acts().find(|(other, what)| {
            let earlier = charters.version(&what.charter).zip(charters.version(&act.charter));
            let is_held =
                earlier.is_some_and(|(other_at, at)| other_at.0 < at.0 && charters.is_open(other, other_at.0));
            *other != id && is_held && contest_of(what) == contest
        });
        held.map_or(Ok(()), |(other, _)| Err(WhyNot::Carried(*other)))
    }

    /// The acts that a key approved, whatever became of them.
    fn approved_acts<'a>(&'a self, key: &'a OrganisationId) -> impl Iterator<Item = (&'a ActId, &'a Act)> {
        let charters = &self.law.charters;
        let approves = move |id: &ActId| charters.words(id).any(|(by, word)| by == key && word.approves);
        charters.acts().filter(move |(id, _)| approves(id))
    }
}
