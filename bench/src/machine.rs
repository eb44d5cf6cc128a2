//! The machine that the figures were taken on, and how much of it others used meanwhile. Reads `/proc`; where there is
//! none, it says that it does not know.

use std::fs;
use std::path::Path;

/// Linux tells user space of hundredths of a second, whatever the kernel counts in.
const MS_PER_TICK: f64 = 10.0;

/// A look at the machine.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Look {
    /// Load average of the last minute.
    load: Option<f64>,
    /// Ticks of all cores so far, idle ones too.
    all_ticks: u64,
    idle_ticks: u64,
    /// Ticks of this process, and of those that it started and that have ended.
    own_ticks: u64,
}

impl Look {
    pub(crate) fn now() -> Self {
        let load = fs::read_to_string("/proc/loadavg").ok();
        let load = load.and_then(|text| text.split(' ').next()?.parse().ok());
        let ticks = cpu_ticks().unwrap_or_default();
        Self {
            load,
            all_ticks: ticks.iter().sum(),
            // Idle, and waiting for the disk.
            idle_ticks: ticks.iter().skip(3).take(2).sum(),
            own_ticks: own_ticks().unwrap_or_default(),
        }
    }

    /// Percent of the machine that other processes used since `before`.
    fn others_percent(&self, before: &Self) -> Option<f64> {
        let all = self.all_ticks.checked_sub(before.all_ticks).filter(|all| *all > 0)?;
        let busy = all.saturating_sub(self.idle_ticks.saturating_sub(before.idle_ticks));
        let others = busy.saturating_sub(self.own_ticks.saturating_sub(before.own_ticks));
        Some(100.0 * others as f64 / all as f64)
    }
}

/// user, nice, system, idle, iowait, irq, softirq, steal.
fn cpu_ticks() -> Option<Vec<u64>> {
    let text = fs::read_to_string("/proc/stat").ok()?;
    let line = text.lines().next()?;
    line.split_whitespace()
        .skip(1)
        .take(8)
        .map(|number| number.parse().ok())
        .collect()
}

fn own_ticks() -> Option<u64> {
    let text = fs::read_to_string("/proc/self/stat").ok()?;
    // The name, in parentheses, may hold anything. After it, user and system ticks are the 12th and 13th, then those of
    // ended children.
    let (_, rest) = text.rsplit_once(')')?;
    rest.split_whitespace()
        .skip(11)
        .take(4)
        .map(|ticks| ticks.parse::<u64>().ok())
        .sum()
}

/// Processor time of this process so far, all its threads, in milliseconds; in steps of ten. 0 where it is not known.
pub(crate) fn own_cpu_ms() -> f64 {
    own_ticks().unwrap_or_default() as f64 * MS_PER_TICK
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

fn model() -> Option<String> {
    let text = fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = text.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

/// The kind of file system that a directory is on.
fn file_system(dir: &Path) -> Option<String> {
    let dir = dir.canonicalize().ok()?;
    let mounts = fs::read_to_string("/proc/self/mounts").ok()?;
    let mounted = mounts.lines().filter_map(|line| {
        let mut fields = line.split(' ');
        let (_, at, kind) = (fields.next()?, fields.next()?, fields.next()?);
        dir.starts_with(at).then(|| (at.len(), kind.to_owned()))
    });
    mounted.max_by_key(|(depth, _)| *depth).map(|(_, kind)| kind)
}

/// Where the figures were taken, and what makes them doubtful, if anything does.
pub(crate) fn describe(dir: &Path, before: &Look, after: &Look) -> Vec<String> {
    let cores = cores();
    let shown = |load: Option<f64>| load.map_or("unknown".to_owned(), |load| format!("{load:.2}"));
    let disk = file_system(dir).unwrap_or("unknown".to_owned());
    let others = after.others_percent(before);
    let mut lines = vec![
        format!(
            "machine: {cores} cores ({}); load average {} at the start, {} at the end (this run's own load included); \
             other processes used {} of the cores meanwhile",
            model().unwrap_or("model unknown".to_owned()),
            shown(before.load),
            shown(after.load),
            others.map_or("an unknown part".to_owned(), |percent| format!("{percent:.0} %")),
        ),
        format!("disk: {} on {disk}", dir.display()),
    ];
    let over = [before.load, after.load]
        .into_iter()
        .flatten()
        .any(|load| load > cores as f64);
    if over {
        lines.push(format!(
            "WARNING: noisy. The load average is over the {cores} cores: trust ratios more than figures, and medians more \
             than p99 and max"
        ));
    }
    if disk == "tmpfs" || disk == "ramfs" {
        lines.push(
            "WARNING: this is memory and no disk, so that durability costs nothing here; choose a --dir".to_owned(),
        );
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn others_are_what_is_neither_idle_nor_ours() {
        let before = Look::default();
        let after = Look {
            load: Some(3.0),
            all_ticks: 200,
            idle_ticks: 50,
            own_ticks: 100,
        };
        assert_eq!(after.others_percent(&before), Some(25.0));
        assert_eq!(before.others_percent(&before), None);
    }
}
