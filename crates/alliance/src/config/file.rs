//! The configuration file: its keys, and the line of each.

use std::path::Path;

use toml::de::DeTable;
use toml::{Spanned, Table, Value};

use crate::failure::Failure;

/// Key, value and line, in the order of the file's keys.
pub(super) fn entries(path: &Path, text: &str) -> Result<Vec<(String, Value, usize)>, Failure> {
    let wrong = |error: &toml::de::Error| {
        let line = error.span().map_or(1, |span| line_of(text, span.start));
        let title = format!("{}:{line}: the file is not TOML: {}", path.display(), error.message());
        Failure::usage("bad_toml", title, "write each setting as: key = value")
    };
    let places: Spanned<DeTable<'_>> = DeTable::parse(text).map_err(|error| wrong(&error))?;
    let mut values: Table = text.parse().map_err(|error| wrong(&error))?;
    let mut entries: Vec<(String, Value, usize)> = places
        .get_ref()
        .keys()
        .filter_map(|key| {
            let name = key.get_ref().as_ref();
            values
                .remove(name)
                .map(|value| (name.to_owned(), value, line_of(text, key.span().start)))
        })
        .collect();
    entries.sort_by_key(|(_, _, line)| *line);
    Ok(entries)
}

fn line_of(text: &str, offset: usize) -> usize {
    1 + text.bytes().take(offset).filter(|byte| *byte == b'\n').count()
}
