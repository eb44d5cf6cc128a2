//! Opening a data directory and starting everything, in an order in which nothing is lost when a step fails.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use alliance_engine::{Effects, Engine};
use alliance_net::{Net, Role};
use alliance_record::AllianceId;
use alliance_store::{OpenReport, Options, Reader, Store, Writer};
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::erasing::Erasing;
use super::events::{Listener, keep_one};
use super::intake::Intake;
use super::join::JoinHost;
use super::keepers::{Endings, keepers};
use super::message::MESSAGES_MAX;
use super::restore::{Restored, restored};
use super::statements::OwnLife;
use super::who::Who;
use super::{Desk, Loop, Message, Onboarding, endings};
use crate::access::StoreAccess;
use crate::data::{AddressBook, Audit, DataDir, Drawer, FileError, Invitations, Quarantine};
use crate::dataset::{self, DatasetAccess};
use crate::finding::Finding;
use crate::gate::MemberGate;
use crate::handle::{Handle, watch_drafts};
use crate::listing::facets;
use crate::publishing::check_settings;
use crate::settings::{NodeRole, Settings, Signatures};
use crate::shared::{Kept, Shared, Trust, View};

/// Gossiped records verified at once: two cores' worth, and one that waits for the disk.
const VERIFYING_MAX: usize = 3;

/// How long a start waits for its addresses: the ports are taken already, the system only has to name its interfaces.
const LISTENING_WAIT: Duration = Duration::from_secs(5);

/// Why a node did not start, or why it ended. What was acknowledged is on the disk.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// There is no node in the directory.
    #[error("{path} holds no node; make one with `alliance found` or `alliance join`")]
    NotInitialised {
        /// The directory.
        path: String,
    },
    /// The organisation has no alliance yet.
    #[error("this organisation belongs to no alliance yet; use `alliance found` or `alliance join`")]
    NoAlliance,
    /// A file of the data directory is at fault.
    #[error(transparent)]
    File(#[from] FileError),
    /// A key or id in the identity file cannot be read.
    #[error("identity.json is damaged at '{field}'; restore it from a backup of the data directory")]
    Identity {
        /// The field.
        field: &'static str,
    },
    /// The store did not open.
    #[error(transparent)]
    Open(#[from] alliance_store::OpenError),
    /// The store could not be read at the start.
    #[error(transparent)]
    Read(#[from] alliance_store::ReadError),
    /// The store failed while running. The node ended rather than acknowledge what it cannot keep.
    #[error(transparent)]
    Write(alliance_store::WriteError),
    /// The network did not start.
    #[error(transparent)]
    Net(#[from] alliance_net::StartError),
    /// An address in the settings cannot be read.
    #[error("setting '{setting}': {source}")]
    Address {
        /// The setting.
        setting: &'static str,
        /// What is wrong.
        source: alliance_net::AddressError,
    },
    /// A chapter in the settings has no chapter's name.
    #[error(
        "setting '{setting}': '{name}' names no chapter; write it as in `alliance chapter list`, `iso:de` or `m49:150`"
    )]
    Chapter {
        /// The setting.
        setting: &'static str,
        /// What was given.
        name: String,
    },
    /// A draft would be signed sooner than the members agreed, or never.
    #[error(
        "setting '{setting}': from {least} to {most}; a member may wait longer than others, not shorter. To try things out, set without_cooling_off = true"
    )]
    CoolingOff {
        /// The setting.
        setting: &'static str,
        /// The least that it may be.
        least: u32,
        /// The most.
        most: u32,
    },
    /// A task ended by a fault of this software.
    #[error("an internal task ended by a fault; please report what the log says before this line")]
    Crashed,
}

/// A node that was started.
#[derive(Debug)]
pub struct Run {
    /// What the rest of the program holds of it.
    pub handle: Handle,
    task: JoinHandle<Result<(), RunError>>,
}

impl Run {
    /// Opens the data directory and starts the node.
    ///
    /// # Errors
    /// [`RunError`] with the remedy; nothing runs then.
    pub async fn start(data: &Path, settings: Settings) -> Result<Self, RunError> {
        Self::start_serving(data, settings, Signatures::Needed).await
    }

    /// As [`Run::start`], with what signatures are to be left in the ranges that the node serves.
    ///
    /// # Errors
    /// As [`Run::start`].
    pub async fn start_serving(data: &Path, settings: Settings, signatures: Signatures) -> Result<Self, RunError> {
        check_settings(&settings)?;
        let dir = DataDir::new(data);
        let mut who = Who::read(&dir)?;
        let net_settings = net_settings(&who.author.alliance, &settings)?;
        // Before anything else can fail or be confirmed. Of a node that runs there it takes nothing: what that writes has no name.
        dir.clear_exports()?;
        let (writer, reader, report) = open_store(&dir, &settings).await?;
        let life = OwnLife { dir: dir.clone() };
        who.begin_again_if_damaged(&life, &report)?;
        let Restored {
            engine,
            certificate_is_said,
        } = restored(&who, &settings, &reader)?;
        who.forget_said(&life, &engine.state().members)?;
        let shared = Arc::new(shared(&dir, &who, &reader)?.serving(signatures));
        shared.show(View::of(engine.state()));
        let (net, events) = Net::start(*who.keys.transport.seed(), net_settings, Arc::new(gate(&who, &shared)))?;
        let (inbox, messages) = mpsc::channel(MESSAGES_MAX);
        let arrival = reader.last_arrival().0;
        let (store, closing) = StoreAccess::new(reader);
        let around = dataset::Surroundings {
            alliance: who.author.alliance,
            store: store.clone(),
            shared: Arc::clone(&shared),
            inbox: inbox.clone(),
        };
        let (finding, dataset, endings) = keepers(&dir, &settings, around, closing);
        let drawer = Drawer::open(&dir)?;
        let parts = Parts {
            store,
            net,
            shared,
            inbox,
            finding,
            dataset,
            dir,
            drawer: Arc::new(drawer),
        };
        tokio::spawn(listener(&who, &parts).run(events));
        tokio::spawn(endings::watch(who.author.organisation, parts.clone()));
        let opening = report.events.iter().map(ToString::to_string).collect();
        let handle = Handle::new(&who.author, &who.membership, (settings.clone(), opening), parts.clone());
        let desk = desk(&who, life, parts, engine, (writer, arrival));
        let onboarding = Onboarding {
            wishes: who.identity.wishes,
            certificate: who.certificate,
            unsaid: !certificate_is_said && who.succession.is_none(),
            succession: who.succession,
            statements: who.statements,
            charter: who.charter,
        };
        let mut node = Loop {
            desk,
            onboarding,
            opened_by_peers: 0,
        };
        node.begin().await?;
        let (shared, addresses) = (Arc::clone(&node.desk.shared), settings.listen.len());
        let task = tokio::spawn(run(node, messages, settings, endings));
        listening(&shared, addresses).await;
        tokio::spawn(watch_drafts(handle.clone()));
        Ok(Self { handle, task })
    }

    /// Waits until the node ends: after [`Handle::shutdown`], or by an error.
    ///
    /// # Errors
    /// [`RunError`] when the store failed.
    pub async fn ended(self) -> Result<(), RunError> {
        self.task.await.map_err(|_| RunError::Crashed)?
    }
}

/// Waits until the node can be reached, so that whoever gets its handle can ask where, or invite.
async fn listening(shared: &Shared, addresses: usize) {
    if timeout(LISTENING_WAIT, shared.listening(addresses)).await.is_err() {
        tracing::warn!("not all addresses of the setting 'listen' are open yet");
    }
}

async fn open_store(dir: &DataDir, settings: &Settings) -> Result<(Writer, Reader, OpenReport), RunError> {
    let options = Options {
        cache_bytes: u64::from(settings.store_cache_mib) << 20,
        facets,
    };
    let path = dir.store();
    let opened = tokio::task::spawn_blocking(move || Store::open(&path, options)).await;
    let (writer, reader, report) = opened.map_err(|_| RunError::Crashed)??;
    for event in &report.events {
        tracing::warn!("{event}");
    }
    Ok((writer, reader, report))
}

fn shared(dir: &DataDir, who: &Who, reader: &Reader) -> Result<Shared, RunError> {
    let invitations = Invitations::open(dir.invitations())?;
    let trust = Trust {
        own: who.author.organisation,
        writer: who.author.key.writer(),
        instance: who.author.instance,
        first: who.first.clone(),
    };
    let kept = Kept {
        invitations,
        addresses: AddressBook::open(dir.addresses()),
        audit: Audit::of(dir),
        quarantine: Quarantine::open(dir.quarantine())?,
        certificate: who.certificate.clone(),
    };
    Ok(Shared::new(trust, kept, reader.last_arrival().0))
}

fn gate(who: &Who, shared: &Shared) -> MemberGate {
    MemberGate {
        alliance: who.author.alliance,
        transport: who.keys.transport.transport(),
        certificate: shared.certificate.subscribe(),
        succession: who.shown(),
        roster: Arc::clone(&shared.roster),
        invitations: Arc::clone(&shared.invitations),
    }
}

fn listener(who: &Who, parts: &Parts) -> Listener {
    let host = JoinHost {
        alliance: who.author.alliance,
        organisation: who.author.organisation,
        transport: who.keys.transport.transport(),
        shared: Arc::clone(&parts.shared),
        store: parts.store.clone(),
        inbox: parts.inbox.clone(),
    };
    let intake = Intake {
        store: parts.store.clone(),
        net: parts.net.clone(),
        shared: Arc::clone(&parts.shared),
        inbox: parts.inbox.clone(),
        workers: Arc::new(Semaphore::new(VERIFYING_MAX)),
    };
    Listener {
        net: parts.net.clone(),
        intake,
        shared: Arc::clone(&parts.shared),
        inbox: parts.inbox.clone(),
        host: Arc::new(host),
    }
}

fn desk(who: &Who, life: OwnLife, parts: Parts, engine: Engine, (writer, arrival): (Writer, u64)) -> Desk {
    Desk {
        erasing: Erasing::begin(&engine),
        finding: parts.finding,
        dataset: parts.dataset,
        engine,
        writer: Some(writer),
        store: parts.store,
        arrival,
        net: parts.net,
        author: who.author.clone(),
        life,
        postponed: Vec::new(),
        shared: parts.shared,
        inbox: parts.inbox,
        sessions: BTreeMap::new(),
        tickets: BTreeMap::new(),
        issued: 0,
        effects: Effects::new(),
    }
}

/// What the handle shares with the loop.
#[derive(Clone)]
pub(crate) struct Parts {
    pub(crate) store: StoreAccess,
    pub(crate) net: Net,
    pub(crate) shared: Arc<Shared>,
    pub(crate) inbox: mpsc::Sender<Message>,
    pub(crate) finding: Finding,
    pub(crate) dataset: DatasetAccess,
    pub(crate) dir: DataDir,
    pub(crate) drawer: Arc<Drawer>,
}

/// Runs the loop, and afterwards closes everything: when this returns, ports and database are free.
async fn run(
    node: Loop,
    messages: mpsc::Receiver<Message>,
    settings: Settings,
    endings: Endings,
) -> Result<(), RunError> {
    let net = node.desk.net.clone();
    for chapter in node.desk.engine.state().replicated.clone() {
        node.desk.follow(chapter.as_str()).await;
    }
    let known: Vec<_> = node.desk.shared.addresses().all().collect();
    for peer in known {
        for address in &peer.addresses {
            keep_one(&net, &peer.transport, address).await;
        }
    }
    for address in &settings.bootstrap {
        if let Ok(address) = address.parse::<alliance_net::Address>()
            && let Ok(Err(error)) = net.keep(address.without_peer(), address.peer()).await
        {
            tracing::warn!(%address, %error, "an address of the setting 'bootstrap' is not dialled");
        }
    }
    let result = node.run(messages).await;
    net.shutdown().await;
    endings.end().await;
    result
}

fn net_settings(alliance: &AllianceId, settings: &Settings) -> Result<alliance_net::Settings, RunError> {
    let bad = |setting| move |source| RunError::Address { setting, source };
    let listen = settings
        .listen
        .iter()
        .map(|address| address.parse())
        .collect::<Result<_, _>>();
    for address in &settings.bootstrap {
        address.parse::<alliance_net::Address>().map_err(bad("bootstrap"))?;
    }
    Ok(alliance_net::Settings {
        protocol: alliance.to_string(),
        listen: listen.map_err(bad("listen"))?,
        role: match settings.role {
            NodeRole::Hub => Role::Hub,
            NodeRole::Leaf => Role::Leaf,
        },
        mdns: settings.mdns,
        ..alliance_net::Settings::default()
    })
}
