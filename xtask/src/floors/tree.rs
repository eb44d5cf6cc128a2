//! Reads what `cargo tree --prefix depth` prints: `0alliance v0.1.0 (/path)`, then `1serde v1.0.229` beneath it.
//!
//! Owns the form of those lines; knows nothing of floors.

use std::collections::BTreeSet;

/// One crate's direct dependency on another.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Arrow {
    pub(super) from: String,
    pub(super) to: String,
}

/// The crates at depth 0: with `--workspace`, those of the workspace.
pub(super) fn roots(printed: &str) -> BTreeSet<&str> {
    lines(printed)
        .filter(|(depth, _)| *depth == 0)
        .map(|(_, name)| name)
        .collect()
}

/// Every crate named at any depth.
pub(super) fn names(printed: &str) -> BTreeSet<&str> {
    lines(printed).map(|(_, name)| name).collect()
}

/// The arrows from each crate at depth 0 to those beneath it at depth 1.
pub(super) fn arrows(printed: &str) -> Vec<Arrow> {
    let mut from = "";
    let mut arrows = Vec::new();
    for (depth, name) in lines(printed) {
        match depth {
            0 => from = name,
            1 => arrows.push(Arrow {
                from: from.to_owned(),
                to: name.to_owned(),
            }),
            _ => {}
        }
    }
    arrows
}

/// Depth and crate name of each line; blank lines and headings carry no depth and are passed over.
fn lines(printed: &str) -> impl Iterator<Item = (usize, &str)> {
    printed.lines().filter_map(|line| {
        let named = line.trim_start_matches(|letter: char| letter.is_ascii_digit());
        let depth = line[..line.len() - named.len()].parse().ok()?;
        Some((depth, named.split_whitespace().next()?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRINTED: &str = "\
0alliance-record v0.1.0 (/x/record)
1serde v1.0.229
2serde_core v1.0.229
[build-dependencies]
1prost-build v0.14.6

0alliance-wire v0.1.0 (/x/wire)
1alliance-record v0.1.0 (/x/record) (*)
";

    #[test]
    fn reads_depth_and_name() {
        assert_eq!(roots(PRINTED), BTreeSet::from(["alliance-record", "alliance-wire"]));
        assert!(names(PRINTED).contains("serde_core"));
        assert!(!names(PRINTED).contains("[build-dependencies]"));
    }

    #[test]
    fn an_arrow_starts_at_the_crate_above_it() {
        let seen: Vec<(String, String)> = arrows(PRINTED)
            .into_iter()
            .map(|arrow| (arrow.from, arrow.to))
            .collect();
        let expected = [
            ("alliance-record", "serde"),
            ("alliance-record", "prost-build"),
            ("alliance-wire", "alliance-record"),
        ];
        assert_eq!(seen, expected.map(|(from, to)| (from.to_owned(), to.to_owned())));
    }

    #[test]
    fn reads_nothing_from_nothing() {
        assert!(roots("").is_empty() && arrows("no tree here\n").is_empty());
    }
}
