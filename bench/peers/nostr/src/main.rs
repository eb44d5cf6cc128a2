//! Nostr: a relay of nostr-relay-builder as the full node, a client of nostr-sdk that syncs by negentropy as the empty
//! one, both with nostr-lmdb.
//!
//! Owns how records become events. Never measures: the runner does.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, bail};
use futures::future::try_join_all;
use nostr_lmdb::NostrLMDB;
use nostr_relay_builder::{LocalRelay, RelayBuilder};
use nostr_sdk::prelude::*;
use peers_records::{AUTHORS, Digest, Order, author, body, mix};
use serde_json::json;

/// When the oldest event may have been made, in seconds since 1970.
const OLDEST_S: u64 = 1_700_000_000;

/// Seconds that the events' times are spread over, in no order, so that missing ones are spread over all of them.
const SPREAD_S: u64 = 10_000_000;

/// Events handed to the store together while seeding.
const SEED_GROUP: u64 = 1000;

/// How long the relay may take to list a large store before it answers the first message.
const FIRST_ANSWER_MAX: Duration = Duration::from_secs(600);

/// Events asked for by id in one request.
const FETCH_GROUP: usize = 500;

/// How long one request may take.
const GROUP_MAX: Duration = Duration::from_secs(600);

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    match peers_records::order()? {
        Order::Seed(directory, records) => seed(&directory, records).await,
        Order::Full(directory, _) => full(&directory).await,
        Order::Empty(directory, records) => empty(&directory, records).await,
        Order::Check(directory, _) => check(&directory).await,
    }
}

fn keys() -> anyhow::Result<Vec<Keys>> {
    let secret = |author: u64| {
        let mut secret = [1; 32];
        secret[..8].copy_from_slice(&mix(author).to_le_bytes());
        anyhow::Ok(Keys::new(SecretKey::from_slice(&secret)?))
    };
    (0..AUTHORS).map(secret).collect()
}

fn event(keys: &[Keys], index: u64) -> anyhow::Result<Event> {
    let time = Timestamp::from(OLDEST_S + mix(index) % SPREAD_S);
    let signer = keys
        .get(usize::try_from(author(index))?)
        .context("an author without keys")?;
    Ok(EventBuilder::text_note(body(index))
        .custom_created_at(time)
        .sign_with_keys(signer)?)
}

async fn seed(directory: &Path, records: u64) -> anyhow::Result<()> {
    let store = NostrLMDB::open(directory)?;
    let keys = keys()?;
    let mut next = u64::try_from(store.count(Filter::new()).await?)?;
    while next < records {
        let end = records.min(next + SEED_GROUP);
        let events: Vec<Event> = (next..end)
            .map(|index| event(&keys, index))
            .collect::<anyhow::Result<_>>()?;
        let statuses = try_join_all(events.iter().map(|event| store.save_event(event))).await?;
        if !statuses.iter().all(SaveEventStatus::is_success) {
            bail!("the store took not every event");
        }
        next = end;
    }
    peers_records::seeded(records)
}

async fn full(directory: &Path) -> anyhow::Result<()> {
    let relay = LocalRelay::new(RelayBuilder::default().database(NostrLMDB::open(directory)?));
    relay.run().await?;
    peers_records::ready(&json!(relay.url().await.to_string()))?;
    std::future::pending().await
}

async fn empty(directory: &Path, records: u64) -> anyhow::Result<()> {
    let client = Client::builder().database(NostrLMDB::open(directory)?).build();
    peers_records::ready(&json!(null))?;
    let address = tokio::task::spawn_blocking(peers_records::start).await??;
    let url = address.as_str().context("the relay's address is not a text")?;
    client.add_relay(url).await?;
    client.connect().await;
    fill(&client).await?;
    let found = u64::try_from(client.database().count(Filter::new()).await?)?;
    if found != records {
        bail!("{found} of {records} events after the sync");
    }
    // LMDB syncs each commit, so there is nothing left to flush.
    peers_records::readable(found)?;
    peers_records::done(found)?;
    std::future::pending().await
}

/// Finds by negentropy which events the store lacks, then asks for them by id. `Client::sync` alone would do both, but
/// asks for two groups under one name whenever the relay ends a group with both EOSE and CLOSED, as this relay does, and
/// so loses every other group.
async fn fill(client: &Client) -> anyhow::Result<()> {
    let options = SyncOptions::new().dry_run().initial_timeout(FIRST_ANSWER_MAX);
    let found = client.sync(Filter::new(), &options).await?;
    if !found.failed.is_empty() {
        bail!("sync failed: {:?}", found.failed);
    }
    let lacking: Vec<EventId> = found.remote.iter().copied().collect();
    for group in lacking.chunks(FETCH_GROUP) {
        let filter = Filter::new().ids(group.iter().copied());
        let events = client.fetch_events(filter, GROUP_MAX).await?;
        if events.len() != group.len() {
            bail!("{} of {} events of a group came", events.len(), group.len());
        }
    }
    Ok(())
}

async fn check(directory: &Path) -> anyhow::Result<()> {
    let mut digest = Digest::default();
    for event in NostrLMDB::open(directory)?.query(Filter::new()).await? {
        event.verify()?;
        digest.add(event.content.as_bytes());
    }
    peers_records::check_done(&digest)
}
