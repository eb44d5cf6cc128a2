//! What goes on while a newcomer catches up: a person watches it, somebody shares something, and all is noted.
//!
//! Notes what the newcomer says; whether it is true is judged elsewhere.

use std::io::{BufRead, BufReader};
use std::process::Child;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use alliance_api::{Client, Event};
use anyhow::{Context as _, bail};
use tokio::task::JoinHandle;

use crate::looks::{Look, Looks};
use crate::node::Node;
use crate::said::Said;
use crate::stage::{CHAPTER, LOOK, Stage};

/// Between two lines of `alliance sync --watch` that are shown here.
const SHOWN: Duration = Duration::from_secs(5);
/// Nothing came for so long: it never will.
const STALLED: Duration = Duration::from_secs(180);
/// How long a record that was shared takes at most, once the newcomer is in step.
const SHARED: Duration = Duration::from_secs(120);

/// What goes on while the newcomer catches up.
pub(crate) struct Catching<'a> {
    stage: &'a Stage,
    founder: &'a Node,
    newcomer: &'a Node,
    began: Instant,
    held: u64,
    looks: Looks,
    watching: JoinHandle<anyhow::Result<()>>,
    /// What events told to be missing.
    events: Arc<Mutex<Vec<u64>>>,
    /// What was shared meanwhile, when, and after how long it was here.
    shared: Option<(String, Instant)>,
    is_here: bool,
}

impl<'a> Catching<'a> {
    pub(crate) fn begin(
        stage: &'a Stage,
        founder: &'a Node,
        newcomer: &'a Node,
        (began, held): (Instant, u64),
    ) -> anyhow::Result<Self> {
        let watch = newcomer.follow(&["sync", "--watch", "--timeout", "12h"])?;
        let said = stage.said;
        Ok(Self {
            stage,
            founder,
            newcomer,
            began,
            held,
            looks: Looks::default(),
            watching: tokio::task::spawn_blocking(move || read_watch(watch, said)),
            events: listen(newcomer.client()),
            shared: None,
            is_here: false,
        })
    }

    /// Looks until `alliance sync --watch` ends; shares a practice when half has come.
    pub(crate) async fn follow(&mut self) -> anyhow::Result<()> {
        let mut ticks = tokio::time::interval(LOOK);
        let mut moved = (0, Instant::now());
        while !self.watching.is_finished() {
            ticks.tick().await;
            let look = self.look().await?;
            if look.records > moved.0 {
                moved = (look.records, Instant::now());
            }
            if moved.1.elapsed() > STALLED {
                bail!("nothing came for {} s; {look:?}", STALLED.as_secs());
            }
            if self.shared.is_none() && look.records >= self.held / 2 {
                self.share(look)?;
            }
            self.see_shared().await?;
        }
        (&mut self.watching).await??;
        // Once more, after the end.
        self.look().await?;
        if self.shared.is_none() {
            bail!("`alliance sync --watch` said that it is in step before half of the records had come");
        }
        Ok(())
    }

    async fn look(&mut self) -> anyhow::Result<Look> {
        let chapter = self.newcomer.chapter(CHAPTER).await?;
        let sync = self.newcomer.client().sync().await?.sync;
        let look = Look {
            at: self.began.elapsed(),
            records: chapter.as_ref().map_or(0, |chapter| chapter.records),
            missing: chapter.map_or(0, |chapter| chapter.missing),
            pace: sync.records_per_s.filter(|_| sync.missing > 0),
            published: u64::from(self.shared.is_some()),
        };
        self.looks.0.push(look);
        Ok(look)
    }

    fn share(&mut self, look: Look) -> anyhow::Result<()> {
        let id = self.stage.share(self.founder)?;
        self.stage.said.line(&format!(
            "the founder shared a practice; the newcomer holds {} of {} records",
            look.records, self.held
        ));
        self.shared = Some((id, Instant::now()));
        Ok(())
    }

    async fn see_shared(&mut self) -> anyhow::Result<()> {
        if let Some((id, at)) = &self.shared
            && !self.is_here
            && self.newcomer.client().record(id).await.is_ok()
        {
            self.is_here = true;
            let looks = self.looks.0.last();
            self.stage.said.line(&format!(
                "what was shared is on the newcomer after {:.1} s, {} records still missing",
                at.elapsed().as_secs_f64(),
                looks.map_or(0, |look| look.missing)
            ));
        }
        Ok(())
    }

    /// Waits until what was shared is here too.
    pub(crate) async fn arrived(&mut self) -> anyhow::Result<()> {
        let began = Instant::now();
        let mut ticks = tokio::time::interval(LOOK);
        while !self.is_here {
            ticks.tick().await;
            if began.elapsed() > SHARED {
                bail!("in step for {} s, and what was shared is not there", SHARED.as_secs());
            }
            self.see_shared().await?;
        }
        self.look().await.map(drop)
    }

    /// What was seen, and what events told to be missing.
    pub(crate) fn seen(&self) -> (&Looks, Vec<u64>) {
        let told = self.events.lock().unwrap_or_else(PoisonError::into_inner);
        (&self.looks, told.clone())
    }
}

/// Notes what events tell to be missing of the chapter, from the first time that any is.
fn listen(client: Client) -> Arc<Mutex<Vec<u64>>> {
    let told = Arc::new(Mutex::new(Vec::new()));
    let notes = Arc::clone(&told);
    tokio::spawn(async move {
        let Ok(mut events) = client.notices().await else { return };
        while let Ok(Some((_, event))) = events.next().await {
            let Event::CatchingUp { sync } = event else { continue };
            let of_chapter = sync.chapters.iter().find(|lacking| lacking.chapter == CHAPTER);
            let missing = of_chapter.map_or(0, |lacking| lacking.missing);
            let mut notes = notes.lock().unwrap_or_else(PoisonError::into_inner);
            if missing > 0 || !notes.is_empty() {
                notes.push(missing);
            }
        }
    });
    told
}

/// Shows what `alliance sync --watch` says, as often as a reader wants it; an error when it does not end well.
fn read_watch(mut watch: Child, said: Said) -> anyhow::Result<()> {
    let lines = BufReader::new(watch.stdout.take().context("a pipe was asked for")?).lines();
    let (mut shown, mut last) = (None::<Instant>, String::new());
    for line in lines {
        last = line.context("`alliance sync --watch` cannot be read")?;
        if shown.is_none_or(|shown| shown.elapsed() > SHOWN) {
            said.line(&last);
            shown = Some(Instant::now());
        }
    }
    let output = watch.wait_with_output()?;
    if !output.status.success() || !last.starts_with("in step") {
        let why = String::from_utf8_lossy(&output.stderr);
        bail!("`alliance sync --watch` ended with '{last}': {}", why.trim_end());
    }
    said.line(&last);
    Ok(())
}
