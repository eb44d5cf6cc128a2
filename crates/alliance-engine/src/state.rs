//! What follows from the admitted records alone. Owns nothing that depends on a clock, a peer or a session.

use std::collections::{BTreeMap, BTreeSet};

use alliance_record::{ChapterName, Head, LogName, OrganisationId};

use crate::chapters::{ChapterStanding, Chapters, Subscribed};
use crate::members::Members;

/// What follows from the admitted records alone: the same on every node that holds the same ones.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct State {
    /// The roster.
    pub members: Members,
    /// The subscriptions.
    pub chapters: Chapters,
    /// Heads by chapter and log.
    pub heads: BTreeMap<ChapterName, BTreeMap<LogName, Head>>,
    /// Chapters that this node replicates.
    pub replicated: BTreeSet<ChapterName>,
}

impl State {
    /// Where a chapter stands.
    #[must_use]
    pub fn standing(&self, chapter: &ChapterName) -> ChapterStanding {
        let active_at = self.members.charter().map_or(1, |charter| charter.chapter_active_at);
        self.chapters
            .standing(chapter, &self.members.organisations(), active_at)
    }

    /// Whether enough members follow a chapter. Looks no further than it must.
    pub(crate) fn is_active(&self, chapter: &ChapterName) -> bool {
        let active_at = self.members.charter().map_or(1, |charter| charter.chapter_active_at) as usize;
        let mut followers = BTreeSet::new();
        let members = self.chapters.followers(chapter).filter(|id| self.members.is_member(id));
        members
            .into_iter()
            .any(|member| followers.insert(member) && followers.len() >= active_at)
    }

    /// Takes a subscription, and whatever follows from it for the chapters that `own` replicates.
    pub(crate) fn subscribe(&mut self, said: Subscribed, own: &OrganisationId) {
        let (author, chapter) = (said.organisation, said.chapter.clone());
        self.chapters.fold(said);
        if author == *own {
            self.replicated = self.chapters.replicated_by(own);
        } else if self.chapters.is_replicated_by(own, &chapter) {
            self.replicated.insert(chapter);
        } else {
            self.replicated.remove(&chapter);
        }
    }

    /// Heads of one chapter, sorted by log.
    pub fn heads_of(&self, chapter: &ChapterName) -> impl ExactSizeIterator<Item = &Head> + Clone {
        static NONE: BTreeMap<LogName, Head> = BTreeMap::new();
        self.heads.get(chapter).unwrap_or(&NONE).values()
    }

    /// Head of one log.
    #[must_use]
    pub fn head(&self, log: &LogName) -> Option<&Head> {
        self.heads.get(&log.chapter)?.get(log)
    }

    /// Sequence of the first record of a log that is not held.
    pub(crate) fn next_sequence(&self, log: &LogName) -> u64 {
        self.head(log).map_or(0, |head| head.sequence.saturating_add(1))
    }

    pub(crate) fn insert_head(&mut self, head: Head) {
        let logs = self.heads.entry(head.log.chapter.clone()).or_default();
        logs.insert(head.log.clone(), head);
    }
}
