//! What stewards of chapters say of them: a chain of records for each chapter. For display; nothing is judged by it.

use std::collections::{BTreeMap, BTreeSet};

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

/// Everything that was said of chapters.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Descriptions(BTreeMap<ChapterName, BTreeMap<RecordId, Written>>);

impl Descriptions {
    /// Takes a record; one that says nothing usable changes nothing.
    pub(crate) fn hear(&mut self, record: &VerifiedRecord) {
        if let Some((chapter, written)) = read(record) {
            self.0.entry(chapter).or_default().insert(record.id(), written);
        }
    }

    /// What counts of a chapter: from the first description, which any member may write, each followed by one of a steward
    /// that it names, or of the alliance. Of several the one with the smallest id.
    #[must_use]
    pub fn of(&self, chapter: &ChapterName, members: &Members) -> Option<Description> {
        self.history(chapter, members).pop()
    }

    /// All that counted of a chapter, one after the other.
    #[must_use]
    pub fn history(&self, chapter: &ChapterName, members: &Members) -> Vec<Description> {
        let mut said: Vec<Description> = Vec::new();
        let Some(written) = self.0.get(chapter) else {
            return said;
        };
        while let Some(next) = next(written, said.last(), members) {
            said.push(next.clone());
        }
        said
    }
}

fn next<'a>(
    written: &'a BTreeMap<RecordId, Written>,
    newest: Option<&Description>,
    members: &Members,
) -> Option<&'a Description> {
    let alliance = members.charters().iter();
    let alliance: BTreeSet<_> = alliance.flat_map(|version| &version.charter.stewards).collect();
    let mut following = written
        .values()
        .filter(|one| one.previous == newest.map(|said| said.record));
    let found = following.find(|one| {
        let (end, by) = (members.end_of(&one.log, &one.said.by), &one.said.by);
        let may = newest.is_none_or(|said| said.stewards.contains(by) || alliance.contains(by));
        may && members.was_let_in(by) && end.is_none_or(|end| end.counts(one.sequence))
    });
    found.map(|one| &one.said)
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
