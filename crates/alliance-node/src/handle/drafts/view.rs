//! What a draft waits for, and how it is shown.

use alliance_api::{DraftState, DraftView};
use alliance_record::schema::Kind;

use crate::data::KeptDraft;
use crate::date::moment;
use crate::publishing::Waiting;
use crate::settings::Settings;

pub(super) fn waiting(draft: &KeptDraft, settings: &Settings) -> Waiting {
    // A kind that is not known here was never kept; one that somebody wrote into the file is read twice.
    let kind = Kind::from_name(&draft.kind).unwrap_or(Kind::LESSON);
    Waiting::of(settings, kind, draft.overrides.len())
}

/// When its cooling-off ends: it begins when nobody else's word is missing. `None` while one is.
pub(super) fn due_ms(draft: &KeptDraft, settings: &Settings) -> Option<i64> {
    let waiting = waiting(draft, settings);
    let begins_ms = match &draft.approval {
        Some(approval) => approval.at_ms,
        None if waiting.second_reader => return None,
        None => draft.made_at_ms,
    };
    Some(begins_ms.saturating_add(waiting.cooling_off_ms()))
}

pub(super) fn state(draft: &KeptDraft, settings: &Settings, now_ms: i64) -> DraftState {
    match due_ms(draft, settings) {
        None => DraftState::SecondReader,
        Some(due_ms) if now_ms < due_ms => DraftState::CoolingOff,
        Some(_) if draft.held_up.is_some() => DraftState::HeldUp,
        Some(_) => DraftState::Due,
    }
}

/// A draft without its text.
pub(super) fn view(draft: &KeptDraft, settings: &Settings, now_ms: i64) -> DraftView {
    let due_ms = due_ms(draft, settings);
    let state = state(draft, settings, now_ms);
    DraftView {
        id: draft.id.clone(),
        state,
        missing: missing(draft, state, due_ms),
        kind: draft.kind.clone(),
        chapter: draft.chapter.clone(),
        title: draft.title.clone(),
        made_at_ms: draft.made_at_ms,
        due_ms,
        confirmations: draft.confirmations,
        accepted: draft.accepted.clone(),
        overrides: draft.overrides.clone(),
        needs_second_reader: waiting(draft, settings).second_reader,
        approved_by: draft.approval.as_ref().map(|approval| approval.label.clone()),
        findings: draft
            .held_up
            .as_ref()
            .map(|held_up| held_up.findings.clone())
            .unwrap_or_default(),
        format: draft.format,
        document: None,
    }
}

fn missing(draft: &KeptDraft, state: DraftState, due_ms: Option<i64>) -> Vec<String> {
    match (state, &draft.held_up) {
        (DraftState::SecondReader, _) => vec!["a second reader".to_owned()],
        (DraftState::CoolingOff, _) => vec![format!(
            "time to think it over, until {}",
            moment(due_ms.unwrap_or_default())
        )],
        (DraftState::HeldUp, Some(held_up)) => vec![held_up.said.clone()],
        (DraftState::HeldUp | DraftState::Due, _) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use alliance_api::Override;

    use super::*;
    use crate::data::{Approval, HeldUp};

    const MINUTE_MS: i64 = 60_000;

    fn draft(kind: &str) -> KeptDraft {
        KeptDraft {
            kind: kind.to_owned(),
            ..KeptDraft::example()
        }
    }

    fn check(draft: &KeptDraft, expected: &[(i64, DraftState)]) {
        let settings = Settings::default();
        for (minutes, state) in expected {
            let found = super::state(draft, &settings, minutes * MINUTE_MS);
            assert_eq!(found, *state, "{} after {minutes} minutes", draft.kind);
        }
    }

    #[test]
    fn a_practice_cools_off_from_when_it_was_handed_in() {
        let mut practice = draft("practice");
        check(
            &practice,
            &[
                (0, DraftState::CoolingOff),
                (9, DraftState::CoolingOff),
                (10, DraftState::Due),
            ],
        );
        practice.held_up = Some(HeldUp {
            at_ms: 0,
            code: "not_followed".to_owned(),
            said: "It is not followed".to_owned(),
            findings: Vec::new(),
        });
        check(&practice, &[(9, DraftState::CoolingOff), (10, DraftState::HeldUp)]);
    }

    #[test]
    fn a_lesson_cools_off_from_when_it_was_approved() {
        let mut lesson = draft("lesson");
        check(
            &lesson,
            &[(0, DraftState::SecondReader), (10_000, DraftState::SecondReader)],
        );
        lesson.approval = Some(Approval {
            token: "aabb".to_owned(),
            label: "Deputy".to_owned(),
            at_ms: 100 * MINUTE_MS,
        });
        check(
            &lesson,
            &[
                (100, DraftState::CoolingOff),
                (1_539, DraftState::CoolingOff),
                (1_540, DraftState::Due),
            ],
        );
    }

    #[test]
    fn what_was_overridden_is_read_twice() {
        let mut practice = draft("practice");
        practice.overrides.push(Override {
            code: "phone".to_owned(),
            place: None,
            reason: "The ward's own number".to_owned(),
        });
        check(&practice, &[(10, DraftState::SecondReader)]);
    }
}
