//! What both suites begin with: an organisation that founded an alliance and holds records, and one that it invited.

use std::io::{Seek, SeekFrom, Write};
use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, Instant};

use alliance_fill::{Fill, Filled, fill};
use anyhow::Context as _;

use crate::arguments::Arguments;
use crate::namespace::Namespace;
use crate::node::{self, Node};
use crate::program::Program;
use crate::said::{Said, bytes};

/// The chapter that the records are in: everybody follows it from the beginning.
pub(crate) const CHAPTER: &str = "m49:001";
/// Data directories.
const FOUNDER: &str = "founder";
const NEWCOMER: &str = "newcomer";
/// The port on which the first node listens.
pub(crate) const PORT: u16 = 4001;
/// Times that joining is tried: on a line that loses packets, a person is told to try again too.
const JOINS_MAX: u32 = 5;
/// Sharing, with what its author confirms of it.
const SHARE: [&str; 6] = [
    "share",
    "-",
    "--json",
    "--nobody-recognisable",
    "--right-to-share",
    "--people-involved",
];
/// Until both replicas are the same, once the newcomer knows of nothing missing.
const AGREE: Duration = Duration::from_secs(120);
/// Between two looks at what is waited for.
pub(crate) const LOOK: Duration = Duration::from_millis(250);

/// What a suite is given.
#[derive(Debug)]
pub(crate) struct Stage {
    pub(crate) said: Said,
    pub(crate) program: Program,
    pub(crate) dir: PathBuf,
    pub(crate) arguments: Arguments,
}

impl Stage {
    /// An alliance whose founder holds so many records; its node does not run yet.
    pub(crate) fn found(&self, place: Namespace, records: u64) -> anyhow::Result<(Node, Filled)> {
        let node = Node::new(place, &self.program, self.dir.join(FOUNDER));
        let founding = [
            "found",
            "--name",
            "Alliance on a bad line",
            "--organisation",
            "Harbour",
            "--country",
            "gb",
            "--commitment",
            "Publish one lesson by 2035-06",
            "--no-passphrase",
        ];
        node.ask(&founding)?;
        let options = Fill {
            records,
            logs: self.arguments.logs,
            chapter: CHAPTER.to_owned(),
            seed: self.arguments.seed,
            ..Fill::default()
        };
        let filled = fill(node.data(), &options).context("the founder's records could not be written")?;
        self.said.line(&format!(
            "the founder holds {} records in {} logs, {}",
            filled.records,
            options.logs,
            bytes(filled.envelope_bytes)
        ));
        Ok((node, filled))
    }

    /// An organisation that the running founder invited; its node does not run yet.
    pub(crate) fn join(&self, founder: &Node, place: Namespace) -> anyhow::Result<Node> {
        let node = Node::new(place, &self.program, self.dir.join(NEWCOMER));
        let token = founder.ask(&["invite", "--print"])?;
        let invitation = self.file("invitation.txt", &token)?;
        let organisation = [
            "join",
            "-",
            "--organisation",
            "Fjord",
            "--country",
            "no",
            "--no-passphrase",
        ];
        let joining = [&organisation[..], &["--commitment", "Meet every month by 2035-01"]].concat();
        let again = ["join", "-", "--commitment", "Meet every month by 2035-01"];
        let began = Instant::now();
        for tried in 1.. {
            // The first try makes the data directory, whatever becomes of it.
            let words = if tried == 1 { &joining[..] } else { &again[..] };
            let mut input = invitation.try_clone()?;
            input.seek(SeekFrom::Start(0))?;
            match node.ask_with(words, Stdio::from(input)) {
                Ok(_) => {
                    let took = began.elapsed().as_secs_f64();
                    self.said.line(&format!(
                        "the newcomer joined by invitation in {took:.1} s, try {tried}"
                    ));
                    break;
                }
                Err(error) if tried < JOINS_MAX => self.said.quote(&error.to_string()),
                Err(error) => return Err(error),
            }
        }
        Ok(node)
    }

    /// The ends of the nodes' logs.
    pub(crate) fn tell_logs(&self) {
        for name in [FOUNDER, NEWCOMER] {
            self.said.line(&format!("the log of the {name} ended with"));
            self.said.quote(&node::log_end(&self.dir.join(name)));
        }
    }

    fn file(&self, name: &str, text: &str) -> anyhow::Result<std::fs::File> {
        let path = self.dir.join(name);
        std::fs::write(&path, text)?;
        Ok(std::fs::File::open(path)?)
    }

    /// Shares a practice as a person would; its id.
    pub(crate) fn share(&self, node: &Node) -> anyhow::Result<String> {
        let mut document = tempfile::tempfile_in(&self.dir)?;
        document.write_all(include_bytes!("practice.md"))?;
        document.seek(SeekFrom::Start(0))?;
        let said = node.ask_with(&SHARE, Stdio::from(document))?;
        let id = said.split('"').skip_while(|part| *part != "id").nth(2);
        Ok(id.with_context(|| format!("no id in {said}"))?.to_owned())
    }

    /// Waits until both hold the same in every chapter, and have said so; what they hold of the records' chapter.
    pub(crate) async fn agree(&self, founder: &Node, newcomer: &Node) -> anyhow::Result<u64> {
        let began = Instant::now();
        let mut looks = tokio::time::interval(LOOK);
        let replica = loop {
            looks.tick().await;
            let (ours, theirs) = (founder.replica().await?, newcomer.replica().await?);
            if ours == theirs {
                break ours;
            }
            anyhow::ensure!(
                began.elapsed() < AGREE,
                "the replicas are not the same after {} s: the founder holds {ours:?}, the newcomer {theirs:?}",
                AGREE.as_secs()
            );
        };
        let sync = newcomer.ask(&["sync"])?;
        let first = sync.lines().next().unwrap_or_default();
        anyhow::ensure!(
            first.starts_with("in step"),
            "the replicas are the same, and `alliance sync` says:\n{sync}"
        );
        self.said.line(&format!(
            "both hold the same in {} chapters; `alliance sync` says:",
            replica.len()
        ));
        self.said.quote(&sync);
        let chapter = replica.into_iter().find(|(name, ..)| name == CHAPTER);
        Ok(chapter.map_or(0, |(_, records, _)| records))
    }
}
