//! A body altered on the way cannot keep the true one from arriving: the header is authentic, so whoever remembered the
//! altered bytes under its name would never take the right ones.

use alliance_api::Event;
use alliance_node::{EventStream, Handle};
use alliance_record::{OrganisationId, RecordId};
use alliance_tests::{Cluster, arrival_of, next_event, share};
use prost::Message;

use crate::actor::{Actor, Offer};
use crate::directory::{Keys, alliance_of};
use crate::envelope::{Envelope, id, log_head};
use crate::fault::turned;
use crate::stage::RECORDS_OF_TWO;

const TITLE: &str = "A calm room in place of the net bed";

/// Two honest members, A and B, and one that relays.
struct Roads {
    cluster: Cluster,
    keys: Keys,
}

impl Roads {
    async fn laid() -> Self {
        let mut cluster = Cluster::found("First", "GB").await;
        cluster.join(0, "Second", "CZ").await;
        cluster.join(0, "Relay", "DE").await;
        cluster.agree_on("alliance", RECORDS_OF_TWO + 7).await;
        cluster.members[2].stop().await;
        let keys = Keys::read(&cluster.members[2].data);
        Self { cluster, keys }
    }

    async fn relay(&self, seed: u8, to: usize) -> Actor {
        let alliance = alliance_of(&self.cluster.members[2].data);
        Actor::connect(&self.keys, alliance, seed, self.cluster.members[to].address()).await
    }

    /// A publishes while B is away: the relay alone hears it. Then B comes back, and A is gone.
    async fn told_to_the_relay(&mut self) -> Envelope {
        self.cluster.members[1].stop().await;
        let mut relay = self.relay(1, 0).await;
        let receipt = share(self.cluster.handle(0), TITLE, "m49:001").await;
        let record: RecordId = receipt.id.unwrap().parse().unwrap();
        let heard = relay.heard(record).await;
        relay.end().await;
        self.cluster.members[0].stop().await;
        self.cluster.members[1].start().await;
        heard
    }

    fn organisation(&self) -> OrganisationId {
        Keys::read(&self.cluster.members[0].data).organisation.organisation()
    }
}

fn altered(record: &Envelope) -> Envelope {
    Envelope {
        body: record.body.clone().map(turned),
        ..record.clone()
    }
}

async fn refused(events: &mut EventStream, from: &Actor, way: &str) -> String {
    let from = from.net.peer().to_string();
    next_event(events, |event| match event {
        Event::RecordRefused { code, peer, by, .. } if *peer == from && by == way => Some(code.clone()),
        _ => None,
    })
    .await
}

/// B holds the record with the body that A wrote.
async fn holds(b: &Handle, record: &Envelope) {
    let view = b.record(&id(record).to_string()).await.unwrap();
    assert_eq!(view.summary.title, TITLE);
    assert_eq!(view.envelope, crate::directory::hex(&record.encode_to_vec()));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_altered_body_in_gossip_does_not_keep_the_true_one_out() {
    let mut roads = Roads::laid().await;
    let record = roads.told_to_the_relay().await;
    let b = roads.cluster.handle(1);
    let mut events = b.events(None);

    let relay = roads.relay(2, 1).await;
    relay.gossip("m49:001", altered(&record).encode_to_vec().into()).await;
    assert_eq!(refused(&mut events, &relay, "gossip").await, "bad_body");
    assert_eq!(b.record(&id(&record).to_string()).await.unwrap_err().code, "not_found");

    // The same header with its true body, by gossip again: another way than the one that the altered one took.
    let honest = roads.relay(3, 1).await;
    honest.gossip("m49:001", record.encode_to_vec().into()).await;
    arrival_of(b, &id(&record).to_string()).await;
    holds(b, &record).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_altered_body_on_sync_does_not_keep_the_true_one_out() {
    let mut roads = Roads::laid().await;
    let record = roads.told_to_the_relay().await;
    let mut events = roads.cluster.handle(1).events(None);

    let mut relay = roads.relay(2, 1).await;
    let bad = altered(&record);
    let offer = Offer {
        head: log_head(&record, roads.organisation()),
        records: std::slice::from_ref(&bad),
    };
    relay.answer(&[offer]).await;
    assert_eq!(refused(&mut events, &relay, "sync").await, "bad_body");
    relay.gossip("m49:001", bad.encode_to_vec().into()).await;
    assert_eq!(refused(&mut events, &relay, "gossip").await, "bad_body");

    // A comes back, while the relay stays.
    roads.cluster.members[0].start().await;
    let b = roads.cluster.handle(1);
    arrival_of(b, &id(&record).to_string()).await;
    holds(b, &record).await;
    roads.cluster.agree_on("m49:001", 1).await;
    assert_eq!(b.peers().await.unwrap().len(), 2, "the relay is connected still");
}
