//! Removed records on real nodes: the text is gone from the files of every node, and nothing brings it back.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use alliance_api::{Event, RecordQuery, RemoveRequest};
use alliance_node::{EventStream, Handle};
use alliance_tests::{Cluster, Member, next_event, settings, share, soon};

use crate::bundle::{bundle, ranges};
use crate::forks::copied;

const CHAPTER: &str = "m49:001";
/// Stands in the title, and so in the list too.
const SECRET: &str = "Xylophonquartz of ward nine";

fn privacy() -> RemoveRequest {
    RemoveRequest {
        reason: "privacy".to_owned(),
    }
}

/// Whether any file below a directory holds a text, in UTF-8 or in UTF-16.
pub(crate) fn is_in_files(dir: &Path, text: &str) -> bool {
    let wide = |bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
    let forms = [text.as_bytes().to_vec(), wide(u16::to_le_bytes), wide(u16::to_be_bytes)];
    fs::read_dir(dir).unwrap().any(|entry| {
        let entry = entry.unwrap();
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            return is_in_files(&entry.path(), text);
        }
        // A file that goes meanwhile, as the search index's do, holds nothing.
        let bytes = match fs::read(entry.path()) {
            Ok(bytes) => bytes,
            Err(error) => {
                assert!(
                    !kind.is_file() || error.kind() == std::io::ErrorKind::NotFound,
                    "{error}"
                );
                Vec::new()
            }
        };
        forms
            .iter()
            .any(|form| bytes.windows(form.len()).any(|window| window == form))
    })
}

async fn erasure_of(events: &mut EventStream, id: &str) {
    next_event(events, |event| match event {
        Event::Erased { record } => (record == id).then_some(()),
        _ => None,
    })
    .await;
}

async fn is_gone(handle: &Handle, data: &Path, id: &str) {
    let record = handle.record(id).await.unwrap();
    assert!(!record.has_body && record.summary.removed.is_some() && record.summary.title.is_empty());
    let listed = handle.records(RecordQuery::default()).await.unwrap().records;
    assert!(listed.iter().all(|record| record.id != id), "it is left out of lists");
    let all = RecordQuery {
        removed: Some(true),
        ..RecordQuery::default()
    };
    let listed = handle.records(all).await.unwrap().records;
    assert!(listed.iter().any(|record| record.id == id), "unless one asks");
    assert!(!is_in_files(data, SECRET), "the text is in {}", data.display());
}

/// Waits until these many nodes confirm.
async fn confirmed(handle: &Handle, id: &str, nodes: usize) {
    let mut events = handle.events(Some(0));
    let all = async {
        loop {
            let removal = handle.removal(id).await.unwrap();
            if removal.confirmed.len() == nodes {
                assert_eq!(removal.silent, []);
                return;
            }
            events.next().await.unwrap();
        }
    };
    soon(all).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removed_text_is_gone_from_the_files_of_all_and_of_one_that_was_away() {
    let mut cluster = Cluster::found("First", "GB").await;
    cluster.join(0, "Second", "CZ").await;
    cluster.join(0, "Third", "DE").await;
    let id = share(cluster.handle(1), SECRET, CHAPTER).await.id.unwrap();
    share(cluster.handle(1), "Another practice that stays", CHAPTER).await;
    cluster.agree_on(CHAPTER, 2).await;
    assert!(is_in_files_of_none(&cluster), "bodies are sealed where they lie");
    cluster.members[2].stop().await;
    let other = cluster.handle(0).remove(&id, privacy()).await.unwrap_err();
    assert_eq!(other.code, "not_own");
    let mut events: Vec<_> = (0..2).map(|member| cluster.handle(member).events(None)).collect();
    cluster.handle(1).remove(&id, privacy()).await.unwrap();
    for events in &mut events {
        erasure_of(events, &id).await;
    }
    cluster.members[2].start().await;
    let mut events = cluster.handle(2).events(Some(0));
    let gone = async {
        while cluster.handle(2).record(&id).await.unwrap().has_body {
            events.next().await.unwrap();
        }
    };
    soon(gone).await;
    for member in &cluster.members {
        is_gone(member.handle(), &member.data, &id).await;
    }
    confirmed(cluster.handle(1), &id, 3).await;
    let again = cluster.handle(1).remove(&id, privacy()).await.unwrap_err();
    assert_eq!(again.code, "already_removed");
}

/// The store seals bodies, so that a search of the files would find nothing anyway: the text itself is shown by the nodes.
fn is_in_files_of_none(cluster: &Cluster) -> bool {
    cluster.members.iter().all(|member| !is_in_files(&member.data, SECRET))
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_a_new_member_nor_a_bundle_nor_an_old_copy_brings_it_back() {
    let mut cluster = Cluster::found("First", "GB").await;
    cluster.join(0, "Second", "CZ").await;
    let id = share(cluster.handle(0), SECRET, CHAPTER).await.id.unwrap();
    cluster.agree_on(CHAPTER, 1).await;
    let before = bundle(cluster.handle(0), &[]).await;
    cluster.members[1].stop().await;
    let old = cluster.members[1].data.with_file_name("old");
    copied(&cluster.members[1].data, &old);
    cluster.members[1].start().await;
    cluster.handle(0).remove(&id, privacy()).await.unwrap();
    cluster.join(0, "Third", "DE").await;
    cluster.agree_on(CHAPTER, 1).await;
    for member in &cluster.members {
        let imported = member
            .handle()
            .import_ranges(ranges(before.clone()).concat().into())
            .await;
        imported.unwrap();
        is_gone(member.handle(), &member.data, &id).await;
    }
    // A copy of the directory from before the removal.
    cluster.members[1].stop().await;
    let mut copy = Member::at(old, settings("/ip4/127.0.0.1/tcp/0"));
    copy.start().await;
    let mut events = copy.handle().events(Some(0));
    let gone = async {
        while copy.handle().record(&id).await.unwrap().has_body {
            events.next().await.unwrap();
        }
    };
    soon(gone).await;
    is_gone(copy.handle(), &copy.data, &id).await;
    copy.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn removals_end_no_log_and_keep_every_replica_in_step() {
    let mut cluster = Cluster::found("First", "GB").await;
    cluster.join(0, "Second", "CZ").await;
    let mut ids = Vec::new();
    for number in 0..40 {
        let title = format!("Practice number {number} of many");
        ids.push(share(cluster.handle(0), &title, CHAPTER).await.id.unwrap());
    }
    let mut events = cluster.handle(1).events(None);
    for id in ids.iter().step_by(2) {
        cluster.handle(0).remove(id, privacy()).await.unwrap();
    }
    let mut left: BTreeSet<_> = ids.iter().step_by(2).cloned().collect();
    while !left.is_empty() {
        let gone = next_event(&mut events, |event| match event {
            Event::Erased { record } => Some(record.clone()),
            _ => None,
        });
        left.remove(&gone.await);
    }
    share(cluster.handle(0), "What comes after it all", CHAPTER).await;
    cluster.agree_on(CHAPTER, 41).await;
    for member in &cluster.members {
        for (number, id) in ids.iter().enumerate() {
            assert_eq!(member.handle().record(id).await.unwrap().has_body, number % 2 == 1);
        }
        assert_eq!(
            member
                .handle()
                .records(RecordQuery::default())
                .await
                .unwrap()
                .records
                .len(),
            41
        );
    }
}
