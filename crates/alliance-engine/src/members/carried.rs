//! Statements and the records that carry them. A statement proves itself and counts wherever it is stored; but a log is
//! not passed on beyond its end, so that one which stands only there would not reach those who come later. Whoever holds
//! such a statement carries it again in a record of its own ([`Effect::Carry`](crate::Effect)).

use std::collections::{BTreeMap, BTreeSet};

use alliance_record::{
    ActId, CertifiedNode, LogEnd, LogName, OrganisationId, RecordId, Statement, VerifiedRecord, WriterId,
};

use crate::members::standing::Voice;
use crate::members::writers::voice_of;
use crate::shards::Shards;

/// What names a statement: the hash of kind and body.
pub(crate) type StatementId = [u8; 32];

/// What a statement is about: enough to tell whether it is of use to those who come later.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum About {
    /// A node is certified, by an organisation or as another's successor.
    Node {
        organisation: OrganisationId,
        /// The node's, and its successor's.
        writers: [Option<WriterId>; 2],
        voice: Voice,
    },
    Act(ActId),
    Word {
        act: ActId,
        steward: OrganisationId,
    },
    /// A key ends a writer.
    Revocation {
        organisation: OrganisationId,
        key: OrganisationId,
    },
    Fork {
        organisation: OrganisationId,
        writer: WriterId,
    },
}

impl About {
    fn of(statement: &Statement) -> Self {
        let node = |node: &CertifiedNode, successor: Option<WriterId>| Self::Node {
            organisation: node.organisation,
            writers: [Some(node.writer), successor],
            voice: voice_of(node),
        };
        match statement {
            Statement::Certificate(certificate) => node(certificate.node(), None),
            // It ends its predecessor too.
            Statement::Succession(said) => node(said.predecessor.node(), Some(said.writer)),
            Statement::Act(id, _) => Self::Act(*id),
            Statement::Approval(said) => Self::Word {
                act: said.act,
                steward: said.steward,
            },
            Statement::Revocation(said) => Self::Revocation {
                organisation: said.organisation,
                key: said.key,
            },
            Statement::Fork(proof) => Self::Fork {
                organisation: *proof.organisation(),
                writer: proof.log().writer,
            },
        }
    }

    /// Whose writers it is about.
    const fn organisation(&self) -> Option<&OrganisationId> {
        match self {
            Self::Node { organisation, .. }
            | Self::Revocation { organisation, .. }
            | Self::Fork { organisation, .. } => Some(organisation),
            Self::Act(_) | Self::Word { .. } => None,
        }
    }

    const fn act(&self) -> Option<&ActId> {
        match self {
            Self::Act(act) | Self::Word { act, .. } => Some(act),
            _ => None,
        }
    }
}

/// Where a record stands that carries a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Carrier {
    log: LogName,
    organisation: OrganisationId,
    sequence: u64,
}

#[derive(Debug, Clone, PartialEq)]
struct Held {
    about: About,
    carriers: BTreeMap<RecordId, Carrier>,
}

/// Whom a statement is charged to where it is carried on: who signed it. Who wrote the record that holds it may be anybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Payer {
    /// A steward, by its key.
    Steward(OrganisationId),
    /// An organisation, for what is said of its writers.
    Organisation(OrganisationId),
}

/// A statement that no record below the end of its log carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Adrift {
    pub(crate) statement: StatementId,
    /// One of the records that carry it.
    pub(crate) record: RecordId,
    /// Whom it may be charged to: an act to each steward who spoke of it.
    pub(crate) payers: Vec<Payer>,
}

/// All statements, each with the records that carry it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Carried {
    statements: Shards<StatementId, Held>,
    by_writer: Shards<WriterId, BTreeSet<StatementId>>,
    by_act: Shards<ActId, BTreeSet<StatementId>>,
    by_organisation: Shards<OrganisationId, BTreeSet<StatementId>>,
}

/// Judges what is adrift: where logs end, and whether a statement is of use.
pub(super) trait Judged {
    fn end_of(&self, log: &LogName, organisation: &OrganisationId) -> Option<LogEnd>;
    fn is_of_use(&self, about: &About) -> bool;
    /// The stewards' keys that spoke of an act.
    fn spoke_of(&self, act: &ActId) -> Vec<OrganisationId>;
}

impl Carried {
    /// Notes a record that carries a statement.
    pub(super) fn note(&mut self, record: &VerifiedRecord, statement: &Statement) {
        let (header, Some(body)) = (record.header(), record.body()) else {
            return;
        };
        let mut hasher = blake3::Hasher::new();
        hasher.update(&header.kind.0.to_le_bytes());
        hasher.update(&body.bytes);
        let id = *hasher.finalize().as_bytes();
        let carrier = Carrier {
            log: header.log.clone(),
            organisation: header.organisation,
            sequence: header.sequence,
        };
        let held = self.statements.entry(id).or_insert_with(|| Held {
            about: About::of(statement),
            carriers: BTreeMap::new(),
        });
        held.carriers.insert(record.id(), carrier);
        if let Some(act) = held.about.act() {
            self.by_act.entry(*act).or_default().insert(id);
        }
        if let Some(organisation) = held.about.organisation() {
            self.by_organisation.entry(*organisation).or_default().insert(id);
        }
        self.by_writer.entry(header.log.writer).or_default().insert(id);
    }

    /// An act, and what was said of it, as far as that is adrift.
    pub(super) fn adrift_on<'a>(&'a self, act: &ActId, judged: &'a impl Judged) -> impl Iterator<Item = Adrift> + 'a {
        let statements = self.by_act.get(act).into_iter().flatten();
        statements.filter_map(|statement| self.one_adrift(statement, judged))
    }

    /// What is said of an organisation's writers, as far as that is adrift.
    pub(super) fn adrift_of<'a>(
        &'a self,
        organisation: &OrganisationId,
        judged: &'a impl Judged,
    ) -> impl Iterator<Item = Adrift> + 'a {
        let statements = self.by_organisation.get(organisation).into_iter().flatten();
        statements.filter_map(|statement| self.one_adrift(statement, judged))
    }

    /// The statements of these writers' records that are of use, and that no record below the end of its log carries.
    pub(super) fn adrift<'a>(
        &'a self,
        writers: impl Iterator<Item = &'a WriterId>,
        judged: &impl Judged,
    ) -> Vec<Adrift> {
        let statements: BTreeSet<_> = writers
            .filter_map(|writer| self.by_writer.get(writer))
            .flatten()
            .collect();
        statements
            .into_iter()
            .filter_map(|statement| self.one_adrift(statement, judged))
            .collect()
    }

    /// All of them.
    pub(super) fn all_adrift(&self, judged: &impl Judged) -> Vec<Adrift> {
        let statements = self.statements.keys();
        statements
            .filter_map(|statement| self.one_adrift(statement, judged))
            .collect()
    }

    /// One statement, if it is adrift.
    pub(super) fn one_adrift(&self, statement: &StatementId, judged: &impl Judged) -> Option<Adrift> {
        let held = self.statements.get(statement)?;
        let counts = |carrier: &Carrier| {
            let end = judged.end_of(&carrier.log, &carrier.organisation);
            end.is_none_or(|end| end.counts(carrier.sequence))
        };
        if held.carriers.values().any(counts) || !judged.is_of_use(&held.about) {
            return None;
        }
        let (record, _) = held.carriers.first_key_value()?;
        let payers = match &held.about {
            About::Act(act) => judged.spoke_of(act).into_iter().map(Payer::Steward).collect(),
            About::Word { steward, .. } => vec![Payer::Steward(*steward)],
            About::Node { organisation, .. }
            | About::Revocation { organisation, .. }
            | About::Fork { organisation, .. } => vec![Payer::Organisation(*organisation)],
        };
        Some(Adrift {
            statement: *statement,
            record: *record,
            payers,
        })
    }
}
