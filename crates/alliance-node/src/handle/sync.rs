//! How far catching up is, of this node and of each connected one.

use alliance_api::{ChapterBodies, PeerStatus, Problem, SyncReport, SyncSummary};
use alliance_record::TransportId;
use alliance_store::Reader;

use super::Handle;
use crate::peer::peer_id;
use crate::random::now_ms;
use crate::run::Progress;
use crate::shared::{PeerRow, View};

impl Handle {
    /// How far catching up is. Does not ask the loop: as quick while it runs as when it does not.
    ///
    /// # Errors
    /// A problem when the store cannot be read, or the node stops.
    pub async fn sync(&self) -> Result<SyncReport, Problem> {
        let view = self.0.parts.shared.view();
        let (peers, sync) = self.compared(&view);
        let members = view.members.organisations().len() as u64;
        let bodies = self.bodies(&view).await?;
        Ok(SyncReport {
            sync,
            peers,
            members,
            bodies,
        })
    }

    /// What is missing of bodies, of chapters in which any are.
    pub(super) async fn bodies(&self, view: &View) -> Result<Vec<ChapterBodies>, Problem> {
        let chapters = view.replicated.clone();
        let headers_only = self.0.settings.headers_only.clone();
        let lagging = move |reader: &Reader| {
            let mut bodies = Vec::new();
            for chapter in chapters {
                let lagging = reader.lagging(&chapter)?;
                if lagging.bodies > 0 {
                    bodies.push(ChapterBodies {
                        chapter: chapter.to_string(),
                        missing: lagging.bodies,
                        missing_bytes: lagging.bytes,
                        awaited: !headers_only.iter().any(|only| only == chapter.as_str()),
                    });
                }
            }
            Ok(bodies)
        };
        self.read(lagging).await
    }

    /// Connected nodes.
    ///
    /// # Errors
    /// None at present.
    pub async fn peers(&self) -> Result<Vec<PeerStatus>, Problem> {
        Ok(self.compared(&self.0.parts.shared.view()).0)
    }

    /// Each connected node and all together, as of one moment.
    pub(super) fn compared(&self, view: &View) -> (Vec<PeerStatus>, SyncSummary) {
        let rows = self.0.parts.shared.peers();
        let progress = self.0.parts.shared.progress();
        let now_ms = now_ms();
        let peers = rows
            .iter()
            .map(|(id, row)| peer_status(view, &progress, (id, row), now_ms));
        (peers.collect(), progress.summary(now_ms))
    }
}

fn peer_status(view: &View, progress: &Progress, (peer, row): (&TransportId, &PeerRow), now_ms: i64) -> PeerStatus {
    PeerStatus {
        peer: peer_id(peer).map(|peer| peer.to_string()).unwrap_or_default(),
        organisation: row.organisation.to_string(),
        organisation_name: view.name(&row.organisation),
        resembles: view.resembles(&row.organisation),
        address: row.address.clone(),
        outbound: row.outbound,
        connected_ms: now_ms.saturating_sub(row.since_ms).unsigned_abs(),
        sync: progress.status(peer, now_ms),
    }
}
