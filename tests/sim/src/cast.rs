//! Who plays: organisations and their nodes with keys from the seed, and what they say.

use alliance_record::proto::v1;
use alliance_record::schema::Kind;
use alliance_record::{
    AllianceId, Author, Certificate, CertifiedNode, ChapterName, Draft, InstanceId, OrganisationId, RecordId,
    Reference, Role, SecretKey, TransportId, alliance_id,
};
use bytes::Bytes;
use prost::Message;

use crate::plan::{BEGIN_MS, Plan};

/// A node as its keys make it.
#[derive(Debug, Clone)]
pub(crate) struct Actor {
    pub(crate) author: Author,
    pub(crate) transport: TransportId,
    /// Its organisation's word that it may write.
    pub(crate) certificate: Bytes,
}

/// All nodes, and the charter that they stand under.
#[derive(Debug)]
pub(crate) struct Cast {
    pub(crate) alliance: AllianceId,
    pub(crate) charter: Bytes,
    pub(crate) organisations: Vec<OrganisationId>,
    pub(crate) actors: Vec<Actor>,
}

fn secret(seed: u64, name: &str) -> SecretKey {
    let bytes = [&seed.to_le_bytes()[..], name.as_bytes()].concat();
    SecretKey::from_seed(blake3::hash(&bytes).as_bytes())
}

impl Cast {
    pub(crate) fn of(seed: u64, plan: &Plan) -> Self {
        let organisation_key = |number: usize| secret(seed, &format!("organisation {number}"));
        let organisations: Vec<_> = (0..plan.follows.len())
            .map(|number| organisation_key(number).organisation())
            .collect();
        let founding_writer = secret(seed, "writer 0").public();
        let charter: Bytes = charter(&organisations[0], &founding_writer).encode_to_vec().into();
        let alliance = alliance_id(&charter);
        let actor = |(index, node): (usize, &crate::plan::NodePlan)| {
            let key = secret(seed, &format!("writer {index}"));
            let organisation = organisation_key(node.organisation);
            let author = Author {
                alliance,
                organisation: organisation.organisation(),
                instance: InstanceId([1; 8]),
                key,
            };
            let transport = secret(seed, &format!("transport {index}")).transport();
            let certificate = certificate(&organisation, &author, transport);
            Actor {
                author,
                transport,
                certificate,
            }
        };
        let actors = plan.nodes.iter().enumerate().map(actor).collect();
        Self {
            alliance,
            charter,
            organisations,
            actors,
        }
    }
}

fn charter(founder: &OrganisationId, founding_writer: &[u8; 32]) -> v1::Charter {
    v1::Charter {
        name: "Simulated alliance".to_owned(),
        pledge_text: "We will.".to_owned(),
        stewards: vec![Bytes::copy_from_slice(founder.as_bytes())],
        threshold: 1,
        admission_policy: v1::AdmissionPolicy::AnyMember.into(),
        chapter_active_at: 2,
        pledge_months: 24,
        nonce: Bytes::from_static(&[7; 32]),
        founded_at_ms: BEGIN_MS,
        founding_writer: Bytes::copy_from_slice(founding_writer),
        steward_keys: Vec::new(),
    }
}

fn certificate(organisation: &SecretKey, author: &Author, transport: TransportId) -> Bytes {
    let node = CertifiedNode {
        alliance: author.alliance,
        organisation: author.organisation,
        writer: author.key.writer(),
        transport,
        not_before_ms: 0,
        not_after_ms: i64::MAX,
        label: "node".to_owned(),
        next_writer: None,
        standing: None,
        key: None,
        succeeds: None,
    };
    Certificate::issue(organisation, node).bytes().clone()
}

/// What is to be said, before its author's clock and place are known.
#[derive(Debug, Clone)]
pub(crate) struct Saying {
    pub(crate) chapter: ChapterName,
    pub(crate) kind: Kind,
    pub(crate) bytes: Bytes,
    pub(crate) references: Vec<Reference>,
    /// Said in another life of the node's than its usual one.
    pub(crate) life: Option<u64>,
}

impl Saying {
    pub(crate) fn draft(self, claimed_at_ms: i64) -> Draft {
        Draft {
            chapter: self.chapter,
            kind: self.kind,
            schema: 1,
            bytes: self.bytes,
            references: self.references,
            claimed_at_ms,
        }
    }

    /// Something in the alliance's own chapter.
    pub(crate) fn governance(kind: Kind, bytes: Bytes) -> Self {
        Self {
            chapter: ChapterName::alliance(),
            kind,
            bytes,
            references: Vec::new(),
            life: None,
        }
    }

    /// A notice that removes records.
    pub(crate) fn removal(targets: &[RecordId]) -> Self {
        let redacts = |record: &RecordId| Reference {
            role: Role::REDACTS,
            record: *record,
        };
        Self {
            references: targets.iter().map(redacts).collect(),
            ..Self::governance(Kind::NOTICE, Bytes::from_static(b"removed"))
        }
    }

    pub(crate) fn charter(bytes: Bytes) -> Self {
        Self::governance(Kind::CHARTER, bytes)
    }

    pub(crate) fn certificate(bytes: Bytes) -> Self {
        Self::governance(Kind::CERTIFICATE, bytes)
    }

    pub(crate) fn profile(name: &str) -> Self {
        let body = v1::Profile {
            name: name.to_owned(),
            ..v1::Profile::default()
        };
        Self::governance(Kind::PROFILE, body.encode_to_vec().into())
    }

    pub(crate) fn admission(organisation: &OrganisationId) -> Self {
        let body = v1::Admission {
            organisation: Bytes::copy_from_slice(organisation.as_bytes()),
            invitation: Bytes::from_static(&[1; 32]),
            name: "organisation".to_owned(),
        };
        Self::governance(Kind::ADMISSION, body.encode_to_vec().into())
    }

    pub(crate) fn subscription(chapter: &ChapterName, depth: v1::Depth, follow: Follow) -> Self {
        let body = v1::Subscription {
            chapter: chapter.to_string(),
            depth: depth.into(),
            follow: follow == Follow::Yes,
        };
        Self::governance(Kind::SUBSCRIPTION, body.encode_to_vec().into())
    }

    pub(crate) const fn content(chapter: ChapterName, bytes: Bytes) -> Self {
        Self {
            chapter,
            kind: Kind::PRACTICE,
            bytes,
            references: Vec::new(),
            life: None,
        }
    }
}

/// Whether a chapter is to be followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Follow {
    Yes,
    No,
}
