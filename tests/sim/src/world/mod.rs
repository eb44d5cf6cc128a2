//! The world of one history: nodes, the network between them, the moment, and the loop that lets things happen.

mod append;
mod bodies;
mod carry;
mod check;
mod closure;
mod desk;
mod fault;
mod forks;
mod gossip;
mod life;
mod link;
mod node;
mod quiet;
mod removing;
mod settle;
mod stream;
mod turn;
mod work;

use std::collections::BTreeMap;

use alliance_engine::Input;
use alliance_record::{ChapterName, TransportId};
use bytes::Bytes;

use crate::agenda::Agenda;
use crate::cast::Cast;
use crate::coverage::Coverage;
use crate::dice::Dice;
use crate::history::Outcome;
use crate::oracle::{Broken, Oracle, broken};
use crate::plan::{BEGIN_MS, Plan};
use crate::session::Watch;
use crate::trace::{Keep, Trace};
use fault::Fault;
use link::Links;
use node::Node;
use quiet::Quiet;
use stream::Stream;
use work::Work;

/// Events of one history at most: more are a storm.
const EVENTS_MAX: u64 = 3_000_000;

/// Something that happens.
#[derive(Debug)]
pub(crate) enum Event {
    /// A node's loop takes what waits for it.
    Turn { node: usize, life: u32 },
    /// The disk is done with what a node's turn wrote.
    Stored { node: usize, life: u32 },
    /// A node's loop has slept long enough.
    Wake { node: usize, life: u32, number: u64 },
    /// One end of a stream may have something to do.
    Pump { stream: u64, side: usize },
    /// An end has waited long enough for the other one to end.
    Drained { stream: u64, side: usize },
    /// A gossiped message arrives.
    Gossip { from: usize, to: usize, message: Message },
    /// Two nodes try to connect.
    Dial { one: usize, other: usize },
    /// A connection is noticed to be dead.
    LinkDies { one: usize, other: usize, epoch: u64 },
    /// A node hears that a peer came or went.
    Tell { node: usize, life: u32, input: Box<Input> },
    /// A fault strikes.
    Fault(Fault),
    /// People do something.
    Work(Work),
    /// Liars attack.
    Attack { node: usize },
}

/// A gossiped message.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    pub(crate) chapter: ChapterName,
    pub(crate) bytes: Bytes,
}

/// Where a history stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Phase {
    /// Faults strike; safety is checked.
    Troubled,
    /// Faults have ended; all must come into step.
    Settling,
    /// All are in step: next to nothing may be sent.
    Quiet,
}

#[derive(Debug)]
pub(crate) struct World {
    pub(crate) plan: Plan,
    pub(crate) cast: Cast,
    pub(crate) now_ms: i64,
    pub(crate) phase: Phase,
    pub(crate) agenda: Agenda<Event>,
    pub(crate) dice: Dice,
    pub(crate) nodes: Vec<Node>,
    pub(crate) by_transport: BTreeMap<TransportId, usize>,
    pub(crate) links: Links,
    pub(crate) streams: BTreeMap<u64, Stream>,
    pub(crate) streams_opened: u64,
    pub(crate) gossiped: Vec<Message>,
    pub(crate) oracle: Oracle,
    pub(crate) trace: Trace,
    pub(crate) coverage: Coverage,
    pub(crate) verdicts: BTreeMap<check::Circumstances, alliance_record::Verdict>,
    pub(crate) quiet: Quiet,
    pub(crate) watch: Watch,
    events: u64,
}

impl World {
    pub(crate) fn new(seed: u64, keep: Keep) -> Self {
        let plan = Plan::of(seed);
        let cast = Cast::of(seed, &plan);
        let mut dice = Dice::new(seed ^ 0x5eed);
        let nodes: Vec<Node> = (0..plan.nodes.len())
            .map(|index| Node::new(index, &plan, &mut dice))
            .collect();
        let by_transport = cast
            .actors
            .iter()
            .enumerate()
            .map(|(index, actor)| (actor.transport, index))
            .collect();
        Self {
            links: Links::new(),
            nodes,
            by_transport,
            plan,
            cast,
            now_ms: BEGIN_MS,
            phase: Phase::Troubled,
            agenda: Agenda::new(),
            dice,
            streams: BTreeMap::new(),
            streams_opened: 0,
            gossiped: Vec::new(),
            oracle: Oracle::default(),
            trace: Trace::new(keep),
            coverage: Coverage::default(),
            verdicts: BTreeMap::new(),
            quiet: Quiet::default(),
            watch: Watch::default(),
            events: 0,
        }
    }

    /// Runs the history to its end, or to the first broken promise.
    pub(crate) fn run(mut self) -> Outcome {
        let result = self.live();
        if let Err(fault) = &result {
            note!(self, "BROKEN {fault}");
        }
        let (hash, lines, trace) = self.trace.end();
        Outcome {
            hash,
            lines,
            trace,
            events: self.events,
            coverage: self.coverage,
            broken: result.err(),
        }
    }

    fn live(&mut self) -> Result<(), Broken> {
        self.begin()?;
        let end = BEGIN_MS + self.plan.troubled_ms;
        self.until(end)?;
        self.settle()
    }

    /// Lets everything happen that is due up to a moment.
    pub(crate) fn until(&mut self, end_ms: i64) -> Result<(), Broken> {
        while self.agenda.next_ms().is_some_and(|at_ms| at_ms <= end_ms) {
            let Some((at_ms, event)) = self.agenda.next() else {
                break;
            };
            self.now_ms = self.now_ms.max(at_ms);
            self.events += 1;
            if self.events > EVENTS_MAX {
                return broken("no_storm", format!("{EVENTS_MAX} events"));
            }
            self.happen(event)?;
        }
        self.now_ms = end_ms;
        Ok(())
    }

    pub(crate) fn note_in(&mut self, delay_ms: i64, event: Event) {
        self.agenda.note(self.now_ms.saturating_add(delay_ms), event);
    }

    fn happen(&mut self, event: Event) -> Result<(), Broken> {
        match event {
            Event::Turn { node, life } => self.turn(node, life),
            Event::Stored { node, life } => self.stored(node, life),
            Event::Wake { node, life, number } => self.woken(node, life, number),
            Event::Pump { stream, side } => self.pump(stream, side),
            Event::Drained { stream, side } => self.drained(stream, side),
            Event::Gossip { from, to, message } => self.gossip_arrives(from, to, message),
            Event::Dial { one, other } => self.dial(one, other),
            Event::LinkDies { one, other, epoch } => self.link_dies(one, other, epoch),
            Event::Tell { node, life, input } => self.told(node, life, *input),
            Event::Fault(fault) => self.strike(fault),
            Event::Work(work) => self.work(work),
            Event::Attack { node } => self.attack(node),
        }
    }
}
