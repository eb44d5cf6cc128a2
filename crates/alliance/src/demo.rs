//! A whole alliance on this machine.

use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;

/// What the demonstration does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DemoOptions {
    /// How many organisations take part.
    pub(crate) organisations: u8,
    /// Whether it ends by itself, or stays until it is interrupted.
    pub(crate) end: DemoEnd,
}

/// When the demonstration ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DemoEnd {
    /// Once its checks are done.
    AfterChecks,
    /// When it is interrupted.
    AtInterrupt,
}

/// Runs the demonstration.
///
/// # Errors
/// What stopped it.
pub(crate) async fn run(_options: DemoOptions, _output: Output) -> Result<Exit, Failure> {
    Err(Failure::local("unavailable", "The demonstration is not available", ""))
}
