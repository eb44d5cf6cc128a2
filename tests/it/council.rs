//! Stewards at work: acts proposed, approved and waited for on real nodes, and connections watched as they are cut.

use std::path::Path;
use std::time::{Duration, Instant};

use alliance_api::{ActState, CharterChange, Event, Problem, Proposal, ProposeRequest, StatementRequest};
use alliance_node::{Handle, Rotation, StewardWord};
use alliance_tests::{Cluster, next_event, soon};
use tokio::task::JoinHandle;

/// How soon a connection is to be gone once its node has stored what ends it.
pub(crate) const CUT_WITHIN: Duration = Duration::from_secs(1);

/// Waits until something can be seen on a node: looks again whenever anything happens there.
pub(crate) async fn until<T, F: Future<Output = Option<T>>>(handle: &Handle, look: impl Fn() -> F) -> T {
    let mut events = handle.events(None);
    let seen = async {
        loop {
            if let Some(seen) = look().await {
                return seen;
            }
            events.next().await.expect("the node runs");
        }
    };
    soon(seen).await
}

/// The keys of organisations and peer ids of nodes, as they name themselves.
pub(crate) async fn organisation(cluster: &Cluster, member: usize) -> String {
    cluster.handle(member).status().await.unwrap().organisation.id
}

pub(crate) async fn peer(handle: &Handle) -> String {
    handle.status().await.unwrap().node.peer
}

/// Waits until a node is connected with another.
pub(crate) async fn connected(handle: &Handle, peer: &str) {
    until(handle, || async {
        let peers = handle.peers().await.unwrap();
        peers.iter().any(|row| row.peer == peer).then_some(())
    })
    .await;
}

/// Waits until it is connected no more.
pub(crate) async fn disconnected(handle: &Handle, peer: &str) {
    until(handle, || async {
        let peers = handle.peers().await.unwrap();
        peers.iter().all(|row| row.peer != peer).then_some(())
    })
    .await;
}

pub(crate) async fn propose(handle: &Handle, act: Proposal) -> String {
    propose_before(handle, act, &[]).await
}

/// Proposes that what was written from some place on does not count.
pub(crate) async fn propose_before(handle: &Handle, act: Proposal, before: &[String]) -> String {
    let request = ProposeRequest {
        act,
        reason: "agreed".to_owned(),
        note: String::new(),
        before: before.to_vec(),
    };
    handle.propose(request).await.unwrap().id
}

/// A rotation that an act asks for.
pub(crate) fn by_act(act: &str) -> Rotation {
    Rotation {
        act: Some(act.to_owned()),
        ..Rotation::default()
    }
}

/// Signs a word with the organisation's key in a directory, and publishes it by a node.
pub(crate) async fn approve(data: &Path, by: &Handle, act: &str) -> Result<(), Problem> {
    let word = StewardWord {
        act: act.to_owned(),
        approves: true,
        note: String::new(),
    };
    let signed = alliance_node::approve(data, &word, None).unwrap();
    let request = StatementRequest {
        kind: signed.kind,
        body: signed.body,
    };
    by.carry(request).await.map(|_| ())
}

/// Waits until a node knows an act with so many approvals.
pub(crate) async fn approved_by(handle: &Handle, act: &str, approvals: usize) {
    until(handle, || async {
        let shown = handle.act(act).await.ok()?;
        let approving = shown.words.iter().filter(|word| word.approves).count();
        (approving >= approvals).then_some(())
    })
    .await;
}

/// Waits until an act is in force on nodes.
pub(crate) async fn in_force(cluster: &Cluster, nodes: &[usize], act: &str) {
    for node in nodes {
        let handle = cluster.handle(*node);
        until(handle, || async {
            let shown = handle.act(act).await.ok()?;
            (shown.state == ActState::InForce).then_some(())
        })
        .await;
    }
}

/// An act that the first of these stewards proposes and all of them approve, each on its own node.
pub(crate) async fn decided(cluster: &Cluster, stewards: &[usize], act: Proposal) -> String {
    let act = propose(cluster.handle(stewards[0]), act).await;
    all_approve(cluster, stewards, &act).await;
    act
}

/// All of these stewards approve an act, each on its own node.
pub(crate) async fn all_approve(cluster: &Cluster, stewards: &[usize], act: &str) {
    for (before, steward) in stewards.iter().enumerate() {
        let member = &cluster.members[*steward];
        approved_by(member.handle(), act, before).await;
        approve(&member.data, member.handle(), act).await.unwrap();
    }
}

/// The founder alone seats further stewards; all nodes know of it afterwards.
pub(crate) async fn seat(cluster: &Cluster, added: &[usize], nodes: &[usize]) {
    let mut change = CharterChange::default();
    for steward in added {
        change.add_stewards.push(organisation(cluster, *steward).await);
    }
    let act = decided(cluster, &[0], Proposal::Amend(change)).await;
    in_force(cluster, nodes, &act).await;
    let charter = cluster.handle(0).governance().await.unwrap().charter.unwrap();
    let all = added.len() as u32 + 1;
    assert_eq!((charter.stewards.len() as u32, charter.threshold), (all, all / 2 + 1));
}

/// How long a node takes from storing the next record of a kind to losing its connection with a peer.
pub(crate) fn watched(handle: &Handle, kind: &'static str, peer: &str) -> JoinHandle<Duration> {
    let (mut events, peer) = (handle.events(None), peer.to_owned());
    tokio::spawn(async move {
        let is_it = |event: &Event| matches!(event, Event::Record { record } if record.kind == kind).then_some(());
        next_event(&mut events, is_it).await;
        let stored = Instant::now();
        let is_down =
            |event: &Event| matches!(event, Event::PeerDown { peer: down, .. } if *down == peer).then_some(());
        next_event(&mut events, is_down).await;
        stored.elapsed()
    })
}

/// Every watched node cut the peer off in time.
#[expect(clippy::print_stdout, reason = "a drill tells what it measured")]
pub(crate) async fn cut_in_time(what: &str, watching: Vec<JoinHandle<Duration>>) {
    for (node, watched) in watching.into_iter().enumerate() {
        let took = soon(watched).await.unwrap();
        println!("{what}: watcher {node} cut the connection {took:?} after it stored what ends it");
        assert!(took < CUT_WITHIN, "{what}: {took:?}");
    }
}

/// The next refusal of a node by members, with its code.
pub(crate) async fn refused_as(handle: &Handle, code: &str) {
    until(handle, || async {
        let reasons = handle.status().await.unwrap().reasons;
        let end = format!("({code})");
        reasons.iter().any(|reason| reason.ends_with(&end)).then_some(())
    })
    .await;
}

/// The reason of a status that ends with a code.
pub(crate) async fn reason(handle: &Handle, code: &str) -> String {
    let reasons = handle.status().await.unwrap().reasons;
    let end = format!("({code})");
    let found = reasons.iter().find(|reason| reason.ends_with(&end)).cloned();
    found.unwrap_or_else(|| panic!("{code} is not among {reasons:?}"))
}
