//! The loop's hands: signs drafts, stores groups, performs the engine's effects in their fixed order.
//!
//! Durable before visible: everything is appended, with one flush, before anyone is answered, sent to or told.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use alliance_api::Event;
use alliance_engine::{Effect, Effects, Engine, Input, SessionId, Source};
use alliance_net::{GossipId, Net, Topic};
use alliance_record::{Author, Draft, RecordId, Salt, TransportId, Verdict, VerifiedRecord};
use alliance_store::{WriteError, Writer};
use tokio::sync::{mpsc, oneshot};

use super::erasing::Erasing;
use super::intake::gossip_verdict;
use super::message::{Imported, Message, Published, Unpublished};
use super::session::{Credit, OUTGOING_MAX, Outgoing, Session};
use super::statements::OwnLife;
use super::tell::{Refusal, refused};
use super::{Look, RunError};
use crate::access::StoreAccess;
use crate::dataset::DatasetAccess;
use crate::finding::Finding;
use crate::random::{now_ms, random};
use crate::shared::{Shared, View};

/// Records up to this many bytes are gossiped whole; larger ones are announced by their header and fetched by sync.
const GOSSIP_RECORD_BYTES_MAX: usize = 16_384;

/// Who is told what became of a draft, if anyone is.
pub(crate) type Reply = Option<oneshot::Sender<Result<Published, Unpublished>>>;
/// A draft that is signed later.
pub(crate) type Postponed = (Draft, Reply);

/// Who waits for a verdict.
pub(crate) enum Ticket {
    Local { reply: Reply, published: Published },
    Gossip { id: GossipId, record: RecordId },
    Import { reply: oneshot::Sender<Imported> },
}

/// Everything that acts.
pub(crate) struct Desk {
    pub(crate) engine: Engine,
    pub(crate) writer: Option<Writer>,
    pub(crate) store: StoreAccess,
    /// The newest arrival number that is on the disk.
    pub(crate) arrival: u64,
    pub(crate) net: Net,
    pub(crate) author: Author,
    pub(crate) life: OwnLife,
    /// Drafts that wait for a new instance.
    pub(crate) postponed: Vec<Postponed>,
    pub(crate) shared: Arc<Shared>,
    pub(crate) inbox: mpsc::Sender<Message>,
    pub(crate) sessions: BTreeMap<SessionId, mpsc::Sender<Outgoing>>,
    pub(crate) tickets: BTreeMap<u64, Ticket>,
    pub(crate) issued: u64,
    pub(crate) effects: Effects,
    pub(crate) erasing: Erasing,
    pub(crate) finding: Finding,
    pub(crate) dataset: DatasetAccess,
}

impl Desk {
    /// Hands an input to the engine.
    pub(crate) fn input(&mut self, input: Input) {
        self.engine.handle(input, now_ms(), &mut self.effects);
    }

    fn issue(&mut self, ticket: Ticket) -> u64 {
        self.issued += 1;
        self.tickets.insert(self.issued, ticket);
        self.issued
    }

    /// Signs a draft as the next of its log and hands it to the engine.
    pub(crate) fn draft(&mut self, draft: Draft, reply: Reply) {
        if self.is_own_life_ended() {
            return self.postponed.push((draft, reply));
        }
        match self.sign(draft) {
            Ok(record) => {
                let published = Published {
                    record: record.id(),
                    sequence: record.header().sequence,
                };
                let ticket = self.issue(Ticket::Local { reply, published });
                let source = Source::Local { ticket };
                self.input(Input::Record {
                    record: Box::new(record),
                    stored: None,
                    source,
                });
            }
            Err(error) => answer(reply, Err(error)),
        }
    }

    fn sign(&self, draft: Draft) -> Result<VerifiedRecord, Unpublished> {
        let position = self.engine.next_position(&self.author.log(draft.chapter.clone()));
        let record = self.author.sign(draft, position, Salt(random()))?;
        // One door: what is signed here is verified like everything else.
        record.verify().map_err(|refusal| Unpublished::Verdict(refusal.into()))
    }

    pub(crate) fn gossip(
        &mut self,
        record: Box<VerifiedRecord>,
        stored: Option<RecordId>,
        id: GossipId,
        from: TransportId,
    ) {
        let ticket = self.issue(Ticket::Gossip {
            id,
            record: record.id(),
        });
        self.input(Input::Record {
            record,
            stored,
            source: Source::Gossip { ticket, from },
        });
    }

    /// Hands records of a bundle to the engine.
    pub(crate) fn import(&mut self, records: Vec<VerifiedRecord>, reply: oneshot::Sender<Imported>) {
        let ticket = self.issue(Ticket::Import { reply });
        self.input(Input::Import { ticket, records });
    }

    /// Performs what the engine asked for, and what it asks for because of that.
    pub(crate) async fn perform(&mut self) -> Result<(), RunError> {
        loop {
            self.perform_turn().await?;
            if self.effects.is_empty() {
                return Ok(());
            }
        }
    }

    /// Append, judge, send, tell.
    async fn perform_turn(&mut self) -> Result<(), RunError> {
        let (mut appended, mut filled, mut rest) = (Vec::new(), Vec::new(), Vec::new());
        for effect in self.effects.drain() {
            match effect {
                Effect::Append { records } => appended.extend(records),
                Effect::Fill { records } => filled.push(records),
                other => rest.push(other),
            }
        }
        let changed = appended.iter().any(|record| record.header().log.chapter.is_alliance());
        self.append(appended).await?;
        for records in filled {
            self.fill(records).await?;
        }
        changed.then(|| self.show_view());
        // After the view: whoever hears of a record finds the roster that it made.
        self.shared.arrived(self.arrival);
        let (judged, rest): (Vec<_>, Vec<_>) = rest.into_iter().partition(|e| matches!(e, Effect::Judge { .. }));
        let (told, sent): (Vec<_>, Vec<_>) = rest.into_iter().partition(|e| matches!(e, Effect::Tell { .. }));
        for effect in judged.into_iter().chain(sent).chain(told) {
            self.perform_one(effect).await;
        }
        self.shared.set_parked(self.engine.parked());
        self.show_progress();
        Ok(())
    }

    /// Shows how far catching up is, when it is time to. After the append: what was brought is on the disk.
    fn show_progress(&self) {
        let began_ms = now_ms();
        if !self.shared.progress().is_due(self.engine.is_asking(), began_ms) {
            return;
        }
        let look = Look {
            sessions: self.engine.progress(),
            missing: self.engine.missing(),
            unsettled: self.unsettled(),
            began_ms,
            ended_ms: now_ms(),
        };
        let told = self.shared.progress().look(look);
        if let Some(sync) = told {
            self.shared.tell(Event::CatchingUp { sync });
        }
    }

    /// Peers with which not every chapter has been compared.
    fn unsettled(&self) -> BTreeSet<TransportId> {
        let peers = self.engine.peers();
        let unsettled = peers.filter(|(_, last)| last.is_some_and(|last| !last.unsettled.is_empty()));
        unsettled.map(|(peer, _)| peer).collect()
    }

    pub(crate) fn show_view(&self) {
        self.shared.show(View::of(self.engine.state()));
    }

    /// Own records through the journal, then the others. When this returns, all are on the disk.
    async fn append(&mut self, records: Vec<VerifiedRecord>) -> Result<(), RunError> {
        if records.is_empty() {
            return Ok(());
        }
        let (own, instance) = (self.author.key.writer(), self.author.instance);
        let arrival = self.write(move |writer| {
            let (ours, theirs): (Vec<_>, Vec<_>) = records
                .into_iter()
                .partition(|r| r.header().log.writer == own && r.header().log.instance == instance);
            super::append::append_all(writer, &ours, &theirs)
        });
        if let Some(arrival) = arrival.await? {
            self.arrival = arrival.0;
        }
        Ok(())
    }

    /// Bodies of records that are on the disk. Those that the stored headers do not commit to are told to the engine.
    async fn fill(&mut self, records: Vec<VerifiedRecord>) -> Result<(), RunError> {
        let Some(log) = records.first().map(|record| record.header().log.clone()) else {
            return Ok(());
        };
        let filled = self
            .write(move |writer| super::append::fill_all(writer, records))
            .await?;
        if let Some(arrival) = filled.arrival {
            self.arrival = arrival.0;
        }
        if let Some(refusal) = filled.refused {
            tracing::warn!(writer = %log.writer.short(), chapter = %log.chapter, code = %Verdict::from(refusal),
                "a body is not what the stored header commits to; the log's bodies are not fetched any more");
            self.input(Input::Unfillable { log });
        }
        Ok(())
    }

    /// Writes to the store, beside the loop's thread.
    pub(super) async fn write<T: Send + 'static>(
        &mut self,
        work: impl FnOnce(&mut Writer) -> Result<T, WriteError> + Send + 'static,
    ) -> Result<T, RunError> {
        // Taken while a group is written, and missing afterwards only if that crashed.
        let mut writer = self.writer.take().ok_or(RunError::Crashed)?;
        let written = tokio::task::spawn_blocking(move || {
            let done = work(&mut writer);
            (writer, done)
        });
        let (writer, done) = written.await.map_err(|_| RunError::Crashed)?;
        self.writer = Some(writer);
        done.map_err(RunError::Write)
    }

    async fn perform_one(&mut self, effect: Effect) {
        match effect {
            Effect::Judge { ticket, verdict } => self.judge(ticket, verdict).await,
            Effect::Imported {
                ticket,
                brought,
                stopped,
            } => {
                if let Some(Ticket::Import { reply }) = self.tickets.remove(&ticket) {
                    // Whoever asked may have gone; the records are stored all the same.
                    let _ = reply.send(Imported { brought, stopped });
                }
            }
            Effect::Broadcast { record } => self.broadcast(&record).await,
            Effect::Erase { record } => self.erasing.note(record),
            Effect::Prove { other } => self.prove(other).await,
            Effect::Carry { statement } => self.carry(statement).await,
            Effect::Open { session, peer } => self.open(session, peer),
            Effect::Send { session, message } => self.send(session, Outgoing::Frame(message)),
            Effect::Serve { session, served } => self.send(session, Outgoing::Serve(served)),
            Effect::Credit { session, bytes } => self.send(session, Outgoing::Credit(bytes)),
            Effect::SendAddresses { session } => {
                let peers = self.shared.addresses().to_share();
                self.send(session, Outgoing::Addresses(peers));
            }
            Effect::Close { session } => {
                self.send(session, Outgoing::Close);
                self.sessions.remove(&session);
            }
            Effect::Learn { peers } => {
                let own = self.own_transport();
                for peer in peers.iter().filter(|peer| peer.transport.as_bytes() != &own) {
                    super::events::keep(&self.net, &self.shared, peer).await;
                }
            }
            Effect::Follow { chapter } => {
                self.shared.progress().taken_up();
                self.follow(chapter.as_str()).await;
            }
            Effect::Unfollow { chapter } => {
                if let Ok(topic) = chapter.as_str().parse::<Topic>() {
                    let _ = self.net.leave(topic).await;
                }
            }
            Effect::RosterChanged => {
                let _ = self.net.rejudge().await;
            }
            Effect::Tell { notice } => super::tell::tell(&self.shared, notice),
            // Taken out before: see `perform`.
            Effect::Append { .. } | Effect::Fill { .. } => {}
        }
    }

    fn own_transport(&self) -> [u8; 32] {
        crate::peer::transport_id(&self.net.peer()).map_or([0; 32], |transport| *transport.as_bytes())
    }

    pub(crate) async fn follow(&self, chapter: &str) {
        let Ok(topic) = chapter.parse::<Topic>() else { return };
        if let Err(error) = self.net.follow(topic).await {
            tracing::warn!(%error, chapter, "a chapter's gossip cannot be followed; sync brings its records");
        }
    }

    async fn judge(&mut self, ticket: u64, verdict: Verdict) {
        match self.tickets.remove(&ticket) {
            Some(Ticket::Local { reply, published }) => {
                let result = if verdict == Verdict::Accepted {
                    Ok(published)
                } else {
                    Err(Unpublished::Verdict(verdict))
                };
                answer(reply, result);
            }
            Some(Ticket::Gossip { id, record }) => {
                if let Verdict::Refused(_) = verdict {
                    let peer = id.from().to_string();
                    refused(
                        &self.shared,
                        Refusal {
                            record: Some(record),
                            verdict,
                            peer,
                            by: "gossip",
                        },
                    );
                }
                let _ = self.net.judge(id, gossip_verdict(verdict)).await;
            }
            Some(Ticket::Import { .. }) | None => {}
        }
    }

    async fn broadcast(&self, record: &VerifiedRecord) {
        let Ok(topic) = record.header().log.chapter.as_str().parse::<Topic>() else {
            return;
        };
        let whole = record.encode();
        let bytes = if whole.len() <= GOSSIP_RECORD_BYTES_MAX {
            whole
        } else {
            record.announcement()
        };
        match self.net.publish(topic, bytes).await {
            Ok(published) => tracing::debug!(record = %record.id().short(), ?published, "gossiped"),
            Err(error) => tracing::warn!(%error, "a record was not gossiped; sync brings it"),
        }
    }

    fn open(&mut self, session: SessionId, peer: TransportId) {
        let net = self.net.clone();
        let (outgoing, received) = mpsc::channel(OUTGOING_MAX);
        self.sessions.insert(session, outgoing);
        tokio::spawn(self.session(session, peer, received).open(net));
    }

    pub(crate) fn session(&self, id: SessionId, peer: TransportId, outgoing: mpsc::Receiver<Outgoing>) -> Session {
        Session {
            id,
            peer,
            shared: Arc::clone(&self.shared),
            store: self.store.clone(),
            inbox: self.inbox.clone(),
            outgoing,
            credit: Credit::default(),
        }
    }

    /// Hands a frame to a session's task. One that does not take its frames is closed: the loop never waits for a peer.
    fn send(&mut self, session: SessionId, outgoing: Outgoing) {
        let Some(task) = self.sessions.get(&session) else {
            return;
        };
        if task.try_send(outgoing).is_err() {
            tracing::debug!(?session, "a sync stream is too slow and was closed");
            self.sessions.remove(&session);
        }
    }
}

fn answer(reply: Reply, result: Result<Published, Unpublished>) {
    match (reply, result) {
        // Whoever asked may have gone; the record is published all the same.
        (Some(reply), result) => drop(reply.send(result)),
        (None, Err(error)) => tracing::warn!(%error, "a record of this node was not published"),
        (None, Ok(_)) => {}
    }
}
