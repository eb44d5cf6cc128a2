//! What finding the logs that differ costs: time of each step, and how many answers and bytes it takes.
//!
//! `cargo bench -p alliance-wire --bench sketch -- [trials]`, 1,000 trials of each row unless said. Each trial has a
//! nonce of its own, so references, marks and cells are new each time. Prints Markdown.

use std::error::Error;
use std::io::{self, Write};
use std::time::{Duration, Instant};

use alliance_record::{Head, InstanceId, LogName, OrganisationId, RecordId, WriterId};
use alliance_wire::{Ask, CELLS_FIRST, CELLS_MAX, Cell, Decoded, Mark, SessionKey, compare, decode, sketch};

/// Logs of the chapter.
const LOGS: usize = 10_000;
/// How many of them differ.
const DIFFERING: [usize; 11] = [1, 2, 5, 10, 20, 30, 50, 100, 300, 1000, 5000];
/// Repetitions of each step that is timed; the median is shown.
const REPETITIONS: usize = 51;

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let mut out = io::stdout().lock();
    // Cargo passes `--bench`.
    let trials = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    let trials = trials.map_or(Ok(1000), |trials| trials.parse())?;
    steps(&mut out)?;
    answers(&mut out, trials)
}

fn bytes_of(number: u64) -> [u8; 32] {
    *blake3::hash(&number.to_le_bytes()).as_bytes()
}

/// A log's head: with another version, another record.
fn head(log: usize, version: u64) -> Outcome<Head> {
    Ok(Head {
        log: LogName {
            writer: WriterId(bytes_of(log as u64)),
            instance: InstanceId([3; 8]),
            chapter: "theme:seclusion".parse()?,
        },
        organisation: OrganisationId([0; 32]),
        sequence: 100 + version * 1000,
        record: RecordId(bytes_of(log as u64 + (version << 32))),
    })
}

fn heads(logs: std::ops::Range<usize>, version: u64) -> Outcome<Vec<Head>> {
    logs.map(|log| head(log, version)).collect()
}

fn session(nonce: u64) -> SessionKey {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&bytes_of(nonce)[..16]);
    SessionKey::new(&bytes)
}

fn marks<'a>(key: &SessionKey, heads: impl IntoIterator<Item = &'a Head>) -> Vec<Mark> {
    heads.into_iter().map(|head| key.mark(head)).collect()
}

fn median<T: Copy + Ord>(values: &mut [T]) -> Option<T> {
    values.sort_unstable();
    values.get(values.len() / 2).copied()
}

fn timed<T>(mut step: impl FnMut() -> T) -> f64 {
    let mut times: Vec<Duration> = (0..REPETITIONS)
        .map(|_| {
            let start = Instant::now();
            std::hint::black_box(step());
            start.elapsed()
        })
        .collect();
    median(&mut times).unwrap_or_default().as_secs_f64() * 1e3
}

fn steps(out: &mut impl Write) -> Outcome<()> {
    let (older, newer) = (heads(0..4 * LOGS, 0)?, heads(0..4 * LOGS, 1)?);
    let key = session(0);
    let (ours, others) = (marks(&key, &older), marks(&key, &newer));
    let few = &ours[..LOGS];
    writeln!(out, "| step, 10,000 logs unless said | ms |\n|---|---|")?;
    let mut step = |name: &str, ms: f64| writeln!(out, "| {name} | {ms:.2} |");
    step(
        "fingerprint",
        timed(|| key.fingerprint(&older[0].log.chapter, &older[..LOGS])),
    )?;
    step("references and marks", timed(|| marks(&key, &older[..LOGS])))?;
    step("first 48 cells", timed(|| sketch(few, 0..CELLS_FIRST)))?;
    step("cells 48 to 224", timed(|| sketch(few, CELLS_FIRST..224)))?;
    for (differing, cells) in [(1, 48), (100, 224), (1000, 2024)] {
        let theirs = [&others[..differing], &few[differing..]].concat();
        let cells = sketch(&theirs, 0..cells);
        let name = format!("decode {} cells, {differing} differ", cells.len());
        step(&name, timed(|| decode(&cells, 10_000, few)))?;
    }
    step("compare with a list", timed(|| compare(&others[..LOGS], few)))?;
    let most = [
        &others[..LOGS],
        &ours[LOGS..2 * LOGS],
        &others[2 * LOGS..3 * LOGS],
        &ours[3 * LOGS..],
    ]
    .concat();
    let most = sketch(&most, 0..CELLS_MAX);
    step(
        "decode 32,768 cells, 20,000 of 40,000 differ",
        timed(|| decode(&most, 40_000, &ours)),
    )?;
    let noise = Cell::read_all(&noise(CELLS_MAX))?;
    step("decode 32,768 cells of noise", timed(|| decode(&noise, 40_000, few)))?;
    Ok(writeln!(out)?)
}

/// Bytes of cells by chance.
fn noise(cells: usize) -> Vec<u8> {
    let cell = |number| {
        let mut cell = bytes_of(number as u64)[..Cell::BYTES].to_vec();
        // Without tallies, as if one log were left: the dearest to look at.
        cell[15] &= 0x03;
        cell[16] = 0;
        cell
    };
    (0..cells).flat_map(cell).collect()
}

/// How the two sides differ.
#[derive(Debug, Clone, Copy)]
enum Way {
    /// Each log has another head.
    Changed,
    /// The asker lacks each log.
    Missing,
    /// A third changed, a third lacking here, a third lacking there.
    Mixed,
}

impl Way {
    fn has_ours(self, log: usize) -> bool {
        match self {
            Self::Changed => true,
            Self::Missing => false,
            Self::Mixed => log % 3 != 1,
        }
    }

    fn has_theirs(self, log: usize) -> bool {
        !matches!(self, Self::Mixed) || log % 3 != 2
    }
}

/// What one trial took.
#[derive(Default)]
struct Trial {
    answers: usize,
    has_list: bool,
    bytes: usize,
    /// By the first cells, in hundredths of what is true.
    estimate: Option<u64>,
    asker: Duration,
}

fn trial(theirs: &[Mark], ours: &[Mark], differing: usize) -> Outcome<Trial> {
    let their_logs = u32::try_from(theirs.len())?;
    let mut trial = Trial::default();
    let (mut cells, mut all) = (Vec::new(), CELLS_FIRST);
    loop {
        trial.answers += 1;
        cells.extend(sketch(theirs, cells.len()..all));
        let start = Instant::now();
        let decoded = decode(&cells, their_logs, ours);
        trial.asker += start.elapsed();
        trial.bytes = cells.len() * Cell::BYTES;
        match decoded {
            Decoded::Complete(found) if found.logs.len() == differing => return Ok(trial),
            Decoded::Complete(_) => return Err("not the difference".into()),
            Decoded::Undecided { estimate, ask } => {
                let hundredths = u64::from(estimate) * 100 / differing as u64;
                trial.estimate.get_or_insert(hundredths);
                match ask {
                    Ask::Cells(more) => all = more,
                    Ask::List => break,
                }
            }
        }
    }
    trial.answers += 1;
    trial.has_list = true;
    trial.bytes += theirs.len() * Mark::BYTES;
    Ok(trial)
}

fn answers(out: &mut impl Write, trials: usize) -> Outcome<()> {
    writeln!(
        out,
        "{trials} trials of each row; bytes are those of all cells and of the list, without frames.\n"
    )?;
    writeln!(
        out,
        "| differ | how | by answer 1, % | by 2, % | by 3, % | list, % | bytes: median | 97 % | most | \
         first estimate / true: 2.5 % | 97.5 % | asker, ms |\n|---|---|---|---|---|---|---|---|---|---|---|---|"
    )?;
    for differing in DIFFERING {
        for way in [Way::Changed, Way::Missing, Way::Mixed] {
            row(out, differing, way, trials)?;
        }
    }
    Ok(())
}

fn row(out: &mut impl Write, differing: usize, way: Way, trials: usize) -> Outcome<()> {
    let (older, newer) = (heads(0..LOGS, 0)?, heads(0..differing, 1)?);
    let is_ours = |log: &usize| *log >= differing || way.has_ours(*log);
    let ours: Vec<_> = (0..LOGS).filter(is_ours).map(|log| &older[log]).collect();
    let newer = (0..differing).filter(|log| way.has_theirs(*log)).map(|log| &newer[log]);
    let theirs: Vec<_> = newer.chain(&older[differing..]).collect();
    let mut done = Vec::new();
    for number in 0..trials {
        let key = session(number as u64);
        done.push(trial(
            &marks(&key, theirs.iter().copied()),
            &marks(&key, ours.iter().copied()),
            differing,
        )?);
    }
    let share =
        |is: &dyn Fn(&Trial) -> bool| done.iter().filter(|trial| is(trial)).count() as f64 * 100.0 / trials as f64;
    let within = |answers: usize| share(&move |trial| trial.answers <= answers);
    let mut bytes: Vec<_> = done.iter().map(|trial| trial.bytes).collect();
    let mut asker: Vec<_> = done.iter().map(|trial| trial.asker).collect();
    let mut estimates: Vec<_> = done.iter().filter_map(|trial| trial.estimate).collect();
    let asker = median(&mut asker).unwrap_or_default().as_secs_f64() * 1e3;
    bytes.sort_unstable();
    estimates.sort_unstable();
    let at = |sorted: &[u64], thousandth: usize| {
        let value = sorted.get(sorted.len() * thousandth / 1000);
        value.map_or("–".to_owned(), |value| format!("{:.2}", *value as f64 / 100.0))
    };
    writeln!(
        out,
        "| {differing} | {way:?} | {:.1} | {:.1} | {:.1} | {:.1} | {} | {} | {} | {} | {} | {asker:.1} |",
        within(1),
        within(2),
        within(3),
        share(&|trial| trial.has_list),
        bytes[trials / 2],
        bytes[trials * 97 / 100],
        bytes[trials - 1],
        at(&estimates, 25),
        at(&estimates, 975),
    )?;
    Ok(())
}
