//! The dataset that a node keeps in step with its store, where its operator asks for one: follows the arrival feed, tells how
//! records stand, and forgets what is erased. On a thread of its own, since writing files takes long.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use alliance_record::{AllianceId, RecordId};
use alliance_store::{Arrival, BodyState, RangeLimits, ReadError};
use alliance_tables::{Batch, Dataset, DatasetError, Place, Source};
use data_encoding::HEXLOWER;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{sleep, sleep_until, timeout};

use crate::access::{Held as Access, StoreAccess};
use crate::handle::exported;
use crate::knowledge::Held;
use crate::run::{Keeper as Who, Message};
use crate::shared::Shared;

/// How long records gather before files are written for them: each time makes a file for each table and country.
const GATHERING: Duration = Duration::from_mins(1);
/// How many times as long as it took to tell how all records stand, it takes before that is told again; a minute at least.
const RESTATING: u32 = 10;
/// Until the dataset is opened again after a failure: at first, and at most.
const PAUSE_MIN: Duration = Duration::from_secs(5);
const PAUSE_MAX: Duration = Duration::from_mins(10);
/// Records read at once.
const GROUP: RangeLimits = RangeLimits {
    records_max: 1_024,
    bytes_max: 4 << 20,
};
/// How long the end of the node waits for the dataset's place: a file that is being written is finished in that time.
const ENDING_MAX: Duration = Duration::from_secs(5);
const S3: &str = "s3://";

/// How the rest of the node reaches the dataset. Without one, nothing is asked.
#[derive(Clone)]
pub(crate) struct DatasetAccess(Option<Reached>);

#[derive(Clone)]
struct Reached {
    asks: mpsc::UnboundedSender<BTreeSet<RecordId>>,
    /// How far it has come, or why it is not kept.
    told: watch::Receiver<Result<u64, String>>,
}

impl DatasetAccess {
    /// Says which records are erased; whether there is a dataset, which says when nothing of them is left. One that has failed
    /// says nothing: then nothing is confirmed.
    pub(crate) fn forget(&self, records: BTreeSet<RecordId>) -> bool {
        let Some(dataset) = &self.0 else { return false };
        let _ = dataset.asks.send(records);
        true
    }

    /// The arrival number up to which the dataset has all records, or why it is not kept for now; `None` without a dataset.
    pub(crate) fn cursor(&self) -> Option<Result<u64, String>> {
        self.0.as_ref().map(|dataset| dataset.told.borrow().clone())
    }

    /// Waits until the dataset has what had arrived by then; false without one, or when the node ends before.
    pub(crate) async fn reaches(&self, arrival: u64) -> bool {
        let Some(mut told) = self.0.as_ref().map(|dataset| dataset.told.clone()) else {
            return false;
        };
        let has_come = |told: &Result<u64, String>| told.as_ref().is_ok_and(|cursor| *cursor >= arrival);
        told.wait_for(has_come).await.is_ok()
    }
}

/// The end of the dataset's keeper.
pub(crate) struct Ending {
    ending: oneshot::Sender<()>,
    ended: oneshot::Receiver<()>,
}

impl Ending {
    /// Ends the keeper and waits until it has let go of the dataset. A place that does not answer is not waited for: the keeper
    /// holds nothing of the store while it waits for one, and the dataset follows from where it is in the next life.
    pub(crate) async fn end(self) {
        drop(self.ending);
        // The other end goes with the keeper's thread.
        if timeout(ENDING_MAX, self.ended).await.is_err() {
            tracing::warn!(
                waited_s = ENDING_MAX.as_secs(),
                "the place of the dataset does not answer, and the node ends without it. Nothing is lost: the dataset is brought into \
                 step at the next start; see that its place can be reached"
            );
        }
    }
}

/// What the keeper lives among.
pub(crate) struct Surroundings {
    pub(crate) alliance: AllianceId,
    pub(crate) store: StoreAccess,
    pub(crate) shared: Arc<Shared>,
    pub(crate) inbox: mpsc::Sender<Message>,
}

/// Where a dataset is to be kept: a folder, or `s3://bucket/folder`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Where {
    Folder(PathBuf),
    S3(String),
}

impl Where {
    /// Of the setting `dataset`; `None` when it is empty. A folder is relative to the data directory.
    pub(crate) fn of(setting: &str, data: &std::path::Path) -> Option<Self> {
        match setting {
            "" => None,
            address if address.starts_with(S3) => Some(Self::S3(address.to_owned())),
            folder => Some(Self::Folder(data.join(folder))),
        }
    }

    fn place(&self) -> Result<Place, DatasetError> {
        match self {
            Self::Folder(folder) => Place::folder(folder),
            #[cfg(feature = "s3")]
            Self::S3(address) => Place::s3(address),
            #[cfg(not(feature = "s3"))]
            Self::S3(address) => Err(DatasetError::Place(format!(
                "{address} cannot be written by this build: build it with `--features s3`, or name a folder"
            ))),
        }
    }
}

/// Keeps a dataset from now on, if there is to be one.
pub(crate) fn begin(place: Option<Where>, around: Surroundings) -> (DatasetAccess, Option<Ending>) {
    let Some(place) = place else {
        return (DatasetAccess(None), None);
    };
    let (asks, asked) = mpsc::unbounded_channel();
    let (ending, ended) = oneshot::channel();
    let (gone, over) = oneshot::channel();
    let (tell, told) = watch::channel(Ok(0));
    let keeper = Keeper {
        place,
        arrivals: around.shared.arrivals(),
        around,
        asked,
        ended,
        forgetting: BTreeSet::new(),
        tell,
    };
    let runtime = tokio::runtime::Handle::current();
    thread::spawn(move || {
        runtime.block_on(keeper.run());
        // Nobody waiting is no fault.
        let _ = gone.send(());
    });
    let ending = Ending { ending, ended: over };
    (DatasetAccess(Some(Reached { asks, told })), Some(ending))
}

struct Keeper {
    place: Where,
    around: Surroundings,
    arrivals: watch::Receiver<u64>,
    asked: mpsc::UnboundedReceiver<BTreeSet<RecordId>>,
    /// Ends when the node does.
    ended: oneshot::Receiver<()>,
    /// Said to be erased, and not known to be gone from the dataset.
    forgetting: BTreeSet<RecordId>,
    tell: watch::Sender<Result<u64, String>>,
}

/// Why the keeper let go of the dataset.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Dataset(#[from] DatasetError),
    #[error(transparent)]
    Store(#[from] ReadError),
}

/// Why not all records were told of.
enum Cut {
    Ended,
    Store(ReadError),
}

impl Keeper {
    async fn run(mut self) {
        let mut pause = PAUSE_MIN;
        while !self.has_ended() {
            let failure = match self.keep(&mut pause).await {
                Ok(()) => return,
                Err(failure) => failure,
            };
            let _ = self.tell.send_replace(Err(failure.to_string()));
            tracing::warn!(error = %failure, again_in_s = pause.as_secs(), "the dataset is not in step for now");
            tokio::select! {
                _ = &mut self.ended => return,
                () = sleep(pause) => {}
            }
            pause = (2 * pause).min(PAUSE_MAX);
        }
    }

    fn has_ended(&mut self) -> bool {
        !matches!(self.ended.try_recv(), Err(oneshot::error::TryRecvError::Empty))
    }

    /// Until the node ends.
    async fn keep(&mut self, pause: &mut Duration) -> Result<(), Failure> {
        let Some(reader) = self.around.store.get() else {
            return Ok(());
        };
        let source = Source {
            alliance: self.around.alliance,
            feed: HEXLOWER.encode(&reader.feed_id()).into(),
            maker: concat!("alliance ", env!("CARGO_PKG_VERSION")).into(),
        };
        drop(reader);
        let mut dataset = Dataset::open(self.place.place()?, &source).await?;
        self.forgetting.extend(self.around.shared.quarantine().all());
        // When it was told how all records stand, and when it may be told again.
        let mut restated: Option<Instant> = None;
        let mut is_stale = true;
        while !self.has_ended() {
            while let Ok(records) = self.asked.try_recv() {
                self.forgetting.extend(records);
            }
            self.arrivals.mark_unchanged();
            let is_forgetting = self.forget(&mut dataset).await?;
            is_stale |= self.follow(&mut dataset).await?;
            let _ = self.tell.send_replace(Ok(dataset.cursor()?));
            let is_due = restated.is_none_or(|next| next <= Instant::now());
            if is_forgetting || (is_stale && is_due) {
                let begun = Instant::now();
                self.restate(&mut dataset).await?;
                restated = Some(Instant::now() + GATHERING.max(RESTATING * begun.elapsed()));
                is_stale = false;
                dataset.compact().await?;
            }
            // Only a round that succeeded says that all is well.
            *pause = PAUSE_MIN;
            self.wait(restated.filter(|_| is_stale)).await;
        }
        Ok(())
    }

    /// Waits for something to do, until `at` the latest.
    async fn wait(&mut self, at: Option<Instant>) {
        let until = at.unwrap_or_else(|| Instant::now() + PAUSE_MAX);
        tokio::select! {
            biased;
            _ = &mut self.ended => {}
            () = sleep_until(until.into()) => {}
            asked = self.asked.recv() => self.forgetting.extend(asked.into_iter().flatten()),
            changed = self.arrivals.changed() => if changed.is_ok() {
                tokio::select! {
                    _ = &mut self.ended => {}
                    asked = self.asked.recv() => self.forgetting.extend(asked.into_iter().flatten()),
                    () = sleep(GATHERING) => {}
                }
            }
        }
    }

    /// Takes in what arrived; whether anything did.
    async fn follow(&mut self, dataset: &mut Dataset) -> Result<bool, Failure> {
        let mut has_come = false;
        while !self.has_ended() {
            let cursor = dataset.cursor()?;
            let Some(reader) = self.around.store.get() else { break };
            let (mut batch, mut reached) = (Batch::new(), cursor);
            while !batch.is_full() {
                let group = reader.arrivals_since(Arrival(reached), GROUP)?;
                let Some(last) = group.last() else { break };
                reached = last.arrival.0;
                self.take(&reader, &group, &mut batch)?;
            }
            drop(reader);
            if reached == cursor {
                break;
            }
            dataset.commit(batch, reached).await?;
            has_come = true;
        }
        Ok(has_come)
    }

    /// Adds what can be read of some records.
    fn take(&self, reader: &Access, group: &[alliance_store::StoredRecord], batch: &mut Batch) -> Result<(), Failure> {
        let held = Held::new(reader, &self.around.shared);
        for stored in group {
            let is_text = stored.body == BodyState::Held && !stored.record.header().kind.is_governance();
            let summary = match is_text {
                true => held.asking().summary(&stored.record.id())?,
                false => None,
            };
            if let Some(summary) = summary.filter(|summary| summary.removed.is_none() && !summary.quarantined) {
                let mut record = exported(&held, &summary, stored)?;
                record.arrival = Some(stored.arrival.0);
                batch.add(&record)?;
            }
        }
        Ok(())
    }

    /// Forgets all that is said to be erased, and tells the loop; whether there was anything.
    async fn forget(&mut self, dataset: &mut Dataset) -> Result<bool, Failure> {
        if self.forgetting.is_empty() {
            return Ok(false);
        }
        // A body may have come long after its header: every file is looked into.
        let records: Vec<RecordId> = self.forgetting.iter().copied().collect();
        let asked: Vec<(RecordId, Option<u64>)> = records.iter().map(|id| (*id, None)).collect();
        dataset.forget(&asked).await?;
        self.forgetting.clear();
        // A loop that has ended asks again in its next life.
        let forgotten = Message::Forgotten {
            by: Who::Dataset,
            records,
        };
        let _ = self.around.inbox.send(forgotten).await;
        Ok(true)
    }

    /// Tells how all records stand now. A node that ends leaves what was told before.
    async fn restate(&mut self, dataset: &mut Dataset) -> Result<(), Failure> {
        let (store, shared) = (&self.around.store, &self.around.shared);
        let Some(end) = store.get().map(|reader| reader.last_arrival()) else {
            return Ok(());
        };
        let mut at = Arrival::NONE;
        let mut waiting = Vec::new().into_iter();
        let ended = &mut self.ended;
        let all = std::iter::from_fn(|| {
            loop {
                if let Some(record) = waiting.next() {
                    return Some(Ok(record));
                }
                if !matches!(ended.try_recv(), Err(oneshot::error::TryRecvError::Empty)) {
                    return Some(Err(Cut::Ended));
                }
                if at >= end {
                    return None;
                }
                // For a group at a time: what is told is written to a place that may not answer.
                let Some(reader) = store.get() else {
                    return Some(Err(Cut::Ended));
                };
                match stands(&Held::at(&reader, shared, end), &reader, &mut at) {
                    Ok(records) => waiting = records.into_iter(),
                    Err(error) => return Some(Err(Cut::Store(error))),
                }
            }
        });
        match dataset.restate(all).await? {
            Ok(_) | Err(Cut::Ended) => Ok(()),
            Err(Cut::Store(error)) => Err(error.into()),
        }
    }
}

/// How the next records of the feed stand, without their texts; moves `at` behind them.
fn stands(
    held: &Held<'_>,
    reader: &Access,
    at: &mut Arrival,
) -> Result<Vec<alliance_export::Exported<'static>>, ReadError> {
    let group = reader.arrivals_since(*at, GROUP)?;
    *at = group.last().map_or(held.end(), |last| last.arrival);
    let mut told = Vec::new();
    let asking = held.asking();
    for stored in group
        .iter()
        .filter(|stored| !stored.record.header().kind.is_governance())
    {
        if let Some(summary) = asking.summary(&stored.record.id())? {
            let mut record = exported(held, &summary, stored)?;
            record.arrival = Some(stored.arrival.0);
            told.push(record.without_body());
        }
    }
    Ok(told)
}
