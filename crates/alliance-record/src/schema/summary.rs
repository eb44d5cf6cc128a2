//! The few words by which a record is listed. Lenient: whatever came, something can be shown, and never much.

use prost_reflect::{DynamicMessage, Value};

use super::info::{KindInfo, items};
use super::json::decode;
use super::kind::Kind;
use super::limits::{
    SUMMARY_ITEM_CHARACTERS_MAX, SUMMARY_ITEMS_MAX, SUMMARY_TEXT_CHARACTERS_MAX, SUMMARY_TITLE_CHARACTERS_MAX,
};

/// What lists and results show of a record. Every part may be empty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Summary {
    /// In the language of the record, at most 140 characters.
    pub title: String,
    /// In English, when the record is in another language; at most 140 characters.
    pub title_en: String,
    /// BCP 47.
    pub lang: String,
    /// The summary, or the text of a kind that has none; at most 1,500 characters.
    pub summary: String,
    /// Codes of `setting`, unknown ones included; at most 12.
    pub settings: Vec<String>,
    /// Code of `scope`.
    pub scope: String,
    /// At most 12.
    pub tags: Vec<String>,
}

/// Where a title is looked for, in this order: organisation profiles and charters have a name.
const TITLES: [&str; 2] = ["title", "name"];
const TITLES_EN: [&str; 2] = ["title_en", "name_en"];
/// Where a summary is looked for, in this order.
const TEXTS: [&str; 4] = ["summary", "text", "outcome_note", "pledge_text"];

/// The summary of any body; empty when it cannot be read.
#[must_use]
pub fn summary(kind: Kind, body: &[u8]) -> Summary {
    let Ok((info, message)) = decode(kind, body) else {
        return Summary::default();
    };
    let first = |names: &[&str], most| {
        let texts = names.iter().filter_map(|name| text(info, &message, name));
        texts
            .map(|text| text.chars().take(most).collect())
            .next()
            .unwrap_or_default()
    };
    Summary {
        title: first(&TITLES, SUMMARY_TITLE_CHARACTERS_MAX),
        title_en: first(&TITLES_EN, SUMMARY_TITLE_CHARACTERS_MAX),
        lang: first(&["lang"], SUMMARY_ITEM_CHARACTERS_MAX),
        summary: first(&TEXTS, SUMMARY_TEXT_CHARACTERS_MAX),
        settings: list(info, &message, "settings"),
        scope: first(&["scope"], SUMMARY_ITEM_CHARACTERS_MAX),
        tags: list(info, &message, "tags"),
    }
}

fn text<'a>(info: &KindInfo, message: &'a DynamicMessage, name: &str) -> Option<&'a str> {
    info.field(name)?.value(message)?.as_str()
}

fn list(info: &KindInfo, message: &DynamicMessage, name: &str) -> Vec<String> {
    let Some(value) = info.field(name).and_then(|field| field.value(message)) else {
        return Vec::new();
    };
    let texts = items(value).iter().filter_map(Value::as_str).take(SUMMARY_ITEMS_MAX);
    texts
        .map(|text| text.chars().take(SUMMARY_ITEM_CHARACTERS_MAX).collect())
        .collect()
}
