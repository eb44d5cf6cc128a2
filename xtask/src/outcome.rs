//! What a check found. Owns the one form in which all checks speak; decides nothing.

use std::io::{self, Write as _};

/// The faults of one check, and one line that says how much was looked at.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// How much was examined, so that a reader sees that the check did not pass by looking at nothing.
    pub(crate) summary: String,
    /// One sentence for each fault: where, what, and the remedy.
    pub(crate) faults: Vec<String>,
}

impl Outcome {
    /// A check that could not be made has failed: it must never pass for want of something to read.
    pub(crate) fn not_made(fault: &anyhow::Error) -> Self {
        Self {
            summary: "the check could not be made".to_owned(),
            faults: vec![format!("{fault:#}")],
        }
    }

    pub(crate) fn print(&self, name: &str) -> io::Result<()> {
        let mut out = io::stdout().lock();
        let verdict = if self.faults.is_empty() { "good" } else { "FAILED" };
        writeln!(out, "{name}: {verdict} ({})", self.summary)?;
        self.faults.iter().try_for_each(|fault| writeln!(out, "  {fault}"))
    }
}
