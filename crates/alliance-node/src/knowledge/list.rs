//! Lists of records: what is left out, and where each of the rest stands.

use alliance_api::{RecordQuery, RecordSummary};
use alliance_knowledge::State;
use alliance_store::{Arrival, ListingRow, Page, Query, ReadError};

use super::{Asking, Held};
use crate::handle::{hide, summary};

/// Which records are wanted beside those that everybody reads.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted {
    governance: bool,
    removed: bool,
    superseded: bool,
    retracted: bool,
}

impl Wanted {
    pub(crate) fn of(query: &RecordQuery) -> Self {
        let asked = |flag: Option<bool>| flag.unwrap_or(false);
        Self {
            governance: asked(query.governance) || query.chapter.as_deref() == Some("alliance"),
            removed: asked(query.removed),
            superseded: asked(query.superseded),
            retracted: asked(query.retracted),
        }
    }

    /// The same, and what was removed or put aside.
    pub(crate) const fn with_removed(self) -> Self {
        Self { removed: true, ..self }
    }
}

impl Held<'_> {
    /// A page of the store's listing, without what came later.
    pub(super) fn list(&self, query: &Query) -> Result<Page, ReadError> {
        let end = Arrival(self.at.0.saturating_add(1));
        let before = query.before.map_or(end, |before| before.min(end));
        self.reader.list(&Query {
            before: Some(before),
            ..query.clone()
        })
    }
}

impl Asking<'_> {
    /// The wanted records of one page of the store, at most `room`; and before which arrival to read on.
    pub(crate) fn list(
        &self,
        query: &Query,
        wanted: Wanted,
        room: usize,
    ) -> Result<(Vec<RecordSummary>, Option<Arrival>), ReadError> {
        let page = self.held.list(query)?;
        let mut shown = Vec::new();
        for row in page.rows {
            let arrival = row.arrival;
            if let Some(summary) = self.listed(row, wanted)? {
                if shown.len() == room {
                    return Ok((shown, Some(Arrival(arrival.0 + 1))));
                }
                shown.push(summary);
            }
        }
        Ok((shown, page.next))
    }

    fn listed(&self, row: ListingRow, wanted: Wanted) -> Result<Option<RecordSummary>, ReadError> {
        if row.kind.is_governance() && !wanted.governance {
            return Ok(None);
        }
        let Some(item) = self.reading.record(&row.record)? else {
            return Ok(None);
        };
        let is_gone = matches!(item.state, State::Removed | State::SetAside);
        if is_gone && !wanted.removed {
            return Ok(None);
        }
        let mut shown = summary(&self.held.view, row);
        shown.disputed = item.state == State::Disputed;
        self.stand(&item, &mut shown)?;
        // Of what was removed, its header tells whose place it took.
        let is_superseded = !shown.replaced_by.is_empty() && !wanted.superseded && !is_gone;
        if is_superseded || (shown.retracted && !wanted.retracted) {
            return Ok(None);
        }
        if self.held.is_aside(&item.id) {
            hide(&mut shown);
        }
        Ok(Some(shown))
    }
}
