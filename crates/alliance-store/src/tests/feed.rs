//! The arrival feed and its cursors.

use std::collections::BTreeMap;

use tempfile::tempdir;

use super::fill::{bare_all, bodies};
use super::fixture::{ALL, Log, ids, open_well};
use crate::{Arrival, BodyState, RangeLimits, StoredRecord};

#[test]
fn the_feed_goes_on_from_any_cursor_within_any_limit() {
    let dir = tempdir().unwrap();
    let (mut one, mut two) = (Log::new(1, "m49:150"), Log::new(2, "m49:150"));
    let (mut writer, reader) = open_well(dir.path());
    let mut all = Vec::new();
    for _ in 0..3 {
        let group = [one.take(2), two.take(3), one.take(1)].concat();
        writer.append(&group).unwrap();
        all.extend(group);
    }
    let all = ids(&all);
    for cursor in 0..=all.len() {
        for records_max in [1, 2, 5, 100] {
            let limits = RangeLimits { records_max, ..ALL };
            let arrivals = reader.arrivals_since(Arrival(cursor as u64), limits).unwrap();
            let got: Vec<_> = arrivals.iter().map(|stored| stored.record.id()).collect();
            let end = all.len().min(cursor + records_max);
            assert_eq!(got, all[cursor..end], "{cursor} {records_max}");
            assert!(
                arrivals
                    .iter()
                    .map(|stored| stored.arrival.0)
                    .eq(cursor as u64 + 1..=end as u64)
            );
        }
    }
    let one_byte = RangeLimits { bytes_max: 1, ..ALL };
    assert_eq!(reader.arrivals_since(Arrival(4), one_byte).unwrap().len(), 1);
    assert!(reader.arrivals_since(Arrival(99), ALL).unwrap().is_empty());
}

#[test]
fn who_goes_along_sees_what_comes_meanwhile() {
    let dir = tempdir().unwrap();
    let (mut one, mut two) = (Log::new(1, "m49:150"), Log::new(2, "m49:150"));
    let (mut writer, reader) = open_well(dir.path());
    let mut feed = reader.arrivals_from(Arrival::NONE);
    let mut seen = Vec::new();
    for round in 0..6 {
        let late = two.take(2);
        for record in one.take(3) {
            writer.append(&[record]).unwrap();
        }
        writer.append(&bare_all(&late)).unwrap();
        for _ in 0..2 {
            seen.extend(feed.next(RangeLimits { records_max: 2, ..ALL }).unwrap());
        }
        writer.fill(&two.name(), round * 2, bodies(&late)).unwrap();
        seen.extend(feed.next(RangeLimits { records_max: 3, ..ALL }).unwrap());
    }
    assert_eq!(feed.cursor(), reader.last_arrival());
    assert!(feed.next(ALL).unwrap().is_empty());
    let again = reader.arrivals_since(Arrival::NONE, ALL).unwrap();
    let said = |stored: &StoredRecord| (stored.arrival, stored.record.id());
    assert!(seen.iter().map(said).eq(again.iter().map(said)));
    let last: BTreeMap<_, _> = seen.iter().map(|stored| (stored.record.id(), stored.body)).collect();
    assert_eq!(last.len(), 6 * 5);
    assert!(
        last.values().all(|body| *body == BodyState::Held),
        "each has come with its body"
    );
}

#[test]
fn cursors_are_kept_by_name() {
    let dir = tempdir().unwrap();
    let (mut writer, reader) = open_well(dir.path());
    assert_eq!(reader.cursor("search").unwrap(), Arrival::NONE);
    writer.cursor_put("search", Arrival(5)).unwrap();
    writer.cursor_put("digest", Arrival(2)).unwrap();
    writer.cursor_put("search", Arrival(6)).unwrap();
    writer.flush().unwrap();
    drop((writer, reader));
    let (_writer, reader) = open_well(dir.path());
    assert_eq!(reader.cursor("search").unwrap(), Arrival(6));
    assert_eq!(reader.cursor("digest").unwrap(), Arrival(2));
}

#[test]
fn readers_go_on_beside_the_writer() {
    const GROUPS: u64 = 20;
    let dir = tempdir().unwrap();
    let (mut writer, reader) = open_well(dir.path());
    let mut log = Log::new(1, "m49:150");
    let groups: Vec<_> = (0..GROUPS).map(|_| log.take_range(7)).collect();
    let beside = std::thread::spawn(move || {
        let (mut seen, mut head) = (Arrival::NONE, None);
        while seen.0 < GROUPS * 7 {
            for stored in reader.arrivals_since(seen, ALL).unwrap() {
                assert_eq!(stored.arrival.0, seen.0 + 1);
                assert_eq!(stored.record.header().sequence, seen.0);
                assert!(reader.record(&stored.record.id()).unwrap().is_some());
                seen = stored.arrival;
            }
            // Groups become visible whole.
            assert_eq!(seen.0 % 7, 0);
            let now = reader.all_heads().unwrap().pop().map(|head| head.sequence);
            assert!(
                now >= head && now.is_none_or(|sequence| (sequence + 1) % 7 == 0),
                "{head:?} {now:?}"
            );
            head = now;
        }
    });
    for group in &groups {
        writer.append(group).unwrap();
    }
    beside.join().unwrap();
}
