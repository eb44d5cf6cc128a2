//! A guest that takes itself for a member: it runs every protocol, whatever it was told. The wall must be on our side.

use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::mpsc;

use crate::{
    Event, Gate, Net, OpenError, PeerId, Published, Refusal, Role, Settings, Standing, StreamPurpose, Topic, roll::Roll,
};

/// Shows one byte: 1 for a member's, 0 for a guest's; and believes it.
struct OneByte(u8);

impl Gate for OneByte {
    fn credential(&self, _: &PeerId) -> Vec<u8> {
        vec![self.0]
    }

    fn judge(&self, _: &PeerId, shown: &[u8]) -> Result<Standing, Refusal> {
        Ok(if shown == [1] {
            Standing::Member { organisation: [1; 32] }
        } else {
            Standing::Guest
        })
    }
}

fn settings(role: Role) -> Settings {
    let listen = vec!["/ip4/127.0.0.1/tcp/0".parse().unwrap()];
    Settings {
        protocol: "a111a9ce".into(),
        listen,
        role,
        ..Settings::default()
    }
}

/// A hub, and a node that shows this byte and hears no verdict; connected, and both following the topic.
async fn meet(shown: u8, topic: &Topic) -> [(Net, mpsc::Receiver<Event>); 2] {
    let (hub, mut hub_events) = Net::start([1; 32], settings(Role::Hub), Arc::new(OneByte(1))).unwrap();
    let Some(Event::Listening { address }) = hub_events.recv().await else {
        panic!("the hub listens first")
    };
    let leaf = settings(Role::Leaf);
    let roll = Roll::new(leaf.places());
    roll.deafen();
    let (other, mut events) = Net::start_with(&[2; 32], &leaf, Arc::new(OneByte(shown)), roll).unwrap();
    hub.follow(topic.clone()).await.unwrap();
    other.follow(topic.clone()).await.unwrap();
    assert_eq!(other.dial(address).await, Ok(hub.peer()));
    while !matches!(events.recv().await, Some(Event::PeerUp { .. })) {}
    [(hub, hub_events), (other, events)]
}

/// Joins, and lets frames go back and forth, so that all that was under way on the connection has arrived.
async fn join(hub: &Net, hub_events: &mut mpsc::Receiver<Event>, other: &Net) -> Vec<Event> {
    let mut ours = other.open_stream(hub.peer(), StreamPurpose::Join).await.unwrap();
    let mut before = Vec::new();
    let mut theirs = loop {
        match hub_events.recv().await.unwrap() {
            Event::Stream {
                stream,
                purpose: StreamPurpose::Join,
                ..
            } => break stream,
            event => before.push(event),
        }
    };
    for _ in 0..10 {
        ours.send(Bytes::from_static(b"?")).await.unwrap();
        theirs.recv().await.unwrap().unwrap();
        theirs.send(Bytes::from_static(b"!")).await.unwrap();
        ours.recv().await.unwrap().unwrap();
    }
    before.extend(std::iter::from_fn(|| hub_events.try_recv().ok()));
    before
}

#[tokio::test]
async fn a_guest_that_claims_more_reaches_nothing_but_joining() {
    let topic: Topic = "alliance".parse().unwrap();
    let [(hub, mut hub_events), (hostile, mut hostile_events)] = meet(0, &topic).await;
    for _ in 0..3 {
        let sync = hostile.open_stream(hub.peer(), StreamPurpose::Sync).await;
        assert!(matches!(sync, Err(OpenError::Unsupported { .. })), "{sync:?}");
    }
    assert_eq!(
        hostile.publish(topic.clone(), Bytes::from_static(b"spam")).await,
        Ok(Published::Kept)
    );
    let seen = join(&hub, &mut hub_events, &hostile).await;
    assert!(seen.is_empty(), "the hub saw {seen:?}");
    assert!(hub.peers().await.unwrap().is_empty());
    assert_eq!(
        hub.publish(topic, Bytes::from_static(b"ours")).await,
        Ok(Published::Kept),
        "nobody follows"
    );
    let heard = std::iter::from_fn(|| hostile_events.try_recv().ok());
    let leaked: Vec<_> = heard
        .filter(|event| !matches!(event, Event::Listening { .. }))
        .collect();
    assert!(leaked.is_empty(), "the guest learned {leaked:?}");
}

#[tokio::test]
async fn the_same_node_as_a_member_reaches_all_of_it() {
    let topic: Topic = "alliance".parse().unwrap();
    let [(hub, mut hub_events), (member, _events)] = meet(1, &topic).await;
    let mut sync = member.open_stream(hub.peer(), StreamPurpose::Sync).await.unwrap();
    sync.finish().await.unwrap();
    let mut seen = Vec::new();
    while !seen.iter().any(|event| matches!(event, Event::Followed { .. })) {
        seen.push(hub_events.recv().await.unwrap());
    }
    assert!(matches!(seen[0], Event::PeerUp { .. }), "{seen:?}");
    member.publish(topic, Bytes::from_static(b"news")).await.unwrap();
    while !matches!(hub_events.recv().await.unwrap(), Event::Gossip { .. }) {}
}
