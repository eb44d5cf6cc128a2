//! What the append's figures say, in words and a table.

use alliance_record::limits::CHECKPOINT_RECORDS;

use super::fixture::Fixture;
use super::{GROUP, LOGS, TURN, Taken, WAYS, Way};
use crate::figures::{Sample, ratio};

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
            "   {:<58}{:>8}{:>8}{:>8}{:>10}",
            "records/s", "min", "median", "max", "disk/bytes"
        ),
    ];
    let rates: Vec<_> = taken.iter().map(|taken| rates(count, taken)).collect();
    for ((way, rate), taken) in WAYS.iter().zip(&rates).zip(taken) {
        let disk = taken.iter().map(|taken| taken.disk_bytes).max().unwrap_or_default();
        if let Some(rate) = rate {
            lines.push(format!(
                "   {:<58}{:>8.0}{:>8.0}{:>8.0}{:>10.2}",
                name(*way),
                rate.min(),
                rate.median(),
                rate.max(),
                disk as f64 / bytes as f64
            ));
        }
    }
    let rate_of = |way: Way| WAYS.iter().zip(&rates).find(|(of, _)| **of == way)?.1.as_ref();
    for (words, over, under) in RATIOS {
        if let (Some(over), Some(under)) = (rate_of(over), rate_of(under)) {
            lines.push(format!("   {words}, medians: {:.2}", ratio(over, under)));
        }
    }
    lines
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
