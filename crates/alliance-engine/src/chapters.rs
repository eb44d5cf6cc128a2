//! Who follows which chapter: a fold over subscriptions. Forming until the charter's number follow, then active.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use alliance_record::proto::v1;
use alliance_record::schema::Kind;
use alliance_record::{ChapterName, LogName, OrganisationId, RecordId, VerifiedRecord, WriterId};
use prost::Message;

use crate::members::{Members, Stated, Subscriber};
use crate::region;
use crate::shards::Shards;

/// What one organisation said of one chapter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Wish {
    follow: bool,
    deep: bool,
}

/// A wish and where it was written: it counts only below the end of its log.
#[derive(Debug, Clone, PartialEq)]
struct Written {
    log: LogName,
    sequence: u64,
    wish: Stated<Wish>,
}

/// What a record says of a chapter.
pub(crate) struct Subscribed {
    pub(crate) organisation: OrganisationId,
    pub(crate) chapter: ChapterName,
    written: Written,
}

impl Subscribed {
    /// `None` when the record is no subscription, or one that says nothing usable.
    pub(crate) fn by(record: &VerifiedRecord) -> Option<Self> {
        if record.header().kind != Kind::SUBSCRIPTION {
            return None;
        }
        let message = v1::Subscription::decode(record.body()?.bytes.clone()).ok()?;
        let chapter: ChapterName = message.chapter.parse().ok()?;
        let wish = Wish {
            follow: message.follow,
            deep: message.depth() == v1::Depth::Deep,
        };
        (!chapter.is_alliance()).then(|| Self {
            organisation: record.header().organisation,
            chapter,
            written: Written {
                log: record.header().log.clone(),
                sequence: record.header().sequence,
                wish: Stated::by(record, wish),
            },
        })
    }
}

/// All subscriptions.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Chapters {
    /// The newest that counts of each.
    wishes: Shards<Subscriber, Stated<Wish>>,
    /// All that were ever written, of those that wrote them: an end that comes takes some of them back, and gives them
    /// again when it goes.
    written: Shards<Subscriber, Vec<Written>>,
    by_writer: Shards<WriterId, BTreeSet<Subscriber>>,
    /// Who follows each chapter by name, and whether deeply: the wishes seen from the other side, so that one
    /// subscription among many costs little.
    followed: BTreeMap<ChapterName, Arc<BTreeMap<OrganisationId, bool>>>,
}

/// What an organisation said of a chapter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Said {
    /// What its record says the time was, in milliseconds since 1970 UTC.
    pub claimed_at_ms: i64,
    /// The record.
    pub record: RecordId,
    /// Who.
    pub organisation: OrganisationId,
    /// Whether it follows from then on, or left.
    pub follows: bool,
    /// Whether with all that lies in the region.
    pub deep: bool,
}

/// A chapter as its subscriptions make it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChapterStanding {
    /// The organisations that follow it, by itself or by a region around it.
    pub followers: BTreeSet<OrganisationId>,
    /// How many make it active.
    pub active_at: u32,
}

impl ChapterStanding {
    /// Whether enough organisations follow it.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.followers.len() >= self.active_at as usize
    }
}

impl Chapters {
    /// Chapters that came into being: each that an organisation follows by name.
    #[must_use]
    pub fn names(&self) -> BTreeSet<ChapterName> {
        self.followed.keys().cloned().collect()
    }

    /// How many organisations follow each chapter by name, or did once. What stands beyond the end of its log does not count.
    #[must_use]
    pub fn ever_followed(&self, members: &Members) -> BTreeMap<ChapterName, u32> {
        let mut ever = BTreeMap::new();
        for ((organisation, chapter), written) in self.written.iter() {
            let counts = |written: &&Written| {
                written.wish.value.follow && members.counts_at(&written.log, written.sequence, organisation)
            };
            if written.iter().any(|written| counts(&written)) {
                *ever.entry(chapter.clone()).or_insert(0) += 1;
            }
        }
        ever
    }

    /// What organisations said of a chapter, as far as it counts, by the time that they claim.
    #[must_use]
    pub fn history(&self, chapter: &ChapterName, members: &Members) -> Vec<Said> {
        let of_it = self.written.iter().filter(|((_, of), _)| of == chapter);
        let mut said: Vec<Said> = Vec::new();
        for ((organisation, _), written) in of_it {
            let counting = written
                .iter()
                .filter(|written| members.counts_at(&written.log, written.sequence, organisation));
            said.extend(counting.map(|written| Said {
                claimed_at_ms: written.wish.rank().0,
                record: written.wish.rank().1,
                organisation: *organisation,
                follows: written.wish.value.follow,
                deep: written.wish.value.deep,
            }));
        }
        said.sort_by_key(|said| (said.claimed_at_ms, said.record));
        said
    }

    /// Whether an organisation follows a chapter, by itself or by a region around it. Its own word on the chapter itself
    /// goes before its word on a region.
    #[must_use]
    pub fn follows(&self, organisation: &OrganisationId, chapter: &ChapterName) -> bool {
        if let Some(own) = self.wishes.get(&(*organisation, chapter.clone())) {
            return own.value.follow;
        }
        self.wishes_of(organisation)
            .any(|(outer, wish)| wish.follow && wish.deep && region::contains(outer.as_str(), chapter.as_str()))
    }

    /// Whether an organisation has said anything of a chapter.
    #[must_use]
    pub fn has_said(&self, organisation: &OrganisationId, chapter: &ChapterName) -> bool {
        self.wishes.contains_key(&(*organisation, chapter.clone()))
    }

    fn wishes_of(&self, organisation: &OrganisationId) -> impl Iterator<Item = (&ChapterName, Wish)> {
        let from = (*organisation, smallest());
        let same = move |((holder, _), _): &(&Subscriber, &Stated<Wish>)| *holder == from.0;
        self.wishes
            .from((*organisation, smallest()))
            .take_while(same)
            .map(|((_, chapter), stated)| (chapter, stated.value))
    }

    /// Where a chapter stands; `members` are the organisations on the roster.
    #[must_use]
    pub fn standing(
        &self,
        chapter: &ChapterName,
        members: &BTreeSet<OrganisationId>,
        active_at: u32,
    ) -> ChapterStanding {
        let followers = self.followers(chapter).filter(|id| members.contains(id)).collect();
        ChapterStanding { followers, active_at }
    }

    /// Who follows a chapter; an organisation may come more than once.
    pub(crate) fn followers(&self, chapter: &ChapterName) -> impl Iterator<Item = OrganisationId> {
        let by_name = self.followed.get(chapter).into_iter().flat_map(|by| by.iter());
        let around = region::around(chapter.as_str()).into_iter();
        let outer = around
            .filter_map(|outer| self.followed.get(&outer.parse().ok()?))
            .flat_map(|by| by.iter());
        let deep = outer.filter(|(_, deep)| **deep);
        by_name
            .chain(deep)
            .map(|(organisation, _)| *organisation)
            .filter(|organisation| self.follows(organisation, chapter))
    }

    /// Chapters that an organisation's nodes replicate, the alliance's own among them.
    #[must_use]
    pub fn replicated_by(&self, organisation: &OrganisationId) -> BTreeSet<ChapterName> {
        let mut chapters: BTreeSet<_> = self
            .names()
            .into_iter()
            .filter(|chapter| self.follows(organisation, chapter))
            .collect();
        chapters.insert(ChapterName::alliance());
        chapters
    }

    /// Takes an admitted subscription. It counts as far as its log has not ended before it, as `members` know.
    pub(crate) fn fold(&mut self, said: Subscribed, members: &Members) {
        let key = (said.organisation, said.chapter);
        let of_writer = self.by_writer.entry(said.written.log.writer).or_default();
        of_writer.insert(key.clone());
        let written = self.written.entry(key.clone()).or_default();
        // By rank, so that the order of arrival leaves no trace.
        let rank = said.written.wish.rank();
        if let Err(at) = written.binary_search_by_key(&rank, |other| other.wish.rank()) {
            written.insert(at, said.written);
        }
        self.settle(key, members);
    }

    /// Whether a writer's logs say anything of chapters.
    pub(crate) fn is_said_by(&self, writer: &WriterId) -> bool {
        self.by_writer.contains_key(writer)
    }

    /// Counts anew what was said in a writer's logs, of which some have other ends now.
    pub(crate) fn count_again(&mut self, writer: &WriterId, members: &Members) {
        for key in self.by_writer.get(writer).cloned().unwrap_or_default() {
            self.settle(key, members);
        }
    }

    /// The chapters of which anything was said in these writers' logs.
    pub(crate) fn said_by(&self, writers: &BTreeSet<WriterId>) -> BTreeSet<ChapterName> {
        let said = writers.iter().filter_map(|writer| self.by_writer.get(writer)).flatten();
        said.map(|(_, chapter)| chapter.clone()).collect()
    }

    fn settle(&mut self, key: Subscriber, members: &Members) {
        let counts = |written: &&Written| members.counts_at(&written.log, written.sequence, &key.0);
        let newest = self.written.get(&key).and_then(|all| all.iter().rev().find(counts));
        let newest = newest.map(|written| written.wish.clone());
        let follows = newest.as_ref().map(|stated| stated.value).filter(|wish| wish.follow);
        match newest {
            Some(newest) => drop(self.wishes.insert(key.clone(), newest)),
            None => drop(self.wishes.remove(&key)),
        }
        let (organisation, chapter) = key;
        if let Some(wish) = follows {
            let followers = self.followed.entry(chapter).or_default();
            Arc::make_mut(followers).insert(organisation, wish.deep);
        } else if let Some(followers) = self.followed.get_mut(&chapter) {
            Arc::make_mut(followers).remove(&organisation);
            if followers.is_empty() {
                self.followed.remove(&chapter);
            }
        }
    }

    /// Whether the chapter came into being and an organisation follows it.
    pub(crate) fn is_replicated_by(&self, organisation: &OrganisationId, chapter: &ChapterName) -> bool {
        chapter.is_alliance() || (self.followed.contains_key(chapter) && self.follows(organisation, chapter))
    }
}

/// The first of all chapter names in order.
fn smallest() -> ChapterName {
    ChapterName::alliance()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_alliance_sorts_before_every_other_chapter() {
        for name in ["iso:ad", "m49:001", "theme:0"] {
            assert!(smallest() < name.parse().unwrap(), "{name}");
        }
    }
}
