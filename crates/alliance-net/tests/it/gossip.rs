//! Messages between three nodes, forwarded only on a verdict.

use alliance_net::{FollowError, GossipVerdict, PublishError, Published, Topic, limits};
use bytes::Bytes;

use crate::world::{Node, Shows, pair};

fn topic(name: &str) -> Topic {
    name.parse().unwrap()
}

/// A hub with two leaves that do not know each other; all follow the topic, and all know it.
async fn star(chapter: &Topic) -> (Node, Node, Node) {
    let (mut hub, mut author) = pair().await;
    let mut reader = Node::leaf(3, Shows::Member(3));
    let address = hub.net.listen_addresses().await.unwrap().remove(0);
    assert_eq!(reader.net.dial(address).await, Ok(hub.peer));
    for node in [&hub, &author, &reader] {
        node.net.follow(chapter.clone()).await.unwrap();
    }
    let mut awaited = vec![author.peer, reader.peer];
    while !awaited.is_empty() {
        let peer = hub
            .next(|event| match event {
                alliance_net::Event::Followed { peer, .. } => Some(peer),
                _ => None,
            })
            .await;
        awaited.retain(|waiting| *waiting != peer);
    }
    author.followed(hub.peer, chapter).await;
    reader.followed(hub.peer, chapter).await;
    (hub, author, reader)
}

#[tokio::test]
async fn a_message_is_forwarded_only_when_accepted() {
    let chapter = topic("m49:150");
    let (mut hub, author, mut reader) = star(&chapter).await;
    assert!(hub.net.peers().await.unwrap().iter().all(|info| info.gossips));
    let verdicts = [
        ("ignored", GossipVerdict::Ignore),
        ("rejected", GossipVerdict::Reject),
        ("accepted", GossipVerdict::Accept),
    ];
    for (message, verdict) in verdicts {
        let sent = author
            .net
            .publish(chapter.clone(), Bytes::from_static(message.as_bytes()))
            .await;
        assert_eq!(sent, Ok(Published::Sent));
        let (id, of, bytes) = hub.heard().await;
        assert_eq!(
            (id.from(), &of, bytes.as_slice()),
            (author.peer, &chapter, message.as_bytes())
        );
        hub.net.judge(id, verdict).await.unwrap();
    }
    let (id, of, bytes) = reader.heard().await;
    assert_eq!((id.from(), of, bytes), (hub.peer, chapter, b"accepted".to_vec()));
}

#[tokio::test]
async fn publishing_twice_is_no_error_and_is_heard_once() {
    let chapter = topic("theme:seclusion");
    let (mut hub, author, _reader) = star(&chapter).await;
    for message in ["one", "one", "two"] {
        let sent = author
            .net
            .publish(chapter.clone(), Bytes::from_static(message.as_bytes()))
            .await;
        assert_eq!(sent, Ok(Published::Sent));
    }
    assert_eq!(
        (hub.heard().await.2, hub.heard().await.2),
        (b"one".to_vec(), b"two".to_vec())
    );
}

#[tokio::test]
async fn what_nobody_hears_is_kept_until_somebody_follows() {
    let chapter = topic("iso:gb");
    let (mut hub, leaf) = pair().await;
    let kept = leaf.net.publish(chapter.clone(), Bytes::from_static(b"early")).await;
    assert_eq!(kept, Ok(Published::Kept));
    hub.net.follow(chapter.clone()).await.unwrap();
    assert_eq!(hub.heard().await.2, b"early");
}

#[tokio::test]
async fn a_peer_that_followed_before_us_is_known_when_we_follow() {
    let chapter = topic("iso:fr");
    let (mut hub, leaf) = pair().await;
    leaf.net.follow(chapter.clone()).await.unwrap();
    hub.followed(leaf.peer, &chapter).await;
    hub.net.follow(chapter.clone()).await.unwrap();
    assert_eq!(
        hub.net.publish(chapter, Bytes::from_static(b"late")).await,
        Ok(Published::Sent)
    );
    let mut leaf = leaf;
    assert_eq!(leaf.heard().await.2, b"late");
}

#[tokio::test]
async fn leaving_is_told() {
    let chapter = topic("iso:fr");
    let (mut hub, leaf) = pair().await;
    leaf.net.follow(chapter.clone()).await.unwrap();
    assert_eq!(leaf.net.leave(chapter.clone()).await, Ok(true));
    assert_eq!(leaf.net.leave(chapter.clone()).await, Ok(false));
    let left = hub
        .next(|event| match event {
            alliance_net::Event::Left { peer, topic } => Some((peer, topic)),
            _ => None,
        })
        .await;
    assert_eq!(left, (leaf.peer, chapter));
}

#[tokio::test]
async fn topics_and_messages_are_bounded() {
    let leaf = Node::leaf(2, Shows::Member(2));
    for n in 0..limits::TOPICS_MAX {
        leaf.net.follow(topic(&format!("theme:{n}"))).await.unwrap();
    }
    assert_eq!(leaf.net.follow(topic("theme:more")).await, Err(FollowError::TooMany));
    assert_eq!(leaf.net.follow(topic("theme:0")).await, Ok(()));
    let longest = Bytes::from(vec![0; limits::PUBLISH_BYTES_MAX]);
    assert_eq!(leaf.net.publish(topic("theme:0"), longest).await, Ok(Published::Kept));
    let bytes = limits::PUBLISH_BYTES_MAX + 1;
    let too_long = leaf.net.publish(topic("theme:0"), vec![0; bytes].into()).await;
    assert_eq!(too_long, Err(PublishError::TooLong { bytes }));
}

#[tokio::test]
async fn the_longest_message_arrives() {
    let chapter = topic("m49:001");
    let (mut hub, author, _reader) = star(&chapter).await;
    let longest = Bytes::from(vec![7; limits::PUBLISH_BYTES_MAX]);
    assert_eq!(author.net.publish(chapter, longest.clone()).await, Ok(Published::Sent));
    assert_eq!(hub.heard().await.2, longest);
}
