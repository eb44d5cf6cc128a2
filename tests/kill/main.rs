//! The real program, killed at random moments under load: what it acknowledged is there afterwards, and it starts again.
//!
//! Eight kills, or as many as `ALLIANCE_KILLS` says; `ALLIANCE_SEED` plays another history. A moment is a number of
//! acknowledgements, or of records shown, and then a number of steps of this program while other requests are under way:
//! no time is waited for.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

mod chance;
mod load;
mod node;
mod snapshots;

use std::collections::BTreeSet;

use alliance_api::{Client, Event, InviteRequest};
use alliance_node::{FoundOptions, InitOptions, JoinOptions};
use tempfile::TempDir;

use chance::Chance;
use load::Load;
use node::{Node, soon};

/// Kills when nothing else is asked for.
const KILLS: u64 = 8;
/// Acknowledgements before a kill, at most.
const ACKNOWLEDGED_MAX: u64 = 200;
/// Records shown by the node that only listens before it is killed, at most.
const SHOWN_MAX: u64 = 100;
/// Steps of this program between that and the kill, at most.
const STEPS_MAX: u64 = 300;
/// Looks at the store's directory from the beginning of its opening to the kill, at most.
const OPENING_LOOKS_MAX: u64 = 40_000;

fn number(variable: &str, default: u64) -> u64 {
    std::env::var(variable).map_or(default, |text| text.parse().expect("a number"))
}

fn init(dir: &TempDir, name: &str) -> std::path::PathBuf {
    let data = dir.path().join(name);
    let options = InitOptions {
        name: name.to_owned(),
        country: "GB".to_owned(),
        ..InitOptions::default()
    };
    alliance_node::init(&data, &options).unwrap();
    data
}

fn founded(dir: &TempDir) -> Node {
    let data = init(dir, "writer");
    let options = FoundOptions {
        name: "An alliance".to_owned(),
        ..FoundOptions::default()
    };
    alliance_node::found(&data, &options).unwrap();
    Node::at(data)
}

async fn joined(dir: &TempDir, host: &Client) -> Node {
    let data = init(dir, "listener");
    let options = JoinOptions {
        invitation: host.invite(&InviteRequest::default()).await.unwrap().token,
        ..JoinOptions::default()
    };
    alliance_node::join(&data, &alliance_node::Settings::default(), &options)
        .await
        .unwrap();
    Node::at(data)
}

/// Two nodes, and what they must not lose.
struct Pair {
    writer: Node,
    listener: Node,
    /// Ids that the writer acknowledged.
    acknowledged: BTreeSet<String>,
    /// Ids that the listener showed.
    shown: BTreeSet<String>,
}

impl Pair {
    /// Kills the writer at a moment while it is published to, and starts it again.
    async fn kill_writer(&mut self, chance: &mut Chance) {
        let mut load = Load::on(&self.writer.client());
        load.acknowledged(chance.below(ACKNOWLEDGED_MAX) + 1).await;
        chance.steps(STEPS_MAX).await;
        self.writer.kill();
        let acknowledged = load.end().await;
        self.writer.start(&[&self.listener]).await;
        self.writer.holds(&acknowledged).await;
        self.acknowledged.extend(acknowledged);
    }

    /// Kills the listener at a moment while it syncs, and starts it again.
    async fn kill_listener(&mut self, chance: &mut Chance) {
        let mut events = self.listener.client().events(None).await.unwrap();
        let load = Load::on(&self.writer.client());
        let mut wanted = chance.below(SHOWN_MAX) + 1;
        while wanted > 0 {
            let event = soon(events.next()).await.unwrap().expect("the listener runs").1;
            if let Event::Record { record } = event {
                self.shown.insert(record.id);
                wanted -= 1;
            }
        }
        chance.steps(STEPS_MAX).await;
        self.listener.kill();
        self.acknowledged.extend(load.end().await);
        self.listener.start(&[&self.writer]).await;
    }

    /// Kills one of them at rest and once more while it opens, and starts it again. Returns whether the second kill came
    /// before the opening's end.
    async fn kill_opening(&mut self, chance: &mut Chance) -> bool {
        let (victim, other) = match chance.below(2) {
            0 => (&mut self.writer, &self.listener),
            _ => (&mut self.listener, &self.writer),
        };
        victim.kill();
        victim.spawn(&[other]);
        soon(victim.opening_begun()).await;
        let mut looks = chance.below(OPENING_LOOKS_MAX);
        while looks > 0 && victim.is_opening() {
            tokio::task::yield_now().await;
            looks -= 1;
        }
        victim.kill();
        let was_opening = victim.is_opening();
        victim.start(&[other]).await;
        was_opening
    }

    /// Nothing is lost.
    async fn check(&self, moment: &str) {
        let held = self.writer.records().await;
        let lost: Vec<_> = self.acknowledged.difference(&held).collect();
        assert!(lost.is_empty(), "{moment}: the writer lost {lost:?}");
        let held = self.listener.records().await;
        let lost: Vec<_> = self.shown.difference(&held).collect();
        assert!(lost.is_empty(), "{moment}: the listener lost {lost:?}");
    }

    /// In the end both hold the same, and all that was acknowledged.
    async fn agree(&self) {
        let mut events = self.listener.client().events(None).await.unwrap();
        loop {
            let (writer, listener) = (self.writer.chapters().await, self.listener.chapters().await);
            if writer == listener {
                break;
            }
            soon(events.next()).await.unwrap().expect("the listener runs");
        }
        let held = self.listener.records().await;
        assert!(self.acknowledged.is_subset(&held));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost_when_nodes_are_killed() {
    let (kills, seed) = (number("ALLIANCE_KILLS", KILLS), number("ALLIANCE_SEED", 1));
    let dir = tempfile::tempdir().unwrap();
    let mut chance = Chance::of(seed);
    let mut writer = founded(&dir);
    writer.start(&[]).await;
    let mut listener = joined(&dir, &writer.client()).await;
    listener.start(&[&writer]).await;
    let mut pair = Pair {
        writer,
        listener,
        acknowledged: BTreeSet::new(),
        shown: BTreeSet::new(),
    };
    let (mut killed, mut while_opening) = (0, 0);
    while killed < kills {
        match chance.below(4) {
            0 | 1 => pair.kill_writer(&mut chance).await,
            2 => pair.kill_listener(&mut chance).await,
            _ => {
                while_opening += u64::from(pair.kill_opening(&mut chance).await);
                killed += 1;
            }
        }
        killed += 1;
        pair.check(&format!("seed {seed}, after kill {killed}")).await;
    }
    pair.agree().await;
    println!(
        "{killed} kills (seed {seed}), {while_opening} of them while the store opened: {} records acknowledged and {} shown \
         by the listener before it was killed, none lost, no failed start",
        pair.acknowledged.len(),
        pair.shown.len()
    );
}
