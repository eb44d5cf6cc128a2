//! Acts and organisations are called by as much of their ids as is unique, and organisations by their names.

use std::collections::BTreeMap;

use alliance_api::{CharterChange, Proposal, RecordQuery};
use alliance_node::{KeysError, Rotation, Terms};
use alliance_record::OrganisationId;
use alliance_tests::{Cluster, share};

use crate::council::{by_act, organisation, propose, until};

/// More acts than there are hexadecimal digits: two begin with the same one.
const ACTS: usize = 17;

fn remove(organisation: &str) -> Proposal {
    Proposal::Remove {
        organisation: organisation.to_owned(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn organisations_are_called_by_name_or_by_the_beginning_of_a_key() {
    let mut cluster = Cluster::found("First", "GB").await;
    cluster.join(0, "Second", "CZ").await;
    let handle = cluster.handle(0);
    let named = organisation(&cluster, 1).await;
    until(handle, || async {
        let all = handle.organisations().await.unwrap();
        all.iter().any(|one| one.name == "Second").then_some(())
    })
    .await;
    let did = named.parse::<OrganisationId>().unwrap().did();
    for text in ["second", &named[..12], &did, &did[..20], &format!("{}…", &did[..20])] {
        let act = propose(handle, remove(text)).await;
        let shown = handle.act(&act[..20]).await.unwrap();
        assert_eq!(shown.organisation.map(|one| one.id), Some(named.clone()), "{text}");
    }
    share(cluster.handle(1), "By the second organisation", "m49:001").await;
    let query = RecordQuery {
        organisation: Some("Second".to_owned()),
        ..RecordQuery::default()
    };
    assert_eq!(cluster.handle(1).records(query).await.unwrap().records.len(), 1);
    let request = alliance_api::ProposeRequest {
        act: remove("Secnd"),
        reason: "conduct".to_owned(),
        note: String::new(),
        before: Vec::new(),
    };
    let refused = handle.propose(request).await.unwrap_err();
    assert!(refused.detail.contains("Did you mean Second ("), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_beginning_that_several_acts_have_names_them() {
    let mut cluster = Cluster::found("First", "GB").await;
    let mut by_digit: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for number in 0..ACTS {
        let change = CharterChange {
            name: Some(format!("Alliance number {number}")),
            ..CharterChange::default()
        };
        let act = propose(cluster.handle(0), Proposal::Amend(change)).await;
        by_digit.entry(act[..1].to_owned()).or_default().push(act);
    }
    let (digit, acts) = by_digit.iter().find(|(_, acts)| acts.len() > 1).unwrap();
    let refused = cluster.handle(0).act(digit).await.unwrap_err();
    assert_eq!(refused.code, "ambiguous");
    assert!(
        acts.iter().all(|act| refused.detail.contains(&act[..16])),
        "{refused:?}"
    );
    cluster.members[0].stop().await;
    let data = &cluster.members[0].data;
    let rotate = |act: &str| {
        let rotation: Rotation = by_act(act);
        alliance_node::rotate(data, &Terms::default(), &rotation, None)
    };
    let error = rotate(digit).unwrap_err().to_string();
    assert!(acts.iter().all(|act| error.contains(act)), "{error}");
    let error = rotate("0000000000").unwrap_err();
    assert!(matches!(error, KeysError::Option { option: "--act", .. }), "{error}");
    rotate(&acts[0][..20]).unwrap();
    let epoch = alliance_node::show(data).unwrap().certificate.unwrap().epoch;
    assert_eq!(epoch.as_ref(), Some(&acts[0]));
}
