//! Fills the data directory of a stopped node with records that are as good as any: signed by writers that the
//! organisation certified, each in its log, so that the node serves them and every other member accepts them.
//!
//! Writes through the store alone, in its groups; never to a node that runs, and never a record that was not verified.

mod directory;
mod error;
mod pen;
mod text;

use std::path::Path;
use std::thread;

use alliance_record::{ChapterName, VerifiedRecord};
use alliance_store::{GROUP_RECORDS_MAX, Writer};

pub use directory::facets;
pub use error::FillError;
use pen::{Pen, envelope_bytes};

/// Consecutive records of one log in a group, at least: what a range brings between two signatures.
const RUN_RECORDS_MIN: usize = 64;

/// What is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fill {
    /// Practices in all, of about 1 KB each. They are dealt evenly to the logs.
    pub records: u64,
    /// Logs, each of a writer of its own. At least 1.
    pub logs: u32,
    /// The chapter. The organisation must follow it, or nobody will be offered its records.
    pub chapter: String,
    /// Texts, salts, and the writers' keys follow from it. With the seed of an earlier filling, its logs go on.
    pub seed: u64,
    /// Threads that sign and verify.
    pub threads: usize,
}

impl Default for Fill {
    /// A thousand records in ten logs of the chapter that everyone follows.
    fn default() -> Self {
        Self {
            records: 1_000,
            logs: 10,
            chapter: "m49:001".to_owned(),
            seed: 0,
            threads: thread::available_parallelism().map_or(1, std::num::NonZero::get),
        }
    }
}

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Filled {
    /// Practices.
    pub records: u64,
    /// Bytes of their envelopes: header, signature and body.
    pub envelope_bytes: u64,
    /// Certificates, one for each writer that had none yet.
    pub certificates: u64,
}

/// Fills the data directory of a stopped node that was made by `init` and `found`. A node that never ran is started
/// first, connected to nobody, so that it records the charter. When this returns, everything is on the disk. Memory
/// is bounded: some groups of 4,096 records are held at once, however many there are in all.
///
/// # Errors
/// [`FillError`]. What was written before it stays and is valid; the same call goes on behind it with as many records.
pub fn fill(data: &Path, options: &Fill) -> Result<Filled, FillError> {
    let chapter: ChapterName = options.chapter.parse()?;
    let directory = directory::read(data)?;
    let (mut writer, reader) = directory::open_begun(data)?;
    let numbers = 0..options.logs.max(1);
    let mut pens = numbers
        .map(|number| Pen::new(&directory, &chapter, (options.seed, number), &reader))
        .collect::<Result<Vec<_>, _>>()?;
    let certificates = pens.iter_mut().filter_map(|pen| pen.certificate().transpose());
    let certificates = certificates.collect::<Result<Vec<_>, _>>()?;
    for group in certificates.chunks(GROUP_RECORDS_MAX) {
        writer.append(group)?;
    }
    deal(options.records, &mut pens);
    let mut filled = Filled {
        certificates: certificates.len() as u64,
        ..Filled::default()
    };
    write_all(&mut writer, &mut pens, options.threads.max(1), &mut filled)?;
    Ok(filled)
}

/// Says how many records each log is to get.
fn deal(records: u64, pens: &mut [Pen]) {
    let logs = pens.len() as u64;
    for (number, pen) in (0..).zip(pens) {
        pen.left = records / logs + u64::from(number < records % logs);
    }
}

/// Appends a group while the next is being signed.
fn write_all(writer: &mut Writer, pens: &mut [Pen], threads: usize, filled: &mut Filled) -> Result<(), FillError> {
    let run = RUN_RECORDS_MIN.max(GROUP_RECORDS_MAX / pens.len());
    let pens_at_once = (GROUP_RECORDS_MAX / run).min(pens.len());
    let mut from = 0;
    let mut ready = Vec::new();
    loop {
        let pens_next = &mut pens[from..];
        let count = pens_at_once.min(pens_next.len());
        let (signed, appended) = thread::scope(|scope| {
            let signing = scope.spawn(|| sign(&mut pens_next[..count], run, threads));
            let appended = append(writer, &ready, filled);
            (signing.join().unwrap_or(Err(FillError::Crashed)), appended)
        });
        appended?;
        ready = signed?;
        from = if from + count == pens.len() { 0 } else { from + count };
        if ready.is_empty() && pens.iter().all(|pen| pen.left == 0) {
            return Ok(());
        }
    }
}

fn append(writer: &mut Writer, group: &[VerifiedRecord], filled: &mut Filled) -> Result<(), FillError> {
    if !group.is_empty() {
        writer.append(group)?;
    }
    filled.records += group.len() as u64;
    filled.envelope_bytes += group.iter().map(envelope_bytes).sum::<u64>();
    Ok(())
}

/// The next run of each log, in the order of the logs.
fn sign(pens: &mut [Pen], run: usize, threads: usize) -> Result<Vec<VerifiedRecord>, FillError> {
    let share = pens.len().div_ceil(threads);
    let signed = thread::scope(|scope| {
        let shares = pens.chunks_mut(share);
        let threads: Vec<_> = shares
            .map(|pens| scope.spawn(move || pens.iter_mut().map(|pen| pen.run(run)).collect::<Result<Vec<_>, _>>()))
            .collect();
        let joined = threads
            .into_iter()
            .map(|thread| thread.join().unwrap_or(Err(FillError::Crashed)));
        joined.collect::<Result<Vec<_>, _>>()
    })?;
    Ok(signed.into_iter().flatten().flatten().collect())
}
