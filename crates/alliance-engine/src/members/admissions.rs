//! Who was ever let in: whoever a founder, or one who was let in, has admitted in a record that counts. Kept as a tree of
//! which each member hangs on one admission, so that a change costs what hangs on it.

use std::collections::{BTreeMap, BTreeSet};

use alliance_record::{OrganisationId, RecordId};

use crate::members::place::Place;
use crate::shards::Shards;

/// One admission: who admits whom, and where it stands.
#[derive(Debug, Clone, PartialEq)]
struct Admission {
    admitted: OrganisationId,
    place: Place,
    /// Whether it counts: its log does not end before it, and a charter lets its author admit.
    counts: bool,
}

/// All admissions, and what follows from those that count.
#[derive(Debug, Clone, Default)]
pub(crate) struct Admissions {
    by_author: Shards<OrganisationId, BTreeMap<RecordId, Admission>>,
    of: Shards<OrganisationId, BTreeMap<RecordId, OrganisationId>>,
    roots: BTreeSet<OrganisationId>,
    /// Who was let in, each with the admission that it hangs on; `None` for roots.
    let_in: Shards<OrganisationId, Option<(RecordId, OrganisationId)>>,
    /// Who was let in or dropped since somebody asked.
    touched: BTreeSet<OrganisationId>,
}

impl Admissions {
    /// Takes an admission. `counts` says whether a given place of a given author's log does. Whether it was new.
    pub(crate) fn admit(&mut self, record: RecordId, admitted: OrganisationId, place: Place, counts: Counts) -> bool {
        let author = place.organisation;
        let admission = Admission {
            admitted,
            counts: counts == Counts::Yes,
            place,
        };
        let by = self.by_author.entry(author).or_default();
        if by.insert(record, admission).is_some() {
            return false;
        }
        self.of.entry(admitted).or_default().insert(record, author);
        if counts == Counts::Yes && self.let_in.contains_key(&author) {
            self.let_in_from(vec![(admitted, Some((record, author)))]);
        }
        true
    }

    /// Lets in one who needs no admission. It may hang on an admission that hangs on itself later: a root hangs on nothing.
    pub(crate) fn root(&mut self, organisation: OrganisationId) {
        if !self.roots.insert(organisation) {
            return;
        }
        match self.let_in.get_mut(&organisation) {
            Some(held) => *held = None,
            None => self.let_in_from(vec![(organisation, None)]),
        }
    }

    /// Leaves it to admissions whether one is let in.
    pub(crate) fn unroot(&mut self, organisation: &OrganisationId) {
        if self.roots.remove(organisation) {
            self.drop_from(vec![*organisation]);
        }
    }

    /// Judges the admissions of one author again.
    pub(crate) fn judge_again(&mut self, author: &OrganisationId, mut counts: impl FnMut(&Place) -> bool) {
        let (mut lost, mut gained) = (Vec::new(), Vec::new());
        for (record, admission) in self.by_author.get_mut(author).into_iter().flatten() {
            let now = counts(&admission.place);
            let (hangs_on, admitted) = (Some((*record, *author)), admission.admitted);
            if admission.counts && !now && self.let_in.get(&admitted) == Some(&hangs_on) {
                lost.push(admitted);
            } else if !admission.counts && now {
                gained.push((admitted, hangs_on));
            }
            admission.counts = now;
        }
        self.drop_from(lost);
        if self.let_in.contains_key(author) {
            self.let_in_from(gained);
        }
    }

    /// Authors of admissions.
    pub(crate) fn authors(&self) -> Vec<OrganisationId> {
        self.by_author.keys().copied().collect()
    }

    /// Lets these in, and whom they admitted, and so on.
    fn let_in_from(&mut self, mut waiting: Vec<(OrganisationId, Option<(RecordId, OrganisationId)>)>) {
        while let Some((organisation, hangs_on)) = waiting.pop() {
            if self.let_in.contains_key(&organisation) {
                continue;
            }
            self.let_in.insert(organisation, hangs_on);
            self.touched.insert(organisation);
            waiting.extend(self.counting_by(&organisation));
        }
    }

    /// Those whom an organisation admits in records that count.
    fn counting_by(
        &self,
        author: &OrganisationId,
    ) -> impl Iterator<Item = (OrganisationId, Option<(RecordId, OrganisationId)>)> {
        let author = *author;
        let by = self.by_author.get(&author).into_iter().flatten();
        by.filter(|(_, admission)| admission.counts)
            .map(move |(record, admission)| (admission.admitted, Some((*record, author))))
    }

    /// Takes these and all that hang on them out, and lets in again whoever another admission holds.
    fn drop_from(&mut self, lost: Vec<OrganisationId>) {
        let mut waiting = lost;
        let mut dropped = BTreeSet::new();
        while let Some(organisation) = waiting.pop() {
            if self.roots.contains(&organisation) || self.let_in.remove(&organisation).is_none() {
                continue;
            }
            dropped.insert(organisation);
            self.touched.insert(organisation);
            let hanging = self.counting_or_not_by(&organisation);
            let held = hanging.filter(|(admitted, hangs_on)| self.let_in.get(admitted) == Some(hangs_on));
            waiting.extend(held.map(|(admitted, _)| admitted).collect::<Vec<_>>());
        }
        for organisation in dropped {
            if let Some(hangs_on) = self.held_by(&organisation) {
                self.let_in_from(vec![(organisation, Some(hangs_on))]);
            }
        }
    }

    fn counting_or_not_by(
        &self,
        author: &OrganisationId,
    ) -> impl Iterator<Item = (OrganisationId, Option<(RecordId, OrganisationId)>)> {
        let author = *author;
        let by = self.by_author.get(&author).into_iter().flatten();
        by.map(move |(record, admission)| (admission.admitted, Some((*record, author))))
    }

    /// An admission of an organisation that counts, by one who was let in.
    fn held_by(&self, organisation: &OrganisationId) -> Option<(RecordId, OrganisationId)> {
        self.counting_of(organisation)
            .find(|(_, author)| self.let_in.contains_key(author))
    }

    /// The admissions of an organisation that count, by record id, each with its author.
    pub(crate) fn counting_of(
        &self,
        organisation: &OrganisationId,
    ) -> impl Iterator<Item = (RecordId, OrganisationId)> {
        let of = self.of.get(organisation).into_iter().flatten();
        let counts = |(record, author): &(&RecordId, &OrganisationId)| {
            let by = self.by_author.get(*author);
            by.and_then(|by| by.get(*record))
                .is_some_and(|admission| admission.counts)
        };
        of.filter(counts).map(|(record, author)| (*record, *author))
    }

    /// Whether an organisation was ever let in. What became of it since is another matter.
    pub(crate) fn is_let_in(&self, organisation: &OrganisationId) -> bool {
        self.let_in.contains_key(organisation)
    }

    /// Who was let in or dropped since this was last asked, and may be as before.
    pub(crate) fn take_touched(&mut self) -> BTreeSet<OrganisationId> {
        std::mem::take(&mut self.touched)
    }

    /// All that were let in.
    pub(crate) fn let_in(&self) -> impl Iterator<Item = &OrganisationId> {
        self.let_in.keys()
    }

    /// Each admitted organisation's inviter: breadth first from the roots, so that every chain ends at the charter. Of
    /// several admissions on one level the one with the smallest record id counts.
    pub(crate) fn tree(&self) -> BTreeMap<OrganisationId, OrganisationId> {
        let mut tree = BTreeMap::new();
        let mut level: BTreeSet<OrganisationId> = self.roots.clone();
        while !level.is_empty() {
            let mut reached: BTreeMap<OrganisationId, (RecordId, OrganisationId)> = BTreeMap::new();
            for (organisation, hangs_on) in level.iter().flat_map(|inviter| self.counting_by(inviter)) {
                let Some(found) = hangs_on else { continue };
                if !self.roots.contains(&organisation) && !tree.contains_key(&organisation) {
                    let best = reached.entry(organisation).or_insert(found);
                    *best = (*best).min(found);
                }
            }
            level = reached.keys().copied().collect();
            let inviters = reached
                .into_iter()
                .map(|(organisation, (_, inviter))| (organisation, inviter));
            tree.extend(inviters);
        }
        tree
    }
}

/// Whether an admission counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Counts {
    Yes,
    No,
}

#[cfg(test)]
#[path = "admissions_tests.rs"]
mod tests;
