//! Owns the names of topics: a chapter's name as the node says it, and the name on the wire that binds alliance and version.

use std::{fmt, str::FromStr};

use libp2p::gossipsub::{TopicHash, TopicSubscriptionFilter};

use crate::limits::TOPIC_CHARS_MAX;

/// The topic of a chapter, by the chapter's name: 1 to 64 printable ASCII characters without blank and `/`, as `m49:150`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Topic(Box<str>);

/// A text that cannot be a topic.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{shown}\" cannot be a topic: use 1 to {TOPIC_CHARS_MAX} printable ASCII characters without blank and '/'")]
pub struct TopicError {
    shown: String,
}

impl Topic {
    /// The chapter's name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Topic {
    type Err = TopicError;

    fn from_str(name: &str) -> Result<Self, TopicError> {
        let fits = (1..=TOPIC_CHARS_MAX).contains(&name.len());
        if fits && name.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'/') {
            Ok(Self(name.into()))
        } else {
            Err(TopicError {
                shown: name.chars().take(TOPIC_CHARS_MAX).collect(),
            })
        }
    }
}

/// The form of this alliance's topics on the wire. As a filter it lets peers follow any chapter of this alliance, known to
/// us or not: gossipsub announces a subscription once, so one that we dropped would stay unknown when we join the chapter.
#[derive(Debug, Clone)]
pub(crate) struct Wire {
    prefix: String,
}

const SUFFIX: &str = "/1";

impl Wire {
    pub(crate) fn new(protocol: &str) -> Self {
        Self {
            prefix: format!("/alliance/{protocol}/"),
        }
    }

    pub(crate) fn hash(&self, topic: &Topic) -> TopicHash {
        TopicHash::from_raw(format!("{}{topic}{SUFFIX}", self.prefix))
    }

    /// The chapter's topic of a wire name, if it is one of this alliance and version.
    pub(crate) fn topic(&self, hash: &TopicHash) -> Option<Topic> {
        hash.as_str()
            .strip_prefix(&self.prefix)?
            .strip_suffix(SUFFIX)?
            .parse()
            .ok()
    }
}

impl TopicSubscriptionFilter for Wire {
    fn can_subscribe(&mut self, hash: &TopicHash) -> bool {
        self.topic(hash).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topics_are_chapters_names() {
        let longest = "x".repeat(TOPIC_CHARS_MAX);
        let cases = [
            ("alliance", true),
            ("m49:150", true),
            ("iso:gb-sct", true),
            (longest.as_str(), true),
            ("", false),
            ("a/b", false),
            ("a b", false),
            ("é", false),
            (&format!("{longest}x"), false),
        ];
        for (name, good) in cases {
            assert_eq!(name.parse::<Topic>().is_ok(), good, "{name}");
        }
    }

    #[test]
    fn wire_names_bind_alliance_and_version() {
        let wire = Wire::new("ab12");
        let topic: Topic = "m49:150".parse().unwrap();
        assert_eq!(wire.hash(&topic).as_str(), "/alliance/ab12/m49:150/1");
        assert_eq!(wire.topic(&wire.hash(&topic)), Some(topic));
        for other in [
            "/alliance/ab13/m49:150/1",
            "/alliance/ab12/m49:150/2",
            "/alliance/ab12//1",
            "/alliance/ab12/a/b/1",
            "",
        ] {
            assert_eq!(wire.topic(&TopicHash::from_raw(other)), None, "{other}");
        }
    }
}
