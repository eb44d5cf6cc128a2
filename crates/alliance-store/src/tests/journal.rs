//! The journal: cut, damaged, and ahead of the database.

use std::fs;
use std::path::{Path, PathBuf};

use alliance_record::VerifiedRecord;
use tempfile::{TempDir, tempdir};

use super::fixture::{Log, feed_ids, ids, open, open_well};
use crate::{MetaKey, OpenEvent};

const RECORDS: usize = 8;

fn journal(dir: &Path) -> PathBuf {
    dir.join("journal/own.log")
}

fn lose_database(dir: &Path) {
    fs::remove_dir_all(dir.join("db")).unwrap();
    fs::remove_file(dir.join("witness")).unwrap();
}

/// A closed store with own records of one log, and where each entry of its journal ends.
fn closed() -> (TempDir, Log, Vec<VerifiedRecord>, Vec<usize>) {
    let dir = tempdir().unwrap();
    let mut log = Log::new(1, "m49:150");
    let own = log.take(RECORDS);
    let (mut writer, reader) = open_well(dir.path());
    let mut ends = vec![fs::metadata(journal(dir.path())).unwrap().len() as usize];
    for record in &own {
        writer.append_own(std::slice::from_ref(record)).unwrap();
        ends.push(fs::metadata(journal(dir.path())).unwrap().len() as usize);
    }
    drop((writer, reader));
    (dir, log, own, ends)
}

#[test]
fn what_the_journal_has_and_the_database_has_not_comes_back() {
    let (dir, mut log, own, _) = closed();
    let more = log.take(2);
    let (mut writer, reader) = open_well(dir.path());
    // The process stopped between journal and database.
    writer.journal.append_records(&more).unwrap();
    writer.journal.append_meta(MetaKey::Phase, b"joined").unwrap();
    drop((writer, reader));
    let (_writer, reader, events) = open(dir.path());
    let expected = [
        OpenEvent::JournalReplayed { records: 2 },
        OpenEvent::KeptValuesRestored { values: 1 },
    ];
    assert_eq!(events, expected);
    assert_eq!(feed_ids(&reader), ids(&[own, more].concat()));
    assert_eq!(reader.meta_get(MetaKey::Phase).unwrap().unwrap(), "joined");
}

#[test]
fn a_torn_tail_is_cut_off_wherever_it_is_torn() {
    let (dir, _, own, ends) = closed();
    let whole = fs::read(journal(dir.path())).unwrap();
    let (start, end) = (ends[RECORDS - 1], ends[RECORDS]);
    for cut in [
        start + 1,
        start + 3,
        start + 8,
        start + 23,
        start + 24,
        start + 25,
        end - 1,
    ] {
        fs::write(journal(dir.path()), &whole[..cut]).unwrap();
        lose_database(dir.path());
        let (mut writer, reader, events) = open(dir.path());
        let [
            OpenEvent::JournalTailCut { bytes, to },
            OpenEvent::JournalReplayed { records: 7 },
        ] = &events[..]
        else {
            panic!("{events:?}");
        };
        assert_eq!(*bytes as usize, cut - start);
        assert_eq!(fs::read(to).unwrap(), whole[start..cut]);
        assert_eq!(fs::read(journal(dir.path())).unwrap(), whole[..start]);
        assert_eq!(feed_ids(&reader), ids(&own[..7]));
        // The journal goes on where it was cut.
        writer.append_own(&own[7..]).unwrap();
        drop((writer, reader));
        assert_eq!(fs::read(journal(dir.path())).unwrap(), whole);
    }
}

#[test]
fn a_damaged_middle_is_kept_as_evidence_and_the_rest_is_kept() {
    let (dir, _, own, ends) = closed();
    let whole = fs::read(journal(dir.path())).unwrap();
    // In the mark, the length, the checksum and the payload of the fifth entry.
    for offset in [0, 4, 7, 12, 60] {
        let mut harmed = whole.clone();
        harmed[ends[4] + offset] ^= 0x40;
        fs::write(journal(dir.path()), &harmed).unwrap();
        lose_database(dir.path());
        let (mut writer, reader, events) = open(dir.path());
        let [
            OpenEvent::JournalDamaged {
                bytes,
                entries_kept: 7,
                to,
            },
            rest @ ..,
        ] = &events[..]
        else {
            panic!("{events:?}");
        };
        assert_eq!(*bytes as usize, ends[5] - ends[4]);
        assert_eq!(fs::read(to).unwrap(), harmed);
        let expected = [
            OpenEvent::JournalReplayed { records: 4 },
            OpenEvent::JournalHeldBack { records: 3 },
        ];
        assert_eq!(rest, expected);
        assert_eq!(feed_ids(&reader), ids(&own[..4]));
        // A peer still has the missing one.
        writer.append(&own[4..5]).unwrap();
        drop((writer, reader));
        let (_writer, reader, events) = open(dir.path());
        assert_eq!(events, [OpenEvent::JournalReplayed { records: 3 }]);
        assert_eq!(feed_ids(&reader), ids(&own));
        fs::write(journal(dir.path()), &whole).unwrap();
    }
}

#[test]
fn a_journal_without_its_beginning_or_of_zeros_is_survived() {
    let (dir, _, own, ends) = closed();
    let whole = fs::read(journal(dir.path())).unwrap();
    let harms = [
        (whole[5..].to_vec(), RECORDS),
        (vec![0; ends[1]], 0),
        (Vec::new(), 0),
        (
            [&whole[..ends[2]], &vec![0xa1; 300_000], &whole[ends[2]..]].concat(),
            RECORDS,
        ),
    ];
    for (bytes, kept) in harms {
        fs::write(journal(dir.path()), bytes).unwrap();
        lose_database(dir.path());
        let (writer, reader, events) = open(dir.path());
        assert_eq!(feed_ids(&reader), ids(&own[..kept]), "{events:?}");
        drop((writer, reader));
    }
}

#[test]
fn a_journal_of_another_history_is_reported() {
    let (dir, _, _, _) = closed();
    let mut other = Log::new(1, "m49:150");
    other.text = "another".into();
    let other = other.take(RECORDS);
    lose_database(dir.path());
    let kept = fs::read(journal(dir.path())).unwrap();
    fs::remove_file(journal(dir.path())).unwrap();
    let (mut writer, reader) = open_well(dir.path());
    writer.append(&other).unwrap();
    drop((writer, reader));
    fs::write(journal(dir.path()), kept).unwrap();
    let (_writer, _reader, events) = open(dir.path());
    assert_eq!(events, [OpenEvent::JournalContradicted { records: 1 }]);
}
