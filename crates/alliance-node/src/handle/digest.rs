//! The digest: what is new, what is due and what waits for an answer.

use std::sync::Arc;

use alliance_api::{DigestQuery, DigestView, Problem};
use alliance_knowledge::Month;
use alliance_record::ChapterName;

use super::Handle;
use super::problem::bad_request;
use crate::knowledge::{Asked, Held};
use crate::random::now_ms;

impl Handle {
    /// What is new since a moment or since the chapter's last meeting, what is due, and what nobody has answered.
    ///
    /// # Errors
    /// `bad_request` naming the parameter that cannot be read.
    pub async fn digest(&self, query: DigestQuery) -> Result<DigestView, Problem> {
        let chapter = query.chapter.as_deref().map(str::parse::<ChapterName>).transpose();
        let asked = Asked {
            chapter: chapter.map_err(|error| bad_request(&format!("chapter: {error}")))?,
            since_ms: query.since_ms,
            due_by: query.due_by.map(due_by).transpose()?,
            now_ms: now_ms(),
        };
        let shared = Arc::clone(&self.0.parts.shared);
        self.read(move |reader| Held::new(reader, &shared).asking().digest(&asked))
            .await
    }
}

fn due_by(text: String) -> Result<String, Problem> {
    let is_day = text.len() == "2026-03-31".len() && crate::date::end_of_day_ms(&text).is_some();
    let is_month = text.len() == "2026-03".len() && Month::parse(&text).is_some();
    match is_day || is_month {
        true => Ok(text),
        false => Err(bad_request(&format!(
            "due_by: '{text}' is no month and no day: write 2026-03 or 2026-03-31"
        ))),
    }
}
