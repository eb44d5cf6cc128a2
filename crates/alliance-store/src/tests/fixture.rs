//! Records and stores to test with.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use alliance_record::limits::CHECKPOINT_RECORDS;
use alliance_record::schema::Kind;
use alliance_record::{
    AllianceId, Author, ChapterName, Draft, InstanceId, LogName, LogPosition, OrganisationId, RecordId, Reference,
    Salt, SecretKey, SignedRecord, VerifiedRecord, verify_range,
};

use crate::disk::Files;
use crate::keys::KeyRing;
use crate::kv::{Keyspace, Value};
use crate::page::Packer;
use crate::sim::Disk;
use crate::{Arrival, ListingFacets, OpenEvent, Options, RangeLimits, Reader, Store, Writer};

pub(crate) const ALL: RangeLimits = RangeLimits {
    records_max: usize::MAX,
    bytes_max: usize::MAX,
};

pub(crate) fn chapter(name: &str) -> ChapterName {
    name.parse().unwrap()
}

/// One log and what it has come to.
#[derive(Clone)]
pub(crate) struct Log {
    author: Author,
    chapter: ChapterName,
    position: LogPosition,
    pub(crate) body_bytes: usize,
    /// What bodies begin with; `#` stands for the sequence.
    pub(crate) text: String,
    pub(crate) kind: u32,
    /// What each record refers to.
    pub(crate) references: Vec<Reference>,
}

impl Log {
    pub(crate) fn new(writer: u8, name: &str) -> Self {
        let key = SecretKey::from_seed(&[writer; 32]);
        let author = Author {
            alliance: AllianceId([1; 32]),
            organisation: SecretKey::from_seed(&[writer ^ 0x80; 32]).organisation(),
            instance: InstanceId([writer; 8]),
            key,
        };
        let position = LogPosition {
            sequence: 0,
            previous: None,
        };
        Self {
            author,
            chapter: chapter(name),
            position,
            body_bytes: 20,
            text: String::new(),
            kind: 1,
            references: Vec::new(),
        }
    }

    pub(crate) fn name(&self) -> LogName {
        self.author.log(self.chapter.clone())
    }

    pub(crate) const fn organisation(&self) -> OrganisationId {
        self.author.organisation
    }

    fn sign_next(&mut self) -> SignedRecord {
        let sequence = self.position.sequence;
        let mut bytes = self.text.replace('#', &sequence.to_string()).into_bytes();
        let filler = bytes.len()..bytes.len().max(self.body_bytes);
        bytes.resize(filler.end, 0);
        noise(sequence, &mut bytes[filler]);
        let draft = Draft {
            chapter: self.chapter.clone(),
            kind: Kind(self.kind),
            schema: 1,
            bytes: bytes.into(),
            references: self.references.clone(),
            claimed_at_ms: 1000 * sequence as i64,
        };
        let record = self
            .author
            .sign(draft, self.position, Salt([sequence as u8; 32]))
            .unwrap();
        self.position = LogPosition {
            sequence: sequence + 1,
            previous: Some(record.id()),
        };
        record
    }

    /// The next record, signed.
    pub(crate) fn next(&mut self) -> VerifiedRecord {
        self.sign_next().verify().unwrap()
    }

    /// The next records, each signed.
    pub(crate) fn take(&mut self, count: usize) -> Vec<VerifiedRecord> {
        (0..count).map(|_| self.next()).collect()
    }

    /// The next records as a range brings them: only every 64th and the last are signed.
    pub(crate) fn take_range(&mut self, count: usize) -> Vec<VerifiedRecord> {
        let mut records: Vec<SignedRecord> = (0..count).map(|_| self.sign_next()).collect();
        for (at, record) in records[..count - 1].iter_mut().enumerate() {
            if (at + 1) % CHECKPOINT_RECORDS as usize == 0 {
                continue;
            }
            *record = SignedRecord::from_parts(record.header_bytes().clone(), None, record.body().cloned()).unwrap();
        }
        verify_range(records).unwrap()
    }
}

/// Bytes that do not compress.
fn noise(seed: u64, out: &mut [u8]) {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&seed.to_le_bytes());
    hasher.finalize_xof().fill(out);
}

pub(crate) fn options() -> Options {
    Options {
        cache_bytes: 8 << 20,
        facets: facets_of_text,
    }
}

/// `title|title_en|lang|setting,setting|due|asks` in the body's text; the last two may be left out.
fn facets_of_text(record: &VerifiedRecord) -> ListingFacets {
    let text = record
        .body()
        .map(|body| String::from_utf8_lossy(&body.bytes).into_owned())
        .unwrap_or_default();
    let parts: Vec<&str> = text.split('|').collect();
    let [title, title_en, lang, settings, ref rest @ ..] = parts[..] else {
        return ListingFacets::default();
    };
    ListingFacets {
        title: title.into(),
        title_en: title_en.into(),
        lang: lang.into(),
        settings: settings.split(',').map(Into::into).collect(),
        due: rest.first().copied().unwrap_or_default().into(),
        asks: rest.get(1) == Some(&"asks"),
    }
}

pub(crate) fn open(dir: &Path) -> (Writer, Reader, Vec<OpenEvent>) {
    let (writer, reader, report) = Store::open(dir, options()).unwrap();
    assert!(!report.to_string().is_empty());
    (writer, reader, report.events)
}

/// Opens a store in which nothing should be amiss.
pub(crate) fn open_well(dir: &Path) -> (Writer, Reader) {
    let (writer, reader, events) = open(dir);
    assert_eq!(events, []);
    (writer, reader)
}

pub(crate) fn ids(records: &[VerifiedRecord]) -> Vec<RecordId> {
    records.iter().map(|record| record.id()).collect()
}

/// A packer with keys on a disk of its own.
pub(crate) fn packer() -> Packer {
    let files = Files::Simulated(Disk::new(1));
    Packer::new(KeyRing::open(&files, Path::new("keys"), &BTreeSet::new(), Arrival(1)).unwrap()).unwrap()
}

/// The ids of everything in the feed, with its arrival numbers checked.
pub(crate) fn feed_ids(reader: &Reader) -> Vec<RecordId> {
    let arrivals = reader.arrivals_since(Arrival::NONE, ALL).unwrap();
    for (at, stored) in arrivals.iter().enumerate() {
        assert_eq!(stored.arrival, Arrival(at as u64 + 1));
    }
    assert_eq!(reader.last_arrival().0, arrivals.len() as u64);
    arrivals.iter().map(|stored| stored.record.id()).collect()
}

pub(crate) fn copy_dir(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => copy_dir(&entry.path(), &target),
            false => drop(fs::copy(entry.path(), target).unwrap()),
        }
    }
}

/// A keyspace's first entry.
pub(crate) fn first(keyspace: &Keyspace) -> (Value, Value) {
    keyspace.range::<&[u8]>(..).next().unwrap().unwrap()
}

/// Takes away a keyspace's last entry.
pub(crate) fn pop_last(keyspace: &Keyspace) {
    let (key, _) = keyspace.last().unwrap().unwrap();
    keyspace.remove(key).unwrap();
}

/// The files in a directory whose names begin so.
pub(crate) fn files(dir: &Path, prefix: &str) -> Vec<std::path::PathBuf> {
    let mut files: Vec<_> = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.file_name().unwrap().to_str().unwrap().starts_with(prefix));
    files.sort();
    files
}
