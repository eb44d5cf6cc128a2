//! Owns the swarm: one task that nobody else touches. Each turn looks, in this order, at: the end, verdicts, commands, the
//! backlog of events, the network, and the time to dial again. It never waits for the node.

pub(crate) mod behaviour;
mod commands;
mod dials;
mod events;
mod peers;

use std::{future::pending, sync::Arc};

use futures::{FutureExt, StreamExt};
use libp2p::{Swarm, core::transport::ListenerId, swarm};
use tokio::{
    sync::mpsc,
    time::{Instant, sleep_until, timeout},
};

use self::{behaviour::Behaviour, dials::Dials, peers::Peers};
use crate::{
    Counts, Event, Gate, Settings, StartError,
    address::keypair,
    gossip::{topic::Wire, unheard::Unheard},
    limits::{COMMANDS_PER_TURN_MAX, CONNECTION_IDLE, EVENTS_PER_TURN_MAX, NEGOTIATING_STREAMS_MAX, SHUTDOWN_GRACE},
    link::Link,
    net::Requests,
    outbox::Outbox,
    redial::Keeper,
    roll::Roll,
    streams::tally::Tally,
};

/// The task and everything it owns.
pub(crate) struct Task {
    swarm: Swarm<Behaviour>,
    listeners: Vec<ListenerId>,
    gate: Arc<dyn Gate>,
    roll: Roll,
    wire: Wire,
    outbox: Outbox,
    peers: Peers,
    dials: Dials,
    keeper: Keeper,
    redial_at: Option<Instant>,
    unheard: Unheard,
    tally: Tally,
    counts: Counts,
}

impl Task {
    pub(crate) fn new(
        secret: &[u8; 32],
        settings: &Settings,
        gate: Arc<dyn Gate>,
        roll: Roll,
    ) -> Result<(Self, mpsc::Receiver<Event>), StartError> {
        settings.check()?;
        let wire = Wire::new(&settings.protocol);
        let mut swarm = swarm(secret, settings, &gate, &roll)?;
        let listeners = listen(&mut swarm, settings)?;
        let (outbox, events) = Outbox::new();
        let task = Self {
            swarm,
            listeners,
            gate,
            roll,
            wire,
            outbox,
            peers: Peers::default(),
            dials: Dials::default(),
            keeper: Keeper::new(settings.role),
            redial_at: None,
            unheard: Unheard::default(),
            tally: Tally::new(settings.sessions_max()),
            counts: Counts::default(),
        };
        Ok((task, events))
    }

    pub(crate) async fn run(mut self, requests: Requests) {
        let Requests {
            mut commands,
            mut verdicts,
            mut stop,
            ended,
        } = requests;
        let mut judged = Vec::new();
        let mut asked = Vec::new();
        loop {
            tokio::select! {
                biased;
                _ = stop.wait_for(|stop| *stop) => break,
                count = verdicts.recv_many(&mut judged, COMMANDS_PER_TURN_MAX) => {
                    if count == 0 { break }
                    judged.drain(..).for_each(|(id, verdict)| self.judged(&id, verdict));
                    self.network_turn();
                }
                count = commands.recv_many(&mut asked, COMMANDS_PER_TURN_MAX) => {
                    if count == 0 { break }
                    asked.drain(..).for_each(|command| self.perform(command));
                    self.network_turn();
                }
                drained = self.outbox.drain() => if drained.is_err() { break },
                event = self.swarm.select_next_some(), if self.outbox.has_room() => self.on_event(event),
                () = reached(self.redial_at) => self.redial(),
            }
        }
        self.end().await;
        drop(ended);
    }

    /// After commands the network gets its turn, however many commands wait.
    fn network_turn(&mut self) {
        for _ in 0..EVENTS_PER_TURN_MAX {
            if !self.outbox.has_room() {
                return;
            }
            let Some(event) = self.swarm.select_next_some().now_or_never() else {
                return;
            };
            self.on_event(event);
        }
    }

    async fn end(mut self) {
        for listener in std::mem::take(&mut self.listeners) {
            self.swarm.remove_listener(listener);
        }
        let connected: Vec<_> = self.swarm.connected_peers().copied().collect();
        for peer in connected {
            if self.swarm.disconnect_peer_id(peer).is_err() {
                tracing::debug!(%peer, "closed meanwhile");
            }
        }
        let closing = async {
            while self.swarm.network_info().connection_counters().num_established() > 0 {
                self.swarm.select_next_some().await;
            }
        };
        if timeout(SHUTDOWN_GRACE, closing).await.is_err() {
            tracing::warn!("some connections did not close in time and were cut");
        }
    }
}

async fn reached(moment: Option<Instant>) {
    match moment {
        Some(moment) => sleep_until(moment).await,
        None => pending().await,
    }
}

fn swarm(
    secret: &[u8; 32],
    settings: &Settings,
    gate: &Arc<dyn Gate>,
    roll: &Roll,
) -> Result<Swarm<Behaviour>, StartError> {
    let keypair = keypair(secret);
    let link = Link::new(
        &keypair,
        settings.protocol_name("noise"),
        Arc::clone(gate),
        roll.clone(),
    )
    .map_err(|error| StartError::Security {
        reason: error.to_string(),
    })?;
    let behaviour = Behaviour::new(&keypair.public(), settings, Wire::new(&settings.protocol), roll)?;
    let config = swarm::Config::with_tokio_executor()
        .with_idle_connection_timeout(CONNECTION_IDLE)
        .with_max_negotiating_inbound_streams(NEGOTIATING_STREAMS_MAX);
    Ok(Swarm::new(
        link.transport(),
        behaviour,
        keypair.public().to_peer_id(),
        config,
    ))
}

fn listen(swarm: &mut Swarm<Behaviour>, settings: &Settings) -> Result<Vec<ListenerId>, StartError> {
    let mut listeners = Vec::new();
    for address in &settings.listen {
        let listener = swarm
            .listen_on(address.without_peer().inner().clone())
            .map_err(|error| StartError::Listen {
                address: address.clone(),
                reason: error.to_string(),
            })?;
        listeners.push(listener);
    }
    Ok(listeners)
}
