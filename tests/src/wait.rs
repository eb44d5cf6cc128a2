//! Waiting for events of nodes.

use std::time::Duration;

use alliance_api::Event;
use alliance_node::{EventStream, Handle};

/// A hanging test ends instead of blocking the run; no test waits this long when all is well.
const HANG: Duration = Duration::from_secs(120);

/// Awaits what must come.
///
/// # Panics
/// When it never comes.
pub async fn soon<T>(what: impl Future<Output = T>) -> T {
    let come = tokio::time::timeout(HANG, what).await;
    come.expect("what the test waits for never came")
}

/// The first event that `pick` takes; others are passed over.
///
/// # Panics
/// When the node ends before.
pub async fn next_event<T>(events: &mut EventStream, mut pick: impl FnMut(&Event) -> Option<T>) -> T {
    let found = async {
        loop {
            let (_, event) = events.next().await.expect("the node runs");
            if let Some(picked) = pick(&event) {
                return picked;
            }
        }
    };
    soon(found).await
}

/// Waits until a record is visible.
///
/// # Panics
/// When the node ends before.
pub async fn arrival_of(handle: &Handle, id: &str) -> u64 {
    let mut events = handle.events(Some(0));
    next_event(&mut events, |event| match event {
        Event::Record { record } if record.id == id => Some(record.arrival),
        _ => None,
    })
    .await
}

/// Waits until the node has finished all that reached it before: a record of its own goes through the same loop.
///
/// # Panics
/// When the node takes nothing any more.
pub async fn gone_on(handle: &Handle) {
    crate::share(handle, "The ward's morning round goes on", "m49:001").await;
    crate::share(handle, "The ward's evening round goes on", "m49:001").await;
}
