//! A node with many records of which many are removed: what a reader notices meanwhile.
//!
//! One node in this process; removals are asked of it one after the other, as a person's script would, while lists, single
//! records and digests are asked for all the time. Prints medians and the slowest hundredth, before and meanwhile.

use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use alliance_api::{DigestQuery, Event, Problem, RecordQuery, RemoveRequest};
use alliance_fill::{Fill, fill};
use alliance_node::{FoundOptions, Handle, InitOptions, NodeRole, Run, Settings};
use anyhow::{Result, anyhow, ensure};
use clap::Parser;
use tokio::runtime::Runtime;

/// How many of what.
#[derive(Debug, Parser)]
struct Options {
    /// Records that the node holds
    #[arg(long, default_value_t = 100_000)]
    records: u64,
    /// Records that are removed
    #[arg(long, default_value_t = 1_000)]
    removed: usize,
}

/// Looks at the node while it does nothing else.
const LOOKS: usize = 200;
const PAGE: u32 = 200;
const CHAPTER: &str = "m49:001";

/// How long answers took.
#[derive(Debug, Default)]
struct Answers {
    list: Vec<Duration>,
    show: Vec<Duration>,
    digest: Vec<Duration>,
}

fn main() -> Result<()> {
    let options = Options::parse();
    let dir = tempfile::tempdir()?;
    let data = dir.path().join("node");
    let init = InitOptions {
        name: "Full".to_owned(),
        ..InitOptions::default()
    };
    alliance_node::init(&data, &init)?;
    alliance_node::found(&data, &FoundOptions::default())?;
    fill(
        &data,
        &Fill {
            records: options.records,
            ..Fill::default()
        },
    )?;
    Runtime::new()?.block_on(Box::pin(measure(&data, &options)))
}

#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
fn problem(problem: Problem) -> anyhow::Error {
    anyhow!("{}: {}", problem.title, problem.detail)
}

async fn measure(data: &Path, options: &Options) -> Result<()> {
    let settings = Settings {
        listen: Vec::new(),
        role: NodeRole::Leaf,
        http: String::new(),
        socket: String::new(),
        without_cooling_off: true,
        ..Settings::default()
    };
    let run = Run::start(data, settings).await?;
    let handle = run.handle.clone();
    let ids = ids(&handle, options.removed + 1).await?;
    let [kept, removed @ ..] = &ids[..] else {
        return Err(anyhow!("the node holds too few records"));
    };
    let mut before = Answers::default();
    for _ in 0..LOOKS {
        look(&handle, kept, &mut before).await?;
    }
    report("before", &before)?;

    let erased = tokio::spawn(erased(handle.clone(), removed.len()));
    let begun = Instant::now();
    let removing = tokio::spawn(remove(handle.clone(), removed.to_vec()));
    let mut meanwhile = Answers::default();
    while !erased.is_finished() {
        look(&handle, kept, &mut meanwhile).await?;
    }
    let mut asked = removing.await??;
    erased.await??;
    let all = begun.elapsed();
    report("meanwhile", &meanwhile)?;
    let count = removed.len() as f64;
    writeln!(
        std::io::stdout(),
        "{} removals of {} records: {:.1} s in all, {:.0}/s; one answered in {}",
        removed.len(),
        options.records,
        all.as_secs_f64(),
        count / all.as_secs_f64(),
        spread(&mut asked)
    )?;
    for id in [&removed[0], &removed[removed.len() - 1]] {
        ensure!(
            !handle.record(id).await.map_err(problem)?.has_body,
            "{id} has a text still"
        );
    }
    handle.shutdown();
    Ok(run.ended().await?)
}

/// Ids of so many records, newest first.
async fn ids(handle: &Handle, count: usize) -> Result<Vec<String>> {
    let mut ids = Vec::new();
    let mut query = RecordQuery {
        chapter: Some(CHAPTER.to_owned()),
        limit: Some(PAGE),
        ..RecordQuery::default()
    };
    while ids.len() < count {
        let page = handle.records(query.clone()).await.map_err(problem)?;
        ids.extend(page.records.into_iter().map(|record| record.id));
        match page.next {
            Some(next) => query.before = Some(next),
            None => break,
        }
    }
    ids.truncate(count);
    Ok(ids)
}

async fn look(handle: &Handle, id: &str, answers: &mut Answers) -> Result<()> {
    let begun = Instant::now();
    handle.records(RecordQuery::default()).await.map_err(problem)?;
    answers.list.push(begun.elapsed());
    let begun = Instant::now();
    handle.record(id).await.map_err(problem)?;
    answers.show.push(begun.elapsed());
    let begun = Instant::now();
    handle.digest(DigestQuery::default()).await.map_err(problem)?;
    answers.digest.push(begun.elapsed());
    Ok(())
}

async fn remove(handle: Handle, ids: Vec<String>) -> Result<Vec<Duration>> {
    let mut took = Vec::new();
    for id in ids {
        let request = RemoveRequest {
            reason: "privacy".to_owned(),
        };
        let begun = Instant::now();
        handle.remove(&id, request).await.map_err(problem)?;
        took.push(begun.elapsed());
    }
    Ok(took)
}

/// Waits until so many texts are gone from this node's disk.
async fn erased(handle: Handle, count: usize) -> Result<()> {
    let mut events = handle.events(None);
    let mut gone = 0;
    while gone < count {
        match events.next().await {
            Some((_, Event::Erased { .. })) => gone += 1,
            Some(_) => {}
            None => return Err(anyhow!("the node has ended")),
        }
    }
    Ok(())
}

fn report(when: &str, answers: &Answers) -> Result<()> {
    for (what, took) in [
        ("list", &answers.list),
        ("show", &answers.show),
        ("digest", &answers.digest),
    ] {
        let line = format!("{when}: {what} {} ({} asked)", spread(&mut took.clone()), took.len());
        writeln!(std::io::stdout(), "{line}")?;
    }
    Ok(())
}

fn spread(took: &mut [Duration]) -> String {
    took.sort_unstable();
    let at = |hundredth: usize| took.get((took.len() * hundredth / 100).min(took.len().saturating_sub(1)));
    let ms = |hundredth| at(hundredth).map_or(0.0, |took| took.as_secs_f64() * 1000.0);
    format!(
        "median {:.1} ms, 99 % {:.1} ms, slowest {:.1} ms",
        ms(50),
        ms(99),
        ms(100)
    )
}
