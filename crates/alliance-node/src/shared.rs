//! What the loop shows to everyone else: the roster and chapters as of the last change, peers, catching up, refusals, arrivals.
//!
//! Written by the loop, read by the handle and the gate. Never holds records.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, RwLock};

use alliance_api::{Event, Refused};
use alliance_engine::{Chapters, Descriptions, Mark, Members, Removals, RemovedBy, State};
use alliance_record::{
    Certificate, CertifiedNode, ChapterName, Head, Header, InstanceId, OrganisationId, RecordId, TransportId, Verdict,
    WriterId,
};
use bytes::Bytes;
use tokio::sync::{broadcast, watch};

use crate::cutoff::CutOff;
use crate::data::{AddressBook, Audit, Invitations, Quarantine};
use crate::gate::Admitted;
use crate::lookalike::LookAlikes;
use crate::run::Progress;
use crate::settings::Signatures;
use crate::underway::Underway;

/// Live events kept for a slow listener before it is told that it lagged.
const EVENTS_MAX: usize = 1024;
/// Refused connections remembered for `status`.
const REFUSED_MAX: usize = 32;
/// Refused records remembered for `why`.
const REFUSED_RECORDS_MAX: usize = 1024;

/// Roster and chapters as of the last change.
#[derive(Debug, Clone, Default)]
pub(crate) struct View {
    pub(crate) members: Members,
    pub(crate) chapters: Chapters,
    pub(crate) descriptions: Descriptions,
    pub(crate) removals: Removals,
    pub(crate) replicated: BTreeSet<ChapterName>,
    /// Found out when first asked for, once for each roster.
    alike: OnceLock<Arc<LookAlikes>>,
}

impl View {
    pub(crate) fn of(state: &State) -> Self {
        Self {
            members: state.members.clone(),
            chapters: state.chapters.clone(),
            descriptions: state.descriptions.clone(),
            removals: state.removals.clone(),
            replicated: state.replicated.clone(),
            alike: OnceLock::new(),
        }
    }

    /// Heads as all see them: of logs that go beyond their ends, and are seen as ending there.
    pub(crate) fn clamped(&self, heads: Vec<Head>) -> Vec<Head> {
        let heads = heads.into_iter();
        heads.filter_map(|head| self.members.clamped(head)).collect()
    }

    /// Whether a record does not count: it stands beyond the end of its log, or its organisation is let in no more.
    pub(crate) fn is_disputed(&self, header: &Header) -> bool {
        let end = self.members.end_of(&header.log, &header.organisation);
        end.is_some_and(|end| !end.counts(header.sequence)) || !self.members.was_let_in(&header.organisation)
    }

    /// What removes a record.
    pub(crate) fn removed_by(
        &self,
        record: &RecordId,
        chapter: &ChapterName,
        organisation: &OrganisationId,
    ) -> Option<RemovedBy> {
        self.removals.by(record, chapter, organisation, &self.members)
    }

    /// The notices by which stewards mark a record, by act.
    pub(crate) fn marks(
        &self,
        record: &RecordId,
        chapter: &ChapterName,
        organisation: &OrganisationId,
    ) -> Vec<Mark<'_>> {
        self.members.marked(record, chapter, organisation)
    }

    /// Names of members by what they look like.
    pub(crate) fn alike(&self) -> &LookAlikes {
        self.alike.get_or_init(|| Arc::new(LookAlikes::of(&self.members)))
    }

    /// Other members whose name looks like this one's: keys in hexadecimal.
    pub(crate) fn resembles(&self, organisation: &OrganisationId) -> Vec<String> {
        let name = self.name(organisation);
        let alike = self.alike().of_name(&name, Some(organisation));
        alike.iter().map(ToString::to_string).collect()
    }

    /// The name an organisation gave itself; empty until its profile has arrived.
    pub(crate) fn name(&self, organisation: &OrganisationId) -> String {
        self.members
            .profile(organisation)
            .map(|profile| profile.name.clone())
            .unwrap_or_default()
    }

    /// The country that an organisation gave, ISO 3166-1 alpha-2; empty until its profile has arrived.
    pub(crate) fn country(&self, organisation: &OrganisationId) -> String {
        self.members
            .profile(organisation)
            .map(|profile| profile.country.clone())
            .unwrap_or_default()
    }
}

/// A connected member's node.
#[derive(Debug, Clone)]
pub(crate) struct PeerRow {
    pub(crate) organisation: OrganisationId,
    pub(crate) address: String,
    pub(crate) outbound: bool,
    pub(crate) since_ms: i64,
}

/// A record that a peer passed on and this node did not take.
#[derive(Debug, Clone)]
pub(crate) struct RefusedRecord {
    pub(crate) record: RecordId,
    pub(crate) verdict: Verdict,
    /// Who passed it on: peer id.
    pub(crate) peer: String,
    pub(crate) at_ms: i64,
}

/// Whom this node trusts before it knows the roster.
#[derive(Debug, Clone)]
pub(crate) struct Trust {
    pub(crate) own: OrganisationId,
    /// This node's signing key.
    pub(crate) writer: WriterId,
    /// The present life of this node's data directory.
    pub(crate) instance: InstanceId,
    /// Who invited, or whom a further node was told of: trusted until this node's own organisation is on the roster.
    pub(crate) first: Vec<OrganisationId>,
}

/// What the data directory holds of it.
pub(crate) struct Kept {
    pub(crate) invitations: Invitations,
    pub(crate) addresses: AddressBook,
    pub(crate) audit: Audit,
    pub(crate) certificate: Bytes,
    pub(crate) quarantine: Quarantine,
}

/// All of it.
pub(crate) struct Shared {
    trust: Trust,
    /// What this node leaves in the ranges that it serves.
    pub(crate) signatures: Signatures,
    /// The present life of this node's data directory.
    instance: Mutex<InstanceId>,
    view: RwLock<Arc<View>>,
    pub(crate) roster: Arc<RwLock<Admitted>>,
    pub(crate) invitations: Arc<Mutex<Invitations>>,
    addresses: Mutex<AddressBook>,
    audit: Audit,
    quarantine: Mutex<Quarantine>,
    /// What this node shows on new connections. Standing ones were judged by what it showed then.
    pub(crate) certificate: watch::Sender<Bytes>,
    /// What was told last of this node's being cut off.
    cut_off: Mutex<Option<CutOff>>,
    peers: Mutex<BTreeMap<TransportId, PeerRow>>,
    progress: Mutex<Progress>,
    refused: Mutex<VecDeque<Refused>>,
    refused_records: Mutex<VecDeque<RefusedRecord>>,
    parked: AtomicU64,
    /// When a member was disconnected last, milliseconds since 1970 UTC.
    parted_ms: AtomicI64,
    arrivals: watch::Sender<u64>,
    listening: watch::Sender<usize>,
    events: broadcast::Sender<Event>,
    pub(crate) underway: Underway,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A panic while holding one of these leaves plain data behind, each change of which is complete in itself.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    pub(crate) fn new(trust: Trust, kept: Kept, arrival: u64) -> Self {
        Self {
            instance: Mutex::new(trust.instance),
            trust,
            signatures: Signatures::default(),
            view: RwLock::default(),
            roster: Arc::default(),
            invitations: Arc::new(Mutex::new(kept.invitations)),
            addresses: Mutex::new(kept.addresses),
            audit: kept.audit,
            quarantine: Mutex::new(kept.quarantine),
            certificate: watch::Sender::new(kept.certificate),
            cut_off: Mutex::default(),
            peers: Mutex::default(),
            progress: Mutex::default(),
            refused: Mutex::default(),
            refused_records: Mutex::default(),
            parked: AtomicU64::new(0),
            parted_ms: AtomicI64::new(0),
            arrivals: watch::Sender::new(arrival),
            listening: watch::Sender::new(0),
            events: broadcast::Sender::new(EVENTS_MAX),
            underway: Underway::default(),
        }
    }

    pub(crate) fn serving(self, signatures: Signatures) -> Self {
        Self { signatures, ..self }
    }

    /// Records that somebody here put aside.
    pub(crate) fn quarantine(&self) -> MutexGuard<'_, Quarantine> {
        locked(&self.quarantine)
    }

    pub(crate) fn instance(&self) -> InstanceId {
        *locked(&self.instance)
    }

    /// The node goes on under a new instance.
    pub(crate) fn live_on(&self, instance: InstanceId) {
        *locked(&self.instance) = instance;
    }

    pub(crate) fn view(&self) -> Arc<View> {
        Arc::clone(&self.view.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Shows a new roster, to the gate first.
    pub(crate) fn show(&self, view: View) {
        let view = Arc::new(view);
        let is_new_here = !view.members.was_let_in(&self.trust.own);
        let first = self.trust.first.iter().filter(|_| is_new_here).copied().collect();
        let admitted = Admitted::by(Arc::clone(&view), first);
        *self.roster.write().unwrap_or_else(PoisonError::into_inner) = admitted;
        *self.view.write().unwrap_or_else(PoisonError::into_inner) = view;
        self.tell_if_cut_off();
    }

    /// What this node shows to members: its successor's certificate is its predecessor's, with another signing key.
    fn own_node(&self) -> Option<CertifiedNode> {
        let certificate = Certificate::decode(&self.certificate.borrow()).ok()?;
        let mut node = certificate.node().clone();
        node.writer = self.trust.writer;
        Some(node)
    }

    /// Whether members cut this node off, as far as it knows itself.
    pub(crate) fn cut_off(&self) -> Option<CutOff> {
        CutOff::of(&self.view().members, &self.own_node()?)
    }

    /// Tells it once, in the log and to listeners: an operator who reads neither finds it in `status`.
    fn tell_if_cut_off(&self) {
        let now = self.cut_off().filter(|cut_off| !cut_off.is_waiting());
        let before = std::mem::replace(&mut *locked(&self.cut_off), now.clone());
        match now {
            Some(cut_off) if before.as_ref() != Some(&cut_off) => {
                let said = cut_off.said();
                tracing::error!(code = cut_off.code(), "{said}");
                self.tell(Event::CutOff {
                    code: cut_off.code().to_owned(),
                    act: cut_off.act.map(|act| act.to_string()),
                    said,
                });
            }
            None if before.is_some() => tracing::info!("this node is in good standing again"),
            Some(_) | None => {}
        }
    }

    pub(crate) fn arrived(&self, arrival: u64) {
        self.arrivals
            .send_if_modified(|seen| std::mem::replace(seen, arrival) != arrival);
    }

    pub(crate) fn last_arrival(&self) -> u64 {
        *self.arrivals.borrow()
    }

    pub(crate) fn arrivals(&self) -> watch::Receiver<u64> {
        self.arrivals.subscribe()
    }

    /// One more address is open.
    pub(crate) fn listens(&self) {
        self.listening.send_modify(|count| *count += 1);
    }

    /// Waits until so many addresses are open.
    pub(crate) async fn listening(&self, count: usize) {
        // The sender is here: it cannot be gone.
        let _ = self.listening.subscribe().wait_for(|open| *open >= count).await;
    }

    pub(crate) fn events(&self) -> broadcast::Receiver<Event> {
        self.events.subscribe()
    }

    pub(crate) fn tell(&self, event: Event) {
        // Nobody listening is no fault.
        let _ = self.events.send(event);
    }

    pub(crate) fn peer_up(&self, peer: TransportId, row: PeerRow) {
        locked(&self.peers).insert(peer, row);
        self.progress().peer_up(peer);
    }

    pub(crate) fn peer_down(&self, peer: &TransportId, now_ms: i64) {
        locked(&self.peers).remove(peer);
        self.parted_ms.store(now_ms, Ordering::Relaxed);
        self.progress().peer_down(peer, now_ms);
    }

    /// When a member was disconnected last; 0 as long as none was.
    pub(crate) fn parted_ms(&self) -> i64 {
        self.parted_ms.load(Ordering::Relaxed)
    }

    /// How far catching up is.
    pub(crate) fn progress(&self) -> MutexGuard<'_, Progress> {
        locked(&self.progress)
    }

    pub(crate) fn peers(&self) -> Vec<(TransportId, PeerRow)> {
        locked(&self.peers)
            .iter()
            .map(|(peer, row)| (*peer, row.clone()))
            .collect()
    }

    pub(crate) fn refused(&self, refused: Refused) {
        let mut all = locked(&self.refused);
        if all.len() == REFUSED_MAX {
            all.pop_front();
        }
        all.push_back(refused.clone());
        drop(all);
        self.tell(Event::Refused { refused });
    }

    pub(crate) fn refusals(&self) -> Vec<Refused> {
        locked(&self.refused).iter().cloned().collect()
    }

    pub(crate) fn record_refused(&self, refused: RefusedRecord) {
        let mut all = locked(&self.refused_records);
        if all.len() == REFUSED_RECORDS_MAX {
            all.pop_front();
        }
        all.push_back(refused);
    }

    /// The record refused last whose id begins so.
    pub(crate) fn refused_record(&self, prefix: &str) -> Option<RefusedRecord> {
        let all = locked(&self.refused_records);
        let mut newest_first = all.iter().rev();
        newest_first
            .find(|refused| refused.record.to_string().starts_with(prefix))
            .cloned()
    }

    /// Writes down what was done. The act stands, written down or not: a full disk is told in the log.
    pub(crate) fn audit(&self, act: &'static str, details: serde_json::Value) {
        if let Err(error) = self.audit.note(act, details) {
            tracing::error!(%error, act, "an act could not be written into audit.log");
        }
    }

    pub(crate) fn addresses(&self) -> MutexGuard<'_, AddressBook> {
        locked(&self.addresses)
    }

    pub(crate) fn invitations(&self) -> MutexGuard<'_, Invitations> {
        locked(&self.invitations)
    }

    pub(crate) fn set_parked(&self, parked: usize) {
        self.parked.store(parked as u64, Ordering::Relaxed);
    }

    pub(crate) fn parked(&self) -> u64 {
        self.parked.load(Ordering::Relaxed)
    }
}
