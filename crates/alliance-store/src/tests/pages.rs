//! Pages: short runs are sealed, long ones are written whole, and what is read is the bytes that were written.

use alliance_record::VerifiedRecord;
use tempfile::tempdir;

use super::fixture::{ALL, Log, chapter, feed_ids, ids, open_well};
use crate::{Arrival, RangeLimits, Reader, Writer};

/// Pages of headers and of bodies.
fn pages(writer: &Writer) -> (usize, usize) {
    let trees = writer.core.trees();
    let count = |keyspace: &crate::kv::Keyspace| keyspace.range::<&[u8]>(..).count();
    (count(&trees.headers), count(&trees.bodies))
}

fn check_all(reader: &Reader, all: &[VerifiedRecord]) {
    assert_eq!(feed_ids(reader), ids(all));
    for record in all {
        assert_eq!(&reader.record(&record.id()).unwrap().unwrap().record, record);
    }
    let walked = reader.chapter_records(&chapter("m49:150")).unwrap();
    assert_eq!(walked.map(Result::unwrap).count(), all.len());
}

#[test]
fn single_records_are_sealed_into_pages() {
    let dir = tempdir().unwrap();
    let mut log = Log::new(1, "m49:150");
    let (mut writer, reader) = open_well(dir.path());
    let mut all = Vec::new();
    for count in [1, 2, 1, 3, 1].into_iter().cycle().take(200) {
        let group = log.take(count);
        writer.append(&group).unwrap();
        all.extend(group);
    }
    let (headers, bodies) = pages(&writer);
    assert!(headers < 50 && bodies < 50, "{headers} and {bodies} for {}", all.len());
    check_all(&reader, &all);
    // A long run seals what is loose before it, and is written as pages itself.
    let run = log.take_range(200);
    writer.append(&run).unwrap();
    all.extend(run);
    let (headers, bodies) = pages(&writer);
    assert!(headers < 15 && bodies < 15, "{headers} and {bodies} for {}", all.len());
    check_all(&reader, &all);
    drop((writer, reader));
    check_all(&open_well(dir.path()).1, &all);
}

#[test]
fn a_long_run_is_few_pages_from_the_start() {
    let dir = tempdir().unwrap();
    let mut log = Log::new(1, "m49:150");
    log.body_bytes = 800;
    let (mut writer, reader) = open_well(dir.path());
    let all = log.take_range(1000);
    writer.append(&all).unwrap();
    let (headers, bodies) = pages(&writer);
    assert!(headers <= 8 && bodies <= 16, "{headers} and {bodies}");
    check_all(&reader, &all);
    for (from, records_max) in [(0, 1000), (254, 5), (255, 2), (999, 1)] {
        let limits = RangeLimits { records_max, ..ALL };
        let arrivals = reader.arrivals_since(Arrival(from), limits).unwrap();
        assert!(
            arrivals
                .iter()
                .map(|stored| &stored.record)
                .eq(&all[from as usize..from as usize + records_max])
        );
    }
}

#[test]
fn records_of_every_size_share_pages() {
    let dir = tempdir().unwrap();
    let mut log = Log::new(1, "m49:150");
    let mut all = Vec::new();
    let (mut writer, reader) = open_well(dir.path());
    for (at, body_bytes) in [20, 65_000, 1, 30_000, 40_000, 0, 64_900, 500]
        .into_iter()
        .cycle()
        .take(64)
        .enumerate()
    {
        log.body_bytes = body_bytes;
        all.extend(log.take(1 + at % 3));
    }
    for group in all.chunks(50) {
        writer.append(group).unwrap();
    }
    check_all(&reader, &all);
}

/// A record is read while the pages under it are sealed.
#[test]
fn readers_see_no_gap_while_pages_are_sealed() {
    const RECORDS: u64 = 600;
    let dir = tempdir().unwrap();
    let (mut writer, reader) = open_well(dir.path());
    let mut log = Log::new(1, "m49:150");
    let all = log.take(RECORDS as usize);
    writer.append(&all[..1]).unwrap();
    let name = log.name();
    let beside = std::thread::spawn(move || {
        let mut seen = 0;
        while seen < RECORDS {
            let range = reader.range(&name, 0, ALL).unwrap();
            let sequences = range.iter().map(|record| record.header().sequence);
            assert!(sequences.eq(0..range.len() as u64));
            assert!(range.len() as u64 >= seen);
            seen = range.len() as u64;
        }
    });
    for group in all[1..].chunks(3) {
        writer.append(group).unwrap();
    }
    beside.join().unwrap();
}
