//! An alliance of two in memory, and the snapshots made of it. The same names give the same bytes in every test.

use std::collections::BTreeMap;
use std::convert::Infallible;

use alliance_record::proto::v1;
use alliance_record::schema::Kind;
use alliance_record::{
    AllianceId, Author, Certificate, CertifiedNode, ChapterName, Draft, Head, InstanceId, LogName, LogPosition,
    RecordId, Reference, Role, Salt, SecretKey, SignedRecord, VerifiedRecord, alliance_id,
};
use alliance_snapshot::{Maker, Manifest, SchemaName, Shelf};
use bytes::Bytes;
use prost::Message;

pub(crate) const NOW_MS: i64 = 1_800_000_000_000;

pub(crate) fn secret(name: &str) -> SecretKey {
    SecretKey::from_seed(blake3::hash(name.as_bytes()).as_bytes())
}

fn key(name: &str) -> Bytes {
    Bytes::copy_from_slice(&secret(name).public())
}

fn charter() -> v1::Charter {
    v1::Charter {
        name: "Test alliance".to_owned(),
        pledge_text: "We will.".to_owned(),
        stewards: vec![key("a")],
        threshold: 1,
        admission_policy: v1::AdmissionPolicy::AnyMember.into(),
        chapter_active_at: 1,
        pledge_months: 24,
        nonce: Bytes::from_static(&[7; 32]),
        founded_at_ms: NOW_MS,
        founding_writer: key("a writer"),
        steward_keys: Vec::new(),
    }
}

pub(crate) fn alliance() -> AllianceId {
    alliance_id(&charter().encode_to_vec())
}

/// Signed records by log.
#[derive(Clone, Default)]
pub(crate) struct Held {
    pub(crate) logs: BTreeMap<LogName, Vec<SignedRecord>>,
}

impl Held {
    /// The node `name` of the organisation `name` says something.
    pub(crate) fn says(&mut self, name: &str, chapter: &str, saying: (Kind, Vec<u8>, Vec<Reference>)) -> RecordId {
        let (kind, body, references) = saying;
        let author = Author {
            alliance: alliance(),
            organisation: secret(name).organisation(),
            instance: InstanceId([1; 8]),
            key: secret(&format!("{name} writer")),
        };
        let chapter: ChapterName = chapter.parse().unwrap();
        let log = self.logs.entry(author.log(chapter.clone())).or_default();
        let position = LogPosition {
            sequence: log.len() as u64,
            previous: log.last().map(SignedRecord::id),
        };
        let draft = Draft {
            chapter,
            kind,
            schema: 1,
            bytes: body.into(),
            references,
            claimed_at_ms: NOW_MS + log.len() as i64,
        };
        let record = author.sign(draft, position, Salt([9; 32])).unwrap();
        log.push(record.clone());
        record.id()
    }

    fn founded() -> Self {
        let mut held = Self::default();
        let charter = (Kind::CHARTER, charter().encode_to_vec(), Vec::new());
        held.says("a", "alliance", charter);
        held.certifies("a");
        let admission = v1::Admission {
            organisation: key("b"),
            invitation: Bytes::from_static(&[1; 32]),
            name: "b".to_owned(),
        };
        held.says(
            "a",
            "alliance",
            (Kind::ADMISSION, admission.encode_to_vec(), Vec::new()),
        );
        held.certifies("b");
        held
    }

    pub(crate) fn certifies(&mut self, name: &str) {
        let node = CertifiedNode {
            alliance: alliance(),
            organisation: secret(name).organisation(),
            writer: secret(&format!("{name} writer")).writer(),
            transport: secret(&format!("{name} transport")).transport(),
            not_before_ms: 0,
            not_after_ms: i64::MAX,
            label: "node".to_owned(),
            next_writer: None,
            standing: None,
            key: None,
            succeeds: None,
        };
        let certificate = Certificate::issue(&secret(name), node);
        self.says(
            name,
            "alliance",
            (Kind::CERTIFICATE, certificate.bytes().to_vec(), Vec::new()),
        );
        let profile = v1::Profile {
            name: format!("Organisation {name}"),
            country: "GB".to_owned(),
            ..v1::Profile::default()
        };
        self.says(name, "alliance", (Kind::PROFILE, profile.encode_to_vec(), Vec::new()));
    }

    /// The same records with no more signatures than the newest of each log has.
    pub(crate) fn thinned(&self) -> Self {
        let mut thinned = self.clone();
        for records in thinned.logs.values_mut() {
            let last = records.len() - 1;
            for record in &mut records[..last] {
                *record = record.clone().without_signature();
            }
        }
        thinned
    }

    pub(crate) fn find(&self, id: &RecordId) -> Option<&SignedRecord> {
        self.logs.values().flatten().find(|record| record.id() == *id)
    }

    pub(crate) fn heads(&self) -> Vec<Head> {
        let newest = self.logs.iter().map(|(log, records)| (log, records.last().unwrap()));
        newest
            .map(|(log, record)| Head {
                log: log.clone(),
                organisation: record.header().organisation,
                sequence: record.header().sequence,
                record: record.id(),
            })
            .collect()
    }

    /// What a snapshot of these records is made of.
    pub(crate) fn manifest(&self, records: &[RecordId], bearing: &[RecordId]) -> Manifest {
        let heads = self.heads();
        let mut manifest = Manifest {
            alliance: alliance(),
            chapters: heads.iter().map(|head| head.log.chapter.clone()).collect(),
            heads,
            records: records.to_vec(),
            bearing: bearing.to_vec(),
            acts: Vec::new(),
            schema: SchemaName::own(),
            filter: "chapter:iso:gb".to_owned(),
            title: "What two organisations wrote".to_owned(),
        };
        manifest.sort();
        manifest
    }

    /// The bytes of a bundle, sealed by a node of `name`.
    pub(crate) fn bundle(&self, manifest: &Manifest, name: &str) -> Vec<u8> {
        let mut bytes = Vec::new();
        let maker = Maker::new(self, manifest).unwrap();
        let organisation = secret(name).organisation();
        maker
            .write(&secret(&format!("{name} writer")), organisation, &mut bytes)
            .unwrap();
        bytes
    }
}

impl Shelf for Held {
    type Error = Infallible;

    fn range(&self, log: &LogName, from: u64, records: u64) -> Result<Vec<SignedRecord>, Infallible> {
        let all = self.logs.get(log).map(Vec::as_slice).unwrap_or_default();
        let (from, records) = (usize::try_from(from).unwrap(), usize::try_from(records).unwrap());
        let after = all.get(from..).unwrap_or_default();
        let signed = after
            .iter()
            .skip(records - 1)
            .position(|record| record.signature().is_some());
        let until = signed.map_or(after.len(), |more| records + more);
        Ok(after[..until].to_vec())
    }

    fn headers(&self, log: &LogName, from: u64, records: u64) -> Result<Vec<SignedRecord>, Infallible> {
        let range = self.range(log, from, records)?.into_iter();
        Ok(range.map(SignedRecord::without_body).collect())
    }

    fn record(&self, id: &RecordId) -> Result<Option<VerifiedRecord>, Infallible> {
        let found = self.find(id).cloned();
        Ok(found.map(|record| VerifiedRecord::from_own_store(record).unwrap()))
    }
}

fn common(title: &str) -> Option<v1::Common> {
    Some(v1::Common {
        title: title.to_owned(),
        lang: "en".to_owned(),
        licence: "CC-BY-4.0".to_owned(),
        ..v1::Common::default()
    })
}

pub(crate) fn practice(title: &str) -> (Kind, Vec<u8>, Vec<Reference>) {
    let body = v1::Practice {
        common: common(title),
        summary: format!("=Summary of {title}"),
        ..v1::Practice::default()
    };
    (Kind::PRACTICE, body.encode_to_vec(), Vec::new())
}

fn lesson(title: &str) -> (Kind, Vec<u8>, Vec<Reference>) {
    let body = v1::Lesson {
        common: common(title),
        ..v1::Lesson::default()
    };
    (Kind::LESSON, body.encode_to_vec(), Vec::new())
}

fn measure(title: &str) -> (Kind, Vec<u8>, Vec<Reference>) {
    let point = v1::Point {
        from: "2026-01".to_owned(),
        to: "2026-01".to_owned(),
        numerator: Some(4.0),
        denominator: Some(20.0),
        ..v1::Point::default()
    };
    let body = v1::Measure {
        common: common(title),
        measure: "debrief.pct".to_owned(),
        points: vec![point],
        ..v1::Measure::default()
    };
    (Kind::MEASURE, body.encode_to_vec(), Vec::new())
}

fn correction(record: RecordId) -> (Kind, Vec<u8>, Vec<Reference>) {
    let body = v1::Notice {
        common: common("A correction"),
        notice_type: "correction".to_owned(),
        target: Some(v1::RecordVersion {
            record: Bytes::copy_from_slice(record.as_bytes()),
            ..v1::RecordVersion::default()
        }),
        ..v1::Notice::default()
    };
    let references = vec![Reference {
        role: Role::CORRECTS,
        record,
    }];
    (Kind::NOTICE, body.encode_to_vec(), references)
}

fn newer(record: RecordId, title: &str) -> (Kind, Vec<u8>, Vec<Reference>) {
    let (kind, body, _) = practice(title);
    let role = Role::SUPERSEDES;
    (kind, body, vec![Reference { role, record }])
}

/// An alliance with a snapshot: `a` wrote a hundred practices, of which some are selected; one was corrected, and one has a newer
/// version. `b` wrote a lesson and a measure, both selected, and `a` wrote in another chapter, where nothing is.
pub(crate) struct Example {
    pub(crate) held: Held,
    pub(crate) manifest: Manifest,
    /// Practices of `a` in iso:gb, by sequence.
    pub(crate) practices: Vec<RecordId>,
    pub(crate) lesson: RecordId,
}

impl Example {
    pub(crate) fn new() -> Self {
        let mut held = Held::founded();
        let practices: Vec<RecordId> = (0..100)
            .map(|number| held.says("a", "iso:gb", practice(&format!("Practice {number}"))))
            .collect();
        let notice = held.says("a", "iso:gb", correction(practices[70]));
        let version = held.says("a", "iso:gb", newer(practices[90], "Practice 90 again"));
        let lesson = held.says("b", "iso:gb", lesson("A lesson"));
        let measure = held.says("b", "iso:gb", measure("Debriefs"));
        held.says("a", "iso:de", practice("Elsewhere"));
        let selected = [practices[3], practices[70], practices[90], lesson, measure];
        let manifest = held.manifest(&selected, &[notice, version]);
        Self {
            held,
            manifest,
            practices,
            lesson,
        }
    }

    pub(crate) fn bundle(&self) -> Vec<u8> {
        self.held.bundle(&self.manifest, "a")
    }
}
