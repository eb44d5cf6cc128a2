//! Bodies as JSON: flat, codes raw, ids in hexadecimal. Shows whatever decodes, from whomever, and drops nothing silently.

use prost_reflect::{DynamicMessage, Kind as Wire, Value};
use serde_json::{Map, Number, Value as Json, json};

use super::info::{FieldInfo, KindInfo, known};
use super::kind::Kind;
use super::limits::BODY_BYTES_MAX;

/// Why a body cannot be shown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// Longer than any record.
    #[error("the body has {bytes} bytes; a record has at most {BODY_BYTES_MAX}")]
    TooLarge {
        /// Its length.
        bytes: usize,
    },
    /// Not a message of its kind. It may be of a newer version, or spoiled.
    #[error("the body is not a {kind} as this version knows it; a newer version may read it")]
    Malformed {
        /// What its header says it is.
        kind: Kind,
    },
    /// A kind from a newer node, which has no form here.
    #[error("{kind} is not known to this version; a newer version may read it")]
    UnknownKind {
        /// What its header says it is.
        kind: Kind,
    },
}

/// A body as a flat JSON object in the order of the fields. A kind that is not known here gives `{"raw_hex": "…"}`; fields
/// that are not known here are listed by number as `unknown_fields`.
///
/// # Errors
/// When the body is larger than a record or is not a message of its kind.
pub fn to_json(kind: Kind, body: &[u8]) -> Result<Json, DecodeError> {
    match decode(kind, body) {
        Ok((info, message)) => Ok(Json::Object(object(&info.fields, &message))),
        Err(DecodeError::UnknownKind { .. }) => Ok(json!({ "raw_hex": data_encoding::HEXLOWER.encode(body) })),
        Err(error) => Err(error),
    }
}

/// Decodes a body of any kind whose message is known.
pub(super) fn decode(kind: Kind, body: &[u8]) -> Result<(&'static KindInfo, DynamicMessage), DecodeError> {
    if body.len() > BODY_BYTES_MAX {
        return Err(DecodeError::TooLarge { bytes: body.len() });
    }
    let info = known(kind).ok_or(DecodeError::UnknownKind { kind })?;
    // The codec stops at 100 levels of unknown groups; the messages themselves are four levels deep.
    let message = DynamicMessage::decode(info.descriptor.clone(), body).map_err(|_| DecodeError::Malformed { kind })?;
    Ok((info, message))
}

fn object(fields: &[FieldInfo], message: &DynamicMessage) -> Map<String, Json> {
    let mut shown = Map::new();
    for field in fields {
        if let Some(value) = field.value(message) {
            shown.insert(field.name.clone(), shape(field, value));
        }
    }
    let mut unknown = unknown_fields(fields, message);
    unknown.sort_unstable();
    unknown.dedup();
    if !unknown.is_empty() {
        shown.insert("unknown_fields".to_owned(), json!(unknown));
    }
    shown
}

/// Numbers of fields from newer nodes, of the message and of those whose fields stand at its top level.
fn unknown_fields(fields: &[FieldInfo], message: &DynamicMessage) -> Vec<u32> {
    let mut found: Vec<u32> = message
        .unknown_fields()
        .map(prost_reflect::UnknownField::number)
        .collect();
    if let Some(within) = fields.iter().find_map(|field| field.within.as_ref())
        && let Some(inner) = message.get_field(within).as_message()
    {
        found.extend(inner.unknown_fields().map(prost_reflect::UnknownField::number));
    }
    found
}

fn shape(field: &FieldInfo, value: &Value) -> Json {
    match value {
        Value::List(items) => items.iter().map(|item| shape(field, item)).collect(),
        Value::Message(message) => Json::Object(object(&field.fields, message)),
        Value::String(text) => json!(text),
        Value::Bytes(bytes) => json!(data_encoding::HEXLOWER.encode(bytes)),
        Value::Bool(value) => json!(value),
        Value::U32(number) => json!(number),
        Value::U64(number) => json!(number),
        Value::I32(number) => json!(number),
        Value::I64(number) => json!(number),
        Value::F64(number) => decimal(*number),
        Value::F32(number) => decimal(f64::from(*number)),
        Value::EnumNumber(number) => choice(field, *number),
        Value::Map(_) => Json::Null,
    }
}

/// A whole number without a point, as people write it; null for what is not a number.
fn decimal(number: f64) -> Json {
    let text = number.to_string();
    let whole = text.parse::<i64>().ok().map(Number::from);
    whole
        .or_else(|| Number::from_f64(number))
        .map_or(Json::Null, Json::Number)
}

fn choice(field: &FieldInfo, number: i32) -> Json {
    match field.descriptor.kind() {
        Wire::Enum(choices) => choices
            .get_value(number)
            .map_or_else(|| json!(number), |value| json!(value.name())),
        _ => json!(number),
    }
}
