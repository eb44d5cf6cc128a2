//! One side of the comparison: publishes, and waits until everyone has heard. Owns the clock; never knows how a message
//! is carried.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow, bail};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval, timeout_at};

use crate::dice::Dice;
use crate::machine::own_cpu_ms;

/// Between two records at the steady rate: 20 a second.
const STEADY: Duration = Duration::from_millis(50);
/// After this a record counts as lost. A gossip that failed is repaired by sync within this.
const PATIENCE: Duration = Duration::from_secs(60);
/// The same for gossip, which nothing repairs but its own announcements, made for 6 s.
const PATIENCE_BARE: Duration = Duration::from_secs(15);
/// Words that wait to be counted.
pub(super) const WORDS_MAX: usize = 65_536;

/// What the nodes tell the clock.
#[derive(Debug)]
pub(super) enum Word {
    /// A record is visible on a node.
    Heard {
        /// The record's name, as its publisher knows it.
        key: String,
        at: Instant,
    },
    /// A node ended.
    Ended { node: usize },
}

/// A record on its way.
#[derive(Debug)]
pub(super) struct Sent {
    pub(super) key: String,
    pub(super) began: Instant,
    /// When the publisher was told that it is published.
    pub(super) answered: Instant,
}

/// Publishes on any node of a side.
#[derive(Debug, Clone)]
pub(super) enum Publisher {
    Ours(super::cluster::Publisher),
    Bare(super::bare::Publisher),
}

impl Publisher {
    async fn publish(&self, node: usize, number: u64) -> Result<Sent> {
        match self {
            Self::Ours(publisher) => publisher.publish(node, number).await,
            Self::Bare(publisher) => publisher.publish(node, number).await,
        }
    }

    const fn patience(&self) -> Duration {
        match self {
            Self::Ours(_) => PATIENCE,
            Self::Bare(_) => PATIENCE_BARE,
        }
    }
}

/// What one series gave.
#[derive(Debug, Default)]
pub(super) struct Measured {
    /// Milliseconds from publishing until the last node heard, of each record that all heard.
    pub(super) all_ms: Vec<f64>,
    /// Milliseconds from publishing until the publisher was answered.
    pub(super) answered_ms: Vec<f64>,
    /// Records that some node did not hear in time.
    pub(super) lost: usize,
    /// Processor time of the process meanwhile, milliseconds.
    pub(super) cpu_ms: f64,
}

/// How many have heard a record, and when the last of them did.
type Heard = HashMap<String, (usize, Instant)>;

/// A side with its clock.
#[derive(Debug)]
pub(super) struct Side {
    publisher: Publisher,
    words: mpsc::Receiver<Word>,
    /// Nodes that publish.
    nodes: usize,
    /// Nodes that are to hear each record.
    hearers: usize,
    published: u64,
}

impl Side {
    pub(super) const fn new(
        publisher: Publisher,
        words: mpsc::Receiver<Word>,
        (nodes, hearers): (usize, usize),
    ) -> Self {
        Self {
            publisher,
            words,
            nodes,
            hearers,
            published: 0,
        }
    }

    /// Publishes `count` records from nodes by chance, each when the one before it was heard by all.
    pub(super) async fn one_by_one(&mut self, count: usize, dice: &mut Dice) -> Result<Measured> {
        let (mut measured, mut heard) = (Measured::default(), Heard::new());
        let cpu_before_ms = own_cpu_ms();
        for _ in 0..count {
            let (node, number) = self.next(dice);
            let sent = self.publisher.publish(node, number).await?;
            self.listen(&mut heard, std::slice::from_ref(&sent)).await?;
            self.settle(&mut measured, &heard, &sent)?;
        }
        measured.cpu_ms = own_cpu_ms() - cpu_before_ms;
        Ok(measured)
    }

    /// Publishes `count` records from nodes by chance at a steady rate, whatever has become of those before.
    pub(super) async fn steady(&mut self, count: usize, dice: &mut Dice) -> Result<Measured> {
        let mut clock = interval(STEADY);
        clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (mut publishing, mut sent, mut heard) = (JoinSet::new(), Vec::new(), Heard::new());
        let cpu_before_ms = own_cpu_ms();
        for _ in 0..count {
            clock.tick().await;
            let ((node, number), publisher) = (self.next(dice), self.publisher.clone());
            publishing.spawn(async move { publisher.publish(node, number).await });
        }
        while let Some(published) = publishing.join_next().await {
            sent.push(published??);
        }
        self.listen(&mut heard, &sent).await?;
        let mut measured = Measured {
            cpu_ms: own_cpu_ms() - cpu_before_ms,
            ..Measured::default()
        };
        for sent in &sent {
            self.settle(&mut measured, &heard, sent)?;
        }
        Ok(measured)
    }

    const fn next(&mut self, dice: &mut Dice) -> (usize, u64) {
        self.published += 1;
        (dice.throw(self.nodes), self.published)
    }

    /// Counts words until all have heard what was sent, or patience ends.
    async fn listen(&mut self, heard: &mut Heard, sent: &[Sent]) -> Result<()> {
        let until = tokio::time::Instant::now() + self.publisher.patience();
        let is_missing =
            |heard: &Heard, sent: &Sent| heard.get(&sent.key).is_none_or(|(count, _)| *count < self.hearers);
        let mut missing: Vec<&Sent> = sent.iter().collect();
        loop {
            missing.retain(|sent| is_missing(heard, sent));
            if missing.is_empty() {
                return Ok(());
            }
            match timeout_at(until, self.words.recv()).await {
                Ok(Some(Word::Heard { key, at })) => {
                    let entry = heard.entry(key).or_insert((0, at));
                    *entry = (entry.0 + 1, entry.1.max(at));
                }
                Ok(Some(Word::Ended { node })) => bail!("node {node} ended while it was measured"),
                Ok(None) => bail!("all nodes ended while they were measured"),
                Err(_) => return Ok(()),
            }
        }
    }

    fn settle(&self, measured: &mut Measured, heard: &Heard, sent: &Sent) -> Result<()> {
        measured.answered_ms.push(ms(sent.answered - sent.began));
        match heard.get(&sent.key) {
            Some((count, last)) if *count == self.hearers => measured.all_ms.push(ms(last.duration_since(sent.began))),
            Some(_) | None if matches!(self.publisher, Publisher::Ours(_)) => {
                let count = heard.get(&sent.key).map_or(0, |(count, _)| *count);
                return Err(anyhow!(
                    "record {} was visible on {count} of {} nodes after {} s",
                    sent.key,
                    self.hearers,
                    PATIENCE.as_secs()
                ));
            }
            Some(_) | None => measured.lost += 1,
        }
        Ok(())
    }
}

pub(super) fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
