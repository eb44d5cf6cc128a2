//! Headers first, bodies later.

use std::collections::BTreeSet;

use alliance_record::{Body, Refusal, SignedRecord, VerifiedRecord};
use tempfile::tempdir;

use super::fixture::{ALL, Log, chapter, ids, open, open_well};
use crate::{Appended, Arrival, Filled, Lagging, OpenEvent, Query, RangeLimits, Reader, Writer};

const NAME: &str = "m49:150";

/// The record without its body.
fn bare(record: &VerifiedRecord) -> VerifiedRecord {
    let bare = SignedRecord::from_parts(record.header_bytes().clone(), record.signature().copied(), None);
    VerifiedRecord::from_own_store(bare.unwrap()).unwrap()
}

pub(super) fn bare_all(records: &[VerifiedRecord]) -> Vec<VerifiedRecord> {
    records.iter().map(bare).collect()
}

pub(super) fn bodies(records: &[VerifiedRecord]) -> Vec<Body> {
    records.iter().map(|record| record.body().unwrap().clone()).collect()
}

fn fill(writer: &mut Writer, log: &Log, from: usize, records: &[VerifiedRecord]) -> Filled {
    writer.fill(&log.name(), from as u64, bodies(records)).unwrap()
}

/// Which of a log's records have their bodies.
fn held(reader: &Reader, log: &Log) -> BTreeSet<u64> {
    let range = reader.range(&log.name(), 0, ALL).unwrap();
    let with = range.iter().filter(|record| record.body().is_some());
    with.map(|record| record.header().sequence).collect()
}

fn check(reader: &Reader, log: &Log, all: &[VerifiedRecord], expected: &BTreeSet<u64>) {
    assert_eq!(held(reader, log), *expected);
    let lacks = |at: &usize| !expected.contains(&(*at as u64));
    let missing: Vec<usize> = (0..all.len()).filter(lacks).collect();
    let end = missing.first().map_or(all.len(), |at| *at);
    assert_eq!(reader.bodies_end(&log.name()).unwrap(), end as u64);
    let bytes = missing.iter().map(|at| u64::from(all[*at].header().body_bytes)).sum();
    let lagging = Lagging {
        bodies: missing.len() as u64,
        bytes,
        logs: u64::from(!missing.is_empty()),
    };
    assert_eq!(reader.lagging(&chapter(NAME)).unwrap(), lagging);
    assert_eq!(reader.bodies(&log.name(), 0, ALL).unwrap(), bodies(&all[..end]));
    let headers = reader.headers(&log.name(), 0, ALL).unwrap();
    assert!(headers.iter().map(|record| record.id()).eq(ids(all)));
    assert!(headers.iter().all(|record| record.body().is_none()));
}

fn titles(reader: &Reader) -> Vec<String> {
    let limit = 200;
    let page = reader
        .list(&Query {
            limit,
            ..Query::default()
        })
        .unwrap();
    page.rows.into_iter().map(|row| row.facets.title).collect()
}

#[test]
fn bodies_are_filled_in_any_order_and_readers_see_them_come() {
    let dir = tempdir().unwrap();
    let mut log = Log::new(1, NAME);
    log.text = "a title|||".into();
    let all = [log.take_range(30), log.take(3), log.take_range(40)].concat();
    let (mut writer, reader) = open_well(dir.path());
    writer.append(&bare_all(&all[..33])).unwrap();
    // Records that come whole while others lag.
    writer.append(&all[33..]).unwrap();
    let mut expected: BTreeSet<u64> = (33..73).collect();
    check(&reader, &log, &all, &expected);
    for (from, to) in [(20, 25), (0, 10), (24, 33), (5, 24)] {
        let filled = fill(&mut writer, &log, from, &all[from..to]);
        assert_eq!((filled.held, filled.refused), (to - from, None));
        let new: Vec<u64> = (from as u64..to as u64).filter(|at| expected.insert(*at)).collect();
        let appended = filled.appended.unwrap();
        assert_eq!(appended.last.0 - appended.first.0 + 1, new.len() as u64);
        let arrived = reader.arrivals_since(Arrival(appended.first.0 - 1), ALL).unwrap();
        let came: Vec<u64> = arrived.iter().map(|stored| stored.record.header().sequence).collect();
        assert_eq!(came, new);
        assert!(arrived.iter().all(|stored| stored.record.body().is_some()));
        assert!(
            arrived
                .iter()
                .map(|stored| stored.arrival.0)
                .eq(appended.first.0..=appended.last.0)
        );
        check(&reader, &log, &all, &expected);
        assert_eq!(
            titles(&reader).iter().filter(|title| *title == "a title").count(),
            expected.len()
        );
    }
    let again = fill(&mut writer, &log, 0, &all);
    assert_eq!((again.held, again.appended), (73, None));
    for (sequence, record) in all.iter().enumerate() {
        let stored = reader.record(&record.id()).unwrap().unwrap();
        assert_eq!((&stored.record, stored.arrival), (record, Arrival(sequence as u64 + 1)));
    }
    drop((writer, reader));
    let (mut writer, reader) = open_well(dir.path());
    check(&reader, &log, &all, &expected);
    writer.rebuild_projections().unwrap();
    assert_eq!(titles(&reader), vec!["a title"; 73]);
}

#[test]
fn a_wrong_body_ends_what_is_stored() {
    let dir = tempdir().unwrap();
    let mut log = Log::new(1, NAME);
    let all = log.take_range(10);
    let (mut writer, reader) = open_well(dir.path());
    writer.append(&bare_all(&all)).unwrap();
    let mut wrong = bodies(&all);
    wrong[4].bytes = b"another".to_vec().into();
    let filled = writer.fill(&log.name(), 0, wrong).unwrap();
    let appended = Some(Appended {
        first: Arrival(11),
        last: Arrival(14),
    });
    assert_eq!(
        (filled.held, filled.appended, filled.refused),
        (4, appended, Some(Refusal::BadBody))
    );
    check(&reader, &log, &all, &(0..4).collect());
    let mut salted = bodies(&all[4..]);
    salted[0].salt.0[0] ^= 1;
    let filled = writer.fill(&log.name(), 4, salted).unwrap();
    assert_eq!(
        (filled.held, filled.appended, filled.refused),
        (0, None, Some(Refusal::BadBody))
    );
    check(&reader, &log, &all, &(0..4).collect());
    let nothing = writer.fill(&Log::new(9, NAME).name(), 0, Vec::new()).unwrap();
    assert_eq!((nothing.held, nothing.appended), (0, None));
}

#[test]
#[should_panic(expected = "record is stored")]
fn a_body_without_its_record_is_this_nodes_own_fault() {
    let dir = tempdir().unwrap();
    let mut log = Log::new(1, NAME);
    let all = log.take_range(10);
    let (mut writer, _reader) = open_well(dir.path());
    writer.append(&bare_all(&all)).unwrap();
    let more = log.take(1);
    fill(&mut writer, &log, 10, &more);
}

#[test]
fn a_torn_fill_is_taken_back() {
    for steps in 0..=4 {
        let (dir, copy) = (tempdir().unwrap(), tempdir().unwrap());
        let mut log = Log::new(1, NAME);
        let all = log.take_range(20);
        let (mut writer, reader) = open_well(dir.path());
        writer.append(&bare_all(&all)).unwrap();
        fill(&mut writer, &log, 3, &all[3..6]);
        let mut expected: BTreeSet<u64> = (3..6).collect();
        super::torn::fill_partly(&mut writer, &log, &all[6..12], steps);
        check(&reader, &log, &all, &expected);
        super::fixture::copy_dir(dir.path(), copy.path());
        let (mut writer, reader, events) = open(copy.path());
        if steps == 4 {
            expected.extend(6..12);
            assert_eq!(events, []);
        } else if steps > 0 {
            assert!(matches!(events[..], [OpenEvent::TornGroupRemoved { .. }]), "{events:?}");
        }
        check(&reader, &log, &all, &expected);
        fill(&mut writer, &log, 0, &all);
        check(&reader, &log, &all, &(0..20).collect());
    }
}

/// A body that is gone from the newest group: the group is taken back, and the bodies lag again.
#[test]
fn a_fill_without_its_bodies_does_not_count() {
    let dir = tempdir().unwrap();
    let mut log = Log::new(1, NAME);
    let all = log.take_range(20);
    let (mut writer, reader) = open_well(dir.path());
    writer.append(&bare_all(&all)).unwrap();
    fill(&mut writer, &log, 0, &all[..12]);
    super::fixture::pop_last(&writer.core.trees().bodies);
    drop((writer, reader));
    let (mut writer, reader, events) = open(dir.path());
    assert_eq!(events[0], OpenEvent::RecordsLost { records: 12 });
    check(&reader, &log, &all, &BTreeSet::new());
    fill(&mut writer, &log, 0, &all);
    check(&reader, &log, &all, &(0..20).collect());
}

#[test]
fn bodies_come_within_limits() {
    let dir = tempdir().unwrap();
    let mut log = Log::new(1, NAME);
    let all = log.take_range(20);
    let (mut writer, reader) = open_well(dir.path());
    writer.append(&all).unwrap();
    for (records_max, bytes_max, expected) in [(5, 1 << 20, 5), (100, 3 * 52, 3), (100, 1, 1), (0, 0, 1)] {
        let limits = RangeLimits { records_max, bytes_max };
        let got = reader.bodies(&log.name(), 7, limits).unwrap();
        assert_eq!(got, bodies(&all[7..7 + expected]));
    }
    assert!(reader.bodies(&log.name(), 20, ALL).unwrap().is_empty());
}
