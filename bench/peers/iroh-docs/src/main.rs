//! iroh-docs: one document with a hundred authors, replicated over QUIC; entries in redb, bodies in the store of
//! iroh-blobs.
//!
//! Owns how records become entries. Never measures: the runner does.

use std::collections::HashSet;
use std::path::Path;
use std::pin::pin;

use anyhow::{Context as _, bail};
use futures::{StreamExt as _, TryStreamExt as _};
use iroh::protocol::Router;
use iroh::{Endpoint, EndpointAddr, EndpointId, RelayMode, endpoint::presets};
use iroh_blobs::store::fs::FsStore;
use iroh_blobs::{BlobsProtocol, Hash};
use iroh_docs::api::Doc;
use iroh_docs::engine::LiveEvent;
use iroh_docs::protocol::Docs;
use iroh_docs::store::Query;
use iroh_docs::{Author, AuthorId, Capability, DocTicket};
use iroh_gossip::net::Gossip;
use peers_records::{AUTHORS, Digest, Order, author, body, mix};
use serde_json::json;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    match peers_records::order()? {
        Order::Seed(directory, records) => seed(&directory, records).await,
        Order::Full(directory, _) => full(&directory).await,
        Order::Empty(directory, records) => empty(&directory, records).await,
        Order::Check(directory, _) => check(&directory).await,
    }
}

/// A node with all that iroh-docs needs, reachable on 127.0.0.1 only.
struct Node {
    endpoint: Endpoint,
    blobs: FsStore,
    docs: Docs,
    router: Router,
}

impl Node {
    async fn open(directory: &Path) -> anyhow::Result<Self> {
        let endpoint = Endpoint::builder(presets::Minimal).relay_mode(RelayMode::Disabled);
        let endpoint = endpoint.clear_ip_transports().bind_addr("127.0.0.1:0")?.bind().await?;
        let blobs = FsStore::load(directory.join("blobs")).await?;
        let gossip = Gossip::builder().spawn(endpoint.clone());
        let docs = Docs::persistent(directory.to_owned());
        let docs = docs.spawn(endpoint.clone(), (*blobs).clone(), gossip.clone()).await?;
        let router = Router::builder(endpoint.clone())
            .accept(iroh_blobs::ALPN, BlobsProtocol::new(&blobs, None))
            .accept(iroh_gossip::ALPN, gossip)
            .accept(iroh_docs::ALPN, docs.clone())
            .spawn();
        Ok(Self {
            endpoint,
            blobs,
            docs,
            router,
        })
    }

    /// The only document of this node, if it has one.
    async fn document(&self) -> anyhow::Result<Option<Doc>> {
        let first = self.docs.list().await?.next().await.transpose()?;
        match first {
            Some((id, _)) => self.docs.open(id).await,
            None => Ok(None),
        }
    }

    fn address(&self) -> EndpointAddr {
        let sockets = self.endpoint.bound_sockets();
        sockets
            .into_iter()
            .fold(EndpointAddr::new(self.endpoint.id()), EndpointAddr::with_ip_addr)
    }

    /// Writes what both stores still hold in memory, with fsync: listing entries ends the open transaction.
    async fn flush(&self, document: &Doc) -> anyhow::Result<()> {
        let _ = entries(document).await?;
        self.blobs.sync_db().await?;
        Ok(())
    }
}

/// The hashes of all entries' bodies. Empty entries, which mark deletions, are none.
async fn entries(document: &Doc) -> anyhow::Result<Vec<Hash>> {
    let entries = document.get_many(Query::all()).await?;
    entries.map_ok(|entry| entry.content_hash()).try_collect().await
}

async fn seed(directory: &Path, records: u64) -> anyhow::Result<()> {
    let node = Node::open(directory).await?;
    let document = match node.document().await? {
        Some(document) => document,
        None => node.docs.create().await?,
    };
    let mut authors: Vec<AuthorId> = Vec::new();
    for number in 0..AUTHORS {
        let mut secret = [1; 32];
        secret[..8].copy_from_slice(&mix(number).to_le_bytes());
        let author = Author::from_bytes(&secret);
        authors.push(author.id());
        node.docs.author_import(author).await?;
    }
    for index in u64::try_from(entries(&document).await?.len())?..records {
        let signer = authors
            .get(usize::try_from(author(index))?)
            .context("an author without keys")?;
        document
            .set_bytes(*signer, index.to_be_bytes().to_vec(), body(index))
            .await?;
    }
    node.flush(&document).await?;
    node.router.shutdown().await?;
    peers_records::seeded(records)
}

async fn full(directory: &Path) -> anyhow::Result<()> {
    let node = Node::open(directory).await?;
    let document = node.document().await?.context("no document: seed first")?;
    document.start_sync(Vec::new()).await?;
    let ticket = DocTicket::new(Capability::Read(document.id()), vec![node.address()]);
    peers_records::ready(&json!(ticket.to_string()))?;
    std::future::pending().await
}

/// Replicates until no body lacks. Where none lacked before, until both were compared: that is told as failed when the
/// other node's end of the connection is gone first, which says nothing of the comparison, so the run then fails. Where
/// some lacked, the bodies tell, and a failure is only waited out: both nodes begin to compare when they meet.
async fn empty(directory: &Path, records: u64) -> anyhow::Result<()> {
    let node = Node::open(directory).await?;
    peers_records::ready(&json!(null))?;
    let address = tokio::task::spawn_blocking(peers_records::start).await??;
    let ticket: DocTicket = address.as_str().context("the ticket is not a text")?.parse()?;
    let peers: Vec<EndpointId> = ticket.nodes.iter().map(|address| address.id).collect();
    let (document, events) = node.docs.import_and_subscribe(ticket).await?;
    let mut events = pin!(events);
    let mut missing = lacking(&node, &document, records).await?;
    let mut compared = missing > 0;
    while missing > 0 || !compared {
        match events.next().await.context("the document's events ended")?? {
            LiveEvent::ContentReady { .. } => missing = missing.saturating_sub(1),
            LiveEvent::SyncFinished(event) if peers.contains(&event.peer) && !compared => match event.result {
                Ok(_) => compared = true,
                Err(fault) => bail!("nothing was missing, and comparing is told as failed: {fault}"),
            },
            _ => continue,
        }
        if missing == 0 {
            missing = lacking(&node, &document, records).await?;
        }
    }
    peers_records::readable(records)?;
    node.flush(&document).await?;
    peers_records::done(records)?;
    std::future::pending().await
}

/// How many of the records the node has no entry or no body of.
async fn lacking(node: &Node, document: &Doc, records: u64) -> anyhow::Result<u64> {
    let wanted = entries(document).await?;
    let held: HashSet<Hash> = node.blobs.blobs().list().hashes().await?.into_iter().collect();
    let held = wanted.iter().filter(|hash| held.contains(*hash)).count();
    Ok(records.saturating_sub(u64::try_from(held)?))
}

async fn check(directory: &Path) -> anyhow::Result<()> {
    let node = Node::open(directory).await?;
    let document = node.document().await?.context("no document")?;
    let mut digest = Digest::default();
    for hash in entries(&document).await? {
        digest.add(&node.blobs.blobs().get_bytes(hash).await?);
    }
    peers_records::check_done(&digest)
}
