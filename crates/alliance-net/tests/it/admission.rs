//! Who becomes a connection, and what the others learn.

use alliance_net::{
    Address, DialError, Direction, DownReason, Event, OpenError, RefusalCode, RefusedBy, Settings, Standing,
    StreamPurpose,
};
use bytes::Bytes;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::world::{Node, Shows, pair};

fn refused(event: Event) -> Option<(RefusedBy, Direction, RefusalCode, String)> {
    match event {
        Event::Refused {
            by, direction, refusal, ..
        } => Some((by, direction, refusal.code, refusal.reason().into())),
        Event::PeerUp { .. } => panic!("a stranger became a connection"),
        _ => None,
    }
}

#[tokio::test]
async fn a_stranger_is_refused_with_a_reason_on_both_sides() {
    let mut hub = Node::hub(1, Shows::Member(1));
    let mut stranger = Node::leaf(2, Shows::Rubbish);
    let error = stranger.net.dial(hub.address().await).await.unwrap_err();
    let DialError::Refused {
        by: RefusedBy::Them,
        refusal,
    } = &error
    else {
        panic!("{error}")
    };
    assert_eq!(refusal.code, RefusalCode::NotOnRoster);
    let reason = "ask your inviter to admit your organisation";
    assert!(error.to_string().contains(reason), "{error}");
    let code = RefusalCode::NotOnRoster;
    let theirs = (RefusedBy::Them, Direction::Outbound, code, reason.to_owned());
    assert_eq!(stranger.next(refused).await, theirs);
    assert_eq!(
        hub.next(refused).await,
        (RefusedBy::Us, Direction::Inbound, code, reason.to_owned())
    );
    assert_eq!(
        (hub.net.peers().await.unwrap(), stranger.net.peers().await.unwrap()),
        (vec![], vec![])
    );
}

#[tokio::test]
async fn the_dialler_refuses_as_well() {
    let mut hub = Node::hub(1, Shows::Rubbish);
    let mut leaf = Node::leaf(2, Shows::Member(2));
    let error = leaf.net.dial(hub.address().await).await.unwrap_err();
    assert!(matches!(error, DialError::Refused { by: RefusedBy::Us, .. }), "{error}");
    assert_eq!(leaf.next(refused).await.0, RefusedBy::Us);
    assert_eq!(hub.next(refused).await.0, RefusedBy::Them);
}

#[tokio::test]
async fn another_alliance_fails_before_anything_is_shown() {
    let mut hub = Node::hub(1, Shows::Member(1));
    let settings = Settings {
        protocol: "beef".into(),
        ..Settings::default()
    };
    let other = Node::try_start(2, Shows::Member(2), settings).unwrap();
    assert_eq!(other.net.dial(hub.address().await).await, Err(DialError::OtherProtocol));
}

#[tokio::test]
async fn an_address_may_lead_to_nobody_to_oneself_or_to_another() {
    let mut hub = Node::hub(1, Shows::Member(1));
    let leaf = Node::leaf(2, Shows::Member(2));
    let address = hub.address().await;
    assert_eq!(hub.net.dial(address.clone()).await, Err(DialError::Ourselves));
    let expected = address.with_peer(Node::leaf(3, Shows::Member(3)).peer);
    assert_eq!(
        leaf.net.dial(expected).await,
        Err(DialError::AnotherPeer { found: hub.peer })
    );
    hub.net.shutdown().await;
    assert!(matches!(
        leaf.net.dial(address).await,
        Err(DialError::Unreachable { .. })
    ));
}

#[tokio::test]
async fn a_guest_joins_and_nothing_else() {
    let mut hub = Node::hub(1, Shows::Member(1));
    let guest = Node::leaf(2, Shows::Invitation);
    assert_eq!(guest.net.dial(hub.address().await).await, Ok(hub.peer));
    let sync = guest.net.open_stream(hub.peer, StreamPurpose::Sync).await;
    assert!(matches!(sync, Err(OpenError::GuestMayOnlyJoin { .. })));
    let mut join = guest.net.open_stream(hub.peer, StreamPurpose::Join).await.unwrap();
    let (standing, purpose, mut stream) = hub
        .next(|event| match event {
            Event::Stream {
                standing,
                purpose,
                stream,
                ..
            } => Some((standing, purpose, stream)),
            Event::PeerUp { .. } => panic!("a guest is no peer"),
            _ => None,
        })
        .await;
    assert_eq!((standing, purpose), (Standing::Guest, StreamPurpose::Join));
    join.send(Bytes::from_static(b"we are Example House")).await.unwrap();
    assert_eq!(stream.recv().await.unwrap().unwrap(), "we are Example House");
    assert_eq!(
        (hub.net.peers().await.unwrap(), guest.net.peers().await.unwrap()),
        (vec![], vec![])
    );
    let back = hub.net.open_stream(guest.peer, StreamPurpose::Sync).await;
    assert!(matches!(back, Err(OpenError::GuestMayOnlyJoin { .. })));
}

#[tokio::test]
async fn an_organisation_has_its_places_and_no_more() {
    let listen: Vec<Address> = vec!["/ip4/127.0.0.1/tcp/0".parse().unwrap()];
    let limited = Settings {
        protocol: crate::world::ALLIANCE.into(),
        listen,
        connections_per_organisation_max: 1,
        ..Settings::default()
    };
    let mut hub = Node::try_start(1, Shows::Member(1), limited).unwrap();
    let address = hub.address().await;
    let nodes = [(2, 7), (3, 7), (4, 8)].map(|(seed, organisation)| Node::leaf(seed, Shows::Member(organisation)));
    assert_eq!(nodes[0].net.dial(address.clone()).await, Ok(hub.peer));
    let error = nodes[1].net.dial(address.clone()).await.unwrap_err();
    let full = |error: &DialError| matches!(error, DialError::Refused { refusal, .. } if refusal.code == RefusalCode::TooManyConnections);
    assert!(full(&error), "{error}");
    assert_eq!(nodes[2].net.dial(address.clone()).await, Ok(hub.peer));
    nodes[0].net.shutdown().await;
    hub.next(|event| matches!(event, Event::PeerDown { .. }).then_some(()))
        .await;
    assert_eq!(
        nodes[1].net.dial(address).await,
        Ok(hub.peer),
        "a closed connection gives its place back"
    );
}

#[tokio::test]
async fn a_removed_member_is_closed_and_stays_out() {
    let (mut hub, mut leaf) = pair().await;
    assert_eq!(hub.net.rejudge().await, Ok(0));
    hub.gate.revoke(leaf.peer);
    assert_eq!(hub.net.rejudge().await, Ok(1));
    let reason = hub
        .next(|event| match event {
            Event::PeerDown { reason, .. } => Some(reason),
            _ => None,
        })
        .await;
    assert!(matches!(reason, DownReason::Refused(refusal) if refusal.code == RefusalCode::Revoked));
    leaf.next(|event| matches!(event, Event::PeerDown { .. }).then_some(()))
        .await;
    let address = hub.net.listen_addresses().await.unwrap().remove(0);
    let error = leaf.net.dial(address).await.unwrap_err();
    assert!(
        matches!(&error, DialError::Refused { refusal, .. } if refusal.code == RefusalCode::Revoked),
        "{error}"
    );
}

#[tokio::test]
async fn what_is_no_node_at_all_leaves_the_hub_as_it_was() {
    let (mut hub, leaf) = pair().await;
    let address = hub.net.listen_addresses().await.unwrap().remove(0);
    let port: u16 = address.to_string().rsplit('/').next().unwrap().parse().unwrap();
    for says in [
        &b"GET / HTTP/1.1\r\n\r\n"[..],
        b"",
        &[0xff; 4096],
        b"\x13/multistream/1.0.0\n\x07/noise\n",
    ] {
        let mut socket = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        socket.write_all(says).await.unwrap();
        socket.shutdown().await.unwrap();
        let mut answer = Vec::new();
        // The hub closes: by an end or by a reset.
        drop(socket.read_to_end(&mut answer).await);
        assert!(answer.len() < 64, "{answer:?}");
    }
    assert_eq!(hub.net.peers().await.unwrap().len(), 1);
    let _stream = leaf.net.open_stream(hub.peer, StreamPurpose::Sync).await.unwrap();
    hub.next(|event| match event {
        Event::Stream { .. } => Some(()),
        Event::PeerUp { .. } | Event::PeerDown { .. } | Event::Refused { .. } => panic!("{event:?}"),
        _ => None,
    })
    .await;
}
