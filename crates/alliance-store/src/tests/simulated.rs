//! The store on a simulated disk: crashes at any moment, by seed, and a disk that is full.

use alliance_record::{RecordId, VerifiedRecord};

use super::fixture::{Log, feed_ids, ids, options};
use super::links::{link, unheld};
use crate::open::Site;
use crate::sim::Disk;
use crate::{Arrival, MetaKey, OpenError, OpenEvent, OpenReport, Reader, Store, StoreFault, Writer};

const SEEDS: u64 = 60;
const ROUNDS: u64 = 8;

fn open_on(disk: &Disk) -> (Writer, Reader, OpenReport) {
    Store::open_at(&Site::simulated(disk), options()).unwrap()
}

/// Numbers that follow from a seed.
struct Draws(u64);

impl Draws {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (self.0 >> 33) as usize % bound
    }
}

/// A log whose records refer to two that nobody has.
fn linking(mut log: Log) -> Log {
    log.references = vec![link(2, unheld(1)), link(3, unheld(2)), link(4, unheld(1))];
    log
}

/// What a store must have after a crash, and what it may have.
#[derive(Default)]
struct Acknowledged {
    records: Vec<VerifiedRecord>,
    meta: Option<u8>,
}

/// Stops the machine in the middle of storing a group, after a number of the group's writes.
fn torn_append(writer: &mut Writer, group: &[VerifiedRecord], draws: &mut Draws) {
    let steps = draws.below(5);
    super::torn::begin_storing(writer, group, steps);
}

/// Headers of a log, whose bodies come later; and how many of them have come.
struct Later {
    log: Log,
    records: Vec<VerifiedRecord>,
    filled: usize,
}

impl Later {
    fn go_on(&mut self, writer: &mut Writer, draws: &mut Draws) {
        if draws.below(2) == 0 {
            let new = self.log.take_range(1 + draws.below(20));
            writer.append(&super::fill::bare_all(&new)).unwrap();
            self.records.extend(new);
        } else {
            let until = self.records.len().min(self.filled + draws.below(20));
            let bodies = super::fill::bodies(&self.records[self.filled..until]);
            writer.fill(&self.log.name(), self.filled as u64, bodies).unwrap();
            self.filled = until;
        }
    }

    fn check(&self, reader: &Reader, seed: u64) {
        let name = self.log.name();
        let headers = reader.headers(&name, 0, super::fixture::ALL).unwrap();
        assert!(
            headers.iter().map(|record| record.id()).eq(ids(&self.records)),
            "seed {seed}"
        );
        assert_eq!(reader.bodies_end(&name).unwrap(), self.filled as u64, "seed {seed}");
        let lacking = (self.records.len() - self.filled) as u64;
        assert_eq!(reader.lagging(&name.chapter).unwrap().bodies, lacking, "seed {seed}");
        let bodies = reader.bodies(&name, 0, super::fixture::ALL).unwrap();
        assert_eq!(bodies, super::fill::bodies(&self.records[..self.filled]), "seed {seed}");
        super::links::check(reader, &self.records);
    }
}

/// Bodies that come later, and a machine that stops in the middle of storing some.
#[test]
fn no_crash_takes_bodies_that_came_later() {
    for seed in 0..SEEDS {
        let disk = Disk::new(seed);
        let mut draws = Draws(seed);
        let mut later = Later {
            log: linking(Log::new(1, "m49:150")),
            records: Vec::new(),
            filled: 0,
        };
        for round in 0..ROUNDS {
            let (mut writer, reader, report) = open_on(&disk);
            later.check(&reader, seed);
            assert!(!report.to_string().contains("lost"), "seed {seed}: {report}");
            (0..draws.below(5)).for_each(|_| later.go_on(&mut writer, &mut draws));
            let until = later.records.len().min(later.filled + draws.below(9));
            let steps = draws.below(5);
            let torn = &later.records[later.filled..until];
            if !torn.is_empty() {
                super::torn::begin_filling(&mut writer, &later.log, torn, steps);
            }
            drop((writer, reader));
            disk.crash(seed ^ round);
            // A group that was whole when the machine stopped may be there, although nobody was told.
            let (_writer, reader, _) = open_on(&disk);
            if reader.bodies_end(&later.log.name()).unwrap() == until as u64 {
                later.filled = until;
            }
        }
        later.check(&open_on(&disk).1, seed);
    }
}

/// One history: groups of two logs from elsewhere and one of this node's own, and a crash after each round.
fn history(seed: u64) -> (Vec<RecordId>, [u8; 16]) {
    let disk = Disk::new(seed);
    let mut draws = Draws(seed);
    let mut logs =
        [("m49:150", 1), ("m49:001", 2), ("m49:150", 3)].map(|(name, writer)| linking(Log::new(writer, name)));
    let mut held = Acknowledged::default();
    for round in 0..ROUNDS {
        let (mut writer, reader, report) = open_on(&disk);
        check(&reader, &report, &held, seed);
        for _ in 0..draws.below(4) {
            let (own, range) = (draws.below(3) == 2, draws.below(2));
            if own {
                let group = logs[2].take(1 + draws.below(3));
                writer.append_own(&group).unwrap();
                held.records.extend(group);
            } else {
                let group = logs[range].take_range(1 + draws.below(9));
                writer.append(&group).unwrap();
                held.records.extend(group);
            }
            held.meta = Some(round as u8);
            writer.meta_put(MetaKey::Phase, &[round as u8]).unwrap();
            writer.cursor_put("search", reader.last_arrival()).unwrap();
        }
        let mut log = logs[0].clone();
        let torn = log.take_range(1 + draws.below(9));
        torn_append(&mut writer, &torn, &mut draws);
        if draws.below(2) == 0 {
            drop((writer, reader));
            disk.crash(seed ^ round);
        } else {
            disk.crash(seed ^ round);
            assert!(writer.append(&torn).is_err(), "the machine has stopped");
        }
        // A group that was whole when the machine stopped may be there, although nobody was told.
        let (_writer, reader, _) = open_on(&disk);
        if reader.last_arrival().0 as usize == held.records.len() + torn.len() {
            held.records.extend(torn);
            logs[0] = log;
        }
    }
    let (_writer, reader, report) = open_on(&disk);
    check(&reader, &report, &held, seed);
    (feed_ids(&reader), reader.feed_id())
}

fn check(reader: &Reader, report: &OpenReport, held: &Acknowledged, seed: u64) {
    assert_eq!(feed_ids(reader), ids(&held.records), "seed {seed}");
    let meta = reader.meta_get(MetaKey::Phase).unwrap().map(|value| value[0]);
    assert_eq!(meta, held.meta, "seed {seed}");
    assert!(reader.cursor("search").unwrap() <= reader.last_arrival(), "seed {seed}");
    for record in &held.records {
        assert!(reader.record(&record.id()).unwrap().is_some(), "seed {seed}");
    }
    super::links::check(reader, &held.records);
    let is_loss = |event: &OpenEvent| {
        matches!(
            event,
            OpenEvent::RecordsLost { .. } | OpenEvent::DatabaseSetAside { .. }
        )
    };
    assert!(!report.events.iter().any(is_loss), "seed {seed}: {report}");
}

#[test]
fn no_crash_takes_what_was_acknowledged() {
    for seed in 0..SEEDS {
        history(seed);
    }
}

#[test]
fn one_seed_is_one_history() {
    assert_eq!(history(7), history(7));
    assert_ne!(history(7).1, history(8).1);
}

#[test]
fn a_crash_takes_what_was_not_flushed() {
    let mut kept = [0; 10];
    for seed in 0..200 {
        let disk = Disk::new(1);
        let (writer, reader, _) = open_on(&disk);
        let meta = &writer.core.trees().meta;
        (0..9_u8).for_each(|at| meta.insert([at], &[at]).unwrap());
        drop((writer, reader));
        disk.crash(seed);
        let (writer, _reader, _) = open_on(&disk);
        let there = |at: &u8| writer.core.trees().meta.get([*at]).unwrap().is_some();
        let count = (0..9).take_while(there).count();
        assert!(!(count as u8..9).any(|at| there(&at)), "a prefix stays");
        kept[count] += 1;
    }
    assert!(kept.iter().all(|times| *times > 5), "{kept:?}");
}

#[test]
fn a_full_disk_is_told_and_takes_nothing() {
    let disk = Disk::new(1);
    let mut log = Log::new(1, "m49:150");
    let (first, second) = (log.take(3), log.take(3));
    let (mut writer, reader, _) = open_on(&disk);
    writer.append(&first).unwrap();
    disk.fill_up();
    let refused = writer.append(&second).unwrap_err();
    assert!(matches!(refused, crate::WriteError::Database(_)), "{refused}");
    assert_eq!(feed_ids(&reader), ids(&first));
    drop((writer, reader));
    let refused = Store::open_at(&Site::simulated(&disk), options()).unwrap_err();
    let OpenError::Fault { source, .. } = refused else {
        panic!("{refused}");
    };
    assert!(matches!(source, StoreFault::DiskFull(_)), "{source}");
    disk.make_room();
    let (mut writer, reader, _) = open_on(&disk);
    assert_eq!(writer.append(&second).unwrap().last, Arrival(6));
    assert_eq!(feed_ids(&reader), ids(&[first, second].concat()));
}

#[test]
fn a_group_waits_for_the_disk_once() {
    let disk = Disk::new(1);
    let (mut writer, _reader, _) = open_on(&disk);
    for (own, expected) in [(false, 1), (true, 2)] {
        let group = Log::new(1 + u8::from(own), "m49:150").take(20);
        let before = disk.flushes();
        let appended = if own {
            writer.append_own(&group)
        } else {
            writer.append(&group)
        };
        appended.unwrap();
        assert_eq!(disk.flushes() - before, expected, "own: {own}");
    }
}

#[test]
fn one_store_at_a_time() {
    let disk = Disk::new(1);
    let opened = open_on(&disk);
    let refused = Store::open_at(&Site::simulated(&disk), options()).unwrap_err();
    assert!(matches!(refused, OpenError::Locked { .. }));
    drop(opened);
    open_on(&disk);
}

/// A torn file, and a database that cannot be read: healed as on a real disk.
#[test]
fn damage_is_healed() {
    let disk = Disk::new(1);
    let own = Log::new(2, "m49:150").take(4);
    let (mut writer, reader, _) = open_on(&disk);
    writer.append_own(&own).unwrap();
    let meta = &writer.core.trees().meta;
    meta.insert(b"store/commit", &[1, 2, 3]).unwrap();
    drop((writer, reader));
    let (mut writer, reader, report) = open_on(&disk);
    assert!(
        report.events.contains(&OpenEvent::JournalReplayed { records: 4 }),
        "{report}"
    );
    assert_eq!(feed_ids(&reader), ids(&own));
    writer.journal.append_records(&own[..1]).unwrap();
    drop((writer, reader));
    disk.crash(3);
    assert_eq!(feed_ids(&open_on(&disk).1), ids(&own));
}
