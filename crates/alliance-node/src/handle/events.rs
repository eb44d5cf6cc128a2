//! Live events: first what is stored after a point of the arrival feed, then what happens, joined without gap or
//! repetition by the arrival number.

use std::collections::VecDeque;

use alliance_api::{Event, Problem, RecordSummary};
use alliance_search::filter::{Facts, Tree};
use alliance_store::{Arrival, RangeLimits, StoredRecord};
use tokio::sync::{broadcast, watch};

use super::Handle;
use super::filtering::{in_countries, read};
use super::records::{hide, summary_of};
use crate::shared::View;

/// Records read from the feed at once.
const READ_RECORDS: usize = 256;
/// Bytes read from the feed at once.
const READ_BYTES: usize = 1_048_576;

/// Events from a point of the arrival feed on.
#[derive(Debug)]
pub struct EventStream {
    handle: Handle,
    has_records: bool,
    /// As it was asked: in which country an organisation is may change.
    filter: Option<Tree>,
    cursor: u64,
    waiting: VecDeque<(Option<u64>, Event)>,
    arrivals: watch::Receiver<u64>,
    live: broadcast::Receiver<Event>,
}

impl Handle {
    /// Events: records that arrived after `since` (0: all) and then live; `None`: live only.
    #[must_use]
    pub fn events(&self, since: Option<u64>) -> EventStream {
        let shared = &self.0.parts.shared;
        let (mut arrivals, live) = (shared.arrivals(), shared.events());
        let now = *arrivals.borrow_and_update();
        arrivals.mark_changed();
        EventStream {
            handle: self.clone(),
            has_records: true,
            filter: None,
            cursor: since.unwrap_or(now),
            waiting: VecDeque::new(),
            arrivals,
            live,
        }
    }

    /// As [`Handle::events`], of the records for which a filter holds.
    ///
    /// # Errors
    /// `bad_filter` with the place in it.
    pub fn events_that(&self, since: Option<u64>, filter: &str) -> Result<EventStream, Problem> {
        let tree = read(filter, &self.0.parts.shared.view())?;
        Ok(EventStream {
            filter: Some(tree),
            ..self.events(since)
        })
    }

    /// Live events without the records: cheap while thousands of them arrive.
    #[must_use]
    pub fn notices(&self) -> EventStream {
        EventStream {
            has_records: false,
            ..self.events(None)
        }
    }
}

impl EventStream {
    /// The next event; with an arrival number when it is a record. `None` when the node has ended.
    pub async fn next(&mut self) -> Option<(Option<u64>, Event)> {
        loop {
            if let Some(event) = self.waiting.pop_front() {
                return Some(event);
            }
            let ended = self.handle.0.parts.inbox.clone();
            tokio::select! {
                biased;
                () = ended.closed() => return None,
                changed = self.arrivals.changed(), if self.has_records => {
                    changed.ok()?;
                    self.read_feed().await?;
                }
                event = self.live.recv() => match event {
                    Ok(event) => return Some((None, event)),
                    Err(broadcast::error::RecvError::Lagged(events)) => return Some((None, Event::Lagged { events })),
                    Err(broadcast::error::RecvError::Closed) => return None,
                },
            }
        }
    }

    /// Of what is put aside nothing is told, by being found neither.
    fn is_wanted(&self, filter: Option<&Tree>, stored: &StoredRecord) -> bool {
        let Some(filter) = filter else { return true };
        !self.is_aside(stored) && filter.matches(&Facts::of(&stored.record))
    }

    fn is_aside(&self, stored: &StoredRecord) -> bool {
        self.handle.0.parts.shared.quarantine().contains(&stored.record.id())
    }

    fn shown(&self, view: &View, stored: &StoredRecord) -> RecordSummary {
        let mut summary = summary_of(view, stored);
        if self.is_aside(stored) {
            hide(&mut summary);
        }
        summary
    }

    async fn read_feed(&mut self) -> Option<()> {
        let cursor = Arrival(self.cursor);
        // The store may be ahead of what is shown: whoever hears of a record is to find the roster that it made.
        let shown = *self.arrivals.borrow_and_update();
        let limits = RangeLimits {
            records_max: READ_RECORDS,
            bytes_max: READ_BYTES,
        };
        let read = self
            .handle
            .read(move |reader| reader.arrivals_since(cursor, limits))
            .await
            .ok()?;
        let view = self.handle.0.parts.shared.view();
        let filter = self.filter.clone().map(|filter| in_countries(filter, &view));
        let mut was_read = false;
        for stored in read.iter().take_while(|stored| stored.arrival.0 <= shown) {
            was_read = true;
            let arrival = stored.arrival.0;
            self.cursor = arrival;
            if !self.is_wanted(filter.as_ref(), stored) {
                continue;
            }
            self.waiting.push_back((
                Some(arrival),
                Event::Record {
                    record: Box::new(self.shown(&view, stored)),
                },
            ));
        }
        if was_read {
            // There may be more than one reading's worth.
            self.arrivals.mark_changed();
        }
        Some(())
    }
}
