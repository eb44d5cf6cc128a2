//! The references that a body asks its header to carry.

use prost_reflect::{DynamicMessage, Value};

use super::info::{FieldInfo, KindInfo, ReferenceRole, items};
use super::json::{DecodeError, decode};
use super::kind::Kind;
use crate::id::RecordId;

/// Bytes of a record's id.
const ID_BYTES: usize = 32;
/// The role of what a removal removes.
const REDACTS: &str = "redacts";
/// The relations that are roles of their own; all others are told by the body alone, and their reference says [`ABOUT`].
const RELATIONS: [&str; 2] = [ABOUT, "uses"];
const ABOUT: &str = "about";

/// The records that a body names, with the word of each one's role, in the order of the fields, each pair once: the
/// references that a header made from this body carries. Lenient: what is no id is passed over.
///
/// # Errors
/// When the body is larger than a record, of a kind that is not known here, or not a message of its kind.
pub fn references(kind: Kind, body: &[u8]) -> Result<Vec<(String, RecordId)>, DecodeError> {
    let (info, message) = decode(kind, body)?;
    let found = of_message(info, &message).into_iter();
    Ok(found.map(|(role, id)| (role, RecordId(id))).collect())
}

/// (role, record id) in the order of the fields, each pair once.
pub(super) fn of_message(info: &KindInfo, message: &DynamicMessage) -> Vec<(String, [u8; ID_BYTES])> {
    let mut found = Vec::new();
    collect(&info.fields, message, &mut found);
    if info.kind == Kind::NOTICE && removes(info, message) {
        for (role, _) in found.iter_mut().filter(|(role, _)| role == "corrects") {
            REDACTS.clone_into(role);
        }
    }
    found
}

fn removes(info: &KindInfo, message: &DynamicMessage) -> bool {
    let notice_type = info.field("notice_type").and_then(|field| field.value(message));
    notice_type.and_then(Value::as_str) == Some("removal")
}

fn collect(fields: &[FieldInfo], message: &DynamicMessage, found: &mut Vec<(String, [u8; ID_BYTES])>) {
    for field in fields {
        let Some(value) = field.value(message) else { continue };
        let role = role(field, fields, message);
        for item in items(value) {
            match (item, role) {
                (Value::Message(version), Some(role)) => {
                    for field in &field.fields {
                        add(role, field.value(version), found);
                    }
                }
                (Value::Message(group), None) => collect(&field.fields, group, found),
                (item, Some(role)) => add(role, Some(item), found),
                _ => {}
            }
        }
    }
}

fn role<'a>(field: &'a FieldInfo, beside: &[FieldInfo], message: &'a DynamicMessage) -> Option<&'a str> {
    match &field.reference {
        ReferenceRole::None => None,
        ReferenceRole::Fixed(role) => Some(role),
        ReferenceRole::Sibling(name) => {
            let sibling = beside.iter().find(|field| field.name == *name)?;
            let relation = sibling.value(message)?.as_str()?;
            Some(if RELATIONS.contains(&relation) { relation } else { ABOUT })
        }
    }
}

fn add(role: &str, value: Option<&Value>, found: &mut Vec<(String, [u8; ID_BYTES])>) {
    let bytes = value
        .and_then(Value::as_bytes)
        .and_then(|bytes| <[u8; ID_BYTES]>::try_from(bytes.as_ref()).ok());
    let Some(record) = bytes else { return };
    if !found.iter().any(|(known, id)| known == role && *id == record) {
        found.push((role.to_owned(), record));
    }
}
