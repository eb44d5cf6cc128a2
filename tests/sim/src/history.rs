//! One history from its seed, contained: a panic in it is a broken promise and not the simulator's end.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::coverage::Coverage;
use crate::oracle::Broken;
use crate::trace::Keep;
use crate::world::World;

/// What became of a history.
#[derive(Debug)]
pub struct Outcome {
    /// Over every line of the trace: equal for equal histories.
    pub hash: String,
    /// Lines of the trace.
    pub lines: u64,
    /// The lines, if they were to be kept.
    pub trace: Vec<String>,
    /// Events that happened.
    pub events: u64,
    /// What occurred how often.
    pub coverage: Coverage,
    /// The first promise that was broken, if one was.
    pub broken: Option<Broken>,
}

/// Lives through the history of a seed.
#[must_use]
pub fn live(seed: u64, keep: Keep) -> Outcome {
    catch_unwind(AssertUnwindSafe(|| World::new(seed, keep).run())).unwrap_or_else(|panic| {
        let words = panic.downcast_ref::<String>().map(String::as_str);
        let words = words.or_else(|| panic.downcast_ref::<&str>().copied());
        Outcome {
            hash: String::new(),
            lines: 0,
            trace: Vec::new(),
            events: 0,
            coverage: Coverage::default(),
            broken: Some(Broken {
                promise: "nothing_panics",
                detail: words.unwrap_or("without words").to_owned(),
            }),
        }
    })
}
