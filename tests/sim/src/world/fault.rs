//! Faults: when they strike, and how they end.

use alliance_record::Author;
use alliance_store::{WriteError, Writer};

use super::append::{append_all, fill_all};
use super::node::Writing;
use super::{Event, World};
use crate::oracle::Broken;
use crate::plan::BEGIN_MS;

/// How long a crashed node stays down.
const DOWN_MS: (i64, i64) = (100, 60_000);
/// How long a partition lasts.
const PARTITION_MS: (i64, i64) = (1_000, 120_000);
/// How long a disk stays full.
const FULL_MS: (i64, i64) = (5_000, 60_000);
const HOUR_MS: i64 = 3_600_000;

/// A fault.
#[derive(Debug)]
pub(crate) enum Fault {
    Crash { node: usize },
    Restart { node: usize },
    Partition,
    Heal { directions: Vec<(usize, usize)> },
    DiskFull { node: usize },
    DiskFree { node: usize },
    ClockJump { node: usize },
    Replay,
    LinkLost,
    Operator { node: usize },
}

impl World {
    /// Notes all faults of the history.
    pub(crate) fn plan_faults(&mut self) {
        let strikes = self.plan.strikes.clone();
        let plan = |world: &mut Self, times: u64, fault: fn(&mut Self) -> Fault| {
            for _ in 0..times {
                let fault = fault(world);
                let at_ms = BEGIN_MS + world.dice.between(5_000, world.plan.troubled_ms);
                world.agenda.note(at_ms, Event::Fault(fault));
            }
        };
        plan(self, strikes.crashes, |world| Fault::Crash { node: world.any_node() });
        plan(self, strikes.partitions, |_| Fault::Partition);
        plan(self, strikes.full_disks, |world| Fault::DiskFull {
            node: world.any_node(),
        });
        plan(self, strikes.clock_jumps, |world| Fault::ClockJump {
            node: world.any_node(),
        });
        plan(self, strikes.replays, |_| Fault::Replay);
        plan(self, strikes.links_lost, |_| Fault::LinkLost);
        plan(self, strikes.restarts, |world| Fault::Operator {
            node: world.any_node(),
        });
    }

    pub(crate) fn any_node(&mut self) -> usize {
        self.dice.index(self.nodes.len())
    }

    pub(crate) fn strike(&mut self, fault: Fault) -> Result<(), Broken> {
        match fault {
            Fault::Crash { node } => self.strike_down(node),
            Fault::Restart { node } => return self.start(node),
            Fault::Partition => self.partition(),
            Fault::Heal { directions } => self.unblock(&directions),
            Fault::DiskFull { node } => self.fill_disk(node),
            Fault::DiskFree { node } => self.free_disk(node),
            Fault::ClockJump { node } => self.jump(node),
            Fault::Replay => self.replay(),
            Fault::Operator { node } => {
                if self.nodes[node].running.is_some() {
                    self.coverage.fault("restarted_by_operator");
                    self.stop(node);
                }
            }
            Fault::LinkLost => {
                let up = self.links.pairs_up();
                if let Some((one, other)) = self.dice.pick(&up).copied() {
                    self.coverage.fault("link_lost");
                    self.cut_link(one, other);
                }
            }
        }
        Ok(())
    }

    fn strike_down(&mut self, node: usize) {
        if self.nodes[node].running.is_none() {
            return;
        }
        self.coverage.fault("crash");
        if self.running(node).is_some_and(|running| !running.inbox.is_empty()) {
            self.coverage.fault("crash_in_turn");
        }
        self.crash(node);
        let delay = self.dice.between(DOWN_MS.0, DOWN_MS.1);
        self.note_in(delay, Event::Fault(Fault::Restart { node }));
    }

    /// What the disk was writing when the machine stopped: some of its steps were done.
    pub(crate) fn torn_append(&mut self, index: usize) {
        let steps = self.dice.below(24);
        let author = self.cast.actors[index].author.clone();
        let node = &mut self.nodes[index];
        let Some(running) = node.running.as_deref_mut() else {
            return;
        };
        let Some(writing) = running.writing.take() else { return };
        node.disk.fill_up_after(steps);
        node.durable.begin_to_erase(&writing.erased);
        let name = write_torn(&mut running.writer, &author, &writing);
        if !node.disk_full {
            node.disk.make_room();
        }
        self.coverage.fault("crash_in_append");
        self.coverage.seen(name, 1);
    }

    /// Cuts the nodes in two, in one direction or both.
    fn partition(&mut self) {
        let count = self.nodes.len();
        let first: Vec<bool> = (0..count).map(|_| self.dice.one_in(2)).collect();
        let one_way = self.dice.one_in(2);
        let apart = |from: usize, to: usize| first[from] != first[to] && (!one_way || first[from]);
        let all = (0..count).flat_map(|from| (0..count).map(move |to| (from, to)));
        let directions: Vec<(usize, usize)> = all.filter(|(from, to)| apart(*from, *to)).collect();
        if directions.is_empty() {
            return;
        }
        self.coverage.fault(if one_way {
            "partition_one_way"
        } else {
            "partition_both_ways"
        });
        note!(self, "partition {directions:?}");
        self.block(&directions);
        let lasts = self.dice.between(PARTITION_MS.0, PARTITION_MS.1);
        self.note_in(lasts, Event::Fault(Fault::Heal { directions }));
    }

    fn fill_disk(&mut self, node: usize) {
        self.coverage.fault("disk_full");
        note!(self, "{node} has no space left");
        let room = self.dice.below(30);
        self.nodes[node].disk_full = true;
        self.nodes[node].disk.fill_up_after(room);
        let lasts = self.dice.between(FULL_MS.0, FULL_MS.1);
        self.note_in(lasts, Event::Fault(Fault::DiskFree { node }));
    }

    fn free_disk(&mut self, node: usize) {
        note!(self, "{node} has space again");
        self.nodes[node].disk_full = false;
        self.nodes[node].disk.make_room();
    }

    /// The clock is set by someone, by seconds or by years.
    fn jump(&mut self, node: usize) {
        let by = match self.dice.below(4) {
            0 => self.dice.between(-4 * 365 * 24 * HOUR_MS, 4 * 365 * 24 * HOUR_MS),
            1 => self.dice.between(-HOUR_MS, HOUR_MS),
            2 => -self.nodes[node].offset_ms,
            _ => self.dice.between(-5_000, 5_000),
        };
        if by.abs() > HOUR_MS * 24 * 365 {
            self.coverage.fault("clock_off_by_years");
        }
        self.coverage
            .fault(if by < 0 { "clock_set_back" } else { "clock_set_forward" });
        self.nodes[node].offset_ms += by;
        note!(self, "clock of {node} jumps by {by} ms");
    }

    /// All faults are over: everything runs, everyone reaches everyone.
    pub(crate) fn end_faults(&mut self) -> Result<(), Broken> {
        self.unblock_all();
        for node in 0..self.nodes.len() {
            self.free_disk(node);
            if !self.plan.clocks_stay {
                self.nodes[node].offset_ms = self.dice.between(-20_000, 20_000);
            }
            if !self.plan.lies_go_on {
                self.nodes[node].is_lying = false;
            }
            if self.nodes[node].has_begun {
                self.start(node)?;
            }
        }
        Ok(())
    }
}

/// Writes until the disk takes no more, and says where that was.
fn write_torn(writer: &mut Writer, author: &Author, writing: &Writing) -> &'static str {
    if writer.erase(&writing.erased).is_err() {
        return "crash_in_erase";
    }
    match append_all(writer, author, writing.appended.clone()) {
        Ok(()) => {}
        Err(WriteError::Journal(_)) => return "crash_in_journal",
        Err(_) => return "crash_in_database",
    }
    let mut bodies = writing.filled.iter().filter(|records| !records.is_empty());
    match bodies.try_for_each(|records| fill_all(writer, records).map(drop)) {
        Ok(()) => "crash_after_append",
        Err(_) => "crash_in_fill",
    }
}
