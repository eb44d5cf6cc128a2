//! A member's node that keeps no rule: it holds real keys and a real certificate, and says whatever a test makes it say.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use alliance_net::{
    Address, Event, FrameStream, Gate, Net, PeerId, Published, Refusal, RefusalCode, Settings, Standing, StreamPurpose,
};
use alliance_record::{AllianceId, Certificate, ChapterName, Head, RecordId, SecretKey};
use alliance_tests::soon;
use alliance_wire::{Credential, ListPart, Mark, SessionKey, SyncMessage, Want};
use bytes::Bytes;
use prost::Message;
use tokio::sync::mpsc;

use crate::directory::{DAY_MS, Keys, now_ms};
use crate::envelope::{self, Envelope};

/// Shows its certificate, and takes everybody who shows one.
struct OpenGate(Bytes);

impl Gate for OpenGate {
    fn credential(&self, _: &PeerId) -> Vec<u8> {
        Credential::Certificate(self.0.clone()).encode()
    }

    fn judge(&self, _: &PeerId, shown: &[u8]) -> Result<Standing, Refusal> {
        let Ok(Credential::Certificate(bytes)) = Credential::decode(shown) else {
            return Err(Refusal::new(RefusalCode::BadCertificate, "no certificate"));
        };
        let certificate = Certificate::decode(&bytes).unwrap();
        Ok(Standing::Member {
            organisation: *certificate.node().organisation.as_bytes(),
        })
    }
}

/// The node.
pub(crate) struct Actor {
    pub(crate) net: Net,
    events: mpsc::Receiver<Event>,
    /// What came while something else was awaited.
    waiting: VecDeque<Event>,
}

/// What it offers on sync: records of one log, the last of which is named as the head.
pub(crate) struct Offer<'a> {
    pub(crate) head: Head,
    pub(crate) records: &'a [Envelope],
}

impl Actor {
    /// A node of the organisation with a transport key of its own, connected with the node at `address`, with which it
    /// shares two topics.
    pub(crate) async fn connect(keys: &Keys, alliance: AllianceId, seed: u8, address: &str) -> Self {
        let mut keys = keys.clone();
        keys.transport = SecretKey::from_seed(&[seed; 32]);
        let certificate = keys.certificate(alliance, now_ms() + DAY_MS);
        let settings = Settings {
            protocol: alliance.to_string(),
            ..Settings::default()
        };
        let gate = Arc::new(OpenGate(certificate.bytes().clone()));
        let (net, events) = Net::start([seed; 32], settings, gate).unwrap();
        let mut actor = Self {
            net,
            events,
            waiting: VecDeque::new(),
        };
        for topic in ["alliance", "m49:001"] {
            actor.net.follow(topic.parse().unwrap()).await.unwrap();
        }
        actor.dial(address).await;
        actor
    }

    /// Connects with one more node, and waits until it follows both topics.
    pub(crate) async fn dial(&mut self, address: &str) -> PeerId {
        let found = self.net.dial(address.parse::<Address>().unwrap()).await.unwrap();
        for expected in ["alliance", "m49:001"] {
            self.next(|event| match event {
                Event::Followed { peer, topic } => *peer == found && topic.as_str() == expected,
                _ => false,
            })
            .await;
        }
        found
    }

    /// The first event that is meant; the others wait until they are asked for.
    async fn next(&mut self, is_meant: impl Fn(&Event) -> bool) -> Event {
        if let Some(index) = self.waiting.iter().position(&is_meant) {
            return self.waiting.remove(index).unwrap();
        }
        loop {
            let event = soon(self.events.recv()).await.expect("the network runs");
            if is_meant(&event) {
                return event;
            }
            self.waiting.push_back(event);
        }
    }

    /// A record as it was gossiped to this node.
    pub(crate) async fn heard(&mut self, record: RecordId) -> Envelope {
        let read = |bytes: &Bytes| Envelope::decode(bytes.clone()).unwrap();
        let is_meant = |event: &Event| match event {
            Event::Gossip { bytes, .. } => envelope::id(&read(bytes)) == record,
            _ => false,
        };
        match self.next(is_meant).await {
            Event::Gossip { bytes, .. } => read(&bytes),
            other => panic!("{other:?}"),
        }
    }

    pub(crate) async fn gossip(&self, topic: &str, bytes: Bytes) {
        let published = self.net.publish(topic.parse().unwrap(), bytes).await;
        assert_eq!(published, Ok(Published::Sent));
    }

    async fn asked(&mut self) -> FrameStream {
        let is_sync = |event: &Event| {
            matches!(
                event,
                Event::Stream {
                    purpose: StreamPurpose::Sync,
                    ..
                }
            )
        };
        match self.next(is_sync).await {
            Event::Stream { stream, .. } => stream,
            other => panic!("{other:?}"),
        }
    }

    /// Answers the next session that somebody opens with this node, and awaits its end. Returns what was asked for.
    pub(crate) async fn answer(&mut self, offers: &[Offer<'_>]) -> Vec<Want> {
        let stream = self.asked().await;
        soon(converse(stream, offers)).await
    }

    pub(crate) async fn end(self) {
        self.net.shutdown().await;
    }
}

async fn converse(mut stream: FrameStream, offers: &[Offer<'_>]) -> Vec<Want> {
    let hello = stream.recv().await.unwrap().expect("a hello");
    let Ok(SyncMessage::Hello(hello)) = SyncMessage::decode(hello) else {
        panic!("a session begins with a hello")
    };
    let key = SessionKey::new(&hello.nonce);
    let mut marks: BTreeMap<ChapterName, Vec<Mark>> = BTreeMap::new();
    for Offer { head, .. } in offers {
        marks.entry(head.log.chapter.clone()).or_default().push(key.mark(head));
    }
    for (chapter, marks) in marks {
        let more = false;
        let list = SyncMessage::List(ListPart { chapter, marks, more });
        stream.send(list.encode()).await.unwrap();
    }
    stream
        .send(SyncMessage::Compared { lagging: Vec::new() }.encode())
        .await
        .unwrap();
    let mut wants = Vec::new();
    while let Ok(Some(bytes)) = stream.recv().await {
        match SyncMessage::decode(bytes) {
            Ok(SyncMessage::Grant { .. }) => {}
            Ok(SyncMessage::Pull(pull)) => {
                for want in pull.wants {
                    let offer = offers.iter().find(|offer| key.log_ref(&offer.head.log) == want.log);
                    let range = envelope::range(want.log, want.from, offer.map_or(&[], |offer| offer.records));
                    wants.push(want);
                    if stream.send(range).await.is_err() {
                        return wants;
                    }
                }
            }
            Ok(SyncMessage::Done) => break,
            other => panic!("{other:?}"),
        }
    }
    wants
}
