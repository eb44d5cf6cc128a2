//! Bundles: everything that this node holds of some chapters as one file, and ranges of such a file taken in.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use alliance_api::{ImportReceipt, Problem, StoppedRange};
use alliance_record::{ChapterName, Head, LogName, SignedRecord, VerifiedRecord, thin_signatures, verify_range};
use alliance_store::{RangeLimits, ReadError, Reader};
use alliance_wire::{BUNDLE_MAGIC, BundleFrame, BundleHead, WireError};
use bytes::Bytes;
use tokio::sync::oneshot;

use super::Handle;
use super::pieces::{Pieces, Sink};
use super::problem::{bad_request, problem, stopped};
use crate::random::now_ms;
use crate::run::{Imported, Message};

/// Records and bytes of one range in a bundle.
const PIECE_RECORDS: usize = 512;
const PIECE_BYTES: usize = 524_288;

impl Handle {
    /// Everything that this node holds of these chapters, and of the alliance's own, as the bytes of a bundle; of all
    /// chapters when none is named. What arrives while it is read is left out. A bundle that ends without its last
    /// frame is not whole, and the log says why.
    ///
    /// # Errors
    /// A problem when a chapter's name is none, this node holds nothing of it or not all bodies, or the node stops.
    pub async fn export_bundle(&self, chapters: &[String]) -> Result<Pieces, Problem> {
        let named: Vec<ChapterName> = chapters
            .iter()
            .map(|name| {
                name.parse()
                    .map_err(|error| bad_request(&format!("chapter {name}: {error}")))
            })
            .collect::<Result<_, _>>()?;
        let heads = self.read(|reader| reader.all_heads()).await?;
        let held: Vec<&ChapterName> = heads.iter().map(|head| &head.log.chapter).collect();
        if let Some(absent) = named.iter().find(|name| !held.contains(name)) {
            let detail = format!("this node holds no record of {absent}. See `alliance chapter list`");
            return Err(problem(404, "chapter_not_held", "The chapter is not held", &detail));
        }
        let is_meant =
            |head: &Head| named.is_empty() || head.log.chapter.is_alliance() || named.contains(&head.log.chapter);
        let heads: Vec<Head> = heads.into_iter().filter(is_meant).collect();
        let heads = self.0.parts.shared.view().clamped(heads);
        self.check_bodies(&heads).await?;
        let head = bundle_head(self.0.alliance, &heads);
        let part = self.0.parts.shared.underway.enter();
        let reader = self.0.parts.store.get().ok_or_else(stopped)?;
        Ok(Pieces::written(part, "a bundle", move |out| {
            Bundle::new(out).write(&reader, head, &heads)
        }))
    }

    /// A bundle carries whole records: whoever imports it has nobody to ask for the bodies.
    async fn check_bodies(&self, heads: &[Head]) -> Result<(), Problem> {
        let chapters: BTreeSet<ChapterName> = heads.iter().map(|head| head.log.chapter.clone()).collect();
        let bare = move |reader: &Reader| {
            let mut bare = Vec::new();
            for chapter in chapters {
                if reader.lagging(&chapter)?.bodies > 0 {
                    bare.push(chapter.to_string());
                }
            }
            Ok(bare)
        };
        let bare = self.read(bare).await?;
        if bare.is_empty() {
            return Ok(());
        }
        let detail = format!(
            "of some records in {} this node holds the headers and not the texts. Wait until they have come (`alliance sync`), \
             or name other chapters to export",
            bare.join(", ")
        );
        Err(problem(409, "bodies_missing", "Not all records are whole", &detail))
    }

    /// Takes ranges of a bundle in, by the same door as all other records. What is held already is passed over.
    ///
    /// # Errors
    /// A problem when the bytes are no ranges, or the node stops. Ranges that were not taken are told in the receipt.
    pub async fn import_ranges(&self, bytes: Bytes) -> Result<ImportReceipt, Problem> {
        let read = tokio::task::spawn_blocking(move || read_ranges(bytes)).await;
        let ranges = read.map_err(|_| stopped())?.map_err(|error| unreadable(&error))?;
        let mut receipt = ImportReceipt::default();
        let mut waiting = Vec::new();
        for range in ranges {
            receipt.records += range.count;
            receipt.stopped.extend(range.fault);
            let (reply, answer) = oneshot::channel();
            let chapter = range.chapter;
            let message = Message::Import {
                records: range.records,
                reply,
            };
            self.0.parts.inbox.send(message).await.map_err(|_| stopped())?;
            waiting.push((chapter, answer));
        }
        for (chapter, answer) in waiting {
            let Imported { brought, stopped: at } = answer.await.map_err(|_| stopped())?;
            receipt.brought += brought;
            receipt.stopped.extend(at.map(|(record, verdict)| StoppedRange {
                chapter,
                record: Some(record.to_string()),
                code: verdict.code().to_owned(),
            }));
        }
        Ok(receipt)
    }
}

fn unreadable(error: &WireError) -> Problem {
    let detail = format!("{error}. Nothing of this piece was taken");
    problem(422, "not_a_bundle", "These are no ranges of a bundle", &detail)
}

fn bundle_head(alliance: alliance_record::AllianceId, heads: &[Head]) -> BundleHead {
    let mut chapters: Vec<ChapterName> = heads.iter().map(|head| head.log.chapter.clone()).collect();
    chapters.dedup();
    // In the order in which they are written.
    chapters.sort_by_key(|chapter| !chapter.is_alliance());
    BundleHead {
        alliance,
        chapters,
        logs: heads.len() as u64,
        records: heads.iter().map(|head| head.sequence + 1).sum(),
        made_at_ms: now_ms(),
    }
}

/// A range as it was handed in: what of it is authentic, and what is wrong with the rest.
struct Range {
    chapter: String,
    count: u64,
    records: Vec<VerifiedRecord>,
    fault: Option<StoppedRange>,
}

fn read_ranges(mut bytes: Bytes) -> Result<Vec<Range>, WireError> {
    let mut ranges = Vec::new();
    while !bytes.is_empty() {
        match BundleFrame::split(&mut bytes)? {
            BundleFrame::Range(records) => ranges.extend(verified(records)),
            BundleFrame::Head(_) | BundleFrame::End { .. } => return Err(WireError::BadEncoding { place: "range" }),
        }
    }
    Ok(ranges)
}

fn verified(records: Vec<SignedRecord>) -> Option<Range> {
    let chapter = records.first()?.header().log.chapter.to_string();
    let count = records.len() as u64;
    let ids: Vec<_> = records.iter().map(SignedRecord::id).collect();
    let (records, fault) = match verify_range(records) {
        Ok(records) => (records, None),
        Err(error) => {
            let stopped = StoppedRange {
                chapter: chapter.clone(),
                record: ids.get(error.index).map(ToString::to_string),
                code: alliance_record::Verdict::from(error.refusal).code().to_owned(),
            };
            (error.verified, Some(stopped))
        }
    };
    Some(Range {
        chapter,
        count,
        records,
        fault,
    })
}

/// Nobody reads on, or the store cannot be read.
#[derive(Debug, thiserror::Error)]
enum Unfinished {
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error(transparent)]
    Store(#[from] ReadError),
}

/// A bundle on its way out.
struct Bundle {
    out: Sink,
    hasher: blake3::Hasher,
    records: u64,
}

impl Bundle {
    fn new(out: Sink) -> Self {
        Self {
            out,
            hasher: blake3::Hasher::new(),
            records: 0,
        }
    }

    fn write(&mut self, reader: &Reader, head: BundleHead, heads: &[Head]) -> Result<(), Unfinished> {
        self.put(BUNDLE_MAGIC)?;
        self.put(&BundleFrame::Head(head).encode())?;
        let (alliance, others): (Vec<&Head>, Vec<&Head>) =
            heads.iter().partition(|head| head.log.chapter.is_alliance());
        self.put_alliance(reader, &alliance)?;
        for head in others {
            self.put_log(reader, &head.log, 0, head.sequence)?;
        }
        let end = BundleFrame::End {
            records: self.records,
            hash: *self.hasher.finalize().as_bytes(),
        };
        self.put(&end.encode())?;
        Ok(self.out.flush()?)
    }

    /// The alliance's own logs in the order in which they arrived here: each record after those that it is judged by.
    fn put_alliance(&mut self, reader: &Reader, heads: &[&Head]) -> Result<(), Unfinished> {
        let last: BTreeMap<&LogName, u64> = heads.iter().map(|head| (&head.log, head.sequence)).collect();
        let mut arrived = Vec::new();
        for stored in reader.chapter_records(&ChapterName::alliance())? {
            let stored = stored?;
            let header = stored.record.header();
            if let Some((log, last)) = last.get_key_value(&header.log)
                && header.sequence <= *last
            {
                arrived.push((stored.arrival, *log, header.sequence));
            }
        }
        arrived.sort_unstable();
        let mut next: BTreeMap<&LogName, u64> = BTreeMap::new();
        for run in arrived.chunk_by(|(_, log, _), (_, following, _)| log == following) {
            let Some((_, log, until)) = run.last() else { continue };
            let from = next.get(log).copied().unwrap_or_default();
            let written = self.put_log(reader, log, from, *until)?;
            next.insert(log, written);
        }
        Ok(())
    }

    /// Records of a log up to `until`, and on to the signature that proves it. The sequence after the last one.
    fn put_log(&mut self, reader: &Reader, log: &LogName, from: u64, until: u64) -> Result<u64, Unfinished> {
        let mut next = from;
        while next <= until {
            let limits = RangeLimits {
                records_max: usize::try_from(until - next + 1)
                    .unwrap_or(PIECE_RECORDS)
                    .min(PIECE_RECORDS),
                bytes_max: PIECE_BYTES,
            };
            let mut records = reader.range(log, next, limits)?;
            if records.is_empty() {
                break;
            }
            thin_signatures(&mut records);
            next += records.len() as u64;
            self.records += records.len() as u64;
            self.put(&BundleFrame::Range(records).encode())?;
        }
        Ok(next)
    }

    fn put(&mut self, bytes: &[u8]) -> Result<(), Unfinished> {
        self.hasher.update(bytes);
        Ok(self.out.write_all(bytes)?)
    }
}
