//! Runs: joins engine, store and net in one loop, and offers a handle.
//!
//! Owns the data directory, the loop and the order in which effects are performed. Never knows HTTP or the command
//! line.

mod access;
mod data;
mod date;
mod draft;
mod gate;
mod handle;
mod listing;
mod peer;
mod random;
mod run;
mod settings;
mod setup;
mod shared;

pub use data::FileError;
pub use handle::{EventStream, Handle};
pub use run::{Run, RunError};
pub use settings::{NodeRole, Settings, Signatures};
pub use setup::{FoundOptions, InitOptions, JoinError, JoinOptions, SetupError, SetupReport, found, init, join};
