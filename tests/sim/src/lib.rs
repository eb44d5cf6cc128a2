//! Simulates alliances of nodes: the real engine, the real frames and the real store on simulated disks, under a simulated
//! network and clock, with faults and lying members. One seed is one history; the same seed gives the same history.
//!
//! Never knows a real clock, a socket, a thread or a source of randomness besides the seed.

/// A line of the trace.
macro_rules! note {
    ($world:expr, $($words:tt)*) => {
        $world.trace.note($world.now_ms - $crate::plan::BEGIN_MS, format_args!($($words)*))
    };
}

mod agenda;
mod cast;
mod coverage;
mod dice;
mod durable;
mod history;
mod lie;
mod oracle;
mod plan;
mod session;
mod trace;
mod world;

pub use coverage::{Coverage, FAULTS, SEEN, VERDICTS};
pub use history::{Outcome, live};
pub use oracle::Broken;
pub use trace::Keep;
