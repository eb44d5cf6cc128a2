//! The nodes of the demonstration, and what is done with them.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use alliance_api::{
    Commitment, Confirmations, Depth, InviteRequest, Problem, PublishReceipt, PublishRequest, TokenRequest, TokenRole,
};
use alliance_http::{HttpSettings, Server};
use alliance_node::{FoundOptions, Handle, InitOptions, JoinOptions, Run, Settings};
use tempfile::TempDir;

use super::cast::{Cast, Organisation, Record};
use crate::failure::{Failure, chain};
use crate::output::Output;

/// What is waited for at most: a machine on which this is not enough is too busy for a demonstration.
const PATIENCE: Duration = Duration::from_secs(120);
/// A free port on loopback.
const LISTEN: &str = "/ip4/127.0.0.1/tcp/0";

/// One organisation's node.
pub(super) struct Actor {
    pub(super) organisation: Organisation,
    data: PathBuf,
    run: Option<Run>,
    server: Option<Server>,
    pub(super) http: Option<SocketAddr>,
}

/// All nodes and where they keep their data.
pub(super) struct Stage {
    dir: TempDir,
    output: Output,
    pub(super) actors: Vec<Actor>,
    /// Ids of published records by their names in the examples.
    pub(super) published: BTreeMap<String, String>,
}

fn settings() -> Settings {
    Settings {
        listen: vec![LISTEN.to_owned()],
        http: String::new(),
        socket: String::new(),
        store_cache_mib: 8,
        // It lasts a minute.
        without_cooling_off: true,
        ..Settings::default()
    }
}

fn refused(what: &str) -> impl FnOnce(Problem) -> Failure {
    let what = what.to_owned();
    move |problem| Failure::local(&problem.code, what, format!("{}: {}", problem.title, problem.detail))
}

fn broken<E: std::error::Error + 'static>(what: &str) -> impl FnOnce(E) -> Failure {
    let what = what.to_owned();
    move |error| Failure::local("demo_failed", what, chain(&error))
}

impl Actor {
    /// The running node.
    pub(super) fn handle(&self) -> Result<&Handle, Failure> {
        let away = || {
            Failure::local(
                "demo_failed",
                format!("The node of {} is away", self.organisation.shown()),
                "",
            )
        };
        self.run.as_ref().map(|run| &run.handle).ok_or_else(away)
    }

    async fn start(&mut self) -> Result<(), Failure> {
        let run = Run::start(&self.data, settings())
            .await
            .map_err(broken("A node did not start"))?;
        self.run = Some(run);
        Ok(())
    }

    async fn stop(&mut self) -> Result<(), Failure> {
        if let Some(server) = self.server.take() {
            server.stop().await;
        }
        let Some(run) = self.run.take() else { return Ok(()) };
        run.handle.shutdown();
        run.ended().await.map_err(broken("A node did not end well"))
    }

    /// Waits until the node has said who its organisation is, for which it needs the roster.
    async fn introduced(&self) -> Result<(), Failure> {
        let handle = self.handle()?;
        let mut events = handle.events(Some(0));
        while handle
            .status()
            .await
            .map_err(refused("A node does not answer"))?
            .organisation
            .name
            .is_empty()
        {
            events.next().await;
        }
        Ok(())
    }
}

impl Stage {
    pub(super) fn open(output: Output) -> Result<Self, Failure> {
        let dir = tempfile::Builder::new().prefix("alliance-demo-").tempdir();
        let dir = dir.map_err(broken("There is no place for the nodes' data"))?;
        output.note(&format!("Data of the nodes: {}", dir.path().display()));
        Ok(Self {
            dir,
            output,
            actors: Vec::new(),
            published: BTreeMap::new(),
        })
    }

    /// Ends every node. The directory goes with the stage.
    pub(super) async fn close(mut self) {
        for actor in &mut self.actors {
            if let Err(failure) = actor.stop().await {
                self.output.failure(&failure);
            }
        }
    }

    fn position(&self, id: &str) -> Option<usize> {
        self.actors.iter().position(|actor| actor.organisation.id == id)
    }

    /// Founds the alliance and has the organisations invite one another, in the tree that the examples give.
    pub(super) async fn gather(&mut self, cast: &Cast) -> Result<(), Failure> {
        for organisation in &cast.organisations {
            let data = self.dir.path().join(&organisation.id);
            init(&data, organisation)?;
            let inviter = organisation.recruited_by.as_deref().and_then(|id| self.position(id));
            match inviter {
                None => self.found(&data, organisation)?,
                Some(inviter) => self.join(inviter, &data, organisation).await?,
            }
            let mut actor = Actor {
                organisation: organisation.clone(),
                data,
                run: None,
                server: None,
                http: None,
            };
            actor.start().await?;
            within(actor.introduced(), "an organisation to be known").await??;
            self.actors.push(actor);
        }
        Ok(())
    }

    fn found(&self, data: &std::path::Path, organisation: &Organisation) -> Result<(), Failure> {
        self.output
            .note(&format!("{} founds the alliance", organisation.shown()));
        let options = FoundOptions {
            name: "PROMISE (demonstration)".to_owned(),
            commitments: vec![commitment()],
            ..FoundOptions::default()
        };
        alliance_node::found(data, &options)
            .map(|_| ())
            .map_err(broken("The alliance could not be founded"))
    }

    async fn join(&self, inviter: usize, data: &std::path::Path, organisation: &Organisation) -> Result<(), Failure> {
        let inviter = &self.actors[inviter];
        self.output.note(&format!(
            "{} invites {}",
            inviter.organisation.shown(),
            organisation.shown()
        ));
        let invitation = inviter.handle()?.invite(InviteRequest::default()).await;
        let invitation = invitation.map_err(refused("The invitation could not be given"))?;
        let options = JoinOptions {
            invitation: invitation.token,
            commitments: vec![commitment()],
            ..JoinOptions::default()
        };
        let joined = alliance_node::join(data, &settings(), &options).await;
        joined.map(|_| ()).map_err(broken("An organisation could not join"))
    }

    /// Everyone follows the themes, beside the chapters that their country brings.
    pub(super) async fn follow_themes(&self, cast: &Cast) -> Result<(), Failure> {
        for theme in cast.themes() {
            self.output.note(&format!("Everyone follows {theme}"));
            for actor in &self.actors {
                actor
                    .handle()?
                    .follow(&theme, Depth::Exact)
                    .await
                    .map_err(refused("A chapter could not be followed"))?;
            }
        }
        Ok(())
    }

    /// Publishes records, each by its organisation's node.
    pub(super) async fn publish(&mut self, records: &[Record]) -> Result<(), Failure> {
        for record in records {
            let Some(author) = self.position(&record.organisation) else {
                continue;
            };
            let author = &self.actors[author];
            let request = PublishRequest {
                format: record.format(),
                document: record.document(&self.published),
                confirmations: Confirmations::all(),
                // A record that it names may still be under way to its node, or in a chapter that it does not follow.
                accept_warnings: true,
                ..PublishRequest::default()
            };
            let receipt = through_the_gate(author.handle()?, request).await;
            let receipt = receipt.map_err(refused(&format!("{} was not published", record.id)))?;
            let (kind, chapter) = (&receipt.kind, &receipt.chapter);
            self.output
                .note(&format!("{} shares a {kind} in {chapter}", author.organisation.shown()));
            self.published.insert(record.id.clone(), receipt.id.unwrap_or_default());
        }
        Ok(())
    }

    /// Takes away the node of an organisation that none of `records` needs; the last one that can be spared.
    pub(super) async fn leave(&mut self, records: &[Record]) -> Result<usize, Failure> {
        let needed = |actor: &Actor| {
            records
                .iter()
                .any(|record| record.organisation == actor.organisation.id)
        };
        let away = self.actors.iter().rposition(|actor| !needed(actor)).unwrap_or(0);
        self.output
            .note(&format!("{} goes away", self.actors[away].organisation.shown()));
        self.actors[away].stop().await?;
        Ok(away)
    }

    pub(super) async fn come_back(&mut self, away: usize) -> Result<(), Failure> {
        self.output.note(&format!(
            "{} comes back and catches up",
            self.actors[away].organisation.shown()
        ));
        self.actors[away].start().await
    }

    /// Serves every node's HTTP interface on loopback.
    pub(super) async fn serve(&mut self) -> Result<(), Failure> {
        for actor in &mut self.actors {
            let http = HttpSettings {
                tcp: Some(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))),
                unix: None,
                allowed_hosts: Vec::new(),
                token: None,
                ..HttpSettings::default()
            };
            let handle = actor.handle()?.clone();
            let server = alliance_http::serve(handle, http)
                .await
                .map_err(broken("An interface did not start"))?;
            actor.http = server.tcp_address();
            actor.server = Some(server);
        }
        Ok(())
    }

    /// Waits until all replicas of every chapter agree.
    pub(super) async fn agree(&self, cast: &Cast) -> Result<(), Failure> {
        match within(super::checks::agreement(self, cast), "all replicas to agree").await {
            Ok(agreed) => agreed,
            Err(mut late) => {
                late.told.why = super::checks::differences(self).await?;
                Err(late)
            }
        }
    }
}

/// Shares a document, and approves it with a token as its second reader would, where one is needed.
async fn through_the_gate(node: &Handle, request: PublishRequest) -> Result<PublishReceipt, Problem> {
    let receipt = node.publish(request).await?;
    let Some(draft) = &receipt.draft else {
        return Ok(receipt);
    };
    let second_reader = TokenRequest {
        role: TokenRole::SecondReader,
        label: "Second reader".to_owned(),
    };
    let token = node.add_token(&second_reader)?.token;
    node.approve_draft(&draft.id, &token).await
}

/// Waits for something, within patience.
async fn within<T>(waiting: impl Future<Output = T>, what: &str) -> Result<T, Failure> {
    let late = |_| Failure::local("demo_late", format!("Waited {PATIENCE:?} in vain for {what}"), "");
    tokio::time::timeout(PATIENCE, waiting).await.map_err(late)
}

fn commitment() -> Commitment {
    Commitment {
        what: "Publish at least one lesson a year, failings included".to_owned(),
        by: "2027-12".to_owned(),
    }
}

fn init(data: &std::path::Path, organisation: &Organisation) -> Result<(), Failure> {
    let options = InitOptions {
        name: organisation.name.clone(),
        name_en: organisation.name_en.clone(),
        country: organisation.country.clone(),
        subdivision: organisation.subdivision.clone(),
        organisation_type: organisation.organisation_type.clone(),
        languages: organisation.languages.clone(),
        // Invented organisations, whose directories are gone in a minute.
        passphrase: None,
    };
    alliance_node::init(data, &options)
        .map(|_| ())
        .map_err(broken("A data directory could not be made"))
}
