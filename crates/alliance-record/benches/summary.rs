//! What reading the words of a list costs: the summary of a practice of about 1 KB, which is made of each record that is
//! written.
//!
//! `cargo bench -p alliance-record --bench summary`. Prints Markdown.

use std::error::Error;
use std::hint::black_box;
use std::io::{self, Write};
use std::time::Instant;

use alliance_record::schema::{Kind, read_json, summary};

/// Summaries in a row that are timed as one: few, so that on a busy machine some of these are not interrupted.
const SUMMARIES: u32 = 100;
/// Repetitions; the least, the median and the most are shown.
const REPETITIONS: usize = 501;
/// Longest text of the practice, repeated to its length.
const SENTENCE: &str = "Every weekday morning patients and staff meet for twenty minutes and plan the day together. ";

fn main() -> Result<(), Box<dyn Error>> {
    let body = practice()?;
    let mut micros: Vec<f64> = (0..REPETITIONS).map(|_| micros_each(&body)).collect();
    micros.sort_by(f64::total_cmp);
    let (least, median, most) = (micros[0], micros[REPETITIONS / 2], micros[REPETITIONS - 1]);
    let mut out = io::stdout().lock();
    writeln!(out, "| bytes of the body | µs a summary, median (min–max) |\n|---|---|")?;
    writeln!(out, "| {} | {median:.2} ({least:.2}–{most:.2}) |", body.len())?;
    Ok(())
}

fn practice() -> Result<Vec<u8>, Box<dyn Error>> {
    let text = SENTENCE.repeat(2);
    let draft = serde_json::json!({
        "kind": "practice", "title": "Morning meeting that plans the day with patients", "lang": "en", "scope": "public",
        "licence": "CC-BY-4.0", "tags": ["morning meeting", "community"], "settings": ["inpatient.acute_adult", "inpatient.rehab"],
        "summary": text, "problem": text, "why_it_should_work": text, "what_procedures": text,
        "coproduction": {"level": "codesigned", "note": "Patients chose the hour and lead the meeting in turn."},
        "evidence_stage": "1", "effect": "too_early", "status": "in_use",
    });
    let read = read_json(&draft.to_string());
    Ok(read
        .map(|document| document.body)
        .map_err(|findings| format!("{findings:?}"))?)
}

fn micros_each(body: &[u8]) -> f64 {
    let begun = Instant::now();
    for _ in 0..SUMMARIES {
        black_box(summary(Kind::PRACTICE, black_box(body)));
    }
    begun.elapsed().as_secs_f64() * 1e6 / f64::from(SUMMARIES)
}
