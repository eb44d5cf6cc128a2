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
    for peer in peers.iter().filter(|peer| !peer.resembles.is_empty()) {
        context.output.note(&crate::text::plain(&format!(
            "warning: {} looks like another member's name: compare the keys (`{}`)",
            peer.organisation_name,
            context.command("members --json")
        )));
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
        table.push(vec![
            organisation(peer, screen),
            replica(peer),
            span(peer.connected_ms),
            if peer.outbound { "out" } else { "in" }.to_owned(),
            peer.peer.clone(),
            peer.address.clone(),
        ]);
    }
    table.render(screen)
}

/// Columns of an organisation's name on a terminal.
const NAME_COLUMNS_MAX: usize = 24;

/// A peer's organisation: by its name, once that has arrived.
pub(super) fn organisation(peer: &PeerStatus, screen: Screen) -> String {
    let name = if peer.organisation_name.is_empty() {
        &peer.organisation
    } else {
        &peer.organisation_name
    };
    match screen.columns {
        Some(_) => crate::text::cut(name, NAME_COLUMNS_MAX),
        None => name.clone(),
    }
}

fn replica(peer: &PeerStatus) -> String {
    let records_per_s = peer.sync.session.as_ref().and_then(|session| session.records_per_s);
    match (peer.sync.in_step, peer.sync.missing, records_per_s) {
        (None, _, _) => "not compared".to_owned(),
        (Some(true), _, _) => "the same".to_owned(),
        (Some(false), missing, None) => format!("{missing} missing here"),
        (Some(false), missing, Some(pace)) => format!("{missing} missing here, {pace}/s"),
    }
}

#[cfg(test)]
mod tests {
    use alliance_api::SyncStatus;

    use super::super::sync::tests::{fetching, lacking, peer};
    use super::*;

    #[test]
    fn how_a_replica_compares_is_said_in_words() {
        let replicas = [SyncStatus::default(), lacking(0), lacking(4), fetching(4)];
        let peers = replicas.map(|sync| peer("", sync));
        let shown = table(&peers, Screen { columns: None });
        let replicas: Vec<&str> = shown
            .lines()
            .skip(1)
            .filter_map(|line| line.split('\t').nth(1))
            .collect();
        let expected = ["not compared", "the same", "4 missing here", "4 missing here, 320/s"];
        assert_eq!(replicas, expected);
        assert!(shown.contains("\nab\tnot compared\t1 min\tout\t12D3\t"), "{shown}");
    }
}
