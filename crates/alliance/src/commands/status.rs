//! `alliance status`: how the node is. Its exit code says it too, for a supervisor: 0 good, 1 degraded, 2 failing.

use alliance_api::{Level, Role, SearchState, SearchStatus, StatusReport};

use super::{chapter, peers, sync};
use crate::calendar::day_of;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Screen;
use crate::text::plain;

pub(super) async fn perform(context: &Context) -> Result<Exit, Failure> {
    let failing = |mut failure: Failure| {
        failure.exit = Exit::Usage;
        failure
    };
    let asked = context.client().map_err(failing)?.status().await;
    // Whoever supervises the node takes no answer for failing.
    let report = asked.map_err(|error| failing(context.refused(error)))?;
    context.output.answer(&report, |screen| render(&report, screen))?;
    Ok(exit(report.level))
}

const fn exit(level: Level) -> Exit {
    match level {
        Level::Good => Exit::Done,
        Level::Degraded => Exit::Failed,
        Level::Failing => Exit::Usage,
    }
}

fn render(report: &StatusReport, screen: Screen) -> String {
    let level = match report.level {
        Level::Good => "good",
        Level::Degraded => "degraded",
        Level::Failing => "failing",
    };
    let mut lines = vec![format!("status        {level}")];
    lines.extend(report.reasons.iter().map(|reason| format!("  - {}", plain(reason))));
    lines.extend(identity(report));
    lines.push(format!(
        "store         {} records, {} waiting, {} on disk",
        report.store.records,
        report.store.parked,
        bytes(report.store.bytes)
    ));
    lines.extend(report.store.opening.iter().map(|found| format!("  - {}", plain(found))));
    lines.push(format!("search        {}", search_line(&report.search)));
    if let Some(dataset) = &report.dataset {
        lines.push(format!(
            "dataset       {} records to come, in {}",
            dataset.behind,
            plain(&dataset.place)
        ));
    }
    lines.push(format!("sync          {}", sync::line(&report.sync)));
    let mut shown = lines.join("\n") + "\n";
    for part in [
        chapter::table(&report.chapters, screen),
        peers::table(&report.peers, screen),
    ] {
        if !part.is_empty() {
            shown.push('\n');
            shown.push_str(&part);
        }
    }
    if report.peers.is_empty() {
        shown.push_str("\nno member's node is connected\n");
    }
    shown
}

fn search_line(search: &SearchStatus) -> String {
    let state = match (search.state, search.behind) {
        (SearchState::Opening, _) => "is being opened".to_owned(),
        (SearchState::Failed, _) => "failed".to_owned(),
        (SearchState::Ready, 0) => "all records can be found".to_owned(),
        (SearchState::Ready, behind) => format!("{behind} records cannot be found yet"),
    };
    format!("{state}, {} on disk", bytes(search.bytes))
}

fn identity(report: &StatusReport) -> Vec<String> {
    let role = match report.node.role {
        Role::Hub => "hub",
        Role::Leaf => "leaf",
    };
    let members = report.alliance.members;
    let mut lines = vec![
        format!(
            "alliance      {} ({members} members)",
            named(&report.alliance.name, &report.alliance.id)
        ),
        format!(
            "organisation  {}",
            named(&report.organisation.name, &report.organisation.did)
        ),
        format!(
            "node          {} ({role}, version {})",
            plain(&report.node.peer),
            plain(&report.node.version)
        ),
    ];
    lines.extend(
        report
            .node
            .listen
            .iter()
            .map(|address| format!("listens at    {}", plain(address))),
    );
    lines.push(format!(
        "certificate   ends {}",
        day_of(report.node.certificate_ends_ms)
    ));
    lines
}

fn named(name: &str, id: &str) -> String {
    if name.is_empty() { plain(id) } else { plain(name) }
}

/// Bytes for people, in steps of 1024.
pub(super) fn bytes(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["KiB", "MiB", "GiB", "TiB"];
    let (mut shown, mut unit) = (bytes, "bytes");
    for larger in UNITS {
        if shown < 10_240 {
            break;
        }
        (shown, unit) = (shown / 1024, larger);
    }
    format!("{shown} {unit}")
}

#[cfg(test)]
mod tests {
    use alliance_api::{AllianceView, NodeView, OrganisationView, StoreStatus, SyncSummary};

    use super::*;

    fn report(level: Level) -> StatusReport {
        StatusReport {
            level,
            reasons: vec!["no member is connected: check the\u{1b} network".to_owned()],
            alliance: AllianceView {
                id: "aa".to_owned(),
                name: String::new(),
                members: 3,
            },
            organisation: OrganisationView {
                id: "bb".to_owned(),
                did: "did:key:z6Mk".to_owned(),
                name: "Vysočina".to_owned(),
                country: "CZ".to_owned(),
                pledged: true,
                ..OrganisationView::default()
            },
            node: NodeView {
                peer: "12D3".to_owned(),
                writer: "cc".to_owned(),
                instance: "dd".to_owned(),
                role: Role::Leaf,
                listen: vec!["/ip4/0.0.0.0/tcp/4001".to_owned()],
                certificate_ends_ms: 951_782_400_000,
                version: "0.1.0".to_owned(),
            },
            peers: vec![],
            chapters: vec![],
            store: StoreStatus {
                records: 12,
                parked: 0,
                arrival: 12,
                bytes: 20_480,
                opening: vec![],
            },
            search: SearchStatus {
                state: SearchState::Ready,
                behind: 2,
                bytes: 4_096,
            },
            dataset: None,
            sync: SyncSummary {
                missing: 3,
                ..SyncSummary::default()
            },
        }
    }

    #[test]
    fn everything_is_said_on_a_page() {
        let expected = "\
status        degraded
  - no member is connected: check the\u{fffd} network
alliance      aa (3 members)
organisation  Vysočina
node          12D3 (leaf, version 0.1.0)
listens at    /ip4/0.0.0.0/tcp/4001
certificate   ends 2000-02-29
store         12 records, 0 waiting, 20 KiB on disk
search        2 records cannot be found yet, 4096 bytes on disk
sync          3 records missing

no member's node is connected
";
        assert_eq!(render(&report(Level::Degraded), Screen { columns: Some(80) }), expected);
    }

    #[test]
    fn the_exit_code_is_the_level() {
        let codes = [Level::Good, Level::Degraded, Level::Failing].map(|level| exit(level).code());
        assert_eq!(codes, [0, 1, 2]);
        assert_eq!(
            [bytes(0), bytes(10_239), bytes(10_240), bytes(1 << 40)],
            ["0 bytes", "10239 bytes", "10 KiB", "1024 GiB"]
        );
    }
}
