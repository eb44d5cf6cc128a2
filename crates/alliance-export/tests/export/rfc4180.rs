//! A small reader of RFC 4180, which shares nothing with the writer.

/// Rows of cells; what is not a sound file is a panic with its place.
pub(crate) fn read(text: &str) -> Vec<Vec<String>> {
    let bytes = text.as_bytes();
    let (mut rows, mut row, mut at) = (Vec::new(), Vec::new(), 0);
    while at < bytes.len() {
        let (cell, end) = cell(text, at);
        row.push(cell);
        match bytes.get(end) {
            Some(b',') => at = end + 1,
            Some(b'\r') if bytes.get(end + 1) == Some(&b'\n') => {
                rows.push(std::mem::take(&mut row));
                at = end + 2;
            }
            other => panic!("neither a comma nor the end of a row at byte {end}: {other:?}"),
        }
    }
    assert!(row.is_empty(), "the last row has no end");
    rows
}

/// A cell and the byte behind it.
fn cell(text: &str, from: usize) -> (String, usize) {
    let rest = &text[from..];
    let Some(quoted) = rest.strip_prefix('"') else {
        let end = rest.find([',', '\r', '\n', '"']).unwrap_or(rest.len());
        return (rest[..end].to_owned(), from + end);
    };
    let (mut cell, mut at) = (String::new(), 0);
    loop {
        let quote = quoted[at..].find('"').expect("a quote that is not closed") + at;
        cell.push_str(&quoted[at..quote]);
        if quoted[quote + 1..].starts_with('"') {
            cell.push('"');
            at = quote + 2;
        } else {
            return (cell, from + 1 + quote + 1);
        }
    }
}

/// A table by the names of its columns: each row has as many cells as the header.
pub(crate) struct Sheet {
    pub(crate) header: Vec<String>,
    pub(crate) rows: Vec<Vec<String>>,
}

impl Sheet {
    pub(crate) fn read(text: &str) -> Self {
        let mut rows = read(text);
        let header = rows.remove(0);
        for row in &rows {
            assert_eq!(row.len(), header.len(), "{row:?}");
        }
        Self { header, rows }
    }

    /// The cell of a row in a column.
    pub(crate) fn at(&self, row: usize, column: &str) -> &str {
        let place = self.header.iter().position(|name| name == column);
        &self.rows[row][place.unwrap_or_else(|| panic!("no column {column}"))]
    }
}
