//! Who took up what is found.

use alliance_record::proto::v1;
use alliance_record::schema::Kind;
use alliance_record::{RecordId, Reference, Role, SecretKey};
use prost::Message;

use super::fixture::{DAY, Shelf, ask, follow, practice};
use crate::{Answer, Searcher};

const CHAPTER: &str = "m49:150";

fn put(shelf: &mut Shelf, author: u8, body: (Kind, Vec<u8>), links: &[(Role, RecordId)]) -> RecordId {
    let references = links.iter().map(|(role, record)| Reference {
        role: *role,
        record: *record,
    });
    let record = shelf.sign_linked((author, CHAPTER), body, DAY, references.collect());
    shelf.append(&[record])[0]
}

fn adoption(status: &str) -> (Kind, Vec<u8>) {
    let body = v1::Adoption {
        status: status.into(),
        ..v1::Adoption::default()
    };
    (Kind::ADOPTION, body.encode_to_vec())
}

/// The authors whose organisations adopted what a question finds, and how many records of it.
fn adopters(answer: &Answer) -> Vec<(u8, u64)> {
    let author = |id: &str| (0..20_u8).find(|author| organisation(*author) == id);
    let list = answer.lists.iter().find(|list| list.list == "adopted_by");
    let counts = list.into_iter().flat_map(|list| &list.counts);
    let mut found: Vec<(u8, u64)> = counts
        .map(|count| (author(&count.value).unwrap(), count.records))
        .collect();
    found.sort_unstable();
    found
}

fn organisation(author: u8) -> String {
    SecretKey::from_seed(&[author ^ 0x80; 32]).organisation().to_string()
}

fn asked(searcher: &Searcher, words: &str) -> Vec<(u8, u64)> {
    adopters(&ask(searcher, words))
}

#[test]
fn what_was_adopted_counts_for_those_who_did() {
    let mut shelf = Shelf::new();
    let (mut indexer, searcher) = shelf.followed();
    let doors = put(&mut shelf, 1, practice("en", "Open doors", ""), &[]);
    let rooms = put(&mut shelf, 1, practice("en", "Quiet rooms", ""), &[]);
    follow(&shelf, &mut indexer);
    assert_eq!(asked(&searcher, "doors"), []);
    let adopts = |work| [(Role::ADOPTS, work)];
    let by_two = put(&mut shelf, 2, adoption("in_use"), &adopts(doors));
    put(&mut shelf, 2, adoption("abandoned"), &adopts(doors));
    put(&mut shelf, 3, adoption("in_use"), &adopts(doors));
    put(&mut shelf, 3, adoption("in_use"), &adopts(rooms));
    put(&mut shelf, 4, adoption("planning"), &adopts(rooms));
    put(&mut shelf, 1, adoption("in_use"), &adopts(rooms));
    follow(&shelf, &mut indexer);
    assert_eq!(asked(&searcher, "doors"), [(2, 1), (3, 1)]);
    assert_eq!(
        asked(&searcher, "rooms"),
        [(3, 1)],
        "not its own, and not who only plans it"
    );
    assert_eq!(asked(&searcher, "kind:practice"), [(2, 1), (3, 2)]);
    indexer.forget(&[by_two]).unwrap();
    indexer.merge_all();
    assert_eq!(asked(&searcher, "doors"), [(2, 1), (3, 1)], "the other adoption stays");
}

#[test]
fn an_adoption_counts_for_later_versions_by_the_same_organisation() {
    let mut shelf = Shelf::new();
    let first = put(&mut shelf, 1, practice("en", "Open doors", ""), &[]);
    let second = put(
        &mut shelf,
        1,
        practice("en", "Open wards", ""),
        &[(Role::SUPERSEDES, first)],
    );
    put(
        &mut shelf,
        1,
        practice("en", "Open houses", ""),
        &[(Role::SUPERSEDES, second)],
    );
    put(
        &mut shelf,
        5,
        practice("en", "Open fields", ""),
        &[(Role::SUPERSEDES, second)],
    );
    put(&mut shelf, 2, adoption("in_use"), &[(Role::ADOPTS, first)]);
    put(&mut shelf, 3, adoption("in_use"), &[(Role::ADOPTS, second)]);
    let (_indexer, searcher) = shelf.followed();
    assert_eq!(asked(&searcher, "doors"), [(2, 1)]);
    assert_eq!(asked(&searcher, "wards"), [(2, 1), (3, 1)]);
    assert_eq!(asked(&searcher, "houses"), [(2, 1), (3, 1)]);
    assert_eq!(asked(&searcher, "fields"), [], "another organisation's is another work");
}
