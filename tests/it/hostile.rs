//! A member that sends what it must not: every fault is refused with its word, whichever way it comes, nothing of it is
//! seen, and the node goes on.

use alliance_api::Event;
use alliance_net::PeerId;
use alliance_node::EventStream;
use alliance_tests::{arrival_of, next_event};
use bytes::Bytes;
use prost::Message;

use crate::actor::{Actor, Offer};
use crate::envelope::{Envelope, id};
use crate::fault::CASES;
use crate::stage::Stage;

/// The word with which the node refuses what a peer sends one way.
async fn refusal(events: &mut EventStream, from: PeerId, way: &str) -> String {
    let from = from.to_string();
    next_event(events, |event| match event {
        Event::RecordRefused { code, peer, by, .. } if *peer == from && by == way => Some(code.clone()),
        _ => None,
    })
    .await
}

/// Waits until the node has published its proof of a fork: a record of its own, which comes when both branches are compared.
async fn proof(events: &mut EventStream) {
    next_event(events, |event| match event {
        Event::Record { record } => (record.kind == "fork_proof").then_some(()),
        _ => None,
    })
    .await;
}

/// Gossips all but the last of a log's records, and awaits each. Returns the last.
async fn tell_beginning(stage: &Stage, actor: &Actor, chapter: &str, records: &[Envelope]) -> Envelope {
    let (last, good) = records.split_last().unwrap();
    for record in good {
        actor.gossip(chapter, record.encode_to_vec().into()).await;
        arrival_of(stage.handle(), &id(record).to_string()).await;
    }
    last.clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_is_refused_on_gossip_and_on_sync_alike() {
    let mut stage = Stage::set().await;
    for (index, case) in CASES.iter().enumerate() {
        let mut actor = stage.actor(u8::try_from(index).unwrap() + 1).await;
        let mut events = stage.handle().events(None);
        let mut records = stage.records().await;

        let pen = stage.fresh(case.chapter);
        let made = (case.make)(&pen);
        let bad = tell_beginning(&stage, &actor, case.chapter, &made).await;
        records += made.len() as u64 - 1;
        // A fork is named at the place of the record that it would replace; all others come after what is held.
        let sequence = if case.sync == "fork" { 0 } else { made.len() as u64 - 1 };
        let offer = Offer {
            head: pen.head(sequence, id(&bad)),
            records: std::slice::from_ref(&bad),
        };
        let wants = actor.answer(&[offer]).await;
        // Of a log that parted from what is held, more is asked for: enough to prove where.
        let is_parted = matches!(case.sync, "wrong_previous" | "fork");
        let asked = if is_parted { 2 } else { 1 };
        assert_eq!(wants.len(), asked, "{}", case.name);
        let code = refusal(&mut events, actor.net.peer(), "sync").await;
        assert_eq!(code, case.sync, "{} on sync", case.name);
        if case.sync == "fork" {
            proof(&mut events).await;
            records += 1;
        }
        stage.not_seen(&bad, case.name).await;
        assert_eq!(stage.records().await, records, "{} on sync", case.name);

        let made = (case.make)(&stage.fresh(case.chapter));
        let bad = tell_beginning(&stage, &actor, case.chapter, &made).await;
        records += made.len() as u64 - 1;
        actor.gossip(case.chapter, bad.encode_to_vec().into()).await;
        let code = refusal(&mut events, actor.net.peer(), "gossip").await;
        assert_eq!(code, case.gossip, "{} on gossip", case.name);
        if case.gossip == "fork" {
            proof(&mut events).await;
            records += 1;
        }
        stage.not_seen(&bad, case.name).await;
        assert_eq!(stage.records().await, records, "{} on gossip", case.name);
        actor.end().await;
    }
    let actor = stage.actor(200).await;
    let good = stage.fresh("m49:001").first();
    actor.gossip("m49:001", good.encode_to_vec().into()).await;
    arrival_of(stage.handle(), &id(&good).to_string()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_that_are_no_record_are_refused() {
    let stage = Stage::set().await;
    let actor = stage.actor(1).await;
    let mut events = stage.handle().events(None);
    let records = stage.records().await;
    let texts: [(&[u8], &str); 3] = [
        (b"\xff\xff\xff\xff not a record", "bad_encoding"),
        (b"\x00", "bad_encoding"),
        (&[b'x'; 70_000], "too_large"),
    ];
    for (bytes, code) in texts {
        actor.gossip("m49:001", Bytes::copy_from_slice(bytes)).await;
        assert_eq!(refusal(&mut events, actor.net.peer(), "gossip").await, code);
    }
    assert_eq!(stage.records().await, records);
}
