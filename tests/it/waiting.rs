//! Records that cannot be judged yet: no fault, and not seen before their time.

use alliance_record::{RecordId, SecretKey};
use alliance_tests::{arrival_of, gone_on};
use bytes::Bytes;
use prost::Message;

use crate::actor::Offer;
use crate::envelope::{Envelope, Pen, id, log_head};
use crate::stage::Stage;

/// Makes a record for a log in which nothing is written yet.
type Make = fn(&Pen) -> Envelope;

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_judged_yet_waits_unseen() {
    let makes: [(&str, Make); 4] = [
        ("a gap before it", |pen| {
            let link = RecordId([5; 32]);
            pen.sheet(5, Some(link)).signed(&pen.keys.node)
        }),
        ("a writer without a certificate", |pen| {
            let key = SecretKey::from_seed(&[9; 32]);
            let sheet = pen.sheet(0, None);
            sheet
                .with(|header| header.writer = Bytes::copy_from_slice(&key.public()))
                .signed(&key)
        }),
        ("an organisation that is no member", |pen| {
            let other = SecretKey::from_seed(&[8; 32]).public();
            let sheet = pen.sheet(0, None);
            sheet
                .with(|header| header.organisation = Bytes::copy_from_slice(&other))
                .signed(&pen.keys.node)
        }),
        ("a time far ahead", |pen| {
            let sheet = pen.sheet(0, None);
            sheet
                .with(|header| header.claimed_at_ms += 86_400_000)
                .signed(&pen.keys.node)
        }),
    ];
    let mut stage = Stage::set().await;
    let mut actor = stage.actor(1).await;
    actor.answer(&[]).await;
    for (index, (name, make)) in makes.into_iter().enumerate() {
        let record = make(&stage.fresh("m49:001"));
        actor.gossip("m49:001", record.encode_to_vec().into()).await;
        // Whoever has to wait for something asks for it.
        actor.answer(&[]).await;
        gone_on(stage.handle()).await;
        assert_eq!(stage.parked().await, index as u64 + 1, "{name}");
        stage.not_seen(&record, name).await;
    }
    actor.end().await;
    for (index, (name, make)) in makes.into_iter().enumerate() {
        let mut actor = stage.actor(u8::try_from(index).unwrap() + 2).await;
        let pen = stage.fresh("m49:001");
        let record = make(&pen);
        let head = log_head(&record, pen.keys.organisation.organisation());
        let offer = Offer {
            head,
            records: std::slice::from_ref(&record),
        };
        actor.answer(&[offer]).await;
        gone_on(stage.handle()).await;
        // What sync brings too early is not kept: a later session brings it again.
        assert_eq!(stage.parked().await, makes.len() as u64, "{name}");
        stage.not_seen(&record, name).await;
        actor.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_told_backwards_arrives_whole() {
    let mut stage = Stage::set().await;
    let pen = stage.fresh("m49:001");
    let first = pen.first();
    let second = pen.sheet(1, Some(id(&first))).signed(&pen.keys.node);
    let third = pen.sheet(2, Some(id(&second))).signed(&pen.keys.node);
    let actor = stage.actor(1).await;
    for record in [&third, &second, &first] {
        actor.gossip("m49:001", record.encode_to_vec().into()).await;
    }
    for record in [&first, &second, &third] {
        arrival_of(stage.handle(), &id(record).to_string()).await;
    }
    gone_on(stage.handle()).await;
    assert_eq!(stage.parked().await, 0);
}
