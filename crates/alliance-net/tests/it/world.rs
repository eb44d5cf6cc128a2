//! Owns the nodes of a test and the roster they judge by. It never judges like the real one: a credential is two bytes.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
    time::Duration,
};

use alliance_net::{
    Address, Event, Gate, GossipId, Net, PeerId, Refusal, RefusalCode, Role, Settings, Standing, StartError, Topic,
};
use tokio::{sync::mpsc, time::timeout};

/// A hanging test ends instead of blocking the run; no test waits this long when all is well.
const HANG: Duration = Duration::from_secs(60);
/// The alliance of the tests.
pub(crate) const ALLIANCE: &str = "a111a9ce";

/// What a node shows.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Shows {
    /// A certificate of this organisation.
    Member(u8),
    /// An invitation.
    Invitation,
    /// Nothing that anybody accepts.
    Rubbish,
}

/// A gate that believes what it is shown, unless the peer is revoked.
pub(crate) struct TestGate {
    shows: Shows,
    revoked: Mutex<BTreeSet<PeerId>>,
}

impl TestGate {
    pub(crate) fn revoke(&self, peer: PeerId) {
        self.revoked.lock().unwrap().insert(peer);
    }
}

impl Gate for TestGate {
    fn credential(&self, _: &PeerId) -> Vec<u8> {
        match self.shows {
            Shows::Member(organisation) => vec![b'M', organisation],
            Shows::Invitation => b"I".to_vec(),
            Shows::Rubbish => b"?".to_vec(),
        }
    }

    fn judge(&self, remote: &PeerId, shown: &[u8]) -> Result<Standing, Refusal> {
        if self.revoked.lock().unwrap().contains(remote) {
            return Err(Refusal::new(RefusalCode::Revoked, "its organisation was removed"));
        }
        match *shown {
            [b'M', organisation] => Ok(Standing::Member {
                organisation: [organisation; 32],
            }),
            [b'I'] => Ok(Standing::Guest),
            _ => Err(Refusal::new(
                RefusalCode::NotOnRoster,
                "ask your inviter to admit your organisation",
            )),
        }
    }
}

/// A node and its events.
pub(crate) struct Node {
    pub(crate) net: Net,
    pub(crate) events: mpsc::Receiver<Event>,
    pub(crate) gate: Arc<TestGate>,
    pub(crate) peer: PeerId,
}

impl Node {
    pub(crate) fn try_start(seed: u8, shows: Shows, settings: Settings) -> Result<Self, StartError> {
        let gate = Arc::new(TestGate {
            shows,
            revoked: Mutex::default(),
        });
        let (net, events) = Net::start([seed; 32], settings, Arc::clone(&gate) as Arc<dyn Gate>)?;
        let peer = net.peer();
        Ok(Self {
            net,
            events,
            gate,
            peer,
        })
    }

    /// A hub that listens on a free port of the loopback.
    pub(crate) fn hub(seed: u8, shows: Shows) -> Self {
        Self::hub_at(seed, shows, "/ip4/127.0.0.1/tcp/0".parse().unwrap())
    }

    pub(crate) fn hub_at(seed: u8, shows: Shows, address: Address) -> Self {
        let settings = Settings {
            protocol: ALLIANCE.into(),
            listen: vec![address],
            role: Role::Hub,
            ..Settings::default()
        };
        Self::try_start(seed, shows, settings).unwrap()
    }

    pub(crate) fn leaf(seed: u8, shows: Shows) -> Self {
        Self::try_start(
            seed,
            shows,
            Settings {
                protocol: ALLIANCE.into(),
                ..Settings::default()
            },
        )
        .unwrap()
    }

    /// Where the node listens: awaits its first event, which tells it.
    pub(crate) async fn address(&mut self) -> Address {
        self.next(|event| match event {
            Event::Listening { address } => Some(address),
            _ => None,
        })
        .await
    }

    /// The first event that `pick` takes; others are passed over.
    pub(crate) async fn next<T>(&mut self, mut pick: impl FnMut(Event) -> Option<T>) -> T {
        loop {
            let event = timeout(HANG, self.events.recv())
                .await
                .expect("the event never came")
                .expect("the node ended");
            if let Some(picked) = pick(event) {
                return picked;
            }
        }
    }

    /// Awaits the connection with a member.
    pub(crate) async fn up(&mut self, other: PeerId) {
        self.next(|event| matches!(event, Event::PeerUp { peer, .. } if peer == other).then_some(()))
            .await;
    }

    /// Awaits that a member follows a topic.
    pub(crate) async fn followed(&mut self, other: PeerId, followed: &Topic) {
        self.next(|event| {
            matches!(event, Event::Followed { peer, topic } if peer == other && topic == *followed).then_some(())
        })
        .await;
    }

    /// The next message.
    pub(crate) async fn heard(&mut self) -> (GossipId, Topic, Vec<u8>) {
        self.next(|event| match event {
            Event::Gossip { id, topic, bytes, .. } => Some((id, topic, bytes.to_vec())),
            _ => None,
        })
        .await
    }
}

/// A hub and a leaf of two organisations, connected.
pub(crate) async fn pair() -> (Node, Node) {
    let mut hub = Node::hub(1, Shows::Member(1));
    let mut leaf = Node::leaf(2, Shows::Member(2));
    assert_eq!(leaf.net.dial(hub.address().await).await, Ok(hub.peer));
    leaf.up(hub.peer).await;
    hub.up(leaf.peer).await;
    (hub, leaf)
}
