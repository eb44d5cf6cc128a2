//! What the runner tells a node's process and hears from it: arguments, then one JSON object a line.
//!
//! Owns the words. Never measures: the runner does, from outside.

use std::io::{BufRead as _, Write as _};
use std::path::PathBuf;

use anyhow::{Context as _, bail};
use serde_json::{Value, json};

use crate::Digest;

/// What a process is asked to be: `<role> <directory> <records>`.
#[derive(Clone, Debug)]
pub enum Order {
    /// Write the records that the directory's store has not yet, up to `records`, and end.
    Seed(PathBuf, u64),
    /// Serve the store's records on loopback until killed.
    Full(PathBuf, u64),
    /// Have an open store, wait for [`start`], replicate until `records` are readable and flushed.
    Empty(PathBuf, u64),
    /// Read all that the store has, as a new process, and end.
    Check(PathBuf, u64),
}

/// The order in this process's arguments.
///
/// # Errors
/// When they are not a role, a directory and a number.
pub fn order() -> anyhow::Result<Order> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [role, directory, records] = arguments.as_slice() else {
        bail!("say: seed|full|empty|check DIRECTORY RECORDS");
    };
    let directory = PathBuf::from(directory);
    let records = records.parse().context("RECORDS is a number")?;
    Ok(match role.as_str() {
        "seed" => Order::Seed(directory, records),
        "full" => Order::Full(directory, records),
        "empty" => Order::Empty(directory, records),
        "check" => Order::Check(directory, records),
        other => bail!("{other} is none of seed, full, empty, check"),
    })
}

fn say(value: &Value) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{value}").context("the runner is gone")?;
    out.flush().context("the runner is gone")
}

/// Tells that the store holds `records`.
///
/// # Errors
/// When the runner no longer listens; as all below.
pub fn seeded(records: u64) -> anyhow::Result<()> {
    say(&json!({ "seeded": records }))
}

/// Tells that the process may be measured; a full node adds what the empty one needs to reach it.
///
/// # Errors
/// When the runner no longer listens.
pub fn ready(address: &Value) -> anyhow::Result<()> {
    say(&json!({ "ready": address }))
}

/// Waits until the runner says to start, and gives the full node's address. Blocks: asynchronous code calls it where
/// that does no harm.
///
/// # Errors
/// When the runner is gone or its line is not JSON.
pub fn start() -> anyhow::Result<Value> {
    let mut line = String::new();
    std::io::stdin()
        .lock()
        .read_line(&mut line)
        .context("the runner is gone")?;
    serde_json::from_str(&line).context("the address is not JSON")
}

/// Tells that all `records` are readable; what follows is flushing.
///
/// # Errors
/// When the runner no longer listens.
pub fn readable(records: u64) -> anyhow::Result<()> {
    say(&json!({ "readable": records }))
}

/// Tells that all `records` are readable, and flushed where the system has a way to ask for that.
///
/// # Errors
/// When the runner no longer listens.
pub fn done(records: u64) -> anyhow::Result<()> {
    say(&json!({ "done": records }))
}

/// Tells what was read back.
///
/// # Errors
/// When the runner no longer listens.
pub fn check_done(digest: &Digest) -> anyhow::Result<()> {
    say(&json!({ "checked": digest.records, "digest": digest.hex() }))
}
