//! Streams of frames between two members.

use alliance_net::{Event, FrameError, FrameStream, OpenError, StreamPurpose, limits};
use bytes::Bytes;

use crate::world::{Node, Shows, pair};

async fn taken(node: &mut Node) -> FrameStream {
    node.next(|event| match event {
        Event::Stream {
            stream,
            purpose: StreamPurpose::Sync,
            ..
        } => Some(stream),
        _ => None,
    })
    .await
}

#[tokio::test]
async fn frames_pass_both_ways_up_to_a_mebibyte() {
    let (mut hub, leaf) = pair().await;
    let mut ours = leaf.net.open_stream(hub.peer, StreamPurpose::Sync).await.unwrap();
    let mut theirs = taken(&mut hub).await;
    for bytes in [0, 1, 70_000, limits::FRAME_BYTES_MAX] {
        let frame = Bytes::from(vec![3; bytes]);
        let (sent, received) = tokio::join!(ours.send(frame.clone()), theirs.recv());
        sent.unwrap();
        let received = received.unwrap().unwrap();
        let (sent, received) = tokio::join!(theirs.send(received), ours.recv());
        sent.unwrap();
        assert_eq!(received.unwrap().unwrap(), frame);
    }
    let oversize = ours.send(vec![0; limits::FRAME_BYTES_MAX + 1].into()).await;
    assert!(matches!(oversize, Err(FrameError::Oversize { .. })));
    ours.finish().await.unwrap();
    assert!(theirs.recv().await.unwrap().is_none());
    assert!(theirs.recv().await.unwrap().is_none());
    theirs.send(Bytes::from_static(b"bye")).await.unwrap();
    assert_eq!(ours.recv().await.unwrap().unwrap(), "bye");
}

#[tokio::test]
async fn the_third_session_is_told_busy_and_a_place_is_given_back() {
    let (mut hub, leaf) = pair().await;
    let mut held = Vec::new();
    for _ in 0..limits::SESSIONS_PER_PEER_MAX {
        let ours = leaf.net.open_stream(hub.peer, StreamPurpose::Sync).await.unwrap();
        held.push((ours, taken(&mut hub).await));
    }
    let third = leaf.net.open_stream(hub.peer, StreamPurpose::Sync).await;
    let Err(OpenError::Busy { peer, retry_after }) = third else {
        panic!("{third:?}")
    };
    assert_eq!(peer, hub.peer);
    assert!(!retry_after.is_zero());
    assert_eq!(hub.net.counts().await.unwrap().streams_declined, 1);
    leaf.net
        .open_stream(hub.peer, StreamPurpose::Join)
        .await
        .expect("another purpose has places of its own");
    let back = hub.net.open_stream(leaf.peer, StreamPurpose::Sync).await;
    back.expect("the other direction has places of its own");
    drop(held.pop());
    leaf.net.open_stream(hub.peer, StreamPurpose::Sync).await.unwrap();
}

#[tokio::test]
async fn no_stream_that_was_opened_is_lost() {
    let mut hub = Node::hub(1, Shows::Member(1));
    let address = hub.address().await;
    let nodes: Vec<_> = (2..18).map(|seed| Node::leaf(seed, Shows::Member(seed))).collect();
    for node in &nodes {
        node.net.dial(address.clone()).await.unwrap();
    }
    let opening = nodes.iter().flat_map(|node| [node, node]).map(|node| {
        let (net, hub) = (node.net.clone(), hub.peer);
        tokio::spawn(async move { net.open_stream(hub, StreamPurpose::Sync).await })
    });
    let opening: Vec<_> = opening.collect();
    let mut open = Vec::new();
    for outcome in opening {
        match outcome.await.unwrap() {
            Ok(stream) => open.push(stream),
            Err(OpenError::Busy { .. }) => {}
            Err(error) => panic!("{error}"),
        }
    }
    assert_eq!(open.len(), limits::SESSIONS_PER_HUB_MAX);
    for _ in &open {
        taken(&mut hub).await;
    }
}

#[tokio::test]
async fn a_reset_or_a_lost_connection_ends_the_stream() {
    let (mut hub, leaf) = pair().await;
    let mut ours = leaf.net.open_stream(hub.peer, StreamPurpose::Sync).await.unwrap();
    let theirs = taken(&mut hub).await;
    drop(theirs);
    assert!(!matches!(ours.recv().await, Ok(Some(_))));
    let mut ours = leaf.net.open_stream(hub.peer, StreamPurpose::Sync).await.unwrap();
    let _theirs = taken(&mut hub).await;
    assert_eq!(hub.net.disconnect(leaf.peer, "tidying up").await, Ok(true));
    assert!(!matches!(ours.recv().await, Ok(Some(_))));
}

#[tokio::test]
async fn nobody_opens_a_stream_with_an_absent_peer() {
    let leaf = Node::leaf(2, Shows::Member(2));
    let absent = Node::leaf(3, Shows::Member(3)).peer;
    let error = leaf.net.open_stream(absent, StreamPurpose::Sync).await.unwrap_err();
    assert!(matches!(error, OpenError::NotConnected { peer } if peer == absent));
}
