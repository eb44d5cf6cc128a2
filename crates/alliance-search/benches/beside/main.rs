//! Search beside two others, in one run: bare tantivy with its own tokenizer, and SQLite's FTS5. The same records from the same
//! store, the same questions, each with all facets and a page of 20, in turns.
//! `cargo bench -p alliance-search --bench beside -- --records 1000000 [--sqlite 300000] [--questions 10]
//! [--keep DIR]`. A kept directory's store and index are those of the bench `search`, and are not made again.

mod bare;
#[path = "../search/data.rs"]
mod data;
#[path = "../search/figures.rs"]
mod figures;
mod fts;
mod golden;
#[path = "../search/questions.rs"]
mod questions;

use std::error::Error;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

use alliance_search::filter::Facts;
use alliance_search::{Search, Searcher};
use alliance_store::{Arrival, Options, RangeLimits, Reader, Store};
use figures::{Latencies, bytes_of, cpu_seconds, peak_mib};
use questions::Asked;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const GROUP_RECORDS: usize = 1_024;
/// Questions of each sort.
const QUESTIONS: usize = 50;

/// One that answers questions.
trait Engine {
    fn name(&self) -> &'static str;
    /// Gives how many records are found, having fetched a page and counted facets; `None` where it cannot ask so.
    fn ask(&self, asked: &Asked) -> Result<Option<u64>>;
}

struct Ours(Searcher);

impl Engine for Ours {
    fn name(&self) -> &'static str {
        "alliance-search"
    }

    fn ask(&self, asked: &Asked) -> Result<Option<u64>> {
        Ok(Some(self.0.search(&asked.question(), &|_| true)?.found))
    }
}

fn main() -> Result<()> {
    let (mut records, mut sqlite, mut questions, mut keep) = (100_000, usize::MAX, QUESTIONS, None);
    let mut args = std::env::args().skip(1).filter(|arg| arg != "--bench");
    while let Some(arg) = args.next() {
        match (arg.as_str(), args.next()) {
            ("--records", Some(count)) => records = count.parse()?,
            ("--sqlite", Some(count)) => sqlite = count.parse()?,
            ("--questions", Some(count)) => questions = count.parse()?,
            ("--keep", Some(dir)) => keep = Some(PathBuf::from(dir)),
            _ => return Err(format!("{arg} is not known: --records N, --sqlite N, --questions N, --keep DIR").into()),
        }
    }
    let passing = tempfile::tempdir()?;
    let dir = keep.as_deref().unwrap_or(passing.path());
    let (reader, text_bytes) = filled(&dir.join("store"), records)?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{records} records, {} MiB of texts", text_bytes >> 20)?;
    let took = timed(|| each(&reader, records, &mut |_, _| Ok(())))?;
    row(&mut out, "reading the store alone", records, took)?;
    let took = timed(|| {
        each(&reader, records, &mut |facts, _| {
            std::hint::black_box(facts);
            Ok(())
        })
    })?;
    row(&mut out, "reading, and taking texts and codes", records, took)?;
    let mut engines: Vec<Box<dyn Engine>> = Vec::new();
    let path = dir.join("index");
    let mut ours = None;
    let took = timed(|| {
        let (mut indexer, searcher) = Search::open(&path, &reader)?;
        while indexer.follow(&reader)?.is_behind {}
        ours = Some(searcher);
        Ok(())
    })?;
    row(&mut out, "alliance-search, merges included", records, took)?;
    sizes(&mut out, &path, text_bytes)?;
    engines.extend(ours.map(|ours| Box::new(Ours(ours)) as Box<dyn Engine>));
    let path = passing.path().join("bare");
    let mut bare = None;
    let took = timed(|| {
        bare = Some(bare::Bare::new(&path, &reader, records)?);
        Ok(())
    })?;
    row(&mut out, "bare tantivy, merges included", records, took)?;
    sizes(&mut out, &path, text_bytes)?;
    if let Some(bare) = bare {
        engines.push(Box::new(bare.on_all_cores()?));
        engines.insert(1, Box::new(bare));
    }
    if sqlite > 0 {
        let records = records.min(sqlite);
        let path = passing.path().join("fts");
        let mut fts = None;
        let took = timed(|| {
            fts = Some(fts::Fts::new(&path, &reader, records)?);
            Ok(())
        })?;
        row(&mut out, "SQLite FTS5, in one transaction", records, took)?;
        sizes(&mut out, &path, text_bytes)?;
        engines.extend(fts.map(|fts| Box::new(fts) as Box<dyn Engine>));
    }
    writeln!(out, "peak memory {} MiB", peak_mib())?;
    ask_all(&engines, questions, &mut out)?;
    golden::recall(&passing.path().join("golden"), &mut out)
}

fn filled(dir: &Path, records: usize) -> Result<(Reader, u64)> {
    let (mut writer, reader, _) = Store::open(dir, Options::default())?;
    let mut maker = data::Maker::new();
    if reader.last_arrival() > Arrival::NONE {
        // Kept from before: its texts are counted again.
        let mut text_bytes = 0;
        each(&reader, records, &mut |facts, _| {
            text_bytes += facts.texts.iter().map(|text| text.text.len() as u64).sum::<u64>();
            Ok(())
        })?;
        return Ok((reader, text_bytes));
    }
    let mut left = records;
    while left > 0 {
        let count = left.min(GROUP_RECORDS);
        writer.append(&maker.group(count)?)?;
        left -= count;
    }
    Ok((reader, maker.text_bytes))
}

/// Shows the first records of a store.
fn each(reader: &Reader, records: usize, show: &mut dyn FnMut(Facts, u64) -> Result<()>) -> Result<()> {
    let limits = RangeLimits {
        records_max: 4_096,
        bytes_max: 16 << 20,
    };
    let mut feed = reader.arrivals_from(Arrival::NONE);
    while feed.cursor().0 < records as u64 {
        let group = feed.next(limits)?;
        if group.is_empty() {
            break;
        }
        for stored in group.iter().filter(|stored| stored.arrival.0 <= records as u64) {
            show(Facts::of(&stored.record), stored.arrival.0)?;
        }
    }
    Ok(())
}

/// What a record can be asked for beside its words, as `list:code`: the same for all.
fn codes(facts: &Facts) -> Vec<String> {
    let language = facts.lang.split('-').next().unwrap_or_default();
    let year = 1970 + facts.claimed_at_ms / 31_556_952_000;
    let mut codes = vec![
        format!("kind:{}", facts.kind.name()),
        format!("chapter:{}", facts.chapter),
        format!("organisation:{}", facts.organisation),
        format!("language:{language}"),
        format!("year:{year}"),
    ];
    codes.extend(facts.codes.iter().map(|(list, code)| format!("{list}:{code}")));
    codes
}

/// Titles, and all other texts.
fn texts(facts: &Facts) -> (String, String) {
    let joined = |is_title: bool| {
        let texts = facts.texts.iter().filter(|text| text.is_title == is_title);
        texts.map(|text| text.text.as_str()).collect::<Vec<_>>().join("\n")
    };
    (joined(true), joined(false))
}

/// Seconds, and seconds of processor time.
fn timed(mut work: impl FnMut() -> Result<()>) -> Result<(f64, f64)> {
    let (begun, cpu) = (Instant::now(), cpu_seconds());
    work()?;
    Ok((begun.elapsed().as_secs_f64(), cpu_seconds() - cpu))
}

fn row(out: &mut impl Write, what: &str, records: usize, (took, cpu): (f64, f64)) -> Result<()> {
    let rate = records as f64 / took;
    let by_cpu = records as f64 / cpu;
    writeln!(
        out,
        "{what:<40} {took:>7.1} s {rate:>8.0} records/s, {by_cpu:>8.0} a second of processor time"
    )?;
    Ok(())
}

fn sizes(out: &mut impl Write, dir: &Path, text_bytes: u64) -> Result<()> {
    let bytes = bytes_of(dir)?;
    let share = bytes as f64 / text_bytes as f64;
    writeln!(
        out,
        "  {:.1} MiB, {share:.2} of all texts",
        bytes as f64 / f64::from(1 << 20)
    )?;
    Ok(())
}

fn ask_all(engines: &[Box<dyn Engine>], count: usize, out: &mut impl Write) -> Result<()> {
    let mut all: Vec<Latencies> = engines.iter().map(|_| Latencies::default()).collect();
    let names: Vec<_> = engines.iter().map(|engine| engine.name()).collect();
    writeln!(
        out,
        "p50 and p95 in ms, and records found in the median: {}",
        names.join(", ")
    )?;
    for sort in questions::SORTS {
        let mut latencies: Vec<Latencies> = engines.iter().map(|_| Latencies::default()).collect();
        let mut found: Vec<Vec<u64>> = engines.iter().map(|_| Vec::new()).collect();
        for asked in questions::of(sort, count) {
            for (at, engine) in engines.iter().enumerate() {
                let begun = Instant::now();
                let Some(count) = engine.ask(&asked)? else { continue };
                let took = begun.elapsed();
                found[at].push(count);
                latencies[at].add(took);
                all[at].add(took);
            }
        }
        write!(out, "  {:<34}", sort.name())?;
        for (latencies, found) in latencies.iter().zip(&mut found) {
            found.sort_unstable();
            let median = found.get(found.len() / 2).copied().unwrap_or_default();
            write!(
                out,
                " {:>8.2} {:>8.2} {median:>7} |",
                latencies.share(50),
                latencies.share(95)
            )?;
        }
        writeln!(out)?;
    }
    write!(out, "  {:<34}", "all")?;
    for latencies in &all {
        write!(
            out,
            " {:>8.2} {:>8.2} {:>7} |",
            latencies.share(50),
            latencies.share(95),
            ""
        )?;
    }
    writeln!(out)?;
    for (name, other) in names.iter().zip(&all).skip(1) {
        let ratio = |share| all[0].share(share) / other.share(share);
        writeln!(
            out,
            "ours beside {name}: {:.2} in the median, {:.2} at 95 %",
            ratio(50),
            ratio(95)
        )?;
    }
    Ok(())
}
