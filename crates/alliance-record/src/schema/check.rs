//! A message judged by the options of its fields. Knows no kind and no field by name.

use prost_reflect::{DynamicMessage, Value};

use super::finding::{Finding, shown};
use super::info::{FieldInfo, Shape, items};
use super::nearest::suggestion;
use super::text::{fault, misformed, weight};
use crate::proto::v1::Format;

/// Codes listed in a remedy before it refers to the template.
const CODES_SHOWN_MAX: usize = 12;
/// Bytes of an id or hash.
const ID_BYTES: usize = 32;

/// Judges the fields of a message that stands at `place`.
pub(super) fn fields(fields: &[FieldInfo], message: &DynamicMessage, place: &str, findings: &mut Vec<Finding>) {
    for field in fields {
        let here = if place.is_empty() {
            field.name.clone()
        } else {
            format!("{place}.{}", field.name)
        };
        match field.value(message) {
            Some(value) if field.repeated => list(field, items(value), &here, findings),
            Some(value) => one(field, value, &here, findings),
            None if field.required => findings.push(missing(field, here)),
            None => {}
        }
    }
}

fn list(field: &FieldInfo, values: &[Value], place: &str, findings: &mut Vec<Finding>) {
    if values.len() > field.items_max as usize {
        let message = format!(
            "\"{}\" has {} items; at most {} fit.",
            field.name,
            values.len(),
            field.items_max
        );
        findings.push(Finding::error(
            "too_many_items",
            place,
            message,
            "Keep those that matter most.",
        ));
        return;
    }
    for (index, value) in values.iter().enumerate() {
        one(field, value, &format!("{place}[{index}]"), findings);
    }
}

fn one(field: &FieldInfo, value: &Value, place: &str, findings: &mut Vec<Finding>) {
    match value {
        Value::String(text) => findings.extend(text_finding(field, text, place)),
        Value::Message(message) => fields(&field.fields, message, place, findings),
        Value::Bytes(bytes) if bytes.len() != ID_BYTES => {
            let message = format!("\"{}\" is {} bytes long, not {ID_BYTES}.", field.name, bytes.len());
            findings.push(Finding::error(
                "expected_id",
                place,
                message,
                "Write the id with 64 hexadecimal digits.",
            ));
        }
        Value::U32(number) => findings.extend(out_of_range(field, f64::from(*number), place)),
        Value::F64(number) => findings.extend(out_of_range(field, *number, place)),
        _ => {}
    }
}

fn missing(field: &FieldInfo, place: String) -> Finding {
    let message = format!("\"{}\" ({}) is required and missing.", field.name, field.label);
    let example = if field.example.is_empty() {
        String::new()
    } else {
        format!("For example: {}", field.example)
    };
    let remedy = match (field.help.as_str(), example.as_str()) {
        ("", "") => "Fill it in.".to_owned(),
        (help, example) => format!("{help} {example}").trim().to_owned(),
    };
    Finding::error("required_missing", place, message, remedy)
}

fn text_finding(field: &FieldInfo, text: &str, place: &str) -> Option<Finding> {
    if field.shape == Shape::Code {
        return unknown_code(field, text, place);
    }
    if let Some((code, what, remedy)) = fault(text, field.format) {
        return Some(Finding::error(
            code,
            place,
            format!("\"{}\" {what}.", field.name),
            remedy,
        ));
    }
    wrong_length(field, text, place).or_else(|| {
        let looks_like = misformed(text, field.format)?;
        let message = format!("\"{}\" is \"{}\", which is not {looks_like}.", field.name, shown(text));
        let remedy = if field.format == Format::Month {
            "Write year and month, never a day."
        } else {
            "Write it like that."
        };
        Some(Finding::error("misformed", place, message, remedy))
    })
}

fn wrong_length(field: &FieldInfo, text: &str, place: &str) -> Option<Finding> {
    let (count, weight) = (text.chars().count(), weight(text));
    let (least, most) = (field.characters_min as usize, field.characters_max as usize);
    if weight < least {
        let twice = if weight == count {
            String::new()
        } else {
            format!(" (characters of a wide script, such as 漢, あ or 한, count twice here: {weight})")
        };
        let message = format!(
            "\"{}\" has {count} characters{twice}; at least {least} are needed.",
            field.name
        );
        return Some(Finding::error(
            "text_too_short",
            place,
            message,
            format!("Say a little more. {}", field.help),
        ));
    }
    if count > most {
        let message = format!("\"{}\" has {count} characters; at most {most} fit.", field.name);
        let remedy = format!("Shorten it by {} characters, or attach the longer text.", count - most);
        return Some(Finding::error("text_too_long", place, message, remedy));
    }
    None
}

fn unknown_code(field: &FieldInfo, text: &str, place: &str) -> Option<Finding> {
    let codes = || field.codes().iter().map(|code| code.code.as_str());
    if codes().any(|code| code == text) {
        return None;
    }
    let message = format!("\"{}\" is not a code of \"{}\".", shown(text), field.name);
    let remedy = suggestion(text, codes()).unwrap_or_else(|| {
        let more = if field.codes().len() > CODES_SHOWN_MAX {
            ", … (the template lists all)"
        } else {
            ""
        };
        format!(
            "The codes are: {}{more}.",
            codes().take(CODES_SHOWN_MAX).collect::<Vec<_>>().join(", ")
        )
    });
    Some(Finding::error("unknown_code", place, message, remedy))
}

fn out_of_range(field: &FieldInfo, number: f64, place: &str) -> Option<Finding> {
    let (least, most) = (field.minimum.unwrap_or(f64::MIN), field.maximum.unwrap_or(f64::MAX));
    if (least..=most).contains(&number) {
        return None;
    }
    let message = format!("\"{}\" is {number}, which cannot be.", field.name);
    let remedy = match (field.minimum, field.maximum) {
        (Some(least), Some(most)) => format!("Write a number from {least} to {most}."),
        (Some(least), None) => format!("Write a number of at least {least}."),
        (None, Some(most)) => format!("Write a number of at most {most}."),
        (None, None) => "Write a finite number.".to_owned(),
    };
    Some(Finding::error("number_out_of_range", place, message, remedy))
}
