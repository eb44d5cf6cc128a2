//! The listing: filters, pages, and building it anew.

use alliance_record::schema::Kind;
use tempfile::tempdir;

use super::fixture::{Log, chapter, open, open_well, pop_last};
use crate::meta::{Followed, projection_key};
use crate::trees::{IDS, LISTING, Trees};
use crate::{Arrival, LISTING_LIMIT_MAX, OpenEvent, Query, Reader};

/// Title, English title, language and settings of each record, by chapter and kind.
const TEXTS: [(&str, u32, &str); 6] = [
    ("m49:150", 1, "Ruhe|Quiet|de-AT|ward,home"),
    ("m49:150", 2, "Calm||en-GB|ward"),
    ("m49:001", 1, "Klid|Calm|cs||2025-04|"),
    ("m49:150", 1, "Talk||en|home|2025-04-30|asks"),
    ("m49:001", 2, "no facets"),
    ("m49:001", 1, "Engage||eng|ward||asks"),
];

fn all() -> Query {
    Query {
        limit: 50,
        ..Query::default()
    }
}

type Narrow = fn(&mut Query);
type Harm = fn(&Trees);

/// What each filter finds among [`TEXTS`], newest first.
const FILTERS: [(Narrow, &[u64]); 17] = [
    (|_| {}, &[6, 5, 4, 3, 2, 1]),
    (|query| query.kind = Some(Kind(2)), &[5, 2]),
    (|query| query.chapter = Some(chapter("m49:150")), &[4, 2, 1]),
    (
        |query| query.organisation = Some(Log::new(2, "m49:001").organisation()),
        &[6, 5, 3],
    ),
    (|query| query.language = Some("en".into()), &[4, 2]),
    (|query| query.language = Some("de-at".into()), &[1]),
    (|query| query.setting = Some("ward".into()), &[6, 2, 1]),
    (|query| query.claimed_from_ms = Some(1000), &[6, 5, 4, 2]),
    (|query| query.claimed_to_ms = Some(0), &[3, 1]),
    (|query| query.before = Some(Arrival(3)), &[2, 1]),
    (|query| query.due_by = Some("2025-04-30".into()), &[4, 3]),
    (|query| query.due_by = Some("2025-04-29".into()), &[3]),
    (|query| query.due_by = Some("2025-04".into()), &[3]),
    (|query| query.due_by = Some("2025-03-31".into()), &[]),
    (|query| query.asks = true, &[6, 4]),
    (
        |query| (query.asks, query.due_by) = (true, Some("2026-01-01".into())),
        &[4],
    ),
    (
        |query| (query.kind, query.language) = (Some(Kind(1)), Some("en".into())),
        &[4],
    ),
];

#[test]
fn filters_find_what_they_name() {
    let dir = tempdir().unwrap();
    let (mut writer, reader) = open_well(dir.path());
    let mut logs = [Log::new(1, "m49:150"), Log::new(2, "m49:001")];
    for (name, kind, text) in TEXTS {
        let log = &mut logs[usize::from(name == "m49:001")];
        (log.kind, log.text, log.body_bytes) = (kind, text.into(), 0);
        writer.append(&log.take(1)).unwrap();
    }
    for (narrow, expected) in FILTERS {
        let mut query = all();
        narrow(&mut query);
        let page = reader.list(&query).unwrap();
        let got: Vec<u64> = page.rows.iter().map(|row| row.arrival.0).collect();
        assert_eq!((got.as_slice(), page.next), (expected, None), "{query:?}");
    }
    let row = &reader.list(&all()).unwrap().rows[5];
    assert_eq!(
        (row.facets.title.as_str(), row.facets.title_en.as_str()),
        ("Ruhe", "Quiet")
    );
    assert_eq!((row.chapter.as_str(), row.facets.settings.len()), ("m49:150", 2));
    assert_eq!(reader.record(&row.record).unwrap().unwrap().arrival, row.arrival);
    let row = &reader.list(&all()).unwrap().rows[2];
    assert_eq!((row.facets.due.as_str(), row.facets.asks), ("2025-04-30", true));
}

#[test]
fn each_row_is_found_by_its_arrival() {
    let dir = tempdir().unwrap();
    let (mut writer, reader) = open_well(dir.path());
    let mut log = Log::new(1, "m49:150");
    writer.append(&log.take(200)).unwrap();
    writer.append(&super::fill::bare_all(&log.clone().take(2))).unwrap();
    let filled = super::fill::bodies(&log.clone().take(2));
    writer.fill(&log.name(), 200, filled).unwrap();
    let rows = reader.list(&Query { limit: 200, ..all() }).unwrap().rows;
    for row in rows {
        assert_eq!(reader.listed(row.arrival).unwrap(), Some(row));
    }
    // Before everything, two bodies that came later, and what has not come.
    for arrival in [0, 203, 204, 205, u64::MAX] {
        assert_eq!(reader.listed(Arrival(arrival)).unwrap(), None, "{arrival}");
    }
    super::torn::begin_storing(&mut writer, &Log::new(2, "m49:150").take(1), 4);
    assert_eq!(reader.listed(Arrival(205)).unwrap(), None);
}

/// All rows' arrivals, page by page.
fn paged(reader: &Reader, mut query: Query) -> Vec<u64> {
    let mut arrivals = Vec::new();
    loop {
        let page = reader.list(&query).unwrap();
        assert!(page.rows.len() <= query.limit.clamp(1, LISTING_LIMIT_MAX));
        arrivals.extend(page.rows.iter().map(|row| row.arrival.0));
        match page.next {
            Some(next) => query.before = Some(next),
            None => return arrivals,
        }
    }
}

#[test]
fn pages_join_without_gap_or_overlap() {
    let dir = tempdir().unwrap();
    let (mut writer, reader) = open_well(dir.path());
    let mut log = Log::new(1, "m49:150");
    for count in [1, 150, 1, 64, 65, 230] {
        writer.append(&log.take(count)).unwrap();
    }
    let expected: Vec<u64> = (1..=511).rev().collect();
    for limit in [0, 7, 64, 200, 1000] {
        assert_eq!(paged(&reader, Query { limit, ..all() }), expected, "{limit}");
    }
}

#[test]
fn long_texts_are_cut_at_a_character() {
    let dir = tempdir().unwrap();
    let (mut writer, reader) = open_well(dir.path());
    let mut log = Log::new(1, "m49:150");
    log.text = format!("{}||cs||2025-04-30T12:00|", "ž".repeat(1001));
    writer.append(&log.take(1)).unwrap();
    let facets = &reader.list(&all()).unwrap().rows[0].facets;
    assert_eq!((&facets.title, facets.due.as_str()), (&"ž".repeat(200), "2025-04-30"));
}

#[test]
fn projections_are_rebuilt_and_caught_up() {
    let dir = tempdir().unwrap();
    let (mut writer, reader) = open_well(dir.path());
    let group = Log::new(1, "m49:150").take(300);
    writer.append(&group).unwrap();
    let expected = paged(&reader, all());
    let trees = writer.core.trees();
    trees.ids.clear().unwrap();
    pop_last(&trees.listing);
    assert_eq!(reader.record(&group[0].id()).unwrap(), None);
    assert_eq!(writer.rebuild_projections().unwrap().unreadable, 0);
    assert_eq!(paged(&reader, all()), expected);
    assert!(reader.record(&group[0].id()).unwrap().is_some());

    // The process stopped before the listing's cursor moved, and between two blocks.
    let trees = writer.core.trees();
    trees
        .put_followed(
            "listing",
            Followed {
                version: LISTING.version,
                arrival: Arrival(128),
            },
        )
        .unwrap();
    pop_last(&trees.listing);
    trees
        .put_followed(
            "ids",
            Followed {
                version: IDS.version,
                arrival: Arrival(17),
            },
        )
        .unwrap();
    drop((writer, reader));
    let (mut writer, mut reader) = open_well(dir.path());
    assert_eq!(paged(&reader, all()), expected);

    // Another layout, a cursor that cannot be, and a cursor in the middle of a block.
    let version = LISTING.version;
    for (version, arrival) in [(0, 300), (version, 301), (version, 70)] {
        let followed = Followed {
            version,
            arrival: Arrival(arrival),
        };
        writer.core.trees().put_followed("listing", followed).unwrap();
        drop((writer, reader));
        let events;
        (writer, reader, events) = open(dir.path());
        assert_eq!(
            events,
            [OpenEvent::ProjectionRebuilt { name: "listing" }],
            "{followed:?}"
        );
        assert_eq!(paged(&reader, all()), expected);
    }
}

#[test]
fn a_damaged_projection_is_rebuilt() {
    let dir = tempdir().unwrap();
    let (mut writer, mut reader) = open_well(dir.path());
    let group = Log::new(1, "m49:150").take(100);
    writer.append(&group).unwrap();
    let harms: [(&str, Harm); 5] = [
        ("ids", |trees| trees.ids.insert([0], &[1, 2, 3]).unwrap()),
        ("links", |trees| trees.links.insert([0], &[1, 2, 3]).unwrap()),
        ("own_links", |trees| trees.own_links.insert([0], &[1, 2, 3]).unwrap()),
        ("listing", |trees| {
            trees.listing.insert(65_u64.to_be_bytes(), &[1, 2, 3]).unwrap()
        }),
        ("listing", |trees| {
            trees.meta.insert(projection_key("listing"), &[1, 2, 3]).unwrap()
        }),
    ];
    for (name, harm) in harms {
        harm(writer.core.trees());
        drop((writer, reader));
        let events;
        (writer, reader, events) = open(dir.path());
        assert_eq!(events, [OpenEvent::ProjectionRebuilt { name }]);
        assert_eq!(paged(&reader, all()).len(), 100);
        assert!(reader.record(&group[99].id()).unwrap().is_some());
    }
}

#[test]
fn an_unreadable_record_is_left_out_and_counted() {
    let dir = tempdir().unwrap();
    let (mut writer, reader) = open_well(dir.path());
    writer.append(&Log::new(1, "m49:150").take(100)).unwrap();
    writer.append(&Log::new(2, "m49:150").take(3)).unwrap();
    writer.append(&Log::new(3, "m49:150").take(2)).unwrap();
    let key = [1_u32.to_be_bytes().as_slice(), &0_u64.to_be_bytes()].concat();
    writer.core.trees().headers.insert(key, &[1]).unwrap();
    // Three records, in each of the four lists.
    assert_eq!(writer.rebuild_projections().unwrap().unreadable, 12);
    let mut expected: Vec<u64> = (1..=105).rev().collect();
    expected.retain(|arrival| !(101..=103).contains(arrival));
    assert_eq!(paged(&reader, all()), expected);
    assert_eq!(reader.last_arrival(), Arrival(105));
    drop((writer, reader));
    let (_writer, reader) = open_well(dir.path());
    assert_eq!(paged(&reader, all()), expected);
}
