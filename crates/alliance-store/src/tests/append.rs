//! Appending, reading back, opening again.

use std::fs;

use alliance_record::limits::RECORD_BYTES_MAX;
use alliance_record::{RecordId, chapter_digest};
use tempfile::tempdir;

use super::fixture::{ALL, Log, chapter, feed_ids, files, ids, open_well, options};
use crate::{Appended, Arrival, Found, MetaKey, OpenError, RangeLimits, Reader, Store};

#[test]
fn a_group_is_read_back_now_and_after_opening_again() {
    let dir = tempdir().unwrap();
    let (mut europe, mut world) = (Log::new(1, "m49:150"), Log::new(2, "m49:001"));
    let group = [europe.take_range(5), world.take(2), europe.take(1)].concat();
    let (mut writer, reader) = open_well(dir.path());
    let feed_id = reader.feed_id();
    assert_eq!(
        writer.append(&group).unwrap(),
        Appended {
            first: Arrival(1),
            last: Arrival(8)
        }
    );
    let check = |reader: &Reader| {
        assert_eq!(reader.feed_id(), feed_id);
        assert_eq!(feed_ids(reader), ids(&group));
        for record in &group {
            assert_eq!(&reader.record(&record.id()).unwrap().unwrap().record, record);
        }
        assert_eq!(reader.record(&RecordId([9; 32])).unwrap(), None);
        assert_eq!(reader.chapters().unwrap(), [chapter("m49:001"), chapter("m49:150")]);
        assert_eq!(reader.count(&chapter("m49:150")).unwrap(), 6);
        let heads = reader.heads(&chapter("m49:150")).unwrap();
        assert_eq!((heads.len(), heads[0].sequence, heads[0].record), (1, 5, group[7].id()));
        assert_eq!(reader.head(&europe.name()).unwrap().as_ref(), Some(&heads[0]));
        assert_eq!(reader.head(&Log::new(9, "m49:150").name()).unwrap(), None);
        let digest = chapter_digest(&chapter("m49:150"), &heads);
        assert_eq!(reader.chapter_digest(&chapter("m49:150")).unwrap(), digest);
        assert_eq!(reader.all_heads().unwrap().len(), 2);
    };
    check(&reader);
    drop((writer, reader));
    check(&open_well(dir.path()).1);
}

#[test]
fn a_store_opens_again_and_goes_on() {
    let dir = tempdir().unwrap();
    let mut log = Log::new(1, "alliance");
    let mut all = Vec::new();
    for round in 0..3 {
        let (mut writer, reader) = open_well(dir.path());
        assert_eq!(feed_ids(&reader), ids(&all), "round {round}");
        let group = log.take(3);
        writer.append(&group).unwrap();
        all.extend(group);
        let records: Vec<_> = reader
            .chapter_records(&chapter("alliance"))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        assert_eq!(records.len(), all.len());
    }
}

#[test]
fn a_second_opener_is_told_what_to_do() {
    let dir = tempdir().unwrap();
    let opened = open_well(dir.path());
    let refused = Store::open(dir.path(), options()).unwrap_err();
    assert!(matches!(refused, OpenError::Locked { .. }));
    assert!(refused.to_string().contains("stop that one"), "{refused}");
    let (writer, reader) = opened;
    drop(writer);
    // A reader keeps the files as much as a writer does.
    assert!(matches!(
        Store::open(dir.path(), options()),
        Err(OpenError::Locked { .. })
    ));
    drop(reader);
    open_well(dir.path());
}

#[test]
fn a_range_ends_at_a_signature() {
    let dir = tempdir().unwrap();
    let mut log = Log::new(1, "m49:150");
    let group = [log.take_range(10), log.take_range(10), log.take(5)].concat();
    let (mut writer, reader) = open_well(dir.path());
    writer.append(&group).unwrap();
    let check = |from: u64, records_max: usize, bytes_max: usize, expected: std::ops::Range<usize>| {
        let range = reader
            .range(&log.name(), from, RangeLimits { records_max, bytes_max })
            .unwrap();
        let got: Vec<_> = range.iter().map(|record| record.id()).collect();
        assert_eq!(got, ids(&group[expected]), "{from} {records_max} {bytes_max}");
    };
    check(0, 100, 1 << 20, 0..25);
    check(0, 15, 1 << 20, 0..10);
    check(0, 22, 1 << 20, 0..22);
    check(12, 8, 1 << 20, 12..20);
    // Too little to reach a signature: the range goes on to the first.
    check(0, 3, 1 << 20, 0..10);
    check(12, 1, 1, 12..20);
    check(20, 1, 1, 20..21);
    check(25, 100, 1 << 20, 25..25);
    assert!(reader.range(&Log::new(7, "m49:150").name(), 0, ALL).unwrap().is_empty());
}

#[test]
fn a_prefix_finds_what_it_names() {
    let dir = tempdir().unwrap();
    let group = Log::new(1, "m49:150").take(200);
    let (mut writer, reader) = open_well(dir.path());
    writer.append(&group).unwrap();
    for record in &group[..20] {
        let hex = record.id().to_string();
        for length in [0, 1, 2, 3, 7, 16, 17, 63, 64] {
            let mut expected: Vec<_> = ids(&group);
            expected.retain(|id| id.to_string().starts_with(&hex[..length]));
            expected.sort();
            match reader.by_prefix(&hex[..length].to_uppercase()).unwrap() {
                Found::None => panic!("{hex} is not found by {length} digits"),
                Found::One(id) => assert_eq!(expected, [id]),
                Found::Many(found) => {
                    assert_eq!(found.len(), expected.len().min(crate::FOUND_MAX));
                    assert!(found.iter().all(|id| expected.contains(id)));
                }
            }
        }
    }
    for no_id in ["xyz", "é", &"0".repeat(65), &"0".repeat(64)] {
        assert_eq!(reader.by_prefix(no_id).unwrap(), Found::None);
    }
}

#[test]
fn the_largest_pages_make_no_blob_files() {
    let dir = tempdir().unwrap();
    let (mut writer, reader) = open_well(dir.path());
    // Logs that grow beside one another, so that leaves fill in their middle too, split and are rewritten: of the largest
    // records, and of some that fill a page to its last byte.
    let mut logs: Vec<Log> = (1..=12).map(|writer| Log::new(writer, "m49:150")).collect();
    for round in 0..20 {
        for (at, log) in logs.iter_mut().enumerate() {
            log.body_bytes = [RECORD_BYTES_MAX - 400, RECORD_BYTES_MAX - 400, 8_000, 10][at % 4];
            let count = [1 + (round + at) % 2, 1, 16, 40][at % 4];
            writer.append(&log.take(count)).unwrap();
        }
    }
    let last = reader.last_arrival();
    let pages = || {
        writer
            .core
            .trees()
            .bodies
            .range::<&[u8]>(..)
            .values()
            .map(Result::unwrap)
    };
    let largest = pages().map(|page| page.len()).max().unwrap();
    assert!(largest > RECORD_BYTES_MAX - 500, "{largest} bytes is not the largest");
    let full = pages().filter(|page| page.len() > 60_000).count();
    assert!(full > 200, "{full} large pages");
    assert_eq!(files(&dir.path().join("db/blobs"), ""), [] as [std::path::PathBuf; 0]);
    drop((writer, reader));
    let (_writer, reader) = open_well(dir.path());
    assert_eq!(feed_ids(&reader).len() as u64, last.0);
    assert_eq!(fs::read_dir(dir.path().join("db/blobs")).unwrap().count(), 0);
}

#[test]
fn kept_values_and_bodiless_records_come_back() {
    let dir = tempdir().unwrap();
    let record = Log::new(1, "alliance").next().into_signed();
    let bare =
        alliance_record::SignedRecord::from_parts(record.header_bytes().clone(), record.signature().copied(), None);
    let bare = bare.unwrap().verify().unwrap();
    let (mut writer, reader) = open_well(dir.path());
    writer.append(std::slice::from_ref(&bare)).unwrap();
    writer.meta_put(MetaKey::Phase, b"joined").unwrap();
    writer.meta_put(MetaKey::Phase, b"following").unwrap();
    drop((writer, reader));
    let (_writer, reader) = open_well(dir.path());
    assert_eq!(reader.record(&bare.id()).unwrap().unwrap().record, bare);
    assert_eq!(reader.meta_get(MetaKey::Phase).unwrap().unwrap(), "following");
    assert_eq!(reader.meta_get(MetaKey::Charter).unwrap(), None);
}

#[test]
#[should_panic(expected = "continues its log")]
fn a_gap_is_this_nodes_own_fault() {
    let dir = tempdir().unwrap();
    let group = Log::new(1, "m49:150").take(3);
    let (mut writer, _reader) = open_well(dir.path());
    writer.append(&group[..1]).unwrap();
    let _ = writer.append(&group[2..]);
}

#[test]
#[should_panic(expected = "has a signature")]
fn an_unsigned_end_is_this_nodes_own_fault() {
    let dir = tempdir().unwrap();
    let group = Log::new(1, "m49:150").take_range(3);
    let (mut writer, _reader) = open_well(dir.path());
    let _ = writer.append(&group[..2]);
}

#[cfg(unix)]
#[test]
fn only_its_owner_may_enter_a_store() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempdir().unwrap();
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let (made, found) = (dir.path().join("a/b/made"), dir.path().join("found"));
    fs::create_dir(&found).unwrap();
    fs::set_permissions(&found, fs::Permissions::from_mode(0o755)).unwrap();
    for path in [&made, &found] {
        drop(open_well(path));
        for within in ["", "db", "journal"] {
            assert_eq!(mode(&path.join(within)), 0o700, "{}/{within}", path.display());
        }
    }
}
