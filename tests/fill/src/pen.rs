//! One writer and its log: where it stands, and its next records.

use alliance_record::schema::Kind;
use alliance_record::{
    Author, Certificate, CertifiedNode, ChapterName, Draft, InstanceId, LogPosition, Salt, SecretKey, SignedRecord,
    VerifiedRecord,
};
use alliance_store::Reader;

use crate::directory::Directory;
use crate::error::FillError;
use crate::text::{Dice, practice};

/// When the first record of each log says it was written: the beginning of 2025, in milliseconds since 1970 UTC.
const BEGIN_MS: i64 = 1_735_689_600_000;
/// Between two records of a log, as they say. A million of them are twelve days.
const STEP_MS: i64 = 1_000;
/// How long a certificate lasts: a century.
const CERTIFICATE_MS: i64 = 100 * 365 * 86_400_000;
/// What derives the seeds of keys.
const KEY_CONTEXT: &str = "alliance-fill 2026 writer";

/// A log that is written.
#[derive(Debug)]
pub(crate) struct Pen {
    author: Author,
    chapter: ChapterName,
    position: LogPosition,
    /// What its texts and salts follow from.
    seed: [u8; 32],
    /// The certificate, unless it is recorded.
    unsaid: Option<Certificate>,
    /// Records to be written yet.
    pub(crate) left: u64,
}

impl Pen {
    /// The writer of this seed and number, behind what the store has of its log.
    pub(crate) fn new(
        directory: &Directory,
        chapter: &ChapterName,
        (seed, number): (u64, u32),
        reader: &Reader,
    ) -> Result<Self, FillError> {
        let organisation = directory.organisation_key.organisation();
        let derived = |what: u8| {
            let mut hasher = blake3::Hasher::new_derive_key(KEY_CONTEXT);
            hasher.update(organisation.as_bytes());
            hasher.update(&seed.to_le_bytes());
            hasher.update(&number.to_le_bytes());
            hasher.update(&[what]);
            *hasher.finalize().as_bytes()
        };
        let author = Author {
            alliance: directory.alliance,
            organisation,
            instance: InstanceId(seed.to_be_bytes()),
            key: SecretKey::from_seed(&derived(0)),
        };
        let head = reader.head(&author.log(chapter.clone()))?;
        let position = LogPosition {
            sequence: head.as_ref().map_or(0, |head| head.sequence + 1),
            previous: head.map(|head| head.record),
        };
        let is_certified = reader.head(&author.log(ChapterName::alliance()))?.is_some();
        let transport = SecretKey::from_seed(&derived(1));
        let node = CertifiedNode {
            alliance: directory.alliance,
            organisation,
            writer: author.key.writer(),
            transport: transport.transport(),
            not_before_ms: BEGIN_MS,
            not_after_ms: BEGIN_MS + CERTIFICATE_MS,
            label: String::new(),
            next_writer: None,
            standing: None,
            key: None,
            succeeds: None,
        };
        Ok(Self {
            unsaid: (!is_certified).then(|| Certificate::issue(&directory.organisation_key, node)),
            author,
            chapter: chapter.clone(),
            position,
            seed: derived(2),
            left: 0,
        })
    }

    /// The record by which the organisation's word for this writer stands in the alliance's own chapter, in this writer's
    /// log there, as a joining node's; `None` once it is recorded.
    pub(crate) fn certificate(&mut self) -> Result<Option<VerifiedRecord>, FillError> {
        let Some(certificate) = self.unsaid.take() else {
            return Ok(None);
        };
        let draft = Draft {
            chapter: ChapterName::alliance(),
            kind: Kind::CERTIFICATE,
            schema: 1,
            bytes: certificate.bytes().clone(),
            references: Vec::new(),
            claimed_at_ms: BEGIN_MS,
        };
        let first = LogPosition {
            sequence: 0,
            previous: None,
        };
        verified(self.author.sign(draft, first, Salt(self.seed))?).map(Some)
    }

    /// The next records of the log, as many as are left, up to `count`.
    pub(crate) fn run(&mut self, count: usize) -> Result<Vec<VerifiedRecord>, FillError> {
        let count = self.left.min(count as u64);
        self.left -= count;
        (0..count).map(|_| self.next()).collect()
    }

    fn next(&mut self) -> Result<VerifiedRecord, FillError> {
        let sequence = self.position.sequence;
        let mut dice = Dice::new(&self.seed, sequence);
        let salt = Salt(dice.bytes());
        let draft = Draft {
            chapter: self.chapter.clone(),
            kind: Kind::PRACTICE,
            schema: 1,
            bytes: practice(&mut dice).into(),
            references: Vec::new(),
            claimed_at_ms: BEGIN_MS.saturating_add((sequence as i64).saturating_mul(STEP_MS)),
        };
        let record = self.author.sign(draft, self.position, salt)?;
        self.position = LogPosition {
            sequence: sequence + 1,
            previous: Some(record.id()),
        };
        verified(record)
    }
}

/// One door: what is signed here is verified like everything else.
fn verified(record: SignedRecord) -> Result<VerifiedRecord, FillError> {
    record.verify().map_err(FillError::Refused)
}

/// Bytes of a record's envelope.
pub(crate) fn envelope_bytes(record: &VerifiedRecord) -> u64 {
    record.encode().len() as u64
}
