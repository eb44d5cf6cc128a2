//! Says what ends soon: at the start, at each threshold, and daily. It never closes anything.

use std::time::Duration;

use alliance_api::Event;
use alliance_record::OrganisationId;

use super::Parts;
use crate::ending::{Ending, endings, next_look_ms};
use crate::random::now_ms;
use crate::shared::Shared;

/// Runs until the node ends.
pub(super) async fn watch(organisation: OrganisationId, parts: Parts) {
    let shared = parts.shared;
    let mut certificate = shared.certificate.subscribe();
    loop {
        let shown = certificate.borrow_and_update().clone();
        let (view, now_ms) = (shared.view(), now_ms());
        for ending in endings(&view, &organisation, &shown, now_ms) {
            say(&shared, &ending);
        }
        let wait_ms = next_look_ms(&view, &organisation, &shown, now_ms);
        drop(view);
        tokio::select! {
            () = tokio::time::sleep(Duration::from_millis(wait_ms.unsigned_abs())) => {}
            // A renewed certificate may end at another hour.
            changed = certificate.changed() => if changed.is_err() { return },
            () = parts.inbox.closed() => return,
        }
    }
}

fn say(shared: &Shared, ending: &Ending) {
    let said = ending.said();
    tracing::warn!(code = ending.code(), days = ending.days(), "{said}");
    shared.tell(Event::Ending {
        code: ending.code().to_owned(),
        ends_ms: ending.ends_ms,
        days_left: ending.days(),
        said,
    });
}
