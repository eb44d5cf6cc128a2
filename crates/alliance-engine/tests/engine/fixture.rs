//! Keys, nodes and records made from names: the same name gives the same bytes in every test.

use std::collections::BTreeMap;

use alliance_record::proto::v1;
use alliance_record::schema::Kind;
use alliance_record::{
    AllianceId, Author, Body, Certificate, CertifiedNode, ChapterName, Draft, InstanceId, LogName, LogPosition,
    OrganisationId, RecordId, Reference, Role, Salt, SecretKey, SignedRecord, TransportId, VerifiedRecord, alliance_id,
};
use bytes::Bytes;
use prost::Message;

/// When every test begins.
pub(crate) const NOW_MS: i64 = 1_800_000_000_000;

pub(crate) fn seed(name: &str) -> [u8; 32] {
    *blake3::hash(name.as_bytes()).as_bytes()
}

pub(crate) fn secret(name: &str) -> SecretKey {
    SecretKey::from_seed(&seed(name))
}

pub(crate) fn organisation(name: &str) -> OrganisationId {
    secret(name).organisation()
}

pub(crate) fn transport(name: &str) -> TransportId {
    secret(&format!("{name} transport")).transport()
}

pub(crate) fn chapter(name: &str) -> ChapterName {
    name.parse().unwrap()
}

/// Whom a charter lets admit.
#[derive(Clone, Copy)]
pub(crate) enum Policy {
    AnyMember,
    Stewards,
}

pub(crate) fn charter_of(stewards: &[&str], policy: Policy) -> v1::Charter {
    v1::Charter {
        name: "Test alliance".to_owned(),
        pledge_text: "We will.".to_owned(),
        stewards: stewards
            .iter()
            .map(|name| Bytes::copy_from_slice(organisation(name).as_bytes()))
            .collect(),
        threshold: u32::try_from(stewards.len() / 2 + 1).unwrap(),
        admission_policy: match policy {
            Policy::AnyMember => v1::AdmissionPolicy::AnyMember.into(),
            Policy::Stewards => v1::AdmissionPolicy::Stewards.into(),
        },
        chapter_active_at: 3,
        pledge_months: 24,
        nonce: Bytes::from_static(&[7; 32]),
        founded_at_ms: NOW_MS,
        founding_writer: Bytes::copy_from_slice(&secret(&format!("{}1 writer", stewards[0])).public()),
        steward_keys: Vec::new(),
    }
}

/// A charter with organisation `a` as its one steward, where any member admits.
pub(crate) fn charter() -> v1::Charter {
    charter_of(&["a"], Policy::AnyMember)
}

pub(crate) fn alliance() -> AllianceId {
    alliance_id(&charter().encode_to_vec())
}

/// What a record says, before it has an author.
#[derive(Clone)]
pub(crate) struct Saying {
    pub(crate) chapter: ChapterName,
    pub(crate) kind: Kind,
    pub(crate) bytes: Bytes,
    pub(crate) claimed_at_ms: i64,
    pub(crate) references: Vec<Reference>,
}

impl Saying {
    pub(crate) fn governance(kind: Kind, body: &impl Message) -> Self {
        Self {
            chapter: ChapterName::alliance(),
            kind,
            bytes: body.encode_to_vec().into(),
            claimed_at_ms: NOW_MS,
            references: Vec::new(),
        }
    }

    pub(crate) fn content(chapter_name: &str, text: &str) -> Self {
        Self {
            chapter: chapter(chapter_name),
            kind: Kind::PRACTICE,
            bytes: Bytes::copy_from_slice(text.as_bytes()),
            claimed_at_ms: NOW_MS,
            references: Vec::new(),
        }
    }

    pub(crate) fn at(self, claimed_at_ms: i64) -> Self {
        Self { claimed_at_ms, ..self }
    }
}

pub(crate) fn founding() -> Saying {
    Saying::governance(Kind::CHARTER, &charter())
}

pub(crate) fn admission(name: &str) -> Saying {
    let body = v1::Admission {
        organisation: Bytes::copy_from_slice(organisation(name).as_bytes()),
        invitation: Bytes::from_static(&[1; 32]),
        name: name.to_owned(),
    };
    Saying::governance(Kind::ADMISSION, &body)
}

pub(crate) fn profile(name: &str) -> Saying {
    let body = v1::Profile {
        name: name.to_owned(),
        ..v1::Profile::default()
    };
    Saying::governance(Kind::PROFILE, &body)
}

pub(crate) fn pledge(role: &str) -> Saying {
    let body = v1::Pledge {
        signed_by_role: role.to_owned(),
        commitments: vec![v1::Commitment::default()],
        ..v1::Pledge::default()
    };
    Saying::governance(Kind::PLEDGE, &body)
}

pub(crate) fn subscription(chapter: &str, follow: bool) -> Saying {
    let body = v1::Subscription {
        chapter: chapter.to_owned(),
        depth: v1::Depth::Exact.into(),
        follow,
    };
    Saying::governance(Kind::SUBSCRIPTION, &body)
}

pub(crate) fn deep_subscription(chapter: &str) -> Saying {
    let body = v1::Subscription {
        chapter: chapter.to_owned(),
        depth: v1::Depth::Deep.into(),
        follow: true,
    };
    Saying::governance(Kind::SUBSCRIPTION, &body)
}

/// A notice that removes a record.
pub(crate) fn removal(record: RecordId) -> Saying {
    Saying {
        kind: Kind::NOTICE,
        references: vec![Reference {
            role: Role::REDACTS,
            record,
        }],
        ..Saying::content("alliance", "removed")
    }
}

/// A node that writes: knows its place in each of its logs and nothing else.
#[derive(Clone)]
pub(crate) struct Node {
    pub(crate) author: Author,
    organisation_key: SecretKey,
    transport: TransportId,
    positions: BTreeMap<ChapterName, LogPosition>,
}

impl Node {
    /// The node `name` of the organisation that `name` begins with: `a1` is a node of `a`.
    pub(crate) fn new(name: &str) -> Self {
        let organisation_key = secret(name.trim_end_matches(|c: char| c.is_ascii_digit()));
        Self {
            author: Author {
                alliance: alliance(),
                organisation: organisation_key.organisation(),
                instance: InstanceId([1; 8]),
                key: secret(&format!("{name} writer")),
            },
            organisation_key,
            transport: transport(name),
            positions: BTreeMap::new(),
        }
    }

    /// The same node in another life of its data directory.
    pub(crate) fn living(name: &str, life: u8) -> Self {
        let mut node = Self::new(name);
        node.author.instance = InstanceId([life; 8]);
        node
    }

    pub(crate) fn log(&self, chapter_name: &str) -> LogName {
        self.author.log(chapter(chapter_name))
    }

    pub(crate) fn certificate(&self) -> Saying {
        let node = CertifiedNode {
            alliance: self.author.alliance,
            organisation: self.author.organisation,
            writer: self.author.key.writer(),
            transport: self.transport,
            not_before_ms: 0,
            not_after_ms: i64::MAX,
            label: "node".to_owned(),
            next_writer: None,
            standing: None,
            key: None,
            succeeds: None,
        };
        let certificate = Certificate::issue(&self.organisation_key, node);
        Saying {
            chapter: ChapterName::alliance(),
            kind: Kind::CERTIFICATE,
            bytes: certificate.bytes().clone(),
            claimed_at_ms: NOW_MS,
            references: Vec::new(),
        }
    }

    pub(crate) fn position(&self, chapter: &ChapterName) -> LogPosition {
        let first = LogPosition {
            sequence: 0,
            previous: None,
        };
        self.positions.get(chapter).copied().unwrap_or(first)
    }

    /// Signs the next record of a log.
    pub(crate) fn says(&mut self, saying: Saying) -> SignedRecord {
        let position = self.position(&saying.chapter);
        let chapter = saying.chapter.clone();
        let record = self.signs_at(saying, position);
        let next = LogPosition {
            sequence: position.sequence + 1,
            previous: Some(record.id()),
        };
        self.positions.insert(chapter, next);
        record
    }

    /// Signs a record at any place, and does not remember it.
    pub(crate) fn signs_at(&self, saying: Saying, position: LogPosition) -> SignedRecord {
        let draft = Draft {
            chapter: saying.chapter,
            kind: saying.kind,
            schema: 1,
            bytes: saying.bytes,
            references: saying.references,
            claimed_at_ms: saying.claimed_at_ms,
        };
        let salt = Salt(seed(&format!("{}{}", position.sequence, draft.claimed_at_ms)));
        self.author.sign(draft, position, salt).unwrap()
    }
}

/// The founder's first words: charter and certificate.
pub(crate) fn founder(name: &str) -> (Node, Vec<SignedRecord>) {
    let mut node = Node::new(name);
    let certificate = node.certificate();
    let records = vec![node.says(founding()), node.says(certificate)];
    (node, records)
}

/// A record that was signed here needs no proof: signatures would be most of the time of these tests.
pub(crate) fn verified(record: &SignedRecord) -> VerifiedRecord {
    VerifiedRecord::from_own_store(record.clone()).unwrap()
}

/// The record as it stands inside a range: without its own signature.
pub(crate) fn unsigned(record: &SignedRecord) -> SignedRecord {
    SignedRecord::from_parts(record.header_bytes().clone(), None, record.body().cloned()).unwrap()
}

/// As it comes when headers are asked for.
pub(crate) fn without_body(record: &SignedRecord) -> SignedRecord {
    SignedRecord::from_parts(record.header_bytes().clone(), record.signature().copied(), None).unwrap()
}

/// The record with a body that is not its own.
pub(crate) fn with_other_words(record: &SignedRecord) -> SignedRecord {
    let words = |body| Body {
        bytes: Bytes::from_static(b"other words"),
        ..body
    };
    let body = record.body().cloned().map(words);
    SignedRecord::from_parts(record.header_bytes().clone(), record.signature().copied(), body).unwrap()
}

/// Numbers from a seed (splitmix64): a test's choices.
#[derive(Debug, Clone)]
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % bound as u64).unwrap()
    }

    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }
}
