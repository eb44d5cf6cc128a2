//! The shipped records as a node would hand them in.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use alliance_export::{Exported, NoticeOn, State};
use alliance_record::schema::{self, Document};
use alliance_record::{OrganisationId, RecordId, SecretKey};

/// Where the shipped records are.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../config/demo")
}

/// The texts in the tables of a list, in its order.
fn tables(file: &str, table: &str) -> Vec<BTreeMap<String, String>> {
    let list = std::fs::read_to_string(folder().join(file)).unwrap();
    let texts = |table: &str| {
        let lines = table.lines().filter_map(|line| line.split_once(" = "));
        lines
            .map(|(key, value)| (key.to_owned(), value.trim_matches('"').to_owned()))
            .collect()
    };
    list.split(&format!("[[{table}]]\n")).skip(1).map(texts).collect()
}

/// Milliseconds of a day's noon, `2025-02-11`, counted day by day.
fn noon(day: &str) -> i64 {
    let parts: Vec<i64> = day.split('-').map(|part| part.parse().unwrap()).collect();
    let is_leap = |year: i64| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let years: i64 = (1970..parts[0]).map(|year| if is_leap(year) { 366 } else { 365 }).sum();
    let lengths = [
        31,
        if is_leap(parts[0]) { 29 } else { 28 },
        31,
        30,
        31,
        30,
        31,
        31,
        30,
        31,
        30,
        31,
    ];
    let months: i64 = lengths[..usize::try_from(parts[1] - 1).unwrap()].iter().sum();
    (years + months + parts[2] - 1) * 86_400_000 + 43_200_000
}

fn read(file: &str, text: &str) -> Document {
    let document = if file.ends_with(".json") {
        schema::read_json(text)
    } else {
        schema::read_markdown(text)
    };
    document.unwrap_or_else(|findings| panic!("{file}: {findings:?}"))
}

/// A key that is the same in every run.
pub(crate) fn organisation(number: u8) -> OrganisationId {
    SecretKey::from_seed(&[number; 32]).organisation()
}

/// A record's id, made of its number in the list: different from its first digits on, as hashes are.
pub(crate) fn id(number: usize) -> RecordId {
    let number = number as u64;
    let first = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    format!("{first:016x}{number:048x}").parse().unwrap()
}

/// All shipped records by their names in the list, in its order: the first version of a pair is superseded, and corrected by
/// a notice.
pub(crate) fn shipped() -> Vec<(String, Exported<'static>)> {
    let organisations = tables("organisations.toml", "organisation");
    let mut found: Vec<(String, Exported<'static>)> = Vec::new();
    for (texts, number) in tables("records.toml", "record").iter().zip(1..) {
        let mut text = std::fs::read_to_string(folder().join(&texts["file"])).unwrap();
        let mut named: Vec<_> = found.iter().map(|(name, record)| (name.clone(), record.id)).collect();
        named.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
        for (name, id) in named {
            text = text.replace(&name, &id.to_string());
        }
        let document = read(&texts["file"], &text);
        let place = organisations
            .iter()
            .position(|one| one["id"] == texts["organisation"])
            .unwrap();
        let is_previous = texts.contains_key("previous_version");
        let notice = NoticeOn {
            notice_type: "correction".into(),
            by: "author".into(),
        };
        let record = Exported {
            id: id(number),
            kind: document.kind,
            chapter: document.chapter.unwrap_or_default().into(),
            organisation: organisation(u8::try_from(place + 1).unwrap()),
            organisation_name: organisations[place]["name"].clone().into(),
            country: organisations[place]["country"].clone().into(),
            claimed_at_ms: noon(&texts["written"]),
            arrival: Some(u64::try_from(number).unwrap()),
            version: Some(if texts["id"] == "ex-08" { 2 } else { 1 }),
            state: if is_previous { State::Superseded } else { State::Current },
            notices: if is_previous { vec![notice] } else { Vec::new() },
            body: Some(Cow::Owned(document.body)),
        };
        found.push((texts["id"].clone(), record));
    }
    found
}
