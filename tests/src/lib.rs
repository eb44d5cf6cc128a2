//! Fixtures shared by the integration tests: clusters of real nodes on loopback, each in a directory of its own.
//!
//! Nothing here waits for time to pass: every wait is for an event of a node. What cannot go on ends the test.

#![expect(clippy::expect_used, reason = "a test that cannot go on fails")]

mod cluster;
mod document;
mod wait;

pub use cluster::{Cluster, Member, join_options, leaf_settings, settings};
pub use document::{long_practice, practice, share, share_document};
pub use wait::{arrival_of, gone_on, next_event, soon};
