//! The few words by which a record is listed. Lenient: whatever came, something can be shown, and never much.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::LazyLock;

use super::info::{FieldInfo, KindInfo, Shape, all};
use super::kind::Kind;
use super::limits::{
    BODY_BYTES_MAX, SUMMARY_ITEM_CHARACTERS_MAX, SUMMARY_ITEMS_MAX, SUMMARY_TEXT_CHARACTERS_MAX,
    SUMMARY_TITLE_CHARACTERS_MAX,
};
use super::walk::Route;

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
pub(super) const TITLES: [&str; 2] = ["title", "name"];
pub(super) const TITLES_EN: [&str; 2] = ["title_en", "name_en"];
/// Where a summary is looked for, in this order.
pub(super) const TEXTS: [&str; 4] = ["summary", "text", "outcome_note", "pledge_text"];

static READINGS: LazyLock<BTreeMap<Kind, Reading>> =
    LazyLock::new(|| all().map(|info| (info.kind, Reading::of(info))).collect());

/// How the summary of a kind is read: the places of each column's fields among those that are kept.
struct Reading {
    route: Route,
    title: Range<usize>,
    title_en: Range<usize>,
    lang: Range<usize>,
    summary: Range<usize>,
    settings: Range<usize>,
    scope: Range<usize>,
    tags: Range<usize>,
}

impl Reading {
    fn of(info: &KindInfo) -> Self {
        let mut kept: Vec<&FieldInfo> = Vec::new();
        let mut column = |names: &[&str], fits: fn(&FieldInfo) -> bool| {
            let first = kept.len();
            let fields = names.iter().filter_map(|name| info.field(name));
            kept.extend(fields.filter(|field| fits(field)));
            first..kept.len()
        };
        Self {
            title: column(&TITLES, is_one_text),
            title_en: column(&TITLES_EN, is_one_text),
            lang: column(&["lang"], is_one_text),
            summary: column(&TEXTS, is_one_text),
            settings: column(&["settings"], is_text),
            scope: column(&["scope"], is_one_text),
            tags: column(&["tags"], is_text),
            route: Route::of(info, &kept),
        }
    }
}

fn is_text(field: &FieldInfo) -> bool {
    matches!(field.shape, Shape::Text | Shape::Code)
}

fn is_one_text(field: &FieldInfo) -> bool {
    is_text(field) && !field.repeated
}

/// The summary of any body; empty when it cannot be read.
#[must_use]
pub fn summary(kind: Kind, body: &[u8]) -> Summary {
    let reading = READINGS.get(&kind).filter(|_| body.len() <= BODY_BYTES_MAX);
    let read = reading.and_then(|reading| Some((reading, reading.route.texts(body).ok()?)));
    let Some((reading, mut texts)) = read else {
        return Summary::default();
    };
    Summary {
        title: first(&mut texts[reading.title.clone()], SUMMARY_TITLE_CHARACTERS_MAX),
        title_en: first(&mut texts[reading.title_en.clone()], SUMMARY_TITLE_CHARACTERS_MAX),
        lang: first(&mut texts[reading.lang.clone()], SUMMARY_ITEM_CHARACTERS_MAX),
        summary: first(&mut texts[reading.summary.clone()], SUMMARY_TEXT_CHARACTERS_MAX),
        settings: list(&mut texts[reading.settings.clone()]),
        scope: first(&mut texts[reading.scope.clone()], SUMMARY_ITEM_CHARACTERS_MAX),
        tags: list(&mut texts[reading.tags.clone()]),
    }
}

/// The text of the first field that has one.
fn first(fields: &mut [Vec<String>], characters_max: usize) -> String {
    let text = fields.iter_mut().find_map(Vec::pop).unwrap_or_default();
    shortened(text, characters_max)
}

fn list(fields: &mut [Vec<String>]) -> Vec<String> {
    let texts = fields.iter_mut().flat_map(std::mem::take).take(SUMMARY_ITEMS_MAX);
    texts.map(|text| shortened(text, SUMMARY_ITEM_CHARACTERS_MAX)).collect()
}

fn shortened(mut text: String, characters_max: usize) -> String {
    if let Some((end, _)) = text.char_indices().nth(characters_max) {
        text.truncate(end);
    }
    text
}
