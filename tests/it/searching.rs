//! Searching on real nodes: what is found, what is not, and that an erased text can be found no more before that is confirmed.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use alliance_api::{Event, ExportQuery, RecordQuery, RemoveRequest, SearchOrder, SearchPage, SearchQuery, SearchState};
use alliance_export::Cells;
use alliance_node::Handle;
use alliance_tests::{Cluster, next_event};

use crate::known::{TITLE, everywhere, notice, two, version};

/// The word by which one record is found.
const WORD: &str = "xylophonquartz";

fn asked(q: &str) -> SearchQuery {
    SearchQuery {
        q: q.to_owned(),
        ..SearchQuery::default()
    }
}

async fn search(handle: &Handle, query: SearchQuery) -> SearchPage {
    handle.searchable().await.unwrap();
    handle
        .search(query)
        .await
        .unwrap_or_else(|problem| panic!("{problem:?}"))
}

async fn found(handle: &Handle, q: &str) -> Vec<String> {
    let page = search(handle, asked(q)).await;
    page.hits.into_iter().map(|hit| hit.record.id).collect()
}

fn values(page: &SearchPage, field: &str) -> Vec<(String, String, u64)> {
    let facet = page.facets.iter().find(|facet| facet.field == field);
    let values = facet.map(|facet| facet.values.clone()).unwrap_or_default();
    values
        .into_iter()
        .map(|value| (value.value, value.label, value.records))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_node_finds_the_same_and_shows_where_and_of_what_there_is_more() {
    let cluster = two().await;
    let first = everywhere(&cluster, 0, &version(TITLE, &[])).await;
    let other = everywhere(&cluster, 1, &version("Ranní setkání plánuje den", &[])).await;
    for handle in [cluster.handle(0), cluster.handle(1)] {
        let page = search(handle, asked("meetings plan")).await;
        assert_eq!(page.hits[0].record.id, first, "another form of the words");
        let title = &page.hits[0].snippets[0];
        assert_eq!((title.field.as_str(), title.text.as_str()), ("title", TITLE));
        assert_eq!(title.marks, [[8, 15], [21, 26]], "characters of the title");
        assert_eq!(found(handle, "setkani").await, [other.as_str()], "without accents");
        assert_eq!(found(handle, "country:de kind:practice").await, [other.as_str()]);
        let all = search(handle, asked("kind:practice")).await;
        assert_eq!((all.found, all.left_out, all.behind), (2, 0, 0));
        let mut countries = values(&all, "country");
        countries.sort();
        assert_eq!(
            countries,
            [("DE".to_owned(), String::new(), 1), ("GB".to_owned(), String::new(), 1)]
        );
        let names: Vec<_> = values(&all, "organisation")
            .into_iter()
            .map(|(_, name, _)| name)
            .collect();
        assert!(
            names.contains(&"First".to_owned()) && names.contains(&"Second".to_owned()),
            "{names:?}"
        );
        let labels: Vec<_> = values(&all, "setting").into_iter().map(|(_, label, _)| label).collect();
        assert!(labels.iter().all(|label| !label.is_empty()), "{labels:?}");
    }
    let one = SearchQuery {
        limit: Some(1),
        order: SearchOrder::Newest,
        ..asked("kind:practice")
    };
    let page = search(cluster.handle(0), one.clone()).await;
    assert_eq!(page.hits[0].record.id, other);
    let next = SearchQuery {
        after: page.next,
        ..one
    };
    let page = search(cluster.handle(0), next).await;
    assert_eq!((page.hits[0].record.id.as_str(), page.next), (first.as_str(), None));
    let like = cluster.handle(0).similar(&first).await.unwrap();
    assert_eq!(like.hits.len(), 1, "the other says much the same");
}

#[tokio::test(flavor = "multi_thread")]
async fn replaced_retracted_and_put_aside_records_are_out_unless_asked() {
    let cluster = two().await;
    let (node, word) = (cluster.handle(0), "huddlequartz");
    let old = everywhere(&cluster, 0, &version("A huddlequartz in the morning", &[])).await;
    let new = everywhere(&cluster, 0, &version("A huddlequartz in the morning, again", &[&old])).await;
    let retracted = everywhere(&cluster, 1, &version("A huddlequartz that did not work", &[])).await;
    everywhere(&cluster, 1, &notice("retraction", &retracted)).await;
    let aside = everywhere(&cluster, 1, &version("A huddlequartz that is put aside", &[])).await;
    node.quarantine(&aside).await.unwrap();
    assert_eq!(found(node, word).await, [new.as_str()]);
    let page = search(node, asked(word)).await;
    assert_eq!(
        (page.found, page.left_out),
        (3, 2),
        "what is counted and not shown is told"
    );
    // What is put aside is not even counted, nor are its words offered.
    let oracle = search(node, asked("huddlequartz aside")).await;
    assert_eq!(oracle.found, 0);
    let listed = RecordQuery {
        removed: Some(true),
        filter: Some("kind:practice".to_owned()),
        ..RecordQuery::default()
    };
    let listed = node.records(listed).await.unwrap().records;
    assert!(listed.iter().all(|record| record.id != aside));
    let everything = SearchQuery {
        superseded: Some(true),
        retracted: Some(true),
        ..asked(word)
    };
    let mut ids: Vec<_> = search(node, everything)
        .await
        .hits
        .into_iter()
        .map(|hit| hit.record.id)
        .collect();
    ids.sort();
    let mut expected = vec![old, new, retracted];
    expected.sort();
    assert_eq!(ids, expected);
    node.lift_quarantine(&aside).await.unwrap();
    assert_eq!(
        found(node, "huddlequartz aside").await,
        [aside.as_str()],
        "it is taken in again"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_exports_and_events_take_the_same_filter_as_a_search() {
    let cluster = two().await;
    let node = cluster.handle(1);
    let filter = "meeting* country:gb -lunch";
    let fits = everywhere(&cluster, 0, &version(TITLE, &[])).await;
    everywhere(&cluster, 0, &version("A meeting at lunch", &[])).await;
    everywhere(&cluster, 1, &version("A meeting elsewhere", &[])).await;
    assert_eq!(found(node, filter).await, [fits.as_str()]);
    let query = RecordQuery {
        filter: Some(filter.to_owned()),
        ..RecordQuery::default()
    };
    let listed = node.records(query.clone()).await.unwrap().records;
    assert_eq!(
        listed.iter().map(|record| record.id.as_str()).collect::<Vec<_>>(),
        [fits.as_str()]
    );
    let export = ExportQuery {
        filter: query.filter.clone(),
        ..ExportQuery::default()
    };
    let mut export = node.export("ndjson", export.into_records(), Cells::Raw).await.unwrap();
    let mut text = Vec::new();
    while let Some(piece) = export.pieces.recv().await {
        text.extend_from_slice(&piece.unwrap());
    }
    let lines: Vec<serde_json::Value> = String::from_utf8(text)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(
        lines
            .iter()
            .map(|line| line["id"].as_str().unwrap())
            .collect::<Vec<_>>(),
        [fits.as_str()]
    );
    let mut events = node.events_that(Some(0), filter).unwrap();
    let told = next_event(&mut events, |event| match event {
        Event::Record { record } => Some(record.id.clone()),
        _ => None,
    });
    assert_eq!(told.await, fits, "the first record that is told of");

    let bad = RecordQuery {
        filter: Some("huddle kind:practise".to_owned()),
        ..RecordQuery::default()
    };
    let refusals = [
        node.records(bad.clone()).await.unwrap_err(),
        node.export("ndjson", bad, Cells::Raw).await.unwrap_err(),
        node.search(asked("huddle kind:practise")).await.unwrap_err(),
        node.events_that(None, "huddle kind:practise").unwrap_err(),
    ];
    for problem in refusals {
        assert_eq!(
            (problem.code.as_str(), problem.findings[0].column),
            ("bad_filter", Some(13)),
            "{problem:?}"
        );
        assert!(problem.detail.contains("kind:practice"), "{problem:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erased_record_is_gone_from_the_index_before_that_is_told_and_stays_gone_when_it_is_built_anew() {
    let mut cluster = two().await;
    let secret = everywhere(&cluster, 0, &version("The xylophonquartz of ward nine", &[])).await;
    let (mut erased, mut held_in) = (Vec::new(), Vec::new());
    for member in 0..2 {
        assert_eq!(found(cluster.handle(member), WORD).await, [secret.as_str()]);
        held_in.push(segment_files(&cluster.members[member].data));
        erased.push(cluster.handle(member).events(None));
    }
    let stays = everywhere(&cluster, 0, &version(TITLE, &[])).await;
    let request = RemoveRequest {
        reason: "privacy".to_owned(),
    };
    cluster.handle(0).remove(&secret, request).await.unwrap();
    for (member, events) in erased.iter_mut().enumerate() {
        next_event(events, |event| match event {
            Event::Erased { record } => (*record == secret).then_some(()),
            _ => None,
        })
        .await;
        assert_eq!(found(cluster.handle(member), WORD).await, [] as [&str; 0]);
        let left = segment_files(&cluster.members[member].data);
        assert!(
            !held_in[member].is_empty() && held_in[member].is_disjoint(&left),
            "{left:?}"
        );
    }
    let begun = cluster.handle(1).rebuild_search().await.unwrap();
    assert!(
        matches!(begun.state, SearchState::Opening | SearchState::Ready),
        "{begun:?}"
    );
    assert_eq!(rebuilt(cluster.handle(1)).await, [stays.as_str()]);
    cluster.members[0].stop().await;
    fs::remove_dir_all(cluster.members[0].data.join("search")).unwrap();
    cluster.members[0].start().await;
    assert_eq!(rebuilt(cluster.handle(0)).await, [stays.as_str()]);
    for member in 0..2 {
        assert_eq!(found(cluster.handle(member), WORD).await, [] as [&str; 0]);
    }
}

/// All practices that are found once the index has begun anew and has caught up.
async fn rebuilt(handle: &Handle) -> Vec<String> {
    found(handle, "kind:practice").await
}

/// The files of the index that hold words. A file is written once and never changed: what it was written with is in it until
/// it is taken away.
fn segment_files(data: &Path) -> BTreeSet<String> {
    let files = fs::read_dir(data.join("search")).unwrap();
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    names
        .filter(|name| name.ends_with(".term") || name.ends_with(".idx"))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_country_is_asked_of_each_event_and_an_organisation_by_its_name() {
    let mut cluster = Cluster::found("First", "GB").await;
    let mut events = cluster.handle(0).events_that(None, "country:cz kind:practice").unwrap();
    cluster.join(0, "Second", "CZ").await;
    let of_first = everywhere(&cluster, 0, &version(TITLE, &[])).await;
    let of_second = everywhere(&cluster, 1, &version("A meeting elsewhere", &[])).await;
    let told = next_event(&mut events, |event| match event {
        Event::Record { record } => Some(record.id.clone()),
        _ => None,
    });
    assert_eq!(told.await, of_second, "an organisation that came behind the question");

    let node = cluster.handle(0);
    let key = node.record(&of_second).await.unwrap().summary.organisation;
    let digits = format!("kind:practice organisation:{}", &key[..8]);
    for filter in ["kind:practice organisation:\"second\"", digits.as_str()] {
        assert_eq!(found(node, filter).await, [of_second.as_str()], "{filter}");
        let query = RecordQuery {
            filter: Some(filter.to_owned()),
            ..RecordQuery::default()
        };
        let listed = node.records(query).await.unwrap().records;
        assert!(
            listed.iter().all(|record| record.id == of_second) && listed.len() == 1,
            "{filter}"
        );
    }
    assert_eq!(
        found(node, "kind:practice -organisation:Second").await,
        [of_first.as_str()]
    );
    let problem = node.search(asked("huddle organisation:\"Secnd\"")).await.unwrap_err();
    assert_eq!(
        (problem.code.as_str(), problem.findings[0].column),
        ("bad_filter", Some(21))
    );
    assert!(problem.detail.contains("Did you mean Second ("), "{problem:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn names_that_nobody_knows_are_said_to_be_none() {
    let cluster = two().await;
    let node = cluster.handle(0);
    let of_chapter = RecordQuery {
        chapter: Some("theme:nothing".to_owned()),
        ..RecordQuery::default()
    };
    let of_setting = RecordQuery {
        setting: Some("inpatient.acute_adlt".to_owned()),
        ..RecordQuery::default()
    };
    for (query, code, said) in [
        (of_chapter, "not_found", "nobody follows theme:nothing"),
        (of_setting, "bad_request", "Did you mean inpatient.acute_adult?"),
    ] {
        let problem = node.records(query.clone()).await.unwrap_err();
        assert_eq!(problem.code, code);
        assert!(problem.detail.contains(said), "{problem:?}");
        let exported = node.export("csv", query, Cells::Raw).await.unwrap_err();
        assert_eq!(exported, problem);
    }
}
