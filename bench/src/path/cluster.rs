//! Real nodes in this process: data directories, sled, fsync, TCP on loopback. Each joins by an invitation of the first
//! and dials whom it likes afterwards.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use alliance_api::{Commitment, Event, InviteRequest, Problem};
use alliance_node::{EventStream, FoundOptions, Handle, InitOptions, JoinOptions, Run, Settings};
use anyhow::{Context, Result, anyhow, bail};
use tokio::sync::mpsc;
use tokio::time::sleep;

use super::side::{self, Sent, Side, WORDS_MAX, Word};
use crate::document::request;

/// Between two looks while the nodes find one another.
const LOOK: Duration = Duration::from_millis(250);
/// Unchanged for so many looks, connections are taken for settled: longer than the first waits of redialling.
const LOOKS_UNCHANGED: usize = 16;
/// Looks until the nodes must have settled: a minute.
const LOOKS_MAX: usize = 240;
/// The number in the title of the record whose size is looked at.
const SPECIMEN: u64 = 1_000_000;

/// One connection: who dialled, and whom.
pub(super) type Link = (usize, usize);

/// The nodes.
#[derive(Debug)]
pub(super) struct Cluster {
    runs: Vec<Run>,
}

/// Publishes practices.
#[derive(Debug, Clone)]
pub(super) struct Publisher(Vec<Handle>);

fn settings() -> Settings {
    Settings {
        listen: vec!["/ip4/127.0.0.1/tcp/0".to_owned()],
        http: String::new(),
        socket: String::new(),
        without_cooling_off: true,
        ..Settings::default()
    }
}

#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
fn told(problem: Problem) -> anyhow::Error {
    anyhow!("{}: {}", problem.title, problem.detail)
}

impl Cluster {
    /// Founds an alliance, has the others join it, and waits until all are on every roster.
    pub(super) async fn start(nodes: usize, dir: &Path) -> Result<Self> {
        let founder = init(dir, 0)?;
        let options = FoundOptions {
            name: "Measured alliance".to_owned(),
            ..FoundOptions::default()
        };
        alliance_node::found(&founder, &options)?;
        let mut cluster = Self {
            runs: vec![Run::start(&founder, settings()).await?],
        };
        for node in 1..nodes {
            cluster
                .join(dir, node)
                .await
                .with_context(|| format!("node {node} could not join"))?;
        }
        cluster.introduced().await?;
        Ok(cluster)
    }

    async fn join(&mut self, dir: &Path, node: usize) -> Result<()> {
        let data = init(dir, node)?;
        let invitation = self.runs[0]
            .handle
            .invite(InviteRequest::default())
            .await
            .map_err(told)?;
        let options = JoinOptions {
            invitation: invitation.token,
            commitments: vec![Commitment {
                what: "Publish one lesson".to_owned(),
                by: "2030-01".to_owned(),
            }],
            ..JoinOptions::default()
        };
        alliance_node::join(&data, &settings(), &options).await?;
        self.runs.push(Run::start(&data, settings()).await?);
        Ok(())
    }

    async fn introduced(&self) -> Result<()> {
        for _ in 0..LOOKS_MAX {
            if self.know_one_another().await? {
                return Ok(());
            }
            sleep(LOOK).await;
        }
        bail!("the nodes did not learn of one another in time");
    }

    async fn know_one_another(&self) -> Result<bool> {
        for run in &self.runs {
            let known = run.handle.organisations().await.map_err(told)?;
            let named = known.iter().filter(|organisation| !organisation.name.is_empty());
            if named.count() < self.runs.len() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Who dialled whom, once nothing changes any more.
    pub(super) async fn settled_links(&self) -> Result<Vec<Link>> {
        let (mut links, mut unchanged) = (Vec::new(), 0);
        for _ in 0..LOOKS_MAX {
            let now = self.links().await?;
            unchanged = if now == links { unchanged + 1 } else { 0 };
            links = now;
            if unchanged == LOOKS_UNCHANGED {
                return Ok(links);
            }
            sleep(LOOK).await;
        }
        bail!("the nodes' connections did not settle in time");
    }

    async fn links(&self) -> Result<Vec<Link>> {
        let (mut names, mut outbound) = (BTreeMap::new(), Vec::new());
        for (node, run) in self.runs.iter().enumerate() {
            let status = run.handle.status().await.map_err(told)?;
            names.insert(status.node.peer, node);
            let dialled = status.peers.into_iter().filter(|peer| peer.outbound);
            outbound.extend(dialled.map(|peer| (node, peer.peer)));
        }
        let links = outbound
            .into_iter()
            .filter_map(|(node, peer)| Some((node, *names.get(&peer)?)));
        Ok(links.collect())
    }

    /// Bytes of a published practice's envelope.
    pub(super) async fn record_bytes(&self) -> Result<usize> {
        let handle = &self.runs[0].handle;
        let published = handle.publish(request(SPECIMEN)).await.map_err(told)?;
        let id = published.id.context("a published record has an id")?;
        let record = handle.record(&id).await.map_err(told)?;
        Ok(record.envelope.len() / 2)
    }

    /// All nodes publish, all nodes hear.
    pub(super) fn side(&self) -> Side {
        let (words, heard) = mpsc::channel(WORDS_MAX);
        for (node, run) in self.runs.iter().enumerate() {
            tokio::spawn(listen(node, run.handle.events(None), words.clone()));
        }
        let handles = self.runs.iter().map(|run| run.handle.clone()).collect();
        let nodes = self.runs.len();
        Side::new(side::Publisher::Ours(Publisher(handles)), heard, (nodes, nodes))
    }

    /// Ends all nodes.
    pub(super) async fn end(self) -> Result<()> {
        for run in &self.runs {
            run.handle.shutdown();
        }
        for (node, run) in self.runs.into_iter().enumerate() {
            run.ended()
                .await
                .with_context(|| format!("node {node} ended by an error"))?;
        }
        Ok(())
    }
}

fn init(dir: &Path, node: usize) -> Result<PathBuf> {
    let data = dir.join(format!("node-{node}"));
    let options = InitOptions {
        name: format!("Hospital {node}"),
        ..InitOptions::default()
    };
    alliance_node::init(&data, &options)?;
    Ok(data)
}

/// Tells of each record that becomes visible on a node.
async fn listen(node: usize, mut events: EventStream, words: mpsc::Sender<Word>) {
    loop {
        let word = match events.next().await {
            Some((_, Event::Record { record })) => Word::Heard {
                key: record.id,
                at: Instant::now(),
            },
            Some(_) => continue,
            None => Word::Ended { node },
        };
        let is_last = matches!(word, Word::Ended { .. });
        if words.send(word).await.is_err() || is_last {
            return;
        }
    }
}

impl Publisher {
    pub(super) async fn publish(&self, node: usize, number: u64) -> Result<Sent> {
        let request = request(number);
        let began = Instant::now();
        let receipt = self.0[node].publish(request).await.map_err(told)?;
        Ok(Sent {
            key: receipt.id.context("a published record has an id")?,
            began,
            answered: Instant::now(),
        })
    }
}
