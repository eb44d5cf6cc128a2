//! What is remembered of keys: bounded in number, bytes and time.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use alliance_api::PublishReceipt;
use blake3::Hash;
use serde::{Deserialize, Serialize};

use super::file::{File, LedgerError};
use crate::describe::Keeping;
use crate::limits::{ANSWER_KEPT_BYTES_MAX, KEY_KEPT_MS, KEYS_KEPT_MAX};

/// An answer, as it is given again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Answered {
    pub(crate) status: u16,
    pub(crate) media: String,
    #[serde(with = "text")]
    pub(crate) body: Vec<u8>,
}

/// Bodies of answers are JSON: text.
mod text {
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&String::from_utf8_lossy(bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        String::deserialize(deserializer).map(String::into_bytes)
    }
}

/// Where the request of a key stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Stage {
    /// It is being done.
    Begun,
    /// The node ended while it was being done.
    Unknown,
    /// It was done; with its answer, if that is kept.
    Done(Option<Answered>),
    /// It was not done, or not taken: the key is free.
    Released,
}

/// What is remembered of a key: a line of the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Entry {
    /// Hash of whoever asked with it, and of it.
    pub(super) key: String,
    /// Hash of the request.
    pub(super) request: String,
    /// When, milliseconds since 1970 UTC.
    pub(super) at_ms: i64,
    /// Where it stands.
    pub(super) stage: Stage,
}

/// Why a request with a key is not done.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// The key was another request's.
    Reused,
    /// It is being done.
    InProgress,
    /// It may have been done.
    Unknown,
    /// It was done, and the answer is not kept.
    Gone,
    /// There is no room.
    Full,
    /// It could not be written down.
    Store(LedgerError),
}

/// Keys and what became of their requests.
#[derive(Debug)]
pub(crate) struct Ledger {
    entries: Mutex<HashMap<String, Entry>>,
    file: Option<File>,
}

impl Ledger {
    /// With what a file remembers; without one, a restart forgets.
    pub(crate) fn open(path: Option<&Path>) -> Result<Self, LedgerError> {
        let (mut file, lines) = match path {
            Some(path) => File::open(path).map(|(file, lines)| (Some(file), lines))?,
            None => (None, Vec::new()),
        };
        let mut entries = HashMap::new();
        for mut entry in lines.into_iter().filter(|entry| is_young(entry, now_ms())) {
            // Nothing of an earlier life is being done.
            if entry.stage == Stage::Begun {
                entry.stage = Stage::Unknown;
            }
            match entry.stage {
                Stage::Released => entries.remove(&entry.key),
                _ => entries.insert(entry.key.clone(), entry),
            };
        }
        if let Some(file) = &mut file {
            let mut kept: Vec<&Entry> = entries.values().collect();
            kept.sort_by_key(|entry| (entry.at_ms, &entry.key));
            file.replace(&kept)?;
        }
        Ok(Self {
            entries: Mutex::new(entries),
            file,
        })
    }

    fn entries(&self) -> MutexGuard<'_, HashMap<String, Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins a request, unless its key is known: then its answer, or why there is none.
    pub(crate) async fn begin(&self, key: Hash, request: Hash, keeping: Keeping) -> Result<Option<Answered>, Refusal> {
        let entry = Entry {
            key: key.to_hex().to_string(),
            request: request.to_hex().to_string(),
            at_ms: now_ms(),
            stage: Stage::Begun,
        };
        {
            let mut entries = self.entries();
            let known = entries.get(&entry.key).filter(|known| is_young(known, entry.at_ms));
            if let Some(known) = known {
                return again(known, &entry.request);
            }
            make_room(&mut entries, entry.at_ms)?;
            entries.insert(entry.key.clone(), entry.clone());
        }
        if keeping == Keeping::Disk
            && let Err(error) = self.write(&entry).await
        {
            self.entries().remove(&entry.key);
            return Err(Refusal::Store(error));
        }
        Ok(None)
    }

    /// Remembers what a request was answered.
    pub(crate) async fn end(&self, key: Hash, answered: Answered, keeping: Keeping) {
        let kept = match keeping {
            Keeping::Secret => None,
            _ => Some(answered.clone()).filter(|answered| answered.body.len() <= ANSWER_KEPT_BYTES_MAX),
        };
        let done = self.settle(key, Stage::Done(kept));
        if let Some(mut done) = done.filter(|_| keeping == Keeping::Disk) {
            done.stage = on_disk(&answered);
            self.write_late(&done).await;
        }
    }

    /// Frees the key of a request that was not taken.
    pub(crate) async fn release(&self, key: Hash, keeping: Keeping) {
        let released = self.entries().remove(&key.to_hex().to_string());
        if let Some(mut released) = released.filter(|_| keeping == Keeping::Disk) {
            released.stage = Stage::Released;
            self.write_late(&released).await;
        }
    }

    fn settle(&self, key: Hash, stage: Stage) -> Option<Entry> {
        let mut entries = self.entries();
        let entry = entries.get_mut(&key.to_hex().to_string())?;
        entry.stage = stage;
        Some(entry.clone())
    }

    async fn write(&self, entry: &Entry) -> Result<(), LedgerError> {
        match &self.file {
            Some(file) => file.append(entry).await,
            None => Ok(()),
        }
    }

    /// What was done is done: a key that could not be written down is told as unknown after a restart.
    async fn write_late(&self, entry: &Entry) {
        if let Err(error) = self.write(entry).await {
            tracing::warn!(%error, "what became of an Idempotency-Key could not be written down");
        }
    }
}

fn is_young(entry: &Entry, now_ms: i64) -> bool {
    (now_ms - KEY_KEPT_MS..=now_ms + KEY_KEPT_MS).contains(&entry.at_ms)
}

/// What a request with a known key is told.
fn again(known: &Entry, request: &str) -> Result<Option<Answered>, Refusal> {
    if known.request != request {
        return Err(Refusal::Reused);
    }
    match &known.stage {
        Stage::Begun => Err(Refusal::InProgress),
        Stage::Unknown => Err(Refusal::Unknown),
        Stage::Done(None) | Stage::Released => Err(Refusal::Gone),
        Stage::Done(Some(answered)) => Ok(Some(answered.clone())),
    }
}

/// Forgets what is old, and else the oldest that is done.
fn make_room(entries: &mut HashMap<String, Entry>, now_ms: i64) -> Result<(), Refusal> {
    if entries.len() < KEYS_KEPT_MAX {
        return Ok(());
    }
    entries.retain(|_, entry| is_young(entry, now_ms));
    if entries.len() < KEYS_KEPT_MAX {
        return Ok(());
    }
    let done = entries.values().filter(|entry| entry.stage != Stage::Begun);
    let oldest = done.min_by_key(|entry| entry.at_ms).map(|entry| entry.key.clone());
    let oldest = oldest.ok_or(Refusal::Full)?;
    entries.remove(&oldest);
    Ok(())
}

/// What of an answer goes to the disk: the receipt of a record that was signed, without any text. What was only looked at
/// may be looked at again.
fn on_disk(answered: &Answered) -> Stage {
    let Ok(receipt) = serde_json::from_slice::<PublishReceipt>(&answered.body) else {
        return Stage::Done(None);
    };
    match (&receipt.id, &receipt.draft) {
        (None, None) => Stage::Released,
        (None, Some(_)) => Stage::Done(None),
        (Some(_), _) => {
            let bare = PublishReceipt {
                findings: Vec::new(),
                draft: None,
                protected: None,
                ..receipt
            };
            let body = serde_json::to_vec(&bare).ok();
            Stage::Done(body.map(|body| Answered {
                body,
                ..answered.clone()
            }))
        }
    }
}

/// Milliseconds since 1970 UTC.
fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests;
