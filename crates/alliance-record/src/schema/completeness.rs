//! How much of its reporting standard a body fills. Encourages; never judges whether a draft may be published.

use std::collections::BTreeMap;

use prost_reflect::{DynamicMessage, Value};

use super::info::{FieldInfo, KindInfo, items};
use super::json::decode;
use super::kind::Kind;

/// The completeness meter: "TIDieR 9/12".
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Completeness {
    /// The reporting standard; empty when the kind follows none and its own fields are counted.
    pub standard: String,
    /// Items filled.
    pub filled: u32,
    /// Items in all.
    pub of: u32,
    /// The items not filled, in the order of the fields.
    pub missing: Vec<MissingItem>,
}

/// An item of the standard that nothing fills yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingItem {
    /// Such as `TIDieR 3`; empty when the kind follows no standard.
    pub item: String,
    /// The field that would fill it, such as `adaptations.level`.
    pub place: String,
    /// The field in plain words.
    pub label: String,
}

/// Counts what a body fills, of what applies to it. A body that is not one of its kind fills nothing; a kind that is not written by hand has nothing
/// to fill.
#[must_use]
pub fn completeness(kind: Kind, body: &[u8]) -> Completeness {
    let Some(info) = super::info::kind(kind) else {
        return Completeness::default();
    };
    let message =
        decode(kind, body).map_or_else(|_| DynamicMessage::new(info.descriptor.clone()), |(_, message)| message);
    let mut counted = BTreeMap::new();
    count(info, &info.fields, &[&message], "", &mut counted);
    let of = u32::try_from(counted.len()).unwrap_or(u32::MAX);
    let mut missing: Vec<_> = counted.into_values().filter(|found| !found.filled).collect();
    let filled = of - u32::try_from(missing.len()).unwrap_or(of);
    missing.sort_by_key(|found| found.order);
    let missing = missing.into_iter().map(|found| found.item).collect();
    Completeness {
        standard: info.standard.clone(),
        filled,
        of,
        missing,
    }
}

struct Found {
    filled: bool,
    order: usize,
    item: MissingItem,
}

/// Looks at the fields of all messages that stand at one place together: an item of a list may fill what another leaves.
fn count(
    info: &KindInfo,
    fields: &[FieldInfo],
    messages: &[&DynamicMessage],
    place: &str,
    counted: &mut BTreeMap<String, Found>,
) {
    for field in fields {
        let applies = |message: &&DynamicMessage| field.applies(fields, message);
        if field.uncounted || !(field.applies_when.is_empty() || messages.iter().any(applies)) {
            continue;
        }
        let here = if place.is_empty() {
            field.name.clone()
        } else {
            format!("{place}.{}", field.name)
        };
        let values: Vec<&Value> = messages.iter().filter_map(|message| field.value(message)).collect();
        for key in keys(info, field, &here) {
            let order = counted.len();
            let item = if info.standard.is_empty() {
                String::new()
            } else {
                key.clone()
            };
            let item = MissingItem {
                item,
                place: here.clone(),
                label: field.label.clone(),
            };
            let found = counted.entry(key).or_insert(Found {
                filled: false,
                order,
                item,
            });
            found.filled |= !values.is_empty();
        }
        let inner: Vec<_> = values
            .iter()
            .flat_map(|value| items(value))
            .filter_map(Value::as_message)
            .collect();
        count(info, &field.fields, &inner, &here, counted);
    }
}

/// The items of the standard that a field fills; without a standard, each field of the kind itself.
fn keys(info: &KindInfo, field: &FieldInfo, place: &str) -> Vec<String> {
    if info.standard.is_empty() {
        let own = field.within.is_none() && !place.contains('.');
        return if own { vec![field.name.clone()] } else { Vec::new() };
    }
    let of_standard = |item: &&String| item.split(' ').next() == Some(info.standard.as_str());
    field.standards.iter().filter(of_standard).cloned().collect()
}
