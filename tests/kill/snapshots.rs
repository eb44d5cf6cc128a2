//! Damage to the database's snapshots, which a kill or a bad disk leaves behind: the node starts with everything.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::load::Load;
use crate::{founded, node::Node};

/// Acknowledgements between two harms: enough for the database to write a snapshot at the next opening.
const ACKNOWLEDGED: u64 = 40;

/// What happens to a snapshot.
type Harm = fn(&Path);

const HARMS: [(&str, Harm); 6] = [
    ("empty", |snapshot| std::fs::write(snapshot, b"").unwrap()),
    ("cut in half", |snapshot| {
        let bytes = std::fs::read(snapshot).unwrap();
        std::fs::write(snapshot, &bytes[..bytes.len() / 2]).unwrap();
    }),
    ("without its last byte", |snapshot| {
        let bytes = std::fs::read(snapshot).unwrap();
        std::fs::write(snapshot, &bytes[..bytes.len() - 1]).unwrap();
    }),
    ("with a turned bit", |snapshot| {
        let mut bytes = std::fs::read(snapshot).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 0x10;
        std::fs::write(snapshot, bytes).unwrap();
    }),
    ("half written beside the old one", |snapshot| {
        let bytes = std::fs::read(snapshot).unwrap();
        std::fs::write(generating(snapshot), &bytes[..bytes.len() / 2]).unwrap();
    }),
    ("half written in place of the old one", |snapshot| {
        let bytes = std::fs::read(snapshot).unwrap();
        std::fs::write(generating(snapshot), &bytes[..bytes.len() / 2]).unwrap();
        std::fs::remove_file(snapshot).unwrap();
    }),
];

/// The name under which the database writes a snapshot.
fn generating(snapshot: &Path) -> PathBuf {
    snapshot.with_file_name("snap.00000000000FFFFF.generating")
}

fn snapshots(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && path.file_name().is_none_or(|name| name != "evidence") {
            found.extend(snapshots(&path));
        } else if path.file_name().unwrap().as_encoded_bytes().starts_with(b"snap.") {
            found.push(path);
        }
    }
    found
}

async fn publish(node: &Node, acknowledged: &mut BTreeSet<String>) {
    let mut load = Load::on(&node.client());
    load.acknowledged(ACKNOWLEDGED).await;
    acknowledged.extend(load.end().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_starts_with_everything_whatever_becomes_of_its_snapshots() {
    let dir = tempfile::tempdir().unwrap();
    let mut node = founded(&dir);
    node.start(&[]).await;
    let mut acknowledged = BTreeSet::new();
    for (name, harm) in HARMS {
        publish(&node, &mut acknowledged).await;
        node.kill();
        node.start(&[]).await;
        node.kill();
        let harmed = snapshots(&node.data.join("store"));
        assert!(!harmed.is_empty(), "{name}: there is no snapshot to harm");
        for snapshot in &harmed {
            harm(snapshot);
        }
        node.start(&[]).await;
        let opening = node.opening().await;
        assert!(!opening.is_empty(), "{name}: the opening tells nothing");
        let held = node.records().await;
        assert!(acknowledged.is_subset(&held), "{name}: {opening:?}");
    }
}
