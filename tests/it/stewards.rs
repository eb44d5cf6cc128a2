//! Drills of stewards: one that has gone silent is replaced by the others; one that approves two rivals is found out.

use alliance_api::{CharterChange, GovernanceView, Proposal};
use alliance_node::Handle;
use alliance_tests::{Cluster, Member, settings};

use crate::council::{approve, approved_by, decided, in_force, organisation, propose, seat, until};
use crate::further::{certified, first_member};

/// Four organisations, three of them stewards, of whom two decide.
async fn stage() -> Cluster {
    let mut cluster = Cluster::found("First", "GB").await;
    for (name, country) in [("Second", "CZ"), ("Third", "DE"), ("Fourth", "FR")] {
        cluster.join(0, name, country).await;
    }
    seat(&cluster, &[1, 2], &[0, 1, 2, 3]).await;
    cluster
}

async fn log(handle: &Handle) -> GovernanceView {
    handle.governance().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_steward_that_has_gone_silent_is_replaced_and_finds_the_same_log_when_it_comes_back() {
    let mut cluster = stage().await;
    let silent = organisation(&cluster, 2).await;
    let fourth = organisation(&cluster, 3).await;
    cluster.members[2].stop().await;
    let change = CharterChange {
        drop_stewards: vec![silent.clone()],
        add_stewards: vec![fourth.clone()],
        ..CharterChange::default()
    };
    let act = decided(&cluster, &[0, 1], Proposal::Amend(change)).await;
    in_force(&cluster, &[0, 1, 3], &act).await;
    let charter = log(cluster.handle(3)).await.charter.unwrap();
    assert_eq!((charter.number, charter.threshold), (3, 2));
    assert!(charter.stewards.iter().all(|steward| steward.id != silent));
    // They govern: the new steward and one of the old.
    let renamed = CharterChange {
        name: Some("Renamed alliance".to_owned()),
        ..CharterChange::default()
    };
    let next = decided(&cluster, &[3, 1], Proposal::Amend(renamed)).await;
    in_force(&cluster, &[0, 1, 3], &next).await;

    cluster.members[2].start().await;
    in_force(&cluster, &[2], &next).await;
    cluster.agree_on("alliance", 1).await;
    for node in [1, 2, 3] {
        assert_eq!(log(cluster.handle(node)).await, log(cluster.handle(0)).await, "{node}");
    }
    assert_eq!(
        cluster.handle(2).status().await.unwrap().alliance.name,
        "Renamed alliance"
    );
    // It is a member as before, and decides nothing any more.
    let renamed = CharterChange {
        name: Some("Another name".to_owned()),
        ..CharterChange::default()
    };
    let idle = propose(cluster.handle(0), Proposal::Amend(renamed)).await;
    approved_by(cluster.handle(2), &idle, 0).await;
    let refused = approve(&cluster.members[2].data, cluster.handle(2), &idle).await;
    assert_eq!(refused.unwrap_err().code, "may_not_approve");
}

/// Two acts on the fourth organisation, of which one alone can be in force; all know both.
async fn rivals(cluster: &Cluster, nodes: &[usize]) -> [String; 2] {
    let organisation = organisation(cluster, 3).await;
    let suspend = Proposal::Suspend {
        organisation: organisation.clone(),
    };
    let mild = propose(cluster.handle(0), suspend).await;
    let harsh = propose(cluster.handle(0), Proposal::Remove { organisation }).await;
    for node in nodes {
        approved_by(cluster.handle(*node), &mild, 0).await;
        approved_by(cluster.handle(*node), &harsh, 0).await;
    }
    [mild, harsh]
}

/// Starts one node alone, and has it publish a steward's approval.
async fn alone(cluster: &mut Cluster, steward: usize, by: usize, act: &str) {
    cluster.members[by].start().await;
    let data = cluster.members[steward].data.clone();
    approve(&data, cluster.handle(by), act).await.unwrap();
    cluster.members[by].stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_steward_that_approves_two_rivals_is_refused_by_its_node_and_named_by_all_if_it_goes_round_it() {
    let mut cluster = stage().await;
    let first = first_member(&cluster, 0).await;
    let data = certified(&cluster.members[1].data, "second-of-second", first);
    let mut further = Member::at(data, settings("/ip4/127.0.0.1/tcp/0"));
    further.start().await;
    cluster.members.push(further);
    let nodes = [0, 1, 2, 3, 4];
    let [mild, harsh] = rivals(&cluster, &nodes).await;
    for node in nodes {
        cluster.members[node].stop().await;
    }
    // The steward approves both, on two nodes that hear nothing of each other; and of the others one each.
    for (steward, by, act) in [(1, 1, &mild), (1, 4, &harsh), (0, 0, &mild), (2, 2, &harsh)] {
        alone(&mut cluster, steward, by, act).await;
    }
    cluster.members[1].start().await;
    let refused = approve(&cluster.members[1].data, cluster.handle(1), &harsh)
        .await
        .unwrap_err();
    assert_eq!(refused.code, "may_not_approve");
    assert!(refused.detail.contains(&mild), "{refused:?}");

    for node in [0, 2, 3, 4] {
        cluster.members[node].start().await;
    }
    // The harsher is in force everywhere, whichever a node heard of first.
    in_force(&cluster, &[0, 1, 2, 4], &harsh).await;
    let second = organisation(&cluster, 1).await;
    for node in [0, 1, 2, 4] {
        let handle = cluster.handle(node);
        let double = until(handle, || async { log(handle).await.double_approvals.pop() }).await;
        assert_eq!(double.steward.id, second, "{node}");
        let mut acts = [mild.clone(), harsh.clone()];
        acts.sort();
        assert_eq!(double.acts, acts, "{node}");
    }
    cluster.members[3].stop().await;
    cluster.agree_on("alliance", 1).await;
    for node in [1, 2, 4] {
        assert_eq!(log(cluster.handle(node)).await, log(cluster.handle(0)).await, "{node}");
    }
}
