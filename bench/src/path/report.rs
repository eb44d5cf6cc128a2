//! What the path's figures say, in words and a table.

use super::cluster::Link;
use super::side::Measured;
use super::{Plan, Round};
use crate::figures::{Sample, ratio};

/// The measurements of all rounds.
#[derive(Debug, Default)]
pub(super) struct Tallies {
    ours: Measured,
    bare: Measured,
    ours_steady: Measured,
    bare_steady: Measured,
    disk_ms: Vec<f64>,
}

impl Tallies {
    pub(super) fn add(&mut self, round: Round) {
        join(&mut self.ours, round.ours);
        join(&mut self.bare, round.bare);
        join(&mut self.ours_steady, round.ours_steady);
        join(&mut self.bare_steady, round.bare_steady);
        self.disk_ms.extend(round.disk_ms);
    }
}

fn join(all: &mut Measured, more: Measured) {
    all.all_ms.extend(more.all_ms);
    all.answered_ms.extend(more.answered_ms);
    all.lost += more.lost;
    all.cpu_ms += more.cpu_ms;
}

pub(super) fn lines(plan: Plan, record_bytes: usize, links: &[Link], tallies: Tallies) -> Vec<String> {
    let Plan {
        nodes,
        rounds,
        publishes,
    } = plan;
    let mut lines = vec![
        format!(
            "1. Published -> durable and visible on all {nodes} nodes, beside bare gossipsub: published -> received by all"
        ),
        format!(
            "   {record_bytes} bytes each; {rounds} rounds of each side in turn, {publishes} records a round, one after \
             another and then at 20 a second, from nodes by chance; {nodes} nodes in one process"
        ),
        format!("   both sides are connected alike (dialler>dialled): {}", shown(links)),
        String::new(),
        format!(
            "   {:<48}{:>8}{:>8}{:>8}{:>8}{:>7}",
            "milliseconds", "min", "median", "p99", "max", "count"
        ),
    ];
    for (name, ours, bare) in [
        ("one by one", &tallies.ours, &tallies.bare),
        ("20 a second", &tallies.ours_steady, &tallies.bare_steady),
    ] {
        lines.extend(series(name, ours, bare));
    }
    let disk = Sample::new(tallies.disk_ms);
    lines.push(row("disk alone: 2 files in turn, the others at once", disk.as_ref()));
    if let (Some(ours), Some(disk)) = (Sample::new(tallies.ours.all_ms), &disk) {
        lines.push(format!(
            "   one by one: Alliance / disk alone, medians: {:.1}",
            ratio(&ours, disk)
        ));
    }
    lines
}

fn series(name: &str, ours: &Measured, bare: &Measured) -> Vec<String> {
    let answered = Sample::new(ours.answered_ms.clone());
    let samples = [Sample::new(ours.all_ms.clone()), Sample::new(bare.all_ms.clone())];
    let mut lines = vec![
        row(&format!("{name}: Alliance, visible on all"), samples[0].as_ref()),
        row(
            &format!("{name}: Alliance, durable at the publisher"),
            answered.as_ref(),
        ),
        row(&format!("{name}: gossipsub, received by all"), samples[1].as_ref()),
    ];
    if let [Some(ours), Some(bare)] = &samples {
        lines.push(format!(
            "   {name}: Alliance / gossipsub, medians: {:.1}",
            ratio(ours, bare)
        ));
    }
    let cpu_ms = |of: &Measured| of.cpu_ms / (of.all_ms.len() + of.lost).max(1) as f64;
    lines.push(format!(
        "   {name}: lost: Alliance {}, gossipsub {}; processor time a record, all nodes together: Alliance {:.1} ms, \
         gossipsub {:.1} ms",
        ours.lost,
        bare.lost,
        cpu_ms(ours),
        cpu_ms(bare)
    ));
    lines
}

fn row(name: &str, sample: Option<&Sample>) -> String {
    match sample {
        Some(sample) => format!(
            "   {name:<48}{:>8.2}{:>8.2}{:>8.2}{:>8.2}{:>7}",
            sample.min(),
            sample.median(),
            sample.p99(),
            sample.max(),
            sample.count()
        ),
        None => format!("   {name:<48} nothing was measured"),
    }
}

fn shown(links: &[Link]) -> String {
    let shown: Vec<_> = links.iter().map(|(from, to)| format!("{from}>{to}")).collect();
    shown.join(" ")
}
