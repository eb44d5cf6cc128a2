//! Who belongs, and who speaks for whom: a fold over the alliance's own records.
//!
//! Every part of it is a set or a maximum, so that any order of arrival gives the same roster.

mod carried;
mod forks;
mod member;

use std::collections::{BTreeMap, BTreeSet};

use alliance_record::proto::v1;
use alliance_record::schema::Kind;
use alliance_record::{
    AllianceId, Charter, Head, InstanceId, LogEnd, LogName, OrganisationId, RecordId, VerifiedRecord, WriterId,
    alliance_id,
};
use prost::Message;

use crate::input::certificate_of;

use carried::Carried;
use forks::{Forks, fork_proof_of};
pub use member::Member;
pub(crate) use member::{Stated, Subscriber};

/// The roster.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Members {
    charter: Option<(RecordId, Charter)>,
    admissions: BTreeMap<OrganisationId, BTreeMap<RecordId, OrganisationId>>,
    certified: BTreeMap<WriterId, BTreeMap<OrganisationId, i64>>,
    pledges: BTreeMap<OrganisationId, Stated<v1::Pledge>>,
    profiles: BTreeMap<OrganisationId, Stated<v1::Profile>>,
    version: u64,
    forks: Forks,
    carried: Carried,
    /// Writers of whose logs an end may have come, moved or gone since it was last asked.
    ends_changed: BTreeSet<WriterId>,
}

impl Members {
    /// Where a log of an organisation ends for good, if it does: the smallest of its ends.
    #[must_use]
    pub fn end_of(&self, log: &LogName, organisation: &OrganisationId) -> Option<LogEnd> {
        self.forks.end_of(log, organisation)
    }

    /// The newest record of a log that counts, given the newest that is held: the same, unless the log ends before it.
    /// `None` when no record of the log counts. A log that is held beyond its end is seen as ending there wherever heads
    /// are compared, digested, counted, offered, served or listed.
    #[must_use]
    pub fn clamped(&self, head: Head) -> Option<Head> {
        match self.end_of(&head.log, &head.organisation) {
            Some(end) if !end.counts(head.sequence) => Some(Head {
                sequence: end.next.checked_sub(1)?,
                record: end.last?,
                ..head
            }),
            _ => Some(head),
        }
    }

    /// Whether any log of one life of a writer's data directory is ended: the writer goes on with a new instance.
    #[must_use]
    pub fn is_instance_ended(&self, writer: &WriterId, instance: &InstanceId, organisation: &OrganisationId) -> bool {
        self.forks.has_any_of(writer, instance, organisation)
    }

    /// Whether any log has an end.
    #[must_use]
    pub fn has_ends(&self) -> bool {
        !self.forks.is_empty()
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

    /// Statements in records of these writers that no record below the end of its log carries: of each one record, and
    /// whose it is.
    pub(crate) fn adrift(&self, writers: &BTreeSet<WriterId>) -> Vec<(RecordId, OrganisationId)> {
        self.carried
            .adrift(writers, |log, organisation| self.end_of(log, organisation))
    }

    /// The founding charter and its record.
    #[must_use]
    pub fn charter(&self) -> Option<&Charter> {
        self.charter.as_ref().map(|(_, charter)| charter)
    }

    /// The record that carries the charter.
    #[must_use]
    pub fn charter_record(&self) -> Option<RecordId> {
        self.charter.as_ref().map(|(record, _)| *record)
    }

    /// Whether an organisation is on the roster: the charter names it, or one that may admit has admitted it.
    #[must_use]
    pub fn is_member(&self, organisation: &OrganisationId) -> bool {
        self.is_founder(organisation) || self.admissions_of(organisation).next().is_some()
    }

    fn is_founder(&self, organisation: &OrganisationId) -> bool {
        self.charter()
            .is_some_and(|charter| charter.stewards.contains(organisation))
    }

    /// Whether the charter lets a member admit others. That it is a member was judged when its record was let in.
    fn may_admit(&self, member: &OrganisationId) -> bool {
        self.charter().is_some_and(|charter| charter.any_member_admits) || self.is_founder(member)
    }

    /// Whether an organisation may write an admission now.
    #[must_use]
    pub fn may_invite(&self, organisation: &OrganisationId) -> bool {
        self.is_member(organisation) && self.may_admit(organisation)
    }

    /// Whether the roster certifies a writer for an organisation.
    #[must_use]
    pub fn is_certified(&self, writer: &WriterId, organisation: &OrganisationId) -> bool {
        self.certified
            .get(writer)
            .is_some_and(|by| by.contains_key(organisation))
    }

    /// All organisations on the roster.
    #[must_use]
    pub fn organisations(&self) -> BTreeSet<OrganisationId> {
        let founders = self
            .charter()
            .into_iter()
            .flat_map(|charter| charter.stewards.iter().copied());
        founders
            .chain(self.admissions.keys().filter(|id| self.is_member(id)).copied())
            .collect()
    }

    /// One member as it is shown; `None` when it is not on the roster. For all of them use [`Members::all`]: each call
    /// draws the whole tree of invitations.
    #[must_use]
    pub fn member(&self, organisation: &OrganisationId) -> Option<Member> {
        if !self.is_member(organisation) {
            return None;
        }
        Some(self.shown(organisation, self.invitation_tree().get(organisation).copied()))
    }

    /// What an organisation says of itself; `None` until that has arrived.
    #[must_use]
    pub fn profile(&self, organisation: &OrganisationId) -> Option<&v1::Profile> {
        self.profiles.get(organisation).map(|stated| &stated.value)
    }

    /// Every member as it is shown, by key.
    #[must_use]
    pub fn all(&self) -> Vec<Member> {
        let tree = self.invitation_tree();
        let members = self.organisations().into_iter();
        members
            .map(|organisation| self.shown(&organisation, tree.get(&organisation).copied()))
            .collect()
    }

    fn shown(&self, organisation: &OrganisationId, admitted_by: Option<OrganisationId>) -> Member {
        Member {
            organisation: *organisation,
            founder: self.is_founder(organisation),
            admitted_by,
            profile: self.profiles.get(organisation).map(|stated| stated.value.clone()),
            pledge: self.pledges.get(organisation).map(|stated| stated.value.clone()),
        }
    }

    /// A record that admits an organisation: the one with the smallest id, if there are several.
    #[must_use]
    pub fn admission_record(&self, organisation: &OrganisationId) -> Option<RecordId> {
        self.admissions_of(organisation).map(|(record, _)| *record).next()
    }

    /// The admissions of an organisation that the charter lets count, by record id, each with its author.
    fn admissions_of(&self, organisation: &OrganisationId) -> impl Iterator<Item = (&RecordId, &OrganisationId)> {
        let by = self.admissions.get(organisation).into_iter().flatten();
        by.filter(|(_, inviter)| self.may_admit(inviter))
    }

    /// Each admitted organisation's inviter: breadth first from the founders, so that every chain ends at the charter.
    /// Founders have none. Of several admissions on one level the one with the smallest record id counts.
    fn invitation_tree(&self) -> BTreeMap<OrganisationId, OrganisationId> {
        let mut invited: BTreeMap<OrganisationId, Vec<(RecordId, OrganisationId)>> = BTreeMap::new();
        for organisation in self.admissions.keys().filter(|id| !self.is_founder(id)) {
            for (record, inviter) in self.admissions_of(organisation) {
                invited.entry(*inviter).or_default().push((*record, *organisation));
            }
        }
        let mut tree = BTreeMap::new();
        let founders = self.charter().map(|charter| charter.stewards.clone());
        let mut level: BTreeSet<OrganisationId> = founders.unwrap_or_default().into_iter().collect();
        while !level.is_empty() {
            let mut reached: BTreeMap<OrganisationId, (RecordId, OrganisationId)> = BTreeMap::new();
            for inviter in &level {
                for (record, organisation) in invited.remove(inviter).unwrap_or_default() {
                    if !tree.contains_key(&organisation) {
                        let best = reached.entry(organisation).or_insert((record, *inviter));
                        *best = (*best).min((record, *inviter));
                    }
                }
            }
            level = reached.keys().copied().collect();
            tree.extend(
                reached
                    .into_iter()
                    .map(|(organisation, (_, inviter))| (organisation, inviter)),
            );
        }
        tree
    }

    /// Rises whenever the charter, an admission or a certified writer is added: what was parked may be decidable now. It
    /// counts them, so that it is the same for the same records, whatever their order.
    #[must_use]
    pub const fn version(&self) -> u64 {
        self.version
    }

    /// Takes an admitted record into the roster. Records that say nothing usable change nothing.
    ///
    /// Returns the organisation that became a member by it, if one did.
    pub(crate) fn fold(&mut self, alliance: &AllianceId, record: &VerifiedRecord) -> Option<OrganisationId> {
        match record.header().kind {
            Kind::CHARTER => self.fold_charter(alliance, record),
            Kind::ADMISSION => return self.fold_admission(record),
            Kind::CERTIFICATE => self.fold_certificate(record),
            Kind::FORK_PROOF => self.fold_fork_proof(alliance, record),
            Kind::PLEDGE => fold_stated(&mut self.pledges, record, |pledge: &v1::Pledge| {
                !pledge.commitments.is_empty()
            }),
            Kind::PROFILE => fold_stated(&mut self.profiles, record, |profile: &v1::Profile| {
                !profile.name.is_empty()
            }),
            _ => {}
        }
        None
    }

    fn fold_charter(&mut self, alliance: &AllianceId, record: &VerifiedRecord) {
        if let Some(charter) = founding_charter(alliance, record) {
            // Every record of the same charter says the same; the smallest id stands for all of them.
            let id = self.charter_record().map_or(record.id(), |held| held.min(record.id()));
            self.version += u64::from(self.charter.is_none());
            self.charter = Some((id, charter));
        }
    }

    fn fold_admission(&mut self, record: &VerifiedRecord) -> Option<OrganisationId> {
        let author = record.header().organisation;
        let message = v1::Admission::decode(record.body()?.bytes.clone()).ok()?;
        let organisation = OrganisationId::from_slice(&message.organisation).ok()?;
        alliance_record::PublicKey::from_bytes(organisation.as_bytes()).ok()?;
        // Kept whoever wrote it: the charter, which says whether it counts, may be read later.
        let was_member = self.is_member(&organisation);
        let by = self.admissions.entry(organisation).or_default();
        self.version += u64::from(by.insert(record.id(), author).is_none());
        (!was_member && self.is_member(&organisation)).then_some(organisation)
    }

    fn fold_fork_proof(&mut self, alliance: &AllianceId, record: &VerifiedRecord) {
        let Some(proof) = fork_proof_of(record).filter(|proof| proof.alliance() == alliance) else {
            return;
        };
        self.carried.note(record);
        if self.forks.fold(&proof) {
            self.ends_changed.insert(proof.log().writer);
        }
    }

    /// A certificate is its organisation's word, whoever carries it.
    fn fold_certificate(&mut self, record: &VerifiedRecord) {
        let Some(certificate) = certificate_of(record) else {
            return;
        };
        let node = certificate.node();
        if node.alliance != record.header().alliance {
            return;
        }
        self.carried.note(record);
        let by = self.certified.entry(node.writer).or_default();
        self.version += u64::from(!by.contains_key(&node.organisation));
        let ends = by.entry(node.organisation).or_insert(node.not_after_ms);
        *ends = node.not_after_ms.max(*ends);
    }
}

/// The charter that a record carries, if it is the founding one, recorded by the node that it names for that.
pub(crate) fn founding_charter(alliance: &AllianceId, record: &VerifiedRecord) -> Option<Charter> {
    let bytes = &record.body()?.bytes;
    let header = record.header();
    if header.kind != Kind::CHARTER || alliance_id(bytes) != *alliance {
        return None;
    }
    let recorded = |charter: &Charter| {
        charter.founding_writer == header.log.writer && charter.stewards.contains(&header.organisation)
    };
    Charter::decode(bytes).ok().filter(recorded)
}

/// Whether a record proves by its own body that its writer speaks for its organisation.
pub(crate) fn certifies_itself(record: &VerifiedRecord) -> bool {
    if record.header().kind != Kind::CERTIFICATE {
        return false;
    }
    certificate_of(record).is_some_and(|certificate| {
        let (node, header) = (certificate.node(), record.header());
        node.alliance == header.alliance && node.organisation == header.organisation && node.writer == header.log.writer
    })
}

fn fold_stated<M: Message + Default>(
    held: &mut BTreeMap<OrganisationId, Stated<M>>,
    record: &VerifiedRecord,
    usable: impl Fn(&M) -> bool,
) {
    let Some(body) = record.body() else { return };
    let Ok(value) = M::decode(body.bytes.clone()) else {
        return;
    };
    if usable(&value) {
        Stated::keep_newest(held, record.header().organisation, Stated::by(record, value));
    }
}
