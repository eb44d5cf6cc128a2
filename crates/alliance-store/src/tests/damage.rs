//! Damage of each sort, and how the opening heals it.

use std::collections::BTreeSet;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use alliance_record::VerifiedRecord;
use tempfile::{TempDir, tempdir};

use super::fixture::{Log, copy_dir, feed_ids, files, first, ids, open, open_well, options};
use crate::kv::Engine;
use crate::trees::TREES;
use crate::{DamageSign, MetaKey, OpenError, OpenEvent, ReadError, Store};

/// A closed store: 6 records from elsewhere, 4 of its own, one kept value.
fn closed() -> (TempDir, Vec<VerifiedRecord>, Vec<VerifiedRecord>) {
    let dir = tempdir().unwrap();
    let (foreign, own) = (Log::new(1, "m49:150").take(6), Log::new(2, "m49:150").take(4));
    let (mut writer, reader) = open_well(dir.path());
    writer.meta_put(MetaKey::Instance, b"instance").unwrap();
    writer.append(&foreign).unwrap();
    writer.append_own(&own).unwrap();
    drop((writer, reader));
    // Opening writes a snapshot when the log has grown.
    drop(open_well(dir.path()));
    (dir, foreign, own)
}

fn snapshot(dir: &Path) -> PathBuf {
    files(&dir.join("db"), "snap.").pop().unwrap()
}

fn flip(path: &Path, at: usize) {
    let mut bytes = fs::read(path).unwrap();
    bytes[at] ^= 0x10;
    fs::write(path, bytes).unwrap();
}

fn truncate(path: &Path, bytes: u64) {
    fs::File::options()
        .write(true)
        .open(path)
        .unwrap()
        .set_len(bytes)
        .unwrap();
}

#[test]
fn a_damaged_snapshot_is_set_aside_and_nothing_is_lost() {
    let harms: [fn(&Path); 5] = [
        |snapshot| truncate(snapshot, 0),
        |snapshot| truncate(snapshot, 7),
        |snapshot| truncate(snapshot, fs::metadata(snapshot).unwrap().len() - 1),
        |snapshot| flip(snapshot, 0),
        |snapshot| flip(snapshot, fs::metadata(snapshot).unwrap().len() as usize - 2),
    ];
    for harm in harms {
        let (dir, foreign, own) = closed();
        harm(&snapshot(dir.path()));
        let (_writer, reader, events) = open(dir.path());
        let [OpenEvent::SnapshotSetAside { to }] = &events[..] else {
            panic!("{events:?}");
        };
        assert!(to.starts_with(dir.path().join("evidence")) && to.exists());
        assert_eq!(feed_ids(&reader), ids(&[foreign, own].concat()));
    }
}

#[test]
fn a_half_written_snapshot_is_removed() {
    let (dir, foreign, own) = closed();
    let half = dir.path().join("db/snap.FFFFFFFFFFFFFFF0.generating");
    fs::write(&half, b"half").unwrap();
    let (_writer, reader, events) = open(dir.path());
    assert_eq!(events, [OpenEvent::HalfWrittenSnapshotRemoved { file: half.clone() }]);
    assert!(!half.exists());
    assert_eq!(feed_ids(&reader), ids(&[foreign, own].concat()));
}

#[test]
fn damaged_parameters_are_written_anew() {
    let harms: [fn(&Path); 3] = [
        |conf| truncate(conf, 0),
        |conf| truncate(conf, 11),
        |conf| flip(conf, 14),
    ];
    for harm in harms {
        let (dir, foreign, own) = closed();
        harm(&dir.path().join("db/conf"));
        let (_writer, reader, events) = open(dir.path());
        assert!(
            matches!(events[..], [OpenEvent::ParametersSetAside { .. }]),
            "{events:?}"
        );
        assert_eq!(feed_ids(&reader), ids(&[foreign, own].concat()));
    }
}

/// What only this node has is back, and what others have can be stored again.
fn check_begun_anew(dir: &Path, foreign: &[VerifiedRecord], own: &[VerifiedRecord]) {
    let (mut writer, reader, events) = open(dir);
    let set_aside = events.iter().find_map(|event| match event {
        OpenEvent::DatabaseSetAside { to, .. } => Some(to),
        _ => None,
    });
    assert!(set_aside.is_some_and(|to| to.join("db").exists()), "{events:?}");
    assert!(
        events.contains(&OpenEvent::JournalReplayed {
            records: own.len() as u64
        }),
        "{events:?}"
    );
    assert!(
        events.contains(&OpenEvent::KeptValuesRestored { values: 1 }),
        "{events:?}"
    );
    assert_eq!(feed_ids(&reader), ids(own));
    assert_eq!(reader.meta_get(MetaKey::Instance).unwrap().unwrap(), "instance");
    writer.append(foreign).unwrap();
    drop((writer, reader));
    assert_eq!(feed_ids(&open_well(dir).1), ids(&[own, foreign].concat()));
}

#[test]
fn a_database_beyond_opening_is_set_aside_and_the_journal_brings_back_own_records() {
    let harms: [fn(&Path); 4] = [
        // Not one good segment, and a snapshot that says otherwise.
        |dir| {
            let file = dir.join("db/db");
            let bytes = fs::metadata(&file).unwrap().len() as usize;
            fs::write(file, vec![0xa5; bytes]).unwrap();
        },
        // What sled takes for a new database.
        |dir| {
            fs::remove_file(snapshot(dir)).unwrap();
            truncate(&dir.join("db/db"), 0);
        },
        |dir| truncate(&dir.join("db/db"), 100),
        // An unreadable entry where the opening needs it.
        |dir| {
            let (writer, reader) = open_well(dir);
            let (key, _) = first(&writer.core.trees().logs);
            writer.core.trees().logs.insert(key, &[1, 2, 3]).unwrap();
            drop((writer, reader));
        },
    ];
    for harm in harms {
        let (dir, foreign, own) = closed();
        harm(dir.path());
        check_begun_anew(dir.path(), &foreign, &own);
    }
}

/// What a lost block leaves.
fn zero(file: &Path, at: u64) {
    let mut bytes = fs::read(file).unwrap();
    let end = bytes.len().min(at as usize + 700);
    bytes[at as usize..end].fill(0);
    fs::write(file, bytes).unwrap();
}

/// Whatever is done to the database's file, what only this node has is there, and the rest can be stored again.
#[test]
fn no_harm_to_the_file_loses_own_records() {
    const PLACES: u64 = 12;
    let (dir, foreign, own) = closed();
    let bytes = fs::metadata(dir.path().join("db/db")).unwrap().len();
    let harms: [fn(&Path, u64); 3] = [zero, |file, at| flip(file, at as usize), truncate];
    let mut lost = 0;
    for place in 0..PLACES {
        for (kind, harm) in harms.iter().enumerate() {
            let copy = tempdir().unwrap();
            copy_dir(dir.path(), copy.path());
            if place % 2 == 0 {
                fs::remove_file(snapshot(copy.path())).unwrap();
            }
            harm(&copy.path().join("db/db"), (bytes - 1) * place / (PLACES - 1));
            let (mut writer, reader, events) = open(copy.path());
            let held: BTreeSet<_> = feed_ids(&reader).into_iter().collect();
            assert!(
                ids(&own).iter().all(|id| held.contains(id)),
                "{kind} at {place}: {events:?}"
            );
            let mut missing = foreign.clone();
            missing.retain(|record| !held.contains(&record.id()));
            let is_told = events
                .iter()
                .any(|event| matches!(event, OpenEvent::RecordsLost { .. }));
            assert_eq!(
                is_told,
                !missing.is_empty() || events.iter().any(is_replay),
                "{kind} at {place}: {events:?}"
            );
            lost += usize::from(!missing.is_empty());
            if !missing.is_empty() {
                writer.append(&missing).unwrap();
            }
            assert_eq!(feed_ids(&reader).len(), 10);
        }
    }
    assert!(lost > 0, "no harm reached anything");
}

fn is_replay(event: &OpenEvent) -> bool {
    matches!(event, OpenEvent::JournalReplayed { .. })
}

#[test]
fn openings_that_never_end_are_met_with_growing_distrust() {
    let (dir, foreign, own) = closed();
    let note = dir.path().join("opening");
    for openings in [1, 2] {
        fs::write(&note, openings.to_string()).unwrap();
        let (writer, reader, events) = open(dir.path());
        assert_eq!(events[0], OpenEvent::EarlierOpeningUnfinished { openings });
        assert!(
            matches!(events[1..], [] | [OpenEvent::SnapshotSetAside { .. }]),
            "{events:?}"
        );
        assert_eq!(feed_ids(&reader).len(), 10);
        drop((writer, reader));
        assert!(!note.exists());
    }
    fs::write(&note, "3").unwrap();
    check_begun_anew(dir.path(), &foreign, &own);
    assert!(!note.exists());
}

#[test]
fn a_later_releases_store_is_left_as_it_is() {
    let (dir, foreign, own) = closed();
    let (writer, reader) = open_well(dir.path());
    writer
        .core
        .trees()
        .meta
        .insert(b"store/format", &9_u32.to_be_bytes())
        .unwrap();
    drop((writer, reader));
    let refused = Store::open(dir.path(), options()).unwrap_err();
    assert!(
        matches!(refused, OpenError::NewerFormat { found: 9, known: 3 }),
        "{refused}"
    );
    assert!(!dir.path().join("evidence").exists());
    let all = ids(&[foreign, own].concat());
    let db = sled::Config::new()
        .path(dir.path().join("db"))
        .segment_size(8 << 20)
        .flush_every_ms(None)
        .open()
        .unwrap();
    db.open_tree("meta")
        .unwrap()
        .insert(b"store/format", &3_u32.to_be_bytes())
        .unwrap();
    drop(db);
    assert_eq!(feed_ids(&open(dir.path()).1), all);
}

#[test]
fn damage_is_told_for_the_records_it_hits() {
    let (dir, foreign, own) = closed();
    let (writer, reader) = open_well(dir.path());
    let trees = writer.core.trees();
    for keyspace in [&trees.headers, &trees.bodies] {
        let (key, value) = first(keyspace);
        for (harmed, detail) in [
            (&value[..value.len() - 1], "not those that were written"),
            (&[&value[..], &[0]].concat(), "not those that were written"),
            (&[&[7], &value[1..]].concat(), "0x07"),
            (&[], "too early"),
            (&[0; 100_000], "over its limit"),
        ] {
            keyspace.insert(&key, harmed).unwrap();
            for (at, record) in foreign.iter().enumerate() {
                let error = reader.record(&record.id()).unwrap_err();
                let ReadError::Corrupt {
                    log: 0,
                    sequence,
                    source,
                } = error
                else {
                    panic!("{error}");
                };
                assert_eq!(sequence, at as u64);
                assert!(source.to_string().contains(detail), "{source}");
            }
            for record in &own {
                assert_eq!(&reader.record(&record.id()).unwrap().unwrap().record, record);
            }
        }
        keyspace.insert(&key, &value).unwrap();
    }
    assert_eq!(feed_ids(&reader), ids(&[foreign.clone(), own].concat()));
    // A page under another's key, and a body that is gone.
    let place = |sequence: u64| [0_u32.to_be_bytes().as_slice(), &sequence.to_be_bytes()].concat();
    trees.headers.insert(place(3), &first(&trees.headers).1).unwrap();
    let error = reader.record(&foreign[3].id()).unwrap_err();
    assert!(error.source().unwrap().to_string().contains("another record"));
    trees.bodies.remove(place(0)).unwrap();
    let error = reader.record(&foreign[0].id()).unwrap_err();
    assert!(error.source().unwrap().to_string().contains("body is gone"));
}

#[test]
fn every_keyspace_of_the_database_is_in_the_list() {
    let (dir, _, _) = closed();
    let (writer, _reader) = open_well(dir.path());
    let Engine::Sled(db, _) = &writer.core.database.engine else {
        panic!("a real store");
    };
    let mut names = db.tree_names();
    names.retain(|name| *name != b"__sled__default");
    let mut listed: Vec<_> = TREES.iter().map(|spec| spec.name.as_bytes()).collect();
    listed.sort();
    names.sort();
    assert_eq!(names, listed);
}

#[test]
fn what_the_report_says_has_a_remedy() {
    let sign = DamageSign::Panicked;
    let event = OpenEvent::DatabaseSetAside {
        to: "evidence/0001-db".into(),
        sign,
    };
    let text = event.to_string();
    assert!(
        text.contains("evidence/0001-db") && text.contains("come back from its journal"),
        "{text}"
    );
}

/// Two segments that claim to be the same one: sled asserts that there are none.
#[test]
fn an_engine_that_panics_is_contained() {
    const SEGMENT_BYTES: usize = 8 << 20;
    let dir = tempdir().unwrap();
    let mut log = Log::new(1, "m49:150");
    log.body_bytes = 60_000;
    let (mut writer, reader) = open_well(dir.path());
    for _ in 0..6 {
        writer.append(&log.take(64)).unwrap();
    }
    drop((writer, reader));
    let file = dir.path().join("db/db");
    let mut bytes = fs::read(&file).unwrap();
    bytes.copy_within(..SEGMENT_BYTES, SEGMENT_BYTES);
    fs::write(&file, bytes).unwrap();
    for snapshot in files(&dir.path().join("db"), "snap.") {
        fs::remove_file(snapshot).unwrap();
    }
    let (_writer, reader, events) = open(dir.path());
    let is_contained = |event: &OpenEvent| {
        matches!(
            event,
            OpenEvent::DatabaseSetAside {
                sign: DamageSign::Panicked,
                ..
            }
        )
    };
    assert!(events.iter().any(is_contained), "{events:?}");
    assert_eq!(feed_ids(&reader), []);
}
