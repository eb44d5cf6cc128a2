//! What happened, line by line: always hashed, and kept for reading only when asked for.

use std::fmt::{self, Write};

/// The trace of one history.
#[derive(Debug)]
pub(crate) struct Trace {
    hasher: blake3::Hasher,
    line: String,
    lines: u64,
    kept: Option<Vec<String>>,
}

/// Whether lines are kept for reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// Only their hash.
    Hash,
    /// All lines.
    Lines,
}

impl Trace {
    pub(crate) fn new(keep: Keep) -> Self {
        Self {
            hasher: blake3::Hasher::new(),
            line: String::new(),
            lines: 0,
            kept: (keep == Keep::Lines).then(Vec::new),
        }
    }

    pub(crate) fn note(&mut self, at_ms: i64, words: fmt::Arguments<'_>) {
        self.line.clear();
        // Writing to a string cannot fail.
        let _ = write!(self.line, "{:>11.3} {words}", at_ms as f64 / 1000.0);
        self.hasher.update(self.line.as_bytes());
        self.hasher.update(b"\n");
        self.lines += 1;
        if let Some(kept) = &mut self.kept {
            kept.push(self.line.clone());
        }
    }

    /// Its hash, and the lines if they were kept.
    pub(crate) fn end(self) -> (String, u64, Vec<String>) {
        let hash = self.hasher.finalize().to_hex();
        (hash[..32].to_owned(), self.lines, self.kept.unwrap_or_default())
    }
}
