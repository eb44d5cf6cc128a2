//! Acts, words, certificates and cuts from names.

use alliance_engine::{BodiesKept, Config, Engine, Members};
use alliance_record::proto::v1;
use alliance_record::schema::Kind;
use alliance_record::{
    Act, ActId, ActOf, AllianceId, Approval, Certificate, CertifiedNode, ChapterName, Charter, CharterVersion, Cuts,
    Head, Marking, NoticeType, RecordId, Revocation, SignedRecord, StandingTo, Succession, TransportId, WriterId,
    alliance_id, writer_commitment,
};
use bytes::Bytes;
use prost::Message;

use crate::fixture::{NOW_MS, Node, Policy, Saying, charter_of, organisation, secret, seed, transport, verified};

/// An alliance with stewards of its own.
pub(crate) struct Alliance {
    pub(crate) id: AllianceId,
    pub(crate) charter: v1::Charter,
}

impl Alliance {
    pub(crate) fn of(stewards: &[&str]) -> Self {
        Self::by(charter_of(stewards, Policy::AnyMember))
    }

    pub(crate) fn by(charter: v1::Charter) -> Self {
        let id = alliance_id(&charter.encode_to_vec());
        Self { id, charter }
    }

    pub(crate) fn node(&self, name: &str) -> Node {
        let mut node = Node::new(name);
        node.author.alliance = self.id;
        node
    }

    /// A node that no one certified: what proves itself counts all the same.
    pub(crate) fn scribe(&self) -> Node {
        self.node("z1")
    }

    /// The node of the first steward, and its first words.
    pub(crate) fn founder(&self) -> (Node, Vec<SignedRecord>) {
        let mut node = self.node("a1");
        let certificate = node.certificate();
        let records = vec![
            node.says(Saying::governance(Kind::CHARTER, &self.charter)),
            node.says(certificate),
        ];
        (node, records)
    }

    pub(crate) fn engine(&self) -> Engine {
        let config = Config {
            alliance: self.id,
            organisation: organisation("a"),
            seed: seed("governance"),
            sync_interval_ms: 1000,
            heartbeat_ms: 60_000_000,
            bodies: BodiesKept::default(),
        };
        Engine::new(config, NOW_MS)
    }

    /// The roster of these records.
    pub(crate) fn roster(&self, records: &[SignedRecord]) -> Members {
        let mut engine = self.engine();
        records
            .iter()
            .for_each(|record| engine.restore_record(&verified(record)));
        engine.state().members.clone()
    }

    pub(crate) fn founding(&self) -> CharterVersion {
        self.id.into()
    }

    pub(crate) fn act(&self, under: CharterVersion, previous: Option<ActId>, what: ActOf) -> Act {
        Act {
            alliance: self.id,
            charter: under,
            previous,
            reason: String::new(),
            note: String::new(),
            nonce: [0; 16],
            what,
        }
    }

    pub(crate) fn word(&self, act: &ActId, steward: &str, approves: &str) -> Saying {
        let key = secret(steward);
        let approval = Approval {
            alliance: self.id,
            act: *act,
            steward: key.organisation(),
            approves: approves == "yes",
            note: String::new(),
        };
        said(Kind::APPROVAL, approval.sign(&key))
    }

    pub(crate) fn approval(&self, act: &ActId, steward: &str) -> Saying {
        self.word(act, steward, "yes")
    }

    /// A proposal and these stewards' approvals of it.
    pub(crate) fn decide(&self, scribe: &mut Node, act: &Act, stewards: &[&str]) -> Vec<SignedRecord> {
        let id = act.id();
        let mut records = vec![scribe.says(proposal(act))];
        records.extend(stewards.iter().map(|steward| scribe.says(self.approval(&id, steward))));
        records
    }

    pub(crate) fn revocation(&self, node: &Node, key: &str, cuts: Cuts) -> Saying {
        let key = secret(key);
        let revocation = Revocation {
            alliance: self.id,
            organisation: node.author.organisation,
            key: key.organisation(),
            writer: node.author.key.writer(),
            cuts,
            reason: String::new(),
        };
        said(Kind::REVOCATION, revocation.sign(&key))
    }
}

pub(crate) fn said(kind: Kind, bytes: Bytes) -> Saying {
    Saying {
        chapter: ChapterName::alliance(),
        kind,
        bytes,
        claimed_at_ms: NOW_MS,
        references: Vec::new(),
    }
}

pub(crate) fn proposal(act: &Act) -> Saying {
    said(Kind::PROPOSAL, act.proposal())
}

/// A steward's approval of an act.
pub(crate) fn approval_of(act: &Act, steward: &str) -> Saying {
    let key = secret(steward);
    let approval = Approval {
        alliance: act.alliance,
        act: act.id(),
        steward: key.organisation(),
        approves: true,
        note: String::new(),
    };
    said(Kind::APPROVAL, approval.sign(&key))
}

/// Another act that says the same.
pub(crate) fn again(act: &Act, nonce: u8) -> Act {
    Act {
        nonce: [nonce; 16],
        ..act.clone()
    }
}

pub(crate) fn standing(name: &str, to: StandingTo, cuts: Cuts) -> ActOf {
    ActOf::Standing {
        organisation: organisation(name),
        to,
        cuts,
        key: None,
    }
}

pub(crate) fn rekey(name: &str, key: &str, cuts: Cuts) -> ActOf {
    ActOf::Standing {
        organisation: organisation(name),
        to: StandingTo::Rekeyed,
        cuts,
        key: Some(organisation(key)),
    }
}

pub(crate) fn amend(charter: &v1::Charter, carries: &[ActId]) -> ActOf {
    let bytes = Bytes::from(charter.encode_to_vec());
    ActOf::Amend {
        charter: Box::new(Charter::decode(&bytes).unwrap()),
        bytes,
        carries: carries.iter().copied().collect(),
    }
}

/// A notice that marks a record of that organisation.
pub(crate) fn notice(record: u8, of: &str, notice_type: NoticeType) -> ActOf {
    let text = "What is wrong with it".to_owned();
    marking(record, of, Marking::Notice { notice_type, text })
}

/// Takes back what an act says of such a record.
pub(crate) fn lifting(record: u8, of: &str, act: ActId) -> ActOf {
    marking(record, of, Marking::Lifting(act))
}

fn marking(record: u8, of: &str, says: Marking) -> ActOf {
    ActOf::Mark {
        record: RecordId([record; 32]),
        organisation: organisation(of),
        says,
    }
}

/// Behind what these nodes have written in the alliance's chapter.
pub(crate) fn cuts(nodes: &[&Node]) -> Cuts {
    let heads: Vec<Head> = nodes.iter().filter_map(|node| head(node)).collect();
    Cuts::behind(heads.iter()).unwrap()
}

fn head(node: &Node) -> Option<Head> {
    let position = node.position(&ChapterName::alliance());
    Some(Head {
        log: node.author.log(ChapterName::alliance()),
        organisation: node.author.organisation,
        sequence: position.sequence.checked_sub(1)?,
        record: position.previous?,
    })
}

/// What a certificate of a node says.
pub(crate) fn certified(node: &Node) -> CertifiedNode {
    CertifiedNode {
        alliance: node.author.alliance,
        organisation: node.author.organisation,
        writer: node.author.key.writer(),
        transport: transport("any"),
        not_before_ms: 0,
        not_after_ms: i64::MAX,
        label: "node".to_owned(),
        next_writer: None,
        standing: None,
        key: None,
        succeeds: None,
    }
}

/// A certificate of a later epoch, by the key of that name.
pub(crate) fn certificate_in(node: &Node, act: Option<ActId>, key: &str) -> Certificate {
    let signing = organisation(key);
    let body = CertifiedNode {
        standing: act,
        key: (signing != node.author.organisation).then_some(signing),
        ..certified(node)
    };
    Certificate::issue(&secret(key), body)
}

/// A certificate that is committed to a next writer.
pub(crate) fn committed(node: &Node, next: &Node, key: &str) -> Certificate {
    let body = CertifiedNode {
        next_writer: Some(commitment(next)),
        ..certified(node)
    };
    Certificate::issue(&secret(key), body)
}

fn commitment(next: &Node) -> [u8; 32] {
    let writer: WriterId = next.author.key.writer();
    writer_commitment(&writer)
}

pub(crate) fn certificate(certificate: &Certificate) -> Saying {
    said(Kind::CERTIFICATE, certificate.bytes().clone())
}

pub(crate) fn succession(predecessor: &Certificate, next: &Node, cuts: &Cuts) -> Option<Saying> {
    let transport: TransportId = transport("next");
    let bytes = Succession::sign(predecessor, transport, cuts, &next.author.key)?;
    Some(said(Kind::SUCCESSION, bytes))
}
