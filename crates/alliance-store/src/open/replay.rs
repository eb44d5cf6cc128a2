//! Mending the journal, and bringing back from it what the database lacks.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use alliance_record::{LogName, RecordId, VerifiedRecord};
use bytes::Bytes;

use super::report::{OpenEvent, OpenReport};
use super::site::Site;
use crate::arrival::BodyState;
use crate::disk::OpenFile;
use crate::error::{StoreFault, WriteError};
use crate::journal::{Entry, PREAMBLE_BYTES, Scanned, Scanner, new_key, preamble};
use crate::meta::MetaKey;
use crate::writer::Writer;

/// Records of a replayed group: at most 16 MiB.
const GROUP_RECORDS: usize = 256;

/// Bytes copied at a time.
const COPY_BYTES: u64 = 1 << 16;

/// Cuts off a torn tail and takes out a damaged middle, keeping both as evidence.
pub(super) fn mend(site: &Site, report: &mut OpenReport) -> io::Result<()> {
    if !site.files.exists(&site.journal)? {
        return Ok(());
    }
    let mut scanner = Scanner::open(&site.files, &site.journal)?;
    let (mut damaged, mut kept) = (0, 0);
    // A journal whose key is damaged is written anew with another: its bodies cannot be read, its headers can.
    if scanner.key().is_none() && site.files.open(&site.journal)?.len()? >= PREAMBLE_BYTES as u64 {
        damaged += PREAMBLE_BYTES as u64;
    }
    while let Some(scanned) = scanner.next()? {
        match scanned {
            Scanned::Entry { .. } => kept += 1,
            Scanned::Damage { bytes } => damaged += bytes,
            Scanned::Tail { at, bytes } => {
                let to = cut_tail(site, at)?;
                report.add(OpenEvent::JournalTailCut { bytes, to });
                break;
            }
        }
    }
    if damaged > 0 {
        let to = take_out_damage(site)?;
        report.add(OpenEvent::JournalDamaged {
            bytes: damaged,
            entries_kept: kept,
            to,
        });
    }
    Ok(())
}

fn cut_tail(site: &Site, at: u64) -> io::Result<PathBuf> {
    let to = site
        .files
        .free_name(&site.journal.with_extension("tail"), &site.evidence)?;
    let mut journal = site.files.open(&site.journal)?;
    copy_from(site, &mut journal, at, &to)?;
    site.files.sync_dir(&site.evidence)?;
    journal.set_len(at)?;
    journal.sync()?;
    Ok(to)
}

/// Copies what stands from `at` on into a new file, durably but for its name.
fn copy_from(site: &Site, from: &mut OpenFile, at: u64, to: &Path) -> io::Result<()> {
    let end = from.len()?;
    let mut copy = site.files.open(to)?;
    let mut copied = at;
    let mut bytes = Vec::new();
    while copied < end {
        bytes.resize((end - copied).min(COPY_BYTES) as usize, 0);
        from.read_at(copied, &mut bytes)?;
        copy.write_at(copied - at, &bytes)?;
        copied += bytes.len() as u64;
    }
    copy.sync()
}

/// Copies the journal aside and replaces it by its undamaged entries, in one step.
fn take_out_damage(site: &Site) -> io::Result<PathBuf> {
    let to = site.files.free_name(&site.journal, &site.evidence)?;
    copy_from(site, &mut site.files.open(&site.journal)?, 0, &to)?;
    site.files.sync_dir(&site.evidence)?;
    let mended = site.journal.with_extension("mended");
    let mut out = site.files.open(&mended)?;
    out.set_len(0)?;
    let mut scanner = Scanner::open(&site.files, &site.journal)?;
    let key = match scanner.key() {
        Some(key) => key,
        None => new_key(&site.files)?,
    };
    out.write_at(0, &preamble(&key))?;
    let mut at = PREAMBLE_BYTES as u64;
    while let Some(scanned) = scanner.next()? {
        if let Scanned::Entry { bytes, .. } = scanned {
            out.write_at(at, &bytes)?;
            at += bytes.len() as u64;
        }
    }
    out.sync()?;
    site.files.rename(&mended, &site.journal)?;
    site.files.sync_dir(site.journal.parent().unwrap_or(&site.dir))?;
    Ok(to)
}

/// Where replaying a log stands.
type Tips = BTreeMap<LogName, Option<(u64, RecordId)>>;

/// What stands in the way of a journalled record.
pub(crate) enum Standing {
    Missing,
    Stored,
    HeldBack,
    Contradicted,
}

/// Brings back what the database lacks, in the order in which it was written.
pub(super) fn replay(site: &Site, writer: &mut Writer, report: &mut OpenReport) -> Result<(), WriteError> {
    let journal = |error: io::Error| WriteError::Journal(StoreFault::from(error));
    let mut scanner = Scanner::open(&site.files, &site.journal).map_err(journal)?;
    let mut tips = Tips::new();
    let mut kept: BTreeMap<MetaKey, Bytes> = BTreeMap::new();
    let mut group: Vec<VerifiedRecord> = Vec::new();
    let (mut replayed, mut held_back, mut contradicted) = (0, 0, 0);
    while let Some(scanned) = scanner.next().map_err(journal)? {
        match scanned {
            Scanned::Entry {
                entry: Entry::Meta(key, value),
                ..
            } => drop(kept.insert(key, value)),
            Scanned::Entry {
                entry: Entry::Record(record, state),
                ..
            } => {
                let standing = standing(writer, &mut tips, &record)?;
                take_in(writer, &record, state, &standing)?;
                match standing {
                    Standing::Missing => group.push(*record),
                    Standing::Stored => {}
                    Standing::HeldBack => held_back += u64::from(writer.journal.strays.insert(record.id())),
                    Standing::Contradicted => contradicted += u64::from(writer.journal.strays.insert(record.id())),
                }
            }
            Scanned::Damage { .. } | Scanned::Tail { .. } => {}
        }
        if group.len() == GROUP_RECORDS {
            replayed += put_back(writer, &mut group)?;
        }
    }
    replayed += put_back(writer, &mut group)?;
    let restored = put_back_kept(writer, &kept)?;
    report.add_counted(replayed, |records| OpenEvent::JournalReplayed { records });
    report.add_counted(restored, |values| OpenEvent::KeptValuesRestored { values });
    report.add_counted(held_back, |records| OpenEvent::JournalHeldBack { records });
    report.add_counted(contradicted, |records| OpenEvent::JournalContradicted { records });
    Ok(())
}

/// Takes note of what the journal holds, and of what it says is erased: a new database does not know.
fn take_in(
    writer: &mut Writer,
    record: &VerifiedRecord,
    state: BodyState,
    standing: &Standing,
) -> Result<(), WriteError> {
    let log = &record.header().log;
    if !writer.journal.logs.contains(log) {
        writer.journal.logs.insert(log.clone());
    }
    match state {
        BodyState::Erased => writer.mark_again(&record.id(), standing),
        BodyState::Held | BodyState::Lagging => Ok(()),
    }
}

/// Compares a journalled record with what the database, and the group being put back, hold of its log.
fn standing(writer: &Writer, tips: &mut Tips, record: &VerifiedRecord) -> Result<Standing, WriteError> {
    let header = record.header();
    if !tips.contains_key(&header.log) {
        let entry = writer.core.trees().log(&header.log).map_err(WriteError::Database)?;
        let tip = entry.map(|entry| (entry.newest.sequence, entry.newest.record));
        tips.insert(header.log.clone(), tip);
    }
    let tip = tips.entry(header.log.clone()).or_default();
    let next = tip.map_or(0, |(sequence, _)| sequence + 1);
    let continues = header.previous == tip.map(|(_, id)| id);
    match (header.sequence.cmp(&next), *tip) {
        (std::cmp::Ordering::Equal, _) if continues => {
            *tip = Some((header.sequence, record.id()));
            Ok(Standing::Missing)
        }
        (std::cmp::Ordering::Greater, _) => Ok(Standing::HeldBack),
        (std::cmp::Ordering::Less, Some((sequence, id))) if sequence != header.sequence || id == record.id() => {
            Ok(Standing::Stored)
        }
        _ => Ok(Standing::Contradicted),
    }
}

fn put_back(writer: &mut Writer, group: &mut Vec<VerifiedRecord>) -> Result<u64, WriteError> {
    if !group.is_empty() {
        writer.append(group)?;
    }
    let count = group.len() as u64;
    group.clear();
    Ok(count)
}

fn put_back_kept(writer: &mut Writer, kept: &BTreeMap<MetaKey, Bytes>) -> Result<u64, WriteError> {
    let mut restored = 0;
    for (key, value) in kept {
        restored += u64::from(writer.restore_meta(*key, value)?);
    }
    Ok(restored)
}
