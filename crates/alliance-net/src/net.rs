//! Owns the handle: every method puts one command into a bounded channel and awaits its answer.

use std::sync::Arc;

use bytes::Bytes;
use tokio::{
    sync::{mpsc, oneshot, watch},
    time::timeout,
};

use crate::{
    Address, Counts, DialError, Event, FollowError, FrameStream, Gate, GossipId, GossipVerdict, KeepError, OpenError,
    PeerId, PeerInfo, PublishError, Published, Settings, StartError, Stopped, StreamPurpose, Topic,
    command::{Command, Judged, Reply},
    limits::{COMMANDS_MAX, OPEN_TIMEOUT, PUBLISH_BYTES_MAX, VERDICTS_MAX},
    roll::Roll,
    streams::session,
    swarm,
};

/// The handle of a running network. Clones are cheap; the network ends with [`Net::shutdown`], with the last handle, or when
/// nobody listens to its events any more.
#[derive(Debug, Clone)]
pub struct Net {
    peer: PeerId,
    commands: mpsc::Sender<Command>,
    verdicts: mpsc::Sender<Judged>,
    stop: Arc<watch::Sender<bool>>,
    ended: watch::Receiver<()>,
}

/// The task's ends of the handle's channels.
pub(crate) struct Requests {
    pub(crate) commands: mpsc::Receiver<Command>,
    pub(crate) verdicts: mpsc::Receiver<Judged>,
    pub(crate) stop: watch::Receiver<bool>,
    /// Dropped at the very end, which is what `shutdown` awaits.
    pub(crate) ended: watch::Sender<()>,
}

impl Net {
    /// Starts the network on the current tokio runtime. `transport_secret` is the Ed25519 seed of the node's line key.
    /// Events arrive at the returned channel, which holds 1024; a node that does not take them slows its peers.
    ///
    /// # Errors
    /// [`StartError`]; nothing is left open.
    pub fn start(
        transport_secret: [u8; 32],
        settings: Settings,
        gate: Arc<dyn Gate>,
    ) -> Result<(Self, mpsc::Receiver<Event>), StartError> {
        let roll = Roll::new(settings.places());
        Self::start_with(&transport_secret, &settings, gate, roll)
    }

    pub(crate) fn start_with(
        transport_secret: &[u8; 32],
        settings: &Settings,
        gate: Arc<dyn Gate>,
        roll: Roll,
    ) -> Result<(Self, mpsc::Receiver<Event>), StartError> {
        let runtime = tokio::runtime::Handle::try_current().map_err(|_| StartError::NoRuntime)?;
        let (task, events) = swarm::Task::new(transport_secret, settings, gate, roll)?;
        let (commands, commands_end) = mpsc::channel(COMMANDS_MAX);
        let (verdicts, verdicts_end) = mpsc::channel(VERDICTS_MAX);
        let (stop, stop_end) = watch::channel(false);
        let (ended, ended_end) = watch::channel(());
        let requests = Requests {
            commands: commands_end,
            verdicts: verdicts_end,
            stop: stop_end,
            ended,
        };
        runtime.spawn(task.run(requests));
        let peer = PeerId::of_secret(transport_secret);
        Ok((
            Self {
                peer,
                commands,
                verdicts,
                stop: Arc::new(stop),
                ended: ended_end,
            },
            events,
        ))
    }

    /// This node's own identifier.
    #[must_use]
    pub fn peer(&self) -> PeerId {
        self.peer
    }

    /// Where we listen now, with real ports.
    ///
    /// # Errors
    /// [`Stopped`].
    pub async fn listen_addresses(&self) -> Result<Vec<Address>, Stopped> {
        self.ask(|reply| Command::Listening { reply }).await
    }

    /// Keeps trying to be connected with an address: again after 1 s up to 5 min, within 30 s while no kept peer is
    /// connected. A leaf connects with three of its kept peers, a hub with eight; different organisations come first.
    ///
    /// # Errors
    /// `Ok(Err(KeepError))` when 256 addresses are kept; [`Stopped`].
    pub async fn keep(&self, address: Address, peer: Option<PeerId>) -> Result<Result<(), KeepError>, Stopped> {
        self.ask(|reply| Command::Keep { address, peer, reply }).await
    }

    /// Keeps an address no longer. Its connection, if any, stays. False if it was not kept.
    ///
    /// # Errors
    /// [`Stopped`].
    pub async fn forget(&self, address: Address) -> Result<bool, Stopped> {
        self.ask(|reply| Command::Forget { address, reply }).await
    }

    /// Dials once and waits for the outcome, 10 s at most. Returns who answered, be it as member or as guest.
    ///
    /// # Errors
    /// [`DialError`], with the refusal when one of the gates refused.
    pub async fn dial(&self, address: Address) -> Result<PeerId, DialError> {
        self.ask(|reply| Command::Dial { address, reply }).await?
    }

    /// Closes all connections with a peer; `reason` comes back in [`Event::PeerDown`]. False if there was none.
    ///
    /// # Errors
    /// [`Stopped`].
    pub async fn disconnect(&self, peer: PeerId, reason: &str) -> Result<bool, Stopped> {
        let reason = reason.to_owned();
        self.ask(|reply| Command::Disconnect { peer, reason, reply }).await
    }

    /// Follows a chapter's topic; following it already is no error.
    ///
    /// # Errors
    /// [`FollowError`].
    pub async fn follow(&self, topic: Topic) -> Result<(), FollowError> {
        self.ask(|reply| Command::Follow { topic, reply }).await?
    }

    /// Follows a topic no longer. False if it was not followed.
    ///
    /// # Errors
    /// [`Stopped`].
    pub async fn leave(&self, topic: Topic) -> Result<bool, Stopped> {
        self.ask(|reply| Command::Leave { topic, reply }).await
    }

    /// Publishes a message of at most 120 KiB to those who follow the topic. Publishing it twice is no error.
    ///
    /// # Errors
    /// [`PublishError`]; nothing was sent.
    pub async fn publish(&self, topic: Topic, bytes: Bytes) -> Result<Published, PublishError> {
        if bytes.len() > PUBLISH_BYTES_MAX {
            return Err(PublishError::TooLong { bytes: bytes.len() });
        }
        self.ask(|reply| Command::Publish { topic, bytes, reply }).await?
    }

    /// Tells the verdict on a received message. Without one it is not forwarded.
    ///
    /// # Errors
    /// [`Stopped`].
    pub async fn judge(&self, id: GossipId, verdict: GossipVerdict) -> Result<(), Stopped> {
        self.verdicts.send((id, verdict)).await.map_err(|_| Stopped)
    }

    /// Opens a stream with a connected peer, on its newest connection, and waits until the peer said that it takes it.
    ///
    /// # Errors
    /// [`OpenError`]; nothing is left behind.
    pub async fn open_stream(&self, peer: PeerId, purpose: StreamPurpose) -> Result<FrameStream, OpenError> {
        let (reply, answer) = oneshot::channel();
        let command = Command::Open { peer, purpose, reply };
        self.commands.send(command).await.map_err(|_| OpenError::Stopped)?;
        let stream = timeout(OPEN_TIMEOUT, answer)
            .await
            .map_err(|_| OpenError::TimedOut { peer })?;
        session::opened(stream.map_err(|_| OpenError::Closed { peer })??, peer).await
    }

    /// Asks the gate again about every connected member, and closes the connections of those it refuses now. Returns how many.
    ///
    /// # Errors
    /// [`Stopped`].
    pub async fn rejudge(&self) -> Result<usize, Stopped> {
        self.ask(|reply| Command::Rejudge { reply }).await
    }

    /// The connected members, by identifier.
    ///
    /// # Errors
    /// [`Stopped`].
    pub async fn peers(&self) -> Result<Vec<PeerInfo>, Stopped> {
        self.ask(|reply| Command::Peers { reply }).await
    }

    /// What was given up since the start.
    ///
    /// # Errors
    /// [`Stopped`].
    pub async fn counts(&self) -> Result<Counts, Stopped> {
        self.ask(|reply| Command::Counts { reply }).await
    }

    /// Ends the network: stops listening, closes connections, and returns when sockets and ports are free (5 s at most for
    /// the closing). Calling it again only waits.
    pub async fn shutdown(&self) {
        self.stop.send_replace(true);
        self.ended().await;
    }

    /// Waits until the network has ended, for whatever reason.
    pub async fn ended(&self) {
        let mut ended = self.ended.clone();
        // An error means that the task has dropped its end, which is what we wait for.
        while ended.changed().await.is_ok() {}
    }

    async fn ask<T>(&self, command: impl FnOnce(Reply<T>) -> Command) -> Result<T, Stopped> {
        let (reply, answer) = oneshot::channel();
        self.commands.send(command(reply)).await.map_err(|_| Stopped)?;
        answer.await.map_err(|_| Stopped)
    }
}
