//! The one who holds the index: opens it, follows the store, forgets, begins anew. One thing after the other, so that nothing
//! that was erased is taken in behind its being forgotten.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use alliance_record::RecordId;
use alliance_search::{FollowError, Indexer, OpenError, Opened, Search, SearchFault};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::sleep;

use super::{Ask, Finding, State};
use crate::access::StoreAccess;
use crate::run::{self, Message};
use crate::shared::Shared;

/// How long records gather before they are taken in together: a commit costs some tens of milliseconds.
const GATHERING: Duration = Duration::from_millis(150);
/// Until the index is opened again after a failure: at first, and at most.
const PAUSE_MIN: Duration = Duration::from_secs(5);
const PAUSE_MAX: Duration = Duration::from_mins(10);

/// What the keeper lives among.
pub(crate) struct Surroundings {
    pub(crate) store: StoreAccess,
    pub(crate) shared: Arc<Shared>,
    pub(crate) inbox: mpsc::Sender<Message>,
}

/// Holds the index.
pub(super) struct Keeper {
    finding: Finding,
    around: Surroundings,
    arrivals: watch::Receiver<u64>,
    asked: mpsc::UnboundedReceiver<Ask>,
    /// Ends when the node does.
    ended: oneshot::Receiver<()>,
    /// Said to be erased, and not known to be gone from the index.
    forgetting: BTreeSet<RecordId>,
    /// Those of them that are put aside and were not erased.
    put_aside: BTreeSet<RecordId>,
    /// Put aside, with who waits for it: forgotten when all that has come is taken in.
    aside: Vec<(RecordId, oneshot::Sender<()>)>,
    /// Who waits for what is being forgotten.
    waiting: Vec<oneshot::Sender<()>>,
    /// Whether the next opening is to begin anew.
    is_anew: bool,
}

/// Why the keeper let go of an index.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error(transparent)]
    Follow(#[from] FollowError),
    #[error(transparent)]
    Forget(#[from] SearchFault),
    #[error("files with erased records cannot be taken away; see who has them open in {dir}")]
    FilesLeft { dir: String },
    #[error("the search index stopped by a fault; please report what the log says before this line")]
    Crashed,
}

/// The node has ended, or the index is to be begun anew.
struct LetGo;

impl Keeper {
    pub(super) fn new(
        finding: Finding,
        around: Surroundings,
        asked: mpsc::UnboundedReceiver<Ask>,
        ended: oneshot::Receiver<()>,
    ) -> Self {
        Self {
            finding,
            arrivals: around.shared.arrivals(),
            around,
            asked,
            ended,
            forgetting: BTreeSet::new(),
            put_aside: BTreeSet::new(),
            aside: Vec::new(),
            waiting: Vec::new(),
            is_anew: false,
        }
    }

    pub(super) async fn run(mut self) {
        let mut pause = PAUSE_MIN;
        while !self.has_ended() {
            let failure = match self.open().await {
                Ok(Some(indexer)) => self.keep(indexer, &mut pause).await.err(),
                Ok(None) => return,
                Err(failure) => Some(failure),
            };
            let Some(failure) = failure else { continue };
            tracing::warn!(error = %failure, again_in_s = pause.as_secs(), "searching is not possible for now");
            self.finding.show(State::Failed(failure.to_string()));
            tokio::select! {
                _ = &mut self.ended => return,
                ask = self.asked.recv() => ask.into_iter().for_each(|ask| self.take(ask)),
                () = sleep(pause) => pause = (2 * pause).min(PAUSE_MAX),
            }
        }
    }

    fn has_ended(&mut self) -> bool {
        !matches!(self.ended.try_recv(), Err(oneshot::error::TryRecvError::Empty))
    }

    /// `None` when the node has ended.
    async fn open(&mut self) -> Result<Option<Indexer>, Failure> {
        let Some(reader) = self.around.store.get() else {
            return Ok(None);
        };
        let (dir, is_anew) = (self.finding.dir().clone(), self.is_anew);
        let opened = tokio::task::spawn_blocking(move || {
            if is_anew {
                Search::discard(&dir)?;
            }
            Search::open(&dir, &reader)
        });
        let (indexer, searcher) = opened.await.map_err(|_| Failure::Crashed)??;
        self.is_anew = false;
        if let Opened::Anew(why) = indexer.opened() {
            tracing::info!(?why, "the search index is built anew");
        }
        self.finding.cursor.send_replace(indexer.cursor().0);
        self.finding.show(State::Ready(searcher));
        Ok(Some(indexer))
    }

    /// Until the node ends or the index is to be begun anew.
    async fn keep(&mut self, mut indexer: Indexer, pause: &mut Duration) -> Result<(), Failure> {
        let mut has_caught_up = false;
        loop {
            while let Ok(ask) = self.asked.try_recv() {
                self.take(ask);
            }
            if self.is_anew || self.has_ended() {
                return Ok(());
            }
            if !self.forgetting.is_empty() {
                indexer = self.forget(indexer).await?;
            }
            // What is shown now is followed now; what comes later wakes the next turn.
            self.arrivals.mark_unchanged();
            let Some(reader) = self.around.store.get() else {
                return Ok(());
            };
            let (back, followed) = apart(indexer, move |indexer| indexer.follow(&reader)).await?;
            indexer = back;
            let followed = followed?;
            self.finding.cursor.send_replace(followed.cursor.0);
            if followed.is_behind {
                continue;
            }
            if !std::mem::replace(&mut has_caught_up, true) {
                // What is put aside is found by nobody, nor guessed from what is found: an index that was made anew has it.
                let aside = self.around.shared.quarantine().all();
                self.leave_out(aside);
                continue;
            }
            if !self.aside.is_empty() {
                let (records, waiting): (Vec<_>, Vec<_>) = self.aside.drain(..).unzip();
                self.leave_out(records);
                self.waiting.extend(waiting);
                continue;
            }
            // Only a round that succeeded says that all is well.
            *pause = PAUSE_MIN;
            if let ControlFlow::Break(LetGo) = self.wait().await {
                return Ok(());
            }
        }
    }

    /// Waits for something to do.
    async fn wait(&mut self) -> ControlFlow<LetGo> {
        tokio::select! {
            biased;
            _ = &mut self.ended => return ControlFlow::Break(LetGo),
            ask = self.asked.recv() => match ask {
                Some(ask) => self.take(ask),
                None => return ControlFlow::Break(LetGo),
            },
            changed = self.arrivals.changed() => {
                if changed.is_err() {
                    return ControlFlow::Break(LetGo);
                }
                tokio::select! {
                    _ = &mut self.ended => return ControlFlow::Break(LetGo),
                    () = sleep(GATHERING) => {}
                }
            }
        }
        ControlFlow::Continue(())
    }

    fn take(&mut self, ask: Ask) {
        match ask {
            Ask::Forget(records) => {
                // What is erased stays so, whatever else was said of it.
                self.put_aside.retain(|record| !records.contains(record));
                self.forgetting.extend(records);
            }
            Ask::PutAside(record, reply) => self.aside.push((record, reply)),
            Ask::Rebuild(reply) => {
                self.is_anew = true;
                self.finding.cursor.send_replace(0);
                self.finding.show(State::Opening);
                // Whoever asked may have gone.
                let _ = reply.send(());
            }
        }
    }

    /// Has records forgotten that are put aside.
    fn leave_out(&mut self, records: impl IntoIterator<Item = RecordId>) {
        for record in records {
            // What is to be forgotten already is so for a reason that stays.
            if self.forgetting.insert(record) {
                self.put_aside.insert(record);
            }
        }
    }

    /// Forgets all that is said to be erased, and tells the loop.
    async fn forget(&mut self, indexer: Indexer) -> Result<Indexer, Failure> {
        // What was put aside may be shown again by now: an index that was built anew since has it, and is to keep it.
        let aside = self.around.shared.quarantine().all();
        for lifted in self.put_aside.difference(&aside) {
            self.forgetting.remove(lifted);
        }
        self.put_aside.clear();
        let records: Vec<RecordId> = self.forgetting.iter().copied().collect();
        let ids = records.clone();
        let (indexer, forgotten) = apart(indexer, move |indexer| indexer.forget(&ids)).await?;
        if forgotten?.files_left > 0 {
            let dir = self.finding.dir().display().to_string();
            return Err(Failure::FilesLeft { dir });
        }
        self.forgetting.clear();
        // Whoever asked may have gone.
        for reply in self.waiting.drain(..) {
            let _ = reply.send(());
        }
        // A loop that has ended asks again in its next life.
        let _ = self
            .around
            .inbox
            .send(Message::Forgotten {
                by: run::Keeper::Search,
                records,
            })
            .await;
        Ok(indexer)
    }
}

/// Works on the index away from the runtime's threads.
async fn apart<T: Send + 'static>(
    mut indexer: Indexer,
    work: impl FnOnce(&mut Indexer) -> T + Send + 'static,
) -> Result<(Indexer, T), Failure> {
    let worked = tokio::task::spawn_blocking(move || {
        let done = work(&mut indexer);
        (indexer, done)
    });
    worked.await.map_err(|_| Failure::Crashed)
}
