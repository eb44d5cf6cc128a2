//! Bodies and files from anyone: nothing panics, nothing grows without bound, nothing unknown is lost silently.

use proptest::prelude::*;
use prost::Message;

use crate::proto::v1;
use crate::schema::limits::{BODY_BYTES_MAX, FINDINGS_MAX, INPUT_BYTES_MAX};
use crate::schema::{
    DecodeError, Kind, completeness, kinds, read_json, read_markdown, summary, to_json, to_markdown, validate,
};

/// Every view of a body, for its panics.
fn look(kind: Kind, body: &[u8]) {
    let shown = to_json(kind, body);
    assert_eq!(
        shown.is_ok(),
        to_markdown(kind, body).is_ok() || matches!(to_markdown(kind, body), Err(DecodeError::UnknownKind { .. }))
    );
    let listed = summary(kind, body);
    assert!(
        listed.title.chars().count() <= 140 && listed.summary.chars().count() <= 1_500 && listed.settings.len() <= 12
    );
    let meter = completeness(kind, body);
    assert_eq!(meter.filled as usize + meter.missing.len(), meter.of as usize);
    let _ = validate(kind, body);
}

proptest! {
    #[test]
    fn garbage_is_looked_at_calmly(kind in 0u32..80, body in proptest::collection::vec(any::<u8>(), 0..300)) {
        look(Kind(kind), &body);
    }

    #[test]
    fn spoiled_bodies_are_looked_at_calmly(index in 0usize..10, at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let info = kinds().nth(index).unwrap();
        let mut body = read_markdown(&super::filled(info)).unwrap().body;
        let at = at.index(body.len());
        body[at] = byte;
        look(info.kind, &body);
        look(info.kind, &body[..at]);
    }

    #[test]
    fn any_text_is_read_calmly(text in ".{0,400}", front in "[a-z\\-\\[\\]{}:&*!#|>\"' \n\t]{0,300}") {
        let _ = read_json(&text);
        let _ = read_markdown(&text);
        let _ = read_markdown(&format!("---\nkind: practice\n{front}\n---\n{text}"));
    }

    #[test]
    fn any_text_of_an_author_comes_back(note in "\\PC{1,80}", title in "[a-zA-Z:#'\" \\-é中ש]{1,60}") {
        let json = serde_json::json!({
            "kind": "response", "lang": "en", "scope": "public", "licence": "CC0-1.0", "title": format!("A title {title}"),
            "response_type": "comment", "about": {"record": "ab".repeat(32)},
            "text": format!("What I wanted to say\n\n{note}\n- {title}"), "limits": note,
        });
        match read_json(&json.to_string()) {
            Ok(document) => {
                let markdown = to_markdown(document.kind, &document.body).unwrap();
                prop_assert_eq!(read_markdown(&markdown).map(|again| again.body), Ok(document.body), "{}", markdown);
            }
            Err(findings) => {
                let refused = ["direction_override", "markup_refused", "text_too_short"];
                prop_assert!(findings.iter().all(|finding| refused.contains(&finding.code)), "{:?}", findings);
            }
        }
    }
}

#[test]
fn nesting_ends_early() {
    for (open, levels) in [("[", 60_000), ("{a: ", 15_000), ("- ", 30_000)] {
        let text = format!("---\nkind: practice\ntags: {}\n---\n", open.repeat(levels));
        assert!(read_markdown(&text).is_err(), "{open}");
        assert!(
            read_markdown(&format!("---\n{}\n---\n", open.repeat(levels))).is_err(),
            "{open}"
        );
    }
    assert!(read_json(&"[".repeat(60_000)).is_err());
    let groups: Vec<u8> = [0xa3, 0x06].repeat(30_000);
    assert_eq!(
        to_json(Kind::PRACTICE, &groups),
        Err(DecodeError::Malformed { kind: Kind::PRACTICE })
    );
}

#[test]
fn what_is_too_large_is_not_decoded() {
    let body = vec![0; BODY_BYTES_MAX + 1];
    assert_eq!(
        to_json(Kind::PRACTICE, &body),
        Err(DecodeError::TooLarge {
            bytes: BODY_BYTES_MAX + 1
        })
    );
    assert_eq!(validate(Kind::PRACTICE, &body)[0].code, "input_too_large");
    let text = "x".repeat(INPUT_BYTES_MAX + 1);
    for findings in [read_markdown(&text).unwrap_err(), read_json(&text).unwrap_err()] {
        assert_eq!(findings[0].code, "input_too_large");
    }
}

#[test]
fn a_body_full_of_items_stays_small() {
    // Core components without content: two bytes each on the wire.
    let body = [0x3a, 0x00].repeat(BODY_BYTES_MAX / 2);
    assert!(to_json(Kind::PRACTICE, &body).unwrap().to_string().len() < 4 * BODY_BYTES_MAX);
    assert!(validate(Kind::PRACTICE, &body).len() <= 100);
}

#[test]
fn what_newer_nodes_write_is_shown_raw() {
    assert_eq!(
        to_json(Kind(999), b"\x01\x02").unwrap(),
        serde_json::json!({"raw_hex": "0102"})
    );
    assert_eq!(
        to_markdown(Kind(999), b"\x01"),
        Err(DecodeError::UnknownKind { kind: Kind(999) })
    );
    let mut body = read_markdown(&super::filled(kinds().next().unwrap())).unwrap().body;
    body.extend_from_slice(&[0xc0, 0x3e, 0x01]);
    body.extend_from_slice(&[0xa2, 0x01, 0x03, b'n', b'e', b'w']);
    let shown = to_json(Kind::PRACTICE, &body).unwrap();
    assert_eq!(shown["unknown_fields"], serde_json::json!([1000]));
    assert_eq!(shown["effect"], "new", "an unknown code is kept and shown");
    assert_eq!(
        validate(Kind::PRACTICE, &body)[0].code,
        "unknown_code",
        "and is refused in a draft of one's own"
    );
}

#[test]
fn the_alliances_own_records_are_shown() {
    let profile = v1::Profile {
        name: "Example Trust".to_owned(),
        languages: vec!["en".to_owned()],
        ..Default::default()
    };
    let body = profile.encode_to_vec();
    let shown = serde_json::json!({"name": "Example Trust", "languages": ["en"]});
    assert_eq!(to_json(Kind::PROFILE, &body).unwrap(), shown);
    assert_eq!(summary(Kind::PROFILE, &body).title, "Example Trust");
    let follow = v1::Subscription {
        chapter: "m49:150".to_owned(),
        depth: v1::Depth::Deep.into(),
        follow: true,
    };
    assert_eq!(
        to_json(Kind::SUBSCRIPTION, &follow.encode_to_vec()).unwrap()["depth"],
        "DEPTH_DEEP"
    );
    assert_eq!(
        validate(Kind::PROFILE, &body)[0].code,
        "kind_unknown",
        "nobody writes one by hand"
    );
}

#[test]
fn thousands_of_strange_fields_are_told_once() {
    let strange: String = (0..6_000).map(|n| format!("f{n}: 1\n")).collect();
    let findings = read_markdown(&format!("---\nkind: practice\n{strange}---\n")).unwrap_err();
    assert_eq!(findings.len(), FINDINGS_MAX);
    let points = [0x5a, 0x00].repeat(20_000);
    assert!(
        validate(Kind::MEASURE, &points)
            .iter()
            .any(|finding| finding.code == "too_many_items")
    );
}
