//! What was done with keys and invitations: a file that is only ever added to, one JSON object a line.

use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;

use serde_json::{Map, Value, json};

use super::DataDir;
use super::file::{FileError, OWNER_ONLY};
use crate::date::moment;
use crate::random::now_ms;

/// The file. Nothing in it is secret; who may change it may also take a line away: it tells the honest what happened.
#[derive(Debug, Clone)]
pub(crate) struct Audit(PathBuf);

impl Audit {
    pub(crate) fn of(dir: &DataDir) -> Self {
        Self(dir.path().join("audit.log"))
    }

    /// Adds a line, and one to the log. When this returns, it is on the disk.
    pub(crate) fn note(&self, act: &'static str, details: Value) -> Result<(), FileError> {
        tracing::info!(act, %details, "audit");
        let at_ms = now_ms();
        let mut line = Map::new();
        line.insert("at".to_owned(), moment(at_ms).into());
        line.insert("at_ms".to_owned(), at_ms.into());
        line.insert("act".to_owned(), act.into());
        if let Value::Object(details) = details {
            line.extend(details);
        }
        self.add(&json!(line).to_string()).map_err(FileError::io(&self.0))
    }

    fn add(&self, line: &str) -> std::io::Result<()> {
        let mut file = OpenOptions::new()
            .append(true)
            .create(true)
            .mode(OWNER_ONLY)
            .open(&self.0)?;
        // One write: lines of a command and of the node do not mix.
        file.write_all(format!("{line}\n").as_bytes())?;
        file.sync_all()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_added_and_kept_from_others() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let audit = Audit::of(&DataDir::new(dir.path()));
        audit.note("keys_made", json!({"organisation": "ab"})).unwrap();
        audit.note("keys_shown", json!({})).unwrap();
        let path = dir.path().join("audit.log");
        let text = std::fs::read_to_string(&path).unwrap();
        let acts: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(
            (acts[0]["act"].as_str(), acts[1]["act"].as_str()),
            (Some("keys_made"), Some("keys_shown"))
        );
        assert_eq!(acts[0]["organisation"], "ab");
        assert_eq!(
            std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            OWNER_ONLY
        );
    }
}
