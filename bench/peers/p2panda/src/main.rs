//! p2panda: one topic with a log for each of a hundred authors, replicated over QUIC, stored in SQLite.
//!
//! Owns how records become operations. Never measures: the runner does.

use std::collections::HashSet;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, bail};
use futures::StreamExt as _;
use p2panda::network::MdnsDiscoveryMode;
use p2panda::node::Node;
use p2panda::streams::{StreamEvent, StreamFrom};
use p2panda::{EndpointAddr, SigningKey, Topic};
use p2panda_net::addrs::{NodeInfo, TrustedTransportInfo};
use p2panda_net::utils::from_verifying_key;
use p2panda_store::address_book::AddressBookStore as _;
use p2panda_store::sqlite::SqliteStoreBuilder;
use peers_records::{AUTHORS, Digest, Order, author, body, mix};
use serde_json::json;

/// Records published before their processing is waited for.
const PUBLISH_GROUP: usize = 64;

/// The variable that has a process write the records of one author only.
const ONE_AUTHOR: &str = "PEERS_P2PANDA_AUTHOR";

/// The file that tells how many records the full node has.
const SEEDED: &str = "seeded";

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    match peers_records::order()? {
        Order::Seed(directory, records) => seed(&directory, records).await,
        Order::Full(directory, _) => full(&directory).await,
        Order::Empty(directory, records) => empty(&directory, records).await,
        Order::Check(directory, records) => check(&directory, records).await,
    }
}

fn topic() -> Topic {
    Topic::from([7; 32])
}

fn key(number: u64) -> SigningKey {
    let mut secret = [1; 32];
    secret[..8].copy_from_slice(&mix(number).to_le_bytes());
    SigningKey::from_bytes(&secret)
}

fn url(directory: &Path) -> String {
    format!("sqlite://{}", directory.join("node.sqlite").display())
}

/// A node reachable on 127.0.0.1 only, at `port` (0: any).
async fn open(directory: &Path, key: SigningKey, port: u16) -> anyhow::Result<Node> {
    let builder = p2panda::builder().database_url(&url(directory)).signing_key(key);
    let builder = builder.mdns_mode(MdnsDiscoveryMode::Disabled);
    Ok(builder
        .bind_ip_v4(Ipv4Addr::LOCALHOST)
        .bind_port_v4(port)
        .spawn()
        .await?)
}

/// Writes the records of each author in a process of its own: a node has one key, and its tasks hold on to the database
/// until their process ends.
async fn seed(directory: &Path, records: u64) -> anyhow::Result<()> {
    let counted = directory.join(SEEDED);
    let had: u64 = std::fs::read_to_string(&counted).map_or(Ok(0), |text| text.parse())?;
    if let Ok(number) = std::env::var(ONE_AUTHOR) {
        let number = number.parse()?;
        let own = (had..records).filter(|index| author(*index) == number);
        return publish(directory, key(number), own).await;
    }
    for number in 0..AUTHORS {
        let mut one = Command::new(std::env::current_exe()?);
        one.arg("seed").arg(directory).arg(records.to_string());
        let status = one.env(ONE_AUTHOR, number.to_string()).status()?;
        if !status.success() {
            bail!("writing the records of author {number} ended with {status}");
        }
    }
    std::fs::write(&counted, records.to_string())?;
    peers_records::seeded(records)
}

/// Publishes records as one author.
async fn publish(directory: &Path, key: SigningKey, records: impl Iterator<Item = u64>) -> anyhow::Result<()> {
    let node = open(directory, key, 0).await?;
    let (publisher, mut events) = node.stream::<String>(topic()).await?;
    let drain = tokio::spawn(async move { while events.next().await.is_some() {} });
    let mut waiting = Vec::new();
    for index in records {
        waiting.push(publisher.publish(body(index)).await?);
        if waiting.len() == PUBLISH_GROUP {
            futures::future::try_join_all(waiting.drain(..)).await?;
        }
    }
    futures::future::try_join_all(waiting).await?;
    drain.abort();
    Ok(())
}

async fn full(directory: &Path) -> anyhow::Result<()> {
    let port = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
    let node = open(directory, key(AUTHORS), port).await?;
    let (_publisher, mut events) = node.stream::<String>(topic()).await?;
    let drain = tokio::spawn(async move { while events.next().await.is_some() {} });
    peers_records::ready(&json!({ "id": node.id().to_hex(), "port": port }))?;
    drain.await.context("the full node's stream ended")
}

async fn empty(directory: &Path, records: u64) -> anyhow::Result<()> {
    let store = SqliteStoreBuilder::new().database_url(&url(directory)).build().await?;
    peers_records::ready(&json!(null))?;
    let address = tokio::task::spawn_blocking(peers_records::start).await??;
    let id = address["id"].as_str().context("no id in the address")?.parse()?;
    let port = u16::try_from(address["port"].as_u64().context("no port in the address")?)?;
    // The builder takes bootstraps by relay only; the address book takes a direct address.
    let direct = EndpointAddr::new(from_verifying_key(id)).with_ip_addr(SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
    let mut full = NodeInfo::new(id).bootstrap();
    full.update_transports(TrustedTransportInfo::from(direct).into())?;
    p2panda_store::tx!(store, store.insert_node_info(full).await?);
    let node = open(directory, key(AUTHORS + 1), 0).await?;
    let (_publisher, mut events) = node.stream_from::<String>(topic(), StreamFrom::Start).await?;
    // An operation may come twice; and where none is missing, only a session tells that both were compared.
    let mut found = HashSet::new();
    let mut compared = false;
    while u64::try_from(found.len())? < records || !compared {
        match events.next().await.context("the stream ended")? {
            StreamEvent::Processed { operation, .. } => {
                found.insert(operation.id());
            }
            StreamEvent::SyncStarted { .. } => compared = true,
            StreamEvent::ProcessingFailed { error, .. } => bail!("processing failed: {error}"),
            StreamEvent::SyncEnded { error: Some(error), .. } => bail!("sync failed: {error}"),
            _ => {}
        }
    }
    // Each operation was committed to SQLite before it was handed out: nothing is left to flush.
    peers_records::readable(records)?;
    peers_records::done(records)?;
    std::future::pending().await
}

async fn check(directory: &Path, records: u64) -> anyhow::Result<()> {
    let node = open(directory, key(AUTHORS + 1), 0).await?;
    let (_publisher, mut events) = node.stream_from::<String>(topic(), StreamFrom::Start).await?;
    let mut seen = HashSet::new();
    let mut digest = Digest::default();
    while digest.records < records {
        match events.next().await.context("the stream ended")? {
            StreamEvent::Processed { operation, .. } if seen.insert(operation.id()) => {
                digest.add(operation.message().as_bytes());
            }
            StreamEvent::ReplayEnded => break,
            _ => {}
        }
    }
    peers_records::check_done(&digest)
}
