//! Records to append: consecutive runs of many logs, as catching up brings them, made as they are asked for.

use std::collections::VecDeque;
use std::fmt;

use alliance_record::schema::Kind;
use alliance_record::{
    AllianceId, Author, Draft, InstanceId, LogPosition, RecordId, Reference, Role, Salt, SecretKey, SignedRecord,
    VerifiedRecord, verify_range,
};
use alliance_store::ListingFacets;

use crate::Result;

/// Chapters over which the logs are spread.
const CHAPTERS: [&str; 4] = ["m49:150", "m49:001", "iso:gb", "theme:seclusion"];

/// Records among which references choose.
const NEWEST: usize = 4_096;

/// What the bodies are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bodies {
    /// Made-up words, half compressible; with the header, 1 KB.
    Half,
    /// Words of the demonstration's records in a random order: their vocabulary, none of their phrases. About 2 KB.
    Text,
    /// Bytes that do not compress; with the header, 1 KB.
    Noise,
}

impl Bodies {
    pub(crate) fn named(name: &str) -> Result<Self> {
        let all = [Self::Half, Self::Text, Self::Noise];
        let found = all.into_iter().find(|bodies| bodies.name() == name);
        found.ok_or_else(|| format!("bodies are half, text or noise, not {name}").into())
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Half => "half",
            Self::Text => "text",
            Self::Noise => "noise",
        }
    }

    const fn bytes(self) -> usize {
        match self {
            Self::Half | Self::Noise => 780,
            Self::Text => 2000,
        }
    }
}

/// What is appended, and in what portions.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shape {
    pub(crate) records: usize,
    pub(crate) group: usize,
    /// Consecutive records of one log in a group.
    pub(crate) run: usize,
    pub(crate) logs: usize,
    /// Earlier records that each refers to.
    pub(crate) references: usize,
    pub(crate) bodies: Bodies,
}

impl Shape {
    pub(crate) const DEFAULT: Self = Self {
        records: 20_000,
        group: 1_000,
        run: 100,
        logs: 100,
        references: 0,
        bodies: Bodies::Half,
    };

    /// The arguments that name it.
    pub(crate) fn args(self) -> Vec<String> {
        let Self {
            records,
            group,
            run,
            logs,
            references,
            bodies,
        } = self;
        let numbers = [
            ("records", records),
            ("group", group),
            ("run", run),
            ("logs", logs),
            ("references", references),
        ];
        let mut args: Vec<String> = numbers
            .into_iter()
            .flat_map(|(name, value)| [format!("--{name}"), value.to_string()])
            .collect();
        args.extend(["--bodies".to_owned(), bodies.name().to_owned()]);
        args
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            records,
            group,
            run,
            logs,
            references,
            bodies,
        } = self;
        let bodies = bodies.name();
        write!(
            f,
            "{records} records with {references} references in {logs} logs, groups of {group} in runs of {run}, each durable; bodies: {bodies}"
        )
    }
}

/// Makes groups, one after the other.
pub(crate) struct Groups {
    shape: Shape,
    logs: Vec<(Author, LogPosition)>,
    next: usize,
    left: usize,
    words: Vec<String>,
    dice: Dice,
    /// The newest records, oldest first.
    newest: VecDeque<RecordId>,
}

impl Groups {
    pub(crate) fn new(shape: Shape) -> Result<Self> {
        let start = LogPosition {
            sequence: 0,
            previous: None,
        };
        Ok(Self {
            shape,
            logs: (0..shape.logs).map(|at| (author(at as u32), start)).collect(),
            next: 0,
            left: shape.records,
            words: match shape.bodies {
                Bodies::Text => words_of_examples()?,
                Bodies::Half | Bodies::Noise => made_up_words(),
            },
            dice: Dice(7),
            newest: VecDeque::new(),
        })
    }

    /// From now on, groups have so many records.
    pub(crate) const fn set_group(&mut self, records: usize) {
        self.shape.group = records;
    }

    /// The next group; empty at the end.
    pub(crate) fn next_group(&mut self) -> Result<Vec<VerifiedRecord>> {
        let mut group = Vec::with_capacity(self.shape.group);
        while group.len() < self.shape.group && self.left > 0 {
            let count = self.shape.run.min(self.shape.group - group.len()).min(self.left);
            group.extend(self.run(count)?);
            self.left -= count;
        }
        Ok(group)
    }

    /// Consecutive records of the next log, with a signature at every 64th and at the last.
    fn run(&mut self, count: usize) -> Result<Vec<VerifiedRecord>> {
        let at = self.next % self.logs.len();
        self.next += 1;
        let mut run = Vec::with_capacity(count);
        for index in 0..count {
            let (_, position) = &self.logs[at];
            let claimed_at_ms = 1_760_000_000_000 + position.sequence as i64 * 61_000 + self.dice.below(50_000) as i64;
            let draft = Draft {
                chapter: CHAPTERS[at % CHAPTERS.len()].parse()?,
                kind: Kind(1),
                schema: 1,
                bytes: self.body().into(),
                references: self.references(),
                claimed_at_ms,
            };
            let salt = Salt(self.dice.bytes());
            let (author, position) = &mut self.logs[at];
            let signed = author.sign(draft, *position, salt)?;
            *position = LogPosition {
                sequence: position.sequence + 1,
                previous: Some(signed.id()),
            };
            self.newest.push_back(signed.id());
            if self.newest.len() > NEWEST {
                self.newest.pop_front();
            }
            let keeps = index + 1 == count || (index + 1) % 64 == 0;
            run.push(if keeps { signed } else { unsigned(&signed)? });
        }
        verify_range(run).map_err(|error| error.refusal.code().into())
    }

    /// Links to some of the newest records; the very first records have fewer.
    fn references(&mut self) -> Vec<Reference> {
        let count = self.shape.references.min(self.newest.len());
        let link = |at: usize| Reference {
            role: Role(at as u32 % 8 + 1),
            record: self.newest[self.dice.below(self.newest.len() as u64) as usize],
        };
        (0..count).map(link).collect()
    }

    fn body(&mut self) -> Vec<u8> {
        let length = self.shape.bodies.bytes();
        let mut body = Vec::with_capacity(length + 40);
        while body.len() < length {
            if self.shape.bodies == Bodies::Noise {
                body.extend_from_slice(&self.dice.bytes());
                continue;
            }
            let word = self.dice.below(self.words.len() as u64);
            body.extend_from_slice(self.words[word as usize].as_bytes());
            body.push(b' ');
        }
        body.truncate(length);
        body
    }
}

/// A row as a node has it: a title, a language, a setting.
pub(crate) fn facets(record: &VerifiedRecord) -> ListingFacets {
    let Some(body) = record.body() else {
        return ListingFacets::default();
    };
    ListingFacets {
        title: String::from_utf8_lossy(&body.bytes[..48]).into_owned(),
        title_en: String::new(),
        lang: "en-GB".to_owned(),
        settings: vec!["acute-ward".to_owned()],
        due: String::new(),
        asks: false,
    }
}

fn author(at: u32) -> Author {
    let mut seed = [0; 32];
    seed[..4].copy_from_slice(&at.to_be_bytes());
    let key = SecretKey::from_seed(&seed);
    Author {
        alliance: AllianceId([3; 32]),
        organisation: key.organisation(),
        instance: InstanceId(*b"instance"),
        key,
    }
}

fn unsigned(record: &SignedRecord) -> Result<SignedRecord> {
    SignedRecord::from_parts(record.header_bytes().clone(), None, record.body().cloned())
        .map_err(|verdict| verdict.code().into())
}

/// Enough of them that text made of them compresses to about a half.
fn made_up_words() -> Vec<String> {
    const SYLLABLES: [&str; 16] = [
        "ra", "ten", "mo", "lis", "ca", "pre", "vor", "hu", "sti", "ne", "wal", "di", "oma", "ger", "ble", "sa",
    ];
    let syllable = |number: usize| SYLLABLES[number % SYLLABLES.len()];
    (0..4096)
        .map(|at| format!("{}{}{}", syllable(at), syllable(at / 16), syllable(at / 256)))
        .collect()
}

fn words_of_examples() -> Result<Vec<String>> {
    let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/../../config/demo/records");
    let mut paths: Vec<_> = std::fs::read_dir(dir)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<std::io::Result<_>>()?;
    paths.sort();
    let mut words = Vec::new();
    for path in paths {
        words.extend(std::fs::read_to_string(path)?.split_whitespace().map(str::to_owned));
    }
    Ok(words)
}

/// Numbers that follow from a seed (splitmix64).
struct Dice(u64);

impl Dice {
    const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    const fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    fn bytes(&mut self) -> [u8; 32] {
        let mut bytes = [0; 32];
        for chunk in bytes.chunks_mut(8) {
            chunk.copy_from_slice(&self.next().to_le_bytes());
        }
        bytes
    }
}
