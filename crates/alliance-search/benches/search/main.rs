//! How fast records are indexed and found, and what the index takes, with records of eight languages made from a seed.
//! `cargo bench -p alliance-search --bench search -- --records 100000 [--arrive 1000] [--keep DIR]`; what it showed is in
//! `benches/README.md`. A kept directory is asked again without being made again; without its folder `index`, that is built.

mod arrive;
mod data;
mod figures;
mod questions;

use std::error::Error;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use alliance_record::RecordId;
use alliance_search::filter::Facts;
use alliance_search::{Indexer, Question, Search, Searcher};
use alliance_store::{Arrival, Options, RangeLimits, Reader, Store, Writer};
use figures::{Latencies, bytes_of, cpu_seconds, peak_mib};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Records appended to the store at once.
const GROUP_RECORDS: usize = 1_024;
/// Questions of each sort.
const QUESTIONS: usize = 200;

fn main() -> Result<()> {
    let (mut records, mut rate, mut keep) = (100_000, 0, None);
    let mut args = std::env::args().skip(1).filter(|arg| arg != "--bench");
    while let Some(arg) = args.next() {
        match (arg.as_str(), args.next()) {
            ("--records", Some(count)) => records = count.parse()?,
            ("--arrive", Some(count)) => rate = count.parse()?,
            ("--keep", Some(dir)) => keep = Some(PathBuf::from(dir)),
            _ => return Err(format!("{arg} is not known: --records N, --arrive N, --keep DIR").into()),
        }
    }
    let passing = tempfile::tempdir()?;
    let dir = keep.as_deref().unwrap_or(passing.path());
    let mut out = std::io::stdout().lock();
    let (mut writer, reader, _) = Store::open(&dir.join("store"), Options::default())?;
    let index = dir.join("index");
    if reader.last_arrival() > Arrival::NONE {
        let (mut indexer, searcher) = Search::open(&index, &reader)?;
        if indexer.cursor() < reader.last_arrival() {
            build((&mut indexer, &reader), (&index, text_bytes(&reader)?), &mut out)?;
        }
        ask_all(&searcher, &mut out)?;
        return like((&searcher, &reader), &mut out);
    }
    let mut maker = data::Maker::new();
    let sample = fill(&mut writer, &mut maker, records)?;
    writeln!(out, "{records} records, {} MiB of texts", maker.text_bytes >> 20)?;
    let (mut indexer, searcher) = Search::open(&index, &reader)?;
    build((&mut indexer, &reader), (&index, maker.text_bytes), &mut out)?;
    ask_all(&searcher, &mut out)?;
    like((&searcher, &reader), &mut out)?;
    if keep.is_some() {
        return Ok(());
    }
    if rate > 0 {
        arrive::arrive(
            (&mut writer, &mut maker, rate),
            (&mut indexer, &reader, &searcher),
            &mut out,
        )?;
    }
    forget(&mut indexer, &sample, &mut out)?;
    drop((indexer, searcher));
    let begun = Instant::now();
    drop(Search::open(&index, &reader)?);
    writeln!(out, "opened in {:.0} ms", begun.elapsed().as_secs_f64() * 1_000.0)?;
    Ok(())
}

/// Bytes of all texts of a store.
fn text_bytes(reader: &Reader) -> Result<u64> {
    let limits = RangeLimits {
        records_max: GROUP_RECORDS,
        bytes_max: 16 << 20,
    };
    let (mut feed, mut bytes) = (reader.arrivals_from(Arrival::NONE), 0);
    while feed.cursor() < reader.last_arrival() {
        for stored in feed.next(limits)? {
            let facts = Facts::of(&stored.record);
            bytes += facts.texts.iter().map(|text| text.text.len() as u64).sum::<u64>();
        }
    }
    Ok(bytes)
}

/// Builds the index, and tells what it took.
fn build(
    (indexer, reader): (&mut Indexer, &Reader),
    (index, text_bytes): (&Path, u64),
    out: &mut impl Write,
) -> Result<()> {
    let (begun, cpu_before) = (Instant::now(), cpu_seconds());
    let longest = follow(indexer, reader)?;
    let (took, cpu) = (begun.elapsed(), cpu_seconds() - cpu_before);
    let records = reader.last_arrival().0;
    let bytes = bytes_of(index)?;
    writeln!(
        out,
        "indexed in {:.1} s ({cpu:.1} s of processor time): {:.0} records/s, {:.0} a second of processor time; longest call {:.2} s; peak memory {} MiB",
        took.as_secs_f64(),
        records as f64 / took.as_secs_f64(),
        records as f64 / cpu,
        longest.as_secs_f64(),
        peak_mib(),
    )?;
    writeln!(
        out,
        "index {:.1} MiB, {:.2} bytes a byte of text, {:.0} bytes a record",
        bytes as f64 / f64::from(1 << 20),
        bytes as f64 / text_bytes as f64,
        bytes as f64 / records as f64,
    )?;
    for (ending, bytes) in figures::by_ending(index)? {
        writeln!(out, "  .{ending:<10} {:>8.1} MiB", bytes as f64 / f64::from(1 << 20))?;
    }
    Ok(())
}

/// Puts records into a store. Gives the ids of some of them.
fn fill(writer: &mut Writer, maker: &mut data::Maker, records: usize) -> Result<Vec<RecordId>> {
    let mut sample = Vec::new();
    let mut left = records;
    while left > 0 {
        let count = left.min(GROUP_RECORDS);
        let group = maker.group(count)?;
        sample.extend(group.iter().step_by(97).map(|record| record.id()));
        writer.append(&group)?;
        left -= count;
    }
    Ok(sample)
}

/// Gives the time of the longest call.
fn follow(indexer: &mut Indexer, reader: &Reader) -> Result<Duration> {
    let mut longest = Duration::ZERO;
    loop {
        let begun = Instant::now();
        let followed = indexer.follow(reader)?;
        longest = longest.max(begun.elapsed());
        if !followed.is_behind {
            return Ok(longest);
        }
    }
}

fn ask_all(searcher: &Searcher, out: &mut impl Write) -> Result<()> {
    let mut all = Latencies::default();
    writeln!(
        out,
        "questions with all facets, a page of 20:   p50    p95    p99    max ms   found (median)"
    )?;
    for sort in questions::SORTS {
        let mut latencies = Latencies::default();
        let mut found = Vec::new();
        for question in questions::of(sort, QUESTIONS) {
            let took = ask(searcher, &question.question(), &mut found)?;
            latencies.add(took);
            all.add(took);
        }
        found.sort_unstable();
        writeln!(out, "  {:<38} {latencies}   {}", sort.name(), found[found.len() / 2])?;
    }
    writeln!(out, "  {:<38} {all}", "all")?;
    Ok(())
}

fn ask(searcher: &Searcher, question: &Question, found: &mut Vec<u64>) -> Result<Duration> {
    let begun = Instant::now();
    let answer = searcher.search(question, &|_| true)?;
    found.push(answer.found);
    Ok(begun.elapsed())
}

fn like((searcher, reader): (&Searcher, &Reader), out: &mut impl Write) -> Result<()> {
    let mut latencies = Latencies::default();
    let one = RangeLimits {
        records_max: 1,
        bytes_max: 1 << 20,
    };
    for at in (0..reader.last_arrival().0).step_by(97).take(QUESTIONS) {
        let stored = reader.arrivals_since(Arrival(at), one)?;
        let stored = stored.first().ok_or("a record was not stored")?;
        let begun = Instant::now();
        searcher.more_like(&Facts::of(&stored.record), 10, &|_| true)?;
        latencies.add(begun.elapsed());
    }
    writeln!(out, "  {:<38} {latencies}", "like a record")?;
    Ok(())
}

fn forget(indexer: &mut Indexer, sample: &[RecordId], out: &mut impl Write) -> Result<()> {
    for count in [1, 100] {
        let begun = Instant::now();
        let forgotten = indexer.forget(&sample[..count.min(sample.len())])?;
        writeln!(
            out,
            "forgot {} in {:.2} s, {} segments written anew, {} files left",
            forgotten.removed,
            begun.elapsed().as_secs_f64(),
            forgotten.rewritten,
            forgotten.files_left,
        )?;
    }
    Ok(())
}
