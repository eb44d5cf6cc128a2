//! Who belongs, who speaks for whom, and where logs end: a fold over the alliance's own records that is the same for
//! every order of arrival.
//!
//! Two classes of records. **Statements** prove themselves by a signature inside (certificates, acts with their
//! approvals, revocations, successions): they count wherever they stand, and what they say only grows (`law.rs`). All
//! **others** (admissions, pledges, profiles) count below the end of their log, which the statements alone decide. So no
//! layer looks at a later one, and there is one roster for one set of records.

mod acts;
mod admissions;
mod carried;
mod charters;
mod fold;
mod forks;
mod law;
mod marks;
mod member;
mod place;
mod rules;
mod said;
mod standing;
mod writers;

use std::collections::{BTreeMap, BTreeSet};

use alliance_record::proto::v1;
use alliance_record::{
    ActId, CertifiedNode, Charter, CharterVersion, Head, InstanceId, LogEnd, LogName, OrganisationId, RecordId,
    Statement, VerifiedRecord, WriterId,
};

pub use acts::{ActShown, ActState};
pub(crate) use carried::{Adrift, Payer, StatementId};
pub use charters::{Proposed, Version, Word};
pub(crate) use fold::founding_charter;
pub use law::EndedBy;
pub use marks::Mark;
pub use member::Member;
pub(crate) use member::{Stated, Subscriber};
pub(crate) use place::Place;
pub use rules::WhyNot;

/// The roster.
#[derive(Debug, Clone, Default)]
pub struct Members {
    law: law::Law,
    admissions: admissions::Admissions,
    admitters: law::Admitters,
    pledges: said::Said<v1::Pledge>,
    profiles: said::Said<v1::Profile>,
    carried: carried::Carried,
    /// Writers of whose logs an end may have come, moved or gone since it was last asked.
    ends_changed: BTreeSet<WriterId>,
    /// Acts of which some statement may have come to be of use since it was last asked.
    use_changed: BTreeSet<ActId>,
    /// Organisations of whose writers some statement may have.
    use_changed_of: BTreeSet<OrganisationId>,
    /// What follows: who is on the roster.
    on_roster: BTreeSet<OrganisationId>,
    /// Organisations whose standing changed while a record is taken.
    standing_touched: BTreeSet<OrganisationId>,
    version: u64,
}

/// Why a node may not connect, good as its certificate is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Barred {
    /// Its organisation is not on the roster.
    NotOnRoster,
    /// Its organisation, or stewards, ended its certificate.
    Revoked,
}

impl Members {
    /// The charter in force.
    #[must_use]
    pub fn charter(&self) -> Option<&Charter> {
        self.law.charters.newest().map(|version| &version.charter)
    }

    /// What names the charter in force.
    #[must_use]
    pub fn charter_version(&self) -> Option<CharterVersion> {
        self.law.charters.newest().map(|version| version.id)
    }

    /// All charters that are or were in force, oldest first.
    #[must_use]
    pub fn charters(&self) -> &[Version] {
        self.law.charters.chain()
    }

    /// The record that carries the founding charter.
    #[must_use]
    pub fn charter_record(&self) -> Option<RecordId> {
        self.law.charters.founding_record()
    }

    /// Whether an organisation is on the roster: a founder, or admitted by one who was let in, or taken in by stewards;
    /// and neither suspended nor removed.
    #[must_use]
    pub fn is_member(&self, organisation: &OrganisationId) -> bool {
        self.on_roster.contains(organisation)
    }

    /// Whether an organisation was ever let in: its records count as far as its logs go, whatever became of it.
    #[must_use]
    pub fn was_let_in(&self, organisation: &OrganisationId) -> bool {
        self.admissions.is_let_in(organisation)
    }

    fn is_founder(&self, organisation: &OrganisationId) -> bool {
        let founding = self.law.charters.chain().first();
        founding.is_some_and(|version| version.charter.stewards.contains(organisation))
    }

    /// Whether the charter in force names an organisation as a steward.
    #[must_use]
    pub fn is_steward(&self, organisation: &OrganisationId) -> bool {
        self.charter()
            .is_some_and(|charter| charter.stewards.contains(organisation))
    }

    /// Whether an organisation may write an admission now.
    #[must_use]
    pub fn may_invite(&self, organisation: &OrganisationId) -> bool {
        let lets = |charter: &Charter| charter.any_member_admits || charter.stewards.contains(organisation);
        self.is_member(organisation) && self.charter().is_some_and(lets)
    }

    /// Whether a certificate that counts names a writer for an organisation. Its logs may have ended all the same.
    #[must_use]
    pub fn is_certified(&self, writer: &WriterId, organisation: &OrganisationId) -> bool {
        let law = &self.law;
        law.writers.epoch_of(organisation, writer, &law.standings).is_some()
    }

    /// Certificates of an organisation that count, its nodes' successions included.
    pub fn nodes_of(&self, organisation: &OrganisationId) -> impl Iterator<Item = &CertifiedNode> {
        self.law.writers.nodes_of(organisation, &self.law.standings)
    }

    /// Whether something ended a writer of an organisation: a revocation, or a successor.
    #[must_use]
    pub fn is_ended(&self, writer: &WriterId, organisation: &OrganisationId) -> bool {
        self.law.writers.is_ended(organisation, writer, &self.law.standings)
    }

    /// Whether a record proves by its own body that its writer speaks for its organisation.
    #[must_use]
    pub fn certifies_itself(&self, record: &VerifiedRecord) -> bool {
        let node = match record.statement() {
            Some(Statement::Certificate(certificate)) => Some(certificate.node().clone()),
            Some(Statement::Succession(succession)) => Some(succession.node()),
            _ => None,
        };
        let header = record.header();
        node.is_some_and(|node| {
            node.alliance == header.alliance
                && node.organisation == header.organisation
                && node.writer == header.log.writer
                && self.law.writers.epoch_of_node(&node, &self.law.standings).is_some()
        })
    }

    /// Whether a node may connect with a good certificate, dates apart.
    ///
    /// # Errors
    /// [`Barred`] says why not.
    pub fn may_connect(&self, node: &CertifiedNode) -> Result<(), Barred> {
        if !self.is_member(&node.organisation) {
            return Err(Barred::NotOnRoster);
        }
        let newest = self.law.standings.epochs(&node.organisation).len();
        let is_current = self.law.writers.epoch_of_node(node, &self.law.standings) == Some(newest);
        if is_current && !self.is_ended(&node.writer, &node.organisation) {
            Ok(())
        } else {
            Err(Barred::Revoked)
        }
    }

    /// The newest standing act on each organisation that has one, with the key that signs for it since.
    pub fn epochs(&self) -> impl Iterator<Item = (OrganisationId, ActId, OrganisationId)> + '_ {
        let concerned = self.law.standings.concerned().into_iter();
        concerned.filter_map(|organisation| {
            let newest = self.law.standings.newest(&organisation)?;
            Some((organisation, newest.act, newest.key))
        })
    }

    /// The key that signs for an organisation now.
    #[must_use]
    pub fn key_of(&self, organisation: &OrganisationId) -> OrganisationId {
        let newest = self.law.standings.newest(organisation);
        newest.map_or(*organisation, |epoch| epoch.key)
    }

    /// Writers that a revocation or a successor ended.
    #[must_use]
    pub fn ended_writers(&self) -> BTreeSet<(OrganisationId, WriterId)> {
        self.law.writers.ended(&self.law.standings)
    }

    /// Where a log of an organisation ends; `None` as long as nothing ends it.
    #[must_use]
    pub fn end_of(&self, log: &LogName, organisation: &OrganisationId) -> Option<LogEnd> {
        self.law.end_of(log, organisation)
    }

    /// What ends a record's log before it; nothing when it counts.
    #[must_use]
    pub fn ended_by(&self, record: &VerifiedRecord) -> Vec<EndedBy> {
        self.law.ended_by(&Place::of(record))
    }

    /// The newest record of a log that counts, given the newest that is held: the same, unless the log ends before it.
    /// `None` when no record of the log counts, or its organisation is not let in any more because what admitted it has
    /// fallen: whoever does not hold the log could not take it. A log that is held beyond its end is seen as ending there wherever heads
    /// are compared, digested, counted, offered, served or listed.
    #[must_use]
    pub fn clamped(&self, head: Head) -> Option<Head> {
        if !self.was_let_in(&head.organisation) || !self.law.speaks(&head.log.writer, &head.organisation) {
            return None;
        }
        match self.end_of(&head.log, &head.organisation) {
            Some(end) if !end.counts(head.sequence) => Some(Head {
                sequence: end.next.checked_sub(1)?,
                record: end.last?,
                ..head
            }),
            _ => Some(head),
        }
    }

    /// Whether what stands at a place of a log counts: its writer speaks for the organisation, and the log does not end before.
    pub(crate) fn counts_at(&self, log: &LogName, sequence: u64, organisation: &OrganisationId) -> bool {
        sequence < self.law.counting(log, organisation)
    }

    /// As [`Members::counts_at`].
    pub(crate) fn counts(&self, place: &Place) -> bool {
        self.law.counts(place)
    }

    /// The act by which stewards erase a record of an organisation.
    #[must_use]
    pub fn erased_by(&self, record: &RecordId, organisation: &OrganisationId) -> Option<ActId> {
        self.law.charters.erased_by(record, organisation)
    }

    /// Records of which an act says that they are erased, with their organisations: whether it is complete or not.
    pub(crate) fn erasures(&self) -> impl Iterator<Item = (&RecordId, &OrganisationId)> {
        self.law.charters.erasures()
    }

    /// Whether a log of one life of a writer's data directory is forked: the writer goes on with a new instance.
    #[must_use]
    pub fn is_instance_ended(&self, writer: &WriterId, instance: &InstanceId, organisation: &OrganisationId) -> bool {
        self.law.forks.has_any_of(writer, instance, organisation)
    }

    /// Whether any log may have an end.
    #[must_use]
    pub fn has_ends(&self) -> bool {
        self.law.has_ends()
    }

    /// Writers of whose logs an end came, moved or went since they were last taken. Whoever folds a record takes them, and
    /// looks at the ends of all their logs again.
    pub(crate) const fn ends_changed(&self) -> &BTreeSet<WriterId> {
        &self.ends_changed
    }

    /// As [`Members::ends_changed`], and they are noted no more.
    pub(crate) fn take_ends_changed(&mut self) -> BTreeSet<WriterId> {
        std::mem::take(&mut self.ends_changed)
    }

    /// Statements that may have come to be of use since this was last asked, and that no record below the end of its log
    /// carries.
    pub(crate) fn take_adrift_of_use(&mut self) -> Vec<Adrift> {
        let acts = std::mem::take(&mut self.use_changed);
        let organisations = std::mem::take(&mut self.use_changed_of);
        if !self.has_ends() {
            return Vec::new();
        }
        let adrift = acts.iter().flat_map(|act| self.carried.adrift_on(act, &self.law));
        let of = organisations
            .iter()
            .flat_map(|organisation| self.carried.adrift_of(organisation, &self.law));
        adrift.chain(of).collect()
    }

    /// Statements in records of these writers that are of use and that no record below the end of its log carries.
    pub(crate) fn adrift(&self, writers: &BTreeSet<WriterId>) -> Vec<Adrift> {
        self.carried.adrift(writers.iter(), &self.law)
    }

    /// All such statements.
    pub(crate) fn all_adrift(&self) -> Vec<Adrift> {
        self.carried.all_adrift(&self.law)
    }

    /// Whether one statement is of use, and still no record below the end of its log carries it.
    pub(crate) fn is_adrift(&self, statement: &StatementId) -> bool {
        self.carried.one_adrift(statement, &self.law).is_some()
    }

    /// All organisations on the roster.
    #[must_use]
    pub fn organisations(&self) -> BTreeSet<OrganisationId> {
        self.on_roster.clone()
    }

    /// Organisations that were let in and are not on the roster.
    pub fn former(&self) -> impl Iterator<Item = &OrganisationId> {
        self.admissions
            .let_in()
            .filter(|organisation| !self.is_member(organisation))
    }

    /// One member as it is shown; `None` when it is not on the roster. For all of them use [`Members::all`]: each call
    /// draws the whole tree of invitations.
    #[must_use]
    pub fn member(&self, organisation: &OrganisationId) -> Option<Member> {
        if !self.is_member(organisation) {
            return None;
        }
        Some(self.shown(organisation, &self.admissions.tree()))
    }

    /// What an organisation says of itself; `None` until that has arrived.
    #[must_use]
    pub fn profile(&self, organisation: &OrganisationId) -> Option<&v1::Profile> {
        self.profiles.newest(organisation, |place| self.law.counts(place))
    }

    /// Every member as it is shown, by key.
    #[must_use]
    pub fn all(&self) -> Vec<Member> {
        let tree = self.admissions.tree();
        let members = self.on_roster.iter();
        members.map(|organisation| self.shown(organisation, &tree)).collect()
    }

    fn shown(&self, organisation: &OrganisationId, tree: &BTreeMap<OrganisationId, OrganisationId>) -> Member {
        let pledge = self.pledges.newest(organisation, |place| self.law.counts(place));
        Member {
            organisation: *organisation,
            founder: self.is_founder(organisation),
            steward: self.is_steward(organisation),
            admitted_by: tree.get(organisation).copied(),
            profile: self.profile(organisation).cloned(),
            pledge: pledge.cloned(),
        }
    }

    /// A record that admits an organisation: the one with the smallest id, if there are several.
    #[must_use]
    pub fn admission_record(&self, organisation: &OrganisationId) -> Option<RecordId> {
        self.admissions
            .counting_of(organisation)
            .map(|(record, _)| record)
            .next()
    }

    /// Rises whenever something may be judged otherwise than before. It counts this node's own steps: nothing can be told
    /// from comparing it with another node's.
    #[must_use]
    pub const fn version(&self) -> u64 {
        self.version
    }
}

/// Two rosters are the same when they say the same, whatever each holds beyond the ends of logs.
impl PartialEq for Members {
    fn eq(&self, other: &Self) -> bool {
        self.charters() == other.charters()
            && self.all() == other.all()
            && self.former().eq(other.former())
            && self.epochs().eq(other.epochs())
            && self.ended_writers() == other.ended_writers()
            && self.all_marks().eq(other.all_marks())
    }
}
