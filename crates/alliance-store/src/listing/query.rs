//! Questions to the listing.

use alliance_record::schema::Kind;
use alliance_record::{ChapterName, OrganisationId};

use super::row::RowView;
use super::{ListingRow, corrupt, read_block};
use crate::arrival::Arrival;
use crate::error::ReadError;
use crate::trees::{Trees, arrival_key};

/// Rows of a page.
pub const LISTING_LIMIT_MAX: usize = 200;
/// Rows looked at for one page, so that a rare match cannot hold a reader for long: some tens of milliseconds.
pub const ROWS_EXAMINED_MAX: usize = 100_000;

/// Which rows, newest arrival first. Everything given must hold.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Query {
    /// Of this kind.
    pub kind: Option<Kind>,
    /// Said in this chapter.
    pub chapter: Option<ChapterName>,
    /// Said by this organisation.
    pub organisation: Option<OrganisationId>,
    /// In this language: `en` finds `en-GB`, but not `eng`.
    pub language: Option<String>,
    /// About this setting.
    pub setting: Option<String>,
    /// Claimed at or after this time, in milliseconds since 1970 UTC.
    pub claimed_from_ms: Option<i64>,
    /// Claimed at or before this time.
    pub claimed_to_ms: Option<i64>,
    /// With something due at or before this day, `YYYY-MM-DD`. Compared as text: what is due in a month is due from the
    /// month's first day on, and a month given here finds what is due in it as a month, or before it.
    pub due_by: Option<String>,
    /// Where true, only questions that their authors hold open.
    pub asks: bool,
    /// Arrived before this one: the page before's [`Page::next`].
    pub before: Option<Arrival>,
    /// Rows of a page, from 1 to [`LISTING_LIMIT_MAX`]; other numbers are brought into these bounds.
    pub limit: usize,
}

/// Some rows, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The rows.
    pub rows: Vec<ListingRow>,
    /// Ask for the rows before this arrival; `None` when there are none. A page may be short, even empty, and have
    /// more after it: see [`ROWS_EXAMINED_MAX`].
    pub next: Option<Arrival>,
}

impl Query {
    pub(crate) fn page(&self, trees: &Trees, visible: Arrival) -> Result<Page, ReadError> {
        let limit = self.limit.clamp(1, LISTING_LIMIT_MAX);
        let mut end = self.before.unwrap_or(Arrival(u64::MAX)).min(visible.next());
        let mut page = Page {
            rows: Vec::new(),
            next: None,
        };
        let mut examined = 0;
        for entry in trees.listing.range(..arrival_key(end)).rev() {
            let (key, value) = entry?;
            let rows = read_block(trees, &key, value)?;
            let first = rows.first().map_or(end, |row| row.arrival);
            for row in rows.into_iter().rev().filter(|row| row.arrival < end) {
                if page.rows.len() == limit || examined == ROWS_EXAMINED_MAX {
                    page.next = Some(row.arrival.next());
                    return Ok(page);
                }
                examined += 1;
                if self.matches(&row) {
                    page.rows.push(row.to_row().map_err(corrupt)?);
                }
            }
            // A block that is just being divided overlaps with its second half.
            end = first;
        }
        Ok(page)
    }

    fn matches(&self, row: &RowView) -> bool {
        self.kind.is_none_or(|kind| kind == row.kind)
            && self
                .organisation
                .is_none_or(|organisation| organisation == row.organisation)
            && self.claimed_from_ms.is_none_or(|from| row.claimed_at_ms >= from)
            && self.claimed_to_ms.is_none_or(|to| row.claimed_at_ms <= to)
            && (row.asks || !self.asks)
            && self
                .due_by
                .as_ref()
                .is_none_or(|day| !row.due.is_empty() && *row.due <= *day.as_bytes())
            && self
                .chapter
                .as_ref()
                .is_none_or(|chapter| chapter.as_str().as_bytes() == row.chapter)
            && self
                .language
                .as_ref()
                .is_none_or(|language| speaks(&row.lang, language))
            && self
                .setting
                .as_ref()
                .is_none_or(|setting| row.settings.iter().any(|word| word == setting.as_bytes()))
    }
}

/// Whether a tag is the language asked for, or a variety of it.
fn speaks(tag: &[u8], language: &str) -> bool {
    let Some((start, rest)) = tag.split_at_checked(language.len()) else {
        return false;
    };
    start.eq_ignore_ascii_case(language.as_bytes()) && rest.first().is_none_or(|byte| *byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_finds_its_varieties() {
        for (tag, language, found) in [
            ("en-GB", "en", true),
            ("en", "EN", true),
            ("eng", "en", false),
            ("en", "en-GB", false),
            ("zh-Hant-TW", "zh-hant", true),
            ("", "en", false),
        ] {
            assert_eq!(speaks(tag.as_bytes(), language), found, "{tag} {language}");
        }
    }
}
