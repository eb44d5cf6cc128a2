//! The table: medians of each side, and of the quotients of rates within a round.

use crate::figures::Sample;
use crate::line::{Line, Side};

const NAMES: [(Side, &str); 4] = [
    (Side::Store, "the store alone"),
    (Side::Raw, "raw sled, ids as keys"),
    (Side::Replicate, "an empty node"),
    (Side::Signed, "an empty node, every signature checked"),
];

/// Quotients of rates, each with what it should reach.
const RATES: [(Side, Side, &str); 3] = [
    (
        Side::Replicate,
        Side::Store,
        "an empty node ÷ the store alone (at least 0.6)",
    ),
    (Side::Signed, Side::Store, "the same, every signature checked"),
    (Side::Store, Side::Raw, "the store alone ÷ raw sled (at least 3)"),
];

/// The lines of the report.
pub(crate) fn table(lines: &[Line]) -> Vec<String> {
    let mut table = vec![
        "| | records | rounds | seconds (min–max) | records/s | processor µs a record: receiver, sender | peak MB: receiver, \
         sender | wire, bytes a record | disk, bytes a record | ready after kill -9, s |"
            .to_owned(),
        "|---|---|---|---|---|---|---|---|---|---|".to_owned(),
    ];
    table.extend(NAMES.iter().filter_map(|(side, name)| row(lines, *side, name)));
    table.push(String::new());
    table.push("| one over the other, of the same round | min | median | max |\n|---|---|---|---|".to_owned());
    let rates = RATES.iter().filter_map(|(over, under, name)| {
        quotient(
            name,
            &paired(lines, *over, *under, |over, under| over.rate() / under.rate())?,
        )
    });
    table.extend(rates);
    table.extend(disk_rows(lines));
    table
}

fn of(lines: &[Line], side: Side) -> impl Iterator<Item = &Line> {
    lines.iter().filter(move |line| line.side == side)
}

fn row(lines: &[Line], side: Side, name: &str) -> Option<String> {
    let first = of(lines, side).next()?;
    let sample = |figure: fn(&Line) -> f64| Sample::new(of(lines, side).map(figure).collect());
    let median = |figure| sample(figure).map_or(0.0, |sample| sample.median());
    let shown = |figure, digits: usize| match median(figure) {
        0.0 => "–".to_owned(),
        value => format!("{value:.digits$}"),
    };
    let seconds = sample(|line| line.seconds)?;
    Some(format!(
        "| {name} | {} | {} | **{:.2}** ({:.2}–{:.2}) | {:.0} | {}, {} | {}, {} | {} | {} | {} |",
        first.records,
        seconds.count(),
        seconds.median(),
        seconds.min(),
        seconds.max(),
        median(Line::rate),
        shown(|line| line.cpu_s * 1e6 / line.records as f64, 1),
        shown(|line| line.sender_cpu_s * 1e6 / line.records as f64, 1),
        shown(|line| line.peak_mb, 0),
        shown(|line| line.sender_peak_mb, 0),
        shown(|line| line.wire_bytes as f64 / line.records as f64, 0),
        shown(|line| line.disk_bytes as f64 / line.records as f64, 0),
        shown(|line| line.ready_s, 2),
    ))
}

fn paired(lines: &[Line], over: Side, under: Side, quotient: fn(&Line, &Line) -> f64) -> Option<Sample> {
    let pairs = of(lines, over).filter_map(|over| {
        let under = of(lines, under).find(|under| under.round == over.round)?;
        Some(quotient(over, under))
    });
    Sample::new(pairs.collect())
}

fn quotient(name: &str, sample: &Sample) -> Option<String> {
    let (min, median, max) = (sample.min(), sample.median(), sample.max());
    Some(format!("| {name} | {min:.2} | **{median:.2}** | {max:.2} |"))
}

/// Bytes on the disk over those of the records as they are held, and over raw sled's.
fn disk_rows(lines: &[Line]) -> Vec<String> {
    let of_records = paired(lines, Side::Replicate, Side::Store, |node, store| {
        node.disk_bytes as f64 / store.record_bytes as f64
    });
    let store = paired(lines, Side::Store, Side::Store, |store, _| {
        store.disk_bytes as f64 / store.record_bytes as f64
    });
    let raw = paired(lines, Side::Raw, Side::Raw, |raw, _| {
        raw.disk_bytes as f64 / raw.record_bytes as f64
    });
    let beside_raw = paired(lines, Side::Store, Side::Raw, |store, raw| {
        store.disk_bytes as f64 / raw.disk_bytes as f64
    });
    let rows = [
        (
            "disk of the empty node ÷ bytes of its records (at most 1.2)",
            of_records,
        ),
        ("disk of the store alone ÷ bytes of its records", store),
        ("disk of raw sled ÷ bytes of its records", raw),
        ("disk of the store alone ÷ raw sled's (at most 0.5)", beside_raw),
    ];
    rows.into_iter()
        .filter_map(|(name, sample)| quotient(name, &sample?))
        .collect()
}
