//! The identifier of a snapshot.

use std::fmt;
use std::str::FromStr;

use data_encoding::HEXLOWER;

/// What stands before the digits, so that nobody takes it for a record's id.
const PREFIX: &str = "snapshot-";

/// Names a snapshot: SHA-256 over what it is made of. Written `snapshot-` and 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SnapshotId(pub [u8; 32]);

/// Why a text is no snapshot's identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a snapshot's identifier: it is written {PREFIX} and 64 digits of 0-9 and a-f")]
pub struct SnapshotIdError;

impl SnapshotId {
    /// Whether a text, or the beginning of one, is meant for a snapshot's identifier and not for a record's id.
    #[must_use]
    pub fn is_meant_by(text: &str) -> bool {
        text.starts_with(PREFIX)
    }
}

impl fmt::Display for SnapshotId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{}", HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for SnapshotId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for SnapshotId {
    type Err = SnapshotIdError;

    fn from_str(text: &str) -> Result<Self, SnapshotIdError> {
        let digits = text.strip_prefix(PREFIX).ok_or(SnapshotIdError)?;
        let bytes = HEXLOWER.decode(digits.as_bytes()).map_err(|_| SnapshotIdError)?;
        bytes.try_into().map(Self).map_err(|_| SnapshotIdError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_has_one_spelling() {
        let id = SnapshotId([0xab; 32]);
        let text = id.to_string();
        assert_eq!(text, format!("snapshot-{}", "ab".repeat(32)));
        assert_eq!(text.parse(), Ok(id));
        for other in [
            "ab".repeat(32),
            format!("snapshot-{}", "AB".repeat(32)),
            text[..40].to_owned(),
            String::new(),
        ] {
            assert_eq!(other.parse::<SnapshotId>(), Err(SnapshotIdError), "{other}");
        }
    }
}
