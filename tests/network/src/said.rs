//! What the suite prints: lines with the seconds since it began. Never decides anything.

use std::io::{self, Write};
use std::time::Instant;

/// Where lines go.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Said {
    began: Instant,
}

impl Said {
    pub(crate) fn begin() -> Self {
        Self { began: Instant::now() }
    }

    /// A heading.
    pub(crate) fn heading(&self, text: &str) {
        write(&format!("\n{text}"));
    }

    /// A line, after the seconds since the beginning.
    pub(crate) fn line(&self, text: &str) {
        write(&format!("{:>7.1} s  {text}", self.began.elapsed().as_secs_f64()));
    }

    /// Lines of somebody else.
    pub(crate) fn quote(&self, text: &str) {
        text.lines().for_each(|line| write(&format!("           | {line}")));
    }
}

/// Nobody reading is no fault of the nodes.
fn write(line: &str) {
    let _ = writeln!(io::stdout().lock(), "{line}");
}

/// Bytes as a person reads them.
pub(crate) fn bytes(bytes: u64) -> String {
    match bytes {
        0..10_000 => format!("{bytes} bytes"),
        10_000..10_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}
