//! What one seed chooses: who there is, how much goes on, and which faults happen how often. Most histories have few kinds
//! of fault, so that each is seen alone and with others.

use crate::dice::{Dice, PerMillion};
use crate::lie::Lie;
use crate::session::Piece;

/// When every history begins, in milliseconds since 1970 UTC.
pub(crate) const BEGIN_MS: i64 = 1_800_000_000_000;
const MINUTE_MS: i64 = 60_000;
const YEAR_MS: i64 = 365 * 24 * 60 * MINUTE_MS;

/// The real node's, and smaller ones, so that short logs are served in several pieces.
const PIECES: [Piece; 3] = [
    Piece {
        records: 1024,
        bytes: 524_288,
    },
    Piece {
        records: 7,
        bytes: 524_288,
    },
    Piece {
        records: 1024,
        bytes: 3_000,
    },
];

/// Chapters that organisations may follow, and whether deeply.
const CHAPTERS: [(&str, bool); 5] = [
    ("m49:001", false),
    ("iso:gb", false),
    ("theme:seclusion", false),
    ("m49:150", true),
    ("iso:cz", false),
];

/// One node.
#[derive(Debug, Clone)]
pub(crate) struct NodePlan {
    pub(crate) organisation: usize,
    pub(crate) lies: Vec<Lie>,
    /// How far its clock is off at the beginning.
    pub(crate) skew_ms: i64,
    /// Which bodies its operator has it keep: from one start to the next, and from the last on as at the first.
    pub(crate) choices: Vec<Choice>,
}

/// Which bodies a node keeps, as its operator says before a start.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Choice {
    pub(crate) after_headers: bool,
    pub(crate) headers_only: Vec<&'static str>,
}

/// How the network treats what it carries.
#[derive(Debug, Clone, Default)]
pub(crate) struct Weather {
    pub(crate) latency_ms: (i64, i64),
    pub(crate) bytes_per_ms: i64,
    pub(crate) gossip_loss: PerMillion,
    pub(crate) gossip_twice: PerMillion,
    /// Of each frame: the stream breaks in its middle.
    pub(crate) cut: PerMillion,
    /// Of each frame: lost on the way and sent again, which takes longer.
    pub(crate) resent: PerMillion,
}

/// How often each fault strikes in the first phase.
#[derive(Debug, Clone, Default)]
pub(crate) struct Strikes {
    pub(crate) crashes: u64,
    pub(crate) partitions: u64,
    pub(crate) full_disks: u64,
    pub(crate) clock_jumps: u64,
    pub(crate) replays: u64,
    pub(crate) links_lost: u64,
    /// Of each append: it takes seconds.
    pub(crate) slow_disk: PerMillion,
    /// Operators stop a node and start it again, with another choice if they have one.
    pub(crate) restarts: u64,
    /// Of each erasing: the machine stops while the disk is at it.
    pub(crate) crash_in_erase: PerMillion,
}

/// A history to be.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) nodes: Vec<NodePlan>,
    /// What each organisation follows at first.
    pub(crate) follows: Vec<Vec<(&'static str, bool)>>,
    pub(crate) weather: Weather,
    pub(crate) strikes: Strikes,
    /// How long faults last.
    pub(crate) troubled_ms: i64,
    pub(crate) publications: u64,
    /// Most records written at one go.
    pub(crate) burst: u64,
    pub(crate) changes_of_mind: u64,
    /// Whether liars go on when the faults end.
    pub(crate) lies_go_on: bool,
    /// Whether wrong clocks stay wrong when the faults end.
    pub(crate) clocks_stay: bool,
    pub(crate) sync_interval_ms: i64,
    pub(crate) heartbeat_ms: i64,
    /// How much an answerer reads from its store at once.
    pub(crate) piece: Piece,
    /// Whether bodies are so large that the window is filled.
    pub(crate) is_heavy: bool,
    /// Logs that one node writes in many lives, so that comparing takes sketches.
    pub(crate) many_logs: u64,
    /// Notices by which organisations remove records.
    pub(crate) removals: u64,
}

impl Plan {
    pub(crate) fn of(seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let nodes = cast(&mut dice);
        let organisations = nodes.iter().map(|node| node.organisation + 1).max().unwrap_or(1);
        let follows = (0..organisations).map(|_| chapters(&mut dice)).collect();
        let many = dice.one_in(12);
        let mut plan = Self {
            nodes,
            follows,
            weather: weather(&mut dice),
            strikes: strikes(&mut dice),
            troubled_ms: dice.between(2, 10) * MINUTE_MS,
            publications: dice.below(60) + 5,
            burst: if many { 700 } else { 1 + dice.below(12) },
            changes_of_mind: if dice.one_in(3) { dice.below(6) } else { 0 },
            lies_go_on: dice.one_in(2),
            clocks_stay: dice.one_in(2),
            sync_interval_ms: [10_000, 30_000, 60_000][dice.index(3)],
            piece: PIECES[dice.index(3)],
            is_heavy: dice.one_in(25),
            many_logs: if dice.one_in(8) { 20 + dice.below(180) } else { 0 },
            heartbeat_ms: [20_000, 30_000, 120_000][dice.index(3)],
            removals: 0,
        };
        // Last, so that what a seed chose before there was this choice is still what it chooses.
        plan.choose_bodies(&mut dice);
        plan.choose_removals(&mut dice);
        plan
    }

    /// In every second history all nodes keep all bodies, each with its header.
    fn choose_bodies(&mut self, dice: &mut Dice) {
        if dice.one_in(2) {
            return;
        }
        self.strikes.restarts = count_sometimes(dice, 2, 8);
        for node in &mut self.nodes {
            node.choices = choices(dice);
            if !node.lies.is_empty() && dice.one_in(3) {
                node.lies.push(Lie::ABOUT_BODIES[dice.index(Lie::ABOUT_BODIES.len())]);
            }
            // Whoever hides that it lacks bodies must lack some.
            if node.lies.contains(&Lie::HidesLagging) {
                node.choices = vec![watching(dice, 1)];
            }
        }
    }

    /// In every second history nothing is ever removed.
    fn choose_removals(&mut self, dice: &mut Dice) {
        self.removals = count_sometimes(dice, 2, 12);
        self.strikes.crash_in_erase = sometimes(dice, 3, 400_000);
        for node in self.nodes.iter_mut().filter(|node| !node.lies.is_empty()) {
            if self.removals > 0 && dice.one_in(2) {
                node.lies.push(Lie::KeepsRemoved);
            }
        }
    }
}

/// Most operators never think of it again.
fn choices(dice: &mut Dice) -> Vec<Choice> {
    let count = if dice.one_in(2) { 1 } else { 2 + dice.index(2) };
    (0..count).map(|_| choice(dice)).collect()
}

fn choice(dice: &mut Dice) -> Choice {
    match dice.below(4) {
        0 => Choice::default(),
        1 => watching(dice, 2),
        2 => Choice {
            after_headers: true,
            ..watching(dice, 3)
        },
        _ => Choice {
            after_headers: true,
            headers_only: Vec::new(),
        },
    }
}

/// Headers alone of one in so many chapters.
fn watching(dice: &mut Dice, one_in: u64) -> Choice {
    let names = CHAPTERS.iter().map(|(name, _)| *name);
    Choice {
        after_headers: false,
        headers_only: names.filter(|_| dice.one_in(one_in)).collect(),
    }
}

/// Three to eight nodes of two organisations at least; the first one's founds the alliance and is honest.
fn cast(dice: &mut Dice) -> Vec<NodePlan> {
    let count = 3 + dice.index(6);
    let liars = if dice.one_in(2) {
        0
    } else {
        1 + dice.index((count - 2).min(3))
    };
    let wrong_clocks = dice.one_in(4);
    let mut nodes: Vec<NodePlan> = Vec::new();
    let mut organisation = 0;
    for index in 0..count {
        if index > 0 && !(nodes.len() > 1 && dice.one_in(4)) {
            organisation += 1;
        }
        nodes.push(NodePlan {
            organisation,
            lies: Vec::new(),
            skew_ms: skew(dice, wrong_clocks),
            choices: vec![Choice::default()],
        });
    }
    for liar in nodes.iter_mut().rev().take(liars) {
        liar.lies = lies(dice);
    }
    nodes
}

fn lies(dice: &mut Dice) -> Vec<Lie> {
    let mut lies = vec![Lie::USUAL[dice.index(Lie::USUAL.len())]];
    while dice.one_in(3) {
        lies.push(Lie::USUAL[dice.index(Lie::USUAL.len())]);
    }
    lies
}

/// Clocks drift by seconds; wrong ones are off by up to years, either way.
fn skew(dice: &mut Dice, wrong: bool) -> i64 {
    match (wrong && dice.one_in(3), dice.below(3)) {
        (false, _) => dice.between(-20_000, 20_000),
        (true, 0) => dice.between(-5 * YEAR_MS, -MINUTE_MS),
        (true, 1) => dice.between(MINUTE_MS, 5 * YEAR_MS),
        (true, _) => dice.between(-30 * MINUTE_MS, 30 * MINUTE_MS),
    }
}

/// Everyone follows the world's chapter, so that there is something in common.
fn chapters(dice: &mut Dice) -> Vec<(&'static str, bool)> {
    let mut follows = vec![CHAPTERS[0]];
    follows.extend(CHAPTERS[1..].iter().filter(|_| dice.one_in(2)));
    follows
}

/// A rate that is 0 in most histories.
fn sometimes(dice: &mut Dice, one_in: u64, most_per_million: u64) -> PerMillion {
    if dice.one_in(one_in) {
        PerMillion((1 + dice.below(most_per_million)) as u32)
    } else {
        PerMillion(0)
    }
}

fn count_sometimes(dice: &mut Dice, one_in: u64, most: u64) -> u64 {
    if dice.one_in(one_in) { 1 + dice.below(most) } else { 0 }
}

fn weather(dice: &mut Dice) -> Weather {
    let slowest = [20, 150, 900][dice.index(3)];
    Weather {
        latency_ms: (1 + slowest / 10, slowest),
        bytes_per_ms: [20, 1000, 20_000][dice.index(3)],
        gossip_loss: match dice.below(6) {
            0 => PerMillion(1_000_000),
            1 | 2 => PerMillion(dice.below(500_000) as u32),
            _ => PerMillion(0),
        },
        gossip_twice: sometimes(dice, 4, 400_000),
        cut: sometimes(dice, 3, 80_000),
        resent: sometimes(dice, 3, 300_000),
    }
}

fn strikes(dice: &mut Dice) -> Strikes {
    Strikes {
        crashes: count_sometimes(dice, 3, 12),
        partitions: count_sometimes(dice, 3, 8),
        full_disks: count_sometimes(dice, 5, 4),
        clock_jumps: count_sometimes(dice, 5, 6),
        replays: count_sometimes(dice, 4, 60),
        links_lost: count_sometimes(dice, 4, 20),
        slow_disk: sometimes(dice, 4, 500_000),
        restarts: 0,
        crash_in_erase: PerMillion(0),
    }
}
