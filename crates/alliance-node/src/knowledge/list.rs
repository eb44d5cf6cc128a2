//! Lists of records: what is left out, and where each of the rest stands.

use std::sync::Arc;

use alliance_api::{RecordQuery, RecordSummary, SearchQuery};
use alliance_knowledge::State;
use alliance_record::RecordId;
use alliance_search::filter::{Facts, Tree};
use alliance_store::{Arrival, ListingRow, Page, Query, ReadError, StoredRecord};

use super::{Asking, Held};
use crate::handle::{hide, listing_row, summary};
use crate::patience::Patience;

/// Which records are wanted: beside those that everybody reads, and of them all.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wanted {
    governance: bool,
    removed: bool,
    superseded: bool,
    retracted: bool,
    /// What must hold for a record.
    filter: Option<Arc<Tree>>,
    /// How long they are looked for.
    pub(crate) patience: Patience,
}

impl Wanted {
    pub(crate) fn of(query: &RecordQuery) -> Self {
        let asked = |flag: Option<bool>| flag.unwrap_or(false);
        Self {
            governance: asked(query.governance) || query.chapter.as_deref() == Some("alliance"),
            removed: asked(query.removed),
            superseded: asked(query.superseded),
            retracted: asked(query.retracted),
            ..Self::default()
        }
    }

    /// What a search finds, which has looked at the filter itself.
    pub(crate) fn beside_current(query: &SearchQuery) -> Self {
        Self {
            superseded: query.superseded.unwrap_or(false),
            retracted: query.retracted.unwrap_or(false),
            ..Self::default()
        }
    }

    /// Those of them for which this holds.
    pub(crate) fn that(self, filter: Tree) -> Self {
        Self {
            filter: Some(Arc::new(filter)),
            ..self
        }
    }

    /// The same, looked for only so long.
    pub(crate) fn within(self, patience: Patience) -> Self {
        Self { patience, ..self }
    }

    /// The same, and what was removed or put aside.
    pub(crate) fn with_removed(self) -> Self {
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
    /// The wanted records of one page of the store, at most `room`; and before which arrival to read on. Those that were found
    /// when patience ends.
    pub(crate) fn list(
        &self,
        query: &Query,
        wanted: &Wanted,
        room: usize,
    ) -> Result<(Vec<RecordSummary>, Option<Arrival>), ReadError> {
        let page = self.held.list(query)?;
        let mut shown = Vec::new();
        for row in page.rows {
            let arrival = row.arrival;
            if wanted.patience.over().is_some() {
                return Ok((shown, Some(Arrival(arrival.0 + 1))));
            }
            if let Some(summary) = self.listed(row, None, wanted)? {
                if shown.len() == room {
                    return Ok((shown, Some(Arrival(arrival.0 + 1))));
                }
                shown.push(summary);
            }
        }
        Ok((shown, page.next))
    }

    /// One record as a list shows it, when it is wanted.
    pub(crate) fn one(
        &self,
        id: &RecordId,
        wanted: &Wanted,
    ) -> Result<Option<(RecordSummary, StoredRecord)>, ReadError> {
        let Some(stored) = self.held.reader.record(id)? else {
            return Ok(None);
        };
        let listed = self.listed(listing_row(&stored), Some(&stored), wanted)?;
        Ok(listed.map(|summary| (summary, stored)))
    }

    /// A record of the listing as it is shown, when it is wanted. It is read once: with its text where a filter looks at that.
    fn listed(
        &self,
        row: ListingRow,
        stored: Option<&StoredRecord>,
        wanted: &Wanted,
    ) -> Result<Option<RecordSummary>, ReadError> {
        if row.kind.is_governance() && !wanted.governance {
            return Ok(None);
        }
        let read = match (stored, &wanted.filter) {
            (None, Some(_)) => self.held.reader.record(&row.record)?,
            _ => None,
        };
        let stored = stored.or(read.as_ref());
        let item = match stored {
            Some(stored) => Some(self.held.item(&stored.record)),
            None => self.reading.record(&row.record)?,
        };
        let Some(item) = item else { return Ok(None) };
        let is_gone = matches!(item.state, State::Removed | State::SetAside);
        if is_gone && !wanted.removed {
            return Ok(None);
        }
        if let Some(filter) = &wanted.filter {
            // Of what is put aside nothing is told, by being found neither.
            let fits = |stored: &StoredRecord| filter.matches(&Facts::of(&stored.record));
            if self.held.is_aside(&item.id) || !stored.is_some_and(fits) {
                return Ok(None);
            }
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
