//! The file an author begins with: what is needed stands open and first, everything else follows as comments.

use std::fmt::Write;

use super::info::{FieldInfo, KindInfo, Shape};
use super::kind::Kind;
use super::markdown::{COMMENT, HEADING};
use super::write::yaml_text;
use crate::proto::v1::Format;

/// Fields with a usual value, written in: nobody should have to look up the licence.
const USUAL: [(&str, &str); 3] = [("lang", "en"), ("scope", "public"), ("licence", "CC-BY-4.0")];
/// Codes listed with their labels, a line each; longer lists name the codes alone.
const LABELLED_CODES_MAX: usize = 12;
/// Characters of a line of comment.
const LINE_CHARACTERS: usize = 110;
const FOR_YOU: &str =
    "Lines that begin with # are for you alone. Fill in what stands open; take away the # of what you need.";
const CHAPTER: &str = "Where it goes: m49:001 is everyone, m49:150 Europe, iso:gb a country, theme:seclusion a theme.";
const OPTIONAL: &str = "Everything below may be left out.";

/// A commented template, which reads as a draft once the places that stand open are filled. Empty for kinds that are not
/// written by hand.
#[must_use]
pub fn template(kind: Kind) -> String {
    let Some(info) = super::info::kind(kind) else {
        return String::new();
    };
    let mut out = head(info);
    let fields = info.fields.iter().filter(|field| field.can_apply(&info.fields));
    let (sections, front): (Vec<&FieldInfo>, Vec<&FieldInfo>) = fields.partition(|field| field.section);
    let (needed, optional): (Vec<&FieldInfo>, Vec<&FieldInfo>) = front.into_iter().partition(|field| field.required);
    for field in needed {
        entry(&mut out, field, 0, Values::Blank);
    }
    let _ = write!(out, "\n# ---- {OPTIONAL} ----\n");
    for field in optional {
        optional_entry(&mut out, field);
    }
    out.push_str("---\n");
    let (needed, optional): (Vec<&FieldInfo>, Vec<&FieldInfo>) = sections.into_iter().partition(|field| field.required);
    for field in needed {
        section(&mut out, field);
    }
    let _ = write!(out, "\n{COMMENT} {OPTIONAL} -->\n");
    for field in optional {
        section(&mut out, field);
    }
    out
}

/// What stands behind the names of fields.
#[derive(Clone, Copy, PartialEq)]
enum Values {
    Blank,
    Examples,
}

fn head(info: &KindInfo) -> String {
    let mut out = "---\n".to_owned();
    comment(&mut out, "", &format!("{}. {}", info.label, info.help));
    comment(&mut out, "", FOR_YOU);
    let _ = writeln!(out, "kind: {}", info.name);
    if info.field("chapter").is_none() {
        out.push('\n');
        comment(&mut out, "", CHAPTER);
        out.push_str("chapter: m49:001\n");
    }
    out
}

fn comment(out: &mut String, indent: &str, text: &str) {
    let mut line = format!("{indent}#");
    for word in text.split(' ') {
        if line.chars().count() + word.chars().count() >= LINE_CHARACTERS {
            let _ = writeln!(out, "{line}");
            line = format!("{indent}#  ");
        }
        let _ = write!(line, " {word}");
    }
    let _ = writeln!(out, "{line}");
}

fn entry(out: &mut String, field: &FieldInfo, level: usize, values: Values) {
    explain(out, field, level);
    out.push_str(&lines(field, level, values));
}

/// A field as a comment: without its `# ` each line reads, the explanations of inner fields included.
fn optional_entry(out: &mut String, field: &FieldInfo) {
    explain(out, field, 0);
    for line in lines(field, 0, Values::Examples).lines() {
        let _ = writeln!(out, "# {line}");
    }
}

fn explain(out: &mut String, field: &FieldInfo, level: usize) {
    let indent = "  ".repeat(level);
    if level == 0 {
        out.push('\n');
    }
    comment(out, &indent, &about(field));
    codes(out, field, &indent);
}

/// The field itself, with a place for each inner field.
fn lines(field: &FieldInfo, level: usize, values: Values) -> String {
    let (indent, name) = ("  ".repeat(level), &field.name);
    let value = value(field, level, values);
    match (field.shape, field.repeated) {
        (Shape::Group, false) => format!("{indent}{name}:\n{}", inner(field, level + 1, values)),
        (Shape::Group, true) => format!("{indent}{name}:\n{indent}  -\n{}", inner(field, level + 2, values)),
        (_, true) => format!("{indent}{name}:\n{indent}  -{value}\n"),
        (_, false) => format!("{indent}{name}:{value}\n"),
    }
}

fn inner(group: &FieldInfo, level: usize, values: Values) -> String {
    let mut out = String::new();
    for field in &group.fields {
        entry(&mut out, field, level, values);
    }
    out
}

/// The usual value, or the example of a field that may be left out.
fn value(field: &FieldInfo, level: usize, values: Values) -> String {
    let usual = USUAL.iter().find(|(name, _)| level == 0 && *name == field.name);
    match usual {
        Some((_, value)) => format!(" {value}"),
        None if values == Values::Examples && !field.example.is_empty() => format!(" {}", example(field)),
        None => String::new(),
    }
}

/// An example as the front matter writes it.
pub(super) fn example(field: &FieldInfo) -> String {
    match field.shape {
        Shape::Text | Shape::Code | Shape::Bytes => yaml_text(&field.example),
        _ => field.example.clone(),
    }
}

fn about(field: &FieldInfo) -> String {
    let mut line = field.label.clone();
    if field.required {
        line.push_str(" (required)");
    }
    for part in [field.help.as_str(), &field.applies_in_words(), &limit(field)] {
        if !part.is_empty() {
            let _ = write!(line, ". {}", part.trim_end_matches('.'));
        }
    }
    if !field.example.is_empty() && field.required {
        let _ = write!(line, ". For example: {}", field.example);
    }
    line
}

fn limit(field: &FieldInfo) -> String {
    match (field.shape, field.format) {
        _ if field.repeated => format!("At most {} items", field.items_max),
        (Shape::Text, Format::Month) => "Year and month".to_owned(),
        (Shape::Text, Format::Unspecified | Format::Prose) => format!("At most {} characters", field.characters_max),
        (Shape::YesNo, _) => "true or false".to_owned(),
        _ => String::new(),
    }
}

fn codes(out: &mut String, field: &FieldInfo, indent: &str) {
    let list = field.codes();
    let says_more = |code: &super::Code| code.label.to_lowercase() != code.code.replace('_', " ").to_lowercase();
    if list.len() <= LABELLED_CODES_MAX && list.iter().any(says_more) {
        for code in list {
            comment(out, indent, &format!("  {}: {}", code.code, code.label));
        }
    } else if !list.is_empty() {
        let all: Vec<_> = list.iter().map(|code| code.code.as_str()).collect();
        comment(out, indent, &format!("One of: {}", all.join(", ")));
    }
}

fn section(out: &mut String, field: &FieldInfo) {
    let _ = write!(
        out,
        "\n{HEADING}{}\n\n{COMMENT} {}. -->\n",
        field.label,
        about(field).trim_end_matches('.')
    );
}
