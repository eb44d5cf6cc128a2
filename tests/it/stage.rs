//! A running node, and what it says of itself to those who watch it.

use alliance_api::RecordQuery;
use alliance_node::Handle;
use alliance_record::InstanceId;
use alliance_tests::Cluster;

use crate::actor::Actor;
use crate::directory::{Keys, alliance_of};
use crate::envelope::{Envelope, Pen, id};

/// Records of the alliance's own chapter when two members have said all that they say by themselves: charter and
/// admission, two certificates and profiles, one pledge, and three subscriptions of each.
pub(crate) const RECORDS_OF_TWO: u64 = 13;

/// A node, and a member of its alliance whose keys the test holds.
pub(crate) struct Stage {
    pub(crate) cluster: Cluster,
    pub(crate) pen: Pen,
    instances: u8,
}

impl Stage {
    pub(crate) async fn set() -> Self {
        let mut cluster = Cluster::found("First", "GB").await;
        cluster.join(0, "Second", "CZ").await;
        cluster.agree_on("alliance", RECORDS_OF_TWO).await;
        cluster.members[1].stop().await;
        let data = &cluster.members[1].data;
        let pen = Pen {
            keys: Keys::read(data),
            alliance: alliance_of(data),
            instance: InstanceId([0; 8]),
            chapter: "m49:001".parse().unwrap(),
        };
        Self {
            cluster,
            pen,
            instances: 0,
        }
    }

    pub(crate) fn handle(&self) -> &Handle {
        self.cluster.handle(0)
    }

    /// A log in which nothing is written yet.
    pub(crate) fn fresh(&mut self, chapter: &str) -> Pen {
        self.instances += 1;
        Pen {
            instance: InstanceId([self.instances; 8]),
            chapter: chapter.parse().unwrap(),
            ..self.pen.clone()
        }
    }

    pub(crate) async fn actor(&self, seed: u8) -> Actor {
        Actor::connect(
            &self.pen.keys,
            self.pen.alliance,
            seed,
            self.cluster.members[0].address(),
        )
        .await
    }

    pub(crate) async fn records(&self) -> u64 {
        self.handle().status().await.unwrap().store.records
    }

    pub(crate) async fn parked(&self) -> u64 {
        self.handle().status().await.unwrap().store.parked
    }

    /// Nothing shows that the record ever came.
    pub(crate) async fn not_seen(&self, record: &Envelope, name: &str) {
        let id = id(record).to_string();
        assert_eq!(self.handle().record(&id).await.unwrap_err().code, "not_found", "{name}");
        let query = RecordQuery {
            governance: Some(true),
            limit: Some(200),
            ..RecordQuery::default()
        };
        let page = self.handle().records(query).await.unwrap();
        assert!(page.records.iter().all(|record| record.id != id), "{name}");
    }
}
