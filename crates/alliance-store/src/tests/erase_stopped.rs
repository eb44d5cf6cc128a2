//! A machine that stops at any write of an append, a fill or an erasing, on a simulated disk: no acknowledged body is
//! lost, and of an erased one nothing can be read from anything that was ever written, with the keys that are there.

use std::path::Path;

use alliance_record::{RecordId, VerifiedRecord};

use super::erase::{words, wordy};
use super::fill::{bare_all, bodies};
use super::fixture::{Log, options};
use crate::disk::Files;
use crate::journal::{Entry, entries_in, key_in};
use crate::keys::{KeyFile, SEALED_BYTES};
use crate::open::Site;
use crate::page::unpack;
use crate::sim::Disk;
use crate::{BodyState, OpenReport, Reader, Store, Writer};

fn open_on(disk: &Disk) -> (Writer, Reader, OpenReport) {
    Store::open_at(&Site::simulated(disk), options()).unwrap()
}

fn holds(all: &[u8], part: &[u8]) -> bool {
    all.windows(part.len()).any(|window| window == part)
}

/// Everything that was ever written, as far as the keys on the disk open it.
struct Remains {
    texts: Vec<Vec<u8>>,
}

impl Remains {
    fn of(disk: &Disk) -> Self {
        let files = Files::Simulated(disk.clone());
        let site = Site::simulated(disk);
        let keys = KeyFile::open(&files, &site.keys).unwrap();
        let journals: Vec<_> = [&site.journal, Path::new("simulated/journal/own.writing")]
            .into_iter()
            .filter_map(|path| key_in(&files.read(path).unwrap()?))
            .collect();
        let mut texts = Vec::new();
        for bytes in disk.written() {
            if bytes.len() > SEALED_BYTES
                && let Ok(page) = keys.unseal(&bytes).unwrap()
            {
                let (packed, random) = unpack(page.into()).unwrap();
                texts.push([packed, random].concat());
            }
            for key in &journals {
                for entry in entries_in(&bytes, key) {
                    if let Entry::Record(record, _) = entry
                        && let Some(body) = record.body()
                    {
                        texts.push(body.bytes.to_vec());
                    }
                }
            }
            texts.push(bytes);
        }
        Self { texts }
    }

    fn hold(&self, record: &VerifiedRecord) -> bool {
        let words = [&words(record)[..], b"|"].concat();
        self.texts
            .iter()
            .any(|text| holds(text, &words) || holds(text, &words[..words.len() - 1]))
    }
}

/// A store with a bit of everything, and what comes next.
struct Scene {
    disk: Disk,
    held: Vec<VerifiedRecord>,
    own: Log,
    foreign: Log,
    later: Log,
    late: Vec<VerifiedRecord>,
    erased: Vec<RecordId>,
    /// After which the machine stops.
    writes: u64,
}

impl Scene {
    fn new(seed: u64) -> Self {
        let disk = Disk::new(seed);
        let (mut own, mut foreign, mut later) = (wordy(1), wordy(2), wordy(3));
        let (mut writer, _reader, _) = open_on(&disk);
        let mut held = foreign.take_range(20);
        writer.append(&held).unwrap();
        for _ in 0..63 {
            let group = foreign.take(1);
            writer.append(&group).unwrap();
            held.extend(group);
        }
        let group = own.take(4);
        writer.append_own(&group).unwrap();
        held.extend(group);
        let late = later.take_range(20);
        writer.append(&bare_all(&late)).unwrap();
        writer.fill(&later.name(), 0, bodies(&late[..5])).unwrap();
        held.extend_from_slice(&late[..5]);
        let erased = [3, 19, 40, 70, 84, 88].map(|at: usize| held[at].id()).to_vec();
        Self {
            disk,
            held,
            own,
            foreign,
            later,
            late,
            erased,
            writes: seed,
        }
    }

    fn is_to_be_erased(&self, record: &VerifiedRecord) -> bool {
        self.erased.contains(&record.id())
    }

    /// Stops the machine after so many writes of `work`, and looks at what is there after the next opening. Says
    /// whether the work was done before.
    fn stopped(mut self, writes: u64, work: Work) -> bool {
        let (mut writer, reader, _) = open_on(&self.disk);
        self.disk.fill_up_after(writes);
        let is_done = work(&mut self, &mut writer);
        drop((writer, reader));
        self.disk.make_room();
        self.disk.crash(writes);
        // Twice, because an opening can be stopped too.
        self.disk.fill_up_after(writes % 40);
        drop(Store::open_at(&Site::simulated(&self.disk), options()));
        self.disk.make_room();
        self.disk.crash(writes ^ 77);
        let (_writer, reader, report) = open_on(&self.disk);
        assert!(!report.to_string().contains("lost"), "{writes} writes: {report}");
        self.check(&reader, writes);
        is_done
    }

    fn check(&self, reader: &Reader, writes: u64) {
        let remains = Remains::of(&self.disk);
        let late = self.late.iter().filter(|record| self.is_to_be_erased(record));
        for record in self.held.iter().chain(late) {
            let stored = reader.record(&record.id()).unwrap().unwrap();
            match reader.is_erased(&record.id()).unwrap() {
                true => {
                    assert_eq!(stored.body, BodyState::Erased, "{writes} writes");
                    assert!(!remains.hold(record), "{writes} writes: {:?}", record.header());
                }
                false if stored.body == BodyState::Lagging => assert!(self.late.contains(record)),
                false => assert_eq!(&stored.record, record, "{writes} writes"),
            }
        }
    }
}

/// Says whether it was done.
type Work = fn(&mut Scene, &mut Writer) -> bool;

/// Stops the machine after each number of writes, until it is done before that.
fn stop_everywhere(work: Work) {
    let mut writes = 0;
    while !Scene::new(writes).stopped(writes, work) {
        writes += 1;
    }
    assert!(writes > 10, "{writes}");
}

fn erase(scene: &mut Scene, writer: &mut Writer) -> bool {
    // One whose body has not come, too.
    scene.erased.push(scene.late[12].id());
    writer.erase(&scene.erased).is_ok()
}

#[test]
fn an_erasing_that_is_stopped_is_completed_or_never_was() {
    stop_everywhere(erase);
}

#[test]
fn what_was_erased_stays_so_when_later_writes_are_stopped() {
    stop_everywhere(|scene, writer| {
        scene.disk.make_room();
        assert!(erase(scene, writer));
        scene.disk.fill_up_after(scene.writes);
        let group = scene.foreign.take(2);
        let is_done = writer.append(&group).is_ok();
        scene.held.extend(group.into_iter().filter(|_| is_done));
        is_done
    });
}

#[test]
fn an_append_that_is_stopped_loses_no_body() {
    stop_everywhere(|scene, writer| {
        // One more single seals those that are loose.
        let (foreign, own) = (scene.foreign.take(2), scene.own.take(2));
        let is_stored = writer.append(&foreign).is_ok();
        scene.held.extend(foreign.into_iter().filter(|_| is_stored));
        let is_done = is_stored && writer.append_own(&own).is_ok();
        scene.held.extend(own.into_iter().filter(|_| is_done));
        is_done
    });
}

#[test]
fn a_fill_that_is_stopped_loses_no_body() {
    stop_everywhere(|scene, writer| {
        let new = bodies(&scene.late[3..15]);
        let is_done = writer.fill(&scene.later.name(), 3, new).is_ok();
        let filled = scene.late[5..15].iter().filter(|_| is_done).cloned();
        scene.held.extend(filled);
        is_done
    });
}

/// What the check relies on: what is not erased can be read from what was written.
#[test]
fn what_is_not_erased_remains() {
    let mut scene = Scene::new(1);
    assert!(scene.held.iter().all(|record| Remains::of(&scene.disk).hold(record)));
    let (mut writer, _reader, _) = open_on(&scene.disk);
    erase(&mut scene, &mut writer);
    let remains = Remains::of(&scene.disk);
    for record in &scene.held {
        assert_eq!(remains.hold(record), !scene.is_to_be_erased(record));
    }
}
