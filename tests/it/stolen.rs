//! Drill: the key of one of an organisation's two nodes is stolen. The other node revokes it before the first record that
//! the thief wrote.

use alliance_api::{Event, RecordQuery};
use alliance_node::Handle;
use alliance_tests::{Cluster, Member, arrival_of, next_event, settings, share};

use crate::council::{connected, cut_in_time, organisation, peer, reason, until, watched};
use crate::further::{certified, first_member, revoke};

const CHAPTER: &str = "m49:001";
const THIEF: usize = 3;
/// Records of the alliance's own chapter when four organisations have said what they say by themselves, one by a further
/// node as well.
const RECORDS_WITH_MOLE: u64 = crate::stage::RECORDS_OF_TWO + 7 + 1 + 7;

/// Three organisations, and a further node of the first.
async fn stage() -> Cluster {
    let mut cluster = Cluster::found("First", "GB").await;
    cluster.join(0, "Second", "CZ").await;
    cluster.join(0, "Third", "DE").await;
    let first = first_member(&cluster, 0).await;
    let data = certified(&cluster.members[0].data, "further", first);
    let mut further = Member::at(data, settings("/ip4/127.0.0.1/tcp/0"));
    further.start().await;
    cluster.members.push(further);
    let named = peer(cluster.handle(THIEF)).await;
    for node in [0, 1, 2] {
        connected(cluster.handle(node), &named).await;
    }
    cluster
}

async fn is_member(handle: &Handle, named: &str) -> bool {
    let all = handle.organisations().await.unwrap();
    all.iter().any(|organisation| organisation.id == named)
}

/// The admission that the thief's node wrote: the last.
async fn admission(cluster: &Cluster) -> String {
    let query = RecordQuery {
        kind: Some("admission".to_owned()),
        governance: Some(true),
        ..RecordQuery::default()
    };
    let mut newest_first = cluster.handle(0).records(query).await.unwrap().records.into_iter();
    newest_first.next().unwrap().id
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stolen_node_is_cut_off_and_what_the_thief_wrote_does_not_count() {
    let mut cluster = stage().await;
    let good = share(cluster.handle(THIEF), "Before the theft", CHAPTER)
        .await
        .id
        .unwrap();
    let bad = share(cluster.handle(THIEF), "By the thief", CHAPTER).await.id.unwrap();
    cluster.join(THIEF, "Mole", "FR").await;
    let mole = organisation(&cluster, 4).await;
    for node in [0, 1, 2] {
        arrival_of(cluster.handle(node), &bad).await;
        let handle = cluster.handle(node);
        until(handle, || async { is_member(handle, &mole).await.then_some(()) }).await;
    }
    // All hold all that the one whom the thief let in wrote.
    cluster.agree_on("alliance", RECORDS_WITH_MOLE).await;
    let of_mole = share(cluster.handle(4), "By whom the thief let in", CHAPTER)
        .await
        .id
        .unwrap();
    cluster.agree_on(CHAPTER, 3).await;
    let (named, admitted) = (peer(cluster.handle(THIEF)).await, admission(&cluster).await);
    let writer = cluster.handle(THIEF).status().await.unwrap().node.writer;
    let watching = [0, 1, 2].map(|node| watched(cluster.handle(node), "revocation", &named));
    let home = cluster.members[0].data.clone();
    revoke(&home, cluster.handle(0), &writer, &[bad.clone(), admitted.clone()]).await;
    cut_in_time("stolen node", watching.into()).await;
    for node in [0, 1, 2] {
        let handle = cluster.handle(node);
        assert!(!handle.record(&good).await.unwrap().summary.disputed);
        assert!(handle.record(&bad).await.unwrap().summary.disputed);
        assert!(handle.record(&admitted).await.unwrap().summary.disputed);
        assert!(!is_member(handle, &mole).await, "{node}");
        assert_eq!(handle.why(&bad).await.unwrap().ended_by, ["organisation"]);
        let why = handle.why(&of_mole).await.unwrap();
        assert!(
            why.detail.contains("no admission of its organisation counts"),
            "{why:?}"
        );
    }
    cluster.members[4].stop().await;
    cluster.members[THIEF].stop().await;
    goes_on(&cluster).await;
    says_so(&mut cluster).await;
}

/// The honest node of the same organisation does, and all agree.
async fn goes_on(cluster: &Cluster) {
    let said = share(cluster.handle(0), "The honest node goes on", CHAPTER)
        .await
        .id
        .unwrap();
    for node in [1, 2] {
        arrival_of(cluster.handle(node), &said).await;
    }
    cluster.agree_on(CHAPTER, 2).await;
    cluster.agree_on("alliance", 1).await;
}

/// The revoked node is refused, and once it holds the revocation it says what to do.
async fn says_so(cluster: &mut Cluster) {
    cluster.members[THIEF].start().await;
    let thief = cluster.handle(THIEF);
    let file = crate::bundle::bundle(cluster.handle(0), &["alliance".to_owned()]).await;
    let mut events = thief.events(None);
    let is_known = thief
        .nodes()
        .await
        .unwrap()
        .iter()
        .any(|node| node.this_one && node.ended);
    for range in crate::bundle::ranges(file) {
        thief.import_ranges(range).await.unwrap();
    }
    if !is_known {
        let told = next_event(&mut events, |event| match event {
            Event::CutOff { code, .. } => Some(code.clone()),
            _ => None,
        });
        assert_eq!(told.await, "node_revoked");
    }
    let reason = reason(thief, "node_revoked").await;
    assert!(reason.contains("alliance keys request"), "{reason}");
    assert!(thief.peers().await.unwrap().is_empty());
}

/// One of the members held nothing of what the thief let in: that nobody can take any more, and all agree all the same.
#[tokio::test(flavor = "multi_thread")]
async fn who_was_away_while_the_thief_let_somebody_in_agrees_with_all() {
    let mut cluster = stage().await;
    cluster.agree_on("alliance", 1).await;
    cluster.members[2].stop().await;
    cluster.join(THIEF, "Mole", "FR").await;
    let mole = organisation(&cluster, 4).await;
    for node in [0, 1] {
        let handle = cluster.handle(node);
        until(handle, || async { is_member(handle, &mole).await.then_some(()) }).await;
    }
    let (admitted, writer) = (
        admission(&cluster).await,
        cluster.handle(THIEF).status().await.unwrap().node.writer,
    );
    let home = cluster.members[0].data.clone();
    revoke(&home, cluster.handle(0), &writer, std::slice::from_ref(&admitted)).await;
    cluster.members[4].stop().await;
    cluster.members[THIEF].stop().await;
    cluster.members[2].start().await;
    cluster.agree_on("alliance", 1).await;
    assert!(!is_member(cluster.handle(2), &mole).await);
}
