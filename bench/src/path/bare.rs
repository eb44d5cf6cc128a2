//! Nodes that speak gossipsub and nothing else: TCP on loopback, Noise, Yamux. What arrives is accepted unread and passed
//! on; nothing is verified, nothing is stored.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use futures::StreamExt;
use libp2p::gossipsub::{Behaviour, Event, MessageAcceptance};
use libp2p::swarm::SwarmEvent;
use libp2p::{Multiaddr, Swarm, SwarmBuilder, noise, tcp, yamux};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::cluster::Link;
use super::settings::{MESH_LOW, behaviour, topic};
use super::side::{self, Sent, Side, WORDS_MAX, Word};

/// Commands that wait for a node.
const COMMANDS_MAX: usize = 256;
/// Between two looks while the mesh forms, and how many there are at most: half a minute.
const LOOK: Duration = Duration::from_millis(250);
const LOOKS_MAX: usize = 120;
/// A connection without streams is kept as long as ours.
const CONNECTION_IDLE: Duration = Duration::from_secs(120);
/// Hexadecimal digits that name a message, at its front.
const NAME_CHARS: usize = 16;

/// What a node is told.
#[derive(Debug)]
enum Command {
    Dial(Multiaddr),
    Publish {
        data: Vec<u8>,
        reply: oneshot::Sender<Result<()>>,
    },
    Look {
        reply: oneshot::Sender<Seen>,
    },
}

/// What a node sees.
#[derive(Debug)]
struct Seen {
    address: Option<Multiaddr>,
    connected: usize,
    in_mesh: usize,
}

/// The nodes.
#[derive(Debug)]
pub(super) struct Bare {
    publisher: Publisher,
    words: mpsc::Receiver<Word>,
    tasks: JoinSet<()>,
}

/// Publishes messages of one size.
#[derive(Debug, Clone)]
pub(super) struct Publisher {
    nodes: Vec<mpsc::Sender<Command>>,
    message_bytes: usize,
}

impl Bare {
    /// Starts the nodes, connects them by `links`, and waits until each has its mesh.
    pub(super) async fn start(nodes: usize, links: &[Link], message_bytes: usize) -> Result<Self> {
        let (words_sender, words) = mpsc::channel(WORDS_MAX);
        let (mut commands, mut tasks) = (Vec::new(), JoinSet::new());
        for _ in 0..nodes {
            let (sender, receiver) = mpsc::channel(COMMANDS_MAX);
            tasks.spawn(run(swarm()?, receiver, words_sender.clone()));
            commands.push(sender);
        }
        let publisher = Publisher {
            nodes: commands,
            message_bytes,
        };
        publisher.connect(links).await?;
        Ok(Self {
            publisher,
            words,
            tasks,
        })
    }

    /// All nodes publish; all but the publisher hear.
    pub(super) fn side(&mut self) -> Side {
        let nodes = self.publisher.nodes.len();
        let (_, nothing) = mpsc::channel(1);
        let words = std::mem::replace(&mut self.words, nothing);
        Side::new(side::Publisher::Bare(self.publisher.clone()), words, (nodes, nodes - 1))
    }

    /// Ends all nodes.
    pub(super) async fn end(mut self) {
        drop(self.publisher);
        self.tasks.shutdown().await;
    }
}

fn swarm() -> Result<Swarm<Behaviour>> {
    let gossip = behaviour()?;
    let mut swarm = SwarmBuilder::with_new_identity()
        .with_tokio()
        .with_tcp(
            tcp::Config::default().nodelay(true),
            noise::Config::new,
            yamux::Config::default,
        )?
        .with_behaviour(|_| gossip)?
        .with_swarm_config(|config| config.with_idle_connection_timeout(CONNECTION_IDLE))
        .build();
    swarm.listen_on("/ip4/127.0.0.1/tcp/0".parse()?)?;
    Ok(swarm)
}

async fn run(mut swarm: Swarm<Behaviour>, mut commands: mpsc::Receiver<Command>, words: mpsc::Sender<Word>) {
    loop {
        tokio::select! {
            biased;
            command = commands.recv() => match command {
                Some(command) => perform(&mut swarm, command),
                None => return,
            },
            event = swarm.select_next_some() => {
                let SwarmEvent::Behaviour(Event::Message { propagation_source, message_id, message }) = event else {
                    continue;
                };
                let word = Word::Heard { key: name(&message.data), at: Instant::now() };
                swarm.behaviour_mut().report_message_validation_result(
                    &message_id,
                    &propagation_source,
                    MessageAcceptance::Accept,
                );
                if words.send(word).await.is_err() {
                    return;
                }
            }
        }
    }
}

fn perform(swarm: &mut Swarm<Behaviour>, command: Command) {
    // Whoever asked and went away needs no answer; a dial that fails shows as a connection that is missing.
    match command {
        Command::Dial(address) => drop(swarm.dial(address)),
        Command::Publish { data, reply } => {
            let published = swarm.behaviour_mut().publish(topic(), data);
            drop(reply.send(published.map(drop).map_err(Into::into)));
        }
        Command::Look { reply } => drop(reply.send(Seen {
            address: swarm.listeners().next().cloned(),
            connected: swarm.connected_peers().count(),
            in_mesh: swarm.behaviour().mesh_peers(&topic().hash()).count(),
        })),
    }
}

fn name(data: &[u8]) -> String {
    String::from_utf8_lossy(data.get(..NAME_CHARS).unwrap_or_default()).into_owned()
}

impl Publisher {
    async fn connect(&self, links: &[Link]) -> Result<()> {
        for (from, to) in links {
            let address = self.address(*to).await?;
            self.nodes[*from].send(Command::Dial(address)).await?;
        }
        let wanted = |node: usize| links.iter().filter(|(from, to)| *from == node || *to == node).count();
        for _ in 0..LOOKS_MAX {
            let mut are_ready = true;
            for node in 0..self.nodes.len() {
                let seen = self.look(node).await?;
                are_ready &= seen.connected == wanted(node) && seen.in_mesh >= wanted(node).min(MESH_LOW);
            }
            if are_ready {
                return Ok(());
            }
            sleep(LOOK).await;
        }
        bail!("bare gossipsub formed no mesh in time");
    }

    async fn address(&self, node: usize) -> Result<Multiaddr> {
        for _ in 0..LOOKS_MAX {
            if let Some(address) = self.look(node).await?.address {
                return Ok(address);
            }
            sleep(LOOK).await;
        }
        bail!("a bare node does not listen");
    }

    async fn look(&self, node: usize) -> Result<Seen> {
        let (reply, answer) = oneshot::channel();
        self.nodes[node].send(Command::Look { reply }).await?;
        answer.await.context("a bare node ended")
    }

    pub(super) async fn publish(&self, node: usize, number: u64) -> Result<Sent> {
        let key = format!("{number:0NAME_CHARS$x}");
        let mut data = key.clone().into_bytes();
        data.resize(self.message_bytes.max(NAME_CHARS), 0);
        blake3::Hasher::new()
            .update(key.as_bytes())
            .finalize_xof()
            .fill(&mut data[NAME_CHARS..]);
        let (reply, answer) = oneshot::channel();
        let began = Instant::now();
        self.nodes[node].send(Command::Publish { data, reply }).await?;
        answer.await.context("a bare node ended")??;
        Ok(Sent {
            key,
            began,
            answered: Instant::now(),
        })
    }
}
