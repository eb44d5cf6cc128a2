//! `alliance peers`: the connected nodes.

use alliance_api::PeerStatus;

use crate::calendar::span;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Screen;
use crate::table::Table;

pub(super) async fn perform(context: &Context) -> Result<Exit, Failure> {
    let peers = context
        .client()?
        .peers()
        .await
        .map_err(|error| context.refused(error))?;
    context.output.answer(&peers, |screen| table(&peers, screen))?;
    if peers.is_empty() {
        context.output.note(&format!(
            "No member's node is connected. `{}` tells more.",
            context.command("status")
        ));
    }
    Ok(Exit::Done)
}

/// Peers as a table; also a part of `status`.
pub(super) fn table(peers: &[PeerStatus], screen: Screen) -> String {
    if peers.is_empty() {
        return String::new();
    }
    let mut table = Table::new(&["ORGANISATION", "REPLICA", "SINCE", "WAY", "PEER", "ADDRESS"]);
    for peer in peers {
        let name = if peer.organisation_name.is_empty() {
            &peer.organisation
        } else {
            &peer.organisation_name
        };
        table.push(vec![
            if screen.columns.is_some() {
                crate::text::cut(name, 24)
            } else {
                name.clone()
            },
            replica(peer),
            span(peer.connected_ms),
            if peer.outbound { "out" } else { "in" }.to_owned(),
            peer.peer.clone(),
            peer.address.clone(),
        ]);
    }
    table.render(screen)
}

fn replica(peer: &PeerStatus) -> String {
    match (peer.sync.in_step, peer.sync.missing) {
        (None, _) => "not compared".to_owned(),
        (Some(true), _) => "the same".to_owned(),
        (Some(false), 0) => "differs".to_owned(),
        (Some(false), missing) => format!("{missing} missing here"),
    }
}

#[cfg(test)]
mod tests {
    use alliance_api::SyncStatus;

    use super::*;

    fn peer(in_step: Option<bool>, missing: u64) -> PeerStatus {
        PeerStatus {
            peer: "12D3".to_owned(),
            organisation: "ab".to_owned(),
            organisation_name: String::new(),
            address: "/ip4/10.0.0.1/tcp/4001".to_owned(),
            outbound: true,
            connected_ms: 90_000,
            sync: SyncStatus {
                in_step,
                missing,
                checked_ms_ago: None,
            },
        }
    }

    #[test]
    fn how_a_replica_compares_is_said_in_words() {
        let shown = table(
            &[peer(None, 0), peer(Some(true), 0), peer(Some(false), 4)],
            Screen { columns: None },
        );
        let replicas: Vec<&str> = shown.lines().filter_map(|line| line.split('\t').nth(1)).collect();
        assert_eq!(replicas, ["not compared", "the same", "4 missing here"]);
        assert!(shown.starts_with("ab\tnot compared\t1 min\tout\t12D3\t"), "{shown}");
    }
}
