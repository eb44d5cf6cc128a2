//! Order, pages, spellings, synonyms, and what is like a record.

use std::collections::BTreeSet;

use alliance_record::RecordId;

use super::fixture::{DAY, Shelf, ask, coded, ids, practice, question};
use crate::filter::{Facts, Filter};
use crate::{Counting, Order, Question};

#[test]
fn titles_come_first_and_of_equals_the_newest() {
    let mut shelf = Shelf::new();
    let text = shelf.put(practice("en", "Something about evenings", "A huddle at noon."));
    let old = shelf.put(practice("en", "A huddle for staff", "Each day at noon."));
    let new = shelf.put(practice("en", "A huddle for staff", "Each day at noon."));
    let (_indexer, searcher) = shelf.followed();
    assert_eq!(ids(&ask(&searcher, "huddle")), [new, old, text]);
    let newest = Question {
        order: Order::Newest,
        ..question("noon")
    };
    let answer = searcher.search(&newest, &|_| true).unwrap();
    assert_eq!(ids(&answer), [new, old, text]);
    assert!(answer.hits.iter().all(|hit| hit.score == 0.0));
}

#[test]
fn pages_give_each_record_once() {
    let mut shelf = Shelf::new();
    let records: Vec<_> = (0..57)
        .map(|number| {
            let times = "calm ".repeat(number % 5 + 1);
            shelf.sign(
                number as u8 % 3,
                "m49:150",
                practice("en", "A room that is calm", &times),
                DAY,
            )
        })
        .collect();
    let all: BTreeSet<RecordId> = shelf.append(&records).into_iter().collect();
    let (_indexer, searcher) = shelf.followed();
    for order in [Order::Relevance, Order::Newest] {
        let mut seen = Vec::new();
        let mut asked = Question {
            order,
            limit: 10,
            ..question("calm")
        };
        loop {
            let answer = searcher.search(&asked, &|_| true).unwrap();
            assert_eq!(answer.found, 57);
            seen.extend(answer.hits);
            let Some(next) = answer.next else { break };
            assert_eq!(next.to_string().parse(), Ok(next));
            asked.after = Some(next);
        }
        assert_eq!(seen.len(), 57, "{order:?}");
        assert_eq!(seen.iter().map(|hit| hit.id).collect::<BTreeSet<_>>(), all);
        let in_order = |two: &[crate::Hit]| (two[0].score, two[0].arrival) > (two[1].score, two[1].arrival);
        assert!(seen.windows(2).all(in_order), "{order:?}");
    }
    for wrong in ["", "zz", "7fc000000000000000000001", "0000000000000000000000001"] {
        assert!(wrong.parse::<crate::After>().is_err(), "{wrong}");
    }
}

#[test]
fn what_is_not_to_be_kept_is_passed_over_and_told() {
    let mut shelf = Shelf::new();
    let records: Vec<_> = (0..300)
        .map(|_| shelf.sign(1, "m49:150", practice("en", "A room that is calm", ""), DAY))
        .collect();
    let all = shelf.append(&records);
    let (_indexer, searcher) = shelf.followed();
    let kept: BTreeSet<_> = all[..5].iter().copied().collect();
    let asked = Question {
        limit: 5,
        order: Order::Newest,
        ..question("calm")
    };
    let answer = searcher.search(&asked, &|id| kept.contains(id)).unwrap();
    assert_eq!(answer.hits.len(), 5);
    assert_eq!((answer.not_kept, answer.found, answer.next), (295, 300, None));
    let none = searcher.search(&asked, &|_| false).unwrap();
    assert_eq!((none.hits.len(), none.not_kept, none.next), (0, 300, None));
}

#[test]
fn other_spellings_are_taken_only_where_nothing_else_is_found() {
    let mut shelf = Shelf::new();
    let right = shelf.put(practice("en", "Restraint on acute wards", "Seclusion fell."));
    shelf.put(practice("en", "Restrain nobody, listen", "Gardens."));
    let (_indexer, searcher) = shelf.followed();
    let answer = ask(&searcher, "seclusoin");
    assert_eq!(ids(&answer), [right]);
    assert_eq!(
        (answer.spellings[0].typed.as_str(), answer.is_loose),
        ("seclusoin", false)
    );
    assert_eq!(answer.spellings[0].taken, ["seclusion"]);
    assert!(ask(&searcher, "gardens").spellings.is_empty());
    // Each word is somewhere, and all of them nowhere.
    let answer = ask(&searcher, "wards garden");
    assert!(answer.hits.is_empty() && !answer.is_loose);
    let answer = ask(&searcher, "gardens nobodx");
    assert_eq!(answer.hits.len(), 1);
    assert!(ask(&searcher, "acte").spellings[0].taken.contains(&"acute".to_owned()));
    for short in ["wrd", "2o24"] {
        assert!(ask(&searcher, short).hits.is_empty(), "{short}");
    }
    assert!(
        ask(&searcher, "\"seclusoin\"").hits.is_empty(),
        "a phrase is taken as it stands"
    );
}

#[test]
fn a_text_without_spaces_is_taken_apart_where_nothing_is_found() {
    let mut shelf = Shelf::new();
    let id = shelf.put(practice("zh-Hans", "病房里的约束明显减少", ""));
    let (_indexer, searcher) = shelf.followed();
    let answer = ask(&searcher, "约束在减少");
    assert_eq!((ids(&answer), answer.is_loose), (vec![id], true));
    assert!(ask(&searcher, "学校在增加").hits.is_empty());
    assert!(
        ask(&searcher, "\"约束在减少\"").hits.is_empty(),
        "a phrase is taken as it stands"
    );
}

#[test]
fn synonyms_find_more_and_the_words_themselves_first() {
    let mut shelf = Shelf::new();
    let coded = shelf.put(coded("cs", "Něco úplně jiného", "", &["inpatient.picu"]));
    let long = shelf.put(practice(
        "en",
        "Nothing of that name",
        "Our psychiatric intensive care unit is small.",
    ));
    let short = shelf.put(practice("en", "Nothing of that name", "Our PICU is small and calm."));
    let (_indexer, searcher) = shelf.followed();
    assert_eq!(ids(&ask(&searcher, "picu")), [short, long, coded]);
    assert_eq!(ids(&ask(&searcher, "psychiatric intensive care unit"))[0], long);
    assert_eq!(ask(&searcher, "psychiatric intensive care unit").found, 3);
    assert_eq!(ids(&ask(&searcher, "picu calm")), [short]);
    assert_eq!(
        ask(&searcher, "\"picu\"").found,
        1,
        "what stands in quotation marks is meant so"
    );
}

#[test]
fn what_means_the_same_is_nearer_than_what_is_spelt_alike() {
    let mut shelf = Shelf::new();
    let meant = shelf.put(practice("en", "Some other title", "A psychiatric intensive care unit."));
    shelf.put(practice("en", "Some other title", "Nurses pick flowers."));
    let (_indexer, searcher) = shelf.followed();
    let answer = ask(&searcher, "picu");
    assert_eq!((ids(&answer), answer.spellings), (vec![meant], Vec::new()));
}

#[test]
fn a_filter_and_a_question_hold_together() {
    let mut shelf = Shelf::new();
    let first = shelf.put(coded("en", "A calm room", "", &["prison"]));
    let second = shelf.put(coded("de-AT", "A calm room", "", &["prison", "residential"]));
    let (_indexer, searcher) = shelf.followed();
    let find = |text: &str, filter: Filter| {
        let asked = Question {
            filter,
            counting: Counting::Records,
            ..question(text)
        };
        let answer = searcher.search(&asked, &|_| true).unwrap();
        assert!(answer.lists.is_empty());
        ids(&answer)
    };
    let by_code = Filter {
        codes: vec![
            ("setting".into(), "residential".into()),
            ("setting".into(), "transport".into()),
        ],
        ..Filter::default()
    };
    assert_eq!(find("calm", by_code.clone()), [second]);
    assert!(find("language:en", by_code).is_empty());
    assert_eq!(find("language:de-at setting:pris*", Filter::default()), [second]);
    assert_eq!(find("-language:de year:2024", Filter::default()), [first]);
    assert!(find("year:2025", Filter::default()).is_empty());
    let organisation = alliance_record::SecretKey::from_seed(&[0x81; 32])
        .organisation()
        .to_string();
    assert_eq!(
        find(&format!("organisation:{}", &organisation[..8]), Filter::default()).len(),
        2
    );
    assert!(find("organisation:00000000", Filter::default()).is_empty());
}

#[test]
fn what_is_like_a_record_shares_its_rare_words_or_codes() {
    let mut shelf = Shelf::new();
    let room = "A sensory room with music and blankets, chosen by patients";
    let one = shelf.put(coded("en", "Sensory room", room, &["prison", "inpatient.picu"]));
    let same = shelf.put(coded("en", "Another sensory room", room, &["residential"]));
    let abroad = shelf.put(coded("ja", "別の部屋", "静かな部屋", &["prison", "inpatient.picu"]));
    let far = shelf.put(coded(
        "en",
        "Staffing at night",
        "Rosters and numbers of nurses",
        &["transport"],
    ));
    let (_indexer, searcher) = shelf.followed();
    let facts = Facts::of(&shelf.reader.record(&one).unwrap().unwrap().record);
    let like = searcher.more_like(&facts, 10, &|_| true).unwrap();
    let like: Vec<_> = like.iter().map(|hit| hit.id).collect();
    assert_eq!(like.first(), Some(&same));
    assert!(!like.contains(&one) && !like.contains(&far));
    assert!(!like.contains(&abroad), "two codes are too few");
}

#[test]
fn a_phrase_can_be_left_out() {
    let mut shelf = Shelf::new();
    let mut calm = Vec::new();
    let mut others = Vec::new();
    for number in 0..40 {
        // The words of the phrase stand in all of them, and beside one another in every third.
        match number % 3 {
            0 => calm.push(shelf.put(practice("en", "A calm room on the ward", "Open day and night."))),
            1 => others.push(shelf.put(practice("en", "A room that is calm", "On the ward."))),
            _ => others.push(shelf.put(practice("en", "Calm talks outside the room", "The ward is quiet."))),
        }
    }
    let (_indexer, searcher) = shelf.followed();
    for (text, left) in [
        ("ward -\"calm room\"", others.len()),
        ("-\"calm room\"", others.len()),
        ("-calm-room", others.len()),
    ] {
        let answer = ask(&searcher, text);
        assert_eq!(answer.found, left as u64, "{text}");
        assert!(ids(&answer).iter().all(|id| !calm.contains(id)), "{text}");
    }
}

#[test]
fn records_of_the_same_codes_are_alike_whatever_they_say() {
    let mut shelf = Shelf::new();
    let codes = ["prison", "inpatient.picu", "inpatient.rehab"];
    let one = shelf.put(coded("en", "Alpha beta gamma", "", &codes));
    let same = shelf.put(coded("cs", "Delta epsilon zeta", "", &codes));
    for _ in 0..20 {
        shelf.put(coded("en", "Eta theta iota", "", &[]));
    }
    let (_indexer, searcher) = shelf.followed();
    let stored = shelf.reader.record(&one).unwrap().unwrap();
    let like = searcher.more_like(&Facts::of(&stored.record), 10, &|_| true).unwrap();
    let found: Vec<_> = like.iter().map(|hit| (hit.id, hit.score > 1.0)).collect();
    assert_eq!(found, [(same, true)]);
}
