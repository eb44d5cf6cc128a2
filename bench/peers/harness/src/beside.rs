//! A command that does the same work in its own way, before each measured run: who is compared shares the run, in turn.
//!
//! Owns the command's words. Never knows what it measures.

use std::process::{Command, Stdio};

use anyhow::{Context as _, bail};
use serde_json::Value;

use crate::report;

/// Runs the command to its end; the seconds it says it took, for so many records.
pub(crate) fn seconds(command: &str, records: u64) -> anyhow::Result<f64> {
    let output = Command::new("sh")
        .args(["-c", command])
        .stdin(Stdio::null())
        .output()
        .context("sh")?;
    let said = String::from_utf8_lossy(&output.stderr);
    report::tell(said.trim_end());
    if !output.status.success() {
        bail!("`{command}` ended with {}", output.status);
    }
    let line = said.lines().rev().find_map(measured);
    let (count, seconds) = line.with_context(|| format!("`{command}` told no records and told_s on standard error"))?;
    if count != records {
        bail!("`{command}` measured {count} records, and not {records}");
    }
    Ok(seconds)
}

/// A line of what `replicate` says: its records, and the seconds from being told to start.
fn measured(line: &str) -> Option<(u64, f64)> {
    let value: Value = serde_json::from_str(line).ok()?;
    let seconds = value["told_s"].as_f64().filter(|seconds| *seconds > 0.0)?;
    Some((value["records"].as_u64()?, seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_that_measures_counts() {
        let line = r#"echo '{"records":7,"told_s":2.5}' >&2; echo noise >&2"#;
        assert_eq!(seconds(line, 7).ok(), Some(2.5));
        assert!(seconds(line, 8).is_err(), "other records");
        assert!(
            seconds("echo '{\"records\":7,\"told_s\":0}' >&2", 7).is_err(),
            "not measured"
        );
        assert!(seconds("false", 7).is_err());
    }
}
