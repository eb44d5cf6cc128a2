//! What is forgotten leaves no trace in the files.

use std::collections::BTreeSet;
use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};

use super::fixture::{Shelf, ask, follow, ids, practice};

/// Whether any file of the index holds these bytes.
fn holds(shelf: &Shelf, bytes: &[u8]) -> bool {
    let files = fs::read_dir(shelf.index_dir()).unwrap();
    files.into_iter().any(|entry| {
        let file = fs::read(entry.unwrap().path()).unwrap();
        file.windows(bytes.len()).any(|window| window == bytes)
    })
}

fn segments(shelf: &Shelf) -> BTreeSet<String> {
    let files = fs::read_dir(shelf.index_dir()).unwrap();
    let names = files
        .into_iter()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let names = names.filter_map(|name| Some(name.split_once('.')?.0.to_owned()));
    names.filter(|name| name.len() == 32).collect()
}

const TITLE: &str = "Zyxwvut Maisie Quokkahill";
const TEXT: &str = "She said Kwyjibotronic things about Пінгвінарій and 秘密部屋.";

/// What stands in terms of it, whole or as a stem.
const TERMS: [&str; 5] = ["zyxwvut", "quokkahil", "kwyjibotron", "пінгвін", "秘密"];

#[test]
fn nothing_is_left_in_the_files() {
    let mut shelf = Shelf::new();
    for number in 0..40 {
        shelf.put(practice("en", &format!("A calm room {number}"), "Others stay."));
    }
    let gone = shelf.put(practice("en", TITLE, TEXT));
    for number in 40..60 {
        shelf.put(practice("en", &format!("A calm room {number}"), "Others stay."));
    }
    let (mut indexer, searcher) = shelf.followed();
    assert_eq!(ids(&ask(&searcher, "kwyjibotronic")), [gone]);
    for term in TERMS {
        assert!(indexer.terms().iter().any(|known| known.contains(term)), "{term}");
    }
    let before = segments(&shelf);
    shelf.writer.erase(&[gone]).unwrap();
    let forgotten = indexer.forget(&[gone]).unwrap();
    assert_eq!(
        (forgotten.removed, forgotten.rewritten, forgotten.files_left),
        (1, 1, 0)
    );
    for text in [TITLE, TEXT] {
        for word in text
            .split(|letter: char| !letter.is_alphanumeric())
            .filter(|word| word.chars().count() > 5)
        {
            assert!(!holds(&shelf, word.as_bytes()), "{word}");
            assert!(!holds(&shelf, word.to_lowercase().as_bytes()), "{word}");
        }
    }
    assert!(!holds(&shelf, gone.as_bytes()));
    assert!(before.is_disjoint(&segments(&shelf)), "no file of before is left");
    assert!(ask(&searcher, "kwyjibotronic").hits.is_empty());
    assert_eq!(ask(&searcher, "calm").found, 60);
    for term in TERMS {
        assert!(indexer.terms().iter().all(|known| !known.contains(term)), "{term}");
    }
    assert!(indexer.terms().iter().any(|term| term == "calm"));
    drop((indexer, searcher));
    fs::remove_dir_all(shelf.index_dir()).unwrap();
    let (_indexer, searcher) = shelf.followed();
    assert!(
        ask(&searcher, "kwyjibotronic").hits.is_empty(),
        "nor does a rebuild bring it back"
    );
    assert_eq!(ask(&searcher, "calm").found, 60);
}

#[test]
fn only_segments_that_held_something_are_written_anew() {
    let mut shelf = Shelf::new();
    let (mut indexer, searcher) = shelf.open();
    let mut all = Vec::new();
    for _ in 0..3 {
        all.push(shelf.put(practice("en", "A calm room", "")));
        follow(&shelf, &mut indexer);
    }
    let before = segments(&shelf);
    assert_eq!(indexer.forget(&[]).unwrap().rewritten, 0);
    let forgotten = indexer.forget(&[all[1]]).unwrap();
    // It was the only record of its segment, which is then dropped as a whole.
    assert_eq!(
        (forgotten.removed, forgotten.rewritten, forgotten.files_left),
        (1, 0, 0)
    );
    assert_eq!(before.intersection(&segments(&shelf)).count(), 2);
    assert_eq!(ask(&searcher, "calm").found, 2);
    let again = indexer.forget(&[all[1]]).unwrap();
    assert_eq!((again.removed, again.rewritten, again.files_left), (0, 0, 0));
}

#[test]
fn no_merge_brings_back_what_is_forgotten_meanwhile() {
    for _ in 0..5 {
        let mut shelf = Shelf::new();
        let (mut indexer, searcher) = shelf.open();
        let gone = shelf.put(practice("en", TITLE, TEXT));
        indexer.follow(&shelf.reader).unwrap();
        for number in 0..7 {
            shelf.put(practice("en", &format!("A calm room {number}"), "Others stay."));
            indexer.follow(&shelf.reader).unwrap();
        }
        assert!(indexer.is_merging(), "eight segments are merged");
        let forgotten = indexer.forget(&[gone]).unwrap();
        assert_eq!((forgotten.removed, forgotten.files_left), (1, 0));
        assert!(!TERMS.iter().any(|term| holds(&shelf, term.as_bytes())));
        assert!(!holds(&shelf, gone.as_bytes()));
        assert_eq!(ask(&searcher, "calm").found, 7);
    }
}

#[test]
fn what_a_stop_cut_short_is_done_by_the_next_opening() {
    let mut shelf = Shelf::new();
    shelf.put(practice("en", "A calm room", ""));
    let gone = shelf.put(practice("en", TITLE, TEXT));
    let (mut indexer, searcher) = shelf.followed();
    shelf.writer.erase(&[gone]).unwrap();
    indexer.forget_in_part(&[gone]);
    assert!(ask(&searcher, "kwyjibotronic").hits.is_empty());
    drop((indexer, searcher));
    let (mut indexer, searcher) = shelf.open();
    let has_terms = |terms: Vec<String>| TERMS.iter().any(|term| terms.iter().any(|known| known.contains(term)));
    assert!(has_terms(indexer.terms()));
    let before = segments(&shelf);
    indexer.follow(&shelf.reader).unwrap();
    assert!(!has_terms(indexer.terms()));
    assert!(before.is_disjoint(&segments(&shelf)));
    assert_eq!(ask(&searcher, "calm").found, 1);
}

#[test]
fn searches_that_run_meanwhile_hold_no_file_back() {
    let mut shelf = Shelf::new();
    let ids: Vec<_> = (0..12)
        .map(|_| shelf.put(practice("en", "A calm room", TEXT)))
        .collect();
    let (mut indexer, searcher) = shelf.followed();
    let is_over = AtomicBool::new(false);
    let searches = std::thread::scope(|scope| {
        let searching = scope.spawn(|| {
            let mut searches = 0;
            while !is_over.load(Ordering::Relaxed) {
                ask(&searcher, "calm");
                searches += 1;
            }
            searches
        });
        for id in &ids {
            assert_eq!(indexer.forget(&[*id]).unwrap().files_left, 0);
        }
        is_over.store(true, Ordering::Relaxed);
        searching.join().unwrap()
    });
    assert!(searches > 0);
    assert_eq!(ask(&searcher, "calm").found, 0);
}
