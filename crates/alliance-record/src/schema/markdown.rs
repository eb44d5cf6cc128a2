//! A Markdown file cut into front matter and sections. Knows no field.

use super::finding::{Finding, Position};

/// The two parts of a file.
#[derive(Debug)]
pub(super) struct Parts<'a> {
    /// Text between the `---` lines.
    pub(super) front: &'a str,
    /// Line of the file on which `front` begins.
    pub(super) front_line: u32,
    pub(super) sections: Vec<Section>,
}

/// A `## Heading` and the text below it, without comments and without blank lines around it.
#[derive(Debug)]
pub(super) struct Section {
    pub(super) heading: String,
    /// Line of the heading.
    pub(super) line: u32,
    /// Line of the first word below it, or of the heading when there is none.
    pub(super) text_line: u32,
    pub(super) text: String,
}

const FENCE: &str = "---";
/// How a section's heading begins.
pub(super) const HEADING: &str = "## ";
/// How a heading begins that a person meant to be one of these.
pub(super) const OTHER_HEADINGS: [&str; 2] = ["# ", "### "];
/// How a line begins that is for the author's eyes only.
pub(super) const COMMENT: &str = "<!--";
const COMMENT_END: &str = "-->";

/// Cuts a file.
pub(super) fn split(text: &str) -> Result<Parts<'_>, Finding> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let blank: usize = text
        .split_inclusive('\n')
        .take_while(|line| line.trim().is_empty())
        .map(str::len)
        .sum();
    let (before, rest) = text.split_at(blank);
    let opening = rest
        .split_inclusive('\n')
        .next()
        .filter(|line| line.trim_end() == FENCE);
    let Some(opening) = opening else {
        return Err(no_front_matter());
    };
    let first = count(before) + 1;
    let (_, rest) = rest.split_at(opening.len());
    let front: usize = rest
        .split_inclusive('\n')
        .take_while(|line| line.trim_end() != FENCE)
        .map(str::len)
        .sum();
    let (front, rest) = rest.split_at(front);
    let Some(closing) = rest.split_inclusive('\n').next() else {
        return Err(unclosed(first));
    };
    let (_, body) = rest.split_at(closing.len());
    let sections = sections(body, first + count(front) + 2)?;
    Ok(Parts {
        front,
        front_line: first + 1,
        sections,
    })
}

fn count(text: &str) -> u32 {
    u32::try_from(text.matches('\n').count()).unwrap_or(u32::MAX)
}

fn no_front_matter() -> Finding {
    let message = "The file does not begin with front matter.";
    let remedy = "Begin with a line ---, then the fields (kind: practice, title: …), then a second line ---.";
    Finding::error("front_matter_missing", "", message, remedy).at(Some(Position { line: 1, column: 1 }))
}

fn unclosed(line: u32) -> Finding {
    let message = "The front matter begins here and does not end.";
    let remedy = "Put a line --- after the last field.";
    Finding::error("front_matter_unclosed", "", message, remedy).at(Some(Position { line, column: 1 }))
}

fn outside(line: u32) -> Finding {
    let message = "This text stands below the front matter but in no section.";
    let remedy = "Put it under a heading such as `## Summary`, or begin the heading with two #.";
    Finding::error("text_outside_section", "", message, remedy).at(Some(Position { line, column: 1 }))
}

fn other_heading(line: u32, text: &str) -> Finding {
    let message = "This heading begins no section: its text would stand in the section before it.";
    let words = super::finding::shown(text.trim_start_matches('#').trim());
    let remedy = format!("Begin it with two #: `{HEADING}{words}`. If it is no heading, do not begin the line with #.");
    Finding::error("heading_level", "", message, remedy).at(Some(Position { line, column: 1 }))
}

fn sections(body: &str, first_line: u32) -> Result<Vec<Section>, Finding> {
    let mut found: Vec<Section> = Vec::new();
    let mut in_comment = false;
    for (number, line) in (first_line..).zip(body.lines()) {
        in_comment |= line.trim_start().starts_with(COMMENT);
        if in_comment {
            in_comment = !line.trim_end().ends_with(COMMENT_END);
            continue;
        }
        if let Some(heading) = line.strip_prefix(HEADING) {
            let heading = heading.trim().to_owned();
            found.push(Section {
                heading,
                line: number,
                text_line: number,
                text: String::new(),
            });
            continue;
        }
        if OTHER_HEADINGS.iter().any(|heading| line.starts_with(heading)) {
            return Err(other_heading(number, line));
        }
        match found.last_mut() {
            Some(section) => section.add(line, number),
            None if line.trim().is_empty() => {}
            None => return Err(outside(number)),
        }
    }
    for section in &mut found {
        section.text.truncate(section.text.trim_end().len());
    }
    Ok(found)
}

impl Section {
    fn add(&mut self, line: &str, number: u32) {
        if self.text.is_empty() {
            if line.trim().is_empty() {
                return;
            }
            self.text_line = number;
        } else {
            self.text.push('\n');
        }
        self.text.push_str(line.trim_end());
    }
}
