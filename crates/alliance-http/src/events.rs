//! Events as they happen, as server-sent events.

use alliance_api::Event;
use alliance_node::EventStream;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{self, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures::Stream;
use serde::Deserialize;
use serde_json::json;
use tokio::sync::{OwnedSemaphorePermit, watch};
use utoipa::ToSchema;

use crate::answer::Shared;
use crate::app::stopped;
use crate::describe::{Group, Operation, Route, text};
use crate::fault::Fault;
use crate::limits::{KEEP_ALIVE, READERS_MAX};
use crate::params::Asked;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct EventParams {
    /// Records that arrived after this arrival number come first; 0 for all. When absent: none.
    since: Option<u64>,
    /// Whether records are told of.
    #[serde(default = "yes")]
    records: bool,
    /// Only records for which this holds, in the language of filters; other events are told all the same.
    filter: Option<String>,
}

const fn yes() -> bool {
    true
}

/// Its route.
pub(crate) fn routes() -> Vec<Route> {
    let last_seen = json!({
        "name": "Last-Event-ID", "in": "header", "required": false,
        "description": "The id of the last event received, as browsers send it when they connect again; stands before `since`.",
        "schema": {"type": "integer", "minimum": 0},
    });
    let mut operation = Operation::get("/v1/events", "followEvents", Group::Node)
        .says(
            "What happens, as server-sent events",
            "Each event's data is an `Event` in JSON. Records have their arrival number as the event's id.",
        )
        .asks::<EventParams>()
        .asks_also(last_seen)
        .answers_media((200, "Events, until the node ends."), "text/event-stream", text())
        .fails(&["bad_event_id", "too_many_readers", "bad_filter"]);
    operation.schemas.add::<Event>();
    vec![Route::new(operation, stream)]
}

/// Records that arrived after `since`, unless none are wanted, then what happens, until the node or the
/// server ends.
async fn stream(State(app): Shared, headers: HeaderMap, Asked(params): Asked<EventParams>) -> Result<Response, Fault> {
    // A browser that reconnects repeats the address it began with: what it saw last is in the header.
    let since = last_seen(&headers)?.or(params.since);
    let slot = app.readers.clone().try_acquire_owned().map_err(|_| too_many())?;
    let events = match (params.records, &params.filter) {
        (false, _) => app.handle.notices(),
        (true, None) => app.handle.events(since),
        (true, Some(filter)) => app.handle.events_that(since, filter)?,
    };
    let reader = Reader {
        events,
        stopping: app.stopping.clone(),
        _slot: slot,
    };
    let alive = KeepAlive::new().interval(KEEP_ALIVE);
    Ok(Sse::new(reader.into_stream()).keep_alive(alive).into_response())
}

fn last_seen(headers: &HeaderMap) -> Result<Option<u64>, Fault> {
    let Some(value) = headers.get("last-event-id") else {
        return Ok(None);
    };
    let number = value.to_str().ok().and_then(|text| text.trim().parse().ok());
    number.map(Some).ok_or_else(|| {
        Fault::new(
            StatusCode::BAD_REQUEST,
            "bad_event_id",
            "Last-Event-ID is not an arrival number",
            "Send the id of the last event received, or leave the header out.",
        )
    })
}

fn too_many() -> Fault {
    Fault::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "too_many_readers",
        "Too many readers follow the events of this node",
        format!("{READERS_MAX} may at once: close one, or ask again later."),
    )
}

struct Reader {
    events: EventStream,
    stopping: watch::Receiver<bool>,
    _slot: OwnedSemaphorePermit,
}

impl Reader {
    fn into_stream(self) -> impl Stream<Item = Result<sse::Event, serde_json::Error>> {
        futures::stream::unfold(self, |mut reader| async move {
            let (arrival, event) = reader.next().await?;
            Some((message(arrival, &event), reader))
        })
    }

    async fn next(&mut self) -> Option<(Option<u64>, Event)> {
        tokio::select! {
            () = stopped(&mut self.stopping) => None,
            event = self.events.next() => event,
        }
    }
}

fn message(arrival: Option<u64>, event: &Event) -> Result<sse::Event, serde_json::Error> {
    let written = sse::Event::default()
        .event(name(event))
        .data(serde_json::to_string(event)?);
    Ok(match arrival {
        Some(number) => written.id(number.to_string()),
        None => written,
    })
}

const fn name(event: &Event) -> &'static str {
    match event {
        Event::Record { .. } => "record",
        Event::PeerUp { .. } => "peer_up",
        Event::PeerDown { .. } => "peer_down",
        Event::Erased { .. } => "erased",
        Event::Refused { .. } => "refused",
        Event::RecordRefused { .. } => "record_refused",
        Event::Ending { .. } => "ending",
        Event::CutOff { .. } => "cut_off",
        Event::CatchingUp { .. } => "catching_up",
        Event::Lagged { .. } => "lagged",
    }
}
