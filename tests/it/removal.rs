//! Drill: an organisation is removed. Every node cuts it off, nothing that it writes counts, an admission does not bring it
//! back, and a reinstatement does.

use alliance_api::{Event, InviteRequest, Level, OrganisationState, Proposal};
use alliance_node::{Handle, Terms};
use alliance_record::InstanceId;
use alliance_record::proto::v1;
use alliance_tests::{Cluster, Member, arrival_of, next_event, settings, share, soon};
use bytes::Bytes;
use prost::Message;

use crate::actor::Actor;
use crate::bundle::{bundle, ranges};
use crate::council::{
    approve, approved_by, connected, cut_in_time, decided, in_force, organisation, peer, propose, reason, refused_as,
    seat, until, watched,
};
use crate::directory::{Keys, alliance_of};
use crate::envelope::{Pen, id};
use crate::forks::copied;
use crate::invited::{code, joining};

const CHAPTER: &str = "m49:001";
const STAY: [usize; 4] = [0, 1, 2, 3];
const LEAVES: usize = 4;
/// The kind of an admission.
const ADMISSION: u32 = 65;

/// Five organisations, three of them stewards; the last is connected with all.
async fn stage() -> Cluster {
    let mut cluster = Cluster::found("First", "GB").await;
    for (name, country) in [("Second", "CZ"), ("Third", "DE"), ("Fourth", "FR"), ("Fifth", "IT")] {
        cluster.join(0, name, country).await;
    }
    seat(&cluster, &[1, 2], &[0, 1, 2, 3, 4]).await;
    let leaver = peer(cluster.handle(LEAVES)).await;
    for node in STAY {
        connected(cluster.handle(node), &leaver).await;
    }
    cluster
}

/// Removes the last by two stewards, while every other node is watched. Returns the act.
async fn removed(cluster: &Cluster) -> String {
    let leaver = peer(cluster.handle(LEAVES)).await;
    let named = organisation(cluster, LEAVES).await;
    let act = propose(cluster.handle(1), Proposal::Remove { organisation: named }).await;
    approved_by(cluster.handle(0), &act, 0).await;
    approve(&cluster.members[0].data, cluster.handle(0), &act)
        .await
        .unwrap();
    for node in STAY {
        approved_by(cluster.handle(node), &act, 1).await;
    }
    let watching = STAY.map(|node| watched(cluster.handle(node), "approval", &leaver));
    approve(&cluster.members[1].data, cluster.handle(1), &act)
        .await
        .unwrap();
    cut_in_time("removal", watching.into()).await;
    act
}

async fn is_member_on(cluster: &Cluster, node: usize, named: &str) -> bool {
    let all = cluster.handle(node).organisations().await.unwrap();
    all.iter().any(|organisation| organisation.id == named)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removed_organisation_is_cut_off_by_every_node_and_comes_back_by_a_reinstatement() {
    let mut cluster = stage().await;
    let named = organisation(&cluster, LEAVES).await;
    let before = share(cluster.handle(LEAVES), "While it is a member", CHAPTER)
        .await
        .id
        .unwrap();
    for node in STAY {
        arrival_of(cluster.handle(node), &before).await;
    }
    cluster.members[LEAVES].stop().await;
    let copy = cluster.members[LEAVES].data.with_file_name("as-before");
    copied(&cluster.members[LEAVES].data, &copy);
    cluster.members[LEAVES].start().await;
    let leaver = peer(cluster.handle(LEAVES)).await;
    for node in STAY {
        connected(cluster.handle(node), &leaver).await;
    }
    let act = removed(&cluster).await;
    for node in STAY {
        assert!(!is_member_on(&cluster, node, &named).await, "{node}");
    }
    is_former(&cluster, &named, &act).await;
    cluster.members[LEAVES].stop().await;
    let late = does_not_return(&cluster, copy, &act).await;
    no_admission_brings_it_back(&mut cluster, &named).await;
    reinstated(&mut cluster, &named).await;
    for node in STAY {
        let handle = cluster.handle(node);
        assert!(!handle.record(&before).await.unwrap().summary.disputed);
        assert_eq!(handle.record(&late).await.unwrap_err().code, "not_found");
    }
}

/// It is listed with the act, and whoever would invite it by its name is told.
async fn is_former(cluster: &Cluster, named: &str, act: &str) {
    let former = cluster.handle(0).former_organisations().await.unwrap();
    let shown: Vec<_> = former
        .iter()
        .map(|one| (one.id.as_str(), one.name.as_str(), one.state))
        .collect();
    assert_eq!(shown, [(named, "Fifth", OrganisationState::Removed)]);
    assert_eq!(former[0].act.as_deref(), Some(act));
    let request = InviteRequest {
        note: "For Fifth, once more".to_owned(),
        ..InviteRequest::default()
    };
    let given = cluster.handle(0).invite(request).await.unwrap();
    let warned = given
        .warnings
        .iter()
        .any(|warning| warning.contains(&act[..12]) && warning.contains("reinstate"));
    assert!(warned, "{:?}", given.warnings);
}

/// A node as it was before it could hear of its removal: refused by all, with the reason, and what it writes is taken by none.
async fn does_not_return(cluster: &Cluster, copy: std::path::PathBuf, act: &str) -> String {
    let mut unaware = Member::at(copy, settings("/ip4/127.0.0.1/tcp/0"));
    // While it reaches nobody it goes on, as any node that is alone.
    let addresses = std::fs::read(unaware.data.join("addresses.json")).unwrap();
    std::fs::remove_file(unaware.data.join("addresses.json")).unwrap();
    unaware.start().await;
    let late = share(unaware.handle(), "After it was removed", CHAPTER)
        .await
        .id
        .unwrap();
    unaware.stop().await;
    std::fs::write(unaware.data.join("addresses.json"), addresses).unwrap();
    unaware.start().await;
    refused_as(unaware.handle(), "not_on_roster").await;
    refuses_to_publish(unaware.handle(), "cut_off", act).await;
    let reasons = unaware.handle().status().await.unwrap().reasons;
    assert!(
        reasons.iter().any(|reason| reason.contains("nothing here says why")),
        "{reasons:?}"
    );
    // Nothing but who refuses it, with the act.
    assert!(reasons.iter().any(|reason| reason.contains(act)), "{reasons:?}");
    assert!(unaware.handle().peers().await.unwrap().is_empty());
    let envelope = unaware.handle().record(&late).await.unwrap().envelope;
    all_refuse(cluster, &late, unhex(&envelope)).await;
    told_of_its_removal(cluster, &unaware, act).await;
    unaware.stop().await;
    late
}

/// Passed on by a member that does not know better, it is taken by nobody.
async fn all_refuse(cluster: &Cluster, late: &str, envelope: Bytes) {
    let data = &cluster.members[3].data;
    for node in STAY {
        let (handle, seed) = (cluster.handle(node), 20 + node as u8);
        // One to each: what is refused is not passed on.
        let address = cluster.members[node].address();
        let actor = Actor::connect(&Keys::read(data), alliance_of(data), seed, address).await;
        let (digest, mut events) = (handle.chapter(CHAPTER).await.unwrap().digest, handle.events(None));
        actor.gossip(CHAPTER, envelope.clone()).await;
        let refused = next_event(&mut events, |event| match event {
            Event::RecordRefused { record, code, .. } if record.as_deref() == Some(late) => Some(code.clone()),
            _ => None,
        });
        assert_eq!(refused.await, "log_ended", "{node}");
        assert_eq!(handle.why(late).await.unwrap().code.as_deref(), Some("log_ended"));
        assert_eq!(handle.chapter(CHAPTER).await.unwrap().digest, digest);
        actor.end().await;
    }
}

pub(crate) fn unhex(text: &str) -> Bytes {
    let byte = |at: usize| u8::from_str_radix(&text[at * 2..at * 2 + 2], 16).unwrap();
    (0..text.len() / 2).map(byte).collect()
}

/// Once it holds the act it says so itself, with the remedy.
async fn told_of_its_removal(cluster: &Cluster, node: &Member, act: &str) {
    let mut events = node.handle().events(None);
    let file = bundle(cluster.handle(0), &["alliance".to_owned()]).await;
    for range in ranges(file) {
        node.handle().import_ranges(range).await.unwrap();
    }
    let told = next_event(&mut events, |event| match event {
        Event::CutOff { code, act, .. } => Some((code.clone(), act.clone())),
        _ => None,
    });
    assert_eq!(told.await, ("organisation_removed".to_owned(), Some(act.to_owned())));
    let status = node.handle().status().await.unwrap();
    assert_eq!(status.level, Level::Failing);
    let reason = reason(node.handle(), "organisation_removed").await;
    assert!(
        reason.contains(&act[..12]) && reason.contains("alliance log"),
        "{reason}"
    );
    assert!(
        !status
            .reasons
            .iter()
            .any(|reason| reason.contains("not on the roster yet"))
    );
    refuses_to_publish(node.handle(), "organisation_removed", &act[..12]).await;
}

/// It says by which act it is cut off, and what mends it.
async fn refuses_to_publish(handle: &Handle, code: &str, act: &str) {
    let document = alliance_tests::practice("Once more from outside");
    let refused = alliance_tests::share_document(handle, document, CHAPTER).await;
    let problem = refused.unwrap_err();
    assert_eq!(problem.code, code);
    let says = |text: &str| problem.detail.contains(text);
    assert!(says(act) && says("alliance log") && says("keep it"), "{problem:?}");
}

/// Neither an invitation, nor an admission that a member's node writes all the same.
async fn no_admission_brings_it_back(cluster: &mut Cluster, named: &str) {
    let again = cluster.init("Fifth again", "IT");
    copied(&cluster.members[LEAVES].data.join("keys"), &again.join("keys"));
    let error = joining(&again, &cluster.invitation(3).await).await.unwrap_err();
    assert_eq!(code(&error), "off_roster", "{error}");

    cluster.members[3].stop().await;
    let data = &cluster.members[3].data;
    let pen = Pen {
        keys: Keys::read(data),
        alliance: alliance_of(data),
        instance: InstanceId([9; 8]),
        chapter: "alliance".parse().unwrap(),
    };
    let organisation: alliance_record::OrganisationId = named.parse().unwrap();
    let admission = v1::Admission {
        organisation: Bytes::copy_from_slice(organisation.as_bytes()),
        name: "Fifth".to_owned(),
        ..v1::Admission::default()
    };
    let record = pen.sheet_of(ADMISSION, admission.encode_to_vec().into(), (0, None));
    let record = record.signed(&pen.keys.node);
    let actor = Actor::connect(&pen.keys, pen.alliance, 7, cluster.members[0].address()).await;
    actor.gossip("alliance", record.encode_to_vec().into()).await;
    for node in [0, 1, 2] {
        arrival_of(cluster.handle(node), &id(&record).to_string()).await;
        assert!(!is_member_on(cluster, node, named).await, "{node}");
    }
    actor.end().await;
    cluster.members[3].start().await;
}

async fn reinstated(cluster: &mut Cluster, named: &str) {
    let organisation = named.to_owned();
    let act = decided(
        cluster,
        &[2, 0],
        Proposal::Reinstate {
            organisation,
            key: None,
        },
    )
    .await;
    in_force(cluster, &STAY, &act).await;
    alliance_node::rotate(
        &cluster.members[LEAVES].data,
        &Terms::default(),
        &crate::council::by_act(&act),
        None,
    )
    .unwrap();
    cluster.members[LEAVES].start().await;
    let returned = cluster.handle(LEAVES);
    until(returned, || async {
        is_member_on(cluster, LEAVES, named).await.then_some(())
    })
    .await;
    until(returned, || async {
        let nodes = returned.nodes().await.unwrap();
        nodes.iter().any(|node| node.this_one && !node.ended).then_some(())
    })
    .await;
    let said = share(returned, "Back in the alliance", CHAPTER).await.id.unwrap();
    for node in STAY {
        arrival_of(cluster.handle(node), &said).await;
        assert!(is_member_on(cluster, node, named).await, "{node}");
    }
    // It is shown under whoever invited it, as before.
    let all = cluster.handle(1).organisations().await.unwrap();
    let returned = all.iter().find(|one| one.id == named).unwrap();
    assert!(
        returned.admitted_by.is_some() && returned.since_ms.is_some(),
        "{returned:?}"
    );
    assert!(cluster.handle(1).former_organisations().await.unwrap().is_empty());
    cluster.agree_on(CHAPTER, 2).await;
    soon(cluster.agree_on("alliance", 1)).await;
}
