//! What follows from the admitted records alone. Owns nothing that depends on a clock, a peer or a session.

use std::collections::{BTreeMap, BTreeSet};

use alliance_record::{ChapterName, Head, Header, InstanceId, LogEnd, LogName, OrganisationId, RecordId, WriterId};

use crate::chapters::{ChapterStanding, Chapters, Subscribed};
use crate::described::Descriptions;
use crate::members::Members;
use crate::removals::{Removals, RemovedBy};

/// What follows from the admitted records alone: the same on every node that holds the same ones.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct State {
    /// The roster.
    pub members: Members,
    /// The subscriptions.
    pub chapters: Chapters,
    /// What stewards of chapters say of them.
    pub descriptions: Descriptions,
    /// What is removed.
    pub removals: Removals,
    /// Heads by chapter and log, each log that is held beyond its end as ending there: what replicas compare, count, offer
    /// and serve.
    pub heads: Heads,
    /// The newest records held of logs that are held beyond their ends.
    beyond: Heads,
    /// Chapters that this node replicates.
    pub replicated: BTreeSet<ChapterName>,
    /// Chapters that it replicates whether its organisation follows them or not: it keeps them for the others.
    kept: BTreeSet<ChapterName>,
}

impl State {
    /// Where a chapter stands.
    #[must_use]
    pub fn standing(&self, chapter: &ChapterName) -> ChapterStanding {
        let active_at = self.members.charter().map_or(1, |charter| charter.chapter_active_at);
        self.chapters
            .standing(chapter, &self.members.organisations(), active_at)
    }

    /// What removes a record: its body is to be kept by nobody.
    #[must_use]
    pub fn removed_by(&self, record: &RecordId, header: &Header) -> Option<RemovedBy> {
        let (chapter, organisation) = (&header.log.chapter, &header.organisation);
        self.removals.by(record, chapter, organisation, &self.members)
    }

    /// Every record of which somebody says that it is removed; of which organisation's it is, that is for whoever looks to
    /// find out.
    #[must_use]
    pub fn said_removed(&self) -> BTreeSet<RecordId> {
        let by_acts = self.members.erasures().map(|(record, _)| *record);
        self.removals.named().copied().chain(by_acts).collect()
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
        self.chapters.fold(said, &self.members);
        if author == *own {
            self.replicate(own);
        } else if self.kept.contains(&chapter) || self.chapters.is_replicated_by(own, &chapter) {
            self.replicated.insert(chapter);
        } else {
            self.replicated.remove(&chapter);
        }
    }

    /// Keeps chapters for the others, whether `own` follows them or not.
    pub(crate) fn keep(&mut self, chapters: BTreeSet<ChapterName>, own: &OrganisationId) {
        self.kept = chapters;
        self.replicate(own);
    }

    fn replicate(&mut self, own: &OrganisationId) {
        self.replicated = self.chapters.replicated_by(own);
        self.replicated.extend(self.kept.iter().cloned());
    }

    /// Heads of one chapter, sorted by log.
    pub fn heads_of(&self, chapter: &ChapterName) -> impl ExactSizeIterator<Item = &Head> + Clone {
        static NONE: BTreeMap<LogName, Head> = BTreeMap::new();
        self.heads.get(chapter).unwrap_or(&NONE).values()
    }

    /// Head of one log, as others see it.
    #[must_use]
    pub fn head(&self, log: &LogName) -> Option<&Head> {
        self.heads.get(&log.chapter)?.get(log)
    }

    /// The newest record of a log that is held, be it beyond its end.
    #[must_use]
    pub fn held(&self, log: &LogName) -> Option<&Head> {
        let beyond = self.beyond.get(&log.chapter).and_then(|logs| logs.get(log));
        beyond.or_else(|| self.head(log))
    }

    /// The newest records held of a chapter, be they beyond the ends of their logs, sorted by log.
    pub fn held_of(&self, chapter: &ChapterName) -> impl Iterator<Item = &Head> {
        let beyond = self.beyond_of(chapter);
        let mut heads: BTreeMap<&LogName, &Head> = self.heads_of(chapter).map(|head| (&head.log, head)).collect();
        heads.extend(beyond.map(|head| (&head.log, head)));
        heads.into_values()
    }

    /// The newest records held of a chapter's logs that are held beyond their ends.
    pub(crate) fn beyond_of(&self, chapter: &ChapterName) -> impl Iterator<Item = &Head> {
        self.beyond.get(chapter).into_iter().flat_map(BTreeMap::values)
    }

    /// Where a log that is held ends, if it does.
    pub(crate) fn end(&self, log: &LogName) -> Option<LogEnd> {
        self.members.end_of(log, &self.held(log)?.organisation)
    }

    /// Sequence of the first record of a log that is not held, or that does not count.
    pub(crate) fn next_sequence(&self, log: &LogName) -> u64 {
        self.head(log).map_or(0, |head| head.sequence.saturating_add(1))
    }

    /// Notes the newest record held of a log.
    pub(crate) fn insert_head(&mut self, head: Head) {
        let (chapter, log) = (head.log.chapter.clone(), head.log.clone());
        let clamped = self.members.clamped(head.clone());
        let is_beyond = clamped.as_ref() != Some(&head);
        place(&mut self.heads, &chapter, &log, clamped);
        place(&mut self.beyond, &chapter, &log, is_beyond.then_some(head));
    }

    /// Looks again at the ends of all logs of these writers, and at what the alliance's own records beyond them said. The
    /// logs that were cut short by it, each with the place from which on nothing counts.
    pub(crate) fn clamp_again(&mut self, writers: &BTreeSet<WriterId>, own: &OrganisationId) -> Vec<(LogName, u64)> {
        let mut ended = Vec::new();
        for log in self.logs_by(writers) {
            let (before, held) = (self.head(&log).cloned(), self.held(&log).cloned());
            let Some(held) = held else { continue };
            let end = self.members.end_of(&log, &held.organisation);
            let end = end.filter(|end| !end.counts(held.sequence));
            self.insert_head(held);
            if self.head(&log) != before.as_ref() {
                ended.extend(end.map(|end| (log, end.next)));
            }
        }
        let speaking: Vec<_> = writers
            .iter()
            .filter(|writer| self.chapters.is_said_by(writer))
            .collect();
        for writer in &speaking {
            self.chapters.count_again(writer, &self.members);
        }
        if !speaking.is_empty() {
            self.replicate(own);
        }
        ended
    }

    /// The logs held that these writers write.
    pub(crate) fn logs_by(&self, writers: &BTreeSet<WriterId>) -> BTreeSet<LogName> {
        let chapters: BTreeSet<_> = self.heads.keys().chain(self.beyond.keys()).collect();
        let logs = chapters.into_iter().flat_map(|chapter| self.logs_of(chapter, writers));
        logs.collect()
    }

    /// The logs held of a chapter that these writers write. Logs are sorted by writer.
    fn logs_of(&self, chapter: &ChapterName, writers: &BTreeSet<WriterId>) -> BTreeSet<LogName> {
        let mut found = BTreeSet::new();
        for logs in [self.heads.get(chapter), self.beyond.get(chapter)]
            .into_iter()
            .flatten()
        {
            for writer in writers {
                let from = LogName {
                    writer: *writer,
                    instance: InstanceId([0; 8]),
                    chapter: ChapterName::alliance(),
                };
                let of_writer = logs.range(from..).take_while(|(log, _)| log.writer == *writer);
                found.extend(of_writer.map(|(log, _)| log.clone()));
            }
        }
        found
    }
}

type Heads = BTreeMap<ChapterName, BTreeMap<LogName, Head>>;

/// Puts a head in its place, or takes away what is there. A chapter without any leaves nothing behind, so that the same
/// records make the same state whatever was there meanwhile.
fn place(heads: &mut Heads, chapter: &ChapterName, log: &LogName, head: Option<Head>) {
    if let Some(head) = head {
        heads.entry(chapter.clone()).or_default().insert(log.clone(), head);
    } else if let Some(logs) = heads.get_mut(chapter) {
        logs.remove(log);
        if logs.is_empty() {
            heads.remove(chapter);
        }
    }
}
