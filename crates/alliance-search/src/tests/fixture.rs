//! Stores, records and questions to test with.

use std::collections::BTreeMap;
use std::path::PathBuf;

use alliance_record::proto::v1;
use alliance_record::schema::Kind;
use alliance_record::{
    AllianceId, Author, Draft, InstanceId, LogPosition, RecordId, Reference, Salt, SecretKey, VerifiedRecord,
};
use alliance_store::{Options, Reader, Store, Writer};
use prost::Message;
use tempfile::TempDir;

use crate::filter::parse;
use crate::{Answer, Followed, Indexer, Question, Search, Searcher};

/// A store, an index, and the logs of some authors.
pub(super) struct Shelf {
    pub(super) writer: Writer,
    pub(super) reader: Reader,
    logs: BTreeMap<(u8, String), LogPosition>,
    dir: TempDir,
}

/// 2024-05-01.
pub(super) const DAY: i64 = 1_714_521_600_000;

impl Shelf {
    pub(super) fn new() -> Self {
        let dir = TempDir::new().unwrap();
        let (writer, reader, _) = Store::open(&dir.path().join("store"), Options::default()).unwrap();
        Self {
            writer,
            reader,
            logs: BTreeMap::new(),
            dir,
        }
    }

    pub(super) fn index_dir(&self) -> PathBuf {
        self.dir.path().join("index")
    }

    pub(super) fn open(&self) -> (Indexer, Searcher) {
        Search::open(&self.index_dir(), &self.reader).unwrap()
    }

    /// An index that has taken in everything.
    pub(super) fn followed(&self) -> (Indexer, Searcher) {
        let (mut indexer, searcher) = self.open();
        follow(self, &mut indexer);
        (indexer, searcher)
    }

    /// The next record of an author in a chapter.
    pub(super) fn sign(&mut self, author: u8, chapter: &str, body: (Kind, Vec<u8>), at_ms: i64) -> VerifiedRecord {
        self.sign_linked((author, chapter), body, at_ms, Vec::new())
    }

    /// The same, which refers to others.
    pub(super) fn sign_linked(
        &mut self,
        (author, chapter): (u8, &str),
        (kind, body): (Kind, Vec<u8>),
        at_ms: i64,
        references: Vec<Reference>,
    ) -> VerifiedRecord {
        let position = self.logs.entry((author, chapter.to_owned())).or_insert(LogPosition {
            sequence: 0,
            previous: None,
        });
        let writer = Author {
            alliance: AllianceId([1; 32]),
            organisation: SecretKey::from_seed(&[author ^ 0x80; 32]).organisation(),
            instance: InstanceId([author; 8]),
            key: SecretKey::from_seed(&[author; 32]),
        };
        let draft = Draft {
            chapter: chapter.parse().unwrap(),
            kind,
            schema: 1,
            bytes: body.into(),
            references,
            claimed_at_ms: at_ms,
        };
        let record = writer.sign(draft, *position, Salt([7; 32])).unwrap().verify().unwrap();
        *position = LogPosition {
            sequence: position.sequence + 1,
            previous: Some(record.id()),
        };
        record
    }

    pub(super) fn put(&mut self, body: (Kind, Vec<u8>)) -> RecordId {
        let record = self.sign(1, "m49:150", body, DAY);
        self.append(&[record])[0]
    }

    pub(super) fn append(&mut self, records: &[VerifiedRecord]) -> Vec<RecordId> {
        self.writer.append(records).unwrap();
        records.iter().map(|record| record.id()).collect()
    }
}

pub(super) fn follow(shelf: &Shelf, indexer: &mut Indexer) -> Followed {
    let mut all = Followed::default();
    loop {
        let followed = indexer.follow(&shelf.reader).unwrap();
        all = Followed {
            taken: all.taken + followed.taken,
            passed: all.passed + followed.passed,
            unreadable: all.unreadable + followed.unreadable,
            ..followed
        };
        if !followed.is_behind {
            return all;
        }
    }
}

/// A practice with a title and a summary.
pub(super) fn practice(lang: &str, title: &str, summary: &str) -> (Kind, Vec<u8>) {
    coded(lang, title, summary, &[])
}

/// A practice in settings.
pub(super) fn coded(lang: &str, title: &str, summary: &str, settings: &[&str]) -> (Kind, Vec<u8>) {
    let body = v1::Practice {
        common: Some(v1::Common {
            title: title.into(),
            lang: lang.into(),
            ..v1::Common::default()
        }),
        summary: summary.into(),
        settings: settings.iter().map(|setting| (*setting).to_owned()).collect(),
        ..v1::Practice::default()
    };
    (Kind::PRACTICE, body.encode_to_vec())
}

pub(super) fn question(text: &str) -> Question {
    Question {
        tree: parse(text).unwrap_or_else(|error| panic!("{text}: {error:?}")),
        ..Question::default()
    }
}

pub(super) fn ask(searcher: &Searcher, text: &str) -> Answer {
    searcher.search(&question(text), &|_| true).unwrap()
}

pub(super) fn ids(answer: &Answer) -> Vec<RecordId> {
    answer.hits.iter().map(|hit| hit.id).collect()
}
