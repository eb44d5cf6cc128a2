//! Taking records into the roster, one at a time and in any order.

use std::collections::BTreeSet;

use alliance_record::proto::v1;
use alliance_record::schema::Kind;
use alliance_record::{
    Act, ActId, ActOf, AllianceId, Charter, CharterVersion, OrganisationId, PublicKey, RecordId, Statement,
    VerifiedRecord, alliance_id,
};
use prost::Message;

use crate::members::Members;
use crate::members::admissions::Counts;
use crate::members::charters::Proposed;
use crate::members::law::Judge;
use crate::members::place::Place;

/// What a record changed.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    /// On the roster now, and not before.
    pub(crate) joined: Vec<OrganisationId>,
    /// Off the roster now, and on it before.
    pub(crate) left: Vec<OrganisationId>,
    /// Organisations of whose records others may count than before.
    pub(crate) counted: BTreeSet<OrganisationId>,
    /// Those of them whose logs may end elsewhere than before.
    pub(crate) ended: BTreeSet<OrganisationId>,
    /// Records whose bodies stewards erase now.
    pub(crate) erased: Vec<RecordId>,
}

impl Members {
    /// Takes an admitted record into the roster. Records that say nothing usable change nothing.
    pub(crate) fn fold(&mut self, alliance: &AllianceId, record: &VerifiedRecord) -> Changes {
        let mut changes = Changes::default();
        let is_usable = self.take(alliance, record, &mut changes).is_some();
        // What proves nothing is not carried on: whoever writes it beyond an end would have all others write it again.
        if let Some(statement) = record.statement().filter(|_| is_usable) {
            self.carried.note(record, statement);
        }
        self.settle(&mut changes);
        changes
    }

    /// `None` when the record says nothing usable.
    fn take(&mut self, alliance: &AllianceId, record: &VerifiedRecord, changes: &mut Changes) -> Option<()> {
        if let Some(statement) = record.statement() {
            return self.take_statement(alliance, (record, statement), changes);
        }
        match record.header().kind {
            Kind::CHARTER => self.found(alliance, record, changes)?,
            Kind::ADMISSION => self.admit(record)?,
            Kind::PLEDGE => self
                .pledges
                .hear(record, |pledge: &v1::Pledge| !pledge.commitments.is_empty()),
            Kind::PROFILE => self
                .profiles
                .hear(record, |profile: &v1::Profile| !profile.name.is_empty()),
            _ => {}
        }
        Some(())
    }

    fn take_statement(
        &mut self,
        alliance: &AllianceId,
        (record, statement): (&VerifiedRecord, &Statement),
        changes: &mut Changes,
    ) -> Option<()> {
        match statement {
            Statement::Certificate(certificate) => {
                let node = certificate.node();
                in_alliance(alliance, node.alliance)?;
                // Strangers sign in anybody's name: what does not count changes nothing, until an act makes it count.
                if self.law.writers.certify(certificate) && self.law.counts_now(node) {
                    // It says something of this writer's logs alone.
                    self.version += 1;
                    self.ends_changed.insert(node.writer);
                    changes.counted.insert(node.organisation);
                }
            }
            Statement::Succession(succession) => {
                let node = succession.node();
                in_alliance(alliance, node.alliance)?;
                if self.law.writers.succeed(succession) && self.law.counts_now(succession.predecessor.node()) {
                    self.ends_changed.insert(node.writer);
                    self.writer_said(node.organisation, changes);
                }
            }
            Statement::Revocation(revocation) => {
                in_alliance(alliance, revocation.alliance)?;
                let is_its_key = self.law.standings.newest_key(&revocation.organisation) == revocation.key;
                if self.law.writers.revoke(revocation) && is_its_key {
                    self.writer_said(revocation.organisation, changes);
                }
            }
            Statement::Act(id, act) => {
                in_alliance(alliance, act.alliance)?;
                self.propose(*id, act, record, changes);
            }
            Statement::Approval(said) => {
                in_alliance(alliance, said.alliance)?;
                if self.law.charters.hear(said) {
                    if self.law.charters.stewards_of(&said.act).contains(&said.steward) {
                        self.use_changed.insert(said.act);
                    }
                    self.act_changed(&said.act, changes);
                }
            }
            Statement::Fork(proof) => {
                in_alliance(alliance, *proof.alliance())?;
                if self.law.forks.fold(proof) {
                    self.ends_changed.insert(proof.log().writer);
                    changes.counted.insert(*proof.organisation());
                }
            }
        }
        Some(())
    }

    fn found(&mut self, alliance: &AllianceId, record: &VerifiedRecord, changes: &mut Changes) -> Option<()> {
        let charter = founding_charter(alliance, record)?;
        let is_first = self.law.charters.chain().is_empty();
        self.ends_changed.insert(charter.founding_writer);
        self.law.charters.found(alliance, record.id(), charter);
        if is_first {
            for founder in self.law.charters.founders() {
                self.admissions.root(*founder);
            }
            let versions: Vec<_> = self.law.charters.chain().iter().map(|version| version.id).collect();
            self.versions_changed(&versions, changes);
        }
        Some(())
    }

    fn admit(&mut self, record: &VerifiedRecord) -> Option<()> {
        let message = v1::Admission::decode(record.body()?.bytes.clone()).ok()?;
        let organisation = OrganisationId::from_slice(&message.organisation).ok()?;
        PublicKey::from_bytes(organisation.as_bytes()).ok()?;
        let place = Place::of(record);
        // Kept whoever wrote it: what says whether it counts may be read later.
        let counts = match self.law.counts(&place) && self.admitters.include(&place.organisation) {
            true => Counts::Yes,
            false => Counts::No,
        };
        if self.admissions.admit(record.id(), organisation, place, counts) {
            self.version += 1;
        }
        Some(())
    }

    /// What ends a writer ends logs; a certificate lets its writer's records count, also in logs that an act ended.
    fn writer_said(&mut self, organisation: OrganisationId, changes: &mut Changes) {
        self.version += 1;
        changes.counted.insert(organisation);
        if self.law.has_ends_of(&organisation) {
            changes.ended.insert(organisation);
        }
    }

    fn propose(&mut self, id: ActId, act: &Act, record: &VerifiedRecord, changes: &mut Changes) {
        if let ActOf::Standing { organisation, .. } = &act.what {
            self.law.standings.note(*organisation, id);
        }
        let header = record.header();
        let proposed = Proposed {
            claimed_at_ms: header.claimed_at_ms,
            record: record.id(),
            by: header.organisation,
        };
        if self.law.charters.propose(id, act.clone(), proposed) {
            self.use_changed.insert(id);
            self.act_changed(&id, changes);
        }
    }

    /// An act, or a word on one, is new.
    fn act_changed(&mut self, id: &ActId, changes: &mut Changes) {
        self.version += 1;
        let organisation = match self.law.charters.act(id).map(|act| &act.what) {
            Some(ActOf::Amend { .. }) => {
                if !self.law.charters.is_decided(id) {
                    return;
                }
                let touched = self.law.charters.follow();
                if !touched.is_empty() {
                    self.versions_changed(&touched, changes);
                }
                return;
            }
            Some(ActOf::Standing { organisation, .. }) => *organisation,
            Some(ActOf::Erase { record, organisation }) => {
                if self.law.charters.erased_by(record, organisation).is_some() {
                    changes.erased.push(*record);
                }
                return;
            }
            // Marks are counted when they are read.
            Some(ActOf::Mark { .. }) | None => return,
        };
        if self.law.charters.counts(id) && self.law.standings.follow(&organisation, &self.law.charters) {
            self.standing_changed(organisation, changes);
        }
    }

    /// Acts under these versions may count otherwise than before.
    fn versions_changed(&mut self, versions: &[CharterVersion], changes: &mut Changes) {
        self.version += 1;
        let made = versions
            .iter()
            .flat_map(|version| self.law.charters.made_under(version));
        for (id, act) in made {
            self.use_changed.insert(*id);
            if let ActOf::Erase { record, organisation } = &act.what
                && self.law.charters.erased_by(record, organisation).is_some()
            {
                changes.erased.push(*record);
            }
        }
        for organisation in self.law.follow_under(versions) {
            self.standing_changed(organisation, changes);
        }
        let admitters = self.law.admitters();
        let before = std::mem::replace(&mut self.admitters, admitters);
        for author in self.admissions.authors() {
            if before.include(&author) != self.admitters.include(&author) {
                self.judge_again(&author);
            }
        }
    }

    /// Founders need no admission, nor does whom stewards took in.
    fn standing_changed(&mut self, organisation: OrganisationId, changes: &mut Changes) {
        changes.ended.insert(organisation);
        self.standing_touched.insert(organisation);
        if self.is_founder(&organisation) || self.law.standings.is_taken_in(&organisation) {
            self.admissions.root(organisation);
        } else {
            self.admissions.unroot(&organisation);
        }
    }

    fn judge_again(&mut self, author: &OrganisationId) {
        let mut judge = Judge::by(&self.law);
        let may_admit = self.admitters.include(author);
        self.admissions
            .judge_again(author, |place| may_admit && judge.counts(place));
    }

    /// Draws what follows from ends that moved, and says who came and went.
    fn settle(&mut self, changes: &mut Changes) {
        for organisation in changes.counted.union(&changes.ended) {
            self.judge_again(organisation);
            self.use_changed_of.insert(*organisation);
        }
        for organisation in &changes.ended {
            self.ends_changed.extend(self.law.writers.of(organisation));
        }
        let mut touched = self.admissions.take_touched();
        touched.append(&mut self.standing_touched);
        for organisation in touched {
            // Who is let in now, or not any more: logs of theirs are seen, or are not.
            self.ends_changed.extend(self.law.writers.of(&organisation));
            let is_member = self.admissions.is_let_in(&organisation) && self.law.standings.is_good(&organisation);
            if is_member && self.on_roster.insert(organisation) {
                changes.joined.push(organisation);
            } else if !is_member && self.on_roster.remove(&organisation) {
                changes.left.push(organisation);
            }
        }
        self.version += (changes.joined.len() + changes.left.len()) as u64;
    }
}

/// `None` when a statement is of another alliance.
fn in_alliance(alliance: &AllianceId, of: AllianceId) -> Option<()> {
    (of == *alliance).then_some(())
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
