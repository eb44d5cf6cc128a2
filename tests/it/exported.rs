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

/// Practices with more text than waits between a node and a reader who stops, and that no format makes small.
async fn share_much(handle: &Handle) {
    let mut state = 1_u32;
    let mut letter = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        char::from(b'a' + ((state >> 24) % 26) as u8)
    };
    for number in 0..24 {
        let mut document = alliance_tests::practice(&format!("A practice with many words, the {number}th"));
        for section in [
            "What is needed",
            "Who delivers it",
            "Results",
            "Limitations",
            "Harms watched for",
        ] {
            document.push_str(&format!("\n## {section}\n\n"));
            for _ in 0..500 {
                document.extend((0..8).map(|_| letter()).chain([' ']));
            }
            document.push('\n');
        }
        let shared = alliance_tests::share_document(handle, document, "m49:001").await;
        shared.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_under_way_ends_before_a_removal_is_told_and_gives_nothing_more() {
    let cluster = two().await;
    let handle = cluster.handle(0);
    share_much(handle).await;
    // The newest comes first in an export.
    for format in ["ndjson", "records.parquet", "records.sqlite", "bundle", "snapshot"] {
        let secret = format!("Xylophonquartz of ward {format}");
        let removed = alliance_tests::share(handle, &secret, "m49:001").await.id.unwrap();
        let mut pieces = match format {
            "bundle" => handle.export_bundle(&[]).await.unwrap(),
            "snapshot" => {
                let made = handle
                    .make_snapshot(alliance_api::SnapshotRequest::default())
                    .await
                    .unwrap();
                handle.snapshot_bundle(&made.summary.id).await.unwrap().pieces
            }
            _ => {
                handle
                    .export(format, RecordQuery::default(), Cells::Raw)
                    .await
                    .unwrap()
                    .pieces
            }
        };
        // It has begun, and its reader stops.
        pieces.recv().await.unwrap().unwrap();
        let files = std::fs::read_dir(cluster.members[0].data.join("exports"));
        assert_eq!(
            files.into_iter().flatten().count(),
            0,
            "{format}: no file of it has a name"
        );
        let mut events = handle.events(None);
        let request = alliance_api::RemoveRequest {
            reason: "privacy".to_owned(),
        };
        handle.remove(&removed, request).await.unwrap();
        next_event(&mut events, |event| match event {
            alliance_api::Event::Erased { record } if *record == removed => Some(()),
            _ => None,
        })
        .await;
        let next = pieces.recv().await;
        assert!(next.is_some_and(|piece| piece.is_err()), "{format} gives more");
        assert!(pieces.recv().await.is_none(), "{format} has ended");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_ends_while_a_reader_of_an_export_stops() {
    let mut cluster = two().await;
    share_much(cluster.handle(0)).await;
    let export = cluster
        .handle(0)
        .export("records.sqlite", RecordQuery::default(), Cells::Raw);
    let mut export = export.await.unwrap();
    export.pieces.recv().await.unwrap().unwrap();
    cluster.members[0].stop().await;
    assert!(export.pieces.recv().await.is_some_and(|piece| piece.is_err()));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_earlier_life_left_of_an_export_goes_even_if_the_node_does_not_start() {
    let cluster = two().await;
    let exports = cluster.members[0].data.join("exports");
    std::fs::create_dir_all(&exports).unwrap();
    std::fs::write(exports.join(".tmpAbCdEf"), "the text of a record").unwrap();
    // Another node runs there.
    let second = alliance_node::Run::start(&cluster.members[0].data, cluster.members[0].settings.clone()).await;
    assert!(matches!(second, Err(alliance_node::RunError::Open(_))));
    assert!(!exports.exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_that_takes_too_long_says_so() {
    let cluster = two().await;
    everywhere(&cluster, 0, &version(TITLE, &[])).await;
    cluster.handle(0).searchable().await.unwrap();
    let hurried = cluster.handle(0).patient_for(std::time::Duration::ZERO);
    let list = hurried.records(RecordQuery::default()).await.unwrap_err();
    let search = hurried.search(alliance_api::SearchQuery::default()).await.unwrap_err();
    for problem in [list, search] {
        assert_eq!(problem.code, "question_too_costly", "{problem:?}");
        assert!(problem.detail.contains("Narrow it"), "{problem:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_ends_although_the_place_of_its_dataset_does_not_answer() {
    let mut cluster = two().await;
    cluster.members[1].stop().await;
    // Whoever opens a pipe without a writer waits, as for a network that is dead.
    let folder = cluster.members[1].data.join("dataset");
    std::fs::create_dir_all(&folder).unwrap();
    let pipe = folder.join("_state.json");
    assert!(
        std::process::Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .unwrap()
            .success()
    );
    "dataset".clone_into(&mut cluster.members[1].settings.dataset);
    cluster.members[1].start().await;
    let shared = alliance_tests::share(cluster.handle(1), "A practice that stays", "m49:001").await;
    cluster.members[1].stop().await;
    "".clone_into(&mut cluster.members[1].settings.dataset);
    cluster.members[1].start().await;
    let kept = cluster.handle(1).record(&shared.id.unwrap()).await.unwrap();
    assert!(kept.has_body, "nothing is lost");
    // What waits goes on, so that this process can end.
    drop(std::fs::OpenOptions::new().write(true).open(&pipe).unwrap());
}
