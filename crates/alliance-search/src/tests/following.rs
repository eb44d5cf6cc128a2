//! The cursor, and what makes an index begin anew.

use std::fs;

use alliance_record::proto::v1;
use alliance_record::schema::Kind;
use alliance_store::Arrival;
use prost::Message;

use super::fixture::{DAY, Shelf, ask, coded, follow, ids, practice};
use crate::{OpenError, Opened, Search, Unfit};

#[test]
fn the_cursor_is_on_the_disk_with_the_index() {
    let mut shelf = Shelf::new();
    let first = shelf.put(practice("en", "A calm room", ""));
    {
        let (mut indexer, searcher) = shelf.open();
        assert_eq!(indexer.opened(), Opened::New);
        assert!(ask(&searcher, "calm").hits.is_empty());
        let followed = indexer.follow(&shelf.reader).unwrap();
        assert_eq!(
            (followed.taken, followed.cursor, followed.is_behind),
            (1, Arrival(1), false)
        );
        assert_eq!(indexer.follow(&shelf.reader).unwrap().taken, 0);
    }
    let second = shelf.put(practice("en", "Another calm room", ""));
    let (mut indexer, searcher) = shelf.open();
    assert_eq!((indexer.opened(), indexer.cursor()), (Opened::Resumed, Arrival(1)));
    assert_eq!(ids(&ask(&searcher, "calm")), [first]);
    assert_eq!(follow(&shelf, &mut indexer).taken, 1);
    let answer = ask(&searcher, "calm");
    assert_eq!((answer.found, answer.as_of), (2, Arrival(2)));
    assert!(ids(&answer).contains(&second));
}

#[test]
fn what_was_not_committed_is_taken_again_and_once() {
    let mut shelf = Shelf::new();
    let id = shelf.put(practice("en", "A calm room", ""));
    {
        let (indexer, _) = shelf.open();
        let facts = crate::filter::Facts::of(&shelf.reader.record(&id).unwrap().unwrap().record);
        indexer.add_uncommitted(&facts);
    }
    let (mut indexer, searcher) = shelf.open();
    assert_eq!((indexer.opened(), indexer.cursor()), (Opened::Resumed, Arrival::NONE));
    assert!(ask(&searcher, "calm").hits.is_empty());
    follow(&shelf, &mut indexer);
    assert_eq!(ids(&ask(&searcher, "calm")), [id]);
}

#[test]
fn many_groups_and_merges_lose_nothing() {
    let mut shelf = Shelf::new();
    let (mut indexer, searcher) = shelf.open();
    for number in 0..30 {
        shelf.put(practice("en", &format!("Room number{number:03}"), "calm"));
        follow(&shelf, &mut indexer);
    }
    indexer.merge_all();
    assert_eq!(ask(&searcher, "calm").found, 30);
    for number in 0..30 {
        assert_eq!(ask(&searcher, &format!("number{number:03}")).found, 1);
    }
    assert!(indexer.segments() < 12, "{}", indexer.segments());
}

#[test]
fn an_index_far_behind_takes_in_more_than_a_group_at_once() {
    let mut shelf = Shelf::new();
    let records: Vec<_> = (0..4_200)
        .map(|number| shelf.sign(1, "m49:150", practice("en", &format!("Calm room{number:04}"), ""), DAY))
        .collect();
    let ids_of: Vec<_> = records.chunks(1_000).flat_map(|group| shelf.append(group)).collect();
    let (mut indexer, searcher) = shelf.open();
    let followed = indexer.follow(&shelf.reader).unwrap();
    assert!(followed.taken > 0, "{followed:?}");
    follow(&shelf, &mut indexer);
    assert_eq!(ask(&searcher, "calm").found, 4_200);
    for number in [0, 511, 512, 4_199] {
        assert_eq!(ids(&ask(&searcher, &format!("room{number:04}"))), [ids_of[number]]);
    }
}

#[test]
fn a_body_that_comes_later_is_taken_then() {
    let mut shelf = Shelf::new();
    let whole = shelf.sign(1, "m49:150", practice("en", "A calm room", ""), DAY);
    shelf.append(&[whole.clone().without_body()]);
    let (mut indexer, searcher) = shelf.open();
    let followed = follow(&shelf, &mut indexer);
    assert_eq!((followed.taken, followed.passed), (0, 1));
    shelf
        .writer
        .fill(&whole.header().log, 0, vec![whole.body().unwrap().clone()])
        .unwrap();
    follow(&shelf, &mut indexer);
    let answer = ask(&searcher, "calm");
    assert_eq!((ids(&answer), answer.found), (vec![whole.id()], 1));
    drop((indexer, searcher));
    fs::remove_dir_all(shelf.index_dir()).unwrap();
    let (_indexer, searcher) = shelf.followed();
    assert_eq!(ask(&searcher, "calm").found, 1, "a rebuild meets it twice");
}

#[test]
fn only_what_people_look_for_is_taken() {
    let mut shelf = Shelf::new();
    let profile = v1::Profile {
        name: "Fenholt Trust".into(),
        ..v1::Profile::default()
    };
    shelf.put((Kind::PROFILE, profile.encode_to_vec()));
    shelf.put((Kind::SUBSCRIPTION, v1::Subscription::default().encode_to_vec()));
    shelf.put((Kind::PRACTICE, vec![0xff]));
    shelf.put((Kind(33), b"of a newer node".to_vec()));
    let (mut indexer, searcher) = shelf.open();
    let followed = follow(&shelf, &mut indexer);
    assert_eq!((followed.taken, followed.passed), (2, 2));
    assert_eq!(ask(&searcher, "fenholt").found, 0, "the roster has it");
    assert_eq!(ask(&searcher, "kind:kind-33").found, 1);
    assert_eq!(ask(&searcher, "newer").found, 0);
}

#[test]
fn what_strangers_write_is_bounded() {
    let mut shelf = Shelf::new();
    let long = "y".repeat(20_000);
    let codes: Vec<String> = (0..1_000).map(|number| format!("made_up_{number}")).collect();
    let mut all: Vec<&str> = codes.iter().map(String::as_str).collect();
    all.push(&long);
    let tag = "\u{1f}\u{1e}:".repeat(9);
    let id = shelf.put(coded(&tag, &format!("Calm {long}"), "\u{1d}\u{1e}\u{1f} room", &all));
    shelf.put(coded(&long, "Another calm room", &"ab ".repeat(10_000), &[]));
    let (_indexer, searcher) = shelf.followed();
    assert_eq!(ids(&ask(&searcher, "calm room made_up_7")), []);
    assert_eq!(ask(&searcher, "calm room").found, 2);
    assert_eq!(ids(&ask(&searcher, "setting:\"made_up_7\" yyyy*")), [id]);
    let answer = ask(&searcher, "");
    let count = |list: &str| {
        answer
            .lists
            .iter()
            .find(|one| one.list == list)
            .map_or(0, |one| one.counts.len() + one.left_out)
    };
    assert_eq!((count("setting"), count("language")), (200, 0));
}

/// What is done to the files between two openings, and how the second one finds them.
fn check_anew(spoil: impl Fn(&Shelf), unfit: Unfit) {
    let mut shelf = Shelf::new();
    let id = shelf.put(practice("en", "A calm room", ""));
    drop(shelf.followed());
    fs::write(shelf.index_dir().join("notes.txt"), "not tantivy's").unwrap();
    spoil(&shelf);
    let (mut indexer, searcher) = shelf.open();
    assert_eq!(
        (indexer.opened(), indexer.cursor()),
        (Opened::Anew(unfit), Arrival::NONE)
    );
    follow(&shelf, &mut indexer);
    assert_eq!(ids(&ask(&searcher, "calm")), [id]);
    drop((indexer, searcher));
    assert_eq!(shelf.open().0.opened(), Opened::Resumed);
    assert!(shelf.index_dir().join("notes.txt").exists());
}

fn edit_list(shelf: &Shelf, from: &str, to: &str) {
    let file = shelf.index_dir().join("meta.json");
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.contains(from), "{text}");
    fs::write(file, text.replace(from, to)).unwrap();
}

#[test]
fn another_version_begins_anew() {
    let now = format!("\\\"version\\\":{}", crate::INDEX_VERSION);
    check_anew(|shelf| edit_list(shelf, &now, "\\\"version\\\":0"), Unfit::OtherVersion);
    check_anew(
        |shelf| edit_list(shelf, "\\\"schema\\\":\\\"", "\\\"schema\\\":\\\"0"),
        Unfit::OtherVersion,
    );
    check_anew(
        |shelf| edit_list(shelf, "\\\"version\\\"", "\\\"edition\\\""),
        Unfit::OtherVersion,
    );
}

#[test]
fn another_store_begins_anew() {
    check_anew(
        |shelf| edit_list(shelf, "\\\"feed\\\":\\\"", "\\\"feed\\\":\\\"00"),
        Unfit::OtherStore,
    );
    check_anew(
        |shelf| edit_list(shelf, "\\\"cursor\\\":1", "\\\"cursor\\\":7"),
        Unfit::OtherStore,
    );
}

#[test]
fn damage_begins_anew() {
    let segment_file = |shelf: &Shelf, ending: &str| {
        let files = fs::read_dir(shelf.index_dir())
            .unwrap()
            .map(|entry| entry.unwrap().path());
        files
            .into_iter()
            .find(|file| file.extension().is_some_and(|found| found == ending))
            .unwrap()
    };
    check_anew(
        |shelf| {
            let file = segment_file(shelf, "term");
            let mut bytes = fs::read(&file).unwrap();
            bytes[3] ^= 0x55;
            fs::write(file, bytes).unwrap();
        },
        Unfit::Damaged,
    );
    check_anew(
        |shelf| fs::remove_file(segment_file(shelf, "idx")).unwrap(),
        Unfit::Damaged,
    );
    check_anew(
        |shelf| fs::write(segment_file(shelf, "fast"), "").unwrap(),
        Unfit::Damaged,
    );
    check_anew(
        |shelf| fs::write(shelf.index_dir().join("meta.json"), "{").unwrap(),
        Unfit::Damaged,
    );
}

#[test]
fn there_is_one_indexer_for_a_directory() {
    let shelf = Shelf::new();
    let (_indexer, _) = shelf.open();
    let second = Search::open(&shelf.index_dir(), &shelf.reader);
    assert!(matches!(second, Err(OpenError::Locked { .. })), "{second:?}");
}
