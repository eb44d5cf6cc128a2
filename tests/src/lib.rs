//! Fixtures shared by the integration tests: clusters of real nodes on loopback, each in a directory of its own.
//!
//! Nothing here waits for time to pass: every wait is for an event of a node.

use std::path::PathBuf;

use alliance_api::{Commitment, DocumentFormat, Event, InviteRequest, PublishReceipt, PublishRequest};
use alliance_node::{FoundOptions, Handle, InitOptions, JoinOptions, Run, Settings};
use tempfile::TempDir;

/// A node of a cluster: its directory outlives the running node, so that it can be stopped and started.
#[derive(Debug)]
pub struct Member {
    /// The data directory.
    pub data: PathBuf,
    run: Option<Run>,
    /// The port it listened at first; a restarted node keeps it.
    listen: String,
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
        ..Settings::default()
    }
}

/// A practice as an author would write it.
#[must_use]
pub fn practice(title: &str) -> String {
    format!(
        "---\nkind: practice\ntitle: {title}\nlang: en-GB\nlicence: CC-BY-4.0\nscope: public\n\
         settings: [inpatient.acute_adult]\ncoproduction:\n  level: codesigned\n  note: Written with former patients.\n\
         evidence_stage: \"1\"\neffect: too_early\nstatus: in_use\n---\n\n\
         ## Summary\n\nEvery weekday patients and staff meet for twenty minutes and plan the day.\n\n\
         ## Problem\n\nMost restraints followed news that surprised people on the ward.\n\n\
         ## Why it should work\n\nIf likely bad news is known early, staff can offer company and prepare for it.\n\n\
         ## What is done\n\nThanks, news, what might be hard today, requests and offers, something to look forward to.\n"
    )
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
        cluster.add(data).await;
        cluster
    }

    fn init(&self, name: &str, country: &str) -> PathBuf {
        let data = self.dir.path().join(format!("node-{}", self.members.len()));
        let options = InitOptions {
            name: name.to_owned(),
            country: country.to_owned(),
            ..InitOptions::default()
        };
        alliance_node::init(&data, &options).expect("init");
        data
    }

    async fn add(&mut self, data: PathBuf) {
        let mut member = Member {
            data,
            run: None,
            listen: "/ip4/127.0.0.1/tcp/0".to_owned(),
        };
        member.start().await;
        member.introduced().await;
        self.members.push(member);
    }

    /// One more organisation, invited by member `inviter`, joined and running.
    ///
    /// # Panics
    /// When it cannot join.
    pub async fn join(&mut self, inviter: usize, name: &str, country: &str) {
        let data = self.init(name, country);
        let invitation = self
            .handle(inviter)
            .invite(InviteRequest::default())
            .await
            .expect("an invitation");
        let commitment = Commitment {
            what: "Publish one lesson".to_owned(),
            by: "2027-06".to_owned(),
        };
        let options = JoinOptions {
            invitation: invitation.token,
            commitments: vec![commitment],
        };
        alliance_node::join(&data, &settings("/ip4/127.0.0.1/tcp/0"), &options)
            .await
            .expect("joining");
        self.add(data).await;
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
        let running: Vec<_> = self.members.iter().filter_map(|member| member.run.as_ref()).collect();
        let mut waiting = tokio::task::JoinSet::new();
        let (seen, mut seen_by_all) = tokio::sync::mpsc::unbounded_channel();
        for (index, run) in running.iter().enumerate() {
            let (handle, chapter, seen) = (run.handle.clone(), chapter.to_owned(), seen.clone());
            waiting.spawn(async move {
                let mut events = handle.events(Some(0));
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

impl Member {
    /// Starts the node, at the same port as before.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn start(&mut self) {
        let run = Run::start(&self.data, settings(&self.listen))
            .await
            .expect("the node starts");
        let status = run.handle.status().await.expect("a status");
        if let Some(address) = status.node.listen.first() {
            self.listen.clone_from(address);
        }
        self.run = Some(run);
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

/// Publishes a practice.
///
/// # Panics
/// When it is not taken.
pub async fn share(handle: &Handle, title: &str, chapter: &str) -> PublishReceipt {
    let request = PublishRequest {
        format: DocumentFormat::Markdown,
        document: practice(title),
        chapter: Some(chapter.to_owned()),
        dry_run: false,
    };
    handle.publish(request).await.expect("the practice is published")
}

/// Waits until a record is visible.
///
/// # Panics
/// When the node ends before.
pub async fn arrival_of(handle: &Handle, id: &str) -> u64 {
    let mut events = handle.events(Some(0));
    loop {
        match events.next().await.expect("the node runs") {
            (_, Event::Record { record }) if record.id == id => return record.arrival,
            _ => {}
        }
    }
}
