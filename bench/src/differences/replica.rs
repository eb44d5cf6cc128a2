//! Two replicas: 10,000 logs with 1,000,000 records, and the same without some of them. Never knows how they are compared.

use alliance_record::{ChapterName, Head, InstanceId, LogName, OrganisationId, RecordId, WriterId};

use crate::dice::Dice;

/// Logs of the chapter.
const LOGS: usize = 10_000;
/// Records of each log written before the last month.
const OLDER: usize = 90;
/// Logs that wrote in the last month, and how much each.
const BUSY_LOGS: usize = 100;
const NEWER: usize = 1000;
/// A month, a season, and all the time that logs were written in: two years.
const MONTH_MS: usize = 30 * 86_400_000;
const SEASON_MS: usize = 3 * MONTH_MS;
const ALL_MS: usize = 24 * MONTH_MS;

/// What the asker lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lack {
    /// Nothing.
    Nothing,
    /// The newest record of one log.
    OneRecord,
    /// The newest record of each of 100 quiet logs, which ended at different times.
    OneOfEach,
    /// The last month: 1,000 records of each of the 100 busy logs.
    LastMonth,
}

impl Lack {
    pub(crate) const ALL: [Self; 4] = [Self::Nothing, Self::OneRecord, Self::OneOfEach, Self::LastMonth];

    pub(crate) fn records(self) -> usize {
        match self {
            Self::Nothing => 0,
            Self::OneRecord => 1,
            Self::OneOfEach => 100,
            Self::LastMonth => BUSY_LOGS * NEWER,
        }
    }

    pub(crate) fn describe(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::OneRecord => "1 record of 1 log",
            Self::OneOfEach => "1 record each of 100 logs, at scattered times",
            Self::LastMonth => "the newest 100,000 records, of 100 logs",
        }
    }

    /// How many of a log's newest records.
    fn of(self, log: usize) -> usize {
        match self {
            Self::OneRecord if log == LOGS - 1 => 1,
            Self::OneOfEach if log >= LOGS - 100 => 1,
            Self::LastMonth if log < BUSY_LOGS => NEWER,
            _ => 0,
        }
    }
}

/// A record as it is compared.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Record {
    pub(crate) id: RecordId,
    pub(crate) claimed_at_ms: u64,
}

/// A log and its records, oldest first.
#[derive(Debug, Clone)]
struct Log {
    name: LogName,
    number: usize,
    records: Vec<Record>,
}

/// What one node holds of the chapter.
#[derive(Debug)]
pub(crate) struct Replica {
    /// Ascending by name.
    logs: Vec<Log>,
}

impl Replica {
    /// All logs with all their records.
    pub(crate) fn full() -> Self {
        let mut dice = Dice::new(1);
        let mut logs: Vec<_> = (0..LOGS).map(|number| log(number, &mut dice)).collect();
        logs.sort_unstable_by(|one, other| one.name.cmp(&other.name));
        Self { logs }
    }

    pub(crate) fn without(&self, lack: Lack) -> Self {
        let shorter = |log: &Log| {
            let mut log = log.clone();
            log.records.truncate(log.records.len() - lack.of(log.number));
            log
        };
        Self {
            logs: self.logs.iter().map(shorter).collect(),
        }
    }

    /// The newest record of each log, sorted by log.
    pub(crate) fn heads(&self) -> Vec<Head> {
        let head = |log: &Log| {
            Some(Head {
                log: log.name.clone(),
                organisation: OrganisationId([0; 32]),
                sequence: log.records.len() as u64 - 1,
                record: log.records.last()?.id,
            })
        };
        self.logs.iter().filter_map(head).collect()
    }

    pub(crate) fn records(&self) -> impl Iterator<Item = &Record> {
        self.logs.iter().flat_map(|log| &log.records)
    }
}

/// The chapter of all logs.
pub(crate) fn chapter() -> ChapterName {
    ChapterName::alliance()
}

fn log(number: usize, dice: &mut Dice) -> Log {
    let hash = |sequence: usize| *blake3::hash(&[number.to_le_bytes(), sequence.to_le_bytes()].concat()).as_bytes();
    let season = dice.throw(ALL_MS - MONTH_MS - SEASON_MS);
    let mut times: Vec<_> = (0..OLDER).map(|_| season + dice.throw(SEASON_MS)).collect();
    if number < BUSY_LOGS {
        times.extend((0..NEWER).map(|_| ALL_MS - MONTH_MS + dice.throw(MONTH_MS)));
    }
    times.sort_unstable();
    let record = |(sequence, time): (usize, usize)| Record {
        id: RecordId(hash(sequence)),
        claimed_at_ms: 1_700_000_000_000 + time as u64,
    };
    Log {
        name: LogName {
            writer: WriterId(hash(usize::MAX)),
            instance: InstanceId([1; 8]),
            chapter: chapter(),
        },
        number,
        records: times.into_iter().enumerate().map(record).collect(),
    }
}
