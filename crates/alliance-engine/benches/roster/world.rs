//! A large alliance, made from numbers: the same each time.

use std::error::Error;

use alliance_record::proto::v1;
use alliance_record::schema::Kind;
use alliance_record::{
    Act, ActId, ActOf, AllianceId, Approval, Author, Certificate, CertifiedNode, ChapterName, Charter, CharterVersion,
    Cuts, Draft, InstanceId, LogPosition, Revocation, Salt, SecretKey, StandingTo, VerifiedRecord, alliance_id,
};
use bytes::Bytes;
use prost::Message;

pub(crate) type Outcome<T> = Result<T, Box<dyn Error>>;

/// Stewards, who are the founders.
pub(crate) const STEWARDS: u64 = 7;
/// How many of them decide.
const THRESHOLD: u32 = 4;
/// Whom each organisation lets in.
const INVITEES: u64 = 20;

fn key(number: u64, purpose: u8) -> SecretKey {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&number.to_le_bytes());
    hasher.update(&[purpose]);
    SecretKey::from_seed(hasher.finalize().as_bytes())
}

fn organisation(number: u64) -> SecretKey {
    key(number, 0)
}

/// One organisation's node, and its place in its log.
struct Node {
    author: Author,
    position: LogPosition,
}

/// The alliance, and who writes in it.
pub(crate) struct World {
    pub(crate) alliance: AllianceId,
    charter: v1::Charter,
    nodes: Vec<Node>,
    nonce: u64,
    /// The charter in force.
    pub(crate) version: CharterVersion,
}

impl World {
    pub(crate) fn new(organisations: u64) -> Self {
        let copy = |bytes: &[u8]| Bytes::copy_from_slice(bytes);
        let charter = v1::Charter {
            name: "Large".to_owned(),
            pledge_text: "We will.".to_owned(),
            stewards: (0..STEWARDS)
                .map(|number| copy(organisation(number).organisation().as_bytes()))
                .collect(),
            threshold: THRESHOLD,
            admission_policy: v1::AdmissionPolicy::AnyMember.into(),
            chapter_active_at: 3,
            pledge_months: 24,
            nonce: Bytes::from_static(&[7; 32]),
            founded_at_ms: 1,
            founding_writer: copy(key(0, 1).writer().as_bytes()),
            steward_keys: Vec::new(),
        };
        let alliance = alliance_id(&charter.encode_to_vec());
        let mut world = Self {
            alliance,
            charter,
            nodes: Vec::new(),
            nonce: 0,
            version: alliance.into(),
        };
        (0..organisations).for_each(|_| world.join());
        world
    }

    /// A node of one organisation more.
    pub(crate) fn join(&mut self) {
        let number = self.nodes.len() as u64;
        self.nodes.push(Node {
            author: Author {
                alliance: self.alliance,
                organisation: organisation(number).organisation(),
                instance: InstanceId([1; 8]),
                key: key(number, 1),
            },
            position: LogPosition {
                sequence: 0,
                previous: None,
            },
        });
    }

    pub(crate) fn organisations(&self) -> u64 {
        self.nodes.len() as u64
    }

    /// Signs the next record of an organisation's node.
    pub(crate) fn says(&mut self, by: u64, kind: Kind, bytes: Bytes) -> Outcome<VerifiedRecord> {
        let node = self.nodes.get_mut(usize::try_from(by)?).ok_or("no such node")?;
        let draft = Draft {
            chapter: ChapterName::alliance(),
            kind,
            schema: 1,
            bytes,
            references: Vec::new(),
            claimed_at_ms: 1,
        };
        let salt = Salt(*blake3::hash(&node.position.sequence.to_le_bytes()).as_bytes());
        let record = node.author.sign(draft, node.position, salt)?;
        node.position = LogPosition {
            sequence: node.position.sequence + 1,
            previous: Some(record.id()),
        };
        Ok(VerifiedRecord::from_own_store(record).map_err(|refusal| format!("{refusal:?}"))?)
    }

    pub(crate) fn charter(&mut self) -> Outcome<VerifiedRecord> {
        let bytes = self.charter.encode_to_vec();
        self.says(0, Kind::CHARTER, bytes.into())
    }

    pub(crate) fn admission(&mut self, by: u64, number: u64) -> Outcome<VerifiedRecord> {
        let body = v1::Admission {
            organisation: Bytes::copy_from_slice(organisation(number).organisation().as_bytes()),
            invitation: Bytes::from_static(&[1; 32]),
            name: format!("organisation {number}"),
        };
        self.says(by, Kind::ADMISSION, body.encode_to_vec().into())
    }

    /// Who lets an organisation in.
    pub(crate) fn inviter(number: u64) -> u64 {
        number.saturating_sub(STEWARDS) / INVITEES
    }

    /// The certificate of a node with a key of this number.
    pub(crate) fn certificate(&mut self, of: u64, writer: u8) -> Outcome<VerifiedRecord> {
        let node = CertifiedNode {
            alliance: self.alliance,
            organisation: organisation(of).organisation(),
            writer: key(of, writer).writer(),
            transport: key(of, 2).transport(),
            not_before_ms: 0,
            not_after_ms: i64::MAX,
            label: "node".to_owned(),
            next_writer: None,
            standing: None,
            key: None,
            succeeds: None,
        };
        let bytes = Certificate::issue(&organisation(of), node).bytes().clone();
        self.says(of, Kind::CERTIFICATE, bytes)
    }

    pub(crate) fn profile(&mut self, of: u64) -> Outcome<VerifiedRecord> {
        let body = v1::Profile {
            name: format!("organisation {of}"),
            ..v1::Profile::default()
        };
        self.says(of, Kind::PROFILE, body.encode_to_vec().into())
    }

    pub(crate) fn revocation(&mut self, of: u64, writer: u8) -> Outcome<VerifiedRecord> {
        let revocation = Revocation {
            alliance: self.alliance,
            organisation: organisation(of).organisation(),
            key: organisation(of).organisation(),
            writer: key(of, writer).writer(),
            cuts: Cuts::default(),
            reason: String::new(),
        };
        self.says(of, Kind::REVOCATION, revocation.sign(&organisation(of)))
    }

    pub(crate) fn change(&mut self, of: u64, to: StandingTo, previous: Option<ActId>) -> Act {
        let what = ActOf::Standing {
            organisation: organisation(of).organisation(),
            to,
            cuts: Cuts::default(),
            key: None,
        };
        self.act(previous, what)
    }

    pub(crate) fn amendment(&mut self, carries: &[ActId]) -> Outcome<Act> {
        let bytes = Bytes::from(self.charter.encode_to_vec());
        let what = ActOf::Amend {
            charter: Box::new(Charter::decode(&bytes)?),
            bytes,
            carries: carries.iter().copied().collect(),
        };
        Ok(self.act(None, what))
    }

    fn act(&mut self, previous: Option<ActId>, what: ActOf) -> Act {
        self.nonce += 1;
        let mut nonce = [0; 16];
        nonce[..8].copy_from_slice(&self.nonce.to_le_bytes());
        Act {
            alliance: self.alliance,
            charter: self.version,
            previous,
            reason: String::new(),
            note: String::new(),
            nonce,
            what,
        }
    }

    pub(crate) fn proposal(&mut self, act: &Act) -> Outcome<VerifiedRecord> {
        self.says(0, Kind::PROPOSAL, act.proposal())
    }

    pub(crate) fn approval(&mut self, act: &ActId, by: u64) -> Outcome<VerifiedRecord> {
        let approval = Approval {
            alliance: self.alliance,
            act: *act,
            steward: organisation(by).organisation(),
            approves: true,
            note: String::new(),
        };
        self.says(by, Kind::APPROVAL, approval.sign(&organisation(by)))
    }

    /// A proposal, and as many approvals as it needs.
    pub(crate) fn decided(&mut self, act: &Act) -> Outcome<Vec<VerifiedRecord>> {
        let mut records = vec![self.proposal(act)?];
        for by in 0..u64::from(THRESHOLD) {
            records.push(self.approval(&act.id(), by)?);
        }
        Ok(records)
    }
}
