//! Erased is erased: for readers, in every file, and for whatever comes later.

use std::fs;
use std::path::Path;

use alliance_record::{RecordId, VerifiedRecord};
use tempfile::tempdir;

use super::fill::{bare_all, bodies};
use super::fixture::{ALL, Log, chapter, feed_ids, ids, open, open_well, options};
use crate::{Arrival, BodyState, Erased, Lagging, OpenError, OpenEvent, Query, Reader, Store, Writer};

const NAME: &str = "m49:150";

/// A log whose records have words of their own in body and title.
pub(super) fn wordy(writer: u8) -> Log {
    let mut log = Log::new(writer, NAME);
    log.text = format!("the words of {writer}, number #.|||");
    log.body_bytes = 120;
    log
}

pub(super) fn words(record: &VerifiedRecord) -> Vec<u8> {
    let bytes = &record.body().unwrap().bytes;
    let end = bytes.iter().position(|byte| *byte == b'|').unwrap();
    bytes[..end].to_vec()
}

/// Whether any file holds the bytes: as they are, or as UTF-16 of either order.
fn is_in_files(dir: &Path, bytes: &[u8]) -> bool {
    let little: Vec<u8> = bytes.iter().flat_map(|byte| [*byte, 0]).collect();
    let big: Vec<u8> = bytes.iter().flat_map(|byte| [0, *byte]).collect();
    // Most of the files are zeros.
    let begins = |all: &[u8], at: usize, part: &[u8]| all[at] == part[0] && all[at..].starts_with(part);
    let holds = |all: &[u8], part: &[u8]| (0..all.len()).any(|at| begins(all, at, part));
    fs::read_dir(dir).unwrap().map(Result::unwrap).any(|entry| {
        if entry.file_type().unwrap().is_dir() {
            return is_in_files(&entry.path(), bytes);
        }
        let all = fs::read(entry.path()).unwrap();
        [bytes, &little, &big].iter().any(|part| holds(&all, part))
    })
}

fn titles(reader: &Reader) -> Vec<String> {
    let page = reader.list(&Query {
        limit: 200,
        ..Query::default()
    });
    page.unwrap().rows.into_iter().map(|row| row.facets.title).collect()
}

/// Each record is as it was, or without its body and told to be erased.
fn check(reader: &Reader, all: &[VerifiedRecord], erased: &[RecordId]) {
    for record in all {
        let stored = reader.record(&record.id()).unwrap().unwrap();
        let header = record.header();
        let state = reader.body_state(&header.log, header.sequence).unwrap();
        assert_eq!(state, Some(stored.body));
        assert_eq!(reader.is_erased(&record.id()).unwrap(), erased.contains(&record.id()));
        if erased.contains(&record.id()) {
            assert_eq!(stored.record, record.clone().without_body());
            assert_eq!(stored.body, BodyState::Erased);
        } else {
            assert_eq!((&stored.record, stored.body), (record, BodyState::Held));
        }
        assert_eq!(reader.bodies_end(&header.log).unwrap(), all.len() as u64);
    }
    assert_eq!(reader.lagging(&chapter(NAME)).unwrap(), Lagging::default());
    let walked = reader.chapter_records(&chapter(NAME)).unwrap();
    assert!(walked.map(|stored| stored.unwrap().record.id()).eq(ids(all)));
    let range = reader.range(&all[0].header().log, 0, ALL).unwrap();
    assert!(range.iter().map(|record| record.id()).eq(ids(all)));
    let mut listed: Vec<String> = all
        .iter()
        .filter(|record| !erased.contains(&record.id()))
        .map(|record| String::from_utf8(words(record)).unwrap())
        .collect();
    let mut titles = titles(reader);
    titles.retain(|title| !title.is_empty());
    listed.sort();
    titles.sort();
    assert_eq!(titles, listed);
}

#[test]
fn what_is_erased_is_gone_and_what_stood_beside_it_is_there() {
    let dir = tempdir().unwrap();
    let mut log = wordy(1);
    let (mut writer, reader) = open_well(dir.path());
    let mut all = log.take_range(90);
    writer.append(&all).unwrap();
    for _ in 0..9 {
        let group = log.take(2);
        writer.append(&group).unwrap();
        all.extend(group);
    }
    let places = [0, 17, 18, 63, 89, 95, 107];
    let erased: Vec<RecordId> = places.iter().map(|at| all[*at].id()).collect();
    let done = writer.erase(&erased[..1]).unwrap();
    assert_eq!((done.destroyed, done.before), (1, 0));
    check(&reader, &all, &erased[..1]);
    let done = writer.erase(&erased).unwrap();
    assert_eq!((done.destroyed, done.before, done.unknown.len()), (6, 1, 0));
    check(&reader, &all, &erased);
    let again = writer.erase(&erased).unwrap();
    assert_eq!((again.destroyed, again.before), (0, 7));
    assert_eq!(writer.core.trees().pending().unwrap(), []);
    let mut sorted = erased.clone();
    sorted.sort();
    assert_eq!(reader.erased_ids(&RecordId([0; 32]), 100).unwrap(), sorted);
    // The body again, with those beside it; and what seals loose pages.
    let filled = writer.fill(&log.name(), 0, bodies(&all)).unwrap();
    assert_eq!((filled.held, filled.appended), (108, None));
    let run = log.take_range(40);
    writer.append(&run).unwrap();
    all.extend(run);
    check(&reader, &all, &erased);
    writer.rebuild_projections().unwrap();
    check(&reader, &all, &erased);
    drop((writer, reader));
    let (writer, reader) = open_well(dir.path());
    check(&reader, &all, &erased);
    assert_eq!(feed_ids(&reader), ids(&all));
    drop((writer, reader));
    for record in erased
        .iter()
        .filter_map(|id| all.iter().find(|record| record.id() == *id))
    {
        assert!(!is_in_files(dir.path(), &words(record)));
    }
}

#[test]
fn what_is_erased_before_it_comes_never_comes() {
    let dir = tempdir().unwrap();
    let mut log = wordy(1);
    let all = [log.take_range(20), log.take_range(20)].concat();
    let (mut writer, reader) = open_well(dir.path());
    let erased = [all[3].id(), all[30].id(), all[35].id()];
    let done = writer.erase(&erased[..1]).unwrap();
    assert_eq!(done.unknown, [all[3].id()]);
    drop((writer, reader));
    let (mut writer, reader) = open_well(dir.path());
    assert!(reader.is_erased(&all[3].id()).unwrap());
    // Whole ones, then headers alone, of which some are erased before their bodies come.
    writer.append(&all[..20]).unwrap();
    writer.append(&bare_all(&all[20..])).unwrap();
    assert_eq!(reader.body_state(&log.name(), 30).unwrap(), Some(BodyState::Lagging));
    assert_eq!(reader.bodies_end(&log.name()).unwrap(), 20);
    let done = writer.erase(&erased).unwrap();
    let expected = Erased {
        destroyed: 0,
        forestalled: 2,
        before: 1,
        unknown: Vec::new(),
    };
    assert_eq!(done, expected);
    assert_eq!(reader.lagging(&chapter(NAME)).unwrap().bodies, 18);
    let news = reader.arrivals_since(Arrival(40), ALL).unwrap();
    assert!(news.iter().all(|stored| stored.body == BodyState::Erased));
    assert_eq!(news.len(), 2);
    let filled = writer.fill(&log.name(), 20, bodies(&all[20..30])).unwrap();
    assert_eq!(filled.held, 10);
    assert_eq!(
        reader.bodies_end(&log.name()).unwrap(),
        31,
        "an erased body is asked for no more"
    );
    writer.fill(&log.name(), 29, bodies(&all[29..])).unwrap();
    check(&reader, &all, &erased);
    drop((writer, reader));
    check(&open_well(dir.path()).1, &all, &erased);
}

fn lose_database(dir: &Path) {
    fs::remove_dir_all(dir.join("db")).unwrap();
    fs::remove_file(dir.join("witness")).unwrap();
}

/// A store with own records, of which one is erased.
fn with_own(dir: &Path) -> (Vec<VerifiedRecord>, RecordId) {
    let all = wordy(2).take(6);
    let (mut writer, reader) = open_well(dir);
    for group in all.chunks(2) {
        writer.append_own(group).unwrap();
    }
    let erased = all[3].id();
    writer.erase(&[erased]).unwrap();
    check(&reader, &all, &[erased]);
    (all, erased)
}

#[test]
fn the_journal_gives_back_the_header_alone() {
    let dir = tempdir().unwrap();
    let (all, erased) = with_own(dir.path());
    check(&open_well(dir.path()).1, &all, &[erased]);
    lose_database(dir.path());
    let (mut writer, reader, events) = open(dir.path());
    assert_eq!(events, [OpenEvent::JournalReplayed { records: 6 }]);
    check(&reader, &all, &[erased]);
    // It goes on under its new key.
    let mut log = wordy(2);
    log.take(6);
    let more = log.take(1);
    writer.append_own(&more).unwrap();
    drop((writer, reader));
    lose_database(dir.path());
    let (_writer, reader, events) = open(dir.path());
    assert_eq!(events, [OpenEvent::JournalReplayed { records: 7 }]);
    check(&reader, &[all, more].concat(), &[erased]);
}

/// A journalled record that the database does not hold: it waits for those before it.
#[test]
fn what_waits_in_the_journal_is_erased_too() {
    let dir = tempdir().unwrap();
    let (all, first) = with_own(dir.path());
    lose_database(dir.path());
    let journal = dir.path().join("journal/own.log");
    let mut bytes = fs::read(&journal).unwrap();
    let second = bytes
        .windows(4)
        .position(|mark| mark == [0xa1, 0x1f, 0x4a, 0x0e])
        .unwrap();
    bytes[second + 60] ^= 1;
    fs::write(&journal, bytes).unwrap();
    let (mut writer, reader, events) = open(dir.path());
    assert!(
        events.contains(&OpenEvent::JournalHeldBack { records: 5 }),
        "{events:?}"
    );
    let set_aside = super::fixture::files(&dir.path().join("evidence"), "0001-own.log");
    assert!(crate::journal::key_in(&fs::read(&set_aside[0]).unwrap()).is_some());
    let done = writer.erase(&[all[4].id()]).unwrap();
    assert_eq!(done.unknown, [all[4].id()]);
    assert!(crate::journal::key_in(&fs::read(&set_aside[0]).unwrap()).is_none());
    writer.append(&all[..1]).unwrap();
    drop((writer, reader));
    let (_writer, reader, events) = open(dir.path());
    assert_eq!(events, [OpenEvent::JournalReplayed { records: 5 }]);
    check(&reader, &all, &[first, all[4].id()]);
}

#[test]
fn what_was_set_aside_cannot_be_read_after_anything_is_erased() {
    let dir = tempdir().unwrap();
    let (all, erased) = with_own(dir.path());
    fs::write(dir.path().join("opening"), "3").unwrap();
    let (mut writer, reader, _) = open(dir.path());
    check(&reader, &all, &[erased]);
    let evidence = dir.path().join("evidence");
    assert!(evidence.join("0002-body-keys").exists() && evidence.join("0001-db").exists());
    writer.erase(&[all[0].id()]).unwrap();
    assert!(!evidence.join("0002-body-keys").exists() && evidence.join("0001-db").exists());
    check(&reader, &all, &[erased, all[0].id()]);
}

/// A page that cannot be read is no reason to keep what it may hold.
#[test]
fn a_damaged_body_is_erased() {
    let dir = tempdir().unwrap();
    let mut log = wordy(1);
    let all = [log.take_range(20), log.take_range(20)].concat();
    let (mut writer, reader) = open_well(dir.path());
    writer.append(&all[..20]).unwrap();
    writer.append(&all[20..]).unwrap();
    let (key, value) = super::fixture::first(&writer.core.trees().bodies);
    let mut harmed = value.to_vec();
    *harmed.last_mut().unwrap() ^= 1;
    writer.core.trees().bodies.insert(&key, harmed).unwrap();
    writer.erase(&[all[3].id(), all[25].id()]).unwrap();
    let state = |at: usize| reader.record(&all[at].id()).map(|stored| stored.unwrap().body);
    assert_eq!(state(3).unwrap(), BodyState::Erased);
    assert_eq!(state(25).unwrap(), BodyState::Erased);
    assert_eq!(state(26).unwrap(), BodyState::Held);
    assert!(state(4).is_err(), "it is still told that another's body is lost");
    assert!(reader.lagging(&chapter(NAME)).unwrap() == Lagging::default());
}

#[test]
fn a_lost_key_file_is_damage_that_is_healed() {
    let dir = tempdir().unwrap();
    let (all, erased) = with_own(dir.path());
    fs::remove_file(dir.path().join("body-keys")).unwrap();
    let (_writer, reader, events) = open(dir.path());
    let is_set_aside = |event: &OpenEvent| matches!(event, OpenEvent::DatabaseSetAside { .. });
    assert!(events.iter().any(is_set_aside), "{events:?}");
    check(&reader, &all, &[erased]);
}

#[test]
fn a_store_that_could_not_erase_is_refused_with_the_remedy() {
    let harms: [fn(&Path, Writer); 2] = [
        |_, writer| {
            let meta = &writer.core.trees().meta;
            meta.insert(b"store/format", &2_u32.to_be_bytes()).unwrap();
        },
        |dir, _| fs::write(dir.join("journal/own.log"), b"alliance own journal 1\nand more").unwrap(),
    ];
    for harm in harms {
        let dir = tempdir().unwrap();
        let (writer, reader) = open_well(dir.path());
        drop(reader);
        harm(dir.path(), writer);
        let refused = Store::open(dir.path(), options()).unwrap_err();
        assert!(
            matches!(refused, OpenError::OlderFormat { found: 2, oldest: 3 }),
            "{refused}"
        );
        assert!(refused.to_string().contains("bundle"));
        assert!(!dir.path().join("evidence").exists());
    }
}

/// Readers beside a writer that erases find each record whole or erased.
#[test]
fn readers_meet_no_page_without_its_key() {
    let dir = tempdir().unwrap();
    let (mut writer, reader) = open_well(dir.path());
    let mut log = wordy(1);
    let all = log.take_range(300);
    writer.append(&all).unwrap();
    let name = log.name();
    let last = all[299].id();
    let beside = std::thread::spawn(move || {
        while reader.record(&last).unwrap().unwrap().body == BodyState::Held {
            let range = reader.range(&name, 0, ALL).unwrap();
            assert_eq!(range.len(), 300);
            assert_eq!(titles(&reader).len(), 200);
        }
    });
    for portion in ids(&all).chunks(20) {
        writer.erase(portion).unwrap();
    }
    beside.join().unwrap();
}

#[test]
fn many_at_once_in_a_large_store() {
    let dir = tempdir().unwrap();
    let (mut writer, reader) = open_well(dir.path());
    let mut logs: Vec<Log> = (1..5).map(wordy).collect();
    let mut all = Vec::new();
    for log in &mut logs {
        let range = log.take_range(500);
        writer.append(&range).unwrap();
        all.extend(range);
    }
    let erased: Vec<RecordId> = all.iter().step_by(37).map(|record| record.id()).collect();
    assert_eq!(writer.erase(&erased).unwrap().destroyed, erased.len() as u64);
    let states = |reader: &Reader| {
        let arrived = reader.arrivals_since(Arrival::NONE, ALL).unwrap();
        arrived
            .iter()
            .map(|stored| stored.body == BodyState::Erased)
            .collect::<Vec<_>>()
    };
    let expected: Vec<bool> = (0..all.len()).map(|at| at % 37 == 0).collect();
    assert_eq!(states(&reader), expected);
    drop((writer, reader));
    assert_eq!(states(&open_well(dir.path()).1), expected);
}
