//! What every citation and every node of the graph says of a record.

use alliance_record::schema::Kind;

use crate::date::Day;
use crate::exporter::Entry;
use crate::options::Origin;
use crate::reading::text_of;

/// Codes of `identifier_type`.
const DOI: &str = "doi";
const URL: &str = "url";
/// How people write a DOI as an address.
const DOI_ADDRESSES: [&str; 5] = [
    "https://doi.org/",
    "http://doi.org/",
    "https://dx.doi.org/",
    "http://dx.doi.org/",
    "doi:",
];

/// A record as it is cited. Texts are those of the record, on one line each.
pub(crate) struct Subject {
    pub(crate) id: String,
    pub(crate) kind: Kind,
    /// Of a record that has none, its kind and the first digits of its id.
    pub(crate) title: String,
    pub(crate) title_en: Option<String>,
    pub(crate) lang: Option<String>,
    /// The organisation's name, or its decentralised identifier while the name is not known.
    pub(crate) organisation: String,
    pub(crate) day: Option<Day>,
    /// Code of `licence`, or empty.
    pub(crate) licence: String,
    pub(crate) doi: Option<String>,
    pub(crate) url: Option<String>,
    pub(crate) summary: String,
    pub(crate) tags: Vec<String>,
    /// What a reader must know of how it stands; empty where there is nothing.
    pub(crate) standing: String,
    /// Record, alliance, version, and how it stands.
    pub(crate) note: String,
}

impl Subject {
    pub(crate) fn of(entry: &Entry<'_>, origin: &Origin<'_>) -> Self {
        let (record, reading) = (entry.record, entry.reading);
        let id = record.id.to_string();
        let named = |field: &str| Some(line(reading.text(field))).filter(|text| !text.is_empty());
        let title = named("title").or_else(|| named("name"));
        let summary = ["summary", "text", "outcome_note"].into_iter().find_map(named);
        Self {
            title: title.unwrap_or_else(|| format!("{} {}", record.kind, record.id.short())),
            title_en: named("title_en").or_else(|| named("name_en")),
            lang: named("lang").filter(|tag| is_language(tag)),
            organisation: Some(line(&record.organisation_name))
                .filter(|name| !name.is_empty())
                .unwrap_or_else(|| record.organisation.did()),
            day: Day::of(record.claimed_at_ms),
            licence: line(reading.text("licence")),
            doi: identifiers(entry, DOI).find_map(doi),
            url: url(entry, origin, &id),
            summary: summary.unwrap_or_default(),
            tags: reading.texts("tags").map(line).filter(|tag| !tag.is_empty()).collect(),
            standing: standing(entry).join("; "),
            note: note(entry, origin, &id),
            kind: record.kind,
            id,
        }
    }

    /// The key by which documents cite it: letters, digits and a hyphen, which every format takes.
    pub(crate) fn key(&self) -> String {
        format!("alliance-{}", self.id.get(..16).unwrap_or(&self.id))
    }

    /// `urn:alliance:record:…`.
    pub(crate) fn urn(&self) -> String {
        urn_of(&self.id)
    }

    /// The kind in words, such as `Fork proof`.
    pub(crate) fn kind_label(&self) -> String {
        alliance_record::schema::kind(self.kind).map_or_else(|| self.kind.to_string(), |info| info.label.clone())
    }
}

/// The name of a record. The namespace is not registered with IANA.
pub(crate) fn urn_of(id: &str) -> String {
    format!("urn:alliance:record:{id}")
}

/// A text without line breaks, control characters and the blanks around them: every format of citations is one of lines.
pub(crate) fn line(text: &str) -> String {
    // U+FFFE and U+FFFF are no characters, and readers of YAML and XML stop at them.
    let is_between =
        |letter: char| letter.is_whitespace() || letter.is_control() || ('\u{fffe}'..='\u{ffff}').contains(&letter);
    let words = text.split(is_between);
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// An address on the web that every format takes as it is: what cannot stand in an address makes it none.
pub(crate) fn address(text: &str) -> Option<String> {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
    let is_sound = !rest.is_empty()
        && !rest.starts_with('/')
        && !rest
            .contains(|letter: char| letter.is_whitespace() || letter.is_control() || "<>\"{}|\\^`".contains(letter));
    is_sound.then(|| text.to_owned())
}

/// A tag of the form of BCP 47, without asking whether it is registered.
pub(crate) fn is_language(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let is_part =
        |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|letter| letter.is_ascii_alphanumeric());
    let is_first = parts
        .next()
        .is_some_and(|part| (2..=8).contains(&part.len()) && part.bytes().all(|letter| letter.is_ascii_alphabetic()));
    is_first && parts.all(is_part)
}

/// A DOI without the address of its resolver; `None` for what has not the form of one. Whether it is registered is not asked.
#[must_use]
pub fn doi(text: &str) -> Option<String> {
    let bare = DOI_ADDRESSES
        .iter()
        .find_map(|address| text.strip_prefix(address))
        .unwrap_or(text);
    let (prefix, suffix) = bare.split_once('/')?;
    let is_sound = prefix.starts_with("10.")
        && !suffix.is_empty()
        && !suffix.contains(|c: char| c.is_whitespace() || c.is_control());
    is_sound.then(|| bare.to_owned())
}

fn identifiers<'a>(entry: &Entry<'a>, wanted: &'static str) -> impl Iterator<Item = &'a str> {
    let items = entry.reading.items("identifiers");
    items
        .filter(move |item| text_of(item, "type") == wanted)
        .map(|item| text_of(item, "id"))
}

/// The record's page where its place is given, or else the address that it names itself.
fn url(entry: &Entry<'_>, origin: &Origin<'_>, id: &str) -> Option<String> {
    let page = origin.records_at.as_ref().and_then(|at| address(&format!("{at}{id}")));
    page.or_else(|| identifiers(entry, URL).find_map(address))
        .or_else(|| address(entry.reading.text("url")))
}

fn standing(entry: &Entry<'_>) -> Vec<String> {
    let record = entry.record;
    let mut parts = Vec::new();
    if record.state != crate::State::Current {
        parts.push(format!("State: {}", record.state.code().replace('_', " ")));
    }
    for notice in &record.notices {
        parts.push(format!("Notice: {} by {}", line(&notice.notice_type), line(&notice.by)));
    }
    parts
}

fn note(entry: &Entry<'_>, origin: &Origin<'_>, id: &str) -> String {
    let record = entry.record;
    let mut parts = standing(entry);
    parts.push(format!("Record {id}"));
    if let Some(version) = record.version {
        parts.push(format!("version {version}"));
    }
    let name = line(&origin.alliance_name);
    parts.push(format!("alliance {} {name}", origin.alliance).trim_end().to_owned());
    parts.join("; ")
}
