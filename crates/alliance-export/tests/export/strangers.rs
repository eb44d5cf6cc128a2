//! What newer nodes write, what is spoiled and what is not there: written raw, never dropped.

use alliance_export::{Exported, Format, State, Table};
use alliance_record::proto::v1;
use alliance_record::schema::Kind;
use prost::Message;
use serde_json::{Value, json};

use crate::rfc4180::Sheet;
use crate::shelf::{made_up, usual};

/// A lesson with a code and a field that this version does not know.
fn newer_lesson() -> Vec<u8> {
    let lesson = v1::Lesson {
        common: Some(v1::Common {
            title: "A lesson of later years".to_owned(),
            lang: "en".to_owned(),
            licence: "CC-BY-9.0".to_owned(),
            ..v1::Common::default()
        }),
        settings: vec!["orbit.station".to_owned()],
        ..v1::Lesson::default()
    };
    let mut body = lesson.encode_to_vec();
    // Field 900, a text.
    body.extend_from_slice(&[0xa2, 0x38, 3, b'n', b'e', b'w']);
    body
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The line, the row of the table of all kinds, and the node of a record.
fn shown(record: &Exported<'_>) -> (Value, Sheet, String) {
    let record = std::slice::from_ref(record);
    let line = serde_json::from_str(&usual(Format::Ndjson, record).0).unwrap();
    let sheet = Sheet::read(&usual(Format::Csv(Table::All), record).0);
    (line, sheet, usual(Format::JsonLd, record).0)
}

fn is_raw(record: &Exported<'_>, note: &str) {
    let raw = hex(record.body.as_ref().unwrap());
    let is_read = ["unknown_fields", "unwritable"].contains(&note);
    let (line, sheet, graph) = shown(record);
    assert_eq!(
        (line["body_note"].as_str(), line["body_hex"].as_str()),
        (Some(note), Some(raw.as_str()))
    );
    assert_eq!(
        (sheet.at(0, "body_note"), sheet.at(0, "body_hex")),
        (note, raw.as_str())
    );
    assert!(graph.contains(&raw));
    assert_eq!(line["body"].is_object(), is_read);
    let own = Sheet::read(&usual(Format::Csv(Table::Kind(record.kind)), std::slice::from_ref(record)).0);
    assert_eq!((own.at(0, "body_note"), own.at(0, "body_hex")), (note, raw.as_str()));
    for format in [Format::BibTex, Format::Ris, Format::CslJson, Format::CitationCff] {
        let (text, counts) = usual(format, std::slice::from_ref(record));
        assert_eq!((counts.rows, counts.raw), (1, 1), "{format:?}");
        assert!(text.contains(&record.id.to_string()), "{format:?}");
    }
}

#[test]
fn unknown_codes_are_written_as_they_came_and_unknown_fields_raw() {
    let body = newer_lesson();
    let record = made_up(Kind::LESSON, &body);
    is_raw(&record, "unknown_fields");
    let sheet = Sheet::read(&usual(Format::Csv(Table::Kind(Kind::LESSON)), std::slice::from_ref(&record)).0);
    assert_eq!(
        (sheet.at(0, "settings"), sheet.at(0, "licence")),
        ("orbit.station", "CC-BY-9.0")
    );
    let (line, _, graph) = shown(&record);
    assert_eq!(line["body"]["unknown_fields"], json!([900]));
    let graph: Value = serde_json::from_str(&graph).unwrap();
    let node = &graph["@graph"][1];
    assert_eq!(node["about"][0]["termCode"], "orbit.station");
    assert_eq!(node["about"][0]["name"], Value::Null);
    assert_eq!(node["license"]["name"], "CC-BY-9.0");
}

#[test]
fn kinds_and_bodies_that_cannot_be_read_are_written_raw() {
    is_raw(&made_up(Kind(999), b"\x00anything"), "unknown_kind");
    is_raw(&made_up(Kind(60), b""), "unknown_kind");
    is_raw(&made_up(Kind::PRACTICE, b"\xff\xff\xff"), "unreadable");
    is_raw(&made_up(Kind::MEASURE, &vec![0x0a; 70_000]), "unreadable");
}

#[test]
fn a_number_that_is_none_is_written_raw() {
    let adoption = v1::Adoption {
        reach: Some(v1::Reach {
            people_offered_pct: Some(f64::NAN),
            ..v1::Reach::default()
        }),
        ..v1::Adoption::default()
    };
    is_raw(&made_up(Kind::ADOPTION, &adoption.encode_to_vec()), "unwritable");
}

#[test]
fn the_alliances_own_records_are_json_in_one_cell() {
    let profile = v1::Profile {
        name: "Made-up Trust".to_owned(),
        ..v1::Profile::default()
    };
    let body = profile.encode_to_vec();
    let record = made_up(Kind::PROFILE, &body);
    let sheet = Sheet::read(&usual(Format::Csv(Table::Kind(Kind::PROFILE)), std::slice::from_ref(&record)).0);
    assert_eq!(sheet.at(0, "body"), "{\"name\":\"Made-up Trust\"}");
    assert_eq!((sheet.at(0, "body_note"), sheet.at(0, "body_hex")), ("", ""));
}

#[test]
fn an_erased_record_is_there_without_its_body() {
    let mut record = made_up(Kind::PRACTICE, b"");
    record.body = None;
    record.state = State::Removed;
    let (line, sheet, graph) = shown(&record);
    assert_eq!((&line["body"], &line["body_note"]), (&Value::Null, &json!("absent")));
    assert_eq!(line.get("body_hex"), None);
    assert_eq!((sheet.at(0, "state"), sheet.at(0, "body_note")), ("removed", "absent"));
    assert!(graph.contains("\"creativeWorkStatus\":\"removed\""));
    let (bib, counts) = usual(Format::BibTex, std::slice::from_ref(&record));
    assert_eq!(counts.raw, 0);
    assert!(bib.contains("State: removed; Record "));
}

#[test]
fn times_that_no_calendar_has_leave_the_date_out() {
    let body = newer_lesson();
    let mut record = made_up(Kind::LESSON, &body);
    record.claimed_at_ms = i64::MAX;
    let (line, sheet, _) = shown(&record);
    assert_eq!(
        (&line["claimed_at"], &line["claimed_at_ms"]),
        (&Value::Null, &json!(i64::MAX))
    );
    assert_eq!(sheet.at(0, "claimed_at"), "");
    assert!(
        !usual(Format::BibTex, std::slice::from_ref(&record))
            .0
            .contains("year =")
    );
}

#[test]
fn a_measure_that_cannot_be_read_has_one_row() {
    let record = made_up(Kind::MEASURE, b"\xff\xff");
    let (text, counts) = usual(Format::MeasurePoints, std::slice::from_ref(&record));
    let sheet = Sheet::read(&text);
    assert_eq!(
        (sheet.at(0, "point"), sheet.at(0, "body_hex"), counts.rows),
        ("", "ffff", 1)
    );
}
