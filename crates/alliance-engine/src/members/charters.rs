//! The versions of the charter, each approved by stewards of the one before. Owns which acts count, by versions and
//! approvals alone; never looks at what the acts do to whom.

use std::collections::{BTreeMap, BTreeSet};

use alliance_record::{
    Act, ActId, ActOf, AllianceId, Approval, Charter, CharterVersion, OrganisationId, RecordId, WriterId,
};

use crate::shards::Shards;

/// A version in force, or one that was.
#[derive(Debug, Clone, PartialEq)]
pub struct Version {
    /// What names it.
    pub id: CharterVersion,
    /// The charter.
    pub charter: Charter,
    /// Acts of the version before that go on to count.
    carries: BTreeSet<ActId>,
}

impl Version {
    /// The acts of the version before that go on to count.
    pub(crate) const fn carries(&self) -> &BTreeSet<ActId> {
        &self.carries
    }
}

/// What rivals have in common: of them one alone can be in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Contest {
    /// The version after this one.
    Charter(CharterVersion),
    /// What becomes of an organisation after this act. Rivals under two charters are rivals all the same.
    Standing(OrganisationId, Option<ActId>),
}

/// What an act contests; `None` for one that has no rivals.
pub(crate) fn contest_of(act: &Act) -> Option<Contest> {
    match &act.what {
        ActOf::Amend { .. } => Some(Contest::Charter(act.charter)),
        ActOf::Standing { organisation, .. } => Some(Contest::Standing(*organisation, act.previous)),
        ActOf::Erase { .. } | ActOf::Mark { .. } => None,
    }
}

/// One steward's word on an act.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Word {
    /// Whether it approves.
    pub approves: bool,
    /// Display text.
    pub note: String,
}

/// Who proposed an act first, as far as claimed times tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Proposed {
    /// What its record says the time was, in milliseconds since 1970 UTC.
    pub claimed_at_ms: i64,
    /// The record.
    pub record: RecordId,
    /// Whose it is.
    pub by: OrganisationId,
}

/// Charters, acts and the stewards' words on them. All of it only grows.
#[derive(Debug, Clone, Default)]
pub(crate) struct Charters {
    founding: Option<(RecordId, Charter)>,
    acts: Shards<ActId, (Act, Proposed)>,
    made_under: BTreeMap<CharterVersion, BTreeSet<ActId>>,
    contests: BTreeMap<Contest, BTreeSet<ActId>>,
    /// Acts that erase a record.
    erasures: Shards<RecordId, BTreeSet<(OrganisationId, ActId)>>,
    /// Acts that mark a record, or take a mark back.
    markings: Shards<RecordId, BTreeSet<(OrganisationId, ActId)>>,
    words: Shards<ActId, BTreeMap<OrganisationId, Word>>,
    /// What follows: the versions, oldest first.
    chain: Vec<Version>,
}

impl Charters {
    /// Takes the founding charter. Every record of it says the same; the smallest id stands for all of them.
    pub(crate) fn found(&mut self, alliance: &AllianceId, record: RecordId, charter: Charter) {
        let id = self.founding.as_ref().map_or(record, |(held, _)| record.min(*held));
        self.founding = Some((id, charter.clone()));
        if self.chain.is_empty() {
            self.chain.push(Version {
                id: (*alliance).into(),
                charter,
                carries: BTreeSet::new(),
            });
            self.extend();
        }
    }

    /// Takes an act. Whether it was new.
    pub(crate) fn propose(&mut self, id: ActId, act: Act, proposed: Proposed) -> bool {
        if let Some((_, first)) = self.acts.get_mut(&id) {
            *first = proposed.min(*first);
            return false;
        }
        self.made_under.entry(act.charter).or_default().insert(id);
        if let Some(contest) = contest_of(&act) {
            self.contests.entry(contest).or_default().insert(id);
        }
        match &act.what {
            ActOf::Erase { record, organisation } => {
                self.erasures.entry(*record).or_default().insert((*organisation, id));
            }
            ActOf::Mark {
                record, organisation, ..
            } => {
                self.markings.entry(*record).or_default().insert((*organisation, id));
            }
            ActOf::Amend { .. } | ActOf::Standing { .. } => {}
        }
        self.acts.insert(id, (act, proposed));
        true
    }

    /// Takes a steward's word. An approval stays; a rejection may become an approval. Whether it changed anything.
    pub(crate) fn hear(&mut self, said: &Approval) -> bool {
        let word = Word {
            approves: said.approves,
            note: said.note.clone(),
        };
        let words = self.words.entry(said.act).or_default();
        let is_news = words.get(&said.steward).is_none_or(|held| *held < word);
        if is_news {
            words.insert(said.steward, word);
        }
        is_news
    }

    /// Whether an act is complete under one of the versions, whatever charters follow: an amendment may change the versions
    /// then, and what erases or marks a record counts.
    pub(crate) fn is_decided(&self, act: &ActId) -> bool {
        let version = self.version_of(act);
        version.is_some_and(|(_, version)| self.is_complete(act, version))
    }

    /// Follows the versions again from the first, after an amendment or a word on one. The versions under which acts may
    /// count otherwise than before: from the last that stayed what it was, those that fell and those that came.
    pub(crate) fn follow(&mut self) -> Vec<CharterVersion> {
        let before: Vec<CharterVersion> = self.chain.iter().map(|version| version.id).collect();
        self.chain.truncate(1);
        self.extend();
        let after: Vec<CharterVersion> = self.chain.iter().map(|version| version.id).collect();
        if before == after {
            return Vec::new();
        }
        let same = before.iter().zip(&after).take_while(|(old, new)| old == new).count();
        let from = same.saturating_sub(1);
        before
            .into_iter()
            .skip(from)
            .chain(after.into_iter().skip(same))
            .collect()
    }

    fn extend(&mut self) {
        while let Some(next) = self.chain.last().and_then(|newest| self.next_of(newest)) {
            self.chain.push(next);
        }
    }

    /// Of the amendments that enough stewards of a version approve, the one with the smallest id.
    fn next_of(&self, version: &Version) -> Option<Version> {
        let made = self.made_under.get(&version.id)?;
        made.iter().find_map(|id| {
            let ActOf::Amend { charter, carries, .. } = &self.act(id)?.what else {
                return None;
            };
            self.is_complete(id, version).then(|| Version {
                id: (*id).into(),
                charter: (**charter).clone(),
                carries: carries.clone(),
            })
        })
    }

    /// Whether enough stewards of a version approve an act.
    fn is_complete(&self, act: &ActId, version: &Version) -> bool {
        self.approvals(act, version).count() >= version.charter.threshold as usize
    }

    /// The stewards of a version that approve an act, by their keys.
    pub(crate) fn approvals<'a>(
        &'a self,
        act: &ActId,
        version: &'a Version,
    ) -> impl Iterator<Item = &'a OrganisationId> {
        // By the charter's keys, of which there are few: anybody may sign a word.
        let act = *act;
        let keys = version.charter.steward_keys.iter();
        keys.filter(move |key| self.approves(key, &act))
    }

    /// Whether an act counts: enough stewards of its version approve it, and that version is the newest or the one after
    /// it carries the act on.
    pub(crate) fn counts(&self, id: &ActId) -> bool {
        let Some((index, version)) = self.version_of(id) else {
            return false;
        };
        self.is_open(id, index) && self.is_complete(id, version)
    }

    /// The act by which a record of an organisation is erased. What is erased stays so: later versions carry no erasure on.
    pub(crate) fn erased_by(&self, record: &RecordId, organisation: &OrganisationId) -> Option<ActId> {
        let acts = self.erasures.get(record)?.iter();
        let mut complete = acts.filter(|(of, id)| of == organisation && self.is_decided(id));
        complete.next().map(|(_, id)| *id)
    }

    /// The acts that count of those that mark a record of an organisation or take such a mark back, by id. As erasures they
    /// count whatever charters follow.
    pub(crate) fn markings_of(
        &self,
        record: &RecordId,
        organisation: &OrganisationId,
    ) -> impl Iterator<Item = (ActId, &Act)> {
        let of = *organisation;
        let acts = self.markings.get(record).into_iter().flatten();
        let counting = acts.filter(move |(whose, id)| *whose == of && self.is_decided(id));
        counting.filter_map(|(_, id)| Some((*id, self.act(id)?)))
    }

    /// Records that an act marks, be it complete or not, with their organisations.
    pub(crate) fn marked(&self) -> BTreeSet<(RecordId, OrganisationId)> {
        let acts = self.markings.iter();
        acts.flat_map(|(record, acts)| acts.iter().map(move |(organisation, _)| (*record, *organisation)))
            .collect()
    }

    /// The acts that erase a record, be they complete or not.
    pub(crate) fn erasures(&self) -> impl Iterator<Item = (&RecordId, &OrganisationId)> {
        let acts = self.erasures.iter();
        acts.flat_map(|(record, acts)| acts.iter().map(move |(organisation, _)| (record, organisation)))
    }

    /// Whether approvals of an act under the version of this number are of use: it is the newest, or the one after it
    /// carries the act on.
    pub(crate) fn is_open(&self, id: &ActId, version: usize) -> bool {
        let next = self.chain.get(version + 1);
        next.is_none_or(|next| next.carries.contains(id))
    }

    /// A version of the chain, with its number.
    pub(crate) fn version(&self, id: &CharterVersion) -> Option<(usize, &Version)> {
        self.chain.iter().enumerate().find(|(_, version)| version.id == *id)
    }

    /// The version of the chain under which an act is made, with its number.
    pub(crate) fn version_of(&self, act: &ActId) -> Option<(usize, &Version)> {
        self.version(&self.act(act)?.charter)
    }

    /// The stewards' keys under the charter of an act.
    pub(crate) fn stewards_of(&self, act: &ActId) -> &[OrganisationId] {
        let version = self.version_of(act);
        version.map_or(&[], |(_, version)| &version.charter.steward_keys)
    }

    /// The versions, oldest first.
    pub(crate) fn chain(&self) -> &[Version] {
        &self.chain
    }

    pub(crate) fn newest(&self) -> Option<&Version> {
        self.chain.last()
    }

    pub(crate) fn founding_record(&self) -> Option<RecordId> {
        self.founding.as_ref().map(|(record, _)| *record)
    }

    /// The stewards of the founding charter.
    pub(crate) fn founders(&self) -> &[OrganisationId] {
        self.chain.first().map_or(&[], |version| &version.charter.stewards)
    }

    /// Whether a writer recorded the founding charter for an organisation: nobody could certify it before.
    pub(crate) fn is_founding_writer(&self, writer: &WriterId, organisation: &OrganisationId) -> bool {
        let charter = self.chain.first().map(|version| &version.charter);
        charter.is_some_and(|charter| charter.founding_writer == *writer && charter.stewards.contains(organisation))
    }

    pub(crate) fn act(&self, id: &ActId) -> Option<&Act> {
        self.acts.get(id).map(|(act, _)| act)
    }

    pub(crate) fn acts(&self) -> impl Iterator<Item = (&ActId, &Act)> {
        self.acts.iter().map(|(id, (act, _))| (id, act))
    }

    /// Who proposed an act first.
    pub(crate) fn proposed(&self, id: &ActId) -> Option<Proposed> {
        self.acts.get(id).map(|(_, proposed)| *proposed)
    }

    /// The acts made under a version.
    pub(crate) fn made_under(&self, version: &CharterVersion) -> impl Iterator<Item = (&ActId, &Act)> {
        let made = self.made_under.get(version).into_iter().flatten();
        made.filter_map(|id| Some((id, self.act(id)?)))
    }

    /// The acts that contest one place.
    pub(crate) fn contesting_at<'a>(&'a self, place: &Contest) -> impl Iterator<Item = &'a ActId> + use<'a> {
        self.contests.get(place).into_iter().flatten()
    }

    /// The acts that contest what an act does, itself included.
    pub(crate) fn contesting(&self, act: &Act) -> impl Iterator<Item = &ActId> {
        let contest = contest_of(act);
        contest
            .and_then(|contest| self.contests.get(&contest))
            .into_iter()
            .flatten()
    }

    /// Whether a key approves an act, be it a steward's or not.
    pub(crate) fn approves(&self, key: &OrganisationId, act: &ActId) -> bool {
        self.word(key, act).is_some_and(|word| word.approves)
    }

    /// What a key said of an act.
    pub(crate) fn word(&self, key: &OrganisationId, act: &ActId) -> Option<&Word> {
        self.words.get(act)?.get(key)
    }
}
