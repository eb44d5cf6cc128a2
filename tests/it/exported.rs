//! Exports on real nodes: what a list shows, whole, the same on every node, and nothing of what is gone.

use alliance_api::RecordQuery;
use alliance_export::Cells;
use alliance_node::Handle;
use alliance_tests::next_event;
use serde_json::Value;

use crate::known::{TITLE, everywhere, notice, two, version};

async fn exported(handle: &Handle, format: &str, query: RecordQuery) -> String {
    String::from_utf8(bytes(handle, format, query).await).unwrap()
}

async fn bytes(handle: &Handle, format: &str, query: RecordQuery) -> Vec<u8> {
    let mut export = handle.export(format, query, Cells::FormulaSafe).await.unwrap();
    let mut text = Vec::new();
    while let Some(piece) = export.pieces.recv().await {
        text.extend_from_slice(&piece.unwrap());
    }
    text
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_holds_what_a_list_shows_and_is_the_same_on_every_node() {
    let cluster = two().await;
    let first = everywhere(&cluster, 0, &version(TITLE, &[])).await;
    let second = everywhere(&cluster, 0, &version("Morning meeting, as we do it now", &[&first])).await;
    let other = everywhere(&cluster, 1, &version("=HYPERLINK(\"x\") is no formula", &[])).await;
    let retracted = everywhere(&cluster, 1, &version("A practice that we retracted", &[])).await;
    everywhere(&cluster, 1, &notice("retraction", &retracted)).await;
    let practices = || RecordQuery {
        kind: Some("practice".to_owned()),
        ..RecordQuery::default()
    };
    for format in ["ndjson", "csv", "jsonld", "bib", "ris", "csl", "cff"] {
        let texts = [
            exported(cluster.handle(0), format, practices()).await,
            exported(cluster.handle(1), format, practices()).await,
        ];
        // Nodes take them in different orders.
        let sorted = |text: &str| {
            let mut bytes = text.as_bytes().to_vec();
            bytes.sort_unstable();
            bytes
        };
        assert_eq!(sorted(&texts[0]), sorted(&texts[1]), "{format}");
        assert!(texts[0].contains("as we do it now"), "{format}: {}", texts[0]);
        assert!(!texts[0].contains("that we retracted"), "{format}");
    }
    let current = lines(&exported(cluster.handle(0), "ndjson", practices()).await);
    let mut ids: Vec<_> = current
        .iter()
        .map(|record| record["id"].as_str().unwrap().to_owned())
        .collect();
    ids.sort();
    let mut expected = vec![second, other];
    expected.sort();
    assert_eq!(ids, expected);
    let table = exported(cluster.handle(0), "csv", practices()).await;
    assert!(table.contains("\"'=HYPERLINK(\"\"x\"\") is no formula\""), "{table}");
    let all = RecordQuery {
        superseded: Some(true),
        retracted: Some(true),
        ..practices()
    };
    let all = lines(&exported(cluster.handle(1), "ndjson", all).await);
    let mut states: Vec<_> = all.iter().map(|record| record["state"].as_str().unwrap()).collect();
    states.sort_unstable();
    assert_eq!(states, ["current", "current", "retracted", "superseded"]);

    let problem = cluster
        .handle(0)
        .export("xlsx", practices(), Cells::Raw)
        .await
        .unwrap_err();
    assert_eq!(problem.code, "format_unknown");
    assert!(problem.detail.contains("ndjson"), "{problem:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_removed_or_put_aside_is_in_no_export() {
    let cluster = two().await;
    let removed = everywhere(&cluster, 0, &version("A practice that has to go", &[])).await;
    let aside = everywhere(&cluster, 0, &version("A practice that is put aside", &[])).await;
    let mut events = cluster.handle(1).events(None);
    let request = alliance_api::RemoveRequest {
        reason: "privacy".to_owned(),
    };
    cluster.handle(0).remove(&removed, request).await.unwrap();
    next_event(&mut events, |event| match event {
        alliance_api::Event::Erased { record } if *record == removed => Some(()),
        _ => None,
    })
    .await;
    cluster.handle(1).quarantine(&aside).await.unwrap();
    for format in ["ndjson", "csv", "jsonld", "bib", "ris", "csl", "cff"] {
        let all = RecordQuery {
            kind: Some("practice".to_owned()),
            superseded: Some(true),
            retracted: Some(true),
            removed: Some(true),
            ..RecordQuery::default()
        };
        let text = exported(cluster.handle(1), format, all).await;
        assert!(
            !text.contains("has to go") && !text.contains("is put aside"),
            "{format}: {text}"
        );
    }
    for format in ["practices.parquet", "records.parquet", "records.sqlite"] {
        let all = RecordQuery {
            superseded: Some(true),
            retracted: Some(true),
            removed: Some(true),
            ..RecordQuery::default()
        };
        let bytes = bytes(cluster.handle(1), format, all).await;
        let holds = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
        assert!(
            bytes.starts_with(b"PAR1") || bytes.starts_with(b"SQLite format 3\0"),
            "{format}"
        );
        assert!(!holds("has to go") && !holds("is put aside"), "{format}");
    }
    let kept = std::fs::read_dir(cluster.members[1].data.join("exports")).unwrap();
    assert_eq!(kept.count(), 0, "nothing of what was sent stays");
}

/// Every row of a file, in words.
fn rows(path: &std::path::Path) -> Vec<String> {
    let file = std::fs::File::open(path).unwrap();
    let reader = parquet::file::reader::SerializedFileReader::new(file).unwrap();
    reader.into_iter().map(|row| row.unwrap().to_string()).collect()
}

/// The names of a folder's files, with those of its folders.
fn files(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => found.extend(files(&path)),
            false => found.push(path),
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dataset_follows_the_node_and_a_removed_text_is_out_of_it_before_that_is_told() {
    let mut cluster = two().await;
    cluster.members[1].stop().await;
    "dataset".clone_into(&mut cluster.members[1].settings.dataset);
    let removed = {
        let receipt = alliance_tests::share(cluster.handle(0), "A practice that has to go", "m49:001").await;
        receipt.id.unwrap()
    };
    alliance_tests::share(cluster.handle(0), "A practice that stays", "m49:001").await;
    cluster.members[1].start().await;
    cluster.agree_on("m49:001", 2).await;
    // What comes is gathered for a minute; what is there at a start is taken in at once.
    cluster.members[1].stop().await;
    cluster.members[1].start().await;
    assert!(cluster.handle(1).in_dataset().await);
    let folder = cluster.members[1].data.join("dataset");
    let says = |text: &str| {
        let tables = files(&folder).into_iter();
        let tables = tables.filter(|path| path.extension().is_some_and(|ending| ending == "parquet"));
        tables.flat_map(|path| rows(&path)).any(|row| row.contains(text))
    };
    assert!(says("A practice that has to go") && says("A practice that stays"));
    let mut events = cluster.handle(1).events(None);
    let request = alliance_api::RemoveRequest {
        reason: "privacy".to_owned(),
    };
    cluster.handle(0).remove(&removed, request).await.unwrap();
    next_event(&mut events, |event| match event {
        alliance_api::Event::Erased { record } if *record == removed => Some(()),
        _ => None,
    })
    .await;
    assert!(says("A practice that stays"));
    assert!(!says("has to go"));
}
