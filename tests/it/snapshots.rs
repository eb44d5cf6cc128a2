//! Snapshots on real nodes: one name for one set of records, a bundle that anybody verifies, and nothing of what was removed.

use std::collections::BTreeMap;
use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use alliance_api::{DoiRequest, Event, ExportQuery, RemoveRequest, SnapshotRequest, SnapshotView};
use alliance_node::Handle;
use alliance_record::AllianceId;
use alliance_snapshot::{Report, verify};
use alliance_tests::{Cluster, next_event};
use bytes::BytesMut;

use crate::erased::is_in_files;
use crate::known::{TITLE, everywhere, notice, two, version};

const CHAPTER: &str = "m49:001";
/// Records of the alliance's chapter when two organisations have introduced themselves.
const GOVERNANCE: u64 = crate::stage::RECORDS_OF_TWO;

fn of_practices() -> SnapshotRequest {
    SnapshotRequest {
        filter: ExportQuery {
            kind: Some("practice".to_owned()),
            chapter: Some(CHAPTER.to_owned()),
            ..ExportQuery::default()
        },
        title: None,
    }
}

async fn made(handle: &Handle, request: SnapshotRequest) -> SnapshotView {
    handle.make_snapshot(request).await.unwrap()
}

async fn bundle(handle: &Handle, id: &str) -> Vec<u8> {
    let mut export = handle.snapshot_bundle(id).await.unwrap();
    let mut file = BytesMut::new();
    while let Some(piece) = export.pieces.recv().await {
        file.extend_from_slice(&piece.unwrap());
    }
    file.to_vec()
}

fn members(bundle: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut zip = zip::ZipArchive::new(Cursor::new(bundle)).unwrap();
    let mut members = BTreeMap::new();
    for index in 0..zip.len() {
        let mut member = zip.by_index(index).unwrap();
        let mut bytes = Vec::new();
        std::io::copy(&mut member, &mut bytes).unwrap();
        members.insert(member.name().unwrap().into_owned(), bytes);
    }
    members
}

/// Writes a bundle into a directory of somebody who has nothing else, and verifies it there.
fn verified(dir: &Path, bundle: &[u8], alliance: &str) -> Report {
    let file: PathBuf = dir.join("bundle.zip");
    fs::write(&file, bundle).unwrap();
    let alliance: AllianceId = alliance.parse().unwrap();
    verify(&file, &alliance).unwrap_or_else(|fault| panic!("{:?}: {fault}", fault.check))
}

async fn agree(cluster: &Cluster, records: u64) {
    cluster.agree_on("alliance", GOVERNANCE).await;
    cluster.agree_on(CHAPTER, records).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nodes_in_step_make_one_identifier_and_a_stranger_verifies_it() {
    let mut cluster = two().await;
    let first = everywhere(&cluster, 0, &version(TITLE, &[])).await;
    everywhere(&cluster, 0, &version("Morning meeting, as we do it now", &[&first])).await;
    let other = everywhere(&cluster, 1, &version("=HYPERLINK(\"x\") is no formula", &[])).await;
    let retracted = everywhere(&cluster, 1, &version("A practice that we retracted", &[])).await;
    everywhere(&cluster, 1, &notice("retraction", &retracted)).await;
    everywhere(&cluster, 1, &notice("correction", &other)).await;
    agree(&cluster, 6).await;

    let of_all = SnapshotRequest {
        filter: ExportQuery {
            superseded: Some(true),
            retracted: Some(true),
            ..of_practices().filter
        },
        title: Some("What two wards do".to_owned()),
    };
    for (request, records) in [(of_practices(), 2), (of_all, 4)] {
        let one = made(cluster.handle(0), request.clone()).await;
        let two = made(cluster.handle(1), request).await;
        assert_eq!(one.summary.id, two.summary.id);
        assert_eq!(one.summary.records, records);
        assert!(one.withdrawn.is_empty() && one.unavailable.is_none(), "{one:?}");
        let bundles = [
            bundle(cluster.handle(0), &one.summary.id).await,
            bundle(cluster.handle(1), &one.summary.id).await,
        ];
        let (of_one, of_two) = (members(&bundles[0]), members(&bundles[1]));
        for (name, bytes) in &of_one {
            assert_eq!(*bytes == of_two[name], name != "signature.json", "{name}");
        }
        let dir = tempfile::tempdir().unwrap();
        for (bundle, maker) in bundles.iter().zip(["First", "Second"]) {
            let report = verified(dir.path(), bundle, &one.alliance);
            assert_eq!(report.identifier, one.summary.id);
            assert_eq!(report.maker.name, maker);
        }
        let kept = cluster.handle(0).snapshots().await.unwrap();
        assert!(kept.iter().any(|kept| kept.id == one.summary.id));
    }

    // Nodes that were away have the rest in other pieces, and other signatures of it.
    cluster.join(0, "Third", "CZ").await;
    cluster.agree_on("alliance", GOVERNANCE + 5).await;
    cluster.agree_on(CHAPTER, 6).await;
    let one = made(cluster.handle(0), of_practices()).await;
    let three = made(cluster.handle(2), of_practices()).await;
    assert_eq!(one.summary.id, three.summary.id);
    let (of_one, of_three) = (
        members(&bundle(cluster.handle(0), &one.summary.id).await),
        members(&bundle(cluster.handle(2), &one.summary.id).await),
    );
    let others: Vec<&String> = of_one.keys().filter(|name| of_one[*name] != of_three[*name]).collect();
    assert_eq!(others, ["signature.json"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_identifier_outlives_what_was_removed_and_its_text_does_not() {
    let cluster = two().await;
    let secret = "Xylophonquartz of ward nine";
    let removed = everywhere(&cluster, 0, &version(secret, &[])).await;
    let edited = everywhere(&cluster, 0, &version(TITLE, &[])).await;
    let retracted = everywhere(&cluster, 1, &version("A practice that we shall retract", &[])).await;
    agree(&cluster, 3).await;
    let before = made(cluster.handle(1), of_practices()).await;
    assert_eq!(before.summary.records, 3);
    let file = bundle(cluster.handle(1), &before.summary.id).await;
    assert!(
        members(&file)["data/records.ndjson"]
            .windows(secret.len())
            .any(|text| text == secret.as_bytes())
    );

    let newer = everywhere(&cluster, 0, &version("Morning meeting, as we do it now", &[&edited])).await;
    let notice = everywhere(&cluster, 1, &notice("retraction", &retracted)).await;
    let removal = removed_everywhere(&cluster, &removed).await;

    let now = cluster.handle(1).snapshot(&before.summary.id).await.unwrap();
    let mut since: Vec<_> = now
        .withdrawn
        .iter()
        .map(|one| (one.record.as_str(), one.state.as_str(), one.by[0].as_str()))
        .collect();
    since.sort_unstable();
    let mut expected = [
        (removed.as_str(), "removed", removal.as_str()),
        (edited.as_str(), "superseded", newer.as_str()),
        (retracted.as_str(), "retracted", notice.as_str()),
    ];
    expected.sort_unstable();
    assert_eq!(since, expected);
    assert_eq!(now.unavailable.unwrap().code, "snapshot_withdrawn");
    let problem = cluster.handle(1).snapshot_bundle(&before.summary.id).await.unwrap_err();
    assert_eq!(problem.code, "snapshot_withdrawn");
    assert!(problem.detail.contains(&removed), "{problem:?}");

    let after = leaves_no_trace(&cluster, secret).await;
    assert_ne!(after, before.summary.id);
}

/// Removes a record of the first node's; gives the notice once the second has erased it.
async fn removed_everywhere(cluster: &Cluster, record: &str) -> String {
    let mut events = cluster.handle(1).events(None);
    let request = RemoveRequest {
        reason: "privacy".to_owned(),
    };
    let removal = cluster.handle(0).remove(record, request).await.unwrap();
    next_event(&mut events, |event| match event {
        Event::Erased { record: erased } if erased == record => Some(()),
        _ => None,
    })
    .await;
    removal.id.unwrap()
}

/// What is made once a text was removed has nothing of it, and neither has what the nodes keep. The identifier.
async fn leaves_no_trace(cluster: &Cluster, secret: &str) -> String {
    let after = made(cluster.handle(1), of_practices()).await;
    assert_eq!(after.summary.records, 1);
    let file = bundle(cluster.handle(1), &after.summary.id).await;
    for (name, bytes) in members(&file) {
        let has = bytes.windows(secret.len()).any(|text| text == secret.as_bytes());
        assert!(!has, "{name} has the text");
    }
    for member in &cluster.members {
        assert!(
            !is_in_files(&member.data, secret),
            "the text is in {}",
            member.data.display()
        );
    }
    let dir = tempfile::tempdir().unwrap();
    verified(dir.path(), &file, &after.alliance);

    // Of everything too, where the notice that removes stands in the alliance's own chapter.
    let all = made(cluster.handle(1), SnapshotRequest::default()).await;
    assert_eq!((all.summary.records, all.summary.filter.as_str()), (2, ""));
    verified(
        dir.path(),
        &bundle(cluster.handle(1), &all.summary.id).await,
        &all.alliance,
    );
    after.summary.id
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_identifier_is_made_again_when_more_has_come() {
    let cluster = two().await;
    for number in 0..3 {
        everywhere(
            &cluster,
            number % 2,
            &version(&format!("Practice {number} of the ward"), &[]),
        )
        .await;
    }
    agree(&cluster, 3).await;
    let before = made(cluster.handle(0), of_practices()).await;
    let file = bundle(cluster.handle(0), &before.summary.id).await;
    for number in 3..6 {
        everywhere(
            &cluster,
            number % 2,
            &version(&format!("Practice {number} of the ward"), &[]),
        )
        .await;
    }
    assert_eq!(
        members(&file),
        members(&bundle(cluster.handle(0), &before.summary.id).await)
    );

    // Another node does not know it until it is handed the manifest.
    let unknown = cluster.handle(1).snapshot(&before.summary.id).await.unwrap_err();
    assert_eq!(unknown.code, "snapshot_unknown");
    assert!(unknown.detail.contains("snapshot.json"), "{unknown:?}");
    let manifest = members(&file)["snapshot.json"].clone();
    let other = format!("snapshot-{}", "ab".repeat(32));
    let wrong = cluster
        .handle(1)
        .take_snapshot(&other, manifest.clone())
        .await
        .unwrap_err();
    assert_eq!(wrong.code, "not_a_snapshot");
    let taken = cluster
        .handle(1)
        .take_snapshot(&before.summary.id, manifest)
        .await
        .unwrap();
    assert_eq!(taken.unavailable, None);
    let theirs = members(&bundle(cluster.handle(1), &before.summary.id).await);
    let others: Vec<_> = members(&file)
        .into_iter()
        .filter(|(name, bytes)| theirs[name] != *bytes)
        .collect();
    assert_eq!(
        others.len(),
        1,
        "{:?}",
        others.iter().map(|(name, _)| name).collect::<Vec<_>>()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_would_make_it_differ_from_node_to_node_is_refused() {
    let cluster = two().await;
    let aside = everywhere(&cluster, 0, &version(TITLE, &[])).await;
    let before = made(cluster.handle(1), of_practices()).await;
    cluster.handle(1).quarantine(&aside).await.unwrap();
    let problem = cluster.handle(1).make_snapshot(of_practices()).await.unwrap_err();
    assert_eq!(problem.code, "put_aside");
    let problem = cluster.handle(1).snapshot_bundle(&before.summary.id).await.unwrap_err();
    assert_eq!(problem.code, "put_aside");
    let shown = cluster.handle(1).snapshot(&before.summary.id).await.unwrap();
    assert_eq!(shown.unavailable.unwrap().code, "put_aside");
    cluster.handle(1).lift_quarantine(&aside).await.unwrap();
    bundle(cluster.handle(1), &before.summary.id).await;
    let cells = SnapshotRequest {
        filter: ExportQuery {
            cells: Some("raw".to_owned()),
            ..of_practices().filter
        },
        title: None,
    };
    let problem = cluster.handle(1).make_snapshot(cells).await.unwrap_err();
    assert!(problem.detail.contains("filter.cells"), "{problem:?}");
    let mut own = of_practices();
    own.filter.chapter = Some("alliance".to_owned());
    let problem = cluster.handle(1).make_snapshot(own).await.unwrap_err();
    assert!(problem.detail.contains("name another chapter"), "{problem:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_is_cited_with_its_doi_and_a_record_by_itself() {
    let cluster = two().await;
    let id = everywhere(&cluster, 0, &version(TITLE, &[])).await;
    let handle = cluster.handle(0);
    let view = made(handle, of_practices()).await;
    let snapshot = view.summary.id.as_str();
    let doi = |text: &str| DoiRequest { doi: text.to_owned() };
    let problem = handle.set_doi(snapshot, &doi("mine")).await.unwrap_err();
    assert!(problem.detail.contains("10.1234/abc"), "{problem:?}");
    let noted = handle
        .set_doi(&snapshot[..20], &doi("https://doi.org/10.5281/zenodo.1"))
        .await
        .unwrap();
    assert_eq!(noted.summary.doi.as_deref(), Some("10.5281/zenodo.1"));
    for format in ["text", "bib", "ris", "csl", "cff"] {
        let (_, cited) = handle.cite_snapshot(snapshot, format).await.unwrap();
        assert!(
            cited.contains(snapshot) && cited.contains("10.5281/zenodo.1"),
            "{format}: {cited}"
        );
        let (_, cited) = handle.cite(&id, format).await.unwrap();
        assert!(cited.contains(TITLE) && cited.contains(&id), "{format}: {cited}");
    }
    let problem = handle.cite(&id, "csv").await.unwrap_err();
    assert_eq!(problem.code, "format_unknown");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_question_makes_one_identifier_however_it_is_put() {
    let cluster = two().await;
    let id = everywhere(&cluster, 0, &version(TITLE, &[])).await;
    everywhere(&cluster, 1, &version("Another practice", &[])).await;
    let node = cluster.handle(0);
    let key = node.record(&id).await.unwrap().summary.organisation;
    let asked = |query: ExportQuery| SnapshotRequest {
        filter: query,
        title: None,
    };
    let words = |text: &str| ExportQuery {
        filter: Some(text.to_owned()),
        ..ExportQuery::default()
    };
    let options = ExportQuery {
        kind: Some("practice".to_owned()),
        chapter: Some(CHAPTER.to_owned()),
        organisation: Some("First".to_owned()),
        ..ExportQuery::default()
    };
    let of_options = made(node, asked(options.clone())).await;
    let of_both = ExportQuery {
        filter: Some("kind:practice".to_owned()),
        ..options
    };
    let whole = format!("organisation:{key}  (kind:practice) chapter:{CHAPTER}");
    for query in [
        of_both,
        words(&format!("kind:practice chapter:{CHAPTER} organisation:\"First\"")),
        words(&whole),
    ] {
        assert_eq!(made(node, asked(query)).await.summary, of_options.summary);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_snapshot_says_so_until_it_is_kept_again() {
    let cluster = two().await;
    everywhere(&cluster, 0, &version(TITLE, &[])).await;
    agree(&cluster, 1).await;
    let node = cluster.handle(0);
    let id = made(node, of_practices()).await.summary.id;
    let file = bundle(node, &id).await;
    let deleted = node.delete_snapshot(&id[..20]).await.unwrap();
    assert_eq!(deleted.id, id);
    assert!(node.snapshots().await.unwrap().is_empty());
    for problem in [
        node.snapshot(&id).await.unwrap_err(),
        node.snapshot_bundle(&id[..20]).await.unwrap_err(),
        node.cite_snapshot(&id, "bibtex").await.unwrap_err(),
        node.delete_snapshot(&id).await.unwrap_err(),
    ] {
        assert_eq!((problem.status, problem.code.as_str()), (410, "snapshot_deleted"));
        assert!(problem.detail.contains("was deleted here on 20"), "{problem:?}");
    }
    let manifest = members(&file)["snapshot.json"].clone();
    node.take_snapshot(&id, manifest).await.unwrap();
    assert_eq!(node.snapshot(&id).await.unwrap().summary.id, id);
}
