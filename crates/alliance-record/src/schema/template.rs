//! The file an author begins with: every field with what it is for, the required ones open, the others as comments.

use std::fmt::Write;

use super::info::{FieldInfo, KindInfo, Shape};
use super::kind::Kind;
use super::markdown::{COMMENT, HEADING};
use super::write::yaml_text;

/// Fields with a usual value, written in: nobody should have to look up the licence.
const USUAL: [(&str, &str); 3] = [("lang", "en"), ("scope", "public"), ("licence", "CC-BY-4.0")];
/// Codes listed beside a field with their labels; longer lists name the codes alone.
const LABELLED_CODES_MAX: usize = 12;

/// A commented template, which reads as a draft once the required places are filled. Empty for kinds that are not written by
/// hand.
#[must_use]
pub fn template(kind: Kind) -> String {
    let Some(info) = super::info::kind(kind) else { return String::new() };
    let mut out = String::new();
    head(&mut out, info);
    for field in info.fields.iter().filter(|field| !field.section) {
        entry(&mut out, field, 0, Use::of(field));
    }
    out.push_str("---\n");
    for field in info.fields.iter().filter(|field| field.section) {
        section(&mut out, field);
    }
    out
}

/// Whether a field stands open or as a comment.
#[derive(Clone, Copy, PartialEq)]
enum Use {
    Open,
    Comment,
}

impl Use {
    fn of(field: &FieldInfo) -> Self {
        if field.required { Self::Open } else { Self::Comment }
    }

    fn mark(self) -> &'static str {
        if self == Self::Open { "" } else { "# " }
    }
}

fn head(out: &mut String, info: &KindInfo) {
    let _ = write!(
        out,
        "---\n# {}. {}\n# Lines that begin with # are for you alone. Fill in what stands open; take away the # of what you need.\n\
         kind: {}\n\n# Where it goes: m49:001 is everyone, m49:150 Europe, iso:gb a country, theme:seclusion a theme.\n{}chapter:{}\n",
        info.label,
        info.help,
        info.name,
        if info.field("chapter").is_some() { "# (below) " } else { "" },
        if info.field("chapter").is_some() { "" } else { " m49:001" },
    );
}

fn entry(out: &mut String, field: &FieldInfo, level: usize, used: Use) {
    let indent = "  ".repeat(level);
    if level == 0 {
        out.push('\n');
    }
    let _ = writeln!(out, "{indent}# {}", about(field));
    codes(out, field, &indent);
    let name = &field.name;
    let mark = used.mark();
    if field.shape == Shape::Group {
        let _ = writeln!(out, "{indent}{mark}{name}:");
        group(out, field, level, used);
        return;
    }
    let usual = USUAL.iter().find(|(usual, _)| level == 0 && usual == name).map(|(_, value)| *value);
    let value = match (usual, used) {
        (Some(usual), _) => format!(" {usual}"),
        (None, Use::Comment) if !field.example.is_empty() => format!(" {}", yaml_value(field)),
        _ => String::new(),
    };
    match (field.repeated, value.as_str()) {
        (false, value) => _ = writeln!(out, "{indent}{mark}{name}:{value}"),
        (true, value) => _ = writeln!(out, "{indent}{mark}{name}:\n{indent}{mark}  -{value}"),
    }
}

/// The fields of a group; of a list of groups, one item.
fn group(out: &mut String, field: &FieldInfo, level: usize, used: Use) {
    let mut inner = String::new();
    for field in &field.fields {
        let used = if used == Use::Open { Use::of(field) } else { Use::Comment };
        entry(&mut inner, field, level + 1, used);
    }
    if !field.repeated {
        out.push_str(&inner);
        return;
    }
    let indent = "  ".repeat(level + 1);
    let mark = used.mark();
    let _ = writeln!(out, "{indent}{mark}-");
    for line in inner.lines() {
        let _ = writeln!(out, "  {line}");
    }
}

fn yaml_value(field: &FieldInfo) -> String {
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
    for part in [field.help.as_str(), &measure(field)] {
        if !part.is_empty() {
            let _ = write!(line, ". {}", part.trim_end_matches('.'));
        }
    }
    if !field.example.is_empty() && field.required {
        let _ = write!(line, ". For example: {}", yaml_value(field));
    }
    line
}

fn measure(field: &FieldInfo) -> String {
    match field.shape {
        _ if field.repeated => format!("At most {} items", field.items_max),
        Shape::Text => format!("At most {} characters", field.characters_max),
        Shape::YesNo => "true or false".to_owned(),
        _ => String::new(),
    }
}

fn codes(out: &mut String, field: &FieldInfo, indent: &str) {
    let list = field.codes();
    if list.len() > LABELLED_CODES_MAX {
        let all: Vec<_> = list.iter().map(|code| code.code.as_str()).collect();
        let _ = writeln!(out, "{indent}#   {}", all.join(", "));
        return;
    }
    for code in list {
        let _ = writeln!(out, "{indent}#   {}: {}", code.code, code.label);
    }
}

fn section(out: &mut String, field: &FieldInfo) {
    let _ = write!(out, "\n{HEADING}{}\n\n{COMMENT} {}. -->\n", field.label, about(field).trim_end_matches('.'));
}
