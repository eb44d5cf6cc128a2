//! Owns messages published while nobody follows their topic, oldest first. Bounded: the oldest give way, and sync brings them.

use std::collections::VecDeque;

use bytes::Bytes;

use super::Topic;
use crate::limits::{UNHEARD_BYTES_MAX, UNHEARD_MESSAGES_MAX};

/// The kept messages.
#[derive(Debug, Default)]
pub(crate) struct Unheard {
    messages: VecDeque<(Topic, Bytes)>,
    bytes: usize,
}

impl Unheard {
    /// Keeps a message and tells how many older ones gave way. The same message twice is kept once.
    pub(crate) fn keep(&mut self, topic: Topic, message: Bytes) -> u64 {
        if self.messages.iter().any(|(of, kept)| *of == topic && *kept == message) {
            return 0;
        }
        self.bytes += message.len();
        self.messages.push_back((topic, message));
        let mut gone = 0;
        while self.messages.len() > UNHEARD_MESSAGES_MAX || self.bytes > UNHEARD_BYTES_MAX {
            let Some((_, oldest)) = self.messages.pop_front() else {
                break;
            };
            self.bytes -= oldest.len();
            gone += 1;
        }
        gone
    }

    /// Takes all messages of a topic that somebody follows now.
    pub(crate) fn take(&mut self, topic: &Topic) -> Vec<Bytes> {
        let (taken, rest): (VecDeque<_>, VecDeque<_>) = self.messages.drain(..).partition(|(of, _)| of == topic);
        self.messages = rest;
        self.bytes = self.messages.iter().map(|(_, message)| message.len()).sum();
        taken.into_iter().map(|(_, message)| message).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn topic(name: &str) -> Topic {
        name.parse().unwrap()
    }

    #[test]
    fn messages_wait_for_their_topic_in_order() {
        let mut unheard = Unheard::default();
        for (name, message) in [("a", "1"), ("b", "2"), ("a", "3"), ("a", "1")] {
            assert_eq!(unheard.keep(topic(name), message.into()), 0);
        }
        assert_eq!(unheard.take(&topic("a")), ["1", "3"]);
        assert_eq!(unheard.take(&topic("a")), Vec::<Bytes>::new());
        assert_eq!(unheard.take(&topic("b")), ["2"]);
        assert_eq!(unheard.bytes, 0);
    }

    #[test]
    fn the_oldest_give_way_by_count_and_by_bytes() {
        let mut unheard = Unheard::default();
        for n in 0..UNHEARD_MESSAGES_MAX {
            assert_eq!(unheard.keep(topic("a"), n.to_string().into()), 0);
        }
        assert_eq!(unheard.keep(topic("a"), "more".into()), 1);
        assert_eq!(unheard.take(&topic("a"))[0], "1");

        let half = Bytes::from(vec![0; UNHEARD_BYTES_MAX / 2]);
        unheard.keep(topic("a"), half.clone());
        unheard.keep(topic("b"), half.clone());
        assert_eq!(unheard.keep(topic("c"), half), 1);
        assert!(unheard.bytes <= UNHEARD_BYTES_MAX);
    }
}
