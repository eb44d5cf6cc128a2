//! `alliance sync --watch`: follows what the node tells until nothing is missing.

use std::time::Duration;

use alliance_api::{Client, ClientError, Event, Events, SyncReport};
use tokio::time::timeout;

use super::bar::Bar;
use super::{awaited, records};
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::{Failure, chain};
use crate::text::plain;

/// When nothing is told for so long it is asked: a peer that stalls brings no events.
const SILENCE: Duration = Duration::from_secs(1);

/// One that waits.
pub(super) struct Watch<'a> {
    context: &'a Context,
    client: Client,
    bar: Bar,
    last: Option<SyncReport>,
}

impl<'a> Watch<'a> {
    pub(super) const fn new(context: &'a Context, client: Client) -> Self {
        Self {
            context,
            client,
            bar: Bar::new(context.output),
            last: None,
        }
    }

    /// Waits until this node lacks nothing that any connected node is known to have.
    pub(super) async fn until_in_step(mut self, patience: Option<Duration>) -> Result<Exit, Failure> {
        let ended = match patience {
            Some(patience) => timeout(patience, self.follow())
                .await
                .unwrap_or_else(|_| Err(late(self.context, patience, self.last.as_ref()))),
            None => self.follow().await,
        };
        match ended {
            Ok(report) => self.bar.finish(&report).map(|()| Exit::Done),
            Err(failure) => {
                self.bar.leave()?;
                Err(failure)
            }
        }
    }

    async fn follow(&mut self) -> Result<SyncReport, Failure> {
        let asked = self.client.notices().await;
        let mut notices = asked.map_err(|error| self.context.refused(error))?;
        loop {
            let report = self.client.sync().await.map_err(|error| self.lost(error))?;
            if is_in_step(&report) {
                return Ok(report);
            }
            self.bar.show(&report)?;
            self.last = Some(report);
            if let Ok(heard) = timeout(SILENCE, news(&mut notices)).await {
                heard.map_err(|error| self.lost(error))?;
            }
        }
    }

    /// The node answered before and does not any more.
    fn lost(&self, error: ClientError) -> Failure {
        let why = match error {
            ClientError::Problem(problem) => return Failure::from(*problem),
            error => chain(&error),
        };
        let missing = self.last.as_ref().map_or(0, |report| report.sync.missing);
        let why = match missing {
            0 => why,
            missing => format!("{} were still missing; {why}", records(missing)),
        };
        Failure::local("node_stopped", "The node stopped before it was in step", why).mend(self.context.command("run"))
    }
}

/// Waits until the node tells something that changes how far catching up is.
async fn news(notices: &mut Events) -> Result<(), ClientError> {
    while let Some((_, event)) = notices.next().await? {
        match event {
            Event::CatchingUp { .. } | Event::PeerUp { .. } | Event::PeerDown { .. } | Event::Lagged { .. } => {
                return Ok(());
            }
            Event::Record { .. }
            | Event::Erased { .. }
            | Event::Refused { .. }
            | Event::RecordRefused { .. }
            | Event::Ending { .. }
            | Event::CutOff { .. } => {}
        }
    }
    // It ends its streams before it ends: asking it again says so.
    Ok(())
}

/// Whether nothing is missing, as far as all connected nodes can say.
fn is_in_step(report: &SyncReport) -> bool {
    let mut peers = report.peers.iter();
    let is_compared = !report.peers.is_empty() && peers.all(|peer| peer.sync.in_step == Some(true));
    report.sync.missing == 0 && awaited(report) == 0 && (is_compared || is_alone(report))
}

/// Whether there is nobody else in the alliance.
pub(super) fn is_alone(report: &SyncReport) -> bool {
    report.members == 1 && report.peers.is_empty()
}

fn late(context: &Context, patience: Duration, last: Option<&SyncReport>) -> Failure {
    let title = format!("Not in step after {} s", patience.as_secs());
    let why = last.map_or_else(|| "the node did not answer".to_owned(), holding_up);
    Failure::local("not_in_step", title, why).mend(context.command("status"))
}

/// Why it is not in step.
fn holding_up(report: &SyncReport) -> String {
    if report.sync.missing > 0 {
        return format!("{} still missing", records(report.sync.missing));
    }
    if awaited(report) > 0 && !report.peers.is_empty() {
        return format!("the texts of {} still missing", records(awaited(report)));
    }
    if report.peers.is_empty() {
        return "no member's node is connected".to_owned();
    }
    let behind = report.peers.iter().filter(|peer| peer.sync.in_step != Some(true));
    let names: Vec<String> = behind.map(|peer| plain(&peer.organisation_name)).collect();
    format!("not compared yet with {}", names.join(", "))
}

#[cfg(test)]
mod tests {
    use alliance_api::{PeerStatus, SyncStatus, SyncSummary};

    use super::super::tests::{fetching, lacking, peer, texts};
    use super::*;

    fn report(members: u64, missing: u64, peers: Vec<PeerStatus>) -> SyncReport {
        let sync = SyncSummary {
            missing,
            ..SyncSummary::default()
        };
        SyncReport {
            sync,
            peers,
            members,
            bodies: Vec::new(),
        }
    }

    /// Of one node, without some texts.
    fn bare(awaited: bool, peer: PeerStatus) -> SyncReport {
        SyncReport {
            bodies: vec![texts("iso:cz", awaited)],
            ..report(3, 0, vec![peer])
        }
    }

    #[test]
    fn in_step_means_with_every_connected_node() {
        let (new, same) = (peer("New", SyncStatus::default()), peer("Same", lacking(0)));
        let behind = peer("Behind", fetching(4));
        for (report, expected) in [
            (report(1, 0, vec![]), Ok(())),
            (report(0, 0, vec![]), Err("no member's node is connected")),
            (report(3, 0, vec![]), Err("no member's node is connected")),
            (report(3, 0, vec![same.clone()]), Ok(())),
            (report(3, 0, vec![same.clone(), new]), Err("not compared yet with New")),
            (report(3, 4, vec![same.clone(), behind]), Err("4 records still missing")),
            (report(3, 1, vec![same.clone()]), Err("1 record still missing")),
            (bare(true, same.clone()), Err("the texts of 3 records still missing")),
            (bare(false, same), Ok(())),
        ] {
            assert_eq!(is_in_step(&report), expected.is_ok(), "{report:?}");
            if let Err(why) = expected {
                assert_eq!(holding_up(&report), why);
            }
        }
    }
}
