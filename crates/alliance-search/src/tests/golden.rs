//! The golden sets: for each language records and questions with judged answers, all in one index. What they are is told in
//! `golden/README.md`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use alliance_record::RecordId;
use serde::Deserialize;

use super::fixture::{Shelf, ids, practice, question};
use crate::Searcher;

/// Recall among the first ten, of each language.
const RECALL_MIN: f64 = 0.95;
const FIRST: usize = 10;

#[derive(Deserialize)]
struct Set {
    /// Name, title, text.
    records: Vec<[String; 3]>,
    /// A question, then the names of the records that answer it.
    queries: Vec<Vec<String>>,
}

fn sets() -> BTreeMap<String, Set> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden");
    let files = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    let files = files.filter(|file| file.extension().is_some_and(|ending| ending == "toml"));
    let read = |file: std::path::PathBuf| {
        let set = toml::from_str(&fs::read_to_string(&file).unwrap());
        let language = file.file_stem().unwrap().to_string_lossy().into_owned();
        (
            language,
            set.unwrap_or_else(|error| panic!("{}: {error}", file.display())),
        )
    };
    files.map(read).collect()
}

/// What is found of what should be, and the questions for which something is missing.
fn recall(searcher: &Searcher, set: &Set, known: &BTreeMap<&str, RecordId>) -> (f64, Vec<String>) {
    let (mut found, mut missing) = (0.0, Vec::new());
    for query in &set.queries {
        let (asked, answers) = query.split_first().unwrap();
        assert!(!answers.is_empty(), "{asked}");
        let mut question = question(asked);
        question.limit = FIRST;
        let first = ids(&searcher.search(&question, &|_| true).unwrap());
        let is_found = |name: &&String| first.contains(&known[name.as_str()]);
        let count = answers.iter().filter(is_found).count();
        found += count as f64 / answers.len() as f64;
        if count < answers.len() {
            missing.push(asked.clone());
        }
    }
    (found / set.queries.len() as f64, missing)
}

#[test]
fn each_language_reaches_its_recall() {
    let sets = sets();
    assert_eq!(sets.len(), 14);
    let mut shelf = Shelf::new();
    let mut known: BTreeMap<&str, BTreeMap<&str, RecordId>> = BTreeMap::new();
    for (language, set) in &sets {
        for [name, title, text] in &set.records {
            let id = shelf.put(practice(language, title, text));
            known.entry(language).or_default().insert(name, id);
        }
    }
    let (_indexer, searcher) = shelf.followed();
    let mut failed = Vec::new();
    for (language, set) in &sets {
        assert!(set.records.len() >= 40 && set.queries.len() >= 20, "{language}");
        let (recall, missing) = recall(&searcher, set, &known[language.as_str()]);
        if recall < RECALL_MIN {
            failed.push(format!("{language} {recall:.3}: {}", missing.join("; ")));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}
