//! Start, loss, return and end.

use std::net::{Ipv4Addr, TcpListener};

use alliance_net::{
    Address, DialError, Direction, DownReason, Event, OpenError, Settings, StartError, Stopped, StreamPurpose, Topic,
};

use crate::world::{ALLIANCE, Node, Shows, pair};

fn down(event: Event) -> Option<DownReason> {
    match event {
        Event::PeerDown { reason, .. } => Some(reason),
        _ => None,
    }
}

/// An address that was free a moment ago. Each test has a loopback address of its own, so that no other takes the port
/// while nobody listens there.
fn free(last: u8) -> (Ipv4Addr, u16, Address) {
    let host = Ipv4Addr::new(127, 0, 0, last);
    let port = TcpListener::bind((host, 0)).unwrap().local_addr().unwrap().port();
    (host, port, format!("/ip4/{host}/tcp/{port}").parse().unwrap())
}

#[tokio::test]
async fn connected_members_are_listed() {
    let (hub, mut leaf) = pair().await;
    let told = leaf
        .next(|event| match event {
            Event::PeerAddresses { peer, addresses } => Some((peer, addresses)),
            _ => None,
        })
        .await;
    assert_eq!(told, (hub.peer, hub.net.listen_addresses().await.unwrap()));
    let listed = leaf.net.peers().await.unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!((listed[0].peer, listed[0].organisation), (hub.peer, [1; 32]));
    assert_eq!(listed[0].direction, Direction::Outbound);
    assert!(listed[0].agent.as_ref().unwrap().starts_with("alliance/"));
    assert_eq!(hub.net.peers().await.unwrap()[0].direction, Direction::Inbound);
}

#[tokio::test]
async fn a_disconnect_tells_its_reason() {
    let (mut hub, mut leaf) = pair().await;
    assert_eq!(hub.net.disconnect(leaf.peer, "tidying up").await, Ok(true));
    assert_eq!(
        hub.next(down).await,
        DownReason::Asked {
            reason: "tidying up".into()
        }
    );
    assert!(matches!(leaf.next(down).await, DownReason::Lost { .. }));
    assert_eq!(hub.net.disconnect(leaf.peer, "again").await, Ok(false));
}

#[tokio::test]
async fn a_kept_peer_is_dialled_again_when_it_returns() {
    let (_, _, address) = free(10);
    let hub = Node::hub_at(1, Shows::Member(1), address.clone());
    let mut leaf = Node::leaf(2, Shows::Member(2));
    leaf.net.keep(address.clone(), None).await.unwrap().unwrap();
    leaf.up(hub.peer).await;
    hub.net.shutdown().await;
    leaf.next(down).await;
    let mut returned = Node::hub_at(1, Shows::Member(1), address);
    leaf.up(returned.peer).await;
    returned.up(leaf.peer).await;
}

#[tokio::test]
async fn a_kept_address_is_dialled_until_somebody_is_there() {
    let (_, _, address) = free(11);
    let mut leaf = Node::leaf(2, Shows::Member(2));
    leaf.net.keep(address.clone(), None).await.unwrap().unwrap();
    assert!(matches!(
        leaf.net.dial(address.clone()).await,
        Err(DialError::Unreachable { .. })
    ));
    let hub = Node::hub_at(1, Shows::Member(1), address.clone());
    leaf.up(hub.peer).await;
    assert_eq!(leaf.net.forget(address).await, Ok(true));
}

#[tokio::test]
async fn the_end_frees_the_port_and_answers_everybody() {
    let (host, port, address) = free(12);
    let mut hub = Node::hub_at(1, Shows::Member(1), address.clone());
    let mut leaf = Node::leaf(2, Shows::Member(2));
    assert_eq!(leaf.net.dial(address.clone()).await, Ok(hub.peer));
    assert!(TcpListener::bind((host, port)).is_err(), "the port is taken");
    hub.net.shutdown().await;
    drop(TcpListener::bind((host, port)).expect("the port is free"));
    hub.net.shutdown().await;
    assert_eq!(hub.net.peers().await, Err(Stopped));
    assert_eq!(hub.net.dial(address).await, Err(DialError::Stopped(Stopped)));
    assert!(matches!(
        hub.net.open_stream(leaf.peer, StreamPurpose::Sync).await,
        Err(OpenError::Stopped)
    ));
    while hub.events.recv().await.is_some() {}
    leaf.next(down).await;
}

#[tokio::test]
async fn a_node_ends_when_nobody_listens_or_commands() {
    let Node { net, events, .. } = Node::leaf(2, Shows::Member(2));
    drop(events);
    net.ended().await;
    let Node { net, mut events, .. } = Node::leaf(3, Shows::Member(3));
    drop(net);
    assert!(events.recv().await.is_none());
}

#[tokio::test]
async fn what_cannot_start_says_why() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("/ip4/127.0.0.1/tcp/{}", taken.local_addr().unwrap().port())
        .parse()
        .unwrap();
    let settings = Settings {
        protocol: ALLIANCE.into(),
        listen: vec![address],
        ..Settings::default()
    };
    let refused = Node::try_start(1, Shows::Member(1), settings);
    assert!(matches!(refused.map(|_| ()), Err(StartError::Listen { .. })));
    let refused = Node::try_start(1, Shows::Member(1), Settings::default());
    assert!(matches!(refused.map(|_| ()), Err(StartError::Protocol { .. })));
}

#[tokio::test]
async fn a_node_that_takes_no_events_drops_gossip_and_is_busy_but_answers() {
    let chapter: Topic = "m49:001".parse().unwrap();
    let (hub, mut leaf) = pair().await;
    hub.net.follow(chapter.clone()).await.unwrap();
    leaf.followed(hub.peer, &chapter).await;
    let mut published = 0_u32;
    while hub.net.counts().await.unwrap().gossip_dropped == 0 {
        let message = published.to_be_bytes().to_vec();
        leaf.net.publish(chapter.clone(), message.into()).await.unwrap();
        published += 1;
    }
    let stream = leaf.net.open_stream(hub.peer, StreamPurpose::Sync).await;
    assert!(matches!(stream, Err(OpenError::Busy { .. })), "{stream:?}");
    assert_eq!(hub.net.peers().await.unwrap().len(), 1);
    hub.net.shutdown().await;
    let mut events = hub.events;
    let mut heard = 0;
    while let Some(event) = events.recv().await {
        heard += u32::from(matches!(event, Event::Gossip { .. }));
    }
    assert!(heard < published);
}
