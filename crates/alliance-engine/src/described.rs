//! What stewards of chapters say of them: a chain of records for each chapter. For display; nothing is judged by it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use alliance_record::proto::v1;
use alliance_record::schema::Kind;
use alliance_record::{ChapterName, LogName, OrganisationId, RecordId, VerifiedRecord};
use prost::Message;

use crate::members::Members;

/// What is said of a chapter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Description {
    /// The record that says it.
    pub record: RecordId,
    /// Who wrote it.
    pub by: OrganisationId,
    /// Who may write the next one, beside the alliance's stewards.
    pub stewards: BTreeSet<OrganisationId>,
    /// BCP 47.
    pub language: String,
    /// How often it meets (code list `rhythm`).
    pub rhythm: String,
    /// Display text.
    pub about: String,
}

#[derive(Debug, Clone, PartialEq)]
struct Written {
    previous: Option<RecordId>,
    log: LogName,
    sequence: u64,
    said: Description,
}

/// What follows a description, or is a first one.
type Following = BTreeMap<Option<RecordId>, BTreeMap<RecordId, Written>>;

/// Everything that was said of chapters.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Descriptions(BTreeMap<ChapterName, Arc<Following>>);

impl Descriptions {
    /// Takes a record; one that says nothing usable changes nothing.
    pub(crate) fn hear(&mut self, record: &VerifiedRecord) {
        if let Some((chapter, written)) = read(record) {
            let following = Arc::make_mut(self.0.entry(chapter).or_default());
            let after = following.entry(written.previous).or_default();
            after.insert(record.id(), written);
        }
    }

    /// What counts of a chapter: the last of [`Descriptions::history`].
    #[must_use]
    pub fn of(&self, chapter: &ChapterName, members: &Members) -> Option<Description> {
        self.counting(chapter, members).last().cloned()
    }

    /// All that counts of a chapter: the first description, which any member may write, and one after the other those of a
    /// steward that the one before names, or of the alliance. Of several one of the alliance's stewards, and of these the
    /// one with the smallest id: who takes a chapter over by a first description of his own gives it back to them.
    #[must_use]
    pub fn history(&self, chapter: &ChapterName, members: &Members) -> Vec<Description> {
        self.counting(chapter, members).cloned().collect()
    }

    fn counting<'a>(
        &'a self,
        chapter: &ChapterName,
        members: &'a Members,
    ) -> impl Iterator<Item = &'a Description> + use<'a> {
        let versions = members.charters().iter();
        let alliance: BTreeSet<_> = versions.flat_map(|version| &version.charter.stewards).collect();
        let following = self.0.get(chapter);
        let next = move |newest: Option<&'a Description>| {
            let after = following?.get(&newest.map(|said| said.record))?;
            let counting = after.values().filter(|one| {
                let by = &one.said.by;
                let may = newest.is_none_or(|said| said.stewards.contains(by) || alliance.contains(by));
                may && members.was_let_in(by) && members.counts_at(&one.log, one.sequence, by)
            });
            // By id, of which the first of equals is taken.
            let next = counting.min_by_key(|one| !alliance.contains(&one.said.by));
            next.map(|one| &one.said)
        };
        let first = next(None);
        std::iter::successors(first, move |newest| next(Some(newest)))
    }
}

fn read(record: &VerifiedRecord) -> Option<(ChapterName, Written)> {
    let header = record.header();
    if header.kind != Kind::CHAPTER {
        return None;
    }
    let message = v1::Chapter::decode(record.body()?.bytes.clone()).ok()?;
    let stewards = message.stewards.iter().map(|id| OrganisationId::from_slice(id).ok());
    let previous = match &message.previous[..] {
        [] => None,
        bytes => Some(RecordId::from_slice(bytes).ok()?),
    };
    let said = Description {
        record: record.id(),
        by: header.organisation,
        stewards: stewards.collect::<Option<_>>()?,
        language: message.language,
        rhythm: message.rhythm,
        about: message.about,
    };
    let written = Written {
        previous,
        log: header.log.clone(),
        sequence: header.sequence,
        said,
    };
    Some((message.chapter.parse().ok()?, written))
}
