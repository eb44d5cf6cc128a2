//! The shipped records: read without a fault, the same body whichever way they are written, and every field in one of them.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use prost_reflect::DynamicMessage;

use super::{filled, told};
use crate::schema::info::items;
use crate::schema::{
    Document, FieldInfo, Kind, completeness, kind, kinds, read_json, read_markdown, summary, to_json, to_markdown,
    validate, vocabulary,
};

/// Every record of `config/demo`, longer names first so that each is replaced whole.
const NAMES: [&str; 25] = [
    "ex-08-v1", "ex-01", "ex-02", "ex-03", "ex-04", "ex-05", "ex-06", "ex-07", "ex-08", "ex-09", "ex-10", "ex-11",
    "ex-12", "ex-13", "ex-14", "ex-15", "ex-16", "ex-17", "ex-18", "ex-19", "ex-20", "ex-21", "ex-22", "ex-23",
    "ex-24",
];

fn id(name: &str) -> [u8; 32] {
    let mut id = [0xab; 32];
    id[..name.len()].copy_from_slice(name.as_bytes());
    id
}

/// The text of a file, if it is written so; records are named by their ids.
fn written(name: &str, extension: &str) -> std::io::Result<String> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../config/demo/records");
    let mut text = fs::read_to_string(folder.join(name).with_extension(extension))?;
    for name in NAMES {
        text = text.replace(name, &data_encoding::HEXLOWER.encode(&id(name)));
    }
    Ok(text)
}

pub(super) fn read(name: &str) -> Document {
    let read = match (written(name, "md"), written(name, "json")) {
        (Ok(text), Err(_)) => read_markdown(&text),
        (Err(_), Ok(text)) => read_json(&text),
        _ => panic!("{name} is there once, as Markdown or as JSON"),
    };
    read.unwrap_or_else(|findings| panic!("{name}\n{}", told(&findings)))
}

#[test]
fn every_record_reads_and_none_is_left_out() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../config/demo/records");
    assert_eq!(fs::read_dir(folder).unwrap().count(), NAMES.len());
    for name in NAMES {
        let document = read(name);
        assert!(document.chapter.is_some(), "{name}");
        assert_eq!(document.warnings, [], "{name}\n{}", told(&document.warnings));
        assert_eq!(validate(document.kind, &document.body), [], "{name}");
    }
}

#[test]
fn markdown_and_json_lead_back_to_the_same_body() {
    for name in NAMES {
        let document = read(name);
        let markdown = to_markdown(document.kind, &document.body).unwrap();
        let again = read_markdown(&markdown).unwrap_or_else(|findings| panic!("{}\n{markdown}", told(&findings)));
        assert_eq!(
            (again.kind, again.body),
            (document.kind, document.body.clone()),
            "{name}\n{markdown}"
        );
        assert_eq!(again.references, document.references, "{name}");
        let mut json = to_json(document.kind, &document.body).unwrap();
        json["kind"] = document.kind.name().into();
        let again = read_json(&json.to_string()).unwrap_or_else(|findings| panic!("{}\n{json}", told(&findings)));
        assert_eq!(
            (again.kind, again.body),
            (document.kind, document.body),
            "{name}\n{json}"
        );
    }
}

#[test]
fn how_an_editor_ends_its_lines_leaves_no_trace() {
    let text = written("ex-22", "md").unwrap();
    assert!(text.starts_with("\u{feff}---\r\n") && text.matches('\n').count() == text.matches("\r\n").count());
    let document = read("ex-22");
    assert!(
        document
            .texts
            .iter()
            .all(|text| !text.text.contains(['\r', '\u{feff}']))
    );
    let plain = read_markdown(&text.trim_start_matches('\u{feff}').replace("\r\n", "\n")).unwrap();
    assert_eq!(plain, document, "bodies, places and all");
}

#[test]
fn references_carry_role_and_record() {
    let check = |name: &str, expected: &[(&str, &str)]| {
        let expected: Vec<_> = expected
            .iter()
            .map(|(role, record)| ((*role).to_owned(), id(record)))
            .collect();
        assert_eq!(read(name).references, expected, "{name}");
    };
    check("ex-01", &[("measures", "ex-07")]);
    check("ex-03", &[]);
    check("ex-05", &[("adopts", "ex-01")]);
    check("ex-08", &[("supersedes", "ex-08-v1")]);
    check("ex-10", &[("replies_to", "ex-01")]);
    check("ex-12", &[("corrects", "ex-08-v1"), ("about", "ex-08")]);
    check("ex-13", &[("about", "ex-01"), ("replies_to", "ex-10")]);
    check("ex-14", &[("translates", "ex-01")]);
    check("ex-15", &[("about", "ex-09")]);
    check("ex-16", &[("adopts", "ex-01"), ("measures", "ex-08")]);
    check("ex-17", &[("uses", "ex-02")]);
    // A relation that is no role is told by the body; the header says that there is one.
    check("ex-21", &[("about", "ex-04")]);
    let entries = ["ex-03", "ex-01", "ex-09", "ex-02", "ex-17"];
    check("ex-22", &entries.map(|name| ("contains", name)));
    check("ex-23", &[("about", "ex-11"), ("corrects", "ex-09")]);
    let spoken_of = ["ex-06", "ex-20", "ex-17", "ex-15", "ex-18", "ex-19"];
    check("ex-24", &spoken_of.map(|name| ("about", name)));
}

#[test]
fn a_removal_redacts() {
    let mut json = to_json(Kind::NOTICE, &read("ex-12").body).unwrap();
    json["kind"] = "notice".into();
    json["notice_type"] = "removal".into();
    let roles: Vec<_> = read_json(&json.to_string())
        .unwrap()
        .references
        .into_iter()
        .map(|(role, _)| role)
        .collect();
    assert_eq!(roles, ["redacts", "about"]);
}

#[test]
fn a_relation_is_a_role_or_about() {
    for code in vocabulary("relation").unwrap() {
        let mut json = to_json(Kind::RESOURCE, &read("ex-21").body).unwrap();
        json["kind"] = "resource".into();
        json["related"][0]["role"] = code.code.as_str().into();
        let document = read_json(&json.to_string()).unwrap_or_else(|findings| panic!("{}", told(&findings)));
        let role = if code.code == "uses" { "uses" } else { "about" };
        assert_eq!(document.references, [(role.to_owned(), id("ex-04"))], "{}", code.code);
    }
}

#[test]
fn json_is_flat_and_raw() {
    let document = read("ex-01");
    let json = to_json(document.kind, &document.body).unwrap();
    assert_eq!(
        json["title"],
        "Twenty-minute morning meeting that plans the day with patients"
    );
    assert_eq!(json["settings"][0], "inpatient.acute_adult");
    assert_eq!(json["core_components"][3]["text"], "Offers reviewed next day");
    assert_eq!(json["costs"]["setup_hours"], 14, "whole numbers have no point");
    assert_eq!(json["costs"]["running_hours_per_week"], 6.5);
    assert_eq!(json["measures"][0], data_encoding::HEXLOWER.encode(&id("ex-07")));
    assert!(json.get("common").is_none() && json.get("limitations").is_none());
}

#[test]
fn the_meter_names_what_is_missing() {
    let check = |name: &str, standard: &str, filled: u32, of: u32| {
        let document = read(name);
        let meter = completeness(document.kind, &document.body);
        assert_eq!(
            (meter.standard.as_str(), meter.filled, meter.of),
            (standard, filled, of),
            "{name}"
        );
        assert_eq!(meter.missing.len() as u32, of - filled, "{name}");
        meter.missing
    };
    let missing = check("ex-01", "TIDieR", 9, 12);
    assert_eq!(
        missing.iter().map(|item| item.item.as_str()).collect::<Vec<_>>(),
        ["TIDieR 10", "TIDieR 11", "TIDieR 12"]
    );
    check("ex-03", "AAR", 4, 4);
    assert_eq!(check("ex-05", "FRAME", 7, 8)[0].place, "adaptations.level");
    let missing = |name: &str, filled: u32, of: u32| {
        let missing = check(name, "", filled, of);
        missing.into_iter().map(|item| item.place).collect::<Vec<_>>()
    };
    assert!(missing("ex-12", 6, 6).is_empty());
    assert!(missing("ex-13", 4, 4).is_empty());
    assert!(missing("ex-10", 5, 5).is_empty());
    assert!(missing("ex-11", 7, 7).is_empty());
    assert!(missing("ex-14", 3, 3).is_empty());
    assert!(missing("ex-15", 13, 13).is_empty());
    assert!(missing("ex-24", 9, 9).is_empty());
    assert!(missing("ex-21", 22, 22).is_empty());
    check("ex-16", "FRAME", 8, 8);
    check("ex-20", "TIDieR", 12, 12);
    let question = read_markdown(&filled(kind(Kind::RESPONSE).unwrap())).unwrap();
    let meter = completeness(Kind::RESPONSE, &question.body);
    assert_eq!((meter.of, meter.missing[0].place.as_str()), (4, "open"));
    assert_eq!(completeness(Kind(999), &[]).of, 0);
}

#[test]
fn summaries_are_short_and_never_fail() {
    let document = read("ex-02");
    let found = summary(document.kind, &document.body);
    assert_eq!((found.lang.as_str(), found.scope.as_str()), ("cs", "public"));
    assert_eq!(found.title_en, "A calm room in place of the net bed");
    assert_eq!(found.settings, ["inpatient.acute_adult"]);
    assert!(found.summary.starts_with("Z bývalé omezovací místnosti"));
    let text = summary(Kind::NOTICE, &read("ex-12").body).summary;
    assert!(text.starts_with("The first point used"), "{text}");
    assert_eq!(summary(Kind::PRACTICE, &[0xff]), Default::default());
    assert_eq!(summary(Kind(999), b"anything"), Default::default());
}

/// Fields that no record of `config/demo` fills: documents that name files are refused until files are carried.
const NEVER_FILLED: [&str; 2] = ["common.attachments", "resource.files"];

/// Names of fields, those of groups included; `common` stands for all kinds.
fn field_names(kind: &str, fields: &[FieldInfo], names: &mut BTreeSet<String>) {
    for field in fields {
        let name = field_name(kind, field);
        // What a group holds is not asked for where the group may not be there.
        if !NEVER_FILLED.contains(&name.as_str()) {
            field_names(&name, &field.fields, names);
        }
        names.insert(name);
    }
}

fn field_name(kind: &str, field: &FieldInfo) -> String {
    let holder = if field.within.is_some() { "common" } else { kind };
    format!("{holder}.{}", field.name)
}

/// Names of the fields that a message fills.
fn filled_names(kind: &str, fields: &[FieldInfo], message: &DynamicMessage, names: &mut BTreeSet<String>) {
    for field in fields {
        let Some(value) = field.value(message) else { continue };
        let name = field_name(kind, field);
        for group in items(value).iter().filter_map(|item| item.as_message()) {
            filled_names(&name, &field.fields, group, names);
        }
        names.insert(name);
    }
}

#[test]
fn every_field_of_every_kind_is_filled_in_some_record() {
    let (mut all, mut filled) = (BTreeSet::new(), BTreeSet::new());
    for info in kinds() {
        field_names(&info.name, &info.fields, &mut all);
    }
    for name in NAMES {
        let document = read(name);
        let info = kinds().find(|info| info.kind == document.kind).unwrap();
        let message = DynamicMessage::decode(info.descriptor.clone(), document.body.as_slice()).unwrap();
        filled_names(&info.name, &info.fields, &message, &mut filled);
    }
    assert!(all.len() > 200 && filled.is_subset(&all), "{} names", all.len());
    let empty: Vec<_> = all.difference(&filled).map(String::as_str).collect();
    assert_eq!(empty, NEVER_FILLED);
}

#[test]
fn organisations_and_records_of_the_demonstration_agree() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../config/demo");
    let organisations = fs::read_to_string(folder.join("organisations.toml")).unwrap();
    let records = fs::read_to_string(folder.join("records.toml")).unwrap();
    assert_eq!(organisations.matches("[[organisation]]").count(), 10);
    assert_eq!(records.matches("[[record]]").count(), NAMES.len());
    for line in records.lines().filter_map(|line| line.strip_prefix("organisation = ")) {
        assert!(organisations.contains(&format!("\nid = {line}\n")), "{line}");
    }
    for file in records.lines().filter_map(|line| line.strip_prefix("file = ")) {
        assert!(folder.join(file.trim_matches('"')).is_file(), "{file}");
    }
}
