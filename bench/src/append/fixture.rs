//! Ten organisations, their roster, and the records that each wrote to one chapter, as gossip and as sync bring them.

use alliance_record::proto::v1;
use alliance_record::schema::{self, Kind};
use alliance_record::{
    AllianceId, Author, Certificate, CertifiedNode, ChapterName, Draft, Head, InstanceId, LogName, LogPosition,
    OrganisationId, RecordId, Salt, SecretKey, SignedRecord, VerifiedRecord, alliance_id, thin_signatures,
};
use alliance_wire::{LogRef, RangePart, SyncMessage};
use anyhow::{Context, Result, anyhow};
use bytes::Bytes;
use prost::Message;

use super::{GROUP, LOGS};
use crate::document::{CHAPTER, practice};

/// Records of a frame: half an answer, about half a mebibyte.
const FRAME_RECORDS: usize = GROUP / 2;

/// Frames of one log, from its first record on.
pub(super) type Frames = (LogName, Vec<Bytes>);

/// Everything that the ways append.
#[derive(Debug)]
pub(super) struct Fixture {
    pub(super) alliance: AllianceId,
    /// The organisation whose node appends; it writes nothing itself.
    pub(super) own: OrganisationId,
    /// The alliance's own records, appended before anything is timed.
    pub(super) roster: Vec<VerifiedRecord>,
    /// Envelopes and their ids, one of each log in turn, as gossip brings them.
    pub(super) envelopes: Vec<(RecordId, Bytes)>,
    pub(super) heads: Vec<Head>,
    /// With the signatures that a node leaves when it serves: each 64th and each frame's last.
    pub(super) frames: Vec<Frames>,
    /// With all signatures.
    pub(super) frames_signed: Vec<Frames>,
}

/// A log that grows.
#[derive(Debug)]
struct Writer {
    author: Author,
    organisation_key: SecretKey,
    position: LogPosition,
}

const START: LogPosition = LogPosition {
    sequence: 0,
    previous: None,
};

impl Fixture {
    /// `each` records in each log: whole groups.
    pub(super) fn new(each: usize) -> Result<Self> {
        let keys: Vec<_> = (0..=LOGS as u8).map(|at| SecretKey::from_seed(&[at + 1; 32])).collect();
        let charter = charter(&keys);
        let alliance = alliance_id(&charter);
        let mut writers: Vec<_> = keys.into_iter().map(|key| Writer::new(alliance, key)).collect();
        let roster = roster(&mut writers, &charter)?;
        let own = writers.remove(0).author.organisation;
        let logs = writers
            .iter_mut()
            .map(|writer| writer.practices(each))
            .collect::<Result<Vec<_>>>()?;
        let in_turn = (0..each).flat_map(|at| logs.iter().map(move |log| &log[at]));
        let envelopes = in_turn.map(|record| (record.id(), record.encode())).collect();
        let heads = logs.iter().filter_map(|log| log.last()).map(head).collect();
        let frames = |thin: fn(&mut [SignedRecord])| -> Result<Vec<Frames>> {
            logs.iter().map(|log| frames(log, thin)).collect()
        };
        Ok(Self {
            alliance,
            own,
            roster,
            envelopes,
            heads,
            frames: frames(thin_signatures)?,
            frames_signed: frames(|_| {})?,
        })
    }

    pub(super) fn envelope_bytes(&self) -> usize {
        self.envelopes.iter().map(|(_, envelope)| envelope.len()).sum()
    }
}

fn charter(keys: &[SecretKey]) -> Bytes {
    let steward = |key: &SecretKey| Bytes::copy_from_slice(&key.public());
    v1::Charter {
        name: "Measured alliance".to_owned(),
        stewards: keys.iter().map(steward).collect(),
        threshold: keys.len() as u32,
        chapter_active_at: 1,
        pledge_months: 24,
        founding_writer: Bytes::copy_from_slice(&node_key(&keys[0]).public()),
        steward_keys: Vec::new(),
        ..v1::Charter::default()
    }
    .encode_to_vec()
    .into()
}

/// The charter and the own subscription by the first, a certificate by each.
fn roster(writers: &mut [Writer], charter: &Bytes) -> Result<Vec<VerifiedRecord>> {
    let subscription = v1::Subscription {
        chapter: CHAPTER.to_owned(),
        depth: v1::Depth::Exact.into(),
        follow: true,
    };
    let mut records = Vec::new();
    for (at, writer) in writers.iter_mut().enumerate() {
        let mut says = vec![(Kind::CERTIFICATE, writer.certificate())];
        if at == 0 {
            says.insert(0, (Kind::CHARTER, charter.clone()));
            says.push((Kind::SUBSCRIPTION, subscription.encode_to_vec().into()));
        }
        for (kind, bytes) in says {
            let record = writer.sign(&ChapterName::alliance(), kind, bytes)?;
            records.push(record.verify().map_err(|refusal| anyhow!("{refusal}"))?);
        }
        writer.position = START;
    }
    Ok(records)
}

/// The signing key of an organisation's node.
fn node_key(organisation_key: &SecretKey) -> SecretKey {
    SecretKey::from_seed(blake3::hash(&organisation_key.public()).as_bytes())
}

impl Writer {
    fn new(alliance: AllianceId, organisation_key: SecretKey) -> Self {
        let author = Author {
            alliance,
            organisation: organisation_key.organisation(),
            instance: InstanceId([1; 8]),
            key: node_key(&organisation_key),
        };
        Self {
            author,
            organisation_key,
            position: START,
        }
    }

    fn certificate(&self) -> Bytes {
        let node = CertifiedNode {
            alliance: self.author.alliance,
            organisation: self.author.organisation,
            writer: self.author.key.writer(),
            transport: self.author.key.transport(),
            not_before_ms: 0,
            not_after_ms: i64::MAX,
            label: String::new(),
            next_writer: None,
            standing: None,
            key: None,
            succeeds: None,
        };
        Certificate::issue(&self.organisation_key, node).bytes().clone()
    }

    fn sign(&mut self, chapter: &ChapterName, kind: Kind, bytes: Bytes) -> Result<SignedRecord> {
        let draft = Draft {
            chapter: chapter.clone(),
            kind,
            schema: 1,
            bytes,
            references: Vec::new(),
            claimed_at_ms: 0,
        };
        let salt = blake3::hash(&self.position.sequence.to_le_bytes());
        let record = self.author.sign(draft, self.position, Salt(*salt.as_bytes()))?;
        self.position = LogPosition {
            sequence: self.position.sequence + 1,
            previous: Some(record.id()),
        };
        Ok(record)
    }

    fn practices(&mut self, count: usize) -> Result<Vec<SignedRecord>> {
        let chapter: ChapterName = CHAPTER.parse()?;
        let signed = (0..count as u64).map(|number| {
            let document = schema::read_markdown(&practice(number)).map_err(|faults| anyhow!("{faults:?}"))?;
            self.sign(&chapter, document.kind, document.body.into())
        });
        signed.collect()
    }
}

fn head(record: &SignedRecord) -> Head {
    let header = record.header();
    Head {
        log: header.log.clone(),
        organisation: header.organisation,
        sequence: header.sequence,
        record: record.id(),
    }
}

/// A log in frames, whose signatures `thin` may take away. What a session calls the log is known only once it runs.
fn frames(log: &[SignedRecord], thin: fn(&mut [SignedRecord])) -> Result<Frames> {
    let name = log.first().context("a log has records")?.header().log.clone();
    let count = log.chunks(FRAME_RECORDS).len();
    let frame = |(part, records): (usize, &[SignedRecord])| {
        let mut records = records.to_vec();
        thin(&mut records);
        SyncMessage::Range(RangePart {
            log: LogRef::from_bytes([0; LogRef::BYTES]),
            from: (part * FRAME_RECORDS) as u64,
            records,
            more: part + 1 < count,
            fault: None,
        })
        .encode()
    };
    let frames = log.chunks(FRAME_RECORDS).enumerate().map(frame).collect();
    Ok((name, frames))
}
