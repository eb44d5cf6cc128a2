//! The way does not matter: what came by gossip and what came by sync lead to the same state.

use alliance_record::InstanceId;
use alliance_record::proto::v1;
use alliance_tests::{Cluster, arrival_of};
use bytes::Bytes;
use prost::Message;
use serde_json::{Value, json};

use crate::actor::{Actor, Offer};
use crate::directory::{Keys, alliance_of};
use crate::envelope::{Envelope, Pen, id};
use crate::stage::RECORDS_OF_TWO;

/// Kinds of the alliance's own records.
const PROFILE: u32 = 68;
const SUBSCRIPTION: u32 = 70;

/// A log, whole.
struct Log {
    pen: Pen,
    records: Vec<Envelope>,
}

impl Log {
    fn of(pen: Pen, bodies: Vec<(u32, Bytes)>) -> Self {
        let mut records: Vec<Envelope> = Vec::new();
        for (sequence, (kind, bytes)) in (0..).zip(bodies) {
            let place = (sequence, records.last().map(id));
            records.push(pen.sheet_of(kind, bytes, place).signed(&pen.keys.node));
        }
        Self { pen, records }
    }

    /// As a range carries it: the last signature covers all before it.
    fn as_range(&self) -> Vec<Envelope> {
        let last = self.records.len() - 1;
        let bare = |(index, record): (usize, &Envelope)| {
            let mut record = record.clone();
            if index < last {
                record.signature = Bytes::new();
            }
            record
        };
        self.records.iter().enumerate().map(bare).collect()
    }
}

fn practices(count: u64, title: &str) -> Vec<(u32, Bytes)> {
    let practice = |number: u64| {
        let text = alliance_tests::practice(&format!("{title}, part {number}"));
        let document = alliance_record::schema::read_markdown(&text).unwrap();
        (1, document.body.into())
    };
    (0..count).map(practice).collect()
}

fn said_of_itself() -> Vec<(u32, Bytes)> {
    let profile = v1::Profile {
        name: "Another name".to_owned(),
        country: "GB".to_owned(),
        ..v1::Profile::default()
    };
    let subscription = |chapter: &str, follow| v1::Subscription {
        chapter: chapter.to_owned(),
        depth: v1::Depth::Exact.into(),
        follow,
    };
    vec![
        (PROFILE, profile.encode_to_vec().into()),
        (
            SUBSCRIPTION,
            subscription("theme:seclusion", true).encode_to_vec().into(),
        ),
        (SUBSCRIPTION, subscription("iso:gb", false).encode_to_vec().into()),
        (SUBSCRIPTION, subscription("theme:consent", true).encode_to_vec().into()),
        (
            SUBSCRIPTION,
            subscription("theme:seclusion", false).encode_to_vec().into(),
        ),
    ]
}

fn logs(keys: &Keys, data: &std::path::Path) -> Vec<Log> {
    let pen = |instance: u8, chapter: &str| Pen {
        keys: keys.clone(),
        alliance: alliance_of(data),
        instance: InstanceId([instance; 8]),
        chapter: chapter.parse().unwrap(),
    };
    vec![
        Log::of(pen(1, "alliance"), said_of_itself()),
        Log::of(pen(1, "m49:001"), practices(20, "Told to all")),
        Log::of(pen(2, "m49:001"), practices(3, "Told to all once more")),
        Log::of(pen(2, "m49:150"), practices(7, "Told to Europe")),
    ]
}

/// What a node shows of its state.
async fn shown(cluster: &Cluster, member: usize) -> Value {
    let handle = cluster.handle(member);
    let records = handle.status().await.unwrap().store.records;
    json!({
        "organisations": handle.organisations().await.unwrap(),
        "chapters": handle.chapters().await.unwrap(),
        "records": records,
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn gossip_and_sync_lead_to_the_same_state() {
    let mut cluster = Cluster::found("By gossip", "GB").await;
    cluster.join(0, "Speaker", "GB").await;
    cluster.join(0, "By sync", "GB").await;
    cluster.agree_on("alliance", RECORDS_OF_TWO + 7).await;
    for member in [0, 1, 2] {
        cluster.members[member].stop().await;
    }
    let data = cluster.members[1].data.clone();
    let keys = Keys::read(&data);
    let logs = logs(&keys, &data);

    cluster.members[0].start().await;
    let mut actor = Actor::connect(&keys, alliance_of(&data), 1, cluster.members[0].address()).await;
    actor.net.follow("m49:150".parse().unwrap()).await.unwrap();
    actor.answer(&[]).await;
    for log in &logs {
        for record in &log.records {
            actor
                .gossip(log.pen.chapter.as_str(), record.encode_to_vec().into())
                .await;
            arrival_of(cluster.handle(0), &id(record).to_string()).await;
        }
    }
    actor.end().await;
    let by_gossip = shown(&cluster, 0).await;
    cluster.members[0].stop().await;

    cluster.members[2].start().await;
    let mut actor = Actor::connect(&keys, alliance_of(&data), 2, cluster.members[2].address()).await;
    let ranges: Vec<_> = logs.iter().map(Log::as_range).collect();
    let mut offers = Vec::new();
    for (log, records) in logs.iter().zip(&ranges) {
        let head = log.pen.head(records.len() as u64 - 1, id(records.last().unwrap()));
        offers.push(Offer { head, records });
    }
    assert_eq!(actor.answer(&offers).await.len(), logs.len());
    actor.end().await;
    let by_sync = shown(&cluster, 2).await;

    assert_eq!(by_gossip, by_sync);
    let names = by_sync["organisations"].to_string();
    assert!(names.contains("Another name"), "{names}");
    assert_eq!(by_sync["records"], RECORDS_OF_TWO + 7 + 35);
}
