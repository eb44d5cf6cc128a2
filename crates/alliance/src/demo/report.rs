//! What the demonstration shows at its end.

use std::fmt::Write;

use alliance_api::{ChapterState, ChapterView, RecordSummary};
use serde::Serialize;

use crate::text::plain;

/// Digits of a digest that are shown to people; JSON has all of them.
const DIGEST_DIGITS: usize = 16;

/// One organisation's replica.
#[derive(Debug, Serialize)]
pub(super) struct Replica {
    pub(super) organisation: String,
    pub(super) country: String,
    pub(super) http: Option<String>,
    pub(super) chapters: Vec<ChapterView>,
}

/// Something that must hold.
#[derive(Debug, Serialize)]
pub(super) struct Check {
    pub(super) what: String,
    pub(super) holds: bool,
}

/// All of it.
#[derive(Debug, Default, Serialize)]
pub(super) struct Report {
    pub(super) replicas: Vec<Replica>,
    pub(super) queries: Vec<(String, Vec<RecordSummary>)>,
    pub(super) checks: Vec<Check>,
    pub(super) records: u64,
    pub(super) shared: u64,
    pub(super) seconds: f64,
}

impl Report {
    pub(super) fn holds(&self) -> bool {
        self.checks.iter().all(|check| check.holds)
    }

    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        for replica in &self.replicas {
            replica.write(&mut text);
        }
        for (what, records) in &self.queries {
            let _ = writeln!(text, "\nQuery: {what}");
            for record in records {
                let title = if record.title_en.is_empty() {
                    &record.title
                } else {
                    &record.title_en
                };
                let _ = writeln!(
                    text,
                    "  {}  {:<9} {:<6} {}",
                    &record.id[..8],
                    record.kind,
                    record.lang,
                    plain(title)
                );
            }
        }
        let _ = writeln!(text, "\nChecks:");
        for check in &self.checks {
            let _ = writeln!(
                text,
                "  {}  {}",
                if check.holds { "holds" } else { "FAILS" },
                check.what
            );
        }
        let _ = writeln!(
            text,
            "\n{} organisations, {} shared records, {} records in all with those of the alliance itself, {:.1} s",
            self.replicas.len(),
            self.shared,
            self.records,
            self.seconds
        );
        text
    }
}

impl Replica {
    fn write(&self, text: &mut String) {
        let _ = writeln!(text, "\n{} ({})", plain(&self.organisation), self.country);
        for chapter in &self.chapters {
            let state = match chapter.state {
                ChapterState::Active => "active",
                ChapterState::Forming => "forming",
                ChapterState::Dormant => "dormant",
            };
            let _ = writeln!(
                text,
                "  {:<16} {:<24} {:<8} {:>3} records  digest {}",
                chapter.name,
                plain(&chapter.label),
                state,
                chapter.records,
                &chapter.digest[..DIGEST_DIGITS]
            );
        }
        let records: u64 = self.chapters.iter().map(|chapter| chapter.records).sum();
        let _ = writeln!(text, "  {records} records in all");
        if let Some(http) = &self.http {
            let _ = writeln!(text, "  answers at {http}");
        }
    }
}
