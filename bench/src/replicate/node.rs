//! The nodes: whole ones, each in a process of its own.

use std::io::Write;
use std::path::Path;
use std::time::Duration;

use alliance_api::{Commitment, InviteRequest, Problem};
use alliance_node::{Handle, InitOptions, JoinOptions, NodeRole, Run, Settings, Signatures};
use anyhow::{Result, anyhow};
use tokio::runtime::Runtime;
use tokio::time::sleep;

use crate::CHAPTER;
use crate::process::{tell, told};

/// Between two looks at how many records there are: a look reads the chapter's heads.
const LOOK: Duration = Duration::from_millis(10);
/// Between two looks at whether the other is connected.
const CONNECTION_LOOK: Duration = Duration::from_millis(1);

fn settings(listen: &[&str]) -> Settings {
    Settings {
        listen: listen.iter().map(|&address| address.to_owned()).collect(),
        role: if listen.is_empty() {
            NodeRole::Leaf
        } else {
            NodeRole::Hub
        },
        http: String::new(),
        socket: String::new(),
        without_cooling_off: true,
        ..Settings::default()
    }
}

#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
fn problem(problem: Problem) -> anyhow::Error {
    anyhow!("{}: {}", problem.title, problem.detail)
}

/// Runs the full node: invites once, then serves until it is killed.
pub(crate) fn full(data: &Path, signed: bool) -> Result<()> {
    let signatures = if signed { Signatures::All } else { Signatures::Needed };
    Runtime::new()?.block_on(Box::pin(async {
        let run = Run::start_serving(data, settings(&["/ip4/127.0.0.1/tcp/0"]), signatures).await?;
        let invitation = run.handle.invite(InviteRequest::default()).await.map_err(problem)?;
        tell("invitation", &invitation.token)?;
        let (_, digest) = held(&run.handle).await?;
        tell("serves", &digest)?;
        Ok(run.ended().await?)
    }))
}

/// Makes a node, joins, and when told so starts it and watches how it catches up.
pub(crate) fn empty(data: &Path, records: u64) -> Result<()> {
    let invitation = told()?;
    Runtime::new()?.block_on(Box::pin(async {
        let init = InitOptions {
            name: "Empty".to_owned(),
            ..InitOptions::default()
        };
        alliance_node::init(data, &init)?;
        let join = JoinOptions {
            invitation,
            commitments: vec![Commitment {
                what: "Publish one lesson".to_owned(),
                by: "2030-01".to_owned(),
            }],
            ..JoinOptions::default()
        };
        alliance_node::join(data, &settings(&[]), &join).await?;
        tell("joined", "")?;
        told()?;
        let run = Run::start(data, settings(&[])).await?;
        while run.handle.peers().await.map_err(problem)?.is_empty() {
            sleep(CONNECTION_LOOK).await;
        }
        tell("connected", "")?;
        // Before the roster has come, nobody is known to follow the chapter.
        while held(&run.handle).await.map_or(0, |(count, _)| count) < records {
            sleep(LOOK).await;
        }
        tell("replicated", &held(&run.handle).await?.1)?;
        Ok(run.ended().await?)
    }))
}

/// Starts a node again and says when it answers, with what it holds.
pub(crate) fn again(data: &Path) -> Result<()> {
    Runtime::new()?.block_on(Box::pin(async {
        let run = Run::start(data, settings(&[])).await?;
        let (count, digest) = held(&run.handle).await?;
        tell("ready", &format!("{count} {digest}"))?;
        std::io::stdout().flush()?;
        Ok(run.ended().await?)
    }))
}

/// Records of the chapter that are durable and readable, and the digest by which replicas are compared.
async fn held(handle: &Handle) -> Result<(u64, String)> {
    let chapter = handle.chapter(CHAPTER).await.map_err(problem)?;
    Ok((chapter.records, chapter.digest))
}
