//! The texts and codes of a body, each with its field: what indexes and exports are made of. Lenient as all that shows what
//! others wrote: unknown codes are given as they are.

use prost_reflect::{DynamicMessage, Value};

use super::info::{FieldInfo, Shape, items};
use super::json::{DecodeError, decode};
use super::kind::Kind;

/// A text or a code of a body.
#[derive(Debug, Clone, Copy)]
pub struct Leaf<'a> {
    /// The field of the kind in which it stands, at whatever level.
    pub top: &'static FieldInfo,
    /// Its own field; the same as `top` for a field of the kind itself.
    pub field: &'static FieldInfo,
    /// As the body has it.
    pub value: &'a str,
}

/// Shows each text and each code of a body, in the order of the fields; empty ones are left out.
///
/// # Errors
/// When the body is larger than a record, of a kind that is not known here, or not a message of its kind.
pub fn leaves(kind: Kind, body: &[u8], show: &mut dyn FnMut(Leaf<'_>)) -> Result<(), DecodeError> {
    let (info, message) = decode(kind, body)?;
    for field in &info.fields {
        walk(field, field, &message, show);
    }
    Ok(())
}

fn walk(top: &'static FieldInfo, field: &'static FieldInfo, message: &DynamicMessage, show: &mut dyn FnMut(Leaf<'_>)) {
    let Some(value) = field.value(message) else { return };
    for item in items(value) {
        match (item, field.shape) {
            (Value::Message(group), _) => field.fields.iter().for_each(|inner| walk(top, inner, group, show)),
            (Value::String(value), Shape::Text | Shape::Code) if !value.is_empty() => show(Leaf { top, field, value }),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use prost::Message;

    use super::*;
    use crate::proto::v1;

    #[test]
    fn texts_and_codes_of_all_levels_are_shown_in_order() {
        let body = v1::Practice {
            common: Some(v1::Common {
                title: "A calm room".into(),
                tags: vec!["room".into(), "calm".into()],
                ..v1::Common::default()
            }),
            settings: vec!["inpatient.acute_adult".into(), "of_a_newer_list".into()],
            coproduction: Some(v1::Coproduction {
                level: "codesigned".into(),
                note: "In two workshops".into(),
            }),
            ..v1::Practice::default()
        };
        let mut seen = Vec::new();
        let mut show = |leaf: Leaf<'_>| {
            let list = leaf.field.vocabulary.clone().unwrap_or_default();
            seen.push(format!("{} {} {list} {}", leaf.top.name, leaf.field.name, leaf.value));
        };
        leaves(Kind::PRACTICE, &body.encode_to_vec(), &mut show).unwrap();
        assert_eq!(
            seen,
            [
                "title title  A calm room",
                "tags tags  room",
                "tags tags  calm",
                "settings settings setting inpatient.acute_adult",
                "settings settings setting of_a_newer_list",
                "coproduction level coproduction_level codesigned",
                "coproduction note  In two workshops",
            ]
        );
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        for (kind, body) in [(Kind(999), &b""[..]), (Kind::PRACTICE, b"\xff")] {
            assert!(leaves(kind, body, &mut |leaf| panic!("{leaf:?}")).is_err());
        }
    }
}
