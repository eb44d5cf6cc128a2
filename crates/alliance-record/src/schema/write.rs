//! Bodies as Markdown files that read back to the same body.

use std::fmt::Write;

use serde_json::{Map, Value as Json};
use unicode_normalization::is_nfc;

use super::info::FieldInfo;
use super::json::{DecodeError, decode, to_json};
use super::kind::Kind;
use super::markdown::{COMMENT, HEADING, OTHER_HEADINGS};

/// A body as Markdown with front matter. Reading it gives the same body again when the body is a valid draft; the chapter
/// is in the header and is not written, except for kinds that have it as a field.
///
/// # Errors
/// When the kind is not known here, or the body is too large or not a message of its kind.
pub fn to_markdown(kind: Kind, body: &[u8]) -> Result<String, DecodeError> {
    let (info, _) = decode(kind, body)?;
    let Json::Object(values) = to_json(kind, body)? else {
        return Err(DecodeError::Malformed { kind });
    };
    let mut front = format!("---\nkind: {}\n", info.name);
    let mut sections = String::new();
    for field in &info.fields {
        let Some(value) = values.get(&field.name) else { continue };
        match value.as_str().filter(|text| field.section && fits_section(text)) {
            Some(text) => {
                let _ = write!(sections, "\n{HEADING}{}\n\n{text}\n", field.label);
            }
            None => entry(&mut front, field, value, 0),
        }
    }
    Ok(format!("{front}---\n{sections}"))
}

/// Whether a text comes back from a section as it was.
fn fits_section(text: &str) -> bool {
    let is_heading =
        |line: &str| line.starts_with(HEADING) || OTHER_HEADINGS.iter().any(|other| line.starts_with(other));
    let fits = |line: &str| !is_heading(line) && !line.trim_start().starts_with(COMMENT) && line.trim_end() == line;
    !text.is_empty()
        && text.trim() == text
        && is_nfc(text)
        && text.lines().all(fits)
        && !text.contains(['\r', '\u{feff}'])
}

fn indent(out: &mut String, levels: usize) {
    for _ in 0..levels {
        out.push_str("  ");
    }
}

fn entry(out: &mut String, field: &FieldInfo, value: &Json, level: usize) {
    indent(out, level);
    let _ = write!(out, "{}:", field.name);
    match value {
        Json::Array(items) => {
            out.push('\n');
            for item in items {
                indent(out, level + 1);
                out.push_str("- ");
                list_item(out, field, item, level + 1);
            }
        }
        Json::Object(values) => {
            out.push('\n');
            entries(out, field, values, level + 1);
        }
        scalar => {
            let _ = writeln!(out, " {}", written(scalar));
        }
    }
}

fn entries(out: &mut String, group: &FieldInfo, values: &Map<String, Json>, level: usize) {
    for field in &group.fields {
        if let Some(value) = values.get(&field.name) {
            entry(out, field, value, level);
        }
    }
}

/// The first field of a group stands on the line of its dash.
fn list_item(out: &mut String, field: &FieldInfo, item: &Json, level: usize) {
    let Json::Object(values) = item else {
        let _ = writeln!(out, "{}", written(item));
        return;
    };
    let mut group = String::new();
    entries(&mut group, field, values, level + 1);
    let lines = group.trim_start();
    out.push_str(if lines.is_empty() { "{}\n" } else { lines });
}

fn written(scalar: &Json) -> String {
    match scalar {
        Json::String(text) => yaml_text(text),
        other => other.to_string(),
    }
}

/// A text as YAML: plain when it cannot be taken for anything else, in double quotes otherwise.
pub(super) fn yaml_text(text: &str) -> String {
    let harmless = |c: char| c.is_alphanumeric() || " ._-/()+,;'".contains(c);
    let plain = text.starts_with(char::is_alphanumeric)
        && text.chars().all(harmless)
        && !text.ends_with(' ')
        && !text.eq_ignore_ascii_case("null");
    if plain { text.to_owned() } else { quoted(text) }
}

fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}') => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
