//! Which records refer to one: held or not, after every sort of stop, and among many.

use std::collections::BTreeMap;

use alliance_record::limits::REFERENCES_MAX;
use alliance_record::{Header, OrganisationId, RecordId, Reference, Role, VerifiedRecord};
use tempfile::tempdir;

use super::fixture::{Log, ids, open, open_well};
use crate::kv::Engine;
use crate::links::LINKS_EXAMINED_MAX;
use crate::meta::{Followed, projection_key};
use crate::runs::entry;
use crate::trees::{LINKS, Place};
use crate::{Arrival, Links, OpenEvent, Reader};

fn any(_: &Header) -> bool {
    true
}

/// More than any test has.
const ALL: usize = 10_000;

pub(super) fn link(role: u32, record: RecordId) -> Reference {
    let role = Role(role);
    Reference { role, record }
}

/// An id that no record has.
pub(super) const fn unheld(number: u8) -> RecordId {
    RecordId([number; 32])
}

fn linking(writer: u8, references: &[Reference]) -> Log {
    let mut log = Log::new(writer, "m49:150");
    log.references = references.to_vec();
    log
}

fn linked(links: &Links) -> Vec<RecordId> {
    links.records.iter().map(|link| link.record.id()).collect()
}

/// Compares what links to each target with what these records say, in the order in which they arrived.
pub(super) fn check(reader: &Reader, arrived: &[VerifiedRecord]) {
    let mut expected: BTreeMap<RecordId, Vec<RecordId>> = BTreeMap::new();
    let mut by: BTreeMap<(RecordId, OrganisationId), Vec<RecordId>> = BTreeMap::new();
    for record in arrived {
        expected.entry(record.id()).or_default();
        for link in &record.header().references {
            let add = |from: &mut Vec<RecordId>| {
                if from.last() != Some(&record.id()) {
                    from.push(record.id());
                }
            };
            add(expected.entry(link.record).or_default());
            let own = by.entry((link.record, record.header().organisation)).or_default();
            if [Role::SUPERSEDES, Role::CORRECTS].contains(&link.role) {
                add(own);
            }
        }
    }
    for ((target, organisation), from) in by {
        let links = reader.links_by(&organisation, &target, ALL, &any).unwrap();
        assert_eq!(
            (linked(&links), links.more),
            (from, false),
            "{target} by {organisation}"
        );
    }
    for (target, from) in expected {
        let links = reader.links_to(&target, ALL, &any).unwrap();
        assert_eq!((linked(&links), links.more), (from, false), "{target}");
    }
}

#[test]
fn each_record_that_refers_is_given_once_in_order_of_arrival() {
    let dir = tempdir().unwrap();
    let (mut writer, reader) = open_well(dir.path());
    let target = Log::new(1, "m49:150").take(1);
    writer.append(&target).unwrap();
    let held = target[0].id();
    let mut one = linking(2, &[link(2, held), link(5, unheld(7)), link(9, held)]);
    let mut two = linking(3, &[link(4, unheld(7))]);
    let arrived = [one.take(1), two.take(2), one.take(1)].concat();
    writer.append(&[arrived[1].clone(), arrived[2].clone()]).unwrap();
    writer.append(&[arrived[0].clone(), arrived[3].clone()]).unwrap();
    let links = reader.links_to(&held, ALL, &any).unwrap();
    assert_eq!(linked(&links), [arrived[0].id(), arrived[3].id()]);
    assert_eq!(links.records[1].arrival, Arrival(5));
    assert_eq!(links.records[1].record, arrived[3].clone().without_body());
    let roles = links.records[0].record.header().references.iter();
    assert!(
        roles
            .filter(|link| link.record == held)
            .map(|link| link.role.0)
            .eq([2, 9])
    );
    let expected = [1, 2, 0, 3].map(|at: usize| arrived[at].id());
    assert_eq!(linked(&reader.links_to(&unheld(7), ALL, &any).unwrap()), expected);
    assert_eq!(reader.links_to(&arrived[0].id(), ALL, &any).unwrap(), Links::default());
    // What is stored and not yet durable is not seen.
    super::torn::begin_storing(&mut writer, &one.take(1), 4);
    assert_eq!(linked(&reader.links_to(&unheld(7), ALL, &any).unwrap()), expected);
}

#[test]
fn five_thousand_sources_are_given_as_far_as_they_are_wanted() {
    const SOURCES: usize = 5_000;
    let dir = tempdir().unwrap();
    let (mut writer, reader) = open_well(dir.path());
    let target = unheld(9);
    let (mut old, mut new) = (linking(1, &[link(3, target)]), linking(2, &[link(3, target)]));
    let mut arrived = old.take(1);
    writer.append(&arrived).unwrap();
    for _ in 0..SOURCES / 1000 {
        let group = [new.take_range(500), old.take_range(500)].concat();
        writer.append(&group).unwrap();
        arrived.extend(group);
    }
    let arrived = ids(&arrived);
    let links = reader.links_to(&target, SOURCES + 1, &any).unwrap();
    assert_eq!((linked(&links), links.more), (arrived.clone(), false));
    // The newest of the log that is known less long is left out.
    let mut most = arrived;
    most.remove(SOURCES - 500);
    let links = reader.links_to(&target, SOURCES, &any).unwrap();
    assert_eq!((linked(&links), links.more), (most, true));
    // The log that is known longest comes first.
    let links = reader.links_to(&target, 2501, &any).unwrap();
    let firsts = links.records.iter().map(|link| &link.record.header().log);
    assert!(firsts.eq(std::iter::repeat_n(&old.name(), 2501)));
    assert!(links.more);
    assert_eq!(
        reader.links_to(&target, 0, &any).unwrap(),
        Links {
            records: vec![],
            more: true
        }
    );
}

#[test]
fn what_its_organisation_says_is_found_however_much_others_say() {
    let dir = tempdir().unwrap();
    let (mut writer, reader) = open_well(dir.path());
    let target = unheld(9);
    let (mut others, mut own) = (linking(1, &[link(3, target)]), linking(2, &[link(1, target)]));
    writer.append(&others.take_range(500)).unwrap();
    let said = own.take(1);
    writer.append(&said).unwrap();
    let by = |log: &[VerifiedRecord]| log[0].header().organisation;
    let links = reader.links_to(&target, 500, &any).unwrap();
    assert_eq!((links.records.len(), links.more), (500, true));
    let links = reader.links_by(&by(&said), &target, 1, &any).unwrap();
    assert_eq!((linked(&links), links.more), (ids(&said), false));
    assert_eq!(
        reader.links_by(&by(&said), &unheld(8), 1, &any).unwrap(),
        Links::default()
    );
    // What the caller does not want leaves room for what it wants.
    let wanted = |header: &Header| header.organisation == by(&said);
    let links = reader.links_to(&target, 1, &wanted).unwrap();
    assert_eq!((linked(&links), links.more), (ids(&said), false));
}

#[test]
fn what_shares_first_bytes_is_passed_over() {
    let dir = tempdir().unwrap();
    let (mut writer, reader) = open_well(dir.path());
    let target = unheld(9);
    let mut alike = target;
    alike.0[8..].fill(0);
    let mut log = linking(1, &[link(3, alike)]);
    let decoys = log.take_range(300);
    log.references = vec![link(3, target)];
    let real = log.take(1);
    writer.append(&[decoys.clone(), real.clone()].concat()).unwrap();
    let links = reader.links_to(&target, 1, &any).unwrap();
    assert_eq!((linked(&links), links.more), (ids(&real), false));
    assert_eq!(linked(&reader.links_to(&alike, ALL, &any).unwrap()), ids(&decoys));

    // More places than are looked at: that there may be more is said.
    let place = |at: usize| Place {
        log: 0,
        sequence: 1000 + at as u64,
    };
    let entries = |range: std::ops::Range<usize>| range.map(|at| entry(&target, place(at))).collect();
    let runs = writer.core.trees().link_runs();
    let room = LINKS_EXAMINED_MAX - decoys.len() - real.len();
    runs.put(entries(0..room)).unwrap();
    assert!(!reader.links_to(&target, 1, &any).unwrap().more);
    runs.put(entries(room..room + 1)).unwrap();
    let links = reader.links_to(&target, 1, &any).unwrap();
    assert_eq!((linked(&links), links.more), (ids(&real), true));
}

#[test]
fn what_is_erased_still_links_and_bodies_that_come_later_add_nothing() {
    let dir = tempdir().unwrap();
    let (mut writer, reader) = open_well(dir.path());
    let mut log = linking(1, &[link(2, unheld(7))]);
    let records = log.take(6);
    writer.append(&super::fill::bare_all(&records[..4])).unwrap();
    let filled = super::fill::bodies(&records[..3]);
    writer.fill(&log.name(), 0, filled).unwrap();
    writer.append(&records[4..]).unwrap();
    let erased = [0, 3, 5].map(|at: usize| records[at].id());
    writer.erase(&erased).unwrap();
    check(&reader, &records);
    writer.rebuild_projections().unwrap();
    check(&reader, &records);
    drop((writer, reader));
    check(&open_well(dir.path()).1, &records);
}

#[test]
fn records_that_refer_to_nothing_leave_nothing() {
    let dir = tempdir().unwrap();
    let (mut writer, reader) = open_well(dir.path());
    writer.append(&Log::new(1, "m49:150").take(100)).unwrap();
    assert!(writer.core.trees().links.is_empty().unwrap());
    assert_eq!(reader.links_to(&unheld(1), ALL, &any).unwrap(), Links::default());
    drop((writer, reader));
    let (mut writer, _reader) = open_well(dir.path());
    // As many entries as a header has places for, all in one block.
    let all: Vec<_> = (0..REFERENCES_MAX as u8).map(|at| link(1, unheld(at))).collect();
    writer.append(&linking(2, &all).take(1)).unwrap();
    assert_eq!(writer.core.trees().links.range::<&[u8]>(..).count(), 2);
}

/// 300 records of which each refers to one that is not held and to one that is.
fn stored(dir: &std::path::Path) -> Vec<VerifiedRecord> {
    let (mut writer, reader) = open_well(dir);
    let mut log = Log::new(1, "m49:150");
    let mut records = log.take(1);
    log.references = vec![link(2, unheld(7)), link(3, records[0].id())];
    records.extend(log.take_range(299));
    writer.append(&records).unwrap();
    check(&reader, &records);
    records
}

#[test]
fn a_directory_without_the_index_gets_it_when_it_is_opened() {
    let dir = tempdir().unwrap();
    let records = stored(dir.path());
    let (writer, reader) = open_well(dir.path());
    let Engine::Sled(db, _) = &writer.core.database.engine else {
        panic!("a real store");
    };
    db.drop_tree(LINKS.name).unwrap();
    writer.core.trees().meta.remove(projection_key(LINKS.name)).unwrap();
    writer.core.database.make_durable().unwrap();
    drop((writer, reader));
    let (writer, reader, events) = open(dir.path());
    assert_eq!(events, [OpenEvent::ProjectionRebuilt { name: "links" }]);
    check(&reader, &records);
    drop((writer, reader));
    check(&open_well(dir.path()).1, &records);
}

#[test]
fn it_is_caught_up_and_another_layout_is_built_anew() {
    let dir = tempdir().unwrap();
    let records = stored(dir.path());
    let version = LINKS.version;
    for (version, arrival, rebuilt) in [(version, 17, false), (version, 301, true), (version + 1, 300, true)] {
        let (writer, reader) = open_well(dir.path());
        let arrival = Arrival(arrival);
        let followed = Followed { version, arrival };
        writer.core.trees().put_followed(LINKS.name, followed).unwrap();
        drop((writer, reader));
        let (_writer, reader, events) = open(dir.path());
        assert_eq!(!events.is_empty(), rebuilt, "{followed:?}: {events:?}");
        check(&reader, &records);
    }
}

/// It is built from headers: a body that cannot be read takes no link away.
#[test]
fn a_damaged_body_takes_no_link_away() {
    let dir = tempdir().unwrap();
    let records = stored(dir.path());
    let (mut writer, reader) = open_well(dir.path());
    let bodies = &writer.core.trees().bodies;
    let (key, _) = super::fixture::first(bodies);
    bodies.insert(key, &[1]).unwrap();
    assert!(writer.rebuild_projections().unwrap().unreadable > 0);
    check(&reader, &records);
}
