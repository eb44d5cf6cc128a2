//! One cell, and a row of them.

use crate::options::Cells;

/// What stands between two items of a list in one cell.
const BETWEEN: &str = "; ";
const ESCAPE: char = '\\';
/// An item that is empty, which else could not be told from no item.
const EMPTY: &str = "\\e";
/// How texts begin that spreadsheets take for formulas, in full width too.
const FORMULA: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];
const GUARD: char = '\'';

/// A row that is being written.
pub(crate) struct Row<'r> {
    bytes: &'r mut Vec<u8>,
    cells: Cells,
    first: bool,
}

impl<'r> Row<'r> {
    pub(crate) fn new(bytes: &'r mut Vec<u8>, cells: Cells) -> Self {
        Self {
            bytes,
            cells,
            first: true,
        }
    }

    /// A text, kept from being taken for a formula where that is asked for.
    pub(crate) fn text(&mut self, text: &str) {
        if self.cells == Cells::FormulaSafe && is_formula(text) {
            self.plain(&format!("{GUARD}{text}"));
        } else {
            self.plain(text);
        }
    }

    /// What is no text of a person: a number, an id, a name of a column. A NUL, which no table can hold, is shown by its
    /// sign.
    pub(crate) fn plain(&mut self, text: &str) {
        if !std::mem::take(&mut self.first) {
            self.bytes.push(b',');
        }
        let text = text.replace('\0', "\u{2400}");
        if text.contains(['"', ',', '\r', '\n']) || text.starts_with(' ') || text.ends_with(' ') {
            self.bytes
                .extend_from_slice(format!("\"{}\"", text.replace('"', "\"\"")).as_bytes());
        } else {
            self.bytes.extend_from_slice(text.as_bytes());
        }
    }

    pub(crate) fn end(self) {
        self.bytes.extend_from_slice(b"\r\n");
    }
}

/// The items of a list in one cell, with `; ` between them. Within an item `;` and `\` have a `\` before them; an item that
/// is empty is written `\e`. [`split_list`] reads it.
pub(crate) fn list<T: AsRef<str>>(items: impl IntoIterator<Item = T>) -> String {
    let items = items.into_iter().map(|item| match item.as_ref() {
        "" => EMPTY.to_owned(),
        item => item.replace(ESCAPE, "\\\\").replace(';', "\\;"),
    });
    items.collect::<Vec<_>>().join(BETWEEN)
}

/// The items of a cell that holds a list; none of an empty cell.
#[must_use]
pub fn split_list(cell: &str) -> Vec<String> {
    let mut items = Vec::new();
    if cell.is_empty() {
        return items;
    }
    let mut item = String::new();
    let mut letters = cell.chars();
    while let Some(letter) = letters.next() {
        match letter {
            ESCAPE => item.extend(letters.next().filter(|escaped| *escaped != 'e')),
            ';' => {
                items.push(std::mem::take(&mut item));
                let rest = letters.as_str();
                letters = rest.strip_prefix(' ').unwrap_or(rest).chars();
            }
            letter => item.push(letter),
        }
    }
    items.push(item);
    items
}

/// A text as it was before [`Cells::FormulaSafe`] wrote it.
#[must_use]
pub fn unguarded(cell: &str) -> &str {
    match cell.strip_prefix(GUARD) {
        Some(text) if is_formula(text) => text,
        _ => cell,
    }
}

/// Whether a text is one, or would be one without the apostrophes before it: so that taking one away always gives back
/// what was there.
fn is_formula(text: &str) -> bool {
    text.trim_start_matches(GUARD).starts_with(FORMULA)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(cells: Cells, texts: &[&str]) -> String {
        let mut bytes = Vec::new();
        let mut row = Row::new(&mut bytes, cells);
        texts.iter().for_each(|text| row.text(text));
        row.end();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn cells_are_quoted_where_they_must_be() {
        let texts = ["plain", "a,b", "say \"no\"", "one\ntwo", "", " wide ", "nu\0l"];
        let written = "plain,\"a,b\",\"say \"\"no\"\"\",\"one\ntwo\",,\" wide \",nu\u{2400}l\r\n";
        assert_eq!(row(Cells::Raw, &texts), written);
    }

    #[test]
    fn no_text_begins_as_a_formula() {
        for (text, safe) in [
            ("=1+1", "'=1+1"),
            ("+44", "'+44"),
            ("- item", "'- item"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\tx", "'\tx"),
            ("＝1", "'＝1"),
            ("'=1", "''=1"),
            ("'tis", "'tis"),
            ("a=1", "a=1"),
            ("'", "'"),
        ] {
            assert_eq!(row(Cells::FormulaSafe, &[text]), format!("{safe}\r\n"));
            assert_eq!(row(Cells::Raw, &[text]), format!("{text}\r\n"));
            assert_eq!(unguarded(safe), text);
        }
    }

    #[test]
    fn lists_are_read_as_they_were() {
        for (items, cell) in [
            (vec![], ""),
            (vec![""], "\\e"),
            (vec!["a", "b"], "a; b"),
            (vec!["a;b", "c\\d", "", " e"], "a\\;b; c\\\\d; \\e;  e"),
        ] {
            assert_eq!(list(&items), cell);
            assert_eq!(split_list(cell), items);
        }
    }
}
