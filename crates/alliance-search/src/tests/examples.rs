//! The shipped records.

use std::collections::BTreeMap;
use std::path::Path;

use alliance_record::RecordId;
use alliance_record::schema::{read_json, read_markdown};

use super::fixture::{DAY, Shelf, ask, ids};
use crate::Searcher;

/// All of them, by their names.
fn shipped(shelf: &mut Shelf) -> BTreeMap<String, RecordId> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../config/demo");
    let list = std::fs::read_to_string(folder.join("records.toml")).unwrap();
    let mut known: BTreeMap<String, RecordId> = BTreeMap::new();
    let value = |table: &str, key: &str| {
        let line = table.lines().find_map(|line| line.strip_prefix(&format!("{key} = ")));
        line.unwrap().trim_matches('"').to_owned()
    };
    for table in list.split("[[record]]\n").skip(1) {
        let file = value(table, "file");
        let mut text = std::fs::read_to_string(folder.join(&file)).unwrap();
        for (name, id) in known.iter().rev() {
            text = text.replace(name, &id.to_string());
        }
        let read = if file.ends_with(".json") {
            read_json(&text)
        } else {
            read_markdown(&text)
        };
        let document = read.unwrap_or_else(|findings| panic!("{file}: {findings:?}"));
        let record = shelf.sign(1, &document.chapter.unwrap(), (document.kind, document.body), DAY);
        let id = shelf.append(&[record])[0];
        known.insert(value(table, "id"), id);
    }
    known
}

fn check(searcher: &Searcher, known: &BTreeMap<String, RecordId>, question: &str, found: &str) {
    let answer = ask(searcher, question);
    let name = |id: &RecordId| known.iter().find(|(_, known)| *known == id).unwrap().0.clone();
    let names: Vec<_> = ids(&answer).iter().map(name).collect();
    assert!(
        names.iter().any(|name| name == found),
        "{question} finds {names:?}, not {found}"
    );
}

#[test]
fn each_shipped_record_is_found() {
    let mut shelf = Shelf::new();
    let known = shipped(&mut shelf);
    assert!(known.len() >= 24);
    let (_indexer, searcher) = shelf.followed();
    assert_eq!(ask(&searcher, "").found, known.len() as u64);
    for (question, name) in [
        ("morning meeting plan", "ex-01"),
        ("síťové lůžko", "ex-02"),
        ("sitoveho luzka", "ex-02"),
        ("net bed", "ex-02"),
        ("استقبال الاسره", "ex-04"),
        ("reuniones mañana", "ex-05"),
        ("Ruheräume beendet", "ex-06"),
        ("kind:measure restraint", "ex-07"),
        ("מעגל", "ex-10"),
        ("vécue", "ex-11"),
        ("kart kutusu", "ex-13"),
        ("病人", "ex-14"),
        ("pairs trimestre language:fr", "ex-15"),
        ("adolescentes", "ex-16"),
        ("격리실", "ex-17"),
        ("сирена", "ex-18"),
        ("אזעקות", "ex-19"),
        ("परिवार", "ex-20"),
        ("خانواده", "ex-21"),
        ("看護師", "ex-22"),
        ("ikhefu", "ex-23"),
        ("kind:meeting language:fr-CA", "ex-24"),
        ("effect:improved setting:inpatient.acute_adult kind:practice", "ex-01"),
    ] {
        check(&searcher, &known, question, name);
    }
    for id in known.values() {
        let record = shelf.reader.record(id).unwrap().unwrap().record;
        let facts = crate::filter::Facts::of(&record);
        let title = facts.texts.iter().find(|text| text.is_title).unwrap();
        let asked = format!("\"{}\"", title.text.replace('"', "\\\""));
        assert!(ids(&ask(&searcher, &asked)).contains(id), "{}", title.text);
    }
}
