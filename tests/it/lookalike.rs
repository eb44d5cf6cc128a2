//! Names that look alike are told of wherever names are shown.

use alliance_api::{InviteRequest, OrganisationState};
use alliance_tests::Cluster;

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_looks_like_another_members_is_told_of() {
    let mut cluster = Cluster::found("Harbour Trust", "GB").await;
    // Its first and fifth letters are Cyrillic.
    cluster.join(0, "Наrbоur Trust", "GB").await;
    cluster.join(1, "Fjordklinikken", "NO").await;
    cluster.agree_on("alliance", crate::stage::RECORDS_OF_TWO + 7).await;
    let members = cluster.handle(2).organisations().await.unwrap();
    let named = |name: &str| members.iter().find(|one| one.name == name).unwrap();
    let (real, other, third) = (named("Harbour Trust"), named("Наrbоur Trust"), named("Fjordklinikken"));
    assert_eq!(real.resembles, std::slice::from_ref(&other.id));
    assert_eq!(other.resembles, std::slice::from_ref(&real.id));
    assert!(third.resembles.is_empty());
    // The tree of invitations.
    assert_eq!((real.invited, other.invited, third.invited), (1, 1, 0));
    assert_eq!(third.admitted_by.as_deref(), Some(other.id.as_str()));
    assert_eq!(
        (real.state, third.state),
        (OrganisationState::Founder, OrganisationState::Member)
    );
    assert!(real.since_ms.is_some() && real.since_ms <= other.since_ms && other.since_ms <= third.since_ms);
    let peers = cluster.handle(2).peers().await.unwrap();
    assert!(
        peers
            .iter()
            .filter(|peer| peer.organisation != third.id)
            .all(|peer| peer.resembles.len() == 1)
    );

    let request = InviteRequest {
        note: "FJORDKLINIKKEN".to_owned(),
        ..InviteRequest::default()
    };
    let warnings = cluster.handle(0).invite(request).await.unwrap().warnings;
    assert!(
        warnings.len() == 1 && warnings[0].contains("Fjordklinikken"),
        "{warnings:?}"
    );
}
