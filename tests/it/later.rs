//! Kinds of record that this version does not know: kept, passed on and shown raw, never dropped.

use alliance_record::proto::v1;
use alliance_tests::arrival_of;
use bytes::Bytes;
use prost::Message;

use crate::directory::hex;
use crate::envelope::{Envelope, id};
use crate::stage::Stage;

const TEXT: &[u8] = b"\xffwhat only a later version reads";

/// Numbers among content, among the alliance's own records, and beyond both.
const KINDS: [(u32, &str); 3] = [(40, "m49:001"), (120, "alliance"), (4_000_000_000, "m49:001")];

async fn is_shown_raw(stage: &Stage, member: usize, record: &Envelope) {
    let handle = stage.cluster.handle(member);
    arrival_of(handle, &id(record).to_string()).await;
    let view = handle.record(&id(record).to_string()).await.unwrap();
    let header = v1::Header::decode(record.header.clone()).unwrap();
    assert_eq!(view.summary.kind, format!("kind-{}", header.kind));
    assert_eq!(view.body, serde_json::json!({ "raw_hex": hex(TEXT) }));
    assert_eq!(view.markdown, None);
    assert_eq!(view.envelope, hex(&record.encode_to_vec()));
}

#[tokio::test(flavor = "multi_thread")]
async fn kinds_of_a_later_version_are_kept_passed_on_and_shown_raw() {
    let mut stage = Stage::set().await;
    stage.cluster.join(0, "Third", "DE").await;
    let actor = stage.actor(1).await;
    for (kind, chapter) in KINDS {
        let pen = stage.fresh(chapter);
        let record = pen.sheet_of(kind, Bytes::from_static(TEXT), (0, None));
        let record = record.signed(&pen.keys.node);
        actor.gossip(chapter, record.encode_to_vec().into()).await;
        // The third hears it from the first alone.
        for member in [0, 2] {
            is_shown_raw(&stage, member, &record).await;
        }
    }
    stage.cluster.members[2].stop().await;
    let pen = stage.fresh("m49:001");
    let missed = pen.sheet_of(41, Bytes::from_static(TEXT), (0, None));
    let missed = missed.signed(&pen.keys.node);
    actor.gossip("m49:001", missed.encode_to_vec().into()).await;
    is_shown_raw(&stage, 0, &missed).await;
    actor.end().await;
    stage.cluster.members[2].start().await;
    is_shown_raw(&stage, 2, &missed).await;
}
