//! Further nodes of an organisation, and the end of a node: shared by the drills.

use std::path::{Path, PathBuf};

use alliance_api::{CutsRequest, StatementRequest};
use alliance_node::{EndOfNode, FirstMember, Handle, RequestOptions, Terms};
use alliance_tests::Cluster;

/// How a new node finds a member that runs.
pub(crate) async fn first_member(cluster: &Cluster, member: usize) -> FirstMember {
    let status = cluster.handle(member).status().await.unwrap();
    FirstMember {
        organisation: status.organisation.id,
        peer: status.node.peer,
        addresses: vec![cluster.members[member].address().to_owned()],
    }
}

/// The directory of a further node, certified by the key in `home`. It dials `first`.
pub(crate) fn certified(home: &Path, name: &str, first: FirstMember) -> PathBuf {
    let data = home.with_file_name(name);
    let options = RequestOptions {
        label: name.to_owned(),
        passphrase: None,
    };
    let request = alliance_node::request(&data, &options).unwrap();
    let file = alliance_node::certify(home, &request, &Terms::default(), vec![first], None).unwrap();
    alliance_node::install(&data, &file).unwrap();
    data
}

/// Revokes a node of the organisation whose key is in `home`, before some of its records.
pub(crate) async fn revoke(home: &Path, by: &Handle, writer: &str, before: &[String]) {
    let request = CutsRequest {
        writer: writer.to_owned(),
        before: before.to_vec(),
    };
    let cuts = by.cuts_of(request).await.unwrap();
    let end = EndOfNode {
        writer: cuts.writer,
        cuts: cuts.cuts,
        reason: "stolen".to_owned(),
    };
    let signed = alliance_node::revoke(home, &end, None).unwrap();
    let request = StatementRequest {
        kind: signed.kind,
        body: signed.body,
    };
    by.carry(request).await.unwrap();
}
