//! A group is there wholly or not at all, wherever the writing of it stops.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use alliance_record::VerifiedRecord;
use tempfile::tempdir;

use super::fixture::{Log, copy_dir, feed_ids, ids, open, open_well, pop_last};
use crate::group::Group;
use crate::growing::Growing;
use crate::scan::Bodies;
use crate::trees::Place;
use crate::{Arrival, OpenEvent, Writer};

/// Does the first `steps` steps of storing a group, and puts them on the disk.
fn store_partly(writer: &mut Writer, group: &[VerifiedRecord], steps: usize) {
    begin_storing(writer, group, steps);
    writer.core.database.make_durable().unwrap();
}

/// Does the first `steps` steps of storing a group.
pub(super) fn begin_storing(writer: &mut Writer, group: &[VerifiedRecord], steps: usize) {
    let core = Arc::clone(&writer.core);
    let group = Group::place(core.trees(), group, (writer.last, writer.next_log), &writer.marks).unwrap();
    begin(&group, writer, steps);
}

/// Does the first `steps` steps of storing bodies, and puts them on the disk.
pub(super) fn fill_partly(writer: &mut Writer, log: &Log, records: &[VerifiedRecord], steps: usize) {
    begin_filling(writer, log, records, steps);
    writer.core.database.make_durable().unwrap();
}

/// Does the first `steps` steps of storing bodies.
pub(super) fn begin_filling(writer: &mut Writer, log: &Log, records: &[VerifiedRecord], steps: usize) {
    let core = Arc::clone(&writer.core);
    let trees = core.trees();
    let entry = trees.log(&log.name()).unwrap().unwrap();
    let row = |record: &VerifiedRecord| {
        let place = Place {
            log: entry.number,
            sequence: record.header().sequence,
        };
        trees.record_at(place, Bodies::Left).unwrap().unwrap().arrival
    };
    let bodies: Vec<_> = records.iter().map(|record| (row(record), record)).collect();
    let growing = Growing::stored(log.name(), entry);
    let group = Group::fill(trees, growing, &bodies, writer.last).unwrap();
    begin(&group, writer, steps);
}

fn begin(group: &Group<'_>, writer: &mut Writer, steps: usize) {
    let core = Arc::clone(&writer.core);
    let trees = core.trees();
    if steps > 0 {
        group.put_records(trees, &mut writer.packer).unwrap();
    }
    let rest = [Group::put_feed, Group::put_logs, Group::put_commit];
    for step in &rest[..steps.saturating_sub(1)] {
        step(group, trees).unwrap();
    }
}

/// Two logs that go on, and one that begins, in one group.
fn groups() -> [Vec<VerifiedRecord>; 3] {
    let (mut one, mut two, mut three) = (Log::new(1, "m49:150"), Log::new(2, "m49:001"), Log::new(3, "m49:150"));
    let first = [one.take_range(3), two.take(1)].concat();
    let second = [three.take(2), one.take_range(2), two.take(1)].concat();
    let third = [two.take(1), three.take(1)].concat();
    [first, second, third]
}

#[test]
fn steps_without_a_commit_point_are_taken_back() {
    for steps in 0..=4 {
        let (dir, copy) = (tempdir().unwrap(), tempdir().unwrap());
        let [first, second, third] = groups();
        let (mut writer, reader) = open_well(dir.path());
        writer.append(&first).unwrap();
        store_partly(&mut writer, &second, steps);
        // Before the commit point is on the disk, readers see nothing of the group.
        assert_eq!(feed_ids(&reader), ids(&first), "{steps} steps");
        assert_eq!(reader.all_heads().unwrap().len(), 2, "{steps} steps");
        assert!(reader.by_prefix(&second[0].id().to_string()).unwrap() == crate::Found::None);
        copy_dir(dir.path(), copy.path());
        let (mut writer, reader, events) = open(copy.path());
        if steps == 4 {
            assert_eq!(feed_ids(&reader), ids(&[first, second].concat()));
            assert_eq!(events, []);
            continue;
        }
        let expected = OpenEvent::TornGroupRemoved { records: 5 };
        assert_eq!(
            events,
            if steps == 0 { vec![] } else { vec![expected] },
            "{steps} steps"
        );
        assert_eq!(feed_ids(&reader), ids(&first));
        assert_eq!(reader.all_heads().unwrap().len(), 2);
        let rest = [second, third].concat();
        writer.append(&rest).unwrap();
        assert_eq!(feed_ids(&reader), ids(&[first, rest].concat()));
        for stored in reader.chapter_records(&super::fixture::chapter("m49:150")).unwrap() {
            let id = stored.unwrap().record.id();
            assert!(reader.record(&id).unwrap().is_some());
        }
    }
}

/// Takes an entry away from the database as it lies on the disk.
fn without(dir: &Path, harm: impl FnOnce(&Writer)) {
    let (writer, reader) = open_well(dir);
    harm(&writer);
    writer.core.database.make_durable().unwrap();
    drop((writer, reader));
}

#[test]
fn a_commit_point_without_its_group_does_not_count() {
    let harms: [fn(&Writer); 4] = [
        |writer| pop_last(&writer.core.trees().headers),
        |writer| pop_last(&writer.core.trees().bodies),
        |writer| pop_last(&writer.core.trees().feed),
        |writer| writer.core.trees().feed.remove(5_u64.to_be_bytes()).unwrap(),
    ];
    for harm in harms {
        let dir = tempdir().unwrap();
        let [first, second, third] = groups();
        let (mut writer, reader) = open_well(dir.path());
        writer.append(&first).unwrap();
        writer.append(&second).unwrap();
        drop((writer, reader));
        without(dir.path(), harm);
        let (mut writer, reader, events) = open(dir.path());
        assert!(matches!(events[0], OpenEvent::TornGroupRemoved { .. }), "{events:?}");
        assert_eq!(feed_ids(&reader), ids(&first));
        assert_eq!(writer.append(&[second, third].concat()).unwrap().first, Arrival(5));
        drop((writer, reader));
        assert_eq!(feed_ids(&open_well(dir.path()).1).len(), 11);
    }
}

/// Stops the disk in the middle of a group's bytes, at many places: what it had before stays, what comes after is not
/// written.
#[test]
fn a_group_cut_anywhere_in_its_bytes_is_whole_or_gone() {
    const CUTS: usize = 24;
    let (before, after) = (tempdir().unwrap(), tempdir().unwrap());
    let [first, second, third] = groups();
    let dir = tempdir().unwrap();
    let (mut writer, reader) = open_well(dir.path());
    writer.append(&first).unwrap();
    copy_dir(dir.path(), before.path());
    writer.append(&second).unwrap();
    writer.flush().unwrap();
    copy_dir(dir.path(), after.path());
    drop((writer, reader));

    let old = fs::read(before.path().join("db/db")).unwrap();
    let new = fs::read(after.path().join("db/db")).unwrap();
    let mut padded = old.clone();
    padded.resize(new.len().max(old.len()), 0);
    let differs = |at: &usize| padded[*at] != new[*at];
    let start = (0..new.len()).find(differs).unwrap();
    let end = (0..new.len()).rev().find(differs).unwrap() + 1;
    let mut seen = [0, 0];
    for cut in 0..=CUTS {
        let at = start + (end - start) * cut / CUTS;
        let torn = tempdir().unwrap();
        copy_dir(before.path(), torn.path());
        let mut bytes = padded.clone();
        bytes[..at].copy_from_slice(&new[..at]);
        fs::write(torn.path().join("db/db"), bytes).unwrap();
        let (mut writer, reader, _) = open(torn.path());
        let is_whole = reader.last_arrival() == Arrival(9);
        seen[usize::from(is_whole)] += 1;
        let stored = if is_whole {
            [first.clone(), second.clone()].concat()
        } else {
            first.clone()
        };
        assert_eq!(feed_ids(&reader), ids(&stored), "cut at {at} of {start}..{end}");
        let rest = if is_whole {
            third.clone()
        } else {
            [second.clone(), third.clone()].concat()
        };
        writer.append(&rest).unwrap();
        assert_eq!(feed_ids(&reader).len(), 11);
    }
    assert!(seen[0] > 0 && seen[1] > 0, "the cuts met both ends: {seen:?}");
}
