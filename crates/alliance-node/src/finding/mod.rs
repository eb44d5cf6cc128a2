//! Searching while the node runs: who holds the index, and how the rest of the node reaches it.
//!
//! The index follows the store by itself and is never waited for by the loop. What must be gone from it is said to it, and it
//! says when it is. Never judges a record.

mod keeper;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

use alliance_record::RecordId;
use alliance_search::Searcher;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;

use keeper::Keeper;
pub(crate) use keeper::Surroundings;

/// Where the index is reached from. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Finding {
    state: Arc<RwLock<State>>,
    asks: mpsc::UnboundedSender<Ask>,
    /// How far the index has come: an arrival number.
    cursor: Arc<watch::Sender<u64>>,
    dir: Arc<PathBuf>,
}

/// Whether the index answers.
#[derive(Clone)]
pub(crate) enum State {
    /// It is being opened, or built anew from nothing.
    Opening,
    /// It answers.
    Ready(Searcher),
    /// It does not, for this reason; it is opened again after a while.
    Failed(String),
}

/// What the keeper of the index is asked to do.
pub(super) enum Ask {
    /// These are erased in the store: nothing of them may stay in the index's files.
    Forget(BTreeSet<RecordId>),
    /// This one is put aside: the answer comes when nothing of it is in the index.
    PutAside(RecordId, oneshot::Sender<()>),
    /// Begin anew.
    Rebuild(oneshot::Sender<()>),
}

/// The end of the keeper.
pub(crate) struct Ending {
    ending: oneshot::Sender<()>,
    keeper: JoinHandle<()>,
}

impl Ending {
    /// Ends the keeper and waits until it has let go of the index and of the store.
    pub(crate) async fn end(self) {
        drop(self.ending);
        // It ends by itself, or has ended by a fault that the log tells.
        let _ = self.keeper.await;
    }
}

impl Finding {
    /// Opens the index in its own time and keeps it in step with the store from then on.
    pub(crate) fn begin(dir: PathBuf, surroundings: Surroundings) -> (Self, Ending) {
        let (asks, asked) = mpsc::unbounded_channel();
        let (ending, ended) = oneshot::channel();
        let finding = Self {
            state: Arc::new(RwLock::new(State::Opening)),
            asks,
            cursor: Arc::default(),
            dir: Arc::new(dir),
        };
        let keeper = Keeper::new(finding.clone(), surroundings, asked, ended);
        let keeper = tokio::spawn(keeper.run());
        (finding, Ending { ending, keeper })
    }

    /// Whether the index answers now.
    pub(crate) fn state(&self) -> State {
        self.state.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Where its files are.
    pub(crate) fn dir(&self) -> &PathBuf {
        &self.dir
    }

    /// Says which records are erased. The loop is told when nothing of them is left.
    pub(crate) fn forget(&self, records: BTreeSet<RecordId>) {
        // A keeper that has gone has let go of the index; the next life looks at all that is said to be removed.
        let _ = self.asks.send(Ask::Forget(records));
    }

    /// Takes a record out that is put aside; the answer comes when nothing of it is left.
    pub(crate) fn put_aside(&self, record: RecordId) -> oneshot::Receiver<()> {
        let (reply, gone) = oneshot::channel();
        let _ = self.asks.send(Ask::PutAside(record, reply));
        gone
    }

    /// Has the index built anew; the answer comes when it is begun.
    pub(crate) fn rebuild(&self) -> oneshot::Receiver<()> {
        let (reply, begun) = oneshot::channel();
        let _ = self.asks.send(Ask::Rebuild(reply));
        begun
    }

    /// Waits until what had arrived by then can be found; false when the keeper ends before.
    pub(crate) async fn reaches(&self, arrival: u64) -> bool {
        let mut cursor = self.cursor.subscribe();
        tokio::select! {
            () = self.asks.closed() => false,
            reached = cursor.wait_for(|cursor| *cursor >= arrival) => reached.is_ok(),
        }
    }

    fn show(&self, state: State) {
        *self.state.write().unwrap_or_else(PoisonError::into_inner) = state;
    }
}
