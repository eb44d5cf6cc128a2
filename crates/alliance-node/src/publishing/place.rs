//! Where in a file something stands that was found in one of its texts: quotes, indentation and comments lie between the two.

use alliance_record::schema::Written;
use unicode_normalization::UnicodeNormalization;

/// The lines of a file.
pub(super) struct Lines(Vec<String>);

/// Where to look on: what stands before it was found already.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cursor {
    line: usize,
    /// Bytes of the line.
    offset: usize,
    /// The line on which the next text begins.
    end: usize,
}

impl Lines {
    pub(super) fn of(file: &str) -> Self {
        Self(file.lines().map(|line| line.nfc().collect()).collect())
    }

    /// From where the texts of a file are looked through: each from its beginning to that of the next.
    pub(super) fn cursor(&self, written: &Written, all: &[Written]) -> Cursor {
        let line = written.line.map_or(0, |line| line as usize - 1);
        let later = all.iter().filter_map(|other| other.line).map(|line| line as usize - 1);
        let end = later.filter(|later| *later > line).min().unwrap_or(self.0.len());
        let characters = written.column.map_or(0, |column| column as usize - 1);
        let offset = self.0.get(line).map_or(0, |text| {
            text.char_indices().nth(characters).map_or(0, |(offset, _)| offset)
        });
        Cursor { line, offset, end }
    }

    /// Line and column, from 1, at which `wanted` stands next. Not found when the file writes it otherwise, as with escapes.
    pub(super) fn find(&self, wanted: &str, cursor: &mut Cursor) -> Option<(u32, u32)> {
        let wanted = wanted.lines().next().unwrap_or_default().trim();
        let lines = self.0.iter().enumerate().take(cursor.end.max(cursor.line + 1));
        for (index, line) in lines.skip(cursor.line) {
            let from = if index == cursor.line { cursor.offset } else { 0 };
            let Some(at) = line.get(from..).and_then(|rest| rest.find(wanted)) else {
                continue;
            };
            let at = from + at;
            (cursor.line, cursor.offset) = (index, at);
            let column = line.get(..at).map_or(0, |before| before.chars().count()) + 1;
            return Some((u32::try_from(index + 1).ok()?, u32::try_from(column).ok()?));
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use alliance_record::schema::{Document, read_json, read_markdown};

    use super::*;

    /// A field, what stands in it, and where in the file.
    type Case<'a> = (&'a str, &'a str, Option<(u32, u32)>);

    fn check(file: &str, document: &Document, expected: &[Case<'_>]) {
        let lines = Lines::of(file);
        for (place, wanted, at) in expected {
            let written = document.texts.iter().find(|text| text.place == *place).unwrap();
            let mut cursor = lines.cursor(written, &document.texts);
            assert_eq!(lines.find(wanted, &mut cursor), *at, "{place} {wanted}");
        }
    }

    #[test]
    fn a_place_is_that_of_the_file() {
        let file = "---\nkind: response\nlang: en\nscope: public\nlicence: CC0-1.0\nchapter: theme:calm\n\
                    title: 'A cafe\u{301} on the ward'\ntags: [calm, room]\nresponse_type: comment\nabout:\n  record: RECORD\n---\n\n\
                    ## Text\n\n<!-- a comment -->\n\nFirst words of it,\nand the calm room.\n"
            .replace("RECORD", &"ab".repeat(32));
        let document = read_markdown(&file).unwrap();
        let expected = [
            ("title", "on the ward", Some((7, 16))),
            ("chapter", "calm", Some((6, 16))),
            ("tags[1]", "room", Some((8, 14))),
            ("text", "calm room", Some((19, 9))),
            ("text", "of it,\nand", Some((18, 13))),
            ("title", "calm", None),
        ];
        check(&file, &document, &expected);
    }

    #[test]
    fn json_has_places_too() {
        let file = format!(
            "{{\"kind\": \"response\", \"lang\": \"en\", \"scope\": \"public\", \"licence\": \"CC0-1.0\",\n \"title\": \"A calm room at last\",\n \
             \"response_type\": \"comment\", \"about\": {{\"record\": \"{}\"}},\n \"text\": \"We made a calm room of it,\\nand kept it.\"}}",
            "ab".repeat(32)
        );
        let document = read_json(&file).unwrap();
        check(
            &file,
            &document,
            &[("text", "calm", Some((4, 21))), ("text", "of it,\nand", Some((4, 31)))],
        );
    }
}
