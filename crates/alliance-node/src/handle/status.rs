//! How the node is.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use alliance_api::{
    AllianceView, DatasetStatus, Level, NodeView, PeerStatus, Problem, Refused, Role, StatusReport, StoreStatus,
};
use alliance_record::Certificate;

use super::Handle;
use super::problem::stopped;
use crate::ending::{Ending, Ends, endings};
use crate::peer::peer_id;
use crate::random::now_ms;
use crate::settings::NodeRole;
use crate::shared::View;

/// Refusals within this time are shown as a reason.
const REFUSAL_SHOWN_MS: i64 = 600_000;

impl Handle {
    /// How the node is.
    ///
    /// # Errors
    /// A problem when the store cannot be read, or the node stops.
    pub async fn status(&self) -> Result<StatusReport, Problem> {
        let view = self.0.parts.shared.view();
        let (peers, sync) = self.compared(&view);
        let mut chapters = Vec::new();
        let ever = view.chapters.ever_followed(&view.members);
        for name in view.replicated.clone() {
            chapters.push(self.chapter_view((&view, &ever), name).await?);
        }
        let organisation = self.organisation(&view, self.0.organisation).await?;
        let (level, reasons) = self.judge(&view, &peers);
        let store = self.store_status().await?;
        Ok(StatusReport {
            level,
            reasons,
            alliance: AllianceView {
                id: self.0.alliance.to_string(),
                name: self.alliance_name(&view),
                members: view.members.organisations().len() as u64,
            },
            organisation,
            node: self.node_view().await?,
            peers,
            chapters,
            store,
            search: self.search_status().await?,
            dataset: self.dataset_status(),
            sync,
        })
    }

    /// The charter's name for the alliance; the invitation's until the charter has arrived.
    pub(super) fn alliance_name(&self, view: &View) -> String {
        let charter = view.members.charter().map(|charter| charter.name.clone());
        charter.unwrap_or_else(|| self.0.alliance_name.clone())
    }

    fn certificate_ends_ms(&self) -> i64 {
        Certificate::decode(&self.0.parts.shared.certificate.borrow())
            .map_or(0, |certificate| certificate.node().not_after_ms)
    }

    async fn node_view(&self) -> Result<NodeView, Problem> {
        let net = &self.0.parts.net;
        let listen = net.listen_addresses().await.map_err(|_| stopped())?;
        Ok(NodeView {
            peer: net.peer().to_string(),
            writer: self.0.writer.to_string(),
            instance: self.0.parts.shared.instance().to_string(),
            role: match self.0.settings.role {
                NodeRole::Hub => Role::Hub,
                NodeRole::Leaf => Role::Leaf,
            },
            listen: listen.iter().map(ToString::to_string).collect(),
            certificate_ends_ms: self.certificate_ends_ms(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        })
    }

    /// How far the dataset is, if there is one.
    fn dataset_status(&self) -> Option<DatasetStatus> {
        let arrived = self.0.parts.shared.last_arrival();
        let (cursor, failure) = match self.0.parts.dataset.cursor()? {
            Ok(cursor) => (cursor, String::new()),
            Err(failure) => (0, failure),
        };
        Some(DatasetStatus {
            place: self.0.settings.dataset.clone(),
            behind: arrived.saturating_sub(cursor),
            failure,
        })
    }

    /// Waits until everything that has arrived by now is in the dataset; false when there is none, or the node ends first.
    pub async fn in_dataset(&self) -> bool {
        self.0.parts.dataset.reaches(self.0.parts.shared.last_arrival()).await
    }

    async fn store_status(&self) -> Result<StoreStatus, Problem> {
        let path = self.0.parts.dir.store();
        let heads = self.read(move |reader| reader.all_heads()).await?;
        let bytes = tokio::task::spawn_blocking(move || bytes_under(&path))
            .await
            .map_err(|_| stopped())?;
        Ok(StoreStatus {
            records: heads.iter().map(|head| head.sequence + 1).sum(),
            parked: self.0.parts.shared.parked(),
            arrival: self.0.parts.shared.last_arrival(),
            bytes,
            opening: self.0.opening.clone(),
        })
    }

    /// Who refused this node lately and has not let it in since: the newest refusal of each.
    pub(super) fn refused_still(&self) -> Vec<Refused> {
        let recent = now_ms() - REFUSAL_SHOWN_MS;
        let peers = self.0.parts.shared.peers().into_iter();
        let connected: BTreeSet<String> = peers
            .filter_map(|(peer, _)| Some(peer_id(&peer)?.to_string()))
            .collect();
        let mut still: BTreeMap<String, Refused> = BTreeMap::new();
        for refused in self.0.parts.shared.refusals() {
            if refused.at_ms > recent && refused.by == "them" && !connected.contains(&refused.peer) {
                still.insert(refused.peer.clone(), refused);
            }
        }
        still.into_values().collect()
    }

    fn judge(&self, view: &View, peers: &[PeerStatus]) -> (Level, Vec<String>) {
        let mut level = Level::Good;
        let mut reasons = Vec::new();
        let mut add = |at_least: Level, reason: String| {
            level = level.max(at_least);
            reasons.push(reason);
        };
        let certificate = self.0.parts.shared.certificate.borrow().clone();
        for ending in endings(view, &self.0.organisation, &certificate, now_ms()) {
            add(level_of(&ending, peers), ending.said());
        }
        if let Some(DatasetStatus { failure, .. }) = self.dataset_status().filter(|dataset| !dataset.failure.is_empty())
        {
            add(Level::Degraded, format!("the dataset is not in step: {failure}"));
        }
        if let Some(why) = self.search_failure() {
            add(Level::Degraded, format!("nothing can be searched for now: {why}"));
        }
        if let Some((level, reason)) = self.cut_off(view, peers) {
            add(level, reason);
        }
        let alone = view.members.organisations().len() <= 1;
        if peers.is_empty() && !alone {
            add(
                Level::Degraded,
                "no member is connected. Check the network, and `alliance peers`".to_owned(),
            );
        }
        // While a session runs, that something is missing is only what it is for.
        let is_behind = |peer: &&PeerStatus| peer.sync.in_step == Some(false) && peer.sync.session.is_none();
        for peer in peers.iter().filter(is_behind) {
            let name = &peer.organisation_name;
            add(
                Level::Degraded,
                format!("{} records of {name} could not be taken yet", peer.sync.missing),
            );
        }
        for refused in self.refused_still() {
            let Refused {
                address, reason, code, ..
            } = refused;
            add(
                Level::Degraded,
                format!("{address} refused this node: {reason} ({code})"),
            );
        }
        (level, reasons)
    }

    /// How this node and its organisation stand, when it is not well.
    fn cut_off(&self, view: &View, peers: &[PeerStatus]) -> Option<(Level, String)> {
        let shared = &self.0.parts.shared;
        if let Some(cut_off) = shared.cut_off() {
            let level = if cut_off.is_waiting() {
                Level::Degraded
            } else {
                Level::Failing
            };
            return Some((level, cut_off.said()));
        }
        if !view.members.is_member(&self.0.organisation) {
            let reason = "this organisation is not on the roster: if it has just joined, it comes with the first connection to a \
                          member. If it was a member, what let it in counts no more: ask a member to vouch for it, `alliance vouch`";
            return Some((Level::Degraded, reason.to_owned()));
        }
        // Who was cut off before the act reached it hears of it from nobody but by how it is refused.
        let says_so = |refused: &Refused| matches!(refused.code.as_str(), "not_on_roster" | "revoked");
        let mut refusals = self.refused_still().into_iter();
        refusals.any(|refused| says_so(&refused)).then(|| {
            let reason = "members refuse this node, and nothing here says why: stewards may have removed or suspended this \
                          organisation or given it another key, or it revoked this node. What they say when they refuse \
                          names the act, if there is one. To read it here, ask a member for a file of `alliance export \
                          bundle FILE --chapter alliance`, and run `alliance import bundle FILE`";
            let level = if peers.is_empty() { Level::Failing } else { Level::Degraded };
            (level, reason.to_owned())
        })
    }
}

/// A node whose certificate has ended works as long as its connections stand: whoever restarts it would cut them.
fn level_of(ending: &Ending, peers: &[PeerStatus]) -> Level {
    if ending.what == Ends::Certificate && ending.has_ended() && peers.is_empty() {
        return Level::Failing;
    }
    Level::Degraded
}

/// Bytes of all files under a directory. What cannot be read counts nothing.
pub(super) fn bytes_under(dir: &Path) -> u64 {
    let Ok(entries) = std::fs::read_dir(dir) else { return 0 };
    let size = |entry: std::fs::DirEntry| match entry.metadata() {
        Ok(meta) if meta.is_dir() => bytes_under(&entry.path()),
        Ok(meta) => meta.len(),
        Err(_) => 0,
    };
    entries.flatten().map(size).sum()
}
