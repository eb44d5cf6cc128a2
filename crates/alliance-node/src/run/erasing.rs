//! Removed records: what the store holds of their bodies is destroyed, and said to be.

use std::collections::{BTreeMap, BTreeSet};

use alliance_api::Event;
use alliance_engine::Engine;
use alliance_record::limits::RECEIPT_RECORDS_MAX;
use alliance_record::{Header, RecordId};

use super::{Desk, Keeper, Message, RunError};
use crate::access::Held;
use crate::draft;
use crate::random::now_ms;

/// Records erased in one turn: other writes wait meanwhile.
const PORTION: usize = 64;
/// Milliseconds for which a receipt waits for more to confirm.
const RECEIPT_WAIT_MS: i64 = 2000;
/// Milliseconds until what could not be read is looked at again: the store may have fetched it anew.
const UNREAD_WAIT_MS: i64 = 60_000;

/// What is still to be done.
#[derive(Debug, Default)]
pub(crate) struct Erasing {
    /// Said to be removed, and not looked at yet.
    waiting: BTreeSet<RecordId>,
    /// Those that could not be read, and when they are looked at again, in milliseconds since 1970 UTC.
    unread: BTreeSet<RecordId>,
    again_ms: i64,
    /// Gone from the store, and not known to be gone with these.
    held: BTreeMap<RecordId, BTreeSet<Keeper>>,
    /// Gone, and not said to be.
    gone: BTreeSet<RecordId>,
    /// When the next receipt is due.
    receipt_ms: Option<i64>,
}

impl Erasing {
    /// What is to be looked at after a start: an earlier life may not have come to its end.
    pub(crate) fn begin(engine: &Engine) -> Self {
        Self {
            waiting: engine.state().said_removed(),
            ..Self::default()
        }
    }

    pub(super) fn note(&mut self, record: RecordId) {
        self.waiting.insert(record);
    }

    /// When there is something to do, in milliseconds since 1970 UTC.
    pub(super) fn next_due_ms(&self) -> i64 {
        let again = match self.unread.is_empty() {
            true => i64::MAX,
            false => self.again_ms,
        };
        match self.waiting.is_empty() {
            true => self.receipt_ms.unwrap_or(i64::MAX).min(again),
            false => 0,
        }
    }

    fn portion(&mut self) -> Vec<RecordId> {
        if !self.unread.is_empty() && self.again_ms <= now_ms() {
            self.waiting.append(&mut self.unread);
        }
        let portion: Vec<_> = self.waiting.iter().take(PORTION).copied().collect();
        for record in &portion {
            self.waiting.remove(record);
        }
        portion
    }

    /// Looks at these again later.
    fn put_off(&mut self, records: Vec<RecordId>) {
        self.unread.extend(records);
        self.again_ms = now_ms().saturating_add(UNREAD_WAIT_MS);
    }

    fn confirm(&mut self, record: RecordId) {
        self.gone.insert(record);
        self.receipt_ms.get_or_insert(now_ms().saturating_add(RECEIPT_WAIT_MS));
    }

    /// The records of one receipt, when it is due.
    fn receipt(&mut self) -> Option<Vec<RecordId>> {
        let is_due = self.receipt_ms.is_some_and(|due| due <= now_ms());
        if !is_due && self.gone.len() < RECEIPT_RECORDS_MAX {
            return None;
        }
        let some: Vec<_> = self.gone.iter().take(RECEIPT_RECORDS_MAX).copied().collect();
        for record in &some {
            self.gone.remove(record);
        }
        self.receipt_ms = (!self.gone.is_empty()).then(now_ms);
        Some(some)
    }
}

impl Desk {
    /// Destroys the bodies of some of the records that are said to be removed, where that is so, and confirms what is gone.
    pub(super) async fn erase_some(&mut self) -> Result<(), RunError> {
        let portion = self.erasing.portion();
        if !portion.is_empty() {
            self.erase(portion).await?;
        }
        if let Some(gone) = self.erasing.receipt() {
            self.draft(draft::receipt(&gone), None);
        }
        Ok(())
    }

    async fn erase(&mut self, portion: Vec<RecordId>) -> Result<(), RunError> {
        let Some(reader) = self.store.get() else { return Ok(()) };
        let found = tokio::task::spawn_blocking(move || headers(&reader, portion));
        let (found, unread) = found.await.map_err(|_| RunError::Crashed)?;
        if !unread.is_empty() {
            self.erasing.put_off(unread);
        }
        let state = self.engine.state();
        let removed: Vec<RecordId> = found
            .into_iter()
            .filter(|(record, header)| state.removed_by(record, header).is_some())
            .map(|(record, _)| record)
            .collect();
        let records = removed.clone();
        let erased = self.write(move |writer| writer.erase(&records)).await?;
        if erased.destroyed > 0 {
            tracing::info!(bodies = erased.destroyed, "bodies of removed records were destroyed");
        }
        let removed: BTreeSet<RecordId> = removed.into_iter().collect();
        if removed.is_empty() {
            return Ok(());
        }
        let mut keepers = BTreeSet::from([Keeper::Search]);
        if self.dataset.forget(removed.clone()) {
            keepers.insert(Keeper::Dataset);
        }
        if erased.destroyed > 0 {
            keepers.insert(Keeper::Underway);
            self.cut_underway(removed.iter().copied().collect());
        }
        for record in &removed {
            // Beside those that it was said to before, and that have not answered.
            self.erasing.held.entry(*record).or_default().extend(&keepers);
        }
        self.finding.forget(removed);
        Ok(())
    }

    /// Ends exports and bundles that may hold these records' texts, and tells the loop when they have ended.
    fn cut_underway(&self, records: Vec<RecordId>) {
        let (ended, inbox) = (self.shared.underway.cut(), self.inbox.clone());
        tokio::spawn(async move {
            ended.await;
            let by = Keeper::Underway;
            // A loop that has ended asks again in its next life.
            let _ = inbox.send(Message::Forgotten { by, records }).await;
        });
    }

    /// Nothing of these is left with a keeper. What is left with none, and is gone from the store, is confirmed.
    pub(super) fn forgotten(&mut self, by: Keeper, records: Vec<RecordId>) {
        let node = (self.author.organisation, self.author.key.writer());
        for record in records {
            let Some(keepers) = self.erasing.held.get_mut(&record) else {
                continue;
            };
            keepers.remove(&by);
            if !keepers.is_empty() {
                continue;
            }
            self.erasing.held.remove(&record);
            if !self.engine.state().removals.has_confirmed(&record, &node) {
                self.erasing.confirm(record);
            }
            self.shared.tell(Event::Erased {
                record: record.to_string(),
            });
        }
    }
}

/// The records that are held, each with its header.
/// The headers of those that are here, and those that cannot be read.
fn headers(reader: &Held, records: Vec<RecordId>) -> (Vec<(RecordId, Header)>, Vec<RecordId>) {
    let (mut found, mut unread) = (Vec::new(), Vec::new());
    for record in records {
        match reader.record(&record) {
            Ok(stored) => found.extend(stored.map(|stored| (record, stored.record.header().clone()))),
            Err(error) => {
                tracing::warn!(%error, "a record that is said to be removed could not be read; `alliance doctor` tells more");
                unread.push(record);
            }
        }
    }
    (found, unread)
}
