//! Runs: joins engine, store and net in one loop, and offers a handle.
//!
//! Never knows HTTP or the command line.

mod handle;
mod settings;
mod setup;

pub use handle::{EventStream, Handle, Run, RunError};
pub use settings::{NodeRole, Settings};
pub use setup::{FoundOptions, InitOptions, JoinOptions, SetupError, SetupReport, found, init, join};
