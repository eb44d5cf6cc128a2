//! Notices by which stewards mark records, whoever wrote them: they stay and are read with the notice. Counted as what
//! erases a record, by approvals under a version of the charter, whatever charters follow; so there is one result for one
//! set of acts. A mark that is taken back is none; nothing takes a lifting back: stewards who think otherwise mark anew.

use std::collections::BTreeSet;

use alliance_record::{ActId, ActOf, ChapterName, Marking, NoticeType, OrganisationId, RecordId};

use crate::members::Members;
use crate::members::acts::ActState;

/// A notice by stewards that marks a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark<'a> {
    /// The act.
    pub act: ActId,
    /// What it says of the record.
    pub notice_type: NoticeType,
    /// Display text; may be empty.
    pub text: &'a str,
    /// Why: a code of the vocabulary `notice_reason`, or what an altered node proposed in its place.
    pub reason: &'a str,
}

impl Members {
    /// The notices by which stewards mark a record of a chapter and an organisation now, by id. Nothing marks the alliance's
    /// own records, as nothing removes them.
    #[must_use]
    pub fn marked(&self, record: &RecordId, chapter: &ChapterName, organisation: &OrganisationId) -> Vec<Mark<'_>> {
        match chapter.is_alliance() {
            true => Vec::new(),
            false => self.marks_of(record, organisation),
        }
    }

    /// As [`Members::marked`], of a record of some chapter or other.
    fn marks_of(&self, record: &RecordId, organisation: &OrganisationId) -> Vec<Mark<'_>> {
        let mut lifted = BTreeSet::new();
        let mut marks = Vec::new();
        for (id, act) in self.law.charters.markings_of(record, organisation) {
            match &act.what {
                ActOf::Mark {
                    says: Marking::Notice { notice_type, text },
                    ..
                } => marks.push(Mark {
                    act: id,
                    notice_type: *notice_type,
                    text,
                    reason: &act.reason,
                }),
                ActOf::Mark {
                    says: Marking::Lifting(of),
                    ..
                } => {
                    lifted.insert(*of);
                }
                _ => {}
            }
        }
        marks.retain(|mark| !lifted.contains(&mark.act));
        marks
    }

    /// Every mark there is, with the record that it marks.
    pub(crate) fn all_marks(&self) -> impl Iterator<Item = (RecordId, Mark<'_>)> {
        let marked = self.law.charters.marked().into_iter();
        marked.flat_map(|(record, organisation)| {
            let marks = self.marks_of(&record, &organisation).into_iter();
            marks.map(move |mark| (record, mark))
        })
    }

    /// The act that takes back a mark of a record: of several the one with the smallest id.
    fn lifted_by(&self, mark: &ActId, record: &RecordId, organisation: &OrganisationId) -> Option<ActId> {
        let mut acts = self.law.charters.markings_of(record, organisation);
        let lifting =
            acts.find(|(_, act)| matches!(&act.what, ActOf::Mark { says: Marking::Lifting(of), .. } if of == mark));
        lifting.map(|(id, _)| id)
    }

    /// Where an act stands that says this of a record.
    pub(crate) fn state_of_marking(
        &self,
        id: &ActId,
        (record, organisation): (&RecordId, &OrganisationId),
        says: &Marking,
    ) -> ActState {
        let lifted_by = |mark| self.lifted_by(mark, record, organisation);
        match says {
            Marking::Notice { .. } if lifted_by(id).is_some() => ActState::Lifted,
            Marking::Notice { .. } if self.law.charters.is_decided(id) => ActState::InForce,
            Marking::Notice { .. } => ActState::Open,
            Marking::Lifting(mark) => match lifted_by(mark) {
                Some(by) if by == *id => ActState::InForce,
                Some(_) => ActState::Outrun,
                None => ActState::Open,
            },
        }
    }
}
