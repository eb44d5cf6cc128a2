//! A newcomer catches up while its connection is cut again and again, and itself is killed now and then: everything
//! arrives, and little comes twice.

use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};

use crate::namespace::Namespace;
use crate::node::Node;
use crate::proxy::{Ended, Ending, Proxy};
use crate::said::bytes;
use crate::stage::{CHAPTER, PORT, Stage};
use crate::tally::{Again, Tally};
use crate::wires::Wires;

/// Each cut of this many is a kill of the newcomer.
const KILL_EVERY: u64 = 100;
/// In a sample.
const KILL_EVERY_SAMPLED: u64 = 10;
/// Lines of progress in all.
const LINES: u64 = 20;
/// Records of which none came for so long have all been stored.
const REST: Duration = Duration::from_millis(50);
/// No connection ended for so long: it goes on for ever, or there is none any more.
const STALLED: Duration = Duration::from_secs(180);
/// Until the newcomer is in step after the last cut.
const PATIENCE: &str = "1h";

/// Runs it.
pub(crate) async fn run(stage: &Stage) -> anyhow::Result<()> {
    let (said, arguments) = (&stage.said, &stage.arguments);
    said.heading("cuts: catching up while the connection is cut again and again");
    let (near, far) = (Namespace::new()?, Namespace::new()?);
    let wires = Wires::lay([&near, &far])?;
    let (mut founder, filled) = stage.found(near, arguments.cut_records())?;
    let address = (wires.far(0), PORT).into();
    let mut proxy = Proxy::start(wires.near(1), arguments.ways, address, arguments.seed).await?;
    let ways: Vec<String> = proxy.addresses.iter().map(multiaddress).collect();
    let listen = multiaddress(&address);
    founder.start(&["--listen".to_owned(), listen, "--announce".to_owned(), ways[0].clone()])?;
    let held = founder.chapter(CHAPTER).await?.map_or(0, |chapter| chapter.records);
    let newcomer = stage.join(&founder, far)?;
    // The connections of joining are not among those that count.
    while proxy.ended.try_recv().is_ok() {}

    let kill_every = if arguments.sample {
        KILL_EVERY_SAMPLED
    } else {
        KILL_EVERY
    };
    proxy.arm(arguments.cuts(), kill_every);
    let began = Instant::now();
    let mut cutting = Cutting {
        stage,
        proxy,
        newcomer,
        words: words(&ways),
        tally: Tally::default(),
        kills: 0,
        held,
    };
    cutting.newcomer.start(&cutting.words)?;
    cutting.follow(began).await?;
    let took = began.elapsed().as_secs_f64();
    let watched = cutting.newcomer.ask(&["sync", "--watch", "--timeout", PATIENCE])?;
    said.line(&format!(
        "{} cuts, {} of them kills of the newcomer, in {took:.1} s; in step {:.1} s later",
        arguments.cuts(),
        cutting.kills,
        began.elapsed().as_secs_f64() - took
    ));
    said.quote(watched.lines().last().unwrap_or_default());
    let records = stage.agree(&founder, &cutting.newcomer).await?;
    ensure!(
        records == held,
        "both hold {records} records of {CHAPTER}, and {held} were expected"
    );
    let again = cutting.measure().await?;
    said.line(&format!(
        "{} of records; {}",
        bytes(filled.envelope_bytes),
        again.told()
    ));
    Ok(())
}

fn multiaddress(address: &std::net::SocketAddr) -> String {
    format!("/ip4/{}/tcp/{}", address.ip(), address.port())
}

/// The newcomer connects outwards only, by any of the proxy's addresses.
fn words(ways: &[String]) -> Vec<String> {
    let mut words = ["--listen", "", "--role", "leaf"].map(str::to_owned).to_vec();
    words.extend(ways.iter().flat_map(|way| ["--bootstrap".to_owned(), way.clone()]));
    words
}

/// The run while there are cuts.
struct Cutting<'a> {
    stage: &'a Stage,
    proxy: Proxy,
    newcomer: Node,
    words: Vec<String>,
    tally: Tally,
    kills: u64,
    held: u64,
}

impl Cutting<'_> {
    /// Until the last cut.
    async fn follow(&mut self, began: Instant) -> anyhow::Result<()> {
        let wanted = self.stage.arguments.cuts();
        loop {
            let ended = tokio::time::timeout(STALLED, self.proxy.ended.recv()).await;
            let Ok(Some(ended)) = ended else {
                let has = self.records().await?;
                ensure!(
                    has < self.held,
                    "everything has come, and the cuts are not done: take more records for so many (--records)"
                );
                bail!("no connection came to its end for {} s", STALLED.as_secs());
            };
            let (cut, is_kill) = match ended.ending {
                Ending::Cut(cut) => (cut, false),
                Ending::Held(cut) => {
                    self.kill().await?;
                    (cut, true)
                }
                Ending::Closed => {
                    self.tally.closed(ended.bytes);
                    continue;
                }
            };
            self.note((cut, is_kill), ended, began).await?;
            if cut == wanted {
                return Ok(());
            }
        }
    }

    async fn records(&self) -> anyhow::Result<u64> {
        let chapter = self.newcomer.chapter(CHAPTER).await?;
        Ok(chapter.map_or(0, |chapter| chapter.records))
    }

    /// The same once what came before the cut is stored.
    async fn records_at_rest(&self) -> anyhow::Result<u64> {
        let mut looks = tokio::time::interval(REST);
        let mut before = None;
        loop {
            looks.tick().await;
            let records = Some(self.records().await?);
            if let Some(records) = records.filter(|_| records == before) {
                return Ok(records);
            }
            before = records;
        }
    }

    /// Kills the newcomer and starts it again. What it showed before is still there.
    async fn kill(&mut self) -> anyhow::Result<()> {
        let before = self.records().await?;
        self.newcomer.kill();
        self.kills += 1;
        self.newcomer.start(&self.words).context("after a kill")?;
        let after = self.records().await?;
        ensure!(
            after >= before,
            "the newcomer showed {before} records before it was killed, and {after} afterwards"
        );
        Ok(())
    }

    async fn note(&mut self, (cut, is_kill): (u64, bool), ended: Ended, began: Instant) -> anyhow::Result<()> {
        let records = self.records_at_rest().await?;
        self.proxy.go_on();
        self.tally.cut(ended.bytes, records, is_kill)?;
        let wanted = self.stage.arguments.cuts();
        if cut.is_multiple_of(wanted.div_ceil(LINES)) || cut == wanted {
            self.stage.said.line(&format!(
                "{cut} cuts: {records} of {} records in {:.1} s; {} connections were turned away, {} closed by a node",
                self.held,
                began.elapsed().as_secs_f64(),
                self.proxy.refused(),
                self.tally.closed
            ));
        }
        Ok(())
    }

    /// Ends the last connection, which nothing cut, and compares with it.
    async fn measure(&mut self) -> anyhow::Result<Again> {
        self.newcomer.kill();
        let last = tokio::time::timeout(STALLED, self.proxy.ended.recv()).await;
        let last = last.ok().flatten().context("the last connection did not end")?;
        self.tally.closed(last.bytes);
        while let Ok(ended) = self.proxy.ended.try_recv() {
            self.tally.closed(ended.bytes);
        }
        self.tally.again(self.held)
    }
}
