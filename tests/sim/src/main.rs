//! Runs simulated histories: one seed with its trace, a range of seeds, or as many as fit into some minutes.

use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use alliance_sim::{Coverage, Keep, Outcome, live};
use anyhow::Context as _;
use clap::Parser;

/// Simulated alliances under faults: one seed is one history.
#[derive(Debug, Parser)]
#[command(name = "alliance-sim")]
struct Arguments {
    /// One seed.
    #[arg(long)]
    seed: Option<u64>,
    /// With --seed: print every line of the history.
    #[arg(long, requires = "seed")]
    trace: bool,
    /// Seeds from A up to but not B, as `A..B`.
    #[arg(long, value_parser = seeds, conflicts_with = "seed")]
    seeds: Option<(u64, u64)>,
    /// Run for so many minutes, from the first of --seeds or from 0.
    #[arg(long)]
    minutes: Option<u64>,
    /// Fail when a declared fault, lie or verdict never occurred.
    #[arg(long)]
    all_faults: bool,
    /// Go on after a failure, and tell of all at the end.
    #[arg(long)]
    keep_going: bool,
    /// Histories at once; as many as there are cores unless told.
    #[arg(long)]
    threads: Option<usize>,
}

fn seeds(words: &str) -> Result<(u64, u64), String> {
    let (from, to) = words.split_once("..").ok_or("write it as A..B")?;
    let read = |word: &str| word.parse::<u64>().map_err(|error| error.to_string());
    Ok((read(from)?, read(to)?))
}

fn main() -> anyhow::Result<ExitCode> {
    let arguments = Arguments::parse();
    // A panic inside a history is told with its seed.
    std::panic::set_hook(Box::new(|_| {}));
    match arguments.seed {
        Some(seed) => one(seed, if arguments.trace { Keep::Lines } else { Keep::Hash }),
        None => many(&arguments),
    }
}

fn one(seed: u64, keep: Keep) -> anyhow::Result<ExitCode> {
    let outcome = live(seed, keep);
    let mut out = io::stdout().lock();
    for line in &outcome.trace {
        writeln!(out, "{line}")?;
    }
    writeln!(
        out,
        "seed {seed}: {} lines, {} events, hash {}",
        outcome.lines, outcome.events, outcome.hash
    )?;
    if let Some(fault) = &outcome.broken {
        writeln!(out, "BROKEN {fault}")?;
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

/// What all histories came to.
#[derive(Default)]
struct Tally {
    histories: u64,
    events: u64,
    coverage: Coverage,
    failed: Vec<u64>,
}

fn many(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let (from, to) = match (arguments.seeds, arguments.minutes) {
        (Some(seeds), _) => seeds,
        (None, Some(_)) => (0, u64::MAX),
        (None, None) => (0, 200),
    };
    let ends = arguments
        .minutes
        .map(|minutes| Instant::now() + Duration::from_secs(60 * minutes));
    let threads = match arguments.threads {
        Some(threads) => threads.max(1),
        None => std::thread::available_parallelism()
            .context("how many cores are there?")?
            .get(),
    };
    let began = Instant::now();
    let next = AtomicU64::new(from);
    let mut tally = Tally::default();
    std::thread::scope(|scope| {
        let (tell, told) = mpsc::channel();
        for _ in 0..threads {
            let (tell, next) = (tell.clone(), &next);
            scope.spawn(move || {
                while ends.is_none_or(|ends| Instant::now() < ends) {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= to || tell.send((seed, live(seed, Keep::Hash))).is_err() {
                        return;
                    }
                }
            });
        }
        drop(tell);
        listen(&told, arguments, &mut tally, &next)
    })?;
    report(&tally, began.elapsed(), arguments)
}

fn listen(
    told: &mpsc::Receiver<(u64, Outcome)>,
    arguments: &Arguments,
    tally: &mut Tally,
    next: &AtomicU64,
) -> anyhow::Result<()> {
    for (seed, outcome) in told {
        tally.histories += 1;
        tally.events += outcome.events;
        tally.coverage.add(&outcome.coverage);
        if let Some(fault) = outcome.broken {
            tally.failed.push(seed);
            let mut out = io::stdout().lock();
            writeln!(out, "seed {seed} BROKEN {fault}")?;
            writeln!(
                out,
                "  replay: cargo run --release -p alliance-sim -- --seed {seed} --trace"
            )?;
            if !arguments.keep_going {
                next.store(u64::MAX - 1024, Ordering::Relaxed);
            }
        }
    }
    Ok(())
}

fn report(tally: &Tally, took: Duration, arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let mut out = io::stdout().lock();
    for (name, times) in tally.coverage.iter() {
        writeln!(out, "{times:>12} {name}")?;
    }
    let per_minute = tally.histories as f64 * 60.0 / took.as_secs_f64().max(0.001);
    writeln!(
        out,
        "{} histories, {} events in {:.1} s: {per_minute:.0} seeds a minute; {} failed",
        tally.histories,
        tally.events,
        took.as_secs_f64(),
        tally.failed.len()
    )?;
    let missing = tally.coverage.missing();
    if !missing.is_empty() {
        writeln!(out, "never occurred: {}", missing.join(", "))?;
    }
    let bad = !tally.failed.is_empty() || (arguments.all_faults && !missing.is_empty());
    Ok(if bad { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
