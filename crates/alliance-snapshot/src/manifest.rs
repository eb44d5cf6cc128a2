//! The manifest: what a snapshot is made of, and the identifier that follows from it.

use std::collections::BTreeSet;
use std::fmt;
use std::marker::PhantomData;

use alliance_record::{ActId, AllianceId, ChapterName, Head, IdError, InstanceId, LogName, RecordId, WriterId};
use data_encoding::HEXLOWER;
use serde::de::{Deserializer, Error, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};

use crate::canonical::Canonical;
use crate::id::SnapshotId;
use crate::limits::{FILTER_BYTES_MAX, HEADS_MAX, RECORDS_MAX, TITLE_CHARS_MAX};
use crate::schema::SchemaName;

/// Domain tag of the identifier.
const TAG: &[u8] = b"alliance/v1/snapshot-id\0";
/// Version of the manifest, and of how the files of a bundle are written.
pub(crate) const VERSION: u64 = 1;

/// What a snapshot is made of. Two nodes in step that are asked for the same make the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// The alliance.
    pub alliance: AllianceId,
    /// The chapters whose heads are named: the alliance's own, and those in which records were looked for.
    pub chapters: Vec<ChapterName>,
    /// The newest record that counts of each of their logs.
    pub heads: Vec<Head>,
    /// The records selected.
    pub records: Vec<RecordId>,
    /// Other records that change where these stand: notices of them, newer versions, notices of notices.
    pub bearing: Vec<RecordId>,
    /// Acts by which stewards mark records selected.
    pub acts: Vec<ActId>,
    /// The schema and code lists by which they are read.
    pub schema: SchemaName,
    /// What was asked for, in its canonical written form. Whoever makes a snapshot says what that is.
    pub filter: String,
    /// What people call the snapshot; on one line. The only part that is not in the identifier.
    pub title: String,
}

/// Why a manifest cannot be read or made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ManifestError {
    /// Not the file's JSON.
    #[error("it is no manifest of a snapshot: {reason}")]
    NotAManifest {
        /// What cannot be read, and where.
        reason: String,
    },
    /// Made by a later version.
    #[error("it is of version {version}, and this program reads version {VERSION}")]
    OtherVersion {
        /// The version that it names.
        version: u64,
    },
    /// A list or text is over its limit, or is not written in its order.
    #[error("{place}: {rule}")]
    Rule {
        /// The field.
        place: &'static str,
        /// What holds of it.
        rule: String,
    },
    /// The identifier that it names is not the one that follows from it.
    #[error("it names {named}, and what it is made of has the identifier {found}")]
    WrongIdentifier {
        /// The one that stands there.
        named: String,
        /// The one that follows.
        found: SnapshotId,
    },
}

/// By which heads are in order.
fn place(log: &LogName) -> (&str, &WriterId, &InstanceId) {
    (log.chapter.as_str(), &log.writer, &log.instance)
}

impl Manifest {
    /// Puts every list in its order.
    pub fn sort(&mut self) {
        self.chapters.sort_by(|one, other| one.as_str().cmp(other.as_str()));
        self.chapters.dedup();
        self.heads.sort_by(|one, other| place(&one.log).cmp(&place(&other.log)));
        self.records.sort_unstable();
        self.records.dedup();
        self.bearing.sort_unstable();
        self.bearing.dedup();
        self.acts.sort_unstable();
        self.acts.dedup();
    }

    /// The identifier: SHA-256 over the domain tag and everything but the title, as `proto/README.md` says.
    #[must_use]
    pub fn identifier(&self) -> SnapshotId {
        let mut hash = Canonical::new(TAG);
        hash.number(VERSION);
        hash.fixed(self.alliance.as_bytes());
        hash.list(&self.chapters, |hash, chapter| hash.text(chapter.as_str()));
        hash.list(&self.heads, |hash, head| {
            hash.text(head.log.chapter.as_str());
            hash.fixed(head.log.writer.as_bytes());
            hash.fixed(head.log.instance.as_bytes());
            hash.fixed(head.organisation.as_bytes());
            hash.number(head.sequence);
            hash.fixed(head.record.as_bytes());
        });
        hash.list(&self.records, |hash, record| hash.fixed(record.as_bytes()));
        hash.list(&self.bearing, |hash, record| hash.fixed(record.as_bytes()));
        hash.list(&self.acts, |hash, act| hash.fixed(act.as_bytes()));
        hash.fixed(&self.schema.protocol);
        hash.text(&self.schema.code_lists_version);
        hash.fixed(&self.schema.code_lists);
        hash.text(&self.filter);
        SnapshotId(hash.finish())
    }

    /// Checks the limits, and that each list is in its order without anything twice.
    ///
    /// # Errors
    /// [`ManifestError::Rule`] names the first that is broken.
    pub fn check(&self) -> Result<(), ManifestError> {
        at_most("chapters", self.chapters.len(), HEADS_MAX)?;
        at_most("heads", self.heads.len(), HEADS_MAX)?;
        at_most("records", self.records.len(), RECORDS_MAX)?;
        at_most("bearing", self.bearing.len(), RECORDS_MAX)?;
        at_most("acts", self.acts.len(), RECORDS_MAX)?;
        at_most("filter", self.filter.len(), FILTER_BYTES_MAX)?;
        at_most("title", self.title.chars().count(), TITLE_CHARS_MAX)?;
        if self.title.is_empty() || self.title.chars().any(char::is_control) {
            return Err(rule("title", "is some text on one line"));
        }
        let chapters = self.chapters.windows(2).all(|pair| pair[0].as_str() < pair[1].as_str());
        let heads = self
            .heads
            .windows(2)
            .all(|pair| place(&pair[0].log) < place(&pair[1].log));
        let named: BTreeSet<&ChapterName> = self.chapters.iter().collect();
        let of_them = self.heads.iter().all(|head| named.contains(&head.log.chapter));
        let lists = [
            (
                "chapters",
                chapters && self.chapters.iter().any(ChapterName::is_alliance),
            ),
            ("heads", heads && of_them),
            ("records", rises(&self.records)),
            ("bearing", rises(&self.bearing)),
            ("acts", rises(&self.acts)),
        ];
        match lists.into_iter().find(|(_, is_good)| !is_good) {
            Some((place, _)) => Err(rule(place, "is in its order, with nothing twice or out of place")),
            None => Ok(()),
        }
    }

    /// The text of `snapshot.json`.
    #[must_use]
    pub fn to_json(&self) -> String {
        let written = Written::of(self);
        // A struct of texts, numbers and lists has no value that JSON lacks.
        let mut text = serde_json::to_string_pretty(&written).unwrap_or_default();
        text.push('\n');
        text
    }

    /// Reads the text of `snapshot.json`, and makes sure of limits, orders and the identifier.
    ///
    /// # Errors
    /// [`ManifestError`] names the first thing that is wrong.
    pub fn from_json(text: &[u8]) -> Result<Self, ManifestError> {
        let unread = |error: serde_json::Error| ManifestError::NotAManifest {
            reason: error.to_string(),
        };
        let Versioned { version } = serde_json::from_slice(text).map_err(unread)?;
        if version != VERSION {
            return Err(ManifestError::OtherVersion { version });
        }
        let written: Written = serde_json::from_slice(text).map_err(unread)?;
        let manifest = written
            .read()
            .map_err(|reason| ManifestError::NotAManifest { reason })?;
        manifest.check()?;
        let found = manifest.identifier();
        if written.identifier != found.to_string() {
            let named = written.identifier;
            return Err(ManifestError::WrongIdentifier { named, found });
        }
        Ok(manifest)
    }
}

fn rises<T: Ord>(items: &[T]) -> bool {
    items.windows(2).all(|pair| pair[0] < pair[1])
}

fn at_most(place: &'static str, got: usize, max: usize) -> Result<(), ManifestError> {
    match got <= max {
        true => Ok(()),
        false => Err(rule(place, &format!("there are {got}, and at most {max} are taken"))),
    }
}

fn rule(place: &'static str, rule: &str) -> ManifestError {
    let rule = rule.to_owned();
    ManifestError::Rule { place, rule }
}

#[derive(Deserialize)]
struct Versioned {
    version: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    version: u64,
    identifier: String,
    title: String,
    alliance: String,
    filter: String,
    schema: WrittenSchema,
    #[serde(deserialize_with = "listed::<_, _, HEADS_MAX>")]
    chapters: Vec<String>,
    #[serde(deserialize_with = "listed::<_, _, HEADS_MAX>")]
    heads: Vec<WrittenHead>,
    #[serde(deserialize_with = "listed::<_, _, RECORDS_MAX>")]
    records: Vec<String>,
    #[serde(deserialize_with = "listed::<_, _, RECORDS_MAX>")]
    bearing: Vec<String>,
    #[serde(deserialize_with = "listed::<_, _, RECORDS_MAX>")]
    acts: Vec<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenSchema {
    protocol: String,
    code_lists_version: String,
    code_lists: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenHead {
    chapter: String,
    writer: String,
    instance: String,
    organisation: String,
    sequence: u64,
    record: String,
}

/// A list that is refused as soon as it has more than `MAX` items, so that it is never held.
fn listed<'de, D: Deserializer<'de>, T: Deserialize<'de>, const MAX: usize>(list: D) -> Result<Vec<T>, D::Error> {
    struct Listed<T, const MAX: usize>(PhantomData<T>);

    impl<'de, T: Deserialize<'de>, const MAX: usize> Visitor<'de> for Listed<T, MAX> {
        type Value = Vec<T>;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(formatter, "a list of at most {MAX}")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Vec<T>, A::Error> {
            let mut list = Vec::new();
            while let Some(item) = items.next_element()? {
                if list.len() == MAX {
                    return Err(A::Error::custom(format!(
                        "a list has more than {MAX} items, and no snapshot has"
                    )));
                }
                list.push(item);
            }
            Ok(list)
        }
    }

    list.deserialize_seq(Listed::<T, MAX>(PhantomData))
}

fn texts<T: ToString>(items: &[T]) -> Vec<String> {
    items.iter().map(ToString::to_string).collect()
}

impl Written {
    fn of(manifest: &Manifest) -> Self {
        let schema = &manifest.schema;
        Self {
            version: VERSION,
            identifier: manifest.identifier().to_string(),
            title: manifest.title.clone(),
            alliance: manifest.alliance.to_string(),
            filter: manifest.filter.clone(),
            schema: WrittenSchema {
                protocol: HEXLOWER.encode(&schema.protocol),
                code_lists_version: schema.code_lists_version.clone(),
                code_lists: HEXLOWER.encode(&schema.code_lists),
            },
            chapters: texts(&manifest.chapters),
            heads: manifest.heads.iter().map(WrittenHead::of).collect(),
            records: texts(&manifest.records),
            bearing: texts(&manifest.bearing),
            acts: texts(&manifest.acts),
        }
    }

    fn read(&self) -> Result<Manifest, String> {
        Ok(Manifest {
            alliance: read("alliance", &self.alliance)?,
            chapters: all("chapters", &self.chapters)?,
            heads: self.heads.iter().map(WrittenHead::read).collect::<Result<_, _>>()?,
            records: all("records", &self.records)?,
            bearing: all("bearing", &self.bearing)?,
            acts: all("acts", &self.acts)?,
            schema: SchemaName {
                protocol: hash("schema.protocol", &self.schema.protocol)?,
                code_lists_version: self.schema.code_lists_version.clone(),
                code_lists: hash("schema.code_lists", &self.schema.code_lists)?,
            },
            filter: self.filter.clone(),
            title: self.title.clone(),
        })
    }
}

impl WrittenHead {
    fn of(head: &Head) -> Self {
        Self {
            chapter: head.log.chapter.to_string(),
            writer: head.log.writer.to_string(),
            instance: head.log.instance.to_string(),
            organisation: head.organisation.to_string(),
            sequence: head.sequence,
            record: head.record.to_string(),
        }
    }

    fn read(&self) -> Result<Head, String> {
        Ok(Head {
            log: LogName {
                writer: read("heads.writer", &self.writer)?,
                instance: read("heads.instance", &self.instance)?,
                chapter: read("heads.chapter", &self.chapter)?,
            },
            organisation: read("heads.organisation", &self.organisation)?,
            sequence: self.sequence,
            record: read("heads.record", &self.record)?,
        })
    }
}

fn read<T: std::str::FromStr<Err: std::fmt::Display>>(place: &str, text: &str) -> Result<T, String> {
    text.parse()
        .map_err(|error: T::Err| format!("{place}: '{text}': {error}"))
}

fn all<T: std::str::FromStr<Err: std::fmt::Display>>(place: &str, items: &[String]) -> Result<Vec<T>, String> {
    items.iter().map(|text| read(place, text)).collect()
}

fn hash(place: &str, text: &str) -> Result<[u8; 32], String> {
    let bytes = HEXLOWER.decode(text.as_bytes()).ok();
    let hash = bytes.and_then(|bytes| bytes.try_into().ok());
    hash.ok_or_else(|| format!("{place}: '{text}': {}", IdError::NotHex { expected_chars: 64 }))
}
