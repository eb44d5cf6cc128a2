//! Organisations of one alliance, each with a node.

use std::path::PathBuf;

use alliance_api::{Commitment, InviteRequest};
use alliance_node::{FoundOptions, Handle, InitOptions, JoinOptions, NodeRole, Run, Settings};
use tempfile::TempDir;

use crate::wait::soon;

/// Where nodes listen: on a free port of the loopback.
const LISTEN: &str = "/ip4/127.0.0.1/tcp/0";

/// A node of a cluster: its directory outlives the running node, so that it can be stopped and started.
#[derive(Debug)]
pub struct Member {
    /// The data directory.
    pub data: PathBuf,
    run: Option<Run>,
    /// A restarted node keeps the port that it listened at first.
    /// Take effect when it is started.
    pub settings: Settings,
}

/// Organisations on this machine.
#[derive(Debug)]
pub struct Cluster {
    dir: TempDir,
    /// In the order of admission.
    pub members: Vec<Member>,
}

/// Settings of a node that listens on loopback only.
#[must_use]
pub fn settings(listen: &str) -> Settings {
    Settings {
        listen: vec![listen.to_owned()],
        http: String::new(),
        socket: String::new(),
        without_cooling_off: true,
        ..Settings::default()
    }
}

/// Settings of a node that listens nowhere.
#[must_use]
pub fn leaf_settings() -> Settings {
    Settings {
        listen: Vec::new(),
        role: NodeRole::Leaf,
        ..settings(LISTEN)
    }
}

impl Cluster {
    /// An alliance with its founder, running.
    ///
    /// # Panics
    /// When a node cannot be made: the test has failed then.
    pub async fn found(name: &str, country: &str) -> Self {
        // With ALLIANCE_LOG=debug a failing test tells what its nodes did. Only the first test of a process sets it up.
        let filter = tracing_subscriber::EnvFilter::from_env("ALLIANCE_LOG");
        let _ = tracing_subscriber::fmt()
            .with_env_filter(filter)
            .with_test_writer()
            .try_init();
        let dir = tempfile::tempdir().expect("a temporary directory");
        let mut cluster = Self {
            dir,
            members: Vec::new(),
        };
        let data = cluster.init(name, country);
        let options = FoundOptions {
            name: "Test alliance".to_owned(),
            ..FoundOptions::default()
        };
        alliance_node::found(&data, &options).expect("founding");
        cluster.add(data, settings(LISTEN)).await;
        cluster
    }

    /// A directory of an organisation that is in no alliance yet. Each has a name of its own.
    ///
    /// # Panics
    /// When it cannot be made.
    #[must_use]
    pub fn init(&self, name: &str, country: &str) -> PathBuf {
        let data = self.dir.path().join(name.to_lowercase().replace(' ', "-"));
        let options = InitOptions {
            name: name.to_owned(),
            country: country.to_owned(),
            ..InitOptions::default()
        };
        alliance_node::init(&data, &options).expect("init");
        data
    }

    async fn add(&mut self, data: PathBuf, settings: Settings) {
        let mut member = Member::at(data, settings);
        member.start().await;
        soon(member.introduced()).await;
        self.members.push(member);
    }

    /// One more organisation, invited by member `inviter`, joined and running.
    ///
    /// # Panics
    /// When it cannot join.
    pub async fn join(&mut self, inviter: usize, name: &str, country: &str) {
        self.join_with(inviter, (name, country), settings(LISTEN)).await;
    }

    /// As [`Cluster::join`], with a name, a country and settings.
    ///
    /// # Panics
    /// When it cannot join.
    pub async fn join_with(&mut self, inviter: usize, (name, country): (&str, &str), settings: Settings) {
        let data = self.init(name, country);
        let invitation = self.invitation(inviter).await;
        let options = join_options(&invitation);
        alliance_node::join(&data, &settings, &options).await.expect("joining");
        self.add(data, settings).await;
    }

    /// An invitation's token, given by member `inviter`.
    ///
    /// # Panics
    /// When it is not given.
    pub async fn invitation(&self, inviter: usize) -> String {
        let given = self.handle(inviter).invite(InviteRequest::default()).await;
        given.expect("an invitation").token
    }

    /// The running node of a member.
    ///
    /// # Panics
    /// When it is stopped.
    #[must_use]
    pub fn handle(&self, member: usize) -> &Handle {
        self.members[member].handle()
    }

    /// Waits until all running members have equal digests of a chapter with at least `records` records.
    ///
    /// # Panics
    /// When a node ends meanwhile.
    pub async fn agree_on(&self, chapter: &str, records: u64) {
        soon(self.agreement(chapter, records)).await;
    }

    async fn agreement(&self, chapter: &str, records: u64) {
        let running: Vec<_> = self.members.iter().filter_map(|member| member.run.as_ref()).collect();
        let mut watching = tokio::task::JoinSet::new();
        let (seen, mut seen_by_all) = tokio::sync::mpsc::unbounded_channel();
        for (index, run) in running.iter().enumerate() {
            let (handle, chapter, seen) = (run.handle.clone(), chapter.to_owned(), seen.clone());
            watching.spawn(async move {
                let mut events = handle.events(None);
                loop {
                    if let Ok(view) = handle.chapter(&chapter).await {
                        let _ = seen.send((index, view.records, view.digest));
                    }
                    events.next().await.expect("the node runs");
                }
            });
        }
        let mut latest = vec![(0, String::new()); running.len()];
        while let Some((index, count, digest)) = seen_by_all.recv().await {
            latest[index] = (count, digest);
            let (first_count, first) = &latest[0];
            if *first_count >= records && latest.iter().all(|(_, digest)| digest == first) {
                return;
            }
        }
    }
}

/// Options of joining with an invitation's token and a pledge.
#[must_use]
pub fn join_options(invitation: &str) -> JoinOptions {
    let commitment = Commitment {
        what: "Publish one lesson".to_owned(),
        by: "2027-06".to_owned(),
    };
    JoinOptions {
        invitation: invitation.to_owned(),
        commitments: vec![commitment],
        ..JoinOptions::default()
    }
}

impl Member {
    /// A node in a directory, not running yet.
    #[must_use]
    pub const fn at(data: PathBuf, settings: Settings) -> Self {
        Self {
            data,
            run: None,
            settings,
        }
    }

    /// Starts the node, at the same port as before.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn start(&mut self) {
        let run = Run::start(&self.data, self.settings.clone())
            .await
            .expect("the node starts");
        let status = run.handle.status().await.expect("a status");
        self.settings.listen = status.node.listen;
        self.run = Some(run);
    }

    /// Where the running node listens.
    ///
    /// # Panics
    /// When it listens nowhere.
    #[must_use]
    pub fn address(&self) -> &str {
        self.settings.listen.first().expect("the node listens")
    }

    /// Waits until the node has said who its organisation is, which takes the roster from another member.
    async fn introduced(&self) {
        let mut events = self.handle().events(Some(0));
        while self
            .handle()
            .status()
            .await
            .expect("a status")
            .organisation
            .name
            .is_empty()
        {
            events.next().await.expect("the node runs");
        }
    }

    /// Stops the node and waits for its end.
    ///
    /// # Panics
    /// When it ends with an error.
    pub async fn stop(&mut self) {
        if let Some(run) = self.run.take() {
            run.handle.shutdown();
            run.ended().await.expect("the node ends well");
        }
    }

    /// The running node.
    ///
    /// # Panics
    /// When it is stopped.
    #[must_use]
    pub fn handle(&self) -> &Handle {
        &self.run.as_ref().expect("the node runs").handle
    }
}
