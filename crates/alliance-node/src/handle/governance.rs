//! Governance as it is shown: the charter, acts and what stewards said of them.

use alliance_api::{ActState, ActView, CharterView, CutView, DoubleApproval, GovernanceView, Named, Problem, WordView};
use alliance_engine::ActShown;
use alliance_record::{ActOf, Charter, CharterVersion, Cuts, Marking, OrganisationId, StandingTo};

use super::Handle;
use super::named::{act_id, no_act};
use crate::shared::View;

impl Handle {
    /// The charter in force, every act, and who approved what.
    ///
    /// # Errors
    /// None at present.
    pub async fn governance(&self) -> Result<GovernanceView, Problem> {
        let view = self.0.parts.shared.view();
        let members = &view.members;
        let mut acts: Vec<ActView> = members.acts().map(|act| act_view(&view, &act)).collect();
        acts.sort_by(|a, b| (a.proposed_at_ms, &a.id).cmp(&(b.proposed_at_ms, &b.id)));
        let double = members.double_approvals().into_iter();
        Ok(GovernanceView {
            alliance: self.0.alliance.to_string(),
            charter: members
                .charters()
                .iter()
                .enumerate()
                .next_back()
                .map(|(place, version)| charter_view(&view, &version.charter, Version::numbered(version.id, place))),
            former: members.former().map(|id| named(&view, id)).collect(),
            acts,
            double_approvals: double
                .map(|(key, acts)| DoubleApproval {
                    steward: steward(&view, &key),
                    acts: acts.iter().map(ToString::to_string).collect(),
                })
                .collect(),
        })
    }

    /// One act, by its id or a unique beginning of it.
    ///
    /// # Errors
    /// `bad_request`, `not_found` or `ambiguous`.
    pub async fn act(&self, id: &str) -> Result<ActView, Problem> {
        let view = self.0.parts.shared.view();
        let id = act_id(&view, id)?;
        let shown = view.members.act(&id).map(|act| act_view(&view, &act));
        shown.ok_or_else(|| no_act(&id.to_string()))
    }
}

pub(crate) fn named(view: &View, id: &OrganisationId) -> Named {
    Named {
        id: id.to_string(),
        name: view.name(id),
    }
}

/// The steward whose key it is, under any charter.
fn steward(view: &View, key: &OrganisationId) -> Named {
    let mut charters = view.members.charters().iter().rev();
    let holder = charters.find_map(|version| {
        let charter = &version.charter;
        let place = charter.steward_keys.iter().position(|held| held == key)?;
        charter.stewards.get(place)
    });
    named(view, holder.unwrap_or(key))
}

/// What names a version, and its number.
struct Version {
    id: String,
    number: u32,
}

impl Version {
    fn numbered(id: CharterVersion, place: usize) -> Self {
        Self {
            id: id.to_string(),
            number: u32::try_from(place + 1).unwrap_or(u32::MAX),
        }
    }
}

fn charter_view(view: &View, charter: &Charter, version: Version) -> CharterView {
    CharterView {
        version: version.id,
        number: version.number,
        name: charter.name.clone(),
        pledge_text: charter.pledge_text.clone(),
        stewards: charter.stewards.iter().map(|id| named(view, id)).collect(),
        threshold: charter.threshold,
        any_member_admits: charter.any_member_admits,
        chapter_active_at: charter.chapter_active_at,
        pledge_months: charter.pledge_months,
    }
}

pub(super) fn act_view(view: &View, shown: &ActShown<'_>) -> ActView {
    let act = shown.act;
    let mut answer = ActView {
        id: shown.id.to_string(),
        act: String::new(),
        organisation: None,
        key: None,
        record: None,
        notice_type: None,
        text: String::new(),
        lifts: None,
        charter: None,
        carries: Vec::new(),
        cuts: Vec::new(),
        made_under: act.charter.to_string(),
        previous: act.previous.map(|act| act.to_string()),
        reason: act.reason.clone(),
        note: act.note.clone(),
        proposed_by: shown.proposed.map(|proposed| named(view, &proposed.by)),
        proposed_at_ms: shown.proposed.map(|proposed| proposed.claimed_at_ms),
        state: state(shown.state),
        words: shown
            .words
            .iter()
            .map(|(key, word)| word_view(view, key, word))
            .collect(),
        needed: shown.needed,
        rivals: view.members.rivals(act).map(|id| id.to_string()).collect(),
    };
    describe(view, &act.what, &mut answer);
    answer
}

fn word_view(view: &View, key: &OrganisationId, word: &alliance_engine::Word) -> WordView {
    WordView {
        steward: steward(view, key),
        approves: word.approves,
        note: word.note.clone(),
    }
}

fn describe(view: &View, what: &ActOf, answer: &mut ActView) {
    match what {
        ActOf::Amend { charter, carries, .. } => {
            let before = view.members.charters().iter();
            let place = before
                .map(|version| version.id.to_string())
                .position(|id| id == answer.made_under);
            let version = Version {
                id: answer.id.clone(),
                number: place.map_or(0, |place| place as u32 + 2),
            };
            "amend".clone_into(&mut answer.act);
            answer.charter = Some(charter_view(view, charter, version));
            answer.carries = carries.iter().map(ToString::to_string).collect();
        }
        ActOf::Standing {
            organisation,
            to,
            cuts,
            key,
        } => {
            verb(*to).clone_into(&mut answer.act);
            answer.organisation = Some(named(view, organisation));
            answer.key = key.map(|key| key.to_string());
            answer.cuts = cut_views(cuts);
        }
        ActOf::Erase { record, organisation } => {
            "erase".clone_into(&mut answer.act);
            answer.organisation = Some(named(view, organisation));
            answer.record = Some(record.to_string());
        }
        ActOf::Mark {
            record,
            organisation,
            says,
        } => {
            answer.organisation = Some(named(view, organisation));
            answer.record = Some(record.to_string());
            describe_marking(view, says, answer);
        }
    }
}

fn describe_marking(view: &View, says: &Marking, answer: &mut ActView) {
    let type_of = |says: &Marking| match says {
        Marking::Notice { notice_type, .. } => Some(notice_type.code().to_owned()),
        Marking::Lifting(_) => None,
    };
    match says {
        Marking::Notice { text, .. } => {
            "notice".clone_into(&mut answer.act);
            answer.notice_type = type_of(says);
            answer.text.clone_from(text);
        }
        Marking::Lifting(act) => {
            "lift".clone_into(&mut answer.act);
            answer.lifts = Some(act.to_string());
            answer.notice_type = match view.members.act(act).map(|lifted| &lifted.act.what) {
                Some(ActOf::Mark { says, .. }) => type_of(says),
                _ => None,
            };
        }
    }
}

const fn verb(to: StandingTo) -> &'static str {
    match to {
        StandingTo::Reinstated => "reinstate",
        StandingTo::Rekeyed => "rekey",
        StandingTo::Suspended => "suspend",
        StandingTo::Removed => "remove",
    }
}

pub(super) fn cut_views(cuts: &Cuts) -> Vec<CutView> {
    let logs = cuts.logs();
    logs.map(|(log, sequence, _)| CutView {
        writer: log.writer.to_string(),
        chapter: log.chapter.to_string(),
        sequence,
    })
    .collect()
}

const fn state(state: alliance_engine::ActState) -> ActState {
    match state {
        alliance_engine::ActState::Open => ActState::Open,
        alliance_engine::ActState::InForce => ActState::InForce,
        alliance_engine::ActState::Outrun => ActState::Outrun,
        alliance_engine::ActState::Lapsed => ActState::Lapsed,
        alliance_engine::ActState::Lifted => ActState::Lifted,
        alliance_engine::ActState::Unknown => ActState::Unknown,
    }
}
