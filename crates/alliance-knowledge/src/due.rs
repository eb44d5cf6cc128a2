//! What is to be done by a month or a day, and what is asked.

use alliance_record::proto::v1;
use alliance_record::schema::Kind;
use bytes::Bytes;
use prost::Message;

use crate::marks::shortened;
use crate::responses;

/// Things of one record that may be due.
const DUE_MAX: usize = 50;
/// Actions with these statuses are over.
const OVER: [&str; 2] = ["done", "dropped"];

/// What is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DueWhat {
    /// A practice or a resource is to be looked at again.
    Review,
    /// A lesson's planned change.
    Change,
    /// An action that a meeting gave to an organisation.
    Action,
}

/// Something that is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// What kind of thing.
    pub what: DueWhat,
    /// `2025-04`, or `2025-04-30`.
    pub by: String,
    /// What is to be done; empty for a review.
    pub text: String,
    /// Whose it is: a role or an organisation, as written; empty for a review.
    pub whose: String,
}

/// What is due of a record, in the order of its body. What is no month and no day is left out.
#[must_use]
pub fn due(kind: Kind, body: &Bytes) -> Vec<Due> {
    let mut all = match kind {
        Kind::PRACTICE => read(body, |practice: v1::Practice| review(practice.review_due)),
        Kind::RESOURCE => read(body, |resource: v1::Resource| review(resource.review_due)),
        Kind::LESSON => read(body, changes),
        Kind::MEETING => read(body, actions),
        _ => Vec::new(),
    };
    all.retain(|due| crate::Month::parse(&due.by).is_some());
    all.truncate(DUE_MAX);
    all
}

/// The earliest thing that is due of a record.
#[must_use]
pub fn first_due(kind: Kind, body: &Bytes) -> Option<String> {
    due(kind, body).into_iter().map(|due| due.by).min()
}

/// Whether a record asks for something that its author has not closed.
#[must_use]
pub fn asks(kind: Kind, body: &Bytes) -> bool {
    kind == Kind::RESPONSE && v1::Response::decode(body.clone()).is_ok_and(|said| responses::asks(&said))
}

fn read<T: Message + Default>(body: &Bytes, due: fn(T) -> Vec<Due>) -> Vec<Due> {
    T::decode(body.clone()).map(due).unwrap_or_default()
}

fn review(by: String) -> Vec<Due> {
    vec![Due {
        what: DueWhat::Review,
        by,
        text: String::new(),
        whose: String::new(),
    }]
}

fn changes(lesson: v1::Lesson) -> Vec<Due> {
    if lesson.status == "closed" {
        return Vec::new();
    }
    let changes = lesson.will_change.into_iter();
    changes
        .map(|change| Due {
            what: DueWhat::Change,
            by: change.by,
            text: shortened(change.action),
            whose: shortened(change.owner_role),
        })
        .collect()
}

fn actions(meeting: v1::Meeting) -> Vec<Due> {
    let open = meeting
        .actions
        .into_iter()
        .filter(|action| !OVER.contains(&action.status.as_str()));
    open.map(|action| Due {
        what: DueWhat::Action,
        by: action.due,
        text: shortened(action.what),
        whose: shortened(action.organisation),
    })
    .collect()
}
