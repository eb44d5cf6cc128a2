//! Owns the way of events to the node. The swarm task never waits in here: gossip that finds no room is dropped, and
//! other events wait in a bounded backlog that, when full, stops the reading of the network.

use std::collections::VecDeque;

use tokio::sync::mpsc;

use crate::{
    Event,
    limits::{BACKLOG_MAX, EVENTS_MAX},
};

/// The sending end.
#[derive(Debug)]
pub(crate) struct Outbox {
    events: mpsc::Sender<Event>,
    backlog: VecDeque<Event>,
}

/// The node no longer listens to events.
#[derive(Debug)]
pub(crate) struct NobodyListens;

impl Outbox {
    pub(crate) fn new() -> (Self, mpsc::Receiver<Event>) {
        let (events, receiver) = mpsc::channel(EVENTS_MAX);
        (
            Self {
                events,
                backlog: VecDeque::new(),
            },
            receiver,
        )
    }

    /// Sends an event that must not be lost, after all earlier ones.
    pub(crate) fn send(&mut self, event: Event) {
        if self.backlog.is_empty() {
            match self.events.try_send(event) {
                Ok(()) => {}
                Err(unsent) => self.backlog.push_back(unsent.into_inner()),
            }
        } else {
            self.backlog.push_back(event);
        }
    }

    /// Sends an event only if there is room now; false if there is none, and the event is dropped.
    #[must_use]
    pub(crate) fn offer(&mut self, event: Event) -> bool {
        self.backlog.is_empty() && self.events.try_send(event).is_ok()
    }

    /// Takes a place for an event that will come later; none if there is no room now.
    pub(crate) fn reserve(&self) -> Option<mpsc::OwnedPermit<Event>> {
        if !self.backlog.is_empty() {
            return None;
        }
        self.events.clone().try_reserve_owned().ok()
    }

    /// Whether the network may be read: an event of it would find room.
    pub(crate) fn has_room(&self) -> bool {
        self.backlog.len() < BACKLOG_MAX
    }

    /// Waits until one event of the backlog was sent; forever while there is none. May be dropped without loss.
    pub(crate) async fn drain(&mut self) -> Result<(), NobodyListens> {
        if self.backlog.is_empty() {
            self.events.closed().await;
            return Err(NobodyListens);
        }
        let place = self.events.reserve().await.map_err(|_| NobodyListens)?;
        if let Some(event) = self.backlog.pop_front() {
            place.send(event);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(port: usize) -> Event {
        Event::Listening {
            address: format!("/ip4/127.0.0.1/tcp/{port}").parse().unwrap(),
        }
    }

    fn port(event: &Event) -> usize {
        let Event::Listening { address } = event else {
            panic!("{event:?}")
        };
        address.to_string().rsplit('/').next().unwrap().parse().unwrap()
    }

    #[tokio::test]
    async fn events_wait_in_order_and_gossip_gives_way() {
        let (mut outbox, mut events) = Outbox::new();
        for n in 0..EVENTS_MAX + BACKLOG_MAX {
            assert!(outbox.has_room());
            outbox.send(event(n));
        }
        assert!(!outbox.has_room());
        assert!(!outbox.offer(event(0)) && outbox.reserve().is_none());
        for n in 0..EVENTS_MAX {
            assert_eq!(port(&events.recv().await.unwrap()), n);
        }
        assert!(!outbox.offer(event(0)), "earlier events come first");
        for _ in 0..BACKLOG_MAX {
            outbox.drain().await.unwrap();
        }
        for n in EVENTS_MAX..EVENTS_MAX + BACKLOG_MAX {
            assert_eq!(port(&events.recv().await.unwrap()), n);
        }
        assert!(outbox.offer(event(1)));
        drop(events);
        assert!(outbox.drain().await.is_err());
    }
}
