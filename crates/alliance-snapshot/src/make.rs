//! Makes a bundle.

use std::collections::BTreeMap;
use std::io::{self, Write};

use alliance_record::{
    Head, InstanceId, LogName, OrganisationId, RecordId, SecretKey, SignedRecord, VerifiedRecord, WriterId,
};
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, DateTime, System, ZipWriter};

use crate::contents::{Contents, Selected, Take};
use crate::known::Known;
use crate::manifest::Manifest;
use crate::names::{CHECKSUMS, Part, SEAL, Source, files, may_be_large};
use crate::proof::{self, LogPlan, is_whole};
use crate::roster::Roster;
use crate::schema::SchemaName;
use crate::seal::Seal;

/// Holds the records of which a bundle is made.
pub trait Shelf {
    /// Why nothing can be read.
    type Error;

    /// Whole records of a log from a sequence on, ending at one with a signature: fewer than are asked for where the last of
    /// them has none, or more where none of them has; at least one, where that one is held. A record whose text was erased is
    /// given without it.
    ///
    /// # Errors
    /// As the holder says.
    fn range(&self, log: &LogName, from: u64, records: u64) -> Result<Vec<SignedRecord>, Self::Error>;

    /// As [`Shelf::range`], headers and signatures alone.
    ///
    /// # Errors
    /// As the holder says.
    fn headers(&self, log: &LogName, from: u64, records: u64) -> Result<Vec<SignedRecord>, Self::Error>;

    /// One record; without its text when that is not held.
    ///
    /// # Errors
    /// As the holder says.
    fn record(&self, id: &RecordId) -> Result<Option<VerifiedRecord>, Self::Error>;
}

/// Why a bundle cannot be made. What was written of it until then is not whole.
#[derive(Debug, thiserror::Error)]
pub enum MakeError<E> {
    /// The holder of the records failed.
    #[error("{0}")]
    Shelf(E),
    /// The bundle could not be written.
    #[error("the bundle could not be written: {0}")]
    Io(#[from] io::Error),
    /// A record that the snapshot names is not held here.
    #[error("record {record} is not held here")]
    Unknown {
        /// The record.
        record: RecordId,
    },
    /// A record's text is not held here: it was erased, or has not come.
    #[error("the text of record {record} is not held here")]
    NoText {
        /// The record.
        record: RecordId,
    },
    /// A log is not held as far as the snapshot says.
    #[error("record {sequence} of log {} of writer {} in {} is not held here", log.instance, log.writer.short(), log.chapter)]
    NotHeld {
        /// The log.
        log: LogName,
        /// The first that is not.
        sequence: u64,
    },
    /// A record stands behind these heads, or in the alliance's own chapter, which is no part of what is selected.
    #[error("record {record} stands behind the heads of the snapshot, or is one of the alliance's own")]
    Behind {
        /// The record.
        record: RecordId,
    },
    /// By the alliance's own records up to these heads, a log does not count so far.
    #[error("log {} of writer {} in {} does not count as far as the snapshot says", log.instance, log.writer.short(), log.chapter)]
    DoesNotCount {
        /// The log.
        log: LogName,
    },
    /// It was made with another schema or other code lists than this program has, which would write other files.
    #[error("it was made with the code lists {version}, or another schema, and this program has others")]
    OtherSchema {
        /// Version of the code lists that the snapshot names.
        version: String,
    },
    /// By the same records, other acts mark the records selected.
    #[error("the acts that mark its records are not those that the snapshot names")]
    OtherActs,
}

impl Roster {
    /// The roster at these heads, from the records of the alliance's chapter.
    ///
    /// # Errors
    /// When the shelf cannot be read, or does not hold a log so far.
    pub(crate) fn read<S: Shelf>(shelf: &S, manifest: &Manifest) -> Result<Self, MakeError<S::Error>> {
        let mut roster = Self::new(manifest.alliance);
        for head in proof::heads_of(manifest, Part::Alliance) {
            let mut next = 0;
            while next <= head.sequence {
                let records = shelf.range(&head.log, next, crate::limits::PIECE_RECORDS);
                let records = records.map_err(MakeError::Shelf)?;
                if records.is_empty() {
                    let (log, sequence) = (head.log.clone(), next);
                    return Err(MakeError::NotHeld { log, sequence });
                }
                for record in records {
                    next += 1;
                    let (id, is_before) = (record.id(), next <= head.sequence + 1);
                    let record =
                        VerifiedRecord::from_own_store(record).map_err(|_| MakeError::NoText { record: id })?;
                    if is_before {
                        roster.take(&record);
                    }
                }
            }
        }
        Ok(roster)
    }
}

/// Makes the bundle of one snapshot.
pub struct Maker<'s, S: Shelf> {
    shelf: &'s S,
    manifest: &'s Manifest,
    roster: Roster,
    known: Known,
    /// In the order of the manifest.
    logs: Vec<LogPlan>,
}

/// By which logs are in the order of the manifest.
type Place = (String, WriterId, InstanceId);

fn place(log: &LogName) -> Place {
    (log.chapter.to_string(), log.writer, log.instance)
}

impl<'s, S: Shelf> Maker<'s, S> {
    /// Looks up everything that the manifest names. Texts are read when the bundle is written.
    ///
    /// # Errors
    /// When something is not held here, or a text is not.
    pub fn new(shelf: &'s S, manifest: &'s Manifest) -> Result<Self, MakeError<S::Error>> {
        if manifest.schema != SchemaName::own() {
            let version = manifest.schema.code_lists_version.clone();
            return Err(MakeError::OtherSchema { version });
        }
        let roster = Roster::read(shelf, manifest)?;
        if let Some(head) = manifest.heads.iter().find(|head| !roster.counts(head)) {
            let log = head.log.clone();
            return Err(MakeError::DoesNotCount { log });
        }
        let plan = |head: &Head| (place(&head.log), LogPlan::new(head.clone()));
        let mut logs: BTreeMap<Place, LogPlan> = manifest.heads.iter().map(plan).collect();
        let mut known = Known::default();
        let selected = manifest.records.iter().map(|id| (id, true));
        for (id, is_selected) in selected.chain(manifest.bearing.iter().map(|id| (id, false))) {
            let held = shelf.record(id).map_err(MakeError::Shelf)?;
            let record = held.ok_or(MakeError::Unknown { record: *id })?;
            known.take(&record);
            let header = record.header();
            let log = logs.get_mut(&place(&header.log));
            let log = log.filter(|log| header.sequence <= log.head.sequence && !log.head.log.chapter.is_alliance());
            let log = log.ok_or(MakeError::Behind { record: *id })?;
            log.from = log.from.min(header.sequence);
            if is_whole(header.kind, is_selected) {
                if record.body().is_none() {
                    return Err(MakeError::NoText { record: *id });
                }
                log.whole.insert(header.sequence, *id);
            }
            if is_selected {
                log.selected.insert(header.sequence);
            }
        }
        if known.acts(manifest, &roster) != manifest.acts {
            return Err(MakeError::OtherActs);
        }
        Ok(Self {
            shelf,
            manifest,
            roster,
            known,
            logs: logs.into_values().collect(),
        })
    }

    /// Writes the bundle, sealed by a node of an organisation.
    ///
    /// # Errors
    /// When a record cannot be read, or the writer fails.
    pub fn write<W: Write>(
        &self,
        key: &SecretKey,
        organisation: OrganisationId,
        out: W,
    ) -> Result<(), MakeError<S::Error>> {
        let contents = Contents::of(self.manifest, &self.roster, &self.known, &mut Shelved(self))?;
        let mut zip = ZipWriter::new_stream(out);
        let mut checksums = String::new();
        for (name, source) in files(&contents.kinds) {
            zip.start_file(name.as_str(), options(&name)).map_err(unpacked)?;
            let mut file = Hashed::new(&mut zip);
            self.put(&contents, source, &mut file)?;
            checksums.push_str(&format!("{}  {name}\n", HEXLOWER.encode(&file.hash())));
        }
        let hash: [u8; 32] = Sha256::digest(checksums.as_bytes()).into();
        let seal = Seal::new(key, organisation, &self.manifest.identifier(), &hash);
        for (name, text) in [(CHECKSUMS, checksums), (SEAL, seal.to_json())] {
            zip.start_file(name, options(name)).map_err(unpacked)?;
            zip.write_all(text.as_bytes())?;
        }
        zip.finish().map_err(unpacked)?.into_inner().flush()?;
        Ok(())
    }

    fn put<W: Write>(&self, contents: &Contents<'_>, source: Source, out: &mut W) -> Result<(), MakeError<S::Error>> {
        let text = match source {
            Source::Export(format) => return contents.export(format, &mut Shelved(self), out),
            Source::Proof(part) => {
                let logs = self.logs.iter();
                let of_part = |log: &&LogPlan| log.head.log.chapter.is_alliance() == (part == Part::Alliance);
                let logs: Vec<&LogPlan> = logs.filter(of_part).collect();
                return proof::write(self.shelf, self.manifest, &logs, out);
            }
            Source::Text(text) => contents.text(text),
        };
        Ok(out.write_all(text.as_bytes())?)
    }
}

/// The records selected, from the shelf.
struct Shelved<'m, 's, S: Shelf>(&'m Maker<'s, S>);

impl<S: Shelf> Selected for Shelved<'_, '_, S> {
    type Error = MakeError<S::Error>;

    fn each(&mut self, take: &mut Take<'_>) -> Result<(), Self::Error> {
        for log in &self.0.logs {
            for sequence in log.selected.iter().rev() {
                let Some(id) = log.whole.get(sequence) else { continue };
                let held = self.0.shelf.record(id).map_err(MakeError::Shelf)?;
                let whole = held.filter(|record| record.body().is_some());
                take(&whole.ok_or(MakeError::NoText { record: *id })?)?;
            }
        }
        Ok(())
    }
}

/// Everything that a ZIP file says of a file beside its bytes is the same on every node; `layout` holds a file to it.
fn options(name: &str) -> SimpleFileOptions {
    SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644)
        .system(System::Unix)
        .large_file(may_be_large(name))
}

fn unpacked<E>(error: zip::result::ZipError) -> MakeError<E> {
    MakeError::Io(error.into())
}

/// A file of a bundle while it is written.
struct Hashed<'z, W: Write> {
    zip: &'z mut ZipWriter<StreamWriter<W>>,
    hasher: Sha256,
}

impl<'z, W: Write> Hashed<'z, W> {
    fn new(zip: &'z mut ZipWriter<StreamWriter<W>>) -> Self {
        let hasher = Sha256::new();
        Self { zip, hasher }
    }

    fn hash(self) -> [u8; 32] {
        self.hasher.finalize().into()
    }
}

impl<W: Write> Write for Hashed<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.zip.write(bytes)?;
        self.hasher.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
