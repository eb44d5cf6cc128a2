//! Decides: who is a member, is this record admitted, who follows which chapter, how two nodes reconcile.
//!
//! Pure: the same inputs give the same effects and the same state. Never knows a clock, a source of randomness, a disk
//! or a network: time comes in with every input, the seed at construction.

mod admission;
mod carrying;
mod chapters;
mod config;
mod described;
mod door;
mod effect;
mod ends;
mod engine;
mod input;
mod lagging;
pub mod limits;
mod members;
mod parked;
mod parted;
mod random;
pub mod region;
mod removals;
mod shards;
mod state;
mod sync;

pub use chapters::{ChapterStanding, Chapters, Said};
pub use config::{BodiesKept, Config};
pub use described::{Description, Descriptions};
pub use effect::{Effect, Effects, Notice, PeerSync, Served, SyncProgress, ToCarry};
pub use engine::Engine;
pub use input::{Input, Source};
pub use members::{ActShown, ActState, Barred, EndedBy, Mark, Member, Members, Proposed, Version, WhyNot, Word};
pub use removals::{Removals, RemovedBy};
pub use state::State;
pub use sync::SessionId;
