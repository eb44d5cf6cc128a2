//! What the append's figures say, in words and a table.

use alliance_record::limits::CHECKPOINT_RECORDS;

use super::fixture::Fixture;
use super::{GROUP, LOGS, TURN, Taken, WAYS, Way};
use crate::figures::Sample;

pub(super) fn lines(rounds: usize, fixture: &Fixture, taken: &[Vec<Taken>]) -> Vec<String> {
    let count = fixture.envelopes.len();
    let bytes = fixture.envelope_bytes();
    let mut lines = vec![
        "2. Verified append, beside raw sled writing the same bytes".to_owned(),
        format!(
            "   {count} records of {} bytes in {LOGS} logs; {rounds} rounds of each way in turn; each group flushed and \
             synced before the next",
            bytes / count
        ),
        String::new(),
        format!(
            "   {:<62}{:>8}{:>8}{:>8}{:>14}{:>12}",
            "records/s", "min", "median", "max", "cpu us/record", "disk/bytes"
        ),
    ];
    let rates: Vec<_> = taken.iter().map(|taken| rates(count, taken)).collect();
    for ((way, rate), taken) in WAYS.iter().zip(&rates).zip(taken) {
        let disk = taken.iter().map(|taken| taken.disk_bytes).max().unwrap_or_default();
        let cpu_us = Sample::new(taken.iter().map(|taken| taken.cpu_ms * 1000.0 / count as f64).collect());
        if let Some(rate) = rate {
            lines.push(format!(
                "   {:<62}{:>8.0}{:>8.0}{:>8.0}{:>14.0}{:>12.2}",
                name(*way),
                rate.min(),
                rate.median(),
                rate.max(),
                cpu_us.map_or(0.0, |cpu_us| cpu_us.median()),
                disk as f64 / bytes as f64
            ));
        }
    }
    lines.push(String::new());
    lines.push(format!(
        "   {:<62}{:>8}{:>8}{:>8}",
        "rates of the same round, one over the other", "min", "median", "max"
    ));
    for (words, over, under) in RATIOS {
        if let Some(ratio) = paired(taken, over, under) {
            lines.push(format!(
                "   {words:<62}{:>8.2}{:>8.2}{:>8.2}",
                ratio.min(),
                ratio.median(),
                ratio.max()
            ));
        }
    }
    lines
}

/// The quotients of two ways' rates, round by round: load that comes and goes strikes both alike.
fn paired(taken: &[Vec<Taken>], over: Way, under: Way) -> Option<Sample> {
    let of = |way: Way| WAYS.iter().position(|known| *known == way).and_then(|at| taken.get(at));
    let pairs = of(over)?.iter().zip(of(under)?);
    Sample::new(
        pairs
            .map(|(over, under)| under.time.as_secs_f64() / over.time.as_secs_f64())
            .collect(),
    )
}

const RATIOS: [(&str, Way, Way); 7] = [
    ("gossip / raw sled, groups of 1000", Way::Gossip(GROUP), Way::Raw(GROUP)),
    (
        "gossip verified ahead / raw sled, groups of 1000",
        Way::GossipAhead(GROUP),
        Way::Raw(GROUP),
    ),
    ("gossip / raw sled, groups of 256", Way::Gossip(TURN), Way::Raw(TURN)),
    ("range / raw sled", Way::Range, Way::Raw(GROUP)),
    ("range / gossip, groups of 1000", Way::Range, Way::Gossip(GROUP)),
    (
        "range with all signatures / raw sled",
        Way::RangeSigned,
        Way::Raw(GROUP),
    ),
    ("range / range with all signatures", Way::Range, Way::RangeSigned),
];

fn rates(count: usize, taken: &[Taken]) -> Option<Sample> {
    Sample::new(
        taken
            .iter()
            .map(|taken| count as f64 / taken.time.as_secs_f64())
            .collect(),
    )
}

fn name(way: Way) -> String {
    match way {
        Way::Gossip(group) => format!("gossip, groups of {group}, one thread"),
        Way::GossipAhead(group) => format!("gossip, groups of {group}, verified one group ahead"),
        Way::Range => format!("range, groups of {GROUP}, a signature each {CHECKPOINT_RECORDS}, one thread"),
        Way::RangeSigned => format!("range, groups of {GROUP}, all signatures, one thread"),
        Way::Raw(batch) => format!("raw sled, batches of {batch}, one thread"),
    }
}
