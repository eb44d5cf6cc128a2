//! What an honest steward approves. While fewer than 2k - n stewards do otherwise, an act that enough of them approved is
//! not dropped by a later charter, and nobody who was removed comes back unless k stewards take it in: two acts of one
//! charter that are both complete share 2k - n stewards, of whom each would have broken a rule.
//!
//! Judges by what this node holds: whoever approves with one key on two nodes must let each hear of the other first.

use std::collections::BTreeSet;

use alliance_record::{Act, ActId, ActOf, Charter, OrganisationId, StandingTo};

use crate::members::Members;
use crate::members::acts::ActState;
use crate::members::charters::{Contest, contest_of};

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
    /// It marks a record, and stewards have taken it back.
    Lifted,
    /// The same key approved a rival: of both one alone can be in force.
    Rival(ActId),
    /// An amendment that leaves out an act that the same key approved under the same charter.
    Drops(ActId),
    /// The same key approved an amendment that does not carry this act on.
    LeftBehind(ActId),
    /// An act under an earlier charter that is carried on contests the same place, and may yet be completed.
    Carried(ActId),
    /// An amendment, this one or an earlier one, carries on an act that has not arrived here: what it says must be known first.
    Unseen(ActId),
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
            ActState::Lifted => return Err(WhyNot::Lifted),
            ActState::Unknown => return Err(WhyNot::Unknown),
        }
        self.no_rival(key, id, act)?;
        match &act.what {
            ActOf::Amend { carries, .. } => {
                self.has_seen(carries)?;
                self.drops_none(key, act, carries)
            }
            ActOf::Standing { to, .. } => {
                for version in self.law.charters.chain() {
                    self.has_seen(version.carries())?;
                }
                self.not_left_behind(key, id, act)?;
                self.not_carried(id, act, *to)
            }
            ActOf::Erase { .. } | ActOf::Mark { .. } => Ok(()),
        }
    }

    /// Never while what a charter carries on is not known: it may contest the same place.
    fn has_seen(&self, carries: &BTreeSet<ActId>) -> Result<(), WhyNot> {
        let unseen = carries.iter().find(|id| self.law.charters.act(id).is_none());
        unseen.map_or(Ok(()), |id| Err(WhyNot::Unseen(*id)))
    }

    /// Never two rivals. One that lapsed is none any more: what a charter dropped is decided anew.
    fn no_rival(&self, key: &OrganisationId, id: &ActId, act: &Act) -> Result<(), WhyNot> {
        let charters = &self.law.charters;
        let mut rivals = self.contesting(act).filter(|other| *other != id);
        let rival = rivals.find(|other| {
            let what = charters.act(other);
            let is_open = || {
                let version = charters.version_of(other);
                version.is_some_and(|(index, _)| charters.is_open(other, index))
            };
            charters.approves(key, other) && (what.is_some_and(|what| what.charter == act.charter) || is_open())
        });
        rival.map_or(Ok(()), |other| Err(WhyNot::Rival(*other)))
    }

    /// Never an amendment that leaves out what one approved under the charter that it amends.
    fn drops_none(&self, key: &OrganisationId, act: &Act, carries: &BTreeSet<ActId>) -> Result<(), WhyNot> {
        let mut approved = self
            .approved_under(key, act)
            .filter(|(_, other)| matches!(other.what, ActOf::Standing { .. }));
        let dropped = approved.find(|(other, _)| !carries.contains(other));
        dropped.map_or(Ok(()), |(other, _)| Err(WhyNot::Drops(*other)))
    }

    /// Never, after one approved an amendment, what that amendment leaves out.
    fn not_left_behind(&self, key: &OrganisationId, id: &ActId, act: &Act) -> Result<(), WhyNot> {
        let amendment = self
            .approved_under(key, act)
            .find(|(_, other)| matches!(&other.what, ActOf::Amend { carries, .. } if !carries.contains(id)));
        amendment.map_or(Ok(()), |(other, _)| Err(WhyNot::LeftBehind(*other)))
    }

    /// Never in the place of an act of an earlier charter that is carried on, where stewards who have left may complete it
    /// with so few of today's that none need approve both: all that was built on the other would fall. A removal is let
    /// through: nothing but another removal takes its place.
    fn not_carried(&self, id: &ActId, act: &Act, to: StandingTo) -> Result<(), WhyNot> {
        let charters = &self.law.charters;
        let Some((at, version)) = charters.version(&act.charter).filter(|_| to != StandingTo::Removed) else {
            return Ok(());
        };
        let mut rivals = self.contesting(act).filter(|other| *other != id);
        let held = rivals.find(|other| {
            let earlier = charters.version_of(other);
            earlier.is_some_and(|(other_at, earlier)| {
                other_at < at
                    && charters.is_open(other, other_at)
                    && may_pass_beside(&earlier.charter, &version.charter)
            })
        });
        held.map_or(Ok(()), |other| Err(WhyNot::Carried(*other)))
    }

    /// The acts that contest what an act does. After removals that are in force together, an act may name any of them.
    fn contesting<'a>(&'a self, act: &Act) -> impl Iterator<Item = &'a ActId> + use<'a> {
        let mut places = BTreeSet::from([contest_of(act)]);
        if let (ActOf::Standing { organisation, .. }, Some(previous)) = (&act.what, act.previous) {
            let epochs = self.law.standings.epochs(organisation).iter();
            let together = epochs
                .filter(|epoch| epoch.has(&previous))
                .flat_map(|epoch| epoch.acts());
            places.extend(together.map(|other| Some(Contest::Standing(*organisation, Some(*other)))));
        }
        let charters = &self.law.charters;
        places
            .into_iter()
            .flatten()
            .flat_map(|place| charters.contesting_at(&place))
    }

    /// The acts that a key approved of those made under the charter of this one.
    fn approved_under<'a>(&'a self, key: &'a OrganisationId, act: &Act) -> impl Iterator<Item = (&'a ActId, &'a Act)> {
        let charters = &self.law.charters;
        let made = charters.made_under(&act.charter);
        made.filter(move |(id, _)| charters.approves(key, id))
    }
}

/// Whether one act under each of two charters can be complete with no more stewards of the later one approving both than
/// may break a rule: 2k' - n' - 1 of them. Of today's n' stewards at least k - left approve the earlier act when all that
/// have left do, and k' the later one: so they share k - left + k' - n'.
fn may_pass_beside(earlier: &Charter, later: &Charter) -> bool {
    let left = earlier
        .steward_keys
        .iter()
        .filter(|key| !later.steward_keys.contains(key));
    (earlier.threshold as usize) < left.count() + later.threshold as usize
}
