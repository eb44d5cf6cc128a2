//! A version in a lock file, and which of two is the older. Owns no requirement syntax: a lock names exact versions.

use std::fmt;

use anyhow::Context as _;

/// Major, minor, patch, and whether it is a release; a pre-release is older than its release.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Version {
    parts: [u64; 3],
    release: bool,
}

impl Version {
    /// Reads `1.2.3`, `1.2.3-rc.1` or `1.2.3+build`; anything else is an error. Two pre-releases compare as equal.
    pub(super) fn parse(text: &str) -> anyhow::Result<Self> {
        let plain = text.split('+').next().unwrap_or(text);
        let (numbers, release) = match plain.split_once('-') {
            Some((numbers, _)) => (numbers, false),
            None => (plain, true),
        };
        let parts: Result<Vec<u64>, _> = numbers.split('.').map(str::parse).collect();
        let parts = parts.ok().and_then(|parts| parts.try_into().ok());
        Ok(Self {
            parts: parts.with_context(|| format!("{text:?} is not a version such as 1.2.3"))?,
            release,
        })
    }
}

impl fmt::Display for Version {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [major, minor, patch] = self.parts;
        write!(out, "{major}.{minor}.{patch}{}", if self.release { "" } else { "-pre" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn older_to_newer() {
        let rising = [
            "0.9.10",
            "0.13.9",
            "0.13.10-rc.1",
            "0.13.10",
            "0.13.11+spec-1.1.0",
            "1.0.0",
        ];
        for pair in rising.windows(2) {
            assert!(
                Version::parse(pair[0]).unwrap() < Version::parse(pair[1]).unwrap(),
                "{pair:?}"
            );
        }
    }

    #[test]
    fn what_is_no_version() {
        for text in ["", "1", "1.2", "1.2.3.4", "1.x.3", "v1.2.3"] {
            assert!(Version::parse(text).is_err(), "{text}");
        }
    }
}
