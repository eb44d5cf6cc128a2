//! From an author's file to a body: Markdown with front matter, or JSON, through one door of checks.

use std::collections::BTreeMap;

use prost_reflect::DynamicMessage;
use prost_reflect::prost::Message;

use super::fill::{Reader, normal};
use super::finding::{Finding, Position, Severity, shown};
use super::info::{FieldInfo, KindInfo, kind as info_of, kinds};
use super::kind::Kind;
use super::limits::{DRAFT_BODY_BYTES_MAX, DRAFT_REFERENCES_MAX, FINDINGS_MAX, INPUT_BYTES_MAX};
use super::markdown::{Section, split};
use super::nearest::suggestion;
use super::node::{Content, Entry, Node, parse_json};
use super::references;
use super::{check, rules, yaml};
use crate::chapter::ChapterName;
use crate::proto::v1::Format;

/// A draft that can be published, as far as its form goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// What it is.
    pub kind: Kind,
    /// The chapter named in the file: where the record goes, no part of the body.
    pub chapter: Option<String>,
    /// The kind's message, encoded.
    pub body: Vec<u8>,
    /// (role, record id) for the header, each pair once.
    pub references: Vec<(String, [u8; 32])>,
    /// What the author should know and need not mend.
    pub warnings: Vec<Finding>,
    /// Everything that is written in words, codes apart, and the chapter's name, in the order of the file.
    pub texts: Vec<Written>,
    places: BTreeMap<String, Position>,
}

impl Document {
    /// Line and column, from 1, of a field in the text handed in, or of the nearest one around it; None where neither is
    /// known.
    #[must_use]
    pub fn position(&self, place: &str) -> Option<(u32, u32)> {
        nearest_place(&self.places, place).map(|at| (at.line, at.column))
    }
}

/// A text of a draft: what a reader who looks for personal details must see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The field, such as `core_components[2].text`.
    pub place: String,
    /// As the body holds it.
    pub text: String,
    /// Line of the text handed in on which it begins, from 1, where known.
    pub line: Option<u32>,
    /// Column of that line in characters, from 1, where known.
    pub column: Option<u32>,
    /// How the field is written.
    pub format: Format,
    /// Whether the field may say something about a person, who has agreed to it.
    pub personal: bool,
}

/// Reads Markdown: fields between `---` lines as YAML, long texts there or as sections whose heading is the field's label or
/// name. At most [`INPUT_BYTES_MAX`].
///
/// # Errors
/// Everything that is wrong, each with its line and remedy, warnings included.
pub fn read_markdown(text: &str) -> Result<Document, Vec<Finding>> {
    fits(text)?;
    let parts = split(text).map_err(|finding| vec![finding])?;
    let front = yaml::parse(parts.front, parts.front_line).map_err(|finding| vec![finding])?;
    let start = Position {
        line: parts.front_line - 1,
        column: 1,
    };
    draft(front, parts.sections, Some(start))
}

/// Reads JSON with the same fields as Markdown. At most [`INPUT_BYTES_MAX`].
///
/// # Errors
/// Everything that is wrong, each with its place and remedy, faults of syntax with line and column.
pub fn read_json(text: &str) -> Result<Document, Vec<Finding>> {
    fits(text)?;
    let node = parse_json(text).map_err(|finding| vec![finding])?;
    draft(node, Vec::new(), None)
}

/// Judges a body of one's own before it is signed: what the publish gate asks of its form. Never for bodies received from
/// others, whose unknown codes and fields are kept.
#[must_use]
pub fn validate(kind: Kind, body: &[u8]) -> Vec<Finding> {
    let Some(info) = info_of(kind) else {
        let message = format!("\"{kind}\" is not a kind that is written by hand.");
        return vec![Finding::error("kind_unknown", "kind", message, kinds_listed())];
    };
    if body.len() > DRAFT_BODY_BYTES_MAX {
        return vec![too_large("body", body.len(), DRAFT_BODY_BYTES_MAX)];
    }
    match DynamicMessage::decode(info.descriptor.clone(), body) {
        Ok(message) => judge(info, &message, body),
        Err(_) => {
            let message = format!("The bytes are not a {}.", info.name);
            vec![Finding::error(
                "undecodable",
                "",
                message,
                "Write the draft again with this software.",
            )]
        }
    }
}

fn judge(info: &KindInfo, message: &DynamicMessage, body: &[u8]) -> Vec<Finding> {
    let mut findings = Vec::new();
    check::fields(&info.fields, message, "", &mut findings);
    // A list beyond its limit is not looked at further: its length is the sender's choice.
    if findings.iter().all(|finding| finding.code != "too_many_items") {
        rules::check(info.kind, body, &mut findings);
    }
    let links = references::of_message(info, message).len();
    if links > DRAFT_REFERENCES_MAX {
        let message = format!("The draft names {links} records; a header carries at most {DRAFT_REFERENCES_MAX}.");
        findings.push(Finding::error(
            "too_many_references",
            "",
            message,
            "Name those that matter most.",
        ));
    }
    findings.truncate(FINDINGS_MAX);
    findings
}

fn fits(text: &str) -> Result<(), Vec<Finding>> {
    if text.len() > INPUT_BYTES_MAX {
        Err(vec![too_large("file", text.len(), INPUT_BYTES_MAX)])
    } else {
        Ok(())
    }
}

fn too_large(what: &str, bytes: usize, most: usize) -> Finding {
    let message = format!("The {what} has {bytes} bytes; at most {most} fit.");
    let place = Position { line: 1, column: 1 };
    Finding::error(
        "input_too_large",
        "",
        message,
        "Shorten it, or attach the longer text as a file.",
    )
    .at(Some(place))
}

fn kinds_listed() -> String {
    format!(
        "The kinds are: {}.",
        kinds().map(|info| info.name.as_str()).collect::<Vec<_>>().join(", ")
    )
}

/// `start` is where the fields begin, when lines are known.
fn draft(node: Node, sections: Vec<Section>, start: Option<Position>) -> Result<Document, Vec<Finding>> {
    let mut entries = match node.content {
        Content::Map(entries) => entries,
        Content::Null => Vec::new(),
        _ => {
            let message = "The draft is not a list of fields.";
            let finding = Finding::error(
                "expected_fields",
                "",
                message,
                "Write one field per line, as `name: value`.",
            );
            return Err(vec![finding.at(node.at.or(start))]);
        }
    };
    let info = take_kind(&mut entries, start)?;
    let mut reader = Reader::default();
    let chapter = take_chapter(info, &mut entries, &mut reader);
    for section in sections {
        match as_entry(info, section) {
            Ok(entry) => entries.push(entry),
            Err(finding) => reader.findings.push(finding),
        }
    }
    let mut message = DynamicMessage::new(info.descriptor.clone());
    reader.fields(&info.fields, &entries, "", &mut message);
    let body = message.encode_to_vec();
    let judged = if body.len() > DRAFT_BODY_BYTES_MAX {
        vec![too_large("body", body.len(), DRAFT_BODY_BYTES_MAX)]
    } else {
        judge(info, &message, &body)
    };
    let texts = std::mem::take(&mut reader.texts);
    let places = reader.places.clone();
    let warnings = settle(reader, judged, start)?;
    Ok(Document {
        kind: info.kind,
        chapter,
        references: references::of_message(info, &message),
        body,
        warnings,
        texts,
        places,
    })
}

/// All findings with their lines, in their order; the warnings alone when there is no error.
fn settle(reader: Reader, judged: Vec<Finding>, start: Option<Position>) -> Result<Vec<Finding>, Vec<Finding>> {
    let Reader {
        findings: mut all,
        places,
        ..
    } = reader;
    // What could not be read is not also missing.
    let unread: Vec<String> = all.iter().map(|finding| finding.place.clone()).collect();
    all.extend(judged.into_iter().filter(|finding| !unread.contains(&finding.place)));
    for finding in all.iter_mut().filter(|finding| finding.line.is_none()) {
        let position = nearest_place(&places, &finding.place).or(start);
        *finding = finding.clone().at(position);
    }
    all.sort_by_key(|finding| (finding.line, finding.column));
    all.truncate(FINDINGS_MAX);
    let faulty = all.iter().any(|finding| finding.severity == Severity::Error);
    if faulty { Err(all) } else { Ok(all) }
}

/// Where a field stands, or else what it is part of.
fn nearest_place(places: &BTreeMap<String, Position>, mut place: &str) -> Option<Position> {
    loop {
        if let Some(position) = places.get(place) {
            return Some(*position);
        }
        place = place.get(..place.rfind(['.', '['])?).unwrap_or_default();
    }
}

fn take(entries: &mut Vec<Entry>, name: &str) -> Option<Entry> {
    let index = entries.iter().position(|entry| entry.name == name)?;
    Some(entries.remove(index))
}

fn take_kind(entries: &mut Vec<Entry>, start: Option<Position>) -> Result<&'static KindInfo, Vec<Finding>> {
    let Some(entry) = take(entries, "kind") else {
        let message = "The draft does not say which kind it is.";
        return Err(vec![
            Finding::error("kind_missing", "kind", message, kinds_listed()).at(start),
        ]);
    };
    let name = entry.value.text().unwrap_or_default();
    kinds().find(|info| info.name == name).ok_or_else(|| {
        let message = format!("\"{}\" is not a kind that can be shared.", shown(name));
        let remedy = suggestion(name, kinds().map(|info| info.name.as_str())).unwrap_or_else(kinds_listed);
        vec![Finding::error("kind_unknown", "kind", message, remedy).at(entry.at.or(start))]
    })
}

/// The chapter, which stays a field for kinds that have one.
fn take_chapter(info: &KindInfo, entries: &mut Vec<Entry>, reader: &mut Reader) -> Option<String> {
    let entry = entries.iter().find(|entry| entry.name == "chapter")?.clone();
    if info.field("chapter").is_none() {
        entries.retain(|other| other != &entry);
    }
    let name = entry.value.text().map(normal)?;
    if name.parse::<ChapterName>().is_ok() {
        let at = entry.value.at.or(entry.at);
        reader.texts.push(Written {
            place: "chapter".to_owned(),
            text: name.clone(),
            line: at.map(|at| at.line),
            column: at.map(|at| at.column),
            format: Format::Unspecified,
            personal: false,
        });
        return Some(name);
    }
    let message = format!("\"{}\" is not the name of a chapter.", shown(&name));
    let remedy = "Write it like this: m49:001 (everyone), m49:150, iso:gb, iso:gb-sct or theme:seclusion.";
    reader
        .findings
        .push(Finding::error("chapter_misformed", "chapter", message, remedy).at(entry.at));
    None
}

fn as_entry(info: &KindInfo, section: Section) -> Result<Entry, Finding> {
    let at = Some(Position {
        line: section.line,
        column: 1,
    });
    let called = |field: &&FieldInfo| {
        field.name == section.heading || field.label.to_lowercase() == section.heading.to_lowercase()
    };
    let Some(field) = info.fields.iter().filter(|field| field.section).find(called) else {
        return Err(no_section(info, &section.heading).at(at));
    };
    let content = if section.text.is_empty() {
        Content::Null
    } else {
        Content::Quoted(section.text)
    };
    let text_at = Some(Position {
        line: section.text_line,
        column: 1,
    });
    Ok(Entry {
        name: field.name.clone(),
        at,
        value: Node { at: text_at, content },
    })
}

fn no_section(info: &KindInfo, heading: &str) -> Finding {
    if info.field(heading).is_some() || info.fields.iter().any(|field| field.label == heading) {
        let message = format!("\"{}\" is a short field, not a section.", shown(heading));
        return Finding::error(
            "not_a_section",
            "",
            message,
            "Move it to the front matter, between the --- lines.",
        );
    }
    let labels = || {
        info.fields
            .iter()
            .filter(|field| field.section)
            .map(|field| field.label.as_str())
    };
    let message = format!("There is no section \"{}\" in a {}.", shown(heading), info.name);
    let names = info
        .fields
        .iter()
        .filter(|field| field.section)
        .map(|field| field.name.as_str());
    let remedy = suggestion(heading, labels().chain(names))
        .unwrap_or_else(|| format!("The sections are: {}.", labels().collect::<Vec<_>>().join(", ")));
    Finding::error("unknown_section", "", message, remedy)
}
