//! A node that runs: one loop that decides, one writer, sessions and doors around it.

mod append;
mod desk;
mod endings;
mod erasing;
mod events;
mod intake;
mod join;
mod keepers;
mod message;
mod onboarding;
mod pace;
mod progress;
mod restore;
mod serve;
mod session;
mod start;
mod statements;
mod tell;
mod who;

use std::time::Duration;

use alliance_api::Event;
use alliance_engine::{Input, SessionId};
use alliance_record::TransportId;
use tokio::sync::mpsc;

pub(crate) use desk::Desk;
pub(crate) use message::{Imported, Keeper, Message, Published, Unpublished};
pub(crate) use onboarding::{Onboarding, first_chapters};
pub(crate) use progress::{Look, Progress};
pub(crate) use start::Parts;
pub use start::{Run, RunError};

use crate::peer::peer_id;
use crate::random::now_ms;

/// Messages taken in one turn: they share one flush.
const TURN_MESSAGES_MAX: usize = 256;

/// The one loop.
struct Loop {
    desk: Desk,
    onboarding: Onboarding,
    opened_by_peers: u64,
}

impl Loop {
    /// Says what this node has to say at once, so that whoever gets its handle finds it on the roster if it can be.
    async fn begin(&mut self) -> Result<(), RunError> {
        self.desk.live_on()?;
        self.onboard();
        self.perform().await
    }

    /// Runs until it is told to end, or the store fails.
    async fn run(mut self, mut inbox: mpsc::Receiver<Message>) -> Result<(), RunError> {
        loop {
            let due = self.desk.engine.next_wake().min(self.desk.erasing.next_due_ms());
            let wait = due.saturating_sub(now_ms()).max(0);
            let wait = Duration::from_millis(wait.unsigned_abs());
            let message = tokio::select! {
                biased;
                message = inbox.recv() => message,
                () = tokio::time::sleep(wait) => Some(Message::Session(Input::Wake)),
            };
            // A full inbox must not stop the clock.
            if self.desk.engine.next_wake() <= now_ms() {
                self.desk.input(Input::Wake);
            }
            let Some(message) = message else { return Ok(()) };
            let goes_on = self.turn(message, &mut inbox);
            self.perform().await?;
            if !goes_on {
                return Ok(());
            }
        }
    }

    /// Performs what the engine asked for. When a log of this node's own has ended meanwhile, it says in a new one what it
    /// has to say.
    async fn perform(&mut self) -> Result<(), RunError> {
        self.desk.erase_some().await?;
        self.desk.perform().await?;
        while self.desk.live_on()? {
            self.onboard();
            self.desk.perform().await?;
        }
        Ok(())
    }

    /// Takes one message and those that wait behind it; false when one of them ends the node.
    fn turn(&mut self, first: Message, inbox: &mut mpsc::Receiver<Message>) -> bool {
        let mut next = Some(first);
        for _ in 0..TURN_MESSAGES_MAX {
            let Some(message) = next else { break };
            let version = self.desk.engine.state().members.version();
            if !self.take(message) {
                return false;
            }
            if self.desk.engine.state().members.version() != version {
                self.onboard();
            }
            next = inbox.try_recv().ok();
        }
        true
    }

    fn take(&mut self, message: Message) -> bool {
        match message {
            Message::Draft { draft, reply } => self.desk.draft(draft, Some(reply)),
            Message::Import { records, reply } => self.desk.import(records, reply),
            Message::Gossip {
                record,
                stored,
                id,
                from,
            } => self.desk.gossip(record, stored, id, from),
            Message::PeerUp { peer, row } => {
                let organisation = row.organisation.to_string();
                self.desk.shared.peer_up(peer, row);
                // Afterwards: whoever hears of a peer finds it among the peers.
                let told = Event::PeerUp {
                    peer: peer_name(&peer),
                    organisation,
                };
                self.desk.shared.tell(told);
                self.desk.input(Input::PeerUp { peer });
            }
            Message::PeerDown { peer, reason } => {
                tracing::debug!(peer = %peer.short(), reason, "peer down");
                self.desk.shared.peer_down(&peer, now_ms());
                let told = Event::PeerDown {
                    peer: peer_name(&peer),
                    reason,
                };
                self.desk.shared.tell(told);
                self.desk.input(Input::PeerDown { peer });
            }
            Message::Stream { peer, stream } => {
                let session = SessionId::Theirs(self.opened_by_peers);
                self.opened_by_peers += 1;
                let (outgoing, received) = mpsc::channel(session::OUTGOING_MAX);
                self.desk.sessions.insert(session, outgoing);
                tokio::spawn(self.desk.session(session, peer, received).run(stream));
                self.desk.input(Input::Opened { session, peer });
            }
            Message::Session(input) => self.desk.input(input),
            Message::SessionEnded { session } => {
                self.desk.sessions.remove(&session);
                self.desk.input(Input::Closed { session });
            }
            // Whoever asked may have gone.
            Message::KeptAside { reply } => drop(reply.send(self.desk.engine.kept_aside().collect())),
            Message::Certificate { certificate } => {
                self.onboarding.renew(certificate);
                self.onboard();
            }
            Message::Forgotten { by, records } => self.desk.forgotten(by, records),
            Message::Shutdown => return false,
        }
        true
    }

    /// Says what this node may say by now.
    fn onboard(&mut self) {
        while let Some(draft) = self.onboarding.next(self.desk.engine.state(), &self.desk.author) {
            let before = self
                .desk
                .engine
                .state()
                .head(&self.desk.author.log(draft.chapter.clone()))
                .cloned();
            self.desk.draft(draft.clone(), None);
            let after = self
                .desk
                .engine
                .state()
                .head(&self.desk.author.log(draft.chapter.clone()))
                .cloned();
            if before == after {
                // It was not taken: asked again after the next change.
                return;
            }
            self.onboarding.said(draft.kind);
        }
    }
}

fn peer_name(peer: &TransportId) -> String {
    peer_id(peer).map(|peer| peer.to_string()).unwrap_or_default()
}
