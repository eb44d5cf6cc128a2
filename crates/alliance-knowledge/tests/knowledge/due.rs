//! What is to be done, and what is asked.

use alliance_knowledge::{DueWhat, asks, due, first_due};
use alliance_record::proto::v1;
use alliance_record::schema::Kind;
use bytes::Bytes;
use prost::Message;

fn bytes(message: impl Message) -> Bytes {
    message.encode_to_vec().into()
}

#[test]
fn reviews_changes_and_actions_are_due() {
    let practice = bytes(v1::Practice {
        review_due: "2027-04".to_owned(),
        ..v1::Practice::default()
    });
    assert_eq!(first_due(Kind::PRACTICE, &practice), Some("2027-04".to_owned()));
    let change = |action: &str, by: &str| v1::PlannedChange {
        action: action.to_owned(),
        owner_role: "Ward manager".to_owned(),
        by: by.to_owned(),
    };
    let mut lesson = v1::Lesson {
        will_change: vec![
            change("Door unlocked", "2025-06"),
            change("Key card", "2025-04"),
            change("No date", ""),
        ],
        ..v1::Lesson::default()
    };
    let told = due(Kind::LESSON, &bytes(lesson.clone()));
    assert_eq!(told.len(), 2);
    assert_eq!(
        (told[0].what, told[0].text.as_str()),
        (DueWhat::Change, "Door unlocked")
    );
    assert_eq!(
        first_due(Kind::LESSON, &bytes(lesson.clone())),
        Some("2025-04".to_owned())
    );
    lesson.status = "closed".to_owned();
    assert_eq!(first_due(Kind::LESSON, &bytes(lesson)), None);
    let action = |due: &str, status: &str| v1::MeetingAction {
        what: "Answer the open question".to_owned(),
        organisation: "Fenholt".to_owned(),
        due: due.to_owned(),
        status: status.to_owned(),
    };
    let meeting = bytes(v1::Meeting {
        actions: vec![
            action("2025-10-10", "done"),
            action("2025-10-12", ""),
            action("2025-10-14", "open"),
        ],
        ..v1::Meeting::default()
    });
    assert_eq!(due(Kind::MEETING, &meeting).len(), 2);
    assert_eq!(first_due(Kind::MEETING, &meeting), Some("2025-10-12".to_owned()));
}

#[test]
fn what_cannot_be_read_is_not_due_and_asks_nothing() {
    let rubbish = Bytes::from_static(b"\xff\xff\xff");
    for kind in [Kind::PRACTICE, Kind::LESSON, Kind::MEETING, Kind::RESPONSE, Kind(999)] {
        assert!(due(kind, &rubbish).is_empty());
        assert!(!asks(kind, &rubbish));
    }
    let odd = bytes(v1::Practice {
        review_due: "soon".to_owned(),
        ..v1::Practice::default()
    });
    assert!(due(Kind::PRACTICE, &odd).is_empty());
}

#[test]
fn a_question_asks_until_its_author_closes_it() {
    for (response_type, open, expected) in [
        ("question", None, true),
        ("question", Some(true), true),
        ("question", Some(false), false),
        ("request_for_help", None, true),
        ("answer", None, false),
        ("comment", Some(true), false),
    ] {
        let body = bytes(v1::Response {
            response_type: response_type.to_owned(),
            open,
            ..v1::Response::default()
        });
        assert_eq!(asks(Kind::RESPONSE, &body), expected, "{response_type} {open:?}");
    }
}
